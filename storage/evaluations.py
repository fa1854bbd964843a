"""Evaluations: who was asked, and what was answered. The two are held together only while an answer can be changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import update
from sqlmodel import col, select

from domain.evaluation import Evaluation, EvaluationAnswer, FreeText, Question
from storage.repositories import Repository
from storage.tables import EvaluationAnswerRow, EvaluationInvitedRow, EvaluationRow


class EvaluationRepository(Repository):
    async def add(self, evaluation: Evaluation, invited: Sequence[str]) -> None:
        self._changes.remembered = True
        self._session.add(
            EvaluationRow(
                community=self._community,
                period=evaluation.period,
                opened_at=evaluation.opened_at,
                closes_at=evaluation.closes_at,
            )
        )
        self._session.add_all(
            EvaluationInvitedRow(community=self._community, period=evaluation.period, person=person)
            for person in invited
        )
        await self._session.flush()

    async def get(self, period: str) -> Evaluation | None:
        row = await self._session.get(EvaluationRow, (self._community, period))
        return _evaluation(row) if row else None

    async def newest(self) -> Evaluation | None:
        found = await self._session.exec(
            select(EvaluationRow)
            .where(EvaluationRow.community == self._community)
            .order_by(col(EvaluationRow.opened_at).desc())
            .limit(1)
        )
        row = found.first()
        return _evaluation(row) if row else None

    async def open(self) -> Sequence[Evaluation]:
        return await self._recall("evaluations", self._load_open)

    async def _load_open(self) -> Sequence[Evaluation]:
        found = await self._session.exec(
            select(EvaluationRow)
            .where(EvaluationRow.community == self._community, col(EvaluationRow.closed_at).is_(None))
            .order_by(col(EvaluationRow.opened_at).desc())
        )
        return [_evaluation(row) for row in found]

    async def invited(self, period: str) -> Mapping[str, bool]:
        found = await self._session.exec(
            select(EvaluationInvitedRow.person, EvaluationInvitedRow.answered).where(
                EvaluationInvitedRow.community == self._community, EvaluationInvitedRow.period == period
            )
        )
        return dict(found.all())

    async def own(self, period: str, person: str) -> EvaluationAnswer | None:
        token = await self._token(period, person)
        row = await self._session.get(EvaluationAnswerRow, (self._community, period, token)) if token else None
        return _answer(row) if row else None

    async def put(self, period: str, person: str, answer: EvaluationAnswer) -> bool:
        token = await self._new_token(period, person) or await self._token(period, person)
        if token is None:
            return False
        key = (self._community, period, token)
        row = await self._session.get(EvaluationAnswerRow, key) or EvaluationAnswerRow(
            community=self._community, period=period, id=token
        )
        row.scores = {str(question): score for question, score in answer.scores.items()}
        row.texts = {str(kind): text for kind, text in answer.texts.items()}
        self._session.add(row)
        await self._session.flush()
        return True

    async def _new_token(self, period: str, person: str) -> str | None:
        """None when the person has answered before, or was not asked: of two at the same time one is the first."""
        claimed = await self._session.exec(
            update(EvaluationInvitedRow)
            .where(
                col(EvaluationInvitedRow.community) == self._community,
                col(EvaluationInvitedRow.period) == period,
                col(EvaluationInvitedRow.person) == person,
                col(EvaluationInvitedRow.answered).is_(False),
                select(EvaluationRow.period)
                .where(
                    EvaluationRow.community == self._community,
                    EvaluationRow.period == period,
                    col(EvaluationRow.closed_at).is_(None),
                )
                .exists(),
            )
            .values(answered=True, answer=uuid4().hex)
            .returning(col(EvaluationInvitedRow.answer))
        )
        return claimed.scalar_one_or_none()

    async def _token(self, period: str, person: str) -> str | None:
        found = await self._session.exec(
            select(EvaluationInvitedRow.answer).where(
                EvaluationInvitedRow.community == self._community,
                EvaluationInvitedRow.period == period,
                EvaluationInvitedRow.person == person,
            )
        )
        return found.first()

    async def close(self, period: str, now: datetime) -> None:
        self._changes.remembered = True
        await self._session.exec(
            update(EvaluationRow)
            .where(
                col(EvaluationRow.community) == self._community,
                col(EvaluationRow.period) == period,
                col(EvaluationRow.closed_at).is_(None),
            )
            .values(closed_at=now)
        )
        await self._session.exec(
            update(EvaluationInvitedRow)
            .where(col(EvaluationInvitedRow.community) == self._community, col(EvaluationInvitedRow.period) == period)
            .values(answer=None)
        )

    async def answers(self, period: str) -> Sequence[EvaluationAnswer]:
        found = await self._session.exec(
            select(EvaluationAnswerRow)
            .where(EvaluationAnswerRow.community == self._community, EvaluationAnswerRow.period == period)
            .order_by(col(EvaluationAnswerRow.id))
        )
        return [_answer(row) for row in found]


def _evaluation(row: EvaluationRow) -> Evaluation:
    return Evaluation(row.period, row.opened_at, row.closes_at, row.closed_at)


def _answer(row: EvaluationAnswerRow) -> EvaluationAnswer:
    return EvaluationAnswer(
        scores={question: row.scores[question] for question in Question if question in row.scores},
        texts={kind: row.texts[kind] for kind in FreeText if kind in row.texts},
    )
