"""Files that are dropped into the chat with the bot: fetched from Slack's own storage with the bot's token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import aiohttp
from yarl import URL

from bot.channels.slack.api import Tokens
from bot.downloads import Downloads
from bot.plan.dropped import FetchError, FetchFault, FileDropped

FILES = "https://files.slack.com"
LONGEST_NAME = 200
LONGEST_ADDRESS = 2000


class SlackFiles:
    """`api_url` is set where something stands in for Slack; then its files lie there."""

    def __init__(self, session: aiohttp.ClientSession, api_url: str, tokens: Tokens) -> None:
        self._origin = URL(api_url or FILES).origin()
        self._downloads = Downloads(session, self._permits)
        self._tokens = tokens

    def dropped(self, files: Sequence[Mapping[str, Any]], team: str, beside: str) -> Sequence[FileDropped]:
        """The message's files, none of them fetched."""
        return [FileDropped(_name(file), partial(self._fetch, _url(file), team), beside) for file in files]

    async def _fetch(self, url: str, team: str) -> bytes:
        token = await self._tokens(team)
        if token is None:
            raise FetchError(FetchFault.NOT_FETCHED)
        return await self._downloads.fetch(url, {"Authorization": f"Bearer {token}"})

    def _permits(self, url: str) -> bool:
        try:
            return len(url) <= LONGEST_ADDRESS and url.isascii() and URL(url).origin() == self._origin
        except ValueError:
            return False


def _name(file: Mapping[str, Any]) -> str:
    name = file.get("name")
    return "".join(c for c in name if c.isprintable())[:LONGEST_NAME] if isinstance(name, str) else ""


def _url(file: Mapping[str, Any]) -> str:
    url = file.get("url_private_download") or file.get("url_private")
    return url if isinstance(url, str) else ""
