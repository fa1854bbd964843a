"""A period's changes, kept by every storage engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

from domain.periods import Rhythm
from services.ports import DueWork
from storage.store import SqlStore
from tests.builders import period

NOW = datetime(2023, 11, 27, 8, tzinfo=UTC)
OFTEN = Rhythm(date(2023, 12, 4), time(9, 30), time(10, 30), 7, date(2023, 12, 4), (1, 3))


async def test_a_periods_changes_and_last_day_are_kept(store: SqlStore) -> None:
    changed = replace(period(), changes=(OFTEN, replace(OFTEN, since=date(2024, 1, 2), weekdays=())), until=None)
    async with store.begin("vestfold") as work:
        await work.periods.add(period())
    async with store.begin("vestfold") as work:
        assert await work.periods.for_change(period().id) == period()
        await work.periods.change(changed)
        assert await work.periods.get(period().id) == changed
    async with store.read("vestfold") as work:
        assert await work.periods.get(period().id) == changed
        assert list(await work.periods.not_ended()) == [changed]


async def test_another_community_changes_nothing(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.periods.add(period())
    async with store.begin("nabo") as work:
        assert await work.periods.for_change(period().id) is None
        await work.periods.change(replace(period(), changes=(OFTEN,)))
        await work.due.forget("")
    async with store.read("vestfold") as work:
        assert await work.periods.get(period().id) == period()


async def test_what_is_taken_back_may_be_put_again_and_what_was_done_may_not(store: SqlStore) -> None:
    async def done(work: object, due: DueWork) -> str:
        return "done"

    async with store.begin("vestfold") as work:
        await work.due.put(DueWork("a:1", "k", {}, NOW))
    assert await store.do_next_due(NOW, done) is not None
    async with store.begin("vestfold") as work:
        await work.due.put(DueWork("a:2", "k", {}, NOW), DueWork("b:1", "k", {}, NOW))
        await work.due.forget("a:")
        await work.due.put(DueWork("a:1", "k", {}, NOW), DueWork("a:2", "k", {"again": True}, NOW))
    told = []

    async def tell(work: object, due: DueWork) -> str:
        told.append((due.key, dict(due.subject)))
        return "done"

    while await store.do_next_due(NOW, tell) is not None:
        pass
    assert told == [("b:1", {}), ("a:2", {"again": True})]
