"""Demanding periods, rounds and what is reported in them."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, SQLModel

from storage.tables.columns import json_column


class PeriodRow(SQLModel, table=True):
    __tablename__ = "period"
    community: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    reasons: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    level: str
    first_meeting: date
    start: time
    end: time
    every_days: int
    until: date | None
    note: str
    skip_days_off: bool
    started_by: str
    started_at: datetime
    ended_at: datetime | None
    changes: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, server_default="[]")
    )


class LevelChangeRow(SQLModel, table=True):
    """The coordinator set another level for a period; the period's own row bears the level that holds now."""

    __tablename__ = "level_change"
    community: str = Field(primary_key=True)
    period: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    before: str
    after: str
    note: str
    by: str
    at: datetime


class RoundRow(SQLModel, table=True):
    __tablename__ = "round"
    __table_args__ = (
        Index("ix_round_meeting", "community", "meeting_at"),
        Index("ix_round_period", "community", "period", "meeting_at"),
    )
    community: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    period: str
    opens_at: datetime
    due_at: datetime
    summary_at: datetime
    meeting_at: datetime
    meeting_ends_at: datetime
    cancelled_at: datetime | None
    short_notice: bool
    planned_for: date | None
    sealed_at: datetime | None
    sealed: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON, nullable=True))


class StatusReportRow(SQLModel, table=True):
    """One revision of a unit's answers in a round."""

    __tablename__ = "status_report"
    __table_args__ = (Index("ix_status_report_unit", "community", "unit", "answered_at"),)
    community: str = Field(primary_key=True)
    round: str = Field(primary_key=True)
    unit: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    values: dict[str, Any] = json_column()
    answered_by: str
    answered_at: datetime
    first_answered_at: datetime


class DifferenceRow(SQLModel, table=True):
    """A difference that was put to both sides, with the figures as they then were; `clinics` by unit."""

    __tablename__ = "difference"
    community: str = Field(primary_key=True)
    round: str = Field(primary_key=True)
    municipality: str = Field(primary_key=True)
    indicator: str = Field(primary_key=True)
    asked_at: datetime
    own: int
    clinics: dict[str, Any] = json_column()


class DifferenceAnswerRow(SQLModel, table=True):
    """One revision of a unit's word that its figure stands."""

    __tablename__ = "difference_answer"
    community: str = Field(primary_key=True)
    round: str = Field(primary_key=True)
    municipality: str = Field(primary_key=True)
    indicator: str = Field(primary_key=True)
    unit: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    figure: int
    reason: str | None
    because: str
    by: str
    at: datetime


class EvaluationRow(SQLModel, table=True):
    __tablename__ = "evaluation"
    community: str = Field(primary_key=True)
    period: str = Field(primary_key=True)
    opened_at: datetime
    closes_at: datetime
    closed_at: datetime | None = None


class EvaluationInvitedRow(SQLModel, table=True):
    """Who was asked and has answered. `answer` leads to what until the evaluation closes, so that it can be changed."""

    __tablename__ = "evaluation_invited"
    community: str = Field(primary_key=True)
    period: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    answered: bool = False
    answer: str | None = None


class EvaluationAnswerRow(SQLModel, table=True):
    """What somebody answered, under a random id, with nothing of who or when."""

    __tablename__ = "evaluation_answer"
    community: str = Field(primary_key=True)
    period: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    scores: dict[str, Any] = json_column()
    texts: dict[str, Any] = json_column()
