"""What a claim goes through does not grow with what is not due yet and what was sent long ago: the plans say so."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import Engine, event

from bench.claims import NOW, filled, put_some
from bench.engines import POSTGRESQL, SQLITE
from bench.engines import Engine as Database
from storage.engine import Engines
from storage.store import Order, SqlStore

ROWS = 5_000
WHOLE = re.compile(r"Seq Scan on (outbox|due_work)|SCAN (outbox|due_work)")
OPEN = {
    "outbox": re.compile(r"ix_outbox_(open|waiting)|outbox_pkey|PRIMARY KEY"),
    "due_work": re.compile(r"ix_due_work_(waiting|due|open)|due_work_pkey|PRIMARY KEY"),
}
"""The indexes that hold together what is open, and the row itself."""
DUE = re.compile(r"INDEX ix_due_work_(waiting|due) \(.*due_at<\?\)|Index Cond: .*due_at <= ")
"""What is due is looked for by its instant: else all that lies ahead is gone through."""


@pytest.fixture(params=[SQLITE, POSTGRESQL])
def database(request: pytest.FixtureRequest, tmp_path: Any) -> Database:
    place = str(tmp_path) if request.param == SQLITE else request.getfixturevalue("postgres")
    return Database(request.param, place)


async def _work(store: SqlStore) -> None:
    """Everything that the process asks of what is open, whether there is something to do or not."""
    assert await store.claim(Order("c0", NOW, NOW, 1))
    assert await store.claim(Order("c0", NOW, NOW, 1, urgent_only=True)) == []
    assert await store.do_next_due(NOW, lambda work, due: _done()) is not None
    await store.with_something_due(NOW)
    await store.next_instant(NOW)
    await store.next_retry(NOW)
    await store.waiting(NOW)
    await store.backlog(NOW)
    await store.renew([1])
    async with store.begin("c0") as work:
        await work.due.cancel("round:")


async def _done() -> str:
    return "done"


async def _plans(url: str, asked: list[tuple[str, Any]]) -> list[tuple[str, str]]:
    """Each statement with how the database goes about it."""
    engines = Engines(url)
    explain = "EXPLAIN QUERY PLAN " if engines.is_sqlite else "EXPLAIN "
    async with engines.write.connect() as connection:
        found = [
            (statement, "\n".join(str(row[-1]) for row in await connection.exec_driver_sql(explain + statement, given)))
            for statement, given in asked
        ]
    await engines.dispose()
    return found


async def test_what_is_open_is_found_by_its_index_past_all_that_is_not(database: Database) -> None:
    asked: list[tuple[str, Any]] = []

    def heard(_connection: Any, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
        if re.match("SELECT|UPDATE", statement) and re.search(r"\b(outbox|due_work)\b", statement):
            asked.append((statement, given))

    async with filled(database, ROWS) as case:
        await put_some(case)
        event.listen(Engine, "before_cursor_execute", heard)
        try:
            await _work(case.store)
        finally:
            event.remove(Engine, "before_cursor_execute", heard)
        plans = await _plans(case.store.url, asked)
    assert len(plans) >= 14
    for statement, plan in plans:
        assert not WHOLE.search(plan), f"{statement}\n{plan}"
        for table, index in OPEN.items():
            if re.search(rf"(FROM|UPDATE) {table}\b", statement):
                used = re.findall(r"(?:INDEX|using|Index Scan on) (\w+)|(PRIMARY KEY)", plan)
                names = ["".join(found) for found in used]
                assert names, f"{statement}\n{plan}"
                assert all(index.search(name) for name in names), f"{statement}\n{plan}"
        if re.search(r"FROM due_work\b.*due_at <= ", statement, re.DOTALL):
            assert DUE.search(plan), f"{statement}\n{plan}"
