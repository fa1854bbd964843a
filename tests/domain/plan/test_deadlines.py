"""Deadlines follow from the meeting, never on a day off."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.agenda import Case, CaseKind, CaseText
from domain.plan.changes import PlannedMeeting
from domain.plan.deadlines import deadline_day, deadlines, deadlines_of, of_cases
from domain.plan.meeting import Meeting
from domain.working_time import is_day_off
from tests.builders import community, vestfold

SSU = vestfold().forums[0]


def meeting(day: str, last: str = "") -> Meeting:
    return Meeting("SSU", date.fromisoformat(day), date.fromisoformat(last or day))


@pytest.mark.parametrize(
    ("day", "offset", "working_days", "expected"),
    [
        ("2024-05-23", -14, False, "2024-05-08"),  # Ascension Day is on the 9th
        ("2024-05-23", -21, False, "2024-05-02"),
        ("2024-05-23", -22, False, "2024-04-30"),  # 1 May
        ("2024-05-23", -7, False, "2024-05-16"),
        ("2024-05-10", 7, False, "2024-05-21"),  # 17 May, Whitsun
        ("2023-12-17", 7, False, "2023-12-27"),
        ("2024-05-23", -10, True, "2024-05-06"),  # past Whit Monday, 17 May and Ascension Day
        ("2024-05-23", 2, True, "2024-05-27"),
        ("2024-05-23", 0, True, "2024-05-23"),
        ("2024-05-20", 0, False, "2024-05-16"),  # a meeting on Whit Monday
    ],
)
def test_a_deadline_moves_away_from_a_day_off(day: str, offset: int, working_days: bool, expected: str) -> None:
    assert deadline_day(meeting(day), offset, working_days=working_days) == date.fromisoformat(expected)


def test_after_a_gathering_the_days_count_from_its_last() -> None:
    gathering = meeting("2024-01-25", "2024-01-26")
    assert deadline_day(gathering, 7) == date(2024, 2, 2)
    assert deadline_day(gathering, -7) == date(2024, 1, 18)


def test_a_meeting_has_the_deadlines_of_its_organ() -> None:
    found = deadlines_of(SSU, PlannedMeeting("m", meeting("2024-05-23")))
    assert [(d.name, str(d.due)) for d in found] == [
        ("sakfrist", "2024-05-02"),
        ("innkalling", "2024-05-08"),
        ("sakspapirer", "2024-05-16"),
        ("referat", "2024-05-30"),
    ]
    counted = replace(SSU, counts_working_days=True, deadlines={"innkalling": -10})
    assert [str(d.due) for d in deadlines_of(counted, PlannedMeeting("m", meeting("2024-05-23")))] == ["2024-05-06"]


def test_a_cancelled_meeting_and_one_of_an_organ_that_is_gone_have_none() -> None:
    planned = PlannedMeeting("m", meeting("2024-05-23"))
    cancelled = replace(planned, cancelled_at=datetime(2024, 1, 1, tzinfo=UTC))
    assert deadlines(vestfold(), [cancelled]) == []
    assert deadlines(community(forums=()), [planned]) == []
    assert len(deadlines(vestfold(), [planned, cancelled])) == 4


DAYS = st.dates(date(2001, 1, 1), date(2099, 12, 31))


@given(DAYS, st.integers(-365, 365), st.booleans())
def test_a_deadline_is_never_on_a_day_off_and_never_on_the_wrong_side(
    day: date, offset: int, working_days: bool
) -> None:
    due = deadline_day(Meeting("SSU", day, day), offset, working_days=working_days)
    assert not is_day_off(due) or (working_days and offset == 0)
    if offset < 0:
        assert due <= day + timedelta(days=offset) or working_days
        assert due < day
    if offset > 0:
        assert due >= day + timedelta(days=offset)


@given(DAYS, DAYS)
def test_moving_a_meeting_there_and_back_changes_nothing(day: date, other: date) -> None:
    planned = PlannedMeeting("m", Meeting("SSU", day, day))
    moved = replace(planned, meeting=replace(planned.meeting, date=other, end_date=other))
    back = replace(moved, meeting=replace(moved.meeting, date=day, end_date=day))
    assert deadlines_of(SSU, back) == deadlines_of(SSU, planned)


SAID = CaseText("Styringsdata", (CaseKind.DECISION,), "larvik-sjef")
CASE = Case("c", "vestfold", "SSU", 2024, 12, SAID, "horten-sjef", datetime(2024, 1, 8, tzinfo=UTC), "m")


def test_who_is_responsible_for_a_case_owes_its_papers_when_those_of_the_meeting_are_due() -> None:
    of_meeting = deadlines_of(SSU, PlannedMeeting("m", meeting("2024-05-23"), sequence=2))
    [papers] = of_cases(of_meeting, [CASE, replace(CASE, meeting="another"), CASE.withdrawn(), CASE.sent_on()])
    assert (papers.name, papers.due, papers.owner) == ("sakspapirer", date(2024, 5, 16), "larvik-sjef")
    assert (papers.key, papers.sequence) == ("c:sakspapirer", 3)
    assert {deadline.owner for deadline in of_meeting} == {None}


@given(st.dates(date(2023, 1, 1), date(2100, 12, 31)))
def test_what_was_concluded_is_followed_up_on_its_day_or_the_working_day_before(day: date) -> None:
    [followed] = of_cases([], [CASE, CASE.concluded("Godkjent", None), CASE.concluded("Utsettes", day)])
    assert (followed.owner, followed.forum) == ("larvik-sjef", "SSU")
    assert not is_day_off(followed.due)
    assert followed.due <= day
    assert all(is_day_off(followed.due + timedelta(days=n)) for n in range(1, (day - followed.due).days + 1))
