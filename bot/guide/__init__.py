"""The user guide: a page for each role, what is stored, and the terms, in each language. The pictures are in bokmål.

Served to whoever has its address; nothing in it is secret.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from markdown_it import MarkdownIt
from markupsafe import Markup

from bot.channels.web import drawing
from dialogs.speech import Speech
from domain.community import LANGUAGES

PREFIX = "/veiledning"
_HERE = Path(__file__).parent
ROLES = (
    "samhandlingssjef",
    "kommunalsjef",
    "klinikksjef",
    "stedfortreder",
    "sekretariat",
    "innsyn",
    "it-administrator",
)
PAGES = (*ROLES, "personvern", "vilkar")
"""The pages, in the order of the list on the first one. The last two are what the Teams app refers to."""

FIRST = LANGUAGES[0]
"""Its pages need no language in their address."""


def address(language: str, role: str = "") -> str:
    """Of a page, or of the list of them."""
    return "/".join(filter(None, (PREFIX, language if language != FIRST else "", role)))


def routes() -> list[web.RouteDef]:
    return [
        web.get(PREFIX, _index),
        web.get(f"{PREFIX}/{{role}}", _role),
        web.get(f"{PREFIX}/bilder/{{name}}", _picture),
        web.get(f"{PREFIX}/{{language}}/{{role}}", _role),
    ]


async def _index(request: web.Request) -> web.Response:
    return _list_of_pages(FIRST)


async def _role(request: web.Request) -> web.Response:
    language, role = request.match_info.get("language", FIRST), request.match_info["role"]
    if "language" not in request.match_info and role in LANGUAGES:
        return _list_of_pages(role)
    if language not in LANGUAGES or role not in PAGES:
        return _not_found(language)
    title, body = _page(role, language)
    return _drawn("guide_page.html", language, role, title=title, body=body)


def _list_of_pages(language: str) -> web.Response:
    return _drawn("guide_index.html", language, "", pages=[(role, _page(role, language)[0]) for role in PAGES])


def _drawn(template: str, language: str, role: str, **values: Any) -> web.Response:
    others = [(each, _speech(each).say("web.language_name"), address(each, role)) for each in LANGUAGES]
    others = [other for other in others if other[0] != language]
    return drawing.page(template, _speech(language), prefix=address(language), others=others, **values)


def _speech(language: str) -> Speech:
    return Speech(language if language in LANGUAGES else FIRST, ZoneInfo("Europe/Oslo"))


async def _picture(request: web.Request) -> web.Response:
    found = pictures().get(request.match_info["name"])
    if found is None:
        return _not_found(FIRST)
    headers = drawing.SECURITY | {"Cache-Control": "public, max-age=3600"}
    return web.Response(body=found, content_type="image/png", headers=headers)


def _not_found(language: str) -> web.Response:
    speech = _speech(language)
    response = drawing.page("refusal.html", speech, status=404, why=speech.say("web.not_found"))
    response.set_status(404)
    return response


@lru_cache
def pictures() -> Mapping[str, bytes]:
    """File name → PNG."""
    return {file.name: file.read_bytes() for file in sorted((_HERE / "pictures").glob("*.png"))}


def text(role: str, language: str = FIRST) -> str:
    """A page as it is written, in Markdown; the first line is its title."""
    return (_HERE / "pages" / language / f"{role}.md").read_text(encoding="utf-8")


@lru_cache
def _page(role: str, language: str) -> tuple[str, Markup]:
    """Title and HTML."""
    first, _, rest = text(role, language).partition("\n")
    html = MarkdownIt("commonmark").render(rest)
    html = re.sub(r'<img src="pictures/', f'<img loading="lazy" src="{PREFIX}/bilder/', html)
    return first.removeprefix("# "), Markup(html)  # noqa: S704 - our own file
