"""The clock: the real one, or under `--dev` one that can be moved forward and may stand still in between.

What is due goes by the real clock, whatever it is set to. How long something has lasted does not: that goes by a clock
that no change of the machine's moves.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


def wall() -> datetime:
    """What the machine's clock shows, which somebody may set."""
    return datetime.now(UTC)


_BEGAN, _BEGAN_AT = datetime.now(UTC), time.monotonic()


def steady() -> datetime:
    """The instant as it has gone on since the process began, whatever the machine's clock was set to meanwhile."""
    return _BEGAN + timedelta(seconds=time.monotonic() - _BEGAN_AT)


class RealClock:
    ticks = True

    def now(self) -> datetime:
        return wall()


class DevClock:
    """Stands at `start` until it is moved; without `start` it runs, and moving it sets it ahead."""

    def __init__(self, start: datetime | None) -> None:
        self._standing = start
        self._ahead = timedelta(0)

    @property
    def ticks(self) -> bool:
        return self._standing is None

    def now(self) -> datetime:
        return self._standing or wall() + self._ahead

    def move(self, to: datetime) -> None:
        """Forward only: an earlier instant leaves the clock as it is."""
        if to <= self.now():
            return
        if self._standing is None:
            self._ahead = to - wall()
        else:
            self._standing = to
