"""What goes out and comes in, when it falls due, and what is on record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.tables.columns import NUMBER, json_column

_WAITING: dict[str, Any] = {
    "sqlite_where": text("outcome IS NULL"),
    "postgresql_where": text("outcome IS NULL"),
}


class ChannelLinkRow(SQLModel, table=True):
    __tablename__ = "channel_link"
    __table_args__ = (UniqueConstraint("community", "channel", "tenant", "conversation"),)
    community: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    channel: str
    tenant: str
    conversation: str
    service_url: str
    name: str
    connected_by: str
    connected_at: datetime


class DueWorkRow(SQLModel, table=True):
    """`outcome` is None while it waits, then `done`, `cancelled` or `dropped`."""

    __tablename__ = "due_work"
    __table_args__ = (
        UniqueConstraint("community", "key"),
        # Of what waits alone: PostgreSQL reads no order from an index that begins with what is null.
        Index("ix_due_work_waiting", "due_at", "id", **_WAITING),
        # SQLite looks for the communities first, whatever comes earlier: what is due must then be next to them.
        Index("ix_due_work_due", "community", "due_at", "id", **_WAITING),
        Index("ix_due_work_open", "community", "key", **_WAITING),
    )
    id: int | None = Field(default=None, sa_column=Column(NUMBER, primary_key=True, autoincrement=True))
    community: str
    key: str
    kind: str
    subject: dict[str, Any] = json_column()
    due_at: datetime
    outcome: str | None = None
    settled_at: datetime | None = None


class OutboxRow(SQLModel, table=True):
    """`state` is `pending`, `sending`, `sent`, `dropped` or `failed`.

    `retry_at` is on the real clock. `leased_by` is the process that is sending it; after `leased_until` it may be
    thought dead.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("community", "key"),
        Index("ix_outbox_waiting", "state", "urgent", "id"),
        Index("ix_outbox_topic", "community", "topic"),
        Index("ix_outbox_recipient", "community", "recipient", "id"),
        Index("ix_outbox_open", "state", "community", "recipient"),
        Index("ix_outbox_since", "community", "created_at"),
        Index("ix_outbox_place", "community", "conversation", "platform_message"),
    )
    id: int | None = Field(default=None, sa_column=Column(NUMBER, primary_key=True, autoincrement=True))
    community: str
    key: str
    recipient: str
    template: str
    params: dict[str, Any] = json_column()
    topic: str | None = None
    urgent: bool = False
    quiet: bool = False
    created_at: datetime
    not_before: datetime
    expires_at: datetime | None = None
    replaces: int | None = None  # the row whose message is drawn over
    state: str = "pending"
    attempts: int = 0
    retry_at: datetime | None = None
    leased_by: str | None = None
    leased_until: datetime | None = None
    reason: str | None = None
    sent_at: datetime | None = None
    channel: str | None = None
    tenant: str | None = None
    conversation: str | None = None
    service_url: str | None = None
    platform_message: str | None = None
    trace: str = Field(default="", sa_column_kwargs={"server_default": ""})  # what put it there


class PaceRow(SQLModel, table=True):
    """The moments that requests to a tenant or conversation have taken, in seconds, where processes share them.

    Those too at which somebody asked to sign in. `key` is a digest: who it was is nobody's business here.
    """

    __tablename__ = "pace"
    key: str = Field(primary_key=True)
    taken: list[float] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    last: float


class InboundEventRow(SQLModel, table=True):
    """What has been received, stored with its effect, so that a repeat has none."""

    __tablename__ = "inbound_event"
    community: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    received_at: datetime


class AmendmentRow(SQLModel, table=True):
    """What the coordinator says of a message that was posted: every copy of it bears the same template and values."""

    __tablename__ = "amendment"
    community: str = Field(primary_key=True)
    template: str = Field(primary_key=True)
    about: str = Field(primary_key=True)  # the values that it is drawn from, as text
    withdrawn: bool
    note: str
    by: str
    at: datetime


class AuditRow(SQLModel, table=True):
    """One change on record; rows are added and read, nothing else."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_subject", "community", "subject", "id"),)
    id: int | None = Field(default=None, sa_column=Column(NUMBER, primary_key=True, autoincrement=True))
    community: str
    at: datetime
    by: str | None
    kind: str
    subject: str
    details: dict[str, Any] = json_column()
