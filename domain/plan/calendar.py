"""Writes a calendar file (RFC 5545)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

DEADLINE, OPERATIONAL = "DEADLINE", "OPERATIONAL"
"""Categories of what follows from the plan and is not of it: an import leaves such events out."""

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_OCTETS = 75


@dataclass(frozen=True, slots=True)
class Event:
    """`sequence` counts its changes. Without a time it lasts whole days; times are the zone's own."""

    uid: str
    summary: str
    first: dt.date
    last: dt.date
    start: dt.time | None = None
    end: dt.time | None = None
    location: str = ""
    description: str = ""
    category: str = ""
    sequence: int = 0
    cancelled: bool = False


def calendar(name: str, zone: ZoneInfo, events: Sequence[Event], now: datetime) -> str:
    """The whole file. `now` is the instant that the events are known as of (UTC)."""
    years = [day.year for event in events for day in (event.first, event.last)] or [now.year]
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Samhandlingsbot//Meeting plan//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{_escaped(name)}",
        f"X-WR-CALNAME:{_escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        *_zone(zone, min(years), max(years)),
    ]
    for event in events:
        lines += _event(event, zone, now)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _event(event: Event, zone: ZoneInfo, now: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"SUMMARY:{_escaped(event.summary)}"
    if event.start is None:
        yield f"DTSTART;VALUE=DATE:{event.first:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{event.last + timedelta(days=1):%Y%m%d}"  # the end is not part of it
    else:
        yield f"DTSTART;TZID={zone.key}:{event.first:%Y%m%d}T{event.start:%H%M%S}"
        if event.end is not None:
            yield f"DTEND;TZID={zone.key}:{event.last:%Y%m%d}T{event.end:%H%M%S}"
    if event.location:
        yield f"LOCATION:{_escaped(event.location)}"
    if event.description:
        yield f"DESCRIPTION:{_escaped(event.description)}"
    if event.category:
        yield f"CATEGORIES:{event.category}"
    yield f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}"
    # A deadline leaves the day free for others to book.
    yield f"TRANSP:{'TRANSPARENT' if event.category == DEADLINE or event.cancelled else 'OPAQUE'}"
    yield "END:VEVENT"


def _escaped(text: str) -> str:
    return re.sub(r"([\\;,])", r"\\\1", " ".join(text.split(" "))).replace("\r", "").replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """Lines of at most 75 octets, never broken within a character."""
    part, octets = "", 0
    for character in line:
        size = len(character.encode())
        if octets + size > _OCTETS:
            yield part
            part, octets = " ", 1
        part, octets = part + character, octets + size
    yield part


# The zone with its rules


def _zone(zone: ZoneInfo, first: int, last: int) -> Iterator[str]:
    """Rules where the clock changes on the same weekday of the month every year, else each change by itself."""
    yield "BEGIN:VTIMEZONE"
    yield f"TZID:{zone.key}"
    changes = [list(_changes(zone, year)) for year in range(first, last + 1)]
    if not changes[0]:
        yield from _observance(zone, datetime(first, 1, 1, tzinfo=UTC), "STANDARD", "")
    elif all(_rules(zone, year) == _rules(zone, changes[0]) for year in changes):
        for change in changes[0]:
            yield from _observance(zone, change, _kind(zone, change), f"RRULE:{_rule(zone, change)}")
    else:
        for change in (change for year in changes for change in year):
            yield from _observance(zone, change, _kind(zone, change), "")
    yield "END:VTIMEZONE"


def _observance(zone: ZoneInfo, change: datetime, kind: str, rule: str) -> Iterator[str]:
    before, after = _offset(zone, change - timedelta(seconds=1)), _offset(zone, change)
    yield f"BEGIN:{kind}"
    yield f"DTSTART:{(change + before).replace(tzinfo=None):%Y%m%dT%H%M%S}"
    yield f"TZOFFSETFROM:{_signed(before)}"
    yield f"TZOFFSETTO:{_signed(after)}"
    yield f"TZNAME:{change.astimezone(zone).tzname()}"
    if rule:
        yield rule
    yield f"END:{kind}"


def _changes(zone: ZoneInfo, year: int) -> Iterator[datetime]:
    """The instants of a year at which the clock is moved."""
    day = datetime(year, 1, 1, tzinfo=UTC)
    while day.year == year:
        following = day + timedelta(days=1)
        if _offset(zone, day) != _offset(zone, following):
            yield _moment_of_change(zone, day, following)
        day = following


def _moment_of_change(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    before = _offset(zone, low)
    while high - low > timedelta(minutes=1):
        middle = low + timedelta(minutes=(high - low) // timedelta(minutes=2))
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    return high


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _kind(zone: ZoneInfo, change: datetime) -> str:
    return "DAYLIGHT" if change.astimezone(zone).dst() else "STANDARD"


def _rules(zone: ZoneInfo, changes: Sequence[datetime]) -> list[str]:
    return [f"{_rule(zone, change)} {_local(zone, change):%H%M}" for change in changes]


def _rule(zone: ZoneInfo, change: datetime) -> str:
    """The weekday of the month that it is: the last one, or the how many-eth."""
    day = _local(zone, change).date()
    number = -1 if (day + timedelta(weeks=1)).month != day.month else (day.day - 1) // 7 + 1
    return f"FREQ=YEARLY;BYMONTH={day.month};BYDAY={number}{_WEEKDAYS[day.weekday()]}"


def _local(zone: ZoneInfo, change: datetime) -> datetime:
    """By the clock that is about to be moved."""
    return (change + _offset(zone, change - timedelta(seconds=1))).replace(tzinfo=None)


def _signed(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"
