"""How often somebody may ask within a while: kept in memory, by each process for itself."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable

MOST_NAMES = 10_000
"""As many are remembered; the one that asked longest ago is forgotten first."""


class Limit:
    """At most `times` within `seconds`, for each name."""

    def __init__(self, times: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._times = times
        self._seconds = seconds
        self._clock = clock
        self._asked: OrderedDict[str, deque[float]] = OrderedDict()

    def allows(self, name: str) -> bool:
        """Counts the request. False when the name has asked too often; what is refused does not count."""
        now = self._clock()
        asked = self._asked.setdefault(name, deque(maxlen=self._times))
        self._asked.move_to_end(name)
        if len(self._asked) > MOST_NAMES:
            self._asked.popitem(last=False)
        while asked and asked[0] <= now - self._seconds:
            asked.popleft()
        if len(asked) == self._times:
            return False
        asked.append(now)
        return True
