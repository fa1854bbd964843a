"""The levels that the coordinator set, as both engines keep them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from domain.community import PreparednessLevel
from domain.periods import LevelChange, level_at
from services.ports import ConflictError
from storage.store import SqlStore
from tests.builders import period

GREEN, YELLOW, RED = PreparednessLevel
NOW = datetime(2023, 11, 28, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
FIRST = LevelChange("period-1", 1, YELLOW, RED, "Fullt", "samhandlingssjef", NOW)
SECOND = LevelChange("period-1", 2, RED, GREEN, "", "samhandlingssjef", NOW + HOUR)


async def changed(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.periods.add(period())
        await work.periods.set_level(FIRST)
        await work.periods.set_level(SECOND)


async def test_the_period_bears_the_level_that_holds_and_every_change_is_kept(store: SqlStore) -> None:
    await changed(store)
    async with store.read("vestfold") as work:
        found = await work.periods.get("period-1")
        assert found is not None
        assert found.level is GREEN
        assert [p.level for p in await work.periods.not_ended()] == [GREEN]
        assert await work.periods.level_changes("period-1") == [FIRST, SECOND]


async def test_two_who_set_it_at_once_do_not_both_become_the_next_change(store: SqlStore) -> None:
    await changed(store)
    with pytest.raises(ConflictError):
        async with store.begin("vestfold") as work:
            await work.periods.set_level(SECOND)


async def test_another_community_sees_and_changes_nothing(store: SqlStore) -> None:
    await changed(store)
    async with store.begin("nabo") as work:
        await work.periods.add(period(community="nabo"))
        assert await work.periods.level_changes("period-1") == []
        await work.periods.set_level(FIRST)
    async with store.read("vestfold") as work:
        assert len(await work.periods.level_changes("period-1")) == 2


def test_the_level_of_an_instant_is_the_one_that_held_then() -> None:
    changes = [FIRST, SECOND]
    assert level_at(GREEN, changes, NOW - HOUR) is YELLOW
    assert level_at(GREEN, changes, NOW) is RED
    assert level_at(GREEN, changes, NOW + 2 * HOUR) is GREEN
    assert level_at(YELLOW, [], NOW) is YELLOW
