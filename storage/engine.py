"""Connections. SQLite in WAL mode with one writer at a time and readers beside it, or PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import URL, event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import LRUCache

from storage.sqlite_inline import opener

PRAGMAS: tuple[str, ...] = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON")


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
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if not self.is_sqlite:
            self.write = self.read = create_async_engine(
                parsed, pool_size=10, max_overflow=10, pool_pre_ping=True, hide_parameters=True
            )
            return
        path = parsed.database or ":memory:"
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        self.write = _sqlite(parsed, path, connections=1, begin="BEGIN IMMEDIATE", query_only="OFF")
        self.read = _sqlite(parsed, path, connections=4, begin="BEGIN", query_only="ON")

    async def dispose(self) -> None:
        await self.write.dispose()
        await self.read.dispose()


def _sqlite(url: URL, path: str, *, connections: int, begin: str, query_only: str) -> AsyncEngine:
    connect = opener(path, (*PRAGMAS, f"query_only={query_only}"))
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

    return engine
