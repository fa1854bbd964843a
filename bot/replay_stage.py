"""The product without platforms, on a virtual clock: people press, time passes, the product does the rest."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path

import structlog

from bot.clock import DevClock
from bot.delivery import Delivery
from bot.wakeups import Wakeups
from dialogs.router import answer
from dialogs.turn import Event, Place
from domain.community import Community, Person
from services import people
from services.messages import Address, Json
from storage.store import SqlStore

_IN_CHAT = Place(Address("web"))


class Stage:
    """The product without platforms: its store, its due work and its delivery, on a clock that only we move."""

    def __init__(self, store: SqlStore, community: Community, start: datetime) -> None:
        self.store = store
        self.community = community
        self.clock = DevClock(start)
        self._wakeups = Wakeups(store, self.clock)
        self.delivery = Delivery(store, self.clock, {})

    async def until(self, to: datetime) -> None:
        """Lets time pass, and everything that falls due on the way happen in its order."""
        await self._settle()
        while (following := await self.store.next_instant(self.clock.now())) is not None and following <= to:
            self.clock.move(following)
            await self._settle()
        self.clock.move(to)

    async def _settle(self) -> None:
        while True:
            done = await self._wakeups.do_all_due()
            await self.delivery.drain()
            if not done:
                return

    async def press(self, person: Person, event_id: str, action: str, data: Mapping[str, Json]) -> None:
        """The person presses the button of a form; raises RefusedError when the form comes back."""
        event = Event(event_id, _IN_CHAT, action=action, data=data)
        came = (await answer(self.store, self.community.key, person.key, event, self.clock.now())).card
        if came is None or came.inputs or came.plain:
            errors = [f"{field.label}: {field.error}" for field in came.inputs if field.error] if came else []
            raise RefusedError("; ".join(errors) or (came.title if came else "no answer"))


class RefusedError(RuntimeError):
    """The product did not accept what was checked before: a fault of ours."""


@asynccontextmanager
async def staged(community: Community, start: datetime) -> AsyncIterator[Stage]:
    with tempfile.TemporaryDirectory(prefix="samhandling-replay-") as folder, _quiet():
        store = SqlStore(f"sqlite+aiosqlite:///{Path(folder, 'replay.db').as_posix()}", [community])
        try:
            await store.open()
            async with store.begin(community.key) as work:
                await people.sync(work, start)
            stage = Stage(store, community, start)
            store.after_commit = stage.delivery.wake
            sending = asyncio.create_task(stage.delivery.run())
            try:
                yield stage
            finally:
                await stage.delivery.stop()
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)
        finally:
            await store.close()


@contextmanager
def _quiet() -> Iterator[None]:
    """Faults are logged, the daily business of hundreds of messages is not."""
    known = structlog.get_config()
    loud_enough = structlog.make_filtering_bound_logger(logging.ERROR)
    structlog.configure(**{**known, "wrapper_class": loud_enough, "cache_logger_on_first_use": False})
    try:
        yield
    finally:
        structlog.configure(**known)
