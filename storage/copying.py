"""A whole installation from one database into another, empty one: to PostgreSQL, into a backup and out of it.

Read in one snapshot, written in one transaction, and read back before that is committed: what is not the same, row for
row, is not there at all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import JSON, MetaData, Table, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

from storage.engine import Engines
from storage.migrate import is_current, upgrade

AT_A_TIME = 1000
MODULUS = 2**256


class NotCopiedError(Exception):
    """One line: why nothing was copied, and what helps."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a table holds: how many rows, and the sum of their digests, whatever order they come in."""

    rows: int = 0
    checksum: int = 0

    def and_(self, rows: Sequence[Mapping[str, Any]]) -> Contents:
        total = sum(int.from_bytes(hashlib.sha256(_canonical(row)).digest()) for row in rows)
        return Contents(self.rows + len(rows), (self.checksum + total) % MODULUS)


async def copy(source: str, target: str) -> Mapping[str, Contents]:
    """Table → what was copied and found again. Raises NotCopiedError, and UnavailableError for either of them.

    `source` and `target` are database URLs. The source's schema is this version's; the target has no rows.
    """
    origin, end = Engines(source), Engines(target)
    try:
        with end.availability.watched():
            return await _between(origin, end)
    finally:
        await origin.dispose()
        await end.dispose()


async def _between(origin: Engines, end: Engines) -> Mapping[str, Contents]:
    async with origin.read.connect() as reading:
        await _one_snapshot(reading)
        if not await reading.run_sync(is_current):
            raise NotCopiedError("the schema copied from is not at its newest version; run samhandling migrate")
        async with end.write.connect() as migrating:
            await migrating.run_sync(upgrade)
        async with end.write.connect() as writing, writing.begin():
            return await _copy(reading, writing)


async def _one_snapshot(connection: AsyncConnection) -> None:
    if connection.dialect.name == "postgresql":
        await connection.execution_options(isolation_level="REPEATABLE READ")


async def _copy(reading: AsyncConnection, writing: AsyncConnection) -> Mapping[str, Contents]:
    tables = _tables()
    for table in tables:
        if (await writing.execute(select(func.count()).select_from(table))).scalar_one():
            raise NotCopiedError(f"the database copied to is not empty: it has rows in {table.name}; give an empty one")
    copied: dict[str, Contents] = {}
    for table in tables:
        copied[table.name] = Contents()
        async for rows in _rows(reading, table):
            copied[table.name] = copied[table.name].and_(rows)
            await writing.execute(insert(table), rows)
        await _continue_numbers(writing, table)
    for table in tables:
        found = Contents()
        async for rows in _rows(writing, table):
            found = found.and_(rows)
        if found != copied[table.name]:
            raise NotCopiedError(f"{table.name} was not the same when it was read back; nothing is kept of it")
    return copied


def _tables() -> Sequence[Table]:
    """Those of the schema; nothing in a JSON column is written as nothing, not as JSON's null."""
    found = MetaData()
    for table in SQLModel.metadata.sorted_tables:
        for column in table.to_metadata(found).columns:
            if isinstance(column.type, JSON):
                column.type = JSON(none_as_null=True)
    return found.sorted_tables


async def _rows(connection: AsyncConnection, table: Any) -> AsyncIterator[list[dict[str, Any]]]:
    result = await connection.stream(select(table))
    async for part in result.mappings().partitions(AT_A_TIME):
        yield [dict(row) for row in part]


async def _continue_numbers(connection: AsyncConnection, table: Any) -> None:
    """On PostgreSQL the next number of a table follows the highest one that was copied."""
    if connection.dialect.name != "postgresql":
        return
    for column in table.primary_key:
        if column.autoincrement is True:
            await connection.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', '{column.name}'), "  # noqa: S608 - our schema
                    f"(SELECT coalesce(max({column.name}), 1) FROM {table.name}), "
                    f"(SELECT count(*) > 0 FROM {table.name}))"
                )
            )


def _canonical(row: Mapping[str, Any]) -> bytes:
    return json.dumps({key: _plain(value) for key, value in row.items()}, sort_keys=True).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date | time) else value
