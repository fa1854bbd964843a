"""What goes out, when it falls due, and what is on record of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.messages import Address, Envelope, Json, Message, Params, Recipient
from services.ports.records import Amendment, AuditEntry, Copy, DueWork, Posted


class Outbox(Protocol):
    async def put(self, *messages: Message, now: datetime) -> None:
        """A key that is there already is left as it is."""

    async def refresh(self, *topics: str, now: datetime) -> None:
        """Everything sent about the topics is to be drawn anew, in place."""

    async def cancel(self, topic: str, reason: str) -> None:
        """What is not yet sent about the topic is not sent."""

    async def hurry(self, topic: str, now: datetime) -> None:
        """What is held back about the topic goes out now, in quiet hours too."""

    async def for_person(self, person: str, limit: int, now: datetime) -> Sequence[Envelope]:
        """The person's messages, newest first, those included that go out on another platform."""

    async def of_person(self, person: str, number: int) -> Envelope | None:
        """The person's own message with that number, as it was sent first; None for anybody else's."""

    async def at(self, address: Address) -> Envelope | None:
        """The message that lies there."""

    async def posted(self, templates: Sequence[str], limit: int) -> Sequence[Posted]:
        """Messages of these templates, sent or on their way, the newest first; copies of one are one."""

    async def posted_as(self, number: int) -> Posted | None:
        """The message that the copy with that number belongs to."""

    async def redraw(self, number: int, now: datetime) -> None:
        """Every copy of the message that has been sent is to be drawn anew, in place."""

    async def send_again(self, number: int) -> None:
        """Copies of the message that were dropped as pointless wait again: drawing decides anew."""

    async def copies(self, templates: Sequence[str], since: datetime) -> Sequence[Copy]:
        """Copies of messages put here since then, of these templates or given up; those put here at once together,
        the newest first."""

    async def parked(self, since: datetime) -> int:
        """How many messages and redrawings put here since then were given up."""

    async def try_again(self, since: datetime) -> int:
        """Those wait again, as if they had never been tried; how many."""

    async def last_put(self, topic: str, templates: Sequence[str]) -> datetime | None:
        """When the last message of these templates about the topic was put here."""

    async def last_sent(self, topic: str, to: Recipient, templates: Sequence[str]) -> datetime | None:
        """When a message of these templates about the topic last went out to them."""

    async def first_sent(self, keys: Sequence[str]) -> Mapping[str, datetime]:
        """Topic → when the first message about it was sent."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Seconds until there is room for a request: with the tenant, and in the conversation."""

    tenant: float
    conversation: float

    @property
    def is_over(self) -> bool:
        return self.tenant <= 0 and self.conversation <= 0

    @property
    def is_for_the_tenant(self) -> bool:
        """The conversation has room already."""
        return self.conversation <= 0 < self.tenant


class DueWorks(Protocol):
    async def put(self, *work: DueWork) -> None: ...
    async def cancel(self, prefix: str) -> None: ...
    async def forget(self, prefix: str) -> None:
        """Takes back what waits, as if it had never been put: its keys may be used again."""


class Amendments(Protocol):
    async def get(self, template: str, params: Params) -> Amendment | None: ...
    async def put(self, amendment: Amendment) -> None:
        """In the place of what was said of the message before."""

    async def remove(self, template: str, params: Params) -> None: ...


class Audit(Protocol):
    """What was changed, by whom and when. Entries are added and read, never changed or taken away."""

    async def add(self, kind: str, subject: str, *, by: str | None, now: datetime, **details: Json) -> None:
        """`kind` names what was done (`action.moved`), `subject` what it was done to (`action:<id>`).

        `by` is the person's key, None for the product itself; `details` are what it was before and what it is now.
        """

    async def about(self, subject: str) -> Sequence[AuditEntry]:
        """Everything done to one thing, the oldest first."""

    async def newest(self, limit: int, before: int | None = None) -> Sequence[AuditEntry]:
        """The newest first; `before` is the id of the last one seen, for the next page."""

    def all(self) -> AsyncIterator[AuditEntry]:
        """The oldest first, read bit by bit."""
