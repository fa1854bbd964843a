"""What collides in a plan, and the day that is proposed instead."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.plan.conflicts import Busy, Conflict, ConflictKind, conflicts
from domain.plan.meeting import Meeting
from domain.plan.reading import read_plan
from domain.plan.text_table import rows_of_text
from tests.builders import community, vestfold

EXAMPLES = Path(__file__).parents[3] / "examples/vestfold"
KIND = ConflictKind


def meeting(forum: str, day: str, **more: Any) -> Meeting:
    on = date.fromisoformat(day)
    return replace(Meeting(forum, on, on, time(13), time(15)), **more)


def found(*meetings: Meeting, **more: Any) -> list[tuple[str, str, str, str, str | None]]:
    return [
        (c.forum, f"{c.date:%m-%d}", str(c.kind), c.against, f"{c.proposal:%m-%d}" if c.proposal else None)
        for c in conflicts(vestfold(), meetings, **more)
    ]


def in_file(name: str) -> list[Conflict]:
    text = (EXAMPLES / name).read_text(encoding="utf-8")
    return conflicts(vestfold(), read_plan(vestfold(), rows_of_text(text)).meetings)


def test_the_draft_collides_with_the_winter_holiday_and_the_week_after_is_proposed() -> None:
    assert in_file("moteplan-2024-utkast.txt") == [
        Conflict("SSU", date(2024, 2, 22), KIND.SCHOOL_HOLIDAY, "vinterferie", date(2024, 2, 29))
    ]


def test_the_adopted_plan_collides_with_nothing() -> None:
    assert in_file("moteplan-2024.txt") == []


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        # Ascension Day; a week on is the day before 17 May, so a week back is proposed.
        ("2024-05-09", [("public_holiday", "Kristi himmelfartsdag", "05-02")]),
        ("2024-05-16", [("day_before_public_holiday", "Grunnlovsdag", "05-23")]),
        ("2024-12-24", [("day_before_public_holiday", "Første juledag", "12-17")]),
        ("2024-12-31", [("day_before_public_holiday", "Første nyttårsdag", "01-07")]),
        ("2024-02-19", [("school_holiday", "vinterferie", "02-26")]),
        ("2024-02-16", []),
        ("2024-05-18", []),  # a Saturday before Whitsun: doubted when it was read, but no working day is lost
    ],
)
def test_holidays_and_the_days_before_them(day: str, expected: list[tuple[str, str, str]]) -> None:
    assert [(kind, name, to) for _, _, kind, name, to in found(meeting("SSU", day))] == expected


def test_every_day_of_a_gathering_counts() -> None:
    two_days = meeting("SSU", "2024-05-08", end_date=date(2024, 5, 9), start=None, end=None)
    assert [(kind, to) for _, _, kind, _, to in found(two_days)] == [
        ("public_holiday", "05-22"),
        ("day_before_public_holiday", "05-22"),
    ]


def test_two_organs_at_the_same_time_collide_once_at_the_later_one_in_the_file() -> None:
    pair = meeting("AU", "2024-04-11"), meeting("SSU", "2024-04-11", start=time(14, 30), end=time(16))
    assert found(*pair) == found(*reversed(pair)) == [("AU", "04-11", "same_time", "SSU", "04-18")]


def test_one_after_the_other_and_without_a_time_they_do_not_collide() -> None:
    assert found(meeting("AU", "2024-04-11"), meeting("SSU", "2024-04-11", start=time(15), end=time(16))) == []
    assert found(meeting("AU", "2024-04-11"), meeting("PM", "2024-04-11", start=None, end=None)) == []


def test_organs_that_share_no_member_may_meet_at_the_same_time() -> None:
    def at_once(*members: frozenset[str]) -> list[Conflict]:
        forums = [replace(f, members=m) for f, m in zip(vestfold().forums, members, strict=False)]
        return conflicts(community(forums=tuple(forums)), (meeting("SSU", "2024-04-11"), meeting("AU", "2024-04-11")))

    one, two = frozenset({"larvik-sjef"}), frozenset({"horten-sjef"})
    assert at_once(one, two) == []
    assert len(at_once(one, one | two)) == 1
    assert len(at_once(one, frozenset())) == 1  # not known counts as shared


def test_an_operational_meeting_is_in_the_way() -> None:
    busy = [Busy(date(2024, 1, 23), time(14), time(17))]
    expected = [("SSU", "01-23", "same_time", "samhandlingsmøte", "01-30")]
    assert found(meeting("SSU", "2024-01-23"), operational=busy) == expected
    assert found(meeting("SSU", "2024-01-24"), operational=busy) == []


def test_a_proposal_does_not_collide_with_anything_else() -> None:
    # The week on is taken by the organ itself, the week back by another organ at the same time.
    plan = meeting("SSU", "2024-02-22"), meeting("SSU", "2024-02-29"), meeting("AU", "2024-02-15")
    assert found(*plan) == [("SSU", "02-22", "school_holiday", "vinterferie", "03-07")]


def test_hosts_take_turns_as_the_file_says_wherever_it_begins() -> None:
    # SiV, horten, SiV, tonsberg
    def hosted(*hosts: str | None) -> list[tuple[str, str]]:
        days = [date(2024, 1, 11) + timedelta(weeks=12 * n) for n in range(len(hosts))]
        plan = [replace(meeting("SSU", str(day)), host=host) for day, host in zip(days, hosts, strict=True)]
        turns = [c for c in conflicts(vestfold(), plan) if c.kind is KIND.HOST_OUT_OF_TURN]
        assert all(c.proposal is None for c in turns)
        return [(f"{c.date:%m-%d}", c.against) for c in turns]

    assert hosted("SiV", "horten", "SiV", "tonsberg") == []
    assert hosted("SiV", "tonsberg", "siv", "horten") == []
    assert hosted("horten", None, "tonsberg") == []
    assert hosted("SiV", "SiV") == [("04-04", "horten")]
    assert hosted("horten", "tonsberg", "SiV") == [("04-04", "SiV")]
    assert hosted("larvik", "horten") == [("01-11", "SiV")]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["SSU", "AU", "FSU", "PM"]),
            st.dates(date(2000, 1, 1), date(2100, 12, 31)) | st.dates(date(2024, 1, 1), date(2024, 3, 31)),
            st.integers(0, 3),
            st.sampled_from([None, time(0), time(13), time(23, 30)]),
        ),
        max_size=25,
        unique_by=lambda each: each[:2],
    )
)
def test_a_meeting_that_follows_its_proposal_collides_no_more(
    drawn: list[tuple[str, date, int, time | None]],
) -> None:
    plan = [Meeting(forum, day, day + timedelta(days=more), start, None) for forum, day, more, start in drawn]
    for conflict in conflicts(vestfold(), plan):
        if conflict.proposal is None:
            continue
        moved = [m for m in plan if (m.forum, m.date) == (conflict.forum, conflict.date)]
        step = conflict.proposal - conflict.date
        others = [m for m in plan if m not in moved]
        instead = replace(moved[0], date=conflict.proposal, end_date=moved[0].end_date + step)
        after = conflicts(vestfold(), [*others, instead])
        assert (instead.forum, instead.date) not in [(c.forum, c.date) for c in after]
