"""A machine's clock that is set an hour forward and an hour back, under real processes on either engine.

Only root may set a real clock: what the product reads of it (`bot.clock.wall`, and what its scheduler reads) is set in
the process instead. PostgreSQL's own clock stays as it is, as on another machine.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bench.turns import free_port
from tests.engines import new_database
from tests.forked import MACHINE_CLOCK
from tests.harness import FIRST_PERIOD, MUNICIPALITY, START, everybody
from tests.processes import Process, started
from tests.teams_double import TeamsDouble, TeamsPerson

MONDAY = "2023-11-27"
SOON = 30
"""Seconds in which must come what would else wait for an hour."""


class Machine:
    """Its clock, in a file that the processes on it read."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "ahead"
        self._ahead = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def set_to(self, now: str) -> None:
        self.leap(datetime.fromisoformat(now) - self.now())

    def leap(self, by: timedelta) -> None:
        self._ahead += by
        written = self.file.with_suffix(".new")
        written.write_text(str(self._ahead.total_seconds()), encoding="ascii")
        written.replace(self.file)


class Stage:
    """A period before its first prompts, in Teams."""

    def __init__(self, machine: Machine, processes: list[Process], double: TeamsDouble) -> None:
        self.machine, self.processes, self.double = machine, processes, double
        self.people = everybody(double)
        self.channel = double.channel("Samhandling")
        double.bot_url = processes[0].url

    @property
    def boss(self) -> TeamsPerson:
        return self.people["samhandlingssjef"]

    @property
    def asked(self) -> list[TeamsPerson]:
        return [person for key, person in self.people.items() if key.endswith("-sjef") and key != "samhandlingssjef"]

    async def begin(self) -> None:
        await self.boss.says("koble", where=self.channel)
        await self.shows(self.boss, "krise", "period.start")
        await self.boss.presses(self.boss.last_card, "period.start", **FIRST_PERIOD)
        await self.double.until(lambda: all(person.titled("Krevende drift i") for person in self.asked))

    async def shows(self, person: TeamsPerson, says: str, action: str) -> None:
        await person.says(says)
        await self.double.until(lambda: any(action in message.actions for message in person.messages[-1:]))

    async def noticed(self, leaps: int) -> None:
        """Every process has seen the clock leap so often."""
        await until(lambda: all(len(said(process, "clock_leapt")) >= leaps for process in self.processes))

    async def all_have(self, title: str, times: int = 1) -> None:
        async with asyncio.timeout(SOON):
            await self.double.until(lambda: all(len(person.titled(title)) >= times for person in self.asked))

    def counted(self, title: str) -> set[int]:
        return {len(person.titled(title)) for person in self.asked}


async def until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(SOON):
        while not happened():  # noqa: ASYNC110 - it happens in another process
            await asyncio.sleep(0.05)


def said(process: Process, event: str) -> list[Any]:
    """The lines of its log about that."""
    lines = [json.loads(line) for line in process.log.read_text(encoding="utf-8").splitlines() if line.startswith("{")]
    return [line for line in lines if line["event"] == event]


@pytest.fixture(params=["sqlite", "postgres"])
async def stage(request: pytest.FixtureRequest, double: TeamsDouble, tmp_path: Path) -> AsyncIterator[Stage]:
    """One process on SQLite, two on PostgreSQL."""
    machine = Machine(tmp_path)
    machine.set_to(START)
    names = ["one"]
    url = f"sqlite+aiosqlite:///{tmp_path}/clock.db"
    if request.param == "postgres":
        names.append("other")
        url = new_database(request.getfixturevalue("postgres"))
    processes = [Process(url, free_port(), tmp_path / f"{name}.log") for name in names]
    for process in processes:
        process.environment[MACHINE_CLOCK] = str(machine.file)
        await process.start(now="")
    made = Stage(machine, processes, double)
    async with started():
        try:
            await made.begin()
            yield made
        finally:
            await asyncio.gather(*(process.end() for process in processes))
    assert double.complaints == []


async def test_what_falls_into_an_hour_that_is_leapt_over_comes_once_and_the_product_says_so(stage: Stage) -> None:
    stage.machine.set_to(f"{MONDAY}T08:30:00+01:00")
    await stage.noticed(1)
    stage.machine.leap(timedelta(hours=1))
    await stage.all_have("Status fra")
    await stage.noticed(2)
    for process in stage.processes:
        ready = await process.get("/readyz")
        assert (ready["status"], ready["warnings"]) == ("degraded", ["clock"])
        assert "samhandling_clock_leaps_total 2.0" in await metrics(process)
    # Back on the same hour, and over it again.
    stage.machine.leap(timedelta(hours=-1))
    await stage.noticed(3)
    stage.machine.leap(timedelta(hours=1))
    await stage.noticed(4)
    await stage.shows(stage.boss, "levering", "delivery.show")
    assert stage.counted("Status fra") == {1}


async def test_what_is_under_way_when_the_clock_is_set_back_does_not_wait_for_that_hour_to_pass(stage: Stage) -> None:
    """Neither the messages that wait for their next try, nor what falls due afterwards, nor who is at the page."""
    stage.double.fails(503)
    stage.machine.set_to(f"{MONDAY}T10:30:00+01:00")
    await stage.noticed(1)
    await stage.double.until(lambda: len({call.conversation for call in stage.double.calls if call.status == 503}) > 10)
    stage.machine.leap(timedelta(hours=-1))
    await stage.noticed(2)
    stage.double.mend()
    await stage.all_have("Status fra")
    await stage.shows(stage.boss, "runde nå", "round.start")
    await stage.boss.presses(stage.boss.last_card, "round.start")
    await stage.all_have("Status fra", 2)
    assert stage.counted("Status fra") == {2}
    larvik = stage.people["larvik-sjef"]
    await larvik.presses(larvik.last_card, "status.submit", **MUNICIPALITY)
    report = await report_of(stage.processes[-1], "larvik")
    assert report["state"] == "answered"


async def report_of(process: Process, unit: str) -> Any:
    found = (await process.get("/api/v1/communities/vestfold/rounds"))["rounds"][0]
    return next(report for report in found["reports"] if report["unit"] == unit)


async def metrics(process: Process) -> str:
    async with aiohttp.ClientSession() as session, session.get(f"{process.url}/metrics") as response:
        return await response.text()
