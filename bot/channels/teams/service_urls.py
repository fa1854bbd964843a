"""Where the bot may be asked to answer. An activity names the address itself, so it is permitted before it is used.

What is stored was permitted once, but settings change (and a database of `--dev` may come into service), so an
address is checked again whenever something is sent to it with the bot's token.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable

from yarl import URL

Permits = Callable[[str], bool]

_HOSTS = frozenset({"smba.trafficmanager.net", "smba.infra.gov.teams.microsoft.us"})
_DOMAINS = (".botframework.com", ".botframework.azure.us", ".teams.microsoft.com", ".infra.teams.microsoft.us")
"""Domains that are Microsoft's own to the last name. Under `trafficmanager.net` anybody may have one."""

_LONGEST = 8000
_QUERY = re.compile(r"[A-Za-z0-9._~/%&=+!$'()*,;:@?-]*")
_PLAIN = re.compile(r"https?://[A-Za-z0-9.\[\]:-]+(/[A-Za-z0-9._~/%-]*)?")
"""No name and password, no query, nothing that two readers of addresses could take for different things."""


def microsofts(own: str = "") -> Permits:
    """Microsoft's connectors over https; and the one that the administrator has named, as it stands."""
    named = _read(own)

    def permits(url: str) -> bool:
        given = _read(url)
        if given is None:
            return False
        if named is not None and given.origin() == named.origin():
            return True
        host = given.host or ""
        is_theirs = host in _HOSTS or host.endswith(_DOMAINS)
        return is_theirs and given.scheme == "https" and given.port == 443

    return permits


_FILES = (".sharepoint.com", ".sharepoint.us", ".sharepoint.cn")
"""Where Teams keeps the files of its chats: OneDrive and SharePoint, Microsoft's own to the last name."""


def microsofts_files(url: str) -> bool:
    """Microsoft's storage over https. What is fetched there needs no token of the bot's: the address bears its own."""
    given = _read_file(url)
    return given is not None and (given.host or "").endswith(_FILES) and given.scheme == "https" and given.port == 443


def loopback_files(url: str) -> bool:
    """`--dev`: this machine alone."""
    given = _read_file(url)
    return given is not None and is_loopback(str(given.origin()))


def is_loopback(url: str) -> bool:
    """`--dev`: this machine alone."""
    given = _read(url)
    if given is None:
        return False
    try:
        return given.host == "localhost" or ipaddress.ip_address(given.host or "").is_loopback
    except ValueError:
        return False


def _read_file(url: str) -> URL | None:
    """As `_read`, with the query that the address of a file has."""
    address, _, query = url.partition("?")
    if len(url) > _LONGEST or not _QUERY.fullmatch(query):
        return None
    return _read(address)


def _read(url: str) -> URL | None:
    """As the HTTP client will read it."""
    if not _PLAIN.fullmatch(url):
        return None
    try:
        return URL(url)
    except ValueError:
        return None
