"""Deadlines that follow from no meeting: the form, and what a plan's file does to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.plan.deadline_form import MAY_BE_REMINDED_BEFORE, DeadlineForm, Wrong, read_deadline, read_line
from domain.plan.free_deadlines import FreeDeadline, applied, file_changes, standing
from domain.plan.meeting import FileDeadline
from domain.plan.reading import read_plan
from domain.plan.reminders import reminder_days
from domain.plan.text_table import rows_of_text
from domain.working_time import is_day_off
from tests.builders import vestfold

TODAY = date(2024, 2, 5)
NOW = datetime(2024, 2, 5, 8, tzinfo=UTC)
OWNERS = {"sekretariat", "larvik-sjef"}


def day(month: int, number: int) -> date:
    return date(2024, month, number)


# Lines of a file


@pytest.mark.parametrize(
    ("line", "text", "due"),
    [
        ("høringsfrist 12.04.23", "høringsfrist", date(2023, 4, 12)),
        ("Høringsfrist: 12. april 2024", "Høringsfrist", day(4, 12)),
        ("Frist for innspill til handlingsplanen er 1. mars 2024", "Frist for innspill til handlingsplanen", day(3, 1)),
        ("12.04.24 høyringsfrist budsjett", "høyringsfrist budsjett", day(4, 12)),
        ("Innspillsfrist (innen 30.03.24) til SSU", "Innspillsfrist til SSU", day(3, 30)),
        ("Svarfrist onsdag 10.4.24 kl. 12.00", "Svarfrist kl. 12.00", day(4, 10)),
        ("Hearing deadline 12 April 2024", "Hearing deadline", day(4, 12)),
    ],
)
def test_a_line_with_a_deadline_is_one_in_its_own_words(line: str, text: str, due: date) -> None:
    plan = read_plan(vestfold(), rows_of_text(line))
    assert plan.deadlines == (FileDeadline(text, due, "line 1"),)
    assert (plan.meetings, plan.doubts) == ((), ())


@pytest.mark.parametrize("line", ["Sakfrist SSU 08.02.24", "Referat sendt innen fristen 08.02.24 og 09.02.24", "Frist"])
def test_what_follows_from_a_meeting_or_is_not_one_day_is_none(line: str) -> None:
    assert read_plan(vestfold(), rows_of_text(line)).deadlines == ()


# What a file changes


def free(text: str, due: date, *, imported: date | None = None, id_: str = "") -> FreeDeadline:
    return FreeDeadline(
        id_ or text, text, due, "sekretariat", imported=FileDeadline(text, imported) if imported else None
    )


def after(kept: Sequence[FreeDeadline], *read: tuple[str, date]) -> list[str]:
    """What is kept when a file has been stored, by date."""
    lines = [FileDeadline(text, due) for text, due in read]
    left = {deadline.id: deadline for deadline in kept}
    for number, change in enumerate(file_changes(kept, lines)):
        done = applied(change, NOW)
        if done is None and change.read is not None:
            done = FreeDeadline(f"new-{number}", change.read.text, change.read.due, "sekretariat")
        if done is not None:
            left[done.id] = done
    return [f"{d.due:%d.%m} {d.text}" for d in standing(left.values())]


def test_the_same_words_on_another_day_were_moved() -> None:
    kept = [free("Høring", day(4, 12), imported=day(4, 12))]
    [change] = file_changes(kept, [FileDeadline("høring", day(4, 19))])
    assert (change.kind, change.before, change.due) == ("moved", kept[0], day(4, 19))


def test_of_two_with_the_same_words_none_is_taken_for_the_other() -> None:
    kept = [
        free("Høring", day(4, 12), imported=day(4, 12), id_="a"),
        free("Høring", day(5, 3), imported=day(5, 3), id_="b"),
    ]
    assert after(kept, ("Høring", day(4, 12)), ("Høring", day(5, 10))) == ["12.04 Høring", "10.05 Høring"]
    assert after(kept, ("Høring", day(4, 12)), ("Høring", day(5, 3))) == ["12.04 Høring", "03.05 Høring"]
    assert after(kept, ("Høring", day(6, 1)), ("Høring", day(6, 2))) == ["01.06 Høring", "02.06 Høring"]


def test_what_was_moved_by_hand_stays_until_the_file_says_something_new() -> None:
    kept = [free("Høring", day(4, 26), imported=day(4, 12))]
    assert after(kept, ("Høring", day(4, 12))) == ["26.04 Høring"]
    assert after(kept, ("Høring", day(4, 19))) == ["19.04 Høring"]


def test_what_was_added_or_removed_by_hand_stays_so() -> None:
    removed = replace(free("Høring", day(4, 12), imported=day(4, 12)), removed_at=NOW)
    assert after([free("Eget", day(3, 1))], ("Høring", day(4, 12))) == ["01.03 Eget", "12.04 Høring"]
    assert after([removed], ("Høring", day(4, 12))) == []


def test_a_file_takes_away_only_its_own_and_only_of_its_years() -> None:
    kept = [
        free("Høring", day(4, 12), imported=day(4, 12)),
        free("Høring 2025", date(2025, 4, 12), imported=date(2025, 4, 12)),
    ]
    assert after(kept, ("Svar", day(6, 1))) == ["01.06 Svar", "12.04 Høring 2025"]
    assert after(kept) == ["12.04 Høring", "12.04 Høring 2025"]


days = st.dates(day(1, 1), date(2025, 12, 31))
lines = st.lists(st.tuples(st.sampled_from(["Høring", "Svar", "Innspill"]), days), max_size=6, unique=True)


@given(lines, lines)
def test_whatever_came_before_a_file_with_deadlines_leaves_what_it_says(
    first: list[tuple[str, date]], second: list[tuple[str, date]]
) -> None:
    kept: list[FreeDeadline] = []
    for read in (first, second, second):
        found = file_changes(kept, [FileDeadline(*line) for line in read])
        left = {deadline.id: deadline for deadline in kept}
        for change in found:
            done = applied(change, NOW) or FreeDeadline(
                f"{len(left)}", change.text, change.due or TODAY, "x", (), change.read
            )
            left[done.id] = done
        kept = list(left.values())
    years = {due.year for _, due in second}
    assert sorted((d.text, d.due) for d in standing(kept) if d.due.year in years) == sorted(second)


# The form


def form(**inputs: str) -> DeadlineForm | dict[str, Wrong]:
    given_ = {"text": "Høring", "due": "12.04.24"} | inputs
    read = read_deadline(given_, OWNERS, TODAY, "larvik-sjef")
    return read.form or dict(read.mistakes)


def test_what_is_not_said_is_ones_own_and_reminded_of_as_usual() -> None:
    assert form() == DeadlineForm("Høring", day(4, 12), "larvik-sjef", (7, 1, 0))
    assert form(owner="sekretariat", remind="0,14") == DeadlineForm("Høring", day(4, 12), "sekretariat", (14, 0))
    assert form(remind="") == DeadlineForm("Høring", day(4, 12), "larvik-sjef", ())
    assert form(text=" to\n linjer ") == DeadlineForm("to linjer", day(4, 12), "larvik-sjef", (7, 1, 0))


def test_a_day_that_the_deadline_has_had_may_have_passed() -> None:
    gone = TODAY - timedelta(days=3)
    inputs = {"text": "Høring", "due": gone.isoformat()}
    assert read_deadline(inputs, OWNERS, TODAY, "larvik-sjef").mistakes == {"due": Wrong.IN_THE_PAST}
    assert read_deadline(inputs, OWNERS, TODAY, "larvik-sjef", gone).form is not None


@given(
    st.dictionaries(st.sampled_from(["text", "due", "owner", "remind"]), st.one_of(st.text(), st.integers(), st.none()))
)
def test_whatever_is_sent_is_a_deadline_within_the_bounds_or_mistakes(inputs: dict[str, object]) -> None:
    read = read_deadline(inputs, OWNERS, TODAY, "larvik-sjef")
    assert (read.form is None) == bool(read.mistakes)
    if read.form is not None:
        assert read.form.owner in OWNERS
        assert 0 < len(read.form.text) <= 200
        assert read.form.due >= TODAY


@given(st.text())
def test_any_line_fills_the_form_in(line: str) -> None:
    assert set(read_line(line, TODAY)) == {"text", "due"}


@given(st.dates(day(1, 1), date(2030, 12, 31)), st.sets(st.sampled_from(MAY_BE_REMINDED_BEFORE)))
def test_no_reminder_is_on_a_day_off_or_after_the_deadline(due: date, before: set[int]) -> None:
    found = reminder_days(due, before)
    assert not any(is_day_off(each) for each in found)
    assert all(each <= due for each in found)
    assert len(found) <= len(before)
