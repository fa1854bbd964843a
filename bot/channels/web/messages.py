"""Which of a person's messages the page shows, each drawn as things stand now."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dialogs import router
from dialogs.card import Card
from services.messages import Json, Message
from services.pictures import summary_topic
from services.ports import Member, Work

MOST_MESSAGES = 20
OPEN_MESSAGES = 4
"""As many are shown at once; older ones are folded."""
MOST_EARLIER = 8
"""Earlier summaries on the overview."""
_SAME_DRAWING = {"status.form": "status.prompt"}
"""Templates that draw what another one draws."""
_OF_A_UNIT = frozenset({"status.prompt", "status.reminder"})
"""What shows a unit's state in a round, however often it was asked for."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A message on the page. `key` tells which card a press came from."""

    key: str
    template: str
    params: Mapping[str, Json]
    card: Card
    at: datetime

    @property
    def is_question(self) -> bool:
        return self.template == "status.question"

    @property
    def about_status(self) -> tuple[Json, Json] | None:
        """The round and the unit whose status it is about; None for another message."""
        if not self.template.startswith("status."):
            return None
        return self.params.get("round"), self.params.get("unit")


async def messages_for(work: Work, member: Member, now: datetime, keep: str = "") -> list[Shown]:
    """The newest first; of several that show the same, the newest.

    `keep` is the key of a message whose button was pressed: it stays where it is.
    """
    found = await work.outbox.for_person(member.person.key, MOST_MESSAGES, now)
    state = await work.dialogs.get(member.person.key)
    shown: dict[str, Shown] = {}
    for envelope in found:
        message = envelope.message
        about = _about(message)
        if (about in shown and message.key != keep) or (_is_question(message) and not _is_asked(message, state)):
            continue
        card = await router.draw(work, message.template, message.params, member, now)
        if card is not None:
            at = envelope.sent_at or envelope.created_at
            shown[about] = Shown(message.key, message.template, message.params, card, at)
    messages = list(shown.values())
    return [message for message in messages if message.key == keep or not _is_settled_reminder(message, messages)]


def in_place(messages: Sequence[Shown], pressed: str, answer: Card) -> list[Shown] | None:
    """The messages with the answer in place of the pressed one; None when that is not on the page.

    What else is about the same status shows the same, so it gives way.
    """
    there = next((message for message in messages if message.key == pressed), None)
    if there is None:
        return None
    return [
        Shown(m.key, m.template, m.params, answer, m.at) if m is there else m
        for m in messages
        if m is there or m.about_status is None or m.about_status != there.about_status
    ]


def folded(messages: Sequence[Shown]) -> tuple[list[Shown], list[Shown]]:
    """What is shown at once, and what is folded: old messages in which there is nothing to fill in."""
    shown = [m for n, m in enumerate(messages) if n < OPEN_MESSAGES or m.card.inputs]
    return shown, [m for m in messages if m not in shown]


async def earlier_summaries(work: Work, member: Member, now: datetime) -> list[Card]:
    """What was posted to the board, the newest meeting first."""
    rounds = [round_ for round_ in await work.rounds.all() if round_.cancelled_at is None]
    posted = await work.outbox.first_sent([summary_topic(round_.id) for round_ in rounds])
    newest = sorted((r for r in rounds if summary_topic(r.id) in posted), key=lambda r: r.meeting_at, reverse=True)
    drawn = [await router.draw(work, "summary.posted", {"round": r.id}, member, now) for r in newest[:MOST_EARLIER]]
    return [card for card in drawn if card is not None]


def _about(message: Message) -> str:
    """The same for messages that show the same."""
    template = _SAME_DRAWING.get(message.template, message.template)
    if template in _OF_A_UNIT:
        return json.dumps([template, message.params.get("round"), message.params.get("unit")])
    return json.dumps([template, message.params], sort_keys=True)


def _is_question(message: Message) -> bool:
    return message.template == "status.question"


def _is_asked(message: Message, state: Mapping[str, Json] | None) -> bool:
    """Whether the question is the one that the open form asks now."""
    if state is None:
        return False
    return (message.params.get("round"), message.params.get("number")) == (state.get("round"), state.get("field"))


def _is_settled_reminder(message: Shown, others: Sequence[Shown]) -> bool:
    """A reminder that says no more than the receipt on the same page."""
    if message.template != "status.reminder" or message.card.buttons:
        return False
    return any(o is not message and o.about_status == message.about_status for o in others)
