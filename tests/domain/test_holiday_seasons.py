"""Easter, summer and Christmas: when they are, when they are asked about, what is proposed."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.community import Community, QuietHours, SummerHoliday
from domain.holiday_seasons import AHEAD, Season, asked_at, easter_sunday, holiday, next_holiday, propose
from domain.periods import meeting_dates
from domain.rounds import deadline
from domain.working_time import instant, is_day_off, is_permitted, local_date, public_holidays
from tests.builders import OSLO, community, local, meeting, period, vestfold

PROPERTY = settings(deadline=None, max_examples=150)
years = st.integers(2000, 2100)
weekdays = st.integers(0, 4).map(lambda day: community(meeting=meeting(weekday=day)))


@pytest.mark.parametrize("year", range(2000, 2101))
def test_easter_is_when_the_public_holidays_say(year: int) -> None:
    named = [day for day, name in public_holidays(year).items() if "Første påskedag" in name]
    assert [easter_sunday(year)] == named
    easter = holiday(vestfold(), Season.EASTER, year)
    assert easter.first.weekday() == 6
    assert "Andre påskedag" in public_holidays(year)[easter.last]


def test_the_holidays_of_a_year() -> None:
    assert [(h.first, h.last) for h in (holiday(vestfold(), season, 2024) for season in Season)] == [
        (date(2024, 3, 24), date(2024, 4, 1)),
        (date(2024, 6, 24), date(2024, 8, 18)),  # weeks 26 to 33, where the file says nothing
        (date(2024, 12, 24), date(2025, 1, 1)),
    ]


def test_summer_is_as_the_community_file_says() -> None:
    every_year = community(summer_holiday=SummerHoliday((6, 21), (8, 14)))
    assert holiday(every_year, Season.SUMMER, 2031).first == date(2031, 6, 21)
    one_year = community(summer_holiday=SummerHoliday((6, 21), (8, 14), 2024))
    assert holiday(one_year, Season.SUMMER, 2024).last == date(2024, 8, 14)
    assert holiday(one_year, Season.SUMMER, 2025) == holiday(vestfold(), Season.SUMMER, 2025)


@pytest.mark.parametrize(
    ("season", "year", "expected"),
    [
        # 3 March 2024 and 3 December 2023 are Sundays
        (Season.EASTER, 2024, local(2024, 3, 1, 9)),
        (Season.CHRISTMAS, 2023, local(2023, 12, 1, 9)),
        (Season.SUMMER, 2024, local(2024, 6, 3, 9)),
    ],
)
def test_the_question_comes_three_weeks_before_on_a_working_day(season: Season, year: int, expected: object) -> None:
    assert asked_at(vestfold(), holiday(vestfold(), season, year)) == expected


@given(years, st.sampled_from(Season), st.integers(0, 23), st.integers(1, 12))
@PROPERTY
def test_the_question_comes_in_time_on_a_working_day_and_not_in_quiet_hours(
    year: int, season: Season, begins: int, hours: int
) -> None:
    asked = community(quiet_hours=QuietHours(time(begins), time((begins + hours) % 24)))
    of = holiday(asked, season, year)
    at = asked_at(asked, of)
    assert is_permitted(at, asked.quiet_hours, OSLO)
    early = of.first - local_date(at, OSLO)
    assert AHEAD - timedelta(days=4) <= early <= AHEAD + timedelta(days=5)


@given(years, st.sampled_from(Season), weekdays)
@PROPERTY
def test_the_proposal_lies_around_the_holiday_on_the_usual_weekday(year: int, season: Season, asked: Community) -> None:
    of = holiday(asked, season, year)
    found = propose(asked, of, asked_at(asked, of))
    assert found is not None
    for day in (found.first_meeting, found.until):
        assert day.weekday() == asked.meeting.weekday
        assert not is_day_off(day)
    assert found.first_meeting < of.first
    assert of.first - found.first_meeting <= timedelta(days=14)
    assert found.until > of.last
    assert found.until - of.last <= timedelta(days=14)
    dates = list(meeting_dates(found.first_meeting, 7, found.until, skip_days_off=True, horizon=found.until))
    assert dates[0].held == found.first_meeting
    assert dates[-1].held == found.until
    assert of.is_covered_by(period(first_meeting=found.first_meeting, until=found.until))


@given(years, st.sampled_from(Season), weekdays, st.integers(0, 90 * 24))
@PROPERTY
def test_a_late_look_proposes_what_can_still_be_asked_for(
    year: int, season: Season, asked: Community, hours: int
) -> None:
    of = holiday(asked, season, year)
    now = asked_at(asked, of) + timedelta(hours=hours)
    found = propose(asked, of, now)
    if found is None:
        assert now > instant(of.last, time(0), OSLO) - timedelta(days=7)
        return
    assert deadline(asked, found.first_meeting, asked.meeting.start) > now
    assert found.first_meeting <= found.until


@given(years, st.sampled_from(Season), st.integers(0, 365))
@PROPERTY
def test_the_next_holiday_has_not_begun(year: int, season: Season, days: int) -> None:
    today = date(year, 1, 1) + timedelta(days=days)
    of = next_holiday(vestfold(), season, today)
    assert of.first > today
    assert holiday(vestfold(), season, of.year - 1).first <= today


@pytest.mark.parametrize(
    ("first", "until", "covered"),
    [
        (date(2023, 11, 28), date(2024, 1, 23), True),
        (date(2023, 11, 28), None, True),
        (date(2023, 11, 28), date(2024, 1, 1), True),
        (date(2023, 11, 28), date(2023, 12, 31), False),
        (date(2024, 1, 2), date(2024, 1, 23), False),
    ],
)
def test_a_period_that_lasts_through_it_covers_it(first: date, until: date | None, *, covered: bool) -> None:
    christmas = holiday(vestfold(), Season.CHRISTMAS, 2023)
    assert christmas.is_covered_by(period(first_meeting=first, until=until)) is covered
