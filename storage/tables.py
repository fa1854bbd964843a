"""The tables. Every row bears its community; instants are UTC; figures are kept in revisions and never overwritten."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, UniqueConstraint, text
from sqlmodel import Field, SQLModel

# Autoincrement on SQLite needs INTEGER, and PostgreSQL should not run out of numbers.
_Id = BigInteger().with_variant(Integer, "sqlite")


def _json() -> Any:
    return Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class PersonRow(SQLModel, table=True):
    """A person of a community; `source` is `file` or `accepted` (by the coordinator, after having written)."""

    __tablename__ = "person"
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
        Index("ix_round_period", "community", "period"),
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
    values: dict[str, Any] = _json()
    answered_by: str
    answered_at: datetime
    first_answered_at: datetime


class DueWorkRow(SQLModel, table=True):
    """`outcome` is None while it waits, then `done`, `cancelled` or `dropped`."""

    __tablename__ = "due_work"
    __table_args__ = (
        UniqueConstraint("community", "key"),
        Index("ix_due_work_waiting", "outcome", "due_at"),
    )
    id: int | None = Field(default=None, sa_column=Column(_Id, primary_key=True, autoincrement=True))
    community: str
    key: str
    kind: str
    subject: dict[str, Any] = _json()
    due_at: datetime
    outcome: str | None = None
    settled_at: datetime | None = None


class OutboxRow(SQLModel, table=True):
    """`state` is `pending`, `sending`, `sent`, `dropped` or `failed`; `retry_at` is on the real clock."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("community", "key"),
        Index("ix_outbox_waiting", "state", "urgent", "id"),
        Index("ix_outbox_topic", "community", "topic"),
        Index("ix_outbox_recipient", "community", "recipient", "id"),
        Index("ix_outbox_place", "community", "conversation", "platform_message"),
    )
    id: int | None = Field(default=None, sa_column=Column(_Id, primary_key=True, autoincrement=True))
    community: str
    key: str
    recipient: str
    template: str
    params: dict[str, Any] = _json()
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
    reason: str | None = None
    sent_at: datetime | None = None
    channel: str | None = None
    tenant: str | None = None
    conversation: str | None = None
    service_url: str | None = None
    platform_message: str | None = None


class InboundEventRow(SQLModel, table=True):
    """What has been received, stored with its effect, so that a repeat has none."""

    __tablename__ = "inbound_event"
    community: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    received_at: datetime


class DialogRow(SQLModel, table=True):
    """The form that a person has open for text."""

    __tablename__ = "dialog"
    community: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    state: dict[str, Any] = _json()
    opened_at: datetime


class CommunityFileRow(SQLModel, table=True):
    """A community's file as the server last read it, for commands that are not given it."""

    __tablename__ = "community_file"
    community: str = Field(primary_key=True)
    text: str


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
    id: int | None = Field(default=None, sa_column=Column(_Id, primary_key=True, autoincrement=True))
    community: str
    at: datetime
    by: str | None
    kind: str
    subject: str
    details: dict[str, Any] = _json()


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
    scores: dict[str, Any] = _json()
    texts: dict[str, Any] = _json()


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


class DifferenceRow(SQLModel, table=True):
    """A difference that was put to both sides, with the figures as they then were; `clinics` by unit."""

    __tablename__ = "difference"
    community: str = Field(primary_key=True)
    round: str = Field(primary_key=True)
    municipality: str = Field(primary_key=True)
    indicator: str = Field(primary_key=True)
    asked_at: datetime
    own: int
    clinics: dict[str, Any] = _json()


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


class AttendanceRow(SQLModel, table=True):
    """Who was at a round's meeting, as it was marked last; what it was before stands in the audit trail."""

    __tablename__ = "attendance"
    community: str = Field(primary_key=True)
    round: str = Field(primary_key=True)
    present: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    guests: str
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
    content: dict[str, Any] = _json()
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
