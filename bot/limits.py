"""How often something may be asked for within a while: by a network address, for a mailbox, with a link."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Protocol

from domain.pacing import Lane, Limit

MOST_NAMES = 10_000
"""As many are remembered; the one that asked longest ago is forgotten first."""


class Limits(Protocol):
    """Where it is written down who has asked: in this process, or in a database that several processes share."""

    async def allows(self, name: str, limit: Limit) -> bool:
        """Counts the request. False when the name has asked too often; what is refused does not count."""


class OwnLimits:
    """For a process that is alone."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._asked: OrderedDict[str, Sequence[float]] = OrderedDict()

    async def allows(self, name: str, limit: Limit) -> bool:
        now = self._clock()
        lane = Lane(self._asked.get(name, ()), (limit,))
        if lane.free_from(now) > now:
            return False
        self._asked[name] = lane.with_one_at(now)
        self._asked.move_to_end(name)
        if len(self._asked) > MOST_NAMES:
            self._asked.popitem(last=False)
        return True
