"""Importing again: what is the same, what moved, what was done by hand and stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.plan.changes import Change, ChangeKind, PlannedMeeting, changes
from domain.plan.meeting import Meeting

NOW = datetime(2024, 1, 1, tzinfo=UTC)


def meeting(day: str, forum: str = "SSU", **more: object) -> Meeting:
    on = date.fromisoformat(day)
    return replace(Meeting(forum, on, on, time(13), time(15)), **more)  # type: ignore[arg-type]


def kept(*meetings: Meeting) -> list[PlannedMeeting]:
    """As an import has left them."""
    return [PlannedMeeting(f"m{n}", m, m) for n, m in enumerate(meetings)]


def told(found: Sequence[Change]) -> list[tuple[str, str | None, str | None]]:
    def day(m: Meeting | None) -> str | None:
        return f"{m.forum} {m.date:%m-%d}" if m else None

    return [(str(c.kind), day(c.before.meeting) if c.before else None, day(c.after)) for c in found]


def test_a_first_file_adds_and_the_same_file_changes_nothing() -> None:
    file = [meeting("2024-02-22"), meeting("2024-05-23")]
    assert told(changes([], file)) == [("added", None, "SSU 02-22"), ("added", None, "SSU 05-23")]
    assert {c.kind for c in changes(kept(*file), file)} == {ChangeKind.KEPT}


def test_a_meeting_on_another_day_moved_and_is_not_doubled() -> None:
    before = kept(meeting("2024-02-22"), meeting("2024-05-23"))
    assert told(changes(before, [meeting("2024-02-29"), meeting("2024-05-23")])) == [
        ("moved", "SSU 02-22", "SSU 02-29"),
        ("kept", "SSU 05-23", "SSU 05-23"),
    ]


def test_too_far_away_it_is_another_meeting() -> None:
    assert told(changes(kept(meeting("2024-02-22")), [meeting("2024-09-26")])) == [
        ("cancelled", "SSU 02-22", None),
        ("added", None, "SSU 09-26"),
    ]


def test_what_the_file_no_longer_has_is_cancelled_in_its_years_and_organs_only() -> None:
    before = kept(meeting("2024-02-22"), meeting("2024-05-23"), meeting("2023-11-23"), meeting("2024-02-08", "AU"))
    assert told(changes(before, [meeting("2024-02-22")])) == [
        ("kept", "SSU 02-22", "SSU 02-22"),
        ("cancelled", "SSU 05-23", None),
    ]


def test_what_was_added_by_hand_stays() -> None:
    by_hand = PlannedMeeting("h", meeting("2024-03-14"))
    assert told(changes([by_hand, *kept(meeting("2024-02-22"))], [meeting("2024-02-22")])) == [
        ("kept", "SSU 02-22", "SSU 02-22")
    ]


def test_what_was_changed_by_hand_stays_until_the_file_says_something_new() -> None:
    file = meeting("2024-02-22")
    moved = PlannedMeeting("m", meeting("2024-03-07", place="Rom 3", start=time(9), end=time(10)), imported=file)
    [same] = changes([moved], [file])
    assert (same.kind, same.after) == (ChangeKind.KEPT, moved.meeting)
    [newer] = changes([moved], [meeting("2024-02-29")])
    assert newer.kind is ChangeKind.MOVED
    assert newer.after == meeting("2024-02-29", place="Rom 3", start=time(9), end=time(10))
    [later] = changes([moved], [meeting("2024-02-22", start=time(12), end=time(14))])
    assert later.after == meeting("2024-03-07", place="Rom 3", start=time(12), end=time(14))


def test_a_meeting_cancelled_by_hand_stays_cancelled() -> None:
    file = meeting("2024-02-22")
    cancelled = PlannedMeeting("m", file, imported=file, cancelled_at=NOW)
    assert [c.kind for c in changes([cancelled], [file])] == [ChangeKind.KEPT]


def test_a_place_in_the_file_is_taken_and_one_given_by_hand_is_not_lost() -> None:
    file = meeting("2024-02-22")
    [taken] = changes(kept(file), [replace(file, place="Rom 1")])
    assert taken.kind is ChangeKind.CHANGED
    assert taken.after == replace(file, place="Rom 1")
    by_hand = PlannedMeeting("h", replace(file, place="Rom 2"))
    [own] = changes([by_hand], [replace(file, place="Rom 1")])
    assert own.after == replace(file, place="Rom 2")


DAYS = st.lists(st.integers(0, 365), max_size=10, unique=True).map(
    lambda numbers: [meeting(str(date(2024, 1, 1) + timedelta(days=n))) for n in numbers]
)


def stored(before: Sequence[PlannedMeeting], found: Sequence[Change]) -> list[PlannedMeeting]:
    after = {p.id: p for p in before}
    for n, change in enumerate(found):
        if change.before is None:
            planned = PlannedMeeting(f"new{len(after)}-{n}", change.meeting, change.imported)
        elif change.after is None:
            planned = replace(change.before, imported=None, cancelled_at=NOW)
        else:
            planned = replace(change.before, meeting=change.after, imported=change.imported)
        after[planned.id] = planned
    return list(after.values())


@given(DAYS, DAYS)
def test_after_an_import_the_plan_is_the_files_and_going_back_brings_the_old_days_back(
    one: list[Meeting], other: list[Meeting]
) -> None:
    def days(plan: Sequence[PlannedMeeting]) -> list[date]:
        return sorted(p.meeting.date for p in plan if p.cancelled_at is None)

    plan = stored([], changes([], one))
    second = stored(plan, changes(plan, other))
    back = stored(second, changes(second, one))
    assert days(plan) == sorted(m.date for m in one)
    if other:  # a file without a meeting says nothing about any year
        assert days(second) == sorted(m.date for m in other)
    if one and other:
        assert days(back) == days(plan)
    assert not any(c.kind is not ChangeKind.KEPT for c in changes(back, one)) or not one
