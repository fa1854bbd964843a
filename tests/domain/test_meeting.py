"""The meeting: the order of speaking, and what is accepted as a note or as attendance."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.community import PreparednessLevel
from domain.meeting import (
    LONGEST_GUESTS,
    LONGEST_NOTE,
    WHOLE_MEETING,
    Attendance,
    NoteForm,
    NoteKind,
    Wrong,
    may_lead,
    read_attendance,
    read_line,
    read_note,
    running_order,
)
from domain.reports import Figure
from domain.summary import summarise
from tests.builders import MUNICIPALITIES, identity_number, reports, vestfold

PEOPLE = frozenset({"larvik-sjef", "horten-sjef"})


def order(now: dict[str, dict[str, Figure]], before: dict[str, dict[str, Figure]] | None = None) -> list[str]:
    summary = summarise(vestfold(), reports(now), reports(before or {}), 2023)
    return [line.unit.key for line in running_order(summary)]


def test_red_comes_first_then_what_got_worse_then_needs_then_by_level() -> None:
    before: dict[str, dict[str, Figure]] = {
        "sandefjord": {"situasjon": "green", "overliggere": 0},
        "larvik": {"situasjon": "red", "overliggere": 2},
    }
    now: dict[str, dict[str, Figure]] = {
        "horten": {"situasjon": "green", "overliggere": 0},
        "holmestrand": {"situasjon": "yellow", "overliggere": 0},
        "tonsberg": {"situasjon": "yellow", "overliggere": 0, "behov": "Flere folk"},
        "faerder": {"situasjon": "red", "overliggere": 6},
        "sandefjord": {"situasjon": "green", "overliggere": 2},
        "larvik": {"situasjon": "red", "overliggere": 8},
    }
    assert order(now, before) == ["larvik", "faerder", "sandefjord", "tonsberg", "holmestrand", "horten"]


def test_who_has_not_answered_is_not_in_the_order() -> None:
    assert order({"larvik": {"situasjon": "green", "overliggere": 0}}) == ["larvik"]
    assert order({}) == []


@given(st.dictionaries(st.sampled_from(MUNICIPALITIES), st.sampled_from([*map(str, PreparednessLevel)])))
def test_no_red_unit_speaks_after_another(levels: dict[str, str]) -> None:
    found = order({unit: {"situasjon": level, "overliggere": 0} for unit, level in levels.items()})
    assert sorted(found) == sorted(levels)
    red = [levels[unit] == "red" for unit in found]
    assert red == sorted(red, reverse=True)


def test_the_coordinator_and_the_secretariat_lead() -> None:
    leading = {person.key for person in vestfold().people if may_lead(person)}
    assert leading == {"samhandlingssjef", "sekretariat"}


def test_a_note_concerns_the_whole_meeting_and_is_a_point_unless_said_otherwise() -> None:
    assert read_note(vestfold(), {"text": " Hei "}).form == NoteForm(None, NoteKind.POINT, "Hei")
    given_all = {"unit": "larvik", "kind": "decision", "text": "Hei"}
    assert read_note(vestfold(), given_all).form == NoteForm("larvik", NoteKind.DECISION, "Hei")
    assert read_note(vestfold(), {"unit": WHOLE_MEETING, "text": "Hei"}).form == NoteForm(None, NoteKind.POINT, "Hei")


@pytest.mark.parametrize(
    ("inputs", "wrong"),
    [
        ({"text": ""}, {"text": Wrong.REQUIRED}),
        ({"text": "a" * (LONGEST_NOTE + 1)}, {"text": Wrong.TOO_LONG}),
        ({"text": f"om {identity_number()}"}, {"text": Wrong.IDENTITY_NUMBER}),
        (
            {"unit": "atlantis", "kind": "sang", "text": ""},
            {"unit": Wrong.NOT_A_UNIT, "kind": Wrong.NOT_A_KIND, "text": Wrong.REQUIRED},
        ),
    ],
)
def test_every_mistake_in_a_note_is_told_at_its_field(inputs: dict[str, str], wrong: dict[str, Wrong]) -> None:
    read = read_note(vestfold(), inputs)
    assert read.form is None
    assert read.mistakes == wrong
    assert identity_number() not in "".join(read.typed.values())


@pytest.mark.parametrize(
    ("line", "unit", "text"),
    [
        ("vedtak Larvik: åpner fire", "larvik", "åpner fire"),
        ("vedtak larvik kommune : åpner: fire", "larvik", "åpner: fire"),
        ("VEDTAK TØNSBERG: åpner", "tonsberg", "åpner"),
        ("vedtak faerder: åpner", "faerder", "åpner"),
        ("vedtak medisin: åpner", "medisin", "åpner"),
        ("vedtak: åpner", WHOLE_MEETING, "åpner"),
        ("vedtak Atlantis: åpner", "Atlantis", "åpner"),
        ("vedtak Larvik:", "larvik", ""),
    ],
)
def test_a_note_in_one_line(line: str, unit: str, text: str) -> None:
    assert read_line(vestfold(), line, NoteKind.DECISION) == {"unit": unit, "kind": "decision", "text": text}


def test_attendance_keeps_each_person_once_in_the_order_given() -> None:
    inputs = {"present": "larvik-sjef, horten-sjef,larvik-sjef,", "guests": " Kommunelegen "}
    assert read_attendance(PEOPLE, inputs) == Attendance(("larvik-sjef", "horten-sjef"), "Kommunelegen")
    assert read_attendance(PEOPLE, {}) == Attendance()


def test_wrong_attendance() -> None:
    assert read_attendance(PEOPLE, {"present": "ukjent"}) == {"present": Wrong.NOT_A_PERSON}
    assert read_attendance(PEOPLE, {"guests": "a" * (LONGEST_GUESTS + 1)}) == {"guests": Wrong.TOO_LONG_GUESTS}
    assert read_attendance(PEOPLE, {"guests": identity_number()}) == {"guests": Wrong.IDENTITY_NUMBER}
