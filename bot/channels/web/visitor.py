"""Who looks at a page, and their turns."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.channels.web.forms import Posted, RefusedError
from bot.channels.web.session import Session
from dialogs import router
from dialogs.card import Card
from dialogs.speech import Speech
from dialogs.turn import Event, Place
from domain.community import Community, Person
from services.messages import Address
from services.ports import Clock, ConflictError, Member, Store

REMEMBERED = 500
"""Forms that were given back to be corrected, kept so that a reload shows them again."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody whom the page knows, by a session or by a link of theirs."""

    session: Session
    community: Community
    member: Member
    speech: Speech

    @property
    def person(self) -> Person:
        return self.member.person

    @property
    def unit(self) -> str:
        """For whom they answer: their unit, or the whole community."""
        units = self.community.units
        return next((unit.name for unit in units if unit.key == self.person.unit), self.community.name)

    @property
    def place(self) -> Place:
        return Place(Address("web", conversation=f"web:{self.person.key}"), personal=True)

    def number(self, posted: Posted) -> str:
        """The event's id. Raises RefusedError when the form bears none."""
        number = posted.number(f"{self.community.key}/{self.person.key}")
        if not number:
            raise RefusedError(400, self.speech.say("web.stale_form"))
        return number

    def any_number(self) -> str:
        return f"web:{self.person.key}:{secrets.token_hex(16)}"


class Turns:
    """Takes visitors' turns, and gives a form that came back the same way again when it is posted again."""

    def __init__(self, store: Store, clock: Clock, committed: Callable[[], Awaitable[None]]) -> None:
        self._store = store
        self._clock = clock
        self._committed = committed
        self._given_back: OrderedDict[str, Card] = OrderedDict()

    async def take(self, visitor: Visitor, event: Event) -> Card | None:
        if (given_back := self._given_back.get(event.id)) is not None:
            return given_back
        community, person = visitor.community.key, visitor.person.key
        try:
            answer = await router.answer(self._store, community, person, event, self._clock.now())
        except ConflictError:
            answer = await router.answer(self._store, community, person, event, self._clock.now())
        await self._committed()
        if answer.card is not None and answer.card.inputs:
            self._given_back[event.id] = answer.card
            if len(self._given_back) > REMEMBERED:
                self._given_back.popitem(last=False)
        return answer.card
