"""The names of calendar feeds, on every storage engine."""

from __future__ import annotations

from storage.store import SqlStore


async def test_a_name_is_one_persons_and_the_old_one_nobodys(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        assert await work.feeds.of("larvik-sjef") is None
        await work.feeds.put("larvik-sjef", "one")
        await work.feeds.put("horten-sjef", "two")
    async with store.begin("vestfold") as work:
        assert await work.feeds.person_of("one") == "larvik-sjef"
        await work.feeds.put("larvik-sjef", "three")
    async with store.read("vestfold") as work:
        assert await work.feeds.of("larvik-sjef") == "three"
        assert [await work.feeds.person_of(name) for name in ("one", "two", "three")] == [
            None,
            "horten-sjef",
            "larvik-sjef",
        ]


async def test_another_community_sees_nothing_of_it(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.feeds.put("larvik-sjef", "one")
    async with store.read("nabo") as work:
        assert await work.feeds.of("larvik-sjef") is None
        assert await work.feeds.person_of("one") is None
