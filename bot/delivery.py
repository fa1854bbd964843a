"""Delivery: claims messages, has them sent outside any transaction, and settles what came of them.

One message of a recipient is under way at a time, so their order holds and a slow one delays nobody else. A community
has only so many under way: a flood of its reminders leaves room for the others, and for what is urgent.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from bot import draining
from bot.clock import steady
from bot.letters import PostOffice
from bot.outbound import DEPARTURE, Departure, OutboundChannel
from bot.platforms import Platforms
from bot.sending import Counts, Sender
from services import trace
from services.messages import Envelope
from services.ports import Clock, UnavailableError
from storage.store import Order, Settled, SqlStore

log = structlog.get_logger()

AT_ONCE = 256
"""Messages under way at the same time."""
OF_A_COMMUNITY = 64
FEW = 16
"""With room for fewer, others than urgent ones wait: looking through a flood for each single one takes time."""
BESIDE = 16
"""As many more of a community when they are urgent."""
RENEWALS = 3
"""How often, within the length of a lease, others are told that what is under way here still is."""
SETTLE_AGAIN, LONGEST_UNSETTLED = 0.5, 30.0
"""Seconds until results are written once more that could not be: at first, and after many tries in vain."""
GONE = 1.0
"""Seconds between looks while the database cannot be used."""
LOOK_EVERY = 1.0
"""Seconds after which to look for what other processes have left, where there may be others."""


@dataclass(frozen=True, slots=True)
class UnderWay:
    envelope: Envelope
    departure: Departure = field(default_factory=Departure)


class Delivery:
    def __init__(
        self,
        store: SqlStore,
        clock: Clock,
        channels: Mapping[str, OutboundChannel],
        post_office: PostOffice | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._sender = Sender(store, clock, channels, post_office)
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._under_way: dict[asyncio.Task[None], UnderWay] = {}
        self._results: list[Settled] = []
        self._settling = asyncio.Lock()
        self._claiming = asyncio.Lock()
        self._stopping = False
        self._stopped = asyncio.Event()

    @property
    def counts(self) -> Counts:
        return self._sender.counts

    @property
    def platforms(self) -> Platforms:
        return self._sender.platforms

    def wake(self) -> None:
        """There may be something to send."""
        self._wake.set()

    async def run(self) -> None:
        """Sends until it is stopped."""
        holding = asyncio.create_task(self._hold())
        try:
            while not self._stopping:
                await self._look()
            await self._stopped.wait()
        finally:
            holding.cancel()

    async def _look(self) -> None:
        """Starts what may be started, then waits until it is worth looking again."""
        self._wake.clear()
        async with self._claiming:
            if self._stopping:
                return
            pause = await self._pumped()
        if pause is None and not self._under_way and not self._wake.is_set():
            self._idle.set()
        if self._store.is_shared:
            pause = min(pause or LOOK_EVERY, LOOK_EVERY)
        try:
            await asyncio.wait_for(self._wake.wait(), pause)
        except TimeoutError:
            return

    async def _pumped(self) -> float | None:
        if self._store.availability.why is not None:
            return GONE  # nothing can be claimed, so nothing is sent
        try:
            return await self._pump()
        except UnavailableError:
            return GONE
        except Exception:
            log.exception("delivery_stumbled")
            return 1.0

    async def _hold(self) -> None:
        """Renews the leases of what is under way, and takes over what a process that died has left."""
        while True:
            await asyncio.sleep(self._store.lease.total_seconds() / RENEWALS)
            try:
                if await self._store.renew([one.envelope.id for one in self._under_way.values()]):
                    self.wake()
            except UnavailableError:
                continue  # held again as soon as it is back, if nobody else has taken it over by then
            except Exception:
                log.exception("leases_not_renewed")

    async def _pump(self) -> float | None:
        """Starts what may be started; seconds until it is worth looking again, None if only a wake can change it."""
        now, real = self._clock.now(), steady()
        busy = Counter(one.envelope.community for one in self._under_way.values())
        taken = False
        for community in await self._store.with_something_due(now):
            room = min(OF_A_COMMUNITY - busy[community], AT_ONCE - len(self._under_way))
            urgent_only = room < FEW
            room = OF_A_COMMUNITY + BESIDE - busy[community] if urgent_only else room
            if room <= 0:
                continue
            for envelope in await self._store.claim(Order(community, now, real, room, urgent_only)):
                self._start(envelope)
                taken = True
        return None if taken else await self._pause()

    async def _pause(self) -> float | None:
        retry_at = await self._store.next_retry(self._clock.now())
        if retry_at is None:
            return None
        return max(0.02, (retry_at - steady()).total_seconds())

    def _start(self, envelope: Envelope) -> None:
        one = UnderWay(envelope)
        task = asyncio.create_task(self._deliver(one))
        self._under_way[task] = one
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        envelope = self._under_way.pop(task).envelope
        if not task.cancelled() and (error := task.exception()):
            log.error("delivery_failed", message=envelope.id, error=type(error).__name__)
        self.wake()

    async def _deliver(self, one: UnderWay) -> None:
        DEPARTURE.set(one.departure)
        with trace.begun(one.envelope.trace):
            result = await self._sender.deliver(one.envelope)
        # Results that come while one batch is written go together into the next.
        self._results.append(result)
        pause = SETTLE_AGAIN
        async with self._settling:
            while self._results:
                batch = [*self._results]
                # What was sent must not be forgotten: it would be sent again.
                if await self._settled(batch):
                    del self._results[: len(batch)]
                else:
                    await asyncio.sleep(pause)
                    pause = SETTLE_AGAIN if self._store.availability.why else min(LONGEST_UNSETTLED, pause * 2)

    async def _settled(self, batch: Sequence[Settled]) -> bool:
        try:
            await self._store.settle(batch)
        except UnavailableError:
            return False
        except Exception:
            log.exception("delivery_unsettled", messages=len(batch))
            return False
        return True

    async def drain(self) -> None:
        """Returns when nothing that is due is unsettled; waits for retries, and for what other processes have.

        When it is stopped meanwhile it returns with what has been settled by then.
        """
        while not self._stopping:
            self._idle.clear()
            self.wake()
            await self._idle.wait()
            if not await self._store.waiting(self._clock.now()):
                return
            await asyncio.sleep(0.02)

    async def stop(self, by: float | None = None) -> None:
        """Claims nothing more, and lets what has left for its platform come to its end, until `by` on the loop's clock.

        The rest is given back: whoever comes next may claim it at once.
        """
        self._stopping = True
        self.wake()
        by = draining.moment() if by is None else by
        with suppress(TimeoutError):
            async with asyncio.timeout_at(by), self._claiming:
                pass  # a claim that had begun has become tasks
        for task, one in self._under_way.items():
            if not one.departure.begun:
                task.cancel()
        await draining.until(by, [*self._under_way])
        await self._give_back()
        self._idle.set()
        self._stopped.set()

    async def _give_back(self) -> None:
        """What came of what was sent is written down, and what is not sent is free for others."""
        try:
            async with asyncio.timeout(draining.LAST_WORD):
                await self._store.settle(self._results)
                if given := await self._store.give_back():
                    log.info("given_back", messages=given)
        except Exception:
            # Others may take it when the lease has run out.
            log.exception("not_given_back")
