"""Cases: numbers, the order of an agenda, and which meeting a case goes to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from domain.agenda import Case, CaseKind, CaseState, CaseText, in_order, meeting_for, reordered, year_of
from domain.plan.changes import PlannedMeeting
from domain.plan.meeting import Meeting

NOW = datetime(2023, 11, 27, 8, tzinfo=UTC)
SAID = CaseText("Styringsdata", (CaseKind.DISCUSSION,), "larvik-sjef")
CASE = Case("a", "vestfold", "SSU", 2024, 12, SAID, "larvik-sjef", NOW, "m", 1)


def planned(meeting_id: str, day: date, forum: str = "SSU", **changes: object) -> PlannedMeeting:
    return replace(PlannedMeeting(meeting_id, Meeting(forum, day, day)), **changes)  # type: ignore[arg-type]


def test_a_case_is_called_by_its_organ_and_number() -> None:
    assert (CASE.label, CASE.name) == ("2024.12", "SSU 2024.12")


def test_what_comes_of_a_case_for_decision_is_a_decision() -> None:
    assert not CASE.is_for_decision
    assert CASE.edited(replace(SAID, kinds=(CaseKind.DIALOGUE, CaseKind.DECISION))).is_for_decision


def test_whatever_becomes_of_a_case_it_keeps_its_number_and_is_a_next_version() -> None:
    for after in (
        CASE.withdrawn(),
        CASE.sent_on(),
        CASE.concluded("Godkjent", date(2024, 6, 1)),
        CASE.placed(None, 0, date(2024, 3, 1)),
        CASE.ordered(3),
    ):
        assert (after.name, after.version) == (CASE.name, 2)
    assert CASE.withdrawn().reopened().state is CaseState.OPEN


def test_a_case_is_numbered_in_the_year_of_its_meeting_else_of_the_day_it_waits_for_else_of_today() -> None:
    today = date(2023, 11, 27)
    assert year_of(planned("m", date(2024, 2, 29)), None, today) == 2024
    assert year_of(None, date(2025, 1, 10), today) == 2025
    assert year_of(None, None, today) == 2023


def test_a_case_goes_to_the_organs_first_meeting_on_the_day_or_later() -> None:
    plan = [
        planned("late", date(2024, 5, 23)),
        planned("cancelled", date(2024, 2, 15), cancelled_at=NOW),
        planned("au", date(2024, 2, 20), "AU"),
        planned("ssu", date(2024, 2, 29)),
    ]
    for day, found in (
        (date(2024, 2, 1), "ssu"),
        (date(2024, 2, 29), "ssu"),
        (date(2024, 3, 1), "late"),
    ):
        meeting = meeting_for(plan, "SSU", day)
        assert meeting is not None
        assert meeting.id == found
    assert meeting_for(plan, "SSU", date(2024, 5, 24)) is None
    assert meeting_for(plan, "SSU", date(2024, 5, 1), besides="late") is None


@given(st.lists(st.integers(0, 5), min_size=1, max_size=12), st.data())
def test_a_case_put_at_a_position_is_there_and_the_others_keep_their_order(
    positions: list[int], data: st.DataObject
) -> None:
    cases = [replace(CASE, id=f"c{n}", number=n, position=at) for n, at in enumerate(positions, start=1)]
    moved = data.draw(st.sampled_from(cases))
    wanted = data.draw(st.integers(-3, 20))
    changed = {case.id: case for case in reordered(cases, moved, wanted)}
    after = in_order([changed.get(case.id, case) for case in cases])
    assert [case.position for case in after] == list(range(1, len(cases) + 1))
    assert after.index(changed.get(moved.id, moved)) == min(max(wanted, 1), len(cases)) - 1
    assert [c.id for c in after if c.id != moved.id] == [c.id for c in in_order(cases) if c.id != moved.id]
    assert reordered(after, changed.get(moved.id, moved), wanted) == []
