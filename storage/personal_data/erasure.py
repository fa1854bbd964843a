"""A person taken out of what is stored: figures stay with their unit, under a name that leads to nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import Any

from sqlalchemy import delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.personal_data.holdings import HOLDINGS, Holding
from storage.personal_data.of_person import bears
from storage.personal_data.scrub import Somebody, each_string, without_written_answers
from storage.tables import AuditRow, CommunityFileRow, OutboxRow, PersonRow, StatusReportRow

NOBODY = "(slettet)"
"""Stands where the name stood, in tables and texts."""


@dataclass(frozen=True, slots=True)
class Erased:
    """`key` is who the person is from now on; `rows` how many were changed or taken away."""

    key: str
    rows: int


async def erase(session: AsyncSession, community: str, who: Somebody, now: datetime) -> Erased:
    """In one transaction, on record without saying who it was."""
    made = f"slettet-{token_hex(4)}"
    rows = 0
    for holding in HOLDINGS:
        if holding.personal and holding.row is not CommunityFileRow:
            rows += await _from_table(session, holding, community, who, made)
    session.add(AuditRow(community=community, at=now, by=None, kind="person.erased", subject=f"person:{made}"))
    return Erased(made, rows)


async def _from_table(session: AsyncSession, holding: Holding, community: str, who: Somebody, made: str) -> int:
    connection = await session.connection()
    found = await connection.execute(select(holding.table).where(holding.table.c.community == community))
    touched = 0
    for row in found.mappings().all():
        if not any(bears(row[column], who) for column in holding.personal):
            continue
        touched += 1
        which = [column == row[column.name] for column in holding.table.primary_key]
        if _goes(holding, row, who):
            await connection.execute(delete(holding.table).where(*which))
        else:
            await connection.execute(update(holding.table).where(*which).values(_without(holding, row, who, made)))
    return touched


def _goes(holding: Holding, row: Any, who: Somebody) -> bool:
    if holding.row is OutboxRow:
        return bool(row["recipient"] == f"person:{who.key}")
    return holding.persons_own


def _without(holding: Holding, row: Any, who: Somebody, made: str) -> dict[str, Any]:
    own = holding.author is not None and row[holding.author] == who.key
    changed: dict[str, Any] = {}
    for column in holding.personal:
        value = row[column]
        if own and column in holding.texts:
            changed[column] = ""
        elif own and holding.row is StatusReportRow and column == "values":
            changed[column] = without_written_answers(value)
        else:
            changed[column] = each_string(value, lambda text: who.replaced(text, made, NOBODY))
    if holding.row is PersonRow:
        nothing = dict.fromkeys(("teams_tenant", "teams_object_id", "slack_team", "slack_user", "language"))
        changed |= {"name": NOBODY, "email": "", "active": False, "source": "erased", **nothing}
    return changed
