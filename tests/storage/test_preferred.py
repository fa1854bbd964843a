"""The channel that somebody chose, on every storage engine."""

from __future__ import annotations

from services import people
from storage.store import SqlStore
from tests.builders import local

LARVIK = "larvik-sjef"


async def chosen(store: SqlStore, community: str = "vestfold") -> dict[str, str]:
    async with store.read(community) as work:
        return {member.person.key: member.preferred for member in await work.people.all() if member.preferred}


async def test_a_choice_is_the_persons_own_and_another_community_sees_nothing_of_it(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.people.prefer(LARVIK, "slack")
        await work.people.prefer("nobody", "slack")
    assert await chosen(store) == {LARVIK: "slack"}
    assert await chosen(store, "nabo") == {}


async def test_reading_the_file_again_keeps_it_and_it_can_be_taken_back(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.people.prefer(LARVIK, "mail")
    async with store.begin("vestfold") as work:
        await people.sync(work, local(2023, 11, 27, 9))
    assert await chosen(store) == {LARVIK: "mail"}
    async with store.begin("vestfold") as work:
        await work.people.prefer(LARVIK, None)
    assert await chosen(store) == {}
