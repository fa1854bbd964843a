"""The deadlines that follow from a meeting by its organ's offsets, never on a day off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from domain.agenda import Case, CaseState
from domain.community import Community, Forum
from domain.plan.changes import PlannedMeeting
from domain.plan.meeting import Meeting
from domain.plan.reminders import REMINDED_BEFORE
from domain.working_time import is_day_off, next_working_day, previous_working_day

ITEMS_DUE = "sakfrist"
"""The deadline that concerns every member; the others are the secretariat's own."""

PAPERS_DUE = "sakspapirer"
"""The deadline that whoever is responsible for a case has too: for its papers."""

FOLLOW_UP = "follow-up"
"""The name of the deadline that a conclusion sets."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """`name` is the community file's own word for it. It is of a meeting, of a case that goes to one, or of a case."""

    meeting: PlannedMeeting | None
    name: str
    due: dt.date
    case: Case | None = None
    chair: str | None = None  # of the meeting, where it is the chair who owes it

    @property
    def follows_from(self) -> str:
        """The id of the case or meeting that it is of."""
        if self.case is not None:
            return self.case.id
        return self.meeting.id if self.meeting else ""

    @property
    def key(self) -> str:
        return f"{self.follows_from}:{self.name}"

    @property
    def sequence(self) -> int:
        """Counts the changes of what it follows from, for calendars."""
        return (self.meeting.sequence if self.meeting else 0) + (self.case.version if self.case else 0)

    @property
    def forum(self) -> str:
        """The organ's key."""
        if self.case is not None:
            return self.case.forum
        return self.meeting.meeting.forum if self.meeting else ""

    @property
    def owner(self) -> str | None:
        """The key of the person who owes it; None: the secretariat does."""
        return self.case.said.responsible if self.case else self.chair

    @property
    def reminded_before(self) -> tuple[int, ...]:
        return REMINDED_BEFORE


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


def deadlines_of(forum: Forum, planned: PlannedMeeting, chair: str | None = None) -> list[Deadline]:
    """By day; none of a meeting that is cancelled. `chair` is who leads this meeting, else who leads the organ does."""
    if planned.cancelled_at is not None:
        return []
    found = [
        Deadline(
            planned,
            name,
            deadline_day(planned.meeting, offset, working_days=forum.counts_working_days),
            chair=(chair or forum.chair) if name in forum.chair_owes else None,
        )
        for name, offset in forum.deadlines.items()
    ]
    return sorted(found, key=lambda deadline: deadline.due)


def deadlines(
    community: Community, plan: Iterable[PlannedMeeting], chairs: Mapping[str, str] | None = None
) -> list[Deadline]:
    """Those of all the meetings, by day. A meeting of an organ that is no longer in the community file has none.

    `chairs`: who leads a meeting, by its id, where that is settled.
    """
    forums = {forum.key: forum for forum in community.forums}
    found = [
        deadline
        for planned in plan
        if planned.meeting.forum in forums
        for deadline in deadlines_of(forums[planned.meeting.forum], planned, (chairs or {}).get(planned.id))
    ]
    return by_day(found)


def items_due(community: Community, planned: PlannedMeeting) -> date | None:
    """When items for a meeting are due: by its organ's `sakfrist`, else its `sakspapirer`; None: at any time."""
    due = {deadline.name.casefold(): deadline.due for deadline in deadlines(community, [planned])}
    return due.get(ITEMS_DUE) or due.get(PAPERS_DUE)


def next_open(community: Community, plan: Iterable[PlannedMeeting], forum: str, today: date) -> PlannedMeeting | None:
    """The organ's first meeting to come whose items are not yet due."""
    coming = [p for p in plan if p.meeting.forum == forum and p.cancelled_at is None and p.meeting.date >= today]
    return min(
        (p for p in coming if (items_due(community, p) or today) >= today), key=lambda p: p.meeting.date, default=None
    )


def of_cases(deadlines: Iterable[Deadline], cases: Iterable[Case]) -> list[Deadline]:
    """What those responsible for cases owe: papers with those of the meeting, and to follow up what was concluded.

    `deadlines` are those of the meetings. To follow up on a day off is due on the working day before it.
    """
    papers_of = {d.meeting.id: d for d in deadlines if d.meeting is not None and d.name.casefold() == PAPERS_DUE}
    found = []
    for case in cases:
        papers = papers_of.get(case.meeting or "")
        if case.is_open and papers is not None:
            found.append(replace(papers, case=case))
        if case.state is CaseState.CONCLUDED and case.follow_up is not None:
            day = previous_working_day(case.follow_up) if is_day_off(case.follow_up) else case.follow_up
            found.append(Deadline(None, FOLLOW_UP, day, case))
    return by_day(found)


def by_day(deadlines: Iterable[Deadline]) -> list[Deadline]:
    """By day; of the same day those of the earlier meeting first."""
    return sorted(deadlines, key=lambda d: (d.due, d.meeting.meeting.date if d.meeting else d.due))
