"""The status report: opened, answered on the card or field by field, corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dialogs.card import sentence
from dialogs.status_cards import (
    again,
    answerer,
    asked_how,
    draw_form,
    draw_prompt,
    draw_question,
    draw_reminder,
    draw_which,
    empty_form,
    form,
    receipt,
    unit_round,
    with_report,
    wrong_text,
)
from dialogs.turn import Answer, Routes, Turn
from dialogs.words import mistake_text, sentence_answer, written
from domain.community import Unit
from domain.reports import Answers, Mistake, StatusReport, as_text, read_field
from domain.rounds import Round
from services import reports
from services.audience import answers_for
from services.messages import Json
from services.pictures import status_topic
from services.rounds import current_round


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
            card = form(turn.speech, shown, first=turn.say("status.other_answered", who=answerer(turn.speech, shown)))
            return Answer(card.with_inputs(result.answers.typed, {}))
        case reports.NotAllowed():
            return _refused(turn, result)


async def _received(turn: Turn, round_: Round, unit: Unit, report: StatusReport) -> Answer:
    await turn.work.dialogs.close(turn.person.key)
    return Answer(receipt(turn.speech, await with_report(turn.work, round_, unit, report, None, turn.now)))


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
    """The round of the button – the current one if it names none – and its unit, if the person answers for that."""
    units = await answers_for(turn.work, turn.person, turn.now)
    if not units:
        return await not_yours(turn)
    asked = as_text(turn.event.data.get("round"))
    round_ = await turn.work.rounds.get(asked) if asked else await current_round(turn.work, turn.now)
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
                return Answer(
                    sentence(wrong_text(turn.speech, asked, "required") + " " + asked_how(turn.speech, asked))
                )
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


ROUTES = Routes(
    buttons={"status.open": open_form, "status.submit": submit, "status.same": same},
    templates={
        "status.prompt": draw_prompt,
        "status.form": draw_form,
        "status.reminder": draw_reminder,
        "status.question": draw_question,
        "status.which": draw_which,
    },
    forms={"status.submit": empty_form},
)
