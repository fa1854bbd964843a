"""Disks without room, for one database at a time and without root.

A process on SQLite gets a limit to the size of its files (RLIMIT_FSIZE, which can be set and lifted from the outside
while it runs): the kernel refuses the write itself, as on a full disk, with EFBIG in the place of ENOSPC. Within this
process that would meet everything else, so here SQLite is given no more pages than the file has (max_page_count) and
says what it says on ENOSPC. PostgreSQL has one disk for all its databases: triggers raise what the server raises when a
table cannot be extended (53100).
"""

from __future__ import annotations

import resource
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier

from storage.store import SqlStore
from tests.engines import TABLES

ANY_NUMBER = 1_073_741_823

RAISING = """
    CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
    END $$
"""


@asynccontextmanager
async def no_room(store: SqlStore) -> AsyncIterator[None]:
    """For a store of this process."""
    if store.is_shared:
        with no_room_on_postgres(store.url):
            yield
        return
    await _most_pages(store, 1)  # as few as there are
    yield
    await _most_pages(store, ANY_NUMBER)


async def _most_pages(store: SqlStore, most: int) -> None:
    async with store._engines.write.connect() as connection:
        await connection.exec_driver_sql(f"PRAGMA max_page_count={most}")


@contextmanager
def no_room_on_postgres(url: str) -> Iterator[None]:
    with _connected(url) as connection:
        connection.execute(RAISING)
        for table in _tables(connection):
            made = SQL(
                "CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON {} FOR EACH STATEMENT EXECUTE FUNCTION no_room()"
            )
            connection.execute(made.format(table))
    yield
    with _connected(url) as connection:
        connection.execute("DROP FUNCTION no_room CASCADE")


def _tables(connection: psycopg.Connection[tuple[str]]) -> list[Identifier]:
    return [Identifier(name) for (name,) in connection.execute(TABLES).fetchall()]


def _connected(url: str) -> psycopg.Connection[tuple[str]]:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


@contextmanager
def no_room_on_disk(process: int, database: Path) -> Iterator[None]:
    """For the process with that number: nothing is written behind what the database's log has by now."""
    _, hard = resource.prlimit(process, resource.RLIMIT_FSIZE)
    most = database.with_name(f"{database.name}-wal").stat().st_size
    resource.prlimit(process, resource.RLIMIT_FSIZE, (most, hard))
    yield
    resource.prlimit(process, resource.RLIMIT_FSIZE, (hard, hard))
