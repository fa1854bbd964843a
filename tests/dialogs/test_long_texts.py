"""However much somebody writes, it is looked through once, and no more of it than any field could take."""

from __future__ import annotations

from datetime import date

import pytest

from dialogs import router
from dialogs.turn import LONGEST_SAID, Event, Place
from domain import action_form, dates_in_words, meeting
from domain.identity_numbers import contains_identity_number
from domain.reports import LONGEST_INPUT
from services.messages import Address
from tests.builders import vestfold

MANY = 100_000
WRITTEN = [
    text * (MANY // len(text))
    for text in (
        "1",
        "1 ",
        "1.",
        " ",
        "a ",
        "uke ",
        "om 1 ",
        "fredag ",
        "vedtak ",
        "vedtak Larvik:",
        "innen ",
        "1. januar ",
    )
]


def test_a_message_is_read_as_far_as_any_field_would_take_it() -> None:
    event = Event("1", Place(Address("web")), text="a" * MANY)
    assert event.text == "a" * LONGEST_SAID
    assert LONGEST_SAID > 2 * LONGEST_INPUT


@pytest.mark.timeout(20)  # a pattern that goes back and forth takes half a minute for a single one of these
@pytest.mark.parametrize("text", WRITTEN, ids=lambda text: text[:14])
def test_no_text_keeps_the_others_waiting(text: str) -> None:
    today, said = date(2023, 11, 27), text[:LONGEST_SAID]
    router.command_of(text)
    meeting.read_line(vestfold(), text, meeting.NoteKind.POINT)
    action_form.read_line(vestfold(), said, today, None)
    dates_in_words.read_day(said, today)
    contains_identity_number(text)
