"""Several communities live through a year in one process: nothing is lost, comes twice or is another's."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

from sqlmodel import SQLModel, func, select

from bench import life, storage_growth, year
from storage.engine import Engines

A_FEW = 4
"""What comes once because of the season: a holiday that is asked about."""


async def test_through_a_year_of_two_communities_nothing_is_lost_or_comes_twice_or_crosses_over() -> None:
    lived = await year.lived(2, 2, units=(3, 2))
    assert lived.faults == []


async def rows(url: str) -> Counter[str]:
    database = Engines(url)
    async with database.read.connect() as connection:
        found = Counter(
            {
                table.name: (await connection.execute(select(func.count()).select_from(table))).scalar_one()
                for table in SQLModel.metadata.sorted_tables
            }
        )
    await database.dispose()
    return found


async def test_a_period_leaves_as_many_rows_as_the_one_before_but_for_what_the_calendar_adds(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/rows.db"
    known = life.community("c", 3, 2)
    async with life.living(url, [known], life.moment(storage_growth.FIRST_DAY, 9)) as lives:
        counted = [await rows(url)]
        for _ in range(2):
            await storage_growth.period(lives, 3)
            counted.append(await rows(url))
    first, second = (after - before for before, after in pairwise(counted))
    assert second.total() > 100
    assert {table: count for table, count in first.items() if abs(count - second[table]) > A_FEW} == {}
