"""The running order: what the one who leads the meeting has before them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from dialogs.action_cards import summary_section
from dialogs.card import Button, Card, Element, Quote, Section, Style, Text, Tone
from dialogs.speech import Speech
from dialogs.summary import differences, head, missing, unit_line
from domain.meeting import running_order
from domain.minutes import Minutes
from domain.rounds import Round
from domain.summary import UnitLine
from services.pictures import RoundPicture, picture
from services.ports import Work

MOST_LINES = 12
"""As many units stand with their figures; the others follow by name."""


async def run_card(work: Work, speech: Speech, round_: Round, now: datetime, told: Text | None = None) -> Card:
    shown = await picture(work, round_, now)
    minutes = await work.minutes.get(round_.id)
    title = speech.say("at_meeting.title", date=speech.day(round_.meeting_at), time=speech.time(round_.meeting_at))
    body: list[Element] = [told] if told else []
    body += [
        *head(speech, shown, sealed=False),
        await _kept(work, speech, round_),
        *_order(speech, shown),
        *missing(speech, shown),
        *summary_section(speech, shown),
        *differences(speech, shown),
    ]
    return Card(title, tuple(body), tuple(_buttons(speech, round_, now, minutes)))


async def _kept(work: Work, speech: Speech, round_: Round) -> Text:
    """How far the minutes have come: how many are marked as present, how much is noted."""
    attendance = await work.meetings.attendance(round_.id)
    notes = await work.meetings.notes(round_.id)
    if attendance is None:
        present = speech.say("at_meeting.nobody_marked")
    else:
        present = speech.many("at_meeting.are_marked", len(attendance.present))
    return Text(f"{present} {speech.many('at_meeting.are_noted', len(notes))}", Tone.SUBTLE)


def _order(speech: Speech, shown: RoundPicture) -> list[Element]:
    order = running_order(shown.summary)
    if not order:
        return []
    lines = [part for n, line in enumerate(order[:MOST_LINES], 1) for part in _speaker(speech, shown, n, line)]
    if rest := [line.unit.name for line in order[MOST_LINES:]]:
        lines.append(Text(speech.say("at_meeting.then", units=speech.listing(rest)), Tone.SUBTLE))
    return [Section(speech.say("at_meeting.order"), tuple(lines))]


def _speaker(speech: Speech, shown: RoundPicture, number: int, line: UnitLine) -> list[Element]:
    unit = unit_line(speech, shown, line)
    return [
        replace(unit, title=f"{number}. {unit.title}"),
        *(Quote(speech.say("at_meeting.need"), text) for text in line.texts),
    ]


def _buttons(speech: Speech, round_: Round, now: datetime, minutes: Minutes | None) -> list[Button]:
    data = {"round": round_.id}
    buttons = []
    if minutes is None or minutes.may_change:
        buttons += [
            Button("meeting.notes", speech.say("at_meeting.notes"), data, Style.PRIMARY),
            Button("meeting.present", speech.say("at_meeting.mark"), data),
            Button("meeting.action", speech.say("at_meeting.action"), data),
        ]
    if round_.meeting_ends_at <= now:
        buttons.append(Button("minutes.open", speech.say("minutes.open"), data))
    return buttons
