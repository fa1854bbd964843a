"""The status report: prompt, form, answers field by field, receipt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
    LevelLine,
    Quote,
    Style,
    Text,
    Tone,
    sentence,
)
from dialogs.speech import Speech
from dialogs.turn import Answer, Drawing, Routes, Turn
from domain.community import Community, Field, IndicatorType, Person, PreparednessLevel, Role, Unit
from domain.reports import Answers, Figure, Mistake, StatusReport, as_text, read_field
from domain.rounds import Round, RoundState
from services import reports
from services.audience import answers_for, asked_for, with_role
from services.messages import Json
from services.pictures import status_topic
from services.ports import Work
from services.rounds import current_round

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
    return await _with_report(work, round_, unit, report, last, now)


async def _with_report(
    work: Work, round_: Round, unit: Unit, report: StatusReport | None, last: StatusReport | None, now: datetime
) -> UnitRound:
    member = await work.people.get(report.answered_by) if report else None
    return UnitRound(work.community, unit, round_, report, last, member.person if member else None, now)


# Commands and buttons


async def open_own(turn: Turn, units: Sequence[Unit]) -> Answer:
    """Opens my unit's form, on the card and for text; who answers for several is asked for which."""
    round_ = await current_round(turn.work, turn.now)
    if round_ is None:
        return sentence_answer(turn, "status.no_round")
    if len(units) > 1:
        await turn.send("status.which", {"round": round_.id})
        return Answer() if turn.event.place.personal else sentence_answer(turn, "status.sent_in_private")
    [unit] = units
    newest = await turn.work.reports.newest(round_.id, unit.key)
    seen = newest.revision if newest else 0
    await _open(turn, round_, unit)
    asked: dict[str, Json] = {"round": round_.id, "unit": unit.key, "seen": seen}
    await turn.send("status.form", asked, status_topic(round_.id, unit.key))
    return Answer() if turn.event.place.personal else sentence_answer(turn, "status.sent_in_private")


async def open_form(turn: Turn) -> Answer:
    """The button that opens the form: to answer, or to correct what was answered."""
    found = await _pressed(turn)
    if isinstance(found, Answer):
        return found
    round_, unit = found
    if round_.cancelled_at is not None:
        return sentence_answer(turn, "status.cancelled")
    return await opened(turn, round_, unit)


async def opened(turn: Turn, round_: Round, unit: Unit, first: str = "") -> Answer:
    """The unit's form, open for text too; `first` is what is to be said above it."""
    await _open(turn, round_, unit)
    shown = await unit_round(turn.work, round_, unit, turn.now)
    return Answer(form(turn.speech, shown, first=first, by_text=True))


async def submit(turn: Turn) -> Answer:
    found = await _pressed(turn)
    if isinstance(found, Answer):
        return found
    round_, unit = found
    seen = turn.event.data.get("seen")
    result = await reports.answer(
        turn.work,
        turn.person,
        round_.id,
        unit.key,
        turn.event.data,
        turn.now,
        seen_revision=seen if isinstance(seen, int) else None,
    )
    if isinstance(result, reports.Stored):
        return await _received(turn, round_, unit, result.report)
    shown = await unit_round(turn.work, round_, unit, turn.now)
    match result:
        case Answers():
            return Answer(again(turn.speech, shown, result))
        case reports.AnsweredByOther():
            card = form(turn.speech, shown, first=turn.say("status.other_answered", who=_by(turn.speech, shown)))
            return Answer(card.with_inputs(result.answers.typed, {}))
        case reports.NotAllowed():
            return _refused(turn, result)


async def _received(turn: Turn, round_: Round, unit: Unit, report: StatusReport) -> Answer:
    await turn.work.dialogs.close(turn.person.key)
    return Answer(receipt(turn.speech, await _with_report(turn.work, round_, unit, report, None, turn.now)))


async def same(turn: Turn) -> Answer:
    """As last time: the figures again, without the free text."""
    found = await _pressed(turn)
    if isinstance(found, Answer):
        return found
    round_, unit = found
    result = await reports.same_as_last_time(turn.work, turn.person, round_.id, unit.key, turn.now)
    match result:
        case reports.NothingToCopy(lacking):
            shown = await unit_round(turn.work, round_, unit, turn.now)
            why = "status.nothing_to_copy" if not lacking else "status.incomplete_copy"
            return Answer(form(turn.speech, shown, first=turn.say(why)))
        case reports.NotAllowed():
            return _refused(turn, result)
        case reports.Stored(report):
            return await _received(turn, round_, unit, report)


async def as_it_stands(turn: Turn) -> Answer:
    """The receipt, or the form if nothing is answered; stores nothing."""
    found = await _pressed(turn)
    if isinstance(found, Answer):
        return found
    shown = await unit_round(turn.work, *found, turn.now)
    return Answer(receipt(turn.speech, shown) if shown.report else form(turn.speech, shown))


async def _pressed(turn: Turn) -> tuple[Round, Unit] | Answer:
    """The round of the button and its unit, if the one who pressed it answers for that."""
    units = await answers_for(turn.work, turn.person, turn.now)
    if not units:
        return await not_yours(turn)
    round_ = await turn.work.rounds.get(as_text(turn.event.data.get("round")))
    if round_ is None:
        return sentence_answer(turn, "status.no_round")
    named = turn.event.data.get("unit")
    unit = next((unit for unit in units if named in (None, unit.key)), None)
    return (round_, unit) if unit is not None else await not_yours(turn)


async def not_yours(turn: Turn) -> Answer:
    return sentence_answer(turn, "status.not_yours")


def _refused(turn: Turn, why: reports.NotAllowed) -> Answer:
    if why.cancelled:
        return sentence_answer(turn, "status.cancelled")
    return sentence_answer(turn, "status.no_round" if why.not_open else "status.not_yours")


# Field by field, in plain text


async def _open(turn: Turn, round_: Round, unit: Unit) -> None:
    report = await turn.work.reports.newest(round_.id, unit.key)
    values: dict[str, Json] = {k: written(turn.speech, v) for k, v in report.values.items()} if report else {}
    state: dict[str, Json] = {"round": round_.id, "unit": unit.key, "field": 0, "values": values}
    await turn.work.dialogs.put(turn.person.key, state, turn.now)


async def typed(turn: Turn, state: Mapping[str, Json]) -> Answer:
    """A text while the form is open: the answer to the field that is next."""
    units = await answers_for(turn.work, turn.person, turn.now)
    unit = next((unit for unit in units if unit.key == state["unit"]), None)
    round_ = await turn.work.rounds.get(str(state["round"]))
    if unit is None or round_ is None or round_.cancelled_at is not None:
        await turn.work.dialogs.close(turn.person.key)
        return sentence_answer(turn, "status.cancelled" if round_ and unit else "status.no_round")
    fields = list(turn.community.fields_of(unit))
    number = state["field"] if isinstance(state["field"], int) else 0
    values = dict(state["values"]) if isinstance(state["values"], dict) else {}
    asked = fields[min(number, len(fields) - 1)]
    match FORM_WORDS.get(turn.event.text.casefold().strip(" .!")):
        case "cancel":
            await turn.work.dialogs.close(turn.person.key)
            return sentence_answer(turn, "status.form_closed")
        case "back":
            number = max(0, number - 1)
        case "skip":
            if asked.indicator.required and asked.key not in values:
                return Answer(sentence(_wrong(turn.speech, asked, "required") + " " + _ask(turn.speech, asked)))
            number += 1
        case _:
            read = read_field(asked, as_text(turn.event.text))
            if isinstance(read, Mistake) or read is None:
                why = mistake_text(turn.speech, read) if isinstance(read, Mistake) else turn.say("status.empty")
                return Answer(sentence(why))
            values[asked.key] = written(turn.speech, read)
            number += 1
    if number < len(fields):
        state = {"round": round_.id, "unit": unit.key, "field": number, "values": values}
        await turn.work.dialogs.put(turn.person.key, state, turn.now)
        key = fields[number].key
        await turn.send("status.question", {"round": round_.id, "unit": unit.key, "field": key, "number": number})
        return Answer()
    return await _finish(turn, round_, unit, values)


async def _finish(turn: Turn, round_: Round, unit: Unit, values: Mapping[str, Json]) -> Answer:
    result = await reports.answer(turn.work, turn.person, round_.id, unit.key, values, turn.now)
    if isinstance(result, Answers):
        # The community's questions have changed since the form was opened: begin where something is lacking.
        shown = await unit_round(turn.work, round_, unit, turn.now)
        return Answer(again(turn.speech, shown, result))
    await turn.work.dialogs.close(turn.person.key)
    if isinstance(result, reports.NotAllowed):
        return _refused(turn, result)
    await turn.send("status.form", {"round": round_.id, "unit": unit.key}, status_topic(round_.id, unit.key))
    return Answer()


FORM_WORDS = {
    "hopp": "skip",
    "hopp over": "skip",
    "skip": "skip",
    "tilbake": "back",
    "attende": "back",
    "back": "back",
    "avbryt": "cancel",
    "cancel": "cancel",
}


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
    beside = _beside(drawing.speech, shown, asked)
    title = f"{where} {asked.name(drawing.speech.language)}" + (f" ({beside})" if beside else "")
    skip = "" if asked.indicator.required else " " + drawing.say("status.may_skip")
    stop = "" if title.endswith(("?", ".", "!")) else "."
    return sentence(f"{title}{stop} {_ask(drawing.speech, asked)}{skip}")


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
    inputs = tuple(_inputs(speech, shown))
    buttons = [Button("status.submit", speech.say("status.send"), data, Style.PRIMARY, submits=True)]
    if shown.last is not None and shown.report is None:
        buttons.append(Button("status.same", speech.say("status.same"), data))
    title = speech.say("status.title", unit=shown.unit.name, date=speech.day(shown.round.meeting_at))
    return Card(title, (*intro, *inputs), tuple(buttons))


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


def _inputs(speech: Speech, shown: UnitRound) -> Iterator[Element]:
    """The unit's fields; what is asked per municipality stands under one heading."""
    for indicator, group in groupby(shown.community.fields_of(shown.unit), key=lambda f: f.indicator):
        if indicator.type is IndicatorType.COUNT_PER_MUNICIPALITY:
            yield Text(indicator.name(speech.language), Tone.HEADING)
        for field in group:
            yield _input(speech, shown, field)


def _short(speech: Speech, field: Field) -> str:
    return field.municipality.name if field.municipality else field.name(speech.language)


def _input(speech: Speech, shown: UnitRound, field: Field) -> Input:
    value = shown.report.values.get(field.key) if shown.report else None
    kind = _KINDS[field.indicator.type]
    levels = tuple(Choice(str(level), level_text(speech, level)) for level in PreparednessLevel)
    return Input(
        key=field.key,
        kind=kind,
        label=_short(speech, field),
        value="" if value is None else (str(value) if kind is InputKind.CHOICE else written(speech, value)),
        beside=_beside(speech, shown, field),
        required=field.indicator.required,
        missing=_wrong(speech, field, "required"),
        choices=levels if kind is InputKind.CHOICE else (),
        max_length=field.indicator.max if kind is InputKind.LONG_TEXT else 12,
    )


def _beside(speech: Speech, shown: UnitRound, field: Field) -> str:
    value = shown.last.values.get(field.key) if shown.last else None
    if value is None or field.indicator.type is IndicatorType.TEXT:
        return ""
    return speech.say("status.last", value=figure_text(speech, field, value))


def _until(speech: Speech, shown: UnitRound) -> str:
    if shown.round.state(shown.now) in (RoundState.CLOSED, RoundState.HELD):
        return speech.say("status.is_late", due=speech.moment(shown.round.due_at))
    return speech.say("status.due", due=speech.moment(shown.round.due_at), meeting=speech.time(shown.round.meeting_at))


def _answered_by(speech: Speech, shown: UnitRound, report: StatusReport) -> str:
    kind = "status.corrected" if report.corrected else "status.received"
    return speech.say(kind, who=_by(speech, shown), when=speech.moment(report.answered_at))


def _by(speech: Speech, shown: UnitRound) -> str:
    return shown.answered_by.name if shown.answered_by else speech.say("status.somebody")


def level_text(speech: Speech, level: PreparednessLevel) -> str:
    return speech.say(f"common.level.{level}")


def level_word(speech: Speech, level: PreparednessLevel) -> str:
    """The colour alone, within a sentence."""
    return speech.say(f"common.colour.{level}")


def figure_text(speech: Speech, field: Field, value: Figure) -> str:
    """A stored figure as the reader writes it."""
    if field.indicator.type is IndicatorType.LEVEL and value in set(PreparednessLevel):
        return level_text(speech, PreparednessLevel(str(value)))
    unit = " %" if field.indicator.type is IndicatorType.PERCENT else ""
    return written(speech, value) + unit


def written(speech: Speech, value: Figure) -> str:
    """A stored figure as it is typed: without thousands separators, with the language's decimal mark."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) else speech.number(value).replace(" ", "").replace(" ", "")


def mistake_text(speech: Speech, mistake: Mistake) -> str:
    return speech.say(f"status.wrong.{mistake.wrong}", max=speech.number(mistake.max))


def _wrong(speech: Speech, field: Field, wrong: str) -> str:
    return speech.say(f"status.wrong.{wrong}", max=speech.number(field.indicator.max))


def _ask(speech: Speech, field: Field) -> str:
    return speech.say(f"status.ask.{field.indicator.type}", max=speech.number(field.indicator.max))


def level_line(speech: Speech, level: PreparednessLevel | None, title: str, text: str = "") -> LevelLine:
    return LevelLine(level, title, text, level_word(speech, level) if level else speech.say("common.no_level"))


def sentence_answer(turn: Turn, text: str, /, **values: object) -> Answer:
    return Answer(sentence(turn.say(text, **values)))


def within_sentence(name: str) -> str:
    """Overliggere → overliggere, ØHD stays."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


async def coordinators(work: Work, speech: Speech) -> str:
    """Who to turn to, by name."""
    return speech.listing([person.name for person in await with_role(work, Role.COORDINATOR)])


ROUTES = Routes(
    buttons={"status.open": open_form, "status.submit": submit, "status.same": same},
    templates={
        "status.prompt": draw_prompt,
        "status.form": draw_form,
        "status.reminder": draw_reminder,
        "status.question": draw_question,
        "status.which": draw_which,
    },
)
