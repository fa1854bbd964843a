"""Which workspaces the bot serves, and with which token: the one in the settings, and those where it was installed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

import structlog

from bot.outbound import DeliveryError
from bot.sealing import Seal, SealedOtherwiseError
from services.ports import Clock, SlackInstallation, UnavailableError

log = structlog.get_logger()

ASK_AGAIN_AFTER = 30
"""Seconds before Slack is asked once more which workspace the token is for, or the database who has left."""

WhoAmI = Callable[[str], Awaitable[Mapping[str, Any]]]


class Installations(Protocol):
    async def slack_installation(self, team: str) -> SlackInstallation | None: ...
    async def keep_slack_installation(self, made: SlackInstallation) -> None: ...
    async def forget_slack_installation(self, team: str) -> None: ...


class Installed:
    """The workspaces that took the app into use, their tokens sealed under the server's key.

    Only those on the list: a workspace vouches for its members' addresses, so any other could pass its own people off
    as ours.
    """

    def __init__(self, kept: Installations, key: bytes, clock: Clock, allowed: frozenset[str]) -> None:
        self._allowed = allowed
        self._kept = kept
        self._seal = Seal(key, "slack_token")
        self._clock = clock
        self._known: dict[str, tuple[str, float]] = {}

    def allows(self, team: str) -> bool:
        return team in self._allowed

    async def token(self, team: str) -> str | None:
        if not self.allows(team):
            return None
        token, until = self._known.get(team, ("", 0.0))
        if time.monotonic() < until:
            return token
        try:
            found = await self._kept.slack_installation(team)
        except UnavailableError:
            if token:
                return token  # as it was when it could be looked up last
            raise
        if found is None:
            self._known.pop(team, None)
            return None
        try:
            token = self._seal.open(found.sealed_token)
        except SealedOtherwiseError:
            log.error("slack_token_sealed_otherwise", team=team)
            return None
        self._known[team] = token, time.monotonic() + ASK_AGAIN_AFTER
        return token

    async def keep(self, team: str, name: str, token: str) -> None:
        now: datetime = self._clock.now()
        self._known.pop(team, None)
        await self._kept.keep_slack_installation(SlackInstallation(team, name, self._seal.close(token), now))

    async def forget(self, team: str) -> None:
        """The workspace has taken the app out of use."""
        self._known.pop(team, None)
        await self._kept.forget_slack_installation(team)


class Workspaces:
    """Which workspace the token in the settings is for, Slack says when it is needed first."""

    def __init__(self, token: str, who_am_i: WhoAmI, installed: Installed) -> None:
        self._token = token
        self._who_am_i = who_am_i
        self._installed = installed
        self._own: Mapping[str, Any] | None = None
        self._ask_at = 0.0
        self._asking = asyncio.Lock()

    async def token(self, team: str) -> str | None:
        """None where the bot is not installed."""
        if self._token and team and await self._is_own(team):
            return self._token
        return await self._installed.token(team) if team else None

    async def admits(self, team: str) -> bool:
        return await self.token(team) is not None

    async def left(self, team: str) -> None:
        await self._installed.forget(team)

    async def _is_own(self, team: str) -> bool:
        """While Slack does not say, it is: what comes is signed for the one app, and that is for one workspace."""
        own = await self._learn()
        return own is None or own.get("team_id") == team

    async def _learn(self) -> Mapping[str, Any] | None:
        async with self._asking:
            if self._own is None and time.monotonic() >= self._ask_at:
                self._ask_at = time.monotonic() + ASK_AGAIN_AFTER
                try:
                    self._own = await self._who_am_i(self._token)
                except DeliveryError as exc:
                    log.warning("slack_workspace_unknown", reason=str(exc))
        return self._own
