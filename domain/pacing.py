"""How fast a platform may be written to: the moment from which on one more request keeps within its limits.

Moments are seconds on one clock; which clock does not matter. A request takes its moment before it is made, so that
those who come after it find it taken.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many requests in any so many seconds."""

    most: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Lane:
    """What has been taken in one conversation, in order; everything in it is asked for one after the other."""

    taken: Sequence[float]
    limits: Sequence[Limit]

    def free_from(self, now: float) -> float:
        """A moment after this one is as good: nothing is ever taken before what was taken last."""
        full = (limit for limit in self.limits if len(self.taken) >= limit.most)
        return max((now, *self.taken[-1:], *(self.taken[-limit.most] + limit.seconds for limit in full)))

    def with_one_at(self, moment: float) -> list[float]:
        """What is taken then, those left out that no limit reaches back to."""
        kept = max((limit.most for limit in self.limits), default=0)
        reach = max((limit.seconds for limit in self.limits), default=0.0)
        return [at for at in (*self.taken, moment) if at + reach > moment][-kept:] if kept else []


@dataclass(frozen=True, slots=True)
class Road:
    """What has been taken of a whole tenant, in order. Requests go `gap` seconds apart, never in a bunch.

    A request that has to wait for its conversation takes a later moment; those before it stay free for others.
    """

    taken: Sequence[float]
    gap: float

    def free_from(self, moment: float) -> float:
        for at in self.taken:
            if at - moment >= self.gap:
                break
            moment = max(moment, at + self.gap)
        return moment

    def with_one_at(self, moment: float, now: float) -> list[float]:
        """What is taken then, those left out that are too long past to be in the way of any."""
        return sorted(at for at in (*self.taken, moment) if at + self.gap > now)


def earliest(road: Road, lane: Lane, now: float) -> float:
    """The first moment from `now` on that is free on the road and in the lane."""
    return road.free_from(lane.free_from(now))


def read_limits(text: str) -> tuple[Limit, ...]:
    """`7/1 8/2`: at most 7 in 1 second and 8 in 2. Raises ValueError."""
    found = [re.fullmatch(r"([1-9][0-9]{0,5})/([1-9][0-9]{0,4})", part) for part in text.split()]
    if not all(found):
        raise ValueError("accepted: most/seconds, separated by spaces, as in 7/1 8/2 60/30")
    return tuple(Limit(int(match[1]), float(match[2])) for match in found if match)
