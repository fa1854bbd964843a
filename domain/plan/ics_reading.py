"""Reads a calendar file (RFC 5545) to the rows of a list: date, organ, time, place, host."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from domain.plan.calendar import DEADLINE, OPERATIONAL
from domain.plan.meeting import Cell, Doubt, Doubtful, Row, shown

HEADING = ("Dato", "Organ", "Tid", "Sted", "Merknad")

_PROPERTY = re.compile(r"^([A-Za-z0-9-]{1,60})((?:;[^:;\"=]{1,60}=(?:\"[^\"]*\"|[^:;\"]*)){0,20}):(.*)$", re.DOTALL)
_VALUE = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z?))?$")


@dataclass(slots=True)
class _Event:
    line: int
    properties: dict[str, tuple[str, str]] = field(default_factory=dict)  # name → parameters, value

    def text(self, name: str) -> str:
        value = self.properties.get(name, ("", ""))[1]
        return re.sub(r"\\([nN,;\\])", lambda m: " " if m[1] in "nN" else m[1], value).strip()


def rows_of_calendar(text: str, zone: ZoneInfo) -> tuple[list[Row], list[Doubt]]:
    """A row for each event, times in `zone`; what repeats, or has no date, is doubtful and no row."""
    rows: list[Row] = [[Cell(name, "heading", at) for at, name in enumerate(HEADING)]]
    doubts: list[Doubt] = []
    for event in _events(text):
        source, summary = f"line {event.line}", shown(event.text("SUMMARY"))
        if event.text("CATEGORIES").upper() in (DEADLINE, OPERATIONAL):
            continue  # the product's own calendar: what follows from the plan is not of it
        if "RRULE" in event.properties or "RDATE" in event.properties:
            doubts.append(Doubt(source, summary, Doubtful.REPEATING))
            continue
        when = _when(event, zone)
        if when is None:
            doubts.append(Doubt(source, summary, Doubtful.UNREADABLE))
            continue
        state = "avlyst" if event.text("STATUS").upper() == "CANCELLED" else ""
        values = (when[0], event.text("SUMMARY"), when[1], event.text("LOCATION"), state)
        rows.append([Cell(value, source, at) for at, value in enumerate(values) if value])
    return rows, doubts


def _events(text: str) -> Iterator[_Event]:
    event: _Event | None = None
    depth = 0  # of what lies inside an event, such as an alarm
    for number, line in _unfolded(text):
        name, _, value = line.partition(":")
        kind = (name.strip().upper(), value.strip().upper())
        if kind == ("BEGIN", "VEVENT"):
            event, depth = _Event(number), 0
        elif kind == ("END", "VEVENT"):
            if event is not None:
                yield event
            event = None
        elif event is not None and kind[0] in ("BEGIN", "END"):
            depth += 1 if kind[0] == "BEGIN" else -1
        elif event is not None and depth == 0 and (found := _PROPERTY.match(line)):
            event.properties.setdefault(found[1].upper(), (found[2], found[3]))


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Each property's whole line, with the number of its first one."""
    first, parts = 1, [""]
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        if line[:1] in (" ", "\t"):
            parts.append(line[1:])
        else:
            yield first, "".join(parts)
            first, parts = number, [line]
    yield first, "".join(parts)


def _when(event: _Event, zone: ZoneInfo) -> tuple[str, str] | None:
    """The days and the time, as a list would give them."""
    start, end = _moment(event, "DTSTART", zone), _moment(event, "DTEND", zone)
    if start is None:
        return None
    last = end or start
    if end is not None and end[1] is None and end[0] > start[0]:
        last = (end[0] - timedelta(days=1), None)  # the end of a whole day is the day after
    days = f"{start[0]}" if last[0] == start[0] else f"{start[0]} - {last[0]}"
    if start[1] is None:
        return days, ""
    return days, f"{start[1]:%H:%M}" + (f"-{end[1]:%H:%M}" if end is not None and end[1] is not None else "")


def _moment(event: _Event, name: str, zone: ZoneInfo) -> tuple[date, time | None] | None:
    parameters, value = event.properties.get(name, ("", ""))
    found = _VALUE.match(value.strip())
    if found is None:
        return None
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
        if found[4] is None:
            return day, None
        local = datetime.combine(day, time(int(found[4]), int(found[5])), _zone_of(parameters, found[7], zone))
        there = local.astimezone(zone)
    except (ValueError, OverflowError):
        return None
    return there.date(), there.time()


def _zone_of(parameters: str, utc: str, zone: ZoneInfo) -> tzinfo:
    """UTC, the zone that is named where it is known, else the community's."""
    if utc:
        return UTC
    named: Mapping[str, str] = dict(part.split("=", 1) for part in parameters.strip(";").split(";") if "=" in part)
    try:
        return ZoneInfo(named.get("TZID", "").strip('"') or zone.key)
    except (KeyError, ValueError, OSError):
        return zone
