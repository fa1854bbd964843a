"""Being told to stop: nothing more is taken up, and what is under way comes to its end, all of it by one moment.

What has not come to its end by then is let go of: a transaction is rolled back, a message may be claimed by whoever
comes next. The moment is on the loop's clock, which no change of the machine's clock moves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import Any

from aiohttp import web

from bot.api import refusal

WITHIN = 7.0
"""Seconds from being told, in which what is under way may come to its end."""
LAST_WORD = 1.0
"""Seconds more in which what is left is given back."""
LINGER = 1.0
"""Seconds in which the port stays open at least, so that whoever watches hears that the process stops."""
RETRY_AFTER = 5

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class StoppingError(Exception):
    """The process stops: this is not done any more, and may be asked for again."""


def moment() -> float:
    """By when everything ends that is told to stop now."""
    return asyncio.get_running_loop().time() + WITHIN


async def until(by: float, tasks: Collection[asyncio.Task[Any]]) -> None:
    """Returns when they have ended, those that had not by then cancelled."""
    if not tasks:
        return
    await asyncio.wait(tasks, timeout=max(0.0, by - asyncio.get_running_loop().time()))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def come_again() -> web.Response:
    """The answer to a request that is not taken up, or not finished."""
    answer = refusal(503, "The server is about to stop. Please try again in a moment.")
    answer.headers["Retry-After"] = str(RETRY_AFTER)
    answer.force_close()
    return answer


class Requests:
    """Those under way; and when no more are taken up, a polite word to those who come. `spared` paths always answer."""

    def __init__(self, spared: Collection[str]) -> None:
        self._spared = spared
        self._under_way: set[asyncio.Task[Any]] = set()
        self._closed = self._cut = False

    @web.middleware
    async def counted(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        task = asyncio.current_task()
        if task is None or request.path in self._spared:
            return await handler(request)
        if self._closed:
            return come_again()
        self._under_way.add(task)
        try:
            return await handler(request)
        except asyncio.CancelledError:
            if not self._cut:
                raise  # whoever asked has gone
            task.uncancel()
            return come_again()
        finally:
            self._under_way.discard(task)

    def close(self) -> None:
        """No more are taken up."""
        self._closed = True

    async def ended(self, by: float) -> None:
        """Returns when each has been answered; what was not done by then with the word to come again."""
        if not self._under_way:
            return
        tasks = {*self._under_way}
        await asyncio.wait(tasks, timeout=max(0.0, by - asyncio.get_running_loop().time()))
        self._cut = True
        await until(by, tasks)
