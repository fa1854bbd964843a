"""What holds between processes that share a PostgreSQL: one writer in a community at a time, and one migration."""

from __future__ import annotations

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel.ext.asyncio.session import AsyncSession

_WAIT = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
_WAIT_BESIDE_OTHERS = text("SELECT pg_advisory_xact_lock_shared(hashtextextended(:name, 0))")


def is_shared(connection: Connection | AsyncConnection) -> bool:
    return connection.dialect.name == "postgresql"


async def one_at_a_time(session: AsyncSession, name: str) -> None:
    """Waits until nobody else's transaction holds that name; it is ours until this one ends, however it ends.

    SQLite needs none of it: one process has it, and its writers wait for each other anyway.
    """
    connection = await session.connection()
    if is_shared(connection):
        await connection.execute(_WAIT, {"name": name})


async def several_at_a_time(session: AsyncSession, name: str) -> None:
    """Whoever wants the name alone waits until nobody holds it so, and lets nobody in meanwhile."""
    connection = await session.connection()
    if is_shared(connection):
        await connection.execute(_WAIT_BESIDE_OTHERS, {"name": name})


def one_migration_at_a_time(connection: Connection) -> None:
    """On PostgreSQL; in the transaction that the migration runs in."""
    connection.execute(_WAIT, {"name": "migration"})
