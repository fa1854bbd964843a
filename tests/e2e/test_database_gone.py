"""A database that is gone for a while: what watches the product is told, and it goes on by itself afterwards."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from bench.turns import free_port
from tests.engines import allow_connections, new_database
from tests.harness import FIRST_PERIOD, START, Json, everybody
from tests.processes import Process, started
from tests.teams_double import TeamsDouble, TeamsPerson

MONDAY = "2023-11-27T09:00:00+01:00"


@dataclass
class Served:
    """The product as a process of its own on a PostgreSQL whose database can be shut."""

    process: Process
    host: str
    url: str
    double: TeamsDouble
    people: dict[str, TeamsPerson]
    at: str = START

    async def clock_to(self, now: str) -> Json:
        self.at = now
        return await self.process.clock_to(now)

    async def settle(self) -> None:
        await self.process.clock_to(self.at)

    def shut(self) -> None:
        self.double.settle = None
        allow_connections(self.host, self.url, allowed=False)

    async def open(self) -> None:
        allow_connections(self.host, self.url, allowed=True)
        self.double.settle = self.settle
        async with asyncio.timeout(30):
            while (status := await self.status("/readyz")) != 200:
                assert status == 503
                await asyncio.sleep(0.2)

    async def status(self, path: str) -> int:
        async with aiohttp.ClientSession() as session, session.get(f"{self.process.url}{path}") as response:
            return response.status

    async def figure(self, name: str) -> float:
        async with aiohttp.ClientSession() as session, session.get(f"{self.process.url}/metrics") as response:
            assert response.status == 200
            lines = (await response.text()).splitlines()
        return next((float(line.split()[1]) for line in lines if line.startswith(f"samhandling_{name} ")), -1.0)

    def logged(self) -> list[Json]:
        """The lines that are the product's own; everything else that was written must be one."""
        return [json.loads(line) for line in self.process.log.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
async def served(postgres: str, double: TeamsDouble, tmp_path: Path) -> AsyncIterator[Served]:
    url = new_database(postgres)
    process = Process(url, free_port(), tmp_path / "product.log")
    async with started(process):
        double.bot_url = process.url
        made = Served(process, postgres, url, double, everybody(double))
        double.settle = made.settle
        yield made
        double.settle = None


async def test_while_its_database_is_gone_it_lives_and_is_not_ready_and_then_goes_on(served: Served) -> None:
    boss = served.people["samhandlingssjef"]
    await boss.says("hjelp")
    assert await served.status("/readyz") == 200

    served.shut()
    assert await served.status("/healthz") == 200
    assert await served.status("/readyz") == 503
    told = await served.process.get("/readyz")
    assert (told["checks"]["database"], told["database"]) == (False, "unreachable")

    await served.open()
    assert "database" not in await served.process.get("/readyz")
    assert len(await boss.says("hjelp")) == 1


async def test_its_figures_are_there_without_the_database_and_count_what_could_not_be_done(served: Served) -> None:
    assert await served.figure("storage_unavailable_total") == 0
    assert await served.figure("outbox_waiting") == 0
    served.shut()
    assert await served.status("/readyz") == 503
    await asyncio.sleep(0.1)
    assert await served.figure("storage_unavailable_total") > 0
    assert await served.figure("storage_unavailable_seconds") > 0
    assert await served.figure("turns_total") == 0
    assert await served.figure("outbox_waiting") == -1  # is not known
    await served.open()
    assert await served.figure("storage_unavailable_seconds") == 0
    assert await served.figure("outbox_waiting") == 0


async def test_it_says_once_that_the_database_is_gone_and_once_that_it_is_back(served: Served) -> None:
    served.shut()
    for _ in range(30):
        assert await served.status("/readyz") == 503
        await asyncio.sleep(0.1)
    await served.open()
    await asyncio.sleep(1.5)  # another look of whoever looks every second
    lines = served.logged()
    said = [line["event"] for line in lines if line["event"].startswith("store_")]
    assert said == ["store_unavailable", "store_available"]
    [gone] = [line for line in lines if line["event"] == "store_unavailable"]
    assert (gone["level"], gone["why"]) == ("error", "unreachable")
    [back] = [line for line in lines if line["event"] == "store_available"]
    assert back["seconds"] > 1
    assert not [line for line in lines if "exception" in line]


async def test_what_falls_due_meanwhile_is_done_once_when_it_is_back(served: Served) -> None:
    boss, larvik = served.people["samhandlingssjef"], served.people["larvik-sjef"]
    await larvik.says("hjelp")  # from now on the bot can write to them
    await boss.says("krise")
    await boss.presses(boss.last_card, "period.start", **FIRST_PERIOD)
    served.shut()
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{served.process.url}/dev/clock", json={"now": MONDAY}) as response,
    ):
        assert response.status == 503
    await served.open()
    assert (await served.clock_to(MONDAY))["pending"] == 0
    assert len([message for message in larvik.messages if "status.submit" in message.actions]) == 1
