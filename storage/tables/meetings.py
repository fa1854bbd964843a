"""Requests for meetings, the meetings, actions and minutes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, text
from sqlmodel import Field, SQLModel

from storage.tables.columns import json_column

_OPEN = text("decided_at IS NULL")


class MeetingRequestRow(SQLModel, table=True):
    """A unit's request for a meeting; a unit has one open at a time."""

    __tablename__ = "meeting_request"
    __table_args__ = (
        Index(
            "ix_meeting_request_open",
            "community",
            "unit",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )
    community: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    unit: str
    asked_by: str
    asked_at: datetime
    why: str
    how_soon: str
    outcome: str | None
    decided_at: datetime | None
    decided_by: str | None
    round: str | None
    word: str


class ActionRow(SQLModel, table=True):
    """Something agreed, as it now stands; how it came to be so is in the audit trail."""

    __tablename__ = "action"
    __table_args__ = (Index("ix_action_settled", "community", "settled_at"),)
    community: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    text: str
    owner: str
    due: date
    state: str
    created_by: str
    created_at: datetime
    settled_at: datetime | None
    settled_by: str | None
    reason: str
    moves: int
    round: str | None
    version: int


class AttendanceRow(SQLModel, table=True):
    """Who was at a round's meeting, as it was marked last; what it was before stands in the audit trail."""

    __tablename__ = "attendance"
    community: str = Field(primary_key=True)
    round: str = Field(primary_key=True)
    present: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    guests: str
    chair: str | None = None
    secretary: str | None = None
    marked_by: str
    marked_at: datetime


class MeetingNoteRow(SQLModel, table=True):
    """A point or decision of a round's meeting; one that was taken away stays, with when."""

    __tablename__ = "meeting_note"
    __table_args__ = (Index("ix_meeting_note_round", "community", "round", "number"),)
    community: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    round: str
    unit: str | None
    kind: str
    text: str
    noted_by: str
    noted_at: datetime
    number: int  # in the order in which they were noted
    removed_at: datetime | None = None


class MinutesRow(SQLModel, table=True):
    """The minutes of a round's meeting; `version` is the newest that was sent."""

    __tablename__ = "minutes"
    community: str = Field(primary_key=True)
    round: str = Field(primary_key=True)
    state: str
    version: int
    sent_at: datetime | None
    approved_at: datetime | None
    approved_by: str | None


class MinutesVersionRow(SQLModel, table=True):
    """What was sent, as it was then; never changed."""

    __tablename__ = "minutes_version"
    community: str = Field(primary_key=True)
    round: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    content: dict[str, Any] = json_column()
    sent_by: str
    sent_at: datetime


class MinutesCommentRow(SQLModel, table=True):
    __tablename__ = "minutes_comment"
    __table_args__ = (Index("ix_minutes_comment_round", "community", "round", "at"),)
    community: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    round: str
    version: int
    person: str
    text: str
    at: datetime
