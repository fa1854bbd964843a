"""Demanding periods, their rounds, and what is reported in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from domain.differences import Question, Stand
from domain.evaluation import Evaluation, EvaluationAnswer
from domain.periods import DemandingPeriod, LevelChange
from domain.reports import StatusReport
from domain.rounds import Round
from services.ports.records import Sealed


class Periods(Protocol):
    async def add(self, period: DemandingPeriod) -> None: ...
    async def get(self, period_id: str) -> DemandingPeriod | None: ...
    async def not_ended(self) -> Sequence[DemandingPeriod]:
        """Running and planned ones, the earliest first."""

    async def for_change(self, period_id: str) -> DemandingPeriod | None:
        """The period as it stands; nobody else changes it until this transaction is over."""

    async def change(self, period: DemandingPeriod) -> None:
        """Keeps its changes of rhythm and its last date."""

    async def end(self, period_id: str, now: datetime) -> None: ...
    async def set_level(self, change: LevelChange) -> None:
        """Raises ConflictError when a change of that number is there already."""

    async def level_changes(self, period_id: str) -> Sequence[LevelChange]:
        """The oldest first."""


class Rounds(Protocol):
    async def add(self, round_: Round) -> None: ...
    async def get(self, round_id: str) -> Round | None: ...
    async def of_period(self, period_id: str) -> Sequence[Round]:
        """By time of meeting, cancelled ones included."""

    async def all(self) -> Sequence[Round]: ...
    async def running(self, now: datetime) -> Sequence[Round]:
        """Of each period that has not ended the last meeting that has begun and those to come, cancelled ones left out,
        by time of meeting. Meetings before it may be among them."""

    async def before(self, round_: Round, since: datetime) -> Round | None:
        """The last meeting before this round's that was not cancelled and not earlier than `since`."""

    async def following(self, period_id: str, after: datetime) -> Round | None:
        """The period's first meeting after that instant that was not cancelled."""

    async def earlier(self, round_: Round, most: int) -> Sequence[Round]:
        """The last meetings before this round's that were not cancelled, the earliest first."""

    async def within(self, first: datetime, last: datetime) -> Sequence[Round]:
        """Meetings from the one instant to the other, both included, cancelled ones too, by time of meeting."""

    async def last_begun(self, by: datetime) -> Round | None:
        """The round with the latest meeting whose summary was due by then; cancelled ones left out."""

    async def cancel(self, round_ids: Sequence[str], now: datetime) -> None: ...
    async def seal(self, round_id: str, sealed: Sealed) -> None: ...
    async def sealed(self, round_ids: Sequence[str]) -> Mapping[str, Sealed]: ...
    async def sealed_totals(self, round_ids: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
        """The totals alone of what was sealed: indicator → figure."""


class Reports(Protocol):
    async def add(self, report: StatusReport) -> None:
        """Raises ConflictError when that revision exists."""

    async def revisions(self, round_ids: Sequence[str]) -> Sequence[StatusReport]:
        """Every revision of every unit, oldest first."""

    async def newest(self, round_id: str, unit: str) -> StatusReport | None: ...
    async def last_before(self, unit: str, meeting_at: datetime, since: datetime) -> StatusReport | None:
        """The unit's newest report of an earlier round that was not cancelled."""


class Differences(Protocol):
    """What was put to both sides of a difference, and what they said; nothing of it is changed or taken away."""

    async def ask(self, question: Question) -> bool:
        """False when that difference of the round was put to them before."""

    async def stand(self, stand: Stand) -> None:
        """Raises ConflictError when that revision exists."""

    async def questions(self, round_id: str) -> Sequence[Question]: ...
    async def stands(self, round_id: str) -> Sequence[Stand]:
        """Every revision, the oldest first."""

    async def questions_in(self, round_ids: Sequence[str]) -> Sequence[Question]:
        """Of several rounds at once."""

    async def stands_in(self, round_ids: Sequence[str]) -> Sequence[Stand]:
        """Of several rounds at once, every revision."""


class Evaluations(Protocol):
    """Each belongs to a period. Who has answered is kept apart from what; closing cuts what holds them together."""

    async def add(self, evaluation: Evaluation, invited: Sequence[str]) -> None: ...
    async def get(self, period: str) -> Evaluation | None: ...
    async def newest(self) -> Evaluation | None:
        """Of the period that ended last, of those that had a meeting."""

    async def open(self) -> Sequence[Evaluation]:
        """Those that have not closed, the newest first."""

    async def invited(self, period: str) -> Mapping[str, bool]:
        """Person → whether the person has answered."""

    async def own(self, period: str, person: str) -> EvaluationAnswer | None:
        """What the person has answered, as long as the evaluation is open."""

    async def put(self, period: str, person: str, answer: EvaluationAnswer) -> bool:
        """In place of what the person answered before. False when the person was not asked, or it has closed."""

    async def close(self, period: str, now: datetime) -> None: ...
    async def answers(self, period: str) -> Sequence[EvaluationAnswer]: ...
