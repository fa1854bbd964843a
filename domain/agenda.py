"""Cases of the organs: numbered, put on the agenda of a meeting, concluded, followed up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from domain.plan.changes import PlannedMeeting


class CaseKind(StrEnum):
    """What an organ is asked to do with a case; several may be given."""

    INFORMATION = "information"  # Orientering
    DISCUSSION = "discussion"  # Diskusjon
    DIALOGUE = "dialogue"  # Dialog
    DECISION = "decision"  # Beslutning


class CaseState(StrEnum):
    """A number is given once: whatever becomes of a case, it keeps its own."""

    OPEN = "open"
    CONCLUDED = "concluded"
    SENT_ON = "sent_on"  # another organ has it now, under a number of its own
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Paper:
    """What belongs to a case and lies elsewhere. `title` may be empty."""

    title: str
    link: str


@dataclass(frozen=True, slots=True)
class CaseText:
    """What is said of a case, by whoever reports it or edits it. `responsible` is a person's key."""

    title: str
    kinds: tuple[CaseKind, ...]
    responsible: str
    about: str = ""  # a few lines, or what is to be discussed
    proposal: str = ""  # proposed conclusion
    papers: tuple[Paper, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """`number` counts within the organ and the year; 0 until the case is kept.

    `meeting` is the plan's id of the meeting that it goes to, None while there is none; `earliest` the day before which
    no meeting will do; `reference` the case that it comes from, as people write it, and `origin` that one's id.
    """

    id: str
    community: str
    forum: str
    year: int
    number: int
    said: CaseText
    reported_by: str
    reported_at: datetime
    meeting: str | None = None
    position: int = 0
    earliest: dt.date | None = None
    reference: str = ""
    origin: str | None = None
    state: CaseState = CaseState.OPEN
    conclusion: str = ""
    follow_up: dt.date | None = None  # when what was concluded is looked at again
    version: int = 1

    @property
    def label(self) -> str:
        """The number as the papers write it: 2024.12"""
        return f"{self.year}.{self.number}"

    @property
    def name(self) -> str:
        """As another organ refers to it: SSU 2024.12"""
        return f"{self.forum} {self.label}"

    @property
    def is_open(self) -> bool:
        return self.state is CaseState.OPEN

    @property
    def is_for_decision(self) -> bool:
        """Whether what comes of it is called a decision (vedtak), not a conclusion."""
        return CaseKind.DECISION in self.said.kinds

    def edited(self, said: CaseText) -> Case:
        return self._next(said=said)

    def placed(self, meeting: str | None, position: int, earliest: date | None) -> Case:
        """On the agenda of that meeting; without one it waits for a meeting on that day or later."""
        return self._next(meeting=meeting, position=position, earliest=earliest)

    def ordered(self, position: int) -> Case:
        return self._next(position=position)

    def withdrawn(self) -> Case:
        return self._next(state=CaseState.WITHDRAWN)

    def reopened(self) -> Case:
        return self._next(state=CaseState.OPEN)

    def sent_on(self) -> Case:
        return self._next(state=CaseState.SENT_ON)

    def concluded(self, conclusion: str, follow_up: date | None) -> Case:
        return self._next(state=CaseState.CONCLUDED, conclusion=conclusion, follow_up=follow_up)

    def _next(self, **changes: object) -> Case:
        return replace(self, version=self.version + 1, **changes)  # type: ignore[arg-type]


def year_of(meeting: PlannedMeeting | None, earliest: date | None, today: date) -> int:
    """The year that a new case is numbered in: that of its meeting, as far as it is known, else of the day."""
    if meeting is not None:
        return meeting.meeting.date.year
    return (earliest or today).year


def meeting_for(
    plan: Sequence[PlannedMeeting], forum: str, not_before: date, *, besides: str | None = None
) -> PlannedMeeting | None:
    """The organ's first meeting that begins on that day or later; `besides` is the id of one that will not do."""
    found = (
        planned
        for planned in sorted(plan, key=lambda each: each.meeting.date)
        if planned.meeting.forum == forum
        and planned.cancelled_at is None
        and planned.meeting.date >= not_before
        and planned.id != besides
    )
    return next(found, None)


def in_order(cases: Sequence[Case]) -> list[Case]:
    """As they stand on the agenda."""
    return sorted(cases, key=lambda case: (case.position, case.year, case.number))


def reordered(cases: Sequence[Case], moved: Case, position: int) -> list[Case]:
    """The agenda with that case at the position, counted from 1; a position beyond the last is the last.

    Only those whose position changes are given, each as it then is.
    """
    rest = [case for case in in_order(cases) if case.id != moved.id]
    at = min(max(position, 1), len(rest) + 1) - 1
    wanted = [*rest[:at], moved, *rest[at:]]
    return [case.ordered(number) for number, case in enumerate(wanted, start=1) if case.position != number]
