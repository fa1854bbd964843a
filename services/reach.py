"""Where somebody can no longer be reached: kept, and told to the coordinator once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from domain.community import Role
from services.audience import with_role
from services.messages import Address, Json, Message, Recipient
from services.people import NEVER_SEEN
from services.ports import Identity, Member, Work

MAIL, WEB = "mail", "web"
CHANNELS = ("teams", "slack", MAIL, WEB)
"""Where a person may want to be written to."""


def in_order(member: Member, known: Sequence[Address]) -> list[Address]:
    """What is tried first stands first: the channel of one's choice, then those that were used, the last one first."""
    return sorted(known, key=lambda address: address.channel != member.preferred)


async def prefer(work: Work, member: Member, channel: str | None, now: datetime) -> bool:
    """The person's own choice; None: wherever they wrote last. False: they are not known there yet."""
    key = member.person.key
    if channel not in (None, MAIL, WEB) and channel not in {a.channel for a in await work.people.addresses(key)}:
        return False
    await work.people.prefer(key, channel)
    if member.preferred != channel:
        before: dict[str, Json] = {"channel": member.preferred}
        after: dict[str, Json] = {"channel": channel}
        await work.audit.add("person.channel", f"person:{key}", by=key, now=now, before=before, after=after)
    return True


async def lost(work: Work, person: str, address: Address, through: str, now: datetime) -> None:
    """The platform refused the person's address for good; the message went `through` another channel instead.

    The coordinator hears of it now, and again only when the person has been reached there in between.
    """
    if address in await work.people.refusing(person):
        return
    if address.channel == MAIL:
        # A letter needs no one to have been met: only what comes back is kept.
        await work.people.know(Identity(MAIL, address.tenant, address.user), person, address, NEVER_SEEN)
    await work.people.refused(person, address, now)
    await work.outbox.put(
        *(
            Message(
                key=f"unreachable:{person}:{address.channel}:{now.isoformat()}:{coordinator.key}",
                to=Recipient(person=coordinator.key),
                template="people.unreachable",
                params={"person": person, "channel": address.channel, "through": through},
                quiet=True,
            )
            for coordinator in await with_role(work, Role.COORDINATOR)
            if coordinator.key != person
        ),
        now=now,
    )
