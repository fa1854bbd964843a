"""The Slack channel put together: what is asked of it by those who run it."""

from __future__ import annotations

from dataclasses import dataclass

import aiohttp
from aiohttp import web

from bot.addresses import Addresses
from bot.channels.slack.api import SlackApi
from bot.channels.slack.files import SlackFiles
from bot.channels.slack.inbound import SlackInbound
from bot.channels.slack.outbound import SlackChannel
from bot.channels.slack.pacing import SlackPace
from bot.channels.slack.uploads import PictureContent, Uploads
from bot.channels.slack.workspaces import Installations, Installed, Workspaces
from bot.limits import Limits
from bot.pacing import Turns
from bot.plan.dropped import PlanFiles
from bot.settings import Settings
from dialogs.turn import speech_for
from services.ports import Clock, Store


@dataclass(frozen=True, slots=True)
class Around:
    """What the channel needs of the product."""

    store: Store
    installations: Installations
    clock: Clock
    session: aiohttp.ClientSession
    addresses: Addresses
    pictures: PictureContent
    key: bytes
    plan_files: PlanFiles
    limits: Limits
    turns: Turns | None = None


class Slack:
    def __init__(self, settings: Settings, around: Around) -> None:
        self._settings = settings
        self._around = around
        self._api = SlackApi(around.session, settings.slack_api_url, SlackPace(around.turns, settings.slack_rps))
        self._installed = Installed(around.installations, around.key, around.clock, settings.allowed_workspaces)
        workspaces = Workspaces(settings.slack_bot_token, self._api.who_am_i, self._installed)
        self._api.tokens = workspaces.token
        self.outbound = SlackChannel(self._api, Uploads(self._api, around.pictures), around.addresses.url)
        self._inbound = SlackInbound(
            around.store,
            around.clock,
            self.outbound,
            workspaces,
            settings.slack_signing_secret,
            around.plan_files,
            SlackFiles(around.session, settings.slack_api_url, workspaces.token),
        )

    @property
    def turns(self) -> int:
        return self._inbound.turns

    def routes(self) -> list[web.RouteDef]:
        return [*self._inbound.routes(), *self._install_routes()]

    def _install_routes(self) -> list[web.RouteDef]:
        if not self._settings.slack_client_id:
            return []
        # Bolt comes in only where workspaces install the app: it is some megabytes.
        from bot.channels.slack.install import SignedState, SlackInstall

        first = next(iter(self._around.store.communities.values()))
        given = self._settings.slack_client_id, self._settings.slack_client_secret
        state = SignedState(self._around.addresses, self._around.limits)
        public_url = self._around.addresses.public_url
        return SlackInstall(self._api, *given, public_url, state, self._installed, speech_for(first, None)).routes()

    async def settled(self) -> None:
        await self._inbound.settled()
