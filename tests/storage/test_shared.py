"""What holds between processes that share a PostgreSQL: each store here is one of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from domain.community import Community
from domain.pacing import Limit
from services import api_tokens, people, platform_outages
from services.messages import Address, Message, Recipient
from services.ports import DueWork, Identity
from storage import deliveries, turns
from storage.deliveries import LEASE
from storage.store import Order, Settled, SqlStore, SqlWork
from tests.builders import community, vestfold
from tests.engines import emptied, new_database
from tests.storage.conftest import Hours

NOW = datetime(2023, 11, 27, 8, tzinfo=UTC)
ALL = Order("vestfold", NOW, NOW, 100)


@pytest.fixture
async def both(postgres: str) -> AsyncIterator[tuple[SqlStore, SqlStore]]:
    url = await emptied(postgres)
    stores = SqlStore(url, communities()), SqlStore(url, communities())
    async with stores[0].begin("vestfold") as work:
        await people.sync(work, NOW)
    yield stores
    for store in stores:
        await store.close()


def communities() -> list[Community]:
    return [vestfold(), community(key="nabo", name="Naboen")]


async def test_of_those_that_start_at_once_one_makes_the_tables(postgres: str) -> None:
    url = new_database(postgres)
    stores = [SqlStore(url, communities()) for _ in range(3)]
    await asyncio.gather(*(store.open() for store in stores))
    for store in stores:
        assert await store.is_newest()
        await store.close()


def message(key: str, person: str = "larvik-sjef", *, urgent: bool = False) -> Message:
    return Message(key, Recipient(person=person), "status.prompt", {"round": "r"}, urgent=urgent)


async def put(store: SqlStore, *messages: Message) -> None:
    async with store.begin("vestfold") as work:
        await work.outbox.put(*messages, now=NOW)


# Messages


async def test_one_recipient_has_one_message_under_way_whoever_claims(both: tuple[SqlStore, SqlStore]) -> None:
    for n in range(20):
        await put(both[0], message(f"slow{n}", f"p{n}"), message(f"fast{n}", f"p{n}", urgent=True))
    taken = await asyncio.gather(*(store.claim(ALL) for store in (*both, *both)))
    recipients = [str(envelope.message.to) for envelopes in taken for envelope in envelopes]
    assert len(recipients) == len(set(recipients)) == 20


async def test_what_is_held_is_not_taken_over_and_what_is_left_is(
    both: tuple[SqlStore, SqlStore], hours: Hours
) -> None:
    alive, dying = both
    await put(alive, message("held", "a"), message("left", "b"))
    [held] = await alive.claim(Order("vestfold", NOW, NOW, 1))
    assert len(await dying.claim(ALL)) == 1
    assert await alive.renew([held.id]) == 0
    hours.now += LEASE.total_seconds()
    assert await alive.renew([held.id]) == 1
    assert [envelope.message.key for envelope in await alive.claim(ALL)] == ["left"]


async def test_who_lives_loses_nothing_however_the_databases_clock_is_set(
    both: tuple[SqlStore, SqlStore], hours: Hours, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one renews before and the other looks after it was set, an hour forward or back."""
    looking, living = both
    await put(living, message("a"))
    [held] = await living.claim(ALL)
    for leap in (timedelta(hours=1), timedelta(hours=-1)):
        assert await looking.renew([]) == 0
        hours.now += LEASE.total_seconds() * 2 / 3
        await living.renew([held.id])

        async def leapt(session: object, leap: timedelta = leap) -> datetime:
            return datetime.now(UTC) + leap

        monkeypatch.setattr(deliveries, "_time", leapt)
        assert await looking.renew([]) == 0
        hours.now += LEASE.total_seconds() * 2 / 3
        assert await looking.renew([]) == 0
    hours.now += LEASE.total_seconds()
    assert await looking.renew([]) == 1


async def test_who_has_lost_a_message_may_still_say_that_it_was_sent_and_nothing_else(
    both: tuple[SqlStore, SqlStore], hours: Hours
) -> None:
    alive, dying = both
    await put(alive, message("a"))
    [lost] = await dying.claim(ALL)
    await alive.renew([])
    hours.now += LEASE.total_seconds()
    await alive.renew([])
    [taken] = await alive.claim(ALL)
    await dying.settle([Settled(lost.id, "failed", "503")])
    assert await alive.waiting(NOW) == 1
    await dying.settle([Settled(lost.id, "sent", sent_at=NOW, address=Address("web"))])
    assert await alive.waiting(NOW) == 0
    assert taken.id == lost.id


async def test_that_a_platform_is_down_and_is_back_is_told_once_whoever_sees_it(
    both: tuple[SqlStore, SqlStore],
) -> None:
    async def seen(store: SqlStore, after: timedelta) -> None:
        async with store.begin("vestfold") as work:
            await platform_outages.began(work, "teams", NOW + after, NOW + after)

    async def reached(store: SqlStore) -> None:
        async with store.begin("vestfold") as work:
            await platform_outages.over(work, "teams", NOW + timedelta(hours=1))

    await asyncio.gather(*(seen(store, timedelta(seconds=n)) for n, store in enumerate(both * 2)))
    assert len(await both[0].claim(Order("vestfold", NOW + timedelta(hours=1), NOW, 100))) == 1
    async with both[1].read("vestfold") as work:
        assert set(await platform_outages.lasting(work)) == {"teams"}
    await asyncio.gather(*(reached(store) for store in both * 2))
    async with both[1].read("vestfold") as work:
        assert await platform_outages.lasting(work) == {}
        assert [entry.kind for entry in await work.audit.about("platform:teams")] == ["platform.down", "platform.back"]


# Due work


async def test_a_communitys_due_work_is_done_once_and_in_order(both: tuple[SqlStore, SqlStore]) -> None:
    async with both[0].begin("vestfold") as work:
        await work.due.put(*(DueWork(f"{n:02}", "k", {}, NOW - timedelta(minutes=60 - n)) for n in range(30)))
    done: list[str] = []

    async def handle(work: SqlWork, due: DueWork) -> str:
        await asyncio.sleep(0)
        done.append(due.key)
        return "done"

    async def work_off(store: SqlStore) -> None:
        while await store.do_next_due(NOW, handle) is not None:
            pass

    await asyncio.gather(*(work_off(store) for store in (*both, *both)))
    assert done == [f"{n:02}" for n in range(30)]


async def test_processes_whose_clocks_differ_do_it_once_all_the_same(both: tuple[SqlStore, SqlStore]) -> None:
    async with both[0].begin("vestfold") as work:
        await work.due.put(DueWork("a", "k", {}, NOW), DueWork("b", "k", {}, NOW + timedelta(seconds=2)))
    done: list[str] = []

    async def handle(work: SqlWork, due: DueWork) -> str:
        done.append(due.key)
        return "done"

    clocks = [NOW + timedelta(seconds=ahead) for ahead in (3, -1, 0, 2)]
    for now in clocks * 2:
        await asyncio.gather(*(store.do_next_due(now, handle) for store in both))
    assert done == ["a", "b"]


async def test_another_communitys_turn_is_free_while_ours_is_taken(both: tuple[SqlStore, SqlStore]) -> None:
    async with both[0].begin("nabo") as work:
        await work.due.put(DueWork("a", "k", {}, NOW))
    done: list[str] = []

    async def handle(work: SqlWork, due: DueWork) -> str:
        done.append(work.community.key)
        return "done"

    async with both[0].begin("vestfold"):
        await both[1].do_next_due(NOW, handle)
    assert done == ["nabo"]


async def test_two_who_change_a_community_at_once_see_each_others_change(both: tuple[SqlStore, SqlStore]) -> None:
    async def count(store: SqlStore) -> None:
        async with store.begin("vestfold") as work:
            state = await work.dialogs.get("larvik-sjef") or {"n": 0}
            await asyncio.sleep(0)
            await work.dialogs.put("larvik-sjef", {"n": int(str(state["n"])) + 1}, NOW)

    await asyncio.gather(*(count(store) for store in both * 10))
    async with both[0].read("vestfold") as work:
        assert await work.dialogs.get("larvik-sjef") == {"n": 20}


# Turns at the platform


async def test_a_tenants_limit_holds_for_all_who_ask_at_once(both: tuple[SqlStore, SqlStore]) -> None:
    hourly = (Limit(3, 3600),)
    takers = [both[n % 2].turns for n in range(10)]
    waits = await asyncio.gather(*(taker.take("t", hourly, "", ()) for taker in takers if taker))
    assert sum(wait.is_over for wait in waits) == 3
    assert all(wait.tenant > 3000 for wait in waits if not wait.is_over)


async def test_a_conversations_limit_holds_for_all_and_another_conversation_does_not_wait(
    both: tuple[SqlStore, SqlStore],
) -> None:
    waits = []
    for n, lane in enumerate(("busy", "busy", "quiet", "busy", "quiet")):
        turns = both[n % 2].turns
        assert turns
        waits.append(await turns.take("t", (Limit(100, 3600),), lane, (Limit(2, 3600),)))
    assert [wait.is_over for wait in waits] == [True, True, True, False, True]
    assert waits[3].conversation > 3000
    assert waits[3].tenant <= 0


async def test_a_limit_neither_stalls_nor_bursts_when_the_databases_clock_is_set(
    both: tuple[SqlStore, SqlStore], hours: Hours, monkeypatch: pytest.MonkeyPatch
) -> None:
    taker = both[0].turns
    assert taker
    limit, clock = (Limit(2, 10),), [50_000.0]
    monkeypatch.setattr(turns, "_clock", _standing(clock))
    for _ in range(2):
        assert (await taker.take("t", limit, "", ())).is_over
    clock[0] -= 3600
    assert (await taker.take("t", limit, "", ())).tenant == pytest.approx(10)
    clock[0] += 10
    hours.now += 10
    assert [(await taker.take("t", limit, "", ())).is_over for _ in range(3)] == [True, True, False]
    clock[0] += 3600
    assert (await taker.take("t", limit, "", ())).tenant == pytest.approx(turns.BREATH)
    clock[0] += turns.BREATH + 0.01
    hours.now += turns.BREATH + 0.01
    assert (await taker.take("t", limit, "", ())).is_over


def _standing(at: list[float]) -> Callable[[object], Awaitable[float]]:
    async def clock(connection: object) -> float:
        return at[0]

    return clock


async def test_a_name_that_has_asked_too_often_may_ask_again_in_time_when_the_clock_was_set_back(
    both: tuple[SqlStore, SqlStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    limits, clock = both[0].limits, [50_000.0]
    assert limits
    monkeypatch.setattr(turns, "_clock", _standing(clock))
    once = Limit(1, 900)
    assert await limits.allows("a", once)
    clock[0] -= 3600
    assert not await limits.allows("a", once)
    clock[0] += 900
    assert await limits.allows("a", once)


# Who asks something of us


async def test_a_name_may_ask_as_often_as_it_may_whichever_process_it_asks(both: tuple[SqlStore, SqlStore]) -> None:
    each = [store.limits for store in both]
    asked = await asyncio.gather(*(limits.allows("a", Limit(3, 900)) for limits in each * 5 if limits))
    assert sum(asked) == 3
    assert [await limits.allows("b", Limit(1, 900)) for limits in each if limits] == [True, False]


async def test_a_token_taken_back_through_one_process_opens_nothing_at_another(
    both: tuple[SqlStore, SqlStore],
) -> None:
    async with both[0].begin("vestfold") as work:
        token, shown = await api_tokens.create(work, "styringsdata", now=NOW)
    digest = api_tokens.digest(shown)
    assert [found[0] for store in both if (found := await store.whose_token(digest))] == ["vestfold", "vestfold"]
    async with both[1].begin("vestfold") as work:
        await api_tokens.revoke(work, token.id, now=NOW)
    assert [await store.whose_token(digest) for store in both] == [None, None]


async def test_where_somebody_was_seen_last_is_the_same_for_all(both: tuple[SqlStore, SqlStore]) -> None:
    for n, channel in enumerate(("teams", "slack", "teams")):
        async with both[n % 2].begin("vestfold") as work:
            at = NOW + timedelta(minutes=n)
            await work.people.know(Identity(channel, "t", "u"), "larvik-sjef", Address(channel, "t"), at)
            assert await work.people.last_used("larvik-sjef") == (channel, at)
        for store in both:
            async with store.read("vestfold") as work:
                assert await work.people.last_used("larvik-sjef") == (channel, at)


# The development clock


async def test_how_much_was_sent_is_counted_over_all(both: tuple[SqlStore, SqlStore]) -> None:
    await put(both[0], message("a", "a"), message("b", "b"), message("c", "c"))
    first, second, third = await both[0].claim(ALL)
    at = Address("web")
    await both[0].settle([Settled(first.id, "sent", sent_at=NOW, address=at), Settled(third.id, "failed", "400")])
    await both[1].settle([Settled(second.id, "sent", sent_at=NOW, address=at)])
    assert await both[0].tried() == await both[1].tried() == (2, 1)


async def test_the_development_clock_goes_forward_only_for_all(both: tuple[SqlStore, SqlStore]) -> None:
    assert await both[0].dev_clock() is None
    await both[0].set_dev_clock(NOW)
    await both[1].set_dev_clock(NOW - timedelta(hours=1))
    assert await both[1].dev_clock() == NOW


async def test_who_only_reads_holds_nothing_open_and_sees_what_others_commit(
    both: tuple[SqlStore, SqlStore],
) -> None:
    reading, writing = both
    open_ones = (
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()"
    )
    async with reading.read("vestfold") as work:
        assert await work.requests.open() == []
        assert await _asked(reading.url, open_ones) == 0
        async with writing.begin("vestfold") as other:
            await other.people.set_language("larvik-sjef", "nn")
        member = await work.people.get("larvik-sjef")
        assert member is not None
        assert member.language == "nn"


async def _asked(url: str, question: str) -> int:
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        found: int = (await connection.execute(text(question))).scalar_one()
    await engine.dispose()
    return found


# Answers that are owed


async def test_whoever_asks_waits_until_no_process_owes_an_answer(both: tuple[SqlStore, SqlStore]) -> None:
    first, second = both
    async with first.answering(), second.answering():
        waiting = asyncio.create_task(first.all_have_answered())
        _, still = await asyncio.wait({waiting}, timeout=0.3)
        assert still == {waiting}
    await asyncio.wait_for(waiting, 20)
