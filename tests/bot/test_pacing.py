"""Waiting for one's turn, on a clock that the test holds."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from bot import pacing
from bot.pacing import ASIDE, LONGEST, OwnTurns, Pace
from domain.pacing import Limit


class Hours:
    """Time as `pacing` sees it, and how long it was waited."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        self.waits: list[float] = []
        monkeypatch.setattr(pacing, "time", SimpleNamespace(monotonic=lambda: self.now))
        monkeypatch.setattr(pacing, "asyncio", SimpleNamespace(sleep=self.sleep, Lock=asyncio.Lock))

    async def sleep(self, seconds: float) -> None:
        self.waits.append(round(seconds, 6))
        self.now += seconds


@pytest.fixture
def hours(monkeypatch: pytest.MonkeyPatch) -> Hours:
    return Hours(monkeypatch)


async def test_requests_to_a_tenant_never_go_all_at_once_and_tenants_do_not_wait_for_each_other(hours: Hours) -> None:
    pace = Pace(50)
    for tenant in ("a", "b", "a", "b"):
        await pace.turn(tenant)
    assert hours.waits == [0.01]


async def test_while_there_is_room_nobody_waits_and_none_is_saved_up(hours: Hours) -> None:
    pace = Pace(50)
    await pace.turn("a")
    hours.now += 60
    await pace.turn("a")
    assert hours.waits == []
    await pace.turn("a")
    assert len(hours.waits) == 1


async def test_a_conversation_waits_for_its_own_limit_and_no_other_does(hours: Hours) -> None:
    pace = Pace(100_000, (Limit(2, 10),))
    for conversation in ("busy", "busy", "quiet", "busy", "quiet"):
        await pace.turn("a", conversation)
    assert [round(wait, 1) for wait in hours.waits if wait > 0.01] == [10 + ASIDE]


async def test_who_waits_for_a_conversation_keeps_nobody_in_the_tenants_queue() -> None:
    """On the real clock, for as long as it takes the others to go."""
    pace = Pace(100_000, (Limit(1, 3600),))
    await pace.turn("a", "busy")
    waiting = asyncio.create_task(pace.turn("a", "busy"))
    for n in range(20):
        await pace.turn("a", f"c{n}")
    assert not waiting.done()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)


async def test_who_came_first_goes_first() -> None:
    pace, gone = Pace(1000), []

    async def request(n: int) -> None:
        await pace.turn("a", f"c{n}")
        gone.append(n)

    await asyncio.gather(*(request(n) for n in range(30)))
    assert gone == [*range(30)]


async def test_conversations_of_the_same_name_on_two_platforms_are_two(hours: Hours) -> None:
    shared = OwnTurns()
    for platform in ("teams", "slack"):
        await Pace(100_000, (Limit(1, 10),), shared, platform).turn("a", "same")
    assert hours.waits == []


async def test_conversations_that_nothing_is_held_against_are_forgotten(
    hours: Hours, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacing, "MANY", 10)
    turns = OwnTurns()
    pace = Pace(100_000, (Limit(1, 5),), turns)
    for n in range(10):
        await pace.turn("a", f"c{n}")
    hours.now += LONGEST + 1
    await pace.turn("a", "new")
    assert len(turns._taken) == 2, "the tenant and the new one"
