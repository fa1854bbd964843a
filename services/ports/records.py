"""What the ports hand over that is no one's domain model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.community import Person
from domain.plan.meeting import ReadPlan
from services.messages import Address, Json, Params, Recipient


@dataclass(frozen=True, slots=True)
class DueWork:
    """Something that falls due at a UTC instant; its key is unique within the community."""

    key: str
    kind: str
    subject: Params
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """A person as the product knows them: the community file's entry, own language, and whether still with us.

    `epoch` counts how often the person's links and sign-ins have been revoked: older ones hold no longer.
    `preferred` is the channel that the person chose to be written to; None: the one that was used last.
    """

    person: Person
    language: str | None
    active: bool
    epoch: int = 0
    preferred: str | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is on a platform, as the platform itself says."""

    channel: str
    tenant: str
    user: str
    name: str = ""
    emails: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SlackInstallation:
    """A workspace that took the Slack app into use; the token is sealed under the server's key."""

    team: str
    name: str
    sealed_token: str
    installed_at: datetime


@dataclass(frozen=True, slots=True)
class ChannelLink:
    """A channel that gets the summaries."""

    id: str
    address: Address
    name: str


@dataclass(frozen=True, slots=True)
class JoinRequest:
    """Someone unknown who wrote to the bot."""

    id: str
    identity: Identity
    address: Address
    asked_at: datetime
    decided_at: datetime | None = None
    accepted_as: str | None = None


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """What was read out of a file that somebody brought, before any of it is kept. `name` is the file's."""

    id: str
    person: str
    name: str
    made_at: datetime
    plan: ReadPlan


@dataclass(frozen=True, slots=True)
class Sealed:
    """What was known when the meeting began, as it was shown (JSON as in the HTTP interface)."""

    as_of: datetime
    content: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Posted:
    """A message as one, however many copies it has. `id` is a copy's, `at` when the first was put in the outbox."""

    id: int
    template: str
    params: Params
    at: datetime


@dataclass(frozen=True, slots=True)
class Copy:
    """One recipient's copy of a message: its state in the outbox, the channel's word for it, and where it lies."""

    to: Recipient
    template: str
    put_at: datetime
    state: str
    reason: str | None
    channel: str | None
    not_before: datetime


@dataclass(frozen=True, slots=True)
class Amendment:
    """The coordinator's word about a posted message: a correction, or that it is withdrawn."""

    template: str
    params: Params
    note: str
    withdrawn: bool
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change on record. `id` grows with time."""

    id: int
    at: datetime
    by: str | None
    kind: str
    subject: str
    details: Params
