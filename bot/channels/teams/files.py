"""Files that are dropped into a chat: fetched from Microsoft's storage alone, no more of them than is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import aiohttp
from yarl import URL

from bot.channels.teams.activity import Activity
from bot.channels.teams.service_urls import Permits
from bot.plan.dropped import FetchError, FetchFault, FileDropped
from bot.plan.files import LARGEST_FILE

TIMEOUT = aiohttp.ClientTimeout(total=30, connect=10)
LONGEST_NAME = 200
_CHUNK = 64 * 1024


class Downloads:
    """Fetches where it is permitted. Nothing is followed elsewhere, and nothing is sent along."""

    def __init__(self, session: aiohttp.ClientSession, permits: Permits) -> None:
        self._session = session
        self._permits = permits

    async def fetch(self, url: str) -> bytes:
        """Raises FetchError."""
        if not self._permits(url):
            raise FetchError(FetchFault.NOT_PERMITTED)
        try:
            # Encoded as it is: what was checked is what is asked for.
            given = URL(url, encoded=True)
            async with self._session.get(given, allow_redirects=False, timeout=TIMEOUT) as response:
                if response.status != 200:
                    raise FetchError(FetchFault.NOT_FETCHED)
                return await _read(response)
        except (aiohttp.ClientError, TimeoutError, ValueError):
            raise FetchError(FetchFault.NOT_FETCHED) from None


async def _read(response: aiohttp.ClientResponse) -> bytes:
    if (response.content_length or 0) > LARGEST_FILE:
        raise FetchError(FetchFault.TOO_LARGE)
    content = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        content += chunk
        if len(content) > LARGEST_FILE:
            raise FetchError(FetchFault.TOO_LARGE)
    return bytes(content)


def dropped(activity: Activity, beside: str, downloads: Downloads) -> Sequence[FileDropped]:
    """The activity's files, none of them fetched."""
    return [FileDropped(_name(file), partial(downloads.fetch, _url(file)), beside) for file in activity.files]


def _name(file: Mapping[str, Any]) -> str:
    name = file.get("name")
    return "".join(c for c in name if c.isprintable())[:LONGEST_NAME] if isinstance(name, str) else ""


def _url(file: Mapping[str, Any]) -> str:
    content = file.get("content")
    url = content.get("downloadUrl") if isinstance(content, Mapping) else None
    return url if isinstance(url, str) else ""
