"""`GET /calendar/{token}.ics`: a person's calendar, for the calendar program that subscribes to it."""

from __future__ import annotations

from aiohttp import web

from bot.addresses import Addresses
from bot.api import refusal
from dialogs.calendar_feed import KIND, calendar
from services.ports import Clock, Store


class CalendarRoutes:
    def __init__(self, store: Store, clock: Clock, addresses: Addresses) -> None:
        self._store = store
        self._clock = clock
        self._addresses = addresses

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/calendar/{token}.ics", self.show)]

    async def show(self, request: web.Request) -> web.Response:
        named = self._addresses.read(KIND, request.match_info["token"])
        if named is None or named[0] not in self._store.communities:
            return _nobodys()
        async with self._store.read(named[0]) as work:
            text = await calendar(work, named[1], self._clock)
        if text is None:
            return _nobodys()
        headers = {"Cache-Control": "private, no-cache", "Content-Disposition": 'inline; filename="moteplan.ics"'}
        return web.Response(text=text, content_type="text/calendar", charset="utf-8", headers=headers)


def _nobodys() -> web.Response:
    return refusal(404, "No such calendar. Its address may have been replaced by a new one.")
