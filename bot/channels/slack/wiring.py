"""The Slack channel put together: what is asked of it by those who run it."""

from __future__ import annotations

import aiohttp
from aiohttp import web

from bot.channels.slack.api import SlackApi
from bot.channels.slack.inbound import SlackInbound
from bot.channels.slack.outbound import SlackChannel
from bot.channels.slack.pacing import SlackPace
from bot.channels.slack.uploads import PictureContent, Uploads
from bot.channels.slack.workspaces import Workspaces
from bot.pacing import Turns
from bot.settings import Settings
from dialogs.card import Resolve
from services.ports import Clock, Store


class Slack:
    def __init__(
        self,
        store: Store,
        clock: Clock,
        session: aiohttp.ClientSession,
        settings: Settings,
        pictures: PictureContent,
        resolve: Resolve,
        turns: Turns | None = None,
    ) -> None:
        api = SlackApi(session, settings.slack_api_url, SlackPace(turns))
        workspaces = Workspaces(settings.slack_bot_token, api.who_am_i)
        api.tokens = workspaces.token
        self.outbound = SlackChannel(api, Uploads(api, pictures), resolve)
        self._inbound = SlackInbound(store, clock, self.outbound, workspaces, settings.slack_signing_secret)

    @property
    def turns(self) -> int:
        return self._inbound.turns

    def routes(self) -> list[web.RouteDef]:
        return self._inbound.routes()

    async def settled(self) -> None:
        await self._inbound.settled()
