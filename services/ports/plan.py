"""The meeting plan all year."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from domain.agenda import Case
from domain.notice import Notice
from domain.plan.changes import PlannedMeeting
from domain.plan.free_deadlines import FreeDeadline
from domain.plan.reminders import DeadlineState
from services.messages import Json
from services.ports.records import PlanDraft


class MeetingPlan(Protocol):
    """The meetings of all organs."""

    async def all(self) -> Sequence[PlannedMeeting]:
        """By date, cancelled ones included."""

    async def ending_from(self, day: date) -> Sequence[PlannedMeeting]:
        """By date, those that have not been cancelled and are not over before that local date."""

    async def get(self, meeting_id: str) -> PlannedMeeting | None: ...
    async def put(self, planned: PlannedMeeting) -> None:
        """Adds it, or brings it up to date."""


class DeadlineStates(Protocol):
    """What somebody said about deadlines of the plan."""

    async def all(self) -> Mapping[str, DeadlineState]:
        """By the deadline's key; those that nobody has said anything about are not among them."""

    async def put(self, state: DeadlineState) -> None:
        """Adds it, or brings it up to date."""


class FreeDeadlines(Protocol):
    """Deadlines that follow from no meeting."""

    async def all(self) -> Sequence[FreeDeadline]:
        """By date, removed ones included."""

    async def get(self, deadline_id: str) -> FreeDeadline | None: ...
    async def put(self, deadline: FreeDeadline) -> None:
        """Adds it, or brings it up to date."""


class Digests(Protocol):
    """Who wants a digest of the week."""

    async def all(self) -> Collection[str]:
        """Their keys, those of people included who are no longer with us."""

    async def wants(self, person: str) -> bool: ...
    async def put(self, person: str, now: datetime) -> bool:
        """False when the person wants it already."""

    async def remove(self, person: str) -> None: ...


class PlanDrafts(Protocol):
    """What was read out of files, each person's last one."""

    async def of(self, person: str) -> PlanDraft | None: ...
    async def put(self, draft: PlanDraft) -> None:
        """In place of the one that the person brought before."""

    async def remove(self, person: str) -> None: ...


class CalendarFeeds(Protocol):
    """The names of people's calendar feeds, which their addresses bear."""

    async def of(self, person: str) -> str | None: ...
    async def put(self, person: str, name: str) -> None:
        """In place of the name before, which is nobody's from then on."""

    async def person_of(self, name: str) -> str | None: ...


class Cases(Protocol):
    """The cases of all organs."""

    async def add(self, case: Case) -> Case:
        """Keeps it with the next number of its organ and year, taken in the same transaction: without holes or doubles.

        A case with that id which is there already is given as it stands, and takes no number.
        Raises ConflictError when another one with that id was stored meanwhile.
        """

    async def get(self, case_id: str) -> Case | None: ...
    async def change(self, case: Case) -> None:
        """Stores a case's next version. Raises ConflictError when another one was stored meanwhile."""

    async def of_meetings(self, meetings: Sequence[str]) -> Sequence[Case]:
        """On the agendas of these meetings, in the order in which they stand there, whatever became of them."""

    async def waiting(self, forum: str) -> Sequence[Case]:
        """Open ones that are on no agenda, by number."""

    async def open(self) -> Sequence[Case]:
        """All organs' open ones, by number."""

    async def followed_up(self) -> Sequence[Case]:
        """Concluded ones that are to be looked at again, by that date."""

    async def coming_from(self, case_id: str) -> Sequence[Case]:
        """Those that were made of it: sent on to another organ, or following it up."""


class Notices(Protocol):
    """The notices of the meetings, by the plan's id of the meeting."""

    async def get(self, meeting: str) -> Notice | None:
        """None: nobody has written one yet."""

    async def of_meetings(self, meetings: Sequence[str]) -> Mapping[str, Notice]: ...
    async def put(self, before: Notice, after: Notice) -> None:
        """Adds it, or brings it up to date. Raises ConflictError when it has been sent meanwhile."""

    async def keep(self, meeting: str, version: int, content: Mapping[str, Json], by: str, now: datetime) -> None:
        """Freezes what is sent."""

    async def kept(self, meeting: str, version: int) -> Mapping[str, Json] | None: ...
