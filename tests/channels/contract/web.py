"""The contract on the page, for people who are reached in no chat."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import aiohttp

from tests.channels.contract.driver import Driver, Field, Shown
from tests.channels.web.site import Page
from tests.e2e.live import Browser
from tests.harness import Running, vestfold


class OnTheWeb(Driver):
    name = "web"

    def __init__(self, product: Running, browsers: AsyncExitStack) -> None:
        super().__init__(product)
        self._browsers = browsers
        self._sites: dict[str, Browser] = {}
        self._pages: list[str] = []

    async def connect(self) -> None:
        """The board on the page is there without."""

    async def _site(self, person: str) -> Browser:
        if person not in self._sites:
            jar = aiohttp.CookieJar(unsafe=True)
            session = await self._browsers.enter_async_context(aiohttp.ClientSession(cookie_jar=jar))
            self._sites[person] = Browser(self.product, session)
            if person:
                name = next(p.name for p in vestfold().people if p.key == person)
                await self._sites[person].sign_in(name)
        return self._sites[person]

    async def writes(self, person: str, text: str) -> Shown:
        site = await self._site(person)
        page = await site.get()
        form = next(form for form in page.forms if form.action == "/say")
        return await self._posts(person, "/say", [*form.fields[:2], ("_text", text)])

    async def opens(self, person: str, on: Shown, action: str) -> Shown:
        sends = any(name == "_submit" and json.loads(value)[0] == action for name, value in on.lies.buttons)
        return on if sends else await self.presses(person, on, action)

    async def sends(self, person: str, form: Shown, action: str, **inputs: str) -> Shown:
        given = {key.replace("__", "."): value for key, value in inputs.items()}
        assert set(given) <= set(form.fields), f"no {set(given) - set(form.fields)} on {form.title}"
        kept = [pair for pair in form.lies.fields if pair[0] not in given]
        return await self._posts(person, "/press", [*kept, *_typed(given), _button(form, action, "")])

    async def presses(self, person: str, on: Shown, action: str, which: str = "") -> Shown:
        return await self._posts(person, "/press", [*on.lies.fields, _button(on, action, which)])

    async def forges(self, person: str, action: str, **data: Any) -> Shown:
        site = await self._site(person)
        form = next(form for form in (await site.get()).forms if form.action == "/say")
        proof = [pair for pair in form.fields if pair[0] in ("_token", "_number")]
        return await self._posts(person, "/press", [*proof, ("_press", json.dumps([action, data]))])

    async def _posts(self, person: str, path: str, fields: list[tuple[str, str]]) -> Shown:
        self.did(self._post, person, path, fields)
        cards = cards_of(await self._post(person, path, fields))
        return next((card for card in cards if card.lies.answer), cards[0])

    async def _post(self, person: str, path: str, fields: list[tuple[str, str]]) -> Page:
        page = await (await self._site(person)).post(path, fields)
        assert page.status == 200, (path, page.status, page.text)
        self._pages.append(page.html)
        await self.product.settle()
        return page

    async def messages(self, person: str) -> list[Shown]:
        return list(reversed(cards_of(await (await self._site(person)).get())))

    async def board(self) -> list[Shown]:
        page = await (await self._site("leder-pko")).get("/overview")
        return list(reversed([card for card in cards_of(page) if card.lies.folded]))

    async def unknown(self, text: str) -> str:
        page = await (await self._site("")).post("/say", {"_text": text})
        assert page.status == 401
        return page.text

    def everything_shown(self) -> str:
        return "\n".join(self._pages)

    def state(self) -> None:
        """Nothing: a page is drawn when it is looked at."""

    def restore(self, state: None) -> None:
        """Nothing."""


def _typed(given: dict[str, str]) -> list[tuple[str, str]]:
    """As a browser posts it: each ticked choice by itself, an empty tick not at all."""
    several = ("reason", "kinds", "present", "weekdays")
    return [(key, one) for key, value in given.items() for one in (value.split(",") if key in several else [value])]


def _button(on: Shown, action: str, which: str) -> tuple[str, str]:
    found = [(name, value) for name, value in on.lies.buttons if json.loads(value)[0] == action and which in value]
    assert found, f"no {action} {which} among {on.actions}"
    return found[0]


@dataclass
class _Article:
    """A card on a page: what its form would post, and whether it answers what was just done."""

    answer: bool = False
    folded: bool = False
    title: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    fields: list[tuple[str, str]] = field(default_factory=list)
    names: dict[str, list[str]] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Cards(HTMLParser):
    """The cards of a page, each with what a browser would post of it."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.found: list[_Article] = []
        self._inside = False
        self._folded = 0
        self._to: list[list[str]] = []
        self._tags: list[str] = []
        self._select = ""
        self._area: tuple[str, list[str]] | None = None
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {key: value or "" for key, value in attrs}
        classes = at.get("class", "").split()
        if tag == "details":
            self._folded += 1
        if tag == "article":
            self._inside = True
            self.found.append(_Article("answer" in classes, self._folded > 0))
        if not self._inside:
            return
        card = self.found[-1]
        if tag in ("h2",) or (tag == "p" and "sentence" in classes):
            self._to, self._tags = [card.title], [tag]
        if at.get("id", "").endswith("-feil"):
            key = at["id"].split("-", 1)[1].removesuffix("-feil")
            self._to, self._tags = [card.errors.setdefault(key, [])], [tag]
        match tag:
            case "input":
                self._input(card, at)
            case "select":
                self._select = at["name"]
                card.names[self._select] = []
            case "option":
                card.names[self._select] += [at["value"]] if at["value"] else []
                if "selected" in at:
                    card.fields.append((self._select, at["value"]))
            case "textarea":
                self._area = (at["name"], [])
                card.names[at["name"]] = []
            case "button":
                if at.get("tabindex") != "-1" and at.get("value", "").startswith("["):
                    card.buttons.append((at["name"], at["value"]))
            case "img":
                card.words.append(at.get("alt", ""))
        if tag not in ("span", "strong", "a"):
            card.words.append("\n")

    def _input(self, card: _Article, at: dict[str, str]) -> None:
        if at["name"] == "_text":
            return
        choice = at.get("type") in ("radio", "checkbox")
        if not at["name"].startswith("_"):
            card.names.setdefault(at["name"], []).extend([at["value"]] if choice else [])
        if not choice or "checked" in at:
            card.fields.append((at["name"], at.get("value", "")))

    def handle_data(self, data: str) -> None:
        if not self._inside:
            return
        if self._area is not None:
            self._area[1].append(data)
            return
        for words in self._to:
            words.append(data)
        self.found[-1].words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "details":
            self._folded -= 1
        if self._tags == [tag]:
            self._to, self._tags = [], []
        if tag == "textarea" and self._area is not None:
            self.found[-1].fields.append((self._area[0], "".join(self._area[1]).removeprefix("\n")))
            self._area = None
        if tag == "article":
            self._inside = False


def cards_of(page: Page) -> list[Shown]:
    """What a person sees of each card on a page, in its order."""
    return [_shown(article) for article in _Cards(page.html).found]


def shown_html(source: str) -> Shown:
    return _shown(_Cards(source).found[0])


def _shown(card: _Article) -> Shown:
    values = {key: ",".join(value for name, value in card.fields if name == key) for key in card.names}
    fields = {
        key: Field(value, "".join(card.errors.get(key, ())), tuple(card.names[key])) for key, value in values.items()
    }
    lines = (" ".join(line.split()) for line in "".join(card.words).splitlines())
    actions = tuple(str(json.loads(value)[0]) for _, value in card.buttons)
    return Shown("".join(card.title), "\n".join(filter(None, lines)), actions, fields, card)


@asynccontextmanager
async def browsing(product: Running) -> AsyncIterator[OnTheWeb]:
    async with AsyncExitStack() as browsers:
        yield OnTheWeb(product, browsers)
