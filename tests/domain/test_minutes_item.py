"""What is accepted of an item of an organ's minutes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from domain.agenda import Case, CaseKind, CaseState, CaseText
from domain.agenda_form import Concluded, Wrong
from domain.minutes_item import ItemForm, read_item
from tests.builders import identity_number

TODAY = date(2024, 2, 29)
SAID = CaseText("Ferieplan", (CaseKind.DECISION,), "horten-sjef")
CASE = Case("c", "vestfold", "SSU", 2024, 1, SAID, "horten-sjef", datetime(2024, 1, 8, tzinfo=UTC))
CONCLUDED = replace(CASE, state=CaseState.CONCLUDED, conclusion="Godkjennes", follow_up=date(2024, 2, 1))


def test_what_was_said_needs_no_conclusion() -> None:
    assert read_item({"text": " Enige. "}, TODAY, CASE).form == ItemForm("Enige.", None)
    assert read_item({}, TODAY, None).form == ItemForm("", None)


def test_a_conclusion_may_have_a_day_on_which_it_is_followed_up() -> None:
    read = read_item({"conclusion": "Godkjennes", "follow_up": "23.05.2024"}, TODAY, CASE)
    assert read.form == ItemForm("", Concluded("Godkjennes", date(2024, 5, 23)))


def test_a_day_to_follow_up_without_a_conclusion_is_told_at_the_conclusion() -> None:
    read = read_item({"text": "Enige.", "follow_up": "23.05.2024"}, TODAY, CASE)
    assert (read.form, read.mistakes) == (None, {"conclusion": Wrong.REQUIRED})
    assert read.typed == {"text": "Enige.", "follow_up": "23.05.2024"}


def test_a_case_that_was_concluded_stays_so_and_its_day_may_have_passed() -> None:
    assert read_item({"text": "Enige."}, TODAY, CONCLUDED).mistakes == {"conclusion": Wrong.REQUIRED}
    kept = {"conclusion": "Godkjennes med endring", "follow_up": "2024-02-01"}
    assert read_item(kept, TODAY, CONCLUDED).form == ItemForm("", Concluded("Godkjennes med endring", date(2024, 2, 1)))
    assert read_item(kept, TODAY, CASE).mistakes == {"follow_up": Wrong.NOT_AHEAD}


def test_a_standing_item_is_concluded_and_not_followed_up() -> None:
    read = read_item({"conclusion": "Godkjennes", "follow_up": "23.05.2024"}, TODAY, None)
    assert read.form == ItemForm("", Concluded("Godkjennes", None))


def test_what_may_not_be_stored_is_told_at_its_field_and_not_shown_again() -> None:
    read = read_item({"text": identity_number(), "conclusion": "a" * 2001}, TODAY, CASE)
    assert read.mistakes == {"text": Wrong.IDENTITY_NUMBER, "conclusion": Wrong.TOO_LONG}
    assert "text" not in read.typed
    assert read_item({"text": "a" * 3001}, TODAY, CASE).mistakes == {"text": Wrong.TOO_LONG}


@given(
    st.dictionaries(st.sampled_from(["text", "conclusion", "follow_up"]), st.text() | st.integers() | st.none()),
    st.sampled_from([None, CASE, CONCLUDED]),
)
def test_whatever_is_sent_is_read_or_refused(inputs: dict[str, object], case: Case | None) -> None:
    read = read_item(inputs, TODAY, case)
    assert (read.form is None) is bool(read.mistakes)
