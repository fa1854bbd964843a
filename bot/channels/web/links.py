"""`/link/{token}`: the way from an e-mail straight to what it is about.

Whoever has the link sees that one message of its person, and can press what stands on it, and what that leads to:
each drawn card bears which buttons it has, under the server's signature. No session comes of it, and looking changes
nothing, so that programs which follow links before people do use nothing up.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Protocol

from aiohttp import web

from bot.channels.web import cards, drawing, forms
from bot.channels.web.forms import Posted, RefusedError
from bot.channels.web.messages import messages_for
from bot.channels.web.session import Session, Sessions
from bot.channels.web.visitor import Turns, Visitor
from bot.ways_in import Way
from dialogs import router
from dialogs.card import Card
from dialogs.letters import opened
from dialogs.speech import Speech
from dialogs.turn import REPLY, Event, speech_for
from services.ports import Clock, Store


class MessageLinks(Protocol):
    async def message(self, token: str) -> Way | None: ...


class LinkPages:
    def __init__(
        self,
        links: MessageLinks,
        store: Store,
        clock: Clock,
        turns: Turns,
        sessions: Sessions,
        draw: Callable[[Card, str], cards.View],
    ) -> None:
        self._links = links
        self._store = store
        self._clock = clock
        self._turns = turns
        self._sessions = sessions
        self._draw = draw

    async def show(self, request: web.Request, anybody: Speech) -> web.Response:
        visitor, message = await self._opened(request, anybody)
        card = await self._message(visitor, message)
        return self._page(request, visitor, card, answered=False)

    async def press(self, request: web.Request, anybody: Speech) -> web.Response:
        visitor, message = await self._opened(request, anybody)
        posted = await forms.read(request, visitor.speech)
        pressed = posted.pressed()
        if pressed is None or not self._drawn_here(visitor.session.cookie, posted):
            raise RefusedError(403, visitor.speech.say("web.stale_form"))
        event = Event(visitor.number(posted), visitor.place, action=pressed.action, data=pressed.data)
        answer = await self._turns.take(visitor, event)
        if answer is None:
            answer = await self._sent(visitor, event) or await self._message(visitor, message)
        return self._page(request, visitor, answer, answered=True)

    async def _opened(self, request: web.Request, anybody: Speech) -> tuple[Visitor, int]:
        """Raises RefusedError: 404 for a link that is not ours, has expired or was revoked, all in the same words."""
        token = request.match_info["token"]
        way = await self._links.message(token)
        if way is None:
            raise RefusedError(404, anybody.say("web.link_expired"))
        community = self._store.communities[way.community]
        session = Session(community.key, way.member.person.key, _bound_to(token), way.member.epoch)
        return Visitor(session, community, way.member, speech_for(community, way.member)), way.message

    async def _message(self, visitor: Visitor, number: int) -> Card:
        """What the letter was about, as it stands now. Raises RefusedError when there is nothing of it any more."""
        now = self._clock.now()
        async with self._store.read(visitor.community.key) as work:
            found = await work.outbox.of_person(visitor.person.key, number)
            if found is not None:
                template, params = opened(found.message.template), found.message.params
                card = await router.draw(work, template, params, visitor.member, now)
                if card is not None:
                    return card
        raise RefusedError(404, visitor.speech.say("web.message_gone"))

    async def _sent(self, visitor: Visitor, event: Event) -> Card | None:
        """What came of a press as a message, and not as an answer."""
        now: datetime = self._clock.now()
        async with self._store.read(visitor.community.key) as work:
            messages = await messages_for(work, visitor.member, now)
        return next((m.card for m in messages if m.key.startswith(f"{REPLY}{event.id}:")), None)

    def _page(self, request: web.Request, visitor: Visitor, card: Card, *, answered: bool) -> web.Response:
        return drawing.page(
            "link.html",
            visitor.speech,
            name=visitor.person.name,
            unit=visitor.unit,
            card=self._draw(card, "m"),
            to=request.path,
            token=self.proof(request.match_info["token"], card),
            number=secrets.token_hex(16),
            answered=answered,
        )

    # Which buttons were drawn

    def drew(self, link: str, posted: Posted) -> bool:
        """Whether the page of that link bore what was pressed; asks nothing."""
        return self._drawn_here(_bound_to(link), posted)

    def proof(self, link: str, card: Card) -> str:
        drawn = "".join(sorted({_short(cards.value(button)) for button in cards.buttons_of(card)}))
        return f"{drawn}.{self._sessions.token(f'{_bound_to(link)}:{drawn}')}"

    def _drawn_here(self, bound_to: str, posted: Posted) -> bool:
        drawn, _, signature = posted.one(forms.TOKEN).partition(".")
        if not self._sessions.is_token(signature, f"{bound_to}:{drawn}"):
            return False
        known = {drawn[at : at + _SHORT] for at in range(0, len(drawn), _SHORT)}
        return any(hmac.compare_digest(_short(posted.chosen()), one) for one in known)


def _bound_to(link: str) -> str:
    """What the forms of a link's page are bound to, as those of a session are to its cookie."""
    return f"link:{link}"


_SHORT = 16


def _short(value: str) -> str:
    return sha256(value.encode()).hexdigest()[:_SHORT]
