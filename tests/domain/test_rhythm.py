"""A period whose rhythm changes: which meetings it gives, and what the form accepts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.period_form import Wrong
from domain.periods import DemandingPeriod, MeetingDate, Rhythm, meetings_of
from domain.rhythm_form import WORKING_DAYS, first_possible, read_rhythm, weekdays_of, weekly
from domain.rounds import deadline
from domain.working_time import is_day_off
from tests.builders import identity_number, local, period, vestfold

PROPERTY = settings(deadline=None, max_examples=150)
NOW = local(2023, 11, 27, 9)
TYPED = {"weekdays": "tuesday,thursday", "start": "16:00", "from": "2023-11-29", "until": "2024-01-23"}

dates = st.dates(date(2022, 1, 1), date(2030, 12, 31))
some_weekdays = st.sets(st.integers(0, 4), min_size=1).map(lambda days: tuple(sorted(days)))


def held(of: DemandingPeriod) -> list[date]:
    horizon = of.first_meeting + timedelta(days=200)
    return [d.held for d in steps(of.rhythms, of.until, horizon) if d.held is not None]


def steps(rhythms: Sequence[Rhythm], until: date | None, horizon: date, *, skip: bool = True) -> list[MeetingDate]:
    return list(meetings_of(rhythms, until, skip_days_off=skip, horizon=horizon))


def on(since: date, *weekdays: int, at: time = time(16)) -> Rhythm:
    return weekly(vestfold(), since, at, weekdays)


def test_twice_a_week_from_a_date_and_once_again_later() -> None:
    changed = period().with_rhythm(on(date(2023, 12, 4), 1, 3)).with_rhythm(on(date(2023, 12, 18), 1))
    assert held(changed)[:7] == [
        date(2023, 11, 28),
        date(2023, 12, 5),
        date(2023, 12, 7),
        date(2023, 12, 12),
        date(2023, 12, 14),
        date(2023, 12, 19),
        date(2024, 1, 2),
    ]


def test_each_meeting_keeps_the_hour_of_its_rhythm() -> None:
    changed = period().with_rhythm(on(date(2023, 12, 4), 1, 3, at=time(9)))
    assert changed.rhythm_on(date(2023, 11, 28)).start == time(16)
    assert changed.rhythm_on(date(2023, 12, 7)).start == time(9)
    assert changed.rhythm_on(date(2023, 12, 7)).end == time(10)


@given(dates, st.integers(0, 150), st.integers(0, 60), some_weekdays, st.booleans())
@PROPERTY
def test_more_often_and_back_leaves_the_same_meetings(
    first: date, length: int, wait: int, weekdays: tuple[int, ...], skip: bool
) -> None:
    first -= timedelta(days=max(0, first.weekday() - 4))  # a rhythm begins on a working day
    before = period(first_meeting=first, until=first + timedelta(days=length), skip_days_off=skip)
    from_day = first + timedelta(days=wait)
    often = before.with_rhythm(on(from_day, *weekdays))
    again = often.with_rhythm(on(from_day, first.weekday()))
    horizon = first + timedelta(days=300)
    assert steps(again.rhythms, again.until, horizon, skip=skip) == steps(
        before.rhythms, before.until, horizon, skip=skip
    )


@given(dates, st.integers(1, 14), st.integers(0, 150), st.integers(1, 40), st.integers(1, 40), some_weekdays)
@PROPERTY
def test_a_change_touches_what_comes_after_it_and_nothing_else(
    first: date, every_days: int, length: int, wait: int, more: int, weekdays: tuple[int, ...]
) -> None:
    before = period(first_meeting=first, until=first + timedelta(days=length), every_days=every_days)
    from_day, back_day = first + timedelta(days=wait), first + timedelta(days=wait + more)
    often = before.with_rhythm(on(from_day, *weekdays))
    again = often.with_rhythm(Rhythm(back_day, time(16), time(17), every_days, first))
    assert [d for d in held(again) if d < from_day] == [d for d in held(before) if d < from_day]
    assert [d for d in held(again) if d >= back_day] == [d for d in held(before) if d >= back_day]
    between = [d for d in held(again) if from_day <= d < back_day]
    assert all(d.weekday() in weekdays for d in between)
    assert len(set(held(again))) == len(held(again))
    assert not any(is_day_off(d) for d in held(again))


@given(dates, st.integers(1, 14), st.lists(st.tuples(st.integers(0, 90), some_weekdays), max_size=4), st.booleans())
@PROPERTY
def test_no_two_meetings_share_a_date_however_often_the_rhythm_changes(
    first: date, every_days: int, changes: list[tuple[int, tuple[int, ...]]], skip: bool
) -> None:
    changed = period(first_meeting=first, until=first + timedelta(days=120), every_days=every_days)
    for wait, weekdays in changes:
        changed = changed.with_rhythm(on(first + timedelta(days=wait), *weekdays))
    found = steps(changed.rhythms, changed.until, first, skip=skip)
    kept = [d.held for d in found if d.held is not None]
    assert kept == sorted(set(kept))
    assert not any(is_day_off(day) for day in kept)
    planned = [d.planned for d in found]
    assert planned == sorted(set(planned))
    assert all(changed.rhythm_on(day).meets_on(day) for day in planned)


def test_a_change_before_the_first_meeting_takes_the_first_rhythms_place() -> None:
    changed = period().with_rhythm(on(date(2023, 11, 20), 0, 2))
    assert held(changed)[:3] == [date(2023, 11, 29), date(2023, 12, 4), date(2023, 12, 6)]


@pytest.mark.parametrize(("every_days", "expected"), [(7, (1,)), (1, (0, 1, 2, 3, 4)), (14, ()), (2, ()), (10, ())])
def test_a_rhythm_that_is_the_same_every_week_has_its_days(every_days: int, expected: tuple[int, ...]) -> None:
    assert weekdays_of(period(every_days=every_days).rhythms[0]) == expected


# The form


def test_the_form_gives_the_rhythm_and_the_last_day() -> None:
    read = read_rhythm(vestfold(), TYPED, period(), NOW)
    assert read.mistakes == {}
    assert read.rhythm == on(date(2023, 11, 29), 1, 3)
    assert read.until == date(2024, 1, 23)
    assert read_rhythm(vestfold(), TYPED | {"until": ""}, period(), NOW).until is None
    several = TYPED | {"weekdays": ["friday", "monday"]}
    found = read_rhythm(vestfold(), several, period(), NOW).rhythm
    assert found is not None
    assert found.weekdays == (0, 4)


@pytest.mark.parametrize(
    ("inputs", "field", "wrong"),
    [
        ({"weekdays": ""}, "weekdays", Wrong.REQUIRED),
        ({"weekdays": "saturday"}, "weekdays", Wrong.NOT_A_CHOICE),
        ({"weekdays": "monday,x"}, "weekdays", Wrong.NOT_A_CHOICE),
        ({"start": ""}, "start", Wrong.REQUIRED),
        ({"start": "25"}, "start", Wrong.NOT_A_TIME),
        ({"from": ""}, "from", Wrong.REQUIRED),
        ({"from": "snart"}, "from", Wrong.NOT_A_DATE),
        ({"from": "2023-11-26"}, "from", Wrong.IN_THE_PAST),
        ({"from": "2024-12-01", "until": ""}, "from", Wrong.TOO_FAR),
        ({"until": "x"}, "until", Wrong.NOT_A_DATE),
        ({"until": "2023-11-28"}, "until", Wrong.UNTIL_BEFORE_FROM),
        ({"until": "2024-11-29"}, "until", Wrong.TOO_LONG_PERIOD),
    ],
)
def test_what_is_wrong_is_told_at_its_field(inputs: dict[str, str], field: str, wrong: Wrong) -> None:
    read = read_rhythm(vestfold(), TYPED | inputs, period(), NOW)
    assert {key: mistake.wrong for key, mistake in read.mistakes.items()} == {field: wrong}
    assert read.rhythm is None
    assert read.typed == {key: value for key, value in (TYPED | inputs).items() if value}


@pytest.mark.parametrize("given_for_all", [None, [], {}, 7, True, "x" * 10_000, identity_number()])
def test_whatever_is_sent_is_refused_and_no_identity_number_shown_again(given_for_all: object) -> None:
    read = read_rhythm(vestfold(), dict.fromkeys(TYPED, given_for_all), period(), NOW)
    assert read.mistakes
    assert identity_number() not in read.typed.values()


@given(st.integers(0, 3000), st.integers(0, 23))
@PROPERTY
def test_the_proposed_day_leaves_people_time_to_answer(days: int, hour: int) -> None:
    now = local(2022, 1, 1, hour) + timedelta(days=days)
    day = first_possible(vestfold(), time(16), now)
    assert deadline(vestfold(), day, time(16)) > now
    assert not is_day_off(day)
    assert day.weekday() < len(WORKING_DAYS)
