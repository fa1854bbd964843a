"""How many bytes a meeting leaves in the database, by table, and whether the line is straight.

`python -m bench.storage_growth [--meetings N]`, with 12 units and with 60. Communities live through weekly meetings as
in `bench.year`, in periods of eight with an evaluation after each, on SQLite; what they have then is copied to
PostgreSQL. The reference is the answers themselves, written as JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlmodel import select

from bench import engines, measure
from bench.life import Life, community, living, moment
from domain.working_time import local_date
from storage.copying import copy
from storage.engine import Engines
from storage.store import SqlStore
from storage.tables import StatusReportRow

WANTED_BEND = 1.2
"""At most so many times as much for a meeting of the last third as for one of the first."""
WANTED_TIMES = 40.0
"""At most so many times the answers themselves."""
CASES = ((7, 5), (55, 5))
PERIOD, THIRDS = 8, 3
FIRST_DAY = date(2024, 1, 3)
_SQLITE = (
    "SELECT coalesce(m.tbl_name, s.name), sum(s.pgsize) FROM dbstat s LEFT JOIN sqlite_master m USING (name) GROUP BY 1"
)
_POSTGRESQL = "SELECT relname, pg_total_relation_size(relid) FROM pg_stat_user_tables"


@dataclass(slots=True)
class Grown:
    """Bytes by table on SQLite after each third of the meetings, how many more on PostgreSQL at the end, and of the
    answers. `held` says how many meetings there had been.
    """

    units: int
    held: list[int] = field(default_factory=list)
    sizes: list[Counter[str]] = field(default_factory=list)
    copied: Counter[str] = field(default_factory=Counter)
    answers: int = 0

    @property
    def by_table(self) -> list[tuple[str, int, int]]:
        """Bytes a meeting, on SQLite and on PostgreSQL, the largest first; what was there before is left out."""
        grown = self.sizes[-1] - self.sizes[0]
        held = self.held[-1]
        return [(table, size // held, self.copied[table] // held) for table, size in grown.most_common()]

    @property
    def bend(self) -> float:
        """What a meeting of the last third leaves, to one of the first."""
        totals = [size.total() for size in self.sizes]
        first = (totals[1] - totals[0]) / (self.held[1] - self.held[0])
        return (totals[-1] - totals[-2]) / (self.held[-1] - self.held[-2]) / first

    @property
    def times(self) -> float:
        return (self.sizes[-1] - self.sizes[0]).total() / self.answers


async def grown(case: tuple[int, int], meetings: int, postgresql: engines.Engine) -> Grown:
    found = Grown(sum(case))
    with engines.sqlite() as engine:
        url = engine.database("growth")
        async with living(url, [community("c", *case)], moment(FIRST_DAY, 9)) as life:
            held = 0
            await _note(found, held, url)
            for third in range(1, THIRDS + 1):
                while held < meetings * third // THIRDS:
                    held += await period(life)
                await _note(found, held, url)
        found.answers = await _answers(url)
        found.copied = await _copied(url, postgresql.database("growth"))
    return found


async def _note(found: Grown, held: int, url: str) -> None:
    found.held.append(held)
    found.sizes.append(await _sizes(url, _SQLITE))


async def period(life: Life, weeks: int = PERIOD) -> int:
    """A meeting every week but for holidays, and the evaluation; how many were held."""
    known = life.communities[0]
    today = local_date(life.clock.now(), known.zone)
    tuesday = today + timedelta(days=7 + (1 - today.weekday()) % 7)
    rounds = await life.meetings(known.key, tuesday, weeks)
    for round_ in rounds:
        await life.answered({known.key: round_})
    await life.until(life.clock.now() + timedelta(days=15))
    return len(rounds)


async def _sizes(url: str, question: str) -> Counter[str]:
    database = Engines(url)
    async with database.read.connect() as connection:
        found: Sequence[Any] = (await connection.exec_driver_sql(question)).all()
    await database.dispose()
    return Counter({str(table): int(size) for table, size in found})


async def _answers(url: str) -> int:
    """Bytes of all answers, every revision of them, as JSON."""
    database = Engines(url)
    async with database.read.connect() as connection:
        found = (await connection.execute(select(StatusReportRow.values))).scalars().all()
    await database.dispose()
    return sum(len(json.dumps(values, ensure_ascii=False).encode()) for values in found)


async def _copied(source: str, target: str) -> Counter[str]:
    """Bytes by table beyond those of empty ones."""
    store = SqlStore(target, [])
    await store.migrate()
    await store.close()
    empty = await _sizes(target, _POSTGRESQL)
    await copy(source, target)
    return await _sizes(target, _POSTGRESQL) - empty


async def measured(meetings: int) -> bool:
    found = []
    with engines.postgresql() as postgresql:
        for case in CASES:
            print(f"{sum(case)} units", file=sys.stderr)
            found.append(await grown(case, meetings, postgresql))
    return report(found)


def report(found: list[Grown]) -> bool:
    print(measure.machine())
    for each in found:
        print(f"\n{each.units} units, {each.held[-1]} meetings:\n")
        rows = [(table, f"{size:,}", f"{copied:,}") for table, size, copied in each.by_table if size or copied]
        totals = sum(size for _, size, _ in each.by_table), sum(copied for _, _, copied in each.by_table)
        rows.append(("all", f"{totals[0]:,}", f"{totals[1]:,}"))
        print(measure.table(("table", "bytes a meeting, SQLite", "PostgreSQL"), rows))
        answers = each.answers // each.held[-1]
        print(f"\nanswers alone {answers:,} bytes a meeting; {each.times:.1f} times as much (at most {WANTED_TIMES:g})")
        print(f"a meeting of the last third to one of the first: {each.bend:.2f} (at most {WANTED_BEND:g})")
    return all(each.bend <= WANTED_BEND and each.times <= WANTED_TIMES for each in found)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--meetings", type=int, default=24)
    given = parser.parse_args()
    sys.exit(0 if asyncio.run(measured(given.meetings)) else 1)
