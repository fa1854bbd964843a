"""What the delivery asks of a channel, and what can come of it. Each error says the next step."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from dialogs.card import Card
from services.messages import Address


class OutboundChannel(Protocol):
    name: str

    async def send(self, card: Card, to: Address) -> Address:
        """Sends a new message; where it lies. Begins the conversation if `to` has none."""

    async def update(self, card: Card, at: Address) -> None:
        """Draws over the message that lies there."""


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
