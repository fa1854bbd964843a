"""Which workspace the bot serves, and with which token."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog

from bot.outbound import DeliveryError

log = structlog.get_logger()

ASK_AGAIN_AFTER = 30
"""Seconds before Slack is asked once more which workspace the token is for."""

WhoAmI = Callable[[str], Awaitable[Mapping[str, Any]]]


class Workspaces:
    """The workspace of the token in the settings. Which one that is, Slack says when it is needed first."""

    def __init__(self, token: str, who_am_i: WhoAmI) -> None:
        self._token = token
        self._who_am_i = who_am_i
        self._own: Mapping[str, Any] | None = None
        self._ask_at = 0.0
        self._asking = asyncio.Lock()

    async def token(self, team: str) -> str | None:
        """None where the bot is not installed."""
        return self._token if await self.admits(team) else None

    async def admits(self, team: str) -> bool:
        """Whether it is ours. While Slack does not say, a request that Slack has signed is: one app, one workspace."""
        own = await self._learn()
        return bool(team) and (own is None or own.get("team_id") == team)

    async def _learn(self) -> Mapping[str, Any] | None:
        async with self._asking:
            if self._own is None and time.monotonic() >= self._ask_at:
                self._ask_at = time.monotonic() + ASK_AGAIN_AFTER
                try:
                    self._own = await self._who_am_i(self._token)
                except DeliveryError as exc:
                    log.warning("slack_workspace_unknown", reason=str(exc))
        return self._own
