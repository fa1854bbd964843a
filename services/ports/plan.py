"""The meeting plan all year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from domain.plan.changes import PlannedMeeting
from domain.plan.reminders import DeadlineState


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


class CalendarFeeds(Protocol):
    """The names of people's calendar feeds, which their addresses bear."""

    async def of(self, person: str) -> str | None: ...
    async def put(self, person: str, name: str) -> None:
        """In place of the name before, which is nobody's from then on."""

    async def person_of(self, name: str) -> str | None: ...
