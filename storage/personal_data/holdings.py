"""The register: for each table, which columns lead to a person, name one, or hold what people wrote.

Every column of the schema stands here, so a new one is thought of before it is stored. `docs/privacy.md` bears the
same in words; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlmodel import SQLModel

from storage import tables as t

TEXTS_GO = "texts go"
ROWS_GO = "rows go"
STAYS = "stays"
OF_NOBODY = frozenset({"pace", "dev_clock"})
"""Tables of the processes themselves: no row of them belongs to a community, or tells of anybody."""


@dataclass(frozen=True, slots=True)
class Holding:
    """One table. `age` is the column by which it grows old; None: it does not.

    `people` hold a person's key, alone or in a list or a text of several parts; `names` a name, an address or a
    platform's id; `texts` what people wrote; `mixed` JSON with any of these; `plain` nothing of the kind. `author` is
    who wrote the texts. `after` says what happens when the row is older than the community keeps texts.
    """

    row: type[SQLModel]
    why: str
    after: str
    age: str | None = None
    people: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    mixed: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    author: str | None = None
    persons_own: bool = False
    """Whether a row is about its one person and nobody else, and goes when the person is erased."""
    of_all: bool = False
    """Whether it stands above the communities. Such a table holds nothing about people."""

    @property
    def table(self) -> Any:
        return self.row.__table__  # type: ignore[attr-defined]

    @property
    def name(self) -> str:
        return str(self.table.name)

    @property
    def classified(self) -> tuple[str, ...]:
        above = () if self.of_all else ("community",)
        return (*above, *self.people, *self.names, *self.texts, *self.mixed, *self.plain)

    @property
    def personal(self) -> tuple[str, ...]:
        return (*self.people, *self.names, *self.texts, *self.mixed)


HOLDINGS: tuple[Holding, ...] = (
    # People and where they are reached
    Holding(
        t.PersonRow,
        "who belongs to the community, with role, unit and language",
        STAYS,
        people=("key",),
        names=("name", "email", "teams_tenant", "teams_object_id", "slack_team", "slack_user"),
        plain=("unit", "roles", "language", "active", "source", "epoch", "preferred"),
    ),
    Holding(
        t.IdentityRow,
        "to recognise a person on a platform, and to write there",
        STAYS,
        people=("person",),
        names=("user", "platform_user", "conversation"),
        plain=("channel", "tenant", "service_url", "seen_at", "refused_at"),
        persons_own=True,
    ),
    Holding(
        t.JoinRequestRow,
        "somebody unknown wrote, and the coordinator decides",
        ROWS_GO,
        age="asked_at",
        people=("accepted_as",),
        names=("user", "name", "email", "platform_user", "conversation"),
        plain=("id", "channel", "tenant", "service_url", "asked_at", "decided_at"),
        persons_own=True,
    ),
    Holding(
        t.DialogRow,
        "the form that somebody has open for text",
        ROWS_GO,
        age="opened_at",
        people=("person",),
        mixed=("state",),
        plain=("opened_at",),
        persons_own=True,
    ),
    Holding(
        t.AbsenceRow,
        "who is away and who answers meanwhile",
        ROWS_GO,
        age="ended_at",
        people=("person", "deputy", "set_by", "ended_by"),
        plain=("id", "first", "last", "set_at", "ended_at"),
    ),
    # Periods, rounds and reports
    Holding(
        t.PeriodRow,
        "a demanding period and who started it",
        TEXTS_GO,
        age="ended_at",
        people=("started_by",),
        texts=("note",),
        plain=(
            *("id", "reasons", "level", "first_meeting", "start", "end", "every_days", "until", "skip_days_off"),
            *("started_at", "ended_at", "changes"),
        ),
        author="started_by",
    ),
    Holding(
        t.LevelChangeRow,
        "who set which level, and why",
        TEXTS_GO,
        age="at",
        people=("by",),
        texts=("note",),
        plain=("period", "number", "before", "after", "at"),
        author="by",
    ),
    Holding(
        t.RoundRow,
        "a round and what was known when its meeting began",
        TEXTS_GO,
        age="meeting_at",
        mixed=("sealed",),
        plain=(
            *("id", "period", "opens_at", "due_at", "summary_at", "meeting_at", "meeting_ends_at", "cancelled_at"),
            *("short_notice", "planned_for", "sealed_at"),
        ),
    ),
    Holding(
        t.StatusReportRow,
        "a unit's figures, levels and texts, and who answered",
        TEXTS_GO,
        age="answered_at",
        people=("answered_by",),
        mixed=("values",),
        plain=("round", "unit", "revision", "answered_at", "first_answered_at"),
        author="answered_by",
    ),
    Holding(
        t.DifferenceRow,
        "a difference that both sides were asked about",
        STAYS,
        plain=("round", "municipality", "indicator", "asked_at", "own", "clinics"),
    ),
    Holding(
        t.DifferenceAnswerRow,
        "why a unit's figure stands, and who said so",
        TEXTS_GO,
        age="at",
        people=("by",),
        texts=("because",),
        plain=("round", "municipality", "indicator", "unit", "revision", "figure", "reason", "at"),
        author="by",
    ),
    Holding(
        t.EvaluationRow,
        "when a period's evaluation was open",
        STAYS,
        plain=("period", "opened_at", "closes_at", "closed_at"),
    ),
    Holding(
        t.EvaluationInvitedRow,
        "who was asked to evaluate, and whether they did",
        STAYS,
        people=("person",),
        plain=("period", "answered", "answer"),
        persons_own=True,
    ),
    Holding(
        t.EvaluationAnswerRow,
        "what was answered, under a random id and with no time",
        TEXTS_GO,
        mixed=("texts",),
        plain=("period", "id", "scores"),
    ),
    # Meetings, actions and minutes
    Holding(
        t.MeetingRequestRow,
        "a unit's wish for a meeting, and the answer",
        TEXTS_GO,
        age="asked_at",
        people=("asked_by", "decided_by"),
        texts=("why", "word"),
        plain=("id", "unit", "asked_at", "how_soon", "outcome", "decided_at", "round"),
        author="asked_by",
    ),
    Holding(
        t.ActionRow,
        "what was agreed, by whom and for when",
        TEXTS_GO,
        age="settled_at",
        people=("created_by", "settled_by"),
        texts=("text", "reason"),
        plain=("id", "owner", "due", "state", "created_at", "settled_at", "moves", "round", "version"),
        author="created_by",
    ),
    Holding(
        t.AttendanceRow,
        "who was at a meeting",
        TEXTS_GO,
        age="marked_at",
        people=("present", "chair", "secretary", "marked_by"),
        texts=("guests",),
        plain=("round", "marked_at"),
        author="marked_by",
    ),
    Holding(
        t.MeetingNoteRow,
        "points and decisions of a meeting, for its minutes",
        TEXTS_GO,
        age="noted_at",
        people=("noted_by",),
        texts=("text",),
        plain=("id", "round", "unit", "kind", "noted_at", "number", "removed_at"),
        author="noted_by",
    ),
    Holding(
        t.MinutesRow,
        "whether minutes were sent and approved, and by whom",
        STAYS,
        people=("approved_by",),
        plain=("round", "state", "version", "sent_at", "approved_at"),
    ),
    Holding(
        t.MinutesVersionRow,
        "the minutes as they were sent: a record of the community",
        STAYS,
        people=("sent_by",),
        mixed=("content",),
        plain=("round", "version", "sent_at"),
    ),
    Holding(
        t.MinutesCommentRow,
        "what people said about minutes before they were approved",
        TEXTS_GO,
        age="at",
        people=("person",),
        texts=("text",),
        plain=("id", "round", "version", "at"),
        author="person",
    ),
    # The meeting plan
    Holding(
        t.PlanMeetingRow,
        "the meetings of the organs",
        STAYS,
        mixed=("imported",),
        plain=(
            *("id", "forum", "first_day", "last_day", "start", "end", "place", "host", "source", "sequence"),
            "cancelled_at",
        ),
    ),
    Holding(
        t.CalendarFeedRow,
        "the secret part of a person's calendar address",
        STAYS,
        people=("person",),
        names=("name",),
        persons_own=True,
    ),
    Holding(
        t.DigestChoiceRow,
        "who wants a digest of the week",
        STAYS,
        people=("person",),
        plain=("since",),
        persons_own=True,
    ),
    Holding(
        t.DeadlineStateRow,
        "who has done, put off or declined what falls due",
        STAYS,
        people=("done_by", "declined_by"),
        plain=("key", "done_at", "snoozed_until"),
    ),
    Holding(
        t.FreeDeadlineRow,
        "what falls due that follows from no meeting, and who owes it",
        STAYS,
        people=("owner",),
        texts=("text", "imported_text"),
        plain=("id", "due", "reminded_before", "imported_due", "sequence", "removed_at"),
    ),
    Holding(
        t.PlanDraftRow,
        "what was read out of a plan's file, until it is kept",
        ROWS_GO,
        age="made_at",
        people=("person",),
        texts=("name",),
        mixed=("content",),
        plain=("id", "made_at"),
        persons_own=True,
    ),
    Holding(
        t.CaseRow,
        "the organs' cases: a record of the community",
        STAYS,
        people=("responsible", "reported_by"),
        texts=("title", "about", "proposal", "conclusion"),
        mixed=("papers",),
        plain=(
            *("id", "forum", "year", "number", "kinds", "reported_at", "meeting", "position", "earliest"),
            *("reference", "origin", "state", "follow_up", "version"),
        ),
    ),
    Holding(
        t.NoticeRow,
        "who leads a meeting of an organ and writes its minutes, and a message to those who are called",
        STAYS,
        people=("chair", "secretary", "sent_by"),
        texts=("note",),
        plain=("meeting", "version", "sent_at"),
    ),
    Holding(
        t.MinutesItemRow,
        "what an organ's minutes say of each item: a record of the community",
        STAYS,
        people=("written_by",),
        texts=("text", "conclusion"),
        plain=("meeting", "item", "written_at"),
    ),
    Holding(
        t.NoticeVersionRow,
        "the notices as they were sent: a record of the community",
        STAYS,
        people=("sent_by",),
        mixed=("content",),
        plain=("meeting", "version", "sent_at"),
    ),
    Holding(t.CaseCounterRow, "the last number given", STAYS, plain=("forum", "year", "last")),
    # Delivery and record
    Holding(
        t.ChannelLinkRow,
        "which channel gets the summaries, and who connected it",
        STAYS,
        people=("connected_by",),
        plain=("id", "channel", "tenant", "conversation", "service_url", "name", "connected_at"),
    ),
    Holding(
        t.DueWorkRow,
        "what falls due, and what came of it",
        ROWS_GO,
        age="settled_at",
        people=("key",),
        mixed=("subject",),
        plain=("id", "kind", "due_at", "outcome", "settled_at"),
    ),
    Holding(
        t.OutboxRow,
        "what was sent to whom, and where it lies, so that it can be corrected",
        TEXTS_GO,
        age="created_at",
        people=("key", "recipient"),
        names=("conversation",),
        mixed=("params", "topic"),
        plain=(
            *("id", "template", "urgent", "quiet", "created_at", "not_before", "expires_at", "replaces", "state"),
            *("attempts", "retry_at", "reason", "sent_at", "channel", "tenant", "service_url", "platform_message"),
            *("leased_by", "leased_until", "trace"),
        ),
    ),
    Holding(
        t.InboundEventRow,
        "which events were received, so that a repeat has no effect",
        ROWS_GO,
        age="received_at",
        people=("key",),
        plain=("received_at",),
    ),
    Holding(
        t.AmendmentRow,
        "what the coordinator said about a message that was posted",
        TEXTS_GO,
        age="at",
        people=("by",),
        texts=("note",),
        mixed=("about",),
        plain=("template", "withdrawn", "at"),
        author="by",
    ),
    Holding(
        t.AuditRow,
        "what was changed, when and by whom",
        TEXTS_GO,
        age="at",
        people=("by", "subject"),
        mixed=("details",),
        plain=("id", "at", "kind"),
    ),
    # The installation
    Holding(
        t.CommunityFileRow,
        "the community file as it was last read, which names the people",
        STAYS,
        texts=("text",),
    ),
    Holding(t.RetentionRow, "up to when old texts are gone", STAYS, plain=("swept_to",)),
    Holding(
        t.ApiTokenRow,
        "other programs' access, without the token itself",
        STAYS,
        texts=("name",),
        plain=("id", "digest", "created_at", "last_used_at"),
    ),
    Holding(
        t.SlackInstallationRow,
        "which workspaces took the Slack app into use, the token sealed",
        STAYS,
        plain=("team", "name", "sealed_token", "installed_at"),
        of_all=True,
    ),
)
