"""The preparedness level: what the figures suggest and why, and the coordinator who sets it."""

from __future__ import annotations

from dialogs.card import Button, Card, Choice, Element, Input, InputKind, LevelLine, Quote, Style, Text, Tone, sentence
from dialogs.crisis import only_coordinator
from dialogs.speech import Speech
from dialogs.turn import Answer, Command, Drawing, Routes, Turn
from dialogs.words import level_word, sentence_answer, within_sentence
from domain.community import IndicatorType, Person, PreparednessLevel, Role, UnitKind
from domain.period_form import LONGEST_NOTE
from domain.periods import DemandingPeriod
from domain.preparedness import AllWell, FigureReaches, Reason, Suggestion, UnitsReport
from domain.reports import as_text
from domain.working_time import next_permitted
from services import levels
from services.pictures import RoundPicture, picture
from services.ports import Work
from services.rounds import current_round


def suggestion_text(speech: Speech, suggestion: Suggestion) -> str:
    """rød: 3 av 6 kommuner melder rødt, belegg 104 %"""
    reasons = ", ".join(_reason(speech, reason) for reason in suggestion.reasons)
    return f"{level_word(speech, suggestion.level)}: {reasons}"


def _reason(speech: Speech, reason: Reason) -> str:
    match reason:
        case UnitsReport(kind, level, count, of):
            towns = kind is UnitKind.MUNICIPALITY
            key = f"levels.municipalities.{level}" if towns else f"levels.clinics.{level}"
            return speech.say(key, count=speech.number(count), of=speech.number(of))
        case FigureReaches(indicator, value, _):
            percent = " %" if indicator.type is IndicatorType.PERCENT else ""
            return f"{within_sentence(indicator.name(speech.language).split(' (')[0])} {speech.number(value)}{percent}"
        case AllWell(answered):
            return speech.many("levels.all_well", answered)


def suggestion_line(speech: Speech, shown: RoundPicture) -> list[Element]:
    """For the summary; nothing while nobody has answered."""
    if shown.suggestion is None:
        return []
    return [Text(speech.say("levels.suggested", suggestion=suggestion_text(speech, shown.suggestion)))]


def coordinator_buttons(speech: Speech, shown: RoundPicture, reader: Person) -> tuple[Button, ...]:
    """On the coordinator's own overview: the suggestion at one press, and the form."""
    if not reader.has(Role.COORDINATOR) or shown.period.ended_at is not None:
        return ()
    form = Button("level.open", speech.say("levels.open"), {"period": shown.period.id})
    if shown.suggestion is None or shown.suggestion.level is shown.period.level:
        return (form,)
    data = {"period": shown.period.id, "level": str(shown.suggestion.level)}
    follow = Button("level.set", speech.say("levels.follow", level=level_word(speech, shown.suggestion.level)), data)
    return (follow, form)


async def open_form(turn: Turn) -> Answer:
    """`nivå`, or the button on the overview."""
    if refusal := await only_coordinator(turn):
        return refusal
    if not turn.event.place.personal:
        await turn.send("level.form", {})
        return sentence_answer(turn, "status.sent_in_private")
    return Answer(await _form(turn))


async def draw_form(drawing: Drawing) -> Card | None:
    return await _form(drawing)


async def set_level(turn: Turn) -> Answer:
    """The pressed form, or the press that follows the suggestion."""
    if refusal := await only_coordinator(turn):
        return refusal
    named = as_text(turn.event.data.get("period"))
    period = await turn.work.periods.get(named) if named else await _running(turn.work)
    if period is None or period.ended_at is not None:
        return sentence_answer(turn, "crisis.none_runs")
    result = await levels.set_level(turn.work, period, turn.person, turn.event.data, turn.now)
    if isinstance(result, levels.Refused):
        errors = {key: turn.say(f"levels.wrong.{wrong}", max=LONGEST_NOTE) for key, wrong in result.mistakes.items()}
        return Answer((await _form(turn)).with_inputs(result.typed, errors))
    word = level_word(turn.speech, result.period.level)
    if not result.changed:
        return sentence_answer(turn, "levels.unchanged", level=word)
    if not await turn.work.links.all():
        return sentence_answer(turn, "levels.set_nobody_told", level=word)
    told_at = next_permitted(turn.now, turn.community.quiet_hours, turn.community.zone)
    if told_at > turn.now:
        return sentence_answer(turn, "levels.set_told_later", level=word, at=turn.speech.moment(told_at))
    return sentence_answer(turn, "levels.set", level=word)


async def _form(at: Turn | Drawing) -> Card:
    speech = at.speech
    period = await _running(at.work)
    if period is None:
        return sentence(speech.say("crisis.none_runs"))
    word = level_word(speech, period.level)
    choices = tuple(Choice(str(level), speech.say(f"crisis.level.{level}")) for level in PreparednessLevel)
    required = speech.say("status.wrong.required")
    inputs = (
        Input(
            "level",
            InputKind.CHOICE,
            speech.say("levels.field.level"),
            value=str(period.level),
            required=True,
            missing=required,
            choices=choices,
        ),
        Input("note", InputKind.LONG_TEXT, speech.say("levels.field.note"), max_length=LONGEST_NOTE),
    )
    body = (
        LevelLine(period.level, speech.say("summary.level", level=word), spoken=word),
        *await _suggested(at, period),
    )
    press = Button("level.set", speech.say("levels.save"), {"period": period.id}, Style.PRIMARY, submits=True)
    return Card(speech.say("levels.title"), (*body, *inputs), (press,))


async def _suggested(at: Turn | Drawing, period: DemandingPeriod) -> list[Element]:
    round_ = await current_round(at.work, at.now)
    if round_ is None or round_.period != period.id:
        return []
    return suggestion_line(at.speech, await picture(at.work, round_, at.now))


async def _running(work: Work) -> DemandingPeriod | None:
    return next(iter(await work.periods.not_ended()), None)


async def draw_changed(drawing: Drawing) -> Card | None:
    """To the channels: the new level, the one before, and the coordinator's word."""
    changes = await drawing.work.periods.level_changes(drawing.param("period"))
    change = next((c for c in changes if c.number == drawing.params.get("number")), None)
    period = await drawing.work.periods.get(drawing.param("period"))
    if change is None or period is None or (drawing.first and period.ended_at is not None):
        return None
    by = await drawing.work.people.get(change.by)
    who = by.person.name if by else drawing.say("status.somebody")
    after, before = (level_word(drawing.speech, level) for level in (change.after, change.before))
    body: list[Element] = [
        LevelLine(change.after, drawing.say("summary.level", level=after), spoken=after),
        Text(drawing.say("levels.changed", who=who, before=before), Tone.SUBTLE),
    ]
    if change.note:
        body.append(Quote(who, change.note))
    return Card(drawing.say("levels.changed_title", level=after), tuple(body))


ROUTES = Routes(
    commands=(Command("level", "nivå|nivaa|level", open_form),),
    buttons={"level.open": open_form, "level.set": set_level},
    templates={"level.form": draw_form, "level.changed": draw_changed},
)
