"""The evaluation of a period: the form, its receipt, the reminder, and how far it has come."""

from __future__ import annotations

from collections.abc import Mapping

from dialogs.card import Button, Card, Choice, Element, Facts, Input, InputKind, Quote, Style, Text, Tone, sentence
from dialogs.crisis import only_coordinator
from dialogs.speech import Speech
from dialogs.turn import Answer, Command, Drawing, Routes, Turn
from dialogs.words import sentence_answer
from domain.evaluation import (
    LONGEST_TEXT,
    SCALE,
    Evaluation,
    EvaluationAnswer,
    EvaluationRead,
    FreeText,
    Question,
    Wrong,
)
from domain.reports import as_text
from services import evaluations
from services.messages import Json
from services.ports import Work


async def evaluation(turn: Turn) -> Answer:
    """`evaluering`: my form, or my receipt."""
    for found in await turn.work.evaluations.open():
        if turn.person.key in await turn.work.evaluations.invited(found.period):
            await turn.send(
                "evaluation.form", {"period": found.period}, evaluations.topic_of(found.period, turn.person.key)
            )
            return Answer() if turn.event.place.personal else sentence_answer(turn, "status.sent_in_private")
    return sentence_answer(turn, "evaluation.none")


async def open_form(turn: Turn) -> Answer:
    """The button that opens the form: to answer, or to change the answer."""
    period = as_text(turn.event.data.get("period"))
    if refusal := await evaluations.not_asked(turn.work, turn.person, period):
        return _refused(turn, refusal)
    own = await turn.work.evaluations.own(period, turn.person.key)
    return Answer(form(turn.speech, await _evaluation(turn.work, period), own))


async def submit(turn: Turn) -> Answer:
    """The pressed form: its receipt, or the form again with what was wrong."""
    period = as_text(turn.event.data.get("period"))
    result = await evaluations.submit(turn.work, turn.person, period, turn.event.data, turn.now)
    if isinstance(result, evaluations.NotAsked):
        return _refused(turn, result)
    found = await _evaluation(turn.work, period)
    if isinstance(result, EvaluationRead):
        return Answer(_again(turn.speech, found, result))
    return Answer(receipt(turn.speech, found, result))


def _refused(turn: Turn, refusal: evaluations.NotAsked) -> Answer:
    return sentence_answer(turn, "evaluation.closed" if refusal.closed else "evaluation.not_asked")


async def _evaluation(work: Work, period: str) -> Evaluation:
    found = await work.evaluations.get(period)
    if found is None:
        raise LookupError(f"period {period} has no evaluation")
    return found


# Closing


async def ask_close(turn: Turn) -> Answer:
    """Asks once more: nobody can answer afterwards."""
    if refusal := await only_coordinator(turn):
        return refusal
    found = await turn.work.evaluations.get(as_text(turn.event.data.get("period")))
    if found is None or not found.is_open:
        return sentence_answer(turn, "evaluation.closed_already")
    data: dict[str, Json] = {"period": found.period}
    buttons = (
        Button("evaluation.close", turn.say("evaluation.close_yes"), data, Style.DANGER),
        Button("evaluation.keep", turn.say("evaluation.close_no"), data),
    )
    count = await _count(turn.work, turn.speech, found.period)
    return Answer(Card(turn.say("evaluation.close_title"), (Text(count), Text(turn.say("evaluation.final"))), buttons))


async def close(turn: Turn) -> Answer:
    if refusal := await only_coordinator(turn):
        return refusal
    found = await turn.work.evaluations.get(as_text(turn.event.data.get("period")))
    if found is None or not found.is_open:
        return sentence_answer(turn, "evaluation.closed_already")
    await evaluations.close(turn.work, found, turn.now, by=turn.person)
    return Answer(await _progress(turn.work, turn.speech, found.period))


async def keep(turn: Turn) -> Answer:
    if refusal := await only_coordinator(turn):
        return refusal
    card = await _progress(turn.work, turn.speech, as_text(turn.event.data.get("period")))
    return Answer(card or sentence(turn.say("evaluation.closed_already")))


async def _count(work: Work, speech: Speech, period: str) -> str:
    invited = await work.evaluations.invited(period)
    return speech.say("evaluation.count", answered=sum(invited.values()), of=len(invited))


async def _progress(work: Work, speech: Speech, period: str) -> Card | None:
    found = await work.evaluations.get(period)
    if found is None:
        return None
    count = Text(await _count(work, speech, period))
    if not found.is_open:
        return Card(speech.say("evaluation.is_closed"), (count,))
    when = Text(speech.say("evaluation.closes", at=speech.moment(found.closes_at)), Tone.SUBTLE)
    press = Button("evaluation.ask_close", speech.say("evaluation.close"), {"period": period})
    return Card(speech.say("evaluation.under_way"), (count, when), (press,))


# Messages


async def draw_form(drawing: Drawing) -> Card | None:
    """The form until it is answered, then the receipt, and in the end that it has closed."""
    found = await drawing.work.evaluations.get(drawing.param("period"))
    if found is None or drawing.reader is None:
        return None
    if not found.is_open:
        return None if drawing.first else sentence(drawing.say("evaluation.closed"))
    own = await drawing.work.evaluations.own(found.period, drawing.reader.key)
    return form(drawing.speech, found, None) if own is None else receipt(drawing.speech, found, own)


async def draw_reminder(drawing: Drawing) -> Card | None:
    """To one who has answered meanwhile a new one is not sent, and a sent one says so."""
    found = await drawing.work.evaluations.get(drawing.param("period"))
    if found is None or drawing.reader is None:
        return None
    if not found.is_open:
        return None if drawing.first else sentence(drawing.say("evaluation.closed"))
    if await drawing.work.evaluations.own(found.period, drawing.reader.key) is not None:
        return None if drawing.first else sentence(drawing.say("evaluation.reminder_done"))
    text = Text(drawing.say("evaluation.reminder", at=drawing.speech.moment(found.closes_at)))
    press = Button("evaluation.open", drawing.say("status.answer"), {"period": found.period}, Style.PRIMARY)
    return Card(drawing.say("evaluation.reminder_title"), (text,), (press,))


async def draw_progress(drawing: Drawing) -> Card | None:
    """To the coordinator: how many have answered, kept up to date; who has is nobody's business."""
    return await _progress(drawing.work, drawing.speech, drawing.param("period"))


# Cards


def form(speech: Speech, found: Evaluation, own: EvaluationAnswer | None) -> Card:
    """Five statements to agree with more or less and two free texts; filled in with one's own answer."""
    intro = (
        Text(speech.say("evaluation.intro")),
        Text(speech.say("evaluation.anonymous", at=speech.moment(found.closes_at)), Tone.SUBTLE),
    )
    scale = tuple(Choice(str(n), _degree(speech, n)) for n in SCALE)
    scores = tuple(
        Input(question, InputKind.CHOICE, speech.say(f"evaluation.question.{question}"), choices=scale, max_length=12)
        for question in Question
    )
    texts = tuple(
        Input(kind, InputKind.LONG_TEXT, speech.say(f"evaluation.text.{kind}"), max_length=LONGEST_TEXT)
        for kind in FreeText
    )
    press = Button(
        "evaluation.submit", speech.say("evaluation.send"), {"period": found.period}, Style.PRIMARY, submits=True
    )
    card = Card(speech.say("evaluation.title"), (*intro, *scores, *texts), (press,))
    return card.with_inputs(_typed(own), {}) if own else card


def _again(speech: Speech, found: Evaluation, read: EvaluationRead) -> Card:
    """The form with what was typed, and with each mistake at its field."""
    errors = {key: _mistake(speech, wrong) for key, wrong in read.mistakes.items()}
    card = form(speech, found, None).with_inputs(read.typed, errors)
    first = Text(speech.many("common.mistakes", len(errors)), Tone.ATTENTION)
    return Card(card.title, (first, *card.body), card.buttons)


def receipt(speech: Speech, found: Evaluation, own: EvaluationAnswer) -> Card:
    """What one has answered oneself, and the way to change it."""
    body: list[Element] = [Text(speech.say("evaluation.received", at=speech.moment(found.closes_at)), Tone.GOOD)]
    if own.scores:
        rows = [
            (speech.say(f"evaluation.question.{question}"), _degree(speech, score))
            for question, score in own.scores.items()
        ]
        body.append(Facts(tuple(rows)))
    body += [Quote(speech.say(f"evaluation.text.{kind}").rstrip("?"), text) for kind, text in own.texts.items()]
    change = Button("evaluation.open", speech.say("evaluation.change"), {"period": found.period})
    return Card(speech.say("evaluation.receipt_title"), tuple(body), (change,))


def _typed(own: EvaluationAnswer) -> Mapping[str, str]:
    texts = {str(kind): text for kind, text in own.texts.items()}
    return {str(question): str(score) for question, score in own.scores.items()} | texts


def _degree(speech: Speech, score: int) -> str:
    """4 – enig"""
    return speech.say(f"evaluation.degree.{score}")


def _mistake(speech: Speech, wrong: Wrong) -> str:
    return speech.say(f"evaluation.wrong.{wrong}", max=speech.number(LONGEST_TEXT))


ROUTES = Routes(
    commands=(Command("evaluation", "evaluering|evaluation", evaluation),),
    buttons={
        "evaluation.open": open_form,
        "evaluation.submit": submit,
        "evaluation.ask_close": ask_close,
        "evaluation.close": close,
        "evaluation.keep": keep,
    },
    templates={
        "evaluation.form": draw_form,
        "evaluation.reminder": draw_reminder,
        "evaluation.progress": draw_progress,
    },
    read_only=frozenset({"evaluation.open", "evaluation.ask_close", "evaluation.keep"}),
)
