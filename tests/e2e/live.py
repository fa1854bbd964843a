"""The product outside the demonstration, with a mail server behind it and a browser before it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from domain.community import Community
from tests.channels.web.site import Page, Site
from tests.harness import Running, running
from tests.mail_double import Inbox, link_of

PUBLIC = "http://bot.example.no"
LARVIK, NAME = "kommunalsjef@larvik.example", "Kommunalsjef Larvik"
LIVE: Mapping[str, Any] = {"secret_key": "x" * 32, "public_url": PUBLIC, "mail_from": "Bot <bot@example.no>"}


class Browser(Site):
    """A site in a browser of its own, as the running product serves it."""

    def __init__(self, product: Running, session: aiohttp.ClientSession) -> None:
        super().__init__(product.product.store, product.product.clock, product.url, session)  # type: ignore[arg-type]


class Door:
    """The way into the page."""

    def __init__(self, product: Running, inbox: Inbox, session: aiohttp.ClientSession) -> None:
        self.product = product
        self.inbox = inbox
        self.site = Browser(product, session)

    async def ask(self, address: str = LARVIK, **headers: str) -> Page:
        """Writes the address on the page; all letters that come of it have come when this returns."""
        page = await self.site.get()
        [token] = page.form("Send lenken").values("_token")
        answer = await self.site.post("/signin", {"_token": token, "email": address}, headers=headers)
        await self.settled()
        return answer

    async def settled(self) -> None:
        letters = self.product.product._sign_in_letters
        assert letters is not None
        await letters.settled()

    def link(self, address: str = LARVIK) -> str:
        """The path of the link that the address got last."""
        return link_of(self.inbox.to(address)[-1]).removeprefix(PUBLIC)

    async def enter(self, address: str = LARVIK) -> Page:
        await self.ask(address)
        return await self.use(self.link(address))

    async def use(self, link: str) -> Page:
        """Opens the link and presses the button on its page."""
        page = await self.site.get(link)
        return await self.site.press(page, page.forms[0].buttons[0][2])


@asynccontextmanager
async def door(
    folder: Path, inbox: Inbox, communities: Sequence[Community] | None = None, **more: Any
) -> AsyncIterator[Door]:
    given = {**LIVE, "smtp_url": inbox.url, "dev": False, **more}
    async with (
        running(folder / "live.db", communities, **given) as product,
        aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session,
    ):
        yield Door(product, inbox, session)
