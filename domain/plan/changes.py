"""What a new version of a plan would change in the one that is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from domain.plan.meeting import Meeting

FARTHEST_MOVE = timedelta(days=60)
"""Farther apart they are two meetings, one gone and one new."""


@dataclass(frozen=True, slots=True)
class PlannedMeeting:
    """A meeting that is kept. `imported` is what the file said last; None: added by hand.

    `sequence` counts its changes, for calendars.
    """

    id: str
    meeting: Meeting
    imported: Meeting | None = None
    sequence: int = 0
    cancelled_at: datetime | None = None


class ChangeKind(StrEnum):
    ADDED = "added"
    MOVED = "moved"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Change:
    """`before` is None for what is added, `after` for what is cancelled; `imported` is what the file says of it."""

    kind: ChangeKind
    before: PlannedMeeting | None
    after: Meeting | None
    imported: Meeting | None

    @property
    def meeting(self) -> Meeting:
        found = self.after or (self.before.meeting if self.before else None)
        if found is None:
            raise ValueError("a change is of something")
        return found


def changes(kept: Sequence[PlannedMeeting], read: Sequence[Meeting]) -> list[Change]:
    """Each meeting of the file with what it is now, by date.

    A meeting is the same when the file gave that day for it last, or when it is on that day now; else the nearest one
    of its organ that the file no longer has was moved. What the file says as it did before does not undo what was
    changed by hand, and of what it no longer has, only what came from a file is cancelled: in the years and of the
    organs that it has any meetings of.
    """
    pairs, new, gone = _paired(kept, read)
    found = [_merged(before, after) for before, after in pairs]
    found += [Change(ChangeKind.ADDED, None, meeting, meeting) for meeting in new]
    covered = {(meeting.forum, meeting.date.year) for meeting in read}
    found += [
        Change(ChangeKind.CANCELLED, before, None, None)
        for before in gone
        if before.imported is not None
        and before.cancelled_at is None
        and (before.imported.forum, before.imported.date.year) in covered
    ]
    return sorted(found, key=lambda change: (change.meeting.date, change.meeting.forum))


def _paired(
    kept: Sequence[PlannedMeeting], read: Sequence[Meeting]
) -> tuple[list[tuple[PlannedMeeting, Meeting]], list[Meeting], list[PlannedMeeting]]:
    left, new = list(kept), list(read)
    pairs: list[tuple[PlannedMeeting, Meeting]] = []

    def pair(candidates: Iterable[tuple[PlannedMeeting, Meeting]]) -> None:
        for before, after in candidates:
            if before in left and after in new:
                left.remove(before)
                new.remove(after)
                pairs.append((before, after))

    pair((b, a) for b in kept for a in read if b.imported is not None and _same_day(b.imported, a))
    pair((b, a) for b in list(left) for a in list(new) if b.cancelled_at is None and _same_day(b.meeting, a))
    near = [
        (abs(b.imported.date - a.date), a.date, b, a)
        for b in left
        for a in new
        if b.imported is not None and b.cancelled_at is None and b.imported.forum == a.forum
    ]
    near.sort(key=lambda each: (each[0], each[1]))
    pair((b, a) for distance, _, b, a in near if distance <= FARTHEST_MOVE)
    return pairs, new, left


def _same_day(one: Meeting, other: Meeting) -> bool:
    return one.forum == other.forum and one.date == other.date


def _merged(before: PlannedMeeting, file: Meeting) -> Change:
    """What the file says differently from last time counts; else what is kept stands."""
    now, last = before.meeting, before.imported or replace(before.meeting, place=None, host=None)
    merged = replace(now, source=file.source)
    if (file.date, file.end_date) != (last.date, last.end_date):
        merged = replace(merged, date=file.date, end_date=file.end_date)
    if (file.start, file.end) != (last.start, last.end) and file.start is not None:
        merged = replace(merged, start=file.start, end=file.end)
    if file.place != last.place and (before.imported is not None or now.place is None):
        merged = replace(merged, place=file.place)
    if file.host != last.host and (before.imported is not None or now.host is None):
        merged = replace(merged, host=file.host)
    if before.cancelled_at is not None or content(merged) == content(now):
        kind = ChangeKind.KEPT
    elif (merged.date, merged.end_date) != (now.date, now.end_date):
        kind = ChangeKind.MOVED
    else:
        kind = ChangeKind.CHANGED
    return Change(kind, before, merged, file)


def content(meeting: Meeting) -> Meeting:
    """A meeting without where it was read."""
    return replace(meeting, source="")
