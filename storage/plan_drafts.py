"""What was read out of files that people brought, each one's last, until it is kept."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlmodel import delete
from sqlmodel.sql.expression import col

from domain.plan.meeting import Doubt, Doubtful, FileDeadline, ReadPlan
from services.ports import PlanDraft
from storage.meeting_plan import read, written
from storage.repositories import Repository
from storage.tables import PlanDraftRow


class PlanDraftRepository(Repository):
    async def of(self, person: str) -> PlanDraft | None:
        row = await self._session.get(PlanDraftRow, (self._community, person))
        return PlanDraft(row.id, row.person, row.name, row.made_at, _plan(row.content)) if row else None

    async def put(self, draft: PlanDraft) -> None:
        row = await self._session.get(PlanDraftRow, (self._community, draft.person))
        if row is None:
            row = PlanDraftRow(community=self._community, person=draft.person)  # type: ignore[call-arg]
        row.id, row.name, row.made_at, row.content = draft.id, draft.name, draft.made_at, _content(draft.plan)
        self._session.add(row)
        await self._session.flush()

    async def remove(self, person: str) -> None:
        await self._session.exec(
            delete(PlanDraftRow).where(
                col(PlanDraftRow.community) == self._community, col(PlanDraftRow.person) == person
            )
        )


def _content(plan: ReadPlan) -> dict[str, Any]:
    return {
        "meetings": [written(meeting) for meeting in plan.meetings],
        "deadlines": [[line.text, line.due.isoformat(), line.source] for line in plan.deadlines],
        "doubts": [[doubt.source, doubt.text, str(doubt.why), doubt.detail] for doubt in plan.doubts],
    }


def _plan(content: dict[str, Any]) -> ReadPlan:
    return ReadPlan(
        tuple(read(meeting) for meeting in content["meetings"]),
        tuple(Doubt(source, text, Doubtful(why), detail) for source, text, why, detail in content["doubts"]),
        tuple(FileDeadline(text, date.fromisoformat(due), source) for text, due, source in content["deadlines"]),
    )
