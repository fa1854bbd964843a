"""The morning's deadlines: what is due, and done, remind me later, I cannot."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

from dialogs.card import Button, Card, Choice, Facts, Input, InputKind, Style, Text, Tone
from dialogs.plan_words import deadline_text
from dialogs.speech import Speech
from dialogs.status import sentence_answer
from dialogs.turn import Answer, Drawing, Routes, Turn
from domain.identity_numbers import masks
from domain.period_form import read_date
from domain.plan.deadlines import Deadline
from domain.plan.reminders import DeadlineState, Later, WrongLater, read_later
from domain.reports import as_text
from domain.working_time import local_date
from services import deadlines
from services.deadlines import topic_of
from services.messages import Json
from services.organs import may_change as keeps_plan
from services.ports import Work

Listed = Sequence[tuple[Deadline, DeadlineState | None]]


async def morning(drawing: Drawing) -> Card | None:
    """As things stand; pointless when everything on it has been settled before it was sent."""
    listed = await _listed(drawing.work, drawing.params["deadlines"])
    if not listed or (drawing.first and not _open(listed)):
        return None
    return await _card(drawing.work, drawing.speech, drawing.param("day"), listed)


async def _listed(work: Work, keys: Json) -> Listed:
    """The deadlines of a message, those of meetings that were cancelled since left out."""
    wanted = {str(key) for key in keys} if isinstance(keys, list) else set()
    return [(deadline, state) for deadline, state in await deadlines.with_states(work) if deadline.key in wanted]


def _open(listed: Listed) -> list[Deadline]:
    return [deadline for deadline, state in listed if state is None or state.is_open]


async def _card(work: Work, speech: Speech, day: str, listed: Listed) -> Card:
    lines = {d.key: f"{deadline_text(speech, d)}{await _what_became(work, speech, state)}" for d, state in listed}
    open_ones = _open(listed)
    choices = tuple(Choice(d.key, f"{speech.short(d.due)} {lines[d.key]}") for d in open_ones)
    # Those that can be chosen among are said where they are chosen, and not twice.
    told = [d for d, _ in listed if len(open_ones) < 2 or d not in open_ones]
    facts = (Facts(tuple((speech.short(d.due), lines[d.key]) for d in told)),) if told else ()
    if not open_ones:
        return Card(speech.say("deadlines.all_settled"), facts)
    data: dict[str, Json] = {"day": day, "deadlines": [deadline.key for deadline, _ in listed]}
    title = speech.many("deadlines.title", len(open_ones))
    return Card(title, (*facts, *_inputs(speech, choices)), _buttons(speech, data))


async def _what_became(work: Work, speech: Speech, state: DeadlineState | None) -> str:
    if state is None:
        return ""
    if state.done_at is not None:
        return f" – {speech.say('deadlines.done_by', who=await _name(work, speech, state.done_by))}"
    if state.declined_by is not None:
        return f" – {speech.say('deadlines.declined_by', who=await _name(work, speech, state.declined_by))}"
    if state.snoozed_until is not None:
        return f" – {speech.say('deadlines.snoozed', day=speech.short(state.snoozed_until))}"
    return ""


async def _name(work: Work, speech: Speech, key: str | None) -> str:
    member = await work.people.get(key) if key else None
    return member.person.name if member else speech.say("status.somebody")


def _inputs(speech: Speech, choices: tuple[Choice, ...]) -> tuple[Input, ...]:
    which = Input(
        "which",
        InputKind.CHOICES,
        speech.say("deadlines.which"),
        value=",".join(choice.value for choice in choices),
        choices=choices,
    )
    when = Input(
        "when",
        InputKind.CHOICE,
        speech.say("deadlines.when"),
        value=str(Later.TOMORROW),
        choices=tuple(Choice(str(later), speech.say(f"deadlines.later.{later}")) for later in Later),
    )
    date = Input("date", InputKind.DATE, speech.say("deadlines.date"))
    return (*((which,) if len(choices) > 1 else ()), when, date)


def _buttons(speech: Speech, data: Mapping[str, Json]) -> tuple[Button, ...]:
    return (
        Button("deadline.done", speech.say("deadlines.done"), data, Style.PRIMARY, submits=True),
        Button("deadline.snooze", speech.say("deadlines.snooze"), data, submits=True),
        Button("deadline.cannot", speech.say("deadlines.cannot"), data, submits=True),
    )


# What was pressed

Settle = Callable[[Work, Deadline], Awaitable[None]]


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
        listed = await _listed(turn.work, turn.event.data.get("deadlines"))
        if not _may_settle(turn, listed):
            return sentence_answer(turn, "plan.not_you")
        card = await _card(turn.work, turn.speech, _day(turn), listed)
        return Answer(card.with_inputs(_typed(turn), {"date": turn.say(f"deadlines.wrong.{until}")}))
    put_off = partial(deadlines.snooze, until=until, by=turn.person, now=turn.now)
    return await _settle(turn, lambda work, deadline: put_off(work, deadline))


async def _settle(turn: Turn, settle: Settle) -> Answer:
    """Does it with those that were chosen and are open, and shows the message as it now stands, on every copy."""
    keys = turn.event.data.get("deadlines")
    listed = await _listed(turn.work, keys)
    if not _may_settle(turn, listed):
        return sentence_answer(turn, "plan.not_you")
    open_ones = _open(listed)
    chosen = set(as_text(turn.event.data.get("which")).split(",")) - {""}
    if len(open_ones) > 1 and not chosen:
        return await _nothing_chosen(turn, keys)
    for deadline in open_ones:
        if len(open_ones) == 1 or deadline.key in chosen:
            await settle(turn.work, deadline)
    day = _day(turn)
    await turn.work.outbox.refresh(topic_of(day), now=turn.now)
    listed = await _listed(turn.work, keys)
    if not listed:
        return sentence_answer(turn, "deadlines.gone")
    return Answer(await _card(turn.work, turn.speech, day, listed))


def _may_settle(turn: Turn, listed: Listed) -> bool:
    """A message lists what its reader owes: whoever may not settle some of it has not got it."""
    if not listed:
        return keeps_plan(turn.person)
    return all(deadlines.may_settle(turn.person, deadline) for deadline, _ in listed)


async def _nothing_chosen(turn: Turn, keys: Json) -> Answer:
    card = await _card(turn.work, turn.speech, _day(turn), await _listed(turn.work, keys))
    return Answer(card.with_inputs(_typed(turn), {"which": turn.say("deadlines.wrong.none_chosen")}))


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
    who = await _name(drawing.work, drawing.speech, drawing.param("by"))
    text = drawing.say("deadlines.cannot_keep", who=who, what=deadline_text(drawing.speech, deadline))
    due = (drawing.say("deadlines.due"), drawing.speech.date(deadline.due))
    return Card(drawing.say("deadlines.cannot_title"), (Text(text, Tone.ATTENTION), Facts((due,))))


ROUTES = Routes(
    buttons={"deadline.done": done, "deadline.snooze": snooze, "deadline.cannot": cannot},
    templates={"deadline.morning": morning, "deadline.declined": declined},
)
