"""Puts the product together: the one place that chooses implementations."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import IO, TYPE_CHECKING

import aiohttp
import structlog
from aiohttp import web

from bot import draining, guide
from bot.addresses import Addresses
from bot.api import Api
from bot.calendar_routes import CalendarRoutes
from bot.channels.mail import Mail, MailServer
from bot.channels.slack.wiring import Around, Slack
from bot.channels.teams.authentication import Authentication, LocalAuthentication
from bot.channels.teams.connector import Connector
from bot.channels.teams.inbound import TeamsInbound
from bot.channels.teams.service_urls import is_loopback, loopback_files, microsofts, microsofts_files
from bot.channels.teams.tokens import TOKEN_URL, Tokens
from bot.channels.web import WebChannel
from bot.clock import DevClock, RealClock
from bot.clock_watch import ClockWatch
from bot.delivery import Delivery
from bot.document_routes import DocumentRoutes
from bot.doorkeeper import Doorkeeper, usual_room
from bot.downloads import Downloads
from bot.http import application
from bot.letters import PostOffice
from bot.limits import Limits, OwnLimits
from bot.metrics import Meters
from bot.one_clock import OneClock
from bot.outage import Outage
from bot.outbound import OutboundChannel
from bot.pacing import Pace
from bot.pictures import Pictures
from bot.plan.dropped import PlanFiles
from bot.settings import Settings, sqlite_file
from bot.sign_in_letters import SignInLetters
from bot.single import take
from bot.wakeups import Wakeups
from bot.ways_in import WaysIn
from bot.workshop import Workshop
from domain.community import Community
from services import deadlines, holidays, meeting_plan, people
from services.ports import UnavailableError
from storage.store import SqlStore

if TYPE_CHECKING:
    from bot.channels.teams.signing_keys import SigningKeys

log = structlog.get_logger()

DEV_SENDER = "Samhandlingsbot <samhandlingsbot@localhost.localdomain>"
"""Who letters are from under `--dev`, where no sender is given."""

LONGEST_SETTLING = 15 * 60
"""Seconds that moving the development clock waits for retries."""
FOLLOW_EVERY = 0.2
"""Seconds between looks at where another process has moved the development clock to."""


DAY = timedelta(days=1)
SWEEP_AFTER_START = 60
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Moved:
    sent: int
    pending: int
    failed: int


class Product:
    """The running product: its parts, their start and end, and under `--dev` its clock."""

    def __init__(
        self, settings: Settings, communities: Sequence[Community], *, dev: bool, now: datetime | None = None
    ) -> None:
        self.settings = settings
        self.dev = dev
        self.clock: RealClock | DevClock = DevClock(now.astimezone(UTC) if now else None) if dev else RealClock()
        self.store = SqlStore(settings.database_url, communities, timedelta(seconds=settings.lease_seconds))
        self.teams_on = dev or settings.teams_configured()
        self.slack_on = settings.slack_configured(dev=dev)
        self.key = (settings.secret_key or (secrets.token_hex(32) if dev else "")).encode()
        self.addresses = Addresses(self.key, settings.public_url)
        self.ways = WaysIn(self.key, self.addresses, self.store)
        self.mail_on = settings.mail_configured(dev=dev)
        self.limits: Limits = self.store.limits or OwnLimits()
        self._sign_in_letters: SignInLetters | None = None
        self.workshop = Workshop()
        self.plan_files = PlanFiles(self.store, self.clock, self.workshop)
        self.stopping = False
        self._moving = asyncio.Lock()
        self._moved_to: datetime | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self.teams: TeamsInbound | None = None
        self.slack: Slack | None = None
        self._permits = is_loopback if dev else microsofts(settings.teams_service_url)
        self.delivery: Delivery
        self._held: IO[str] | None = None
        self._swept_at = self.clock.now()
        self.meters = Meters()
        self.door = Doorkeeper(settings.most_connections or usual_room())
        self.one_clock = OneClock(self.store, self.catch_up, self._answered)
        self.wakeups = Wakeups(self.store, self.clock, self.meters.done_late)
        self.clock_watch = ClockWatch(self._clock_was_set)
        self._asked_of_platforms: dict[str, Tokens | SigningKeys] = {}

    async def start(self) -> web.Application:
        """Opens the store, starts delivery and wake-ups, and gives the web application.

        Raises InUseError when another process has the SQLite database.
        """
        file = sqlite_file(self.settings)
        self._held = take(file) if file else None
        await self.store.open()
        if self.store.is_shared:
            await self.catch_up()
        for key in self.store.communities:
            async with self.store.begin(key) as work:
                await people.sync(work, self.clock.now())
                # Offsets may have changed in the community file since the meetings were stored.
                await deadlines.plan_mornings(work, await meeting_plan.standing(work))
                await holidays.sync(work, self.clock.now())
        if self.clock.ticks:
            await self._bring_back()
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=200))
        self._pictures = Pictures(self.store, self.clock, self.addresses, self.workshop)
        channels: dict[str, OutboundChannel] = {}
        if self.teams_on:
            connector = self._connector()
            channels[connector.name] = connector
            downloads = Downloads(self._session, loopback_files if self.dev else microsofts_files)
            authentication = self._authentication()
            self.teams = TeamsInbound(self.store, self.clock, connector, authentication, self.plan_files, downloads)
        if self.slack_on:
            around = Around(
                store=self.store,
                installations=self.store,
                clock=self.clock,
                session=self._session,
                addresses=self.addresses,
                pictures=self._pictures.content,
                key=self.key,
                turns=self.store.turns,
                limits=self.limits,
                plan_files=self.plan_files,
            )
            self.slack = Slack(self.settings, around)
            channels[self.slack.outbound.name] = self.slack.outbound
        self.delivery = Delivery(self.store, self.clock, channels, self._post_office())
        self.store.after_commit = self.delivery.wake
        self._tasks.append(asyncio.create_task(self.delivery.run()))
        self._tasks.append(asyncio.create_task(self.meters.watch_the_loop()))
        self._tasks.append(asyncio.create_task(self.clock_watch.run()))
        self._tasks.append(asyncio.create_task(Outage(self.store).watch()))
        self._tasks.append(asyncio.create_task(self._keep_no_longer()))
        if self.dev and self.store.is_shared:
            self._tasks.append(asyncio.create_task(self._follow_the_clock()))
        self.wakeups.start()
        self.delivery.wake()
        return self._application()

    def listens_at(self, url: str) -> None:
        """Under `--dev` this is where the product is reached, unless the settings say otherwise."""
        if self.dev and not self.settings.public_url:
            self.addresses.public_url = url

    async def rest(self, by: float) -> None:
        """Takes nothing more up, and lets what is due and what is being sent come to its end until then."""
        self.stopping = True
        await asyncio.gather(self.wakeups.stop(by), self.delivery.stop(by))

    async def stop(self, by: float | None = None) -> None:
        """Lets what is under way come to its end, until `by` on the loop's clock, lets go of the rest, and closes."""
        by = draining.moment() if by is None else by
        await self.rest(by)
        with suppress(TimeoutError):
            async with asyncio.timeout_at(by):
                await self._answered()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.one_clock.stop()
        await self.workshop.stop()
        await self._session.close()
        await self.store.close()
        if self._held is not None:
            self._held.close()

    async def move(self, to: datetime) -> Moved | None:
        """Moves the development clock forward and does on the way, in order, what falls due.

        None: it would go back. The instant that it was moved to last is allowed again, and settles what is under way.
        Raises StoppingError when the process is told to stop before it is there.
        """
        if not isinstance(self.clock, DevClock):
            raise TypeError("only the development clock can be moved")
        async with self._moving, self.store.moving_dev_clock():
            if self.store.is_shared:
                await self.catch_up()
            if to < self.clock.now() and to != self._moved_to:
                return None
            self._moved_to = to
            before = await self._tried()
            try:
                await asyncio.wait_for(self._move(self.clock, to), LONGEST_SETTLING)
            except TimeoutError:
                log.warning("clock_moved_unsettled")
                await self._set(self.clock, to)
            after = await self._tried()
            moved = Moved(
                max(0, after[0] - before[0]), await self.store.waiting(self.clock.now()), max(0, after[1] - before[1])
            )
            if self.clock.now() - self._swept_at >= DAY:
                await self._sweep()
            return moved

    async def _tried(self) -> tuple[int, int]:
        """How many messages went out and how many were given up until now, by whichever process."""
        counts = self.delivery.counts
        return await self.store.tried() if self.store.is_shared else (counts.sent, counts.failed)

    async def _move(self, clock: DevClock, to: datetime) -> None:
        await self._settle()
        while (following := await self.store.next_instant(clock.now())) is not None and following <= to:
            await self._set(clock, following)
            await self._settle()
        if clock.now() < to:
            await self._set(clock, to)
            await self._settle()

    async def _set(self, clock: DevClock, to: datetime) -> None:
        clock.move(to)
        if self.store.is_shared:
            await self.store.set_dev_clock(to)

    async def _clock_was_set(self, seconds: float) -> None:
        self.wakeups.clock_was_set()
        if seconds < 0:
            await self._bring_back()
        self.delivery.wake()

    async def _bring_back(self) -> None:
        """What was to go out at once before the clock was set back does not wait until it shows that time again."""
        if brought := await self.store.bring_back(self.clock.now()):
            log.info("brought_back", messages=brought)

    async def catch_up(self) -> None:
        """Under `--dev` several processes that share a database have one clock, whichever of them moves it."""
        if isinstance(self.clock, DevClock) and (at := await self.store.dev_clock()) is not None:
            self.clock.move(at)

    async def _follow_the_clock(self) -> None:
        while True:
            await asyncio.sleep(FOLLOW_EVERY)
            with suppress(Exception):  # the database is out of reach: the next request says so
                before = self.clock.now()
                await self.catch_up()
                if self.clock.now() > before:
                    self.delivery.wake()

    async def _settle(self) -> None:
        """Everything accepted is answered, everything due is done, everything to be sent was tried."""
        while True:
            await self._answered()
            if self.store.is_shared:
                await self.store.all_have_answered()
            done = await self.wakeups.do_all_due()
            await self.delivery.drain()
            if self.stopping:
                raise draining.StoppingError
            if not done:
                return

    async def _answered(self) -> None:
        """Everything that the platforms have handed over is answered."""
        if self.teams is not None:
            await self.teams.settled()
        if self.slack is not None:
            await self.slack.settled()
        if self._sign_in_letters is not None:
            await self._sign_in_letters.settled()

    async def next_happening(self) -> datetime | None:
        return await self.store.next_instant(self.clock.now())

    async def _keep_no_longer(self) -> None:
        """Once a day takes away what the communities keep no longer; not while the start has enough to do."""
        await asyncio.sleep(SWEEP_AFTER_START)
        while True:
            await self._sweep()
            await asyncio.sleep(DAY.total_seconds())

    async def _sweep(self) -> None:
        self._swept_at = now = self.clock.now()
        for key, community in self.store.communities.items():
            try:
                touched = await self.store.sweep(key, now - timedelta(days=community.keep_texts_days))
                log.info("swept", community=key, rows=touched)
            except UnavailableError:
                log.warning("not_swept", community=key)  # what is due then is taken away the next time
            except Exception:
                log.exception("sweep_failed", community=key)

    @property
    def turns(self) -> int:
        """Messages and presses that were answered since the start."""
        return sum(channel.turns for channel in (self.teams, self.slack) if channel is not None)

    def out_of_order(self) -> list[str]:
        """What of the platforms does not work at the moment though it was tried, and whether the clock was set."""
        failing = [name for name, source in self._asked_of_platforms.items() if source.failing]
        silent = [f"{platform}_down" for platform in self.delivery.platforms.down()]
        return [*failing, *silent, *["clock"] * self.clock_watch.leapt_lately]

    def _connector(self) -> Connector:
        s = self.settings
        tenant = s.teams_tenant_id if s.teams_app_type == "SingleTenant" else "botframework.com"
        url = s.teams_token_url or TOKEN_URL.format(tenant=tenant)
        tokens = Tokens(self._session, url, s.teams_app_id, s.teams_app_password)
        self._asked_of_platforms["teams_token"] = tokens
        pace = Pace(s.teams_rps, s.conversation_limits, self.store.turns, Connector.name)
        return Connector(
            self._session, tokens, pace, s.teams_app_id, s.teams_service_url, self.addresses.url, self._permits
        )

    def _post_office(self) -> PostOffice | None:
        """Starts what writes letters to those who sign in, too."""
        if not self.mail_on:
            return None
        sender = self.settings.mail_from or DEV_SENDER
        server = MailServer(self.settings.smtp_url, sender.rpartition("@")[2].strip("> "))
        mail = Mail(server, sender, self.addresses.url)
        self._sign_in_letters = SignInLetters(self.store, self.clock, mail, self.ways, self.limits)
        self._tasks.append(asyncio.create_task(self._sign_in_letters.run()))
        return PostOffice(mail, self.ways, self.clock)

    def _authentication(self) -> Authentication:
        if self.dev:
            return LocalAuthentication()
        # The SDK takes 15 MB: where nobody is asked for a token it has no use.
        from bot.channels.teams.signed_token import METADATA_URL, BotFrameworkAuthentication
        from bot.channels.teams.signing_keys import SigningKeys

        keys = SigningKeys(self._session, self.settings.teams_openid_metadata_url or METADATA_URL)
        self._asked_of_platforms["teams_keys"] = keys
        return BotFrameworkAuthentication(
            self.settings.teams_app_id, self.settings.allowed_tenants, keys, self._permits
        )

    def _application(self) -> web.Application:
        api = Api(self.store, self.clock, self.settings.api_token, is_open=self.dev)
        parts = [guide.routes(), self._pictures.routes()]
        parts.append(CalendarRoutes(self.store, self.clock, self.addresses).routes())
        parts += [channel.routes() for channel in (self.teams, self.slack) if channel is not None]
        if self.key:
            documents = DocumentRoutes(self.store, self.clock, self.addresses, self.workshop, self.settings.templates)
            parts.append(documents.routes())
            page = WebChannel(
                self.store,
                self.clock,
                dev=self.dev,
                secret_key=self.key,
                committed=self._committed,
                demo=_Demo(self) if self.dev and not self.clock.ticks else None,
                secure_cookies=self.settings.public_url.startswith("https://"),
                resolve=self.addresses.path,
                ways=self.ways,
                ask_for_link=self._sign_in_letters.ask if self._sign_in_letters else None,
                plan_files=self.plan_files,
                limits=self.limits,
            )
            parts.append(page.routes())
        return application(self, api, parts)

    async def _committed(self) -> None:
        self.delivery.wake()


class _Demo:
    """What the demonstration page may do with the clock."""

    def __init__(self, product: Product) -> None:
        self._product = product

    def now(self) -> datetime:
        return self._product.clock.now()

    async def next_happening(self) -> datetime | None:
        return await self._product.next_happening()

    async def move(self, to: datetime) -> None:
        await self._product.move(to)
