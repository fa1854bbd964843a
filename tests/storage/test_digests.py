"""Who wants a digest, on every storage engine."""

from __future__ import annotations

from datetime import UTC, datetime

from storage.store import SqlStore

NOW = datetime(2024, 3, 21, 9, tzinfo=UTC)


async def test_it_is_wanted_once_until_it_is_not(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        assert await work.digests.put("larvik-sjef", NOW)
        assert not await work.digests.put("larvik-sjef", NOW)
        assert await work.digests.put("horten-sjef", NOW)
    async with store.begin("vestfold") as work:
        assert await work.digests.all() == {"larvik-sjef", "horten-sjef"}
        await work.digests.remove("larvik-sjef")
    async with store.read("vestfold") as work:
        assert not await work.digests.wants("larvik-sjef")
        assert await work.digests.wants("horten-sjef")


async def test_another_community_sees_nothing_of_it(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.digests.put("larvik-sjef", NOW)
    async with store.begin("nabo") as work:
        assert await work.digests.all() == frozenset()
        await work.digests.remove("larvik-sjef")
    async with store.read("vestfold") as work:
        assert await work.digests.wants("larvik-sjef")
