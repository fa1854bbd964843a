"""What every storage engine promises of actions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from domain.actions import Action
from services.ports import ConflictError
from storage.store import SqlStore

NOW = datetime(2023, 11, 28, 15, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def action(key: str = "a", **changes: object) -> Action:
    made = Action(key, "vestfold", "Åpner 4 plasser", "larvik", date(2023, 12, 1), "samhandlingssjef", NOW)
    return replace(made, **changes)  # type: ignore[arg-type]


async def stored(store: SqlStore, *actions: Action) -> None:
    async with store.begin("vestfold") as work:
        for one in actions:
            assert await work.actions.add(one)


async def test_an_action_comes_back_as_it_was(store: SqlStore) -> None:
    kept = action(round="r", reason="Mangler folk", moves=2, version=3)
    await stored(store, kept)
    async with store.read("vestfold") as work:
        assert await work.actions.get("a") == kept
        assert await work.actions.get("b") is None


async def test_the_same_id_is_kept_once(store: SqlStore) -> None:
    await stored(store, action())
    async with store.begin("vestfold") as work:
        assert not await work.actions.add(action(text="noe annet"))
    async with store.read("vestfold") as work:
        assert [a.text for a in await work.actions.all()] == ["Åpner 4 plasser"]


async def test_a_change_is_seen_at_once_and_afterwards(store: SqlStore) -> None:
    await stored(store, action())
    async with store.begin("vestfold") as work:
        seen = await work.actions.get("a")
        assert seen is not None
        await work.actions.change(seen.moved(date(2023, 12, 8), "Mangler folk"))
        again = await work.actions.get("a")
        assert again is not None
        assert again.due == date(2023, 12, 8)
        assert [a.due for a in await work.actions.open()] == [date(2023, 12, 8)]
    async with store.read("vestfold") as work:
        assert await work.actions.get("a") == again


async def test_a_change_of_what_another_has_changed_is_a_conflict(store: SqlStore) -> None:
    await stored(store, action())
    async with store.begin("vestfold") as work:
        await work.actions.change(action().handed_over("horten"))
    with pytest.raises(ConflictError):
        async with store.begin("vestfold") as work:
            await work.actions.change(action().done("larvik-sjef", NOW))
    async with store.read("vestfold") as work:
        assert [a.owner for a in await work.actions.open()] == ["horten"]


async def test_open_ones_by_due_date_and_settled_ones_no_more(store: SqlStore) -> None:
    await stored(store, action("late", due=date(2024, 1, 9)), action("soon"), action("gone"))
    async with store.read("vestfold") as work:
        assert [a.id for a in await work.actions.open()] == ["gone", "soon", "late"]
    async with store.begin("vestfold") as work:
        await work.actions.change(action("gone").done("larvik-sjef", NOW))
    async with store.read("vestfold") as work:
        assert [a.id for a in await work.actions.open()] == ["soon", "late"]
        assert {a.id for a in await work.actions.all()} == {"gone", "soon", "late"}


async def test_what_a_round_knows(store: SqlStore) -> None:
    await stored(
        store,
        action("open"),
        action("done before").done("x", NOW + HOUR),
        action("done since").done("x", NOW + 3 * HOUR),
        action("dropped").dropped("x", NOW + 3 * HOUR, ""),
        action("later", created_at=NOW + 9 * HOUR),
    )
    async with store.read("vestfold") as work:
        known = await work.actions.known_in(NOW + 8 * HOUR, NOW + 2 * HOUR)
    assert {a.id for a in known} == {"open", "done since"}


async def test_another_community_sees_nothing(store: SqlStore) -> None:
    await stored(store, action())
    async with store.begin("nabo") as work:
        assert await work.actions.get("a") is None
        assert await work.actions.all() == []
        assert await work.actions.open() == []
        assert await work.actions.known_in(NOW + HOUR, NOW - HOUR) == []
        with pytest.raises(ConflictError):
            await work.actions.change(action(community="nabo").done("x", NOW))


async def test_what_fails_changes_nothing(store: SqlStore) -> None:
    await stored(store, action())

    async def half() -> None:
        async with store.begin("vestfold") as work:
            await work.actions.change(action().done("x", NOW))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await half()
    async with store.read("vestfold") as work:
        assert [a.id for a in await work.actions.open()] == ["a"]
