"""Waiting for one's turn before a request to a platform, by its limits for each tenant and each conversation.

Channel-neutral: a channel makes one `Pace` with the platform's limits and asks it before every request.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from domain.pacing import Lane, Limit, of_a_tenant
from services.ports import UnavailableError
from services.ports.delivery import Wait

SHARE = 0.93
"""Of the permitted requests a second: what arrives a little late must not meet what arrives on time."""
ASIDE = 0.1
"""Seconds added to the span of a conversation's limit, for the same reason."""
MANY = 4096
"""Conversations remembered before those are left out that nothing is held against any more."""

LONGEST = 3600.0
"""Seconds after which nothing is held against anybody."""


class Turns(Protocol):
    """Where it is written down what has gone: in this process, or in a database that several processes share."""

    async def take(self, tenant: str, of_tenant: Sequence[Limit], lane: str, of_lane: Sequence[Limit]) -> Wait:
        """Takes this moment for a request if there is room; else nothing is taken, and when to ask again."""


class OwnTurns:
    """For a process that is alone."""

    def __init__(self) -> None:
        self._taken: dict[str, Sequence[float]] = {}

    async def take(self, tenant: str, of_tenant: Sequence[Limit], lane: str, of_lane: Sequence[Limit]) -> Wait:
        now = time.monotonic()
        both = {key: Lane(self._taken.get(key, ()), limits) for key, limits in ((tenant, of_tenant), (lane, of_lane))}
        wait = Wait(both[tenant].free_from(now) - now, both[lane].free_from(now) - now)
        if wait.is_over:
            self._taken |= {key: each.with_one_at(now) for key, each in both.items() if each.limits}
            self._forget(now)
        return wait

    def _forget(self, now: float) -> None:
        if len(self._taken) > MANY:
            self._taken = {key: taken for key, taken in self._taken.items() if taken[-1] + LONGEST > now}


class Pace:
    """One platform's limits. `per_second` holds for each tenant, `limits` for each conversation."""

    def __init__(
        self, per_second: float, limits: Sequence[Limit] = (), turns: Turns | None = None, platform: str = ""
    ) -> None:
        self._platform = platform
        self._of_tenant = of_a_tenant(per_second, SHARE)
        self._of_lane = tuple(replace(limit, seconds=limit.seconds + ASIDE) for limit in limits)
        self._alone = OwnTurns()
        self._turns = turns or self._alone
        self._queues: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def turn(self, tenant: str, conversation: str = "") -> None:
        """Returns when the next request may be made, at once. One that concerns no conversation names none."""
        road, lane = f"{self._platform}/{tenant}", f"{self._platform}/{tenant}/{conversation}"
        asked = road, self._of_tenant, lane, self._of_lane if conversation else ()
        while True:
            # In the queue whoever came first goes first; who has to wait for the own conversation waits outside it.
            async with self._queues[road]:
                wait = await self._take(*asked)
                while wait.is_for_the_tenant:
                    await asyncio.sleep(wait.tenant)
                    wait = await self._take(*asked)
            if wait.is_over:
                return
            await asyncio.sleep(wait.conversation)

    async def _take(self, tenant: str, of_tenant: Sequence[Limit], lane: str, of_lane: Sequence[Limit]) -> Wait:
        try:
            return await self._turns.take(tenant, of_tenant, lane, of_lane)
        except UnavailableError:
            # Only who wrote just now is answered while the database is gone: this process keeps the limits for itself.
            return await self._alone.take(tenant, of_tenant, lane, of_lane)
