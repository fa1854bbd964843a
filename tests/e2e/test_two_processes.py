"""Two real processes on one PostgreSQL: one period, each message once, whichever of them is asked."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bench.turns import free_port
from tests.engines import new_database
from tests.harness import FIRST_PERIOD, MUNICIPALITY, TOWNS, everybody
from tests.processes import Process, started
from tests.teams_double import TeamsChannel, TeamsDouble, TeamsPerson

NINE = "2023-11-27T09:00:00+01:00"


class Pair:
    """Two processes, and Teams before them; what people do goes to one of them, as a load balancer has it."""

    def __init__(self, first: Process, second: Process, double: TeamsDouble) -> None:
        self.first, self.second = first, second
        self.double = double
        self.people: dict[str, TeamsPerson] = everybody(double)
        self.channel: TeamsChannel = double.channel("Samhandling")
        self.through(first)

    def through(self, process: Process) -> None:
        self.double.bot_url = process.url

        async def settle() -> object:
            now = (await process.get("/dev/clock"))["now"]
            return await process.clock_to(now)

        self.double.settle = settle

    async def begin(self) -> None:
        boss = self.people["samhandlingssjef"]
        await boss.says("koble", where=self.channel)
        self.through(self.second)
        await boss.says("krise")
        self.through(self.first)
        await boss.presses(boss.last_card, "period.start", **FIRST_PERIOD)

    async def answers(self, key: str) -> None:
        person = self.people[key]
        await person.presses(person.last_card, "status.submit", **MUNICIPALITY)

    async def alone_under_way(self) -> None:
        """Returns when all but one message is sent, and written down as such."""
        await self.double.until(lambda: sum(bool(p.titled("Status fra")) for p in self.respondents()) == 10)
        async with aiohttp.ClientSession() as session, asyncio.timeout(30):
            while True:
                async with session.get(f"{self.second.url}/metrics") as response:
                    if "samhandling_outbox_waiting 1.0" in await response.text():
                        return
                await asyncio.sleep(0.05)

    def respondents(self) -> list[TeamsPerson]:
        return [person for key, person in self.people.items() if key.endswith("-sjef") and key != "samhandlingssjef"]


@pytest.fixture
async def pair(double: TeamsDouble, postgres: str, tmp_path: Path) -> AsyncIterator[Pair]:
    url = new_database(postgres)
    both = [Process(url, free_port(), tmp_path / f"{name}.log", secret_key="felles") for name in ("first", "second")]
    async with started(*both):
        yield Pair(both[0], both[1], double)
    assert double.complaints == []


async def test_a_week_through_two_processes_has_each_message_once_and_each_answer(pair: Pair) -> None:
    await pair.begin()
    for person in pair.respondents():
        assert len(person.titled("Krevende drift i")) == 1, person.key
    await asyncio.gather(pair.first.clock_to(NINE), pair.second.clock_to(NINE))
    for person in pair.respondents():
        assert len(person.titled("Status fra")) == 1, person.key
    for n, key in enumerate(TOWNS):
        pair.through((pair.first, pair.second)[n % 2])
        await pair.answers(f"{key}-sjef")
    await asyncio.gather(
        pair.first.clock_to("2023-11-28T17:00:00+01:00"), pair.second.clock_to("2023-11-28T17:00:00+01:00")
    )
    clinics = [person for person in pair.respondents() if person.key.removesuffix("-sjef") not in TOWNS]
    assert {len(person.titled("Påminnelse")) for person in clinics} == {3}
    assert len(pair.channel.titled("Samhandlingsmøte")) == 1
    for process in (pair.first, pair.second):
        found = (await process.get("/api/v1/communities/vestfold/rounds"))["rounds"][0]
        assert found["totals"]["overliggere"] == 3 * len(TOWNS)
        assert found["sealed"]["totals"] == found["totals"]


async def test_what_moving_the_clock_sent_is_counted_once_whichever_process_sent_it(pair: Pair) -> None:
    await pair.begin()
    moved = await asyncio.gather(pair.first.clock_to(NINE), pair.second.clock_to(NINE))
    assert sum(answer["sent"] for answer in moved) == sum(len(p.titled("Status fra")) for p in pair.respondents())
    assert {(answer["now"], answer["pending"], answer["failed"]) for answer in moved} == {(NINE, 0, 0)}


async def test_what_one_process_stored_the_other_sees_at_once(pair: Pair) -> None:
    await pair.begin()
    await pair.first.clock_to(NINE)
    larvik = pair.people["larvik-sjef"]
    for process in (pair.second, pair.first, pair.second):
        pair.through(process)
        await larvik.says("språk nn" if process is pair.second else "språk nb")
        other = pair.first if process is pair.second else pair.second
        pair.through(other)
        [answer] = await larvik.says("oversikt")
        assert ("Samhandlingsmøte tysdag" in answer.title) is (process is pair.second)


async def test_when_one_process_is_killed_the_other_goes_on_and_nobody_is_left_out(pair: Pair) -> None:
    await pair.begin()
    pair.double.settle = None
    larvik = pair.people["larvik-sjef"]
    answering = pair.double.holds(larvik)
    pair.double.faults[0].times = 1
    moving = asyncio.create_task(pair.first.clock_to(NINE))
    await pair.alone_under_way()
    await pair.first.end(signal.SIGKILL)
    await asyncio.gather(moving, return_exceptions=True)
    await pair.second.clock_to(NINE)
    answering.set()
    for person in pair.respondents():
        assert len(person.titled("Status fra")) >= 1, person.key
    assert sum(len(person.titled("Status fra")) for person in pair.respondents()) <= 11 + 1


async def test_a_press_that_comes_to_both_has_one_effect(pair: Pair) -> None:
    await pair.begin()
    await pair.first.clock_to(NINE)
    larvik = pair.people["larvik-sjef"]
    form = larvik.last_card
    before = form.activity
    for process in (pair.first, pair.second):
        pair.through(process)
        form.activity = before
        await larvik.presses(form, "status.submit", again="same", **MUNICIPALITY)
    found = (await pair.second.get("/api/v1/communities/vestfold/rounds"))["rounds"][0]
    [report] = [report for report in found["reports"] if report["unit"] == "larvik"]
    assert (report["state"], report["revision"]) == ("answered", 1)


async def test_the_clock_waits_for_what_the_other_process_has_accepted(pair: Pair) -> None:
    boss = pair.people["samhandlingssjef"]
    await boss.says("hjelp")
    pair.through(pair.second)
    pair.double.settle = None
    answering = pair.double.holds(boss)
    pair.double.faults[0].times = 1
    await boss.says("hjelp")
    moving = asyncio.create_task(pair.first.clock_to(NINE))
    _, waiting = await asyncio.wait({moving}, timeout=1)
    assert waiting == {moving}
    answering.set()
    await moving
    assert len(boss.titled("Dette kan jeg hjelpe deg med")) == 2
