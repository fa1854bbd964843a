"""The audit trail: appended to in the transaction of the change itself, and read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from sqlalchemy import insert
from sqlmodel import SQLModel, col, select

from services.messages import Json
from services.ports import AuditEntry
from storage.repositories import Repository, run
from storage.tables import AuditRow

AT_ONCE = 500
"""Rows that are read at a time where all are wanted."""
# Every answer adds an entry: the statement is built once, and nothing goes through the session.
_ADD = insert(SQLModel.metadata.tables["audit"])


class AuditRepository(Repository):
    async def add(self, kind: str, subject: str, *, by: str | None, now: datetime, **details: Json) -> None:
        values = {"community": self._community, "at": now, "by": by, "kind": kind, "subject": subject}
        await run(self._session, _ADD, values | {"details": details})

    async def about(self, subject: str) -> Sequence[AuditEntry]:
        found = await self._session.exec(
            select(AuditRow)
            .where(AuditRow.community == self._community, AuditRow.subject == subject)
            .order_by(col(AuditRow.id))
        )
        return [_entry(row) for row in found]

    async def newest(self, limit: int, before: int | None = None) -> Sequence[AuditEntry]:
        wanted = select(AuditRow).where(AuditRow.community == self._community)
        if before is not None:
            wanted = wanted.where(col(AuditRow.id) < before)
        found = await self._session.exec(wanted.order_by(col(AuditRow.id).desc()).limit(limit))
        return [_entry(row) for row in found]

    async def all(self) -> AsyncIterator[AuditEntry]:
        last = 0
        while True:
            wanted = select(AuditRow).where(AuditRow.community == self._community, col(AuditRow.id) > last)
            found = (await self._session.exec(wanted.order_by(col(AuditRow.id)).limit(AT_ONCE))).all()
            for row in found:
                entry = _entry(row)
                last = entry.id
                yield entry
            if len(found) < AT_ONCE:
                return


def _entry(row: AuditRow) -> AuditEntry:
    if row.id is None:
        raise ValueError("an entry is a stored row")
    return AuditEntry(row.id, row.at, row.by, row.kind, row.subject, row.details)
