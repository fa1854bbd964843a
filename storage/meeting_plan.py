"""The meetings of the plan. Cancelled ones stay, for calendars and for the record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from typing import Any

from sqlmodel import col, select

from domain.plan.changes import PlannedMeeting
from domain.plan.meeting import Meeting
from storage.repositories import Repository
from storage.tables import PlanMeetingRow


class MeetingPlanRepository(Repository):
    async def all(self) -> Sequence[PlannedMeeting]:
        return await self._recall("plan", self._where)

    async def ending_from(self, day: date) -> Sequence[PlannedMeeting]:
        return await self._where(col(PlanMeetingRow.last_day) >= day, col(PlanMeetingRow.cancelled_at).is_(None))

    async def _where(self, *conditions: Any) -> Sequence[PlannedMeeting]:
        found = await self._session.exec(
            select(PlanMeetingRow)
            .where(PlanMeetingRow.community == self._community, *conditions)
            .order_by(col(PlanMeetingRow.first_day), col(PlanMeetingRow.forum), col(PlanMeetingRow.id))
        )
        return [_planned(row) for row in found]

    async def get(self, meeting_id: str) -> PlannedMeeting | None:
        row = await self._session.get(PlanMeetingRow, (self._community, meeting_id))
        return _planned(row) if row else None

    async def put(self, planned: PlannedMeeting) -> None:
        self._changes.remembered = True
        row = await self._session.get(PlanMeetingRow, (self._community, planned.id))
        if row is None:
            row = PlanMeetingRow(community=self._community, id=planned.id)  # type: ignore[call-arg]
        meeting = planned.meeting
        row.forum, row.first_day, row.last_day = meeting.forum, meeting.date, meeting.end_date
        row.start, row.end, row.place, row.host = meeting.start, meeting.end, meeting.place, meeting.host
        row.source = meeting.source
        row.imported = written(planned.imported) if planned.imported else None
        row.sequence, row.cancelled_at = planned.sequence, planned.cancelled_at
        self._session.add(row)
        await self._session.flush()


def _planned(row: PlanMeetingRow) -> PlannedMeeting:
    meeting = Meeting(row.forum, row.first_day, row.last_day, row.start, row.end, row.place, row.host, row.source)
    imported = read(row.imported) if row.imported else None
    return PlannedMeeting(row.id, meeting, imported, row.sequence, row.cancelled_at)


def written(meeting: Meeting) -> dict[str, str | None]:
    """As JSON, with where it was read."""
    return {
        "forum": meeting.forum,
        "date": meeting.date.isoformat(),
        "end_date": meeting.end_date.isoformat(),
        "start": meeting.start.isoformat() if meeting.start else None,
        "end": meeting.end.isoformat() if meeting.end else None,
        "place": meeting.place,
        "host": meeting.host,
        "source": meeting.source,
    }


def read(stored: dict[str, Any]) -> Meeting:
    """The meeting that `written` has written."""
    start, end = stored["start"], stored["end"]
    return Meeting(
        forum=stored["forum"],
        date=date.fromisoformat(stored["date"]),
        end_date=date.fromisoformat(stored["end_date"]),
        start=time.fromisoformat(start) if start else None,
        end=time.fromisoformat(end) if end else None,
        place=stored["place"],
        host=stored["host"],
        source=stored["source"],
    )
