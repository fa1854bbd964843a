"""Forms that are shown as messages, and how each is found again when somebody opens it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from bot.channels.slack.blocks import STORED
from dialogs import router
from dialogs.card import Button, Card
from dialogs.turn import Event
from services.messages import Address
from services.ports import Clock, Store

REMEMBERED = 2_000


class Forms:
    """A stored message is drawn anew, and what changes nothing is done again: so a form is as things stand.

    Any other form is remembered as it was. Then it is lost when the process ends, and has to be asked for again.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._remembered: OrderedDict[str, Card] = OrderedDict()

    def opening(self, card: Card, event: Event) -> Mapping[str, Any]:
        """What the buttons of a form bear that came of this event."""
        if not card.inputs:
            return STORED
        if router.changes_nothing(event):
            return {"action": event.action, "data": dict(event.data)} if event.action else {"text": event.text}
        number = uuid4().hex
        self._remembered[number] = card
        if len(self._remembered) > REMEMBERED:
            self._remembered.popitem(last=False)
        return {"form": number}

    async def find(
        self, opening: Mapping[str, Any], community: str, person: str, pressed: Event, at: Address
    ) -> Card | None:
        """The form whose button was pressed; None when there is none any more."""
        if (number := opening.get("form")) is not None:
            return self._remembered.get(str(number))
        now = self._clock.now()
        if not opening:
            return await self._stored(community, person, at)
        action, data = opening.get("action"), opening.get("data")
        again = Event(
            pressed.id,
            pressed.place,
            text=str(opening.get("text") or ""),
            action=action if isinstance(action, str) else None,
            data=data if isinstance(data, dict) else {},
        )
        # What a button bears has been out of our hands.
        if not router.changes_nothing(again):
            return None
        return (await router.answer(self._store, community, person, again, now)).card

    async def _stored(self, community: str, person: str, at: Address) -> Card | None:
        async with self._store.read(community) as work:
            envelope = await work.outbox.at(at)
            if envelope is None or envelope.message.to.person not in (None, person):
                return None
            reader = await work.people.get(person) if envelope.message.to.person else None
            message = envelope.message
            return await router.draw(work, message.template, message.params, reader, self._clock.now())


def sender_like(card: Card, pressed: Event) -> Button | None:
    """The button of the form that was pressed on its message: the same, or the one that does the same."""
    sending = [button for button in card.buttons if button.submits and button.action == pressed.action]
    same = (button for button in sending if dict(button.data) == dict(pressed.data))
    return next(same, sending[0] if sending else None)


def sender_after(card: Card, action: str | None) -> Button | None:
    """The button that sends the form which came back in a modal: the only one, or the first of the same form."""
    sending = [button for button in card.buttons if button.submits]
    if not card.inputs or not sending:
        return None
    again = [button for button in sending if button.action == action]
    return sending[0] if len(sending) == 1 or again else None
