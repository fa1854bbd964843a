"""The meeting plan."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel


class PlanMeetingRow(SQLModel, table=True):
    """A meeting of the plan; `imported` is what the last file said of it, None when it was added by hand."""

    __tablename__ = "plan_meeting"
    __table_args__ = (Index("ix_plan_meeting_days", "community", "last_day", "first_day"),)
    community: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    forum: str
    first_day: date
    last_day: date
    start: time | None
    end: time | None
    place: str | None
    host: str | None
    source: str
    imported: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    sequence: int
    cancelled_at: datetime | None


class CalendarFeedRow(SQLModel, table=True):
    """The name of a person's calendar feed, which its address bears."""

    __tablename__ = "calendar_feed"
    __table_args__ = (UniqueConstraint("community", "name"),)
    community: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    name: str


class DeadlineStateRow(SQLModel, table=True):
    """What somebody said about a deadline of the plan; no row: nothing yet."""

    __tablename__ = "deadline_state"
    community: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    done_at: datetime | None
    done_by: str | None
    snoozed_until: date | None
    declined_by: str | None
