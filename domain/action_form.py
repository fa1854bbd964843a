"""What people fill in about actions, and the one line that says it all: what is accepted, what is wrong where."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Generic, TypeVar

from domain.actions import LONGEST_REASON, LONGEST_TEXT, Action
from domain.community import Community, Unit
from domain.dates_in_words import read_day, split_day
from domain.identity_numbers import contains_identity_number
from domain.reports import as_text

T = TypeVar("T")

FARTHEST_DUE = timedelta(days=2 * 366)
FIELDS = ("text", "owner", "due")


class Wrong(StrEnum):
    REQUIRED = "required"
    TOO_LONG = "too_long"
    IDENTITY_NUMBER = "identity_number"
    NOT_A_UNIT = "not_a_unit"
    NOT_A_DATE = "not_a_date"
    IN_THE_PAST = "in_the_past"
    TOO_FAR = "too_far"
    SAME_DATE = "same_date"
    SAME_OWNER = "same_owner"
    REASON_REQUIRED = "reason_required"


@dataclass(frozen=True, slots=True)
class ActionForm:
    text: str
    owner: str
    due: date


@dataclass(frozen=True, slots=True)
class FormRead(Generic[T]):
    """`form` is there when nothing is wrong. `typed` is what may be shown again."""

    form: T | None
    mistakes: Mapping[str, Wrong]
    typed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MoveForm:
    due: date
    reason: str


def read_action(community: Community, inputs: Mapping[str, object], today: date) -> FormRead[ActionForm]:
    """The form that adds an action."""
    reader = _Reader(inputs, FIELDS)
    text = reader.words("text", LONGEST_TEXT)
    if not text:
        reader.wrong("text", Wrong.REQUIRED)
    owner = reader.unit(community)
    due = reader.due(today)
    return reader.result(ActionForm(text, owner, due) if owner and due else None)


def read_move(action: Action, inputs: Mapping[str, object], today: date) -> FormRead[MoveForm]:
    """A new day, with a reason from the second time on."""
    reader = _Reader(inputs, ("due", "reason"))
    due = reader.due(today)
    if due == action.due:
        reader.wrong("due", Wrong.SAME_DATE)
    reason = reader.words("reason", LONGEST_REASON)
    if not reason and action.move_needs_reason:
        reader.wrong("reason", Wrong.REASON_REQUIRED)
    return reader.result(MoveForm(due, reason) if due else None)


def read_drop(inputs: Mapping[str, object]) -> FormRead[str]:
    """The reason why an action is dropped; it may be empty."""
    reader = _Reader(inputs, ("reason",))
    return reader.result(reader.words("reason", LONGEST_REASON))


def read_hand_over(community: Community, action: Action, inputs: Mapping[str, object]) -> FormRead[str]:
    """Another unit's key."""
    reader = _Reader(inputs, ("owner",))
    owner = reader.unit(community)
    if owner == action.owner:
        reader.wrong("owner", Wrong.SAME_OWNER)
    return reader.result(owner or None)


class _Reader:
    """Reads field by field and remembers the first thing that was wrong with each."""

    def __init__(self, inputs: Mapping[str, object], fields: tuple[str, ...]) -> None:
        self._text = {key: as_text(inputs.get(key)) for key in fields}
        self._mistakes: dict[str, Wrong] = {}

    def wrong(self, key: str, wrong: Wrong) -> None:
        self._mistakes.setdefault(key, wrong)

    def words(self, key: str, longest: int) -> str:
        text = self._text[key]
        if contains_identity_number(text):
            self.wrong(key, Wrong.IDENTITY_NUMBER)
        elif len(text) > longest:
            self.wrong(key, Wrong.TOO_LONG)
        return text

    def unit(self, community: Community) -> str:
        given = self._text["owner"]
        if given not in {unit.key for unit in community.units}:
            self.wrong("owner", Wrong.NOT_A_UNIT if given else Wrong.REQUIRED)
            return ""
        return given

    def due(self, today: date) -> date | None:
        given = self._text["due"]
        day = read_day(given, today) if len(given) <= LONGEST_TEXT else None
        if contains_identity_number(given):
            self.wrong("due", Wrong.IDENTITY_NUMBER)
        elif day is None:
            self.wrong("due", Wrong.NOT_A_DATE if given else Wrong.REQUIRED)
        elif day < today:
            self.wrong("due", Wrong.IN_THE_PAST)
        elif day > today + FARTHEST_DUE:
            self.wrong("due", Wrong.TOO_FAR)
        return day

    def result(self, form: T | None) -> FormRead[T]:
        typed = {key: text for key, text in self._text.items() if text and not contains_identity_number(text)}
        return FormRead(None if self._mistakes else form, self._mistakes, typed)


# In one line


def read_line(community: Community, line: str, today: date, own_unit: str | None) -> dict[str, str]:
    """The form's fields from «Larvik åpner 4 korttidsplasser innen fredag»: owner first, the day last.

    A day that was understood is given as ISO, one that was not as it was written. Without a unit in front it is the
    writer's own, if there is one. A field that the line says nothing of is empty.
    """
    parted = split_day(as_text(line), today)
    owner, text = _owner_first(community, parted.rest)
    due = parted.day.isoformat() if parted.day else parted.written
    return {"text": text, "owner": owner.key if owner else own_unit or "", "due": due}


def _owner_first(community: Community, line: str) -> tuple[Unit | None, str]:
    """The unit whose name the line begins with, the longest such name, and what follows it."""
    words = line.split()
    folded = [fold(word) for word in words]
    found: dict[int, set[str]] = {}
    for unit in community.units:
        for name in names_of(unit):
            if folded[: len(name)] == list(name):
                found.setdefault(len(name), set()).add(unit.key)
    longest = max(found, default=0)
    if longest == 0 or len(found[longest]) > 1:
        return None, line
    return community.unit(found[longest].pop()), " ".join(words[longest:]).lstrip(":,–- ")


_KINDS = frozenset({"kommune", "klinikk", "klinikken", "kommunen"})


def names_of(unit: Unit) -> set[tuple[str, ...]]:
    """What a unit may be called, word by word: its name, its name without its kind, its key."""
    name = tuple(fold(word) for word in unit.name.split())
    short = tuple(word for word in name if word not in _KINDS)
    return {found for found in (name, short, (fold(unit.key),)) if found}


def fold(word: str) -> str:
    """Without case, accents and punctuation: Tønsberg, → tonsberg, Færder → faerder."""
    plain = word.casefold().replace("ø", "o").replace("æ", "ae").replace("å", "a")
    parts = unicodedata.normalize("NFKD", plain)
    return "".join(c for c in parts if not unicodedata.combining(c)).strip(".,:;–-")
