"""The pages and what is posted to them. Each page is whole without scripts."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from aiohttp import web

from bot.channels.web import cards, drawing, forms
from bot.channels.web.drawing import elsewhere
from bot.channels.web.forms import Posted, RefusedError
from bot.channels.web.messages import earlier_summaries, folded, in_place, messages_for
from bot.channels.web.offers import commands, exact, people_by_kind
from bot.channels.web.session import COOKIE, LASTS, VISITOR, Session, Sessions, mark_of, new_mark
from dialogs import router
from dialogs.card import Card, Resolve, nowhere
from dialogs.speech import Speech
from dialogs.turn import Event, Place, speech_for
from domain.community import LANGUAGES, Community, Person
from services.audience import active_people, answers_for
from services.messages import Address
from services.ports import Clock, ConflictError, Member, Store

Handler = Callable[[web.Request], Awaitable[web.Response]]
REMEMBERED = 500
"""Forms that were given back to be corrected, kept so that a reload shows them again."""


class Demo(Protocol):
    """What the demonstration may do with the clock."""

    def now(self) -> datetime: ...
    async def next_happening(self) -> datetime | None: ...
    async def move(self, to: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody signed in."""

    session: Session
    community: Community
    member: Member
    speech: Speech

    @property
    def person(self) -> Person:
        return self.member.person


class WebChannel:
    """The page for those without Teams. Who somebody is comes from the session, and from nothing else."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        dev: bool,
        secret_key: bytes,
        committed: Callable[[], Awaitable[None]],
        demo: Demo | None = None,
        secure_cookies: bool = False,
        resolve: Resolve = nowhere,
    ) -> None:
        self._store = store
        self._clock = clock
        self._dev = dev
        self._sessions = Sessions(secret_key)
        self._committed = committed
        self._demo = demo
        self._secure = secure_cookies
        self._draw = partial(cards.view, resolve=resolve)
        self._given_back: OrderedDict[str, Card] = OrderedDict()

    def routes(self) -> list[web.RouteDef]:
        pages: Mapping[str, Handler] = {
            "/": self.home,
            "/overview": self.overview,
            "/static/{hash}/{name}": self.static,
        }
        posts: Mapping[str, Handler] = {
            "/signin": self.sign_in,
            "/signout": self.sign_out,
            "/say": self.say,
            "/press": self.press,
            "/dev/next": self.next_happening,
        }
        return [
            *(web.get(path, self._guarded(handler)) for path, handler in pages.items()),
            *(web.post(path, self._guarded(handler)) for path, handler in posts.items()),
            # The address of an answered form, opened again, leads home.
            *(web.get(path, self._guarded(_home_again)) for path in posts),
            *(web.route("*", path, self._guarded(self._wrong_method)) for path in (*pages, *posts)),
        ]

    # Pages

    async def home(self, request: web.Request) -> web.Response:
        visitor = await self._visitor(request)
        if visitor is None:
            return await self._sign_in_page(request)
        return await self._home(visitor)

    async def overview(self, request: web.Request) -> web.Response:
        visitor = await self._signed_in(request)
        event = Event(_any_number(visitor), _place(visitor), action="overview")
        return await self._overview(visitor, await self._turn(visitor, event))

    async def static(self, request: web.Request) -> web.Response:
        found = drawing.static_file(request.match_info["hash"], request.match_info["name"])
        if found is None:
            raise RefusedError(404, self._anybody().say("web.not_found"))
        return found

    # What is posted

    async def sign_in(self, request: web.Request) -> web.Response:
        """As the picked person; only in the demonstration."""
        speech = self._anybody()
        if not self._dev:
            raise RefusedError(404, speech.say("web.not_found"))
        posted = await forms.read(request, speech)
        if not self._sessions.is_token(posted.one(forms.TOKEN), mark_of(request.cookies.get(VISITOR, ""))):
            raise RefusedError(403, speech.say("web.stale_form"))
        community, person = posted.one("community"), posted.one("person")
        if community not in self._store.communities or await self._member(community, person) is None:
            raise RefusedError(400, speech.say("web.no_such_person"))
        response = elsewhere("/")
        cookie = self._sessions.begin(community, person)
        response.set_cookie(COOKIE, cookie, max_age=LASTS, httponly=True, samesite="Lax", secure=self._secure)
        return response

    async def sign_out(self, request: web.Request) -> web.Response:
        await self._posted(request)
        response = elsewhere("/")
        response.del_cookie(COOKIE, httponly=True, samesite="Lax", secure=self._secure)
        return response

    async def say(self, request: web.Request) -> web.Response:
        """A command, or the answer to the field that is next."""
        visitor, posted = await self._posted(request)
        text = posted.one(forms.TEXT).strip()
        if not text:
            return await self._home(visitor)
        event = Event(self._number(visitor, posted), _place(visitor), text=text)
        answer = await self._turn(visitor, event)
        return await self._home(await self._again(visitor), answer, said=True)

    async def press(self, request: web.Request) -> web.Response:
        """A button with its card's inputs. What it says is believed no more than anything else that is posted."""
        visitor, posted = await self._posted(request)
        pressed = posted.pressed()
        if pressed is None:
            raise RefusedError(400, visitor.speech.say("web.stale_form"))
        event = Event(self._number(visitor, posted), _place(visitor), action=pressed.action, data=pressed.data)
        answer = await self._turn(visitor, event)
        if posted.one(forms.PAGE) == "overview" and answer is not None:
            return await self._overview(visitor, answer, pressed=True)
        return await self._home(await self._again(visitor), answer, pressed=posted.one(forms.MESSAGE))

    async def next_happening(self, request: web.Request) -> web.Response:
        """Moves the demonstration's clock; anybody who looks at it may."""
        visitor = await self._visitor(request)
        speech = visitor.speech if visitor else self._anybody()
        if self._demo is None:
            raise RefusedError(404, speech.say("web.not_found"))
        posted = await forms.read(request, speech)
        bound_to = visitor.session.cookie if visitor else mark_of(request.cookies.get(VISITOR, ""))
        if not self._sessions.is_token(posted.one(forms.TOKEN), bound_to):
            raise RefusedError(403, speech.say("web.stale_form"))
        following = await self._demo.next_happening()
        if following is not None:
            await self._demo.move(following)
        return elsewhere("/")

    # Drawing

    async def _home(
        self, visitor: Visitor, answer: Card | None = None, pressed: str = "", *, said: bool = False
    ) -> web.Response:
        now = self._clock.now()
        async with self._store.read(visitor.community.key) as work:
            messages = await messages_for(work, visitor.member, now, keep=pressed)
            answers = bool(await answers_for(work, visitor.person, now))
        replaced = in_place(messages, pressed, answer) if answer else None
        if answer is None and said and messages:
            pressed = messages[0].key  # what was asked for came as a message
        elif replaced is None and (same := next((m for m in messages if m.card == answer), None)):
            replaced, pressed = messages, same.key  # a message says it already
        return await self._page(
            "home.html",
            visitor,
            messages=folded(replaced or messages),
            answer=None if replaced else answer,
            focused=pressed,
            said=said,
            commands=commands(visitor.speech, visitor.person, answers=answers),
        )

    async def _overview(self, visitor: Visitor, card: Card | None, *, pressed: bool = False) -> web.Response:
        now = self._clock.now()
        async with self._store.read(visitor.community.key) as work:
            earlier = await earlier_summaries(work, visitor.member, now)
        at = visitor.speech.moment(now)
        return await self._page("overview.html", visitor, card=card, at=at, earlier=earlier, pressed=pressed)

    async def _sign_in_page(self, request: web.Request) -> web.Response:
        if not self._dev:
            raise self._not_signed_in()
        speech = self._anybody()
        mark = mark_of(request.cookies.get(VISITOR, "")) or new_mark()
        groups = []
        for key, community in self._store.communities.items():
            async with self._store.read(key) as work:
                groups.append((community, people_by_kind(speech, community, await active_people(work))))
        response = drawing.page(
            "signin.html",
            speech,
            groups=groups,
            token=self._sessions.token(mark),
            demo=await self._demo_clock(speech),
        )
        response.set_cookie(VISITOR, mark, httponly=True, samesite="Lax", secure=self._secure)
        return response

    async def _page(self, template: str, visitor: Visitor, **values: Any) -> web.Response:
        unit = next((u.name for u in visitor.community.units if u.key == visitor.person.unit), visitor.community.name)
        return drawing.page(
            template,
            visitor.speech,
            name=visitor.person.name,
            unit=unit,
            languages=[(code, Speech(code, visitor.community.zone)) for code in LANGUAGES],
            token=self._sessions.token(visitor.session.cookie),
            number=secrets.token_hex(16),
            draw=self._draw,
            moment=visitor.speech.moment,
            demo=await self._demo_clock(visitor.speech),
            **values,
        )

    async def _demo_clock(self, speech: Speech) -> dict[str, str] | None:
        if self._demo is None:
            return None
        following = await self._demo.next_happening()
        return {
            "now": speech.say("web.clock", now=exact(speech, self._demo.now())),
            "next": speech.say("web.next", at=speech.moment(following)) if following else "",
        }

    # Who, and what they may

    async def _turn(self, visitor: Visitor, event: Event) -> Card | None:
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

    def _number(self, visitor: Visitor, posted: Posted) -> str:
        number = posted.number(f"{visitor.community.key}/{visitor.person.key}")
        if not number:
            raise RefusedError(400, visitor.speech.say("web.stale_form"))
        return number

    async def _posted(self, request: web.Request) -> tuple[Visitor, Posted]:
        visitor = await self._signed_in(request)
        posted = await forms.read(request, visitor.speech)
        if not self._sessions.is_token(posted.one(forms.TOKEN), visitor.session.cookie):
            raise RefusedError(403, visitor.speech.say("web.stale_form"))
        return visitor, posted

    async def _signed_in(self, request: web.Request) -> Visitor:
        visitor = await self._visitor(request)
        if visitor is None:
            raise self._not_signed_in()
        return visitor

    async def _visitor(self, request: web.Request) -> Visitor | None:
        session = self._sessions.read(request.cookies.get(COOKIE, ""))
        community = self._store.communities.get(session.community) if session else None
        if session is None or community is None:
            return None
        member = await self._member(community.key, session.person)
        return Visitor(session, community, member, speech_for(community, member)) if member else None

    async def _again(self, visitor: Visitor) -> Visitor:
        """The visitor after the turn, which may have changed the language."""
        member = await self._member(visitor.community.key, visitor.person.key) or visitor.member
        return Visitor(visitor.session, visitor.community, member, speech_for(visitor.community, member))

    async def _member(self, community: str, person: str) -> Member | None:
        """None for nobody, and for one who is no longer with us."""
        async with self._store.read(community) as work:
            member = await work.people.get(person)
        return member if member is not None and member.active else None

    # Refusals

    def _guarded(self, handler: Handler) -> Handler:
        async def guarded(request: web.Request) -> web.Response:
            try:
                return await handler(request)
            except RefusedError as exc:
                visitor = await self._visitor(request)
                speech = visitor.speech if visitor else self._anybody()
                response = drawing.page("refusal.html", speech, status=exc.status, why=exc.why)
                response.headers.update(exc.headers)
                return response

        return guarded

    async def _wrong_method(self, request: web.Request) -> web.Response:
        allowed = "POST" if request.path in ("/signin", "/signout", "/say", "/press", "/dev/next") else "GET, HEAD"
        raise RefusedError(405, self._anybody().say("web.wrong_method"), {"Allow": allowed})

    def _not_signed_in(self) -> RefusedError:
        return RefusedError(401, self._anybody().say("web.sign_in_by_link"))

    def _anybody(self) -> Speech:
        """The language of somebody who is not signed in: the first community's."""
        return speech_for(next(iter(self._store.communities.values())), None)


async def _home_again(_: web.Request) -> web.Response:
    return elsewhere("/")


def _any_number(visitor: Visitor) -> str:
    return f"web:{visitor.person.key}:{secrets.token_hex(16)}"


def _place(visitor: Visitor) -> Place:
    return Place(Address("web", conversation=f"web:{visitor.person.key}"), personal=True)
