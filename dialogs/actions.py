"""Actions (tiltak): the list, adding in a form or in one line, and what becomes of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from dialogs import action_cards as cards
from dialogs import action_messages as messages
from dialogs.card import Card, Element, Text, Tone
from dialogs.speech import Speech
from dialogs.turn import Answer, Command, Routes, Turn
from dialogs.words import sentence_answer
from domain.action_form import FormRead, read_action, read_line
from domain.actions import Action, in_order
from domain.community import Community
from domain.identity_numbers import masks
from domain.reports import as_text
from domain.working_time import local_date
from services import action_reminders, actions
from services.actions import Refused
from services.messages import Json

# Commands


async def command(turn: Turn) -> Answer:
    """`tiltak`: what is open, and the form; `tiltak Larvik åpner 4 plasser innen fredag`: the form filled in."""
    _, *line = turn.event.text.split(maxsplit=1)
    if line and line[0].strip(" .!"):
        return Answer(await _from_line(turn, line[0]))
    return Answer(await _list(turn))


async def show_list(turn: Turn) -> Answer:
    start = turn.event.data.get("start")
    from_ = start if isinstance(start, int) and not isinstance(start, bool) and 0 < start < 10_000 else 0
    return Answer(await _list(turn, from_))


async def _list(turn: Turn, start: int = 0) -> Card:
    work, speech, person, today = turn.work, turn.speech, turn.person, _today(turn)
    found = in_order(await work.actions.open(), person.unit)
    body: list[Element] = [Text(_count(speech, found, today), Tone.SUBTLE)]
    mine = await messages.changeable(work, person, found[start : start + cards.PAGE], turn.now)
    body += [
        *cards.page_of(speech, work.community, found, mine, today, start),
        *cards.further(speech, found, start),
        Text(speech.say("actions.new"), Tone.HEADING),
        Text(speech.say("actions.in_one_line"), Tone.SUBTLE),
        *cards.add_inputs(speech, work.community, person.unit),
    ]
    return Card(speech.say("actions.title"), tuple(body), (cards.add_button(speech, turn.now),))


def _count(speech: Speech, found: Sequence[Action], today: date) -> str:
    if not found:
        return speech.say("actions.none_open")
    overdue = sum(action.is_overdue(today) for action in found)
    told = speech.many("actions.open", len(found))
    return f"{told} {speech.many('actions.overdue_of_them', overdue)}" if overdue else told


async def _from_line(turn: Turn, line: str) -> Card:
    """The form with what the line says, to be confirmed; what was not understood is told at its field."""
    read = read_line(turn.community, line, _today(turn), turn.person.unit)
    checked = read_action(turn.community, read, _today(turn))
    confirm = [Text(turn.say("actions.confirm"), Tone.SUBTLE)]
    if checked.form is not None:
        owner = turn.community.name_of_unit(checked.form.owner)
        confirm.insert(0, Text(turn.say("actions.understood", unit=owner, due=turn.speech.date(checked.form.due))))
    form = cards.add_form(turn.speech, turn.community, confirm, turn.now)
    if checked.form is not None:
        return form.with_inputs(read, {})
    return cards.again(turn.speech, form, masks(read), checked.mistakes)


# Adding and changing


async def add(turn: Turn) -> Answer:
    """The pressed form: the action, or the form again with what was wrong."""
    result = await actions.add_from_form(turn.work, turn.person, turn.event.data, turn.now, key=_key(turn))
    if isinstance(result, FormRead):
        form = cards.add_form(turn.speech, turn.community, (), turn.now)
        return Answer(cards.again(turn.speech, form, result.typed, result.mistakes))
    unit = turn.community.name_of_unit(result.owner)
    told = turn.say("actions.added" if result.owner == turn.person.unit else "actions.added_told", unit=unit)
    return Answer(await _detail(turn, result, Text(told, Tone.GOOD)))


def _empty_form(speech: Speech, community: Community, _: Mapping[str, Json], now: datetime) -> Card:
    return cards.add_form(speech, community, (), now)


async def show(turn: Turn) -> Answer:
    action = await turn.work.actions.get(_id(turn))
    if action is None:
        return sentence_answer(turn, "actions.gone")
    return Answer(await _detail(turn, action))


async def done(turn: Turn) -> Answer:
    result = await actions.finish(turn.work, turn.person, _id(turn), turn.now)
    if isinstance(result, Refused):
        return await _refused(turn, result)
    return Answer(await _detail(turn, result, Text(turn.say("actions.was_done"), Tone.GOOD)))


async def move(turn: Turn) -> Answer:
    """First the form, then what it says."""
    action = await actions.find(turn.work, turn.person, _id(turn), turn.now)
    if isinstance(action, Refused):
        return await _refused(turn, action)
    form = cards.move_form(turn.speech, turn.community, action)
    if not _is_sent(turn, "due"):
        return Answer(form)
    result = await actions.move(turn.work, turn.person, action.id, turn.event.data, turn.now)
    return await _outcome(turn, result, form, "actions.was_moved")


async def drop(turn: Turn) -> Answer:
    """First asks once more, and why."""
    action = await actions.find(turn.work, turn.person, _id(turn), turn.now)
    if isinstance(action, Refused):
        return await _refused(turn, action)
    form = cards.drop_form(turn.speech, turn.community, action)
    if not _is_sent(turn, "reason"):
        return Answer(form)
    result = await actions.drop(turn.work, turn.person, action.id, turn.event.data, turn.now)
    return await _outcome(turn, result, form, "actions.was_dropped")


async def hand_over(turn: Turn) -> Answer:
    """First asks to whom."""
    action = await actions.find(turn.work, turn.person, _id(turn), turn.now)
    if isinstance(action, Refused):
        return await _refused(turn, action)
    form = cards.hand_over_form(turn.speech, turn.community, action)
    if not _is_sent(turn, "owner"):
        return Answer(form)
    result = await actions.hand_over(turn.work, turn.person, action.id, turn.event.data, turn.now)
    return await _outcome(turn, result, form, "actions.was_handed_over")


async def snooze(turn: Turn) -> Answer:
    """A reminder again on the next working day, to the one who pressed."""
    action = await turn.work.actions.get(_id(turn))
    if action is None or not action.is_open:
        return await _refused(turn, Refused.GONE if action is None else Refused.SETTLED)
    if turn.person not in await action_reminders.owners_people(turn.work, action.owner, turn.now):
        return sentence_answer(turn, "actions.not_reminded", unit=turn.community.name_of_unit(action.owner))
    again = await action_reminders.snooze(turn.work, turn.person, action, turn.now)
    told = Text(turn.say("actions.snoozed", at=turn.speech.moment(again)), Tone.GOOD)
    return Answer(await _detail(turn, action, told))


async def as_it_stands(turn: Turn) -> Answer:
    """What a repeated press is answered with: what came of the first one. Stores nothing."""
    if turn.event.action == "action.add":
        read = read_action(turn.community, turn.event.data, _today(turn))
        if read.form is None:
            form = cards.add_form(turn.speech, turn.community, (), turn.now)
            return Answer(cards.again(turn.speech, form, read.typed, read.mistakes))
        added = await turn.work.actions.get(actions.id_of(turn.person, read.form, _key(turn)))
        return Answer(await _detail(turn, added)) if added else await show_list(turn)
    return await show(turn)


def _key(turn: Turn) -> str:
    """Tells one drawn form from another."""
    return as_text(turn.event.data.get("drawn")) or turn.event.id


def _is_sent(turn: Turn, field: str) -> bool:
    return field in turn.event.data or turn.event.data.get("sent") is True


async def _outcome(turn: Turn, result: Action | Refused | FormRead[Any], form: Card, told: str) -> Answer:
    """What came of a form about an action: it changed, it is asked again, or it was refused."""
    if isinstance(result, Refused):
        return await _refused(turn, result)
    if isinstance(result, FormRead):
        return Answer(cards.again(turn.speech, form, result.typed, result.mistakes))
    return Answer(await _detail(turn, result, Text(turn.say(told), Tone.GOOD)))


async def _refused(turn: Turn, why: Refused) -> Answer:
    """Nothing was changed; what is settled already is shown as it stands."""
    action = await turn.work.actions.get(_id(turn))
    if action is None or why is Refused.GONE:
        return sentence_answer(turn, "actions.gone")
    if why is Refused.NOT_YOURS:
        return sentence_answer(turn, "actions.not_yours", unit=turn.community.name_of_unit(action.owner))
    return Answer(await _detail(turn, action, Text(turn.say("actions.settled"), Tone.ATTENTION)))


async def _detail(turn: Turn, action: Action, *first: Element) -> Card:
    mine = await actions.may_change(turn.work, turn.person, action, turn.now)
    return await cards.detail(turn.work, turn.speech, action, turn.now, mine=mine, first=first)


def _id(turn: Turn) -> str:
    return as_text(turn.event.data.get("id"))


def _today(turn: Turn) -> date:
    return local_date(turn.now, turn.community.zone)


ROUTES = Routes(
    commands=(Command("actions", "tiltak|actions|action", command, more=True),),
    buttons={
        "action.list": show_list,
        "action.show": show,
        "action.add": add,
        "action.done": done,
        "action.move": move,
        "action.drop": drop,
        "action.hand_over": hand_over,
        "reminder.snooze": snooze,
    },
    templates={
        "action.given": messages.draw_given,
        "action.reminder": messages.draw_reminder,
        "action.overdue": messages.draw_overdue,
        "action.overdue_all": messages.draw_all_overdue,
    },
    read_only=frozenset({"actions", "action.list", "action.show"}),
    forms={"action.add": _empty_form},
)
