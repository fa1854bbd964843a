"""What was said about deadlines, on every storage engine."""

from __future__ import annotations

from datetime import UTC, date, datetime

from domain.plan.reminders import DeadlineState
from storage.store import SqlStore

NOW = datetime(2024, 2, 1, 8, tzinfo=UTC)


async def test_a_state_comes_back_as_it_was_put_and_is_changed_by_the_next(store: SqlStore) -> None:
    first = DeadlineState("a:sakfrist").snoozed(date(2024, 2, 5))
    async with store.begin("vestfold") as work:
        assert await work.deadlines.all() == {}
        await work.deadlines.put(first)
    async with store.begin("vestfold") as work:
        assert await work.deadlines.all() == {"a:sakfrist": first}
        await work.deadlines.put(first.done("sekretariat", NOW))
        await work.deadlines.put(DeadlineState("b:referat").declined("sekretariat"))
    async with store.read("vestfold") as work:
        assert await work.deadlines.all() == {
            "a:sakfrist": first.done("sekretariat", NOW),
            "b:referat": DeadlineState("b:referat", declined_by="sekretariat"),
        }


async def test_another_community_sees_nothing_of_it(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.deadlines.put(DeadlineState("a").declined("sekretariat"))
    async with store.begin("nabo") as work:
        assert await work.deadlines.all() == {}
        await work.deadlines.put(DeadlineState("a"))
    async with store.read("vestfold") as work:
        assert (await work.deadlines.all())["a"].declined_by == "sekretariat"
