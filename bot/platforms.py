"""Which platform takes nothing from us: then no message is given up for having been tried often, and somebody is told.

As long as it lasts messages are tried every few minutes; what grows stale meanwhile is dropped and does not come after.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from services.messages import Recipient

log = structlog.get_logger()

NOBODY_REACHED = 3
"""So many recipients in a row with none that was reached in between: it is not they who cannot be reached."""
TOLD_AFTER = timedelta(minutes=10)
"""What is over sooner is worth nobody's time."""
OURSELVES = ""
"""In the place of a platform's name when the fault is our own."""


@dataclass(slots=True)
class _Silence:
    """Tries that came to nothing, since a platform last took something."""

    since: datetime
    recipients: set[Recipient] = field(default_factory=set)
    communities: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)

    @property
    def is_of_the_platform(self) -> bool:
        return len(self.recipients) >= NOBODY_REACHED


@dataclass(frozen=True, slots=True)
class News:
    """For a community's coordinator: nothing gets through `since` then; None: it does again, if that was ever said."""

    platform: str
    community: str
    since: datetime | None = None


class Platforms:
    """What is seen from this process. Times are on the product's clock."""

    def __init__(self, communities: Collection[str], names: Iterable[str]) -> None:
        self.names = tuple(names)
        self._communities = communities
        self._silent: dict[str, _Silence] = {}
        self._to_be_told: list[News] = []
        self._never_reached = set(self.names)
        """An earlier process may have told that nothing gets through."""

    def refused(self, name: str, community: str, to: Recipient, now: datetime) -> None:
        silence = self._silent.setdefault(name, _Silence(now))
        before = silence.is_of_the_platform
        silence.recipients.add(to)
        silence.communities.add(community)
        if silence.is_of_the_platform and not before:
            log.error("platform_unreachable", platform=name, recipients=len(silence.recipients))

    def reached(self, name: str) -> None:
        silence = self._silent.pop(name, None)
        if silence is not None and silence.is_of_the_platform:
            log.info("platform_reached_again", platform=name)
        if silence is not None or name in self._never_reached:
            self._never_reached.discard(name)
            self._to_be_told += [News(name, community) for community in self._communities]

    def takes_nothing(self, name: str) -> bool:
        return name in self._silent and self._silent[name].is_of_the_platform

    def down(self) -> dict[str, datetime]:
        """The platforms that take nothing, and since when."""
        return {name: self._silent[name].since for name in self.names if self.takes_nothing(name)}

    def news(self, now: datetime) -> list[News]:
        """What is to be told and has not been; it counts as told."""
        found, self._to_be_told = self._to_be_told, []
        for name, since in self.down().items():
            silence = self._silent[name]
            if now - since >= TOLD_AFTER:
                found += [News(name, community, since) for community in silence.communities - silence.told]
                silence.told |= silence.communities
        return found

    def not_told(self, news: News) -> None:
        """It could not be: it is news again."""
        if news.since is None:
            self._to_be_told.append(news)
        elif news.platform in self._silent:
            self._silent[news.platform].told.discard(news.community)
