"""The pages and what is posted to them. Each page is whole without scripts."""

from __future__ import annotations

import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.channels.web import cards
from bot.channels.web.session import COOKIE, LASTS, VISITOR, Session, Sessions
from dialogs import router
from dialogs.card import Card
from dialogs.speech import Speech
from dialogs.turn import Event, Place, speech_for
from domain.community import Community, Person, Role, UnitKind
from services.messages import Address, Json
from services.ports import Clock, Member, Store, Work

HERE = Path(__file__).parent
MOST_MESSAGES = 20
MOST_FIELDS = 500
STYLE = (HERE / "static" / "style.css").read_bytes()
STYLE_HASH = sha256(STYLE).hexdigest()[:16]
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


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


@dataclass(frozen=True, slots=True)
class Shown:
    """A message on the page. `key` tells which card a press came from."""

    key: str
    card: Card
    when: str


class WebChannel:
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
    ) -> None:
        self._store = store
        self._clock = clock
        self._dev = dev
        self._sessions = Sessions(secret_key)
        self._committed = committed
        self._demo = demo
        self._secure = secure_cookies
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        self._templates.globals["draw"] = cards.view

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self.home),
            web.get("/overview", self.overview),
            web.post("/signin", self.sign_in),
            web.post("/signout", self.sign_out),
            web.post("/say", self.say),
            web.post("/press", self.press),
            web.post("/dev/next", self.next_happening),
            web.get(f"/static/{STYLE_HASH}/style.css", _style),
        ]

    # Pages

    async def home(self, request: web.Request) -> web.Response:
        visitor = await self._visitor(request)
        if visitor is None:
            return await self._sign_in_page(request)
        return await self._home(visitor)

    async def overview(self, request: web.Request) -> web.Response:
        visitor = await self._visitor(request)
        if visitor is None:
            return self._not_signed_in()
        answer = await self._turn(visitor, Event(_number(), _place(visitor), action="overview"))
        return await self._page("overview.html", visitor, card=answer)

    async def _home(
        self, visitor: Visitor, answer: Card | None = None, pressed: str = "", said: str = ""
    ) -> web.Response:
        async with self._store.read(visitor.community.key) as work:
            messages = await self._messages(work, visitor)
        in_place = answer is not None and any(message.key == pressed for message in messages)
        if in_place and answer is not None:
            messages = [Shown(m.key, answer, m.when) if m.key == pressed else m for m in messages]
        return await self._page(
            "home.html",
            visitor,
            messages=messages,
            answer=None if in_place else answer,
            pressed=pressed if in_place else "",
            said=said,
            commands=_commands(visitor),
        )

    async def _messages(self, work: Work, visitor: Visitor) -> list[Shown]:
        """The person's messages as things stand, the newest first; of several about the same, the newest."""
        now = self._clock.now()
        shown: list[Shown] = []
        seen: set[str] = set()
        for envelope in await work.outbox.for_person(visitor.person.key, MOST_MESSAGES, now):
            message = envelope.message
            about = message.topic or (message.template if message.template == "status.question" else message.key)
            if about in seen:
                continue
            seen.add(about)
            card = await router.draw(work, message.template, message.params, visitor.member, now)
            if card is not None:
                shown.append(Shown(message.key, card, visitor.speech.moment(envelope.sent_at or envelope.created_at)))
        return shown

    async def _sign_in_page(self, request: web.Request) -> web.Response:
        if not self._dev:
            return self._not_signed_in()
        first = next(iter(self._store.communities.values()))
        mark = request.cookies.get(VISITOR) or secrets.token_hex(16)
        response = self._render(
            "signin.html",
            speech_for(first, None),
            groups=[(community, _groups(community)) for community in self._store.communities.values()],
            token=self._sessions.token(mark),
            demo=await self._demo_clock(speech_for(first, None)),
        )
        response.set_cookie(VISITOR, mark, httponly=True, samesite="Lax", secure=self._secure)
        return response

    # What is posted

    async def sign_in(self, request: web.Request) -> web.Response:
        if not self._dev:
            raise web.HTTPNotFound
        form = await _form(request)
        if not self._sessions.is_token(form.get("token", ""), request.cookies.get(VISITOR, "")):
            return self._refusal(403, "web.stale_form")
        community, person = form.get("community", ""), form.get("person", "")
        if community not in self._store.communities or not await self._is_active(community, person):
            return self._refusal(400, "web.no_such_person")
        response = web.Response(status=303, headers={**HEADERS, "Location": "/"})
        cookie = self._sessions.begin(community, person)
        response.set_cookie(COOKIE, cookie, max_age=LASTS, httponly=True, samesite="Lax", secure=self._secure)
        return response

    async def sign_out(self, request: web.Request) -> web.Response:
        visitor, _ = await self._posted(request)
        if isinstance(visitor, web.Response):
            return visitor
        response = web.Response(status=303, headers={**HEADERS, "Location": "/"})
        response.del_cookie(COOKIE)
        return response

    async def say(self, request: web.Request) -> web.Response:
        """A command, or the answer to the field that is next."""
        visitor, form = await self._posted(request)
        if isinstance(visitor, web.Response):
            return visitor
        text = form.get("text", "").strip()
        if not text:
            return await self._home(visitor)
        event = Event(_number(form), _place(visitor), text=text)
        answer = await self._turn(visitor, event)
        return await self._home(await self._again(visitor), answer, said=text if answer is None else "")

    async def press(self, request: web.Request) -> web.Response:
        """A button with its card's inputs. What it says is believed no more than anything else that is posted."""
        visitor, form = await self._posted(request)
        if isinstance(visitor, web.Response):
            return visitor
        try:
            action, data = json.loads(form.get("button", ""))
        except (ValueError, TypeError, RecursionError):
            return self._refusal(400, "web.stale_form", visitor.speech)
        if not isinstance(action, str) or not isinstance(data, dict):
            return self._refusal(400, "web.stale_form", visitor.speech)
        inputs: dict[str, Json] = {key[3:]: value for key, value in form.items() if key.startswith("in.")}
        event = Event(_number(form), _place(visitor), action=action, data={**inputs, **data})
        answer = await self._turn(visitor, event)
        return await self._home(await self._again(visitor), answer, pressed=form.get("message", ""))

    async def next_happening(self, request: web.Request) -> web.Response:
        if self._demo is None:
            raise web.HTTPNotFound
        form = await _form(request)
        bound_to = request.cookies.get(COOKIE) or request.cookies.get(VISITOR, "")
        if not self._sessions.is_token(form.get("token", ""), bound_to):
            return self._refusal(403, "web.stale_form")
        following = await self._demo.next_happening()
        if following is not None:
            await self._demo.move(following)
        return web.Response(status=303, headers={**HEADERS, "Location": "/"})

    # Parts

    async def _turn(self, visitor: Visitor, event: Event) -> Card | None:
        community, person = visitor.community.key, visitor.person.key
        answer = await router.answer(self._store, community, person, event, self._clock.now())
        await self._committed()
        return answer.card

    async def _posted(self, request: web.Request) -> tuple[Visitor | web.Response, Mapping[str, str]]:
        visitor = await self._visitor(request)
        if visitor is None:
            return self._not_signed_in(), {}
        form = await _form(request)
        if not self._sessions.is_token(form.get("token", ""), visitor.session.cookie):
            return self._refusal(403, "web.stale_form", visitor.speech), {}
        return visitor, form

    async def _visitor(self, request: web.Request) -> Visitor | None:
        session = self._sessions.read(request.cookies.get(COOKIE, ""))
        community = self._store.communities.get(session.community) if session else None
        if session is None or community is None:
            return None
        async with self._store.read(community.key) as work:
            member = await work.people.get(session.person)
        if member is None or not member.active:
            return None
        return Visitor(session, community, member, speech_for(community, member))

    async def _again(self, visitor: Visitor) -> Visitor:
        """The visitor after the turn, which may have changed the language."""
        async with self._store.read(visitor.community.key) as work:
            member = await work.people.get(visitor.person.key)
        if member is None:
            return visitor
        return Visitor(visitor.session, visitor.community, member, speech_for(visitor.community, member))

    async def _is_active(self, community: str, person: str) -> bool:
        async with self._store.read(community) as work:
            member = await work.people.get(person)
        return member is not None and member.active

    async def _demo_clock(self, speech: Speech) -> dict[str, str] | None:
        if self._demo is None:
            return None
        following = await self._demo.next_happening()
        return {
            "now": speech.say("web.clock", now=_exact(speech, self._demo.now())),
            "next": speech.say("web.next", at=_exact(speech, following)) if following else "",
        }

    async def _page(self, template: str, visitor: Visitor, **values: Any) -> web.Response:
        person = visitor.person
        unit = visitor.community.unit(person.unit).name if person.unit else ""
        return self._render(
            template,
            visitor.speech,
            name=person.name,
            unit=unit,
            token=self._sessions.token(visitor.session.cookie),
            number=secrets.token_hex(16),
            demo=await self._demo_clock(visitor.speech),
            **values,
        )

    def _not_signed_in(self) -> web.Response:
        return self._refusal(401, "web.sign_in_by_link")

    def _refusal(self, status: int, why: str, speech: Speech | None = None) -> web.Response:
        known = speech or speech_for(next(iter(self._store.communities.values())), None)
        response = self._render("refusal.html", known, why=known.say(why))
        response.set_status(status)
        return response

    def _render(self, template: str, speech: Speech, **values: Any) -> web.Response:
        page = self._templates.get_template(template)
        text = page.render(say=speech.say, language=speech.language, style=f"/static/{STYLE_HASH}/style.css", **values)
        return web.Response(text=text, content_type="text/html", headers=HEADERS)


async def _style(_: web.Request) -> web.Response:
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return web.Response(body=STYLE, content_type="text/css", charset="utf-8", headers=headers)


async def _form(request: web.Request) -> Mapping[str, str]:
    """The posted fields; several of one name joined by commas. Raises 400 or 415."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise web.HTTPUnsupportedMediaType
    try:
        text = (await request.read()).decode("ascii")
        fields = parse_qs(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        raise web.HTTPBadRequest from None
    return {key: ",".join(value for value in values if value or len(values) == 1) for key, values in fields.items()}


def _number(form: Mapping[str, str] | None = None) -> str:
    """The event's id: that of the form, so that sending it again is a repeat."""
    return f"web:{(form or {}).get('number', '')[:64] or secrets.token_hex(16)}"


def _place(visitor: Visitor) -> Place:
    return Place(Address("web", conversation=f"web:{visitor.person.key}"))


def _commands(visitor: Visitor) -> list[str]:
    """The quick buttons: what this person uses most."""
    names = ["overview", "help"]
    if visitor.person.has(Role.RESPONDENT, Role.DEPUTY):
        names.insert(0, "status")
    if visitor.person.has(Role.COORDINATOR):
        names = ["crisis", "round_now", "end", *names]
    return [visitor.speech.say(f"help.command.{name}") for name in names]


def _groups(community: Community) -> list[tuple[str, list[Person]]]:
    """People to pick from: those who lead and read, then by kind of unit; a key of `web.group`."""
    kinds = {unit.key: unit.kind for unit in community.units}
    groups: dict[str, list[Person]] = {"lead": [], "municipality": [], "clinic": []}
    for person in community.people:
        kind = kinds.get(person.unit or "")
        groups["lead" if kind is None else str(UnitKind(kind))].append(person)
    return [(name, people) for name, people in groups.items() if people]


def _exact(speech: Speech, at: datetime) -> str:
    return speech.say("common.moment", day=speech.date(at), time=speech.time(at))
