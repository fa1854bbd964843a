"""What is due and not yet done, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from services.messages import Message, Recipient
from services.ports import DueWork
from storage.backlog import Backlog
from storage.store import Order, Settled, SqlStore

NOW = datetime(2023, 11, 27, 9, tzinfo=UTC)


def message(key: str) -> Message:
    return Message(key=key, to=Recipient(person="larvik-sjef"), template="people.welcome", params={})


async def test_nothing_waits_at_first(store: SqlStore) -> None:
    assert await store.backlog(NOW) == Backlog(0, None, 0, 0, None)


async def test_what_is_due_is_counted_from_its_instant_and_what_is_to_come_is_not(store: SqlStore) -> None:
    hour = timedelta(hours=1)
    async with store.begin("vestfold") as work:
        await work.outbox.put(message("a"), now=NOW - hour)
        await work.outbox.put(message("b"), now=NOW + hour)
        await work.due.put(DueWork("a", "round.over", {}, NOW - 2 * hour), DueWork("b", "round.over", {}, NOW + hour))
    assert await store.backlog(NOW) == Backlog(1, NOW - hour, 0, 1, NOW - 2 * hour)


async def test_what_is_parked_is_told_apart(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.outbox.put(message("a"), now=NOW)
    [taken] = await store.claim(Order("vestfold", NOW, NOW, 10))
    await store.settle([Settled(taken.id, "failed", "403")])
    assert await store.backlog(NOW) == Backlog(0, None, 1, 0, None)
