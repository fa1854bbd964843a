"""Every route outside `--dev`, asked by every kind of caller: what opens it, and that nothing else does."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest

from bot import guide
from bot.addresses import SERVED, Addresses
from bot.channels.web import drawing
from bot.channels.web.session import COOKIE, Sessions
from bot.ways_in import WaysIn
from dialogs.trend import TrendSubject
from services import api_tokens
from tests.channels.web.site import Page
from tests.e2e.stage import SECRET, Stage, staged
from tests.e2e.test_who_may import (
    ANY_TOKEN,
    ANYBODY,
    BACK_FROM_SLACK,
    COMMUNITY,
    DEPUTY,
    INSTALLATION,
    MICROSOFT,
    OWN,
    ROUTES,
    SESSION,
    SLACK,
)
from tests.harness import Snapshot
from tests.microsoft_double import Microsoft, new_key, serving_microsoft
from tests.slack_double import CLIENT_ID, CLIENT_SECRET, TEAM, SlackDouble, signature
from tests.slack_double import SECRET as SECRET_OF_SLACK
from tests.teams_double import TENANT, TeamsDouble

KEY, FOR_ALL = "k" * 32, "for-hele-installasjonen"
INSTALLED = {
    "slack_client_id": CLIENT_ID,
    "slack_client_secret": CLIENT_SECRET,
    "slack_allowed_teams": "T0KOMMUNE",
    "public_url": "http://localhost",
}
"""Workspaces take the Slack app into use themselves."""


@dataclass(frozen=True)
class Caller:
    """What somebody has in the hand, and which kinds of route it opens."""

    opens: frozenset[str]
    bearer: str = ""
    cookie: str = ""
    slack_secret: str = ""


@dataclass(frozen=True)
class Reached:
    status: int
    text: str

    @property
    def opened(self) -> bool:
        return self.status < 400


class Outside:
    """The stage in earnest: who calls it, and with what."""

    def __init__(self, stage: Stage, microsoft: Microsoft, tokens: Mapping[str, str]) -> None:
        self.stage = stage
        self.microsoft = microsoft
        self.tokens = tokens
        product = stage.product.product
        self.addresses: Addresses = product.addresses
        ours, forged = Sessions(KEY.encode()), Sessions(b"another key")
        good = microsoft.token(serviceurl=stage.double.url)
        free = frozenset({ANYBODY})
        self.callers = {
            "nobody": Caller(free),
            "with a made-up token": Caller(free, f"{api_tokens.PREFIX}made-up"),
            "with API_TOKEN": Caller(free | {COMMUNITY, ANY_TOKEN, INSTALLATION}, FOR_ALL),
            "with our token": Caller(free | {COMMUNITY, ANY_TOKEN}, tokens["vestfold"]),
            "with the neighbour's token": Caller(free | {ANY_TOKEN}, tokens["nabo"]),
            "signed in": Caller(free | {SESSION}, cookie=ours.begin("vestfold", OWN)),
            "signed in with the neighbour": Caller(free | {SESSION}, cookie=ours.begin("nabo", OWN)),
            "signed in, and left since": Caller(free, cookie=ours.begin("vestfold", DEPUTY)),
            "signed in with nobody": Caller(free, cookie=ours.begin("ukjent", OWN)),
            "with a forged session": Caller(free, cookie=forged.begin("vestfold", OWN)),
            "Microsoft": Caller(free | {MICROSOFT}, good),
            "Slack": Caller(free | {SLACK}, slack_secret=SECRET_OF_SLACK),
            "one who signs like Slack": Caller(free, slack_secret="another secret"),
            "one who signs like Microsoft": Caller(free, microsoft.token(key=new_key(), serviceurl=stage.double.url)),
            "with our session as a token": Caller(free, ours.begin("vestfold", OWN)),
        }

    async def calls(self, caller: Caller, route: str) -> Reached:
        """A request of that route such as its rightful caller makes."""
        method, path = route.split(" ")
        async with aiohttp.ClientSession(cookies={COOKIE: caller.cookie} if caller.cookie else None) as session:
            headers = {"Authorization": f"Bearer {caller.bearer}"} if caller.bearer else {}
            body = await self._body(session, path) if method == "POST" else {}
            if path in FROM_SLACK:
                headers |= signed(body["data"], caller.slack_secret)
            url = self.stage.product.url + self._filled(path)
            async with session.request(method, url, headers=headers, allow_redirects=False, **body) as response:
                return Reached(response.status, (await response.read()).decode("utf-8", "replace"))

    async def _body(self, session: aiohttp.ClientSession, path: str) -> dict[str, Any]:
        if path in FROM_SLACK:
            return {"data": FROM_SLACK[path].encode()}
        if path == "/api/messages":
            return {"json": self.stage.people[OWN].activity("typing")}
        async with session.get(self.stage.product.url) as response:
            page = Page(response.status, await response.text())
        proof = [f for form in page.forms for f in form.fields if f[0] in ("_token", "_number")][:2]
        if path == "/file":
            sent = aiohttp.FormData([*proof, ("beside", "")])
            sent.add_field("file", b"SSU 29.02.24", filename="plan.txt")
            return {"data": sent}
        return {"data": [*proof, ("_text", "hjelp"), ("_press", json.dumps(["help", {}]))]}

    def _filled(self, path: str) -> str:
        """With an address that somebody has made up where it bears one."""
        given = {
            "community": "vestfold",
            "round": self.stage.data["reminder.send"]["round"],
            "role": "kommunalsjef",
            "language": "nn",
            "token": Addresses(b"another key").token("document", "vestfold", "x", int(time.time()) + 600),
            "name": next(iter(guide.pictures())),
        }
        if path.startswith("/static"):
            given |= {"hash": drawing.HASHES["style.css"], "name": "style.css"}
        return re.sub(r"\{(\w+)\}", lambda found: given[found[1]], path)


FROM_SLACK: Mapping[str, str] = {
    "/slack/events": json.dumps({"type": "url_verification", "challenge": "x"}),
    "/slack/interactions": urlencode(
        {"payload": json.dumps({"type": "view_closed", "team": {"id": TEAM}, "user": {"id": "U1"}})}
    ),
    "/slack/commands": urlencode({"ssl_check": "1"}),
}
"""What changes nothing."""


def signed(body: bytes, secret: str) -> dict[str, str]:
    moment = str(int(time.time()))
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return kind | {"X-Slack-Request-Timestamp": moment, "X-Slack-Signature": signature(moment, body, secret)}


@pytest.fixture
async def outside(
    double: TeamsDouble, slack: SlackDouble, database: Path, snapshots: dict[str, Snapshot]
) -> AsyncIterator[Outside]:
    async with serving_microsoft() as microsoft:
        settings = microsoft.registration(TENANT) | {"teams_service_url": double.url}
        async with staged(
            double,
            database,
            snapshots,
            slack=slack,
            dev=False,
            secret_key=KEY,
            api_token=FOR_ALL,
            **settings | INSTALLED,
        ) as stage:
            double.bot = "28:app-1"
            tokens = {}
            product = stage.product.product
            for community in ("vestfold", "nabo"):
                async with product.store.begin(community) as work:
                    tokens[community] = (await api_tokens.create(work, "test", now=product.clock.now()))[1]
            await stage.deactivate(DEPUTY)
            await product._settle()  # by the real clock much has fallen due since
            yield Outside(stage, microsoft, tokens)


def test_every_route_says_what_opens_it(outside: Outside) -> None:
    routes = outside.stage.product.app.router.routes()
    found = {f"{route.method} {route.resource.canonical}" for route in routes if route.resource}
    assert {route for route in found if not route.startswith(("HEAD ", "* "))} == set(ROUTES)


async def test_each_caller_opens_what_is_theirs_and_nothing_else(outside: Outside) -> None:
    before = outside.stage.stored(), outside.stage.stored("nabo")
    for who, caller in outside.callers.items():
        for route, kind in ROUTES.items():
            reached = await outside.calls(caller, route)
            assert reached.opened is (kind in caller.opens), (who, route, reached.status)
            if not reached.opened:
                refusals = (400,) if kind == BACK_FROM_SLACK else (401, 403, 404)
                assert reached.status in refusals, (who, route, reached.status)
            if not {SESSION, COMMUNITY} & caller.opens or "neighbour" in who:
                assert SECRET not in reached.text, (who, route)
    # What is noted of a token is when it was used.
    for community, stored in zip(("vestfold", "nabo"), before, strict=True):
        now = outside.stage.stored(community)
        assert {table for table in now if now[table] != stored[table]} <= {"api_token"}


async def test_a_token_of_another_community_and_one_that_is_not_there_are_told_apart_by_nothing(
    outside: Outside,
) -> None:
    token, base = {"Authorization": f"Bearer {outside.tokens['nabo']}"}, "/api/v1/communities"
    for part in ("rounds", "rounds/x", "actions", "plan"):
        told = [await outside.stage.product.get(f"{base}/{key}/{part}", token) for key in ("vestfold", "ukjent")]
        assert told[0] == told[1]


async def test_an_address_opens_its_own_thing_until_it_expires_and_no_other(outside: Outside) -> None:
    store = outside.stage.product.product.store
    async with store.begin("vestfold") as work:
        await work.feeds.put(OWN, "feed")
    held = outside.stage.data["summary.now"]["round"]
    subjects = {
        "calendar": "feed",
        "document": f"minutes:{held}:1:nb:html",
        "trend": str(TrendSubject(held, "nb", dark=False, sealed=True, stamp="x")),
        "message": await message_of(outside),
    }
    assert set(SERVED) - set(subjects) == {"signin"}  # opens once, and is held in test_sign_in.py
    later, past = int(time.time()) + 600, int(time.time()) - 1
    for route in SERVED:
        path = SERVED[route].path
        for purpose, subject in subjects.items():
            token = outside.addresses.token(purpose, "vestfold", subject, later)
            status = await asked(outside, path.format(token=token))
            assert (status == 200) is (purpose == route), (route, purpose, status)
    for route, own in subjects.items():
        path = SERVED[route].path
        for what, token in {
            "expired": outside.addresses.token(route, "vestfold", own, past),
            "of another community": outside.addresses.token(route, "nabo", own, later),
            "of no community": outside.addresses.token(route, "ukjent", own, later),
            "signed with another key": Addresses(b"another key").token(route, "vestfold", own, later),
        }.items():
            assert await asked(outside, path.format(token=token)) == 404, (route, what)


async def message_of(outside: Outside) -> str:
    """What the link to a message of Larvik's bears."""
    product = outside.stage.product.product
    async with product.store.read("vestfold") as work:
        member = await work.people.get(OWN)
        [lying] = await work.outbox.for_person(OWN, 1, product.clock.now())
    assert member
    ways = WaysIn(KEY.encode(), Addresses(KEY.encode(), "https://samhandling.example.no"), product.store)
    link = ways.to_message("vestfold", member, lying.id)
    named = outside.addresses.read("message", (link or "").rpartition("/")[2])
    assert named
    return named[1]


async def asked(outside: Outside, path: str) -> int:
    async with outside.stage.product.session.get(outside.stage.product.url + path) as response:
        return response.status


async def test_who_has_left_has_no_calendar_any_more(outside: Outside) -> None:
    store = outside.stage.product.product.store
    async with store.begin("vestfold") as work:
        await work.feeds.put(DEPUTY, "left")
    token = outside.addresses.token("calendar", "vestfold", "left", int(time.time()) + 600)
    assert await asked(outside, f"/calendar/{token}.ics") == 404


def test_the_digest_of_a_token_is_all_that_is_kept(outside: Outside) -> None:
    with closing(sqlite3.connect(outside.stage.database)) as database:
        everything = "\n".join(database.iterdump())
    for secret in (*outside.tokens.values(), KEY, FOR_ALL):
        assert secret not in everything
