"""The bot's own token: fetched once for all who wait, renewed before it ends, while the old one still serves."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

import aiohttp
import structlog

from bot.outbound import RetryLaterError

log = structlog.get_logger()

SCOPE = "https://api.botframework.com/.default"
TOKEN_URL = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"  # noqa: S105 - an address
TIMEOUT = aiohttp.ClientTimeout(total=30, connect=10)
RENEW_BEFORE = 300
"""Seconds before a token's end at which the next one is fetched; of a short life, the last fifth."""
TRY_AGAIN_AFTER = 10
DAY = 24 * 3600


class Tokens:
    """Without a password there is none, and requests bear none."""

    def __init__(self, session: aiohttp.ClientSession, url: str, app_id: str, password: str) -> None:
        self._session = session
        self._url = url
        self._form = {
            "grant_type": "client_credentials",
            "client_id": app_id,
            "client_secret": password,
            "scope": SCOPE,
        }
        self._token = ""
        self._renew_at = self._ends_at = 0.0
        self._fetching: asyncio.Task[None] | None = None
        self.failing = False
        """Whether the last request for a token came to nothing."""

    @property
    def usable(self) -> bool:
        """Whether a token is at hand, or none is needed."""
        return not self._form["client_secret"] or (bool(self._token) and time.monotonic() < self._ends_at)

    async def header(self) -> Mapping[str, str]:
        """Raises RetryLaterError when no token is to be had."""
        if not self._form["client_secret"]:
            return {}
        if not self.usable:
            await asyncio.shield(self._fetch())
        elif time.monotonic() >= self._renew_at:
            self._fetch()
        return {"Authorization": f"Bearer {self._token}"}

    def forget(self, refused: Mapping[str, str]) -> None:
        """The platform did not accept what was sent with this header; a newer token is kept."""
        if refused.get("Authorization") == f"Bearer {self._token}":
            self._token = ""

    def _fetch(self) -> asyncio.Task[None]:
        if self._fetching is None:
            self._fetching = asyncio.create_task(self._fetched())
            self._fetching.add_done_callback(self._done)
        return self._fetching

    def _done(self, task: asyncio.Task[None]) -> None:
        self._fetching = None
        if task.cancelled():
            return
        error = task.exception()
        self.failing = error is not None
        if error is not None:
            self._renew_at = time.monotonic() + TRY_AGAIN_AFTER
            log.warning("token_unavailable", reason=str(error))

    async def _fetched(self) -> None:
        try:
            # No redirects: the app's password is for this address alone.
            async with self._session.post(
                self._url, data=self._form, timeout=TIMEOUT, allow_redirects=False
            ) as response:
                if response.status != 200:
                    raise RetryLaterError(f"token {response.status}")
                self._keep(await response.json(content_type=None))
        except (aiohttp.ClientError, TimeoutError, LookupError, ValueError, TypeError, ArithmeticError) as exc:
            raise RetryLaterError(f"token: {type(exc).__name__}") from exc

    def _keep(self, given: Mapping[str, object]) -> None:
        token = given["access_token"]
        if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token:
            raise ValueError("no token")
        lasts = min(max(int(str(given.get("expires_in", 3600))), 0), DAY)
        now = time.monotonic()
        self._token = token
        self._ends_at = now + lasts
        self._renew_at = self._ends_at - min(RENEW_BEFORE, lasts / 5)
