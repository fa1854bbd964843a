"""The public keys that Microsoft signs with, in the place of the SDK's own cache of them.

The SDK's blocks the event loop, waits without end for an answer, and does not know a key that is newer than its last
fetch for up to a day. Here an unknown key has them fetched once, by one for all who wait; and nobody who names one
unknown key after the other can make us fetch without measure.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm
from jwt.exceptions import InvalidKeyError

log = structlog.get_logger()

TIMEOUT = aiohttp.ClientTimeout(total=5)
FRESH = 24 * 3600
"""Seconds after which the keys are fetched anew, as Microsoft asks for."""
USABLE = 3 * FRESH
"""Seconds for which they serve on while Microsoft cannot be reached."""
MOST_FETCHES, ONE_MORE_EVERY = 5, 20
"""So many fetches at once, then one more for so many seconds that have passed."""

NOBODY = ["-"]
"""No channel's name: the SDK takes an empty list for a key that is good for all."""


class UnknownKeyError(Exception):
    """Nothing is signed with such a key, or the keys cannot be had."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key as the SDK asks for it, and the channels that it may speak for; empty: all."""

    public_key: RSAPublicKey
    endorsements: list[str]


class SigningKeys:
    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url
        self._keys: Mapping[str, SigningKey] = {}
        self._fetched_at: float | None = None
        self._fetching: asyncio.Task[None] | None = None
        self.failing = False
        """Whether the last fetch came to nothing."""
        self._allowed, self._counted_at = float(MOST_FETCHES), time.monotonic()

    @property
    def usable(self) -> bool:
        """Whether there are keys to check with, fetched not too long ago."""
        return self._age() < USABLE

    async def get(self, key_id: str | None) -> SigningKey:
        """Raises UnknownKeyError."""
        if not key_id:
            raise UnknownKeyError
        if self._age() >= FRESH or key_id not in self._keys:
            await self._refresh()
        key = self._keys.get(key_id) if self.usable else None
        if key is None:
            raise UnknownKeyError
        return key

    def _age(self) -> float:
        return float("inf") if self._fetched_at is None else time.monotonic() - self._fetched_at

    async def _refresh(self) -> None:
        """Fetches, or waits for who is fetching already; leaves what is known when that fails."""
        if self._fetching is None:
            if not self._may_fetch():
                return
            self._fetching = asyncio.create_task(self._fetch())
        await asyncio.shield(self._fetching)

    def _may_fetch(self) -> bool:
        now = time.monotonic()
        self._allowed = min(MOST_FETCHES, self._allowed + (now - self._counted_at) / ONE_MORE_EVERY)
        self._counted_at = now
        if self._allowed < 1:
            return False
        self._allowed -= 1
        return True

    async def _fetch(self) -> None:
        try:
            metadata = await self._json(self._url)
            self._keys = _keys(await self._json(metadata["jwks_uri"]))
            self._fetched_at = time.monotonic()
            self.failing = False
        except (aiohttp.ClientError, TimeoutError, LookupError, ValueError, TypeError, AttributeError) as exc:
            self.failing = True
            log.warning("signing_keys_unavailable", reason=type(exc).__name__)
        finally:
            self._fetching = None

    async def _json(self, url: str) -> Any:
        async with self._session.get(url, timeout=TIMEOUT) as response:
            response.raise_for_status()
            return await response.json(content_type=None)


def _keys(document: Mapping[str, Any]) -> dict[str, SigningKey]:
    """By id; what is no RSA key is passed over."""
    read = ((str(entry["kid"]), _key(entry)) for entry in document["keys"] if entry.get("kid"))
    return {kid: key for kid, key in read if key is not None}


def _key(entry: Mapping[str, Any]) -> SigningKey | None:
    if entry.get("kty") != "RSA":
        return None
    try:
        public = RSAAlgorithm.from_jwk(json.dumps(entry))
    except (InvalidKeyError, ValueError, TypeError):
        return None
    if not isinstance(public, RSAPublicKey):
        return None
    given = entry.get("endorsements")
    endorsements = [str(channel) for channel in given] if isinstance(given, list) else []
    return SigningKey(public, endorsements if given is None else endorsements or NOBODY)
