"""One transaction in one community: every repository, each bound to it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.community import Community
from storage.absences import AbsenceRepository
from storage.actions import ActionRepository
from storage.amendments import AmendmentRepository
from storage.api_tokens import ApiTokenRepository
from storage.audit import AuditRepository
from storage.calendar_feeds import CalendarFeedRepository
from storage.cases import CaseRepository
from storage.deadlines import DeadlineStateRepository
from storage.differences import DifferenceRepository
from storage.digests import DigestRepository
from storage.evaluations import EvaluationRepository
from storage.free_deadlines import FreeDeadlineRepository
from storage.meeting_plan import MeetingPlanRepository
from storage.meeting_requests import MeetingRequestRepository
from storage.memory import Memory
from storage.minutes import MeetingRepository, MinutesRepository
from storage.notices import NoticeRepository
from storage.outbox import OutboxRepository
from storage.people import PeopleRepository
from storage.periods import PeriodRepository
from storage.plan_drafts import PlanDraftRepository
from storage.repositories import (
    Changes,
    ChannelLinkRepository,
    DialogRepository,
    DueWorkRepository,
    ReportRepository,
    RoundRepository,
    insert_new,
)
from storage.tables import InboundEventRow


class SqlWork:
    """One transaction in one community."""

    def __init__(self, session: AsyncSession, community: Community, memory: Memory) -> None:
        self.community = community
        self._session = session
        self.changes = Changes(memory.generation)
        self.people = PeopleRepository(session, community.key, memory, self.changes)
        self.feeds = CalendarFeedRepository(session, community.key, memory, self.changes)
        self.deadlines = DeadlineStateRepository(session, community.key, memory, self.changes)
        self.free_deadlines = FreeDeadlineRepository(session, community.key, memory, self.changes)
        self.digests = DigestRepository(session, community.key, memory, self.changes)
        self.plan_drafts = PlanDraftRepository(session, community.key, memory, self.changes)
        self.plan = MeetingPlanRepository(session, community.key, memory, self.changes)
        self.cases = CaseRepository(session, community.key, memory, self.changes)
        self.notices = NoticeRepository(session, community.key, memory, self.changes)
        self.periods = PeriodRepository(session, community.key, memory, self.changes)
        self.rounds = RoundRepository(session, community.key, memory, self.changes)
        self.reports = ReportRepository(session, community.key, memory, self.changes)
        self.actions = ActionRepository(session, community.key, memory, self.changes)
        self.outbox = OutboxRepository(session, community.key, memory, self.changes)
        self.due = DueWorkRepository(session, community.key, memory, self.changes)
        self.dialogs = DialogRepository(session, community.key, memory, self.changes)
        self.links = ChannelLinkRepository(session, community.key, memory, self.changes)
        self.meetings = MeetingRepository(session, community.key, memory, self.changes)
        self.minutes = MinutesRepository(session, community.key, memory, self.changes)
        self.audit = AuditRepository(session, community.key, memory, self.changes)
        self.amendments = AmendmentRepository(session, community.key, memory, self.changes)
        self.evaluations = EvaluationRepository(session, community.key, memory, self.changes)
        self.requests = MeetingRequestRepository(session, community.key, memory, self.changes)
        self.differences = DifferenceRepository(session, community.key, memory, self.changes)
        self.absences = AbsenceRepository(session, community.key, memory, self.changes)
        self.tokens = ApiTokenRepository(session, community.key, memory, self.changes)

    async def first_time(self, event: str, now: datetime) -> bool:
        values = {"community": self.community.key, "key": event, "received_at": now}
        return await insert_new(self._session, InboundEventRow, [values]) == 1
