"""The status report as cards: prompt, form, next question, reminder, receipt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from dialogs.card import (
    Button,
    Card,
    Choice,
    Element,
    Facts,
    Input,
    InputKind,
    Quote,
    Style,
    Text,
    Tone,
    sentence,
)
from dialogs.speech import Speech
from dialogs.turn import Drawing
from dialogs.words import figure_text, level_text, mistake_text, written
from domain.community import Community, Field, IndicatorType, Person, PreparednessLevel, Unit
from domain.reports import Answers, Figure, StatusReport, as_text
from domain.rounds import Round, RoundState
from services import reports
from services.audience import answers_for, asked_for
from services.messages import Json
from services.ports import Work

_KINDS = {
    IndicatorType.LEVEL: InputKind.CHOICE,
    IndicatorType.COUNT: InputKind.COUNT,
    IndicatorType.COUNT_PER_MUNICIPALITY: InputKind.COUNT,
    IndicatorType.PERCENT: InputKind.DECIMAL,
    IndicatorType.TEXT: InputKind.LONG_TEXT,
}

MOST_UNITS = 6
"""As many buttons as a card shows at once everywhere."""


@dataclass(frozen=True, slots=True)
class UnitRound:
    """A unit in a round: what its form and its receipt are drawn from."""

    community: Community
    unit: Unit
    round: Round
    report: StatusReport | None
    last: StatusReport | None
    answered_by: Person | None
    now: datetime


async def unit_round(work: Work, round_: Round, unit: Unit, now: datetime) -> UnitRound:
    report = await work.reports.newest(round_.id, unit.key)
    last = await reports.last_report(work, round_, unit)
    return await with_report(work, round_, unit, report, last, now)


async def with_report(
    work: Work, round_: Round, unit: Unit, report: StatusReport | None, last: StatusReport | None, now: datetime
) -> UnitRound:
    member = await work.people.get(report.answered_by) if report else None
    return UnitRound(work.community, unit, round_, report, last, member.person if member else None, now)


# Commands and buttons


# Messages


async def draw_prompt(drawing: Drawing) -> Card | None:
    """The form, or its receipt once it is answered.

    Pointless if it was answered before it could be sent, or if somebody else is asked by then.
    """
    if drawing.first and not await _is_asked(drawing):
        return None
    card = await _draw_form(drawing, by_text=False)
    return None if drawing.first and card is not None and not card.inputs else card


async def draw_form(drawing: Drawing) -> Card | None:
    """The form that a person asked for, open for text as well; filled in if the unit has answered before.

    Its receipt as soon as there is an answer newer than the one that it showed.
    """
    seen = drawing.params.get("seen")
    return await _draw_form(drawing, by_text=True, seen=seen if isinstance(seen, int) else 0)


async def _draw_form(drawing: Drawing, *, by_text: bool, seen: int = 0) -> Card | None:
    shown = await _shown(drawing)
    if shown is None:
        return None
    if shown.report is not None and shown.report.revision > seen:
        return receipt(drawing.speech, shown)
    if shown.round.cancelled_at is not None:
        return sentence(drawing.say("status.cancelled"))
    return form(drawing.speech, shown, by_text=by_text)


async def draw_reminder(drawing: Drawing) -> Card | None:
    """How long is left. To one who has answered meanwhile a new one is not sent, and a sent one says so."""
    shown = await _shown(drawing)
    if shown is None or (drawing.first and (shown.report or shown.round.cancelled_at or not await _is_asked(drawing))):
        return None
    if shown.report is not None:
        # The receipt stands in the form's place; a reminder only says that it is settled.
        return sentence(drawing.say("status.reminder_done", unit=shown.unit.name))
    if shown.round.cancelled_at is not None:
        return sentence(drawing.say("status.cancelled"))
    return reminder(drawing.speech, shown)


async def draw_question(drawing: Drawing) -> Card | None:
    """The next field, with last time's figure and what may be written."""
    shown = await _shown(drawing)
    if shown is None:
        return None
    fields = list(shown.community.fields_of(shown.unit))
    asked = next((field for field in fields if field.key == drawing.param("field")), None)
    if asked is None:
        return None
    where = drawing.say("status.question", number=fields.index(asked) + 1, of=len(fields))
    beside = _beside(drawing.speech, asked, shown.last)
    title = f"{where} {asked.name(drawing.speech.language)}" + (f" ({beside})" if beside else "")
    skip = "" if asked.indicator.required else " " + drawing.say("status.may_skip")
    stop = "" if title.endswith(("?", ".", "!")) else "."
    return sentence(f"{title}{stop} {asked_how(drawing.speech, asked)}{skip}")


async def draw_which(drawing: Drawing) -> Card | None:
    """Which of the units that the reader answers for the form is to be opened for."""
    if drawing.reader is None:
        return None
    units = await answers_for(drawing.work, drawing.reader, drawing.now)
    data = {"round": drawing.param("round")}
    buttons = tuple(Button("status.open", unit.name, {**data, "unit": unit.key}) for unit in units[:MOST_UNITS])
    return Card(drawing.say("status.which"), buttons=buttons) if buttons else None


async def _is_asked(drawing: Drawing) -> bool:
    """Whether the reader is the one who is asked now: an absence may have begun or ended since this was stored."""
    unit = drawing.community.find_unit(drawing.param("unit"))
    return unit is not None and drawing.reader in await asked_for(drawing.work, unit, drawing.now)


async def _shown(drawing: Drawing) -> UnitRound | None:
    round_ = await drawing.work.rounds.get(drawing.param("round"))
    unit = drawing.community.find_unit(drawing.param("unit"))
    return await unit_round(drawing.work, round_, unit, drawing.now) if round_ and unit else None


# Cards


def form(speech: Speech, shown: UnitRound, *, first: str = "", by_text: bool = False) -> Card:
    """The unit's own questions with last time's figures beside; filled in where it has answered already."""
    seen = shown.report.revision if shown.report else 0
    data: dict[str, Json] = {"round": shown.round.id, "unit": shown.unit.key, "seen": seen}
    intro: list[Element] = [Text(first, Tone.ATTENTION)] if first else []
    if shown.report is not None:
        intro.append(Text(_answered_by(speech, shown, shown.report), Tone.GOOD))
    intro.append(Text(_until(speech, shown), Tone.SUBTLE))
    if by_text:
        intro.append(Text(speech.say("status.by_text"), Tone.SUBTLE))
    inputs = tuple(_inputs(speech, shown.community, shown.unit, shown.report, shown.last))
    buttons = [Button("status.submit", speech.say("status.send"), data, Style.PRIMARY, submits=True)]
    if shown.last is not None and shown.report is None:
        buttons.append(Button("status.same", speech.say("status.same"), data))
    title = speech.say("status.title", unit=shown.unit.name, date=speech.day(shown.round.meeting_at))
    return Card(title, (*intro, *inputs), tuple(buttons))


def empty_form(speech: Speech, community: Community, data: Mapping[str, Json], _: datetime) -> Card | None:
    """A unit's questions alone, where neither the round nor its answers can be read."""
    unit = community.find_unit(as_text(data.get("unit")))
    if unit is None:
        return None
    send = Button("status.submit", speech.say("status.send"), {}, Style.PRIMARY, submits=True)
    return Card(speech.say("unavailable.status", unit=unit.name), tuple(_inputs(speech, community, unit)), (send,))


def again(speech: Speech, shown: UnitRound, answers: Answers) -> Card:
    """The form with what was typed, and with each mistake at its field."""
    errors = {key: mistake_text(speech, mistake) for key, mistake in answers.mistakes.items()}
    first = speech.many("common.mistakes", len(errors))
    return form(speech, shown, first=first).with_inputs(answers.typed, errors)


def receipt(speech: Speech, shown: UnitRound) -> Card:
    """What stands now, who answered and when, and the way to correct it."""
    if shown.report is None:
        raise ValueError("a receipt needs a report")
    rows = _answered(speech, shown, shown.report.values)
    note = []
    if shown.report.is_late(shown.round.due_at):
        note.append(Text(speech.say("status.was_late"), Tone.ATTENTION))
    head = Text(_answered_by(speech, shown, shown.report), Tone.GOOD)
    title = speech.say("status.receipt_title", unit=shown.unit.name, date=speech.day(shown.round.meeting_at))
    correct = Button("status.open", speech.say("status.correct"), {"round": shown.round.id, "unit": shown.unit.key})
    return Card(title, (head, *note, *rows), (correct,))


def reminder(speech: Speech, shown: UnitRound) -> Card:
    data: dict[str, Json] = {"round": shown.round.id, "unit": shown.unit.key}
    left = shown.round.due_at - shown.now
    if left.total_seconds() > 0:
        text = speech.say(
            "status.reminder", unit=shown.unit.name, left=speech.span(left), due=speech.moment(shown.round.due_at)
        )
    else:
        text = speech.say("status.reminder_late", unit=shown.unit.name, meeting=speech.moment(shown.round.meeting_at))
    buttons = [Button("status.open", speech.say("status.answer"), data, Style.PRIMARY)]
    if shown.last is not None:
        buttons.append(Button("status.same", speech.say("status.same"), data))
    return Card(speech.say("status.reminder_title"), (Text(text),), tuple(buttons))


def _answered(speech: Speech, shown: UnitRound, values: Mapping[str, Figure]) -> Iterator[Element]:
    """What was answered: figures as facts, what is asked per municipality under its own heading, words last."""
    fields = [field for field in shown.community.fields_of(shown.unit) if field.key in values]
    words = [field for field in fields if field.indicator.type is IndicatorType.TEXT]
    figures = [field for field in fields if field not in words]
    for indicator, group in groupby(figures, key=lambda f: f.indicator if f.municipality else None):
        if indicator is not None:
            yield Text(indicator.name(speech.language), Tone.HEADING)
        yield Facts(tuple((_short(speech, field), figure_text(speech, field, values[field.key])) for field in group))
    for field in words:
        yield Quote(field.name(speech.language), str(values[field.key]))


def _inputs(
    speech: Speech,
    community: Community,
    unit: Unit,
    report: StatusReport | None = None,
    last: StatusReport | None = None,
) -> Iterator[Element]:
    """The unit's fields; what is asked per municipality stands under one heading."""
    for indicator, group in groupby(community.fields_of(unit), key=lambda f: f.indicator):
        if indicator.type is IndicatorType.COUNT_PER_MUNICIPALITY:
            yield Text(indicator.name(speech.language), Tone.HEADING)
        for field in group:
            yield _input(speech, field, report, last)


def _short(speech: Speech, field: Field) -> str:
    return field.municipality.name if field.municipality else field.name(speech.language)


def _input(speech: Speech, field: Field, report: StatusReport | None, last: StatusReport | None) -> Input:
    value = report.values.get(field.key) if report else None
    kind = _KINDS[field.indicator.type]
    levels = tuple(Choice(str(level), level_text(speech, level)) for level in PreparednessLevel)
    return Input(
        key=field.key,
        kind=kind,
        label=_short(speech, field),
        value="" if value is None else (str(value) if kind is InputKind.CHOICE else written(speech, value)),
        beside=_beside(speech, field, last),
        required=field.indicator.required,
        missing=wrong_text(speech, field, "required"),
        choices=levels if kind is InputKind.CHOICE else (),
        max_length=field.indicator.max if kind is InputKind.LONG_TEXT else 12,
    )


def _beside(speech: Speech, field: Field, last: StatusReport | None) -> str:
    value = last.values.get(field.key) if last else None
    if value is None or field.indicator.type is IndicatorType.TEXT:
        return ""
    return speech.say("status.last", value=figure_text(speech, field, value))


def _until(speech: Speech, shown: UnitRound) -> str:
    if shown.round.state(shown.now) in (RoundState.CLOSED, RoundState.HELD):
        return speech.say("status.is_late", due=speech.moment(shown.round.due_at))
    return speech.say("status.due", due=speech.moment(shown.round.due_at), meeting=speech.time(shown.round.meeting_at))


def _answered_by(speech: Speech, shown: UnitRound, report: StatusReport) -> str:
    kind = "status.corrected" if report.corrected else "status.received"
    return speech.say(kind, who=answerer(speech, shown), when=speech.moment(report.answered_at))


def answerer(speech: Speech, shown: UnitRound) -> str:
    """The name of who answered; somebody, once they are no longer known."""
    return shown.answered_by.name if shown.answered_by else speech.say("status.somebody")


def wrong_text(speech: Speech, field: Field, wrong: str) -> str:
    """What is wrong with what was written for the field."""
    return speech.say(f"status.wrong.{wrong}", max=speech.number(field.indicator.max))


def asked_how(speech: Speech, field: Field) -> str:
    """What may be written for the field."""
    return speech.say(f"status.ask.{field.indicator.type}", max=speech.number(field.indicator.max))
