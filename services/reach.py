"""Where somebody can no longer be reached: kept, and told to the coordinator once."""

from __future__ import annotations

from datetime import datetime

from domain.community import Role
from services.audience import with_role
from services.messages import Address, Message, Recipient
from services.people import NEVER_SEEN
from services.ports import Identity, Work

MAIL = "mail"


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
