"""The form that starts a period: what is accepted, what is wrong at which field."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.period_form import FIELDS, Wrong, end_of, read_date, read_start, read_time
from domain.periods import Reason
from tests.builders import community as community_with
from tests.builders import identity_number, local, meeting, period, vestfold

NOW = local(2023, 11, 23, 9)
GOOD = {
    "reason": "innstrom,bemanning",
    "level": "yellow",
    "first_meeting": "2023-11-28",
    "start": "16:00",
    "every_days": "7",
    "until": "2024-01-23",
    "urgent": "false",
    "note": "Mange innleggelser",
}


def wrong(**changes: object) -> dict[str, Wrong]:
    read = read_start(vestfold(), GOOD | changes, [], NOW)
    assert (read.form is None) == bool(read.mistakes)
    return {key: mistake.wrong for key, mistake in read.mistakes.items()}


def test_a_good_form_is_read_as_it_was_typed() -> None:
    form = read_start(vestfold(), GOOD, [], NOW).form
    assert form is not None
    assert (form.reasons, form.first_meeting, form.start) == (
        (Reason.INFLOW, Reason.STAFFING),
        date(2023, 11, 28),
        time(16),
    )
    assert (form.every_days, form.until, form.urgent, form.note) == (7, date(2024, 1, 23), False, "Mange innleggelser")


def test_what_is_left_out_is_the_communitys_usual() -> None:
    few = {key: GOOD[key] for key in ("reason", "level", "first_meeting")}
    form = read_start(vestfold(), few, [], NOW).form
    assert form is not None
    assert (form.start, form.every_days, form.until) == (time(16), 7, None)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"reason": ""}, {"reason": Wrong.REQUIRED}),
        ({"reason": "vær"}, {"reason": Wrong.NOT_A_CHOICE}),
        ({"level": "lilla"}, {"level": Wrong.NOT_A_CHOICE}),
        ({"first_meeting": "31.11.2023"}, {"first_meeting": Wrong.NOT_A_DATE}),
        ({"first_meeting": "i morgen"}, {"first_meeting": Wrong.NOT_A_DATE}),
        ({"first_meeting": "2023-11-22"}, {"first_meeting": Wrong.IN_THE_PAST}),
        ({"first_meeting": "2023-11-23", "start": "08:00"}, {"first_meeting": Wrong.IN_THE_PAST}),
        ({"first_meeting": "2023-11-23", "start": "12:00"}, {"first_meeting": Wrong.DEADLINE_PASSED}),
        ({"first_meeting": "2025-11-25", "until": ""}, {"first_meeting": Wrong.TOO_FAR}),
        ({"until": "2023-11-27"}, {"until": Wrong.UNTIL_BEFORE_FIRST}),
        ({"until": "2025-11-27"}, {"until": Wrong.TOO_LONG_PERIOD}),
        ({"first_meeting": "2023-12-26", "until": "2023-12-26"}, {"first_meeting": Wrong.NO_MEETING_LEFT}),
        ({"start": "25:00"}, {"start": Wrong.NOT_A_TIME}),
        ({"every_days": "15"}, {"every_days": Wrong.NOT_DAYS}),
        ({"every_days": "0"}, {"every_days": Wrong.NOT_DAYS}),
        ({"note": "x" * 501}, {"note": Wrong.TOO_LONG}),
        (
            {"first_meeting": "2023-11-01", "until": "x", "level": ""},
            {"first_meeting": Wrong.IN_THE_PAST, "until": Wrong.NOT_A_DATE, "level": Wrong.REQUIRED},
        ),
    ],
)
def test_each_mistake_is_said_at_its_field(changes: dict[str, object], expected: dict[str, Wrong]) -> None:
    assert wrong(**changes) == expected


def test_a_period_may_not_overlap_one_that_runs_and_may_follow_it() -> None:
    running = period(first_meeting=date(2023, 11, 21), until=date(2023, 12, 5))
    read = read_start(vestfold(), GOOD, [running], NOW)
    assert read.mistakes["first_meeting"].other == running
    assert read.typed == {**GOOD}
    assert read_start(vestfold(), GOOD | {"first_meeting": "2023-12-12"}, [running], NOW).form is not None


def test_an_identity_number_in_the_note_is_refused_and_not_shown_again() -> None:
    number = identity_number()
    read = read_start(vestfold(), GOOD | {"note": f"Pasient {number}"}, [], NOW)
    assert read.mistakes["note"].wrong is Wrong.IDENTITY_NUMBER
    assert number not in str(read.typed)


def test_a_first_meeting_on_a_day_off_is_dropped_or_moved_if_others_are_left() -> None:
    read = read_start(vestfold(), GOOD | {"first_meeting": "2023-12-26"}, [], NOW)
    assert [d.held for d in read.dates][:2] == [None, date(2024, 1, 2)]
    moving = community_with(meeting=meeting(skip_public_holidays=False))
    read = read_start(moving, GOOD | {"first_meeting": "2023-12-26", "until": "2023-12-27"}, [], NOW)
    assert [d.held for d in read.dates] == [date(2023, 12, 27)]


@pytest.mark.parametrize("text", ["2023-11-28", "28.11.2023", "28.11.23", "28. 11. 2023"])
def test_dates_are_read_as_people_write_them(text: str) -> None:
    assert read_date(text) == date(2023, 11, 28)


@pytest.mark.parametrize(
    ("text", "at"), [("16:00", time(16)), ("16.30", time(16, 30)), ("kl. 8", time(8)), ("9", time(9))]
)
def test_times_are_read_as_people_write_them(text: str, at: time) -> None:
    assert read_time(text) == at


def test_a_meeting_ends_the_day_it_begins() -> None:
    assert end_of(vestfold(), time(10, 30)) == time(11, 30)
    assert end_of(vestfold(), time(23, 30)) == time(23, 59)


@given(
    st.dictionaries(
        st.sampled_from(FIELDS), st.one_of(st.text(max_size=30), st.integers(), st.none(), st.lists(st.text()))
    )
)
def test_no_input_is_too_strange_to_be_answered(inputs: dict[str, object]) -> None:
    read = read_start(vestfold(), inputs, [period()], NOW)
    assert read.form is None or not read.mistakes
