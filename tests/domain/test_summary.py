"""What a round's answers add up to."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.community import Community, IndicatorType, PreparednessLevel, Thresholds, UnitKind
from domain.reports import Figure, StatusReport, read_answers
from domain.summary import (
    Discrepancy,
    Summary,
    UnitLine,
    cost_by_unit,
    discrepancies,
    summarise,
    totals,
)
from tests.builders import CLINICS_WITH_BEDS, MUNICIPALITIES, community, indicator, report, reports, vestfold, waiting

PROPERTY = settings(deadline=None, max_examples=150)
VESTFOLD = vestfold()
ONLY_CLINICS = frozenset({UnitKind.CLINIC})
PERIOD = Path(__file__).parents[2] / "examples" / "vestfold" / "period-2023-24.csv"

OVERLIGGERE = dict(zip(MUNICIPALITIES, (1, 2, 5, 2, 3, 3), strict=True))
"""The sixteen of 28 November 2023."""


def town(overliggere: int, **others: Figure) -> dict[str, Figure]:
    return {"situasjon": "green", "overliggere": overliggere, "korttid_ledig": 4, "bemanning": "green", **others}


def clinic(patients: Mapping[str, int] | None = None, belegg: float = 85.0, level: str = "green") -> dict[str, Figure]:
    return {"situasjon": level, "bemanning": "green", "belegg": belegg, **waiting(**(patients or {}))}


def towns() -> dict[str, dict[str, Figure]]:
    return {key: town(count) for key, count in OVERLIGGERE.items()}


def in_full() -> dict[str, dict[str, Figure]]:
    """All have answered, hospital and municipalities alike."""
    clinics = {key: clinic() for key in CLINICS_WITH_BEDS} | {"medisin": clinic(OVERLIGGERE)}
    return {**towns(), **clinics, "prehospital": {"situasjon": "green", "bemanning": "green"}}


def cost_per_day(community_: Community, answers: Mapping[str, StatusReport], year: int) -> int | None:
    return summarise(community_, answers, {}, year).cost_nok_per_day


def summary(now: Mapping[str, Mapping[str, Figure]], then: Mapping[str, Mapping[str, Figure]] | None = None) -> Summary:
    return summarise(VESTFOLD, reports(now), reports(then or {}), 2023)


def line(made: Summary, unit: str) -> UnitLine:
    return next(line for line in made.lines if line.unit.key == unit)


def total_of(
    key: str, now: Mapping[str, StatusReport], then: Mapping[str, StatusReport]
) -> tuple[int, int | None, bool] | None:
    found = [t for t in totals(VESTFOLD, now, then) if t.indicator.key == key]
    return (found[0].value, found[0].change, found[0].like_for_like) if found else None


# The winter of 2023–24


def winter(meeting: str) -> dict[str, StatusReport]:
    typed: dict[str, dict[str, str]] = defaultdict(dict)
    with PERIOD.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["meeting_date"] == meeting:
                typed[row["unit"]][row["indicator"]] = row["value"]
    found = {}
    for unit, inputs in typed.items():
        answers = read_answers(VESTFOLD, VESTFOLD.unit(unit), inputs)
        assert answers.mistakes == {}
        found[unit] = report(unit, answers.values)
    return found


def test_the_first_meeting_of_the_winter_adds_up() -> None:
    made = summarise(VESTFOLD, winter("2023-11-28"), {}, 2023)
    assert {t.indicator.key: t.value for t in made.totals} == {
        "overliggere": 16,
        "korttid_ledig": 21,
        "ohd_ledig": 6,
        "innlagt_ohjelp": 70,
    }
    assert made.cost_nok_per_day == 88128
    assert made.missing == ()
    assert made.answered == 11
    assert made.discrepancies.pending == ()
    assert [(d.unit, d.municipality, d.hospital, d.difference) for d in made.discrepancies.found] == [
        ("tonsberg", 5, 4, -1),
        ("larvik", 3, 2, -1),
    ]


def test_the_second_meeting_compares_only_those_who_answered_both_times() -> None:
    made = summarise(VESTFOLD, winter("2023-12-05"), winter("2023-11-28"), 2023)
    assert [unit.key for unit in made.missing] == ["faerder"]
    assert made.answered == 10
    assert made.discrepancies.pending == ("faerder",)
    overliggere = made.totals[0]
    assert (overliggere.value, overliggere.change, overliggere.like_for_like) == (18, 4, False)


# Totals


def test_a_total_sums_what_was_answered_and_says_how_it_changed() -> None:
    now, then = reports(towns()), reports(dict.fromkeys(MUNICIPALITIES, town(2)))
    assert total_of("overliggere", now, then) == (16, 4, True)


@pytest.mark.parametrize(
    ("now", "then", "expected"),
    [
        ({"larvik": 3}, {}, (3, None, False)),
        ({"larvik": 3}, {"horten": 9}, (3, None, False)),
        ({"larvik": 3, "horten": 1}, {"larvik": 5}, (4, -2, False)),
        ({"larvik": 3}, {"larvik": 5, "horten": 9}, (3, -2, False)),
        ({"larvik": 3, "horten": 1}, {"horten": 1, "larvik": 3}, (4, 0, True)),
        ({"larvik": 0}, {"larvik": 0}, (0, 0, True)),
        ({}, {"larvik": 5}, None),
    ],
)
def test_a_change_is_counted_like_for_like(
    now: dict[str, int], then: dict[str, int], expected: tuple[int, int | None, bool] | None
) -> None:
    def made(counts: dict[str, int]) -> dict[str, StatusReport]:
        return reports({unit: town(count) for unit, count in counts.items()})

    assert total_of("overliggere", made(now), made(then)) == expected


def test_last_weeks_figure_is_never_carried_into_this_weeks_total() -> None:
    now = reports({"larvik": {"situasjon": "green"}, "horten": town(1)})  # Larvik's figure is not there yet
    then = reports({"larvik": town(30), "horten": town(2)})
    assert total_of("overliggere", now, then) == (1, -1, False)


def test_an_optional_figure_counts_for_those_who_gave_it() -> None:
    now = reports({"larvik": town(3, ohd_ledig=2), "horten": town(1)})
    assert total_of("ohd_ledig", now, {}) == (2, None, False)
    assert total_of("ohd_ledig", reports({"horten": town(1)}), {}) is None


def test_only_indicators_marked_as_totals_are_summed() -> None:
    assert [t.indicator.key for t in summary(in_full()).totals] == ["overliggere", "korttid_ledig"]


@given(
    st.dictionaries(st.sampled_from(MUNICIPALITIES), st.integers(0, 500)),
    st.dictionaries(st.sampled_from(MUNICIPALITIES), st.integers(0, 500)),
)
@PROPERTY
def test_the_change_of_a_total_is_the_sum_of_its_units_changes(now: dict[str, int], then: dict[str, int]) -> None:
    found = total_of(
        "overliggere",
        reports({unit: town(n) for unit, n in now.items()}),
        reports({unit: town(n) for unit, n in then.items()}),
    )
    both = now.keys() & then.keys()
    change = sum(now[u] for u in both) - sum(then[u] for u in both) if both else None
    assert found == ((sum(now.values()), change, now.keys() == then.keys()) if now else None)


# Who is missing


def test_every_unit_that_is_asked_has_its_line_in_the_order_of_the_file() -> None:
    made = summary({"larvik": town(3), "horten": town(1)})
    assert [line.unit.key for line in made.lines] == [*MUNICIPALITIES, *CLINICS_WITH_BEDS, "prehospital"]
    assert [u.key for u in made.missing] == [*MUNICIPALITIES[1:5], *CLINICS_WITH_BEDS, "prehospital"]
    assert made.answered == 2


def test_a_unit_that_is_asked_nothing_is_not_missed() -> None:
    none_for_larvik = community(
        indicators=tuple(replace(i, excluded=i.excluded | {"larvik"}) for i in VESTFOLD.indicators)
    )
    assert "larvik" not in {u.key for u in summarise(none_for_larvik, {}, {}, 2023).missing}


# Hospital and municipalities


def test_where_both_sides_say_the_same_there_is_no_discrepancy() -> None:
    found = discrepancies(VESTFOLD, reports(in_full()))
    assert (found.found, found.pending) == ((), ())


def test_a_discrepancy_is_hospital_less_municipality_over_all_clinics() -> None:
    answers = in_full() | {"kpa": clinic({"larvik": 2}), "kirurgi": clinic({"larvik": 1}), "horten": town(4)}
    found = discrepancies(VESTFOLD, reports(answers))
    assert found.found == (Discrepancy("horten", "overliggere", 4, 1), Discrepancy("larvik", "overliggere", 3, 6))
    assert [d.difference for d in found.found] == [-3, 3]
    assert found.pending == ()


@pytest.mark.parametrize("absent", CLINICS_WITH_BEDS)
def test_until_every_clinic_has_answered_all_municipalities_are_pending(absent: str) -> None:
    answers = {unit: values for unit, values in in_full().items() if unit != absent}
    found = discrepancies(VESTFOLD, reports(answers | {"larvik": town(50)}))
    assert (found.found, found.pending) == ((), MUNICIPALITIES)


def test_nobody_waits_for_a_clinic_that_is_not_asked() -> None:
    answers = {unit: values for unit, values in in_full().items() if unit != "prehospital"}
    assert discrepancies(VESTFOLD, reports(answers)).pending == ()


@pytest.mark.parametrize("absent", MUNICIPALITIES)
def test_until_a_municipality_has_answered_it_alone_is_pending(absent: str) -> None:
    answers = {unit: values for unit, values in in_full().items() if unit != absent}
    found = discrepancies(VESTFOLD, reports(answers))
    assert (found.found, found.pending) == ((), (absent,))


def test_a_clinic_that_left_out_one_municipality_leaves_that_one_pending() -> None:
    partly = {key: value for key, value in clinic(OVERLIGGERE).items() if key != "klare_pasienter.larvik"}
    found = discrepancies(VESTFOLD, reports(in_full() | {"medisin": partly}))
    assert (found.found, found.pending) == ((), ("larvik",))


def test_nought_on_both_sides_is_an_answer() -> None:
    answers = {**dict.fromkeys(MUNICIPALITIES, town(0)), **dict.fromkeys(CLINICS_WITH_BEDS, clinic())}
    found = discrepancies(VESTFOLD, reports(answers))
    assert (found.found, found.pending) == ((), ())


def test_a_community_that_does_not_compare_has_neither_discrepancies_nor_pending() -> None:
    silent = community(indicators=tuple(i for i in VESTFOLD.indicators if i.reconciles is None))
    nobody = community(
        indicators=tuple(
            replace(i, excluded=frozenset({*CLINICS_WITH_BEDS, "prehospital"})) if i.reconciles else i
            for i in VESTFOLD.indicators
        )
    )
    for asked in (silent, nobody):
        found = discrepancies(asked, reports(towns()))
        assert (found.found, found.pending) == ((), ())


# Cost


def test_sixteen_overliggere_cost_88128_kroner_a_day_in_2023() -> None:
    assert cost_per_day(VESTFOLD, reports(towns()), 2023) == 88128
    assert cost_per_day(VESTFOLD, reports(in_full()), 2023) == 88128  # the clinics' figures are the same patients
    assert cost_per_day(VESTFOLD, reports(towns()), 2024) == 16 * 5745


def test_a_year_without_a_rate_gives_no_sum() -> None:
    assert cost_per_day(VESTFOLD, reports(towns()), 2025) is None


def test_each_municipality_has_its_part_of_the_cost() -> None:
    by_unit = cost_by_unit(VESTFOLD, reports(in_full()), 2023)
    assert by_unit == {key: count * 5508 for key, count in OVERLIGGERE.items()}
    assert cost_by_unit(VESTFOLD, reports({"medisin": clinic({"larvik": 3})}), 2023) == {}
    assert cost_by_unit(VESTFOLD, reports(towns()), 2025) is None


def test_without_an_answer_there_is_no_sum_and_with_none_waiting_it_is_nought() -> None:
    assert cost_per_day(VESTFOLD, {}, 2023) is None
    assert cost_per_day(VESTFOLD, reports({"medisin": clinic({"larvik": 3})}), 2023) is None
    assert cost_per_day(VESTFOLD, reports({"larvik": town(0)}), 2023) == 0


def test_the_cost_is_found_under_the_name_too_and_a_community_without_the_figure_has_none() -> None:
    alone = community(indicators=(indicator("overliggere"),))
    assert cost_per_day(alone, reports({"larvik": {"overliggere": 2}}), 2023) == 11016
    other = community(indicators=(indicator("senger"),))
    assert cost_per_day(other, reports({"larvik": {"senger": 2}}), 2023) is None


# Order of speaking


def test_red_speaks_before_yellow_and_the_larger_worsening_first() -> None:
    then = in_full()
    now = in_full() | {
        "horten": town(1, situasjon="yellow"),
        "holmestrand": town(2, situasjon="red"),  # two steps worse: 2
        "tonsberg": town(14, situasjon="red"),  # nine more: 3
        "medisin": clinic(OVERLIGGERE, 95.0, "yellow"),  # ten points: 1
        "kirurgi": clinic(belegg=105.0, level="yellow"),  # twenty points: 2
        "larvik": town(4),  # green, and one more: a third
    }
    order = [line.unit.key for line in summary(now, then).speaking_order]
    assert order == ["tonsberg", "holmestrand", "kirurgi", "horten", "medisin", "larvik"]


def test_who_is_green_and_no_worse_does_not_have_to_speak() -> None:
    assert summary(in_full(), in_full()).speaking_order == ()
    assert summary(in_full()).speaking_order == ()


def test_who_has_not_answered_is_not_in_the_order() -> None:
    made = summary({"larvik": town(3, situasjon="red")}, dict.fromkeys(MUNICIPALITIES, town(0, situasjon="red")))
    assert [line.unit.key for line in made.speaking_order] == ["larvik"]


def test_equals_speak_in_the_order_of_the_file() -> None:
    answers = {key: town(3, situasjon="yellow") for key in reversed(MUNICIPALITIES)}
    assert [line.unit.key for line in summary(answers).speaking_order] == list(MUNICIPALITIES)


def test_a_red_unit_that_got_better_still_speaks_before_a_yellow_one() -> None:
    now = {"larvik": town(3, situasjon="red"), "horten": town(5, situasjon="yellow")}
    then = {"larvik": town(9, situasjon="red"), "horten": town(1)}
    assert [line.unit.key for line in summary(now, then).speaking_order] == ["larvik", "horten"]


# Worsening


@pytest.mark.parametrize(
    ("now", "then", "worsening"),
    [
        (town(5), town(3), 2 / 3),
        (town(3), town(3), 0),
        (town(3, situasjon="yellow"), town(3), 1),
        (town(3, situasjon="red"), town(3), 2),
        (town(6, situasjon="yellow"), town(3, situasjon="yellow"), 1),
        (town(1, situasjon="yellow"), town(7), 1),  # the worst of them counts
        (town(1), town(4, situasjon="yellow"), -1),
        (town(3, korttid_ledig=0, sykefravaer=20.0), town(3, sykefravaer=5.0), 0),  # nobody set thresholds for these
    ],
)
def test_worsening_is_measured_in_widths_of_the_yellow_band(
    now: dict[str, Figure], then: dict[str, Figure], worsening: float
) -> None:
    assert line(summary({"larvik": now}, {"larvik": then}), "larvik").worsening == pytest.approx(worsening)


def test_without_a_last_time_nothing_is_worse() -> None:
    assert line(summary({"larvik": town(9, situasjon="red")}), "larvik").worsening == 0


def test_two_more_overliggere_weigh_as_much_as_seven_more_percent_of_beds() -> None:
    then = in_full()
    now = in_full() | {"larvik": town(5), "kpa": clinic(belegg=85 + 20 / 3)}
    made = summary(now, then)
    assert line(made, "larvik").worsening == pytest.approx(line(made, "kpa").worsening, abs=0.001)


# One unit's line


def test_a_units_figures_bear_their_change_and_the_level_of_their_thresholds() -> None:
    now = town(6, ohd_ledig=1, sykefravaer=7.3, behov="To plasser til")
    then = town(4, sykefravaer=7.1)
    found = line(summary({"larvik": now}, {"larvik": then}), "larvik")
    assert [(f.indicator.key, f.value, f.change, f.level) for f in found.figures] == [
        ("overliggere", 6, 2, PreparednessLevel.RED),
        ("korttid_ledig", 4, 0, None),
        ("ohd_ledig", 1, None, None),
        ("sykefravaer", 7.3, 0.2, None),
    ]
    assert found.texts == ("To plasser til",)
    assert found.level is PreparednessLevel.GREEN
    assert found.level_before is PreparednessLevel.GREEN


@pytest.mark.parametrize(
    ("overliggere", "level"), [(0, "green"), (2, "green"), (3, "yellow"), (5, "yellow"), (6, "red"), (500, "red")]
)
def test_a_figure_is_yellow_and_red_from_its_threshold_on(overliggere: int, level: str) -> None:
    found = line(summary({"larvik": town(overliggere)}), "larvik").figures[0]
    assert found.level is not None
    assert found.level.value == level
    assert Thresholds(3, 6).level(overliggere).value == level


def test_a_clinics_patients_are_summed_over_the_municipalities() -> None:
    found = line(summary({"medisin": clinic(OVERLIGGERE)}), "medisin")
    assert [(f.indicator.key, f.value) for f in found.figures] == [("belegg", 85), ("klare_pasienter", 16)]


def test_a_unit_without_a_report_has_an_empty_line() -> None:
    found = line(summary({}, {"larvik": town(3, situasjon="yellow")}), "larvik")
    assert (found.report, found.level, found.figures, found.texts) == (None, None, (), ())
    assert found.level_before is PreparednessLevel.YELLOW
    assert found.worsening == 0


# A community file that has changed since


def test_answers_from_before_a_change_of_the_file_stop_no_summary() -> None:
    level, text = IndicatorType.LEVEL, IndicatorType.TEXT
    changed = community(
        indicators=(
            indicator("a", level),
            indicator("b"),
            indicator("c", IndicatorType.COUNT_PER_MUNICIPALITY, asks=ONLY_CLINICS, reconciles="b"),
            indicator("d", text),
            indicator("e", total=True),
        )
    )
    old: dict[str, Figure] = {"a": "fritekst", "b": "yellow", "d": 3, "e": "green", "gone": 1}
    clinics: dict[str, Figure] = {f"c.{key}": "red" for key in MUNICIPALITIES}
    stored = reports({"larvik": old, "horten": {**old, "a": 3}, **dict.fromkeys(CLINICS_WITH_BEDS, clinics)})
    made = summarise(changed, stored, stored, 2023)
    assert made.discrepancies.found == ()
    assert made.discrepancies.pending == MUNICIPALITIES
    assert made.totals == ()
    assert made.cost_nok_per_day is None
    assert made.speaking_order == ()
    assert line(made, "larvik").level is None


answers = st.fixed_dictionaries(
    {},
    optional={
        "situasjon": st.sampled_from(["green", "yellow", "red"]),
        "overliggere": st.integers(0, 500),
        "korttid_ledig": st.integers(0, 500),
        "belegg": st.floats(0, 200).map(lambda p: round(p, 2)),
        "sykefravaer": st.floats(0, 100).map(lambda p: round(p, 2)),
        "behov": st.text(max_size=5),
        **{key: st.integers(0, 500) for key in waiting()},
    },
)
rounds = st.dictionaries(st.sampled_from([unit.key for unit in VESTFOLD.units]), answers)


@given(rounds, rounds)
@PROPERTY
def test_any_answers_make_a_summary_that_agrees_with_itself(
    now: dict[str, dict[str, Figure]], then: dict[str, dict[str, Figure]]
) -> None:
    made = summary(now, then)
    assert made.answered + len(made.missing) == len(VESTFOLD.units_asked) == len(made.lines)
    assert {u.key for u in made.missing} == {u.key for u in VESTFOLD.units_asked} - now.keys()
    assert all(d.difference != 0 for d in made.discrepancies.found)
    told = [*made.discrepancies.pending, *(d.unit for d in made.discrepancies.found)]
    assert len(set(told)) == len(told)
    severities = [line.level.severity for line in made.speaking_order if line.level]
    assert severities == sorted(severities, reverse=True)
    assert len(severities) == len(made.speaking_order)
    overliggere = {t.indicator.key: t.value for t in made.totals}.get("overliggere")
    reported = [
        values["overliggere"] for unit, values in now.items() if unit in MUNICIPALITIES and "overliggere" in values
    ]
    if reported and not now.keys() - set(MUNICIPALITIES):
        assert overliggere == sum(int(n) for n in reported)
        assert made.cost_nok_per_day == overliggere * 5508
