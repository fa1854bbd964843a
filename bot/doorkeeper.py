"""The door: a connection on which nothing whole is asked within a while is closed, and keeps nobody else out.

A proxy before the product does the same; this holds where there is none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

HEADERS_WITHIN = 15.0
"""Seconds from being connected until the head of a first request has come."""
BODY_WITHIN = 60.0
"""Seconds in which the rest of it comes, a plan's file from a slow telephone too."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Doorkeeper:
    def __init__(self, headers_within: float = HEADERS_WITHIN, body_within: float = BODY_WITHIN) -> None:
        self._headers_within = headers_within
        self._body_within = body_within
        self._silent: set[web.RequestHandler] = set()

    def connections(self, server: web.Server) -> Callable[[], web.RequestHandler]:
        """What a listening socket makes of each connection."""

        def connected() -> web.RequestHandler:
            connection = server()
            self._silent.add(connection)
            asyncio.get_running_loop().call_later(self._headers_within, self._close_if_silent, connection)
            return connection

        return connected

    def _close_if_silent(self, connection: web.RequestHandler) -> None:
        if connection in self._silent:
            self._silent.discard(connection)
            connection.force_close()

    @web.middleware
    async def opens(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """A request has come: its body comes in time, or is not waited for."""
        self._silent.discard(request.protocol)
        if not request.body_exists:
            return await handler(request)
        late = asyncio.get_running_loop().call_later(self._body_within, _give_up, request)
        try:
            return await handler(request)
        finally:
            late.cancel()


def _give_up(request: web.Request) -> None:
    if not request.content.is_eof():
        request.content.set_exception(web.HTTPRequestTimeout())
