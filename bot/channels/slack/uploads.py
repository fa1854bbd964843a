"""Pictures as files of Slack's own: each is uploaded once to a workspace, and messages refer to it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Iterator

import structlog

from bot.channels.slack.api import SlackApi
from bot.channels.slack.blocks import PictureFile
from bot.outbound import DeliveryError
from dialogs.card import Card, Element, Picture, Reference, Section

log = structlog.get_logger()

REMEMBERED = 500

PictureContent = Callable[[Reference], Awaitable["bytes | None"]]
"""Draws a picture; None when there is no such thing, or it cannot be drawn just now."""


class Uploads:
    def __init__(self, api: SlackApi, content: PictureContent) -> None:
        self._api = api
        self._content = content
        self._files: OrderedDict[tuple[str, Reference], str] = OrderedDict()

    async def of(self, card: Card, team: str) -> PictureFile:
        """The files of a card's pictures. One that cannot be uploaded is shown in words: it stops no message."""
        files: dict[Reference, str] = {}
        for shown in pictures(card.body):
            try:
                if file := await self._file(team, shown):
                    files[shown.shows] = file
            except DeliveryError as exc:
                log.warning("picture_not_uploaded", reason=str(exc))
        return lambda picture: files.get(picture.shows)

    async def _file(self, team: str, shown: Picture) -> str | None:
        key = (team, shown.shows)
        if key not in self._files:
            content = await self._content(shown.shows)
            if content is None:
                return None
            self._files[key] = await self._upload(team, shown, content)
        self._files.move_to_end(key)
        while len(self._files) > REMEMBERED:
            self._files.popitem(last=False)
        return self._files[key]

    async def _upload(self, team: str, shown: Picture, content: bytes) -> str:
        asked = {"filename": f"{shown.shows.kind}.png", "length": len(content), "alt_txt": shown.alt[:1000]}
        given = await self._api.call(team, "files.getUploadURLExternal", asked, paced="")
        file = str(given.get("file_id") or "")
        await self._api.upload(str(given.get("upload_url") or ""), content)
        done = {"files": f'[{{"id":"{file}"}}]'}
        await self._api.call(team, "files.completeUploadExternal", done, paced="")
        return file


def pictures(body: Iterable[Element]) -> Iterator[Picture]:
    for element in body:
        if isinstance(element, Picture):
            yield element
        elif isinstance(element, Section):
            yield from pictures(element.body)
