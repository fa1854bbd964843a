"""Who is away, who answers for them meanwhile, and so who is asked for a unit at a given moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.community import Person, Role
from domain.roster import Roster
from domain.working_time import instant


@dataclass(frozen=True, slots=True)
class Absence:
    """A person is away from the local day `first` to `last`, both included. `deputy` None: nobody was named."""

    id: str
    person: str
    deputy: str | None
    first: date
    last: date
    set_by: str
    set_at: datetime
    ended_at: datetime | None = None
    ended_by: str | None = None

    def begins_at(self, zone: ZoneInfo) -> datetime:
        """When the first day begins, UTC."""
        return instant(self.first, time(0), zone)

    def over_at(self, zone: ZoneInfo) -> datetime:
        """When it is over (UTC): as the day after the last one begins, or earlier if somebody ended it."""
        end = instant(self.last + timedelta(days=1), time(0), zone)
        return end if self.ended_at is None else min(end, self.ended_at)

    def lasts(self, moment: datetime, zone: ZoneInfo) -> bool:
        return self.begins_at(zone) <= moment < self.over_at(zone)

    def shares_a_day(self, first: date, last: date) -> bool:
        return self.first <= last and first <= self.last


class Standing:
    """Who is away at one moment, and who stands in. Of a person's absences that overlap, the last one set counts."""

    def __init__(self, absences: Iterable[Absence], moment: datetime, zone: ZoneInfo) -> None:
        lasting = (absence for absence in absences if absence.lasts(moment, zone))
        self._by_person = {absence.person: absence for absence in sorted(lasting, key=lambda a: a.set_at)}

    def absence_of(self, person: str) -> Absence | None:
        return self._by_person.get(person)

    def is_away(self, person: str) -> bool:
        return person in self._by_person

    def stood_in_for(self, deputy: str) -> list[str]:
        """Keys of the people that somebody stands in for."""
        return [absence.person for absence in self._by_person.values() if absence.deputy == deputy]

    def asked(self, people: Roster, unit: str) -> list[Person]:
        """Who is asked for a unit's figures: nobody when the unit is away.

        Its respondents, or its deputies if it has none; for one who is away the named deputy. Where the named deputy
        is away too, the unit's other deputies are asked.
        """
        found: list[Person] = []
        for person in usually_asked(people, unit):
            absence = self.absence_of(person.key)
            if absence is None:
                found.append(person)
                continue
            deputy = people.find(absence.deputy)
            if deputy is not None and not self.is_away(deputy.key):
                found.append(deputy)
            elif absence.deputy is not None:
                found += [p for p in people.of_unit(unit, Role.DEPUTY) if not self.is_away(p.key)]
        return list(dict.fromkeys(found))


def usually_asked(people: Roster, unit: str) -> list[Person]:
    """Whom a unit's prompts go to when nobody is away."""
    return people.of_unit(unit, Role.RESPONDENT) or people.of_unit(unit, Role.DEPUTY)


def may_be_away(person: Person) -> bool:
    """Whoever answers for a unit may say that somebody else does for a while."""
    return person.unit is not None and person.has(Role.RESPONDENT, Role.DEPUTY)


def possible_deputies(people: Sequence[Person], person: Person) -> list[Person]:
    """Who may stand in, of the active `people`: the unit's deputies first, its other people, everybody else."""

    def nearness(other: Person) -> int:
        if other.unit is None or other.unit != person.unit:
            return 2
        return 0 if other.has(Role.DEPUTY) else 1

    return sorted((other for other in people if other.key != person.key), key=nearness)
