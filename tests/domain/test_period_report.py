"""What a period came to: counted from what was known when each meeting began, and nothing added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.community import PreparednessLevel
from domain.differences import Difference, Figures, Outcome, Question, Reason, Side, Stand
from domain.period_report import Course, Material, Meeting, PeriodReport, Total, report_on
from domain.periods import LevelChange
from domain.reports import Figure, StatusReport
from domain.summary import Reports
from tests.builders import MUNICIPALITIES, community, local, period, report, round_, vestfold, waiting

TUESDAY, NEXT = local(2023, 11, 28, 16), local(2023, 12, 5, 16)
ENDED = local(2023, 12, 5, 17)
GREEN, YELLOW, RED = PreparednessLevel


def meeting(number: int, known: Mapping[str, Mapping[str, Figure]], answers: Reports | None = None) -> Meeting:
    """The number-th weekly meeting from 28 November on; everybody answered an hour after the opening."""
    weeks = timedelta(weeks=number - 1)
    made = round_(
        id=f"round-{number}",
        opens_at=local(2023, 11, 27, 9) + weeks,
        due_at=local(2023, 11, 28, 12) + weeks,
        meeting_at=TUESDAY + weeks,
        meeting_ends_at=TUESDAY + timedelta(hours=1) + weeks,
    )
    reports = {
        unit: report(unit, values, round=made.id, answered_at=made.opens_at + timedelta(hours=1))
        for unit, values in known.items()
    }
    return Meeting(made, reports, reports if answers is None else answers)


def report_of(*meetings: Meeting, **changes: Any) -> PeriodReport:
    ended = period(ended_at=ENDED)
    material = Material(community=vestfold(), period=ended, until=ENDED, meetings=meetings)
    return report_on(replace(material, **changes))


def course(found: PeriodReport, key: str) -> Course:
    return next(c for c in found.courses if c.indicator.key == key)


def figures(found: PeriodReport, key: str, unit: str) -> Sequence[object]:
    return next(values for u, values in course(found, key).units if u.key == unit)


# Figures over time


def test_each_figure_stands_at_its_meeting_and_is_never_carried_to_the_next() -> None:
    found = report_of(
        meeting(1, {"larvik": {"overliggere": 3, "situasjon": "red"}, "horten": {"overliggere": 1}}),
        meeting(2, {"horten": {"overliggere": 2}}),
    )
    assert figures(found, "overliggere", "larvik") == (3, None)
    assert figures(found, "overliggere", "horten") == (1, 2)
    assert figures(found, "situasjon", "larvik") == (RED, None)
    assert course(found, "overliggere").totals == (Total(4, False), Total(2, False))


def test_a_total_is_complete_when_everybody_who_is_asked_had_answered() -> None:
    everybody = {town: {"overliggere": 1} for town in MUNICIPALITIES}
    assert course(report_of(meeting(1, everybody)), "overliggere").totals == (Total(6, True),)
    assert course(report_of(meeting(1, {})), "overliggere").totals == (Total(None, False),)


def test_what_a_clinic_reports_per_municipality_is_added_up_for_the_clinic() -> None:
    found = report_of(meeting(1, {"medisin": waiting(larvik=2, horten=3)}))
    assert figures(found, "klare_pasienter", "medisin") == (5,)


def test_free_texts_are_no_figures_and_each_question_stands_with_those_who_are_asked_it() -> None:
    found = report_of(meeting(1, {"larvik": {"behov": "Flere senger"}}))
    assert "behov" not in {c.indicator.key for c in found.courses}
    assert [u.key for u, _ in course(found, "belegg").units] == ["medisin", "kirurgi", "kpa", "kfmr"]


# Answers


def late(unit: str, made: Meeting, hours: int) -> StatusReport:
    return report(unit, {}, round=made.round.id, answered_at=made.round.opens_at + timedelta(hours=hours))


def test_in_time_late_and_missing_are_counted_by_unit_and_in_all() -> None:
    first, second = meeting(1, {"larvik": {}}), meeting(2, {})
    answered = {"larvik": late("larvik", second, 28), "horten": late("horten", second, 40)}
    found = report_of(first, replace(second, answers=answered))
    counts = {line.unit.key: (line.in_time, line.late, line.missing) for line in found.answers}
    assert counts["larvik"] == (1, 1, 0)
    assert counts["horten"] == (0, 1, 1)
    assert counts["medisin"] == (0, 0, 2)
    assert (found.in_time, found.late, found.missing, found.asked) == (1, 2, 19, 22)


def test_the_time_to_answer_is_the_median_from_the_opening_to_the_first_answer() -> None:
    made = meeting(1, {})
    answered = {unit: late(unit, made, hours) for unit, hours in (("larvik", 2), ("horten", 4), ("tonsberg", 30))}
    found = report_of(replace(made, answers=answered))
    assert found.time_to_answer == timedelta(hours=4)
    assert {a.unit.key: a.time_to_answer for a in found.answers}["larvik"] == timedelta(hours=2)
    assert {a.unit.key: a.time_to_answer for a in found.answers}["medisin"] is None
    assert report_of().time_to_answer is None


# Per 1,000


def test_a_rate_is_the_mean_of_the_meetings_answered_for_per_thousand_inhabitants() -> None:
    found = report_of(
        meeting(1, {"larvik": {"overliggere": 4}, "medisin": {"innlagt_ohjelp": 40}}),
        meeting(2, {"larvik": {"overliggere": 6}}),
        meeting(3, {}),
    )
    [rate] = found.rates
    assert (rate.unit.key, rate.per_thousand) == ("larvik", {"overliggere": round(5 / 48.93, 2)})


def test_without_a_population_there_is_no_rate() -> None:
    units = tuple(replace(unit, population=None) for unit in vestfold().units)
    assert report_of(meeting(1, {"larvik": {"overliggere": 4}}), community=community(units=units)).rates == ()


# Levels, differences, cost


def change(number: int, day: int, before: PreparednessLevel, after: PreparednessLevel) -> LevelChange:
    return LevelChange("period-1", number, before, after, "", "samhandlingssjef", local(2023, 11, day, 15))


def test_each_day_of_the_period_stands_at_the_level_that_it_ended_at() -> None:
    # From Thursday 23 November to Tuesday 5 December: 13 days.
    assert report_of().days_by_level == {YELLOW: 13}
    levels = [change(1, 28, YELLOW, RED), change(2, 30, RED, GREEN), change(3, 30, GREEN, YELLOW)]
    assert report_of(levels=levels).days_by_level == {YELLOW: 5 + 6, RED: 2}


@given(st.lists(st.tuples(st.integers(0, 600), st.sampled_from(PreparednessLevel)), max_size=12))
def test_the_days_by_level_are_the_days_of_the_period(changes: list[tuple[int, PreparednessLevel]]) -> None:
    levels, before = [], YELLOW
    for number, (hours, level) in enumerate(sorted(changes, key=lambda c: c[0]), 1):
        at = min(ENDED, local(2023, 11, 23, 9) + timedelta(hours=hours))
        levels.append(LevelChange("period-1", number, before, level, "", "samhandlingssjef", at))
        before = level
    assert sum(report_of(levels=levels).days_by_level.values()) == 13


def test_differences_are_counted_by_municipality_with_the_largest() -> None:
    def known(own: int, theirs: int) -> dict[str, dict[str, Figure]]:
        clinics = {clinic: waiting() for clinic in ("kirurgi", "kpa", "kfmr")}
        return {"larvik": {"overliggere": own}, "medisin": waiting(larvik=theirs), **clinics}

    found = report_of(meeting(1, known(3, 4)), meeting(2, known(5, 2)), meeting(3, known(2, 2)))
    [larvik] = found.differences
    assert (larvik.unit.key, larvik.meetings, larvik.largest) == ("larvik", 2, -3)


def test_what_came_of_the_differences_is_counted_with_why_they_stand() -> None:
    def put(own: int, theirs: int, *stands: Stand) -> Difference:
        asked = Question("round-1", TUESDAY, Figures("larvik", "overliggere", 3, {"medisin": 4}))
        outcomes = tuple(Outcome(s.unit, Side.MUNICIPALITY, None, s) for s in stands)
        return Difference(asked, Figures("larvik", "overliggere", own, {"medisin": theirs}), outcomes)

    def stand(reason: Reason | None) -> Stand:
        return Stand("round-1", "larvik", "overliggere", "larvik", 1, 3, reason, "Ja", "larvik-sjef", TUESDAY)

    one, two = meeting(1, {}), meeting(2, {})
    first = replace(one, put=[put(4, 4, stand(Reason.TIMING)), put(3, 4, stand(Reason.RESIDENCE), stand(None))])
    found = report_of(first, replace(two, put=[put(3, 4), put(3, 5, stand(Reason.RESIDENCE))])).settled
    assert (found.asked, found.cleared, found.stand, found.unanswered) == (4, 1, 2, 1)
    assert found.reasons == {Reason.RESIDENCE: 2, Reason.OTHER: 1}


def test_the_cost_is_that_of_the_meetings_days_at_each_years_rate_and_no_more() -> None:
    one = {"larvik": {"overliggere": 2}}
    found = report_of(meeting(1, one), meeting(6, one), meeting(7, {}))  # 28 November and 2 January
    assert found.cost is not None
    assert (found.cost.total, found.cost.meetings) == (2 * 5508 + 2 * 5745, 2)
    assert [held.cost for held in found.meetings] == [11016, 11490, None]
    assert report_of(meeting(1, one), community=community(day_rates={})).cost is None


def test_meetings_that_were_not_held_are_told_apart() -> None:
    found = report_of(meeting(1, {}), called_off=2, dropped=[date(2023, 12, 26)])
    assert ([held.day for held in found.meetings], found.called_off) == ([date(2023, 11, 28)], 2)
    assert found.dropped == (date(2023, 12, 26),)


@pytest.mark.parametrize("meetings", [0, 1])
def test_a_period_with_little_in_it_has_a_report_too(meetings: int) -> None:
    found = report_of(*(meeting(n + 1, {}) for n in range(meetings)))
    assert (found.cost, found.rates, found.differences, found.evaluation) == (None, (), (), None)
    assert found.missing == 11 * meetings
