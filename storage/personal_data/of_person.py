"""Everything that is stored about one person, as JSON, for who asks for it."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.personal_data.holdings import HOLDINGS, Holding
from storage.personal_data.scrub import Somebody
from storage.tables import CommunityFileRow

Json = dict[str, Any]


async def everything_about(session: AsyncSession, community: str, who: Somebody) -> dict[str, list[Json]]:
    """Table → rows that bear the person's key, address or full name. The community file itself is left out."""
    found = {
        holding.name: [row async for row in rows_about(session, holding, community, who)]
        for holding in HOLDINGS
        if holding.personal and holding.row is not CommunityFileRow
    }
    return {name: rows for name, rows in found.items() if rows}


async def rows_about(session: AsyncSession, holding: Holding, community: str, who: Somebody) -> Any:
    """The table's rows that the person is found in, all columns, one by one."""
    connection = await session.connection()
    found = await connection.execute(select(holding.table).where(holding.table.c.community == community))
    for row in found.mappings():
        values = dict(row)
        if any(bears(values[column], who) for column in holding.personal):
            yield {column: _plain(value) for column, value in values.items()}


def bears(value: Any, who: Somebody) -> bool:
    """Whether a column's value leads to the person."""
    if value is None:
        return False
    if isinstance(value, str):
        return value.casefold() == who.email.casefold() != "" or who.named_in(value)
    return any(who.named_in(text) for text in strings(value))


def strings(found: Any) -> list[str]:
    """Every string in JSON, names of members included."""
    if isinstance(found, dict):
        return [text for key, value in found.items() for text in (key, *strings(value))]
    if isinstance(found, list):
        return [text for value in found for text in strings(value)]
    return [found] if isinstance(found, str) else []


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    json.dumps(value)  # a type that JSON does not know is a fault of the register, to be seen in its test
    return value
