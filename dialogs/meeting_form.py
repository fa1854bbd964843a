"""What every card of the meeting needs: who may, which meeting, and how a form comes back."""

from __future__ import annotations

from collections.abc import Mapping

from dialogs.card import Button, Card, Text
from dialogs.speech import Speech
from dialogs.turn import Answer, Turn
from dialogs.words import sentence_answer
from domain.identity_numbers import contains_identity_number
from domain.meeting import LONGEST_GUESTS, LONGEST_NOTE, Wrong, may_lead
from domain.reports import as_text
from domain.rounds import Round
from services import meeting
from services.meeting import Refused


async def only_leaders(turn: Turn) -> Answer | None:
    """Anybody else is told who can."""
    if may_lead(turn.person):
        return None
    names = turn.speech.listing([person.name for person in await meeting.leaders(turn.work)])
    return sentence_answer(turn, "at_meeting.not_you", who=names)


async def round_of(turn: Turn) -> Round | Answer:
    """The round of the pressed card, if this person may note something about its meeting; else the refusal."""
    named = as_text(turn.event.data.get("round"))
    latest = None if named else await meeting.latest(turn.work, turn.now)
    round_ = await meeting.open_for(turn.work, turn.person, latest.id if latest else named, turn.now)
    return await refused(turn, round_) if isinstance(round_, Refused) else round_


async def refused(turn: Turn, why: Refused) -> Answer:
    if why is Refused.NOT_YOURS and (refusal := await only_leaders(turn)):
        return refusal
    return sentence_answer(turn, f"at_meeting.refused.{why}")


def with_first(card: Card, first: Text) -> Card:
    return Card(card.title, (first, *card.body), card.buttons)


def wrong_text(speech: Speech, wrong: Wrong) -> str:
    longest = LONGEST_GUESTS if wrong is Wrong.TOO_LONG_GUESTS else LONGEST_NOTE
    return speech.say(f"at_meeting.wrong.{wrong}", max=speech.number(longest))


def typed(turn: Turn, *keys: str) -> Mapping[str, str]:
    """What was filled in, as far as it may be shown again."""
    typed = {key: as_text(turn.event.data.get(key)) for key in keys}
    return {key: "" if contains_identity_number(value) else value for key, value in typed.items()}


def back_button(speech: Speech, round_: Round) -> Button:
    return Button("meeting.run", speech.say("at_meeting.back"), {"round": round_.id})
