"""A draft of the case about a period for the strategic committee (SSU): what the product knows of it, to be edited."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from dialogs.crisis import reasons_text
from dialogs.report_document import (
    actions_text,
    answers_text,
    cost_text,
    course_text,
    evaluation_count,
    evaluation_lines,
    span,
    took_part,
)
from dialogs.speech import Speech
from dialogs.words import level_word
from domain.community import Person, Role, UnitKind
from domain.evaluation import EvaluationResult
from domain.period_report import PeriodReport
from domain.working_time import local_date
from services.messages import Json

FORUM = "SSU"
WORDS = ("page", "date", "number", "forum", "kind", "handler", "background", "conduct", "experiences", "proposal")
MOST_QUOTED = 6
"""As many of the free texts of each question as a case document quotes; the report has them all."""


def case_document(speech: Speech, report: PeriodReport, now: datetime) -> dict[str, Json]:
    """What the templates are filled in with. What it cannot know stands between square brackets."""
    forum = next((f.name for f in report.community.forums if f.key == FORUM), "")
    return {
        "title": title(speech, report),
        "community": report.community.name,
        "words": words(speech),
        "date": speech.date(local_date(now, report.community.zone)),
        "number": speech.say("case.to_be_filled_in"),
        "forum": f"{forum} ({FORUM})" if forum else FORUM,
        "kind": speech.say("case.kind"),
        "handler": speech.listing([person.name for person in _with(report, Role.COORDINATOR)]),
        "background": list(_background(speech, report)),
        "conduct": list(_conduct(speech, report)),
        "experiences": list(_experiences(speech, report)),
        "proposal": [speech.say("case.proposal_note"), speech.say("case.proposal_go_on")],
    }


def words(speech: Speech) -> dict[str, Json]:
    return {word: speech.say(f"case.word.{word}") for word in WORDS}


def title(speech: Speech, report: PeriodReport) -> str:
    first, last = span(report)
    return speech.say("case.title", first=speech.short(first), last=speech.short(last))


def _with(report: PeriodReport, role: Role) -> list[Person]:
    return [person for person in report.community.people if person.has(role)]


def _background(speech: Speech, report: PeriodReport) -> Iterator[str]:
    """When, why, how many meetings, who led, who took part, to what end."""
    first, last = span(report)
    reasons = reasons_text(speech, report.period)
    yield speech.say("case.why", first=speech.date(first), last=speech.date(last), reasons=reasons)
    led_by = speech.listing([person.name for person in _with(report, Role.COORDINATOR)])
    yield speech.many("case.meetings", len(report.meetings), leader=led_by)
    municipalities, clinics = (took_part(report, kind) for kind in UnitKind)
    if municipalities or clinics:
        yield speech.say("case.units", units=speech.listing([unit.name for unit in (*municipalities, *clinics)]))
    others = [person.name for role in (Role.SECRETARIAT, Role.OBSERVER) for person in _with(report, role)]
    if others:
        yield speech.say("case.invited", people=speech.listing(others))
    yield speech.say("case.aim")


def _conduct(speech: Speech, report: PeriodReport) -> Iterator[str]:
    """How it went, in the report's figures."""
    days = [meeting.day for meeting in report.meetings]
    if report.asked:
        yield speech.say("case.answers", answers=answers_text(speech, report))
    levels = [
        f"{level_word(speech, level)} {speech.many('common.days', count)}"
        for level, count in report.days_by_level.items()
    ]
    yield speech.say("case.levels", levels=speech.listing(levels))
    yield from (told for course in report.courses if course.totals and (told := course_text(speech, course, days)))
    if report.differences:
        count = sum(found.meetings for found in report.differences)
        yield speech.many("case.differences", count)
    if report.actions:
        yield speech.say("case.actions", actions=actions_text(speech, report))
    if report.cost is not None:
        yield cost_text(speech, report)


def _experiences(speech: Speech, report: PeriodReport) -> Iterator[str]:
    if report.evaluation is None:
        yield speech.say("case.no_evaluation")
        return
    if not report.evaluation.scores:
        yield from evaluation_lines(speech, report.evaluation)
        return
    yield from _told(speech, report.evaluation)


def _told(speech: Speech, result: EvaluationResult) -> Iterator[str]:
    yield evaluation_count(speech, result)
    for score in result.scores:
        if score.average is not None:
            statement = speech.say(f"evaluation.question.{score.question}")
            yield speech.say("case.average", statement=statement, average=speech.decimals(score.average))
    for kind, texts in result.texts.items():
        if texts:
            quoted = [f"– {text}" for text in texts[:MOST_QUOTED]]
            yield "\n".join([speech.say(f"evaluation.text.{kind}"), *quoted])
