"""What every storage engine promises."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import inspect
from sqlalchemy.ext.asyncio import create_async_engine

from domain.reports import StatusReport
from services.messages import Address, Message, Recipient
from services.ports import ChannelLink, ConflictError, DueWork, Identity, JoinRequest, Sealed, Work
from storage.store import DueWorkFailedError, Order, Settled, SqlStore
from tests.builders import period, round_

NOW = datetime(2023, 11, 27, 8, tzinfo=UTC)
SOON, LATER = NOW + timedelta(minutes=5), NOW + timedelta(hours=1)
HOUR = timedelta(hours=1)


def message(key: str = "k", person: str = "larvik-sjef", **more: object) -> Message:
    return Message(key, Recipient(person=person), "status.prompt", {"round": "r"}, **more)  # type: ignore[arg-type]


async def claim(store: SqlStore, now: datetime = NOW) -> list[str]:
    return [e.message.key for e in await store.claim(Order("vestfold", now, now, 100))]


async def send_all(store: SqlStore, channel: str = "teams") -> None:
    for n, envelope in enumerate(await store.claim(Order("vestfold", NOW, NOW, 100))):
        at = Address(channel, "t", f"c-{envelope.message.to}", "http://s", message=f"m{n}-{envelope.id}")
        await store.settle([Settled(envelope.id, "sent", sent_at=NOW, address=at)])


# Transactions


async def test_what_fails_leaves_nothing_behind(store: SqlStore) -> None:
    async def half() -> None:
        async with store.begin("vestfold") as work:
            await work.outbox.put(message(), now=NOW)
            assert await work.first_time("event", NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await half()
    assert await claim(store) == []
    async with store.begin("vestfold") as work:
        assert await work.first_time("event", NOW)


async def test_an_event_is_new_once(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        assert await work.first_time("event", NOW)
        assert not await work.first_time("event", NOW)
    async with store.begin("vestfold") as work:
        assert not await work.first_time("event", NOW)


async def test_many_writers_lose_nothing(store: SqlStore) -> None:
    async def write(n: int) -> None:
        async with store.begin("vestfold") as work:
            await work.outbox.put(message(f"k{n}"), now=NOW)

    await asyncio.gather(*(write(n) for n in range(30)))
    assert await store.waiting(NOW) == 30


async def test_the_schema_is_what_the_tables_say(store: SqlStore) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlmodel import SQLModel

    engine = create_async_engine(store.url)
    async with engine.connect() as connection:
        differences = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync), SQLModel.metadata)
        )
        names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    await engine.dispose()
    assert differences == []
    assert "outbox" in names


# A community is a wall


async def test_another_community_sees_nothing(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.periods.add(period(community="vestfold"))
        await work.rounds.add(round_(community="vestfold"))
        await work.reports.add(report())
        await work.outbox.put(message(topic="t"), now=NOW)
        await work.dialogs.put("larvik-sjef", {"a": 1}, NOW)
        await work.links.put(ChannelLink("l", Address("teams", "t", "c"), "Kanal"), "x", NOW)
    async with store.begin("nabo") as work:
        assert await work.periods.not_ended() == []
        assert await work.rounds.all() == []
        assert await work.rounds.get(round_().id) is None
        assert await work.reports.newest(round_().id, "larvik") is None
        assert await work.reports.revisions([round_().id]) == []
        assert await work.outbox.for_person("larvik-sjef", 10, NOW) == []
        assert await work.dialogs.get("larvik-sjef") is None
        assert await work.links.all() == []
        await work.outbox.cancel("t", "no")
    assert await claim(store) == ["k"]


# What was changed


async def test_the_audit_trail_keeps_every_change_in_its_order(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.audit.add("action.added", "action:a", by="larvik-sjef", now=NOW, text="Åpne 4 plasser")
        await work.audit.add("action.added", "action:b", by=None, now=NOW)
        await work.audit.add("action.moved", "action:a", by="larvik-sjef", now=LATER, before="2023-12-01")
    async with store.read("vestfold") as work:
        found = await work.audit.about("action:a")
        assert [(e.kind, e.by, e.at) for e in found] == [
            ("action.added", "larvik-sjef", NOW),
            ("action.moved", "larvik-sjef", LATER),
        ]
        assert found[0].details == {"text": "Åpne 4 plasser"}
        first, second = await work.audit.newest(2)
        assert [first.subject, second.subject] == ["action:a", "action:b"]
        assert [e.subject for e in await work.audit.newest(1, before=second.id)] == ["action:a"]
    async with store.read("nabo") as work:
        assert await work.audit.about("action:a") == []
        assert [e.subject for e in await work.audit.newest(5)] == ["people"]


async def test_a_change_that_fails_is_not_on_record(store: SqlStore) -> None:
    async def half() -> None:
        async with store.begin("vestfold") as work:
            await work.audit.add("action.added", "action:a", by=None, now=NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await half()
    async with store.read("vestfold") as work:
        assert await work.audit.about("action:a") == []


async def test_a_community_that_is_not_served_is_left_alone(store: SqlStore) -> None:
    async with store.begin("nabo") as work:
        await work.outbox.put(message(), now=NOW)
        await work.due.put(DueWork("w", "k", {}, NOW))
    alone = SqlStore(store.url, [store.communities["vestfold"]])
    assert list(await alone.with_something_due(NOW)) == []
    assert await alone.next_instant(NOW - HOUR) is None
    await alone.close()


# Figures are never overwritten


def report(revision: int = 1, unit: str = "larvik", at: datetime = NOW, **values: object) -> StatusReport:
    return StatusReport(round_().id, unit, revision, dict(values) or {"overliggere": 3}, "larvik-sjef", at, NOW)  # type: ignore[arg-type]


async def test_a_revision_is_stored_once(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.reports.add(report())
    with pytest.raises(ConflictError):
        async with store.begin("vestfold") as work:
            await work.reports.add(report(overliggere=9))
    async with store.read("vestfold") as work:
        newest = await work.reports.newest(round_().id, "larvik")
    assert newest is not None
    assert newest.values == {"overliggere": 3}


async def test_writers_one_after_the_other_never_see_what_was_before(store: SqlStore) -> None:
    async def add() -> None:
        for _ in range(20):
            try:
                async with store.begin("vestfold") as work:
                    newest = await work.reports.newest(round_().id, "larvik")
                    await work.reports.add(report((newest.revision if newest else 0) + 1))
                return
            except ConflictError:
                conflicts.append(1)

    conflicts: list[int] = []
    await asyncio.gather(*(add() for _ in range(10)))
    async with store.read("vestfold") as work:
        assert len(await work.reports.revisions([round_().id])) == 10
    if store.url.startswith("sqlite"):
        assert conflicts == []


async def test_every_revision_is_kept_and_the_newest_is_found(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        for revision in (1, 2, 3):
            await work.reports.add(report(revision, overliggere=revision, sykefravaer=7.5))
    async with store.read("vestfold") as work:
        assert [r.revision for r in await work.reports.revisions([round_().id])] == [1, 2, 3]
        newest = await work.reports.newest(round_().id, "larvik")
    assert newest == report(3, overliggere=3, sykefravaer=7.5)


async def test_last_time_is_the_newest_revision_of_the_latest_earlier_round(store: SqlStore) -> None:
    meeting = round_().meeting_at
    async with store.begin("vestfold") as work:
        for n, state in enumerate(("held", "held", "cancelled", "now")):
            at = meeting - timedelta(days=7 * (3 - n))
            made = replace(round_(), id=f"r{n}", meeting_at=at, cancelled_at=NOW if state == "cancelled" else None)
            await work.rounds.add(made)
            await work.reports.add(replace(report(overliggere=n), round=f"r{n}"))
        await work.reports.add(replace(report(2, overliggere=11), round="r1"))
        found = await work.reports.last_before("larvik", meeting, meeting - timedelta(days=31))
        none = await work.reports.last_before("larvik", meeting, meeting - timedelta(days=3))
    assert found is not None
    assert found.values == {"overliggere": 11}
    assert none is None


async def test_a_seal_is_set_once(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.rounds.add(round_())
        await work.rounds.seal(round_().id, Sealed(NOW, {"totals": {"a": 1}}))
        await work.rounds.seal(round_().id, Sealed(LATER, {"totals": {"a": 2}}))
    async with store.read("vestfold") as work:
        assert await work.rounds.sealed([round_().id]) == {round_().id: Sealed(NOW, {"totals": {"a": 1}})}


async def test_periods_and_rounds_come_back_as_they_were(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.periods.add(period())
        await work.rounds.add(round_())
    async with store.read("vestfold") as work:
        assert await work.periods.get(period().id) == period()
        assert await work.periods.not_ended() == [period()]
        assert await work.rounds.get(round_().id) == round_()
        assert await work.rounds.of_period(period().id) == [round_()]
    async with store.begin("vestfold") as work:
        await work.rounds.cancel([round_().id], NOW)
        await work.periods.end(period().id, NOW)
        assert await work.periods.not_ended() == []
        cancelled = await work.rounds.get(round_().id)
    assert cancelled is not None
    assert cancelled.cancelled_at == NOW


async def test_the_rounds_of_running_periods_are_found_by_time_of_meeting(store: SqlStore) -> None:
    first = round_()
    second = replace(first, id="second", meeting_at=first.meeting_at + 7 * 24 * HOUR)

    async def running(work: Work) -> list[str]:
        return [r.id for r in await work.rounds.running(NOW)]

    async with store.begin("vestfold") as work:
        await work.periods.add(period())
        await work.rounds.add(second)
        await work.rounds.add(first)
        assert await running(work) == [first.id, "second"]
        await work.rounds.cancel(["second"], NOW)
        assert await running(work) == [first.id]
        await work.periods.end(period().id, NOW)
        assert await running(work) == []


async def test_of_a_period_that_has_run_for_long_only_the_last_meeting_and_those_to_come_are_read(
    store: SqlStore,
) -> None:
    made = [replace(round_(), id=f"r{n}", meeting_at=round_().meeting_at + n * 7 * 24 * HOUR) for n in range(5)]
    async with store.begin("vestfold") as work:
        await work.periods.add(period())
        for each in made:
            await work.rounds.add(each)
        await work.rounds.cancel(["r2"], NOW)
    at = made[2].meeting_at + HOUR
    async with store.begin("vestfold") as work:
        await work.periods.add(replace(period(), id="other"))  # nothing is remembered in a transaction that changes it
        assert [r.id for r in await work.rounds.running(at)] == ["r1", "r3", "r4"]
        assert [r.id for r in await work.rounds.running(made[0].opens_at)] == ["r0", "r1", "r3", "r4"]


async def test_what_a_reader_was_told_is_never_older_than_the_last_commit(store: SqlStore) -> None:
    async def told() -> tuple[int, int, str | None]:
        async with store.read("vestfold") as work:
            member = await work.people.get("horten-sjef")
            assert member is not None
            return len(await work.periods.not_ended()), len(await work.rounds.running(NOW)), member.language

    assert await told() == (0, 0, None)
    async with store.begin("vestfold") as work:
        await work.periods.add(period())
        await work.rounds.add(round_())
        await work.people.set_language("horten-sjef", "nn")
    assert await told() == (1, 1, "nn")
    async with store.begin("vestfold") as work:
        await work.rounds.cancel([round_().id], NOW)
    assert await told() == (1, 0, "nn")
    async with store.begin("vestfold") as work:
        await work.periods.end(period().id, NOW)
    assert await told() == (0, 0, "nn")


# The outbox


async def test_the_same_key_is_one_message(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.outbox.put(message("a"), message("a"), now=NOW)
    async with store.begin("vestfold") as work:
        await work.outbox.put(message("a"), message("b"), now=NOW)
        await work.outbox.put(now=NOW)
    assert await store.waiting(NOW) == 2


async def test_a_message_waits_for_its_time(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.outbox.put(message(not_before=LATER), now=NOW)
    assert await claim(store) == []
    assert await store.next_instant(NOW) == LATER
    assert await claim(store, LATER) == ["k"]


async def test_one_message_of_a_recipient_is_under_way_and_in_order(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.outbox.put(message("1"), message("2"), message("3", "horten-sjef"), now=NOW)
    taken = await store.claim(Order("vestfold", NOW, NOW, 10))
    assert [e.message.key for e in taken] == ["1", "3"]
    assert [e.message.key for e in await store.claim(Order("vestfold", NOW, NOW, 10))] == []
    await store.settle([Settled(taken[0].id, "sent", sent_at=NOW, address=Address("web"))])
    assert await claim(store) == ["2"]


async def test_a_message_that_waits_for_its_next_try_keeps_the_later_ones_waiting(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.outbox.put(message("1"), message("2"), now=NOW)
    [first] = await store.claim(Order("vestfold", NOW, NOW, 10))
    await store.settle([Settled(first.id, "pending", "429", retry_at=SOON)])
    assert await claim(store) == []
    assert await store.next_retry(NOW) == SOON
    assert await claim(store, SOON) == ["1"]


async def test_a_next_try_that_no_pause_puts_off_so_far_was_written_before_the_clock_was_set_back(
    store: SqlStore,
) -> None:
    async with store.begin("vestfold") as work:
        await work.outbox.put(message("1"), now=NOW)
    [first] = await store.claim(Order("vestfold", NOW, NOW, 10))
    await store.settle([Settled(first.id, "pending", "429", retry_at=LATER)])
    assert await claim(store) == ["1"]


async def test_what_was_to_go_out_at_once_goes_out_though_the_clock_was_set_back(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.outbox.put(message("now", "a"), now=LATER)
        await work.outbox.put(message("seconds ago", "b"), now=NOW + timedelta(seconds=3))
        await work.outbox.put(message("held"), now=LATER)
    [*_, held] = await store.claim(Order("vestfold", LATER, LATER, 10))
    assert held.message.key == "held"
    await store.settle([Settled(held.id, "pending", not_before=LATER + HOUR)])
    await store.give_back()
    assert await claim(store) == []
    assert await store.bring_back(NOW) == 1
    assert await claim(store) == ["now"]


async def test_when_somebody_last_got_something_about_a_topic_is_known(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.outbox.put(message("1", topic="status"), message("2", "horten-sjef", topic="status"), now=NOW)
    [first, _] = await store.claim(Order("vestfold", NOW, NOW, 10))
    await store.settle([Settled(first.id, "sent", sent_at=LATER, address=Address("web"))])
    larvik, horten = Recipient(person="larvik-sjef"), Recipient(person="horten-sjef")
    async with store.read("vestfold") as work:
        assert await work.outbox.last_sent("status", larvik, ["status.prompt"]) == LATER
        assert await work.outbox.last_sent("status", larvik, ["status.reminder"]) is None
        assert await work.outbox.last_sent("status", horten, ["status.prompt"]) is None
    async with store.read("nabo") as work:
        assert await work.outbox.last_sent("status", larvik, ["status.prompt"]) is None


async def test_many_for_one_recipient_and_many_who_wait_leave_room_for_the_others(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.outbox.put(*(message(f"rest{n}", f"p{n}") for n in range(5)), now=NOW)
    for envelope in await store.claim(Order("vestfold", NOW, NOW, 10)):
        await store.settle([Settled(envelope.id, "pending", "429", retry_at=SOON)])
    async with store.begin("vestfold") as work:
        await work.outbox.put(*(message(f"many{n}", "one") for n in range(5)), message("other", "other"), now=NOW)
    assert [e.message.key for e in await store.claim(Order("vestfold", NOW, NOW, 3))] == ["many0", "other"]


async def test_urgent_goes_first(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.outbox.put(message("slow"), message("fast", urgent=True), now=NOW)
    assert await claim(store) == ["fast"]


async def test_two_claims_never_take_the_same_message(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.outbox.put(*(message(f"k{n}", f"p{n}") for n in range(40)), now=NOW)
    taken = await asyncio.gather(*(store.claim(Order("vestfold", NOW, NOW, 10)) for _ in range(6)))
    keys = [e.message.key for envelopes in taken for e in envelopes]
    assert len(keys) == len(set(keys))


async def test_what_was_under_way_when_the_process_died_is_sent_again(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.outbox.put(message(), now=NOW)
    dead = SqlStore(store.url, list(store.communities.values()))
    assert await claim(dead) == ["k"]
    await dead.close()
    again = SqlStore(store.url, list(store.communities.values()), lease=timedelta(0))
    await again.open()
    await again.renew([])
    assert await claim(again) == ["k"]
    await again.close()


async def test_a_sent_message_is_drawn_anew_where_it_lies_once_for_many_changes(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.outbox.put(message(topic="status"), now=NOW)
    await send_all(store)
    for _ in range(3):
        async with store.begin("vestfold") as work:
            await work.outbox.refresh("status", now=NOW)
    [update] = await store.claim(Order("vestfold", NOW, NOW, 10))
    assert update.replaces is not None
    assert update.replaces.message.startswith("m0-")
    assert update.message.template == "status.prompt"


async def test_a_change_while_an_update_is_under_way_is_drawn_again(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.outbox.put(message(topic="status"), now=NOW)
    await send_all(store)
    async with store.begin("vestfold") as work:
        await work.outbox.refresh("status", now=NOW)
    assert len(await store.claim(Order("vestfold", NOW, NOW, 10))) == 1
    async with store.begin("vestfold") as work:
        await work.outbox.refresh("status", now=NOW)
    assert await store.waiting(NOW) == 2


async def test_what_is_not_sent_yet_or_lies_on_the_web_needs_no_update(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.outbox.put(message("web", topic="status"), now=NOW)
    await send_all(store, "web")
    async with store.begin("vestfold") as work:
        await work.outbox.put(message("waiting", topic="status"), now=NOW)
        await work.outbox.refresh("status", now=NOW)
    assert await claim(store) == ["waiting"]


async def test_cancelled_messages_are_not_sent(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.outbox.put(message("gone", topic="t"), message("kept", topic="u"), now=NOW)
        await work.outbox.cancel("t", "cancelled")
    assert await claim(store) == ["kept"]


async def test_a_message_is_found_where_it_lies_and_in_its_persons_list(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.outbox.put(message("a", topic="t"), message("later", not_before=LATER), now=NOW)
    await send_all(store)
    async with store.read("vestfold") as work:
        [mine] = await work.outbox.for_person("larvik-sjef", 10, NOW)
        assert mine.address is not None
        found = await work.outbox.at(mine.address)
        assert found is not None
        assert found.message.key == "a"
        assert await work.outbox.first_sent(["t", "u"]) == {"t": NOW}


# Due work


async def noted(work: Work, due: DueWork, seen: list[str], outcome: str | datetime = "done") -> str | datetime:
    seen.append(due.key)
    return outcome


async def test_due_work_is_done_once_and_in_order(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.due.put(DueWork("b", "k", {}, NOW), DueWork("a", "k", {}, NOW - HOUR), DueWork("c", "k", {}, LATER))
        await work.due.put(DueWork("a", "k", {}, NOW))
    seen: list[str] = []
    while await store.do_next_due(NOW, partial(noted, seen=seen)) is not None:
        pass
    assert seen == ["a", "b"]
    assert await store.next_instant(NOW) == LATER


async def test_due_work_that_fails_leaves_nothing_behind_and_waits(store: SqlStore) -> None:
    async def fails(work: Work, due: DueWork) -> str:
        await work.outbox.put(message(), now=NOW)
        raise RuntimeError

    async with store.begin("vestfold") as work:
        await work.due.put(DueWork("a", "k", {}, NOW))
    with pytest.raises(DueWorkFailedError) as failed:
        await store.do_next_due(NOW, fails)
    assert await claim(store) == []
    seen: list[str] = []
    assert await store.do_next_due(NOW, partial(noted, seen=seen), [failed.value.number]) is None
    assert await store.do_next_due(NOW, partial(noted, seen=seen)) is not None
    assert seen == ["a"]


async def test_due_work_can_be_put_off(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.due.put(DueWork("a", "k", {}, NOW))
    seen: list[str] = []
    await store.do_next_due(NOW, partial(noted, seen=seen, outcome=LATER))
    assert await store.do_next_due(NOW, partial(noted, seen=seen)) is None
    assert await store.next_instant(NOW) == LATER


async def test_cancelled_work_is_not_done(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.due.put(DueWork("round:1:a", "k", {}, NOW), DueWork("round:10:a", "k", {}, NOW))
        await work.due.cancel("round:1:")
    seen: list[str] = []
    while await store.do_next_due(NOW, partial(noted, seen=seen)) is not None:
        pass
    assert seen == ["round:10:a"]


# People


async def test_a_person_is_recognised_by_id_then_by_address(store: SqlStore) -> None:
    nobody = Identity("teams", "t", "u1", emails=frozenset({"Ukjent@Horten.example"}))
    assert await store.whoever_is(nobody) == []
    director = Identity("teams", "t", "u1", emails=frozenset({"Kommunalsjef@Horten.example"}))
    assert set(await store.whoever_is(director)) == {("vestfold", "horten-sjef"), ("nabo", "horten-sjef")}
    async with store.begin("vestfold") as work:
        await work.people.know(director, "horten-sjef", Address("teams", "t", "c", "http://s", "29:u"), NOW)
    assert await store.whoever_is(Identity("teams", "t", "u1")) == [("vestfold", "horten-sjef")]
    assert await store.whoever_is(Identity("teams", "another tenant", "u1")) == []


async def test_somebody_no_longer_in_the_file_is_not_recognised(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.people.know(Identity("teams", "t", "u"), "horten-vara", Address("teams", "t", "c"), NOW)
        await work.people.deactivate_absent(frozenset({"horten-sjef"}))
    assert await store.whoever_is(Identity("teams", "t", "u")) == []
    async with store.read("vestfold") as work:
        gone = await work.people.get("horten-vara")
    assert gone is not None
    assert not gone.active


async def test_an_address_keeps_what_a_later_contact_does_not_tell(store: SqlStore) -> None:
    who = Identity("teams", "t", "u")
    async with store.begin("vestfold") as work:
        await work.people.know(who, "horten-sjef", Address("teams", "t", "c", "http://s", "29:u"), NOW)
        await work.people.know(who, "horten-sjef", Address("teams", "t", "", "http://new", "29:u"), LATER)
        assert await work.people.addresses("horten-sjef") == [Address("teams", "t", "c", "http://new", "29:u")]
        assert await work.people.reachable("teams") == {"horten-sjef"}
        known = (await work.people.addresses("horten-sjef"))[0]
        await work.people.moved("horten-sjef", known, replace(known, conversation="c2"))
    async with store.read("vestfold") as work:
        assert (await work.people.addresses("horten-sjef"))[0].conversation == "c2"


async def test_own_language_survives_a_new_community_file(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.people.set_language("horten-sjef", "nn")
    async with store.begin("vestfold") as work:
        for person in store.communities["vestfold"].people:
            await work.people.put(person, source="file")
        member = await work.people.get("horten-sjef")
    assert member is not None
    assert member.language == "nn"


async def test_the_same_stranger_asks_once(store: SqlStore) -> None:
    identity = Identity("teams", "t", "u", "Navn", frozenset({"a@b.example"}))
    request = JoinRequest("id1", identity, Address("teams", "t", "c", "http://s", "29:u"), NOW)
    async with store.begin("vestfold") as work:
        assert await work.people.ask_to_join(request)
        assert not await work.people.ask_to_join(replace(request, id="id2"))
        assert await work.people.join_request("id1") == request
        await work.people.decide("id1", LATER, "inn-id1")
        decided = await work.people.join_request("id1")
        assert decided is not None
    async with store.read("vestfold") as work:
        decided = await work.people.join_request("id1")
    assert decided is not None
    assert (decided.decided_at, decided.accepted_as) == (LATER, "inn-id1")


async def test_a_channel_is_connected_once(store: SqlStore) -> None:
    link = ChannelLink("l1", Address("teams", "t", "c", "http://s"), "Kanal")
    async with store.begin("vestfold") as work:
        assert await work.links.put(link, "samhandlingssjef", NOW)
        assert not await work.links.put(replace(link, id="l2"), "samhandlingssjef", NOW)
        assert await work.links.all() == [link]
    assert await store.connected(link.address) == "vestfold"
    assert await store.connected(replace(link.address, tenant="x")) is None


async def test_an_open_form_is_kept_until_it_is_closed(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.dialogs.put("horten-sjef", {"field": 1}, NOW)
        await work.dialogs.put("horten-sjef", {"field": 2, "values": {"a": "b"}}, NOW)
    async with store.begin("vestfold") as work:
        assert await work.dialogs.get("horten-sjef") == {"field": 2, "values": {"a": "b"}}
        await work.dialogs.close("horten-sjef")
    async with store.read("vestfold") as work:
        assert await work.dialogs.get("horten-sjef") is None


async def test_the_community_files_word_on_slack_counts_on_slack_alone(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        member = await work.people.get("horten-sjef")
        assert member is not None
        await work.people.put(replace(member.person, slack_team="T1", slack_user="U1"), source="file")
    assert await store.whoever_is(Identity("slack", "T1", "U1")) == [("vestfold", "horten-sjef")]
    assert await store.whoever_is(Identity("slack", "T2", "U1")) == []
    assert await store.whoever_is(Identity("teams", "T1", "U1")) == []
    assert await store.whoever_is(Identity("mail", "T1", "U1")) == []


async def test_a_units_people_are_found_those_who_have_left_too(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.people.deactivate_absent(frozenset({"larvik-sjef"}))
    async with store.read("vestfold") as work:
        found = [(member.person.key, member.active) for member in await work.people.of_unit("larvik")]
        assert await work.people.of_unit("nowhere") == []
    assert found == [("larvik-sjef", True), ("larvik-vara", False)]
    async with store.read("nabo") as work:
        assert [member.active for member in await work.people.of_unit("larvik")] == [True, True]
