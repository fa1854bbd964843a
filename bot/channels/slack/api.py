"""Slack's Web API through the SDK's client on our shared session: paced, and its errors as the next step to take."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.channels.slack.pacing import SlackPace
from bot.outbound import DeliveryError, RefusedError, RetryLaterError, UnreachableError, departs

API_URL = "https://slack.com/api/"
TIMEOUT = 20
LONGEST_WAIT = 900
_BUSY = frozenset(
    {
        *("ratelimited", "rate_limited", "accesslimited", "internal_error", "fatal_error", "service_unavailable"),
        *("request_timeout", "team_added_to_org"),
    }
)
_UNREACHABLE = frozenset(
    {
        *("channel_not_found", "user_not_found", "users_not_found", "invalid_user_id", "user_not_visible"),
        *("account_inactive", "user_disabled", "is_archived", "not_in_channel", "cannot_dm_bot"),
        *("messages_tab_disabled", "restricted_action", "restricted_action_read_only_channel", "no_permission"),
        *("invalid_auth", "not_authed", "token_revoked", "token_expired", "missing_scope", "not_allowed_token_type"),
        *("team_not_found", "team_access_not_granted", "org_login_required", "ekm_access_denied"),
    }
)
"""Why this person or channel is not reached here: gone, closed to the bot, or the bot is no longer let in."""
_SAYS = "chat."
_TAKES_JSON = (_SAYS, "views.")
_READING = frozenset({"users.info", "users.lookupByEmail"})
"""Not every method reads a JSON body; these are asked with GET."""

Json = dict[str, Any]
Tokens = Callable[[str], Awaitable["str | None"]]
"""The bot's token in a workspace; None where it is not installed."""

# At the level of its own and not the library's: the client asks its logger for that before it writes what is sent.
_silent = logging.getLogger("slack_sdk.silent")
_silent.setLevel(logging.ERROR)


async def _nowhere(_: str) -> str | None:
    return None


class SlackApi:
    """`tokens` is set by whoever knows the workspaces; which they are is asked of Slack through this same interface."""

    def __init__(self, session: aiohttp.ClientSession, url: str, pace: SlackPace) -> None:
        self._session = session
        self._url = f"{(url or API_URL).rstrip('/')}/"
        self.tokens: Tokens = _nowhere
        self._pace = pace
        self._clients: dict[str, AsyncWebClient] = {}

    async def call(self, team: str, method: str, body: Mapping[str, Any], *, paced: str | None = None) -> Json:
        """What Slack answered. `paced` is the channel whose own limit counts, or empty for the method's alone.

        Raises a DeliveryError that says the next step.
        """
        if paced is not None:
            await self._pace.turn(team, method, paced)
        try:
            client = await self._client(team)
            if method.startswith(_SAYS):
                departs()
            return await self._ask(client, method, body)
        except RetryLaterError as exc:
            if exc.after is not None:
                self._pace.close(team, method, paced or "", exc.after)
            raise

    async def who_am_i(self, token: str) -> Json:
        """The workspace that a token is for, and the bot's own ids in it."""
        return await self._ask(self._with(token), "auth.test", {})

    async def exchange(self, code: str, client_id: str, secret: str, redirect: str | None) -> Json:
        """What a workspace gives who has installed the app, for the code that its person came back with."""
        form = {"code": code, "client_id": client_id, "client_secret": secret}
        form |= {"redirect_uri": redirect} if redirect else {}
        return await self._ask(self._with(""), "oauth.v2.access", form)

    async def upload(self, url: str, content: bytes) -> None:
        """To the address that Slack gave for one file."""
        try:
            async with (
                asyncio.timeout(TIMEOUT),
                self._session.post(url, data=content, allow_redirects=False) as response,
            ):
                if response.status != 200:
                    raise RetryLaterError(f"upload {response.status}")
        except (aiohttp.ClientError, TimeoutError) as exc:
            raise RetryLaterError(type(exc).__name__) from exc

    async def _client(self, team: str) -> AsyncWebClient:
        token = await self.tokens(team)
        if token is None:
            raise UnreachableError("not_installed")
        known = self._clients.get(team)
        if known is None or known.token != token:
            known = self._clients[team] = self._with(token)
        return known

    def _with(self, token: str) -> AsyncWebClient:
        return AsyncWebClient(token, self._url, session=self._session, logger=_silent)

    async def _ask(self, client: AsyncWebClient, method: str, body: Mapping[str, Any]) -> Json:
        try:
            async with asyncio.timeout(TIMEOUT):
                if method == "oauth.v2.access":
                    answer = await client.api_call(method, data=dict(body))  # secrets do not belong in an address
                elif method.startswith(_TAKES_JSON):
                    answer = await client.api_call(method, json=dict(body))
                else:
                    verb = "GET" if method in _READING else "POST"
                    answer = await client.api_call(method, http_verb=verb, params=dict(body))
        except SlackApiError as exc:
            raise _error(exc) from exc
        except (SlackClientError, aiohttp.ClientError, TimeoutError, AttributeError, ValueError) as exc:
            # The client stumbles over an answer that is no JSON object.
            raise RetryLaterError(type(exc).__name__) from exc
        return answer.data if isinstance(answer.data, dict) else {}


def _error(exc: SlackApiError) -> DeliveryError:
    """The next step: what is busy is tried again, who is not reached here is reached elsewhere."""
    status = int(getattr(exc.response, "status_code", 0) or getattr(exc.response, "status", 0))
    data = getattr(exc.response, "data", None)
    named = str(data.get("error")) if isinstance(data, dict) else ""
    # One of Slack's names, and not what somebody else may say in its place: a reason is logged.
    reason = named if re.fullmatch(r"[a-z_]{1,80}", named) else str(status)
    if status == 429 or status >= 500 or reason in _BUSY:
        return RetryLaterError(reason, _retry_after(exc.response.headers.get("Retry-After", "")))
    return UnreachableError(reason) if reason in _UNREACHABLE else RefusedError(reason)


def _retry_after(value: str) -> timedelta | None:
    """Whole seconds, as Slack gives them."""
    return timedelta(seconds=min(int(value), LONGEST_WAIT)) if value.isascii() and value.isdigit() else None
