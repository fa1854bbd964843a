"""People found by key and by unit, without looking through all of them each time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from domain.community import Person, Role


class Roster:
    """A community's active people, or those of them that matter to what is asked. Their order is kept."""

    def __init__(self, people: Iterable[Person]) -> None:
        self._by_key = {person.key: person for person in people}
        self._by_unit: defaultdict[str | None, list[Person]] = defaultdict(list)
        for person in self._by_key.values():
            self._by_unit[person.unit].append(person)

    def find(self, key: str | None) -> Person | None:
        return self._by_key.get(key or "")

    def of_unit(self, unit: str, role: Role) -> list[Person]:
        return [person for person in self._by_unit.get(unit, ()) if person.has(role)]
