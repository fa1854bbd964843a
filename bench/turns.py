"""Turns a second: the SDK's echo bot, plain aiohttp, a bare Bolt app and the product, in one run on one machine.

`python -m bench.turns [--turns N] [--rounds N]`. A turn counts when its reply has reached the connector. The cases take
turns in every round and the ratios are taken within a round, so a machine that is busy with other things slows both
sides; the median ratio is the figure. Beside each rate stands what a turn costs the process in the processor's time:
that hardly depends on what else the machine does, and its ratios are the steadier ones.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hmac
import json
import os
import signal
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlencode

import aiohttp
import psutil
from aiohttp import web

from bench.engines import spent_by
from bench.measure import machine, ratios, told
from domain.community_file import read_community

EXAMPLE = Path(__file__).parents[1] / "examples/vestfold/community.yaml"
AT_ONCE = 16
WANTED = {
    "hjelp/echo": 8.0,
    "hjelp/plain": 0.2,
    "status/echo": 3.0,
    "slack-hjelp/bolt": 0.5,
    "slack-status/bolt": 0.5,
}
SLACK_SECRET, SLACK_TEAM = "a secret of the benchmark", "T0BENCH"


class ConnectorDouble:
    """Takes replies and counts each activity that was answered."""

    def __init__(self) -> None:
        self.answered: set[str] = set()
        self.port = 0
        self._slack = iter(range(10**9))

    async def start(self) -> web.AppRunner:
        app = web.Application()
        app.router.add_get("/v3/conversations/{conversation}/members/{user}", self._member)
        app.router.add_route("*", "/v3/conversations/{conversation}/activities", self._taken)
        app.router.add_route("*", "/v3/conversations/{conversation}/activities/{activity}", self._taken)
        app.router.add_route("*", "/api/{method}", self._slack_api)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        self.port = free_port()
        await web.TCPSite(runner, "127.0.0.1", self.port).start()
        return runner

    async def _member(self, request: web.Request) -> web.Response:
        user = request.match_info["user"]
        return web.json_response({"id": user, "aadObjectId": f"aad-{user}", "email": EMAILS[user], "name": user})

    async def _taken(self, request: web.Request) -> web.Response:
        await request.read()
        if activity := request.match_info.get("activity"):
            self.answered.add(activity)
        return web.json_response({"id": f"out-{time.monotonic_ns()}"})

    async def _slack_api(self, request: web.Request) -> web.Response:
        """What Slack says to everything; a message posted or replaced is an answer."""
        body = await request.read()
        answer: dict[str, Any] = {"ok": True, "team_id": SLACK_TEAM, "user_id": "U0BOT", "bot_id": "B0BOT"}
        match request.match_info["method"]:
            case "users.info":
                user = request.query["user"]
                answer |= {"user": {"id": user, "profile": {"email": EMAILS[user.removeprefix("U-")]}}}
            case "conversations.open":
                answer |= {"channel": {"id": "D0BENCH"}}
            case "chat.update" if b'"ts": "1.1"' not in body:
                pass  # a message drawn anew out of the outbox is nobody's answer
            case "chat.postMessage" | "chat.update":
                number = next(self._slack)
                self.answered.add(f"slack-{number}")
                answer |= {"channel": "D0BENCH", "ts": f"{number}.1"}
        return web.json_response(answer)


COMMUNITY = read_community(EXAMPLE.read_text(encoding="utf-8"))
EMAILS = {person.key: person.email for person in COMMUNITY.people}
RESPONDENTS = [person for person in COMMUNITY.people if person.unit and person.key.endswith("-sjef")]


@dataclass
class Server:
    """A process under measurement."""

    name: str
    port: int
    process: asyncio.subprocess.Process
    ready_after: float
    base: str = field(init=False)

    def __post_init__(self) -> None:
        self.base = f"http://127.0.0.1:{self.port}"

    def at(self, _number: int) -> str:
        """Where the turn with that number is sent."""
        return self.base

    @property
    def memory(self) -> int:
        """Resident megabytes."""
        return int(psutil.Process(self.process.pid).memory_info().rss / 1e6)

    async def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        await self.process.wait()


async def start(name: str, command: list[str], environment: dict[str, str], port: int) -> Server:
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        *command, env=os.environ | environment, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    while time.monotonic() - began < 30:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return Server(name, port, process, time.monotonic() - began)
        await asyncio.sleep(0.02)
    raise SystemExit(f"{name} did not start")


@contextlib.asynccontextmanager
async def servers(folder: str, connector: int) -> AsyncIterator[dict[str, Server]]:
    ports = {name: free_port() for name in ("echo", "plain", "bolt", "product")}
    product = [sys.executable, "-m", "bot", "serve", "--community", str(EXAMPLE), "--dev"]
    environment = {
        "SAMHANDLING_PORT": str(ports["product"]),
        "SAMHANDLING_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/bench.db",
        "SAMHANDLING_TEAMS_RPS": "1000000",
        "SAMHANDLING_SLACK_BOT_TOKEN": "xoxb-bench",
        "SAMHANDLING_SLACK_SIGNING_SECRET": SLACK_SECRET,
        "SAMHANDLING_SLACK_API_URL": f"http://127.0.0.1:{connector}/api/",
    }
    commands = {
        name: [sys.executable, "-m", "bench.references", name, str(port)]
        for name, port in ports.items()
        if name != "product"
    } | {"product": [*product, "--now", "2023-11-27T10:00:00+01:00"]}
    started = {name: await start(name, commands[name], environment, ports[name]) for name in commands}
    try:
        yield started
    finally:
        for server in started.values():
            await server.stop()


def activity(connector: int, person: str, number: str, **content: Any) -> dict[str, Any]:
    return {
        "type": "message",
        "id": number,
        "timestamp": "2023-11-27T09:00:00.000Z",
        "channelId": "msteams",
        "serviceUrl": f"http://127.0.0.1:{connector}",
        "from": {"id": person, "name": person, "aadObjectId": f"aad-{person}"},
        "recipient": {"id": "28:bot", "name": "bot"},
        "conversation": {"id": f"a:{person}", "conversationType": "personal", "tenantId": "tenant"},
        **content,
    }


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as a platform makes it."""

    path: str
    body: bytes
    headers: Mapping[str, str]


def by_teams(body: dict[str, Any]) -> Sent:
    return Sent("/api/messages", json.dumps(body).encode(), {"Content-Type": "application/json"})


def by_slack(path: str, body: bytes, kind: str) -> Sent:
    """Signed as Slack signs."""
    moment = str(int(time.time()))
    signed = hmac.new(SLACK_SECRET.encode(), b":".join((b"v0", moment.encode(), body)), sha256).hexdigest()
    stamp = {"X-Slack-Request-Timestamp": moment, "X-Slack-Signature": f"v0={signed}"}
    return Sent(path, body, {"Content-Type": kind, **stamp})


def slack_message(person: str, number: str, text: str) -> Sent:
    told = {"type": "message", "channel_type": "im", "user": f"U-{person}", "channel": f"D-{person}", "text": text}
    wrapped = {"type": "event_callback", "team_id": SLACK_TEAM, "event_id": number, "event": told | {"ts": "1.1"}}
    return by_slack("/slack/events", json.dumps(wrapped).encode(), "application/json")


def slack_modal(person: str, number: str, values: dict[str, Any]) -> Sent:
    """A status form as it is sent from its modal."""
    data = {"round": values["round"]}
    fields = {key: value for key, value in values.items() if key not in ("action", "round")}
    state = {key: {key: {"type": "plain_text_input", "value": value}} for key, value in fields.items()}
    metadata = json.dumps({"data": data, "at": [f"D-{person}", "1.1", True, False]})
    view = {"type": "modal", "callback_id": "status.submit", "private_metadata": metadata, "state": {"values": state}}
    who = {"team": {"id": SLACK_TEAM}, "user": {"id": f"U-{person}"}, "trigger_id": number}
    body = urlencode({"payload": json.dumps({"type": "view_submission", "view": view, **who})}).encode()
    return by_slack("/slack/interactions", body, "application/x-www-form-urlencoded")


class Answering(Protocol):
    """What is sent turns: one process, or several that share them."""

    @property
    def name(self) -> str: ...
    def at(self, number: int, /) -> str: ...


@dataclass(frozen=True, slots=True)
class Measured:
    """What one case gave in one round."""

    rate: float  # turns a second
    cost: float  # milliseconds of the processor a turn


async def measured(
    session: aiohttp.ClientSession,
    server: Server,
    connector: ConnectorDouble,
    turns: int,
    make: Callable[[str, str], Sent],
) -> Measured:
    process = psutil.Process(server.process.pid)
    before = spent_by(process)
    rate = await turns_a_second(session, server, connector, turns, make)
    return Measured(rate, 1000 * (spent_by(process) - before) / turns)


async def turns_a_second(
    session: aiohttp.ClientSession,
    server: Answering,
    connector: ConnectorDouble,
    turns: int,
    make: Callable[[str, str], Sent],
) -> float:
    """Sends `turns` activities, `AT_ONCE` under way, until every reply has come; turns per second."""
    numbers = _numbers(f"{server.name}-{time.monotonic_ns()}", turns)
    connector.answered.clear()
    began = time.monotonic()

    async def sender() -> None:
        for n, number in numbers:
            sent = make(RESPONDENTS[n % len(RESPONDENTS)].key, number)
            async with session.post(server.at(n) + sent.path, data=sent.body, headers=sent.headers) as response:
                if response.status >= 300:
                    raise SystemExit(f"{server.name}: {response.status} {await response.text()}")

    await asyncio.gather(*(sender() for _ in range(AT_ONCE)))
    while len(connector.answered) < turns:
        if time.monotonic() - began > 120:
            raise SystemExit(f"{server.name}: {len(connector.answered)} of {turns} replies came")
        await asyncio.sleep(0.002)
    return turns / (time.monotonic() - began)


def _numbers(prefix: str, count: int) -> Iterator[tuple[int, str]]:
    return ((n, f"{prefix}-{n}") for n in range(count))


async def start_period(session: aiohttp.ClientSession, server: Server, connector: ConnectorDouble) -> str:
    """A period whose first round is open; the round's id."""
    form = {
        "action": "period.start",
        "reason": "innstrom",
        "level": "yellow",
        "first_meeting": "2023-11-28",
        "start": "16:00",
        "every_days": "7",
        "until": "2023-12-19",
    }
    body = activity(connector.port, "samhandlingssjef", "start", value=form)
    await (await session.post(f"{server.base}/api/messages", json=body)).read()
    await (await session.post(f"{server.base}/dev/clock", json={"now": "2023-11-27T10:05:00+01:00"})).read()
    async with session.get(f"{server.base}/api/v1/communities/vestfold/rounds") as response:
        rounds = (await response.json())["rounds"]
    return str(rounds[0]["id"])


def status_values(person: str, round_id: str, n: int) -> dict[str, Any]:
    """A whole form; every one differs from the last, so that each is stored as a new revision."""
    unit = COMMUNITY.unit(next(p.unit for p in RESPONDENTS if p.key == person) or "")
    by_type = {"level": "yellow", "count": str(n % 90), "percent": "7,5", "text": f"Behov {n}"}
    values = {f.key: by_type.get(f.indicator.type, str(n % 90)) for f in COMMUNITY.fields_of(unit)}
    return {"action": "status.submit", "round": round_id, **values}


async def measure(turns: int, rounds: int) -> None:
    connector = ConnectorDouble()
    runner = await connector.start()
    with tempfile.TemporaryDirectory() as folder:
        async with servers(folder, connector.port) as running, aiohttp.ClientSession() as session:
            product = running["product"]
            round_id = await start_period(session, product, connector)
            counter = iter(range(10**9))

            def help_(person: str, number: str) -> Sent:
                return by_teams(activity(connector.port, person, number, text="hjelp"))

            def status(person: str, number: str) -> Sent:
                values = status_values(person, round_id, next(counter))
                return by_teams(activity(connector.port, person, number, value=values))

            def slack_help(person: str, number: str) -> Sent:
                return slack_message(person, number, "hjelp")

            def slack_status(person: str, number: str) -> Sent:
                return slack_modal(person, number, status_values(person, round_id, next(counter)))

            cases = [
                ("echo", running["echo"], max(40, turns // 10), help_),
                ("plain", running["plain"], turns, help_),
                ("hjelp", product, turns, help_),
                ("status", product, max(100, turns // 3), status),
                ("bolt", running["bolt"], max(100, turns // 3), slack_help),
                ("slack-hjelp", product, max(100, turns // 3), slack_help),
                ("slack-status", product, max(100, turns // 3), slack_status),
            ]
            found: dict[str, list[Measured]] = {name: [] for name, *_ in cases}
            for _, server, count, make in cases:  # warm, not counted
                await measured(session, server, connector, max(20, count // 10), make)
            for _ in range(rounds):
                for name, server, count, make in cases:
                    found[name].append(await measured(session, server, connector, count, make))
            report(found, product)
    await runner.cleanup()


def report(found: Mapping[str, Sequence[Measured]], product: Server) -> None:
    print(machine())
    rates = {name: [one.rate for one in each] for name, each in found.items()}
    costs = {name: [one.cost for one in each] for name, each in found.items()}
    for name in found:
        print(f"{name:12} {told(rates[name], '.0f')} turns/s, {told(costs[name], '.2f')} ms of the processor a turn")
    good = True
    for name, wanted in WANTED.items():
        above, below = name.split("/")
        by_rate, by_cost = ratios(rates[above], rates[below]), ratios(costs[below], costs[above])
        good = good and statistics.median(by_rate) >= wanted
        print(f"{name:18} {told(by_rate, '.2f')}  (wanted {wanted:g} or more), by cost {told(by_cost, '.2f')}")
    print(f"memory after it all: {product.memory} MB (wanted under 160)")
    print(f"from start to ready: {product.ready_after:.2f} s (wanted under 3)")
    raise SystemExit(0 if good and product.memory < 160 and product.ready_after < 3 else 1)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    asyncio.run(measure(given.turns, given.rounds))
