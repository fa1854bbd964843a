"""SQLite's own driver behind the face of aiosqlite, without its thread: each statement runs where it is asked for.

A statement here takes some ten microseconds, handing it to another thread and back several hundred: with a thread a
turn costs three times as much (docs/decisions/0004). A commit waits for the disk: where that has been slow it goes to
a thread, so that the others need not wait with it. And whoever wants to write while another process does (a command
beside the server, a tool) waits without holding anybody up.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

SLOW = 0.002
"""Seconds from which on a commit is not waited for on the event loop."""
BEGIN_WRITING = "BEGIN IMMEDIATE"
LOOK = 0.05
"""Seconds between looks at whether another process has ceased writing."""


class InlineCursor:
    def __init__(self, cursor: sqlite3.Cursor, patience: Callable[[], float]) -> None:
        self._cursor = cursor
        self._patience = patience
        self.arraysize = cursor.arraysize

    async def __aenter__(self) -> InlineCursor:
        return self

    @property
    def description(self) -> Any:
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        return self._cursor.rowcount

    @property
    def lastrowid(self) -> int | None:
        return self._cursor.lastrowid

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> InlineCursor:
        if statement == BEGIN_WRITING:
            await self._begin_writing()
        else:
            self._cursor.execute(statement, parameters)
        return self

    async def _begin_writing(self) -> None:
        until = time.monotonic() + self._patience()
        while True:
            try:
                self._cursor.execute(BEGIN_WRITING)
                return
            except sqlite3.OperationalError as exc:
                if exc.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= until:
                    raise
            await asyncio.sleep(LOOK)

    async def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> InlineCursor:
        self._cursor.executemany(statement, parameters)
        return self

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        return self._cursor.fetchmany(size or self.arraysize)

    async def fetchall(self) -> list[Any]:
        return self._cursor.fetchall()

    async def close(self) -> None:
        self._cursor.close()


class InlineConnection:
    """What SQLAlchemy's aiosqlite dialect asks of a connection."""

    def __init__(self, connection: sqlite3.Connection, patience: Callable[[], float]) -> None:
        self._conn = self._connection = connection
        self._patience = patience
        self._usual = 0.0  # seconds that commits have taken lately
        self._committing = False
        self._version: int | None = None

    def cursor(self) -> InlineCursor:
        return InlineCursor(self._conn.cursor(), self._patience)

    async def commit(self) -> None:
        if self._usual <= SLOW:
            self._timed_commit()
            return
        self._committing = True
        try:
            await asyncio.to_thread(self._timed_commit)
        finally:
            self._committing = False

    def _timed_commit(self) -> None:
        began = time.perf_counter()
        self._conn.commit()
        self._usual += (time.perf_counter() - began - self._usual) / 8

    async def rollback(self) -> None:
        self._conn.rollback()

    def changed_elsewhere(self) -> bool:
        """Whether another connection may have committed something since this was asked last, in whichever process."""
        if self._committing:
            return False  # nobody else has been able to since this transaction began
        before = self._version
        try:
            (self._version,) = self._conn.execute("PRAGMA data_version").fetchone()
        except sqlite3.Error:
            return True  # whoever asks the database for more is told what is wrong
        return self._version != before

    async def create_function(self, name: str, arguments: int, function: Callable[..., Any], **more: Any) -> None:
        self._conn.create_function(name, arguments, function, **more)

    async def close(self) -> None:
        self._conn.close()

    def stop(self) -> None:
        self._conn.close()


def opener(path: str, pragmas: Sequence[str], patience: Callable[[], float]) -> Callable[..., Any]:
    """What `create_async_engine(async_creator=…)` calls for each connection.

    `patience` says how many seconds to wait for another process that writes.
    """

    async def connect(*_: Any, **__: Any) -> InlineConnection:
        # Transactions begin and end where the store says, never by the driver's own idea; a commit may run in a
        # thread, but never beside another use of the connection.
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
        return InlineConnection(connection, patience)

    return connect
