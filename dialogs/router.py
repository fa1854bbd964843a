"""From what was written or pressed to the dialog that answers it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from dialogs import (
    absence,
    access,
    actions,
    agenda,
    at_meeting,
    calendar_feed,
    case_changes,
    case_form,
    corrections,
    crisis,
    deadlines,
    delivery,
    differences,
    digest,
    evaluation,
    free_deadlines,
    help,  # noqa: A004 - the command's name
    holidays,
    home,
    levels,
    log,
    meetings,
    minutes,
    notices,
    outage,
    own_channel,
    people,
    period_report,
    plan,
    plan_file,
    publication,
    rhythm,
    round_now,
    status,
    summary,
    unavailable,
)
from dialogs.card import Card, sentence
from dialogs.corrections import amended
from dialogs.speech import Speech
from dialogs.turn import (
    Answer,
    Command,
    Dialog,
    Document,
    DocumentBuilder,
    Drawing,
    EmptyForm,
    Event,
    Template,
    Turn,
    speech_for,
)
from domain.community import Community
from domain.identity_numbers import contains_identity_number
from services.corrections import POSTED
from services.messages import Params
from services.ports import ConflictError, Member, Store, Work

_PARTS = (
    help.ROUTES,
    outage.ROUTES,
    home.ROUTES,
    plan.ROUTES,
    plan_file.ROUTES,
    publication.ROUTES,
    deadlines.ROUTES,
    free_deadlines.ROUTES,
    calendar_feed.ROUTES,
    digest.ROUTES,
    agenda.ROUTES,
    case_form.ROUTES,
    case_changes.ROUTES,
    status.ROUTES,
    summary.ROUTES,
    crisis.ROUTES,
    actions.ROUTES,
    evaluation.ROUTES,
    levels.ROUTES,
    log.ROUTES,
    corrections.ROUTES,
    rhythm.ROUTES,
    holidays.ROUTES,
    round_now.ROUTES,
    meetings.ROUTES,
    at_meeting.ROUTES,
    minutes.ROUTES,
    notices.ROUTES,
    period_report.ROUTES,
    people.ROUTES,
    own_channel.ROUTES,
    absence.ROUTES,
    access.ROUTES,
    differences.ROUTES,
    delivery.ROUTES,
)
COMMANDS = tuple(command for part in _PARTS for command in part.commands)
_DIALOGS: Mapping[str, Dialog] = {command.name: command.dialog for command in COMMANDS}
_WORDS: Mapping[str, Command] = {word: command for command in COMMANDS for word in command.words.split("|")}
_BUTTONS: Mapping[str, Dialog] = {name: dialog for part in _PARTS for name, dialog in part.buttons.items()}
TEMPLATES: Mapping[str, Template] = {name: template for part in _PARTS for name, template in part.templates.items()}
DOCUMENTS: Mapping[str, DocumentBuilder] = {kind: make for part in _PARTS for kind, make in part.documents.items()}
_FORMS: Mapping[str, EmptyForm] = {name: form for part in _PARTS for name, form in part.forms.items()}
_READ_ONLY = frozenset[str]().union(*(part.read_only for part in _PARTS))

MOST_CONFLICTS = 5
"""How often a turn is tried again because another one was first."""


async def answer(store: Store, community: str, person: str, event: Event, now: datetime) -> Answer:
    """One turn: finds the dialog, runs it in one transaction with the event's id, gives what goes straight back.

    A button whose event is a repeat is answered with the message as it now stands; a repeated text with nothing.
    """
    name = name_of(event)
    # In a channel some of them are answered to the person alone, by a message that is stored.
    if name in _READ_ONLY and event.place.personal:
        async with store.read(community) as work:
            turn = await _turn(work, person, event, now)
            return await _dialog(name)(turn) if turn else Answer(gone=True)
    if name is None and event.action is None:
        async with store.read(community) as work:
            state = await work.dialogs.get(person)
            turn = await _turn(work, person, event, now)
        if turn is None:
            return Answer(gone=True)
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
            return Answer(gone=True)
        if not await work.first_time(event.id, now):
            return await _repeated(turn)
        if event.action is not None or name is not None:
            return await _dialog(name)(turn)
        state = await work.dialogs.get(person)
        return await status.typed(turn, state) if state else Answer(sentence(_not_understood(turn)))


async def draw(
    work: Work, template: str, params: Params, reader: Member | None, now: datetime, *, first: bool = False
) -> Card | None:
    """A stored message as things stand, in its reader's language; None when it has become pointless.

    What the coordinator has said of it since stands on top, or in its place.
    """
    drawing = Drawing(work, now, speech_for(work.community, reader), params, reader.person if reader else None, first)
    amendment = await work.amendments.get(template, params) if template in POSTED else None
    if amendment is not None and amendment.withdrawn:
        return None if first else amended(drawing.speech, sentence(""), amendment)
    card = await TEMPLATES[template](drawing)
    return amended(drawing.speech, card, amendment) if card is not None and amendment is not None else card


async def document(work: Work, kind: str, ids: Sequence[str], language: str, now: datetime) -> Document | None:
    """What a document of that kind is drawn from, in a language; None when there is no such document."""
    if kind not in DOCUMENTS:
        return None
    return await DOCUMENTS[kind](Drawing(work, now, Speech(language, work.community.zone), {}, None), ids)


def not_stored(speech: Speech, community: Community | None, event: Event, now: datetime) -> Card:
    """The answer to a turn while the store cannot be used. Nothing that was typed is lost with it.

    `community` is that of the person, as far as it is remembered who that is.
    """
    if event.action is None or name_of(event) is None:
        return unavailable.told(speech, event)
    draw_empty = _FORMS.get(event.action)
    form = draw_empty(speech, community, event.data, now) if draw_empty and community else None
    return unavailable.kept(speech, event.action, event.data, form)


def name_of(event: Event) -> str | None:
    """The pressed button, or the command that was written; None for anything else."""
    if event.action is not None:
        return event.action if event.action in _BUTTONS else None
    return command_of(event.text)


def command_of(text: str) -> str | None:
    """The name of the command that a text is; of those that take more words, the one that it begins with."""
    words = re.sub(r"\s+", " ", text.casefold()).strip(" .!")
    if words in _WORDS and not _WORDS[words].colon:
        return _WORDS[words].name
    head, colon, _ = words.partition(":")
    if colon and (word := re.match(r"\w+", head)) and word[0] in _WORDS and _WORDS[word[0]].colon:
        return _WORDS[word[0]].name
    first = (command for word, command in _WORDS.items() if command.more and words.startswith(f"{word} "))
    return next((command.name for command in first), None)


def changes_nothing(event: Event) -> bool:
    """Whether it may be done again as often as one likes: a read, or a bare command, which at most gives a form."""
    name = name_of(event)
    if event.action is not None:
        return name in _READ_ONLY
    return name is not None and event.text.casefold().strip(" .!") in _WORDS


def _dialog(name: str | None) -> Dialog:
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
    """A repeated press must be answered too: with what came of the first where that can be shown."""
    if turn.event.action in ("status.submit", "status.same", "status.open"):
        return await status.as_it_stands(turn)
    if turn.event.action in actions.ROUTES.buttons:
        return await actions.as_it_stands(turn)
    if turn.event.action in {**agenda.ROUTES.buttons, **case_form.ROUTES.buttons, **case_changes.ROUTES.buttons}:
        return await agenda.as_it_stands(turn)
    return Answer(sentence(turn.say("help.done_already"))) if turn.event.action else Answer()
