"""Who is asked while somebody is away, and what the form and the line say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.absence_form import LONGEST, NOBODY, FormRead, Wrong, read_absence, read_line
from domain.absences import Absence, Standing, possible_deputies
from domain.community import Person, Role
from domain.roster import Roster
from domain.working_time import instant
from tests.builders import OSLO, identity_number, local, vestfold

PEOPLE = list(vestfold().people)
BY_KEY = {person.key: person for person in PEOPLE}
TODAY = date(2023, 11, 27)
NOON = local(2023, 11, 27, 12)


def absence(person: str = "larvik-sjef", deputy: str | None = "larvik-vara", **changes: object) -> Absence:
    made = Absence(
        id=f"{person}-away",
        person=person,
        deputy=deputy,
        first=TODAY,
        last=date(2023, 12, 1),
        set_by=person,
        set_at=local(2023, 11, 20, 9),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def asked(*absences: Absence, unit: str = "larvik", people: list[Person] = PEOPLE, at: datetime = NOON) -> list[str]:
    return [person.key for person in Standing(absences, at, OSLO).asked(Roster(people), unit)]


# Who is asked


def test_with_nobody_away_the_respondent_is_asked() -> None:
    assert asked() == ["larvik-sjef"]


def test_the_named_deputy_is_asked_instead() -> None:
    assert asked(absence()) == ["larvik-vara"]
    assert asked(absence(deputy="horten-sjef")) == ["horten-sjef"]
    assert asked(absence(), unit="horten") == ["horten-sjef"]


def test_without_a_deputy_nobody_is_asked() -> None:
    assert asked(absence(deputy=None)) == []


def test_when_the_deputy_is_away_too_the_units_other_deputies_are_asked() -> None:
    assert asked(absence(deputy="horten-sjef"), absence("horten-sjef", None)) == ["larvik-vara"]
    assert asked(absence(), absence("larvik-vara", None)) == []


def test_when_the_deputy_is_no_longer_with_us_the_units_deputies_are_asked() -> None:
    left = [person for person in PEOPLE if person.key != "horten-sjef"]
    assert asked(absence(deputy="horten-sjef"), people=left) == ["larvik-vara"]


def test_a_second_respondent_who_is_there_is_asked_beside_the_deputy_and_each_once() -> None:
    second = replace(BY_KEY["larvik-sjef"], key="larvik-2")
    assert asked(absence(deputy=None), people=[*PEOPLE, second]) == ["larvik-2"]
    assert asked(absence(deputy="larvik-2"), people=[*PEOPLE, second]) == ["larvik-2"]
    assert asked(absence(), people=[*PEOPLE, second]) == ["larvik-vara", "larvik-2"]


def test_an_absence_lasts_whole_local_days() -> None:
    assert asked(absence(), at=local(2023, 11, 26, 23, 59)) == ["larvik-sjef"]
    assert asked(absence(), at=local(2023, 11, 27)) == ["larvik-vara"]
    assert asked(absence(), at=local(2023, 12, 1, 23, 59)) == ["larvik-vara"]
    assert asked(absence(), at=local(2023, 12, 2)) == ["larvik-sjef"]


def test_one_that_was_ended_lasts_until_then() -> None:
    back = absence(ended_at=NOON)
    assert asked(back, at=NOON - timedelta(seconds=1)) == ["larvik-vara"]
    assert asked(back, at=NOON) == ["larvik-sjef"]


def test_one_called_off_before_it_began_never_lasts() -> None:
    off = absence(ended_at=local(2023, 11, 25, 9))
    assert all(asked(off, at=NOON + timedelta(days=day)) == ["larvik-sjef"] for day in range(-5, 10))


@given(first=st.dates(date(2020, 1, 1), date(2035, 1, 1)), days=st.integers(0, 400), clock=st.times())
def test_on_each_of_its_days_at_any_hour_it_lasts_and_on_the_days_around_not(
    first: date, days: int, clock: time
) -> None:
    last = first + timedelta(days=days)
    away = absence(first=first, last=last)
    inside = [instant(day, clock, OSLO) for day in (first, first + timedelta(days=days // 2), last)]
    outside = [instant(day, clock, OSLO) for day in (first - timedelta(days=1), last + timedelta(days=1))]
    assert all(away.lasts(moment, OSLO) for moment in inside)
    assert not any(away.lasts(moment, OSLO) for moment in outside)


@given(st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from([None, *PEOPLE])), max_size=12))
def test_nobody_who_is_away_is_ever_asked_and_nobody_twice(pairs: list[tuple[Person, Person | None]]) -> None:
    absences = [absence(p.key, d.key if d else None) for p, d in pairs if p is not d]
    away = {a.person for a in absences}
    for unit in vestfold().units:
        found = asked(*absences, unit=unit.key)
        assert away.isdisjoint(found)
        assert len(found) == len(set(found))


def test_the_units_deputies_are_offered_first_and_oneself_never() -> None:
    offered = [person.key for person in possible_deputies(PEOPLE, BY_KEY["larvik-sjef"])]
    assert offered[0] == "larvik-vara"
    assert "larvik-sjef" not in offered
    assert len(offered) == len(PEOPLE) - 1
    colleague = Person("larvik-3", "Rådgiver", "r@larvik.example", frozenset({Role.OBSERVER}), "larvik")
    offered = [person.key for person in possible_deputies([colleague, *PEOPLE], BY_KEY["larvik-sjef"])]
    assert offered[:2] == ["larvik-vara", "larvik-3"]


# The form


def read(by: str | None = "larvik-sjef", *others: Absence, **inputs: object) -> FormRead:
    typed = {"deputy": "larvik-vara", "from": "2023-11-27", "until": "2023-12-01"} | inputs
    return read_absence(typed, BY_KEY[by] if by else None, PEOPLE, others, TODAY)


def test_a_whole_form_is_read() -> None:
    form = read().form
    assert form is not None
    assert (form.person.key, form.deputy and form.deputy.key) == ("larvik-sjef", "larvik-vara")
    assert (form.first, form.last) == (TODAY, date(2023, 12, 1))
    nobody = read(deputy=NOBODY, until="27.11.2023").form
    assert nobody is not None
    assert (nobody.deputy, nobody.first, nobody.last) == (None, TODAY, TODAY)


def test_who_is_away_must_answer_for_a_unit() -> None:
    assert read(None).mistakes["person"].wrong is Wrong.REQUIRED
    assert read(None, person="leder-pko").mistakes["person"].wrong is Wrong.NOT_A_CHOICE
    assert read(None, person="larvik-sjef", deputy="larvik-sjef").mistakes["deputy"].wrong is Wrong.NOT_YOURSELF
    assert read(None, person="medisin-sjef").form is not None


def test_only_the_persons_own_absences_are_in_the_way() -> None:
    there = absence(first=date(2023, 12, 1), last=date(2023, 12, 8))
    assert read("larvik-sjef", there).mistakes["from"].other == there
    assert read("horten-sjef", there).form is not None
    assert read("larvik-sjef", there, until="2023-11-30").form is not None


def test_an_absence_may_last_a_year_and_no_longer() -> None:
    longest = TODAY + LONGEST - timedelta(days=1)
    assert read(until=longest.isoformat()).form is not None
    assert read(until=(longest + timedelta(days=1)).isoformat()).mistakes["until"].wrong is Wrong.TOO_LONG


def test_an_identity_number_is_refused_in_any_field_and_not_given_back() -> None:
    for field in ("deputy", "from", "until"):
        told = read(**{field: identity_number()})
        assert told.mistakes[field].wrong is Wrong.IDENTITY_NUMBER
        assert field not in told.typed


@given(st.dictionaries(st.sampled_from(("deputy", "from", "until", "person")), st.text(max_size=40)))
def test_whatever_is_typed_is_read_or_told_at_a_field(inputs: dict[str, str]) -> None:
    told = read_absence(inputs, BY_KEY["larvik-sjef"], PEOPLE, (), TODAY)
    assert (told.form is None) == bool(told.mistakes)
    assert set(told.mistakes) <= {"deputy", "from", "until", "person"}


# One line


@pytest.mark.parametrize(
    ("line", "deputy", "first", "last"),
    [
        ("Stedfortreder Larvik 1.12.–5.12.", "larvik-vara", "2023-12-01", "2023-12-05"),
        ("stedfortreder larvik 1.12. - 5.12.", "larvik-vara", "2023-12-01", "2023-12-05"),
        ("Stedfortreder Larvik fra 1.12. til 5.12.", "larvik-vara", "2023-12-01", "2023-12-05"),
        ("Stedfortreder Larvik fra og med 1.12.2023 til og med 5.1.2024", "larvik-vara", "2023-12-01", "2024-01-05"),
        ("Stedfortreder Larvik from 2023-12-01 to 2023-12-05", "larvik-vara", "2023-12-01", "2023-12-05"),
        ("Larvik Stedfortreder 28.12.–3.1.", "larvik-vara", "2023-12-28", "2024-01-03"),
        ("Leder PKO 1.12.", "leder-pko", "2023-12-01", "2023-12-01"),
        ("Leder PKO 20.11.–21.11.", "leder-pko", "2024-11-20", "2024-11-21"),
        ("Leder PKO 29.2.–1.3.", "leder-pko", "2024-02-29", "2024-03-01"),
        ("Stedfortreder Larvik fra torsdag til tirsdag", "larvik-vara", "2023-11-30", "2023-12-05"),
        ("Stedfortreder Larvik frå og med i morgon til og med laurdag", "larvik-vara", "2023-11-28", "2023-12-02"),
        ("Stedfortreder Larvik i morgen", "larvik-vara", "2023-11-28", "2023-11-28"),
        ("Leder PKO from tomorrow until 1 December", "leder-pko", "2023-11-28", "2023-12-01"),
        ("Leder PKO neste mandag – fredag 8. desember", "leder-pko", "2023-12-04", "2023-12-08"),
        ("Hansen 31.11. til 5.12.", "Hansen", "31.11.", "2023-12-05"),
        ("Hansen 31.11.–5.12.", "Hansen", "31.11.", "2023-12-05"),
    ],
)
def test_one_line_gives_deputy_and_days(line: str, deputy: str, first: str, last: str) -> None:
    assert read_line(line, PEOPLE, TODAY) == {"deputy": deputy, "from": first, "until": last}


def test_a_line_with_a_name_alone_gives_the_deputy_and_one_that_fits_two_names_none() -> None:
    assert read_line("Stedfortreder Larvik", PEOPLE, TODAY) == {"deputy": "larvik-vara"}
    assert read_line("Larvik", PEOPLE, TODAY) == {"deputy": "Larvik"}


@given(st.text(max_size=200))
def test_any_line_is_taken(line: str) -> None:
    assert read_line(line, PEOPLE, TODAY)["deputy"] is not None


@given(st.dates(TODAY, date(2024, 11, 26)))
def test_a_date_without_a_year_is_the_next_of_its_kind(day: date) -> None:
    given_ = read_line(f"Leder PKO {day.day}.{day.month}.", PEOPLE, TODAY)
    assert given_["from"] == day.isoformat()


def test_moments_are_utc() -> None:
    assert absence().begins_at(OSLO) == datetime(2023, 11, 26, 23, tzinfo=UTC)
    assert absence().over_at(OSLO) == datetime(2023, 12, 1, 23, tzinfo=UTC)
