"""A machine's clock that is set: it is noticed, said, and nothing waits until it shows that time again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Self

import pytest

from bot import clock, clock_watch
from bot.clock import RealClock, steady
from bot.clock_watch import ClockWatch
from bot.wakeups import Wakeups
from storage.availability import Availability


class Machine:
    """Its clock can be set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ahead = timedelta(0)
        monkeypatch.setattr(clock, "wall", self.wall)
        monkeypatch.setattr("bot.wakeups.wall", self.wall)

    def wall(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setattr(clock_watch, "EVERY", 0.01)
    return Machine(monkeypatch)


@pytest.fixture
async def leaps() -> AsyncIterator[asyncio.Queue[float]]:
    told: asyncio.Queue[float] = asyncio.Queue()
    watch = ClockWatch(told.put)
    watching = asyncio.create_task(watch.run())
    await asyncio.sleep(0)
    yield told
    watching.cancel()


@pytest.mark.parametrize("hours", [1, -1])
async def test_a_leap_is_noticed_by_how_much_it_was(machine: Machine, leaps: asyncio.Queue[float], hours: int) -> None:
    machine.ahead = timedelta(hours=hours)
    assert round(await leaps.get()) == hours * 3600


async def test_what_is_set_right_little_by_little_is_no_leap(machine: Machine, leaps: asyncio.Queue[float]) -> None:
    for _ in range(10):
        machine.ahead += timedelta(seconds=1)
        await asyncio.sleep(0.03)
    assert leaps.empty()


async def test_a_mending_that_fails_does_not_end_the_watch(machine: Machine) -> None:
    tried: asyncio.Queue[float] = asyncio.Queue()

    async def failing(seconds: float) -> None:
        await tried.put(seconds)
        raise OSError

    watch = ClockWatch(failing)
    watching = asyncio.create_task(watch.run())
    await asyncio.sleep(0)
    for leap in (1, 2):
        machine.ahead += timedelta(hours=leap)
        assert round(await tried.get()) == leap * 3600
    watching.cancel()
    assert watch.leapt_lately


def test_the_steady_clock_goes_on_whatever_the_machines_is_set_to(machine: Machine) -> None:
    before = steady()
    machine.ahead = timedelta(hours=-1)
    assert timedelta(0) <= steady() - before < timedelta(minutes=1)


async def test_wake_ups_go_on_when_the_clock_is_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scheduler's own clock is set back with it, as it is in earnest."""
    ahead = [timedelta(0)]

    class Set(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls.fromtimestamp(time.time() + ahead[0].total_seconds(), tz)

    for module in ("apscheduler.schedulers.base", "apscheduler.triggers.interval", "apscheduler.executors.base"):
        monkeypatch.setattr(f"{module}.datetime", Set, raising=False)
    monkeypatch.setattr("bot.wakeups.wall", lambda: Set.now(UTC))
    store = Looked()
    wakeups = Wakeups(store, RealClock())  # type: ignore[arg-type]
    wakeups.start()
    async with asyncio.timeout(30):
        await store.until(1)
        ahead[0] = timedelta(hours=-1)
        wakeups.clock_was_set()
        await store.until(3)
    await wakeups.stop()


class Looked:
    """A store in which nothing is due; how often it was asked."""

    def __init__(self) -> None:
        self.availability = Availability()
        self.looks = 0
        self._news = asyncio.Event()

    async def do_next_due(self, *_: object) -> None:
        self.looks += 1
        self._news.set()

    async def until(self, looks: int) -> None:
        while self.looks < looks:
            self._news.clear()
            await self._news.wait()
