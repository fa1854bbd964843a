"""What `oversikt` costs: 60 units after 200 rounds beside 12 units after one, in one run.

`python -m bench.overview [--turns N] [--rounds N]`. A turn is what the process does between activity and answer: the
router on a store of its own, and the card drawn for Teams as JSON. The cases take turns in every round; a ratio is
taken within one, and the median is the figure.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bench import measure
from bot.addresses import Addresses
from bot.channels.teams.cards import draw
from dialogs.router import answer
from dialogs.turn import Event, Place
from domain.community import Community, IndicatorType, Person, PreparednessLevel, Role, Unit, UnitKind
from domain.community_file import read_community
from domain.periods import DemandingPeriod, Reason
from domain.reports import Figure, StatusReport
from domain.rounds import Round, schedule
from services import people
from services.messages import Address
from services.pictures import picture
from services.ports import Sealed
from services.round_json import sealed_content
from storage.store import SqlStore

EXAMPLE = read_community((Path(__file__).parents[1] / "examples/vestfold/community.yaml").read_text(encoding="utf-8"))
WANTED = 6.0
LAST_MEETING = date(2023, 11, 28)
STARTED = datetime(2019, 1, 1, tzinfo=UTC)
READER = Person("leser", "Leser", "leser@example.no", frozenset({Role.OBSERVER}))
CHAT = Place(Address("teams", "tenant", "a:leser"))
ADDRESSES = Addresses(b"a key for the benchmark", "https://bot.example.no")


@dataclass(frozen=True, slots=True)
class Case:
    """A community of so many municipalities and clinics, at the last of so many weekly rounds."""

    name: str
    municipalities: int
    clinics: int
    rounds: int

    @property
    def units(self) -> int:
        return self.municipalities + self.clinics


FEW, MANY = Case("few", 7, 5, 1), Case("many", 55, 5, 200)
CASES = (FEW, Case("few_long", 7, 5, 200), Case("many_short", 55, 5, 1), MANY)
"""The two that are compared, and between them what the rounds and what the units cost alone."""


def community_of(case: Case) -> Community:
    towns = [Unit(f"k{n}", f"Kommune {n}", UnitKind.MUNICIPALITY, 20_000) for n in range(case.municipalities)]
    clinics = [Unit(f"s{n}", f"Klinikk {n}", UnitKind.CLINIC) for n in range(case.clinics)]
    units = (*towns, *clinics)
    answering = [
        Person(f"{u.key}-sjef", u.name, f"{u.key}@example.no", frozenset({Role.RESPONDENT}), u.key) for u in units
    ]
    indicators = tuple(replace(indicator, excluded=frozenset()) for indicator in EXAMPLE.indicators)
    return replace(EXAMPLE, key=case.name, units=units, people=(*answering, READER), indicators=indicators)


@dataclass(frozen=True, slots=True)
class Filled:
    """A case's store, in which every unit has answered every round and all but the last are sealed; and when it is."""

    case: Case
    store: SqlStore
    now: datetime

    async def turn(self, number: str) -> int:
        """One `oversikt`; bytes of its card."""
        said = await answer(self.store, self.case.name, READER.key, Event(number, CHAT, text="oversikt"), self.now)
        if said.card is None or said.card.plain:
            raise SystemExit(f"{self.case.name}: no overview came")
        return len(json.dumps(draw(said.card, ADDRESSES.url)))


async def filled(url: str, case: Case) -> Filled:
    community = community_of(case)
    store = SqlStore(url, [community])
    await store.open()
    first = LAST_MEETING - timedelta(weeks=case.rounds - 1)
    async with store.begin(case.name) as work:
        await people.sync(work, STARTED)
        await work.periods.add(_period(community, first))
    rounds = [_round(community, first + timedelta(weeks=number), number) for number in range(case.rounds)]
    for number, round_ in enumerate(rounds):
        async with store.begin(case.name) as work:
            await work.rounds.add(round_)
            for place, unit in enumerate(community.units):
                await work.reports.add(_report(community, round_, unit, number + place))
        if round_ is not rounds[-1]:
            async with store.begin(case.name) as work:
                known = await picture(work, round_, round_.meeting_at, as_of=round_.meeting_at)
                await work.rounds.seal(round_.id, Sealed(round_.meeting_at, sealed_content(known)))
    return Filled(case, store, rounds[-1].summary_at)


def _period(community: Community, first: date) -> DemandingPeriod:
    return DemandingPeriod(
        id="period",
        community=community.key,
        reasons=(Reason.INFLOW,),
        level=PreparednessLevel.YELLOW,
        first_meeting=first,
        start=community.meeting.start,
        end=community.meeting.end,
        every_days=7,
        until=None,
        note="",
        skip_days_off=False,
        started_by=READER.key,
        started_at=STARTED,
    )


def _round(community: Community, day: date, number: int) -> Round:
    steps = schedule(community, day, community.meeting.start, community.meeting.end, now=STARTED)
    return Round(
        id=f"round-{number}",
        community=community.key,
        period="period",
        opens_at=steps.opens_at,
        due_at=steps.due_at,
        summary_at=steps.summary_at,
        meeting_at=steps.meeting_at,
        meeting_ends_at=steps.meeting_ends_at,
    )


def _report(community: Community, round_: Round, unit: Unit, number: int) -> StatusReport:
    """A whole form; the figures differ from unit to unit and from week to week."""
    by_type: dict[IndicatorType, Figure] = {
        IndicatorType.LEVEL: ("green", "yellow", "red")[number % 3],
        IndicatorType.PERCENT: 80 + number % 30,
        IndicatorType.TEXT: f"Behov for flere senger i uke {number}.",
    }
    values = {f.key: by_type.get(f.indicator.type, number % 9) for f in community.fields_of(unit)}
    at = round_.opens_at + timedelta(hours=1)
    return StatusReport(round_.id, unit.key, 1, values, f"{unit.key}-sjef", at, at)


async def measured(turns: int, rounds: int) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        async with AsyncExitStack() as open_stores:
            cases = []
            for case in CASES:
                print(f"filling {case.name}: {case.units} units, {case.rounds} rounds", file=sys.stderr)
                made = await filled(f"sqlite+aiosqlite:///{folder}/{case.name}.db", case)
                open_stores.push_async_callback(made.store.close)
                cases.append(made)
            return report(cases, *await _timed(cases, turns, rounds))


async def _timed(cases: Sequence[Filled], turns: int, rounds: int) -> tuple[dict[str, list[float]], dict[str, int]]:
    """Milliseconds a turn of each case in each round, and the bytes of its card."""
    sizes = {made.case.name: await made.turn("warm") for made in cases}
    times: dict[str, list[float]] = {made.case.name: [] for made in cases}
    for number in range(rounds):
        for made in cases:
            began = time.perf_counter()
            for n in range(turns):
                await made.turn(f"{number}-{n}")
            times[made.case.name].append((time.perf_counter() - began) / turns * 1000)
    return times, sizes


def report(cases: Sequence[Filled], times: dict[str, list[float]], sizes: dict[str, int]) -> bool:
    """Prints what was measured; whether the ratio is within what is wanted."""
    print(measure.machine())
    for made in cases:
        case, each = made.case, times[made.case.name]
        taken = measure.told(each)
        print(f"{case.units:4} units, {case.rounds:4} rounds: {taken} ms, card of {sizes[case.name]} bytes")
    ratios = measure.ratios(times[MANY.name], times[FEW.name])
    print(f"ratio {measure.told(ratios)}, wanted at most {WANTED:g}")
    return statistics.median(ratios) <= WANTED


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=9)
    given = parser.parse_args()
    sys.exit(0 if asyncio.run(measured(given.turns, given.rounds)) else 1)
