"""The product as real processes, each behind a port of its own, for tests of what only processes can show."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import aiohttp

from tests import forked
from tests.harness import ROOT, START, Json

EXAMPLE = ROOT / "examples/vestfold/community.yaml"


class Process:
    """One process that serves; it can be killed and started anew on the same port."""

    def __init__(self, database_url: str, port: int, log: Path, community: Path = EXAMPLE, **settings: str) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.log = log
        self._community = community
        self.environment = {
            "SAMHANDLING_DATABASE_URL": database_url,
            "SAMHANDLING_PORT": str(port),
            "SAMHANDLING_TEAMS_RPS": "100000",
            "SAMHANDLING_LOG_FORMAT": "json",
            **{f"SAMHANDLING_{name.upper()}": value for name, value in settings.items()},
        }
        self._running: ForkServerProcess | None = None

    @property
    def pid(self) -> int:
        """Of the process that runs."""
        assert self._running is not None
        assert self._running.pid is not None
        return self._running.pid

    async def start(self, now: str = START) -> None:
        """Returns when it answers. Without `now` its clock is the machine's."""
        command = ["serve", "--community", str(self._community), "--dev", *(["--now", now] if now else [])]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SAMHANDLING_")}
        self._running = forked.start(
            command, environment=kept | self.environment, folder=ROOT, out=self.log, err=self.log
        )
        while not await self._answers():
            if self._running.exitcode is not None:
                raise AssertionError(f"it ended:\n{self.log.read_text(encoding='utf-8')[-3000:]}")
            await asyncio.sleep(0.05)

    async def _answers(self) -> bool:
        with suppress(aiohttp.ClientError, OSError):
            async with aiohttp.ClientSession() as session, session.get(f"{self.url}/healthz") as response:
                return response.status == 200
        return False

    async def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Its exit status."""
        if self._running is None:
            return 0
        running, self._running = self._running, None
        if running.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(running.pid, how)
        await asyncio.to_thread(running.join)
        return running.exitcode or 0

    async def clock_to(self, now: str) -> Json:
        timeout = aiohttp.ClientTimeout(total=120)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(f"{self.url}/dev/clock", json={"now": now}) as response,
        ):
            answer: Json = await response.json()
            assert response.status == 200, answer
            return answer

    async def get(self, path: str) -> Json:
        async with aiohttp.ClientSession() as session, session.get(f"{self.url}{path}") as response:
            answer: Json = await response.json()
            return answer


@asynccontextmanager
async def started(*processes: Process) -> AsyncIterator[None]:
    """They serve until the block ends, those of them that were not killed."""
    try:
        await asyncio.gather(*(process.start() for process in processes))
        yield
    finally:
        await asyncio.gather(*(process.end(signal.SIGKILL) for process in processes))
