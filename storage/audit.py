"""The audit trail: appended to in the transaction of the change itself, and read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from services.messages import Json
from services.ports import AuditEntry
from storage.repositories import Repository
from storage.tables import AuditRow


class AuditRepository(Repository):
    async def add(self, kind: str, subject: str, *, by: str | None, now: datetime, **details: Json) -> None:
        row = AuditRow(community=self._community, at=now, by=by, kind=kind, subject=subject, details=details)
        self._session.add(row)
        await self._session.flush()

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


def _entry(row: AuditRow) -> AuditEntry:
    if row.id is None:
        raise ValueError("an entry is a stored row")
    return AuditEntry(row.id, row.at, row.by, row.kind, row.subject, row.details)
