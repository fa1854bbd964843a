"""A process that is told to stop: within ten seconds what it had accepted is finished or free for others."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest

from bench.turns import free_port
from tests.engines import new_database
from tests.harness import FIRST_PERIOD, MUNICIPALITY, ROOT, everybody
from tests.processes import EXAMPLE, Process, started
from tests.teams_double import Fault, TeamsDouble, TeamsPerson, elements

NINE = "2023-11-27T09:00:00+01:00"
PROMISED = 10
"""Seconds from SIGTERM to the end of the process."""


class Stage:
    """A running period, and whoever plays in it; the product's processes come and go."""

    def __init__(self, url: str, double: TeamsDouble, folder: Path) -> None:
        self.url, self.double, self.folder = url, double, folder
        self.people = everybody(double)
        self.channel = double.channel("Samhandling")

    def process(self, name: str = "first", **settings: str) -> Process:
        made = Process(self.url, free_port(), self.folder / f"{name}.log", EXAMPLE, **settings)
        self.double.bot_url = made.url
        return made

    async def begin(self) -> None:
        boss = self.people["samhandlingssjef"]
        await boss.says("koble", where=self.channel)
        await boss.says("krise")
        await self.double.until(lambda: any("period.start" in message.actions for message in boss.messages))
        await boss.presses(boss.last_card, "period.start", **FIRST_PERIOD)
        await self.double.until(lambda: all(person.titled("Krevende drift i") for person in self.asked()))

    def asked(self) -> list[TeamsPerson]:
        return [person for key, person in self.people.items() if key.endswith("-sjef") and key != "samhandlingssjef"]

    def prompts(self) -> dict[str, int]:
        return {person.key: len(person.titled("Status fra")) for person in self.asked()}


@pytest.fixture(params=["sqlite", "postgres"])
def stage(request: pytest.FixtureRequest, double: TeamsDouble, tmp_path: Path) -> Stage:
    if request.param == "sqlite":
        return Stage(f"sqlite+aiosqlite:///{tmp_path}/stopped.db", double, tmp_path)
    return Stage(new_database(request.getfixturevalue("postgres")), double, tmp_path)


@asynccontextmanager
async def stopping(process: Process) -> AsyncIterator[None]:
    """It is told to stop before the block, and has ended in order and in time after it."""
    told = time.monotonic()
    ending = asyncio.create_task(process.end())
    await until(lambda: bool(_said(process, "stopping")))
    yield
    assert await ending == 0, process.log.read_text(encoding="utf-8")[-3000:]
    assert time.monotonic() - told < PROMISED


async def until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(PROMISED):
        while not happened():  # noqa: ASYNC110 - it happens in another process
            await asyncio.sleep(0.01)


def _said(process: Process, event: str) -> list[str]:
    """The lines of its log about that."""
    return [line for line in process.log.read_text(encoding="utf-8").splitlines() if f'"event": "{event}"' in line]


async def ask(process: Process, path: str, **how: Any) -> tuple[int, Any, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.request("POST" if how else "GET", f"{process.url}{path}", **how) as answer,
    ):
        return answer.status, await answer.json(), answer.headers.get("Retry-After", "")


async def test_it_says_that_it_stops_and_takes_up_no_more_and_the_turn_under_way_is_answered(stage: Stage) -> None:
    process = stage.process()
    async with started(process):
        held = Fault(0, methods=("GET",), until=asyncio.Event(), times=1)
        stage.double.faults.append(held)
        larvik = stage.people["larvik-sjef"]
        writing = asyncio.create_task(stage.double.post(larvik.activity("message", text="hjelp")))
        await until(lambda: held.times == 0)
        async with stopping(process):
            assert await ask(process, "/readyz") == (
                503,
                {"status": "stopping", "checks": {}, "warnings": [], "oldest_undelivered_seconds": None},
                "",
            )
            assert (await ask(process, "/healthz"))[0] == 200
            status, said, retry_after = await ask(
                process, "/api/messages", json=larvik.activity("message", text="status")
            )
            assert (status, retry_after) == (503, "5")
            assert said == {"error": "The server is about to stop. Please try again in a moment."}
            assert held.until is not None
            held.until.set()
            assert (await writing)[0] == 202
        assert len(larvik.messages) == 1


async def test_what_was_not_sent_is_sent_by_whoever_comes_next_and_nothing_twice_but_what_was_never_answered(
    stage: Stage,
) -> None:
    process = stage.process(teams_rps="4")
    async with started(process):
        await stage.begin()
        slow, silent = stage.people["larvik-sjef"], stage.people["horten-sjef"]
        stage.double.slow(3, to=slow, times=1)
        never = stage.double.holds(silent)
        stage.double.faults[1].times = 1
        moving = asyncio.create_task(process.clock_to(NINE))
        await until(lambda: [fault.times for fault in stage.double.faults] == [0, 0])
        async with stopping(process):
            pass
        await asyncio.gather(moving, return_exceptions=True)
    sent = stage.prompts()
    assert sent[slow.key] == 1
    assert sum(sent.values()) < len(sent), "nothing was left to be given back"
    stage.double.mend()
    following = stage.process("second")
    async with started(following):
        await following.clock_to(NINE)
        never.set()
        await stage.double.until(lambda: len(silent.titled("Status fra")) == 2)
    assert stage.prompts() == dict.fromkeys(sent, 1) | {silent.key: 2}


async def test_of_two_processes_the_other_takes_over_at_once_what_the_first_gives_back(
    postgres: str, double: TeamsDouble, tmp_path: Path
) -> None:
    """At once: its lease of ten minutes is not waited for."""
    stage = Stage(new_database(postgres), double, tmp_path)
    other = stage.process("other", lease_seconds="600")
    process = stage.process(lease_seconds="600", teams_rps="4")
    async with started(process):
        await stage.begin()
        silent = stage.people["larvik-sjef"]
        never = double.holds(silent)
        double.faults[0].times = 1
        moving = asyncio.create_task(process.clock_to(NINE))
        await until(lambda: double.faults[0].times == 0)
        async with started(other):
            before = stage.prompts()
            assert not all(before.values())
            async with stopping(process):
                pass
            await double.until(lambda: all(stage.prompts().values()))
            never.set()
            await double.until(lambda: len(silent.titled("Status fra")) == 2)
            await asyncio.gather(moving, return_exceptions=True)
            await other.clock_to(NINE)
    assert stage.prompts() == dict.fromkeys(before, 1) | {silent.key: 2}


async def test_a_press_that_was_answered_before_the_end_is_kept_and_its_receipts_go_out_afterwards(
    stage: Stage,
) -> None:
    process = stage.process()
    async with started(process):
        boss = stage.people["samhandlingssjef"]
        await boss.says("koble", where=stage.channel)
        await boss.says("krise")
        await stage.double.until(lambda: any("period.start" in message.actions for message in boss.messages))
        stage.double.faults.append(Fault(0, seconds=0.5))
        await boss.presses(boss.last_card, "period.start", **FIRST_PERIOD)
        async with stopping(process):
            pass
    stage.double.mend()
    following = stage.process("second")
    async with started(following):
        await following.clock_to("2023-11-23T09:00:00+01:00")
        rounds = (await following.get("/api/v1/communities/vestfold/rounds"))["rounds"]
        assert len(rounds) == 8
    assert {len(person.titled("Krevende drift i")) for person in stage.asked()} == {1}


async def test_a_picture_that_is_being_drawn_keeps_nobody_waiting_and_leaves_no_process_behind(
    double: TeamsDouble, tmp_path: Path
) -> None:
    stage = Stage(f"sqlite+aiosqlite:///{tmp_path}/drawn.db", double, tmp_path)
    process = stage.process(secret_key="k" * 32)
    async with started(process):
        await stage.begin()
        larvik = stage.people["larvik-sjef"]
        for monday, tuesday in (("2023-11-27", "2023-11-28"), ("2023-12-04", "2023-12-05")):
            await process.clock_to(f"{monday}T09:00:00+01:00")
            await larvik.presses(larvik.last_card, "status.submit", **MUNICIPALITY)
            await process.clock_to(f"{tuesday}T17:00:00+01:00")
        card = stage.channel.titled("Samhandlingsmøte")[-1].card
        drawing = [
            asyncio.create_task(_status(shown["url"])) for shown in elements(card or {}) if shown["type"] == "Image"
        ]
        await until(lambda: bool(_said(process, "workshop_opened")))
        [line] = _said(process, "workshop_opened")
        async with stopping(process):
            pass
        assert set(await asyncio.gather(*drawing)) <= {200, 503}
        assert not psutil.pid_exists(json.loads(line)["pid"])


async def _status(url: str) -> int:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status


HANGING = """
import asyncio, time
from bot.last_resort import LastResort

async def serving():
    asyncio.get_running_loop().run_in_executor(None, time.sleep, 60)
    {body}

end = LastResort(0.5)
end.draws_near()
asyncio.run(end.after(serving()))
"""


@pytest.mark.parametrize(("body", "status"), [("pass", 0), ("await asyncio.sleep(60)", 1)])
def test_a_thread_that_hangs_does_not_keep_the_process(body: str, status: int) -> None:
    """With status 0 only if all else had come to its end."""
    ended = subprocess.run(
        [sys.executable, "-c", HANGING.format(body=body)], cwd=ROOT, timeout=50, capture_output=True, check=False
    )
    assert ended.returncode == status
    assert (b"something hung" in ended.stderr) is (status == 1)
