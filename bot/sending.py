"""One claimed message: drawn as things stand, sent where its recipient is reached, and what came of it."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.clock import steady
from bot.letters import PostOffice, where
from bot.outbound import DeliveryError, Letter, OutboundChannel, RefusedError, RetryLaterError, UnreachableError
from bot.platforms import OURSELVES, News, Platforms
from dialogs.card import Card
from dialogs.letters import tells_again
from dialogs.router import draw
from dialogs.turn import REPLY
from domain.working_time import next_permitted
from services import platform_outages, reach, reminders
from services.audience import BOARD
from services.deliveries import FAULT, POINTLESS, STALE, UNREACHABLE
from services.messages import Address, Envelope, Recipient
from services.ports import Clock, Member, UnavailableError, Work
from services.reach import MAIL
from storage.store import Settled, SqlStore

log = structlog.get_logger()

MOST_ATTEMPTS = 10
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=1), timedelta(minutes=5)
WEB = Address("web")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A claimed message, drawn, and where it may go, the first to be tried first.

    `refused` are those of them where the person could not be reached when it was last tried.
    """

    card: Card
    addresses: tuple[Address, ...]
    refused: Collection[Address] = ()
    letter: Letter | None = None


@dataclass
class Counts:
    sent: int = 0
    failed: int = 0
    retried: int = 0
    throttled: int = 0
    dropped: int = 0


class Sender:
    def __init__(
        self,
        store: SqlStore,
        clock: Clock,
        channels: Mapping[str, OutboundChannel],
        post_office: PostOffice | None = None,
    ) -> None:
        self._store = store
        self._post_office = post_office
        self._clock = clock
        self._channels = channels
        self.counts = Counts()
        names = [*channels, *([MAIL] if post_office is not None else [])]
        self.platforms = Platforms(store.communities, names)

    async def deliver(self, envelope: Envelope) -> Settled:
        """Tries it once; what is to be kept of it."""
        settled = await self._tried(envelope)
        for news in self.platforms.news(self._clock.now()):
            await self._tell(news)
        return settled

    async def _tried(self, envelope: Envelope) -> Settled:
        try:
            return await self._attempt(envelope)
        except UnavailableError as exc:
            # Gone between the claim and the drawing. Nothing was sent, and no platform is to blame.
            self.counts.retried += 1
            return Settled(envelope.id, "pending", str(exc), retry_at=steady() + FIRST_PAUSE)
        except Exception as exc:
            # A fault of our own must not lose the message, nor stop the others.
            log.exception("delivery_error", message=envelope.id, template=envelope.message.template)
            return self._later(envelope, RetryLaterError(f"{FAULT}{type(exc).__name__}"), OURSELVES)

    async def _tell(self, news: News) -> None:
        try:
            if news.since is None:
                async with self._store.read(news.community) as work:
                    if news.platform not in await platform_outages.lasting(work):
                        return
            async with self._store.begin(news.community) as work:
                if news.since is None:
                    await platform_outages.over(work, news.platform, self._clock.now())
                else:
                    await platform_outages.began(work, news.platform, news.since, self._clock.now())
        except Exception as exc:
            # What was sent is sent all the same.
            log.warning("outage_not_told", platform=news.platform, error=type(exc).__name__)
            self.platforms.not_told(news)

    async def _attempt(self, envelope: Envelope) -> Settled:
        message, now = envelope.message, self._clock.now()
        if message.expires_at is not None and now >= message.expires_at:
            return self._dropped(envelope, STALE)
        async with self._store.read(envelope.community) as work:
            if await reminders.is_overtaken(work, envelope, now):
                return self._dropped(envelope, STALE)
            if message.quiet:
                later = next_permitted(now, work.community.quiet_hours, work.community.zone)
                if later > now:
                    return Settled(envelope.id, "pending", not_before=later)
            drawn = await self._draw(work, envelope, now)
        if drawn is None:
            return self._dropped(envelope, POINTLESS)
        if envelope.replaces is not None:
            return await self._update(envelope, drawn, envelope.replaces)
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
        if member is not None:
            letter = await self._letter(work, envelope, member, card)
            addresses = await self._person_addresses(work, envelope, member, letter)
            return Drawn(card, addresses, await work.people.refusing(member.person.key), letter)
        addresses = await self._channel_address(work, to)
        return Drawn(card, addresses) if addresses else None

    async def _letter(self, work: Work, envelope: Envelope, member: Member, card: Card) -> Letter | None:
        """What may go by e-mail; of what was redrawn only what must be known."""
        post_office, replaces = self._post_office, envelope.replaces
        if post_office is None or (replaces is not None and replaces.channel != MAIL):
            return None
        if replaces is not None and not await tells_again(work, envelope.message, card):
            return None
        return post_office.letter(work, envelope, member, card)

    async def _person_addresses(
        self, work: Work, envelope: Envelope, member: Member, letter: Letter | None
    ) -> tuple[Address, ...]:
        """Where they are known, by e-mail, and the web, where a message always lies; the one of their choice first.

        What answers a turn goes where the person wrote, and that is the one that was used last.
        """
        known = [a for a in await work.people.addresses(member.person.key) if a.channel in self._channels]
        everywhere = [*known, *([Address(MAIL, user=letter.to)] if letter else []), WEB]
        closed = platform_outages.closed_to(envelope.message)
        everywhere = [address for address in everywhere if address.channel != closed]
        answers = envelope.message.key.startswith(REPLY)
        return tuple(everywhere if answers else reach.in_order(member, everywhere))

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
                at = await self._hand_over(drawn, address)
            except UnreachableError as exc:
                log.warning("unreachable", message=envelope.id, channel=address.channel, reason=str(exc))
                refused.append(address)
                continue
            except RetryLaterError as exc:
                return self._later(envelope, exc, address.channel)
            except RefusedError as exc:
                return self._failed(envelope, str(exc))
            await self._note(envelope, drawn, refused, address, at)
            return self._sent(envelope, at)
        if WEB not in drawn.addresses:
            return self._failed(envelope, UNREACHABLE)
        await self._note(envelope, drawn, refused, WEB, WEB)
        return self._sent(envelope, WEB, UNREACHABLE if refused else None)

    async def _hand_over(self, drawn: Drawn, address: Address) -> Address:
        if self._post_office is not None and drawn.letter is not None and address.channel == MAIL:
            return await self._post_office.post(drawn.card, drawn.letter)
        return await self._channels[address.channel].send(drawn.card, address)

    async def _update(self, envelope: Envelope, drawn: Drawn, at: Address) -> Settled:
        if at.channel == MAIL:
            return await self._write_again(envelope, drawn)
        if at.channel not in self._channels:
            return self._dropped(envelope, "web")
        try:
            await self._channels[at.channel].update(drawn.card, at)
        except RetryLaterError as exc:
            return self._later(envelope, exc, at.channel)
        except DeliveryError as exc:
            return self._dropped(envelope, str(exc))
        return self._sent(envelope, at)

    async def _write_again(self, envelope: Envelope, drawn: Drawn) -> Settled:
        """Another letter in place of what cannot be drawn over; none that says what the last one said."""
        if drawn.letter is None or await self._store.has_sent(envelope.community, where(drawn.letter)):
            return self._dropped(envelope, MAIL)
        try:
            return self._sent(envelope, await self._hand_over(drawn, where(drawn.letter)))
        except RetryLaterError as exc:
            return self._later(envelope, exc, MAIL)
        except DeliveryError as exc:
            return self._dropped(envelope, str(exc))

    async def _note(
        self, envelope: Envelope, drawn: Drawn, refused: list[Address], known: Address, at: Address
    ) -> None:
        """Where the person was reached and where not, if that is another thing than before."""
        person = envelope.message.to.person
        news = [address for address in refused if address not in drawn.refused]
        begun = known.channel not in (MAIL, WEB.channel) and at.conversation != known.conversation
        if not person or not (news or begun or known in drawn.refused):
            return
        try:
            await self._keep(envelope, drawn, news, known, at, begun=begun)
        except Exception as exc:
            # It has been sent, and must not be once more. Where the person is reached is learned anew next time.
            log.warning("reach_not_kept", message=envelope.id, error=type(exc).__name__)

    async def _keep(
        self, envelope: Envelope, drawn: Drawn, news: list[Address], known: Address, at: Address, *, begun: bool
    ) -> None:
        person = envelope.message.to.person
        if person is None:
            return
        async with self._store.begin(envelope.community) as work:
            if begun:
                await work.people.moved(person, known, at)
            if known in drawn.refused:
                await work.people.reached(person, known)
            for address in news:
                await reach.lost(work, person, address, at.channel, self._clock.now())

    # What came of it

    def _sent(self, envelope: Envelope, at: Address, reason: str | None = None) -> Settled:
        self.counts.sent += 1
        if at != WEB:
            self.platforms.reached(at.channel)
        log.info("delivered", message=envelope.id, channel=at.channel, attempt=envelope.attempts + 1)
        return Settled(envelope.id, "sent", reason, sent_at=self._clock.now(), address=at)

    def _dropped(self, envelope: Envelope, reason: str) -> Settled:
        self.counts.dropped += 1
        log.info("dropped", message=envelope.id, reason=reason)
        return Settled(envelope.id, "dropped", reason)

    def _failed(self, envelope: Envelope, reason: str) -> Settled:
        self.counts.failed += 1
        log.error("parked", message=envelope.id, reason=reason, attempts=envelope.attempts + 1)
        return Settled(envelope.id, "failed", reason)

    def _later(self, envelope: Envelope, error: RetryLaterError, platform: str) -> Settled:
        self.platforms.refused(platform, envelope.community, envelope.message.to, self._clock.now())
        if envelope.attempts + 1 >= MOST_ATTEMPTS and not self.platforms.takes_nothing(platform):
            return self._failed(envelope, str(error))
        self.counts.retried += 1
        self.counts.throttled += error.throttled
        pause = max(backoff(envelope.attempts), error.after or timedelta(0))
        log.info("retry", message=envelope.id, reason=str(error), seconds=round(pause.total_seconds(), 1))
        return Settled(envelope.id, "pending", str(error), retry_at=steady() + pause)


def backoff(attempts: int) -> timedelta:
    """Exponential, with full jitter above half, so that many do not come back at once."""
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * int(2 ** min(attempts, 20)))
    return pause * random.uniform(0.5, 1.0)  # noqa: S311 - spreading, not secrecy
