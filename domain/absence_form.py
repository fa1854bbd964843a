"""The form that says who is away and who answers meanwhile: what is accepted, what is wrong at which field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from domain.absences import Absence, may_be_away
from domain.community import Person
from domain.dates_in_words import LONGEST as LONGEST_DAY
from domain.dates_in_words import read_day
from domain.identity_numbers import contains_identity_number
from domain.period_form import read_date
from domain.reports import as_text

NOBODY = "-"
"""The choice of no deputy: a person's key never begins so."""

FIELDS = ("person", "deputy", "from", "until")
LONGEST = timedelta(days=366)
FARTHEST = timedelta(days=366)


class Wrong(StrEnum):
    REQUIRED = "required"
    NOT_A_CHOICE = "not_a_choice"
    NOT_YOURSELF = "not_yourself"
    NOT_A_DATE = "not_a_date"
    IN_THE_PAST = "in_the_past"
    TOO_FAR = "too_far"
    UNTIL_BEFORE_FROM = "until_before_from"
    TOO_LONG = "too_long"
    OVERLAPS = "overlaps"
    IDENTITY_NUMBER = "identity_number"


@dataclass(frozen=True, slots=True)
class Mistake:
    wrong: Wrong
    other: Absence | None = None  # the absence that is in the way


@dataclass(frozen=True, slots=True)
class AbsenceForm:
    person: Person
    deputy: Person | None
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class FormRead:
    """`form` is there when nothing is wrong. `typed` is what may be shown again."""

    form: AbsenceForm | None
    mistakes: Mapping[str, Mistake]
    typed: Mapping[str, str]


def read_absence(
    inputs: Mapping[str, object], by: Person | None, people: Sequence[Person], others: Sequence[Absence], today: date
) -> FormRead:
    """Checks the form. `by` is who is away, None when `person` of the form says it (the coordinator's form).

    `people` are the active ones, `others` the absences that are not over, `today` is the community's local day.
    """
    return _Reading({key: as_text(inputs.get(key)) for key in FIELDS}, people).read(by, others, today)


class _Reading:
    """Each method reads one field, and notes a mistake at it."""

    def __init__(self, text: Mapping[str, str], people: Sequence[Person]) -> None:
        self._text = text
        self._people = {person.key: person for person in people}
        self._mistakes: dict[str, Mistake] = {}

    def read(self, by: Person | None, others: Sequence[Absence], today: date) -> FormRead:
        person = by or self._person()
        deputy = self._deputy(person)
        first, last = self._date("from"), self._date("until")
        if first is not None and self._begins_soon(first, today) and last is not None and self._lasts(first, last):
            theirs = (other for other in others if person is not None and other.person == person.key)
            if in_the_way := next((other for other in theirs if other.shares_a_day(first, last)), None):
                self._wrong("from", Wrong.OVERLAPS, in_the_way)
        for key, text in self._text.items():
            if contains_identity_number(text):
                self._wrong(key, Wrong.IDENTITY_NUMBER)
        typed = {key: text for key, text in self._text.items() if text and not contains_identity_number(text)}
        if self._mistakes or person is None or first is None or last is None:
            return FormRead(None, self._mistakes, typed)
        return FormRead(AbsenceForm(person, deputy, first, last), {}, typed)

    def _person(self) -> Person | None:
        if not self._text["person"]:
            self._wrong("person", Wrong.REQUIRED)
            return None
        person = self._people.get(self._text["person"])
        if person is None or not may_be_away(person):
            self._wrong("person", Wrong.NOT_A_CHOICE)
            return None
        return person

    def _deputy(self, person: Person | None) -> Person | None:
        chosen = self._text["deputy"]
        if not chosen:
            self._wrong("deputy", Wrong.REQUIRED)
        elif person is not None and chosen == person.key:
            self._wrong("deputy", Wrong.NOT_YOURSELF)
        elif chosen != NOBODY and chosen not in self._people:
            self._wrong("deputy", Wrong.NOT_A_CHOICE)
        return self._people.get(chosen)

    def _date(self, key: str) -> date | None:
        if not self._text[key]:
            self._wrong(key, Wrong.REQUIRED)
            return None
        found = read_date(self._text[key])
        if found is None:
            self._wrong(key, Wrong.NOT_A_DATE)
        return found

    def _begins_soon(self, first: date, today: date) -> bool:
        if first < today:
            self._wrong("from", Wrong.IN_THE_PAST)
        elif first - today > FARTHEST:
            self._wrong("from", Wrong.TOO_FAR)
        return "from" not in self._mistakes

    def _lasts(self, first: date, last: date) -> bool:
        if last < first:
            self._wrong("until", Wrong.UNTIL_BEFORE_FROM)
        elif last - first >= LONGEST:
            self._wrong("until", Wrong.TOO_LONG)
        return "until" not in self._mistakes

    def _wrong(self, key: str, wrong: Wrong, other: Absence | None = None) -> None:
        self._mistakes[key] = Mistake(wrong, other)


_DAY = r"\d{4}-\d{2}-\d{2}|\d{1,2}\.\s?\d{1,2}\.?(?:\s?(?:\d{4}|\d{2}))?"
_FROM_WORDS = r"(?:\s+(?:fra|frå|from))?(?:\s+(?:og med))?"
_UNTIL_WORDS = r"(?:–|—|-|til og med|til|t\.?o\.?m\.?|to|until)"
MOST_WORDS = 2 * LONGEST_DAY + 3
"""Words that two days, and what stands before and between them, may take."""

_LINE = re.compile(
    rf"(?P<name>.*?){_FROM_WORDS}\s*(?P<first>{_DAY})\s*{_UNTIL_WORDS}\s*(?P<last>{_DAY})", re.IGNORECASE
)
_ONE_DAY = re.compile(rf"(?P<name>.*?)\s+(?P<first>{_DAY})", re.IGNORECASE)


def read_line(words: str, people: Sequence[Person], today: date) -> dict[str, str]:
    """One line, `Stedfortreder Larvik 1.12.–5.12.` or `… fra mandag til fredag`, as the form's inputs, to be
    looked at before it is sent.

    What cannot be read is left as it was written, so that the form can say what is wrong with it.
    """
    if (said := _in_words(words, today)) is not None:
        name, begins, ends = said
        return {"deputy": _key_of(name, people), "from": begins.isoformat(), "until": ends.isoformat()}
    match = _LINE.fullmatch(words) or _ONE_DAY.fullmatch(words)
    if match is None:
        return {"deputy": _key_of(words, people)}
    given = match.groupdict()
    first = _day(given["first"], today)
    last = _day(given.get("last") or given["first"], first or today)
    return {
        "deputy": _key_of(given["name"].strip(" :,"), people),
        "from": first.isoformat() if first else given["first"],
        "until": last.isoformat() if last else given.get("last") or given["first"],
    }


def _in_words(line: str, today: date) -> tuple[str, date, date] | None:
    """Name, first and last day, where the days are understood: «fra mandag til fredag», «i morgen», "on 1 December"."""
    words = line.split()
    for at in range(max(1, len(words) - MOST_WORDS), len(words)):
        if _is_until(words[at - 1]) or _is_until(words[at]):
            continue  # the first day was not understood: the last one alone is not what was meant
        days = _days_in_words(
            re.sub(r"^(?:fra|frå|from)\s+(?:og med\s+)?", "", " ".join(words[at:]), flags=re.I), today
        )
        if days is not None:
            return " ".join(words[:at]).strip(" :,"), *days
    return None


def _days_in_words(text: str, today: date) -> tuple[date, date] | None:
    if (one := read_day(text, today)) is not None:
        return one, one
    for until in re.finditer(rf"\s{_UNTIL_WORDS}\s", text, re.IGNORECASE):
        first = read_day(text[: until.start()], today)
        last = read_day(text[until.end() :], today) if first is not None else None
        if first is not None and last is not None:
            # «fra mandag til fredag» on a Wednesday: the Friday after that Monday.
            return first, last if last >= first else read_day(text[until.end() :], first) or last
    return None


def _is_until(word: str) -> bool:
    return re.fullmatch(_UNTIL_WORDS, word, re.IGNORECASE) is not None


def _key_of(name: str, people: Sequence[Person]) -> str:
    """The one person of that name, or whose name alone has those words; else the words themselves."""
    wanted = name.casefold().split()
    exact = [p.key for p in people if p.name.casefold().split() == wanted]
    found = exact or [p.key for p in people if wanted and set(wanted) <= set(p.name.casefold().split())]
    return found[0] if len(found) == 1 else name


def _day(text: str, not_before: date) -> date | None:
    """A date as it is written, or the next day of that number and month when no year is given."""
    compact = re.sub(r"\s", "", text)
    short = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.?", compact)
    if short is None:
        return read_date(compact)
    for year in range(not_before.year, not_before.year + 9):  # a leap day comes again within eight years
        found = read_date(f"{short[1]}.{short[2]}.{year}")
        if found is not None and found >= not_before:
            return found
    return None
