"""A database that is gone for a while: what watches the product is told, and it goes on by itself afterwards."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp

from bench.turns import free_port
from tests.engines import allow_connections, new_database
from tests.harness import everybody
from tests.processes import Process, started
from tests.teams_double import TeamsDouble


async def test_while_its_database_is_gone_it_lives_and_is_not_ready_and_then_goes_on(
    postgres: str, double: TeamsDouble, tmp_path: Path
) -> None:
    url = new_database(postgres)
    process = Process(url, free_port(), tmp_path / "product.log")
    async with started(process):
        double.bot_url = process.url
        boss = everybody(double)["samhandlingssjef"]
        await boss.says("hjelp")
        assert await _status(process, "/readyz") == 200

        allow_connections(postgres, url, allowed=False)
        assert await _status(process, "/healthz") == 200
        assert await _status(process, "/readyz") == 503
        assert (await process.get("/readyz"))["checks"]["database"] is False

        allow_connections(postgres, url, allowed=True)
        async with asyncio.timeout(30):
            await _ready(process)
        before = len(boss.messages)
        await boss.says("hjelp")
        await double.until(lambda: len(boss.messages) > before)


async def _ready(process: Process) -> None:
    while (status := await _status(process, "/readyz")) != 200:
        assert status == 503
        await asyncio.sleep(0.2)


async def _status(process: Process, path: str) -> int:
    async with aiohttp.ClientSession() as session, session.get(f"{process.url}{path}") as response:
        return response.status
