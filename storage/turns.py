"""Moments taken in the database that several processes share, so that a limit holds for all of them.

They are taken for requests to platforms, and by those who ask something of us.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from time import monotonic

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col, delete, select

from domain.pacing import Lane, Limit
from services.ports.delivery import Wait
from storage.engine import Engines
from storage.tables import PaceRow

TIDY_EVERY = 1000
KEPT = 3600.0
"""Seconds after which nothing is held against anybody."""

LEAP = 2.0
"""Seconds by which the database's clock is ahead of where it should be when it was set."""
BREATH = 2.2
"""Seconds after which what went before a leap counts no more, by the limits that are reckoned in seconds."""

_HOLD = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
_CLOCK = text("SELECT extract(epoch FROM clock_timestamp())::float8")


class SharedTurns:
    """By the database's clock, since those of the processes may differ."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines
        self._leaps = _Leaps()
        self._count = 0

    async def take(self, tenant: str, of_tenant: Sequence[Limit], lane: str, of_lane: Sequence[Limit]) -> Wait:
        async with self._engines.begin() as connection:
            await connection.execute(_HOLD, {"name": f"pace/{tenant}"})
            now = await _clock(connection)
            tenant, lane = _digest(tenant), _digest(lane)
            limits = {key: each for key, each in ((tenant, of_tenant), (lane, of_lane)) if each}
            taken = await _taken(connection, limits)
            if (held := self._leaps.breath(now)) > 0:
                return Wait(held, 0.0)
            lanes = {key: Lane.as_seen(taken.get(key, ()), each, now) for key, each in limits.items()}
            free = {key: each.free_from(now) - now for key, each in lanes.items()}
            wait = Wait(free[tenant], free.get(lane, 0.0))
            if wait.is_over:
                await _keep(connection, {key: each.with_one_at(now) for key, each in lanes.items()}, now)
                self._count += 1
                if self._count % TIDY_EVERY == 0:
                    await _tidy(connection, now)
            elif set_back := {key: each.taken for key, each in lanes.items() if each.taken != taken.get(key, ())}:
                await _keep(connection, set_back, now)
        return wait


class SharedLimits:
    """How often a name may ask, by the database's clock."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines
        self._count = 0

    async def allows(self, name: str, limit: Limit) -> bool:
        async with self._engines.begin() as connection:
            await connection.execute(_HOLD, {"name": f"limit/{name}"})
            now = await _clock(connection)
            key = _digest(f"limit/{name}")
            taken = (await _taken(connection, [key])).get(key, ())
            lane = Lane.as_seen(taken, (limit,), now)
            if lane.free_from(now) > now:
                if lane.taken != taken:
                    await _keep(connection, {key: lane.taken}, now)
                return False
            await _keep(connection, {key: lane.with_one_at(now)}, now)
            self._count += 1
            if self._count % TIDY_EVERY == 0:
                await _tidy(connection, now)
        return True


class _Leaps:
    """The database's clock, as it is seen from here: set forward, it would have us forget what went just before."""

    def __init__(self) -> None:
        self._seen: tuple[float, float] | None = None
        self._until = 0.0

    def breath(self, now: float) -> float:
        """Seconds to hold it for."""
        real = monotonic()
        if self._seen is not None and (now - self._seen[0]) - (real - self._seen[1]) >= LEAP:
            self._until = real + BREATH
        self._seen = now, real
        return self._until - real


async def _clock(connection: AsyncConnection) -> float:
    return float((await connection.execute(_CLOCK)).scalar_one())


async def _tidy(connection: AsyncConnection, now: float) -> None:
    await connection.execute(delete(PaceRow).where(col(PaceRow.last) < now - KEPT))


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


async def _taken(connection: AsyncConnection, keys: Iterable[str]) -> dict[str, list[float]]:
    found = await connection.execute(select(PaceRow.key, PaceRow.taken).where(col(PaceRow.key).in_(keys)))
    return {str(key): list(taken) for key, taken in found.all()}


async def _keep(connection: AsyncConnection, values: Mapping[str, Sequence[float]], last: float) -> None:
    rows = [{"key": key, "taken": [*taken], "last": last} for key, taken in values.items()]
    statement = insert(PaceRow.__table__).values(rows)  # type: ignore[attr-defined]
    new = {"taken": statement.excluded.taken, "last": statement.excluded.last}
    await connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_=new))
