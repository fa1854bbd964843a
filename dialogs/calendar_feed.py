"""The button in `møteplan` that gives the address of one's own calendar, and a new one when it has come astray."""

from __future__ import annotations

from dialogs.card import Button, Card, Link, Reference, Style, Text, Tone
from dialogs.plan_calendar import calendar_of
from dialogs.turn import Answer, Routes, Turn, speech_for
from dialogs.words import sentence_answer
from services import calendar_feed
from services.ports import Clock, Work

KIND = "calendar"
"""What the address is bound to; a token made for anything else opens no calendar."""


async def subscribe(turn: Turn) -> Answer:
    if not turn.event.place.personal:
        return sentence_answer(turn, "plan.feed_in_private")
    return Answer(_card(turn, await calendar_feed.name_of(turn.work, turn.person)))


async def renew(turn: Turn) -> Answer:
    if not turn.event.place.personal:
        return sentence_answer(turn, "plan.feed_in_private")
    name = await calendar_feed.renew(turn.work, turn.person, turn.now)
    return Answer(_card(turn, name, Text(turn.say("plan.feed_renewed"), Tone.GOOD)))


def _card(turn: Turn, name: str, *told: Text) -> Card:
    link = Link(Reference(KIND, turn.community.key, name), turn.say("plan.feed_link"), turn.say("plan.feed_no_address"))
    body = (*told, Text(turn.say("plan.feed_how")), Text(turn.say("plan.feed_secret"), Tone.SUBTLE))
    again = Button("calendar.renew", turn.say("plan.feed_renew"), style=Style.DANGER)
    return Card(turn.say("plan.feed_title"), body, (again,), (link,))


async def calendar(work: Work, name: str, clock: Clock) -> str | None:
    """The calendar file of that name, in its reader's language; None when it is nobody's."""
    found = await calendar_feed.feed(work, name)
    if found is None:
        return None
    speech = speech_for(work.community, found.reader)
    return calendar_of(work.community, speech, found.plan, found.due, found.rounds, clock.now())


ROUTES = Routes(buttons={"calendar.subscribe": subscribe, "calendar.renew": renew})
