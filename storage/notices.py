"""The notices of the organs' meetings, and what they said when they were sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import literal, update
from sqlmodel import col, select

from domain.notice import Notice, NoticeDetails
from services.messages import Json
from services.ports import ConflictError
from storage.repositories import Repository, insert_new
from storage.tables import NoticeRow, NoticeVersionRow


class NoticeRepository(Repository):
    async def get(self, meeting: str) -> Notice | None:
        found = await self._rows([meeting])
        return found[0] if found else None

    async def of_meetings(self, meetings: Sequence[str]) -> Mapping[str, Notice]:
        return {notice.meeting: notice for notice in await self._rows(meetings)}

    async def _rows(self, meetings: Sequence[str]) -> list[Notice]:
        # A change goes past the session, so what it has loaded before is loaded anew.
        found = await self._session.exec(
            select(NoticeRow)
            .where(NoticeRow.community == self._community, col(NoticeRow.meeting).in_(meetings))
            .execution_options(populate_existing=True)
        )
        return [_notice(row) for row in found]

    async def put(self, before: Notice, after: Notice) -> None:
        values = _values(after)
        await insert_new(self._session, NoticeRow, [{"community": self._community, **_values(before)}])
        connection = await self._session.connection()
        changed = await connection.execute(
            update(NoticeRow)
            .where(
                col(NoticeRow.community) == self._community,
                col(NoticeRow.meeting) == before.meeting,
                col(NoticeRow.version) == before.version,
            )
            .values(**values)
            .returning(literal(1))
        )
        if not changed.all():
            raise ConflictError(f"the notice of {before.meeting} has been sent meanwhile")

    async def keep(self, meeting: str, version: int, content: Mapping[str, Json], by: str, now: datetime) -> None:
        row = NoticeVersionRow(
            community=self._community, meeting=meeting, version=version, content=dict(content), sent_by=by, sent_at=now
        )
        self._session.add(row)
        await self._session.flush()

    async def kept(self, meeting: str, version: int) -> Mapping[str, Json] | None:
        row = await self._session.get(NoticeVersionRow, (self._community, meeting, version))
        return row.content if row else None


def _values(notice: Notice) -> dict[str, object]:
    return {
        "meeting": notice.meeting,
        "chair": notice.details.chair,
        "secretary": notice.details.secretary,
        "note": notice.details.note,
        "version": notice.version,
        "sent_at": notice.sent_at,
        "sent_by": notice.sent_by,
    }


def _notice(row: NoticeRow) -> Notice:
    details = NoticeDetails(row.chair, row.secretary, row.note)
    return Notice(row.meeting, details, row.version, row.sent_at, row.sent_by)
