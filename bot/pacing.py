"""Waiting for one's turn before a request to a platform, by its limits for each tenant and each conversation.

Channel-neutral: a channel makes one `Pace` with the platform's limits and asks it before every request.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from domain.pacing import Lane, Limit, Road, earliest

SHARE = 0.94
"""Of the permitted requests a second: what arrives a little late must not meet what arrives on time."""
ASIDE = 0.1
"""Seconds added to the span of a conversation's limit, for the same reason."""
LATE = 0.03
"""Seconds after its moment at which a request is no longer made, but waits for another moment."""
MANY = 4096
"""Conversations remembered before those are left out that nothing is held against any more."""


class Turns(Protocol):
    """Where the moments are taken: in this process, or in a database that several processes share."""

    async def take(self, tenant: str, gap: float, conversation: str, limits: Sequence[Limit]) -> float:
        """Takes the first moment that is free; how many seconds it is away."""


class OwnTurns:
    """For a process that is alone."""

    def __init__(self) -> None:
        self._roads: dict[str, Sequence[float]] = {}
        self._lanes: dict[str, Sequence[float]] = {}

    async def take(self, tenant: str, gap: float, conversation: str, limits: Sequence[Limit]) -> float:
        now = time.monotonic()
        road = Road(self._roads.get(tenant, ()), gap)
        lane = Lane(self._lanes.get(conversation, ()), limits)
        moment = earliest(road, lane, now)
        self._roads[tenant] = road.with_one_at(moment, now)
        if limits and conversation:
            self._lanes[conversation] = lane.with_one_at(moment)
            self._forget(now - max(limit.seconds for limit in limits))
        return moment - now

    def _forget(self, before: float) -> None:
        if len(self._lanes) > MANY:
            self._lanes = {key: taken for key, taken in self._lanes.items() if taken[-1] > before}


class Pace:
    """One platform's limits. `per_second` holds for each tenant, `limits` for each conversation."""

    def __init__(
        self, per_second: float, limits: Sequence[Limit] = (), turns: Turns | None = None, platform: str = ""
    ) -> None:
        self._platform = platform
        self._gap = 1 / (per_second * SHARE)
        self._limits = tuple(replace(limit, seconds=limit.seconds + ASIDE) for limit in limits)
        self._turns = turns or OwnTurns()

    async def turn(self, tenant: str, conversation: str = "") -> None:
        """Returns when the next request may be made. One that concerns no conversation names none."""
        limits = self._limits if conversation else ()
        road, lane = f"{self._platform}/{tenant}", f"{self._platform}/{tenant}/{conversation}" if conversation else ""
        while True:
            asked = time.monotonic()
            wait = await self._turns.take(road, self._gap, lane, limits)
            if (rest := wait - (time.monotonic() - asked)) > 0:
                await asyncio.sleep(rest)
            # A process that was held up has several moments behind it: made all at once they would be a bunch.
            if time.monotonic() - asked - wait <= LATE:
                return
