"""Who has a way in by link, what a link leads to, and where letters have gone, on every storage engine."""

from __future__ import annotations

from datetime import UTC, datetime

from services import people
from services.messages import Address, Message, Recipient
from storage.store import Order, Settled, SqlStore
from tests.builders import local

NOW = local(2023, 11, 27, 9)
LARVIK, HORTEN = "larvik-sjef", "horten-sjef"


async def _epochs(store: SqlStore, community: str = "vestfold") -> dict[str, int]:
    async with store.read(community) as work:
        return {member.person.key: member.epoch for member in await work.people.all() if member.epoch}


async def test_revoking_counts_for_the_one_person_in_the_one_community(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.people.revoke(LARVIK)
    async with store.begin("vestfold") as work:
        await work.people.revoke(LARVIK)
        await work.people.revoke("nobody")
    assert await _epochs(store) == {LARVIK: 2}
    assert await _epochs(store, "nabo") == {}


async def test_reading_the_file_again_revokes_nothing(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.people.revoke(LARVIK)
    async with store.begin("vestfold") as work:
        await people.sync(work, NOW)
    assert await _epochs(store) == {LARVIK: 1}


async def _put(store: SqlStore, person: str, key: str = "one", community: str = "vestfold") -> int:
    async with store.begin(community) as work:
        await work.outbox.put(Message(key, Recipient(person=person), "people.welcome"), now=NOW)
        [found] = await work.outbox.for_person(person, 1, NOW)
    return found.id


async def test_a_message_is_found_by_its_number_by_its_own_person_alone(store: SqlStore) -> None:
    number = await _put(store, LARVIK)
    async with store.read("vestfold") as work:
        found = await work.outbox.of_person(LARVIK, number)
        assert found is not None
        assert (found.id, found.message.template) == (number, "people.welcome")
        assert await work.outbox.of_person(HORTEN, number) is None
        assert await work.outbox.of_person(LARVIK, number + 1) is None
    async with store.read("nabo") as work:
        assert await work.outbox.of_person(LARVIK, number) is None


async def test_what_was_sent_is_known_by_where_it_lies(store: SqlStore) -> None:
    await _put(store, LARVIK)
    at = Address("mail", conversation="thread", message="letter")
    [claimed] = await store.claim(Order("vestfold", NOW, datetime.now(UTC), 10))
    assert not await store.has_sent("vestfold", at)
    await store.settle([Settled(claimed.id, "sent", sent_at=NOW, address=at)])
    assert await store.has_sent("vestfold", at)
    assert not await store.has_sent("nabo", at)
    assert not await store.has_sent("vestfold", Address("mail", conversation="thread", message="another"))


async def test_what_is_drawn_over_knows_its_original(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.outbox.put(Message("one", Recipient(person=LARVIK), "people.welcome", topic="about"), now=NOW)
    [first] = await store.claim(Order("vestfold", NOW, datetime.now(UTC), 10))
    assert first.original is None
    at = Address("mail", conversation="thread", message="letter")
    await store.settle([Settled(first.id, "sent", sent_at=NOW, address=at)])
    async with store.begin("vestfold") as work:
        await work.outbox.refresh("about", now=NOW)
    [again] = await store.claim(Order("vestfold", NOW, datetime.now(UTC), 10))
    assert again.original == first.id
    async with store.read("vestfold") as work:
        assert await work.outbox.of_person(LARVIK, again.id) is None
