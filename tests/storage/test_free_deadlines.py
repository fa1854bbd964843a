"""Deadlines that follow from no meeting, on every storage engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from domain.plan.free_deadlines import FreeDeadline
from domain.plan.meeting import FileDeadline
from storage.store import SqlStore

NOW = datetime(2024, 2, 1, 8, tzinfo=UTC)
HEARING = FreeDeadline(
    "a", "Høringsfrist", date(2024, 4, 12), "sekretariat", (14, 0), FileDeadline("Høringsfrist", date(2024, 4, 11)), 2
)
ANSWER = FreeDeadline("b", "Svar til departementet", date(2024, 3, 1), "larvik-sjef", ())


async def test_deadlines_come_back_by_date_as_they_were_put_and_change_with_the_next(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.free_deadlines.put(HEARING)
        await work.free_deadlines.put(ANSWER)
    async with store.begin("vestfold") as work:
        assert await work.free_deadlines.all() == [ANSWER, HEARING]
        assert await work.free_deadlines.get("a") == HEARING
        assert await work.free_deadlines.get("c") is None
        removed = replace(HEARING, imported=None, removed_at=NOW, sequence=3)
        await work.free_deadlines.put(removed)
    async with store.read("vestfold") as work:
        assert await work.free_deadlines.all() == [ANSWER, removed]


async def test_another_community_sees_nothing_of_them(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.free_deadlines.put(HEARING)
    async with store.begin("nabo") as work:
        assert await work.free_deadlines.all() == []
        assert await work.free_deadlines.get("a") is None
        await work.free_deadlines.put(replace(HEARING, text="Naboens"))
    async with store.read("vestfold") as work:
        assert await work.free_deadlines.all() == [HEARING]
