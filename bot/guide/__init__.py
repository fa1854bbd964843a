"""The user guide: a page for each role in Norwegian, what is stored, and the terms.

Served to whoever has its address; nothing in it is secret.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from aiohttp import web
from markdown_it import MarkdownIt
from markupsafe import Markup

from bot.channels.web import drawing
from dialogs.speech import Speech

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

_NORWEGIAN = Speech("nb", ZoneInfo("Europe/Oslo"))


def routes() -> list[web.RouteDef]:
    return [
        web.get(PREFIX, _index),
        web.get(f"{PREFIX}/{{role}}", _role),
        web.get(f"{PREFIX}/bilder/{{name}}", _picture),
    ]


async def _index(request: web.Request) -> web.Response:
    pages = [(role, _page(role)[0]) for role in PAGES]
    return drawing.page("guide_index.html", _NORWEGIAN, pages=pages, prefix=PREFIX)


async def _role(request: web.Request) -> web.Response:
    role = request.match_info["role"]
    if role not in PAGES:
        return _not_found()
    title, body = _page(role)
    return drawing.page("guide_page.html", _NORWEGIAN, title=title, body=body, prefix=PREFIX)


async def _picture(request: web.Request) -> web.Response:
    found = pictures().get(request.match_info["name"])
    if found is None:
        return _not_found()
    headers = drawing.SECURITY | {"Cache-Control": "public, max-age=3600"}
    return web.Response(body=found, content_type="image/png", headers=headers)


def _not_found() -> web.Response:
    response = drawing.page("refusal.html", _NORWEGIAN, status=404, why=_NORWEGIAN.say("web.not_found"))
    response.set_status(404)
    return response


@lru_cache
def pictures() -> Mapping[str, bytes]:
    """File name → PNG."""
    return {file.name: file.read_bytes() for file in sorted((_HERE / "pictures").glob("*.png"))}


def text(role: str) -> str:
    """A page as it is written, in Markdown; the first line is its title."""
    return (_HERE / "pages" / f"{role}.md").read_text(encoding="utf-8")


@lru_cache
def _page(role: str) -> tuple[str, Markup]:
    """Title and HTML."""
    first, _, rest = text(role).partition("\n")
    html = MarkdownIt("commonmark").render(rest)
    html = re.sub(r'<img src="pictures/', f'<img loading="lazy" src="{PREFIX}/bilder/', html)
    return first.removeprefix("# "), Markup(html)  # noqa: S704 - our own file
