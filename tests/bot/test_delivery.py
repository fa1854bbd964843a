"""The delivery alone, on a real store, before a platform that answers when the test lets it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot import delivery as delivery_module
from bot import sending
from bot.delivery import BESIDE, OF_A_COMMUNITY, Delivery
from dialogs.card import Card
from domain.community import Community, Person, Role
from services import people
from services.messages import Address, Envelope, Message, Recipient
from services.ports import Identity, UnavailableError, Why
from storage import deliveries
from storage.store import Order, Settled, SqlStore
from tests.builders import community, vestfold

NOW = datetime(2023, 11, 27, 9, tzinfo=UTC)
FLOOD = 200


class StandingClock:
    def now(self) -> datetime:
        return NOW


class Platform:
    """Takes note of whom it is asked to write to. Those who are `slow` get it when the test says so."""

    name = "teams"

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.slow: Collection[str] = ()
        self.released = asyncio.Event()
        self._news = asyncio.Condition()

    async def send(self, card: Card, to: Address) -> Address:
        async with self._news:
            self.asked.append(to.user)
            self._news.notify_all()
        if to.user in self.slow:
            await self.released.wait()
        return replace(to, conversation=f"c-{to.user}", message=f"m-{len(self.asked)}")

    async def update(self, card: Card, at: Address) -> None:
        raise NotImplementedError

    async def until(self, happened: Callable[[], bool]) -> None:
        async with self._news:
            await self._news.wait_for(happened)


class Failing:
    """So many times the database is gone."""

    def __init__(self, ask: Callable[[str], Any], times: int = 1) -> None:
        self._ask = ask
        self._times = times
        self.asked = 0

    def __call__(self, community: str) -> Any:
        self.asked += 1
        if self.asked <= self._times:
            raise UnavailableError(Why.UNREACHABLE)
        return self._ask(community)


class Post:
    """A store with two communities, the readers of one of them many, and the delivery at work."""

    def __init__(self, store: SqlStore, platform: Platform) -> None:
        self.store = store
        self.platform = platform
        self.delivery = Delivery(store, StandingClock(), {platform.name: platform})
        store.after_commit = self.delivery.wake

    async def put(self, *persons: str, of: str = "vestfold", urgent: bool = False) -> None:
        async with self.store.begin(of) as work:
            await work.outbox.put(*(letter(person, urgent) for person in persons), now=NOW)


def letter(person: str, urgent: bool) -> Message:
    return Message(f"{person}:{urgent}", Recipient(person=person), "people.welcome", urgent=urgent)


def readers(count: int) -> tuple[Person, ...]:
    return tuple(Person(f"r{n}", f"Leser {n}", f"r{n}@x.example", frozenset({Role.OBSERVER})) for n in range(count))


async def introduce(store: SqlStore, of: Community) -> None:
    async with store.begin(of.key) as work:
        await people.sync(work, NOW)
        for person in of.people:
            identity = Identity("teams", of.key, person.key)
            await work.people.know(identity, person.key, Address("teams", of.key, user=person.key), NOW)


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    ours, theirs = community(people=vestfold().people + readers(FLOOD)), community(key="nabo", name="Naboen")
    store = SqlStore(f"sqlite+aiosqlite:///{tmp_path}/post.db", [ours, theirs])
    await store.open()
    for each in (ours, theirs):
        await introduce(store, each)
    made = Post(store, Platform())
    running = asyncio.create_task(made.delivery.run())
    yield made
    made.platform.released.set()
    await made.delivery.stop()
    await running
    await store.close()


async def test_a_flood_that_hangs_leaves_room_for_what_is_urgent(post: Post) -> None:
    post.platform.slow = {f"r{n}" for n in range(FLOOD)}
    await post.put(*post.platform.slow)
    await post.platform.until(lambda: len(post.platform.asked) == OF_A_COMMUNITY)
    await post.put("samhandlingssjef", urgent=True)
    await post.platform.until(lambda: "samhandlingssjef" in post.platform.asked)
    assert len(post.platform.asked) == OF_A_COMMUNITY + 1


async def test_what_is_urgent_goes_before_what_waited_longer(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is taken up before; which of those that are under way at the same time leaves first is left open."""
    claim, taken_up = post.store.claim, list[str]()

    async def noted(order: Order) -> list[Envelope]:
        claimed = await claim(order)
        taken_up.extend(str(envelope.message.to.person) for envelope in claimed)
        return claimed

    monkeypatch.setattr(post.store, "claim", noted)
    post.platform.slow = {f"r{n}" for n in range(FLOOD)}
    await post.put(*post.platform.slow)
    await post.platform.until(lambda: len(post.platform.asked) == OF_A_COMMUNITY)
    urgent = [f"r{n}" for n in range(FLOOD) if f"r{n}" not in post.platform.asked][-BESIDE - 4 :]
    await post.put(*urgent, urgent=True)
    post.platform.released.set()
    await post.platform.until(lambda: len(post.platform.asked) == FLOOD + len(urgent))
    assert set(taken_up[OF_A_COMMUNITY : OF_A_COMMUNITY + len(urgent)]) == set(urgent)


async def test_a_communitys_flood_leaves_room_for_another_community(post: Post) -> None:
    post.platform.slow = {f"r{n}" for n in range(FLOOD)}
    await post.put(*post.platform.slow)
    await post.platform.until(lambda: len(post.platform.asked) == OF_A_COMMUNITY)
    await post.put("larvik-sjef", of="nabo")
    await post.platform.until(lambda: "larvik-sjef" in post.platform.asked)


async def test_what_was_sent_is_not_sent_again_when_that_could_not_be_written_down_at_once(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery_module, "SETTLE_AGAIN", 0)
    settle, failures = post.store.settle, [OSError("disk full"), OSError("disk full")]

    async def failing(results: list[Settled]) -> None:
        if failures:
            raise failures.pop()
        await settle(results)

    monkeypatch.setattr(post.store, "settle", failing)
    await post.put("larvik-sjef", "horten-sjef")
    await post.delivery.drain()
    assert failures == []
    assert sorted(post.platform.asked) == ["horten-sjef", "larvik-sjef"]
    assert await post.store.waiting(NOW) == 0


async def test_what_was_sent_is_not_sent_again_because_where_it_went_could_not_be_kept(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    await post.put("larvik-sjef")
    failing = Failing(post.store.begin)
    monkeypatch.setattr(post.store, "begin", failing)
    await post.delivery.drain()
    assert failing.asked == 1  # the conversation that had begun
    assert post.platform.asked == ["larvik-sjef"]
    assert post.delivery.counts.retried == 0


async def test_a_message_that_could_not_be_drawn_for_want_of_the_database_is_sent_when_it_is_back(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "FIRST_PAUSE", timedelta(0))
    failing = Failing(post.store.read, times=sending.MOST_ATTEMPTS + 2)
    monkeypatch.setattr(post.store, "read", failing)
    await post.put("larvik-sjef")
    await post.delivery.drain()
    assert post.platform.asked == ["larvik-sjef"]
    assert post.delivery.counts.failed == 0


async def test_nothing_is_claimed_while_the_database_takes_nothing_in(post: Post) -> None:
    post.store.availability.why = Why.FULL
    await post.put("larvik-sjef")
    await asyncio.sleep(0.1)
    assert post.platform.asked == []
    await post.store.probe()
    post.delivery.wake()
    await post.platform.until(lambda: post.platform.asked == ["larvik-sjef"])


async def test_a_claim_that_fails_is_tried_again(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    ask, failures = post.store.with_something_due, [OSError("gone")]

    async def failing(now: datetime) -> object:
        if failures:
            raise failures.pop()
        return await ask(now)

    monkeypatch.setattr(post.store, "with_something_due", failing)
    await post.put("larvik-sjef")
    await post.delivery.drain()
    assert post.platform.asked == ["larvik-sjef"]


async def test_what_a_process_that_died_had_under_way_is_taken_over(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery_module, "RENEWALS", 10**6)
    monkeypatch.setattr(deliveries, "monotonic", count(step=100).__next__)
    dead = SqlStore(post.store.url, list(post.store.communities.values()))
    async with dead.begin("vestfold") as work:
        await work.outbox.put(letter("larvik-sjef", urgent=False), now=NOW)
    assert await dead.claim(Order("vestfold", NOW, NOW, 10))
    await dead.close()
    taking_over = Delivery(post.store, StandingClock(), {"teams": post.platform})
    running = asyncio.create_task(taking_over.run())
    await post.platform.until(lambda: post.platform.asked == ["larvik-sjef"])
    await taking_over.stop()
    await running
