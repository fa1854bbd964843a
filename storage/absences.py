"""Who is away from when until when: rows are added and ended, never changed otherwise and never taken away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import col, or_, select, update

from domain.absences import Absence
from storage.repositories import Repository
from storage.tables import AbsenceRow


class AbsenceRepository(Repository):
    async def add(self, absence: Absence) -> None:
        self._changes.remembered = True
        row = AbsenceRow(
            community=self._community,
            id=absence.id,
            person=absence.person,
            deputy=absence.deputy,
            first=absence.first,
            last=absence.last,
            set_by=absence.set_by,
            set_at=absence.set_at,
            ended_at=absence.ended_at,
            ended_by=absence.ended_by,
        )
        self._session.add(row)
        await self._session.flush()

    async def get(self, absence_id: str) -> Absence | None:
        row = await self._session.get(AbsenceRow, (self._community, absence_id), populate_existing=True)
        return _absence(row) if row else None

    async def end(self, absence_id: str, at: datetime, by: str | None) -> bool:
        self._changes.remembered = True
        ended = await self._session.exec(
            update(AbsenceRow)
            .where(
                col(AbsenceRow.community) == self._community,
                col(AbsenceRow.id) == absence_id,
                col(AbsenceRow.ended_at).is_(None),
            )
            .values(ended_at=at, ended_by=by)
            .returning(col(AbsenceRow.id))
        )
        return ended.first() is not None

    async def not_ended(self) -> Sequence[Absence]:
        return await self._recall("absences", self._load_not_ended)

    async def _load_not_ended(self) -> Sequence[Absence]:
        found = await self._session.exec(
            select(AbsenceRow)
            .where(AbsenceRow.community == self._community, col(AbsenceRow.ended_at).is_(None))
            .order_by(col(AbsenceRow.first), col(AbsenceRow.set_at))
        )
        return [_absence(row) for row in found]

    async def on(self, day: date, moment: datetime) -> Sequence[Absence]:
        found = await self._session.exec(
            select(AbsenceRow).where(
                AbsenceRow.community == self._community,
                AbsenceRow.first <= day,
                AbsenceRow.last >= day,
                or_(col(AbsenceRow.ended_at).is_(None), col(AbsenceRow.ended_at) > moment),
            )
        )
        return [_absence(row) for row in found]


def _absence(row: AbsenceRow) -> Absence:
    return Absence(
        id=row.id,
        person=row.person,
        deputy=row.deputy,
        first=row.first,
        last=row.last,
        set_by=row.set_by,
        set_at=row.set_at,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
    )
