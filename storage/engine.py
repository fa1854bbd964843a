"""Connections. SQLite in WAL mode with one writer at a time and readers beside it, or PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry


class Engines:
    """`write` for transactions that change something, `read` for those that do not.

    On SQLite the writer's pool holds one connection, so writers wait for each other here, in order, instead of
    finding the file locked.
    """

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if not self.is_sqlite:
            self.write = self.read = create_async_engine(parsed, pool_size=10, max_overflow=10, pool_pre_ping=True)
            return
        if parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        self.write = create_async_engine(parsed, pool_size=1, max_overflow=0, pool_timeout=60)
        self.read = create_async_engine(parsed, pool_size=4, max_overflow=0, pool_timeout=60)
        _prepare_sqlite(self.write, begin="BEGIN IMMEDIATE", query_only=False)
        _prepare_sqlite(self.read, begin="BEGIN", query_only=True)

    async def dispose(self) -> None:
        await self.write.dispose()
        await self.read.dispose()


def _prepare_sqlite(engine: AsyncEngine, *, begin: str, query_only: bool) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: Any, _: ConnectionPoolEntry) -> None:
        # The driver's own idea of when a transaction begins would let readers turn writers half way.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "busy_timeout=10000",
            "foreign_keys=ON",
            f"query_only={'ON' if query_only else 'OFF'}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin_transaction(connection: Any) -> None:
        connection.exec_driver_sql(begin)
