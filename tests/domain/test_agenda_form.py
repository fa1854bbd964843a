"""What is accepted of what people fill in about cases, and what is wrong at which field."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.agenda import CaseKind, Paper
from domain.agenda_form import (
    NEXT,
    SAID,
    Wrong,
    read_conclusion,
    read_edit,
    read_position,
    read_report,
    written,
)
from domain.plan.changes import PlannedMeeting
from domain.plan.meeting import Meeting
from tests.builders import identity_number, vestfold

PEOPLE = vestfold().people
TODAY = date(2024, 1, 8)
GOOD = {"title": "Styringsdata", "kinds": "decision,information", "responsible": "larvik-sjef", "forum": "SSU"}
PLAN = [
    PlannedMeeting("s", Meeting("SSU", date(2024, 2, 29), date(2024, 2, 29))),
    PlannedMeeting("a", Meeting("AU", date(2024, 2, 15), date(2024, 2, 15))),
]


def test_kinds_stand_in_their_own_order_and_the_title_on_one_line() -> None:
    form = read_report(GOOD | {"title": "Styrings\n data"}, ["SSU"], PLAN, PEOPLE).form
    assert form is not None
    assert form.said.title == "Styrings data"
    assert form.said.kinds == (CaseKind.INFORMATION, CaseKind.DECISION)


@pytest.mark.parametrize(("given_", "meeting"), [("", None), (NEXT, None), ("s", "s")])
def test_without_a_meeting_it_is_the_next(given_: str, meeting: str | None) -> None:
    form = read_report(GOOD | {"meeting": given_}, ["SSU"], PLAN, PEOPLE).form
    assert form is not None
    assert form.meeting == meeting


@pytest.mark.parametrize(("given_", "wrong"), [("a", Wrong.OTHER_FORUM), ("x", Wrong.NOT_A_CHOICE)])
def test_a_meeting_is_one_of_the_organs(given_: str, wrong: Wrong) -> None:
    assert read_report(GOOD | {"meeting": given_}, ["SSU"], PLAN, PEOPLE).mistakes == {"meeting": wrong}


def test_who_is_responsible_may_be_written_by_name() -> None:
    form = read_edit(GOOD | {"responsible": "kommunalsjef LARVIK"}, PEOPLE).form
    assert form is not None
    assert form.responsible == "larvik-sjef"


@pytest.mark.parametrize(
    ("line", "paper"),
    [
        ("https://vestfold.example/notat", Paper("", "https://vestfold.example/notat")),
        ("Notat: https://vestfold.example/n?a=1&b=%20#c", Paper("Notat", "https://vestfold.example/n?a=1&b=%20#c")),
        ("https://vestfold.example/n – Notat om sak", Paper("Notat om sak", "https://vestfold.example/n")),
        ("HTTPS://vestfold.example", Paper("", "HTTPS://vestfold.example")),
    ],
)
def test_a_paper_is_a_link_and_perhaps_a_title(line: str, paper: Paper) -> None:
    form = read_edit(GOOD | {"papers": f"\n{line}\n\n"}, PEOPLE).form
    assert form is not None
    assert form.papers == (paper,)


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("vestfold.example/notat", Wrong.NOT_A_LINK),
        ("https://a.example https://b.example", Wrong.NOT_A_LINK),
        ("https://", Wrong.NOT_A_LINK),
        ("https://localhost/notat", Wrong.NOT_A_LINK),
        ("https://kari:ord@vestfold.example/", Wrong.NOT_A_LINK),
        ("https://vestfold.example:99999999/", Wrong.NOT_A_LINK),
        ("https://[::1/", Wrong.NOT_A_LINK),
        ('https://vestfold.example/"onclick=x', Wrong.NOT_A_LINK),
        ("https://vestfold.example/<b>", Wrong.NOT_A_LINK),
        ("http://vestfold.example/", Wrong.NOT_HTTPS),
        ("file://vestfold.example/notat", Wrong.NOT_HTTPS),
        ("data://vestfold.example/text", Wrong.NOT_HTTPS),
        (f"https://vestfold.example/{'x' * 480}", Wrong.LONG_LINK),
        (f"{'x' * 101} https://vestfold.example/", Wrong.LONG_PAPER_TITLE),
    ],
)
def test_only_what_a_browser_opens_safely_is_a_link(line: str, wrong: Wrong) -> None:
    assert read_edit(GOOD | {"papers": line}, PEOPLE).mistakes == {"papers": wrong}


@given(st.dictionaries(st.sampled_from(SAID), st.text(max_size=300) | st.none() | st.integers() | st.lists(st.text())))
def test_whatever_is_written_is_taken_as_it_stands_or_told_to_be_wrong(inputs: dict[str, object]) -> None:
    read = read_edit(inputs, PEOPLE)
    assert (read.form is None) == bool(read.mistakes)
    if read.form is not None:
        again = read_edit(GOOD | {"papers": written(read.form.papers)}, PEOPLE).form
        assert again is not None
        assert again.papers == read.form.papers


@pytest.mark.parametrize("field", ["title", "about", "proposal", "responsible", "papers"])
def test_an_identity_number_is_refused_and_not_given_back(field: str) -> None:
    read = read_edit(GOOD | {field: f"Gjelder {identity_number()}"}, PEOPLE)
    assert read.mistakes == {field: Wrong.IDENTITY_NUMBER}
    assert field not in read.typed


@pytest.mark.parametrize(
    ("given_", "day", "wrong"),
    [
        ("", None, None),
        ("2024-06-01", date(2024, 6, 1), None),
        ("1. juni", date(2024, 6, 1), None),
        ("2024-01-08", date(2024, 1, 8), Wrong.NOT_AHEAD),
        ("2030-01-01", date(2030, 1, 1), Wrong.TOO_FAR),
        ("en gang", None, Wrong.NOT_A_DATE),
    ],
)
def test_what_is_followed_up_is_followed_up_on_a_day_ahead(given_: str, day: date | None, wrong: Wrong | None) -> None:
    read = read_conclusion({"conclusion": "Ja", "follow_up": given_}, TODAY)
    if wrong is not None:
        assert read.mistakes == {"follow_up": wrong}
    else:
        assert read.form is not None
        assert read.form.follow_up == day


@given(st.integers() | st.text(max_size=8))
def test_a_place_is_one_of_those_on_the_agenda(position: int | str) -> None:
    read = read_position({"case": "c", "position": position}, ["c"], 12)
    if read.form is None:
        assert set(read.mistakes) == {"position"}
    else:
        assert 1 <= read.form[1] <= 12


def test_every_place_on_the_agenda_may_be_written() -> None:
    for place in range(1, 13):
        assert read_position({"case": "c", "position": f" {place} "}, ["c"], 12).form == ("c", place)
