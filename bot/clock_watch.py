"""Looks whether the machine's clock was set: says so, and mends what such a leap leaves behind."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog

from bot import clock

log = structlog.get_logger()

EVERY = 0.5
"""Seconds between looks."""
LEAP = 2.0
"""Seconds in one of them that no correction makes little by little."""
TOLD_FOR = 15 * 60
"""Seconds for which whoever watches the product is told of it."""


class ClockWatch:
    """`after_leap` is told by how many seconds the clock was set: forward, or back when it is negative."""

    def __init__(self, after_leap: Callable[[float], Awaitable[None]]) -> None:
        self._after_leap = after_leap
        self._leapt_at: float | None = None
        self.leaps = 0

    @property
    def leapt_lately(self) -> bool:
        return self._leapt_at is not None and time.monotonic() - self._leapt_at < TOLD_FOR

    async def run(self) -> None:
        """Until it is cancelled."""
        ahead = _ahead()
        while True:
            await asyncio.sleep(EVERY)
            before, ahead = ahead, _ahead()
            if abs(ahead - before) >= LEAP:
                await self._leapt(ahead - before)

    async def _leapt(self, seconds: float) -> None:
        self.leaps += 1
        self._leapt_at = time.monotonic()
        log.error("clock_leapt", seconds=round(seconds, 1))
        try:
            await self._after_leap(seconds)
        except Exception:
            log.exception("clock_leap_unmended")


def _ahead() -> float:
    """By how many seconds the machine's clock is ahead of the one that nobody sets."""
    return (clock.wall() - clock.steady()).total_seconds()
