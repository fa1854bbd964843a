"""What a page offers: commands as buttons, people to pick from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dialogs.speech import Speech
from domain.community import Community, Person, Role


def commands(speech: Speech, person: Person, *, answers: bool) -> list[str]:
    """The quick buttons: what this person uses most. `answers`: for some unit now, the own one or another."""
    names = ["overview", "actions", "help"]
    if answers:
        names.insert(0, "status")
    if person.has(Role.COORDINATOR):
        names = ["crisis", "round_now", "end", *names]
    return [speech.say(f"help.command.{name}") for name in names]


def people_by_kind(speech: Speech, community: Community, people: Sequence[Person]) -> list[tuple[str, list[Person]]]:
    """People to pick from: those who lead and read, then by kind of unit."""
    kinds = {unit.key: str(unit.kind) for unit in community.units}
    groups = [
        ("", speech.say("web.group.lead")),
        ("municipality", speech.say("web.group.municipality")),
        ("clinic", speech.say("web.group.clinic")),
    ]
    found = [(title, [p for p in people if kinds.get(p.unit or "", "") == kind]) for kind, title in groups]
    return [(title, members) for title, members in found if members]


def exact(speech: Speech, at: datetime) -> str:
    """With the year."""
    return speech.say("common.moment", day=speech.date(at), time=speech.time(at))
