"""What has grown older than a community keeps it goes: rows whole, or the texts in them while figures stay."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.personal_data.holdings import HOLDINGS, ROWS_GO, TEXTS_GO, Holding
from storage.personal_data.scrub import without_texts, without_written_answers
from storage.tables import EvaluationAnswerRow, EvaluationRow, StatusReportRow


async def sweep(session: AsyncSession, community: str, since: datetime, before: datetime) -> int:
    """Takes away what reached its age from the one instant to the other; how many rows were touched."""
    touched = 0
    for holding in HOLDINGS:
        if holding.age is None:
            continue
        age = holding.table.c[holding.age]
        old = (holding.table.c.community == community, age >= since, age < before)
        if holding.after == ROWS_GO:
            touched += await _changed(session, delete(holding.table).where(*old))
        elif holding.after == TEXTS_GO:
            touched += await _texts(session, holding, old)
    return touched + await _evaluations(session, community, since, before)


async def _changed(session: AsyncSession, statement: Any) -> int:
    connection = await session.connection()
    return int((await connection.execute(statement)).rowcount)


async def _texts(session: AsyncSession, holding: Holding, old: tuple[Any, ...]) -> int:
    touched = 0
    if holding.texts:
        touched = await _changed(session, update(holding.table).where(*old).values(dict.fromkeys(holding.texts, "")))
    return touched + (await _mixed(session, holding, old) if holding.mixed else 0)


async def _mixed(session: AsyncSession, holding: Holding, old: tuple[Any, ...]) -> int:
    keys = list(holding.table.primary_key)
    mixed = [holding.table.c[name] for name in holding.mixed]
    connection = await session.connection()
    numbers = (await connection.execute(select(*keys).where(*old))).all()
    for number in numbers:
        which = [column == value for column, value in zip(keys, number, strict=True)]
        found = (await connection.execute(select(*mixed).where(*which))).one()
        scrubbed = {name: _scrubbed(holding, value) for name, value in zip(holding.mixed, found, strict=True)}
        await connection.execute(update(holding.table).where(*which).values(scrubbed))
    return len(numbers)


def _scrubbed(holding: Holding, value: Any) -> Any:
    if holding.row is StatusReportRow:
        return without_written_answers(value)
    return without_texts(value)


async def _evaluations(session: AsyncSession, community: str, since: datetime, before: datetime) -> int:
    """Answers bear no time, so that nobody is found by it: they go with their evaluation's."""
    of, closed = EvaluationRow.__table__.c, EvaluationAnswerRow.__table__  # type: ignore[attr-defined]
    old = select(of.period).where(of.community == community, of.closed_at >= since, of.closed_at < before)
    return await _changed(
        session, update(closed).where(closed.c.community == community, closed.c.period.in_(old)).values(texts={})
    )
