"""What units have asked for, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update
from sqlmodel import col, select

from domain.extra_meetings import HowSoon, MeetingRequest, Outcome
from services.ports import ConflictError
from storage.repositories import Repository, insert_new
from storage.tables import MeetingRequestRow


class MeetingRequestRepository(Repository):
    async def add(self, request: MeetingRequest) -> None:
        values = {
            "community": self._community,
            "id": request.id,
            "unit": request.unit,
            "asked_by": request.asked_by,
            "asked_at": request.asked_at,
            "why": request.why,
            "how_soon": str(request.how_soon),
            "word": request.word,
        }
        if await insert_new(self._session, MeetingRequestRow, [values]) == 0:
            raise ConflictError(f"{request.unit} has an open request")

    async def get(self, request_id: str) -> MeetingRequest | None:
        row = await self._session.get(MeetingRequestRow, (self._community, request_id), populate_existing=True)
        return _request(row) if row else None

    async def open(self) -> Sequence[MeetingRequest]:
        found = await self._session.exec(
            select(MeetingRequestRow)
            .where(MeetingRequestRow.community == self._community, col(MeetingRequestRow.decided_at).is_(None))
            .order_by(col(MeetingRequestRow.asked_at), col(MeetingRequestRow.id))
        )
        return [_request(row) for row in found]

    async def decide(self, decided: MeetingRequest) -> None:
        found = await self._session.exec(
            update(MeetingRequestRow)
            .where(
                col(MeetingRequestRow.community) == self._community,
                col(MeetingRequestRow.id) == decided.id,
                col(MeetingRequestRow.decided_at).is_(None),
            )
            .values(
                outcome=None if decided.outcome is None else str(decided.outcome),
                decided_at=decided.decided_at,
                decided_by=decided.decided_by,
                round=decided.round,
                word=decided.word,
            )
            .returning(col(MeetingRequestRow.id))
        )
        if not found.all():
            raise ConflictError(f"request {decided.id} was decided already")


def _request(row: MeetingRequestRow) -> MeetingRequest:
    return MeetingRequest(
        id=row.id,
        community=row.community,
        unit=row.unit,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        why=row.why,
        how_soon=HowSoon(row.how_soon),
        outcome=None if row.outcome is None else Outcome(row.outcome),
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        round=row.round,
        word=row.word,
    )
