"""How deadlines are shown: those of a morning on one card, and a free one by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from dialogs.card import Button, Buttons, Card, Choice, Element, Facts, Input, InputKind, Quote, Style, Text, Tone
from dialogs.plan_words import deadline_text
from dialogs.speech import Speech
from domain.plan.free_deadlines import FreeDeadline
from domain.plan.reminders import DeadlineState, Later
from services.deadlines import AnyDeadline
from services.messages import Json
from services.ports import Work

Listed = Sequence[tuple[AnyDeadline, DeadlineState | None]]


def open_ones(listed: Listed) -> list[AnyDeadline]:
    return [deadline for deadline, state in listed if state is None or state.is_open]


async def morning_card(work: Work, speech: Speech, day: str, listed: Listed) -> Card:
    """What is reminded of, what became of each, and what can be done with those that are open."""
    lines = {d.key: f"{deadline_text(speech, d)}{await what_became(work, speech, state)}" for d, state in listed}
    open_now = open_ones(listed)
    choices = tuple(Choice(d.key, f"{speech.short(d.due)} {lines[d.key]}") for d in open_now)
    # Those that can be chosen among are said where they are chosen, and not twice.
    told = [d for d, _ in listed if len(open_now) < 2 or d not in open_now]
    facts = (Facts(tuple((speech.short(d.due), lines[d.key]) for d in told)),) if told else ()
    if not open_now:
        return Card(speech.say("deadlines.all_settled"), facts)
    data: dict[str, Json] = {"day": day, "deadlines": [deadline.key for deadline, _ in listed]}
    title = speech.many("deadlines.title", len(open_now))
    return Card(title, (*facts, *_which(speech, choices), *_when(speech)), settling_buttons(speech, data))


async def what_became(work: Work, speech: Speech, state: DeadlineState | None) -> str:
    if state is None:
        return ""
    if state.done_at is not None:
        return f" – {speech.say('deadlines.done_by', who=await name_of(work, speech, state.done_by))}"
    if state.declined_by is not None:
        return f" – {speech.say('deadlines.declined_by', who=await name_of(work, speech, state.declined_by))}"
    if state.snoozed_until is not None:
        return f" – {speech.say('deadlines.snoozed', day=speech.short(state.snoozed_until))}"
    return ""


async def name_of(work: Work, speech: Speech, key: str | None) -> str:
    member = await work.people.get(key) if key else None
    return member.person.name if member else speech.say("status.somebody")


def _which(speech: Speech, choices: tuple[Choice, ...]) -> tuple[Input, ...]:
    """Nothing to choose where there is only one."""
    if len(choices) < 2:
        return ()
    values = ",".join(choice.value for choice in choices)
    return (Input("which", InputKind.CHOICES, speech.say("deadlines.which"), value=values, choices=choices),)


def _when(speech: Speech) -> tuple[Input, ...]:
    when = Input(
        "when",
        InputKind.CHOICE,
        speech.say("deadlines.when"),
        value=str(Later.TOMORROW),
        choices=tuple(Choice(str(later), speech.say(f"deadlines.later.{later}")) for later in Later),
    )
    return when, Input("date", InputKind.DATE, speech.say("deadlines.date"))


def settling_buttons(speech: Speech, data: Mapping[str, Json]) -> tuple[Button, ...]:
    return (
        Button("deadline.done", speech.say("deadlines.done"), data, Style.PRIMARY, submits=True),
        Button("deadline.snooze", speech.say("deadlines.snooze"), data, submits=True),
        Button("deadline.cannot", speech.say("deadlines.cannot"), data, submits=True),
    )


# A free one by itself


async def quoted(work: Work, speech: Speech, deadline: FreeDeadline, state: DeadlineState | None, today: date) -> Quote:
    """When it is due, whose it is and what became of it, and its own words."""
    whose = await name_of(work, speech, deadline.owner)
    passed = deadline.due < today and (state is None or state.is_open)
    line = speech.say(
        f"free_deadlines.line.{'overdue' if passed else 'open'}", due=speech.date(deadline.due), who=whose
    )
    return Quote(f"{line}{await what_became(work, speech, state)}", deadline.text)


async def detail(
    work: Work, speech: Speech, deadline: FreeDeadline, today: date, *, mine: bool, first: Sequence[Element] = ()
) -> Card:
    """One free deadline, and what may be done with it; `mine`: the reader may."""
    state = (await work.deadlines.all()).get(deadline.key)
    body: list[Element] = [*first, await quoted(work, speech, deadline, state, today)]
    body.append(Text(_reminders(speech, deadline), Tone.SUBTLE))
    everything = Button("deadline.list", speech.say("free_deadlines.all"))
    if not mine or deadline.removed_at is not None:
        return Card(speech.say("free_deadlines.title_one"), tuple(body), (everything,))
    about: dict[str, Json] = {"deadline": deadline.id}
    change = Button("deadline.open", speech.say("free_deadlines.change"), about)
    remove = Button("deadline.ask_remove", speech.say("free_deadlines.remove"), about)
    if state is None or state.is_open:
        body += [Buttons((change, remove)), *_when(speech)]
        alone: dict[str, Json] = {"day": "", "deadlines": [deadline.key], "alone": True}
        return Card(speech.say("free_deadlines.title_one"), tuple(body), (*settling_buttons(speech, alone), everything))
    buttons = (everything,) if state.done_at is not None else (change, remove, everything)
    return Card(speech.say("free_deadlines.title_one"), tuple(body), buttons)


def _reminders(speech: Speech, deadline: FreeDeadline) -> str:
    if not deadline.reminded_before:
        return speech.say("free_deadlines.not_reminded")
    days = [speech.say(f"free_deadlines.before.{day}") for day in deadline.reminded_before]
    return speech.say("free_deadlines.reminded", when=speech.listing(days))
