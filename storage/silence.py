"""A PostgreSQL that is silent: whether it still answers others, and if not, its connections are given up.

A server that hangs, or a network that swallows everything, breaks no connection: whoever has asked would wait as long
as that lasts. Waiting long is no fault in itself (for one's turn, for a migration): only a server that does not even
answer a newcomer is gone.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping

T = TypeVar("T")

PATIENCE = 2.0
"""Seconds of silence from which on the server is asked whether it is there."""
AGAIN = 5.0
"""Seconds that an answer to that holds."""
PING_WITHIN = 2
"""Seconds that the server has for it."""


class Server:
    """Asked once, however many wait for it."""

    def __init__(self, ping: Callable[[], bool], clock: Callable[[], float] = time.monotonic) -> None:
        self._ping = ping
        self._clock = clock
        self._asking: asyncio.Task[bool] | None = None
        self._asked_at = 0.0

    def answers(self) -> bool:
        """What was found out last; true until something has been. Asks anew when that was a while ago."""
        if self._asking is None or (self._asking.done() and self._clock() - self._asked_at >= AGAIN):
            self._asking = asyncio.create_task(asyncio.to_thread(self._ping))
            self._asked_at = self._clock()
        if not self._asking.done():
            return True
        return self._asking.exception() is not None or self._asking.result()

    @property
    def is_gone(self) -> bool:
        """It did not answer only just now."""
        asked = self._asking
        if asked is None or not asked.done() or asked.exception() is not None:
            return False
        return not asked.result() and self._clock() - self._asked_at < AGAIN


class PatientConnection(psycopg.AsyncConnection[Any]):
    server: Server | None = None

    async def wait(self, gen: PQGen[T], *given: Any, **more: Any) -> T:
        return await super().wait(self._watched(gen), *given, **more)

    def _watched(self, gen: PQGen[T]) -> PQGen[T]:
        """The same, but for the end that it takes when the server is gone. It is looked at several times a second."""
        since = time.monotonic()
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if not ready and self.server and time.monotonic() - since > PATIENCE and not self.server.answers():
                    self.pgconn.finish()
                    raise _gone()
                wanted = gen.send(ready)
        except StopIteration as done:
            result: T = done.value
            return result


def _gone() -> psycopg.OperationalError:
    return psycopg.OperationalError("the server does not answer")


def connector() -> Callable[..., Any]:
    """What makes the connections of one engine (`async_creator_fn`)."""
    known: dict[str, Server] = {}

    async def connect(*given: Any, **parameters: Any) -> psycopg.AsyncConnection[Any]:
        if any(server.is_gone for server in known.values()):
            raise _gone()  # nobody needs to wait for that again
        made = await PatientConnection.connect(*given, **parameters)
        where = make_conninfo(
            **{name: made.info.get_parameters().get(name, "") for name in ("host", "port", "dbname", "user")},
            connect_timeout=PING_WITHIN,
        )
        made.server = known.setdefault(where, Server(lambda: PGconn.ping(where.encode()) != Ping.NO_RESPONSE))
        return made

    return connect
