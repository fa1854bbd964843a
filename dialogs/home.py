"""The page of one's own that some platforms have: what awaits me, the round, what my unit answered, open actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dialogs.action_cards import everything, quoted
from dialogs.awaiting import what_awaits
from dialogs.card import Button, Buttons, Card, Element, Section, Text, Tone
from dialogs.status_cards import receipt, unit_round
from dialogs.summary import head, missing
from dialogs.turn import Answer, Routes, Turn
from domain.community import Unit
from domain.working_time import local_date
from services.audience import answers_for
from services.pictures import picture
from services.rounds import current_round

MOST_UNITS = 3
MOST_ACTIONS = 6


async def show(turn: Turn) -> Answer:
    units = await answers_for(turn.work, turn.person, turn.now)
    awaits, buttons = await what_awaits(turn, units)
    at_hand = (*awaits, Buttons(buttons)) if buttons else awaits
    body = (
        Section(turn.say("help.awaits"), at_hand),
        *await _round(turn),
        *await _answers(turn, units),
        *await _actions(turn, units),
        Text(turn.say("help.no_patients"), Tone.SUBTLE),
    )
    more = (Button("overview", turn.say("help.overview_button")), Button("help", turn.say("help.button")))
    return Answer(Card(turn.community.name, body, more))


async def _round(turn: Turn) -> Sequence[Element]:
    """How far the round has come, its level, and who is missing."""
    round_ = await current_round(turn.work, turn.now)
    if round_ is None:
        return ()
    shown = await picture(turn.work, round_, turn.now)
    heading = turn.say("home.round", meeting=turn.speech.moment(round_.meeting_at))
    return (Section(heading, (*head(turn.speech, shown, sealed=False), *missing(turn.speech, shown))),)


async def _answers(turn: Turn, units: Sequence[Unit]) -> Sequence[Element]:
    """What the units that I answer for said last, in this round or in the one before it."""
    round_ = await current_round(turn.work, turn.now) if units else None
    if round_ is None:
        return ()
    found: list[Element] = []
    for unit in units[:MOST_UNITS]:
        shown = await unit_round(turn.work, round_, unit, turn.now)
        if shown.report is None and shown.last is not None:
            member = await turn.work.people.get(shown.last.answered_by)
            shown = replace(shown, report=shown.last, answered_by=member.person if member else None)
        if shown.report is not None:
            heading = turn.say("home.last_answer", unit=unit.name)
            found.append(Section(heading, receipt(turn.speech, shown).body))
    return found


async def _actions(turn: Turn, units: Sequence[Unit]) -> Sequence[Element]:
    """The open actions of my units, the first to fall due first; of all where I answer for none."""
    keys = {unit.key for unit in units} | ({turn.person.unit} - {None})
    mine = [action for action in await turn.work.actions.open() if not keys or action.owner in keys]
    if not mine:
        return ()
    today = local_date(turn.now, turn.community.zone)
    lines: list[Element] = [quoted(turn.speech, turn.community, action, today) for action in mine[:MOST_ACTIONS]]
    if len(mine) > MOST_ACTIONS:
        lines.append(Text(turn.speech.many("actions.rest", len(mine) - MOST_ACTIONS), Tone.SUBTLE))
    return (Section(turn.say("home.actions"), (*lines, Buttons((everything(turn.speech),)))),)


ROUTES = Routes(buttons={"home": show}, read_only=frozenset({"home"}))
