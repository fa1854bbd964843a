"""Deadlines that follow from no meeting. Removed ones stay, for calendars and for the record."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, select

from domain.plan.free_deadlines import FreeDeadline
from domain.plan.meeting import FileDeadline
from storage.repositories import Repository
from storage.tables import FreeDeadlineRow


class FreeDeadlineRepository(Repository):
    async def all(self) -> Sequence[FreeDeadline]:
        found = await self._session.exec(
            select(FreeDeadlineRow)
            .where(FreeDeadlineRow.community == self._community)
            .order_by(col(FreeDeadlineRow.due), col(FreeDeadlineRow.text), col(FreeDeadlineRow.id))
        )
        return [_deadline(row) for row in found]

    async def get(self, deadline_id: str) -> FreeDeadline | None:
        row = await self._session.get(FreeDeadlineRow, (self._community, deadline_id))
        return _deadline(row) if row else None

    async def put(self, deadline: FreeDeadline) -> None:
        row = await self._session.get(FreeDeadlineRow, (self._community, deadline.id))
        if row is None:
            row = FreeDeadlineRow(community=self._community, id=deadline.id)  # type: ignore[call-arg]
        row.text, row.due, row.owner = deadline.text, deadline.due, deadline.owner
        row.reminded_before = list(deadline.reminded_before)
        row.imported_text = deadline.imported.text if deadline.imported else None
        row.imported_due = deadline.imported.due if deadline.imported else None
        row.sequence, row.removed_at = deadline.sequence, deadline.removed_at
        self._session.add(row)
        await self._session.flush()


def _deadline(row: FreeDeadlineRow) -> FreeDeadline:
    imported = None
    if row.imported_text is not None and row.imported_due is not None:
        imported = FileDeadline(row.imported_text, row.imported_due)
    return FreeDeadline(
        id=row.id,
        text=row.text,
        due=row.due,
        owner=row.owner,
        reminded_before=tuple(row.reminded_before),
        imported=imported,
        sequence=row.sequence,
        removed_at=row.removed_at,
    )
