"""Delivery: claims messages, draws them, sends them outside any transaction, and settles what came of it.

One message of a recipient is under way at a time, so their order holds and a slow one delays nobody else.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog

from bot.outbound import DeliveryError, OutboundChannel, RefusedError, RetryLaterError, UnreachableError
from dialogs.card import Card
from dialogs.router import draw
from domain.community import Role
from domain.working_time import next_permitted
from services.audience import BOARD, with_role
from services.messages import Address, Envelope, Message, Recipient
from services.ports import Clock, Member, Work
from storage.outbox import POINTLESS
from storage.store import Settled, SqlStore

log = structlog.get_logger()

AT_ONCE = 64
"""Messages under way at the same time."""
MOST_ATTEMPTS = 12
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=1), timedelta(minutes=5)
WEB = Address("web")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A claimed message, drawn, and where it may go, the first to be tried first."""

    card: Card
    addresses: tuple[Address, ...]


@dataclass
class Counts:
    sent: int = 0
    failed: int = 0
    retried: int = 0
    throttled: int = 0
    dropped: int = 0


@dataclass
class _UnderWay:
    recipients: set[str] = field(default_factory=set)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)


class Delivery:
    def __init__(self, store: SqlStore, clock: Clock, channels: Mapping[str, OutboundChannel]) -> None:
        self._store = store
        self._clock = clock
        self._channels = channels
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._under_way = _UnderWay()
        self._results: list[Settled] = []
        self._settling = asyncio.Lock()
        self._claiming = asyncio.Lock()
        self._stopping = False
        self.counts = Counts()

    def wake(self) -> None:
        """There may be something to send."""
        self._wake.set()

    async def run(self) -> None:
        """Sends until it is stopped."""
        while True:
            self._wake.clear()
            async with self._claiming:
                if self._stopping:
                    return
                try:
                    pause = await self._pump()
                except Exception:
                    log.exception("delivery_stumbled")
                    pause = 1.0
            if pause is None and not self._under_way.tasks and not self._wake.is_set():
                self._idle.set()
            try:
                await asyncio.wait_for(self._wake.wait(), pause)
            except TimeoutError:
                continue

    async def _pump(self) -> float | None:
        """Starts what may be started; seconds until it is worth looking again, None if only a wake can change it."""
        room = AT_ONCE - len(self._under_way.tasks)
        if room <= 0:
            return None
        taken = await self._store.claim(self._under_way.recipients, self._clock.now(), datetime.now(UTC), room)
        for envelope in taken:
            self._start(envelope)
        if taken:
            return None
        return await self._pause()

    async def _pause(self) -> float | None:
        retry_at = await self._store.next_retry(self._clock.now())
        if retry_at is None:
            return None
        return max(0.02, (retry_at - datetime.now(UTC)).total_seconds())

    def _start(self, envelope: Envelope) -> None:
        recipient = f"{envelope.community}/{envelope.message.to}"
        self._under_way.recipients.add(recipient)
        task = asyncio.create_task(self._deliver(envelope))
        self._under_way.tasks.add(task)

        def done(task: asyncio.Task[None]) -> None:
            self._under_way.tasks.discard(task)
            self._under_way.recipients.discard(recipient)
            if not task.cancelled() and (error := task.exception()):
                log.error("delivery_failed", message=envelope.id, error=type(error).__name__)
            self.wake()

        task.add_done_callback(done)

    async def _deliver(self, envelope: Envelope) -> None:
        try:
            result = await self._attempt(envelope)
        except Exception as exc:
            # A fault of our own must not lose the message, nor stop the others.
            log.exception("delivery_error", message=envelope.id, template=envelope.message.template)
            result = self._later(envelope, RetryLaterError(type(exc).__name__))
        await self._settle(result)

    async def _attempt(self, envelope: Envelope) -> Settled:
        message, now = envelope.message, self._clock.now()
        if message.expires_at is not None and now >= message.expires_at:
            return self._dropped(envelope, "stale")
        async with self._store.read(envelope.community) as work:
            if message.quiet:
                later = next_permitted(now, work.community.quiet_hours, work.community.zone)
                if later > now:
                    return Settled(envelope.id, "pending", not_before=later)
            drawn = await self._draw(work, envelope, now)
        if drawn is None:
            return self._dropped(envelope, POINTLESS)
        if envelope.replaces is not None:
            return await self._update(envelope, drawn.card, envelope.replaces)
        return await self._send(envelope, drawn)

    async def _draw(self, work: Work, envelope: Envelope, now: datetime) -> Drawn | None:
        to = envelope.message.to
        member = await work.people.get(to.person) if to.person else None
        if to.person and (member is None or not member.active):
            return None
        first = envelope.replaces is None
        card = await draw(work, envelope.message.template, envelope.message.params, member, now, first=first)
        if card is None:
            return None
        addresses = await self._person_addresses(work, member) if member else await self._channel_address(work, to)
        return Drawn(card, addresses) if addresses else None

    async def _person_addresses(self, work: Work, member: Member) -> tuple[Address, ...]:
        """Where the person is known, the web last: a message always lies there."""
        known = [a for a in await work.people.addresses(member.person.key) if a.channel in self._channels]
        return (*known, WEB)

    async def _channel_address(self, work: Work, to: Recipient) -> tuple[Address, ...]:
        if to.channel == BOARD:
            return (WEB,)
        link = await work.links.get(to.channel or "")
        return (link.address,) if link and link.address.channel in self._channels else ()

    async def _send(self, envelope: Envelope, drawn: Drawn) -> Settled:
        refused: list[Address] = []
        for address in drawn.addresses:
            if address == WEB:
                break
            try:
                at = await self._channels[address.channel].send(drawn.card, address)
            except UnreachableError as exc:
                log.warning("unreachable", message=envelope.id, channel=address.channel, reason=str(exc))
                refused.append(address)
                continue
            except RetryLaterError as exc:
                return self._later(envelope, exc)
            except RefusedError as exc:
                return self._failed(envelope, str(exc))
            if at.conversation != address.conversation:
                await self._remember(envelope, address, at)
            return self._sent(envelope, at)
        if WEB not in drawn.addresses:
            return self._failed(envelope, "unreachable")
        if refused:
            await self._tell_unreachable(envelope)
        return self._sent(envelope, WEB)

    async def _update(self, envelope: Envelope, card: Card, at: Address) -> Settled:
        if at.channel not in self._channels:
            return self._dropped(envelope, "web")
        try:
            await self._channels[at.channel].update(card, at)
        except RetryLaterError as exc:
            return self._later(envelope, exc)
        except DeliveryError as exc:
            return self._dropped(envelope, str(exc))
        return self._sent(envelope, at)

    async def _remember(self, envelope: Envelope, known: Address, at: Address) -> None:
        if envelope.message.to.person:
            async with self._store.begin(envelope.community) as work:
                await work.people.moved(envelope.message.to.person, known, at)

    async def _tell_unreachable(self, envelope: Envelope) -> None:
        """The coordinator hears of it once a week for each person, not at every message."""
        person = envelope.message.to.person
        week = self._clock.now().strftime("%G-%V")
        async with self._store.begin(envelope.community) as work:
            await work.outbox.put(
                *(
                    Message(
                        key=f"unreachable:{person}:{week}:{coordinator.key}",
                        to=Recipient(person=coordinator.key),
                        template="people.unreachable",
                        params={"person": person},
                        quiet=True,
                    )
                    for coordinator in await with_role(work, Role.COORDINATOR)
                    if coordinator.key != person
                ),
                now=self._clock.now(),
            )

    # What came of it

    def _sent(self, envelope: Envelope, at: Address) -> Settled:
        self.counts.sent += 1
        log.info("delivered", message=envelope.id, channel=at.channel, attempt=envelope.attempts + 1)
        return Settled(envelope.id, "sent", sent_at=self._clock.now(), address=at)

    def _dropped(self, envelope: Envelope, reason: str) -> Settled:
        self.counts.dropped += 1
        log.info("dropped", message=envelope.id, reason=reason)
        return Settled(envelope.id, "dropped", reason)

    def _failed(self, envelope: Envelope, reason: str) -> Settled:
        self.counts.failed += 1
        log.error("parked", message=envelope.id, reason=reason, attempts=envelope.attempts + 1)
        return Settled(envelope.id, "failed", reason)

    def _later(self, envelope: Envelope, error: RetryLaterError) -> Settled:
        if envelope.attempts + 1 >= MOST_ATTEMPTS:
            return self._failed(envelope, str(error))
        self.counts.retried += 1
        self.counts.throttled += error.throttled
        pause = max(backoff(envelope.attempts), error.after or timedelta(0))
        log.info("retry", message=envelope.id, reason=str(error), seconds=round(pause.total_seconds(), 1))
        return Settled(envelope.id, "pending", str(error), retry_at=datetime.now(UTC) + pause)

    async def _settle(self, result: Settled) -> None:
        # Results that come while one batch is written go together into the next.
        self._results.append(result)
        async with self._settling:
            if self._results:
                batch, self._results = self._results, []
                await self._store.settle(batch)

    async def drain(self) -> None:
        """Returns when nothing that is due is unsettled; waits for retries."""
        while True:
            self._idle.clear()
            self.wake()
            await self._idle.wait()
            if not await self._store.waiting(self._clock.now()):
                return

    async def stop(self) -> None:
        """Claims nothing more, and lets what is under way come to its end."""
        self._stopping = True
        self.wake()
        async with self._claiming:
            pass  # a claim that had begun has become tasks
        if self._under_way.tasks:
            await asyncio.wait(self._under_way.tasks, timeout=8)


def backoff(attempts: int) -> timedelta:
    """Exponential, with full jitter above half, so that many do not come back at once."""
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * int(2**attempts))
    return pause * random.uniform(0.5, 1.0)  # noqa: S311 - spreading, not secrecy
