"""How actions are shown: one line in a list, one by one with its history, and the forms about it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from dialogs.card import (
    Button,
    Buttons,
    Card,
    Choice,
    Element,
    Facts,
    Input,
    InputKind,
    Quote,
    Section,
    Style,
    Text,
    Tone,
)
from dialogs.speech import Speech
from domain.action_form import Wrong
from domain.actions import LONGEST_REASON, LONGEST_TEXT, Action, ActionLine, Standing
from domain.community import Community
from domain.working_time import local_date
from services import actions
from services.messages import Json
from services.pictures import RoundPicture
from services.ports import AuditEntry, Work

PAGE = 6
"""Actions on one card: as many as are quick to look through on a phone."""
MOST_IN_SUMMARY = 8
MOST_CHANGES = 12
LONGEST_DATE = 40
_LIMITS = {"text": LONGEST_TEXT, "reason": LONGEST_REASON}


# Lists


def page_of(
    speech: Speech, community: Community, found: Sequence[Action], mine: Collection[str], today: date, start: int = 0
) -> list[Element]:
    """One page of actions, each with its buttons; `mine` are the ids of those that the reader may change."""
    shown: list[Element] = []
    for action in found[start : start + PAGE]:
        shown += [quoted(speech, community, action, today), Buttons(_buttons(speech, action, action.id in mine))]
    return shown


def further(speech: Speech, found: Sequence[Action], start: int) -> list[Element]:
    """The way to the next page of the whole list."""
    rest = len(found) - start - PAGE
    if rest <= 0:
        return []
    return [Buttons((Button("action.list", speech.many("actions.more", rest), {"start": start + PAGE}),))]


def quoted(speech: Speech, community: Community, action: Action | ActionLine, today: date) -> Quote:
    """Owner and day, and what was agreed in its own words."""
    standing = action.standing(today) if isinstance(action, Action) else action.standing
    unit = community.name_of_unit(action.owner)
    due = speech.day(action.due) if action.due.year == today.year else speech.date(action.due)
    return Quote(speech.say(f"actions.line.{standing}", unit=unit, due=due), action.text)


def summary_section(speech: Speech, shown: RoundPicture) -> list[Element]:
    """What is open at the round's meeting, overdue ones first, and how much was done since the last one."""
    today = local_date(shown.now, shown.community.zone)
    pending = [line for line in shown.actions if line.standing in (Standing.OVERDUE, Standing.OPEN)]
    pending.sort(key=lambda line: line.standing is Standing.OPEN)
    lines: list[Element] = [quoted(speech, shown.community, line, today) for line in pending[:MOST_IN_SUMMARY]]
    if len(pending) > MOST_IN_SUMMARY:
        lines.append(Text(speech.many("actions.rest", len(pending) - MOST_IN_SUMMARY), Tone.SUBTLE))
    if done := sum(line.standing is Standing.DONE for line in shown.actions):
        lines.append(Text(speech.many("actions.done_since", done), Tone.SUBTLE))
    return [Section(speech.say("actions.title"), tuple(lines))] if lines else []


def _buttons(speech: Speech, action: Action, mine: bool) -> tuple[Button, ...]:
    about: dict[str, Json] = {"id": action.id}
    more = Button("action.show", speech.say("actions.show"), about)
    if not (mine and action.is_open):
        return (more,)
    return (
        Button("action.done", speech.say("actions.finish"), about, Style.PRIMARY),
        Button("action.move", speech.say("actions.move"), about),
        more,
    )


# One action


async def detail(
    work: Work,
    speech: Speech,
    action: Action,
    now: datetime,
    *,
    mine: bool,
    first: Sequence[Element] = (),
    snooze: Button | None = None,
) -> Card:
    """The action, what may be done with it, and who has changed what."""
    today = local_date(now, work.community.zone)
    facts = (
        (speech.say("actions.fact.owner"), work.community.name_of_unit(action.owner)),
        (speech.say("actions.fact.due"), speech.date(action.due)),
        (speech.say("actions.fact.state"), speech.say(f"actions.state.{action.standing(today)}")),
    )
    may = _what_may_be_done(speech, action) if mine and action.is_open else []
    history = await _history(work, speech, action)
    body = (
        *first,
        Quote(speech.say("actions.action"), action.text),
        Facts(facts),
        *([Buttons((snooze,))] if snooze else []),
        *may,
        *([Section(speech.say("actions.history"), tuple(history))] if history else []),
    )
    return Card(speech.say("actions.title_one"), body, (everything(speech),))


def _what_may_be_done(speech: Speech, action: Action) -> list[Element]:
    about: dict[str, Json] = {"id": action.id}
    done = Button("action.done", speech.say("actions.finish"), about, Style.PRIMARY)
    move = Button("action.move", speech.say("actions.move"), about)
    give = Button("action.hand_over", speech.say("actions.hand_over"), about)
    drop = Button("action.drop", speech.say("actions.drop"), about)
    # Two in a row: more do not stand side by side on a phone.
    return [Buttons((done, move)), Buttons((give, drop))]


def everything(speech: Speech) -> Button:
    """The way to the list."""
    return Button("action.list", speech.say("actions.all"))


async def _history(work: Work, speech: Speech, action: Action) -> list[Element]:
    """Who changed what and when, the newest changes, in order."""
    entries = await work.audit.about(actions.subject_of(action.id))
    shown: list[Element] = []
    for entry in entries[-MOST_CHANGES:]:
        shown.append(Text(await _change(work, speech, entry)))
        if reason := entry.details.get("reason"):
            shown.append(Quote(speech.say("actions.reason"), str(reason)))
    return shown


async def _change(work: Work, speech: Speech, entry: AuditEntry) -> str:
    member = await work.people.get(entry.by) if entry.by else None
    told = {
        "when": speech.moment(entry.at),
        "who": member.person.name if member else speech.say("status.somebody"),
    }
    kind = entry.kind.removeprefix("action.")
    was, became = (_shown(work.community, speech, entry.details.get(side)) for side in ("before", "after"))
    return speech.say(f"actions.changed.{kind}", before=was, after=became, **told)


def _shown(community: Community, speech: Speech, change: Json) -> str:
    """The day or the unit that a change concerned, in words."""
    if not isinstance(change, dict):
        return ""
    if "due" in change:
        return speech.short(date.fromisoformat(str(change["due"])))
    return community.name_of_unit(str(change.get("owner", "")))


# Forms


def add_inputs(speech: Speech, community: Community, own_unit: str | None) -> tuple[Input, ...]:
    """What an action is made of."""
    missing = speech.say("actions.wrong.required")
    units = tuple(Choice(unit.key, unit.name) for unit in community.units)
    return (
        Input(
            "text",
            InputKind.LONG_TEXT,
            speech.say("actions.field.text"),
            required=True,
            missing=missing,
            max_length=LONGEST_TEXT,
        ),
        Input(
            "owner",
            InputKind.CHOICE,
            speech.say("actions.field.owner"),
            value=own_unit or "",
            required=True,
            missing=missing,
            choices=units,
        ),
        _due_input(speech),
    )


def add_button(speech: Speech, now: datetime) -> Button:
    """A form that is sent twice with the same content is one action: it bears when it was drawn."""
    return Button("action.add", speech.say("actions.add"), {"drawn": now.isoformat()}, Style.PRIMARY, submits=True)


def add_form(speech: Speech, community: Community, first: Sequence[Element], now: datetime) -> Card:
    inputs = add_inputs(speech, community, None)
    return Card(speech.say("actions.new"), (*first, *inputs), (add_button(speech, now),))


def move_form(speech: Speech, community: Community, action: Action) -> Card:
    why = "actions.field.reason" if action.move_needs_reason else "actions.field.reason_if_any"
    told = [Text(speech.say("actions.now_due", due=speech.date(action.due)), Tone.SUBTLE)]
    if action.move_needs_reason:
        told.append(Text(speech.say("actions.moved_before")))
    inputs = (_due_input(speech), _reason_input(speech, speech.say(why), must=action.move_needs_reason))
    return _about(speech, community, action, "action.move", speech.say("actions.move_title"), told, inputs)


def drop_form(speech: Speech, community: Community, action: Action) -> Card:
    inputs = (_reason_input(speech, speech.say("actions.field.reason_if_any"), must=False),)
    return _about(speech, community, action, "action.drop", speech.say("actions.drop_title"), [], inputs)


def hand_over_form(speech: Speech, community: Community, action: Action) -> Card:
    others = tuple(Choice(unit.key, unit.name) for unit in community.units if unit.key != action.owner)
    missing = speech.say("actions.wrong.required")
    to = Input(
        "owner", InputKind.CHOICE, speech.say("actions.field.to"), required=True, missing=missing, choices=others
    )
    told = [Text(speech.say("actions.hand_over_told"), Tone.SUBTLE)]
    return _about(speech, community, action, "action.hand_over", speech.say("actions.hand_over_title"), told, (to,))


def again(speech: Speech, form: Card, typed: Mapping[str, str], mistakes: Mapping[str, Wrong]) -> Card:
    """The form with what was typed, and with each mistake at its field."""
    errors = {key: mistake_text(speech, key, wrong) for key, wrong in mistakes.items()}
    filled = form.with_inputs(typed, errors)
    first = Text(speech.many("common.mistakes", len(errors)), Tone.ATTENTION)
    return replace(filled, body=(first, *filled.body))


def mistake_text(speech: Speech, key: str, wrong: Wrong) -> str:
    return speech.say(f"actions.wrong.{wrong}", max=speech.number(_LIMITS.get(key, LONGEST_DATE)))


def _about(
    speech: Speech,
    community: Community,
    action: Action,
    press: str,
    title: str,
    told: Sequence[Element],
    inputs: Sequence[Input],
) -> Card:
    """A form about one action. Its button says that the form was sent, so that an empty one is told from none."""
    quote = Quote(community.name_of_unit(action.owner), action.text)
    data: dict[str, Json] = {"id": action.id, "sent": True}
    style = Style.DANGER if press == "action.drop" else Style.PRIMARY
    send = Button(press, title, data, style, submits=True)
    back = Button("action.show", speech.say("actions.back"), {"id": action.id})
    return Card(title, (quote, *told, *inputs), (send, back))


def _due_input(speech: Speech) -> Input:
    return Input(
        "due",
        InputKind.DATE,
        speech.say("actions.field.due"),
        required=True,
        missing=speech.say("actions.wrong.required"),
        max_length=LONGEST_DATE,
    )


def _reason_input(speech: Speech, label: str, *, must: bool) -> Input:
    missing = speech.say("actions.wrong.reason_required")
    return Input(
        "reason", InputKind.LONG_TEXT, label, required=must, missing=missing if must else "", max_length=LONGEST_REASON
    )
