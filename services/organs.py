"""Whose organ it is, and who keeps its plan and its agenda."""

from __future__ import annotations

from domain.community import Person, Role
from services.ports import Work


def may_change(person: Person) -> bool:
    """The plan is the secretariat's; the coordinator stands in for it."""
    return person.has(Role.SECRETARIAT, Role.COORDINATOR)


def is_concerned(work: Work, forum: str, person: Person) -> bool:
    """Whether the organ is this person's: everybody's, where the community file does not say who its members are."""
    found = next((each for each in work.community.forums if each.key == forum), None)
    return found is not None and (not found.members or person.key in found.members or may_change(person))
