"""Real processes killed at random moments: no answer is lost, no message missing, none twice but what was under way.

`CRASH_KILLS` says how often (12), `CRASH_UNITS` how many municipalities are asked beside the five clinics (6); `make
crash` sets 200 and 35.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from bench.turns import free_port
from domain.community_file import read_community
from domain.working_time import is_day_off
from tests.engines import new_database, server
from tests.harness import FIRST_PERIOD, MUNICIPALITY
from tests.processes import EXAMPLE, Process, started
from tests.teams_double import TeamsDouble, TeamsPerson

KILLS = int(os.environ.get("CRASH_KILLS", "12"))
UNITS = int(os.environ.get("CRASH_UNITS", "6"))
TUESDAY = date(2023, 11, 28)


def community(folder: Path) -> Path:
    """The example community with so many municipalities more, each with somebody who answers."""
    written = EXAMPLE.read_text(encoding="utf-8")
    for n in range(UNITS - 6):
        unit = f"  - {{key: kommune-{n}, name: Kommune {n}, kind: municipality, population: 9000}}\n"
        person = f"  - {{key: kommune-{n}-sjef, name: Leder {n}, email: leder{n}@kommune.example, unit: kommune-{n}"
        written = re.sub(r"(?m)^(units:.*)\n", rf"\1\n{unit}", written, count=1)
        written = written.replace("people:\n", f"people:\n{person}, roles: [respondent]}}\n", 1)
    file = folder / "community.yaml"
    file.write_text(written, encoding="utf-8")
    return file


class Ordeal:
    """The product, the people before it, and whoever kills it now and then."""

    def __init__(self, process: Process, url: str, double: TeamsDouble, file: Path) -> None:
        self.process, self.url, self.double = process, url, double
        known = read_community(file.read_text(encoding="utf-8"))
        self.people = {p.key: double.person(p.key, email=p.email, name=p.name) for p in known.people}
        self.channel = double.channel("Samhandling")
        self.respondents = [p.key for p in known.people if "respondent" in p.roles]
        self.clinics = {unit.key for unit in known.units if unit.kind == "clinic"}
        self.stands_at = "2023-11-23T09:00:00+01:00"
        self.kills = 0
        self.under_way: Counter[int] = Counter()
        self.answered: dict[tuple[str, str], str] = {}
        self._random = random.Random(os.environ.get("CRASH_SEED", "7"))  # noqa: S311 - the same run again
        double.bot_url = process.url

    async def kill(self) -> None:
        """At once, whatever it is doing; notes what it had under way, and starts it anew."""
        await self.process.end(signal.SIGKILL)
        self.kills += 1
        for (number,) in await self.ask("SELECT id FROM outbox WHERE state = 'sending'"):
            self.under_way[number] += 1
        await self.process.start(self.stands_at)

    async def ask(self, question: str) -> list[Any]:
        engine = create_async_engine(self.url)
        async with engine.connect() as connection:
            found = (await connection.execute(text(question))).all()
        await engine.dispose()
        return [*found]

    async def until_done(self, doing: Any, *, kill: bool) -> Any:
        """Does it again until it has been answered; the product is killed meanwhile, if it may be."""
        while True:
            task = asyncio.create_task(doing())
            if kill and self.kills < KILLS:
                await asyncio.wait([task], timeout=self._random.uniform(0.02, 1.2))
                if not task.done() or self._random.random() < 0.2:
                    await self.kill()
            with suppress(aiohttp.ClientError, OSError, asyncio.TimeoutError):
                return await task

    async def clock_to(self, now: str, *, kill: bool = True) -> None:
        await self.until_done(lambda: self.process.clock_to(now), kill=kill)
        self.stands_at = now
        # It may have been killed right after its answer, and stand where it was started.
        await self.until_done(lambda: self.process.clock_to(now), kill=False)

    async def press(self, person: TeamsPerson, action: str, **inputs: str) -> None:
        """The same press, with the same id, until somebody has answered it."""
        form = [message for message in person.messages if action in message.actions][-1]
        number = self.double.next_id()
        before = form.activity

        async def pressing() -> object:
            form.activity = before
            return await person.presses(form, action, again=number, **inputs)

        await self.until_done(pressing, kill=True)

    async def week(self, tuesday: date, figure: str) -> None:
        monday = tuesday - timedelta(days=1)
        await self.clock_to(f"{monday}T09:00:00+01:00")
        for key in self.respondents:
            unit = key.removesuffix("-sjef")
            if unit in self.clinics:
                continue
            await self.press(self.people[key], "status.submit", **MUNICIPALITY | {"overliggere": figure})
            self.answered[str(tuesday), unit] = figure
        for hour in ("16:00", "20:30"):
            await self.clock_to(f"{monday}T{hour}:00+01:00")
        for hour in ("09:00", "11:00", "11:30", "15:30", "16:00", "17:00"):
            await self.clock_to(f"{tuesday}T{hour}:00+01:00")


@pytest.fixture
def patient_postgres() -> Iterator[str]:
    """One that waits for the disk, as in earnest."""
    with server(hurried=False) as host:
        yield host


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_killed_again_and_again_it_loses_nothing(
    request: pytest.FixtureRequest, engine: str, double: TeamsDouble, tmp_path: Path
) -> None:
    if engine == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path}/crash.db"
    else:
        url = new_database(request.getfixturevalue("patient_postgres"))
    file = community(tmp_path)
    process = Process(url, free_port(), tmp_path / "product.log", file, lease_seconds="0.5")
    ordeal = Ordeal(process, url, double, file)
    async with started(process):
        boss = ordeal.people["samhandlingssjef"]
        await boss.says("koble", where=ordeal.channel)
        await boss.says("krise")
        await double.until(lambda: any("period.start" in message.actions for message in boss.messages))
        await ordeal.press(boss, "period.start", **FIRST_PERIOD | {"until": "2024-11-26"})
        tuesday, weeks = TUESDAY, 0
        while ordeal.kills < KILLS or not weeks:
            # Around a day off the prompt comes another day, or the meeting falls out.
            if not any(is_day_off(tuesday - timedelta(days=before)) for before in (0, 1)):
                weeks += 1
                await ordeal.week(tuesday, str(weeks % 40))
            tuesday += timedelta(days=7)
        await ordeal.clock_to(ordeal.stands_at, kill=False)
        await hold(ordeal)


async def hold(ordeal: Ordeal) -> None:
    """What must be true however often it was killed."""
    rounds = (await ordeal.process.get("/api/v1/communities/vestfold/rounds"))["rounds"]
    reports = {
        (found["meeting_at"][:10], report["unit"]): report["values"].get("overliggere")
        for found in rounds
        for report in found["reports"]
        if report["state"] != "missing"
    }
    for asked, figure in ordeal.answered.items():
        assert reports[asked] == int(figure), f"an answer is lost: {asked}"
    held = [found for found in rounds if found["state"] == "held"]
    [[prompts]] = await ordeal.ask(
        "SELECT count(*) FROM outbox WHERE template = 'status.prompt' AND state = 'sent' AND replaces IS NULL"
    )
    assert prompts == len(held) * len(ordeal.respondents)
    [[summaries]] = await ordeal.ask(
        "SELECT count(*) FROM outbox WHERE template = 'summary.posted' AND state = 'sent' AND replaces IS NULL "
        "AND channel = 'teams'"
    )
    assert summaries == len(held)
    [[left]] = await ordeal.ask("SELECT count(*) FROM outbox WHERE state IN ('failed', 'sending')")
    assert left == 0
    kept = await ordeal.ask(
        "SELECT id, conversation, platform_message FROM outbox WHERE state = 'sent' AND channel = 'teams' "
        "AND replaces IS NULL"
    )
    lying = {(where, number) for where, talk in ordeal.double.conversations.items() for number in talk.messages}
    assert {(where, number) for _, where, number in kept} <= lying, "a message is said to be sent that did not come"
    came = sum(
        "replyToId" not in first(message)
        for talk in ordeal.double.conversations.values()
        for message in talk.messages.values()
    )
    twice, under_way = came - len(kept), sum(ordeal.under_way.values())
    print(f"{ordeal.kills} kills, {len(kept)} messages, {twice} twice, {under_way} under way at a kill")
    assert 0 <= twice <= under_way
    assert ordeal.double.complaints == []


def first(message: Any) -> dict[str, Any]:
    found: dict[str, Any] = message.history[0] if message.history else message.activity
    return found
