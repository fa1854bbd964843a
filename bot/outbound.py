"""What the delivery asks of a channel, and what can come of it. Each error says the next step."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from dialogs.card import Card
from dialogs.speech import Speech
from services.messages import Address


@dataclass(slots=True)
class Departure:
    """Of one message under way: whether it has left, so that it may have come whatever is heard of it."""

    begun: bool = False


DEPARTURE: ContextVar[Departure] = ContextVar("departure")


def departs() -> None:
    """A channel says so right before it hands a message over. What only waits for its turn has not left."""
    if (departure := DEPARTURE.get(None)) is not None:
        departure.begun = True


class OutboundChannel(Protocol):
    name: str

    async def send(self, card: Card, to: Address) -> Address:
        """Sends a new message; where it lies. Begins the conversation if `to` has none."""

    async def update(self, card: Card, at: Address) -> None:
        """Draws over the message that lies there."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a card needs besides to go where nobody can press or answer, and nothing is drawn over.

    `id` is the same whenever the same letter is sent again, `thread` for all that is about the same thing.
    """

    to: str  # the e-mail address
    speech: Speech
    community: str  # its name
    id: str
    thread: str
    at: datetime
    link: str | None = None  # straight to what it is about, and what leads there is called
    label: str = ""


class LetterChannel(Protocol):
    async def post(self, card: Card, letter: Letter) -> None:
        """Hands the letter over to the server that takes it further."""


class DeliveryError(Exception):
    """
    DeliveryError
    ├── RetryLaterError     the platform is busy or unreachable
    ├── UnreachableError    this recipient cannot be written to here: the next channel is tried
    └── RefusedError        the message itself is not accepted: trying again does not help
    """


class RetryLaterError(DeliveryError):
    def __init__(self, reason: str, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.after = after

    @property
    def throttled(self) -> bool:
        """Whether the platform asked for a pause because there was too much at once."""
        return str(self) == "429"


class UnreachableError(DeliveryError):
    pass


class RefusedError(DeliveryError):
    pass
