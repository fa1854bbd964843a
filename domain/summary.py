"""What a round's answers add up to: totals, changes, differences, order of speaking, cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from domain.community import Community, Indicator, IndicatorType, PreparednessLevel, Unit
from domain.reports import StatusReport

Reports = Mapping[str, StatusReport]
"""Unit key → its report."""


@dataclass(frozen=True, slots=True)
class Total:
    """A sum over the units that answered. `change` compares the units that answered both times, else None."""

    indicator: Indicator
    value: int
    change: int | None
    like_for_like: bool  # the same units stand behind value and change


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Patients reported by municipality and hospital; `difference` is hospital less municipality, never 0."""

    unit: str
    indicator: str
    municipality: int
    hospital: int

    @property
    def difference(self) -> int:
        return self.hospital - self.municipality


@dataclass(frozen=True, slots=True)
class Discrepancies:
    found: tuple[Discrepancy, ...]
    pending: tuple[str, ...]  # municipalities where somebody has yet to answer


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A unit's figure in the summary; `level` where the indicator has thresholds."""

    indicator: Indicator
    value: int | float
    change: int | float | None
    level: PreparednessLevel | None


@dataclass(frozen=True, slots=True)
class UnitLine:
    unit: Unit
    report: StatusReport | None
    level: PreparednessLevel | None
    level_before: PreparednessLevel | None
    figures: tuple[KeyFigure, ...]
    texts: tuple[str, ...]  # needs and proposals, in the unit's own words

    @property
    def worsening(self) -> float:
        """How much worse since last round, in widths of the indicator's yellow band: the largest of its figures.

        So two more overliggere (yellow from 3, red from 6) weigh as much as occupancy up by 6.7 points (90, 100).
        """
        worse = [
            figure.change / (figure.indicator.thresholds.red - figure.indicator.thresholds.yellow)
            for figure in self.figures
            if figure.change is not None and figure.indicator.thresholds is not None
        ]
        if self.level is not None and self.level_before is not None:
            worse.append(float(self.level.severity - self.level_before.severity))
        return max(worse, default=0.0)


@dataclass(frozen=True, slots=True)
class Summary:
    totals: tuple[Total, ...]
    lines: tuple[UnitLine, ...]  # every unit that is asked, in the order of the community file
    discrepancies: Discrepancies
    cost_nok_per_day_by_unit: Mapping[str, int] | None  # of the municipalities that answered; None: no rate

    @property
    def cost_nok_per_day(self) -> int | None:
        """All municipalities' together; None without a rate, or before anybody has answered."""
        return sum(self.cost_nok_per_day_by_unit.values()) if self.cost_nok_per_day_by_unit else None

    @property
    def missing(self) -> tuple[Unit, ...]:
        return tuple(line.unit for line in self.lines if line.report is None)

    @property
    def answered(self) -> int:
        return len(self.lines) - len(self.missing)

    @property
    def speaking_order(self) -> tuple[UnitLine, ...]:
        """Who should speak first: red before yellow, then the largest worsening; green only if it got worse."""
        concerned = [
            line
            for line in self.lines
            if line.level is not None and (line.level is not PreparednessLevel.GREEN or line.worsening > 0)
        ]
        return tuple(sorted(concerned, key=lambda line: (-_severity(line.level), -line.worsening)))


def summarise(community: Community, reports: Reports, previous: Reports, year: int) -> Summary:
    """The picture of one round. `previous` are the last round's reports, `year` decides the day rate."""
    return Summary(
        totals=tuple(totals(community, reports, previous)),
        lines=tuple(_line(community, unit, reports, previous) for unit in community.units_asked),
        discrepancies=discrepancies(community, reports),
        cost_nok_per_day_by_unit=cost_by_unit(community, reports, year),
    )


def totals(community: Community, reports: Reports, previous: Reports) -> list[Total]:
    """Sums of the indicators marked as totals; one that nobody has answered gives none."""
    found = []
    for indicator in (i for i in community.indicators if i.total):
        now, then = _counts(indicator, reports), _counts(indicator, previous)
        if not now:
            continue
        both = now.keys() & then.keys()
        change = sum(now[unit] - then[unit] for unit in both) if both else None
        found.append(Total(indicator, sum(now.values()), change, now.keys() == then.keys()))
    return found


def discrepancies(community: Community, reports: Reports) -> Discrepancies:
    """What hospital and municipalities report differently, once both sides have answered in full.

    Payment follows the municipality of stay, national statistics that of residence, so a difference is a question to
    both sides and not an error.
    """
    found: list[Discrepancy] = []
    pending: list[str] = []
    for indicator in (i for i in community.indicators if i.reconciles):
        counterpart = next(i for i in community.indicators if i.key == indicator.reconciles)
        clinics = community.units_of(indicator)
        for municipality in (m for m in community.municipalities if clinics and counterpart.asked_of(m)):
            theirs = [_count(reports, clinic.key, f"{indicator.key}.{municipality.key}") for clinic in clinics]
            own = _count(reports, municipality.key, counterpart.key)
            counted = [count for count in theirs if count is not None]
            if own is None or len(counted) < len(theirs):
                pending.append(municipality.key)
            elif sum(counted) != own:
                found.append(Discrepancy(municipality.key, counterpart.key, own, sum(counted)))
    return Discrepancies(tuple(found), tuple(dict.fromkeys(pending)))


def cost_by_unit(community: Community, reports: Reports, year: int) -> dict[str, int] | None:
    """Municipality → kroner a day for the overliggere that it reports, at the year's rate; no rate, no sum.

    Overliggere is the indicator that the hospital's figures are held against, or the one of that name.
    """
    rate = community.day_rates.get(year)
    if rate is None:
        return None
    keys = community.waiting_keys
    paying = {municipality.key for municipality in community.municipalities}
    found: dict[str, int] = {}
    for indicator in (i for i in community.indicators if i.key in keys):
        for unit, count in _counts(indicator, reports).items():
            if unit in paying:
                found[unit] = found.get(unit, 0) + rate * count
    return found


def _line(community: Community, unit: Unit, reports: Reports, previous: Reports) -> UnitLine:
    report = reports.get(unit.key)
    return UnitLine(
        unit=unit,
        report=report,
        level=_level(community, unit, report),
        level_before=_level(community, unit, previous.get(unit.key)),
        figures=tuple(_figures(community, unit, report, previous.get(unit.key))) if report else (),
        texts=tuple(_texts(community, unit, report)) if report else (),
    )


def _level(community: Community, unit: Unit, report: StatusReport | None) -> PreparednessLevel | None:
    indicator = community.level_indicator(unit)
    value = report.values.get(indicator.key) if report and indicator else None
    # A stored answer may be older than the community file, and its question have been of another type.
    return PreparednessLevel(value) if value in set(PreparednessLevel) else None


def _figures(community: Community, unit: Unit, report: StatusReport, before: StatusReport | None) -> list[KeyFigure]:
    found = []
    for indicator in community.asked_of(unit):
        value = _figure(community, indicator, report)
        if value is None:
            continue
        last = _figure(community, indicator, before) if before else None
        level = indicator.thresholds.level(value) if indicator.thresholds else None
        found.append(KeyFigure(indicator, value, round(value - last, 2) if last is not None else None, level))
    return found


def _figure(community: Community, indicator: Indicator, report: StatusReport) -> int | float | None:
    if indicator.type is IndicatorType.COUNT_PER_MUNICIPALITY:
        parts = [report.values.get(f"{indicator.key}.{m.key}") for m in community.municipalities]
        numbers = [part for part in parts if isinstance(part, int)]
        return sum(numbers) if numbers else None
    value = report.values.get(indicator.key)
    return value if isinstance(value, int | float) else None


def _texts(community: Community, unit: Unit, report: StatusReport) -> list[str]:
    asked = (i for i in community.asked_of(unit) if i.type is IndicatorType.TEXT)
    return [str(report.values[i.key]) for i in asked if report.values.get(i.key)]


def _counts(indicator: Indicator, reports: Reports) -> dict[str, int]:
    values = ((unit, report.values.get(indicator.key)) for unit, report in reports.items())
    return {unit: value for unit, value in values if isinstance(value, int)}


def _count(reports: Reports, unit: str, key: str) -> int | None:
    value = reports[unit].values.get(key) if unit in reports else None
    return value if isinstance(value, int) else None


def _severity(level: PreparednessLevel | None) -> int:
    return level.severity if level else -1
