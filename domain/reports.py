"""One unit's answers in one round: what is accepted, what is wrong with the rest, what "as last time" copies."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.community import Community, Field, Indicator, IndicatorType, PreparednessLevel, Unit
from domain.identity_numbers import contains_identity_number

Figure = int | float | str
"""Patients or places (int), percent (float), a level's value or a text (str)."""

LONGEST_INPUT = 4000
"""Characters of any one input that are read at all."""

_HUGE = 10**15
"""Beyond every figure; a whole number as large as this stands for any larger one."""

_SURROGATES_AND_NONCHARACTERS = (
    *range(0xD800, 0xE000),
    *range(0xFDD0, 0xFDF0),
    *(plane + last for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF)),
)
_REPLACED = {
    **dict.fromkeys(_SURROGATES_AND_NONCHARACTERS, "\ufffd"),
    **{code: " " for code in (*range(0x20), *range(0x7F, 0xA0)) if code != ord("\n")},
}
_AROUND = "".join(chr(code) for code in range(0x3001) if chr(code).isspace()) + (
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
"""Space, and marks of no width."""

_LEVEL_WORDS = {
    PreparednessLevel.GREEN: "green grønn grøn grønt gronn god gode good godt g 🟢 💚",
    PreparednessLevel.YELLOW: "yellow gul gult utfordrende utfordrande challenging y 🟡 💛",
    PreparednessLevel.RED: "red rød raud rødt raudt rod kritisk critical r 🔴 ❤ ❤️",
}
_LEVELS = {word: level for level, words in _LEVEL_WORDS.items() for word in words.split()}


class Wrong(StrEnum):
    """What is wrong with an input; each has its sentence in every language."""

    REQUIRED = "required"
    NOT_A_LEVEL = "not_a_level"
    NOT_A_COUNT = "not_a_count"
    NOT_A_PERCENT = "not_a_percent"
    TOO_LONG = "too_long"
    IDENTITY_NUMBER = "identity_number"


@dataclass(frozen=True, slots=True)
class Mistake:
    wrong: Wrong
    max: int = 0


@dataclass(frozen=True, slots=True)
class Answers:
    """What a form gave. `typed` is what may be shown again: everything but identity numbers."""

    values: Mapping[str, Figure] = field(default_factory=dict)
    mistakes: Mapping[str, Mistake] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StatusReport:
    """One revision of a unit's answers; a later one never overwrites it."""

    round: str
    unit: str
    revision: int
    values: Mapping[str, Figure]
    answered_by: str
    answered_at: datetime
    first_answered_at: datetime

    def is_late(self, due_at: datetime) -> bool:
        return self.first_answered_at > due_at

    @property
    def corrected(self) -> bool:
        return self.revision > 1


def read_answers(community: Community, unit: Unit, inputs: Mapping[str, object]) -> Answers:
    """Checks a whole form of the unit. Inputs of other names are left out: they are not asked of this unit."""
    values: dict[str, Figure] = {}
    mistakes: dict[str, Mistake] = {}
    typed: dict[str, str] = {}
    for asked in community.fields_of(unit):
        text = as_text(inputs.get(asked.key))
        read = read_field(asked, text)
        if isinstance(read, Mistake):
            mistakes[asked.key] = read
        elif read is not None:
            values[asked.key] = read
        if text and not contains_identity_number(text):
            typed[asked.key] = text
    return Answers(values, mistakes, typed)


def read_field(asked: Field, text: str) -> Figure | Mistake | None:
    """One input as a figure; None for an optional one left empty."""
    indicator = asked.indicator
    if contains_identity_number(text):
        return Mistake(Wrong.IDENTITY_NUMBER)
    if not text:
        return Mistake(Wrong.REQUIRED) if indicator.required else None
    match indicator.type:
        case IndicatorType.LEVEL:
            return _level(text)
        case IndicatorType.PERCENT:
            return _percent(text, indicator)
        case IndicatorType.TEXT:
            return text if len(text) <= indicator.max else Mistake(Wrong.TOO_LONG, indicator.max)
        case IndicatorType.COUNT | IndicatorType.COUNT_PER_MUNICIPALITY:
            return _count(text, indicator)


def as_text(value: object) -> str:
    """What a person typed, without the space and invisible marks around it; numbers as they are written.

    What cannot be stored is replaced and never just left out, else "3", a tab and "4" would become 34.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    if isinstance(value, int):
        value = max(-_HUGE, min(value, _HUGE))
    elif isinstance(value, float) and value.is_integer() and abs(value) < _HUGE:
        value = int(value)
    text = str(value).replace("\r\n", "\n").replace("\r", "\n").translate(_REPLACED).strip(_AROUND)
    # What is too long for any field is not worth the work of composing it.
    return unicodedata.normalize("NFC", text) if len(text) <= LONGEST_INPUT else text[: LONGEST_INPUT + 1]


def as_last_time(community: Community, unit: Unit, last: Mapping[str, Figure]) -> dict[str, Figure]:
    """The figures of the last round that are still asked. Free text is never copied: it belongs to its week."""
    figures = (asked for asked in community.fields_of(unit) if asked.indicator.type is not IndicatorType.TEXT)
    again = ((asked.key, read_field(asked, as_text(last.get(asked.key)))) for asked in figures)
    return {key: figure for key, figure in again if figure is not None and not isinstance(figure, Mistake)}


def lacks(community: Community, unit: Unit, values: Mapping[str, Figure]) -> list[Field]:
    """Required fields without a value."""
    return [f for f in community.fields_of(unit) if f.indicator.required and f.key not in values]


def _level(text: str) -> Figure | Mistake:
    level = _LEVELS.get(text.casefold().strip(" .!"))
    return level.value if level else Mistake(Wrong.NOT_A_LEVEL)


def _count(text: str, indicator: Indicator) -> Figure | Mistake:
    whole = re.fullmatch(r"\+?([0-9]{1,9})(?:[.,]0)?", text)
    if whole and (count := int(whole[1])) <= indicator.max:
        return count
    return Mistake(Wrong.NOT_A_COUNT, indicator.max)


def _percent(text: str, indicator: Indicator) -> Figure | Mistake:
    number = text.removesuffix("%").rstrip().replace(",", ".")
    if re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,2})?", number) and (percent := float(number)) <= indicator.max:
        return percent
    return Mistake(Wrong.NOT_A_PERCENT, indicator.max)


def known_at(revisions: Iterable[StatusReport], moment: datetime) -> dict[str, StatusReport]:
    """Unit → its newest revision as of `moment`: what was known then."""
    newest: dict[str, StatusReport] = {}
    for report in revisions:
        if report.answered_at <= moment and (
            report.unit not in newest or newest[report.unit].revision < report.revision
        ):
            newest[report.unit] = report
    return newest
