"""Who hears of what. Each person once, whatever the number of roles."""

from __future__ import annotations

from domain.community import Person, Role, Unit
from services.messages import Recipient
from services.ports import Work

BOARD = "web"
"""The channel that is always there: the overview page of the web channel."""


async def active_people(work: Work) -> list[Person]:
    """In the order of the community file, accepted ones last."""
    known = {member.person.key: member.person for member in await work.people.all() if member.active}
    order = [person.key for person in work.community.people if person.key in known]
    return [known.pop(key) for key in order] + [known[key] for key in sorted(known)]


async def with_role(work: Work, *roles: Role) -> list[Person]:
    return [person for person in await active_people(work) if person.has(*roles)]


async def concerned(work: Work) -> list[Person]:
    """Who is told of a period and of what changes in it."""
    return await with_role(work, Role.RESPONDENT, Role.DEPUTY, Role.OBSERVER)


async def asked_for(work: Work, unit: Unit) -> list[Person]:
    """Who is asked for a unit's figures: its respondents, its deputies if it has none."""
    people = [person for person in await active_people(work) if person.unit == unit.key]
    return [p for p in people if p.has(Role.RESPONDENT)] or [p for p in people if p.has(Role.DEPUTY)]


async def connected_channels(work: Work) -> list[Recipient]:
    """Where summaries go: every connected channel, and the board."""
    return [*(Recipient(channel=link.id) for link in await work.links.all()), Recipient(channel=BOARD)]
