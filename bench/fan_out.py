"""How near the permitted rate many first contacts go out, through a platform that is slow and sometimes refuses.

`python -m bench.fan_out [--people N] [--rate N]`. Nobody has been written to before, so each message is two requests:
one that begins the conversation, one that sends. Every request is answered after 250 ms, 2 % with 429, 1 % with 503.
The reference is the permitted rate itself: so many requests a second for the tenant, 7 in 1 s and 60 in 30 s for each
conversation.
"""

from __future__ import annotations

import argparse
import asyncio
import bisect
import random
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import aiohttp
from aiohttp import web

from bench.measure import machine
from bench.turns import EXAMPLE, free_port, start

LATENCY = 0.25
BUSY, BROKEN = 0.02, 0.01
WANTED = 0.9
TENANT = "tenant"


class Connector:
    """Takes the time of every request as it comes in, and keeps what it accepted."""

    def __init__(self) -> None:
        self.arrived: list[float] = []
        self.by_lane: dict[str, list[float]] = defaultdict(list)
        self.refused: Counter[int] = Counter()
        self.got: Counter[str] = Counter()
        self._random = random.Random(2023)  # noqa: S311 - the same faults in every run

    async def serve(self, port: int) -> web.AppRunner:
        app = web.Application()
        app.router.add_post("/v3/conversations", self._begin)
        app.router.add_post("/v3/conversations/{lane}/activities", self._send)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        return runner

    async def _begin(self, request: web.Request) -> web.Response:
        self._came()
        body = await request.json()
        lane = f"a:{body['members'][0]['id']}"
        return await self._answer(lane, {"id": lane})

    async def _send(self, request: web.Request) -> web.Response:
        self._came()
        await request.read()
        lane = request.match_info["lane"]
        answer = await self._answer(lane, {"id": f"m{len(self.arrived)}"})
        self.got[lane] += answer.status == 200
        return answer

    def _came(self) -> None:
        self.arrived.append(asyncio.get_running_loop().time())

    async def _answer(self, lane: str, body: object) -> web.Response:
        self.by_lane[lane].append(self.arrived[-1])
        await asyncio.sleep(LATENCY)
        drawn = self._random.random()
        status = 429 if drawn < BUSY else 503 if drawn < BUSY + BROKEN else 200
        if status != 200:
            self.refused[status] += 1
        return web.json_response(body if status == 200 else {}, status=status)


def community(count: int, folder: Path) -> Path:
    """The example community with so many more who read along, declared for Teams and never seen there."""
    before, start_of_line, rest = EXAMPLE.read_text(encoding="utf-8").partition("  - {key: samhandlingssjef")
    line, _, after = rest.partition("}\n")
    readers = "".join(
        f"  - {{key: leser-{n}, name: Leser {n}, email: leser{n}@mange.example, roles: [observer], "
        f"{_teams(f'leser-{n}')}}}\n"
        for n in range(count)
    )
    file = folder / "community.yaml"
    file.write_text(f"{before}{start_of_line}{line}, {_teams('boss')}}}\n{readers}{after}", encoding="utf-8")
    return file


def _teams(user: str) -> str:
    return f"teams: {{tenant_id: {TENANT}, aad_object_id: {user}}}"


def most_within(times: Sequence[float], seconds: float) -> int:
    """The most of them in any span of that length, its end left out."""
    return max((bisect.bisect_left(times, at + seconds) - n for n, at in enumerate(times)), default=0)


async def measure(count: int, rate: int) -> bool:
    connector, port, at = Connector(), free_port(), free_port()
    runner = await connector.serve(at)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = {
            "SAMHANDLING_PORT": str(port),
            "SAMHANDLING_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/bench.db",
            "SAMHANDLING_TEAMS_RPS": str(rate),
            "SAMHANDLING_TEAMS_SERVICE_URL": f"http://127.0.0.1:{at}",
        }
        command = [sys.executable, "-m", "bot", "serve", "--community", str(community(count, folder)), "--dev"]
        server = await start("product", [*command, "--now", "2023-11-23T09:00:00+01:00"], environment, port)
        try:
            settled = await announce(server.base, at)
        finally:
            await server.stop()
    await runner.cleanup()
    return report(connector, count, rate, settled)


async def announce(base: str, connector: int) -> dict[str, int]:
    """The coordinator starts a period, which everybody is told; what the clock says when all is settled."""
    form = {"action": "period.start", "reason": "innstrom", "level": "yellow", "first_meeting": "2023-11-28"}
    pressed = {
        "type": "message",
        "id": "start",
        "channelId": "msteams",
        "serviceUrl": f"http://127.0.0.1:{connector}",
        "from": {"id": "boss", "name": "boss", "aadObjectId": "boss"},
        "recipient": {"id": "28:bot", "name": "bot"},
        "conversation": {"id": "a:boss", "conversationType": "personal", "tenantId": TENANT},
        "value": form,
    }
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=1800)) as session:
        await (await session.post(f"{base}/api/messages", json=pressed)).read()
        async with session.post(f"{base}/dev/clock", json={"now": "2023-11-23T09:00:01+01:00"}) as response:
            answer: dict[str, int] = await response.json()
            return answer


def report(connector: Connector, count: int, rate: int, settled: dict[str, int]) -> bool:
    times = sorted(connector.arrived)
    seconds = times[-1] - times[0]
    reached = [lane for lane in connector.got if lane.startswith("a:leser-")]
    twice = [lane for lane in reached if connector.got[lane] > 1]
    share = len(times) / seconds / rate
    fastest = most_within(times, 1)
    lane_of_one, lane_of_thirty = (
        max(most_within(sorted(lane), span) for lane in connector.by_lane.values()) for span in (1, 30)
    )
    refused = " and ".join(f"{often} answered {status}" for status, often in sorted(connector.refused.items()))
    print(machine())
    print(f"{count} first contacts: {len(times)} requests in {seconds:.1f} s; {refused or 'none refused'}")
    print(f"rate: {len(times) / seconds:.1f} a second, {share:.1%} of the {rate} permitted (wanted {WANTED:.0%})")
    print(
        f"most in any second: {fastest} of {rate}; of one conversation: {lane_of_one} of 7, "
        f"in 30 s: {lane_of_thirty} of 60"
    )
    print(f"reached {len(reached)}, twice {len(twice)}, waiting {settled['pending']}, given up {settled['failed']}")
    return (
        share >= WANTED
        and fastest <= rate
        and lane_of_one <= 7
        and lane_of_thirty <= 60
        and not twice
        and len(reached) == count
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--rate", type=int, default=30)
    given = parser.parse_args()
    raise SystemExit(0 if asyncio.run(measure(given.people, given.rate)) else 1)
