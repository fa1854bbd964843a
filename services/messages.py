"""A message to be delivered: what the services put in the outbox and the delivery takes out again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]
Params = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person by key, or a connected channel by its id."""

    person: str | None = None
    channel: str | None = None

    def __str__(self) -> str:
        return f"person:{self.person}" if self.person else f"channel:{self.channel}"

    @classmethod
    def parse(cls, text: str) -> Recipient:
        kind, _, key = text.partition(":")
        return cls(person=key) if kind == "person" else cls(channel=key)


@dataclass(frozen=True, slots=True)
class Message:
    """What is to be said, by the name of its template and the values that it is drawn from.

    `key` is unique for ever within the community: the same key twice is one message. `topic` names what the message
    is about, so that everything about it can be drawn anew when it changes. Times are UTC.
    """

    key: str
    to: Recipient
    template: str
    params: Params = field(default_factory=dict)
    topic: str | None = None
    not_before: datetime | None = None
    expires_at: datetime | None = None
    quiet: bool = False  # may not come in quiet hours or on a day off
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message lies, or is to be sent, on one platform."""

    channel: str  # "teams", "mail", "web"
    tenant: str = ""
    conversation: str = ""
    service_url: str = ""
    user: str = ""  # the platform's own id of the person, to begin a conversation with
    message: str = ""  # the platform's own id of the message


@dataclass(frozen=True, slots=True)
class Envelope:
    """An outbox row under way.

    `replaces` is where the message lies that this one is drawn over, `original` that message's own number.
    """

    id: int
    community: str
    message: Message
    created_at: datetime
    attempts: int
    replaces: Address | None
    sent_at: datetime | None = None
    address: Address | None = None
    original: int | None = None
    trace: str = ""  # what put it there
