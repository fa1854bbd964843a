"""What is configured, handed over or signed stays secret when the mail server, the database or Slack refuses it."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import aiohttp
import pytest

from bench.turns import free_port
from bot.addresses import SERVED, Addresses
from bot.channels.web.session import COOKIE, Sessions
from tests.channels.web.site import Page
from tests.command_line import EXAMPLE, samhandling
from tests.e2e.live import LARVIK
from tests.engines import new_database, set_password, with_a_password
from tests.mail_double import Inbox, mail_server
from tests.processes import Process, started
from tests.slack_double import CLIENT_ID, CLIENT_SECRET, SECRET, TEAM, TOKEN, SlackDouble

OF_THE_DATABASE, OF_THE_MAIL = "s3cret/of@the:base", "s3cret/of@the:mail"
KEY, FOR_ALL, CODE = "a key of the server that signs everything", "for-the-whole-installation", "code-from-slack"


@dataclass
class Product:
    """A process that is configured with everything that is secret, and everything that it says."""

    process: Process
    settings: Mapping[str, str]
    host: str
    slack: SlackDouble
    secrets: dict[str, str]
    said: dict[str, str] = field(default_factory=dict)

    async def asks(self, what: str, path: str, **options: object) -> int:
        """What it answers is kept by a name."""
        method = "POST" if "data" in options else "GET"
        jar = aiohttp.DummyCookieJar()
        async with (
            aiohttp.ClientSession(cookie_jar=jar) as session,
            session.request(method, self.process.url + path, allow_redirects=False, **options) as response,  # type: ignore[arg-type]
        ):
            self.said[what] = f"{response.headers}{await response.text()}"
            return response.status

    async def logs(self, what: str) -> None:
        """Returns when it has."""
        async with asyncio.timeout(30):
            while True:
                if what in self.process.log.read_text(encoding="utf-8"):
                    return
                await asyncio.sleep(0.05)

    def keeps_them(self) -> None:
        """Fails where a secret stands in what was said or logged, as it is, in JSON or in an address."""
        log = self.process.log.read_text(encoding="utf-8")
        for line in log.splitlines():
            assert isinstance(json.loads(line), dict)
        for name, secret in self.secrets.items():
            forms = {secret, json.dumps(secret)[1:-1], quote(secret), quote(secret, safe="")}
            for where, said in {**self.said, "the log": log}.items():
                assert not any(form in said for form in forms), f"{name} in {where}"


@pytest.fixture
async def inbox() -> AsyncIterator[Inbox]:
    async with mail_server(signs_in=True) as made:
        made.repeats_passwords = True
        yield made


@pytest.fixture
async def product(postgres: str, inbox: Inbox, slack: SlackDouble, tmp_path: Path) -> AsyncIterator[Product]:
    address = inbox.url.removeprefix("smtp://")
    settings = {
        "database_url": with_a_password(postgres, new_database(postgres), OF_THE_DATABASE),
        "smtp_url": f"smtp://bot:{quote(OF_THE_MAIL, safe='')}@{address}",
        "mail_from": "bot@example.no",
        "secret_key": KEY,
        "api_token": FOR_ALL,
        "slack_client_id": CLIENT_ID,
        "slack_client_secret": CLIENT_SECRET,
        "slack_allowed_teams": TEAM,
        **slack.settings,
    }
    process = Process(settings.pop("database_url"), free_port(), tmp_path / "product.log", EXAMPLE, **settings)
    secrets = {
        "the database's password": OF_THE_DATABASE,
        "the mail server's password": OF_THE_MAIL,
        "the server's key": KEY,
        "API_TOKEN": FOR_ALL,
        "Slack's token": TOKEN,
        "Slack's signing secret": SECRET,
        "the Slack app's own secret": CLIENT_SECRET,
        "the code of an installation": CODE,
    }
    async with started(process):
        slack.bot_url = process.url
        yield Product(process, settings, postgres, slack, secrets)


async def test_a_mail_server_that_refuses_us_and_repeats_our_password(product: Product, inbox: Inbox) -> None:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        async with session.get(product.process.url) as response:
            form = Page(response.status, await response.text()).form("Send lenken")
        fields = {name: value for name, value in form.fields if name.startswith("_")} | {"email": LARVIK}
        async with session.post(product.process.url + form.action, data=fields) as response:
            product.said["the page"] = await response.text()
            assert response.status == 200
    await product.logs("SMTPAuthenticationError 535")
    assert inbox.passwords
    product.keeps_them()


async def test_an_installation_that_slack_refuses_or_answers_with_nonsense(product: Product) -> None:
    faults = {
        "a code that is not taken": "",
        "a Slack that is broken": "fatal_error",
        "one that repeats the code": CODE,
    }
    for what, error in faults.items():
        if error:
            product.slack.fails("oauth.v2.access", error, times=1)
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{product.process.url}/slack/install", allow_redirects=False) as response,
        ):
            [state] = parse_qs(urlsplit(response.headers["Location"]).query)["state"]
            cookie = {"Cookie": response.headers["Set-Cookie"].split(";")[0]}
        product.secrets[f"the state beside {what}"] = state
        back = f"/slack/oauth_redirect?code={CODE}&state={quote(state)}"
        for time_ in ("first", "second"):
            assert await product.asks(f"{what}, the {time_} time", back, headers=cookie) == 400
    assert product.process.log.read_text(encoding="utf-8").count("slack_code_not_taken") == len(faults)
    product.keeps_them()


async def test_a_database_that_refuses_us_while_we_are_asked_everything(product: Product, tmp_path: Path) -> None:
    user = re.search(r"user_\w+", product.process.environment["SAMHANDLING_DATABASE_URL"])
    assert user is not None
    made = samhandling(tmp_path, "token", "create", "--community", str(EXAMPLE), "--name", "x", **of(product))
    product.secrets["a program's token"] = token = made.stdout.strip()
    links = Addresses(KEY.encode())
    later = int(time.time()) + 600
    signed = {route: links.token(route, "vestfold", "x", later) for route in SERVED}
    product.secrets |= {f"the address of a {route}": token for route, token in signed.items()}
    product.secrets["a session"] = session = Sessions(KEY.encode()).begin("vestfold", "larvik-sjef")
    set_password(product.host, user[0], "another one")

    assert await product.asks("readyz", "/readyz") == 503
    await product.asks("metrics", "/metrics", headers={"Authorization": f"Bearer {FOR_ALL}"})
    for route, address in signed.items():
        await product.asks(f"a {route}", SERVED[route].path.format(token=address))
    await product.asks("the page", "/", headers={"Cookie": f"{COOKIE}={session}"})
    bearer = {"Authorization": f"Bearer {token}"}
    await product.asks("rounds", "/api/v1/communities/vestfold/rounds", headers=bearer)
    hello = {"type": "message", "channel_type": "im", "user": "U1", "channel": "D1", "text": "hjelp", "ts": "1.1"}
    await product.slack.event(hello)
    for command in ("doctor", "migrate", "serve", "token", "backup", "export"):
        done = samhandling(tmp_path, *COMMANDS[command], **of(product))
        assert done.returncode != 0, command
        product.said[command] = done.stdout + done.stderr
    product.keeps_them()


COMMANDS: Mapping[str, tuple[str, ...]] = {
    "doctor": ("doctor", "--community", str(EXAMPLE)),
    "migrate": ("migrate",),
    "serve": ("serve", "--community", str(EXAMPLE), "--dev"),
    "token": ("token", "list", "--community", str(EXAMPLE)),
    "backup": ("backup", "--out", "backup.db"),
    "export": ("export", "audit", "--format", "csv", "--out", "audit.csv", "--community", str(EXAMPLE)),
}


def of(product: Product) -> dict[str, str]:
    """The same settings, for a command."""
    given = product.process.environment
    return {name.removeprefix("SAMHANDLING_"): value for name, value in given.items()} | {"PORT": "0"}
