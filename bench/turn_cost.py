"""What a turn costs in a large community and after many rounds, beside one in a small community after one round.

`python -m bench.turn_cost [--units N] [--past N] [--rounds N]`, on SQLite and on PostgreSQL. A turn is what the process
does between activity and answer, as in `bench.overview`: who it is, the router, the answer drawn for Teams. What counts
is the processor's time, the database's included. `oversikt` shows every unit, so it has a measure of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from bench import engines, measure
from bench.overview import ADDRESSES, CHAT, Case, Filled, filled
from bot.channels.teams.cards import draw
from dialogs.router import answer
from dialogs.turn import Event
from domain.community import IndicatorType, Unit
from domain.rounds import Round
from services.messages import Json, Message, Recipient
from services.pictures import status_topic, summary_topic
from services.ports import DueWork, Identity, Work

WANTED = 1.2
ANSWERING, TURNS = 5, 100
"""So many people write, in turn."""
_NUMBERS = count()


@dataclass(slots=True)
class Measured:
    """A case on an engine, and what each kind of turn was found to cost there, in milliseconds."""

    engine: engines.Engine
    filled: Filled
    spent: dict[str, list[float]] = field(default_factory=dict)

    @property
    def units(self) -> tuple[Unit, ...]:
        return self.filled.store.communities[self.filled.case.name].units[:ANSWERING]

    async def say(
        self, unit: Unit, text: str = "", action: str | None = None, data: Mapping[str, Json] | None = None
    ) -> None:
        """A turn of the unit's leader: words, or a button with its data."""
        store, key = self.filled.store, self.filled.case.name
        [(_, person)] = await store.whoever_is(_identity(unit))
        event = Event(f"turn-{next(_NUMBERS)}", CHAT, text=text, action=action, data=data or {})
        said = await answer(store, key, person, event, self.filled.now)
        if said.card is None or said.card.plain:
            raise SystemExit(f"no card came to {text or action}")
        json.dumps(draw(said.card, ADDRESSES.url))

    async def take(self, kind: str) -> None:
        began = self.engine.spent()
        for number in range(TURNS):
            await KINDS[kind](self, self.units[number % len(self.units)])
        self.spent.setdefault(kind, []).append((self.engine.spent() - began) / TURNS * 1000)


def _identity(unit: Unit) -> Identity:
    return Identity("teams", CHAT.address.tenant, unit.key)


async def _help(case: Measured, unit: Unit) -> None:
    await case.say(unit, text="hjelp")


async def _status(case: Measured, unit: Unit) -> None:
    """A whole form; every one differs from the last, so that it is a new revision."""
    number = next(_NUMBERS)
    by_type: dict[IndicatorType, Json] = {IndicatorType.LEVEL: "yellow", IndicatorType.TEXT: f"Behov {number}"}
    fields = case.filled.store.communities[case.filled.case.name].fields_of(unit)
    values = {f.key: by_type.get(f.indicator.type, str(number % 90)) for f in fields}
    await case.say(unit, action="status.submit", data={"round": _last(case), "unit": unit.key, **values})


async def _press(case: Measured, unit: Unit) -> None:
    await case.say(unit, action="status.open", data={"round": _last(case), "unit": unit.key})


def _last(case: Measured) -> str:
    return f"round-{case.filled.case.rounds - 1}"


KINDS: Mapping[str, Callable[[Measured, Unit], Awaitable[None]]] = {
    "`hjelp`": _help,
    "a form stored": _status,
    "a button pressed": _press,
}


@asynccontextmanager
async def opened(engine: engines.Engine, case: Case) -> AsyncIterator[Measured]:
    """The case, with what every round leaves behind."""
    print(f"filling {engine.name}: {case.units} units, {case.rounds} rounds", file=sys.stderr)
    made = await filled(engine.database(case.name), case)
    await _trail(made)
    measured = Measured(engine, made)
    async with made.store.begin(case.name) as work:
        for unit in measured.units:
            await work.people.know(_identity(unit), f"{unit.key}-sjef", CHAT.address, made.now)
    yield measured
    await made.store.close()


async def _trail(made: Filled) -> None:
    """What past rounds leave: messages that were sent, work that was done, events, what is on record, and minutes."""
    async with made.store.read(made.case.name) as work:
        rounds = await work.rounds.all()
    for round_ in rounds[:-1]:
        async with made.store.begin(made.case.name) as work:
            await _leave(work, round_)
            await work.minutes.begin(round_.id)
            draft = await work.minutes.get(round_.id)
            if draft is not None:
                sent = draft.sent(round_.meeting_ends_at)
                await work.minutes.change(draft, sent)
                await work.minutes.change(sent, sent.approved(round_.meeting_ends_at, None))
    await engines.settle(made.store.url)


async def _leave(work: Work, round_: Round) -> None:
    for unit in work.community.units:
        to = Recipient(person=f"{unit.key}-sjef")
        about: dict[str, Json] = {"round": round_.id, "unit": unit.key}
        topics = {"status.prompt": status_topic(round_.id, unit.key), "summary.posted": summary_topic(round_.id)}
        for template, topic in topics.items():
            message = Message(f"{template}:{round_.id}:{unit.key}", to, template, about, topic)
            await work.outbox.put(message, now=round_.opens_at)
        await work.first_time(f"event:{round_.id}:{unit.key}", round_.opens_at)
        await work.audit.add(
            "report.answered",
            f"report:{round_.id}:{unit.key}",
            by=to.person,
            now=round_.opens_at,
            after={"overliggere": 3},
        )
    for kind in ("prompt", "reminder:1", "reminder:2", "summary", "seal", "run", "over", "minutes"):
        key = f"round:{round_.id}:{kind}"
        await work.due.put(DueWork(key, "round.prompt", {"round": round_.id}, round_.opens_at + timedelta(hours=1)))


@dataclass(frozen=True, slots=True)
class Pair:
    """The same on a small scale and on a large one."""

    name: str
    small: Measured
    large: Measured


async def _pairs(stack: AsyncExitStack, engine: engines.Engine, units: int, past: int) -> list[Pair]:
    made = [
        (f"12 and {units:,} units", Case("few", 7, 5, 1), Case("many", units - 5, 5, 1)),
        (f"1 and {past} past rounds", Case("short", 7, 5, 2), Case("long", 7, 5, past + 1)),
    ]
    return [
        Pair(name, *[await stack.enter_async_context(opened(engine, case)) for case in cases]) for name, *cases in made
    ]


async def measured(units: int, past: int, rounds: int) -> bool:
    with engines.both() as both:
        async with AsyncExitStack() as stack:
            pairs = [pair for engine in both for pair in await _pairs(stack, engine, units, past)]
            for number in range(rounds + 1):
                for pair in pairs:
                    for kind in KINDS:
                        for case in (pair.small, pair.large):
                            await case.take(kind)
                            if number == 0:  # warm, not counted
                                case.spent[kind].clear()
            return report(pairs)


def report(pairs: list[Pair]) -> bool:
    print(measure.machine())
    rows, good = [], True
    for pair in pairs:
        for kind in KINDS:
            small, large = pair.small.spent[kind], pair.large.spent[kind]
            ratios = measure.ratios(large, small)
            good = good and statistics.median(ratios) <= WANTED
            told = (measure.told(each, ".2f") for each in (small, large, ratios))
            rows.append((pair.small.engine.name, pair.name, kind, *told, f"{WANTED:g}"))
    print(measure.table(("engine", "beside each other", "turn", "ms, few", "ms, many", "ratio", "at most"), rows))
    return good


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=10_000)
    parser.add_argument("--past", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    sys.exit(0 if asyncio.run(measured(given.units, given.past, given.rounds)) else 1)
