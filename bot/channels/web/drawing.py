"""Templates, static files and the headers of every answer."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.channels.web import forms
from dialogs.speech import Speech

HERE = Path(__file__).parent
TYPES = {"style.css": "text/css", "icon.svg": "image/svg+xml"}
STATIC: Mapping[str, bytes] = {name: (HERE / "static" / name).read_bytes() for name in TYPES}
HASHES = {name: sha256(content).hexdigest()[:16] for name, content in STATIC.items()}
SECURITY = {
    # There is no script at all, so none is permitted.
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
NOT_KEPT = SECURITY | {"Cache-Control": "no-store"}
KEPT_FOR_EVER = SECURITY | {"Cache-Control": "public, max-age=31536000, immutable"}

_templates = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
_templates.globals |= {
    "names": {name.lower(): getattr(forms, name) for name in ("TOKEN", "NUMBER", "MESSAGE", "PAGE", "TEXT")}
    | {"submit": forms.SUBMIT, "press": forms.PRESS},
    "static": lambda name: f"/static/{HASHES[name]}/{name}",
}


def page(template: str, speech: Speech, *, status: int = 200, **values: Any) -> web.Response:
    text = _templates.get_template(template).render(say=speech.say, language=speech.language, status=status, **values)
    return web.Response(status=status, text=text, content_type="text/html", headers=NOT_KEPT)


def static_file(given_hash: str, name: str) -> web.Response | None:
    """A static file under the hash of its content; None for any other."""
    if HASHES.get(name) != given_hash:
        return None
    return web.Response(body=STATIC[name], content_type=TYPES[name], charset="utf-8", headers=KEPT_FOR_EVER)


def elsewhere(path: str) -> web.Response:
    return web.Response(status=303, headers=NOT_KEPT | {"Location": path})
