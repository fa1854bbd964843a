"""The deadlines that follow from a meeting by its organ's offsets, never on a day off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from domain.community import Community, Forum
from domain.plan.changes import PlannedMeeting
from domain.plan.meeting import Meeting
from domain.working_time import is_day_off, next_working_day, previous_working_day

ITEMS_DUE = "sakfrist"
"""The deadline that concerns every member; the others are the secretariat's own."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """`name` is the community file's own word for it."""

    meeting: PlannedMeeting
    name: str
    due: dt.date

    @property
    def key(self) -> str:
        return f"{self.meeting.id}:{self.name}"


def deadline_day(meeting: Meeting, offset: int, *, working_days: bool = False) -> date:
    """The day that lies so many days before (-) the meeting begins or after (+) it ends.

    Before a meeting a day off gives way to the working day before it, after a meeting to the one that follows.
    Raises OverflowError where the calendar ends.
    """
    base = meeting.date if offset <= 0 else meeting.end_date
    step = previous_working_day if offset <= 0 else next_working_day
    if working_days and offset:
        for _ in range(abs(offset)):
            base = step(base)
        return base
    day = base + timedelta(days=offset)
    return step(day) if is_day_off(day) else day


def deadlines_of(forum: Forum, planned: PlannedMeeting) -> list[Deadline]:
    """By day; none of a meeting that is cancelled."""
    if planned.cancelled_at is not None:
        return []
    found = [
        Deadline(planned, name, deadline_day(planned.meeting, offset, working_days=forum.counts_working_days))
        for name, offset in forum.deadlines.items()
    ]
    return sorted(found, key=lambda deadline: deadline.due)


def deadlines(community: Community, plan: Iterable[PlannedMeeting]) -> list[Deadline]:
    """Those of all the meetings, by day. A meeting of an organ that is no longer in the community file has none."""
    forums = {forum.key: forum for forum in community.forums}
    found = [
        deadline
        for planned in plan
        if planned.meeting.forum in forums
        for deadline in deadlines_of(forums[planned.meeting.forum], planned)
    ]
    return sorted(found, key=lambda deadline: (deadline.due, deadline.meeting.meeting.date))
