"""Connections. SQLite in WAL mode with one writer at a time and readers beside it, or PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, event, make_url
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.util import LRUCache

from services.ports import Why
from storage.availability import Availability, why_unavailable
from storage.sqlite_inline import BEGIN_WRITING, InlineConnection, opener

PRAGMAS: tuple[str, ...] = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
BUSY_FOR_READERS, BUSY_FOR_WRITERS = 1000, 10
"""Milliseconds that SQLite itself waits, and the whole process with it: a writer waits without it."""
PATIENCE_WITH_WRITERS = 5.0
"""Seconds until another process that writes is too long about it; once it is, whoever asks is told at once."""
PATIENCE: Mapping[str, int] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""How long PostgreSQL may be silent before it is out of reach: seconds, the last in milliseconds. The database's
address may say otherwise."""


class Compiled(LRUCache[Any, Any]):
    """Statements as they were compiled once, for all engines of a kind: each would else compile every one anew."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_of_its_kind(key), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(_of_its_kind(key), value)


def _of_its_kind(key: tuple[Any, ...]) -> tuple[Any, ...]:
    """SQLAlchemy's key begins with the engine's own dialect. This process has one SQLite: all of them speak alike."""
    return type(key[0]), *key[1:]


_FOR_SQLITE = Compiled(2000)


class Engines:
    """`write` for transactions that change something, `read` for those that do not.

    On SQLite the writer's pool holds one connection, so writers wait for each other here, in order, instead of
    finding the file locked.
    """

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self.availability = Availability()
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if not self.is_sqlite:
            self.write = _postgres(parsed)
            # Each question sees what stands as it is asked, in a transaction too: beginning and ending one would be
            # two more ways to the database and back.
            self.read = self.write.execution_options(isolation_level="AUTOCOMMIT")
            return
        path = parsed.database or ":memory:"
        with suppress(OSError):  # where there is no folder, opening the file says so
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        to_write = (*PRAGMAS, f"busy_timeout={BUSY_FOR_WRITERS}", "query_only=OFF")
        to_read = (*PRAGMAS, f"busy_timeout={BUSY_FOR_READERS}", "query_only=ON")
        self.write = _sqlite(parsed, opener(path, to_write, self._patience), connections=1, begin=BEGIN_WRITING)
        self.read = _sqlite(parsed, opener(path, to_read, self._patience), connections=4, begin="BEGIN")
        self._writer: InlineConnection | None = None
        event.listen(self.write.sync_engine, "connect", self._connected)

    def changed_elsewhere(self) -> bool:
        """Whether others may have written since this was asked last.

        On SQLite these are commands run beside the server, as `plan import`; the readers of this process never write.
        """
        return self._writer is None or self._writer.changed_elsewhere()

    def _patience(self) -> float:
        return 0.0 if self.availability.why else PATIENCE_WITH_WRITERS

    def _connected(self, connection: Any, _record: Any) -> None:
        self._writer = connection.driver_connection

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """A transaction without a session. Raises UnavailableError."""
        with self.availability.watched():
            async with self.write.begin() as connection:
                yield connection

    async def dispose(self) -> None:
        await self.write.dispose()
        await self.read.dispose()


def _postgres(url: URL) -> AsyncEngine:
    from storage.silence import connector  # its driver is loaded only where it is used

    patience = {name: value for name, value in PATIENCE.items() if name not in url.query}
    return create_async_engine(
        url,
        pool_size=10,
        max_overflow=10,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={**patience, "async_creator_fn": connector()},
    )


def _sqlite(url: URL, connect: Callable[..., Any], *, connections: int, begin: str) -> AsyncEngine:
    engine = create_async_engine(
        url,
        async_creator=connect,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=60,
        hide_parameters=True,
        execution_options={"compiled_cache": _FOR_SQLITE},
    )

    @event.listens_for(engine.sync_engine, "begin")
    def begin_transaction(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    @event.listens_for(engine.sync_engine, "handle_error")
    def replace_connection(context: ExceptionContext) -> None:
        # One that was opened while the file could not be written stays so, whatever becomes of the file.
        if context.sqlalchemy_exception and why_unavailable(context.sqlalchemy_exception) in (Why.READ_ONLY, Why.DISK):
            context.is_disconnect, context.invalidate_pool_on_disconnect = True, False

    return engine
