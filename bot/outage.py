"""A database that cannot be used: said once when it goes and once when it is back, and looked at until it is.

What was seen amiss by a turn or by the delivery is known at once. That nothing can be written any more is found out by
looking, also when nobody writes.
"""

from __future__ import annotations

import asyncio

import structlog

from services.ports import UnavailableError, Why
from storage.store import SqlStore

log = structlog.get_logger()

AGAIN = 1.0
"""Seconds between looks at a database that is gone."""
EVERY = 30.0
"""Seconds between looks at one that is there."""
TRY_AGAIN_AFTER = 10
"""Seconds until it is worth coming again, for programs that ask."""


class Outage:
    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self._went = asyncio.Event()
        store.availability.gone = self._gone

    def _gone(self, why: Why) -> None:
        log.error("store_unavailable", why=str(why))
        self._went.set()

    async def watch(self) -> None:
        """Until it is cancelled."""
        while True:
            try:
                await asyncio.wait_for(self._went.wait(), EVERY)
            except TimeoutError:
                await self.look()
            while self._store.availability.why is not None:
                await asyncio.sleep(AGAIN)
                await self.look()
            self._went.clear()

    async def look(self) -> None:
        """Whether something can be written; what does not work is not done in vain by anybody else meanwhile."""
        gone_for, before = self._store.availability.seconds, self._store.availability.why
        try:
            await self._store.probe()
        except UnavailableError:
            return
        except Exception:
            log.exception("store_look_stumbled")
            return
        if before is not None and self._store.availability.why is None:
            log.info("store_available", seconds=round(gone_for, 1))
