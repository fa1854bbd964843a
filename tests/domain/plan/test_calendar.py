"""The calendar file, held against RFC 5545: as text, and by a reader that follows its rules."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.plan.calendar import DEADLINE, Event, calendar
from domain.plan.ics_reading import rows_of_calendar
from domain.plan.reading import read_plan
from tests.builders import OSLO, vestfold

NOW = datetime(2024, 1, 2, 8, tzinfo=UTC)
SSU = Event("a@x", "SSU – Strategisk samarbeidsutvalg", date(2024, 2, 29), date(2024, 2, 29), time(13), time(15, 30))


def lines(text: str) -> list[str]:
    """Unfolded, as RFC 5545 3.1 has it."""
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    return re.sub(r"\r\n ", "", text).split("\r\n")


def written(*events: Event, zone: ZoneInfo = OSLO) -> list[str]:
    return lines(calendar("Møteplan", zone, events, NOW))


def test_a_meeting_is_written_with_its_zone_and_number_of_changes() -> None:
    found = written(replace(SSU, sequence=2, location="Rom 3; SiV, 2. etasje"))
    event = found[found.index("BEGIN:VEVENT") : found.index("END:VEVENT")]
    assert event == [
        "BEGIN:VEVENT",
        "UID:a@x",
        "DTSTAMP:20240102T080000Z",
        "SEQUENCE:2",
        "SUMMARY:SSU – Strategisk samarbeidsutvalg",
        "DTSTART;TZID=Europe/Oslo:20240229T130000",
        "DTEND;TZID=Europe/Oslo:20240229T153000",
        r"LOCATION:Rom 3\; SiV\, 2. etasje",
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
    ]
    assert found[:3] == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Samhandlingsbot//Meeting plan//EN"]
    assert found[-2:] == ["END:VCALENDAR", ""]


def test_two_days_deadlines_and_cancellations_are_said_as_such() -> None:
    gathering = Event("b@x", "FSU", date(2024, 1, 25), date(2024, 1, 26))
    due = Event("c@x", "Frist", date(2024, 2, 8), date(2024, 2, 8), category=DEADLINE)
    gone = Event("d@x", "AU", date(2024, 2, 8), date(2024, 2, 8), cancelled=True)
    found = written(gathering, due, gone)
    assert "DTSTART;VALUE=DATE:20240125" in found
    assert "DTEND;VALUE=DATE:20240127" in found  # RFC 5545: the end is not part of it
    assert found.count("TRANSP:TRANSPARENT") == 2
    assert found.count("STATUS:CANCELLED") == 1


def test_the_zone_bears_its_rules() -> None:
    found = written(SSU)
    zone = found[found.index("BEGIN:VTIMEZONE") : found.index("END:VTIMEZONE") + 1]
    assert zone == [
        "BEGIN:VTIMEZONE",
        "TZID:Europe/Oslo",
        "BEGIN:DAYLIGHT",
        "DTSTART:20240331T020000",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "TZNAME:CEST",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "DTSTART:20241027T030000",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "TZNAME:CET",
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
        "END:STANDARD",
        "END:VTIMEZONE",
    ]


@pytest.mark.parametrize("name", ["Europe/Oslo", "Europe/London", "America/New_York", "Asia/Tokyo", "UTC"])
def test_another_reader_makes_the_same_times_of_the_rules(name: str) -> None:
    zone = ZoneInfo(name)
    days = [date(2023, 11, 28), date(2026, 7, 1)]
    text = calendar("x", zone, [Event("u", "x", day, day, time(9)) for day in days], NOW)
    block = text[text.index("BEGIN:VTIMEZONE") : text.index("END:VTIMEZONE") + len("END:VTIMEZONE")]
    read = tzical(io.StringIO(block.replace("\r\n", "\n"))).get()
    at = datetime(2024, 1, 1, 12)  # noqa: DTZ001
    while at.year < 2027:
        assert at.replace(tzinfo=read).utcoffset() == at.replace(tzinfo=zone).utcoffset(), at
        at += timedelta(days=1)


def test_no_line_is_longer_than_75_octets_and_no_letter_is_broken() -> None:
    text = calendar("Ø" * 200, OSLO, [Event("u", "Æ😀å" * 60, date(2024, 2, 29), date(2024, 2, 29))], NOW)
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert f"SUMMARY:{'Æ😀å' * 60}" in lines(text)


MEETINGS = st.lists(
    st.tuples(st.sampled_from(["SSU", "FSU"]), st.dates(date(2024, 1, 1), date(2025, 12, 31)), st.integers(0, 3)),
    max_size=8,
    unique_by=lambda each: each[:2],
)


@settings(max_examples=60, deadline=None)
@given(MEETINGS, st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), max_size=90))
def test_what_is_written_is_read_back_and_deadlines_are_not_taken_for_meetings(
    drawn: list[tuple[str, date, int]], place: str
) -> None:
    events = [
        Event(f"{n}@x", f"{forum}", day, day + timedelta(days=more), None if more else time(9), location=place)
        for n, (forum, day, more) in enumerate(drawn)
    ]
    due = Event("d@x", "SSU: sakfrist", date(2024, 2, 8), date(2024, 2, 8), category=DEADLINE)
    rows, doubts = rows_of_calendar(calendar("Plan", OSLO, [*events, due], NOW), OSLO)
    plan = read_plan(vestfold(), rows)
    assert [(m.forum, m.date, m.end_date) for m in plan.meetings] == sorted(
        ((f, d, d + timedelta(days=n)) for f, d, n in drawn), key=lambda m: (m[1], ["SSU", "AU", "FSU"].index(m[0]))
    )
    assert not doubts
