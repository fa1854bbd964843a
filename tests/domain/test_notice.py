"""What is new in a notice, what is doubtful about it, and what its form accepts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.notice import (
    Changed,
    NoticeChange,
    NoticeContent,
    NoticeDetails,
    NoticeDoubt,
    NoticeItem,
    NoticePaper,
    WrongDetail,
    changes,
    doubts,
    read_details,
)
from tests.builders import identity_number

ONE, TWO = NoticeItem("a", "2024.1", "Styringsdata"), NoticeItem("b", "2024.2", "Ferieplan", kinds=("decision",))
SAID = NoticeContent(
    forum="SSU",
    forum_name="Strategisk samarbeidsutvalg",
    date=date(2024, 2, 29),
    end_date=date(2024, 2, 29),
    start=time(13),
    end=time(15, 30),
    place="Møterom 3",
    host="SiV",
    to=("Samhandlingssjef SiV",),
    chair="Samhandlingssjef SiV",
    secretary="Sekretariatet",
    note="",
    items=(ONE, TWO),
)
OTHERWISE: dict[Changed, dict[str, Any]] = {
    Changed.WHEN: {"start": time(12)},
    Changed.PLACE: {"place": None},
    Changed.HOST: {"host": "Horten kommune"},
    Changed.CHAIR: {"chair": None},
    Changed.SECRETARY: {"secretary": "Leder PKO"},
    Changed.NOTE: {"note": "Ta med tall"},
    Changed.ORDER: {"items": (TWO, ONE)},
}


@pytest.mark.parametrize("what", OTHERWISE)
def test_each_thing_that_is_new_is_told_and_nothing_else(what: Changed) -> None:
    after = replace(SAID, **OTHERWISE[what])
    assert changes(SAID, after) == [NoticeChange(what)]
    assert changes(after, SAID) == [NoticeChange(what)]


def test_cases_that_came_went_and_changed_are_told_by_name() -> None:
    longer = replace(ONE, papers=(NoticePaper("Tall", "https://siv.example/tall"),))
    third = NoticeItem("c", "2024.3", "Møteplan")
    assert changes(SAID, replace(SAID, items=(longer, third))) == [
        NoticeChange(Changed.ADDED, third),
        NoticeChange(Changed.REMOVED, TWO),
        NoticeChange(Changed.ITEM, longer),
    ]


def test_a_case_that_comes_between_others_is_no_new_order() -> None:
    third = NoticeItem("c", "2024.3", "Møteplan")
    assert changes(SAID, replace(SAID, items=(ONE, third, TWO))) == [NoticeChange(Changed.ADDED, third)]


def test_who_is_called_is_no_news_to_those_who_are() -> None:
    assert changes(SAID, replace(SAID, to=())) == []


def test_what_is_complete_has_no_doubts() -> None:
    assert doubts(SAID, ("siv", "horten"), "SiV") == []
    assert doubts(SAID, (), "SiV") == []


def test_everything_that_lacks_is_a_doubt() -> None:
    empty = replace(SAID, start=None, place="", host=None, chair=None, items=())
    lacking = [
        NoticeDoubt.NO_TIME,
        NoticeDoubt.NO_PLACE,
        NoticeDoubt.NO_HOST,
        NoticeDoubt.NO_CHAIR,
        NoticeDoubt.NO_CASES,
    ]
    assert doubts(empty, ("SiV",), None) == lacking
    assert doubts(SAID, ("horten", "tonsberg"), "SiV") == [NoticeDoubt.OTHER_HOST]


def test_the_form_takes_people_and_words_and_refuses_what_is_neither() -> None:
    people = frozenset({"a", "b"})
    good = read_details(people, {"chair": "a", "secretary": "-", "note": " Hei "})
    assert good.details == NoticeDetails("a", None, "Hei")
    assert read_details(people, {}).details == NoticeDetails()
    wrong = read_details(people, {"chair": "c", "secretary": "b", "note": identity_number()})
    assert (wrong.details, wrong.typed) == (None, {"chair": "c", "secretary": "b"})
    assert wrong.mistakes == {"chair": WrongDetail.NOT_A_PERSON, "note": WrongDetail.IDENTITY_NUMBER}
    assert read_details(people, {"note": "a" * 1001}).mistakes == {"note": WrongDetail.TOO_LONG}


@given(st.dictionaries(st.sampled_from(["chair", "secretary", "note", "x"]), st.text() | st.integers() | st.none()))
def test_whatever_is_sent_is_read_or_refused(inputs: dict[str, object]) -> None:
    read = read_details(frozenset({"a"}), inputs)
    assert (read.details is None) is bool(read.mistakes)
