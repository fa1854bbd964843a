"""The audit trail can be added to and read, and no way leads to changing it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from domain.community import Role
from services import people
from services.ports import AuditEntry
from storage.audit import AuditRepository
from storage.store import SqlStore
from tests.builders import vestfold

NOW = datetime(2023, 11, 28, 9, tzinfo=UTC)


def test_the_trail_has_no_way_to_change_or_take_away() -> None:
    assert {name for name in vars(AuditRepository) if not name.startswith("_")} == {"add", "about", "newest", "all"}


async def test_the_whole_trail_comes_in_its_order_and_of_one_community_only(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        for n in range(5):
            await work.audit.add("level.set", f"period:{n}", by="samhandlingssjef", now=NOW, after={"level": "red"})
    async with store.begin("nabo") as work:
        await work.audit.add("level.set", "period:other", by=None, now=NOW)
    async with store.read("vestfold") as work:
        found = [entry async for entry in work.audit.all()]
    assert [entry.subject for entry in found] == ["people", *(f"period:{n}" for n in range(5))]
    assert found[-1].details == {"after": {"level": "red"}}


# People


async def entries(store: SqlStore, known: SqlStore | None = None) -> list[AuditEntry]:
    async with (known or store).read("vestfold") as work:
        return list(await work.audit.newest(20))


@pytest.fixture
async def later(store: SqlStore) -> list[AuditEntry]:
    """What is on record after the file lost a person, got one, and moved one to another unit."""
    known = vestfold()
    first, *others = known.people[3:]
    moved = replace(others[0], unit="larvik")
    new = replace(first, key="ny-sjef", name="Ny Sjef", email="ny@horten.example", roles=frozenset({Role.DEPUTY}))
    changed = replace(known, people=(*known.people[:3], new, moved, *others[1:]))
    store.communities = {**store.communities, "vestfold": changed}
    async with store.begin("vestfold") as work:
        await people.sync(work, NOW)
    return await entries(store)


async def test_what_the_file_changes_among_people_is_on_record_before_and_after(later: list[AuditEntry]) -> None:
    by_kind = {entry.kind: entry for entry in later}
    assert set(by_kind) == {"people.first", "person.added", "person.changed", "person.left"}
    assert by_kind["person.added"].subject == "person:ny-sjef"
    assert by_kind["person.added"].details["after"]["roles"] == ["deputy"]  # type: ignore[index, call-overload]
    assert by_kind["person.left"].subject == "person:horten-sjef"
    assert by_kind["person.changed"].details == {"before": {"unit": "horten"}, "after": {"unit": "larvik"}}


async def test_a_file_that_says_the_same_leaves_no_trace(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await people.sync(work, NOW)
    assert [entry.kind for entry in await entries(store)] == ["people.first"]
