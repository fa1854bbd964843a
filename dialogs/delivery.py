"""`levering`: who has got what was sent last, what failed and why; and trying again what was given up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from dialogs import outage
from dialogs.card import Button, Card, Element, Section, Style, Text, Tone, sentence
from dialogs.speech import Speech
from dialogs.turn import Answer, Command, Drawing, Routes, Turn
from dialogs.words import sentence_answer
from domain.meeting import may_lead
from services import deliveries
from services.corrections import POSTED
from services.deliveries import Fate, Sending, Why, why
from services.ports import Copy, Work

NAMED = 8
"""As many people are named on one line."""


async def show(turn: Turn) -> Answer:
    if not may_lead(turn.person):
        return sentence_answer(turn, "delivery.only_leaders")
    if not turn.event.place.personal:
        await turn.send("delivery.list", {})
        return sentence_answer(turn, "status.sent_in_private")
    return Answer(await _list(turn.work, turn.speech, turn.now))


async def draw_list(drawing: Drawing) -> Card | None:
    return await _list(drawing.work, drawing.speech, drawing.now)


async def try_again(turn: Turn) -> Answer:
    """What was given up waits to be sent again, and the list says so."""
    if not may_lead(turn.person):
        return sentence_answer(turn, "delivery.only_leaders")
    count = await deliveries.try_again(turn.work, turn.person, turn.now)
    if not count:
        return sentence_answer(turn, "delivery.nothing_given_up")
    note = Text(turn.speech.many("delivery.tried_again", count), Tone.GOOD)
    return Answer(await _list(turn.work, turn.speech, turn.now, note))


async def given_up(work: Work, speech: Speech, now: datetime) -> tuple[tuple[Element, ...], tuple[Button, ...]]:
    """For the overview of who can do something about it; nothing if nothing was given up."""
    count = await deliveries.parked(work, now)
    if not count:
        return (), ()
    line = Text(speech.many("delivery.given_up", count), Tone.ATTENTION)
    return (line,), (Button("delivery.show", speech.say("delivery.look")),)


async def _list(work: Work, speech: Speech, now: datetime, *notes: Text) -> Card:
    found = await deliveries.sendings(work, now)
    notes = (*await outage.notes(work, speech), *notes)
    if not found and not notes:
        return sentence(speech.say("delivery.nothing_sent"))
    names = await _names(work, speech)
    sections = [_section(speech, names, sending, now) for sending in found]
    buttons = [Button("delivery.show", speech.say("delivery.refresh"))]
    if await deliveries.parked(work, now):
        buttons.insert(0, Button("delivery.retry", speech.say("delivery.try_again"), style=Style.PRIMARY))
    return Card(speech.say("delivery.title"), (*notes, *sections), tuple(buttons))


async def _names(work: Work, speech: Speech) -> dict[str, str]:
    """Recipient → what people call it."""
    people = {f"person:{member.person.key}": member.person.name for member in await work.people.all()}
    links = {f"channel:{link.id}": link.name for link in await work.links.all()}
    return {**people, **links, "channel:web": speech.say("delivery.board")}


def _section(speech: Speech, names: dict[str, str], sending: Sending, now: datetime) -> Section:
    """Oppsummering, 28.11.2023 kl. 15.30: 2 av 3 har fått den. Venter: …"""
    what = _what(speech, sending.template)
    meant = [copy for copy in sending.copies if not (copy.state == "dropped" and why(copy) is Why.POINTLESS)]
    got = len(sending.having(Fate.GOT)) + len(sending.having(Fate.PAGE))
    tone = Tone.GOOD if got == len(meant) else Tone.NORMAL
    said = speech.say("delivery.got", got=speech.number(got), of=speech.number(len(meant)))
    lines: list[Element] = [Text(said, tone)]
    if not meant:
        lines = [Text(speech.say("delivery.needed_by_nobody"), Tone.SUBTLE)]
    for fate in (Fate.PARKED, Fate.WAITING, Fate.PAGE, Fate.DROPPED):
        lines += _lines(speech, names, fate, [copy for copy in sending.having(fate) if copy in meant], now)
    return Section(f"{what}, {speech.short(speech.local_date(sending.at))} {speech.time(sending.at)}", tuple(lines))


def _what(speech: Speech, template: str) -> str:
    if template in POSTED:
        return speech.say(f"corrections.what.{template}")
    return speech.say(f"delivery.what.{template}") if template in deliveries.ASKED else speech.say("delivery.another")


def _lines(speech: Speech, names: dict[str, str], fate: Fate, copies: Sequence[Copy], now: datetime) -> list[Element]:
    """One line for each reason that there is, with those whom it concerns."""
    tone = Tone.ATTENTION if fate is Fate.PARKED else Tone.NORMAL
    by_reason = groupby(sorted(copies, key=_reason), key=_reason)
    return [Text(_line(speech, names, fate, reason, [*group], now), tone) for reason, group in by_reason]


def _line(speech: Speech, names: dict[str, str], fate: Fate, reason: str, copies: Sequence[Copy], now: datetime) -> str:
    """Kom ikke fram: Kommunalsjef Larvik og 3 andre. Plattformen svarer ikke."""
    named = [names.get(str(copy.to), str(copy.to)) for copy in copies[:NAMED]]
    if len(copies) > NAMED:
        named.append(speech.many("delivery.others", len(copies) - NAMED))
    held = [copy.not_before for copy in copies if copy.not_before > now]
    because = speech.say("delivery.held", at=speech.moment(min(held))) if held else speech.say(f"delivery.why.{reason}")
    return speech.say(f"delivery.fate.{fate}", who=speech.listing(named), why=because)


def _reason(copy: Copy) -> str:
    return str(why(copy))


ROUTES = Routes(
    commands=(Command("delivery", "levering|delivery", show),),
    buttons={"delivery.show": show, "delivery.retry": try_again},
    templates={"delivery.list": draw_list},
    read_only=frozenset({"delivery.show"}),
)
