"""From a demanding period to the dates of its meetings."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.periods import MeetingDate, meeting_dates, worth_telling
from domain.working_time import is_day_off, is_weekend, next_working_day
from tests.builders import period

PROPERTY = settings(deadline=None, max_examples=150)

days = st.dates(date(2022, 1, 1), date(2030, 12, 31))
lengths = st.integers(0, 120)
rhythms = st.integers(1, 14)


def planned(
    first: date, every_days: int, until: date | None, *, skip: bool = True, horizon: date = date(2024, 12, 31)
) -> list[MeetingDate]:
    return list(meeting_dates(first, every_days, until, skip_days_off=skip, horizon=horizon))


def held(dates: list[MeetingDate]) -> list[date]:
    return [d.held for d in dates if d.held is not None]


def test_the_winter_period_has_eight_meetings_and_none_on_26_december() -> None:
    dates = planned(date(2023, 11, 28), 7, date(2024, 1, 23))
    assert held(dates) == [
        date(2023, 11, 28),
        date(2023, 12, 5),
        date(2023, 12, 12),
        date(2023, 12, 19),
        date(2024, 1, 2),
        date(2024, 1, 9),
        date(2024, 1, 16),
        date(2024, 1, 23),
    ]
    assert [d for d in dates if d.changed] == [MeetingDate(date(2023, 12, 26), None)]


def test_a_community_that_moves_meetings_holds_that_of_26_december_on_the_27th() -> None:
    dates = planned(date(2023, 11, 28), 7, date(2024, 1, 23), skip=False)
    assert len(held(dates)) == 9
    assert [d for d in dates if d.changed] == [MeetingDate(date(2023, 12, 26), date(2023, 12, 27))]


@pytest.mark.parametrize(
    ("first", "every_days", "until", "expected"),
    [
        # a Monday, 25 December: three days off in a row
        (date(2023, 12, 25), 7, date(2023, 12, 31), [date(2023, 12, 27)]),
        # the next working day is after the last date
        (date(2023, 12, 25), 7, date(2023, 12, 26), []),
        # daily: what would move is on the rhythm already
        (
            date(2023, 12, 22),
            1,
            date(2023, 12, 28),
            [date(2023, 12, 22), date(2023, 12, 27), date(2023, 12, 28)],
        ),
        # every second day: 24.12. and 26.12. both look at the 27th, which one gets
        (date(2023, 12, 22), 2, date(2023, 12, 28), [date(2023, 12, 22), date(2023, 12, 27), date(2023, 12, 28)]),
    ],
)
def test_a_moved_meeting_never_leaves_the_period_nor_meets_another(
    first: date, every_days: int, until: date, expected: list[date]
) -> None:
    assert held(planned(first, every_days, until, skip=False)) == expected


def test_the_last_date_is_part_of_the_period() -> None:
    assert held(planned(date(2024, 1, 2), 7, date(2024, 1, 9))) == [date(2024, 1, 2), date(2024, 1, 9)]
    assert held(planned(date(2024, 1, 2), 7, date(2024, 1, 8))) == [date(2024, 1, 2)]


def test_a_period_that_ends_before_it_begins_has_no_meetings() -> None:
    assert planned(date(2024, 1, 9), 7, date(2024, 1, 2)) == []


def test_a_period_without_a_last_date_goes_on_to_the_horizon() -> None:
    assert held(planned(date(2024, 1, 2), 7, None, horizon=date(2024, 1, 16))) == [
        date(2024, 1, 2),
        date(2024, 1, 9),
        date(2024, 1, 16),
    ]


@given(days, rhythms, lengths, st.booleans())
@PROPERTY
def test_no_two_meetings_share_a_date_none_is_on_a_day_off_and_none_after_the_last_date(
    first: date,
    every_days: int,
    length: int,
    skip: bool,
) -> None:
    until = first + timedelta(days=length)
    dates = planned(first, every_days, until, skip=skip)
    kept = held(dates)
    assert len(set(kept)) == len(kept)
    assert not any(is_day_off(day) for day in kept)
    assert all(first <= day <= until for day in kept)
    assert kept == sorted(kept)


@given(days, rhythms, lengths, st.booleans())
@PROPERTY
def test_every_step_of_the_rhythm_is_accounted_for(
    first: date,
    every_days: int,
    length: int,
    skip: bool,
) -> None:
    until = first + timedelta(days=length)
    dates = planned(first, every_days, until, skip=skip)
    assert [d.planned for d in dates] == [first + timedelta(days=n) for n in range(0, length + 1, every_days)]
    for d in dates:
        assert d.changed == is_day_off(d.planned)
        if skip:
            assert d.held in (d.planned, None)
        elif d.changed:
            moved = next_working_day(d.planned)
            assert d.held == moved or (d.held is None and (moved > until or moved in held(dates)))


@given(days, rhythms, lengths, lengths, st.booleans())
@PROPERTY
def test_a_farther_horizon_only_adds_meetings(
    first: date,
    every_days: int,
    length: int,
    more: int,
    skip: bool,
) -> None:
    near = first + timedelta(days=length)
    far = near + timedelta(days=more)
    known = planned(first, every_days, None, skip=skip, horizon=near)
    assert planned(first, every_days, None, skip=skip, horizon=far)[: len(known)] == known


@pytest.mark.parametrize(
    ("first", "until", "expected"),
    [
        (date(2023, 10, 1), date(2023, 11, 27), False),
        (date(2023, 10, 1), date(2023, 11, 28), True),  # the period's first day
        (date(2024, 1, 23), date(2024, 2, 1), True),  # its last
        (date(2024, 1, 24), date(2024, 2, 1), False),
        (date(2024, 1, 24), None, False),
        (date(2023, 1, 1), None, True),
        (date(2023, 12, 1), date(2023, 12, 2), True),
        (date(2023, 1, 1), date(2025, 1, 1), True),
    ],
)
def test_periods_overlap_when_they_share_a_day(first: date, until: date | None, *, expected: bool) -> None:
    assert period().overlaps(first, until) is expected


@pytest.mark.parametrize(
    ("first", "until", "expected"),
    [
        (date(2030, 1, 1), None, True),
        (date(2030, 1, 1), date(2030, 1, 2), True),
        (date(2023, 1, 1), date(2023, 11, 27), False),
        (date(2023, 1, 1), date(2023, 11, 28), True),
    ],
)
def test_a_period_without_a_last_date_overlaps_everything_after_it(
    first: date, until: date | None, *, expected: bool
) -> None:
    assert period(until=None).overlaps(first, until) is expected


@given(days, lengths, days, lengths)
@PROPERTY
def test_overlap_does_not_depend_on_which_period_asks(one: date, length: int, other: date, longer: int) -> None:
    end, other_end = one + timedelta(days=length), other + timedelta(days=longer)
    mine = period(first_meeting=one, until=end).overlaps(other, other_end)
    theirs = period(first_meeting=other, until=other_end).overlaps(one, end)
    assert mine == theirs == (max(one, other) <= min(end, other_end))


def test_nobody_is_told_of_weekends_in_a_daily_rhythm_but_of_holidays_they_are() -> None:
    dates = planned(date(2024, 3, 25), 1, date(2024, 4, 2))  # the week of Easter
    assert [d.planned for d in worth_telling(dates, 1)] == [date(2024, 3, 28), date(2024, 3, 29), date(2024, 4, 1)]


@pytest.mark.parametrize("every_days", range(2, 15))
def test_a_weekend_is_told_of_in_any_other_rhythm(every_days: int) -> None:
    saturday = date(2024, 2, 3)
    dates = planned(saturday, every_days, saturday)
    assert is_weekend(saturday)
    assert worth_telling(dates, every_days) == [MeetingDate(saturday, None)]
