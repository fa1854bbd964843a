"""How often Slack lets itself be asked: for each method, and for messages in each channel as well."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.outbound import RetryLaterError

REMEMBERED = 5_000


@dataclass(frozen=True, slots=True)
class Limit:
    """`burst` calls at once, and then so many a second."""

    per_second: float
    burst: int


_TIER_3, _TIER_4 = Limit(50 / 60, 50), Limit(100 / 60, 100)
POSTS = Limit(1, 5)
"""Messages to one channel: one a second, and more in a short burst."""
LIMITS: Mapping[str, Limit] = {
    "chat.postMessage": Limit(5, 50),
    "chat.postEphemeral": _TIER_4,
    "chat.update": _TIER_3,
    "conversations.open": _TIER_3,
    "users.info": _TIER_4,
    "users.lookupByEmail": _TIER_3,
    "views.publish": _TIER_4,
    "files.getUploadURLExternal": _TIER_4,
    "files.completeUploadExternal": _TIER_4,
}
"""By workspace, as Slack's documentation gives them. A modal is opened at once or not at all: it has no limit here."""


class Pace:
    """Each turn is reserved when it is asked for; who comes later waits behind, and nobody while there is room."""

    def __init__(self) -> None:
        self._free_at: OrderedDict[tuple[str, ...], float] = OrderedDict()
        self._closed_until: dict[tuple[str, str], float] = {}

    async def turn(self, team: str, method: str, channel: str = "") -> None:
        """Waits until the call may be made. Raises RetryLaterError while Slack wants quiet: that may be long."""
        now = time.monotonic()
        at = now
        closed = self._closed_until.get((team, method), 0.0) - now
        if closed > 0:
            raise RetryLaterError("ratelimited", timedelta(seconds=closed))
        if (limit := LIMITS.get(method)) is not None:
            at = max(at, self._reserve((team, method), limit, now))
        if channel:
            at = max(at, self._reserve((team, method, channel), POSTS, now))
        if at > now:
            await asyncio.sleep(at - now)

    def close(self, team: str, method: str, seconds: float) -> None:
        """Slack has asked for quiet: nobody calls the method in that workspace until then."""
        self._closed_until[team, method] = time.monotonic() + seconds

    def _reserve(self, key: tuple[str, ...], limit: Limit, now: float) -> float:
        """When there is room. What is kept is when the bucket will be full again."""
        gap = 1 / limit.per_second
        full_at = max(now, self._free_at.get(key, 0.0)) + gap
        self._free_at[key] = full_at
        self._free_at.move_to_end(key)
        if len(self._free_at) > REMEMBERED:
            self._free_at.popitem(last=False)
        return full_at - limit.burst * gap
