"""From what was written or pressed to the dialog that answers it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from dialogs import crisis, help, people, status, summary  # noqa: A004 - the command's name
from dialogs.card import Card, sentence
from dialogs.turn import Answer, Dialog, Drawing, Event, Template, Turn, speech_for
from domain.identity_numbers import contains_identity_number
from services.messages import Params
from services.ports import ConflictError, Member, Store, Work

_COMMANDS: Mapping[str, tuple[Dialog, str]] = {
    "help": (help.show, "hjelp|help|?|hei|hallo|hello|hi|start"),
    "status": (status.status, "status"),
    "overview": (summary.overview, "oversikt|oversyn|overview"),
    "crisis": (crisis.crisis, "krise|crisis"),
    "end": (crisis.end, "avslutt|end"),
    "round_now": (crisis.round_now, "runde nå|runde no|round now"),
    "connect": (people.connect, "koble|kople|connect"),
    "later": (
        people.later,
        "tiltak|actions|møteplan|plan|vara|deputy|be om møte|request meeting",
    ),
}
_DIALOGS = {name: dialog for name, (dialog, _) in _COMMANDS.items()}
_WORDS = {word: name for name, (_, words) in _COMMANDS.items() for word in words.split("|")}
_LANGUAGE = re.compile(r"(?:språk|spraak|sprak|language)\s+\S+")

_BUTTONS: Mapping[str, Dialog] = {
    "status.open": status.open_form,
    "status.submit": status.submit,
    "status.same": status.same,
    "period.start": crisis.start,
    "period.announce": crisis.announce_now,
    "period.ask_end": crisis.end,
    "period.end": crisis.end_confirmed,
    "period.keep": crisis.keep,
    "round.start": crisis.start_round,
    "reminder.send": crisis.remind_missing,
    "summary.sealed": summary.show_sealed,
    "summary.now": summary.show_now,
    "join.accept": people.accept,
    "join.decline": people.decline,
    "help": help.show,
    "overview": summary.overview,
}

_READ_ONLY = frozenset({"help", "overview", "later", "summary.sealed", "summary.now", "period.keep", "period.ask_end"})
"""What changes nothing: it needs no write, and a repeat of it does no harm."""

MOST_CONFLICTS = 5
"""How often a turn is tried again because another one was first."""

TEMPLATES: Mapping[str, Template] = {
    "status.prompt": status.draw_prompt,
    "status.form": status.draw_form,
    "status.reminder": status.draw_reminder,
    "status.question": status.draw_question,
    "missing.list": crisis.draw_missing,
    "crisis.form": crisis.draw_form,
    "crisis.round_form": crisis.draw_round_form,
    "period.announced": crisis.draw_announced,
    "period.change": crisis.draw_change,
    "round.called": crisis.draw_called,
    "period.ended": crisis.draw_ended,
    "summary.posted": summary.draw_posted,
    "people.join_request": people.draw_join_request,
    "people.welcome": people.draw_welcome,
    "people.unreachable": people.draw_unreachable,
}


async def answer(store: Store, community: str, person: str, event: Event, now: datetime) -> Answer:
    """One turn: finds the dialog, runs it in one transaction with the event's id, gives what goes straight back.

    A button whose event is a repeat is answered with the message as it now stands; a repeated text with nothing.
    """
    name = name_of(event)
    if name in _READ_ONLY:
        async with store.read(community) as work:
            turn = await _turn(work, person, event, now)
            return await _dialog(name)(turn) if turn else Answer()
    if name is None and event.action is None:
        async with store.read(community) as work:
            state = await work.dialogs.get(person)
            turn = await _turn(work, person, event, now)
        if turn is None:
            return Answer()
        if state is None or contains_identity_number(event.text):
            return Answer(sentence(_not_understood(turn)))
    for _ in range(MOST_CONFLICTS - 1):
        # Somebody else stored the same revision first: look again, and decide on what stands now.
        with suppress(ConflictError):
            return await _store(store, community, person, event, now)
    return await _store(store, community, person, event, now)


async def _store(store: Store, community: str, person: str, event: Event, now: datetime) -> Answer:
    name = name_of(event)
    async with store.begin(community) as work:
        turn = await _turn(work, person, event, now)
        if turn is None:
            return Answer()
        if not await work.first_time(event.id, now):
            return await _repeated(turn)
        if event.action is not None or name is not None:
            return await _dialog(name)(turn)
        state = await work.dialogs.get(person)
        return await status.typed(turn, state) if state else Answer(sentence(_not_understood(turn)))


async def draw(
    work: Work, template: str, params: Params, reader: Member | None, now: datetime, *, first: bool = False
) -> Card | None:
    """A stored message as things stand, in its reader's language; None when it has become pointless."""
    drawing = Drawing(work, now, speech_for(work.community, reader), params, reader.person if reader else None, first)
    return await TEMPLATES[template](drawing)


def name_of(event: Event) -> str | None:
    if event.action is not None:
        return event.action if event.action in _BUTTONS else None
    words = re.sub(r"\s+", " ", event.text.casefold()).strip(" .!")
    if words in _WORDS:
        return _WORDS[words]
    return "language" if _LANGUAGE.fullmatch(words) else None


def _dialog(name: str | None) -> Dialog:
    if name == "language":
        return people.language
    return _BUTTONS.get(name or "") or _DIALOGS.get(name or "") or _unknown_button


async def _unknown_button(turn: Turn) -> Answer:
    return Answer(sentence(turn.say("help.unknown_button")))


async def _turn(work: Work, person: str, event: Event, now: datetime) -> Turn | None:
    member = await work.people.get(person)
    if member is None or not member.active:
        return None
    return Turn(work, now, member, event, speech_for(work.community, member))


def _not_understood(turn: Turn) -> str:
    if contains_identity_number(turn.event.text):
        return turn.say("status.wrong.identity_number")
    return turn.say("help.not_understood")


async def _repeated(turn: Turn) -> Answer:
    """A repeated press must be answered too: with the unit's receipt where there is one."""
    if turn.event.action in ("status.submit", "status.same", "status.open"):
        return await status.as_it_stands(turn)
    return Answer(sentence(turn.say("help.done_already"))) if turn.event.action else Answer()
