"""How often Slack lets itself be asked: for each method in a workspace, and for messages in each channel as well."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import timedelta

from bot.outbound import RetryLaterError
from bot.pacing import OwnTurns, Pace, Turns
from bot.settings import MOST_OF_A_PLATFORM
from domain.pacing import Limit

PER_SECOND = 50
"""Requests to one workspace, whatever they ask."""
POSTS = Limit(5, 5)
"""Messages to one channel: one a second, and more in a short burst."""
_TIER_3, _TIER_4 = Limit(50, 60), Limit(100, 60)
LIMITS: Mapping[str, Limit] = {
    "chat.postMessage": Limit(300, 60),
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


class SlackPace:
    """At a rate that no platform takes it is not Slack that is written to, but a stand-in: then the rate is all."""

    def __init__(self, turns: Turns | None = None, per_second: float = PER_SECOND) -> None:
        taken = turns or OwnTurns()
        in_earnest = per_second <= MOST_OF_A_PLATFORM
        limits: dict[str, tuple[Limit, ...]] = {name: (limit,) if in_earnest else () for name, limit in LIMITS.items()}
        self._methods = {name: Pace(per_second, its, taken, "slack") for name, its in limits.items()}
        self._posts = Pace(per_second, (POSTS,) if in_earnest else (), taken, "slack")
        self._closed_until: dict[tuple[str, str, str], float] = {}

    async def turn(self, team: str, method: str, channel: str = "") -> None:
        """Waits until the call may be made. Raises RetryLaterError while Slack wants quiet: that may be long."""
        left = self._closed_until.get((team, method, channel), 0.0) - time.monotonic()
        if left > 0:
            raise RetryLaterError("ratelimited", timedelta(seconds=left))
        await self._methods[method].turn(team, method)
        if channel:
            await self._posts.turn(team, channel)

    def close(self, team: str, method: str, channel: str, after: timedelta) -> None:
        """Slack has asked for quiet, in that channel where it is about one."""
        now = time.monotonic()
        self._closed_until = {key: until for key, until in self._closed_until.items() if until > now}
        self._closed_until[team, method, channel] = now + after.total_seconds()
