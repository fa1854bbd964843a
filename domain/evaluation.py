"""The evaluation of a demanding period: what is asked, when, and what the answers come to without anybody's name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from hashlib import sha256
from zoneinfo import ZoneInfo

from domain.identity_numbers import contains_identity_number
from domain.reports import as_text
from domain.working_time import instant, local_date, next_working_day

LONGEST_TEXT = 1000
SCALE = (1, 2, 3, 4, 5)
"""From wholly disagree to wholly agree."""

FEWEST = 3
"""With fewer answers than this an average would tell what somebody answered."""

REMINDED_AFTER = (3, 6)
CLOSED_AFTER = 10
"""Working days after the one on which the period ended (assumed)."""

REMINDED_AT = time(9)
CLOSED_AT = time(15)


class Question(StrEnum):
    """Each is a statement that one agrees with more or less; the value is also the input's id."""

    USEFUL = "useful"  # the meetings were of use for the flow of patients
    FREQUENCY = "frequency"  # they came as often as was needed
    PARTICIPANTS = "participants"  # the right people took part
    REPORTING = "reporting"  # the status form took little time
    FOLLOW_UP = "follow_up"  # what was agreed was followed up


class FreeText(StrEnum):
    WORKED = "worked"
    CHANGE = "change"


FIELDS: tuple[str, ...] = (*Question, *FreeText)


class Wrong(StrEnum):
    NOT_ON_SCALE = "not_on_scale"
    TOO_LONG = "too_long"
    IDENTITY_NUMBER = "identity_number"
    NOTHING = "nothing"  # not one question answered, nothing written


@dataclass(frozen=True, slots=True)
class EvaluationAnswer:
    """One person's answer, without the person. A question may be left out: not everybody fills in the status form."""

    scores: Mapping[Question, int] = field(default_factory=dict)
    texts: Mapping[FreeText, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EvaluationRead:
    """`answer` is there when nothing is wrong. `typed` is what may be shown again."""

    answer: EvaluationAnswer | None
    mistakes: Mapping[str, Wrong]
    typed: Mapping[str, str]


def read_evaluation(inputs: Mapping[str, object]) -> EvaluationRead:
    """Checks the whole form. A score is a whole number from 1 to 5, a text has at most 1,000 characters."""
    text = {key: as_text(inputs.get(key)) for key in FIELDS}
    typed = {key: value for key, value in text.items() if value and not contains_identity_number(value)}
    mistakes = {key: wrong for key, value in text.items() if value and (wrong := _wrong(key, value))}
    if not any(text.values()):
        mistakes[Question.USEFUL] = Wrong.NOTHING
    if mistakes:
        return EvaluationRead(None, mistakes, typed)
    scores = {question: int(text[question]) for question in Question if text[question]}
    texts = {kind: text[kind] for kind in FreeText if text[kind]}
    return EvaluationRead(EvaluationAnswer(scores, texts), {}, typed)


def _wrong(key: str, text: str) -> Wrong | None:
    if contains_identity_number(text):
        return Wrong.IDENTITY_NUMBER
    if key in set(Question):
        return None if re.fullmatch("[1-5]", text) else Wrong.NOT_ON_SCALE
    return Wrong.TOO_LONG if len(text) > LONGEST_TEXT else None


@dataclass(frozen=True, slots=True)
class EvaluationTimes:
    """UTC instants."""

    reminders: tuple[datetime, ...]
    closes_at: datetime


def times(ended_at: datetime, zone: ZoneInfo) -> EvaluationTimes:
    """When those who have not answered are reminded, and when the evaluation closes by itself.

    Counted in working days from the local day on which the period ended, which is not itself counted.
    """
    ended = local_date(ended_at, zone)
    return EvaluationTimes(
        reminders=tuple(instant(_working_days_after(ended, days), REMINDED_AT, zone) for days in REMINDED_AFTER),
        closes_at=instant(_working_days_after(ended, CLOSED_AFTER), CLOSED_AT, zone),
    )


def _working_days_after(day: date, count: int) -> date:
    for _ in range(count):
        day = next_working_day(day)
    return day


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The evaluation of one period; it is known by the period's id. Instants are UTC."""

    period: str
    opened_at: datetime
    closes_at: datetime
    closed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


@dataclass(frozen=True, slots=True)
class Score:
    """What one question's answers come to. `average` and `distribution` are None where too few answered it."""

    question: Question
    average: float | None  # two decimals
    distribution: tuple[int, ...] | None  # how many gave 1, 2, 3, 4 and 5


@dataclass(frozen=True, slots=True)
class EvaluationResult:
    """What may be told of an evaluation: before it has closed, or where fewer than `FEWEST` answered, how many only.

    Averages that change from day to day would tell what the last one answered.
    """

    invited: int
    answered: int
    closed: bool
    scores: tuple[Score, ...] = ()
    texts: Mapping[FreeText, tuple[str, ...]] = field(default_factory=dict)

    @property
    def too_few(self) -> bool:
        return self.closed and self.answered < FEWEST


def result_of(evaluation: Evaluation, invited: int, answers: Sequence[EvaluationAnswer]) -> EvaluationResult:
    """Averages and distributions, and the texts in an order that is always the same and says nothing of who or when."""
    closed = not evaluation.is_open
    if not closed or len(answers) < FEWEST:
        return EvaluationResult(invited, len(answers), closed)
    return EvaluationResult(
        invited,
        len(answers),
        closed,
        scores=tuple(_score(question, answers) for question in Question),
        texts={kind: _shuffled(evaluation.period, answers, kind) for kind in FreeText},
    )


def _score(question: Question, answers: Sequence[EvaluationAnswer]) -> Score:
    given = [answer.scores[question] for answer in answers if question in answer.scores]
    if len(given) < FEWEST:
        return Score(question, None, None)
    return Score(question, round(sum(given) / len(given), 2), tuple(given.count(n) for n in SCALE))


def _shuffled(period: str, answers: Sequence[EvaluationAnswer], kind: FreeText) -> tuple[str, ...]:
    texts = [answer.texts[kind] for answer in answers if kind in answer.texts]
    return tuple(sorted(texts, key=lambda text: sha256(f"{period}\n{text}".encode(errors="replace")).digest()))
