"""When a week's digest comes: on its first working day, whatever the week, the zone and the quiet hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.community import QuietHours
from domain.plan.digest import WEEK, digest_moment, first_working_day, monday_of, next_digest
from domain.working_time import is_day_off, is_permitted, local_date
from tests.builders import OSLO, local
from tests.harness import vestfold

PROPERTY = settings(deadline=None, max_examples=150)
days = st.dates(date(2020, 1, 1), date(2060, 12, 31))
mornings = st.integers(0, 12 * 4).map(lambda n: time(n // 4, n % 4 * 15))
evenings = st.integers(18 * 4, 24 * 4 - 1).map(lambda n: time(n // 4, n % 4 * 15))


@PROPERTY
@given(days)
def test_the_first_working_day_is_in_the_week_and_all_before_it_are_days_off(day: date) -> None:
    monday = monday_of(day)
    first = first_working_day(monday)
    assert monday.weekday() == 0
    assert monday <= first < monday + timedelta(days=5)
    assert not is_day_off(first)
    assert all(is_day_off(monday + timedelta(days=n)) for n in range((first - monday).days))


@PROPERTY
@given(days, mornings, evenings)
def test_it_never_comes_on_a_day_off_or_in_quiet_hours_nor_before_eight(day: date, end: time, start: time) -> None:
    community = replace(vestfold(), quiet_hours=QuietHours(start, end))
    monday = monday_of(day)
    moment = digest_moment(community, monday)
    assert is_permitted(moment, community.quiet_hours, community.zone)
    assert moment.astimezone(OSLO).time() == max(time(8), end)
    assert local_date(moment, community.zone) == first_working_day(monday)


@PROPERTY
@given(days, st.times())
def test_the_next_one_is_ahead_and_the_one_before_it_is_not(day: date, at: time) -> None:
    community, now = vestfold(), datetime.combine(day, at, OSLO)
    monday = next_digest(community, now)
    assert digest_moment(community, monday - WEEK) <= now < digest_moment(community, monday)


@pytest.mark.parametrize(
    ("monday", "moment"),
    [
        (date(2024, 3, 18), local(2024, 3, 18, 8)),
        (date(2024, 4, 1), local(2024, 4, 2, 8)),  # Easter Monday
        (date(2024, 5, 20), local(2024, 5, 21, 8)),  # Whit Monday
        (date(2018, 12, 24), local(2018, 12, 27, 8)),  # Christmas Eve on a Monday
    ],
)
def test_a_holiday_gives_way_to_the_working_day_after_it(monday: date, moment: datetime) -> None:
    assert digest_moment(vestfold(), monday) == moment
