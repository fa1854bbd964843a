"""Signing in: by a link that is mailed to an address somebody writes, and in the demonstration by picking a person.

The answer to an address is the same for every address, and comes before it is looked up. The link opens a page; only
the button on it signs in, once, so that programs which follow links before people do use nothing up.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol

from aiohttp import web

from bot.channels.web import drawing, forms
from bot.channels.web.forms import RefusedError
from bot.channels.web.session import VISITOR, Sessions, mark_of, new_mark
from bot.limits import Limits
from bot.ways_in import Way
from dialogs.speech import Speech
from dialogs.turn import speech_for
from domain.identity_numbers import contains_identity_number
from domain.pacing import Limit
from services.ports import Clock, Store, UnavailableError

LONGEST_ADDRESS = 254
QUARTER = 15 * 60
FROM_ONE_PLACE = Limit(30, QUARTER)
"""Requests from one network address in a quarter of an hour: a whole municipality may sit behind one."""


class Links(Protocol):
    async def sign_in(self, token: str) -> Way | None: ...


@dataclass(frozen=True, slots=True)
class ByMail:
    """What signing in by e-mail needs: what an address is handed to, and what reads the links."""

    ask: Callable[[str], None]
    links: Links


class SigningIn:
    def __init__(
        self,
        store: Store,
        clock: Clock,
        sessions: Sessions,
        limits: Limits,
        by_mail: ByMail | None,
        *,
        secure: bool = False,
    ) -> None:
        self._store = store
        self._clock = clock
        self._sessions = sessions
        self._by_mail = by_mail
        self._secure = secure
        self._limits = limits

    @property
    def by_mail(self) -> bool:
        return self._by_mail is not None

    def page(
        self,
        request: web.Request,
        speech: Speech,
        *,
        groups: Sequence[object] = (),
        demo: object = None,
        typed: str = "",
        error: str = "",
        status: int = 200,
    ) -> web.Response:
        """Where one says who one is. `groups`: people to pick from."""
        values = {
            "groups": groups,
            "demo": demo,
            "by_mail": self.by_mail,
            "typed": typed,
            "error": error,
            "status": status,
        }
        return self._marked(request, "signin.html", speech, "", **values)

    async def asked(self, request: web.Request, posted: forms.Posted, speech: Speech) -> web.Response:
        """Somebody wrote an address. Raises RefusedError: 403, 404, 429."""
        if self._by_mail is None:
            raise RefusedError(404, speech.say("web.not_found"))
        self.check(request, posted, speech)
        typed = posted.one("email").strip()
        if wrong := _wrong(typed):
            kept = "" if contains_identity_number(typed) else typed
            return self.page(request, speech, typed=kept, error=speech.say(f"web.email_wrong.{wrong}"))
        try:
            allowed = await self._limits.allows(f"sign-in from {place_of(request)}", FROM_ONE_PLACE)
        except UnavailableError:
            return self.page(request, speech, typed=typed, error=speech.say("unavailable.link"), status=503)
        if not allowed:
            raise RefusedError(429, speech.say("web.too_often"), {"Retry-After": str(QUARTER)})
        self._by_mail.ask(typed)
        return drawing.page("signin_sent.html", speech)

    async def open_link(self, request: web.Request, anybody: Speech) -> web.Response:
        token, way, speech = await self._way(request, anybody)
        return self._marked(request, "signin_link.html", speech, token, name=way.member.person.name, to=request.path)

    async def use_link(self, request: web.Request, anybody: Speech) -> str:
        """Signs in: the session's cookie. Raises RefusedError: 403, 404, 410."""
        token, way, speech = await self._way(request, anybody)
        self.check(request, await forms.read(request, speech), speech, token)
        async with self._store.begin(way.community) as work:
            if not await work.first_time(f"signin:{sha256(token.encode()).hexdigest()[:32]}", self._clock.now()):
                raise RefusedError(410, speech.say("web.link_used"))
        return self._sessions.begin(way.community, way.member.person.key, way.member.epoch)

    def check(self, request: web.Request, posted: forms.Posted, speech: Speech, link: str = "") -> None:
        """Raises RefusedError unless the form was drawn for this browser, and for this link."""
        mark = mark_of(request.cookies.get(VISITOR, ""))
        if not mark or not self._sessions.is_token(posted.one(forms.TOKEN), mark + link):
            raise RefusedError(403, speech.say("web.stale_form"))

    async def _way(self, request: web.Request, anybody: Speech) -> tuple[str, Way, Speech]:
        token = request.match_info["token"]
        way = await self._by_mail.links.sign_in(token) if self._by_mail else None
        if way is None:
            raise RefusedError(404, anybody.say("web.link_expired"))
        return token, way, speech_for(self._store.communities[way.community], way.member)

    def _marked(self, request: web.Request, template: str, speech: Speech, link: str, **values: Any) -> web.Response:
        """A page whose form only this browser can post."""
        mark = mark_of(request.cookies.get(VISITOR, "")) or new_mark()
        response = drawing.page(template, speech, token=self._sessions.token(mark + link), **values)
        response.set_cookie(VISITOR, mark, httponly=True, samesite="Lax", secure=self._secure)
        return response


def _wrong(typed: str) -> str:
    if not typed:
        return "required"
    if len(typed) > LONGEST_ADDRESS or contains_identity_number(typed):
        return "address"
    return "" if re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+", typed) and typed.isprintable() else "address"


def place_of(request: web.Request) -> str:
    """The network address that a request comes from: behind a proxy of our own network, the one that it names."""
    remote = request.remote or ""
    named = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    try:
        near = ipaddress.ip_address(remote)
        return str(ipaddress.ip_address(named)) if named and (near.is_private or near.is_loopback) else remote
    except ValueError:
        return remote
