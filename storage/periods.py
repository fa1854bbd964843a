"""Demanding periods, their rhythm and the levels that were set in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import update
from sqlmodel import col, select

from domain.periods import DemandingPeriod, LevelChange
from services.ports import ConflictError
from storage import rows
from storage.repositories import Repository, insert_new
from storage.tables import LevelChangeRow, PeriodRow


class PeriodRepository(Repository):
    async def add(self, period: DemandingPeriod) -> None:
        self._changes.remembered = True
        self._session.add(rows.period_row(period))
        await self._session.flush()

    async def get(self, period_id: str) -> DemandingPeriod | None:
        return await self._recall(f"period:{period_id}", partial(self._load, period_id))

    async def _load(self, period_id: str) -> DemandingPeriod | None:
        row = await self._session.get(PeriodRow, (self._community, period_id))
        return rows.period(row) if row else None

    async def not_ended(self) -> Sequence[DemandingPeriod]:
        return await self._recall("periods", self._load_not_ended)

    async def _load_not_ended(self) -> Sequence[DemandingPeriod]:
        found = await self._session.exec(
            select(PeriodRow)
            .where(PeriodRow.community == self._community, col(PeriodRow.ended_at).is_(None))
            .order_by(col(PeriodRow.first_meeting))
        )
        return [rows.period(row) for row in found]

    async def for_change(self, period_id: str) -> DemandingPeriod | None:
        key = (self._community, period_id)
        row = await self._session.get(PeriodRow, key, with_for_update=True, populate_existing=True)
        return rows.period(row) if row else None

    async def change(self, period: DemandingPeriod) -> None:
        self._changes.remembered = True
        await self._session.exec(
            update(PeriodRow)
            .where(col(PeriodRow.community) == self._community, col(PeriodRow.id) == period.id)
            .values(until=period.until, changes=[rows.rhythm_values(change) for change in period.changes])
        )

    async def end(self, period_id: str, now: datetime) -> None:
        self._changes.remembered = True
        await self._session.exec(
            update(PeriodRow)
            .where(col(PeriodRow.community) == self._community, col(PeriodRow.id) == period_id)
            .values(ended_at=now)
        )

    async def set_level(self, change: LevelChange) -> None:
        self._changes.remembered = True
        if await insert_new(self._session, LevelChangeRow, [rows.level_change_values(self._community, change)]) == 0:
            raise ConflictError(f"{change.period}/{change.number}")
        await self._session.exec(
            update(PeriodRow)
            .where(col(PeriodRow.community) == self._community, col(PeriodRow.id) == change.period)
            .values(level=str(change.after))
        )

    async def level_changes(self, period_id: str) -> Sequence[LevelChange]:
        found = await self._session.exec(
            select(LevelChangeRow)
            .where(LevelChangeRow.community == self._community, LevelChangeRow.period == period_id)
            .order_by(col(LevelChangeRow.number))
        )
        return [rows.level_change(row) for row in found]
