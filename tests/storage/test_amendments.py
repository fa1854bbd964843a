"""What the coordinator says of a posted message, and finding every copy of it, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from services.messages import Address, Message, Recipient
from services.ports import Amendment
from storage.store import Order, Settled, SqlStore

NOW = datetime(2023, 11, 28, 9, tzinfo=UTC)
SUMMARY = ("summary.posted",)
SAID = Amendment("period.change", {"period": "p", "planned": "2023-12-26"}, "Feil dag", False, "samhandlingssjef", NOW)


def copy(person: str, round_: str = "r", template: str = "summary.posted") -> Message:
    return Message(f"{template}:{round_}:{person}", Recipient(person=person), template, {"round": round_})


async def send_all(store: SqlStore, state: str = "sent", reason: str | None = None) -> None:
    while taken := await store.claim(Order("vestfold", NOW, NOW, 100)):
        for envelope in taken:
            at = Address("teams", "t", "c", "http://s", message=f"m{envelope.id}")
            await store.settle([Settled(envelope.id, state, reason, sent_at=NOW, address=at)])


async def test_what_is_said_of_a_message_is_found_by_its_values_in_any_order(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        assert await work.amendments.get(SAID.template, SAID.params) is None
        await work.amendments.put(SAID)
    async with store.read("vestfold") as work:
        assert await work.amendments.get(SAID.template, {"planned": "2023-12-26", "period": "p"}) == SAID
        assert await work.amendments.get(SAID.template, {"period": "p", "planned": "2024-01-02"}) is None
        assert await work.amendments.get("summary.posted", SAID.params) is None
    async with store.read("nabo") as work:
        assert await work.amendments.get(SAID.template, SAID.params) is None


async def test_the_last_word_stands_and_can_be_taken_back(store: SqlStore) -> None:
    withdrawn = replace(SAID, withdrawn=True, note="")
    async with store.begin("vestfold") as work:
        await work.amendments.put(SAID)
        await work.amendments.put(withdrawn)
        assert await work.amendments.get(SAID.template, SAID.params) == withdrawn
    async with store.begin("nabo") as work:
        await work.amendments.remove(SAID.template, SAID.params)
    async with store.begin("vestfold") as work:
        assert await work.amendments.get(SAID.template, SAID.params) == withdrawn
        await work.amendments.remove(SAID.template, SAID.params)
        assert await work.amendments.get(SAID.template, SAID.params) is None


async def test_copies_of_a_message_are_one_and_the_newest_comes_first(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.outbox.put(copy("a"), copy("b"), copy("a", "later"), copy("a", template="status.prompt"), now=NOW)
    await send_all(store)
    async with store.read("vestfold") as work:
        found = await work.outbox.posted(SUMMARY, 10)
        assert [posted.params for posted in found] == [{"round": "later"}, {"round": "r"}]
        assert await work.outbox.posted(SUMMARY, 1) == found[:1]
        assert await work.outbox.posted_as(found[0].id) == found[0]
    async with store.read("nabo") as work:
        assert await work.outbox.posted(SUMMARY, 10) == []
        assert await work.outbox.posted_as(found[0].id) is None


async def test_every_sent_copy_is_drawn_anew_once_and_no_other_message(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.outbox.put(copy("a"), copy("b"), copy("a", "other"), now=NOW)
    await send_all(store)
    async with store.begin("vestfold") as work:
        posted = (await work.outbox.posted(SUMMARY, 10))[-1]
        await work.outbox.redraw(posted.id, now=NOW)
        await work.outbox.redraw(posted.id, now=NOW)
    redrawn = await store.claim(Order("vestfold", NOW, NOW, 100))
    assert sorted(str(e.message.to) for e in redrawn) == ["person:a", "person:b"]
    assert all(e.replaces is not None and e.message.params == {"round": "r"} for e in redrawn)


async def test_copies_that_were_given_up_wait_again(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.outbox.put(copy("a"), copy("b", "other"), now=NOW)
    await send_all(store, "dropped", "pointless")
    async with store.begin("vestfold") as work:
        await work.outbox.put(copy("c"), now=NOW)
        [posted] = await work.outbox.posted(SUMMARY, 10)
    async with store.begin("nabo") as work:
        await work.outbox.send_again(posted.id)
    async with store.begin("vestfold") as work:
        await work.outbox.send_again(posted.id)
    taken = await store.claim(Order("vestfold", NOW, NOW, 100))
    assert sorted(str(e.message.to) for e in taken) == ["person:a", "person:c"]
