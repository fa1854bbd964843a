"""The product as a process of its own, whose database can be taken away and given back: shut, or without room."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import aiohttp

from bench.turns import free_port
from tests.channels.web.site import Visitor
from tests.engines import allow_connections, copy_in, new_database
from tests.harness import FIRST_PERIOD, START, Json, everybody
from tests.no_room import no_room_on_disk, no_room_on_postgres
from tests.processes import Process, started
from tests.teams_double import TeamsDouble, TeamsPerson

MONDAY = "2023-11-27T09:00:00+01:00"
"""The prompts of the first round."""
LARVIK = "larvik-sjef"


class Served:
    """The process, and the people before it."""

    def __init__(self, process: Process, double: TeamsDouble, url: str) -> None:
        self.process, self.double, self.url = process, double, url
        self.people: dict[str, TeamsPerson] = everybody(double)
        self.at = START
        double.bot_url = process.url
        double.settle = self.settle

    @property
    def host(self) -> str:
        """Of its PostgreSQL: the folder of its socket."""
        return self.url.partition("host=")[2]

    @property
    def boss(self) -> TeamsPerson:
        return self.people["samhandlingssjef"]

    @property
    def larvik(self) -> TeamsPerson:
        return self.people[LARVIK]

    # Time

    async def clock_to(self, now: str) -> Json:
        self.at = now
        return await self.process.clock_to(now)

    async def settle(self) -> None:
        await self.process.clock_to(self.at)

    async def begin(self) -> None:
        """A period runs, and the bot can write to the coordinator and to Larvik."""
        await self.larvik.says("hjelp")
        await self.boss.says("krise")
        await self.boss.presses(self.boss.last_card, "period.start", **FIRST_PERIOD)

    async def prompted(self) -> None:
        await self.begin()
        await self.clock_to(MONDAY)

    # The database

    @contextmanager
    def without(self, taking_away: AbstractContextManager[None]) -> Any:
        """Nobody waits for what cannot be settled meanwhile."""
        self.double.settle = None
        with taking_away:
            yield
        self.double.settle = self.settle

    async def ready(self) -> None:
        """It is back, and has been found to be."""
        async with asyncio.timeout(30):
            while (status := (await self.get("/readyz"))[0]) != 200:
                assert status == 503
                await asyncio.sleep(0.2)

    async def unready(self) -> Json:
        """It has been found to be gone."""
        for _ in range(300):
            if (await self.get("/readyz"))[0] != 200:
                break
            await asyncio.sleep(0.1)
        return await self.process.get("/readyz")

    # What can be seen of it

    async def get(self, path: str, **headers: str) -> tuple[int, str, Any]:
        async with aiohttp.ClientSession() as session, session.get(f"{self.process.url}{path}") as response:
            return response.status, await response.text(), response.headers

    async def post(self, path: str, body: Json) -> tuple[int, str]:
        async with aiohttp.ClientSession() as session, session.post(f"{self.process.url}{path}", json=body) as response:
            return response.status, await response.text()

    async def report(self) -> Json:
        """Larvik's in the first round."""
        rounds = (await self.process.get("/api/v1/communities/vestfold/rounds"))["rounds"]
        found: Json = next(report for report in rounds[0]["reports"] if report["unit"] == "larvik")
        return found

    async def figure(self, name: str) -> float:
        """-1 for one that is not told."""
        status, text, _ = await self.get("/metrics")
        assert status == 200
        lines = text.splitlines()
        return next((float(line.split()[1]) for line in lines if line.startswith(f"samhandling_{name} ")), -1.0)

    def logged(self) -> list[Json]:
        """What it has said, every line of it one of its own."""
        return [json.loads(line) for line in self.process.log.read_text(encoding="utf-8").splitlines()]

    def prompts(self) -> list[Json]:
        """The messages with a form that were sent to Larvik, as they came."""
        first = [(message.history or [message.activity])[0] for message in self.larvik.messages]
        return [activity for activity in first if "status.submit" in json.dumps(activity)]

    @asynccontextmanager
    async def browser(self) -> AsyncIterator[Visitor]:
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            yield Visitor(self.process.url, session)


TakeAway = Callable[[Served], AbstractContextManager[None]]


@asynccontextmanager
async def on_sqlite(folder: Path, double: TeamsDouble) -> AsyncIterator[Served]:
    url = await copy_in(folder / "product.db")
    process = Process(url, free_port(), folder / "product.log")
    async with started(process):
        yield Served(process, double, url)
        double.settle = None


@asynccontextmanager
async def on_postgres(
    host: str, folder: Path, double: TeamsDouble, *, log: str = "product.log"
) -> AsyncIterator[Served]:
    process = Process(url := new_database(host), free_port(), folder / log)
    async with started(process):
        yield Served(process, double, url)
        double.settle = None


def full(served: Served) -> AbstractContextManager[None]:
    """Its disk has no room."""
    if served.url.startswith("postgresql"):
        return no_room_on_postgres(served.url)
    return no_room_on_disk(served.process.pid, Path(served.url.removeprefix("sqlite+aiosqlite:///")))


@contextmanager
def frozen(served: Served) -> Iterator[None]:
    """The server hangs: no connection is broken, and none is answered. Only for a server of one's own."""
    first = int(Path(served.host, "postmaster.pid").read_text(encoding="ascii").split()[0])
    children = [int(p) for p in Path(f"/proc/{first}/task/{first}/children").read_text(encoding="ascii").split()]
    for process in (first, *children):
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in (first, *children):
            os.kill(process, signal.SIGCONT)


@contextmanager
def shut(served: Served) -> Any:
    """The server takes no connections, and has cut off those that there were."""
    allow_connections(served.host, served.url, allowed=False)
    try:
        yield
    finally:
        allow_connections(served.host, served.url, allowed=True)
