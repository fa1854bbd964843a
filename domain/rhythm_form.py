"""The form that changes a running period's rhythm: what is accepted, what is wrong at which field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from domain.community import Community
from domain.identity_numbers import contains_identity_number
from domain.period_form import (
    FARTHEST_START,
    LONGEST_PERIOD,
    Mistake,
    Wrong,
    end_of,
    joined,
    read_date,
    read_time,
)
from domain.periods import DemandingPeriod, Rhythm
from domain.rounds import deadline
from domain.working_time import is_day_off, local_date

WORKING_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
FIELDS = ("weekdays", "start", "from", "until")
WEEK = 7


@dataclass(frozen=True, slots=True)
class RhythmRead:
    """`rhythm` is there when nothing is wrong. `typed` is what may be shown again."""

    rhythm: Rhythm | None
    until: date | None
    mistakes: Mapping[str, Mistake]
    typed: Mapping[str, str]


def read_rhythm(
    community: Community, inputs: Mapping[str, object], period: DemandingPeriod, now: datetime
) -> RhythmRead:
    """Checks the form by itself and against the calendar; its meetings are not looked at here."""
    text = {key: joined(inputs.get(key)) for key in FIELDS}
    typed = {key: value for key, value in text.items() if value and not contains_identity_number(value)}
    mistakes: dict[str, Mistake] = {}
    weekdays = _weekdays(text["weekdays"], mistakes)
    start = read_time(text["start"])
    if start is None:
        mistakes["start"] = Mistake(Wrong.NOT_A_TIME if text["start"] else Wrong.REQUIRED)
    since, until = read_date(text["from"]), read_date(text["until"])
    if since is None:
        mistakes["from"] = Mistake(Wrong.NOT_A_DATE if text["from"] else Wrong.REQUIRED)
    if until is None and text["until"]:
        mistakes["until"] = Mistake(Wrong.NOT_A_DATE)
    if since is not None:
        mistakes |= _date_mistakes(since, until, period, local_date(now, community.zone))
    if mistakes or not weekdays or start is None or since is None:
        return RhythmRead(None, None, mistakes, typed)
    return RhythmRead(weekly(community, since, start, weekdays), until, {}, typed)


def weekly(community: Community, since: date, start: time, weekdays: tuple[int, ...]) -> Rhythm:
    """On those days of the week (Monday 0) from a date on, as long as the community's usual meeting."""
    return Rhythm(since, start, end_of(community, start), WEEK, since, weekdays)


def weekdays_of(rhythm: Rhythm) -> tuple[int, ...]:
    """The days of the week that a rhythm meets on, where it is the same every week; else none."""
    if rhythm.weekdays:
        return rhythm.weekdays
    if rhythm.every_days == 1:
        return tuple(range(len(WORKING_DAYS)))
    day = rhythm.anchor.weekday()
    return (day,) if rhythm.every_days == WEEK and day < len(WORKING_DAYS) else ()


def first_possible(community: Community, start: time, now: datetime) -> date:
    """The first working day after today for which people can still be asked."""
    day = local_date(now, community.zone) + timedelta(days=1)
    while is_day_off(day) or deadline(community, day, start) <= now:
        day += timedelta(days=1)
    return day


def _weekdays(text: str, mistakes: dict[str, Mistake]) -> tuple[int, ...]:
    given = {part.strip() for part in text.split(",") if part.strip()}
    if not given:
        mistakes["weekdays"] = Mistake(Wrong.REQUIRED)
    elif given - set(WORKING_DAYS):
        mistakes["weekdays"] = Mistake(Wrong.NOT_A_CHOICE)
    return tuple(number for number, day in enumerate(WORKING_DAYS) if day in given)


def _date_mistakes(since: date, until: date | None, period: DemandingPeriod, today: date) -> dict[str, Mistake]:
    found: dict[str, Mistake] = {}
    if since < today:
        found["from"] = Mistake(Wrong.IN_THE_PAST)
    elif since > today + FARTHEST_START:
        found["from"] = Mistake(Wrong.TOO_FAR)
    if until is not None and until < since:
        found["until"] = Mistake(Wrong.UNTIL_BEFORE_FROM)
    elif until is not None and until - period.first_meeting > LONGEST_PERIOD:
        found["until"] = Mistake(Wrong.TOO_LONG_PERIOD)
    return found
