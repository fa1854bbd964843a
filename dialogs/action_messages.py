"""Messages about actions: given, reminded of, overdue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from dialogs import action_cards as cards
from dialogs.card import Button, Card, Element, Quote, Section, Text, Tone, sentence
from dialogs.turn import Drawing
from domain.actions import Action
from domain.community import Person
from domain.working_time import local_date
from services import action_reminders, actions
from services.ports import Work

MOST_OVERDUE = 40
"""Lines in the coordinator's list of what is overdue."""


async def draw_given(drawing: Drawing) -> Card | None:
    """To the owner's people: somebody has given them an action. Not sent if it is theirs no more."""
    action = await drawing.work.actions.get(drawing.param("action"))
    if action is None or (drawing.first and not _still_pending(drawing, action)):
        return None
    by = await drawing.work.people.get(drawing.param("by"))
    who = by.person.name if by else drawing.say("status.somebody")
    unit = drawing.community.name_of_unit(drawing.param("owner"))
    card = await _drawn(drawing, action, Text(drawing.say("actions.given", who=who, unit=unit)))
    return replace(card, title=drawing.say("actions.given_title", unit=unit))


async def draw_reminder(drawing: Drawing) -> Card | None:
    """How long is left, and the way to put it off. Not sent if it is settled, moved, or theirs no more."""
    action = await drawing.work.actions.get(drawing.param("action"))
    moved = action is not None and action.due.isoformat() != drawing.param("due")
    if action is None or (drawing.first and (moved or not _still_pending(drawing, action))):
        return None
    if not action.is_open or moved or action.owner != drawing.param("owner"):
        return await _drawn(drawing, action)
    today = local_date(drawing.now, drawing.community.zone)
    text = drawing.say(f"actions.due.{_how_near(action, today)}", due=drawing.speech.day(action.due))
    moment = action_reminders.tomorrow(drawing.work, drawing.now)
    label = drawing.say("actions.snooze", day=drawing.speech.short(moment))
    snooze = Button("reminder.snooze", label, {"id": action.id})
    card = await _drawn(drawing, action, Text(text, Tone.ATTENTION), snooze=snooze)
    return replace(card, title=drawing.say("actions.reminder_title"))


def _how_near(action: Action, today: date) -> str:
    days = (action.due - today).days
    if days < 0:
        return "passed"
    return {0: "today", 1: "tomorrow"}.get(days, "soon")


def _still_pending(drawing: Drawing, action: Action) -> bool:
    return action.is_open and action.owner == drawing.param("owner")


async def _drawn(drawing: Drawing, action: Action, *first: Element, snooze: Button | None = None) -> Card:
    mine = bool(await changeable(drawing.work, drawing.reader, [action], drawing.now))
    work, speech, now = drawing.work, drawing.speech, drawing.now
    return await cards.detail(work, speech, action, now, mine=mine, first=first, snooze=snooze)


async def draw_overdue(drawing: Drawing) -> Card | None:
    """All that is overdue of one owner, in one message; what has been settled since leaves it."""
    today = local_date(drawing.now, drawing.community.zone)
    owner = drawing.param("owner")
    unit = drawing.community.name_of_unit(owner)
    found = [a for a in await drawing.work.actions.open() if a.owner == owner and a.is_overdue(today)]
    if not found:
        return None if drawing.first else sentence(drawing.say("actions.none_overdue", unit=unit))
    mine = await changeable(drawing.work, drawing.reader, found[: cards.PAGE], drawing.now)
    page = cards.page_of(drawing.speech, drawing.community, found, mine, today)
    if len(found) > cards.PAGE:
        page.append(Text(drawing.speech.many("actions.rest", len(found) - cards.PAGE), Tone.SUBTLE))
    title = drawing.speech.many("actions.overdue_title", len(found), unit=unit)
    return Card(title, (Text(drawing.say("actions.overdue_what")), *page), (cards.everything(drawing.speech),))


async def draw_all_overdue(drawing: Drawing) -> Card | None:
    """To the coordinator: all that is overdue, by owner."""
    today = local_date(drawing.now, drawing.community.zone)
    found = [action for action in await drawing.work.actions.open() if action.is_overdue(today)]
    if not found:
        return None if drawing.first else sentence(drawing.say("actions.none_overdue_at_all"))
    body: list[Element] = []
    # Owners in the order of the file, then those that it has no more.
    owners = [unit.key for unit in drawing.community.units] + sorted({action.owner for action in found})
    for owner in dict.fromkeys(owners):
        lines = [a for a in found[:MOST_OVERDUE] if a.owner == owner]
        if lines:
            quotes = tuple(Quote(drawing.speech.short(a.due), a.text) for a in lines)
            body.append(Section(drawing.community.name_of_unit(owner), quotes))
    if len(found) > MOST_OVERDUE:
        body.append(Text(drawing.speech.many("actions.rest", len(found) - MOST_OVERDUE), Tone.SUBTLE))
    title = drawing.speech.many("actions.all_overdue_title", len(found))
    return Card(title, tuple(body), (cards.everything(drawing.speech),))


async def changeable(work: Work, person: Person | None, found: Sequence[Action], now: datetime) -> set[str]:
    """The ids of those that the person may change."""
    if person is None:
        return set()
    return {action.id for action in found if await actions.may_change(work, person, action, now)}
