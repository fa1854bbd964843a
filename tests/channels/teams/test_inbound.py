"""`POST /api/messages`: what is taken in and what is refused, whoever sends what."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import jwt
import pytest
from aiohttp import web
from botframework.connector.auth import ChannelValidation
from botframework.connector.auth.jwt_token_extractor import JwtTokenExtractor
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jwt.algorithms import RSAAlgorithm

from bot.channels.teams import authentication
from bot.channels.teams.authentication import is_loopback
from domain.community import Community
from tests.harness import FIRST_PERIOD, MUNICIPALITY, Json, Running, Town, everybody, running, vestfold
from tests.teams_double import TeamsDouble, serving

JSON = {"Content-Type": "application/json"}


async def raw(
    product: Running, body: bytes, headers: Mapping[str, str] = JSON, method: str = "POST"
) -> tuple[int, Any]:
    url = f"{product.url}/api/messages"
    async with product.session.request(method, url, data=body, headers=headers) as response:
        text = await response.text()
        return response.status, json.loads(text) if text else None


# What is no activity


BODIES: Mapping[str, tuple[bytes, Mapping[str, str], int]] = {
    "no content type": (b"{}", {"Content-Type": ""}, 415),
    "text": (b"{}", {"Content-Type": "text/plain"}, 415),
    "a form": (b"a=b", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
    "nothing": (b"", JSON, 400),
    "half of it": (b'{"type": "message"', JSON, 400),
    "not UTF-8": (b'{"type": "message", "text": "\xff\xfe"}', JSON, 400),
    "a list": (b"[]", JSON, 400),
    "a word": (b'"message"', JSON, 400),
    "null": (b"null", JSON, 400),
    "no type": (b"{}", JSON, 400),
    "an empty type": (b'{"type": ""}', JSON, 400),
    "a type that is a number": (b'{"type": 1}', JSON, 400),
    "a text that is an object": (b'{"type": "message", "text": {}}', JSON, 400),
    "a sender that is a text": (b'{"type": "message", "from": "me"}', JSON, 400),
    "a conversation that is a list": (b'{"type": "message", "conversation": []}', JSON, 400),
    "nobody": (b'{"type": "message"}', JSON, 400),
    "deeply nested": (b'{"type": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", JSON, 400),
    "a number without end": (b'{"type": "message", "value": ' + b"9" * 10_000 + b"}", JSON, 400),
    "too large": (b'{"type": "message", "text": "' + b"a" * 300_000 + b'"}', JSON, 413),
    "too large when unpacked": (gzip.compress(b"a" * 5_000_000), JSON | {"Content-Encoding": "gzip"}, 413),
    "said to be packed": (b"{}", JSON | {"Content-Encoding": "gzip"}, 400),
}


async def test_what_is_no_activity_is_refused_with_a_sentence(product: Running) -> None:
    for what, (body, headers, expected) in BODIES.items():
        status, answer = await raw(product, body, headers)
        assert status == expected, what
        assert answer["error"], what


async def test_a_charset_after_the_content_type_is_fine(product: Running, double: TeamsDouble) -> None:
    boss = everybody(double)["samhandlingssjef"]
    activity = boss.activity("message", text="hjelp")
    boss.conversation.received.add(activity["id"])
    body = json.dumps(activity).encode()
    status, _ = await raw(product, body, {"Content-Type": "application/json; charset=utf-8"})
    assert status == 202
    await product.settle()
    assert len(boss.messages) == 1


async def test_other_methods_are_not_for_this_address(product: Running) -> None:
    for method in ("GET", "PUT", "DELETE"):
        assert (await raw(product, b"", method=method))[0] == 405


LACKING: Mapping[str, Json] = {
    "no sender": {"from": {}},
    "no conversation": {"conversation": {"tenantId": "t"}},
    "no service address": {"serviceUrl": None},
    "an empty service address": {"serviceUrl": ""},
    "a sender's id that is a number": {"from": {"id": 7}},
    "a sender's id beyond measure": {"from": {"id": "a" * 2000}},
    "an id beyond measure": {"id": "a" * 2000},
}


async def test_an_activity_without_sender_or_place_is_refused(product: Running, double: TeamsDouble) -> None:
    boss = everybody(double)["samhandlingssjef"]
    for what, change in LACKING.items():
        for kind in ("message", "invoke"):
            status, answer = await double.post(boss.activity(kind, text="hjelp") | change)
            assert status == 400, what
            assert answer["error"], what
    await product.settle()
    assert boss.messages == []


async def test_what_needs_no_answer_is_noted_and_gets_none(product: Running, double: TeamsDouble) -> None:
    boss = everybody(double)["samhandlingssjef"]
    for kind in ("typing", "messageReaction", "endOfConversation", "event", "messageUpdate", "noget helt annet"):
        assert (await boss.sends(boss.activity(kind)))[0] == 202
    assert boss.messages == []


async def test_a_client_that_has_just_got_the_app_is_welcomed_once(product: Running, double: TeamsDouble) -> None:
    boss = everybody(double)["samhandlingssjef"]
    added = [{"id": boss.id}, {"id": "bot"}]
    for activity in (
        boss.activity("conversationUpdate", membersAdded=added),
        boss.activity("installationUpdate", action="add"),
        boss.activity("conversationUpdate", membersAdded=[{"id": boss.id}]),
    ):
        assert (await boss.sends(activity))[0] == 202
    assert [message.title for message in boss.messages] == ["Velkommen"]


async def test_added_to_a_channel_the_bot_learns_who_is_there(product: Running, double: TeamsDouble) -> None:
    town = Town(product, double, everybody(double))
    boss = town.boss
    activity = boss.activity("conversationUpdate", town.channel, membersAdded=[{"id": "bot"}])
    assert (await boss.sends(activity))[0] == 202
    await town.start()
    assert town["larvik-sjef"].titled("Krevende drift")
    assert town.channel.messages == []


# Who reads along


async def test_in_a_group_that_is_not_the_communitys_channel_figures_go_to_the_asker_alone(prompted: Town) -> None:
    larvik, group = prompted["larvik-sjef"], prompted.double.channel("Kaffepraten")
    [answer] = await larvik.says("oversikt", where=group)
    assert not answer.card
    assert "personlig samtale" in answer.text
    assert larvik.messages[-1].title.startswith("Samhandlingsmøte")


async def test_in_the_communitys_own_channel_the_overview_is_shown_there(prompted: Town) -> None:
    [answer] = await prompted["larvik-sjef"].says("oversikt", where=prompted.channel)
    assert answer.title.startswith("Samhandlingsmøte")


def neighbour() -> Community:
    """Another community on the same installation, with other people."""
    known = vestfold()
    people = tuple(replace(p, email=p.email.replace(".example", ".nabo.example")) for p in known.people)
    return replace(known, key="nabo", name="Nabofellesskapet", people=people)


async def test_among_several_communities_the_one_of_the_e_mails_domain_is_asked_to_let_somebody_in(
    double: TeamsDouble, database: Path
) -> None:
    async with running(database, [vestfold(), neighbour()], teams=double):
        boss = everybody(double)["samhandlingssjef"]
        other = double.person("nabosjef", email="samhandlingssjef@siv.nabo.example")
        await other.says("hei")
        await double.person("ny", email="ny@larvik.nabo.example").says("hei")
        assert other.messages[-1].title == "En ukjent person har skrevet"
        assert boss.messages == []


async def test_where_it_is_not_clear_which_community_nobody_is_said_to_be_told(
    double: TeamsDouble, database: Path
) -> None:
    async with running(database, [vestfold(), neighbour()], teams=double):
        everybody(double)
        [answer] = await double.person("ny", email="ny@annet.example").says("hei")
        assert answer.text == "Hei! Jeg kjenner deg ikke. Be samhandlingssjefen i helsefellesskapet ditt om tilgang."


async def test_two_messages_without_ids_are_two(product: Running, double: TeamsDouble) -> None:
    boss = everybody(double)["samhandlingssjef"]
    for text in ("krise", "språk nn", "krise"):
        activity = boss.activity("message", text=text) | {"id": None}
        await boss.sends(activity)
    assert len(boss.messages) == 3


async def test_a_mention_and_the_case_of_letters_do_not_matter(product: Running, double: TeamsDouble) -> None:
    boss = everybody(double)["samhandlingssjef"]
    for text in (
        "HJELP",
        "  hjelp  ",
        "<at>Samhandlingsbot</at> Hjelp",
        "Help!",
        "&nbsp;hjelp",
        '<at id="0">Bot</at>help',
    ):
        [answer] = await boss.says(text)
        assert answer.title == "Dette kan jeg hjelpe deg med", text


# Where the answer would go


ELSEWHERE = [
    "http://evil.example",
    "https://smba.trafficmanager.net/emea/",
    "http://127.0.0.1@evil.example",
    "http://127.0.0.1:80@evil.example/",
    "http://user:word@127.0.0.1:5000",
    "http://127.0.0.1.evil.example",
    "http://localhost.evil.example",
    "http://evil.example#127.0.0.1",
    "http://evil.example/127.0.0.1",
    "http://evil.example\\@127.0.0.1",
    "ftp://127.0.0.1",
    "file:///etc/passwd",
    "127.0.0.1:5000",
    "//127.0.0.1",
    "http://",
    "http://[::1",
    "http://0.0.0.0",
    "http://10.0.0.1",
    "http://169.254.169.254",
    "http://[::ffff:10.0.0.1]",
    "javascript:alert(1)",
    "http://127.0.0.1\n.evil.example",
    "http:// 127.0.0.1",
]


async def test_under_dev_only_this_machine_may_be_answered(product: Running, double: TeamsDouble) -> None:
    boss = everybody(double)["samhandlingssjef"]
    for url in ELSEWHERE:
        for kind in ("message", "invoke", "conversationUpdate"):
            status, answer = await double.post(boss.activity(kind, text="hjelp") | {"serviceUrl": url})
            assert status == 403, url
            assert answer["error"], url
    await product.settle()
    assert double.calls == []


def test_every_way_to_write_this_machine_is_permitted() -> None:
    for url in (
        "http://127.0.0.1",
        "http://127.0.0.1:56150/",
        "http://localhost:1",
        "http://[::1]:80/x",
        "https://127.9.9.9",
    ):
        assert is_loopback(url), url


# Outside --dev


class Microsoft:
    """Keys and tokens as the Bot Framework gives them, from a loopback port."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.kid = "k1"
        self.url = ""
        self.fetches = 0
        self.down = False

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/metadata", self._metadata), web.get("/keys", self._keys)]

    async def _metadata(self, request: web.Request) -> web.Response:
        self.fetches += 1
        if self.down:
            raise web.HTTPServiceUnavailable
        algorithms = ["RS256"]
        return web.json_response({"jwks_uri": f"{self.url}/keys", "id_token_signing_alg_values_supported": algorithms})

    async def _keys(self, request: web.Request) -> web.Response:
        key = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        key |= {"kid": self.kid, "x5t": self.kid, "use": "sig", "endorsements": ["msteams"]}
        return web.json_response({"keys": [key, {"kid": "ec", "kty": "EC"}]})

    def token(self, *, kid: str | None = None, key: Any = None, algorithm: str = "RS256", **claims: Any) -> str:
        now = int(time.time())
        given = {
            "iss": "https://api.botframework.com",
            "aud": "app-1",
            "nbf": now - 60,
            "exp": now + 600,
            "serviceurl": SERVICE,
        }
        given = {name: value for name, value in (given | claims).items() if value is not None}
        named = self.kid if kid is None else kid
        return jwt.encode(given, key or self.key, algorithm=algorithm, headers={"kid": named} if named else None)


SERVICE = "https://smba.trafficmanager.net/emea/"


@pytest.fixture
async def microsoft() -> AsyncIterator[Microsoft]:
    made = Microsoft()
    app = web.Application()
    app.add_routes(made.routes())
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()


@pytest.fixture
async def outside(microsoft: Microsoft, database: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    """The product in earnest, with a Teams registration of its own."""
    monkeypatch.setattr(ChannelValidation, "open_id_metadata_endpoint", None)
    async with running(
        database,
        dev=False,
        secret_key="s" * 32,
        teams_app_id="app-1",
        teams_app_password="p",
        teams_tenant_id="Tenant-1",
        teams_allowed_tenants="tenant-2",
        teams_openid_metadata_url=f"{microsoft.url}/metadata",
        teams_token_url=f"{microsoft.url}/token",
    ) as product:
        yield product


def typing(tenant: str = "tenant-1", url: str = SERVICE, channel: str = "msteams") -> Json:
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
    headers = JSON | ({} if authorization is None else {"Authorization": authorization})
    return (await raw(product, json.dumps(activity).encode(), headers))[0]


async def test_microsofts_own_token_is_accepted(outside: Running, microsoft: Microsoft) -> None:
    assert await post(outside, typing(), f"Bearer {microsoft.token()}") == 202
    assert await post(outside, typing("TENANT-2"), f"Bearer {microsoft.token()}") == 202


async def test_whatever_is_no_good_token_is_401(outside: Running, microsoft: Microsoft) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    past = int(time.time()) - 7200
    tokens: Mapping[str, str | None] = {
        "none": None,
        "an empty one": "",
        "only the scheme": "Bearer",
        "a word": "Bearer hei",
        "two dots": "Bearer a.b.c",
        "dots alone": "Bearer ..",
        "no JSON inside": "Bearer aGVp.aGVp.aGVp",
        "another scheme": f"Basic {microsoft.token()}",
        "half of it": f"Bearer {microsoft.token()[:-30]}",
        "signed by somebody else": f"Bearer {microsoft.token(key=other)}",
        "an unknown key": f"Bearer {microsoft.token(kid='k2')}",
        "no key named": f"Bearer {microsoft.token(kid='')}",
        "a shared secret": f"Bearer {microsoft.token(key='s' * 64, algorithm='HS256')}",
        "another bot's": f"Bearer {microsoft.token(aud='app-2')}",
        "no audience": f"Bearer {microsoft.token(aud=None)}",
        "another issuer": f"Bearer {microsoft.token(iss='https://evil.example')}",
        "no issuer": f"Bearer {microsoft.token(iss=None)}",
        "one that has ended": f"Bearer {microsoft.token(nbf=past - 60, exp=past)}",
        "another service address": f"Bearer {microsoft.token(serviceurl='https://smba.trafficmanager.net/amer/')}",
        "not even letters": "Bearer \udcff.\udcff.\udcff",
    }
    for what, token in tokens.items():
        assert await post(outside, typing(), token) == 401, what


async def test_another_channel_than_the_key_is_for_is_401(outside: Running, microsoft: Microsoft) -> None:
    assert await post(outside, typing(channel="webchat"), f"Bearer {microsoft.token()}") == 401


async def test_a_tenant_that_is_not_ours_is_403(outside: Running, microsoft: Microsoft) -> None:
    for tenant in ("tenant-3", ""):
        assert await post(outside, typing(tenant), f"Bearer {microsoft.token()}") == 403


async def test_an_address_that_is_not_microsofts_is_403(outside: Running, microsoft: Microsoft) -> None:
    for url in (
        "https://evil.example",
        "http://smba.trafficmanager.net/",
        "https://smba.trafficmanager.net.evil.example",
    ):
        token = microsoft.token(serviceurl=url)
        assert await post(outside, typing(url=url), f"Bearer {token}") == 403, url


async def test_a_key_that_is_new_since_the_last_fetch_is_found(outside: Running, microsoft: Microsoft) -> None:
    assert await post(outside, typing(), f"Bearer {microsoft.token()}") == 202
    microsoft.kid, microsoft.key = "k2", rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert await post(outside, typing(), f"Bearer {microsoft.token()}") == 401, "not at every unknown key"
    keys = JwtTokenExtractor.metadataCache[f"{microsoft.url}/metadata"]
    keys._not_before -= authentication.KEYS_APART
    assert await post(outside, typing(), f"Bearer {microsoft.token()}") == 202
    assert microsoft.fetches == 2


async def test_keys_that_cannot_be_had_are_401_and_tried_for_again(outside: Running, microsoft: Microsoft) -> None:
    microsoft.down = True
    assert await post(outside, typing(), f"Bearer {microsoft.token()}") == 401
    microsoft.down = False
    assert await post(outside, typing(), f"Bearer {microsoft.token()}") == 401
    JwtTokenExtractor.metadataCache[f"{microsoft.url}/metadata"]._not_before -= authentication.RETRY_AFTER
    assert await post(outside, typing(), f"Bearer {microsoft.token()}") == 202


# Anything at all


LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=True),
    st.sampled_from(["", "\x00", "\ud800", "a" * 5000, "9999-12-31", "0001-01-01", "🚑", "-1", "../..", "%s{0}"]),
    st.text(max_size=20),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


class Fuzzed:
    """A product on an event loop of its own, for as long as hypothesis asks."""

    def __init__(self, folder: Path) -> None:
        self.loop = asyncio.new_event_loop()
        self.folder = folder
        self.activities: list[Json] = []

    async def _start(self) -> None:
        self._serving = serving()
        self.double = await self._serving.__aenter__()
        self._running = running(self.folder / "fuzz.db", teams=self.double)
        self.product = await self._running.__aenter__()
        town = Town(self.product, self.double, everybody(self.double))
        await town.prompted()
        round_ = (await self.product.rounds())[0]["id"]
        self.activities = list(_real(town, round_))

    def __enter__(self) -> Fuzzed:
        self.loop.run_until_complete(self._start())
        return self

    def __exit__(self, *_: object) -> None:
        async def end() -> None:
            # Broken activities may be replied to where nobody wrote; the cards must be whole all the same.
            about_cards = ("schema", "a card", "input ids", "verb", "no fallback")
            self.double.complaints = [c for c in self.double.complaints if c.startswith(about_cards)]
            await self._running.__aexit__(None, None, None)
            await self._serving.__aexit__(None, None, None)

        self.loop.run_until_complete(end())
        self.loop.close()

    def post(self, activity: Json) -> int:
        async def send() -> int:
            async with aiohttp.ClientSession() as session:
                url = f"{self.product.url}/api/messages"
                body = json.dumps(activity).encode()
                async with session.post(url, data=body, headers=JSON) as response:
                    await response.read()
                    return response.status

        return self.loop.run_until_complete(asyncio.wait_for(send(), 5))


def _real(town: Town, round_: str) -> Iterator[Json]:
    """An activity of every kind that people send."""
    larvik, boss = town["larvik-sjef"], town.boss
    buttons: list[tuple[Any, Json]] = [
        (larvik, {"action": "status.submit", "round": round_, "seen": 0, **MUNICIPALITY}),
        (larvik, {"action": "status.same", "round": round_}),
        (larvik, {"action": "status.open", "round": round_}),
        (larvik, {"action": "summary.sealed", "round": round_}),
        (boss, {"action": "period.start", **FIRST_PERIOD, "start": "16:00", "every_days": "7", "urgent": "false"}),
        (boss, {"action": "round.start", "date": "2023-11-29", "start": "13:00", "when": "now"}),
        (boss, {"action": "period.end", "period": "x"}),
        (boss, {"action": "reminder.send", "round": round_}),
        (boss, {"action": "join.accept", "request": "x", "for": "larvik", "role": "deputy"}),
    ]
    for person, data in buttons:
        value = {"action": {"type": "Action.Execute", "verb": data["action"], "data": data}, "trigger": "manual"}
        yield person.activity("invoke", name="adaptiveCard/action", value=value, replyToId="1")
        yield person.activity("message", value=data, replyToId="1")
    for text in ("status", "gul", "krise", "oversikt", "språk nn"):
        yield larvik.activity("message", text=text)
    yield boss.activity("message", town.channel, text="<at>Bot</at> koble")
    yield boss.activity("conversationUpdate", town.channel, membersAdded=[{"id": "bot"}])
    yield boss.activity("installationUpdate", action="add")


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzzed]:
    with Fuzzed(tmp_path_factory.mktemp("fuzz")) as made:
        yield made


def paths(node: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something can be put into an activity, from the top down."""
    if at:
        yield at
    for key in node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ():
        yield from paths(node[key], (*at, key))


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_no_activity_however_broken_is_an_error_of_ours(fuzzed: Fuzzed, data: st.DataObject) -> None:
    activity = json.loads(json.dumps(data.draw(st.sampled_from(fuzzed.activities))))
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(paths(activity))))
        if path == ("serviceUrl",):
            continue  # where the answers go is tried above
        node = activity
        for step in path[:-1]:
            node = node[step]
        if data.draw(st.integers(0, 4)) == 0:
            del node[path[-1]]
        else:
            node[path[-1]] = data.draw(VALUES)
    assert fuzzed.post(activity) < 500


async def test_dates_at_the_ends_of_the_calendar_are_wrong_input_and_take_no_time(town: Town) -> None:
    """Found by the test above."""
    for first, until in (
        ("9999-12-31", ""),
        ("9999-12-31", "9999-12-31"),
        ("2023-11-28", "9999-12-31"),
        ("0001-01-01", "2024-01-23"),
        ("0001-01-01", ""),
    ):
        data = {"action": "period.start", "reason": "annet", "level": "red", "first_meeting": first, "until": until}
        value = {"action": {"verb": "period.start", "data": data | {"every_days": "1"}}}
        begun = time.monotonic()
        status, answer = await town.boss.sends(town.boss.activity("invoke", name="adaptiveCard/action", value=value))
        assert status == 200, (first, until)
        assert "felt må rettes" in json.dumps(answer, ensure_ascii=False), (first, until)
        assert time.monotonic() - begun < 5, (first, until)
    assert await town.product.rounds() == []
