"""Reminders of the status form that were held up on their way: when they come at last, they do not come all at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.rounds import APART
from services.messages import Envelope
from services.ports import Work

PROMPT, REMINDER = "status.prompt", "status.reminder"
LATE = timedelta(minutes=10)
"""A step or a message this late was missed; and two reminders never come nearer to each other."""


async def is_overtaken(work: Work, envelope: Envelope, now: datetime) -> bool:
    """Whether the person has just got the form, or another reminder of it, that was held up as well.

    A reminder in time that somebody ordered by hand is never overtaken.
    """
    message, late = envelope.message, now - envelope.created_at > LATE
    if message.template != REMINDER or envelope.replaces is not None or message.topic is None:
        return False
    if not late and not message.quiet:
        return False
    last = await work.outbox.last_sent(message.topic, message.to, (PROMPT, REMINDER))
    return last is not None and now - last < (APART if late else LATE)
