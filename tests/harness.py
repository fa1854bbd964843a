"""The product as it runs, for tests from the outside: its web application on a loopback port, with a clock to move."""

from __future__ import annotations

import json
import pickle
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web, web_app

from bot.compose import Product
from bot.settings import Settings
from domain.community import Community
from domain.community_file import read_community
from tests import forked
from tests.engines import copy_in, sqlite_does_not_wait_for_the_disk
from tests.slack_double import SlackDouble
from tests.teams_double import Conversation, Message, TeamsChannel, TeamsDouble, TeamsPerson

sqlite_does_not_wait_for_the_disk()

ROOT = Path(__file__).parents[1]
START = "2023-11-23T09:00:00+01:00"
"""The Thursday before the winter period of 2023."""

FIRST_PERIOD = {"reason": "innstrom,bemanning", "level": "yellow", "first_meeting": "2023-11-28", "until": "2024-01-23"}
"""The winter period of 2023–24, as the coordinator fills the form in."""

Json = dict[str, Any]


@lru_cache
def vestfold() -> Community:
    return read_community((ROOT / "examples/vestfold/community.yaml").read_text(encoding="utf-8"))


class Running:
    """A running product, reached as others reach it: by HTTP."""

    def __init__(self, product: Product, url: str, session: aiohttp.ClientSession, app: web.Application) -> None:
        self._stands_at = ""
        self.app = app
        self.product = product
        self.url = url
        self.session = session

    async def clock_to(self, now: str) -> Json:
        """Moves the development clock; the answer when everything on the way has been done."""
        status, answer = await self.post("/dev/clock", {"now": now})
        assert status == 200, answer
        found: Json = answer
        self._stands_at = found["now"]
        return found

    async def now(self) -> str:
        _, answer = await self.get("/dev/clock")
        return str(answer["now"])

    async def settle(self) -> Json:
        """Waits until everything accepted has been answered, and everything to be sent was tried."""
        if self._stands_at and not self.product.clock.ticks:
            return await self.clock_to(self._stands_at)
        return await self.clock_to(await self.now())

    async def get(self, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, Any]:
        async with self.session.get(f"{self.url}{path}", headers=headers) as response:
            return response.status, await _read(response)

    async def post(self, path: str, body: object) -> tuple[int, Any]:
        async with self.session.post(f"{self.url}{path}", json=body) as response:
            return response.status, await _read(response)

    async def rounds(self, community: str = "vestfold") -> list[Json]:
        status, answer = await self.get(f"/api/v1/communities/{community}/rounds")
        assert status == 200, answer
        rounds: list[Json] = answer["rounds"]
        return rounds

    async def round_of(self, day: str, community: str = "vestfold") -> Json:
        """The round whose meeting is on that day."""
        return next(r for r in await self.rounds(community) if r["meeting_at"].startswith(day))

    async def report_of(self, day: str, unit: str) -> Json:
        reports: list[Json] = (await self.round_of(day))["reports"]
        return next(report for report in reports if report["unit"] == unit)


async def _read(response: aiohttp.ClientResponse) -> Any:
    text = await response.text()
    return json.loads(text) if response.content_type == "application/json" else text


def settings(database: Path, **more: Any) -> Settings:
    """As fast as it goes; no `.env` that happens to lie here."""
    given: dict[str, Any] = {
        "database_url": f"sqlite+aiosqlite:///{database}",
        "teams_rps": 100_000,
        "slack_rps": 100_000,
    }
    return Settings(_env_file=None, **(given | more))


@asynccontextmanager
async def running(
    database: Path,
    communities: Sequence[Community] | None = None,
    *,
    now: str | None = START,
    dev: bool = True,
    teams: TeamsDouble | None = None,
    slack: SlackDouble | None = None,
    **more: Any,
) -> AsyncIterator[Running]:
    """The product until the block ends. `teams` and `slack` are told where it is, and wait for it to be settled."""
    more = (slack.settings if slack is not None else {}) | more
    at = datetime.fromisoformat(now) if now and dev else None
    if "database_url" not in more:
        await copy_in(database)
    product = Product(settings(database, **more), communities or [vestfold()], dev=dev, now=at)
    product.workshop.open = forked.bench
    app = await product.start()
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    product.listens_at(url)
    async with aiohttp.ClientSession() as session:
        found = Running(product, url, session, app)
        doubles = [double for double in (teams, slack) if double is not None]
        for double in doubles:
            double.bot_url = url
            double.settle = found.settle if dev else None
        try:
            yield found
        finally:
            await runner.cleanup()
            await product.stop()
            for double in doubles:
                double.settle = None
            # aiohttp keeps each application's handlers for as long as the process lives, and so all that hangs on them.
            web_app._cached_build_middleware.cache_clear()


def everybody(double: TeamsDouble, community: Community | None = None) -> dict[str, TeamsPerson]:
    """The community's people, each with the app in Teams, known to Teams by the address in the community file."""
    people = (community or vestfold()).people
    return {p.key: double.person(p.key, email=p.email, name=p.name) for p in people}


class Town:
    """Vestfold in Teams: its people, its channel, and the running product."""

    def __init__(self, product: Running, double: TeamsDouble, people: dict[str, TeamsPerson]) -> None:
        self.product = product
        self.double = double
        self.people = people
        self.channel: TeamsChannel = double.channel("Samhandling")

    @property
    def boss(self) -> TeamsPerson:
        return self.people["samhandlingssjef"]

    @property
    def respondents(self) -> list[TeamsPerson]:
        keys = [p.key for p in vestfold().people if "respondent" in p.roles]
        return [self.people[key] for key in keys]

    def __getitem__(self, key: str) -> TeamsPerson:
        return self.people[key]

    async def connect(self) -> list[Message]:
        """The coordinator writes `koble` in the channel; the bot learns who is in it."""
        return await self.boss.says("koble", where=self.channel)

    async def start(self, **inputs: str) -> Message:
        """The coordinator fills the form in and presses; the message that the form was."""
        await self.boss.says("krise")
        form = self.boss.last_card
        await self.boss.presses(form, "period.start", **(FIRST_PERIOD | inputs))
        return form

    async def begin(self) -> None:
        """The channel is connected, a period runs."""
        await self.connect()
        await self.start()

    async def prompted(self, at: str = "2023-11-27T09:00:00+01:00") -> None:
        """A period runs, and the prompts of its first round are out."""
        await self.begin()
        await self.product.clock_to(at)

    async def answers(self, key: str, **inputs: str) -> Json:
        """Somebody fills in the form that came last and sends it."""
        person = self.people[key]
        return await person.presses(person.last_card, "status.submit", **inputs)


@dataclass(frozen=True)
class Snapshot:
    """A database, and what lies in Teams, at one moment. The product must be down."""

    database: bytes
    conversations: bytes
    ids: int

    @classmethod
    def of(cls, database: Path, double: TeamsDouble) -> Snapshot:
        return cls(database.read_bytes(), pickle.dumps(double.conversations), double.ids)

    def restore(self, database: Path, double: TeamsDouble) -> None:
        database.write_bytes(self.database)
        conversations: dict[str, Conversation] = pickle.loads(self.conversations)  # noqa: S301 - our own
        double.conversations, double.ids = conversations, self.ids
        double.calls.clear()


async def taken_up(
    snapshots: dict[str, Snapshot],
    name: str,
    build: Callable[[Town], Awaitable[object]],
    database: Path,
    double: TeamsDouble,
    people: dict[str, TeamsPerson],
    communities: Sequence[Community] | None = None,
    now: str = START,
) -> None:
    """Brings database and Teams to a state that many tests begin from; the first that needs it builds it."""
    if name not in snapshots:
        async with running(database, communities, now=now, teams=double) as product:
            await build(Town(product, double, people))
        snapshots[name] = Snapshot.of(database, double)
    snapshots[name].restore(database, double)


@asynccontextmanager
async def beginning(
    snapshots: dict[str, Snapshot],
    name: str,
    build: Callable[[Town], Awaitable[object]],
    database: Path,
    double: TeamsDouble,
    communities: Sequence[Community] | None = None,
    *,
    now: str = START,
    until: str | None = None,
) -> AsyncIterator[Town]:
    """Vestfold in such a state, the product running; its clock stands where the building ended (`until`)."""
    people = everybody(double)
    await taken_up(snapshots, name, build, database, double, people, communities, now)
    async with running(database, communities, now=until or now, teams=double) as made:
        yield Town(made, double, people)


MUNICIPALITY = {
    "situasjon": "yellow",
    "overliggere": "3",
    "korttid_ledig": "2",
    "bemanning": "green",
}
"""What a municipality must fill in."""

TOWNS = ("horten", "holmestrand", "tonsberg", "faerder", "sandefjord", "larvik")


def clinic(**waiting: int) -> dict[str, str]:
    """What a clinic with beds must fill in, with so many patients waiting per municipality."""
    patients = {f"klare_pasienter.{key}": str(waiting.get(key, 0)) for key in TOWNS}
    return {"situasjon": "green", "bemanning": "green", "belegg": "92,5"} | patients
