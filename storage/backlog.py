"""What is due and not yet done, of all communities: for those who watch the product."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import DueWorkRow, OutboxRow


@dataclass(frozen=True, slots=True)
class Backlog:
    """Counts, and since when the oldest of each has waited; None: nothing waits."""

    undelivered: int
    oldest_undelivered: datetime | None
    parked: int
    overdue_work: int
    oldest_work: datetime | None


async def backlog(session: AsyncSession, communities: Collection[str], now: datetime) -> Backlog:
    ours = col(OutboxRow.community).in_(communities)
    messages = await session.exec(
        select(func.count(), func.min(OutboxRow.not_before)).where(
            col(OutboxRow.state).in_(("pending", "sending")), OutboxRow.not_before <= now, ours
        )
    )
    undelivered, oldest_undelivered = messages.one()
    parked = await session.exec(select(func.count()).select_from(OutboxRow).where(OutboxRow.state == "failed", ours))
    work = await session.exec(
        select(func.count(), func.min(DueWorkRow.due_at)).where(
            col(DueWorkRow.outcome).is_(None), DueWorkRow.due_at <= now, col(DueWorkRow.community).in_(communities)
        )
    )
    overdue, oldest_work = work.one()
    return Backlog(undelivered, oldest_undelivered, parked.one(), overdue, oldest_work)
