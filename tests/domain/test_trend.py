"""What a trend follows, and what it makes of meetings that were not held and of answers that did not come."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.community import IndicatorType, PreparednessLevel, Thresholds, UnitKind
from domain.trend import Course, Meeting, course, followed, meeting, with_gaps
from tests.builders import community, indicator, vestfold

MUNICIPAL = frozenset({UnitKind.MUNICIPALITY})
DAY = date(2023, 11, 28)
GREEN, RED = PreparednessLevel.GREEN, PreparednessLevel.RED


def on(day: date) -> Meeting:
    return Meeting(day, {}, {}, frozenset())


def test_overliggere_and_free_places_are_followed_and_nothing_else() -> None:
    found = followed(vestfold())
    assert [i.key for i in found.waiting] == ["overliggere"]
    assert [i.key for i in found.free] == ["korttid_ledig", "ohd_ledig"]
    assert found.levels


def test_waiting_is_what_the_hospital_is_held_against_whatever_it_is_called() -> None:
    known = vestfold()
    renamed = [
        replace(i, key="venter") if i.key == "overliggere" else replace(i, reconciles="venter") if i.reconciles else i
        for i in known.indicators
    ]
    assert [i.key for i in followed(community(indicators=tuple(renamed))).waiting] == ["venter"]


def test_a_community_that_asks_something_else_follows_what_it_has() -> None:
    worse = indicator("ventetid", total=True, asks=MUNICIPAL, thresholds=Thresholds(3, 6))
    beds = [indicator(f"senger_{n}", total=True, asks=MUNICIPAL) for n in range(4)]
    found = followed(community(indicators=(worse, *beds, indicator("ord", IndicatorType.TEXT))))
    assert found.waiting == ()
    assert [i.key for i in found.free] == ["senger_0", "senger_1"]
    assert not found.levels


def test_a_meeting_counts_levels_and_knows_whose_figure_is_not_whole() -> None:
    levels = {"larvik": RED, "horten": RED, "medisin": GREEN, "faerder": None}
    found = meeting(vestfold(), DAY, {"overliggere": 3}, levels, frozenset({"faerder"}))
    assert found.levels == {RED: 2, GREEN: 1}
    assert found.partial == {"overliggere", "korttid_ledig", "ohd_ledig"}
    assert meeting(vestfold(), DAY, {}, {}, frozenset({"medisin"})).partial == frozenset()


def test_a_meeting_that_fell_out_is_a_gap_before_the_next() -> None:
    weeks = [DAY + timedelta(weeks=n) for n in (0, 1, 3)]
    found = with_gaps([on(day) for day in weeks], frozenset({DAY + timedelta(weeks=2), DAY - timedelta(weeks=1)}))
    assert [m.after_gap for m in found] == [False, False, True]


def test_another_meeting_on_the_same_day_is_no_gap() -> None:
    assert [m.after_gap for m in with_gaps([on(DAY), on(DAY)], frozenset({DAY}))] == [False, False]


def test_a_course_is_the_first_the_highest_and_the_last_figure() -> None:
    assert course([None, 16, 34, None, 22, None]) == Course(16, 34, 22)
    assert course([None, None]) is None
    assert course([0]) == Course(0, 0, 0)


@given(st.lists(st.none() | st.integers(0, 500), max_size=8))
def test_no_figure_of_a_course_is_made_up(values: list[int | None]) -> None:
    found = course(values)
    assert (found is None) == all(value is None for value in values)
    if found is not None:
        assert {found.first, found.highest, found.last} <= set(values)
        assert found.highest >= max(found.first, found.last)
