"""Extra meetings: what may be asked, which time is proposed, what stands in the way of one."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.extra_meetings import (
    HowSoon,
    lapses_at,
    propose,
    read_meeting,
    read_request,
    read_word,
    usual_how_soon,
)
from domain.period_form import SHORTEST_NOTICE, Wrong
from domain.rounds import Round
from domain.working_time import is_day_off, local_date
from tests.builders import OSLO, identity_number, local, period, round_, vestfold

PROPERTY = settings(deadline=None, max_examples=200)
ASKED = read_request({"why": "Fullt", "when": "today"}, HowSoon.TOMORROW)

moments = st.integers(0, 9 * 365 * 24 * 60).map(lambda minutes: local(2022, 1, 1) + timedelta(minutes=minutes))


def test_a_request_without_a_word_on_when_is_the_usual_one() -> None:
    assert (ASKED.why, ASKED.how_soon, ASKED.mistakes) == ("Fullt", HowSoon.TODAY, {})
    assert read_request({"why": "Fullt"}, HowSoon.TOMORROW).how_soon is HowSoon.TOMORROW


@pytest.mark.parametrize("given", [None, [], {}, 7, True, "x" * 100_000, "\x00"])
def test_whatever_is_sent_is_read_or_refused(given: object) -> None:
    read = read_request({"why": given, "when": given}, HowSoon.TODAY)
    assert read.mistakes
    read_word({"word": given})
    assert read_meeting(
        vestfold(), {"date": given, "start": given}, local(2023, 11, 27, 9), None, (), waits=False
    ).mistakes


def test_an_identity_number_is_refused_and_not_shown_again() -> None:
    number = identity_number()
    read = read_request({"why": f"Se {number}", "when": number}, HowSoon.TODAY)
    assert read.mistakes["why"].wrong is Wrong.IDENTITY_NUMBER
    assert read.typed == {}
    assert read_word({"word": number})[1] is Wrong.IDENTITY_NUMBER
    found = read_meeting(vestfold(), {"date": number, "start": "14"}, local(2023, 11, 27, 9), None, (), waits=False)
    assert found.typed == {"start": "14"}


# What is proposed


@pytest.mark.parametrize(
    ("how_soon", "now", "expected"),
    [
        # Monday: two hours ahead on the half hour
        (HowSoon.TODAY, (27, 9, 0), (27, 11, 0)),
        (HowSoon.TODAY, (27, 9, 1), (27, 11, 30)),
        (HowSoon.TODAY, (27, 5, 0), (27, 8, 0)),
        # less than two hours where the day has no more
        (HowSoon.TODAY, (27, 14, 40), (27, 15, 30)),
        (HowSoon.TODAY, (27, 15, 30), (27, 16, 0)),
        (HowSoon.TODAY, (27, 15, 31), (28, 9, 0)),
        # Friday evening, and the weekend
        (HowSoon.TODAY, (24, 20, 0), (27, 9, 0)),
        (HowSoon.TODAY, (25, 12, 0), (27, 9, 0)),
        (HowSoon.TOMORROW, (24, 12, 0), (27, 9, 0)),
        (HowSoon.TOMORROW, (27, 0, 1), (28, 9, 0)),
        (HowSoon.THIS_WEEK, (27, 12, 0), (29, 9, 0)),
        # Thursday: what is left of the week is Friday
        (HowSoon.THIS_WEEK, (23, 12, 0), (24, 9, 0)),
        (HowSoon.THIS_WEEK, (24, 12, 0), (27, 9, 0)),
    ],
)
def test_the_proposed_time_follows_how_soon(
    how_soon: HowSoon, now: tuple[int, int, int], expected: tuple[int, int, int]
) -> None:
    assert propose(vestfold(), how_soon, local(2023, 11, *now)) == local(2023, 11, *expected)


def test_a_time_with_another_meeting_is_not_proposed() -> None:
    taken = round_(meeting_at=local(2023, 11, 27, 11), meeting_ends_at=local(2023, 11, 27, 12))
    now = local(2023, 11, 27, 9)
    assert propose(vestfold(), HowSoon.TODAY, now, [taken]) == local(2023, 11, 27, 12)
    called_off = round_(meeting_at=local(2023, 11, 27, 11), meeting_ends_at=local(2023, 11, 27, 12), cancelled_at=now)
    assert propose(vestfold(), HowSoon.TODAY, now, [called_off]) == local(2023, 11, 27, 11)


@given(moments, st.sampled_from(HowSoon), st.lists(st.integers(0, 200), max_size=6))
@PROPERTY
def test_what_is_proposed_is_accepted(now: datetime, how_soon: HowSoon, hours: list[int]) -> None:
    others: list[Round] = []
    for hour in hours:
        begins = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=hour)
        others.append(round_(meeting_at=begins, meeting_ends_at=begins + timedelta(hours=1)))
    at = propose(vestfold(), how_soon, now, others).astimezone(OSLO)
    assert not is_day_off(at.date())
    assert time(8) <= at.time() <= time(16)
    assert at - now >= SHORTEST_NOTICE
    if how_soon is not HowSoon.TODAY:
        assert at.date() > local_date(now, OSLO)
    given_back = {"date": at.date().isoformat(), "start": f"{at:%H:%M}"}
    found = read_meeting(vestfold(), given_back, now, period(until=None), others, waits=False)
    assert found.mistakes == {}
    assert (found.day, found.start) == (at.date(), at.time())


@given(moments)
@PROPERTY
def test_today_is_usual_as_long_as_the_day_has_room(now: datetime) -> None:
    at = propose(vestfold(), HowSoon.TODAY, now)
    same = local_date(at, OSLO) == local_date(now, OSLO)
    assert usual_how_soon(vestfold(), now) is (HowSoon.TODAY if same else HowSoon.TOMORROW)


# What stands in the way


@pytest.mark.parametrize(
    ("day", "start", "field", "wrong"),
    [
        (date(2023, 11, 26), "12:00", "date", Wrong.IN_THE_PAST),
        (date(2024, 11, 28), "12:00", "date", Wrong.TOO_FAR),
        (date(2023, 12, 24), "12:00", "date", Wrong.DAY_OFF),
        (date(2023, 11, 27), "09:14", "start", Wrong.TOO_SOON),
        (date(2023, 11, 27), "08:00", "start", Wrong.TOO_SOON),
        (date(2024, 1, 24), "12:00", "date", Wrong.AFTER_PERIOD),
        (date(2023, 11, 28), "15:01", "start", Wrong.SAME_TIME),
        (date(2023, 11, 28), "16:59", "start", Wrong.SAME_TIME),
    ],
)
def test_what_stands_in_the_way_is_told_at_its_field(day: date, start: str, field: str, wrong: Wrong) -> None:
    given_then = {"date": day.isoformat(), "start": start}
    read = read_meeting(vestfold(), given_then, local(2023, 11, 27, 9), period(), [round_()], waits=False)
    assert {key: mistake.wrong for key, mistake in read.mistakes.items()} == {field: wrong}
    assert read.typed == given_then


@pytest.mark.parametrize(("start", "passes"), [("15:00", True), ("17:00", True), ("15:00 ", True), ("16:00", False)])
def test_meetings_may_follow_each_other(start: str, *, passes: bool) -> None:
    typed = {"date": "28.11.2023", "start": start}
    read = read_meeting(vestfold(), typed, local(2023, 11, 27, 9), period(), [round_()], waits=False)
    assert bool(read.day) is passes


@pytest.mark.parametrize(
    ("start", "waits", "passes"),
    [("07:14", True, False), ("07:15", True, True), ("07:14", False, True)],
)
def test_what_waits_for_the_morning_needs_room_after_it(start: str, *, waits: bool, passes: bool) -> None:
    typed = {"date": "2023-11-28", "start": start}
    read = read_meeting(vestfold(), typed, local(2023, 11, 27, 21), period(), (), waits=waits)
    assert bool(read.day) is passes


@pytest.mark.parametrize(
    ("how_soon", "asked", "lapses"),
    [
        (HowSoon.TODAY, "2023-11-27T09:00", "2023-11-28T16:00"),
        (HowSoon.TODAY, "2023-11-24T22:00", "2023-11-28T16:00"),  # a Friday night: wanted on Monday
        (HowSoon.TOMORROW, "2023-11-24T10:00", "2023-11-28T16:00"),
        (HowSoon.THIS_WEEK, "2023-11-27T09:00", "2023-12-04T16:00"),
        (HowSoon.TODAY, "2024-03-27T10:00", "2024-04-02T16:00"),  # Easter lies between
    ],
)
def test_a_request_lapses_as_the_working_day_after_the_wanted_one_ends(
    how_soon: HowSoon, asked: str, lapses: str
) -> None:
    asked_at = datetime.fromisoformat(asked).replace(tzinfo=OSLO)
    assert lapses_at(vestfold(), how_soon, asked_at).astimezone(OSLO).isoformat()[:16] == lapses
