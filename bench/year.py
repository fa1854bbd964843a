"""Nineteen communities of 60 units through a year in one process, beside one community alone through the same year.

`python -m bench.year [--communities N] [--weeks N]`, on SQLite. All have their weekly meetings in the same crisis weeks
and the same plan of twelve meetings with their deadlines, so everything falls due at once everywhere. The one alone
lives through it before and after. What counts is the processor's time. At the end nothing may be lost, sent twice or
found in another community.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from datetime import time as clock_time

import psutil
from sqlmodel import col, select

from bench import measure
from bench.life import LEADER, Life, community, living, moment, words
from domain.community import Community
from domain.plan.meeting import Meeting
from domain.rounds import Round
from services import plan_changes
from storage.engine import Engines
from storage.tables import OutboxRow

WANTED = 1.5
WEEKS = 52
FIRST_DAY, FIRST_MEETING = date(2024, 1, 2), date(2024, 1, 16)
UNITS = 55, 5


@dataclass(frozen=True, slots=True)
class Lived:
    """What a year took: seconds of the processor and by the clock, megabytes at the start and at the end."""

    communities: int
    spent: float
    took: float
    before: float
    after: float
    longest_wait: float
    faults: list[str]

    @property
    def figures(self) -> tuple[float, ...]:
        return self.spent, self.took, self.a_week, self.longest_wait, self.before, self.after

    @property
    def a_week(self) -> float:
        """Milliseconds of the processor for a week of one community."""
        return self.spent / self.communities / WEEKS * 1000


async def lived(size: int, crisis_weeks: int, units: tuple[int, int] = UNITS) -> Lived:
    """`units` are municipalities and clinics of each."""
    known = [community(f"c{number}", *units) for number in range(size)]
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/year.db"
        async with living(url, known, moment(FIRST_DAY, 9)) as life:
            before, began, clock = _memory(), time.process_time(), time.monotonic()
            rounds = await _year(life, known, crisis_weeks)
            spent, took = time.process_time() - began, time.monotonic() - clock
            after = _memory()
            faults = [fault for key in rounds for fault in await _faults(life, url, key, rounds[key])]
            return Lived(size, spent, took, before, after, max(life.waits), faults)


async def _year(life: Life, known: list[Community], crisis_weeks: int) -> dict[str, list[Round]]:
    for each in known:
        await _plan(life, each.key)
    rounds = {each.key: await life.meetings(each.key, FIRST_MEETING, crisis_weeks) for each in known}
    for number in range(crisis_weeks):
        await life.answered({key: of[number] for key, of in rounds.items()})
    await life.until(moment(FIRST_DAY + timedelta(weeks=WEEKS), 9))
    return rounds


async def _plan(life: Life, key: str) -> None:
    """A meeting of an organ every month, with the deadlines that follow from it."""
    forums = life.store.communities[key].forums
    async with life.store.begin(key) as work:
        for month in range(12):
            day = FIRST_MEETING.replace(month=month + 1, day=18)
            meeting = Meeting(forums[month % len(forums)].key, day, day, clock_time(13), clock_time(15))
            await plan_changes.add(work, meeting, LEADER, life.clock.now())


def _memory() -> float:
    return float(psutil.Process().memory_info().rss) / 1e6


async def _faults(life: Life, url: str, key: str, rounds: list[Round]) -> list[str]:
    """What was lost, came twice or is another community's."""
    known = life.store.communities[key]
    found = []
    async with life.store.read(key) as work:
        sealed = await work.rounds.sealed([round_.id for round_ in rounds])
        answers = await work.reports.revisions([round_.id for round_ in rounds])
    own = {unit.key: words(key, unit) for unit in known.units}
    if len(answers) != len(rounds) * len(known.units):
        found.append(f"{key}: {len(answers)} answers")
    found += [f"{key}: {a.unit} says {a.values}" for a in answers if own[a.unit] not in a.values.values()]
    for round_ in rounds:
        kept = json.dumps(sealed[round_.id].content, ensure_ascii=False) if round_.id in sealed else ""
        found += [f"{key}: {round_.id} lacks {unit}" for unit, said in own.items() if kept.count(said) != 1]
        found += [
            f"{key}: {round_.id} has another's"
            for other in life.store.communities
            if f"i {other}." in kept and other != key
        ]
    return found + await _wrongly_sent(url, known, rounds)


async def _wrongly_sent(url: str, known: Community, rounds: list[Round]) -> list[str]:
    """Every prompt and every summary once to each who gets it, and nothing left."""
    database = Engines(url)
    async with database.read.connect() as connection:
        sent = await connection.execute(
            select(OutboxRow.template, OutboxRow.recipient, OutboxRow.topic, OutboxRow.state).where(
                OutboxRow.community == known.key, col(OutboxRow.replaces).is_(None)
            )
        )
        messages = sent.all()
    await database.dispose()
    found = [f"{known.key}: {m.template} is {m.state}" for m in messages if m.state not in ("sent", "dropped")]
    often = Counter((m.template, m.recipient, m.topic) for m in messages if m.state == "sent")
    for round_ in rounds:
        wanted = [("summary.posted", "channel:web", f"summary:{round_.id}")]
        wanted += [
            ("status.prompt", f"person:{unit.key}-sjef", f"status:{round_.id}:{unit.key}") for unit in known.units
        ]
        found += [f"{known.key}: {message} came {often[message]} times" for message in wanted if often[message] != 1]
    return found


async def measured(communities: int, crisis_weeks: int) -> bool:
    lives = []
    for size in (1, communities, 1):
        print(f"{size} of {sum(UNITS)} units through a year", file=sys.stderr)
        lives.append(await lived(size, crisis_weeks))
    return report(lives)


def report(lives: list[Lived]) -> bool:
    print(measure.machine())
    head = (
        "communities",
        "s of the processor",
        "s",
        "ms for a community's week",
        "longest wait, s",
        "MB before",
        "MB after",
    )
    rows = [(each.communities, *(f"{figure:.1f}" for figure in each.figures)) for each in lives]
    print(measure.table(head, rows))
    ratios = [lives[1].a_week / alone.a_week for alone in (lives[0], lives[2])]
    faults = [fault for each in lives for fault in each.faults]
    print(f"a community's week costs {measure.told(ratios, '.2f')} times as much as alone (wanted at most {WANTED:g})")
    print(f"lost, twice or another's: {len(faults)}", *faults[:10], sep="\n")
    return max(ratios) <= WANTED and not faults


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--communities", type=int, default=19)
    parser.add_argument("--weeks", type=int, default=3)
    given = parser.parse_args()
    sys.exit(0 if asyncio.run(measured(given.communities, given.weeks)) else 1)
