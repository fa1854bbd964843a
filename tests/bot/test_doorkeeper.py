"""A connection that is held for nothing is closed, and what is too large is refused before it is read."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.doorkeeper import Doorkeeper
from tests.harness import Running

SOON = 0.2


@pytest.fixture
async def door() -> AsyncIterator[int]:
    """Something that reads what it is sent, behind an impatient door."""

    async def reads(request: web.Request) -> web.Response:
        return web.Response(text=f"{len(await request.read())} bytes")

    keeper = Doorkeeper(headers_within=SOON, body_within=SOON)
    app = web.Application(middlewares=[keeper.opens])
    app.add_routes([web.post("/", reads)])
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    assert runner.server
    listening = await asyncio.get_running_loop().create_server(keeper.connections(runner.server), "127.0.0.1", 0)
    yield listening.sockets[0].getsockname()[1]
    listening.close()
    await runner.cleanup()


async def said(port: int, *parts: bytes, pause: float = 0.0) -> bytes:
    """All that comes back until the other side is silent or closes; waiting for ever fails the test."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for part in parts:
        writer.write(part)
        await asyncio.sleep(pause)
    answer = b""
    try:
        async with asyncio.timeout(20):
            while b"\r\n\r\n" not in answer and (read := await reader.read(4096)):
                answer += read
    finally:
        writer.close()
    return answer


async def test_who_connects_and_says_nothing_whole_is_shown_out(door: int) -> None:
    assert await said(door) == b""
    assert await said(door, b"POST / HTTP/1.1\r\nHost: a\r\n") == b""


async def test_a_body_that_does_not_come_is_not_waited_for(door: int) -> None:
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n"
    assert (await said(door, head, b"{")).startswith(b"HTTP/1.1 408 ")


async def test_who_asks_in_time_is_answered_however_long_they_stay(door: int) -> None:
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"
    assert (await said(door, head, pause=3 * SOON)).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("path", ["/api/messages", "/press", "/file", "/nothing"])
async def test_what_says_that_it_is_too_large_is_refused_before_it_is_read(product: Running, path: str) -> None:
    port = int(product.url.rpartition(":")[2])
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99999999999"
    assert (await said(port, head.encode() + b"\r\n\r\n{")).startswith(b"HTTP/1.1 413 ")


async def test_who_hangs_up_in_the_middle_is_no_error_of_ours(logs: io.StringIO, product: Running) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", int(product.url.rpartition(":")[2]))
    head = "POST /api/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99"
    writer.write(head.encode() + b"\r\n\r\n{")
    await asyncio.sleep(SOON)
    writer.transport.abort()
    await asyncio.sleep(SOON)
    assert (await product.get("/healthz")) is not None
    assert "request_failed" not in logs.getvalue()
