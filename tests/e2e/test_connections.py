"""A process has only so many connections, says so to who comes too many, and counts them."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import aiohttp

from bench.turns import free_port
from tests.processes import Process, started

ROOM = 8


async def test_who_finds_no_room_is_answered_and_counted_and_those_inside_are_served(tmp_path: Path) -> None:
    port = free_port()
    database = f"sqlite+aiosqlite:///{tmp_path / 'served.db'}"
    process = Process(database, port, tmp_path / "served.log", most_connections=str(ROOM))
    async with started(process):
        inside = [await asyncio.open_connection("127.0.0.1", port) for _ in range(ROOM)]
        async with aiohttp.ClientSession() as late, late.get(f"{process.url}/healthz") as answer:
            assert answer.status == 503
            assert answer.headers["Retry-After"] == "5"
            assert "try again" in (await answer.json())["error"]
        reader, writer = inside[0]
        writer.write(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        figures = (await reader.read()).decode()
        assert figures.startswith("HTTP/1.1 200 ")
        assert re.search(rf"^samhandling_connections_open {ROOM}\.0$", figures, re.MULTILINE)
        assert re.search(r"^samhandling_connections_refused_total 1\.0$", figures, re.MULTILINE)
        for _, writer in inside:
            writer.close()
