"""The door: who is let in, and for how long somebody may hold a connection without asking anything.

A proxy before the product does much the same; this holds where there is none.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

log = structlog.get_logger()

NAME = "Samhandlingsbot"
"""How the product calls itself: which library answers, and which version of it, is nobody's business."""
HEADERS_WITHIN = 15.0
"""Seconds from being connected until the head of a first request has come."""
BODY_WITHIN = 60.0
"""Seconds in which the rest of it comes, a plan's file from a slow telephone too."""
MOST_CONNECTIONS = 4096
"""Far more than a proxy and the platforms need, and what one process still serves."""
FILES = 1024
"""That a process may have open where the system does not say."""
QUIET_FOR = 5.0
"""Seconds after which a connection that nothing is asked on has to make room for a new one, when there is none left."""
SHOWN_OUT_WITHIN = 1.0
"""Seconds that whoever found no room has to read so."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def usual_room() -> int:
    """Half of the files that this process may have open: the database and the platforms need some too."""
    try:
        import resource  # not every system has it

        files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    except (ImportError, OSError):
        files = FILES
    return MOST_CONNECTIONS if files < 0 else max(1, min(files // 2, MOST_CONNECTIONS))  # below 0: without end


class Doorkeeper:
    """Lets in `most` at a time, and knows how many there are and how many it has refused since the start."""

    def __init__(
        self,
        most: int,
        *,
        headers_within: float = HEADERS_WITHIN,
        body_within: float = BODY_WITHIN,
        quiet_for: float = QUIET_FOR,
    ) -> None:
        self._most = most
        self._headers_within = headers_within
        self._body_within = body_within
        self._quiet_for = quiet_for
        self._open = set[web.RequestHandler]()
        self._silent = set[web.RequestHandler]()
        self._quiet: dict[web.RequestHandler, float] = {}  # since when nothing is asked there, longest first
        self.refused = 0

    @property
    def open(self) -> int:
        return len(self._open)

    def connections(self, server: web.Server) -> Callable[[], asyncio.BaseProtocol]:
        """What a listening socket makes of each connection."""

        def connected() -> asyncio.BaseProtocol:
            if len(self._open) >= self._most and not self._made_room():
                self.refused += 1
                return _NoRoom()
            connection = _Connection(server, self._forget)
            loop = asyncio.get_running_loop()
            self._open.add(connection)
            self._silent.add(connection)
            self._quiet[connection] = loop.time()
            loop.call_later(self._headers_within, self._close_if_silent, connection)
            return connection

        return connected

    def _made_room(self) -> bool:
        """Whoever has asked nothing for longest leaves, be it a browser that keeps its connection or a bad guest."""
        longest = next(iter(self._quiet), None)
        if longest is None or asyncio.get_running_loop().time() - self._quiet[longest] < self._quiet_for:
            return False
        self._show_out(longest)
        return True

    def _close_if_silent(self, connection: web.RequestHandler) -> None:
        if connection in self._silent:
            self._show_out(connection)

    def _show_out(self, connection: web.RequestHandler) -> None:
        self._forget(connection)
        connection.force_close()

    def _forget(self, connection: web.RequestHandler) -> None:
        self._open.discard(connection)
        self._silent.discard(connection)
        self._quiet.pop(connection, None)

    @web.middleware
    async def opens(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """A request has come: its body comes in time, or is not waited for."""
        connection, loop = request.protocol, asyncio.get_running_loop()
        self._silent.discard(connection)
        self._quiet.pop(connection, None)
        late = loop.call_later(self._body_within, _give_up, request) if request.body_exists else None
        try:
            return await handler(request)
        finally:
            if late is not None:
                late.cancel()
            if connection in self._open:
                self._quiet[connection] = loop.time()


def _give_up(request: web.Request) -> None:
    if not request.content.is_eof():
        request.content.set_exception(web.HTTPRequestTimeout())


class _Connection(web.RequestHandler):
    """One that tells when it ends, and repeats nothing of what it could not read."""

    def __init__(self, server: web.Server, lost: Callable[[web.RequestHandler], None]) -> None:
        super().__init__(server, loop=asyncio.get_running_loop())
        self._tell_that_lost = lost

    def connection_lost(self, exc: BaseException | None) -> None:
        self._tell_that_lost(self)
        super().connection_lost(exc)

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """What is not HTTP, or went wrong where no route was found yet."""
        if status < 500:
            log.info("not_http", status=status)
        else:
            log.error("request_failed", route="", exc_info=exc)
        if request.writer.output_size > 0:
            raise ConnectionError("half an answer has gone out")
        why = "That is no request that can be read." if status < 500 else "Something went wrong here; please try again."
        answer = web.json_response({"error": why}, status=status, headers={"Server": NAME})
        answer.force_close()
        return answer


class _NoRoom(asyncio.Protocol):
    """Says that there is no room, and leaves time to read it: closed at once, the words might be lost on the way."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.WriteTransport):
            transport.write(_no_room())
            transport.write_eof()
        asyncio.get_running_loop().call_later(SHOWN_OUT_WITHIN, transport.close)


def _no_room() -> bytes:
    body = json.dumps({"error": "There are too many here at the moment; please try again in a little while."}).encode()
    head = (
        "HTTP/1.1 503 Service Unavailable",
        "Content-Type: application/json; charset=utf-8",
        f"Content-Length: {len(body)}",
        "Retry-After: 5",
        f"Server: {NAME}",
        "Connection: close",
    )
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body
