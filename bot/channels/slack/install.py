"""`/slack/install` and `/slack/oauth_redirect`: a workspace takes the app into use, by Slack's own installation.

Bolt leads through it. The state that comes back is signed and good once; what Slack gives is kept sealed.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from html import escape

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from bot.addresses import Addresses
from bot.channels.slack.api import SlackApi
from bot.channels.slack.workspaces import Installed
from bot.limits import Limits
from bot.outbound import DeliveryError
from dialogs.speech import Speech
from domain.pacing import Limit

log = structlog.get_logger()

PURPOSE = "slack_install"
LASTS = 10 * 60
"""Seconds."""
ONCE = Limit(1, LASTS)
SCOPES = (
    "app_mentions:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "im:history",
    "im:write",
    "users:read",
    "users:read.email",
)
"""What the bot is allowed: as in the manifest, which says what each is for."""


class SignedState(AsyncOAuthStateStore):
    """Says that it was we who sent somebody to Slack, within the last minutes, and that they come back once."""

    def __init__(self, addresses: Addresses, limits: Limits) -> None:
        self._addresses = addresses
        self._limits = limits

    async def async_issue(self, *args: object, **kwargs: object) -> str:
        return self._addresses.token(PURPOSE, "", secrets.token_hex(8), int(time.time()) + LASTS)

    async def async_consume(self, state: str) -> bool:
        return self._addresses.read(PURPOSE, state) is not None and await self._limits.allows(state, ONCE)


class SealedInstallations(AsyncInstallationStore):
    def __init__(self, installed: Installed) -> None:
        self._installed = installed

    async def async_save(self, installation: Installation) -> None:
        if not (installation.team_id and installation.bot_token):
            # A whole organisation at once: its workspaces are taken in one by one.
            raise BoltError("the installation is of no single workspace")
        if not self._installed.allows(installation.team_id):
            log.warning("slack_install_refused", team=installation.team_id)
            raise BoltError("the workspace is not among those that may install the app")
        await self._installed.keep(installation.team_id, installation.team_name or "", installation.bot_token)
        log.info("slack_installed", team=installation.team_id)


class _Flow(AsyncOAuthFlow):
    """Asks on our own session: Bolt's asks in a way that aiohttp has given up, and writes the code to the log."""

    def __init__(self, api: SlackApi, settings: AsyncOAuthSettings) -> None:
        super().__init__(settings=settings)
        self._api = api

    async def run_installation(self, code: str) -> Installation | None:
        given = self.settings.client_id, self.settings.client_secret, self.settings.redirect_uri
        try:
            answer = await self._api.exchange(code, *given)
        except DeliveryError as exc:
            log.warning("slack_code_not_taken", reason=str(exc))
            return None
        team, installer = answer.get("team") or {}, answer.get("authed_user") or {}
        return Installation(
            user_id=str(installer.get("id") or ""),
            team_id=team.get("id"),
            team_name=team.get("name"),
            bot_token=answer.get("access_token"),
        )


class SlackInstall:
    """`speech` is that of the page that somebody comes back to."""

    def __init__(
        self,
        api: SlackApi,
        client_id: str,
        secret: str,
        public_url: str,
        state: SignedState,
        installed: Installed,
        speech: Speech,
    ) -> None:
        self._speech = speech
        redirect = f"{public_url}/slack/oauth_redirect" if public_url else None
        settings = AsyncOAuthSettings(
            client_id=client_id,
            client_secret=secret,
            scopes=SCOPES,
            user_scopes=(),
            redirect_uri=redirect,
            install_page_rendering_enabled=False,
            callback_options=AsyncCallbackOptions(success=self._installed, failure=self._not_installed),
            installation_store=SealedInstallations(installed),
            state_store=state,
            state_expiration_seconds=LASTS,
        )
        self._flow = _Flow(api, settings)

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/slack/install", self._begin), web.get("/slack/oauth_redirect", self._back)]

    async def _begin(self, request: web.Request) -> web.Response:
        return await to_aiohttp_response(await self._flow.handle_installation(await to_bolt_request(request)))

    async def _back(self, request: web.Request) -> web.Response:
        return await to_aiohttp_response(await self._flow.handle_callback(await to_bolt_request(request)))

    async def _installed(self, came: AsyncSuccessArgs) -> BoltResponse:
        return self._page(200, self._speech.say("slack.installed"))

    async def _not_installed(self, came: AsyncFailureArgs) -> BoltResponse:
        log.warning("slack_not_installed", status=came.suggested_status_code)
        # Whatever Slack or the visitor sent: nothing went wrong here.
        return self._page(min(came.suggested_status_code, 400), self._speech.say("slack.not_installed"))

    def _page(self, status: int, text: str) -> BoltResponse:
        body = (
            f'<!doctype html><html lang="{self._speech.language}"><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width">'
            f"<title>Samhandlingsbot</title><p>{escape(text)}</p></html>"
        )
        headers: dict[str, str | Sequence[str]] = {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }
        return BoltResponse(status=status, body=body, headers=headers)
