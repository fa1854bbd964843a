"""People, who they are on each platform, who stands in for them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.tables.columns import json_column


class PersonRow(SQLModel, table=True):
    """A person of a community; `source` is `file` or `accepted` (by the coordinator, after having written)."""

    __tablename__ = "person"
    __table_args__ = (
        Index("ix_person_email", "email"),
        Index("ix_person_unit", "community", "unit"),
        Index("ix_person_teams", "teams_object_id", "teams_tenant"),
        Index("ix_person_slack", "slack_user", "slack_team"),
    )
    community: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    name: str
    email: str
    unit: str | None
    roles: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    teams_tenant: str | None
    teams_object_id: str | None
    slack_team: str | None
    slack_user: str | None
    language: str | None
    active: bool
    source: str
    epoch: int = Field(default=0, sa_column_kwargs={"server_default": "0"})  # how often access was revoked
    preferred: str | None = None  # the channel that is tried first; None: the one that was used last


class IdentityRow(SQLModel, table=True):
    """Who somebody is on a platform, and where to reach them there."""

    __tablename__ = "identity"
    __table_args__ = (Index("ix_identity_person", "community", "person"),)
    channel: str = Field(primary_key=True)
    tenant: str = Field(primary_key=True)
    user: str = Field(primary_key=True)
    community: str = Field(primary_key=True)
    person: str
    platform_user: str  # the id to begin a conversation with, where that is not `user`
    conversation: str
    service_url: str
    seen_at: datetime
    refused_at: datetime | None = None  # since when the platform has refused what is sent there


class JoinRequestRow(SQLModel, table=True):
    __tablename__ = "join_request"
    __table_args__ = (UniqueConstraint("community", "channel", "tenant", "user"),)
    community: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    channel: str
    tenant: str
    user: str
    name: str
    email: str
    platform_user: str
    conversation: str
    service_url: str
    asked_at: datetime
    decided_at: datetime | None
    accepted_as: str | None


class DialogRow(SQLModel, table=True):
    """The form that a person has open for text."""

    __tablename__ = "dialog"
    community: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    state: dict[str, Any] = json_column()
    opened_at: datetime


class AbsenceRow(SQLModel, table=True):
    """Somebody is away from one local day to another, both included; `ended_at` once it is over."""

    __tablename__ = "absence"
    __table_args__ = (Index("ix_absence_days", "community", "first", "last"),)
    community: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    person: str
    deputy: str | None
    first: date
    last: date
    set_by: str
    set_at: datetime
    ended_at: datetime | None
    ended_by: str | None
