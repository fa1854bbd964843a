"""The meeting plan."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.tables.columns import json_column


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


class FreeDeadlineRow(SQLModel, table=True):
    """A deadline that follows from no meeting; `imported_*` is what the last file said of it."""

    __tablename__ = "free_deadline"
    community: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    text: str
    due: date
    owner: str
    reminded_before: list[int] = Field(sa_column=Column(JSON, nullable=False))
    imported_text: str | None
    imported_due: date | None
    sequence: int
    removed_at: datetime | None


class DigestChoiceRow(SQLModel, table=True):
    """A person who wants a digest of the week; no row: does not."""

    __tablename__ = "digest_choice"
    community: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    since: datetime


class PlanDraftRow(SQLModel, table=True):
    """What was read out of the last file that a person brought, until it is kept or thrown away."""

    __tablename__ = "plan_draft"
    community: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    id: str
    name: str
    made_at: datetime
    content: dict[str, Any] = json_column()


class CaseRow(SQLModel, table=True):
    """A case of an organ; `number` counts within the organ and the year."""

    __tablename__ = "agenda_case"
    __table_args__ = (
        UniqueConstraint("community", "forum", "year", "number"),
        Index("ix_agenda_case_meeting", "community", "meeting", "position"),
        Index("ix_agenda_case_origin", "community", "origin"),
    )
    community: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    forum: str
    year: int
    number: int
    title: str
    kinds: list[str] = Field(sa_column=Column(JSON, nullable=False))
    responsible: str
    about: str
    proposal: str
    papers: list[dict[str, str]] = Field(sa_column=Column(JSON, nullable=False))
    reported_by: str
    reported_at: datetime
    meeting: str | None
    position: int
    earliest: date | None
    reference: str
    origin: str | None
    state: str
    conclusion: str
    follow_up: date | None
    version: int


class CaseCounterRow(SQLModel, table=True):
    """The last number that an organ gave in a year."""

    __tablename__ = "case_counter"
    community: str = Field(primary_key=True)
    forum: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    last: int
