"""Minutes: a draft, sent for comment, approved. What was sent is frozen; a correction of figures does not reach it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from domain.identity_numbers import contains_identity_number
from domain.working_time import instant

LONGEST_COMMENT = 1000
MOST_COMMENTS = 20
"""Of one person to one version."""


class MinutesState(StrEnum):
    DRAFT = "draft"
    SENT = "sent"  # for comment
    APPROVED = "approved"


@dataclass(frozen=True, slots=True)
class Minutes:
    """The minutes of a round's meeting. `version` counts what was sent, 0 is the draft. Instants are UTC."""

    round: str
    state: MinutesState = MinutesState.DRAFT
    version: int = 0
    sent_at: datetime | None = None
    approved_at: datetime | None = None
    approved_by: str | None = None  # None: by itself, because the time had passed

    @property
    def may_change(self) -> bool:
        """Until they are approved, notes may be changed and an amended version be sent."""
        return self.state is not MinutesState.APPROVED

    @property
    def may_be_approved(self) -> bool:
        return self.state is MinutesState.SENT

    def sent(self, now: datetime) -> Minutes:
        """The next version is out for comment; the time for comments begins anew."""
        if not self.may_change:
            raise ValueError("approved minutes are not sent again")
        return replace(self, state=MinutesState.SENT, version=self.version + 1, sent_at=now)

    def approved(self, now: datetime, by: str | None) -> Minutes:
        if not self.may_be_approved:
            raise ValueError(f"minutes that are {self.state} are not approved")
        return replace(self, state=MinutesState.APPROVED, approved_at=now, approved_by=by)


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody had to say to a version."""

    id: str
    round: str
    version: int
    person: str
    text: str
    at: datetime


class WrongComment(StrEnum):
    REQUIRED = "required"
    TOO_LONG = "too_long"
    IDENTITY_NUMBER = "identity_number"
    TOO_MANY = "too_many"


def wrong_comment(text: str, before: Sequence[Comment]) -> WrongComment | None:
    """What is wrong with a person's comment; `before` are those that the same person made to the version."""
    if not text:
        return WrongComment.REQUIRED
    if contains_identity_number(text):
        return WrongComment.IDENTITY_NUMBER
    if len(text) > LONGEST_COMMENT:
        return WrongComment.TOO_LONG
    return WrongComment.TOO_MANY if len(before) >= MOST_COMMENTS else None


def approves_itself(minutes: Minutes, comments: Sequence[Comment]) -> bool:
    """Whether the minutes are approved now that the time for comments has passed: nobody had any to this version."""
    return minutes.may_be_approved and not any(comment.version == minutes.version for comment in comments)


def comments_until(sent_at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """When the time for comments ends (UTC): so many days later, at the same time of day on the wall clock.

    A week without comment is what the community's papers say of the minutes of SSU.
    """
    local = sent_at.astimezone(zone)
    return instant(local.date() + timedelta(days=days), local.time(), zone)
