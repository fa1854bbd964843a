"""How fast a platform may be written to: the moment from which on one more request keeps within its limits.

Moments are seconds on one clock; which clock does not matter.
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
    """What has gone to one conversation, or to one tenant, in order."""

    taken: Sequence[float]
    limits: Sequence[Limit]

    @classmethod
    def as_seen(cls, taken: Sequence[float], limits: Sequence[Limit], now: float) -> Lane:
        """What lies ahead of `now` was written before the clock was set back: all of it is, spacing kept."""
        ahead = max(taken, default=now) - now
        return cls([at - ahead for at in taken] if ahead > 0 else taken, limits)

    def free_from(self, now: float) -> float:
        """The first moment from `now` on that has room: the n-th last request lies the limit's span back."""
        full = (limit for limit in self.limits if len(self.taken) >= limit.most)
        return max((now, *(self.taken[-limit.most] + limit.seconds for limit in full)))

    def with_one_at(self, moment: float) -> list[float]:
        """What has gone then, those left out that no limit reaches back to."""
        kept = max((limit.most for limit in self.limits), default=0)
        reach = max((limit.seconds for limit in self.limits), default=0.0)
        return [at for at in (*self.taken, moment) if at + reach > moment][-kept:] if kept else []


def of_a_tenant(per_second: float, share: float) -> tuple[Limit, ...]:
    """The limits that keep to a rate, at that share of it: in any second, and never all at once.

    A process that was held up makes up for it at twice the rate, within the second's limit.
    """
    most = max(1, min(int(per_second), 50))
    span = most / per_second if per_second > most else 1.0
    return Limit(most, span / share), Limit(1, 1 / (2 * per_second))


def read_limits(text: str) -> tuple[Limit, ...]:
    """`7/1 8/2`: at most 7 in 1 second and 8 in 2. Raises ValueError."""
    found = [re.fullmatch(r"([1-9][0-9]{0,5})/([1-9][0-9]{0,4})", part) for part in text.split()]
    if not all(found):
        raise ValueError("accepted: most/seconds, separated by spaces, as in 7/1 8/2 60/30")
    return tuple(Limit(int(match[1]), float(match[2])) for match in found if match)
