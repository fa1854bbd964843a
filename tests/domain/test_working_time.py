"""Days off, quiet hours and the wall clock, whatever the zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.community import QuietHours
from domain.working_time import (
    before,
    instant,
    is_day_off,
    is_permitted,
    is_weekend,
    local_date,
    next_permitted,
    next_working_day,
    previous_working_day,
    public_holidays,
)
from tests.builders import OSLO, local

PROPERTY = settings(deadline=None, max_examples=150)
ZONES = [ZoneInfo(name) for name in ("Europe/Oslo", "UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")]
NIGHT = QuietHours(time(20), time(7))

zones = st.sampled_from(ZONES)
days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
minutes = st.integers(0, 24 * 60 - 1).map(lambda n: time(n // 60, n % 60))
quarters = st.integers(0, 24 * 4 - 1).map(lambda n: time(n // 4, n % 4 * 15))
quiet_hours = st.builds(QuietHours, quarters, quarters)


def moments(step: timedelta) -> st.SearchStrategy[datetime]:
    first = datetime(2020, 1, 1, tzinfo=UTC)
    return st.integers(0, timedelta(days=365 * 15) // step).map(lambda n: first + n * step)


@pytest.mark.parametrize(
    "day",
    [
        date(2023, 12, 23),  # Saturday
        date(2023, 12, 24),
        date(2023, 12, 25),
        date(2023, 12, 26),
        date(2023, 12, 31),
        date(2024, 12, 24),  # a Tuesday, no public holiday
        date(2024, 12, 31),
        date(2024, 1, 1),
        date(2024, 3, 28),  # Maundy Thursday
        date(2024, 3, 29),  # Good Friday
        date(2024, 4, 1),  # Easter Monday
        date(2024, 5, 1),
        date(2024, 5, 9),  # Ascension Day
        date(2024, 5, 17),
        date(2024, 5, 20),  # Whit Monday
        date(2027, 5, 17),  # Whit Monday too
        date(2023, 11, 25),
        date(2023, 11, 26),
    ],
    ids=str,
)
def test_weekends_public_holidays_and_24_and_31_december_are_days_off(day: date) -> None:
    assert is_day_off(day)


@pytest.mark.parametrize(
    "day",
    [
        date(2023, 12, 22),
        date(2023, 12, 27),
        date(2024, 1, 2),
        date(2024, 3, 27),  # Wednesday before Easter
        date(2024, 4, 2),
        date(2024, 5, 16),
        date(2024, 5, 10),  # Friday after Ascension Day
        date(2024, 2, 20),  # school holiday
        date(2024, 11, 24 + 1),
        date(2027, 5, 18),
    ],
    ids=str,
)
def test_other_days_are_working_days(day: date) -> None:
    assert not is_day_off(day)


def test_two_holidays_on_one_day_are_both_named() -> None:
    named = public_holidays(2027)[date(2027, 5, 17)]
    assert "Grunnlovsdag" in named
    assert "pinsedag" in named


def test_24_and_31_december_are_no_public_holidays() -> None:
    assert not {date(2024, 12, 24), date(2024, 12, 31)} & public_holidays(2024).keys()


@given(st.integers(2020, 2040))
@PROPERTY
def test_a_years_public_holidays_are_in_that_year(year: int) -> None:
    assert {day.year for day in public_holidays(year)} == {year}
    assert len(public_holidays(year)) >= 10


@given(days)
@PROPERTY
def test_the_working_day_after_and_before_are_the_nearest(day: date) -> None:
    after, earlier = next_working_day(day), previous_working_day(day)
    assert earlier < day < after
    assert not is_day_off(after)
    assert not is_day_off(earlier)
    between = [earlier + timedelta(days=n) for n in range(1, (after - earlier).days)]
    assert all(is_day_off(d) for d in between if d != day)
    assert is_weekend(day) <= is_day_off(day)


@pytest.mark.parametrize(
    ("meeting", "offset", "expected"),
    [
        # (local meeting, hours before, local result); clocks change on 26.3.2023, 29.10.2023, 31.3.2024 and 27.10.2024
        ((2023, 11, 28, 16), 31, (2023, 11, 27, 9)),
        ((2024, 3, 26, 16), 31, (2024, 3, 25, 9)),
        ((2024, 4, 2, 16), 31, (2024, 4, 1, 9)),
        ((2024, 10, 29, 16), 31, (2024, 10, 28, 9)),
        ((2024, 4, 1, 16), 31, (2024, 3, 31, 9)),
        ((2024, 4, 1, 16), 55, (2024, 3, 30, 9)),
        ((2024, 10, 28, 16), 55, (2024, 10, 26, 9)),
        ((2023, 3, 27, 16), 55, (2023, 3, 25, 9)),
        ((2023, 10, 30, 16), 55, (2023, 10, 28, 9)),
        ((2024, 3, 31, 16), 24, (2024, 3, 30, 16)),
        ((2024, 10, 27, 16), 24, (2024, 10, 26, 16)),
        ((2024, 10, 27, 16), 13, (2024, 10, 27, 3)),
    ],
)
def test_offsets_are_wall_clock_hours_across_a_clock_change(
    meeting: tuple[int, int, int, int], offset: int, expected: tuple[int, int, int, int]
) -> None:
    assert before(local(*meeting), timedelta(hours=offset), OSLO) == local(*expected)


@pytest.mark.parametrize(
    ("moment", "seconds", "expected"),
    [
        ((2024, 3, 31, 2, 0), 0, "2024-03-31T01:00:00+00:00"),
        ((2024, 3, 31, 2, 30), 0, "2024-03-31T01:00:00+00:00"),
        ((2024, 3, 31, 2, 59), 59, "2024-03-31T01:00:00+00:00"),
        ((2024, 3, 31, 2, 0), 1, "2024-03-31T01:00:00+00:00"),
        ((2024, 3, 31, 3, 0), 0, "2024-03-31T01:00:00+00:00"),
        ((2024, 3, 31, 1, 59), 0, "2024-03-31T00:59:00+00:00"),
        ((2024, 10, 27, 2, 30), 0, "2024-10-27T00:30:00+00:00"),
        ((2024, 10, 27, 3, 0), 0, "2024-10-27T02:00:00+00:00"),
    ],
)
def test_a_skipped_time_is_the_moment_the_clock_is_moved_and_of_a_double_one_the_first_counts(
    moment: tuple[int, int, int, int, int], seconds: int, expected: str
) -> None:
    year, month, day, hour, minute = moment
    assert instant(date(year, month, day), time(hour, minute, seconds), OSLO).isoformat() == expected


def test_a_half_hour_clock_change_is_met_too() -> None:
    lord_howe = ZoneInfo("Australia/Lord_Howe")  # 6 October 2024: 02:00 becomes 02:30
    assert instant(date(2024, 10, 6), time(2, 10), lord_howe) == local(2024, 10, 6, 2, 30, zone=lord_howe)


@given(days, minutes, zones)
@PROPERTY
def test_every_local_date_has_exactly_one_instant_for_any_time(day: date, at: time, zone: ZoneInfo) -> None:
    moment = instant(day, at, zone)
    assert moment.utcoffset() == timedelta(0)
    shown = moment.astimezone(zone)
    assert shown.date() == day == local_date(moment, zone)
    assert shown.time() >= at
    if shown.time() == at:  # not skipped: no earlier instant shows the same
        earlier = [moment - timedelta(minutes=m) for m in (30, 60)]
        assert all(m.astimezone(zone).replace(tzinfo=None) != shown.replace(tzinfo=None) for m in earlier)
    else:
        assert (moment - timedelta(seconds=1)).astimezone(zone).time() < at


@given(days, minutes, minutes, zones)
@PROPERTY
def test_a_later_time_of_day_is_never_an_earlier_instant(day: date, one: time, other: time, zone: ZoneInfo) -> None:
    assert instant(day, min(one, other), zone) <= instant(day, max(one, other), zone)


@given(days, minutes, st.integers(0, 14 * 24), zones)
@PROPERTY
def test_whole_days_before_is_the_same_time_of_day(day: date, at: time, hours: int, zone: ZoneInfo) -> None:
    wanted = datetime.combine(day, at) - timedelta(hours=hours)
    meeting = instant(day, at, zone)
    if meeting.astimezone(zone).time() == at:
        assert before(meeting, timedelta(hours=hours), zone) == instant(wanted.date(), wanted.time(), zone)


@pytest.mark.parametrize(
    ("quiet", "hour", "held"),
    [
        (NIGHT, time(19, 59), False),
        (NIGHT, time(20), True),
        (NIGHT, time(0), True),
        (NIGHT, time(6, 59), True),
        (NIGHT, time(7), False),
        (QuietHours(time(0), time(6)), time(0), True),
        (QuietHours(time(0), time(6)), time(6), False),
        (QuietHours(time(0), time(6)), time(23, 59), False),
        (QuietHours(time(12), time(13)), time(12, 30), True),
        (QuietHours(time(12), time(13)), time(13), False),
        (QuietHours(time(8), time(8)), time(8), False),
    ],
)
def test_quiet_hours_include_their_start_and_not_their_end(quiet: QuietHours, hour: time, *, held: bool) -> None:
    assert quiet.holds(hour) is held


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (local(2023, 11, 27, 9), local(2023, 11, 27, 9)),
        (local(2023, 11, 27, 19, 59), local(2023, 11, 27, 19, 59)),
        (local(2023, 11, 27, 20), local(2023, 11, 28, 7)),
        (local(2023, 11, 28, 3), local(2023, 11, 28, 7)),
        (local(2023, 11, 24, 22), local(2023, 11, 27, 7)),  # Friday night
        (local(2023, 12, 22, 20), local(2023, 12, 27, 7)),  # the last evening before Christmas
        (local(2023, 12, 29, 21), local(2024, 1, 2, 7)),
        (local(2024, 3, 27, 20), local(2024, 4, 2, 7)),  # Easter, with the clock change in it
        (local(2024, 10, 26, 12), local(2024, 10, 28, 7)),
    ],
)
def test_what_comes_at_night_or_on_a_day_off_moves_to_the_next_working_morning(
    moment: datetime, expected: datetime
) -> None:
    assert next_permitted(moment, NIGHT, OSLO) == expected


def test_where_nights_are_not_quiet_a_working_day_begins_at_midnight() -> None:
    lunch = QuietHours(time(11), time(12))
    assert next_permitted(local(2023, 11, 25, 15), lunch, OSLO) == local(2023, 11, 27, 0)
    assert next_permitted(local(2023, 11, 27, 11, 30), lunch, OSLO) == local(2023, 11, 27, 12)


@given(moments(timedelta(minutes=1)), quiet_hours, zones)
@PROPERTY
def test_the_next_permitted_moment_is_permitted_and_never_earlier(
    moment: datetime, quiet: QuietHours, zone: ZoneInfo
) -> None:
    found = next_permitted(moment, quiet, zone)
    assert found >= moment
    assert is_permitted(found, quiet, zone)
    assert next_permitted(found, quiet, zone) == found
    assert (found == moment) == is_permitted(moment, quiet, zone)


@given(moments(timedelta(minutes=15)), quiet_hours, zones)
@PROPERTY
def test_there_is_no_permitted_moment_before_the_next_permitted_one(
    moment: datetime, quiet: QuietHours, zone: ZoneInfo
) -> None:
    # Quiet hours and clock changes fall on quarters of an hour, so no permitted moment hides between two of them.
    found = next_permitted(moment, quiet, zone)
    quarter = timedelta(minutes=15)
    passed = (moment + n * quarter for n in range((found - moment) // quarter))
    assert not any(is_permitted(m, quiet, zone) for m in passed)


@given(days, st.integers(0, 24 * 60 - 1), zones)
@PROPERTY
def test_a_night_is_as_long_as_the_wall_clock_says(day: date, minute: int, zone: ZoneInfo) -> None:
    moment = instant(day, time(minute // 60, minute % 60), zone)
    found = next_permitted(moment, NIGHT, zone).astimezone(zone)
    assert time(7) <= found.time() < time(20)
    assert not is_day_off(found.date())
