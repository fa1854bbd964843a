"""An SQLite database that another program writes to for too long: answered as any that cannot be used."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.e2e import outages
from tests.e2e.served import Served, on_sqlite
from tests.harness import MUNICIPALITY
from tests.teams_double import TeamsDouble


@pytest.fixture
async def served(double: TeamsDouble, tmp_path: Path) -> AsyncIterator[Served]:
    async with on_sqlite(tmp_path, double) as made:
        yield made
    assert double.complaints == []


@contextmanager
def locked(served: Served) -> Iterator[None]:
    file = served.url.removeprefix("sqlite+aiosqlite:///")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("COMMIT")


async def test_an_answer_on_teams_comes_back_as_it_was_typed(served: Served) -> None:
    await outages.an_answer_on_teams_comes_back_as_it_was_typed(served, locked)


async def test_while_somebody_waits_to_write_others_are_answered(served: Served) -> None:
    await served.prompted()
    prompt = served.larvik.last_card
    with served.without(locked(served)):
        waiting = asyncio.create_task(served.larvik.presses(prompt, "status.submit", **MUNICIPALITY))
        for path in ("/healthz", "/readyz", "/api/v1/communities/vestfold/rounds"):
            await served.get(path)
        assert not waiting.done()
        assert outages.NOT_STORED in outages.words(await waiting)
    await served.ready()
