"""What a turn asks of the database, and how much it reads there, grows neither with the units nor with past rounds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Engine, event

from bench.engines import POSTGRESQL, SQLITE
from bench.engines import Engine as Database
from bench.overview import Case
from bench.turn_cost import KINDS, Measured, opened

UNITS = Case("few", 5, 3, 1), Case("many", 40, 3, 1)
ROUNDS = Case("short", 5, 3, 2), Case("long", 5, 3, 30)


@dataclass(order=True)
class Asked:
    """`rows` is known on PostgreSQL, where nothing is remembered between turns."""

    statements: int = 0
    rows: int = 0


@pytest.fixture(params=[SQLITE, POSTGRESQL])
def database(request: pytest.FixtureRequest, tmp_path: Any) -> Database:
    place = str(tmp_path) if request.param == SQLITE else request.getfixturevalue("postgres")
    return Database(request.param, place)


@contextmanager
def listening() -> Iterator[Asked]:
    asked = Asked()

    def heard(_connection: Any, cursor: Any, *_: Any) -> None:
        asked.statements += 1
        asked.rows += max(0, cursor.rowcount)

    event.listen(Engine, "after_cursor_execute", heard)
    try:
        yield asked
    finally:
        event.remove(Engine, "after_cursor_execute", heard)


async def asked_for(case: Measured, kind: str) -> Asked:
    """The least of three turns: what the process asks of itself meanwhile is heard as well, and only adds."""
    unit = case.units[0]
    await KINDS[kind](case, unit)
    heard: list[Asked] = []
    for _ in range(3):
        with listening() as asked:
            await KINDS[kind](case, unit)
        heard.append(asked)
    return min(heard)


@pytest.mark.parametrize("cases", [UNITS, ROUNDS], ids=["units", "rounds"])
async def test_a_turn_asks_and_reads_as_much_in_a_large_community_and_after_many_rounds(
    database: Database, cases: tuple[Case, Case]
) -> None:
    async with opened(database, cases[0]) as small, opened(database, cases[1]) as large:
        for kind in KINDS:
            assert await asked_for(large, kind) == await asked_for(small, kind), kind
