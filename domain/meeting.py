"""The meeting itself: in which order units speak, who was present, what was noted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.action_form import fold, names_of
from domain.community import Community, Person, PreparednessLevel, Role, Unit
from domain.identity_numbers import contains_identity_number
from domain.reports import as_text
from domain.summary import Summary, UnitLine

LONGEST_NOTE = 1000
LONGEST_GUESTS = 300
MOST_NOTES = 100
WHOLE_MEETING = "-"
"""The choice of no unit: the note concerns the whole meeting."""
NOBODY = "-"
"""The choice of nobody, where a person is chosen."""
_LINE = re.compile(r"\s*+\w++\s*+([^:]*+):(.*)", re.DOTALL)  # looked through once, whatever somebody writes


class NoteKind(StrEnum):
    POINT = "point"
    DECISION = "decision"


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was said or decided; `unit` is whom it concerns, None: everybody."""

    id: str
    round: str
    unit: str | None
    kind: NoteKind
    text: str
    noted_by: str
    noted_at: datetime


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who was marked as present, by key, and who came beside them, in words.

    Who led and who wrote the minutes is asked of an organ's meeting alone.
    """

    present: tuple[str, ...] = ()
    guests: str = ""
    chair: str | None = None
    secretary: str | None = None


LED_BY = ("chair", "secretary")
"""Fields that name who led an organ's meeting and who wrote its minutes."""


class Wrong(StrEnum):
    REQUIRED = "required"
    NOT_A_UNIT = "not_a_unit"
    NOT_A_KIND = "not_a_kind"
    NOT_A_PERSON = "not_a_person"
    TOO_LONG = "too_long"
    TOO_LONG_GUESTS = "too_long_guests"
    TOO_MANY = "too_many"
    IDENTITY_NUMBER = "identity_number"


@dataclass(frozen=True, slots=True)
class NoteForm:
    unit: str | None
    kind: NoteKind
    text: str


@dataclass(frozen=True, slots=True)
class NoteRead:
    """`form` is there when nothing is wrong. `typed` is what may be shown again."""

    form: NoteForm | None
    mistakes: Mapping[str, Wrong]
    typed: Mapping[str, str]


def may_lead(person: Person) -> bool:
    """Who runs the meeting and writes its minutes."""
    return person.has(Role.COORDINATOR, Role.SECRETARIAT)


def running_order(summary: Summary) -> tuple[UnitLine, ...]:
    """Everybody who answered: red first, then by how much it got worse, then those with needs, then by level."""

    def key(line: UnitLine) -> tuple[bool, float, bool, int]:
        severity = line.level.severity if line.level else -1
        return line.level is not PreparednessLevel.RED, -max(line.worsening, 0.0), not line.texts, -severity

    return tuple(sorted((line for line in summary.lines if line.report is not None), key=key))


def read_note(community: Community, inputs: Mapping[str, object]) -> NoteRead:
    """A note's form. Without a unit it concerns the whole meeting, without a kind it is a point."""
    text = {key: as_text(inputs.get(key)) for key in ("unit", "kind", "text")}
    mistakes: dict[str, Wrong] = {}
    if text["unit"] not in ("", WHOLE_MEETING, *(unit.key for unit in community.units)):
        mistakes["unit"] = Wrong.NOT_A_UNIT
    if text["kind"] not in ("", *NoteKind):
        mistakes["kind"] = Wrong.NOT_A_KIND
    if wrong := _wrong_words(text["text"], LONGEST_NOTE):
        mistakes["text"] = wrong
    typed = {key: value for key, value in text.items() if value and not contains_identity_number(value)}
    if mistakes:
        return NoteRead(None, mistakes, typed)
    unit = None if text["unit"] in ("", WHOLE_MEETING) else text["unit"]
    return NoteRead(NoteForm(unit, NoteKind(text["kind"] or NoteKind.POINT), text["text"]), {}, typed)


def _wrong_words(text: str, longest: int) -> Wrong | None:
    if not text:
        return Wrong.REQUIRED
    if contains_identity_number(text):
        return Wrong.IDENTITY_NUMBER
    return Wrong.TOO_LONG if len(text) > longest else None


def read_attendance(known: frozenset[str], inputs: Mapping[str, object]) -> Attendance | Mapping[str, Wrong]:
    """Who was present, among those who could be; the mistakes by field if there are any."""
    guests = as_text(inputs.get("guests"))
    present = tuple(dict.fromkeys(part.strip() for part in as_text(inputs.get("present")).split(",") if part.strip()))
    chair, secretary = (chosen if (chosen := as_text(inputs.get(key))) != NOBODY else "" for key in LED_BY)
    mistakes = {key: Wrong.NOT_A_PERSON for key in LED_BY if as_text(inputs.get(key)) not in ("", NOBODY, *known)}
    if not set(present) <= known:
        mistakes["present"] = Wrong.NOT_A_PERSON
    if guests and (wrong := _wrong_words(guests, LONGEST_GUESTS)):
        mistakes["guests"] = Wrong.TOO_LONG_GUESTS if wrong is Wrong.TOO_LONG else wrong
    return mistakes or Attendance(present, guests, chair or None, secretary or None)


def read_line(community: Community, line: str, kind: NoteKind) -> dict[str, str]:
    """The form's fields from «vedtak Larvik: åpner fire plasser»; a unit that is not known is given as written."""
    found = _LINE.fullmatch(line)
    if found is None:
        return {"unit": WHOLE_MEETING, "kind": str(kind), "text": ""}
    name, text = found[1].strip(), found[2].strip()
    unit = unit_named(community, name) if name else None
    return {"unit": unit.key if unit else name or WHOLE_MEETING, "kind": str(kind), "text": text}


def unit_named(community: Community, name: str) -> Unit | None:
    """The one unit that is called so; None when none is, or several are."""
    wanted = tuple(fold(word) for word in name.split())
    found = [unit for unit in community.units if wanted in names_of(unit)]
    return found[0] if len(found) == 1 else None
