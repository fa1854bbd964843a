"""What it costs to claim: with a million rows that are not due yet, or that were sent long ago, and with a thousand.

`python -m bench.claims [--many N] [--rounds N]`, on SQLite and on PostgreSQL. Three things are claimed or looked for:
due work (claimed, done and settled), due work when there is none (what every process does each second), and a message
of the outbox (claimed and settled). What counts is the processor's time, the database's included.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from bench import engines, measure
from domain.community_file import read_community
from services import people
from services.messages import Message, Recipient
from services.ports import DueWork, Work
from storage.engine import Engines
from storage.store import Order, Settled, SqlStore

WANTED = 1.5
FEW, MANY = 1_000, 1_000_000
COMMUNITIES, AT_ONCE = 19, 100
NOW = datetime(2024, 1, 1, 8, tzinfo=UTC)
EXAMPLE = read_community((Path(__file__).parents[1] / "examples/vestfold/community.yaml").read_text(encoding="utf-8"))
_FRESH = count()

_NUMBERS = {
    engines.SQLITE: (
        "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {most}) ",
        "strftime('%Y-%m-%d %H:%M:%S.000000', '2024-01-01 09:00', '{sign}' || n || ' minutes')",
        "FROM numbers",
    ),
    engines.POSTGRESQL: (
        "",
        "timestamp with time zone '2024-01-01 09:00+00' {sign} n * interval '1 minute'",
        "FROM generate_series(1, {most}) AS n",
    ),
}
"""What stands before SELECT, a moment for each number, and where the numbers come from."""
_DUE = """INSERT INTO due_work (community, key, kind, subject, due_at)
{begin}SELECT 'c' || (n - n / 19 * 19), 'round:' || n || ':prompt', 'round.prompt', '{{}}', {at} {numbers}"""
_SENT = """INSERT INTO outbox (community, key, recipient, template, params, topic, urgent, quiet, created_at,
not_before, state, attempts, sent_at, channel, tenant, conversation, service_url, platform_message)
{begin}SELECT 'c' || (n - n / 19 * 19), 'sent:' || n, 'person:p' || (n - n / 1900 * 1900), 'status.prompt', '{{}}',
'status:' || (n / 60), false, false, {at}, {at}, 'sent', 1, {at}, 'teams', 't', 'a:' || (n - n / 1900 * 1900), '',
'm' || n {numbers}"""


@dataclass(slots=True)
class Case:
    """A store with so many rows ahead and behind, and what was spent there on each thing, in milliseconds."""

    engine: engines.Engine
    rows: int
    store: SqlStore
    spent: dict[str, list[float]] = field(default_factory=dict)

    async def take(self, what: str) -> None:
        began = self.engine.spent()
        await ACTS[what](self)
        self.spent.setdefault(what, []).append((self.engine.spent() - began) / AT_ONCE * 1000)


@asynccontextmanager
async def filled(engine: engines.Engine, rows: int) -> AsyncIterator[Case]:
    """The rows ahead and behind are of nineteen communities."""
    url = engine.database(f"rows_{rows}")
    store = SqlStore(url, [replace(EXAMPLE, key=f"c{n}") for n in range(COMMUNITIES)])
    await store.open()
    async with store.begin("c0") as work:
        await people.sync(work, NOW)
    await _fill(engine.name, url, rows)
    yield Case(engine, rows, store)
    await store.close()


async def _fill(name: str, url: str, rows: int) -> None:
    begin, at, numbers = _NUMBERS[name]
    database = Engines(url)
    async with database.write.begin() as connection:
        for statement, sign in ((_DUE, "+"), (_SENT, "-")):
            moment = at.format(sign=sign)
            before, after = begin.format(most=rows), numbers.format(most=rows)
            await connection.exec_driver_sql(statement.format(begin=before, at=moment, numbers=after))
    await engines.vacuum(database)
    await database.dispose()


async def put_some(case: Case) -> None:
    """Work that is due and messages that wait, as many as are claimed in a round."""
    async with case.store.begin("c0") as work:
        for n in range(AT_ONCE):
            number = next(_FRESH)
            await work.due.put(DueWork(f"due:{number}", "bench", {}, NOW - timedelta(seconds=n)))
            await work.outbox.put(Message(f"fresh:{number}", Recipient(person=f"p{n}"), "status.prompt"), now=NOW)


async def _done(_work: Work, _due: DueWork) -> str:
    return "done"


async def _claim_due(case: Case) -> None:
    for _ in range(AT_ONCE):
        if await case.store.do_next_due(NOW, _done) is None:
            raise SystemExit("work that is due was not found")


async def _look(case: Case) -> None:
    for _ in range(AT_ONCE):
        if await case.store.do_next_due(NOW, _done) is not None:
            raise SystemExit("work was found that is not due")


async def _claim_message(case: Case) -> None:
    for _ in range(AT_ONCE):
        [envelope] = await case.store.claim(Order("c0", NOW, NOW, 1))
        await case.store.settle([Settled(envelope.id, "sent", sent_at=NOW)])


ACTS: Mapping[str, Callable[[Case], Awaitable[None]]] = {
    "due work, one claimed": _claim_due,
    "due work, none there": _look,
    "outbox, one claimed": _claim_message,
}


async def _round(cases: list[Case]) -> None:
    for case in cases:
        await put_some(case)
    for what in ACTS:
        for case in cases:
            await case.take(what)


async def measured(many: int, rounds: int) -> bool:
    with engines.both() as both:
        async with AsyncExitStack() as stack:
            pairs = []
            for engine in both:
                print(f"filling {engine.name} with {many:,} rows of each", file=sys.stderr)
                pairs.append([await stack.enter_async_context(filled(engine, rows)) for rows in (FEW, many)])
            for number in range(rounds + 1):
                for pair in pairs:
                    await _round(pair)
                    if number == 0:  # warm, not counted
                        for case in pair:
                            case.spent.clear()
            return report(pairs)


def report(pairs: list[list[Case]]) -> bool:
    print(measure.machine())
    rows, good = [], True
    for few, many in pairs:
        for what in ACTS:
            ratios = measure.ratios(many.spent[what], few.spent[what])
            good = good and statistics.median(ratios) <= WANTED
            cost = (measure.told(case.spent[what], ".2f") for case in (few, many))
            rows.append((few.engine.name, what, *cost, measure.told(ratios, ".2f"), f"{WANTED:g}"))
    print(measure.table(("engine", "what", f"ms at {FEW:,}", f"ms at {pairs[0][1].rows:,}", "ratio", "at most"), rows))
    return good


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--many", type=int, default=MANY)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    sys.exit(0 if asyncio.run(measured(given.many, given.rounds)) else 1)
