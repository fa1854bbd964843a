"""What the services need from the outside, as small protocols. Storage and the process fulfil them."""

from services.ports.delivery import Amendments, Audit, DueWorks, Outbox
from services.ports.meetings import Actions, MeetingRequests, Meetings, MinutesBook
from services.ports.people import Absences, ChannelLinks, Dialogs, People
from services.ports.plan import (
    CalendarFeeds,
    Cases,
    DeadlineStates,
    FreeDeadlines,
    MeetingPlan,
    Notices,
    PlanDrafts,
)
from services.ports.records import (
    Amendment,
    AuditEntry,
    ChannelLink,
    Copy,
    DueWork,
    Identity,
    JoinRequest,
    Member,
    PlanDraft,
    Posted,
    Sealed,
    SlackInstallation,
)
from services.ports.rounds import Differences, Evaluations, Periods, Reports, Rounds
from services.ports.tokens import ApiToken, ApiTokens
from services.ports.work import Clock, ConflictError, Store, UnavailableError, Why, Work

__all__ = [
    "Absences",
    "Actions",
    "Amendment",
    "Amendments",
    "ApiToken",
    "ApiTokens",
    "Audit",
    "AuditEntry",
    "CalendarFeeds",
    "Cases",
    "ChannelLink",
    "ChannelLinks",
    "Clock",
    "ConflictError",
    "Copy",
    "DeadlineStates",
    "Dialogs",
    "Differences",
    "DueWork",
    "DueWorks",
    "Evaluations",
    "FreeDeadlines",
    "Identity",
    "JoinRequest",
    "MeetingPlan",
    "MeetingRequests",
    "Meetings",
    "Member",
    "MinutesBook",
    "Notices",
    "Outbox",
    "People",
    "Periods",
    "PlanDraft",
    "PlanDrafts",
    "Posted",
    "Reports",
    "Rounds",
    "Sealed",
    "SlackInstallation",
    "Store",
    "UnavailableError",
    "Why",
    "Work",
]
