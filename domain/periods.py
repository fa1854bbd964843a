"""A demanding period and the dates of its meetings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

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
class Rhythm:
    """When a period meets from the date `since` on: on days of the week, or every so many days counted from `anchor`.

    Dates and times of day are local.
    """

    since: date
    start: time
    end: time
    every_days: int
    anchor: date
    weekdays: tuple[int, ...] = ()  # Monday 0; where there are any, `every_days` does not count

    def meets_on(self, day: date) -> bool:
        if self.weekdays:
            return day.weekday() in self.weekdays
        return (day - self.anchor).days % self.every_days == 0


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
    changes: tuple[Rhythm, ...] = ()  # of the rhythm since the period was started, by date

    @property
    def rhythms(self) -> tuple[Rhythm, ...]:
        """The one it was started with, and those that came later."""
        started = Rhythm(self.first_meeting, self.start, self.end, self.every_days, self.first_meeting)
        return (started, *self.changes)

    def rhythm_on(self, day: date) -> Rhythm:
        """The rhythm that holds on a local date; before the period begins, its first."""
        return _in_force(self.rhythms, day) or self.rhythms[0]

    def worth_telling(self, dates: Sequence[MeetingDate]) -> list[MeetingDate]:
        """Dropped and moved meetings that people must hear of."""
        return [d for d in dates if worth_telling([d], self.rhythm_on(d.planned).every_days)]

    def with_rhythm(self, rhythm: Rhythm) -> DemandingPeriod:
        """The period as it meets when this rhythm holds from its date on, whatever was to come after."""
        since = max(rhythm.since, self.first_meeting)
        kept = tuple(change for change in self.changes if change.since < since)
        return replace(self, changes=(*kept, replace(rhythm, since=since)))

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
    """The meetings of a period with one rhythm, as `meetings_of` gives them."""
    steady = Rhythm(first, time(0), time(0), every_days, first)
    return meetings_of([steady], until, skip_days_off=skip_days_off, horizon=horizon)


def meetings_of(
    rhythms: Sequence[Rhythm], until: date | None, *, skip_days_off: bool, horizon: date
) -> Iterator[MeetingDate]:
    """The meetings in order, up to `until` (inclusive), or up to `horizon` when there is no last date.

    A meeting on a day off is dropped, or moved to the next working day if that is not after `until` and not itself a
    meeting day already.
    """
    last = horizon if until is None else until
    taken: set[date] = set()
    for planned in _days(rhythms[0].since, last):
        if not _is_planned(rhythms, planned):
            continue
        held: date | None = planned
        if is_day_off(planned):
            held = None if skip_days_off else next_working_day(planned)
        on_rhythm = held is not None and held != planned and _is_planned(rhythms, held)
        # The horizon drops nothing: seen from a later one, the same meeting stands.
        too_late = held is not None and until is not None and held > until
        if too_late or held in taken or on_rhythm:
            held = None
        if held is not None:
            taken.add(held)
        yield MeetingDate(planned, held)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _is_planned(rhythms: Sequence[Rhythm], day: date) -> bool:
    rhythm = _in_force(rhythms, day)
    return rhythm is not None and rhythm.meets_on(day)


def _in_force(rhythms: Sequence[Rhythm], day: date) -> Rhythm | None:
    return next((rhythm for rhythm in reversed(rhythms) if rhythm.since <= day), None)


def worth_telling(dates: list[MeetingDate], every_days: int) -> list[MeetingDate]:
    """Dropped and moved meetings that people must hear of: of daily meetings, nobody expects those at a weekend."""
    return [d for d in dates if d.changed and not (every_days == 1 and is_weekend(d.planned))]
