"""`rett melding`: the coordinator corrects or withdraws what has been posted, wherever its copies lie."""

from __future__ import annotations

import re
from dataclasses import replace

from dialogs.card import Button, Card, Choice, Element, Input, InputKind, Quote, Style, Text, Tone, sentence
from dialogs.crisis import only_coordinator
from dialogs.speech import Speech
from dialogs.turn import Answer, Command, Drawing, Routes, Turn
from dialogs.words import sentence_answer
from domain.identity_numbers import contains_identity_number
from domain.period_form import LONGEST_NOTE
from domain.reports import as_text
from services import corrections
from services.messages import Json
from services.ports import Amendment, Posted, Work

# On the copies


def amended(speech: Speech, card: Card, amendment: Amendment) -> Card:
    """A posted message as it is read after the coordinator's word about it."""
    if amendment.withdrawn:
        return sentence(speech.say("corrections.withdrawn", at=speech.moment(amendment.at)))
    word = Quote(speech.say("corrections.corrected", at=speech.moment(amendment.at)), amendment.note)
    if card.plain:
        return Card(speech.say("corrections.corrected_title"), (word, Text(card.title)), card.buttons)
    return replace(card, body=(word, *card.body))


async def corrected_summary(work: Work, speech: Speech, round_id: str, card: Card) -> Card:
    """The round as somebody asked to see it, with what was said of its posted summary."""
    amendment = await work.amendments.get("summary.posted", {"round": round_id})
    return amended(speech, card, amendment) if amendment is not None and not amendment.withdrawn else card


# Choosing


async def show(turn: Turn) -> Answer:
    """What was posted last, to choose from."""
    if refusal := await only_coordinator(turn):
        return refusal
    if not turn.event.place.personal:
        await turn.send("corrections.list", {})
        return sentence_answer(turn, "status.sent_in_private")
    return Answer(await _list(turn.work, turn.speech))


async def draw_list(drawing: Drawing) -> Card | None:
    return await _list(drawing.work, drawing.speech)


async def _list(work: Work, speech: Speech) -> Card:
    found = await corrections.latest(work)
    if not found:
        return sentence(speech.say("corrections.nothing"))
    choices = tuple([Choice(str(posted.id), await _choice(work, speech, posted)) for posted in found])
    which = Input(
        "message",
        InputKind.CHOICE,
        speech.say("corrections.field.message"),
        required=True,
        missing=speech.say("status.wrong.required"),
        choices=choices,
    )
    press = Button("message.choose", speech.say("corrections.choose"), style=Style.PRIMARY, submits=True)
    return Card(speech.say("corrections.title"), (which,), (press,))


async def _choice(work: Work, speech: Speech, posted: Posted) -> str:
    amendment = await work.amendments.get(posted.template, posted.params)
    if amendment is None:
        return _named(speech, posted)
    state = speech.say("corrections.is_withdrawn" if amendment.withdrawn else "corrections.is_corrected")
    return f"{_named(speech, posted)} – {state}"


def _named(speech: Speech, posted: Posted) -> str:
    """Oppsummering, 28.11.2023 kl. 15.30"""
    what = speech.say(f"corrections.what.{posted.template}")
    return f"{what}, {speech.short(posted.at)} {speech.time(posted.at)}"


async def choose(turn: Turn) -> Answer:
    if refusal := await only_coordinator(turn):
        return refusal
    posted = await _posted(turn)
    if posted is None:
        errors = {"message": turn.say("corrections.wrong.not_a_choice")}
        return Answer((await _list(turn.work, turn.speech)).with_inputs({}, errors))
    return Answer(await _form(turn, posted))


async def _posted(turn: Turn) -> Posted | None:
    number = as_text(turn.event.data.get("message"))
    return await corrections.find(turn.work, int(number)) if re.fullmatch(r"[0-9]{1,18}", number, re.ASCII) else None


# Correcting


async def _form(turn: Turn, posted: Posted) -> Card:
    speech = turn.speech
    amendment = await turn.work.amendments.get(posted.template, posted.params)
    body: list[Element] = [Text(_named(speech, posted), Tone.HEADING), Text(speech.say("corrections.how"), Tone.SUBTLE)]
    data: dict[str, Json] = {"message": str(posted.id)}
    buttons = [Button("message.correct", speech.say("corrections.correct"), data, Style.PRIMARY, submits=True)]
    if amendment is None or not amendment.withdrawn:
        buttons.append(Button("message.withdraw", speech.say("corrections.withdraw"), data, Style.DANGER))
    if amendment is not None:
        label = speech.say("corrections.show_again" if amendment.withdrawn else "corrections.remove")
        buttons.append(Button("message.restore", label, data))
        if amendment.withdrawn:
            body.append(Text(speech.say("corrections.withdrawn", at=speech.moment(amendment.at)), Tone.ATTENTION))
    note = Input(
        "note",
        InputKind.LONG_TEXT,
        speech.say("corrections.field.note"),
        value=amendment.note if amendment else "",
        max_length=LONGEST_NOTE,
    )
    return Card(speech.say("corrections.title"), (*body, note), tuple(buttons))


async def correct(turn: Turn) -> Answer:
    """The word on top of every copy, or the form again with what was wrong."""
    if refusal := await only_coordinator(turn):
        return refusal
    posted = await _posted(turn)
    if posted is None:
        return sentence_answer(turn, "corrections.gone")
    note = as_text(turn.event.data.get("note"))
    if wrong := corrections.mistake(note):
        typed = {} if contains_identity_number(note) else {"note": note}
        errors = {"note": turn.say(f"corrections.wrong.{wrong}", max=LONGEST_NOTE)}
        return Answer((await _form(turn, posted)).with_inputs(typed, errors))
    await corrections.correct(turn.work, posted, turn.person, note, turn.now)
    return sentence_answer(turn, "corrections.done.corrected")


async def withdraw(turn: Turn) -> Answer:
    if refusal := await only_coordinator(turn):
        return refusal
    posted = await _posted(turn)
    if posted is None:
        return sentence_answer(turn, "corrections.gone")
    await corrections.withdraw(turn.work, posted, turn.person, turn.now)
    undo = Button("message.restore", turn.say("corrections.show_again"), {"message": str(posted.id)})
    return Answer(sentence(turn.say("corrections.done.withdrawn"), undo))


async def restore(turn: Turn) -> Answer:
    if refusal := await only_coordinator(turn):
        return refusal
    posted = await _posted(turn)
    if posted is None:
        return sentence_answer(turn, "corrections.gone")
    await corrections.restore(turn.work, posted, turn.person, turn.now)
    return sentence_answer(turn, "corrections.done.restored")


ROUTES = Routes(
    commands=(Command("correct", "rett melding|rett meldinga|correct message", show),),
    buttons={
        "message.choose": choose,
        "message.correct": correct,
        "message.withdraw": withdraw,
        "message.restore": restore,
    },
    templates={"corrections.list": draw_list},
    read_only=frozenset({"message.choose"}),
)
