"""Days off, quiet hours and wall-clock arithmetic.

Instants are aware UTC datetimes. A local date or time of day exists only together with a zone, and offsets are taken
on the wall clock: 31 hours before Tuesday 16:00 is Monday 09:00 whether or not a clock change lies in between.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from domain.community import QuietHours

ONE_DAY = timedelta(days=1)


@lru_cache(maxsize=256)
def public_holidays(year: int) -> Mapping[date, str]:
    """Norway's public holidays of a year with their names in bokmål; 24 and 31 December are not among them."""
    found = holidays.country_holidays("NO", years=year, language="no")
    return {day: name for day, name in found.items() if day.year == year}


def is_day_off(day: date) -> bool:
    """Saturday, Sunday, public holiday, 24 and 31 December."""
    return day.weekday() >= 5 or (day.month == 12 and day.day in (24, 31)) or day in public_holidays(day.year)


def is_weekend(day: date) -> bool:
    return day.weekday() >= 5


def next_working_day(day: date) -> date:
    """The first working day after `day`."""
    day += ONE_DAY
    while is_day_off(day):
        day += ONE_DAY
    return day


def previous_working_day(day: date) -> date:
    """The last working day before `day`."""
    day -= ONE_DAY
    while is_day_off(day):
        day -= ONE_DAY
    return day


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The UTC instant of a local date and time.

    A time that the clock change in March skips becomes the moment that the clock is moved; of the two in October
    the first is taken. So each local date has one such instant.
    """
    local = datetime.combine(day, at, zone)
    utc = local.astimezone(UTC)
    skipped = utc.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None)
    return _end_of_gap(utc, zone) if skipped else utc


def _end_of_gap(utc: datetime, zone: ZoneInfo) -> datetime:
    # PEP 495: a skipped time read with fold=0 lands after the gap by as much as it lay inside it. Clocks are moved on
    # whole minutes.
    before = utc.astimezone(zone).utcoffset()
    minute = timedelta(minutes=1)
    utc = utc.replace(second=0, microsecond=0)
    while (utc - minute).astimezone(zone).utcoffset() == before:
        utc -= minute
    return utc


def before(moment: datetime, offset: timedelta, zone: ZoneInfo) -> datetime:
    """`moment` less `offset` on the wall clock of `zone`."""
    local = moment.astimezone(zone).replace(tzinfo=None) - offset
    return instant(local.date(), local.time(), zone)


def local_date(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def is_permitted(moment: datetime, quiet: QuietHours, zone: ZoneInfo) -> bool:
    """Whether a prompt or reminder may come at this instant."""
    local = moment.astimezone(zone)
    return not is_day_off(local.date()) and not quiet.holds(local.time())


def next_permitted(moment: datetime, quiet: QuietHours, zone: ZoneInfo) -> datetime:
    """The first permitted instant from `moment` on: itself, or the next end of quiet hours on a working day."""
    if is_permitted(moment, quiet, zone):
        return moment
    day = local_date(moment, zone)
    while True:
        if not is_day_off(day):
            for at in sorted({time(0), quiet.end}):
                candidate = instant(day, at, zone)
                if candidate > moment and is_permitted(candidate, quiet, zone):
                    return candidate
        day += ONE_DAY
