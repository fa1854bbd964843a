"""The level that a round's figures suggest, and the reasons it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.community import Community, IndicatorType, PreparednessLevel, PreparednessRules, Thresholds, UnitKind
from domain.preparedness import AllWell, FigureReaches, Suggestion, UnitsReport, suggest
from domain.reports import Figure
from domain.summary import summarise
from tests.builders import MUNICIPALITIES, community, indicator, reports, vestfold

GREEN, YELLOW, RED = PreparednessLevel
TOWN, CLINIC = UnitKind
PROPERTY = settings(deadline=None, max_examples=150)
LEVELS = [str(level) for level in PreparednessLevel]

Values = dict[str, dict[str, Figure]]


def suggested(values: Mapping[str, Mapping[str, Figure]], known: Community | None = None) -> Suggestion | None:
    known = known or vestfold()
    return suggest(known, summarise(known, reports(values), {}, 2023))


def towns(*levels: str) -> Values:
    """The municipalities in their order, each with one overligger."""
    return {key: {"situasjon": level, "overliggere": 1} for key, level in zip(MUNICIPALITIES, levels, strict=False)}


def clinics(*levels: str, belegg: float = 85.0) -> Values:
    keys = ("medisin", "kirurgi", "kpa", "kfmr", "prehospital")
    return {key: {"situasjon": level, "belegg": belegg} for key, level in zip(keys, levels, strict=False)}


def level_of(values: Mapping[str, Mapping[str, Figure]], known: Community | None = None) -> PreparednessLevel | None:
    found = suggested(values, known)
    return found.level if found else None


def test_nobody_has_answered_and_nothing_is_suggested() -> None:
    assert suggested({}) is None


def test_all_green_is_green() -> None:
    assert suggested(towns(*["green"] * 6) | clinics(*["green"] * 5)) == Suggestion(GREEN, (AllWell(11),))


def test_half_of_the_municipalities_red_is_red_with_the_count_as_the_reason() -> None:
    values = towns("red", "red", "red", "green", "green", "green")
    assert suggested(values) == Suggestion(RED, (UnitsReport(TOWN, RED, 3, 6),))
    assert level_of(towns("red", "red", "green", "green", "green", "green")) is YELLOW


def test_half_of_the_clinics_red_is_red() -> None:
    assert suggested(clinics("red", "red", "red")) == Suggestion(RED, (UnitsReport(CLINIC, RED, 3, 5),))
    assert level_of(clinics("red", "red", "green", "green", "green")) is YELLOW


def test_occupancy_at_its_red_threshold_in_one_clinic_is_red() -> None:
    values = towns("red", "red", "red", "yellow", "green", "green") | clinics("yellow", belegg=104.0)
    found = suggested(values)
    assert found is not None
    assert found.level is RED
    count, figure = found.reasons
    assert count == UnitsReport(TOWN, RED, 3, 6)
    assert isinstance(figure, FigureReaches)
    assert (figure.indicator.key, figure.value, figure.level) == ("belegg", 104.0, RED)


@pytest.mark.parametrize(("belegg", "level"), [(89.9, GREEN), (90.0, YELLOW), (99.9, YELLOW), (100.0, RED)])
def test_a_threshold_is_reached_by_its_own_figure(belegg: float, level: PreparednessLevel) -> None:
    assert level_of(clinics("green", belegg=belegg)) is level


def test_the_highest_figure_is_the_one_that_is_named() -> None:
    values = clinics("green", belegg=101.0) | {"kirurgi": {"situasjon": "green", "belegg": 107.5}}
    found = suggested(values)
    assert found is not None
    assert [reason.value for reason in found.reasons if isinstance(reason, FigureReaches)] == [107.5]


def test_overliggere_at_red_in_one_municipality_is_no_more_than_yellow() -> None:
    values = towns(*["green"] * 6) | {"larvik": {"situasjon": "green", "overliggere": 9}}
    found = suggested(values)
    assert found is not None
    assert found.level is YELLOW
    [reason] = found.reasons
    assert isinstance(reason, FigureReaches)
    assert (reason.indicator.key, reason.value) == ("overliggere", 9)


def test_somebody_red_is_yellow() -> None:
    assert suggested(towns("green", "red")) == Suggestion(YELLOW, (UnitsReport(TOWN, RED, 1, 6),))


def test_a_third_yellow_is_yellow_and_fewer_are_green_and_told() -> None:
    assert suggested(towns("yellow", "yellow")) == Suggestion(YELLOW, (UnitsReport(TOWN, YELLOW, 2, 6),))
    assert suggested(towns("yellow", "green")) == Suggestion(GREEN, (UnitsReport(TOWN, YELLOW, 1, 6),))


def test_who_has_not_answered_counts_among_those_who_are_asked() -> None:
    assert suggested(towns("red")) == Suggestion(YELLOW, (UnitsReport(TOWN, RED, 1, 6),))


def test_a_community_may_draw_the_lines_elsewhere() -> None:
    strict = community(preparedness=PreparednessRules(red_share=30, yellow_share=10))
    assert level_of(towns("red", "red"), strict) is RED
    assert level_of(towns("yellow"), strict) is YELLOW


def test_a_community_chooses_which_figures_decide() -> None:
    none = community(preparedness=PreparednessRules(red_indicators=()))
    assert level_of(clinics("green", belegg=120.0), none) is YELLOW
    towns_too = community(preparedness=PreparednessRules(red_indicators=("overliggere",)))
    assert level_of({"larvik": {"situasjon": "green", "overliggere": 6}}, towns_too) is RED


def test_a_community_without_levels_goes_by_its_figures() -> None:
    beds = indicator("belegg", IndicatorType.PERCENT, asks=frozenset({CLINIC}), thresholds=Thresholds(90, 100))
    only_figures = community(indicators=(beds,))
    assert level_of({"medisin": {"belegg": 80.0}}, only_figures) is GREEN
    assert level_of({"medisin": {"belegg": 103.0}}, only_figures) is RED


answers = st.dictionaries(
    st.sampled_from(MUNICIPALITIES),
    st.fixed_dictionaries({"situasjon": st.sampled_from(LEVELS), "overliggere": st.integers(0, 20)}),
)


@given(answers, st.sampled_from(MUNICIPALITIES), st.sampled_from(LEVELS))
@PROPERTY
def test_one_more_answer_never_lowers_the_suggestion(values: Values, unit: str, level: str) -> None:
    before = level_of({key: of for key, of in values.items() if key != unit})
    after = level_of(values | {unit: {"situasjon": level, "overliggere": 0}})
    assert after is not None
    assert before is None or after.severity >= before.severity


@given(answers)
@PROPERTY
def test_a_suggestion_always_has_a_reason(values: Values) -> None:
    found = suggested(values)
    assert (found is None) == (not values)
    assert found is None or found.reasons


def test_a_figure_stored_under_an_older_question_does_not_count() -> None:
    known = vestfold()
    text = replace(known.indicators[0], key="situasjon", type=IndicatorType.TEXT, max=100)
    changed = replace(known, indicators=(text, *known.indicators[1:]))
    assert level_of({"larvik": {"situasjon": "red", "overliggere": 0, "legevakt": "green"}}, changed) is GREEN
