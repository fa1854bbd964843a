"""APScheduler wakes the process; the database says what is due.

A missed or doubled wake-up does no harm: whoever wakes does what stands as due, each piece in one transaction.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any, Protocol

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot import draining
from bot.clock import wall
from services import trace
from services.due_work import do_due
from services.ports import DueWork, UnavailableError, Work
from storage.store import DueWorkFailedError, SqlStore

log = structlog.get_logger()

EVERY = 1
"""Seconds between looks; one indexed query each."""
PAUSE_AFTER_FAULT = 30.0
"""Seconds."""
LOOK = "look"


class TickingClock(Protocol):
    @property
    def ticks(self) -> bool: ...
    def now(self) -> datetime: ...


class Wakeups:
    def __init__(
        self, store: SqlStore, clock: TickingClock, done_late: Callable[[float], None] = lambda seconds: None
    ) -> None:
        """`done_late` is told, for each piece that was done, how many seconds after its instant."""
        self._store = store
        self._clock = clock
        self._done_late = done_late
        self._scheduler: Any = AsyncIOScheduler(timezone=UTC)
        self._one_at_a_time = asyncio.Lock()
        self._looking: asyncio.Task[None] | None = None
        self._stopping = False
        self._resting: dict[int, float] = {}
        self._looked_at: float | None = None

    @property
    def not_looked_for(self) -> float:
        """Seconds since it was last found out what is due."""
        return 0.0 if self._looked_at is None else time.monotonic() - self._looked_at

    def start(self) -> None:
        self._looked_at = time.monotonic()
        # However late a wake-up comes, it is not missed: it asks what is due by then.
        self._scheduler.add_job(
            self.look, "interval", seconds=EVERY, id=LOOK, max_instances=1, coalesce=True, misfire_grace_time=None
        )
        self._scheduler.start()

    def clock_was_set(self) -> None:
        """The scheduler goes by the machine's clock: set back, it would wake again only when that has caught up."""
        if self._scheduler.running and not self._stopping:
            self._scheduler.modify_job(LOOK, next_run_time=wall())

    async def stop(self, by: float | None = None) -> None:
        """Wakes no more, and lets the piece that is being done come to its end, until `by` on the loop's clock."""
        self._stopping = True
        if self._scheduler.running:
            self._scheduler.pause()
        await draining.until(draining.moment() if by is None else by, [self._looking] if self._looking else [])
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def look(self) -> None:
        self._looking = asyncio.current_task()
        if self._store.availability.why is not None:
            return  # it stands as due until the database is back
        try:
            await self.do_all_due()
        except UnavailableError:
            return  # that it is gone is said once, by `bot.outage`
        except Exception:
            log.exception("due_work_stumbled")

    async def do_all_due(self) -> int:
        """Does everything due now, the earliest first, until it is told to stop; how many pieces."""
        done = 0
        async with self._one_at_a_time:
            while not self._stopping and await self._one():
                self._looked_at = time.monotonic()
                done += 1
            self._looked_at = time.monotonic()
        return done

    async def _one(self) -> bool:
        now, real = self._clock.now(), time.monotonic()
        self._resting = {number: until for number, until in self._resting.items() if until > real}
        try:
            return await self._store.do_next_due(now, partial(self._do, now=now), self._resting) is not None
        except DueWorkFailedError as exc:
            log.exception("due_work_failed", work=exc.number, kind=exc.kind)
            self._resting[exc.number] = real + PAUSE_AFTER_FAULT
            return True

    async def _do(self, work: Work, due: DueWork, *, now: datetime) -> str | datetime:
        with trace.begun(due.key):
            log.info("due", community=work.community.key, kind=due.kind, key=due.key)
            self._done_late((now - due.due_at).total_seconds())
            return await do_due(work, due, now)
