"""One store for each engine: a temporary SQLite file, and a schema of its own on a real PostgreSQL from pip."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path

import pytest

from domain.community import Community
from services import people
from storage import deliveries, turns
from storage.store import SqlStore
from tests.builders import community, local, vestfold
from tests.engines import copy_in, emptied, sqlite_does_not_wait_for_the_disk

sqlite_does_not_wait_for_the_disk()

THURSDAY = local(2023, 11, 23, 9)


class Hours:
    """The steady clock as storage sees it: it goes on when the test says so."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def hours(monkeypatch: pytest.MonkeyPatch) -> Hours:
    made = Hours()
    monkeypatch.setattr(deliveries, "monotonic", made)
    monkeypatch.setattr(turns, "monotonic", made)
    return made


@pytest.fixture(params=["sqlite", "postgres"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SqlStore]:
    """An open store with two communities: vestfold with its people, and nabo with the same keys."""
    if request.param == "sqlite":
        url = await copy_in(tmp_path / "test.db", with_people)
    else:
        url = await emptied(request.getfixturevalue("postgres"))
        await with_people(url)
    opened = SqlStore(url, communities())
    yield opened
    await opened.close()


async def with_people(url: str) -> None:
    store = SqlStore(url, communities())
    await store.open()
    for key in store.communities:
        async with store.begin(key) as work:
            await people.sync(work, THURSDAY)
    await store.close()


@cache
def communities() -> list[Community]:
    return [vestfold(), community(key="nabo", name="Naboen")]
