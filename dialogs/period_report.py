"""The report of a period in chat: its main figures, and the way to its documents."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dialogs.card import Button, Card, Facts, Link, Reference, Style, Text, Tone
from dialogs.case_document import case_document
from dialogs.document_links import FORMATS
from dialogs.report_document import facts, report_document, state, title
from dialogs.speech import Speech
from dialogs.turn import Answer, Command, Document, Drawing, Routes, Turn
from dialogs.words import sentence_answer
from domain.community import Role
from domain.period_report import PeriodReport, report_on
from domain.reports import as_text
from services.period_reports import material_of, period_to_report


async def report(turn: Turn) -> Answer:
    """`rapport`: the running period so far, or the last one."""
    period = await period_to_report(turn.work, turn.now)
    if period is None:
        return sentence_answer(turn, "report.none")
    shown = report_on(await material_of(turn.work, period, turn.now))
    return Answer(Card(title(turn.speech, shown), _body(turn.speech, shown, turn), (_fetch(turn.speech, period.id),)))


def _body(speech: Speech, shown: PeriodReport, at: Turn | Drawing) -> tuple[Text | Facts, ...]:
    return (Text(state(speech, shown, at.now), Tone.SUBTLE), Facts(tuple(facts(speech, shown))))


def _fetch(speech: Speech, period: str) -> Button:
    return Button("report.fetch", speech.say("report.fetch"), {"period": period}, Style.PRIMARY)


async def fetch(turn: Turn) -> Answer:
    """Fresh links to the documents; to those who prepare it, the draft of the case too."""
    period = await turn.work.periods.get(as_text(turn.event.data.get("period")))
    if period is None:
        return sentence_answer(turn, "report.none")
    shown = report_on(await material_of(turn.work, period, turn.now))
    kinds = ["report", "case"] if turn.person.has(Role.COORDINATOR, Role.SECRETARIAT) else ["report"]
    otherwise = turn.say("report.no_address")
    links = tuple(
        Link(
            Reference("document", turn.community.key, f"{kind}:{period.id}:{turn.speech.language}:{form}"),
            turn.say(f"report.link.{kind}", form=turn.say(f"report.form.{form}")),
            otherwise,
        )
        for kind in kinds
        for form in FORMATS
    )
    told = Text(turn.say("report.links"), Tone.SUBTLE)
    return Answer(Card(title(turn.speech, shown), (told,), links=links))


async def draw_ready(drawing: Drawing) -> Card | None:
    """To the coordinator and the secretariat, when the evaluation has closed."""
    period = await drawing.work.periods.get(drawing.param("period"))
    if period is None:
        return None
    shown = report_on(await material_of(drawing.work, period, drawing.now))
    about = (Text(title(drawing.speech, shown)), *_body(drawing.speech, shown, drawing))
    return Card(drawing.say("report.ready"), about, (_fetch(drawing.speech, period.id),))


# Documents


async def report_of(drawing: Drawing, ids: Sequence[str]) -> Document | None:
    shown = await _shown(drawing, ids)
    if shown is None:
        return None
    made = report_document(drawing.speech, shown, drawing.now)
    return Document(_file_name(title(drawing.speech, shown)), made.context, made.charts)


async def case_of(drawing: Drawing, ids: Sequence[str]) -> Document | None:
    """The draft of the case for SSU."""
    shown = await _shown(drawing, ids)
    if shown is None:
        return None
    context = case_document(drawing.speech, shown, drawing.now)
    return Document(_file_name(str(context["title"])), context)


async def _shown(drawing: Drawing, ids: Sequence[str]) -> PeriodReport | None:
    period = await drawing.work.periods.get(ids[0]) if len(ids) == 1 else None
    return report_on(await material_of(drawing.work, period, drawing.now)) if period else None


def _file_name(text: str) -> str:
    """Without what a file's name cannot have on every system."""
    return re.sub(r'[\\/:*?"<>|]', "-", text)


ROUTES = Routes(
    commands=(Command("report", "rapport|report", report),),
    buttons={"report.fetch": fetch},
    templates={"report.ready": draw_ready},
    documents={"report": report_of, "case": case_of},
    read_only=frozenset({"report", "report.fetch"}),
)
