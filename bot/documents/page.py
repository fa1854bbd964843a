"""Documents as web pages: one file, no script, readable on a phone, in the dark and in print."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.documents.context import TEMPLATES, Context, Pictures, clean

_templates = Environment(
    loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def render_html(kind: str, language: str, context: Context, pictures: Pictures | None = None) -> bytes:
    """The document as a page that needs nothing beside it."""
    sources = {name: f"data:image/png;base64,{b64encode(png).decode()}" for name, png in (pictures or {}).items()}

    def source(shown: Mapping[str, Any]) -> str:
        return sources.get(str(shown["name"]), "")

    page = _templates.get_template(f"{kind}.html").render(**clean(context), language=language, source=source)
    return page.encode()
