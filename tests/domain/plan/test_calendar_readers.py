"""The calendar file as others read it: icalendar and vobject find every event as it was meant, by RFC 5545."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.plan.calendar import DEADLINE, OPERATIONAL, Event, calendar

OSLO = ZoneInfo("Europe/Oslo")
NOW = dt.datetime(2024, 1, 2, 9, tzinfo=dt.UTC)
TEXTS = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=200).map(str.strip)


@st.composite
def events(draw: st.DrawFn) -> Event:
    first = draw(st.dates(dt.date(2023, 1, 1), dt.date(2026, 12, 31)))
    start = draw(st.none() | st.times().map(lambda t: t.replace(minute=t.minute // 5 * 5, second=0, microsecond=0)))
    start = (
        start if start is None or start.hour > 3 else start.replace(hour=9)
    )  # no meeting in the hour that is skipped
    last = first + dt.timedelta(days=draw(st.integers(0, 1)))
    return Event(
        uid=f"{draw(st.uuids())}@vestfold.samhandlingsbot",
        summary=draw(TEXTS) or "SSU",
        first=first,
        last=last,
        start=start,
        end=dt.time(23, 55) if start else None,
        location=draw(TEXTS),
        description=draw(TEXTS),
        category=draw(st.sampled_from(["", DEADLINE, OPERATIONAL])),
        sequence=draw(st.integers(0, 99)),
        cancelled=draw(st.booleans()),
    )


def meant(event: Event) -> tuple[Any, Any]:
    """Beginning and end as instants; of whole days the first, and the one after the last."""
    if event.start is None or event.end is None:
        return event.first, event.last + dt.timedelta(days=1)
    begins = dt.datetime.combine(event.first, event.start, OSLO)
    return begins.astimezone(dt.UTC), dt.datetime.combine(event.last, event.end, OSLO).astimezone(dt.UTC)


def instant(found: Any) -> Any:
    return found.astimezone(dt.UTC) if isinstance(found, dt.datetime) else found


@settings(max_examples=60)
@given(st.lists(events(), min_size=1, max_size=6, unique_by=lambda event: event.uid))
def test_icalendar_reads_what_was_meant(given_events: list[Event]) -> None:
    read = icalendar.Calendar.from_ical(calendar("Møteplan", OSLO, given_events, NOW))
    found = {str(each["UID"]): each for each in read.walk("VEVENT")}
    assert not read.errors
    for event in given_events:
        each = found[event.uid]
        assert not each.errors
        assert (instant(each.decoded("DTSTART")), instant(each.decoded("DTEND"))) == meant(event)
        assert str(each["SUMMARY"]) == event.summary
        assert str(each.get("LOCATION", "")) == event.location
        assert str(each.get("DESCRIPTION", "")) == event.description
        assert (each["SEQUENCE"], str(each["STATUS"])) == (
            event.sequence,
            "CANCELLED" if event.cancelled else "CONFIRMED",
        )


@settings(max_examples=60)
@given(st.lists(events(), min_size=1, max_size=6, unique_by=lambda event: event.uid))
def test_vobject_reads_what_was_meant(given_events: list[Event]) -> None:
    read = vobject.readOne(calendar("Møteplan", OSLO, given_events, NOW))
    found = {each.uid.value: each for each in read.vevent_list}
    for event in given_events:
        each = found[event.uid]
        assert (instant(each.dtstart.value), instant(each.dtend.value)) == meant(event)
        assert each.summary.value == event.summary
        assert int(each.sequence.value) == event.sequence
        assert each.status.value == ("CANCELLED" if event.cancelled else "CONFIRMED")


@given(st.lists(events(), min_size=1, max_size=3))
def test_every_line_is_folded_as_the_standard_says(given_events: list[Event]) -> None:
    written = calendar("Møteplan for helsefellesskapet, alle organer", OSLO, given_events, NOW)
    assert written.endswith("END:VCALENDAR\r\n")
    for line in written.encode().split(b"\r\n"):
        assert len(line) <= 75
        assert b"\n" not in line
        assert b"\r" not in line
        line.decode()  # never broken within a character


def test_the_zones_rules_carry_across_a_clock_change() -> None:
    """A reader that knows no zones of its own has the file's rules alone: the hour is right on both sides."""
    before, after = (Event(str(day), "SSU", day, day, dt.time(9), dt.time(10)) for day in CHANGE)
    [zone] = icalendar.Calendar.from_ical(calendar("x", OSLO, [before, after], NOW)).timezones
    offsets = [zone.to_tz().utcoffset(dt.datetime.combine(day, dt.time(9))) for day in CHANGE]
    assert offsets == [dt.timedelta(hours=1), dt.timedelta(hours=2)]


CHANGE = (dt.date(2024, 3, 30), dt.date(2024, 4, 1))
