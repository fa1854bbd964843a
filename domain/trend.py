"""The course of the last meetings: which figures are followed, and how each stood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from domain.community import Community, Indicator, PreparednessLevel, UnitKind

MOST_MEETINGS = 8
MOST_FREE = 2
"""Totals of free places that are followed; there is room for no more on a phone."""


@dataclass(frozen=True, slots=True)
class Followed:
    """What is followed: the patients who wait (overliggere), the places that are free, and units by level."""

    waiting: tuple[Indicator, ...]
    free: tuple[Indicator, ...]
    levels: bool

    @property
    def all(self) -> tuple[Indicator, ...]:
        return (*self.waiting, *self.free)


@dataclass(frozen=True, slots=True)
class Meeting:
    """How things stood at one meeting. `totals` are by indicator: one that nobody has answered is not there.

    `levels` is how many units reported each level, `partial` the indicators that not everybody asked has answered.
    `after_gap`: between the meeting before and this one, another one was not held.
    """

    day: date
    totals: Mapping[str, int]
    levels: Mapping[PreparednessLevel, int]
    partial: frozenset[str]
    after_gap: bool = False


@dataclass(frozen=True, slots=True)
class Trend:
    followed: Followed
    meetings: tuple[Meeting, ...]  # the earliest first


@dataclass(frozen=True, slots=True)
class Course:
    """One figure in three: the first that there is, the highest, and the last."""

    first: int
    highest: int
    last: int


def followed(community: Community) -> Followed:
    """Chosen by what the community asks, not by name.

    Free places are the municipalities' totals that are not overliggere and have no thresholds: a figure with thresholds
    is one that is worse the higher it is.
    """
    keys = community.waiting_keys
    totals = [i for i in community.indicators if i.total and UnitKind.MUNICIPALITY in i.asks]
    waiting = [i for i in totals if i.key in keys]
    free = [i for i in totals if i.key not in keys and i.thresholds is None]
    levels = any(community.level_indicator(unit) for unit in community.units_asked)
    return Followed(tuple(waiting[:1]), tuple(free[:MOST_FREE]), levels)


def meeting(
    community: Community,
    day: date,
    totals: Mapping[str, int],
    levels: Mapping[str, PreparednessLevel | None],
    missing: frozenset[str],
) -> Meeting:
    """`levels` is by unit, `missing` the units that have not answered."""
    counted = Counter(level for level in levels.values() if level is not None)
    silent = [unit for unit in community.units if unit.key in missing]
    partial = frozenset(i.key for i in followed(community).all if any(i.asked_of(unit) for unit in silent))
    return Meeting(day, dict(totals), dict(counted), partial)


def with_gaps(meetings: list[Meeting], not_held: frozenset[date]) -> list[Meeting]:
    """The meetings, each told whether one fell out since the one before."""
    days = [m.day for m in meetings]
    before: list[date | None] = [None, *days[:-1]]
    return [
        replace(m, after_gap=then is not None and any(then < day < m.day for day in not_held))
        for m, then in zip(meetings, before, strict=True)
    ]


def course(values: list[int | None]) -> Course | None:
    """None when there is not one figure."""
    known = [value for value in values if value is not None]
    return Course(known[0], max(known), known[-1]) if known else None
