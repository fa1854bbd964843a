"""The web channel behind a real port, and a browser without anything: it fills forms in and presses buttons."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from html.parser import HTMLParser
from pathlib import Path

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.channels.web import Demo, WebChannel
from bot.limits import OwnLimits
from domain.community import Community
from services import people
from services.due_work import do_due
from services.messages import Address
from services.ports import DueWork
from storage.store import Order, Settled, SqlStore, SqlWork
from tests.builders import local

KEY = b"a key for tests"
THURSDAY = local(2023, 11, 23, 9)
MONDAY = local(2023, 11, 27, 9)
"""When the first round opens."""
TUESDAY = local(2023, 11, 28, 16)
"""The first meeting."""


class FixedClock:
    def __init__(self, now: datetime) -> None:
        self.standing = now

    def now(self) -> datetime:
        return self.standing


@dataclass
class Form:
    action: str = ""
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.fields if key == name]


class Page(HTMLParser):
    """A page as it came: its forms as they would be posted, and its text."""

    def __init__(self, status: int, html: str) -> None:
        super().__init__()
        self.status = status
        self.html = html
        self.forms: list[Form] = []
        self.words: list[str] = []
        self._select = ""
        self._textarea: tuple[str, list[str]] | None = None
        self._button: tuple[str, str, list[str]] | None = None
        self.feed(html)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def form(self, label: str) -> Form:
        """The form with that button."""
        return next(f for f in self.forms if any(text == label for _, _, text in f.buttons))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._space(tag)
        at = {key: value or "" for key, value in attrs}
        if tag == "form":
            self.forms.append(Form(at["action"].split("#")[0]))
        elif tag == "input":
            choice = at.get("type") in ("radio", "checkbox")
            if not choice or "checked" in at:
                self.forms[-1].fields.append((at["name"], at.get("value", "")))
        elif tag == "select":
            self._select = at["name"]
        elif tag == "option" and "selected" in at:
            self.forms[-1].fields.append((self._select, at.get("value", "")))
        elif tag == "textarea":
            self._textarea = (at["name"], [])
        elif tag == "button":
            self._button = (at.get("name", ""), at.get("value", ""), [])

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            self._textarea[1].append(data)
            return
        self.words.append(data)
        if self._button is not None:
            self._button[2].append(data)

    def _space(self, tag: str) -> None:
        if tag not in ("span", "strong", "a"):
            self.words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self._space(tag)
        if tag == "textarea" and self._textarea is not None:
            name, lines = self._textarea
            self.forms[-1].fields.append((name, "".join(lines).removeprefix("\n")))
            self._textarea = None
        elif tag == "button" and self._button is not None:
            name, value, label = self._button
            self.forms[-1].buttons.append((name, value, "".join(label)))
            self._button = None


class Visitor:
    """Somebody at a browser: only what goes over HTTP."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url = url
        self.session = session

    async def get(self, path: str = "/", **options: object) -> Page:
        async with self.session.get(self.url + path, **options) as response:  # type: ignore[arg-type]
            return Page(response.status, await response.text())

    async def post(self, path: str, data: object, **options: object) -> Page:
        async with self.session.post(self.url + path, data=data, **options) as response:  # type: ignore[arg-type]
            return Page(response.status, await response.text())

    async def press(self, page: Page, label: str, **typed: str | list[str]) -> Page:
        """Presses the button; `typed` takes the place of what stands in the form (`klare__horten` for a dot)."""
        form = page.form(label)
        given = {name.replace("__", "."): value for name, value in typed.items()}
        fields = [(name, value) for name, value in form.fields if name not in given]
        for name, value in given.items():
            fields += [(name, one) for one in (value if isinstance(value, list) else [value])]
        name, value, _ = next(button for button in form.buttons if button[2] == label)
        return await self.post(form.action, [*fields, (name, value)] if name else fields)

    async def sign_in(self, name: str) -> Page:
        self.session.cookie_jar.clear()
        return await self.press(await self.get(), name)

    async def say(self, page: Page, text: str) -> Page:

        return await self.press(page, "Send", _text=text)


class Site(Visitor):
    """The web channel in this process, its store and its clock beside it."""

    def __init__(self, store: SqlStore, clock: FixedClock, url: str, session: aiohttp.ClientSession) -> None:
        super().__init__(url, session)
        self.store = store
        self.clock = clock

    async def start_period(self) -> Page:
        page = await self.sign_in("Samhandlingssjef SiV")
        page = await self.press(page, "Krise")
        return await self.press(page, "Start perioden", reason=["innstrom", "overliggere"], until="2024-01-23")

    async def pass_time(self, to: datetime) -> None:
        """Everything that falls due up to that instant, in order."""
        while (following := await self.store.next_instant(self.clock.standing)) is not None and following <= to:
            self.clock.standing = following
            while await self.store.do_next_due(following, partial(_do, now=following)) is not None:
                pass
            await deliver(self.store, self.clock)
        self.clock.standing = to

    async def prompted(self, name: str = "Kommunalsjef Larvik") -> Page:
        """The first round is open, and somebody who is asked is signed in."""
        await self.start_period()
        await self.pass_time(MONDAY)
        return await self.sign_in(name)


async def _do(work: SqlWork, due: DueWork, *, now: datetime) -> str | datetime:
    return await do_due(work, due, now)


async def deliver(store: SqlStore, clock: FixedClock) -> None:
    """Everything that is due lies on the web."""
    for community in store.communities:
        while taken := await store.claim(Order(community, clock.now(), datetime.now(UTC), 50)):
            await store.settle([Settled(e.id, "sent", sent_at=clock.now(), address=Address("web")) for e in taken])


@asynccontextmanager
async def serving(
    folder: Path, communities: Collection[Community], *, dev: bool = True, demo: Demo | None = None
) -> AsyncIterator[Site]:
    clock = FixedClock(THURSDAY)
    store = SqlStore(f"sqlite+aiosqlite:///{folder}/web.db", communities)
    await store.open()
    for key in store.communities:
        async with store.begin(key) as work:
            await people.sync(work, THURSDAY)
    committed = partial(deliver, store, clock)
    channel = WebChannel(store, clock, dev=dev, secret_key=KEY, committed=committed, limits=OwnLimits(), demo=demo)
    app = web.Application(client_max_size=256 * 1024)
    app.add_routes(channel.routes())
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield Site(store, clock, str(server.make_url("")).rstrip("/"), session)
    await server.close()
    await store.close()
