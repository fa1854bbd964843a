"""Waiting for one's turn, on a clock that the test holds."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from bot import pacing
from bot.pacing import ASIDE, LATE, SHARE, OwnTurns, Pace
from domain.pacing import Limit


class Hours:
    """Time as `pacing` sees it, and how long it was waited. `sluggish` seconds are lost at each waking."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        self.waits: list[float] = []
        self.sluggish: list[float] = []
        monkeypatch.setattr(pacing, "time", SimpleNamespace(monotonic=lambda: self.now))
        monkeypatch.setattr(pacing, "asyncio", SimpleNamespace(sleep=self.sleep))

    async def sleep(self, seconds: float) -> None:
        self.waits.append(round(seconds, 3))
        self.now += seconds + (self.sluggish.pop(0) if self.sluggish else 0)


@pytest.fixture
def hours(monkeypatch: pytest.MonkeyPatch) -> Hours:
    return Hours(monkeypatch)


async def test_requests_to_a_tenant_are_spread_evenly_and_tenants_do_not_wait_for_each_other(hours: Hours) -> None:
    pace, gap = Pace(50), 1 / 50 / SHARE
    began = hours.now
    for tenant in ("a", "a", "b", "a", "b"):
        await pace.turn(tenant)
    assert hours.waits == [round(gap, 3)] * 2
    assert hours.now == pytest.approx(began + 2 * gap)


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
    assert [wait for wait in hours.waits if wait > 0.01] == [10 + ASIDE]


async def test_conversations_of_the_same_name_on_two_platforms_are_two(hours: Hours) -> None:
    shared = OwnTurns()
    for platform in ("teams", "slack"):
        await Pace(100_000, (Limit(1, 10),), shared, platform).turn("a", "same")
    assert hours.waits == []


async def test_who_wakes_too_late_for_the_moment_waits_for_another(hours: Hours) -> None:
    pace = Pace(1)
    await pace.turn("a")
    hours.sluggish = [LATE * 2]
    await pace.turn("a")
    assert len(hours.waits) == 2


async def test_conversations_that_nothing_is_held_against_are_forgotten(
    hours: Hours, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacing, "MANY", 10)
    turns = OwnTurns()
    pace = Pace(100_000, (Limit(1, 5),), turns)
    for n in range(10):
        await pace.turn("a", f"c{n}")
    hours.now += 60
    await pace.turn("a", "new")
    assert len(turns._lanes) == 1
