"""The form by which somebody adds a deadline or changes one: what is accepted, what is wrong at which field."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from domain.dates_in_words import read_day, split_day
from domain.identity_numbers import contains_identity_number
from domain.period_form import joined
from domain.plan.meeting import LONGEST_DEADLINE
from domain.plan.reminders import REMINDED_BEFORE
from domain.reports import as_text

FIELDS = ("text", "due", "owner", "remind")
MAY_BE_REMINDED_BEFORE = (14, 7, 3, 1, 0)
"""Days before the deadline that can be chosen."""

FARTHEST = timedelta(days=3 * 366)
LONGEST_DATE = 60


class Wrong(StrEnum):
    REQUIRED = "required"
    NOT_A_CHOICE = "not_a_choice"
    NOT_A_DATE = "not_a_date"
    IN_THE_PAST = "in_the_past"
    TOO_FAR = "too_far"
    TOO_LONG = "too_long"
    IDENTITY_NUMBER = "identity_number"


@dataclass(frozen=True, slots=True)
class DeadlineForm:
    text: str
    due: date
    owner: str
    reminded_before: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DeadlineFormRead:
    """`form` is there when nothing is wrong. `typed` is what may be shown again."""

    form: DeadlineForm | None
    mistakes: Mapping[str, Wrong]
    typed: Mapping[str, str]


def read_deadline(
    inputs: Mapping[str, object], owners: Collection[str], today: date, own: str, unchanged: date | None = None
) -> DeadlineFormRead:
    """Checks the whole form. `owners` are the people who may be chosen, `own` is meant where none is.

    `unchanged` is the day that the deadline has had: it may lie in the past.
    """
    text = {key: as_text(inputs.get(key)) for key in ("text", "due", "owner")}
    text["remind"] = joined(inputs.get("remind")) if "remind" in inputs else _written(REMINDED_BEFORE)
    reader = _Reader(text)
    words, due = reader.words(), reader.due(today, unchanged)
    owner, reminded = reader.owner(owners, own), reader.reminded()
    typed = {key: value for key, value in text.items() if value and not contains_identity_number(value)}
    form = DeadlineForm(words, due, owner, reminded) if due is not None and not reader.mistakes else None
    return DeadlineFormRead(form, reader.mistakes, typed)


def read_line(line: str, today: date) -> dict[str, str]:
    """The form's fields from «høringsfrist 12.04.24»; a day that was not understood as it was written."""
    parted = split_day(as_text(line), today)
    return {"text": parted.rest, "due": parted.day.isoformat() if parted.day else parted.written}


def _written(days: Collection[int]) -> str:
    return ",".join(str(day) for day in days)


class _Reader:
    def __init__(self, text: Mapping[str, str]) -> None:
        self._text = text
        self.mistakes: dict[str, Wrong] = {}

    def words(self) -> str:
        given = " ".join(self._text["text"].split())
        if contains_identity_number(given):
            self.mistakes["text"] = Wrong.IDENTITY_NUMBER
        elif len(given) > LONGEST_DEADLINE:
            self.mistakes["text"] = Wrong.TOO_LONG
        elif not given:
            self.mistakes["text"] = Wrong.REQUIRED
        return given

    def due(self, today: date, unchanged: date | None) -> date | None:
        given = self._text["due"]
        day = read_day(given, today) if len(given) <= LONGEST_DATE else None
        if contains_identity_number(given):
            self.mistakes["due"] = Wrong.IDENTITY_NUMBER
        elif day is None:
            self.mistakes["due"] = Wrong.NOT_A_DATE if given else Wrong.REQUIRED
        elif day < today and day != unchanged:
            self.mistakes["due"] = Wrong.IN_THE_PAST
        elif day > today + FARTHEST:
            self.mistakes["due"] = Wrong.TOO_FAR
        return day

    def owner(self, owners: Collection[str], own: str) -> str:
        given = self._text["owner"] or own
        if given not in owners:
            self.mistakes["owner"] = Wrong.NOT_A_CHOICE
        return given

    def reminded(self) -> tuple[int, ...]:
        """None at all is an answer too: the deadline stands in the plan and the calendar, and nobody is reminded."""
        given = {part for part in self._text["remind"].split(",") if part}
        if given - {str(day) for day in MAY_BE_REMINDED_BEFORE}:
            self.mistakes["remind"] = Wrong.NOT_A_CHOICE
        return tuple(day for day in MAY_BE_REMINDED_BEFORE if str(day) in given)
