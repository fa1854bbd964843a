"""The clock: the real one, or under `--dev` one that can be moved forward and may stand still in between."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class RealClock:
    ticks = True

    def now(self) -> datetime:
        return datetime.now(UTC)


class DevClock:
    """Stands at `start` until it is moved; without `start` it runs, and moving it sets it ahead."""

    def __init__(self, start: datetime | None) -> None:
        self._standing = start
        self._ahead = timedelta(0)

    @property
    def ticks(self) -> bool:
        return self._standing is None

    def now(self) -> datetime:
        return self._standing or datetime.now(UTC) + self._ahead

    def move(self, to: datetime) -> None:
        """Forward only: an earlier instant leaves the clock as it is."""
        if to <= self.now():
            return
        if self._standing is None:
            self._ahead = to - datetime.now(UTC)
        else:
            self._standing = to
