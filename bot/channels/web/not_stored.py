"""What a page says while the store cannot be used: that nothing was stored, and the form with all that was typed in it.

Who it is cannot be looked up then. What was posted is given back only to the browser that the form was drawn for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiohttp import web

from bot.channels.web import cards, drawing, forms
from bot.channels.web.forms import Posted, RefusedError
from bot.channels.web.links import LinkPages
from bot.channels.web.session import COOKIE, Session, Sessions
from dialogs import router
from dialogs.card import Card
from dialogs.speech import Speech
from dialogs.turn import Event, Place, speech_without_store
from domain.identity_numbers import contains_identity_number
from services.messages import Address
from services.ports import Clock, Store

TRY_AGAIN_AFTER = "10"
"""Seconds, for browsers and programs that ask."""


class NotStored:
    def __init__(
        self,
        store: Store,
        clock: Clock,
        sessions: Sessions,
        links: LinkPages | None,
        draw: Callable[[Card, str], cards.View],
    ) -> None:
        self._store = store
        self._clock = clock
        self._sessions = sessions
        self._links = links
        self._draw = draw

    async def answer(self, request: web.Request) -> web.Response:
        session = self._sessions.read(request.cookies.get(COOKIE, ""))
        community, person = (session.community, session.person) if session else ("", "")
        speech = speech_without_store(self._store, community, person)
        if request.method != "POST":
            return _away(speech, speech.say("unavailable.page"))
        if request.path == "/file":
            return _away(speech, speech.say("unavailable.file"))
        try:
            posted = await forms.read(request, speech)
        except RefusedError as exc:
            return drawing.page("refusal.html", speech, status=exc.status, why=exc.why)
        if not self._drawn_for(request, posted, session):
            return _away(speech, speech.say("unavailable.page"))
        if (pressed := posted.pressed()) is None:
            return _text_again(posted, speech)
        event = Event("", Place(Address("web")), action=pressed.action, data=pressed.data)
        card = router.not_stored(speech, self._store.communities.get(community), event, self._clock.now())
        return self._form_again(request, posted, speech, card)

    def _drawn_for(self, request: web.Request, posted: Posted, session: Session | None) -> bool:
        if link := request.match_info.get("token"):
            return self._links is not None and self._links.drew(link, posted)
        return session is not None and self._sessions.is_token(posted.one(forms.TOKEN), session.cookie)

    def _form_again(self, request: web.Request, posted: Posted, speech: Speech, card: Card) -> web.Response:
        """With the number that it bore: a form that is sent again as it was is one event, though it was stored."""
        link = request.match_info.get("token")
        token = self._links.proof(link, card) if link and self._links else posted.one(forms.TOKEN)
        beside = {"message": posted.one(forms.MESSAGE), "page": posted.one(forms.PAGE), "to": request.path}
        return _page(speech, posted, card=self._draw(card, "m"), token=token, **beside)


def _away(speech: Speech, why: str) -> web.Response:
    return _later(drawing.page("refusal.html", speech, status=503, why=why))


def _text_again(posted: Posted, speech: Speech) -> web.Response:
    """What was written in the field for commands and answers."""
    typed = posted.one(forms.TEXT)
    kept = "" if contains_identity_number(typed) else typed
    return _page(
        speech, posted, card=None, token=posted.one(forms.TOKEN), why=speech.say("unavailable.text"), typed=kept
    )


def _page(speech: Speech, posted: Posted, **values: Any) -> web.Response:
    number = posted.one(forms.NUMBER)
    return _later(drawing.page("not_stored.html", speech, status=503, number=number, **values))


def _later(response: web.Response) -> web.Response:
    response.headers["Retry-After"] = TRY_AGAIN_AFTER
    return response
