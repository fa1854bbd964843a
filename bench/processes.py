"""Turns a second of one, two and four processes that share a PostgreSQL, and what a turn costs them.

`python -m bench.processes [--turns N] [--rounds N]`. The client goes round the processes as what stands in front of
them does. On a machine of two cores they share these with the database, the client and the connector: the rate then
says little of what more machines would give. What a turn costs, in the processor's time of all processes and the
database, says it: as long as that does not grow with them, none waits for another or undoes its work.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

import aiohttp
import psutil

from bench import engines, measure
from bench.turns import (
    EXAMPLE,
    ConnectorDouble,
    Sent,
    Server,
    activity,
    by_teams,
    free_port,
    start,
    start_period,
    status_values,
    turns_a_second,
)

COUNTS = (1, 2, 4)
WANTED_COST = 1.25
"""At most so many times what a turn costs one process."""
_NUMBERS = count()


@dataclass(slots=True)
class Group:
    """Processes on one database, with the turns a second and the milliseconds a turn that were found."""

    servers: list[Server]
    round_id: str = ""
    rates: dict[str, list[float]] = field(default_factory=dict)
    costs: dict[str, list[float]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{len(self.servers)}-processes"

    def at(self, number: int) -> str:
        return self.servers[number % len(self.servers)].base

    def spent(self) -> float:
        return sum(engines.spent_by(psutil.Process(server.process.pid)) for server in self.servers)


@asynccontextmanager
async def running(engine: engines.Engine, size: int) -> AsyncIterator[Group]:
    """So many processes of the product on a new database; the first has brought its schema up to date."""
    url, group = engine.database(f"shared_{size}"), Group([])
    command = [sys.executable, "-m", "bot", "serve", "--community", str(EXAMPLE), "--dev"]
    try:
        for _ in range(size):
            port = free_port()
            environment = {
                "SAMHANDLING_PORT": str(port),
                "SAMHANDLING_DATABASE_URL": url,
                "SAMHANDLING_TEAMS_RPS": "1000000",
            }
            now = ["--now", "2023-11-27T10:00:00+01:00"]
            group.servers.append(await start(group.name, [*command, *now], environment, port))
        yield group
    finally:
        for server in group.servers:
            await server.stop()


def _kinds(connector: ConnectorDouble, group: Group) -> Mapping[str, Callable[[str, str], Sent]]:
    def help_(person: str, number: str) -> Sent:
        return by_teams(activity(connector.port, person, number, text="hjelp"))

    def status(person: str, number: str) -> Sent:
        values = status_values(person, group.round_id, next(_NUMBERS))
        return by_teams(activity(connector.port, person, number, value=values))

    return {"`hjelp`": help_, "a form stored": status}


async def measured(turns: int, rounds: int) -> bool:
    connector = ConnectorDouble()
    runner = await connector.start()
    with engines.postgresql() as engine:
        async with AsyncExitStack() as stack:
            groups = [await stack.enter_async_context(running(engine, size)) for size in COUNTS]
            session = await stack.enter_async_context(aiohttp.ClientSession())
            for group in groups:
                group.round_id = await start_period(session, group.servers[0], connector)
                for make in _kinds(connector, group).values():  # warm, not counted
                    await turns_a_second(session, group, connector, turns // 4, make)
            for _ in range(rounds):
                for group in groups:
                    await _round(session, connector, engine, group, turns)
    await runner.cleanup()
    return report(groups)


async def _round(
    session: aiohttp.ClientSession, connector: ConnectorDouble, engine: engines.Engine, group: Group, turns: int
) -> None:
    database = psutil.Process(engine.pid)
    for kind, make in _kinds(connector, group).items():
        began = group.spent() + engines.spent_by(database)
        group.rates.setdefault(kind, []).append(await turns_a_second(session, group, connector, turns, make))
        spent = group.spent() + engines.spent_by(database) - began
        group.costs.setdefault(kind, []).append(spent / turns * 1000)


def report(groups: list[Group]) -> bool:
    print(measure.machine())
    alone, rows, good = groups[0], [], True
    for kind in alone.rates:
        for group in groups:
            rate = measure.ratios(group.rates[kind], alone.rates[kind])
            cost = measure.ratios(group.costs[kind], alone.costs[kind])
            good = good and statistics.median(cost) <= WANTED_COST
            told = (measure.told(group.rates[kind], ".0f"), measure.told(rate, ".2f"))
            spent = (measure.told(group.costs[kind], ".2f"), measure.told(cost, ".2f"))
            rows.append((kind, len(group.servers), *told, *spent, f"{WANTED_COST:g}"))
    head = ("turn", "processes", "turns/s", "to one process", "ms of the processor a turn", "to one process", "at most")
    print(measure.table(head, rows))
    return good


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    sys.exit(0 if asyncio.run(measured(given.turns, given.rounds)) else 1)
