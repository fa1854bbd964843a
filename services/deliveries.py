"""Who has got what was sent, what failed and why; and what was given up, to be tried again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby

from domain.community import Person
from services.corrections import POSTED
from services.ports import Copy, Work

POINTLESS = "pointless"
"""Why a message is dropped that its drawing gave up."""
STALE = "stale"
"""Why a message is dropped whose time has passed."""
FAULT = "fault "
"""What the reason begins with when the product itself failed."""
UNREACHABLE = "unreachable"
"""Why a person's message lies on the web alone, or a channel has not got it."""

ASKED = ("status.prompt", "status.reminder")
LISTED = (*POSTED, *ASKED)
"""Templates of what goes to many; others are listed when they were given up."""
LATEST = 6
"""As many sendings are shown."""
SINCE = timedelta(days=14)
"""What is older is of use to nobody any more."""


class Fate(StrEnum):
    """What became of one copy of a message."""

    GOT = "got"
    PAGE = "page"  # it lies on the web page alone, because the person could not be reached elsewhere
    WAITING = "waiting"
    PARKED = "parked"
    DROPPED = "dropped"


class Why(StrEnum):
    """In a person's terms, why a copy has not gone out."""

    BUSY = "busy"
    DOWN = "down"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    OURS = "ours"
    LATER = "later"  # nothing is wrong: its time has not come, or it is on its way
    STALE = "stale"
    POINTLESS = "pointless"


@dataclass(frozen=True, slots=True)
class Sending:
    """One message to many: its template, when it was put here, and its copies."""

    template: str
    at: datetime
    copies: Sequence[Copy]

    def having(self, fate: Fate) -> list[Copy]:
        return [copy for copy in self.copies if fate_of(copy) is fate]


async def sendings(work: Work, now: datetime) -> list[Sending]:
    """The latest ones, the newest first, and those of any kind that something was given up of."""
    copies = await work.outbox.copies(LISTED, now - SINCE)
    found = [Sending(*key, [*group]) for key, group in groupby(copies, key=lambda copy: (copy.template, copy.put_at))]
    return [s for n, s in enumerate(found) if n < LATEST or s.having(Fate.PARKED)]


async def parked(work: Work, now: datetime) -> int:
    """How many messages were given up, and are not too old to be of use."""
    return await work.outbox.parked(now - SINCE)


async def try_again(work: Work, by: Person, now: datetime) -> int:
    """Those that were given up wait to be sent again; each is drawn as things then stand. How many."""
    count = await work.outbox.try_again(now - SINCE)
    if count:
        await work.audit.add("delivery.retried", "outbox", by=by.key, now=now, after={"messages": count})
    return count


def fate_of(copy: Copy) -> Fate:
    if copy.state == "sent":
        return Fate.PAGE if copy.reason == UNREACHABLE else Fate.GOT
    return {"failed": Fate.PARKED, "dropped": Fate.DROPPED}.get(copy.state, Fate.WAITING)


def why(copy: Copy) -> Why:
    """From the platform's or the connection's word for it."""
    reason = copy.reason or ""
    status = reason.removeprefix("token ")
    if reason in (UNREACHABLE, "403", "404"):
        return Why.UNREACHABLE
    if reason == STALE:
        return Why.STALE
    if copy.state == "dropped":
        return Why.POINTLESS
    if not reason:
        return Why.LATER
    if status.isdigit():
        return _of_status(int(status))
    return Why.OURS if reason.startswith(FAULT) else Why.DOWN


def _of_status(status: int) -> Why:
    if status in (412, 429):
        return Why.BUSY
    return Why.DOWN if status >= 500 or status in (401, 408, 409, 425) else Why.REFUSED
