"""On which mornings a deadline is reminded of: at set distances, until it is done, put off, or refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain.period_form import read_date
from domain.working_time import is_day_off, next_working_day, previous_working_day

REMINDED_BEFORE = (7, 1, 0)
"""Days before the deadline; a day off gives way to the working day before it."""

FARTHEST_SNOOZE = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class DeadlineState:
    """What somebody said about a deadline; `key` is the deadline's. Nothing said: as it follows from the plan."""

    key: str
    done_at: datetime | None = None
    done_by: str | None = None
    snoozed_until: dt.date | None = None
    declined_by: str | None = None  # who cannot keep it

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.declined_by is None

    def done(self, by: str, now: datetime) -> DeadlineState:
        return replace(self, done_at=now, done_by=by)

    def declined(self, by: str) -> DeadlineState:
        return replace(self, declined_by=by)

    def snoozed(self, until: date) -> DeadlineState:
        return replace(self, snoozed_until=until)

    def anew(self) -> DeadlineState:
        """As if nothing had been said: the deadline has another day, or is somebody else's."""
        return DeadlineState(self.key)


def reminder_days(due: date, before: Iterable[int] = REMINDED_BEFORE) -> list[date]:
    """The mornings of a deadline, earliest first."""
    return sorted({_or_before(due - timedelta(days=days)) for days in before})


def is_reminded_on(day: date, due: date, state: DeadlineState | None, before: Iterable[int] = REMINDED_BEFORE) -> bool:
    """Whether that morning is one. Put off, it comes on the chosen day; those scheduled before that do not come."""
    if state is None or state.snoozed_until is None:
        return (state is None or state.is_open) and day in reminder_days(due, before)
    if not state.is_open or day < state.snoozed_until:
        return False
    return day == state.snoozed_until or day in reminder_days(due, before)


def _or_before(day: date) -> date:
    return previous_working_day(day) if is_day_off(day) else day


class Later(StrEnum):
    """Until when somebody puts a reminder off."""

    TOMORROW = "tomorrow"
    MONDAY = "monday"
    DATE = "date"


class WrongLater(StrEnum):
    NOT_A_DATE = "not_a_date"
    NOT_AHEAD = "not_ahead"
    TOO_FAR = "too_far"


def read_later(choice: str, typed: str, today: date) -> date | WrongLater:
    """The working day that is meant. A date counts with `date`, and alone; without either it is tomorrow."""
    if choice == Later.DATE or (typed and choice not in tuple(Later)):
        day = read_date(typed) if typed else None
        if day is None:
            return WrongLater.NOT_A_DATE
        if day <= today:
            return WrongLater.NOT_AHEAD
        if day > today + FARTHEST_SNOOZE:
            return WrongLater.TOO_FAR
        return next_working_day(day) if is_day_off(day) else day
    if choice == Later.MONDAY:
        monday = today + timedelta(days=7 - today.weekday())
        return next_working_day(monday) if is_day_off(monday) else monday
    return next_working_day(today)
