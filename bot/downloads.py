"""Fetches a file that a platform keeps, from where the platform keeps its files alone, no more of it than is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import aiohttp
from yarl import URL

from bot.plan.dropped import FetchError, FetchFault
from bot.plan.files import LARGEST_FILE

TIMEOUT = aiohttp.ClientTimeout(total=30, connect=10)
_CHUNK = 64 * 1024

Permits = Callable[[str], bool]


class Downloads:
    """Fetches where it is permitted. Nothing is followed elsewhere, so what is sent along goes nowhere else."""

    def __init__(self, session: aiohttp.ClientSession, permits: Permits) -> None:
        self._session = session
        self._permits = permits

    async def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> bytes:
        """Raises FetchError."""
        if not self._permits(url):
            raise FetchError(FetchFault.NOT_PERMITTED)
        try:
            # Encoded as it is: what was checked is what is asked for.
            given = URL(url, encoded=True)
            async with self._session.get(given, headers=headers, allow_redirects=False, timeout=TIMEOUT) as response:
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
