"""One store for each engine: a temporary SQLite file, and a schema of its own on a real PostgreSQL from pip."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services import people
from storage.store import SqlStore
from tests.builders import community, local, vestfold
from tests.engines import new_database

THURSDAY = local(2023, 11, 23, 9)


@pytest.fixture(params=["sqlite", "postgres"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SqlStore]:
    """An open store with two communities: vestfold with its people, and nabo with the same keys."""
    if request.param == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path}/test.db"
    else:
        url = new_database(request.getfixturevalue("postgres"))
    opened = SqlStore(url, [vestfold(), community(key="nabo", name="Naboen")])
    await opened.open()
    for key in ("vestfold", "nabo"):
        async with opened.begin(key) as work:
            await people.sync(work, THURSDAY)
    yield opened
    await opened.close()
