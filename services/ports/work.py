"""The transaction that holds them all, the store it comes from, and the clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from domain.community import Community
from services.messages import Address
from services.ports.delivery import Amendments, Audit, DueWorks, Outbox
from services.ports.meetings import Actions, MeetingRequests, Meetings, MinutesBook
from services.ports.people import Absences, ChannelLinks, Dialogs, People
from services.ports.plan import (
    CalendarFeeds,
    Cases,
    DeadlineStates,
    Digests,
    FreeDeadlines,
    MeetingPlan,
    Notices,
    PlanDrafts,
)
from services.ports.records import Identity
from services.ports.rounds import Differences, Evaluations, Periods, Reports, Rounds
from services.ports.tokens import ApiToken, ApiTokens


class Work(Protocol):
    """One transaction in one community. Leaving it without an error commits."""

    @property
    def community(self) -> Community: ...
    @property
    def people(self) -> People: ...
    @property
    def feeds(self) -> CalendarFeeds: ...
    @property
    def deadlines(self) -> DeadlineStates: ...
    @property
    def free_deadlines(self) -> FreeDeadlines: ...
    @property
    def digests(self) -> Digests: ...
    @property
    def plan_drafts(self) -> PlanDrafts: ...
    @property
    def plan(self) -> MeetingPlan: ...
    @property
    def cases(self) -> Cases: ...
    @property
    def notices(self) -> Notices: ...
    @property
    def periods(self) -> Periods: ...
    @property
    def rounds(self) -> Rounds: ...
    @property
    def reports(self) -> Reports: ...
    @property
    def actions(self) -> Actions: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def due(self) -> DueWorks: ...
    @property
    def dialogs(self) -> Dialogs: ...
    @property
    def links(self) -> ChannelLinks: ...
    @property
    def meetings(self) -> Meetings: ...
    @property
    def minutes(self) -> MinutesBook: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def amendments(self) -> Amendments: ...
    @property
    def evaluations(self) -> Evaluations: ...
    @property
    def requests(self) -> MeetingRequests: ...
    @property
    def absences(self) -> Absences: ...
    @property
    def differences(self) -> Differences: ...
    @property
    def tokens(self) -> ApiTokens: ...
    async def first_time(self, event: str, now: datetime) -> bool:
        """Stores an inbound event's id with its effect; False when it was there: the event is a repeat."""


class Store(Protocol):
    """Transactions, each within one community, and the few questions that stand above communities."""

    @property
    def communities(self) -> Mapping[str, Community]: ...
    def begin(self, community: str) -> AbstractAsyncContextManager[Work]: ...
    def read(self, community: str) -> AbstractAsyncContextManager[Work]: ...
    async def whoever_is(self, identity: Identity) -> Sequence[tuple[str, str]]:
        """(community, person) pairs known for a platform identity; by address if not by id."""

    async def connected(self, address: Address) -> str | None:
        """The community that a channel is connected to."""

    def language_of(self, community: str, person: str) -> str | None:
        """What somebody chose, as it was last read; asks nothing. None for no choice, and for nobody."""

    async def whose_token(self, digest: str) -> tuple[str, ApiToken] | None:
        """The community that a token of the HTTP interface belongs to."""


class Clock(Protocol):
    def now(self) -> datetime:
        """UTC."""


class ConflictError(Exception):
    """Somebody else was first; load again and decide again."""


class Why(StrEnum):
    """What is the matter with a store that cannot be used."""

    UNREACHABLE = "unreachable"
    FULL = "full"  # there is no room for anything new
    READ_ONLY = "read_only"
    DISK = "disk"  # what it lies on fails, or what lies there is damaged
    BUSY = "busy"


class UnavailableError(Exception):
    """The store cannot be used just now, or takes nothing in. Nothing of the transaction is kept; try again later."""

    def __init__(self, why: Why, detail: str = "") -> None:
        """`detail` is what the machine below said of it, for whoever runs a command; never for a log or an answer."""
        super().__init__(str(why))
        self.why = why
        self.detail = detail
