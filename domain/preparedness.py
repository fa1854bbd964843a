"""The preparedness level that a round's figures suggest, and why. The coordinator sets the level; this never does.

The papers name the levels and not where they begin, so the rules are defaults (assumed) that a community can change:

- red: at least half of the municipalities, or of the clinics, report red; or a figure that decides (an occupancy) is
  at its red threshold in one unit;
- yellow: somebody reports red; or at least a third of the municipalities, or of the clinics, report yellow or red; or
  a figure is at its yellow threshold;
- green otherwise. Nobody has answered: no suggestion.

Shares are of those that are asked, so who has not answered never raises the level, and an answer never lowers it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from domain.community import Community, Indicator, PreparednessLevel, UnitKind
from domain.summary import Summary, UnitLine

GREEN, YELLOW, RED = PreparednessLevel


@dataclass(frozen=True, slots=True)
class UnitsReport:
    """So many of the units of a kind that are asked their level report this one."""

    kind: UnitKind
    level: PreparednessLevel
    count: int
    of: int


@dataclass(frozen=True, slots=True)
class FigureReaches:
    """The highest figure of an indicator is at a threshold."""

    indicator: Indicator
    value: int | float
    level: PreparednessLevel


@dataclass(frozen=True, slots=True)
class AllWell:
    """None of so many who answered reports anything but green."""

    answered: int


Reason = UnitsReport | FigureReaches | AllWell


@dataclass(frozen=True, slots=True)
class Suggestion:
    level: PreparednessLevel
    reasons: tuple[Reason, ...]


def suggest(community: Community, summary: Summary) -> Suggestion | None:
    """The level that the answers so far suggest, with what it follows from; None when nobody has answered."""
    if not summary.answered:
        return None
    rules = community.preparedness
    kinds = [_Kind(community, kind, summary.lines) for kind in UnitKind]
    highest = _highest(community, summary.lines)
    many_red = [kind.report(RED) for kind in kinds if kind.share(RED) >= rules.red_share]
    decisive = [figure for figure in highest if figure.level is RED and community.decides(figure.indicator)]
    if many_red or decisive:
        return Suggestion(RED, (*many_red, *decisive))
    some_red = [kind.report(RED) for kind in kinds if kind.count(RED)]
    many_yellow = [
        kind.report(YELLOW) for kind in kinds if kind.count(YELLOW) and kind.share(YELLOW, RED) >= rules.yellow_share
    ]
    if some_red or many_yellow or highest:
        return Suggestion(YELLOW, (*some_red, *many_yellow, *highest))
    few_yellow = [kind.report(YELLOW) for kind in kinds if kind.count(YELLOW)]
    return Suggestion(GREEN, tuple(few_yellow) or (AllWell(summary.answered),))


class _Kind:
    """The municipalities, or the clinics, that are asked for their level."""

    def __init__(self, community: Community, kind: UnitKind, lines: Iterable[UnitLine]) -> None:
        self._kind = kind
        self._levels = [
            line.level for line in lines if line.unit.kind is kind and community.level_indicator(line.unit) is not None
        ]

    def count(self, *levels: PreparednessLevel) -> int:
        return sum(level in levels for level in self._levels)

    def share(self, *levels: PreparednessLevel) -> float:
        """Percent."""
        return 100 * self.count(*levels) / len(self._levels) if self._levels else 0.0

    def report(self, level: PreparednessLevel) -> UnitsReport:
        return UnitsReport(self._kind, level, self.count(level), len(self._levels))


def _highest(community: Community, lines: Iterable[UnitLine]) -> list[FigureReaches]:
    """Of each indicator the highest figure that is at a threshold, in the order of the community file."""
    reached = [figure for line in lines for figure in line.figures if figure.level not in (None, GREEN)]
    found = []
    for indicator in community.indicators:
        figures = (figure for figure in reached if figure.indicator.key == indicator.key)
        worst = max(figures, key=lambda figure: figure.value, default=None)
        if worst is not None and worst.level is not None:
            found.append(FigureReaches(indicator, worst.value, worst.level))
    return found
