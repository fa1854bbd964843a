"""What a demanding period came to: meetings, answers, figures over time, actions, differences, cost.

The figures are those that were known when each meeting began. Nothing is carried from one meeting to the next, and
nothing is worked out for the days between: what was not reported has no figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import fmean, median

from domain.actions import ActionLine
from domain.community import Community, Indicator, IndicatorType, PreparednessLevel, Unit
from domain.differences import Difference, Reason
from domain.evaluation import EvaluationResult
from domain.periods import DemandingPeriod, LevelChange
from domain.reports import StatusReport
from domain.rounds import Round
from domain.summary import Discrepancy, Reports, Summary, summarise
from domain.working_time import local_date

Figure = int | float | PreparednessLevel


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting that was held. By unit: what was known when it began, and the newest answer there is.

    `put` are the differences that were put to both sides before it, as they stood when it began.
    """

    round: Round
    known: Reports
    answers: Reports
    put: Sequence[Difference] = ()


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that a period left behind. `called_off` and `dropped` are meetings that were not held.

    `until` is the instant (UTC) that the report is as of: the end of the period, or now.
    """

    community: Community
    period: DemandingPeriod
    until: datetime
    meetings: Sequence[Meeting]  # by time
    called_off: int = 0
    dropped: Sequence[date] = ()  # fell on a day off
    levels: Sequence[LevelChange] = ()  # the oldest first
    actions: Sequence[ActionLine] = ()
    evaluation: EvaluationResult | None = None


@dataclass(frozen=True, slots=True)
class Total:
    """A sum over those who had answered. `complete`: everybody who is asked had."""

    value: int | None
    complete: bool


@dataclass(frozen=True, slots=True)
class Held:
    """One meeting in the report; `cost` is in kroner a day, None without a rate or an answer."""

    day: date
    answered: int
    asked: int
    cost: int | None


@dataclass(frozen=True, slots=True)
class Course:
    """One question over the meetings, in their order. `totals` is there for those that are added up."""

    indicator: Indicator
    units: tuple[tuple[Unit, tuple[Figure | None, ...]], ...]
    totals: tuple[Total, ...]


@dataclass(frozen=True, slots=True)
class UnitAnswers:
    """How a unit answered, in meetings. `time_to_answer` is the median from the opening to the first answer."""

    unit: Unit
    in_time: int
    late: int
    missing: int
    time_to_answer: timedelta | None


@dataclass(frozen=True, slots=True)
class Rate:
    """A municipality's mean over the meetings at which it had answered, per 1,000 inhabitants."""

    unit: Unit
    per_thousand: Mapping[str, float]  # by indicator


@dataclass(frozen=True, slots=True)
class UnitDifferences:
    """At how many meetings a municipality and the hospital differed, and by how much at most (hospital less own)."""

    unit: Unit
    meetings: int
    largest: int


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of the differences that were put to both sides: `reasons` counts why those that stand do.

    One that stands for two reasons is counted with both; words without a reason are another reason.
    """

    cleared: int
    stand: int
    unanswered: int
    reasons: Mapping[Reason, int]

    @property
    def asked(self) -> int:
        return self.cleared + self.stand + self.unanswered


@dataclass(frozen=True, slots=True)
class Cost:
    """Kroner a day, added over the meetings' own days: so many of them have a sum."""

    total: int
    meetings: int


@dataclass(frozen=True, slots=True)
class PeriodReport:
    community: Community
    period: DemandingPeriod
    until: datetime
    meetings: tuple[Held, ...]
    called_off: int
    dropped: tuple[date, ...]
    courses: tuple[Course, ...]
    answers: tuple[UnitAnswers, ...]
    time_to_answer: timedelta | None
    rates: tuple[Rate, ...]
    days_by_level: Mapping[PreparednessLevel, int]
    actions: tuple[ActionLine, ...]
    differences: tuple[UnitDifferences, ...]
    settled: Settled
    cost: Cost | None
    evaluation: EvaluationResult | None

    @property
    def in_time(self) -> int:
        return sum(unit.in_time for unit in self.answers)

    @property
    def late(self) -> int:
        return sum(unit.late for unit in self.answers)

    @property
    def missing(self) -> int:
        return sum(unit.missing for unit in self.answers)

    @property
    def asked(self) -> int:
        """Answers that were asked for: units times meetings."""
        return self.in_time + self.late + self.missing


def report_on(material: Material) -> PeriodReport:
    """The report of a period, or of a running one so far. Its work grows with the number of figures, not faster."""
    community, zone = material.community, material.community.zone
    days = [local_date(meeting.round.meeting_at, zone) for meeting in material.meetings]
    summaries = [
        summarise(community, meeting.known, {}, day.year) for meeting, day in zip(material.meetings, days, strict=True)
    ]
    courses = tuple(_courses(community, material.meetings, summaries))
    costs = [summary.cost_nok_per_day for summary in summaries if summary.cost_nok_per_day is not None]
    return PeriodReport(
        community=community,
        period=material.period,
        until=material.until,
        meetings=tuple(
            Held(day, summary.answered, len(summary.lines), summary.cost_nok_per_day)
            for day, summary in zip(days, summaries, strict=True)
        ),
        called_off=material.called_off,
        dropped=tuple(material.dropped),
        courses=courses,
        answers=tuple(_unit_answers(unit, material.meetings) for unit in community.units_asked),
        time_to_answer=_median(_times([r for m in material.meetings for r in m.answers.values()], material.meetings)),
        rates=tuple(_rates(courses)),
        days_by_level=days_by_level(material),
        actions=tuple(material.actions),
        differences=tuple(_differences(community, [s.discrepancies.found for s in summaries])),
        settled=_settled([difference for meeting in material.meetings for difference in meeting.put]),
        cost=Cost(sum(costs), len(costs)) if costs else None,
        evaluation=material.evaluation,
    )


def _courses(community: Community, meetings: Sequence[Meeting], summaries: Sequence[Summary]) -> list[Course]:
    """Every question but the free texts, of every unit that is asked it."""
    by_unit = [{line.unit.key: {f.indicator.key: f.value for f in line.figures} for line in s.lines} for s in summaries]
    totals = [{total.indicator.key: total.value for total in summary.totals} for summary in summaries]
    found = []
    for indicator in community.indicators:
        if indicator.type is IndicatorType.TEXT:
            continue
        units = community.units_of(indicator)
        figures = tuple(
            (
                unit,
                tuple(
                    _level(meeting.known.get(unit.key), indicator)
                    if indicator.type is IndicatorType.LEVEL
                    else known[unit.key].get(indicator.key)
                    for meeting, known in zip(meetings, by_unit, strict=True)
                ),
            )
            for unit in units
        )
        sums = tuple(
            Total(total.get(indicator.key), all(unit.key in meeting.known for unit in units))
            for total, meeting in zip(totals, meetings, strict=True)
        )
        found.append(Course(indicator, figures, sums if indicator.total else ()))
    return found


def _level(report: StatusReport | None, indicator: Indicator) -> PreparednessLevel | None:
    value = report.values.get(indicator.key) if report else None
    return PreparednessLevel(value) if value in set(PreparednessLevel) else None


def _unit_answers(unit: Unit, meetings: Sequence[Meeting]) -> UnitAnswers:
    given = [meeting.answers.get(unit.key) for meeting in meetings]
    late = sum(
        report is not None and report.is_late(meeting.round.due_at)
        for report, meeting in zip(given, meetings, strict=True)
    )
    missing = sum(report is None for report in given)
    times = _times([report for report in given if report is not None], meetings)
    return UnitAnswers(unit, len(meetings) - late - missing, late, missing, _median(times))


def _times(reports: Sequence[StatusReport], meetings: Sequence[Meeting]) -> list[float]:
    """Seconds from the opening of a round to each first answer."""
    opened = {meeting.round.id: meeting.round.opens_at for meeting in meetings}
    return [max(0.0, (report.first_answered_at - opened[report.round]).total_seconds()) for report in reports]


def _median(seconds: Sequence[float]) -> timedelta | None:
    return timedelta(seconds=median(seconds)) if seconds else None


def _rates(courses: Sequence[Course]) -> list[Rate]:
    """Of the counts that municipalities report and that are added up; where no population is known there is none."""
    found: dict[str, tuple[Unit, dict[str, float]]] = {}
    for course in courses:
        if not course.totals or course.indicator.type is not IndicatorType.COUNT:
            continue
        for unit, figures in course.units:
            counts = [figure for figure in figures if isinstance(figure, int | float)]
            if unit.population and counts:
                mean = fmean(counts) * 1000 / unit.population
                found.setdefault(unit.key, (unit, {}))[1][course.indicator.key] = round(mean, 2)
    return [Rate(unit, rates) for unit, rates in found.values()]


def days_by_level(material: Material) -> dict[PreparednessLevel, int]:
    """Local days from the start of the period to `until`, both counted; each stands at the level that it ended at."""
    zone = material.community.zone
    last = local_date(material.until, zone)
    first = material.levels[0].before if material.levels else material.period.level
    changes = [(local_date(material.period.started_at, zone), first)]
    changes += [(local_date(change.at, zone), change.after) for change in material.levels]
    found = dict.fromkeys(PreparednessLevel, 0)
    ends = [*(day for day, _ in changes[1:]), last + timedelta(days=1)]
    for (day, level), until in zip(changes, ends, strict=True):
        found[level] += max(0, (until - day).days)
    return {level: days for level, days in found.items() if days}


def _differences(community: Community, found: Sequence[Sequence[Discrepancy]]) -> list[UnitDifferences]:
    by_unit: dict[str, list[int]] = {}
    for differences in found:
        for difference in differences:
            by_unit.setdefault(difference.unit, []).append(difference.difference)
    return [
        UnitDifferences(unit, len(by_unit[unit.key]), max(by_unit[unit.key], key=abs))
        for unit in community.municipalities
        if unit.key in by_unit
    ]


def _settled(put: Sequence[Difference]) -> Settled:
    standing = [difference for difference in put if difference.figures.differ]
    why = [{o.stand.reason or Reason.OTHER for o in difference.outcomes if o.stand} for difference in standing]
    counted = {reason: sum(reason in reasons for reasons in why) for reason in Reason}
    answered = sum(bool(reasons) for reasons in why)
    return Settled(
        cleared=len(put) - len(standing),
        stand=answered,
        unanswered=len(standing) - answered,
        reasons={reason: count for reason, count in counted.items() if count},
    )
