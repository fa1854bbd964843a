"""The meetings themselves: what is asked for, noted, agreed and put in minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from domain.actions import Action
from domain.extra_meetings import MeetingRequest
from domain.meeting import Attendance, Note
from domain.minutes import Comment, Minutes
from domain.minutes_item import ItemText
from services.messages import Json


class MeetingRequests(Protocol):
    """What units have asked for; each has one request open at a time."""

    async def add(self, request: MeetingRequest) -> None:
        """Raises ConflictError when the unit has one open."""

    async def get(self, request_id: str) -> MeetingRequest | None: ...
    async def open(self) -> Sequence[MeetingRequest]:
        """Those not decided, the oldest first."""

    async def decide(self, decided: MeetingRequest) -> None:
        """Keeps what came of it. Raises ConflictError when it was decided already."""


class Meetings(Protocol):
    """What is kept of a round's meeting while it goes on."""

    async def attendance(self, round_id: str) -> Attendance | None:
        """None: nobody has marked yet who is present."""

    async def mark(self, round_id: str, attendance: Attendance, by: str, now: datetime) -> None: ...
    async def notes(self, round_id: str) -> Sequence[Note]:
        """In the order in which they were noted, those left out that were taken away."""

    async def add_note(self, note: Note) -> bool:
        """False when a note with that id is there."""

    async def change_note(self, note: Note) -> None: ...
    async def remove_note(self, note_id: str, now: datetime) -> None: ...


class MinutesBook(Protocol):
    """The minutes of the meetings, by round; an organ's by the plan's id of the meeting."""

    async def get(self, round_id: str) -> Minutes | None: ...
    async def begin(self, round_id: str) -> None:
        """A draft, if there are no minutes yet."""

    async def change(self, before: Minutes, after: Minutes) -> None:
        """Raises ConflictError when they are no longer as they were before."""

    async def keep(self, round_id: str, version: int, content: Mapping[str, Json], by: str, now: datetime) -> None:
        """Freezes what is sent."""

    async def kept(self, round_id: str, version: int) -> Mapping[str, Json] | None: ...
    async def newest(self, limit: int) -> Sequence[Minutes]:
        """Those that were sent, of the latest meetings first."""

    async def newest_of(self, meetings: Sequence[str], limit: int) -> Sequence[Minutes]:
        """Those of these meetings that were sent, in the meetings' order."""

    async def items(self, meeting: str) -> Mapping[str, ItemText]:
        """What is written of an organ's agenda, by the item; those that nothing is written of are not among them."""

    async def put_item(self, meeting: str, item: ItemText, by: str, now: datetime) -> None:
        """In place of what was written of it before."""

    async def comments(self, round_id: str) -> Sequence[Comment]:
        """To all versions, the oldest first."""

    async def add_comment(self, comment: Comment) -> bool:
        """False when a comment with that id is there."""


class Actions(Protocol):
    async def add(self, action: Action) -> bool:
        """False when an action with that id is there."""

    async def get(self, action_id: str) -> Action | None: ...
    async def change(self, action: Action) -> None:
        """Stores an action's next version. Raises ConflictError when another one was stored meanwhile."""

    async def open(self) -> Sequence[Action]:
        """By due date."""

    async def known_in(self, until: datetime, settled_after: datetime) -> Sequence[Action]:
        """Those made up to one instant, dropped ones left out, and of those done only the ones done after another."""

    async def all(self) -> Sequence[Action]:
        """Settled and dropped ones too, in the order in which they were made."""
