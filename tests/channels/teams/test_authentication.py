"""Outside `--dev`: whose activities are taken in, held against real keys, and what is said and logged of the others."""

from __future__ import annotations

import asyncio
import io
import json
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.channels.teams import signing_keys
from tests.harness import Json, Running, everybody, running
from tests.microsoft_double import APP, SERVICE, Microsoft, new_key
from tests.teams_double import TENANT, TeamsDouble

KEY = "s" * 32


def registration(microsoft: Microsoft) -> dict[str, Any]:
    return microsoft.registration(TENANT) | {"secret_key": KEY}


@pytest.fixture
async def outside(microsoft: Microsoft, database: Path) -> AsyncIterator[Running]:
    """The product in earnest, with a Teams registration of its own."""
    async with running(database, dev=False, **registration(microsoft)) as product:
        yield product


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Seconds that have passed for the keys: `later.seconds += 60`."""
    passed = SimpleNamespace(seconds=0.0)
    monkeypatch.setattr(signing_keys, "time", SimpleNamespace(monotonic=lambda: time.monotonic() + passed.seconds))
    return passed


def typing(tenant: str = "tenant-1", url: str = SERVICE, channel: str | None = "msteams") -> Json:
    """An activity that is taken in and needs no answer."""
    return {
        "type": "typing",
        "id": "1",
        "channelId": channel,
        "serviceUrl": url,
        "from": {"id": "29:x"},
        "conversation": {"id": "a:x", "tenantId": tenant},
    }


async def post(product: Running, activity: Json, authorization: str | None) -> int:
    """The status; a refusal says nothing but that it is one."""
    headers = {} if authorization is None else {"Authorization": authorization}
    async with product.session.post(f"{product.url}/api/messages", json=activity, headers=headers) as response:
        text = await response.text()
        if response.status in (401, 403):
            words = {401: "Not authenticated.", 403: "Not permitted."}
            assert json.loads(text) == {"error": words[response.status]}
        return response.status


async def test_microsofts_own_token_is_accepted(outside: Running, microsoft: Microsoft) -> None:
    assert await post(outside, typing(), f"Bearer {microsoft.token()}") == 202
    assert await post(outside, typing("TENANT-2"), f"Bearer {microsoft.token()}") == 202
    assert microsoft.fetches == 1


async def test_clocks_may_be_five_minutes_apart(outside: Running, microsoft: Microsoft) -> None:
    now = int(time.time())
    apart: tuple[dict[str, Any], ...] = ({"exp": now - 240}, {"nbf": now + 240})
    for times in apart:
        assert await post(outside, typing(), f"Bearer {microsoft.token(**times)}") == 202, times


async def test_whatever_is_no_good_token_is_401_and_the_log_says_why_without_it(
    outside: Running, microsoft: Microsoft, logs: io.StringIO
) -> None:
    now = int(time.time())
    tokens: Mapping[str, tuple[str | None, str]] = {
        "none": (None, "no_token"),
        "an empty one": ("", "no_token"),
        "only the scheme": ("Bearer", "no_token"),
        "a word": ("Bearer hei", "no_token"),
        "two dots": ("Bearer a.b.c", "malformed"),
        "dots alone": ("Bearer ..", "malformed"),
        "no JSON inside": ("Bearer aGVp.aGVp.aGVp", "malformed"),
        "another scheme": (f"Basic {microsoft.token()}", "no_token"),
        "half of it": (f"Bearer {microsoft.token()[:-30]}", "signature"),
        "two of them": (f"Bearer {microsoft.token()} {microsoft.token()}", "no_token"),
        "signed by somebody else": (f"Bearer {microsoft.token(key=new_key())}", "signature"),
        "no key named": (f"Bearer {microsoft.token(kid='')}", "unknown_key"),
        "no signature": (f"Bearer {microsoft.unsigned()}", "malformed"),
        "no signature, in other letters": (f"Bearer {microsoft.unsigned(alg='nOnE')}", "malformed"),
        "no algorithm": (f"Bearer {microsoft.unsigned(alg=None)}", "malformed"),
        "a key's name that is a list": (f"Bearer {microsoft.unsigned(kid=['k1'])}", "malformed"),
        "a shared secret": (f"Bearer {microsoft.token(key='s' * 64, algorithm='HS256')}", "malformed"),
        "the public key as a shared secret": (f"Bearer {microsoft.confused()}", "malformed"),
        "another hash": (f"Bearer {microsoft.token(algorithm='RS512')}", "malformed"),
        "another bot's": (f"Bearer {microsoft.token(aud='app-2')}", "audience"),
        "two bots'": (f"Bearer {microsoft.token(aud=[APP, 'app-2'])}", "audience"),
        "no audience": (f"Bearer {microsoft.token(aud=None)}", "audience"),
        "another issuer": (f"Bearer {microsoft.token(iss='https://evil.example')}", "issuer"),
        "no issuer": (f"Bearer {microsoft.token(iss=None)}", "issuer"),
        "the emulator's": (f"Bearer {microsoft.token(iss=EMULATOR, appid=APP, ver='1.0')}", "issuer"),
        "a skill's": (f"Bearer {microsoft.token(iss=EMULATOR, aud='app-3', appid=APP, ver='1.0')}", "issuer"),
        "one that has ended": (f"Bearer {microsoft.token(nbf=now - 7200, exp=now - 3600)}", "expired"),
        "one that never ends": (f"Bearer {microsoft.token(exp=None)}", "no_end"),
        "one that is not yet good": (f"Bearer {microsoft.token(nbf=now + 3600, exp=now + 7200)}", "not_yet_valid"),
        "for another address": (f"Bearer {microsoft.token(serviceurl=f'{SERVICE}x')}", "service_url_of_another_token"),
        "for no address": (f"Bearer {microsoft.token(serviceurl=None)}", "service_url_of_another_token"),
    }
    for what, (header, reason) in tokens.items():
        logs.truncate(logs.seek(0))
        assert await post(outside, typing(), header) == 401, what
        logged = logs.getvalue()
        assert f"reason='{reason}'" in logged, (what, logged)
        assert "Traceback" not in logged, what
        for part in (header or "").removeprefix("Bearer ").split("."):
            assert len(part) < 5 or part not in logged, what
    assert microsoft.fetches == 1


EMULATOR = "https://sts.windows.net/f8cdef31-a31e-4b4a-93e4-5f571e91255a/"


async def test_bytes_that_are_no_letters_are_401(outside: Running) -> None:
    assert await post(outside, typing(), "Bearer \udcff.\udcff.\udcff") == 401


async def test_a_key_that_does_not_speak_for_the_channel_is_401(outside: Running, microsoft: Microsoft) -> None:
    for kid, endorsements in (("other", ["webchat"]), ("nobody", [])):
        microsoft.published_key(kid=kid, endorsements=endorsements)
        assert await post(outside, typing(), f"Bearer {microsoft.token(kid=kid)}") == 401, kid
    microsoft.published_key(kid="unsaid", endorsements=None)
    assert await post(outside, typing(), f"Bearer {microsoft.token(kid='unsaid')}") == 202
    assert await post(outside, typing(channel="webchat"), f"Bearer {microsoft.token()}") == 401


async def test_another_channel_than_teams_is_403_however_good_its_token_is(
    outside: Running, microsoft: Microsoft
) -> None:
    """In Direct Line and web chat whoever writes says who writes."""
    for channel in ("directline", None, ""):
        assert await post(outside, typing(channel=channel), f"Bearer {microsoft.token()}") == 403, channel


async def test_a_tenant_that_is_not_ours_is_403(outside: Running, microsoft: Microsoft) -> None:
    for tenant in ("tenant-3", ""):
        assert await post(outside, typing(tenant), f"Bearer {microsoft.token()}") == 403


async def test_an_address_that_is_not_microsofts_is_403(
    outside: Running, microsoft: Microsoft, logs: io.StringIO
) -> None:
    for url in ("https://evil.example/", "http://127.0.0.1:1/", "https://smba.trafficmanager.net.evil.example/"):
        token = microsoft.token(serviceurl=url)
        assert await post(outside, typing(url=url), f"Bearer {token}") == 403, url
    assert "reason='service_url'" in logs.getvalue()
    assert "evil" not in logs.getvalue()


# Keys


async def test_a_new_key_is_known_at_once_and_the_old_one_is_gone(outside: Running, microsoft: Microsoft) -> None:
    old = microsoft.token()
    assert await post(outside, typing(), f"Bearer {old}") == 202
    microsoft.rotate("k2")
    assert await post(outside, typing(), f"Bearer {old}") == 202, "the keys are good for a day"
    assert await post(outside, typing(), f"Bearer {microsoft.token()}") == 202
    assert microsoft.fetches == 2
    assert await post(outside, typing(), f"Bearer {old}") == 401


async def test_an_unknown_key_has_the_keys_fetched_once_and_is_refused(outside: Running, microsoft: Microsoft) -> None:
    assert await post(outside, typing(), f"Bearer {microsoft.token()}") == 202
    assert await post(outside, typing(), f"Bearer {microsoft.token(kid='k9')}") == 401
    assert microsoft.fetches == 2
    assert await post(outside, typing(), f"Bearer {microsoft.token()}") == 202
    assert microsoft.fetches == 2


async def test_whoever_names_many_unknown_keys_makes_nobody_fetch_without_measure(
    outside: Running, microsoft: Microsoft, later: SimpleNamespace
) -> None:
    unknown = [microsoft.token(kid=f"u{n}") for n in range(40)]
    statuses = await asyncio.gather(*(post(outside, typing(), f"Bearer {token}") for token in unknown))
    for token in unknown:
        statuses.append(await post(outside, typing(), f"Bearer {token}"))
    assert set(statuses) == {401}
    assert microsoft.fetches <= signing_keys.MOST_FETCHES
    microsoft.rotate("k2")
    later.seconds += signing_keys.ONE_MORE_EVERY
    assert await post(outside, typing(), f"Bearer {microsoft.token()}") == 202, "and shuts no new key out"


async def test_many_who_wait_for_the_keys_share_one_fetch(outside: Running, microsoft: Microsoft) -> None:
    token = microsoft.token()
    assert set(await asyncio.gather(*(post(outside, typing(), f"Bearer {token}") for _ in range(30)))) == {202}
    assert microsoft.fetches == 1


async def test_keys_are_fetched_anew_every_day(outside: Running, microsoft: Microsoft, later: SimpleNamespace) -> None:
    token = microsoft.token()
    assert await post(outside, typing(), f"Bearer {token}") == 202
    microsoft.rotate("k2")
    later.seconds += signing_keys.FRESH
    assert await post(outside, typing(), f"Bearer {token}") == 401
    assert microsoft.fetches == 2


async def test_while_microsoft_is_down_known_keys_serve_on_for_three_days(
    outside: Running, microsoft: Microsoft, later: SimpleNamespace, logs: io.StringIO
) -> None:
    token = microsoft.token()
    assert await post(outside, typing(), f"Bearer {token}") == 202
    microsoft.status = 503
    later.seconds += 2 * signing_keys.FRESH
    assert await post(outside, typing(), f"Bearer {token}") == 202
    later.seconds += signing_keys.FRESH
    assert await post(outside, typing(), f"Bearer {token}") == 401
    assert "signing_keys_unavailable" in logs.getvalue()


DOCUMENTS: list[Any] = [[], "keys", {"keys": {}}, {"keys": "k1"}, {"keys": [1]}, {"keys": None}]


async def test_keys_that_cannot_be_had_are_401_and_had_as_soon_as_they_are_there(
    outside: Running, microsoft: Microsoft
) -> None:
    microsoft.status = 503
    assert await post(outside, typing(), f"Bearer {microsoft.token()}") == 401
    microsoft.status = 200
    assert await post(outside, typing(), f"Bearer {microsoft.token()}") == 202


@pytest.mark.parametrize("document", DOCUMENTS)
async def test_a_document_without_keys_is_401(outside: Running, microsoft: Microsoft, document: Any) -> None:
    microsoft.document = document
    assert await post(outside, typing(), f"Bearer {microsoft.token()}") == 401


# All the way


async def test_what_somebody_writes_is_answered_with_the_bots_own_token(
    microsoft: Microsoft, double: TeamsDouble, database: Path
) -> None:
    given = registration(microsoft) | {"teams_service_url": double.url}
    async with running(database, dev=False, teams=double, **given) as product:
        double.bot = f"28:{APP}"
        boss = everybody(double)["samhandlingssjef"]
        for text in ("hjelp", "møteplan"):
            activity = boss.activity("message", text=text)
            boss.conversation.received.add(activity["id"])
            token = microsoft.token(serviceurl=activity["serviceUrl"])
            assert await post(product, activity, f"Bearer {token}") == 202
        await double.until(lambda: len(boss.messages) == 2)
    assert boss.messages[0].title == "Dette kan jeg hjelpe deg med"
    assert len(microsoft.asked) == 1


async def test_without_the_keys_no_button_does_anything(
    microsoft: Microsoft, double: TeamsDouble, database: Path
) -> None:
    given = registration(microsoft) | {"teams_service_url": double.url}
    async with running(database, dev=False, teams=double, **given) as product:
        boss = everybody(double)["samhandlingssjef"]
        value = {"action": {"verb": "period.start", "data": {"action": "period.start"}}}
        activity = boss.activity("invoke", name="adaptiveCard/action", value=value)
        for header in (None, f"Bearer {microsoft.token(key=new_key(), serviceurl=double.url)}"):
            assert await post(product, activity, header) == 401
        assert product.product.teams is not None
        assert product.product.teams.turns == 0
    assert double.calls == []
