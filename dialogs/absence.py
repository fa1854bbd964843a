"""`vara`: who is away, from when until when, and who answers meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dialogs.card import Button, Card, Choice, Element, Input, InputKind, Style, Text, Tone, sentence
from dialogs.speech import Speech
from dialogs.turn import Answer, Command, Drawing, Routes, Turn
from dialogs.words import sentence_answer
from domain.absence_form import NOBODY, FormRead, Mistake, read_absence, read_line
from domain.absences import Absence, may_be_away, possible_deputies
from domain.community import Person, Role
from domain.identity_numbers import contains_identity_number
from domain.reports import as_text
from domain.working_time import local_date
from services import absences
from services.audience import active_people, standing
from services.messages import Json
from services.ports import Work

MOST_CHOICES = 60
"""As many people are offered in one field; `vara` with a name takes anybody."""

MOST_SHOWN = 4
"""As many absences are shown above the form, each with its button."""


async def show(turn: Turn) -> Answer:
    """The form, with what is set already; filled in when the line said more than the command."""
    if not _may_register(turn.person):
        return sentence_answer(turn, "absence.not_you")
    words = " ".join(turn.event.text.split()[1:])
    if not turn.event.place.personal:
        await turn.send("absence.form", {})
        return sentence_answer(turn, "status.sent_in_private")
    card = await _open_form(turn.work, turn.speech, turn.person, turn)
    return Answer(await _read_over(turn, card, words) if words else card)


async def draw_form(drawing: Drawing) -> Card | None:
    if drawing.reader is None or not _may_register(drawing.reader):
        return None
    return await _open_form(drawing.work, drawing.speech, drawing.reader, drawing)


async def register(turn: Turn) -> Answer:
    """The pressed form: the receipt, or the form again with what was wrong."""
    if not _may_register(turn.person):
        return sentence_answer(turn, "absence.not_you")
    data, for_others = turn.event.data, turn.person.has(Role.COORDINATOR)
    result = await absences.set_absence(turn.work, turn.person, data, turn.now, for_others=for_others)
    if isinstance(result, FormRead):
        return Answer(await _again(turn, result))
    return Answer(await _receipt(turn, result))


async def list_to_end(turn: Turn) -> Answer:
    """Which of several absences is to be ended."""
    choices = []
    for absence in (await absences.shown_to(turn.work, turn.person))[:MOST_CHOICES]:
        who = await _name(turn.work, turn.speech, absence.person)
        choices.append(
            Choice(absence.id, f"{who}: {turn.speech.short(absence.first)}–{turn.speech.short(absence.last)}")
        )
    if not choices:
        return sentence_answer(turn, "absence.over_already")
    field = Input(
        "absence",
        InputKind.CHOICE,
        turn.say("absence.which"),
        required=True,
        missing=turn.say("absence.wrong.required"),
        choices=tuple(choices),
    )
    press = Button("absence.end", turn.say("absence.end"), style=Style.PRIMARY, submits=True)
    return Answer(Card(turn.say("absence.end_one"), (field,), (press,)))


async def end(turn: Turn) -> Answer:
    """Back early, or not away after all."""
    absence = await turn.work.absences.get(as_text(turn.event.data.get("absence")))
    if absence is None:
        return await list_to_end(turn) if not turn.event.data.get("absence") else sentence_answer(turn, "absence.gone")
    if not absences.may_end(turn.person, absence):
        return sentence_answer(turn, "absence.not_yours")
    if not await absences.end(turn.work, absence, turn.person, turn.now):
        return sentence_answer(turn, "absence.over_already")
    began = absence.begins_at(turn.community.zone) <= turn.now
    return Answer(await _over_card(turn.work, turn.speech, absence.person, turn.person, began=began))


def _may_register(person: Person) -> bool:
    return may_be_away(person) or person.has(Role.COORDINATOR)


# The form


async def _open_form(work: Work, speech: Speech, person: Person, at: Turn | Drawing) -> Card:
    people, today = await active_people(work), local_date(at.now, work.community.zone)
    shown = await absences.shown_to(work, person)
    lines: list[Element] = [Text(await about(work, speech, absence)) for absence in shown[:MOST_SHOWN]]
    buttons = [_end_button(work, speech, person, shown[0], at)] if len(shown) == 1 else []
    if len(shown) > 1:
        buttons = [Button("absence.list", speech.say("absence.end_one"))]
    known = {"from": today.isoformat()}
    if may_be_away(person):
        near = [p for p in possible_deputies(people, person) if p.unit == person.unit and p.has(Role.DEPUTY)]
        known |= {"person": person.key, "deputy": near[0].key if near else NOBODY}
    card = _form(work, speech, person, people, known)
    return replace(card, body=(*lines, *card.body), buttons=(*card.buttons, *buttons))


def _form(
    work: Work,
    speech: Speech,
    person: Person,
    people: Sequence[Person],
    typed: Mapping[str, str],
    errors: Mapping[str, str] | None = None,
) -> Card:
    for_others = person.has(Role.COORDINATOR)
    units = {unit.key: unit.name for unit in work.community.units}
    absent = next((p for p in people if p.key == typed.get("person")), person)
    missing = speech.say("absence.wrong.required")

    def choices(offered: Sequence[Person], chosen: str) -> tuple[Choice, ...]:
        named = [p for p in offered[MOST_CHOICES:] if p.key == chosen]
        return tuple(Choice(p.key, _with_unit(p, units)) for p in (*named, *offered[:MOST_CHOICES]))

    def ask(key: str, kind: InputKind, given: tuple[Choice, ...] = ()) -> Input:
        label = speech.say(f"absence.field.{key}")
        return Input(key, kind, label, required=True, missing=missing, choices=given, max_length=12)

    nobody = Choice(NOBODY, speech.say("absence.nobody" if for_others else "absence.nobody_but_away"))
    deputies = choices(possible_deputies(people, absent), typed.get("deputy", ""))
    inputs = [
        ask("deputy", InputKind.CHOICE, (*deputies, nobody)),
        ask("from", InputKind.DATE),
        ask("until", InputKind.DATE),
    ]
    if for_others:
        who = choices([p for p in people if may_be_away(p)], typed.get("person", ""))
        inputs.insert(0, ask("person", InputKind.CHOICE, who))
    intro = Text(speech.say("absence.intro_for_others" if for_others else "absence.intro"), Tone.SUBTLE)
    press = Button("absence.set", speech.say("absence.set"), style=Style.PRIMARY, submits=True)
    return Card(speech.say("absence.title"), (intro, *inputs), (press,)).with_inputs(typed, errors or {})


async def _again(turn: Turn, read: FormRead) -> Card:
    errors = {key: _mistake(turn.speech, mistake) for key, mistake in read.mistakes.items()}
    card = _form(turn.work, turn.speech, turn.person, await active_people(turn.work), read.typed, errors)
    return replace(card, body=(Text(turn.speech.many("common.mistakes", len(errors)), Tone.ATTENTION), *card.body))


async def _read_over(turn: Turn, card: Card, words: str) -> Card:
    """The form as one line gives it, to be looked at before it is sent; wrong is only what the line itself said."""
    people, today = await active_people(turn.work), local_date(turn.now, turn.community.zone)
    for_others = turn.person.has(Role.COORDINATOR)
    name = "person" if for_others else "deputy"
    given = {name if key == "deputy" else key: text for key, text in read_line(words, people, today).items()}
    if contains_identity_number(words):
        given = {name: words}
    by, others = None if for_others else turn.person, await turn.work.absences.not_ended()
    known = {field.key: field.value for field in card.inputs if field.value}
    read = read_absence(known | given, by, people, others, today)
    told = {key: mistake for key, mistake in read.mistakes.items() if key in given}
    if told:
        return await _again(turn, FormRead(None, told, read.typed))
    filled = _form(turn.work, turn.speech, turn.person, people, read.typed)
    return replace(filled, body=(Text(turn.say("absence.look_over")), *filled.body), buttons=card.buttons)


def _mistake(speech: Speech, mistake: Mistake) -> str:
    other = mistake.other
    days = {"first": speech.day(other.first), "last": speech.day(other.last)} if other else {}
    return speech.say(f"absence.wrong.{mistake.wrong}", **days)


def _with_unit(person: Person, units: Mapping[str, str]) -> str:
    unit = units.get(person.unit or "")
    return f"{person.name} ({unit})" if unit else person.name


def _end_button(work: Work, speech: Speech, person: Person, absence: Absence, at: Turn | Drawing) -> Button:
    data: Mapping[str, Json] = {"absence": absence.id}
    if absence.person != person.key:
        label = speech.say("absence.end")
    elif absence.lasts(at.now, work.community.zone):
        label = speech.say("absence.i_am_back")
    else:
        label = speech.say("absence.call_off")
    return Button("absence.end", label, data)


# What is said of an absence


async def about(work: Work, speech: Speech, absence: Absence) -> str:
    """Who is away when, and who answers meanwhile."""
    who = await _name(work, speech, absence.person)
    return f"{who}: {days_of(speech, absence)}. {await meanwhile(work, speech, absence)}"


def days_of(speech: Speech, absence: Absence) -> str:
    if absence.first == absence.last:
        return speech.say("absence.away_one_day", day=speech.day(absence.first))
    return speech.say("absence.away_days", first=speech.day(absence.first), last=speech.day(absence.last))


async def meanwhile(work: Work, speech: Speech, absence: Absence) -> str:
    if absence.deputy is None:
        return speech.say("absence.nobody_answers")
    return speech.say("absence.deputy_answers", deputy=await _name(work, speech, absence.deputy))


async def _receipt(turn: Turn, absence: Absence) -> Card:
    body: list[Element] = [Text(await about(turn.work, turn.speech, absence))]
    others = await turn.work.absences.not_ended()
    if any(other.person == absence.deputy and other.shares_a_day(absence.first, absence.last) for other in others):
        deputy = await _name(turn.work, turn.speech, absence.deputy or "")
        body.append(Text(turn.say("absence.deputy_away_too", deputy=deputy), Tone.ATTENTION))
    back = _end_button(turn.work, turn.speech, turn.person, absence, turn)
    return Card(turn.say("absence.registered"), tuple(body), (back,))


async def _name(work: Work, speech: Speech, key: str) -> str:
    member = await work.people.get(key)
    return member.person.name if member else speech.say("status.somebody")


# Messages


async def draw_registered(drawing: Drawing) -> Card | None:
    """To the one who is away and to the coordinator: what somebody else has registered."""
    absence = await drawing.work.absences.get(drawing.param("absence"))
    if absence is None:
        return None
    text = await about(drawing.work, drawing.speech, absence)
    if absence.over_at(drawing.community.zone) <= drawing.now:
        return None if drawing.first else Card(drawing.say("absence.over_already"), (Text(text),))
    if drawing.reader is None or not absences.may_end(drawing.reader, absence):
        return Card(drawing.say("absence.registered"), (Text(text),))
    back = _end_button(drawing.work, drawing.speech, drawing.reader, absence, drawing)
    return Card(drawing.say("absence.registered"), (Text(text),), (back,))


async def draw_named(drawing: Drawing) -> Card | None:
    """To the deputy: for whom, from when until when, and what that means."""
    absence = await drawing.work.absences.get(drawing.param("absence"))
    if absence is None:
        return None
    if absence.over_at(drawing.community.zone) <= drawing.now:
        return None if drawing.first else sentence(drawing.say("absence.no_longer_deputy"))
    who = await _name(drawing.work, drawing.speech, absence.person)
    text = drawing.say("absence.you_answer", when=days_of(drawing.speech, absence), who=who)
    help_ = Button("help", drawing.say("help.button"))
    return Card(drawing.say("absence.you_are_deputy", who=who), (Text(text),), (help_,))


async def draw_over(drawing: Drawing) -> Card | None:
    """That the absence is over: to the one who was away, and to the coordinator."""
    absence = await drawing.work.absences.get(drawing.param("absence"))
    if absence is None or absence.ended_at is None or drawing.reader is None:
        return None
    if drawing.first and (await standing(drawing.work, drawing.now)).is_away(absence.person):
        return None  # away again before this could be sent
    began = absence.begins_at(drawing.community.zone) < absence.ended_at
    return await _over_card(drawing.work, drawing.speech, absence.person, drawing.reader, began=began)


async def _over_card(work: Work, speech: Speech, absent: str, reader: Person, *, began: bool) -> Card:
    if absent == reader.key:
        return sentence(speech.say("absence.you_are_back" if began else "absence.called_off"))
    who = await _name(work, speech, absent)
    return sentence(speech.say("absence.is_back" if began else "absence.is_called_off", who=who))


ROUTES = Routes(
    commands=(Command("deputy", "vara|deputy", show, more=True),),
    buttons={"absence.set": register, "absence.end": end, "absence.list": list_to_end},
    templates={
        "absence.form": draw_form,
        "absence.registered": draw_registered,
        "absence.named": draw_named,
        "absence.over": draw_over,
    },
    read_only=frozenset({"absence.list"}),
)
