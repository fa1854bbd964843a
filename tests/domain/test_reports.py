"""One unit's answers: what is accepted, what is refused and why, what is copied and what is shown again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.community import Field, IndicatorType, Unit
from domain.reports import (
    Figure,
    Mistake,
    Wrong,
    as_last_time,
    as_text,
    known_at,
    lacks,
    read_answers,
    read_field,
)
from tests.builders import MUNICIPALITIES, community, identity_number, indicator, local, report, vestfold, waiting

PROPERTY = settings(deadline=None, max_examples=200)
VESTFOLD = vestfold()
LARVIK = VESTFOLD.unit("larvik")
MEDISIN = VESTFOLD.unit("medisin")
PREHOSPITAL = VESTFOLD.unit("prehospital")

COUNT = Field("n", indicator("n", max=500))
PERCENT = Field("p", indicator("p", IndicatorType.PERCENT, max=100))
LEVEL = Field("l", indicator("l", IndicatorType.LEVEL, max=0))
TEXT = Field("t", indicator("t", IndicatorType.TEXT, max=500))

LARVIKS = {
    "situasjon": "gul",
    "overliggere": "3",
    "korttid_ledig": "4",
    "ohd_ledig": "",
    "bemanning": "green",
    "sykefravaer": "7,5",
    "behov": "To ekstra korttidsplasser",
}


def read(asked: Field, value: object) -> Figure | Mistake | None:
    return read_field(asked, as_text(value))


# A whole form


def test_a_units_form_is_read_as_figures() -> None:
    answers = read_answers(VESTFOLD, LARVIK, LARVIKS)
    assert answers.mistakes == {}
    assert answers.values == {
        "situasjon": "yellow",
        "overliggere": 3,
        "korttid_ledig": 4,
        "bemanning": "green",
        "sykefravaer": 7.5,
        "behov": "To ekstra korttidsplasser",
    }


def test_a_clinic_answers_per_municipality() -> None:
    inputs = {"situasjon": "green", "bemanning": "green", "belegg": "104", **waiting(larvik=4)}
    answers = read_answers(VESTFOLD, MEDISIN, inputs)
    assert answers.mistakes == {}
    assert answers.values["klare_pasienter.larvik"] == 4
    assert answers.values["belegg"] == 104
    assert {key for key in answers.values if key.startswith("klare_pasienter.")} == {
        f"klare_pasienter.{key}" for key in MUNICIPALITIES
    }


@pytest.mark.parametrize(
    ("unit", "required"),
    [
        (LARVIK, {"situasjon", "overliggere", "korttid_ledig", "bemanning"}),
        (MEDISIN, {"situasjon", "bemanning", "belegg", *waiting()}),
        (PREHOSPITAL, {"situasjon", "bemanning"}),
    ],
    ids=lambda value: value.key if isinstance(value, Unit) else "",
)
def test_what_is_required_of_a_unit_is_missed_when_it_is_empty(unit: Unit, required: set[str]) -> None:
    answers = read_answers(VESTFOLD, unit, {})
    assert answers.values == {}
    assert answers.mistakes == dict.fromkeys(required, Mistake(Wrong.REQUIRED))
    assert {f.key for f in lacks(VESTFOLD, unit, {})} == required
    assert lacks(VESTFOLD, unit, dict.fromkeys(required, 0)) == []


def test_what_is_not_asked_of_a_unit_is_not_stored_for_it() -> None:
    extra = {"belegg": "90", "klare_pasienter.larvik": "3", "klare_pasienter": "3", "action": "status.submit", "": "x"}
    assert read_answers(VESTFOLD, LARVIK, {**LARVIKS, **extra}) == read_answers(VESTFOLD, LARVIK, LARVIKS)


def test_one_mistake_leaves_the_other_figures_as_they_are() -> None:
    answers = read_answers(VESTFOLD, LARVIK, {**LARVIKS, "overliggere": "tre"})
    assert answers.mistakes == {"overliggere": Mistake(Wrong.NOT_A_COUNT, 500)}
    assert answers.values == {
        k: v for k, v in read_answers(VESTFOLD, LARVIK, LARVIKS).values.items() if k != "overliggere"
    }


def test_everything_typed_is_shown_again_but_identity_numbers() -> None:
    number = identity_number()
    inputs = {**LARVIKS, "overliggere": " tre ", "behov": f"Gjelder {number[:6]} {number[6:]}", "korttid_ledig": number}
    answers = read_answers(VESTFOLD, LARVIK, inputs)
    assert answers.mistakes == {
        "overliggere": Mistake(Wrong.NOT_A_COUNT, 500),
        "korttid_ledig": Mistake(Wrong.IDENTITY_NUMBER),
        "behov": Mistake(Wrong.IDENTITY_NUMBER),
    }
    assert answers.typed == {"situasjon": "gul", "overliggere": "tre", "bemanning": "green", "sykefravaer": "7,5"}
    assert number[:6] not in repr(answers)


@pytest.mark.parametrize("key", [f.key for f in VESTFOLD.fields_of(LARVIK)])
def test_an_identity_number_is_refused_in_every_field(key: str) -> None:
    answers = read_answers(VESTFOLD, LARVIK, {**LARVIKS, key: identity_number()})
    assert answers.mistakes == {key: Mistake(Wrong.IDENTITY_NUMBER)}
    assert key not in answers.values
    assert key not in answers.typed


# Counts


@pytest.mark.parametrize(
    ("value", "figure"),
    [
        ("0", 0),
        ("3", 3),
        (" 3 ", 3),
        ("\t3\n", 3),
        ("\u00a03\u202f", 3),
        ("\u200b3\ufeff", 3),
        ("\u200e3\u200f", 3),
        ("+3", 3),
        ("003", 3),
        ("500", 500),
        ("3.0", 3),
        ("3,0", 3),
        (3, 3),
        (3.0, 3),
        (0, 0),
        (-0.0, 0),
        (500.0, 500),
    ],
)
def test_a_count_is_a_whole_number_of_patients_or_places(value: object, figure: int) -> None:
    found = read(COUNT, value)
    assert found == figure
    assert type(found) is int


@pytest.mark.parametrize(
    "value",
    [
        "-1",
        "501",
        "3.5",
        "3,5",
        "3,0.0",
        "3.00",
        "1.000",
        "1 000",
        "1e2",
        "0x10",
        "3 4",
        "3\t4",
        "3\n4",
        "3\v4",
        "3\x004",
        "3\x7f4",
        "3\x854",
        "3\ud8004",
        "3\ufffe4",
        "3\u200b4",
        "3\u00ad4",
        "3_4",
        "tre",
        "3 stk",
        "ca 3",
        "３",
        "٣",
        "²",
        "½",
        "Ⅲ",
        "nan",
        "inf",
        "-inf",
        "NaN",
        "Infinity",
        "9" * 9,
        "9" * 400,
        "9" * 100_000,
        "+",
        ".0",
        "++3",
        "+-3",
        "--3",
        "3+",
        -1,
        501,
        3.5,
        1e300,
        -1e300,
        float("nan"),
        float("inf"),
        float("-inf"),
        2**63,
        10**30,
        -(10**30),
        10**5000,
    ],
    ids=lambda value: ascii(value)[:20] if isinstance(value, str | float) else "whole number",
)
def test_anything_else_is_no_count_and_says_how_many_are_accepted(value: object) -> None:
    assert read(COUNT, value) == Mistake(Wrong.NOT_A_COUNT, 500)


def test_a_count_goes_as_far_as_the_file_says() -> None:
    largest = Field("n", indicator("n", max=100_000))
    assert read(largest, "100000") == 100_000
    assert read(largest, "100001") == Mistake(Wrong.NOT_A_COUNT, 100_000)


# Percents


@pytest.mark.parametrize(
    ("value", "figure"),
    [
        ("7", 7.0),
        ("7.5", 7.5),
        ("7,5", 7.5),
        ("7,5%", 7.5),
        ("7,5 %", 7.5),
        ("7,5\u00a0%", 7.5),
        ("0", 0.0),
        ("100", 100.0),
        ("100,00", 100.0),
        ("07,50", 7.5),
        (7, 7.0),
        (7.5, 7.5),
        (7.25, 7.25),
        (100.0, 100.0),
    ],
)
def test_a_percent_is_written_with_comma_or_point_and_with_or_without_its_sign(value: object, figure: float) -> None:
    found = read(PERCENT, value)
    assert found == figure
    assert type(found) is float


@pytest.mark.parametrize(
    "value",
    [
        *("-1", "100,1", "101", "7,5,0", "7.5.0", "7,125", ",5", "7,", "%", "7%%", "% 7", "sju", "7 5", "7\t5", "1e1"),
        *("nan", "inf", "Infinity", "٧", "７", "9" * 5000, 101, -0.5, 1e300, 1e-300, float("nan"), float("inf")),
    ],
    ids=lambda value: ascii(value)[:20],
)
def test_anything_else_is_no_percent(value: object) -> None:
    assert read(PERCENT, value) == Mistake(Wrong.NOT_A_PERCENT, 100)


def test_beds_can_be_more_than_full_where_the_file_says_so() -> None:
    beds = Field("belegg", next(i for i in VESTFOLD.indicators if i.key == "belegg"))
    assert read(beds, "118,5 %") == 118.5
    assert read(beds, "201") == Mistake(Wrong.NOT_A_PERCENT, 200)


# Levels


@pytest.mark.parametrize(
    ("words", "level"),
    [
        ("grønn grøn grønt god gode godt green good 🟢 GRØNN Grøn GOD Green gReEn grønn. Grønn! gr\u00f8nn", "green"),
        ("gul gult utfordrende utfordrande yellow challenging 🟡 GUL Gul. UTFORDRENDE Yellow", "yellow"),
        ("rød raud rødt raudt kritisk red critical 🔴 RØD Raud Rød! KRITISK Red ❤️ ❤", "red"),
    ],
)
def test_a_level_is_understood_in_every_language_word_and_colour(words: str, level: str) -> None:
    for word in words.split():
        assert read(LEVEL, word) == level, word
        assert read(LEVEL, f"  {word} ") == level, word


@pytest.mark.parametrize(
    "value", ["blå", "grønn gul", "1", "0", 1, "grønnlig", "ikke god", "?", "...", "nei", "x" * 9999]
)
def test_anything_else_is_no_level(value: object) -> None:
    assert read(LEVEL, value) == Mistake(Wrong.NOT_A_LEVEL)


# Texts


def test_a_text_is_kept_in_its_own_words_up_to_its_length() -> None:
    assert read(TEXT, "æ" * 500) == "æ" * 500
    assert read(TEXT, "æ" * 501) == Mistake(Wrong.TOO_LONG, 500)
    assert read(TEXT, "x" * 1_000_000) == Mistake(Wrong.TOO_LONG, 500)
    assert read(TEXT, "  " + "x" * 500 + "\n") == "x" * 500


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("To linjer\r\nher\rog her\nog her", "To linjer\nher\nog her\nog her"),
        ("med\ttabulator", "med tabulator"),
        ("med\x00null", "med null"),
        ("e\u0301n", "én"),
        ("e\x00\u0301n", "e \u0301n"),
        ("halv \ud83d emoji", "halv \ufffd emoji"),
        ("🙂 og 🫨 (ny) og 👩‍⚕️", "🙂 og 🫨 (ny) og 👩‍⚕️"),
        ("<b>&amp;</b> {{x}} *fet*", "<b>&amp;</b> {{x}} *fet*"),
        ("\u200b\ufeff ord \u2060", "ord"),
    ],
)
def test_a_text_loses_only_what_cannot_be_seen(typed: str, kept: str) -> None:
    assert read(TEXT, typed) == kept


@pytest.mark.parametrize("value", ["", "   ", "\n\t ", "\u200b", "\u00a0", "\ufeff\u200d ", "\x00", None, True, False])
def test_what_nobody_can_see_is_no_answer(value: object) -> None:
    for asked in (COUNT, PERCENT, LEVEL, TEXT):
        assert read(asked, value) is None
        required = Field(asked.key, indicator("r", asked.indicator.type, required=True))
        assert read(required, value) == Mistake(Wrong.REQUIRED)


@pytest.mark.parametrize("value", [[], ["3"], {}, {"3": 3}, (3,), b"3", object(), 3j])
def test_what_is_neither_text_nor_number_is_no_answer(value: object) -> None:
    assert as_text(value) == ""


def test_a_text_far_in_is_refused_and_not_cut_short() -> None:
    hidden = "x" + " " * 5000 + "y" * 10
    assert read(TEXT, hidden) == Mistake(Wrong.TOO_LONG, 500)
    assert read(TEXT, " " * 5000 + "ja") == "ja"
    assert read(COUNT, " " * 5000 + "3") == 3


# As last time


def test_as_last_time_copies_figures_and_no_text() -> None:
    last = read_answers(VESTFOLD, LARVIK, LARVIKS).values
    assert as_last_time(VESTFOLD, LARVIK, last) == {key: value for key, value in last.items() if key != "behov"}


@pytest.mark.parametrize(
    ("then", "now"),
    [
        (indicator("a", max=500), None),  # no longer asked
        (indicator("a", max=500), indicator("a", max=5)),  # no longer so many
        (indicator("a", IndicatorType.LEVEL), indicator("a")),
        (indicator("a"), indicator("a", IndicatorType.LEVEL)),
        (indicator("a"), indicator("a", IndicatorType.TEXT)),
        (indicator("a", IndicatorType.TEXT), indicator("a")),
        (indicator("a"), indicator("a", excluded=frozenset({"larvik"}))),
        (indicator("a", IndicatorType.COUNT_PER_MUNICIPALITY), indicator("a")),
    ],
)
def test_as_last_time_copies_nothing_that_is_no_longer_asked_or_no_longer_fits(then: object, now: object) -> None:
    old, new = community(indicators=(then,)), community(indicators=(now,) if now else ())
    typed = {"a": "gul"} if old.indicators[0].type in (IndicatorType.LEVEL, IndicatorType.TEXT) else {"a": "20"}
    typed |= {f"a.{key}": "20" for key in MUNICIPALITIES}
    values = read_answers(old, LARVIK, typed).values
    assert values
    assert as_last_time(new, LARVIK, values) == {}


def test_as_last_time_gives_a_figure_the_type_that_is_asked_now() -> None:
    percent = community(indicators=(indicator("a", IndicatorType.PERCENT),))
    count = community(indicators=(indicator("a"),))
    for old, new, type_ in ((percent, count, int), (count, percent, float)):
        copied = as_last_time(new, LARVIK, read_answers(old, LARVIK, {"a": "20"}).values)
        assert copied == {"a": 20}
        assert type(copied["a"]) is type_


def test_as_last_time_leaves_out_a_municipality_that_has_left() -> None:
    fewer = community(units=tuple(unit for unit in VESTFOLD.units if unit.key != "larvik"))
    assert set(as_last_time(fewer, MEDISIN, waiting())) == set(waiting()) - {"klare_pasienter.larvik"}


# Any input at all

units = st.sampled_from(VESTFOLD.units)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=40)
    | st.text("0123456789., +-%eE\t\u200b\u0301\x00", max_size=14)
    | st.sampled_from(["gul", "Grønn", "🔴", "7,5 %", "x" * 600, "0" * 4001, "a\r\u0301", "\ud800", "\u2028"])
)
junk = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def forms(draw: st.DrawFn) -> tuple[Unit, dict[str, object]]:
    unit = draw(units)
    keys = st.sampled_from([f.key for f in VESTFOLD.fields_of(unit)]) | st.text(max_size=10)
    return unit, draw(st.dictionaries(keys, junk | scalars, max_size=10))


@given(forms())
@example((LARVIK, {"behov": "a\r\u0301\x00\u0301"}))
@example((LARVIK, {"overliggere": 10**5000}))
@example((LARVIK, json.loads('{"overliggere": 1e400, "sykefravaer": NaN, "behov": "\\ud800", "korttid_ledig": -0.0}')))
@PROPERTY
def test_no_input_is_too_strange_to_be_read(form: tuple[Unit, Mapping[str, object]]) -> None:
    unit, inputs = form
    answers = read_answers(VESTFOLD, unit, inputs)
    asked = {f.key for f in VESTFOLD.fields_of(unit)}
    assert answers.values.keys() | answers.mistakes.keys() <= asked
    assert not answers.values.keys() & answers.mistakes.keys()
    assert answers.typed.keys() <= asked & inputs.keys()
    for value in (*answers.values.values(), *answers.typed.values()):
        str(value).encode()  # no lone surrogate reaches storage
        assert "\x00" not in str(value)
    json.dumps(dict(answers.values), allow_nan=False)


@given(forms())
@example((LARVIK, {"behov": "a\r\u0301\x00\u0301"}))
@PROPERTY
def test_what_was_accepted_is_accepted_again_unchanged(form: tuple[Unit, Mapping[str, object]]) -> None:
    unit, inputs = form
    answers = read_answers(VESTFOLD, unit, inputs)
    again = read_answers(VESTFOLD, unit, answers.values)
    assert again.values == answers.values
    assert not again.mistakes.keys() & answers.values.keys()
    assert [type(v) for v in again.values.values()] == [type(v) for v in answers.values.values()]


@given(forms())
@PROPERTY
def test_what_is_shown_again_gives_the_same_answers_and_mistakes(form: tuple[Unit, Mapping[str, object]]) -> None:
    unit, inputs = form
    answers = read_answers(VESTFOLD, unit, inputs)
    again = read_answers(VESTFOLD, unit, answers.typed)
    assert again.values == answers.values
    assert again.typed == answers.typed


@given(st.text(max_size=60) | st.floats() | st.integers())
@example("a\r\u0301")
@example("\u1e9b\x01\u0323")
@PROPERTY
def test_reading_a_text_twice_changes_nothing(value: object) -> None:
    assert as_text(as_text(value)) == as_text(value)


# Revisions


def test_what_was_known_at_a_moment_is_each_units_newest_answer_until_then() -> None:
    at = local(2023, 11, 28, 10)
    hour = timedelta(hours=1)
    first = report("larvik", {"overliggere": 3}, answered_at=at)
    second = report("larvik", {"overliggere": 4}, answered_at=at + hour, first_answered_at=at, revision=2)
    other = report("horten", {"overliggere": 1}, answered_at=at + 2 * hour)
    revisions = [second, other, first]  # in no order
    assert known_at(revisions, at - timedelta(seconds=1)) == {}
    assert known_at(revisions, at) == {"larvik": first}
    assert known_at(revisions, at + hour) == {"larvik": second}
    assert known_at(revisions, at + 2 * hour) == {"larvik": second, "horten": other}


def test_of_two_answers_at_one_moment_the_later_revision_counts() -> None:
    at = local(2023, 11, 28, 10)
    revisions = [report("larvik", {"overliggere": n}, revision=n, answered_at=at) for n in (2, 3, 1)]
    assert known_at(revisions, at)["larvik"].revision == 3


def test_an_answer_is_late_when_the_first_one_came_after_the_deadline() -> None:
    due = local(2023, 11, 28, 12)
    second = timedelta(seconds=1)
    assert not report("larvik", {}, answered_at=due).is_late(due)
    assert report("larvik", {}, answered_at=due + second).is_late(due)
    corrected = report("larvik", {}, answered_at=due + second, first_answered_at=due - second, revision=2)
    assert not corrected.is_late(due)
    assert corrected.corrected
    assert not report("larvik", {}).corrected
