"""Letters to people who are reached in no chat: which message becomes one, and what it bears."""

from __future__ import annotations

import json
from hashlib import sha256

from bot.outbound import Letter, LetterChannel
from bot.ways_in import WaysIn
from dialogs import letters
from dialogs.card import Card
from dialogs.turn import REPLY, speech_for
from services.messages import Address, Envelope, Message
from services.ports import Clock, Member, Work
from services.reach import MAIL

NOWHERE = ".invalid"
"""The end of an address that only stands in for one (RFC 2606)."""


class PostOffice:
    """Writes letters, and hands them to the mail server."""

    def __init__(self, mail: LetterChannel, ways: WaysIn, clock: Clock) -> None:
        self._mail = mail
        self._ways = ways
        self._clock = clock

    def letter(self, work: Work, envelope: Envelope, member: Member, card: Card) -> Letter | None:
        """The letter that a message to the person is; None for what is not written to them.

        What answers a press or a command stands on the page where that was done.
        """
        message, address = envelope.message, member.person.email
        if message.key.startswith(REPLY) or address.endswith(NOWHERE):
            return None
        speech, community = speech_for(work.community, member), work.community
        label = letters.label(speech, message.template, card)
        number = envelope.original or envelope.id
        said = "" if envelope.original is None else repr(card)
        return Letter(
            to=address,
            speech=speech,
            community=community.name,
            id=_digest(community.key, str(number), message.template, json.dumps(dict(message.params)), said),
            thread=envelope.replaces.conversation if envelope.replaces else _thread(community.key, message),
            at=self._clock.now(),
            link=self._ways.to_message(community.key, member, number) if label else None,
            label=label,
        )

    async def post(self, card: Card, letter: Letter) -> Address:
        """Raises a DeliveryError. Where it lies afterwards."""
        await self._mail.post(card, letter)
        return where(letter)


def where(letter: Letter) -> Address:
    return Address(MAIL, conversation=letter.thread, message=letter.id)


def _thread(community: str, message: Message) -> str:
    return _digest(community, message.topic or message.key, str(message.to))


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()[:20]
