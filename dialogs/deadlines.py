"""The morning's deadlines: what is due, and done, remind me later, I cannot."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from dialogs.card import Card, Facts, Text, Tone
from dialogs.deadline_cards import Listed, detail, morning_card, name_of, open_ones
from dialogs.plan_words import deadline_text
from dialogs.turn import Answer, Drawing, Routes, Turn
from dialogs.words import sentence_answer
from domain.identity_numbers import masks
from domain.period_form import read_date
from domain.plan.free_deadlines import FreeDeadline
from domain.plan.reminders import WrongLater, read_later
from domain.reports import as_text
from domain.working_time import local_date
from services import deadlines, free_deadlines
from services.deadlines import AnyDeadline, topic_of
from services.messages import Json
from services.organs import may_change as keeps_plan
from services.ports import Work


async def morning(drawing: Drawing) -> Card | None:
    """As things stand; pointless when everything on it has been settled before it was sent."""
    listed = await _listed(drawing.work, drawing.params["deadlines"])
    if not listed or (drawing.first and not open_ones(listed)):
        return None
    return await morning_card(drawing.work, drawing.speech, drawing.param("day"), listed)


async def _listed(work: Work, keys: Json) -> Listed:
    """The deadlines of a message; those removed, or of meetings cancelled since, left out."""
    wanted = {str(key) for key in keys} if isinstance(keys, list) else set()
    return [(deadline, state) for deadline, state in await deadlines.with_states(work) if deadline.key in wanted]


# What was pressed

Settle = Callable[[Work, AnyDeadline], Awaitable[None]]


async def done(turn: Turn) -> Answer:
    return await _settle(turn, lambda work, deadline: deadlines.done(work, deadline, turn.person, turn.now))


async def cannot(turn: Turn) -> Answer:
    return await _settle(turn, lambda work, deadline: deadlines.decline(work, deadline, turn.person, turn.now))


async def snooze(turn: Turn) -> Answer:
    """Tomorrow, Monday, or on a date; a date that will not do comes back at its field."""
    today = local_date(turn.now, turn.community.zone)
    choice, typed = (as_text(turn.event.data.get(key)) for key in ("when", "date"))
    until = read_later(choice, typed, today)
    if isinstance(until, WrongLater):
        listed = await _mine(turn)
        if refusal := _refusal(turn, listed):
            return refusal
        card = await _as_it_stands(turn, listed)
        return Answer(card.with_inputs(_typed(turn), {"date": turn.say(f"deadlines.wrong.{until}")}))
    put_off = partial(deadlines.snooze, until=until, by=turn.person, now=turn.now)
    return await _settle(turn, lambda work, deadline: put_off(work, deadline))


async def _settle(turn: Turn, settle: Settle) -> Answer:
    """Does it with those that were chosen and are open, and shows the message as it now stands, on every copy."""
    listed = await _mine(turn)
    if refusal := _refusal(turn, listed):
        return refusal
    open_now = open_ones(listed)
    chosen = set(as_text(turn.event.data.get("which")).split(",")) - {""}
    if len(open_now) > 1 and not chosen:
        card = await _as_it_stands(turn, listed)
        return Answer(card.with_inputs(_typed(turn), {"which": turn.say("deadlines.wrong.none_chosen")}))
    for deadline in open_now:
        if len(open_now) == 1 or deadline.key in chosen:
            await settle(turn.work, deadline)
            if isinstance(deadline, FreeDeadline):
                await turn.work.outbox.refresh(free_deadlines.topic_of(deadline), now=turn.now)
    if day := _day(turn):
        await turn.work.outbox.refresh(topic_of(day), now=turn.now)
    listed = await _mine(turn)
    if not listed:
        return sentence_answer(turn, "deadlines.gone")
    return Answer(await _as_it_stands(turn, listed))


async def _mine(turn: Turn) -> Listed:
    """What the pressed message lists, as far as it is for this person to say anything about it."""
    listed = await _listed(turn.work, turn.event.data.get("deadlines"))
    return [(deadline, state) for deadline, state in listed if deadlines.may_settle(turn.person, deadline)]


def _refusal(turn: Turn, mine: Listed) -> Answer | None:
    """Somebody else's: those who keep the plan may say something about all, others about what is theirs."""
    if mine or keeps_plan(turn.person):
        return None
    return sentence_answer(turn, "deadlines.not_you")


async def _as_it_stands(turn: Turn, listed: Listed) -> Card:
    """The message again; what was pressed on the card of one deadline shows that one."""
    deadline = listed[0][0] if listed else None
    if turn.event.data.get("alone") is True and isinstance(deadline, FreeDeadline):
        today = local_date(turn.now, turn.community.zone)
        return await detail(turn.work, turn.speech, deadline, today, mine=True)
    return await morning_card(turn.work, turn.speech, _day(turn), listed)


def _day(turn: Turn) -> str:
    """The morning that the pressed message is of; empty where the button does not say it rightly."""
    day = read_date(as_text(turn.event.data.get("day")))
    return day.isoformat() if day else ""


def _typed(turn: Turn) -> Mapping[str, str]:
    """What may be shown again."""
    return masks({key: as_text(turn.event.data.get(key)) for key in ("which", "when", "date")})


async def declined(drawing: Drawing) -> Card | None:
    """Somebody cannot keep it."""
    found = await _listed(drawing.work, [drawing.param("deadline")])
    if not found:
        return None
    [(deadline, _)] = found
    who = await name_of(drawing.work, drawing.speech, drawing.param("by"))
    text = drawing.say("deadlines.cannot_keep", who=who, what=deadline_text(drawing.speech, deadline))
    due = (drawing.say("deadlines.due"), drawing.speech.date(deadline.due))
    return Card(drawing.say("deadlines.cannot_title"), (Text(text, Tone.ATTENTION), Facts((due,))))


ROUTES = Routes(
    buttons={"deadline.done": done, "deadline.snooze": snooze, "deadline.cannot": cannot},
    templates={"deadline.morning": morning, "deadline.declined": declined},
)
