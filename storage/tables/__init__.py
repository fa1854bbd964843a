"""The tables. Every row bears its community; instants are UTC; figures are kept in revisions and never overwritten."""

from storage.tables.delivery import AmendmentRow, AuditRow, ChannelLinkRow, DueWorkRow, InboundEventRow, OutboxRow
from storage.tables.installation import ApiTokenRow, CommunityFileRow, RetentionRow
from storage.tables.meetings import (
    ActionRow,
    AttendanceRow,
    MeetingNoteRow,
    MeetingRequestRow,
    MinutesCommentRow,
    MinutesRow,
    MinutesVersionRow,
)
from storage.tables.notices import MinutesItemRow, NoticeRow, NoticeVersionRow
from storage.tables.people import AbsenceRow, DialogRow, IdentityRow, JoinRequestRow, PersonRow
from storage.tables.plan import (
    CalendarFeedRow,
    CaseCounterRow,
    CaseRow,
    DeadlineStateRow,
    FreeDeadlineRow,
    PlanDraftRow,
    PlanMeetingRow,
)
from storage.tables.rounds import (
    DifferenceAnswerRow,
    DifferenceRow,
    EvaluationAnswerRow,
    EvaluationInvitedRow,
    EvaluationRow,
    LevelChangeRow,
    PeriodRow,
    RoundRow,
    StatusReportRow,
)

__all__ = [
    "AbsenceRow",
    "ActionRow",
    "AmendmentRow",
    "ApiTokenRow",
    "AttendanceRow",
    "AuditRow",
    "CalendarFeedRow",
    "CaseCounterRow",
    "CaseRow",
    "ChannelLinkRow",
    "CommunityFileRow",
    "DeadlineStateRow",
    "DialogRow",
    "DifferenceAnswerRow",
    "DifferenceRow",
    "DueWorkRow",
    "EvaluationAnswerRow",
    "EvaluationInvitedRow",
    "EvaluationRow",
    "FreeDeadlineRow",
    "IdentityRow",
    "InboundEventRow",
    "JoinRequestRow",
    "LevelChangeRow",
    "MeetingNoteRow",
    "MeetingRequestRow",
    "MinutesCommentRow",
    "MinutesItemRow",
    "MinutesRow",
    "MinutesVersionRow",
    "NoticeRow",
    "NoticeVersionRow",
    "OutboxRow",
    "PeriodRow",
    "PersonRow",
    "PlanDraftRow",
    "PlanMeetingRow",
    "RetentionRow",
    "RoundRow",
    "StatusReportRow",
]
