"""The differences that were put to both sides, and what they answered: rows are added and read, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from sqlmodel import col, select

from domain.differences import Figures, Question, Reason, Stand
from services.ports import ConflictError
from storage.repositories import Repository, insert_new
from storage.tables import DifferenceAnswerRow, DifferenceRow


class DifferenceRepository(Repository):
    async def ask(self, question: Question) -> bool:
        self._changes.remembered = True
        figures = question.figures
        values = {
            "community": self._community,
            "round": question.round,
            "municipality": figures.municipality,
            "indicator": figures.indicator,
            "asked_at": question.asked_at,
            "own": figures.own,
            "clinics": dict(figures.clinics),
        }
        return await insert_new(self._session, DifferenceRow, [values]) == 1

    async def stand(self, stand: Stand) -> None:
        self._changes.remembered = True
        values = {
            "community": self._community,
            "round": stand.round,
            "municipality": stand.municipality,
            "indicator": stand.indicator,
            "unit": stand.unit,
            "revision": stand.revision,
            "figure": stand.figure,
            "reason": str(stand.reason) if stand.reason else None,
            "because": stand.because,
            "by": stand.by,
            "at": stand.at,
        }
        if await insert_new(self._session, DifferenceAnswerRow, [values]) == 0:
            raise ConflictError(f"{stand.round}/{stand.municipality}/{stand.unit}/{stand.revision}")

    async def questions(self, round_id: str) -> Sequence[Question]:
        return await self._recall(f"differences:{round_id}", partial(self._load_questions, round_id))

    async def _load_questions(self, round_id: str) -> Sequence[Question]:
        found = await self._session.exec(
            select(DifferenceRow)
            .where(DifferenceRow.community == self._community, DifferenceRow.round == round_id)
            .order_by(col(DifferenceRow.asked_at), col(DifferenceRow.municipality))
        )
        return [_question(row) for row in found]

    async def stands(self, round_id: str) -> Sequence[Stand]:
        return await self._recall(f"stands:{round_id}", partial(self._load_stands, round_id))

    async def _load_stands(self, round_id: str) -> Sequence[Stand]:
        found = await self._session.exec(
            select(DifferenceAnswerRow)
            .where(DifferenceAnswerRow.community == self._community, DifferenceAnswerRow.round == round_id)
            .order_by(col(DifferenceAnswerRow.at), col(DifferenceAnswerRow.revision))
        )
        return [_stand(row) for row in found]

    async def questions_in(self, round_ids: Sequence[str]) -> Sequence[Question]:
        mine = (DifferenceRow.community == self._community, col(DifferenceRow.round).in_(round_ids))
        return [_question(row) for row in await self._session.exec(select(DifferenceRow).where(*mine))]

    async def stands_in(self, round_ids: Sequence[str]) -> Sequence[Stand]:
        mine = (DifferenceAnswerRow.community == self._community, col(DifferenceAnswerRow.round).in_(round_ids))
        return [_stand(row) for row in await self._session.exec(select(DifferenceAnswerRow).where(*mine))]


def _question(row: DifferenceRow) -> Question:
    return Question(row.round, row.asked_at, Figures(row.municipality, row.indicator, row.own, row.clinics))


def _stand(row: DifferenceAnswerRow) -> Stand:
    return Stand(
        round=row.round,
        municipality=row.municipality,
        indicator=row.indicator,
        unit=row.unit,
        revision=row.revision,
        figure=row.figure,
        reason=Reason(row.reason) if row.reason else None,
        because=row.because,
        by=row.by,
        at=row.at,
    )
