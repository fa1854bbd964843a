"""What becomes of a difference between a municipality's figure and the hospital's.

Payment follows the municipality of stay, national statistics that of residence: a difference is a question to both
sides, not an error. Each side corrects its figure, or says why it stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.community import Community, Indicator, Unit
from domain.identity_numbers import contains_identity_number
from domain.reports import StatusReport, as_text
from domain.rounds import Round

LONGEST_BECAUSE = 300
SETTLED_AFTER = timedelta(minutes=10)
"""People correct within minutes of answering: nobody is asked of what may be gone by then."""


class Side(StrEnum):
    MUNICIPALITY = "municipality"
    HOSPITAL = "hospital"


class Reason(StrEnum):
    """Why a figure stands."""

    RESIDENCE = "bosted"  # residence and stay are not in the same municipality
    TIMING = "tidspunkt"  # counted at different times
    OTHER = "annet"  # in words


class Wrong(StrEnum):
    REQUIRED = "required"
    WORDS_NEEDED = "words_needed"
    NOT_A_CHOICE = "not_a_choice"
    TOO_LONG = "too_long"
    IDENTITY_NUMBER = "identity_number"


@dataclass(frozen=True, slots=True)
class Figures:
    """What is held against each other: a municipality's figure, and for it the figure of every clinic that is asked."""

    municipality: str
    indicator: str
    own: int
    clinics: Mapping[str, int]

    @property
    def hospital(self) -> int:
        return sum(self.clinics.values())

    @property
    def differ(self) -> bool:
        return self.own != self.hospital

    def of(self, unit: str) -> int | None:
        return self.own if unit == self.municipality else self.clinics.get(unit)

    def side_of(self, unit: str) -> Side:
        return Side.MUNICIPALITY if unit == self.municipality else Side.HOSPITAL

    @property
    def put_to(self) -> tuple[str, ...]:
        """The municipality, and the clinics that report patients for it; all that are asked if none does."""
        reporting = tuple(unit for unit, count in self.clinics.items() if count)
        return (self.municipality, *(reporting or tuple(self.clinics)))


@dataclass(frozen=True, slots=True)
class Question:
    """That a difference was put to both sides, and the figures as they then were."""

    round: str
    asked_at: datetime
    figures: Figures


@dataclass(frozen=True, slots=True)
class Stand:
    """One revision of a unit's word that its figure stands; it holds for that figure and no other."""

    round: str
    municipality: str
    indicator: str
    unit: str
    revision: int
    figure: int
    reason: Reason | None
    because: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of the question at one unit: corrected from one figure to another, or why it stands, or both."""

    unit: str
    side: Side
    corrected: tuple[int, int] | None
    stand: Stand | None


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference that was put to both sides, as it now stands; it may have gone."""

    question: Question
    figures: Figures
    outcomes: tuple[Outcome, ...]

    @property
    def is_open(self) -> bool:
        """The figures differ, and one of the sides has not said anything."""
        return self.figures.differ and {outcome.side for outcome in self.outcomes} != set(Side)


def compared(community: Community, reports: Mapping[str, StatusReport]) -> list[Figures]:
    """Every pair of figures where the municipality and all clinics that are asked have answered."""
    found = []
    for indicator, counterpart, clinics in _comparisons(community):
        for municipality in (m for m in community.municipalities if counterpart.asked_of(m)):
            own = _count(reports, municipality.key, counterpart.key)
            theirs = {c.key: _count(reports, c.key, f"{indicator.key}.{municipality.key}") for c in clinics}
            counted = {unit: count for unit, count in theirs.items() if count is not None}
            if own is not None and len(counted) == len(theirs):
                found.append(Figures(municipality.key, counterpart.key, own, counted))
    return found


def touched(community: Community, unit: Unit, before: StatusReport | None, after: StatusReport) -> list[str]:
    """The municipalities whose comparison a new answer of the unit changes."""
    found = []
    for indicator, counterpart, clinics in _comparisons(community):
        keys = {m.key: f"{indicator.key}.{m.key}" for m in community.municipalities} if unit in clinics else {}
        if counterpart.asked_of(unit):
            keys[unit.key] = counterpart.key
        found += [m for m, key in keys.items() if (before.values.get(key) if before else None) != after.values.get(key)]
    return list(dict.fromkeys(found))


def ready_at(figures: Figures, reports: Mapping[str, StatusReport], round_: Round) -> datetime:
    """When a difference is put to both sides: as the last answer it needs has stood for a while, or at the deadline."""
    last = max(reports[unit].answered_at for unit in (figures.municipality, *figures.clinics))
    settled = last + SETTLED_AFTER
    return min(settled, round_.due_at) if last < round_.due_at else settled


def differences(
    community: Community,
    reports: Mapping[str, StatusReport],
    questions: Sequence[Question],
    stands: Sequence[Stand],
) -> tuple[Difference, ...]:
    """What came of each question so far, in the order of the municipalities."""
    by_pair = {(q.figures.municipality, q.figures.indicator): q for q in questions}
    pairs = [(by_pair.get((now.municipality, now.indicator)), now) for now in compared(community, reports)]
    return tuple(Difference(q, now, _outcomes(q, now, stands)) for q, now in pairs if q is not None)


def _outcomes(question: Question, now: Figures, stands: Sequence[Stand]) -> tuple[Outcome, ...]:
    found = []
    for unit in (now.municipality, *now.clinics):
        figure, then = now.of(unit), question.figures.of(unit)
        corrected = (then, figure) if then is not None and figure is not None and then != figure else None
        own = [s for s in stands if (s.municipality, s.indicator, s.unit) == (now.municipality, now.indicator, unit)]
        newest = max(own, key=lambda s: s.revision, default=None)
        stand = newest if newest is not None and newest.figure == figure else None
        if corrected or stand:
            found.append(Outcome(unit, now.side_of(unit), corrected, stand))
    return tuple(found)


# The form that says why a figure stands


@dataclass(frozen=True, slots=True)
class StandForm:
    """`mistakes` by field; `typed` is what may be shown again."""

    reason: Reason | None
    because: str
    mistakes: Mapping[str, Wrong]
    typed: Mapping[str, str]


def read_stand(inputs: Mapping[str, object]) -> StandForm:
    """A reason of the list, or words, or both; the reason `annet` needs words."""
    chosen, because = as_text(inputs.get("reason")), as_text(inputs.get("because"))
    mistakes: dict[str, Wrong] = {}
    reason = Reason(chosen) if chosen in set(Reason) else None
    if chosen and reason is None:
        mistakes["reason"] = Wrong.NOT_A_CHOICE
    if contains_identity_number(because):
        mistakes["because"] = Wrong.IDENTITY_NUMBER
    elif len(because) > LONGEST_BECAUSE:
        mistakes["because"] = Wrong.TOO_LONG
    elif not because and not mistakes and reason in (None, Reason.OTHER):
        mistakes["because"] = Wrong.WORDS_NEEDED if reason else Wrong.REQUIRED
    both = {"reason": chosen if reason else "", "because": because}
    typed = {key: text for key, text in both.items() if text and not contains_identity_number(text)}
    return StandForm(reason, because, mistakes, typed)


def _comparisons(community: Community) -> list[tuple[Indicator, Indicator, tuple[Unit, ...]]]:
    """What is asked of the clinics per municipality, what it is held against, and the clinics that are asked."""
    by_key = {indicator.key: indicator for indicator in community.indicators}
    asked = [(i, by_key[i.reconciles], community.units_of(i)) for i in by_key.values() if i.reconciles]
    return [(indicator, counterpart, clinics) for indicator, counterpart, clinics in asked if clinics]


def _count(reports: Mapping[str, StatusReport], unit: str, key: str) -> int | None:
    value = reports[unit].values.get(key) if unit in reports else None
    return value if isinstance(value, int) else None
