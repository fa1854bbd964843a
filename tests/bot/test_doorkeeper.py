"""A connection that is held for nothing is closed, and what is too large is refused before it is read."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from bot.doorkeeper import Doorkeeper, Handler, usual_room
from tests.harness import Running

SOON = 0.2


@pytest.fixture
async def door() -> AsyncIterator[int]:
    """Something that reads what it is sent, behind an impatient door."""

    async def reads(request: web.Request) -> web.Response:
        return web.Response(text=f"{len(await request.read())} bytes")

    async with behind(Doorkeeper(100, headers_within=SOON, body_within=SOON), reads) as port:
        yield port


@asynccontextmanager
async def behind(keeper: Doorkeeper, handler: Handler) -> AsyncIterator[int]:
    app = web.Application(middlewares=[keeper.opens])
    app.add_routes([web.post("/", handler)])
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


# No more than there is room for

ASKS = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"


class Guests:
    """Whoever comes to a door with room for two. What is asked is answered when `may_answer`."""

    def __init__(self, keeper: Doorkeeper) -> None:
        self.keeper = keeper
        self.port = 0
        self.may_answer = asyncio.Event()
        self.asked = asyncio.Queue[None]()
        self._writers: list[asyncio.StreamWriter] = []

    async def answers(self, request: web.Request) -> web.Response:
        self.asked.put_nowait(None)
        await self.may_answer.wait()
        return web.Response(text="welcome")

    async def comes(self) -> asyncio.StreamReader:
        """Connects, and keeps the connection."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self._writers.append(writer)
        return reader

    async def asks(self) -> asyncio.StreamReader:
        """Returns when the question has come in."""
        reader = await self.comes()
        self._writers[-1].write(ASKS)
        await asyncio.wait_for(self.asked.get(), 20)
        return reader

    def leave(self) -> None:
        for writer in self._writers:
            writer.close()


@asynccontextmanager
async def room_for_two(*, quiet_for: float) -> AsyncIterator[Guests]:
    guests = Guests(Doorkeeper(2, quiet_for=quiet_for))
    async with behind(guests.keeper, guests.answers) as guests.port:
        yield guests
        guests.may_answer.set()
        guests.leave()


async def test_who_comes_when_all_are_busy_is_told_so_and_may_come_again() -> None:
    async with room_for_two(quiet_for=0) as guests:
        inside = [await guests.asks() for _ in range(2)]
        refusals = await asyncio.gather(*(said(guests.port, ASKS) for _ in range(5)))
        for refusal in refusals:
            assert refusal.startswith(b"HTTP/1.1 503 ")
            assert b"\r\nRetry-After: 5\r\n" in refusal
            assert b"\r\nConnection: close\r\n" in refusal
        assert (guests.keeper.open, guests.keeper.refused) == (2, 5)
        guests.may_answer.set()
        for reader in inside:
            assert (await reader.readline()).startswith(b"HTTP/1.1 200 ")
        assert (await said(guests.port, ASKS)).startswith(b"HTTP/1.1 200 ")


async def test_who_has_asked_nothing_for_longest_makes_room() -> None:
    async with room_for_two(quiet_for=0) as guests:
        first, second = await guests.comes(), await guests.comes()
        guests.may_answer.set()
        assert (await said(guests.port, ASKS)).startswith(b"HTTP/1.1 200 ")
        assert await asyncio.wait_for(first.read(), 20) == b""
        assert not second.at_eof()
        assert guests.keeper.refused == 0


async def test_who_has_come_just_now_is_not_shown_out_for_another() -> None:
    async with room_for_two(quiet_for=3600) as guests:
        inside = [await guests.comes() for _ in range(2)]
        assert (await said(guests.port, ASKS)).startswith(b"HTTP/1.1 503 ")
        assert not any(reader.at_eof() for reader in inside)


@pytest.mark.parametrize(("files", "room"), [(1024, 512), (3, 1), (1_048_576, 4096), (-1, 4096)])
def test_without_a_setting_there_is_room_for_half_of_the_files(
    monkeypatch: pytest.MonkeyPatch, files: int, room: int
) -> None:
    monkeypatch.setattr("resource.getrlimit", lambda _: (files, files))
    assert usual_room() == room


# What is not HTTP

NOT_HTTP = (
    b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a hemmelig\x00\r\n\r\n",
    b"HEMM?LIG hemmelig HTTP/9.1\r\n\r\n",
    b"GET /" + 9000 * b"hemmelig" + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: hemmelig\r\n\r\n",
)


@pytest.mark.parametrize("path", ["/", "/healthz", "/api/v1/communities/vestfold/rounds", "/nothing"])
async def test_no_answer_says_which_library_gave_it(product: Running, path: str) -> None:
    async with product.session.get(product.url + path) as response:
        assert response.headers["Server"] == "Samhandlingsbot"


@pytest.mark.parametrize("sent", NOT_HTTP, ids=["a header", "a method", "a path", "a length"])
async def test_what_is_not_http_is_refused_and_not_repeated(door: int, logs: io.StringIO, sent: bytes) -> None:
    answer = await said(door, sent)
    assert answer.startswith(b"HTTP/1.0 400 ")
    assert b"hemmelig" not in answer
    assert b"hemmelig" not in logs.getvalue().encode()
    assert "not_http" in logs.getvalue()
    assert "Traceback" not in logs.getvalue()
    assert b"aiohttp" not in answer
