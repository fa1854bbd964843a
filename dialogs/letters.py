"""What is particular to e-mail: where its link leads, what it is called, and what is worth a second letter."""

from __future__ import annotations

from collections.abc import Mapping

from dialogs.card import Card, Text, Tone
from dialogs.speech import Speech
from services.corrections import POSTED
from services.messages import Message
from services.ports import Work

STRAIGHT_TO: Mapping[str, str] = {"status.reminder": "status.prompt", "evaluation.reminder": "evaluation.form"}
"""Messages whose link leads past them, straight to the form that they are about."""

RECEIPTS = frozenset({"status.prompt", "evaluation.form"})
"""Forms. What stands in their place once they are answered, or called off, is written to those who had them."""


def opened(template: str) -> str:
    """The template of what a message's link shows."""
    return STRAIGHT_TO.get(template, template)


def label(speech: Speech, template: str, card: Card) -> str:
    """What the letter's link is called; empty where there is nothing to be done or fetched behind it."""
    if card.inputs or template in STRAIGHT_TO:
        return speech.say("mail.answer")
    return speech.say("mail.open") if card.buttons or card.links else ""


async def tells_again(work: Work, message: Message, card: Card) -> bool:
    """Whether a message that was redrawn is worth another letter.

    In chat it changes in place, without a sound. Of all that only two things must be known: that an answer has been
    received, and that what was said has been corrected or withdrawn.
    """
    if message.template in RECEIPTS:
        return not card.inputs
    return message.template in POSTED and await work.amendments.get(message.template, message.params) is not None


def sign_in(speech: Speech, community: str) -> Card:
    """The letter to somebody who asked for a way in."""
    body = (Text(speech.say("mail.sign_in", community=community)), Text(speech.say("mail.not_asked"), Tone.SUBTLE))
    return Card(speech.say("mail.sign_in_title"), body)
