"""The notice of an organ's meeting: what it says, what is doubtful about it, and what a new version changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from domain.identity_numbers import contains_identity_number
from domain.meeting import LED_BY, NOBODY
from domain.reports import as_text

LONGEST_NOTE = 1000


@dataclass(frozen=True, slots=True)
class NoticeDetails:
    """What the secretariat adds to what the plan and the agenda say. People stand by key."""

    chair: str | None = None
    secretary: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """The notice of a meeting of the plan. `version` is the newest that was sent, 0 none. `sent_at` is UTC."""

    meeting: str
    details: NoticeDetails = NoticeDetails()
    version: int = 0
    sent_at: datetime | None = None
    sent_by: str | None = None

    def sent(self, now: datetime, by: str) -> Notice:
        return replace(self, version=self.version + 1, sent_at=now, sent_by=by)


@dataclass(frozen=True, slots=True)
class NoticePaper:
    title: str
    link: str


@dataclass(frozen=True, slots=True)
class NoticeItem:
    """A case as the notice has it; `kinds` are the agenda's. One that is withdrawn keeps its number and its line."""

    id: str
    number: str
    title: str
    withdrawn: bool = False
    kinds: tuple[str, ...] = ()
    about: str = ""
    proposal: str = ""
    for_decision: bool = False
    responsible: str = ""
    reference: str = ""
    papers: tuple[NoticePaper, ...] = ()


@dataclass(frozen=True, slots=True)
class NoticeContent:
    """What a notice says, without the words around it. Local dates and times; people by name."""

    forum: str
    forum_name: str
    date: dt.date
    end_date: dt.date
    start: dt.time | None
    end: dt.time | None
    place: str | None
    host: str | None
    to: tuple[str, ...]  # empty: everybody, because the organ's members are not given
    chair: str | None
    secretary: str | None
    note: str
    items: tuple[NoticeItem, ...]


# What is doubtful


class NoticeDoubt(StrEnum):
    """What members will ask for, and the notice does not say."""

    NO_TIME = "no_time"
    NO_PLACE = "no_place"
    NO_HOST = "no_host"
    OTHER_HOST = "other_host"  # not the one whose turn it is
    NO_CHAIR = "no_chair"
    NO_CASES = "no_cases"


def doubts(content: NoticeContent, in_turn: Sequence[str], host: str | None) -> list[NoticeDoubt]:
    """`in_turn` are those whose turn it may be to host, `host` who does, both as the plan and the file have them."""
    found = {
        NoticeDoubt.NO_TIME: content.start is None,
        NoticeDoubt.NO_PLACE: not content.place,
        NoticeDoubt.NO_HOST: not host,
        NoticeDoubt.OTHER_HOST: bool(host and in_turn) and (host or "").casefold() not in _folded(in_turn),
        NoticeDoubt.NO_CHAIR: not content.chair,
        NoticeDoubt.NO_CASES: not content.items,
    }
    return [doubt for doubt, holds in found.items() if holds]


def _folded(names: Sequence[str]) -> set[str]:
    return {name.casefold() for name in names}


# What is new


class Changed(StrEnum):
    WHEN = "when"
    PLACE = "place"
    HOST = "host"
    CHAIR = "chair"
    SECRETARY = "secretary"
    NOTE = "note"
    ADDED = "added"
    REMOVED = "removed"
    ITEM = "item"
    ORDER = "order"


OF_CASES = frozenset({Changed.ADDED, Changed.REMOVED, Changed.ITEM})
"""What is said of one case."""


@dataclass(frozen=True, slots=True)
class NoticeChange:
    """`item` is the case that is new, gone or changed, as it is now, or was last."""

    what: Changed
    item: NoticeItem | None = None


def changes(before: NoticeContent, after: NoticeContent) -> list[NoticeChange]:
    """What somebody who has read the one must know of the other; nothing when they say the same."""
    was, now = _when(before), _when(after)
    found = [NoticeChange(Changed.WHEN)] if was != now else []
    found += [NoticeChange(what) for what in _SIMPLE if getattr(before, what) != getattr(after, what)]
    old, new = ({item.id: item for item in content.items} for content in (before, after))
    found += [NoticeChange(Changed.ADDED, item) for key, item in new.items() if key not in old]
    found += [NoticeChange(Changed.REMOVED, item) for key, item in old.items() if key not in new]
    found += [NoticeChange(Changed.ITEM, item) for key, item in new.items() if key in old and old[key] != item]
    if [key for key in old if key in new] != [key for key in new if key in old]:
        found.append(NoticeChange(Changed.ORDER))
    return found


_SIMPLE = (Changed.PLACE, Changed.HOST, Changed.CHAIR, Changed.SECRETARY, Changed.NOTE)


def _when(content: NoticeContent) -> tuple[object, ...]:
    return content.date, content.end_date, content.start, content.end


# The form


class WrongDetail(StrEnum):
    NOT_A_PERSON = "not_a_person"
    TOO_LONG = "too_long"
    IDENTITY_NUMBER = "identity_number"


DETAILS = (*LED_BY, "note")


@dataclass(frozen=True, slots=True)
class DetailsRead:
    """`details` is there when nothing is wrong. `typed` is what may be shown again."""

    details: NoticeDetails | None
    mistakes: Mapping[str, WrongDetail]
    typed: Mapping[str, str]


def read_details(people: frozenset[str], inputs: Mapping[str, object]) -> DetailsRead:
    """Chair and secretary among these people, by key, and a few words to those who are called."""
    text = {key: as_text(inputs.get(key)) for key in DETAILS}
    mistakes = {
        key: WrongDetail.NOT_A_PERSON for key in LED_BY if text[key] not in ("", NOBODY) and text[key] not in people
    }
    if contains_identity_number(text["note"]):
        mistakes["note"] = WrongDetail.IDENTITY_NUMBER
    elif len(text["note"]) > LONGEST_NOTE:
        mistakes["note"] = WrongDetail.TOO_LONG
    typed = {key: value for key, value in text.items() if value and not contains_identity_number(value)}
    if mistakes:
        return DetailsRead(None, mistakes, typed)
    chair, secretary = (None if text[key] in ("", NOBODY) else text[key] for key in LED_BY)
    return DetailsRead(NoticeDetails(chair, secretary, text["note"]), {}, typed)
