"""Who hears of what. Each person once, whatever the number of roles."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from domain.absences import Standing
from domain.community import Person, Role, Unit
from domain.roster import Roster
from domain.working_time import local_date
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


async def standing(work: Work, moment: datetime) -> Standing:
    """Who is away at `moment` (now or later) and who stands in, as far as it is known now."""
    return Standing(await work.absences.not_ended(), moment, work.community.zone)


async def standing_then(work: Work, moment: datetime) -> Standing:
    """Who was away at a moment that has passed."""
    day = local_date(moment, work.community.zone)
    return Standing(await work.absences.on(day, moment), moment, work.community.zone)


async def asked_for(work: Work, unit: Unit, now: datetime) -> list[Person]:
    """Who is asked for a unit's figures now: those who stand in for one who is away; nobody if the unit is away."""
    at = await standing(work, now)
    near = list(await work.people.of_unit(unit.key))
    absences = (at.absence_of(member.person.key) for member in near)
    near += [member for a in absences if a and a.deputy and (member := await work.people.get(a.deputy))]
    return at.asked(Roster(member.person for member in near if member.active), unit.key)


async def asked_for_each(work: Work, units: Iterable[Unit], now: datetime) -> dict[str, list[Person]]:
    """The same for many units: by unit."""
    at, people = await standing(work, now), Roster(await active_people(work))
    return {unit.key: at.asked(people, unit.key) for unit in units}


async def units_away(work: Work, at: Standing) -> frozenset[str]:
    """The units for which nobody is asked, because everybody who would be is away."""
    people = await active_people(work)
    touched = {person.unit for person in people if at.is_away(person.key)}
    roster = Roster(people)
    return frozenset(
        unit.key for unit in work.community.units_asked if unit.key in touched and not at.asked(roster, unit.key)
    )


async def answers_for(work: Work, person: Person, now: datetime) -> list[Unit]:
    """The units whose figures may come from this person now: the own one first, then those stood in for."""
    keys = [person.unit] if person.unit is not None and person.may_answer_for(person.unit) else []
    for away in (await standing(work, now)).stood_in_for(person.key):
        member = await work.people.get(away)
        if member is not None and member.active and member.person.unit is not None:
            keys.append(member.person.unit)
    units = (work.community.find_unit(key) for key in dict.fromkeys(keys))
    return [unit for unit in units if unit is not None and work.community.asked_of(unit)]


async def connected_channels(work: Work) -> list[Recipient]:
    """Where summaries go: every connected channel, and the board."""
    return [*(Recipient(channel=link.id) for link in await work.links.all()), Recipient(channel=BOARD)]
