"""A demanding period and the dates of its meetings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import takewhile

from domain.community import PreparednessLevel
from domain.working_time import is_day_off, is_weekend, next_working_day

OPEN_END_HORIZON = timedelta(weeks=8)
"""How far ahead the rounds of a period without a last date are made."""


class Reason(StrEnum):
    INFLOW = "innstrom"
    OVERLIGGERE = "overliggere"
    STAFFING = "bemanning"
    HOLIDAYS = "ferie"
    OTHER = "annet"


@dataclass(frozen=True, slots=True)
class DemandingPeriod:
    """Krisemodus: the time in which rounds run. Dates and times of day are local, `ended_at` is UTC."""

    id: str
    community: str
    reasons: tuple[Reason, ...]
    level: PreparednessLevel
    first_meeting: date
    start: time
    end: time
    every_days: int
    until: date | None
    note: str
    skip_days_off: bool
    started_by: str
    started_at: datetime
    ended_at: datetime | None = None

    def overlaps(self, first: date, until: date | None) -> bool:
        """Whether both periods have a day in common; one without a last date goes on for ever."""
        return (self.until is None or first <= self.until) and (until is None or self.first_meeting <= until)


@dataclass(frozen=True, slots=True)
class LevelChange:
    """The coordinator set another level for a period; `at` is UTC."""

    period: str
    number: int  # 1 for the first change
    before: PreparednessLevel
    after: PreparednessLevel
    note: str
    by: str
    at: datetime


def level_at(level: PreparednessLevel, changes: Sequence[LevelChange], at: datetime) -> PreparednessLevel:
    """The level that held at an instant, from the one that holds now and its changes, the oldest first."""
    return next((change.before for change in changes if change.at > at), level)


@dataclass(frozen=True, slots=True)
class MeetingDate:
    """One step of a period's rhythm: `planned` is what the rhythm gives, `held` what days off make of it."""

    planned: date
    held: date | None  # None: dropped

    @property
    def changed(self) -> bool:
        return self.planned != self.held


def meeting_dates(
    first: date, every_days: int, until: date | None, *, skip_days_off: bool, horizon: date
) -> Iterator[MeetingDate]:
    """The period's meetings in order, up to `until` (inclusive), or up to `horizon` when there is no last date.

    A meeting on a day off is dropped, or moved to the next working day if that is not after `until` and not itself a
    meeting day already.
    """
    last = horizon if until is None else until
    step = timedelta(days=every_days)
    steps = takewhile(lambda day: day <= last, (first + n * step for n in range((last - first) // step + 1)))
    taken: set[date] = set()
    for planned in steps:
        held: date | None = planned
        if is_day_off(planned):
            held = None if skip_days_off else next_working_day(planned)
        on_rhythm = held is not None and held != planned and (held - first) % step == timedelta(0)
        # The horizon drops nothing: seen from a later one, the same meeting stands.
        too_late = held is not None and until is not None and held > until
        if too_late or held in taken or on_rhythm:
            held = None
        if held is not None:
            taken.add(held)
        yield MeetingDate(planned, held)


def worth_telling(dates: list[MeetingDate], every_days: int) -> list[MeetingDate]:
    """Dropped and moved meetings that people must hear of: of daily meetings, nobody expects those at a weekend."""
    return [d for d in dates if d.changed and not (every_days == 1 and is_weekend(d.planned))]
