"""Communities that live through weeks of meetings in one process, on a clock that only we move.

The product is whole but for its platforms: due work, outbox and delivery run as they do in service, everything that is
drawn is drawn, and the messages lie on the web. People press the buttons that people press.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count

import structlog

from bench.overview import CHAT, Case, community_of
from bot.clock import DevClock
from bot.delivery import Delivery
from bot.wakeups import Wakeups
from dialogs.router import answer
from dialogs.turn import Event
from domain.community import Community, IndicatorType, Person, Role, Unit
from domain.rounds import Round
from services import people
from services.messages import Json
from storage.store import SqlStore

LEADER = Person("leder", "Leder", "leder@example.no", frozenset({Role.COORDINATOR, Role.SECRETARIAT}))
_NUMBERS = count()


def community(key: str, municipalities: int, clinics: int) -> Community:
    """With a coordinator, and the organs of the example."""
    made = community_of(Case(key, municipalities, clinics, 0))
    forums = tuple(replace(forum, hosts=()) for forum in made.forums)
    return replace(made, people=(*made.people, LEADER), forums=forums)


@dataclass(slots=True)
class Life:
    """`waits` are the processor's seconds from each instant at which something fell due until all of it was sent."""

    store: SqlStore
    clock: DevClock
    wakeups: Wakeups
    delivery: Delivery
    waits: list[float] = field(default_factory=list)

    @property
    def communities(self) -> Sequence[Community]:
        return list(self.store.communities.values())

    async def until(self, to: datetime) -> None:
        """Lets time pass, and everything that falls due on the way happen in its order."""
        await self.settle()
        while (following := await self.store.next_instant(self.clock.now())) is not None and following <= to:
            self.clock.move(following)
            began = time.process_time()
            await self.settle()
            self.waits.append(time.process_time() - began)
        self.clock.move(to)
        await self.settle()

    async def settle(self) -> None:
        while True:
            done = await self.wakeups.do_all_due()
            await self.delivery.drain()
            if not done:
                return

    async def press(self, key: str, person: str, action: str, **data: Json) -> None:
        event = Event(f"press-{next(_NUMBERS)}", CHAT, action=action, data=data)
        card = (await answer(self.store, key, person, event, self.clock.now())).card
        if card is None or any(field.error for field in card.inputs):
            raise SystemExit(f"{key}: {action} was not taken")

    async def meetings(self, key: str, first: date, weeks: int) -> list[Round]:
        """The coordinator starts a period of weekly meetings; its rounds."""
        form: dict[str, Json] = {
            "reason": "innstrom",
            "level": "yellow",
            "first_meeting": first.isoformat(),
            "start": "16:00",
            "every_days": "7",
            "until": (first + timedelta(weeks=weeks - 1)).isoformat(),
        }
        await self.press(key, LEADER.key, "period.start", **form)
        async with self.store.read(key) as work:
            rounds = [r for r in await work.rounds.running(self.clock.now()) if r.cancelled_at is None]
        return [r for r in rounds if r.meeting_at > self.clock.now()]

    async def answered(self, rounds: dict[str, Round]) -> None:
        """All units answer: nine of ten in time, the others after the deadline, before the meeting; then it is held."""
        [opens] = {round_.opens_at for round_ in rounds.values()}
        [due] = {round_.due_at for round_ in rounds.values()}
        units = max((known.units for known in self.communities), key=len)
        await self.until(opens)
        for number in range(len(units)):
            late = number % 10 == 9
            share = number / len(units)
            await self.until(due + timedelta(minutes=number) if late else opens + (due - opens) * share)
            for key, round_ in rounds.items():
                await self._answer(self.store.communities[key], units[number], round_)
        [ends] = {round_.meeting_ends_at for round_ in rounds.values()}
        await self.until(ends + timedelta(hours=1))

    async def _answer(self, known: Community, unit: Unit, round_: Round) -> None:
        values = figures(known, unit, next(_NUMBERS))
        await self.press(
            known.key, f"{unit.key}-sjef", "status.submit", round=round_.id, unit=unit.key, seen=0, **values
        )


def figures(known: Community, unit: Unit, number: int) -> dict[str, Json]:
    """A whole form. What is counted on both sides differs for the first municipality alone."""
    by_type: dict[IndicatorType, Json] = {IndicatorType.LEVEL: "yellow", IndicatorType.TEXT: words(known.key, unit)}
    both = {i.key for i in known.indicators if i.reconciles} | known.waiting_keys
    counted = dict.fromkeys(both, "1" if unit == known.units[0] else "0")
    return {
        f.key: by_type.get(f.indicator.type) or counted.get(f.indicator.key) or str(number % 9)
        for f in known.fields_of(unit)
    }


def words(key: str, unit: Unit) -> str:
    """What only this unit of this community says."""
    return f"Behov for flere senger, {unit.name} i {key}."


@asynccontextmanager
async def living(url: str, known: Sequence[Community], start: datetime) -> AsyncIterator[Life]:
    store, clock = SqlStore(url, known), DevClock(start)
    await store.open()
    for each in known:
        async with store.begin(each.key) as work:
            await people.sync(work, start)
    life = Life(store, clock, Wakeups(store, clock), Delivery(store, clock, {}))
    store.after_commit = life.delivery.wake
    with _quiet():
        sending = asyncio.create_task(life.delivery.run())
        try:
            yield life
        finally:
            await life.delivery.stop()
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            await store.close()


@contextmanager
def _quiet() -> Iterator[None]:
    """Faults are logged, what happens every day is not."""
    known = structlog.get_config()
    faults = structlog.make_filtering_bound_logger(logging.ERROR)
    structlog.configure(**{**known, "wrapper_class": faults, "cache_logger_on_first_use": False})
    try:
        yield
    finally:
        structlog.configure(**known)


def moment(day: date, hour: int) -> datetime:
    """UTC."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
