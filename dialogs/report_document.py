"""The report of a period as a document: sections of sentences, a chart, tables, and what was written in free text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from dialogs.chart import Chart
from dialogs.crisis import reasons_text
from dialogs.speech import Speech
from dialogs.words import level_word
from domain.community import PreparednessLevel, Unit, UnitKind
from domain.evaluation import SCALE, EvaluationResult
from domain.period_report import Course, PeriodReport, Total
from domain.working_time import local_date
from services.messages import Json

MOST_COLUMNS = 8
"""As many meetings stand side by side on a page; the next ones in a table below."""
NOTHING = "–"

Table = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report; `points` are bulleted, a heading that is `below` another belongs to it."""

    heading: str
    lines: Sequence[str] = ()
    chart: Chart | None = None
    tables: Sequence[Table] = ()
    points: Sequence[str] = ()
    below: bool = False

    @property
    def context(self) -> dict[str, Json]:
        chart: Json = {"name": self.chart.name, "alt": self.chart.alt} if self.chart else None
        return {
            "heading": self.heading,
            "below": self.below,
            "lines": list(self.lines),
            "chart": chart,
            "tables": list(self.tables),
            "points": list(self.points),
        }


@dataclass(frozen=True, slots=True)
class ReportDocument:
    """What the templates are filled in with, and the charts that it names."""

    context: dict[str, Json]
    charts: Sequence[Chart] = field(default_factory=tuple)


def report_document(speech: Speech, report: PeriodReport, now: datetime) -> ReportDocument:
    sections = list(_sections(speech, report))
    context: dict[str, Json] = {
        "title": title(speech, report),
        "community": report.community.name,
        "state": state(speech, report, now),
        "words": words(speech),
        "facts": [{"name": name, "value": value} for name, value in facts(speech, report)],
        "sections": [section.context for section in sections],
    }
    return ReportDocument(context, [section.chart for section in sections if section.chart])


def words(speech: Speech) -> dict[str, Json]:
    return {"page": speech.say("minutes.word.page")}


def title(speech: Speech, report: PeriodReport) -> str:
    first, last = span(report)
    return speech.say("report.title", first=speech.short(first), last=speech.short(last))


def span(report: PeriodReport) -> tuple[date, date]:
    """The first and the last meeting's day."""
    if not report.meetings:
        return report.period.first_meeting, local_date(report.until, report.community.zone)
    return report.meetings[0].day, report.meetings[-1].day


def state(speech: Speech, report: PeriodReport, now: datetime) -> str:
    at = speech.date(local_date(now, report.community.zone))
    return speech.say("report.final" if report.period.ended_at else "report.so_far", at=at)


def facts(speech: Speech, report: PeriodReport) -> Iterator[tuple[str, str]]:
    """The report in a few lines: what a leader reads who reads nothing else."""
    yield speech.say("report.fact.reason"), reasons_text(speech, report.period)
    yield speech.say("report.fact.held"), speech.number(len(report.meetings))
    if report.dropped:
        yield speech.say("report.fact.dropped"), speech.listing([speech.day(day) for day in report.dropped])
    if report.called_off:
        yield speech.say("report.fact.called_off"), speech.number(report.called_off)
    yield speech.say("report.fact.levels"), speech.listing(list(_levels(speech, report)))
    if report.asked:
        yield speech.say("report.fact.answers"), answers_text(speech, report)
    if report.time_to_answer is not None:
        yield speech.say("report.fact.time_to_answer"), speech.span(report.time_to_answer)
    if report.actions:
        yield speech.say("report.fact.actions"), actions_text(speech, report)
    if report.cost is not None:
        yield speech.say("report.fact.cost"), speech.say("summary.kroner", amount=speech.number(report.cost.total))
    if report.evaluation is not None:
        yield speech.say("report.fact.evaluation"), evaluation_count(speech, report.evaluation)


def answers_text(speech: Speech, report: PeriodReport) -> str:
    return speech.say(
        "report.answers",
        in_time=percent(speech, report.in_time, report.asked),
        late=percent(speech, report.late, report.asked),
        missing=percent(speech, report.missing, report.asked),
    )


def percent(speech: Speech, part: int, whole: int) -> str:
    return speech.say("report.percent", value=speech.number(round(100 * part / whole)))


def actions_text(speech: Speech, report: PeriodReport) -> str:
    standing = [str(action.standing) for action in report.actions]
    counted = [(speech.say(f"report.standing.{s}"), standing.count(s)) for s in dict.fromkeys(standing)]
    return ", ".join(f"{name}: {speech.number(count)}" for name, count in counted)


def evaluation_count(speech: Speech, result: EvaluationResult) -> str:
    return speech.say("evaluation.count", answered=result.answered, of=result.invited)


def _levels(speech: Speech, report: PeriodReport) -> Iterator[str]:
    for level, days in report.days_by_level.items():
        yield f"{level_word(speech, level)} {speech.many('common.days', days)}"


def course_text(speech: Speech, course: Course, days: Sequence[date]) -> str:
    """How a total went, in words; empty when nobody has answered."""
    answered = [(total.value, day) for total, day in zip(course.totals, days, strict=True) if total.value is not None]
    if not answered:
        return ""
    highest, day = max(answered, key=lambda point: point[0])
    return speech.say(
        "replay.course",
        name=course.indicator.name(speech.language),
        first=speech.number(answered[0][0]),
        highest=speech.number(highest),
        day=speech.day(day),
        last=speech.number(answered[-1][0]),
    )


# The sections


def _sections(speech: Speech, report: PeriodReport) -> Iterator[Section]:
    yield _meetings(speech, report)
    yield Section(speech.say("report.heading.figures"), [speech.say("report.as_known"), speech.say("report.no_answer")])
    for number, course in enumerate(report.courses, 1):
        yield _course(speech, report, course, number)
    if report.rates:
        yield _rates(speech, report)
    yield _answers(speech, report)
    if report.actions:
        yield _actions(speech, report)
    if report.differences or report.settled.asked:
        yield _differences(speech, report)
    if report.cost is not None:
        yield _cost(speech, report)
    if report.evaluation is not None:
        yield _evaluation(speech, report.evaluation)


def _meetings(speech: Speech, report: PeriodReport) -> Section:
    """A row for the answers and for each total, a column for each meeting."""
    rows = [(speech.say("report.answered"), [f"{m.answered}/{m.asked}" for m in report.meetings])]
    rows += [
        (course.indicator.name(speech.language), [_total(speech, total) for total in course.totals])
        for course in report.courses
        if course.totals
    ]
    if report.cost is not None:
        costs = [NOTHING if m.cost is None else speech.number(m.cost) for m in report.meetings]
        rows.append((speech.say("report.cost_per_day"), costs))
    partly = any(not total.complete for course in report.courses for total in course.totals)
    lines = [speech.say("replay.no_meeting", day=speech.day(day)) for day in report.dropped]
    lines += [speech.say("replay.partly")] if partly else []
    return Section(speech.say("replay.meetings"), lines, tables=_matrix(speech, report, "", rows))


def _total(speech: Speech, total: Total) -> str:
    if total.value is None:
        return NOTHING
    return speech.number(total.value) + ("" if total.complete else "*")


def _course(speech: Speech, report: PeriodReport, course: Course, number: int) -> Section:
    rows = [(unit.name, [_figure(speech, figure) for figure in figures]) for unit, figures in course.units]
    if course.totals:
        rows.append((speech.say("summary.totals"), [_total(speech, total) for total in course.totals]))
    heading = course.indicator.name(speech.language)
    tables = _matrix(speech, report, speech.say("report.unit"), rows)
    return Section(heading, chart=_chart(speech, report, course, number), tables=tables, below=True)


def _chart(speech: Speech, report: PeriodReport, course: Course, number: int) -> Chart | None:
    days = [meeting.day for meeting in report.meetings]
    told = course_text(speech, course, days) if course.totals else ""
    if not told:
        return None
    incomplete = any(not total.complete for total in course.totals)
    return Chart(
        name=f"chart-{number}",
        alt=told,
        line=course.indicator.name(speech.language),
        points=[(day, total.value, total.complete) for day, total in zip(days, course.totals, strict=True)],
        dropped=report.dropped,
        no_meeting=speech.say("replay.no_meeting_here"),
        note=speech.say("replay.open_ring") if incomplete else "",
        language=speech.language,
    )


def _figure(speech: Speech, figure: int | float | PreparednessLevel | None) -> str:
    if figure is None:
        return NOTHING
    return level_word(speech, figure) if isinstance(figure, PreparednessLevel) else speech.number(figure)


def _matrix(
    speech: Speech, report: PeriodReport, corner: str, rows: Sequence[tuple[str, Sequence[str]]]
) -> list[Table]:
    """The meetings side by side, as many as there is room for, the next ones in a table of their own."""
    heads = [speech.tick(meeting.day) for meeting in report.meetings]
    return [
        _table(
            [corner, *heads[at : at + MOST_COLUMNS]], [(name, cells[at : at + MOST_COLUMNS]) for name, cells in rows]
        )
        for at in range(0, len(heads), MOST_COLUMNS)
    ]


def _table(columns: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]) -> Table:
    return {"columns": list(columns), "rows": [{"name": name, "cells": list(cells)} for name, cells in rows]}


def _rates(speech: Speech, report: PeriodReport) -> Section:
    """A municipality a row, a question a column."""
    asked = [c.indicator for c in report.courses if any(c.indicator.key in rate.per_thousand for rate in report.rates)]
    tables = []
    for at in range(0, len(asked), 4):
        shown = asked[at : at + 4]
        columns = [speech.say("report.unit"), *(indicator.name(speech.language) for indicator in shown)]
        rows = [
            (rate.unit.name, [_rate(speech, rate.per_thousand.get(indicator.key)) for indicator in shown])
            for rate in report.rates
        ]
        tables.append(_table(columns, rows))
    return Section(speech.say("report.heading.rates"), [speech.say("report.rates_are")], tables=tables)


def _rate(speech: Speech, rate: float | None) -> str:
    return NOTHING if rate is None else speech.decimals(rate)


def _answers(speech: Speech, report: PeriodReport) -> Section:
    columns = [speech.say(f"report.column.{name}") for name in ("in_time", "late", "missing", "time_to_answer")]
    rows = [
        (
            unit.unit.name,
            [
                *(speech.number(count) for count in (unit.in_time, unit.late, unit.missing)),
                _span(speech, unit.time_to_answer),
            ],
        )
        for unit in report.answers
    ]
    lines = [answers_text(speech, report)] if report.asked else []
    return Section(
        speech.say("report.heading.answers"), lines, tables=[_table([speech.say("report.unit"), *columns], rows)]
    )


def _span(speech: Speech, length: timedelta | None) -> str:
    return NOTHING if length is None else speech.span(length)


def _actions(speech: Speech, report: PeriodReport) -> Section:
    names = {unit.key: unit.name for unit in report.community.units}
    columns = [speech.say(f"report.column.{name}") for name in ("action", "owner", "due", "standing")]
    rows = [
        (
            action.text,
            [
                names.get(action.owner, action.owner),
                speech.short(action.due),
                speech.say(f"report.state.{action.standing}"),
            ],
        )
        for action in report.actions
    ]
    return Section(speech.say("report.heading.actions"), [actions_text(speech, report)], tables=[_table(columns, rows)])


def _differences(speech: Speech, report: PeriodReport) -> Section:
    columns = [speech.say(f"report.column.{name}") for name in ("meetings", "largest")]
    rows = [
        (found.unit.name, [speech.number(found.meetings), speech.signed(found.largest)]) for found in report.differences
    ]
    lines = [
        speech.say("report.differences_are"),
        speech.say("summary.differences_why"),
        *settled_lines(speech, report),
    ]
    tables = [_table([speech.say("report.unit"), *columns], rows)] if rows else []
    return Section(speech.say("summary.differences"), lines, tables=tables)


def settled_lines(speech: Speech, report: PeriodReport) -> list[str]:
    """What came of the questions to both sides, and why the figures that stand do."""
    settled = report.settled
    if not settled.asked:
        return []
    told = speech.many(
        "report.settled", settled.asked, cleared=settled.cleared, stand=settled.stand, unanswered=settled.unanswered
    )
    reasons = [f"{speech.say(f'report.since.{reason}')} ({count})" for reason, count in settled.reasons.items()]
    return [told, speech.say("report.settled_why", reasons=speech.listing(reasons))] if reasons else [told]


def _cost(speech: Speech, report: PeriodReport) -> Section:
    return Section(speech.say("report.heading.cost"), [cost_text(speech, report)] if report.cost else [])


def cost_text(speech: Speech, report: PeriodReport) -> str:
    """The sum over the meetings' own days, and that it is no more than that."""
    if report.cost is None:
        return ""
    return speech.many("report.cost", report.cost.meetings, amount=speech.number(report.cost.total))


def _evaluation(speech: Speech, result: EvaluationResult) -> Section:
    lines = list(evaluation_lines(speech, result))
    tables = []
    if result.scores:
        columns = [speech.say("report.column.statement"), speech.say("report.column.average"), *map(str, SCALE)]
        rows = [
            (
                speech.say(f"evaluation.question.{score.question}"),
                [_rate(speech, score.average), *map(str, score.distribution or [NOTHING] * len(SCALE))],
            )
            for score in result.scores
        ]
        tables.append(_table(columns, rows))
    return Section(speech.say("report.heading.evaluation"), lines, tables=tables, points=list(_written(speech, result)))


def evaluation_lines(speech: Speech, result: EvaluationResult) -> Iterator[str]:
    yield evaluation_count(speech, result)
    if not result.closed:
        yield speech.say("report.evaluation_open")
    elif not result.answered:
        yield speech.say("report.evaluation_empty")
    elif result.too_few:
        yield speech.say("report.evaluation_few")
    else:
        yield speech.say("report.scale")


def _written(speech: Speech, result: EvaluationResult) -> Iterator[str]:
    for kind, texts in result.texts.items():
        for text in texts:
            yield f"{speech.say(f'evaluation.text.{kind}')} {text}"


def took_part(report: PeriodReport, kind: UnitKind) -> list[Unit]:
    """The units of a kind that answered at least once."""
    return [unit.unit for unit in report.answers if unit.unit.kind is kind and unit.in_time + unit.late]
