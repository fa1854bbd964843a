"""The pages and what is posted to them. Each page is whole without scripts."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from aiohttp import web

from bot.channels.web import cards, drawing, forms, uploads
from bot.channels.web.drawing import elsewhere
from bot.channels.web.forms import Posted, RefusedError
from bot.channels.web.links import LinkPages
from bot.channels.web.messages import earlier_summaries, folded, in_place, messages_for
from bot.channels.web.not_stored import NotStored
from bot.channels.web.offers import commands, exact, people_by_kind
from bot.channels.web.session import COOKIE, LASTS, VISITOR, Sessions, mark_of
from bot.channels.web.signing_in import ByMail, SigningIn
from bot.channels.web.visitor import Turns, Visitor
from bot.limits import Limits
from bot.plan.dropped import FileDropped, PlanFiles
from bot.ways_in import WaysIn
from dialogs.card import Card, Resolve, nowhere
from dialogs.speech import Speech
from dialogs.turn import Event, speech_for
from domain.community import LANGUAGES
from services import access
from services.audience import active_people, answers_for
from services.organs import may_change
from services.ports import Clock, Member, Store, UnavailableError

Handler = Callable[[web.Request], Awaitable[web.Response]]


class Demo(Protocol):
    """What the demonstration may do with the clock."""

    def now(self) -> datetime: ...
    async def next_happening(self) -> datetime | None: ...
    async def move(self, to: datetime) -> None: ...


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
        limits: Limits,
        demo: Demo | None = None,
        secure_cookies: bool = False,
        resolve: Resolve = nowhere,
        ways: WaysIn | None = None,
        ask_for_link: Callable[[str], None] | None = None,
        plan_files: PlanFiles | None = None,
    ) -> None:
        """`ways` reads the links that are mailed; `ask_for_link` mails one to whoever signs in by it."""
        self._store = store
        self._clock = clock
        self._dev = dev
        self._sessions = Sessions(secret_key)
        self._turns = Turns(store, clock, committed)
        self._demo = demo
        self._secure = secure_cookies
        self._draw = partial(cards.view, resolve=resolve)
        by_mail = ByMail(ask_for_link, ways) if ways and ask_for_link else None
        self._signing_in = SigningIn(store, clock, self._sessions, limits, by_mail, secure=secure_cookies)
        self._links = LinkPages(ways, store, clock, self._turns, self._sessions, self._draw) if ways else None
        self._plan_files = plan_files
        self._unavailable = NotStored(store, clock, self._sessions, self._links, self._draw)

    def routes(self) -> list[web.RouteDef]:
        pages: Mapping[str, Handler] = {
            "/": self.home,
            "/overview": self.overview,
            "/static/{hash}/{name}": self.static,
        }
        both: Mapping[str, tuple[Handler, Handler]] = {
            # The address of an answered form, opened again, leads home.
            "/signin": (_home_again, self.sign_in),
            "/signout": (_home_again, self.sign_out),
            "/say": (_home_again, self.say),
            "/press": (_home_again, self.press),
            "/file": (_home_again, self.upload),
            "/dev/next": (_home_again, self.next_happening),
            "/signin/{token}": (self.show_sign_in_link, self.use_sign_in_link),
            "/link/{token}": (self.show_link, self.press_on_link),
        }
        return [
            *(web.get(path, self._guarded(handler)) for path, handler in pages.items()),
            *(web.get(path, self._guarded(handler)) for path, (handler, _) in both.items()),
            *(web.post(path, self._guarded(handler)) for path, (_, handler) in both.items()),
            *(web.route("*", path, self._guarded(self._wrong_method)) for path in (*pages, *both)),
        ]

    # Pages

    async def home(self, request: web.Request) -> web.Response:
        visitor = await self._visitor(request)
        if visitor is None:
            return await self._sign_in_page(request)
        return await self._home(visitor)

    async def overview(self, request: web.Request) -> web.Response:
        visitor = await self._signed_in(request)
        event = Event(visitor.any_number(), visitor.place, action="overview")
        return await self._overview(visitor, await self._turns.take(visitor, event))

    async def static(self, request: web.Request) -> web.Response:
        found = drawing.static_file(request.match_info["hash"], request.match_info["name"])
        if found is None:
            raise RefusedError(404, self._anybody().say("web.not_found"))
        return found

    # What is posted

    async def sign_in(self, request: web.Request) -> web.Response:
        """By an address that a link is mailed to; in the demonstration as the picked person too."""
        speech = self._anybody()
        if not self._dev and not self._signing_in.by_mail:
            raise RefusedError(404, speech.say("web.not_found"))
        posted = await forms.read(request, speech)
        if posted.has("email") or not self._dev:
            return await self._signing_in.asked(request, posted, speech)
        self._signing_in.check(request, posted, speech)
        community, person = posted.one("community"), posted.one("person")
        member = await self._member(community, person) if community in self._store.communities else None
        if member is None:
            raise RefusedError(400, speech.say("web.no_such_person"))
        return self._begun(self._sessions.begin(community, person, member.epoch))

    async def show_sign_in_link(self, request: web.Request) -> web.Response:
        return await self._signing_in.open_link(request, self._anybody())

    async def use_sign_in_link(self, request: web.Request) -> web.Response:
        return self._begun(await self._signing_in.use_link(request, self._anybody()))

    def _begun(self, cookie: str) -> web.Response:
        response = elsewhere("/")
        response.set_cookie(COOKIE, cookie, max_age=LASTS, httponly=True, samesite="Lax", secure=self._secure)
        return response

    async def sign_out(self, request: web.Request) -> web.Response:
        """Here; or everywhere, and then the links in letters hold no longer either."""
        visitor, posted = await self._posted(request)
        if posted.one("everywhere"):
            async with self._store.begin(visitor.community.key) as work:
                await access.revoke(work, visitor.person, by=visitor.person.key, now=self._clock.now())
        response = elsewhere("/")
        response.del_cookie(COOKIE, httponly=True, samesite="Lax", secure=self._secure)
        return response

    async def show_link(self, request: web.Request) -> web.Response:
        return await self._message_links().show(request, self._anybody())

    async def press_on_link(self, request: web.Request) -> web.Response:
        return await self._message_links().press(request, self._anybody())

    def _message_links(self) -> LinkPages:
        if self._links is None:
            raise RefusedError(404, self._anybody().say("web.link_expired"))
        return self._links

    async def say(self, request: web.Request) -> web.Response:
        """A command, or the answer to the field that is next."""
        visitor, posted = await self._posted(request)
        text = posted.one(forms.TEXT).strip()
        if not text:
            return await self._home(visitor)
        event = Event(visitor.number(posted), visitor.place, text=text)
        answer = await self._turns.take(visitor, event)
        return await self._home(await self._again(visitor), answer, said=True)

    async def press(self, request: web.Request) -> web.Response:
        """A button with its card's inputs. What it says is believed no more than anything else that is posted."""
        visitor, posted = await self._posted(request)
        pressed = posted.pressed()
        if pressed is None:
            raise RefusedError(400, visitor.speech.say("web.stale_form"))
        event = Event(visitor.number(posted), visitor.place, action=pressed.action, data=pressed.data)
        answer = await self._turns.take(visitor, event)
        if posted.one(forms.PAGE) == "overview" and answer is not None:
            return await self._overview(visitor, answer, pressed=True)
        return await self._home(await self._again(visitor), answer, pressed=posted.one(forms.MESSAGE))

    async def upload(self, request: web.Request) -> web.Response:
        """A file with the meeting plan; the answer shows what it says."""
        visitor = await self._signed_in(request)
        if self._plan_files is None:
            raise RefusedError(404, visitor.speech.say("web.not_found"))

        def check(posted: Posted) -> None:
            if not self._sessions.is_token(posted.one(forms.TOKEN), visitor.session.cookie):
                raise RefusedError(403, visitor.speech.say("web.stale_form"))

        posted, name, content = await uploads.read(request, visitor.speech, check)
        if not name:
            raise RefusedError(400, visitor.speech.say("plan_file.no_file"))

        async def fetch() -> bytes:
            return content

        file = FileDropped(name, fetch, posted.one(uploads.BESIDE))
        community, person = visitor.community.key, visitor.person.key
        return await self._home(visitor, await self._plan_files.receive(community, person, [file]))

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
            takes_files=self._plan_files is not None and may_change(visitor.person),
            commands=commands(visitor.speech, visitor.person, answers=answers),
        )

    async def _overview(self, visitor: Visitor, card: Card | None, *, pressed: bool = False) -> web.Response:
        now = self._clock.now()
        async with self._store.read(visitor.community.key) as work:
            earlier = await earlier_summaries(work, visitor.member, now)
        at = visitor.speech.moment(now)
        return await self._page("overview.html", visitor, card=card, at=at, earlier=earlier, pressed=pressed)

    async def _sign_in_page(self, request: web.Request) -> web.Response:
        if not self._dev and not self._signing_in.by_mail:
            raise self._not_signed_in()
        speech = self._anybody()
        groups = []
        for key, community in self._store.communities.items() if self._dev else ():
            async with self._store.read(key) as work:
                groups.append((community, people_by_kind(speech, community, await active_people(work))))
        return self._signing_in.page(request, speech, groups=groups, demo=await self._demo_clock(speech))

    async def _page(self, template: str, visitor: Visitor, **values: Any) -> web.Response:
        return drawing.page(
            template,
            visitor.speech,
            name=visitor.person.name,
            unit=visitor.unit,
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
        if member is None or member.epoch != session.epoch:
            return None
        return Visitor(session, community, member, speech_for(community, member))

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
                return await self._refused(request, exc)
            except UnavailableError:
                return await self._unavailable.answer(request)

        return guarded

    async def _refused(self, request: web.Request, why: RefusedError) -> web.Response:
        try:
            visitor = await self._visitor(request)
        except UnavailableError:
            visitor = None
        speech = visitor.speech if visitor else self._anybody()
        response = drawing.page("refusal.html", speech, status=why.status, why=why.why)
        response.headers.update(why.headers)
        return response

    async def _wrong_method(self, request: web.Request) -> web.Response:
        forms_alone = ("/signin", "/signout", "/say", "/press", "/file", "/dev/next")
        letters = request.path.startswith(("/signin/", "/link/"))
        allowed = "POST" if request.path in forms_alone else "GET, HEAD, POST" if letters else "GET, HEAD"
        raise RefusedError(405, self._anybody().say("web.wrong_method"), {"Allow": allowed})

    def _not_signed_in(self) -> RefusedError:
        return RefusedError(401, self._anybody().say("web.sign_in_by_link"))

    def _anybody(self) -> Speech:
        """The language of somebody who is not signed in: the first community's."""
        return speech_for(next(iter(self._store.communities.values())), None)


async def _home_again(_: web.Request) -> web.Response:
    return elsewhere("/")
