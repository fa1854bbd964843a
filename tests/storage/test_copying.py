"""A whole installation in another database: every row, and nothing half."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text, update

from services.messages import Message, Recipient
from services.ports import DueWork
from storage.copying import NotCopiedError, copy
from storage.store import SqlStore
from storage.tables import PersonRow
from tests.builders import local, period, report, round_, vestfold

NOW = local(2023, 11, 27, 9)


@pytest.fixture
async def empty(tmp_path: Path, postgres: str, request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """The address of an empty database on the other engine."""
    if "postgres" in request.node.name:
        yield f"sqlite+aiosqlite:///{tmp_path}/copy.db"
        return
    with psycopg.connect(f"host={postgres} user=postgres dbname=postgres", autocommit=True) as connection:
        connection.execute(b"DROP DATABASE IF EXISTS copied")
        connection.execute(b"CREATE DATABASE copied")
    yield f"postgresql+psycopg://postgres@/copied?host={postgres}"


async def fill(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.periods.add(period())
        await work.rounds.add(round_())
        await work.reports.add(report("larvik", {"overliggere": 3, "behov": "Ærlig talt: «æøå»"}))
        await work.due.put(DueWork("a", "round.over", {"round": round_().id}, NOW))
        await work.outbox.put(*(message(n) for n in range(1200)), now=NOW)


def message(number: int) -> Message:
    return Message(key=f"m{number}", to=Recipient(person="larvik-sjef"), template="people.welcome", params={})


async def test_every_row_is_there_and_the_product_goes_on_from_it(store: SqlStore, empty: str) -> None:
    await fill(store)
    copied = await copy(store.url, empty)
    assert copied["outbox"].rows == 1200
    assert copied["person"].rows > 20
    moved = SqlStore(empty, [vestfold()])
    await moved.open()
    async with moved.begin("vestfold") as work:
        assert await work.periods.get(period().id) == period()
        assert await work.reports.revisions([round_().id]) == [
            report("larvik", {"overliggere": 3, "behov": "Ærlig talt: «æøå»"})
        ]
        await work.outbox.put(message(1200), now=NOW)
    assert (await moved.backlog(NOW)).undelivered == 1201
    await moved.close()


async def test_a_database_that_has_rows_is_left_alone(store: SqlStore, empty: str) -> None:
    await copy(store.url, empty)
    with pytest.raises(NotCopiedError, match="not empty"):
        await copy(store.url, empty)


async def test_what_changes_on_the_way_leaves_nothing_behind(
    store: SqlStore, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def meddling(connection: object, table: object) -> None:
        if getattr(table, "name", "") == "person":
            await connection.execute(update(PersonRow).values(name="En annen"))  # type: ignore[attr-defined]

    monkeypatch.setattr("storage.copying._continue_numbers", meddling)
    with pytest.raises(NotCopiedError, match="not the same"):
        await copy(store.url, empty)
    monkeypatch.undo()
    assert (await copy(store.url, empty))["person"].rows > 20


async def test_a_schema_of_another_version_is_not_copied(store: SqlStore, empty: str) -> None:
    async with store.begin("vestfold") as work:
        connection = await work._session.connection()
        await connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    with pytest.raises(NotCopiedError, match="migrate"):
        await copy(store.url, empty)
