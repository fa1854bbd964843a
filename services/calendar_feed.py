"""A person's calendar feed: own organs, own deadlines, operational meetings, under an address that can be revoked."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.community import Person
from domain.plan.changes import PlannedMeeting
from domain.plan.deadlines import ITEMS_DUE
from domain.plan.free_deadlines import FreeDeadline
from domain.rounds import Round
from services import deadlines
from services.deadlines import AnyDeadline
from services.organs import is_concerned, may_change
from services.ports import Member, Work

_BYTES = 16


@dataclass(frozen=True, slots=True)
class Feed:
    """What is in somebody's calendar; cancelled meetings stay, so that calendars take them away."""

    reader: Member
    plan: Sequence[PlannedMeeting]
    due: Sequence[AnyDeadline]
    rounds: Sequence[Round]


async def name_of(work: Work, person: Person) -> str:
    """The name of the person's feed, made at the first request."""
    found = await work.feeds.of(person.key)
    if found is None:
        found = secrets.token_hex(_BYTES)
        await work.feeds.put(person.key, found)
    return found


async def renew(work: Work, person: Person, now: datetime) -> str:
    """A new name; the old address shows nothing from now on."""
    name = secrets.token_hex(_BYTES)
    await work.feeds.put(person.key, name)
    await work.audit.add("calendar.renewed", f"person:{person.key}", by=person.key, now=now)
    return name


async def feed(work: Work, name: str) -> Feed | None:
    """None for a name that is not (or no longer) anybody's who is with us."""
    key = await work.feeds.person_of(name)
    reader = await work.people.get(key) if key else None
    if reader is None or not reader.active:
        return None
    person = reader.person
    plan = [p for p in await work.plan.all() if is_concerned(work, p.meeting.forum, person)]
    mine = {planned.id for planned in plan}
    due = [
        deadline
        for deadline, state in await deadlines.with_states(work)
        if (state is None or state.done_at is None) and is_own(person, deadline, mine)
    ]
    # One that was removed is taken out of calendars only when they are told so.
    due += [free for free in await work.free_deadlines.all() if free.removed_at and free.owner == person.key]
    return Feed(reader, plan, due, await work.rounds.all())


def is_own(person: Person, deadline: AnyDeadline, mine: Collection[str]) -> bool:
    """What the person owes, what is due for items in the own organs; for the secretariat all that is of meetings."""
    if deadline.owner == person.key:
        return True
    if isinstance(deadline, FreeDeadline) or deadline.meeting is None or deadline.case is not None:
        return False
    shown = may_change(person) or deadline.name.casefold() == ITEMS_DUE
    return shown and deadline.meeting.id in mine
