"""Easter, summer and Christmas: when they are, when the coordinator is asked about them, what is proposed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from domain.community import Community
from domain.periods import DemandingPeriod
from domain.rounds import deadline
from domain.working_time import instant, is_day_off, local_date, next_permitted, previous_working_day

AHEAD = timedelta(weeks=3)
ASKED_AT = time(9)
WEEK = timedelta(days=7)
FIRST_SUMMER_WEEK, LAST_SUMMER_WEEK = 26, 33
"""ISO weeks of the summer holiday where the community file gives no dates; assumed, as schools' holidays differ."""


class Season(StrEnum):
    EASTER = "easter"
    SUMMER = "summer"
    CHRISTMAS = "christmas"


@dataclass(frozen=True, slots=True)
class Holiday:
    """One season of one year, both days included."""

    season: Season
    year: int
    first: date
    last: date

    def is_covered_by(self, period: DemandingPeriod) -> bool:
        """Whether the period lasts through it."""
        return period.first_meeting <= self.last and (period.until is None or period.until >= self.last)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A period around a holiday: weekly, from the usual day before it to the usual day after it."""

    first_meeting: date
    until: date


def holiday(community: Community, season: Season, year: int) -> Holiday:
    """Easter from Palm Sunday to Easter Monday, Christmas from 24 December to 1 January, summer as the file says."""
    match season:
        case Season.EASTER:
            sunday = easter_sunday(year)
            first, last = sunday - WEEK, sunday + timedelta(days=1)
        case Season.CHRISTMAS:
            first, last = date(year, 12, 24), date(year + 1, 1, 1)
        case Season.SUMMER:
            first, last = _summer(community, year)
    return Holiday(season, year, first, last)


def _summer(community: Community, year: int) -> tuple[date, date]:
    given = community.summer_holiday
    if given is not None and given.year in (None, year):
        return date(year, *given.first), date(year, *given.last)
    return date.fromisocalendar(year, FIRST_SUMMER_WEEK, 1), date.fromisocalendar(year, LAST_SUMMER_WEEK, 7)


def easter_sunday(year: int) -> date:
    """By the Gregorian computus (Meeus, Astronomical Algorithms)."""
    golden, century = year % 19, year // 100
    skipped = century - century // 4 - (8 * century + 13) // 25
    moon = (skipped + 19 * golden + 15) % 30
    moon -= (moon // 28) * (1 - (29 // (moon + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + moon + 2 - century + century // 4) % 7
    day = moon - weekday
    month = 3 + (day + 40) // 44
    return date(year, month, day + 28 - 31 * (month // 4))


def next_holiday(community: Community, season: Season, today: date) -> Holiday:
    """The first of its kind that has not begun."""
    this_year = holiday(community, season, today.year)
    return this_year if this_year.first > today else holiday(community, season, today.year + 1)


def asked_at(community: Community, of: Holiday) -> datetime:
    """Three weeks before it begins, or on the last working day before that, in the morning (UTC)."""
    day = of.first - AHEAD
    if is_day_off(day):
        day = previous_working_day(day)
    return next_permitted(instant(day, ASKED_AT, community.zone), community.quiet_hours, community.zone)


def propose(community: Community, of: Holiday, now: datetime) -> Proposal | None:
    """The usual meeting day in the week before, if people can still be asked for it, else the next; to that after.

    None when there is no such day left.
    """
    until = _usual_day(community, of.last + timedelta(days=1), WEEK)
    first = _usual_day(community, of.first - timedelta(days=1), -WEEK)
    if deadline(community, first, community.meeting.start) <= now:
        first = _usual_day(community, local_date(now, community.zone), WEEK, not_before=now)
    return Proposal(first, until) if first <= until else None


def _usual_day(community: Community, day: date, step: timedelta, *, not_before: datetime | None = None) -> date:
    """The community's meeting day nearest to `day`, on it or beyond it in the direction of the steps; no day off."""
    one_day = timedelta(days=1) if step > timedelta() else -timedelta(days=1)
    while day.weekday() != community.meeting.weekday:
        day += one_day
    while is_day_off(day) or (not_before and deadline(community, day, community.meeting.start) <= not_before):
        day += step
    return day
