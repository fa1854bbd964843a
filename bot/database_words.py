"""A database that a command cannot use: which one, what is the matter, and what helps. Never its password."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, unquote

from services.ports import UnavailableError, Why

ADDRESS = re.compile(
    r"postgresql\+psycopg://(?:(?P<user>[^:/]*)(?::(?P<password>[^@]*))?@)?"
    r"(?P<host>\[[^/?]+\]|[^/:?@]+)?(?::(?P<port>[^/?]*))?(?:/(?P<name>[^?]*))?(?:\?(?P<more>.*))?"
)
"""A server's address, as SQLAlchemy reads one."""

_HELP: Mapping[Why, str] = {
    Why.FULL: "has no room for anything new; make room on its disk",
    Why.READ_ONLY: "cannot be written to; let the product's user write there",
    Why.DISK: "cannot be read or written, its disk fails or it is damaged; look at the disk, or restore a backup",
    Why.BUSY: "is busy; try again, and see who else uses it",
}


def port_of(url: str) -> int | None:
    """None where the address names none. Raises ValueError for an address that is none, or with no such port."""
    found = ADDRESS.fullmatch(url)
    if found is None:
        raise ValueError(url)
    port = found["port"]
    if not port:
        return None
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise ValueError(url)
    return int(port)


def cannot_be_used(url: str, error: UnavailableError) -> str:
    """To stand behind the setting or option that gave the address."""
    found = ADDRESS.fullmatch(url)
    if found is None:
        return f"the database {url.partition(':///')[2]} {_HELP.get(error.why, _not_opened(error.detail))}"
    socket = parse_qs(found["more"] or "").get("host", [""])[0]
    host = found["host"] or socket or "this machine"
    where = f"{host}:{found['port']}" if found["port"] else host
    what = _HELP.get(error.why) or _not_reached(_without(error.detail, found["password"]))
    return f"the database {found['name'] or ''} at {where} {what}"


def _not_opened(words: str) -> str:
    return (
        f"cannot be opened{f' ({words})' if words else ''}; give the path of a file in a folder that can be written to"
    )


def _not_reached(words: str) -> str:
    return (
        f"cannot be reached{f' ({words})' if words else ''}; start the server, or correct the address, the user or the "
        "password"
    )


def _without(words: str, password: str | None) -> str:
    """The server's own words, which come last, and no password in them."""
    said = words.rpartition("failed: ")[2].removeprefix("FATAL:").strip()
    for secret in {password or "", unquote(password or "")} - {""}:
        said = said.replace(secret, "…")
    return said
