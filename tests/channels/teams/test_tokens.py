"""The bot's own token towards Microsoft: shared, renewed in time, and not given to anybody else."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest

from bot.channels.teams import tokens as tokens_module
from bot.channels.teams.connector import Connector
from bot.channels.teams.tokens import Tokens
from bot.outbound import RetryLaterError
from bot.pacing import Pace
from dialogs.card import sentence
from services.messages import Address
from tests.microsoft_double import APP, PASSWORD, Microsoft
from tests.teams_double import TENANT, TeamsDouble


@pytest.fixture
async def tokens(microsoft: Microsoft) -> AsyncIterator[Tokens]:
    async with aiohttp.ClientSession() as session:
        yield Tokens(session, f"{microsoft.url}/token", APP, PASSWORD)


class Hours:
    """Time as the tokens see it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(tokens_module, "time", SimpleNamespace(monotonic=lambda: self.now))


@pytest.fixture
def hours(monkeypatch: pytest.MonkeyPatch) -> Hours:
    return Hours(monkeypatch)


async def settled(tokens: Tokens) -> None:
    """Returns when nothing is fetched in the background."""
    while tokens._fetching is not None:
        await asyncio.wait([tokens._fetching])


async def test_many_who_wait_share_one_fetch(tokens: Tokens, microsoft: Microsoft) -> None:
    headers = await asyncio.gather(*(tokens.header() for _ in range(200)))
    assert {header["Authorization"] for header in headers} == {"Bearer token-1"}
    [asked] = microsoft.asked
    assert asked == {
        "grant_type": "client_credentials",
        "client_id": APP,
        "client_secret": PASSWORD,
        "scope": "https://api.botframework.com/.default",
    }


async def test_many_who_wait_share_one_failure(tokens: Tokens, microsoft: Microsoft) -> None:
    microsoft.token_status = 503
    failures = await asyncio.gather(*(tokens.header() for _ in range(200)), return_exceptions=True)
    assert {type(failure) for failure in failures} == {RetryLaterError}
    assert len(microsoft.asked) == 1
    assert not tokens.usable


async def test_who_goes_away_while_waiting_takes_the_token_from_nobody(tokens: Tokens, microsoft: Microsoft) -> None:
    going, staying = (asyncio.create_task(tokens.header()) for _ in range(2))
    await asyncio.sleep(0)
    going.cancel()
    assert await staying == {"Authorization": "Bearer token-1"}


@pytest.mark.parametrize(("lasts", "before"), [(3600, 300), ("3600", 300), (100, 20)])
async def test_a_token_is_renewed_before_it_ends_and_nobody_waits_for_it(
    tokens: Tokens, microsoft: Microsoft, hours: Hours, lasts: Any, before: int
) -> None:
    microsoft.answer["expires_in"] = lasts
    await tokens.header()
    hours.now += int(lasts) - before - 1
    await tokens.header()
    await settled(tokens)
    assert len(microsoft.asked) == 1
    hours.now += 1
    assert await tokens.header() == {"Authorization": "Bearer token-1"}, "it still serves"
    await settled(tokens)
    assert await tokens.header() == {"Authorization": "Bearer token-2"}
    assert len(microsoft.asked) == 2


async def test_when_it_cannot_be_renewed_the_old_one_serves_to_its_end(
    tokens: Tokens, microsoft: Microsoft, hours: Hours, logs: io.StringIO
) -> None:
    await tokens.header()
    microsoft.token_status = 503
    hours.now += 3600 - 200
    for _ in range(3):
        assert await tokens.header() == {"Authorization": "Bearer token-1"}
        await settled(tokens)
    assert len(microsoft.asked) == 2, "not tried at every message"
    hours.now += tokens_module.TRY_AGAIN_AFTER
    await tokens.header()
    await settled(tokens)
    assert len(microsoft.asked) == 3
    hours.now += 200
    with pytest.raises(RetryLaterError):
        await tokens.header()
    assert "token_unavailable" in logs.getvalue()
    assert PASSWORD not in logs.getvalue()


async def test_a_token_that_was_refused_is_fetched_anew_once(tokens: Tokens, microsoft: Microsoft) -> None:
    refused = await tokens.header()
    tokens.forget(refused)
    assert await tokens.header() == {"Authorization": "Bearer token-2"}
    tokens.forget(refused)
    assert await tokens.header() == {"Authorization": "Bearer token-2"}, "the new one was not refused"


ANSWERS: list[dict[str, Any]] = [
    {"access_token": None},
    {"access_token": ""},
    {"access_token": "a\r\nX: b"},
    {"access_token": "blåbær"},
    {"expires_in": "snart"},
    {"expires_in": None},
    {"expires_in": float("inf")},
]


@pytest.mark.parametrize("answer", ANSWERS)
async def test_what_is_no_token_is_tried_for_again_later(
    tokens: Tokens, microsoft: Microsoft, answer: dict[str, Any]
) -> None:
    right, microsoft.answer = microsoft.answer, microsoft.answer | answer
    with pytest.raises(RetryLaterError):
        await tokens.header()
    microsoft.answer = right
    assert "Authorization" in await tokens.header()


async def test_the_apps_password_is_sent_nowhere_else(tokens: Tokens, microsoft: Microsoft) -> None:
    microsoft.token_status = 307
    with pytest.raises(RetryLaterError, match="307"):
        await tokens.header()
    assert len(microsoft.asked) == 1


async def test_without_a_password_nothing_is_fetched(microsoft: Microsoft) -> None:
    async with aiohttp.ClientSession() as session:
        assert await Tokens(session, f"{microsoft.url}/token", "", "").header() == {}
    assert microsoft.asked == []


async def test_each_request_bears_the_token_and_a_401_gets_a_new_one(
    tokens: Tokens, microsoft: Microsoft, double: TeamsDouble
) -> None:
    person = double.person("larvik", email="l@x.example")
    async with aiohttp.ClientSession() as session:
        sender = Connector(session, tokens, Pace(100_000), "", double.url)
        to = Address("teams", TENANT, person.conversation.id, double.url, user=person.id)
        double.fails(401, times=1)
        with pytest.raises(RetryLaterError):
            await sender.send(sentence("Hei"), to)
        await sender.send(sentence("Hei"), to)
    assert len(microsoft.asked) == 2
