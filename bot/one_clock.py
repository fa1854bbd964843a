"""Under `--dev` several processes that share a database have one clock.

Whichever of them moves it, it has moved for all; and it is moved when all have answered what they have accepted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress

from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.health import WATCHED
from services.ports import UnavailableError
from storage.store import SqlStore

MOVING = frozenset({"/dev/clock", "/dev/next"})
"""What waits for all that was accepted must not be waited for itself."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class OneClock:
    """`catch_up` moves this process's clock to where it stands; `answered` returns when this process owes no answer."""

    def __init__(
        self, store: SqlStore, catch_up: Callable[[], Awaitable[None]], answered: Callable[[], Awaitable[None]]
    ) -> None:
        self._store = store
        self._catch_up = catch_up
        self._answered = answered
        self._turn = asyncio.Lock()
        self._under_way = 0
        self._held = AsyncExitStack()
        self._ending = set[asyncio.Task[None]]()

    def middleware(self) -> Middleware:
        @web.middleware
        async def with_one_clock(request: web.Request, handler: Handler) -> web.StreamResponse:
            # What watches the product is answered also while the database that keeps the clock is gone.
            if request.path in WATCHED:
                return await handler(request)
            with suppress(UnavailableError):  # whoever is asked says it in their own way
                await self._catch_up()
            if request.path in MOVING:
                return await handler(request)
            await self._begin()
            try:
                return await handler(request)
            finally:
                ending = asyncio.create_task(self._end())
                self._ending.add(ending)
                ending.add_done_callback(self._ending.discard)

        return with_one_clock

    async def _begin(self) -> None:
        """The first of several shows the other processes that something is under way here."""
        async with self._turn:
            if self._under_way == 0:
                with suppress(UnavailableError):
                    await self._held.enter_async_context(self._store.answering())
            self._under_way += 1

    async def _end(self) -> None:
        await self._answered()
        async with self._turn:
            self._under_way -= 1
            if self._under_way == 0:
                held, self._held = self._held, AsyncExitStack()
                with suppress(Exception):  # what a database that is gone held for us is free
                    await held.aclose()

    async def stop(self) -> None:
        """Owes nothing any more, whatever was not answered."""
        for ending in self._ending:
            ending.cancel()
        await asyncio.gather(*self._ending, return_exceptions=True)
        with suppress(Exception):
            await self._held.aclose()
