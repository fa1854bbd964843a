"""Rows to domain objects and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from domain.community import Person, PreparednessLevel, Role
from domain.periods import DemandingPeriod, LevelChange, Reason, Rhythm
from domain.reports import StatusReport
from domain.rounds import Round
from services.messages import Address, Envelope, Message, Recipient
from services.ports import ChannelLink, Identity, JoinRequest, Member
from storage.tables import (
    ChannelLinkRow,
    IdentityRow,
    JoinRequestRow,
    LevelChangeRow,
    OutboxRow,
    PeriodRow,
    PersonRow,
    RoundRow,
    StatusReportRow,
)


def member(row: PersonRow) -> Member:
    person = Person(
        key=row.key,
        name=row.name,
        email=row.email,
        roles=frozenset(Role(role) for role in row.roles),
        unit=row.unit,
        teams_tenant=row.teams_tenant,
        teams_object_id=row.teams_object_id,
        slack_team=row.slack_team,
        slack_user=row.slack_user,
    )
    return Member(person, row.language, row.active, row.epoch, row.preferred)


def period(row: PeriodRow) -> DemandingPeriod:
    return DemandingPeriod(
        id=row.id,
        community=row.community,
        reasons=tuple(Reason(reason) for reason in row.reasons),
        level=PreparednessLevel(row.level),
        first_meeting=row.first_meeting,
        start=row.start,
        end=row.end,
        every_days=row.every_days,
        until=row.until,
        note=row.note,
        skip_days_off=row.skip_days_off,
        started_by=row.started_by,
        started_at=row.started_at,
        ended_at=row.ended_at,
        changes=tuple(_rhythm(change) for change in row.changes),
    )


def _rhythm(change: Mapping[str, Any]) -> Rhythm:
    return Rhythm(
        since=date.fromisoformat(change["since"]),
        start=time.fromisoformat(change["start"]),
        end=time.fromisoformat(change["end"]),
        every_days=change["every_days"],
        anchor=date.fromisoformat(change["anchor"]),
        weekdays=tuple(change["weekdays"]),
    )


def rhythm_values(rhythm: Rhythm) -> dict[str, Any]:
    return {
        "since": rhythm.since.isoformat(),
        "start": rhythm.start.isoformat(),
        "end": rhythm.end.isoformat(),
        "every_days": rhythm.every_days,
        "anchor": rhythm.anchor.isoformat(),
        "weekdays": list(rhythm.weekdays),
    }


def level_change(row: LevelChangeRow) -> LevelChange:
    levels = PreparednessLevel(row.before), PreparednessLevel(row.after)
    return LevelChange(row.period, row.number, *levels, row.note, row.by, row.at)


def level_change_values(community: str, change: LevelChange) -> dict[str, Any]:
    return {
        "community": community,
        "period": change.period,
        "number": change.number,
        "before": str(change.before),
        "after": str(change.after),
        "note": change.note,
        "by": change.by,
        "at": change.at,
    }


def period_row(period: DemandingPeriod) -> PeriodRow:
    return PeriodRow(
        id=period.id,
        community=period.community,
        reasons=[str(reason) for reason in period.reasons],
        level=str(period.level),
        first_meeting=period.first_meeting,
        start=period.start,
        end=period.end,
        every_days=period.every_days,
        until=period.until,
        note=period.note,
        skip_days_off=period.skip_days_off,
        started_by=period.started_by,
        started_at=period.started_at,
        ended_at=period.ended_at,
        changes=[rhythm_values(change) for change in period.changes],
    )


def round_(row: RoundRow) -> Round:
    return Round(
        id=row.id,
        community=row.community,
        period=row.period,
        opens_at=row.opens_at,
        due_at=row.due_at,
        summary_at=row.summary_at,
        meeting_at=row.meeting_at,
        meeting_ends_at=row.meeting_ends_at,
        cancelled_at=row.cancelled_at,
        short_notice=row.short_notice,
        planned_for=row.planned_for,
    )


def report(row: StatusReportRow) -> StatusReport:
    return StatusReport(
        round=row.round,
        unit=row.unit,
        revision=row.revision,
        values=row.values,
        answered_by=row.answered_by,
        answered_at=row.answered_at,
        first_answered_at=row.first_answered_at,
    )


def identity_address(row: IdentityRow) -> Address:
    return Address(row.channel, row.tenant, row.conversation, row.service_url, row.platform_user)


def join_request(row: JoinRequestRow) -> JoinRequest:
    emails = frozenset({row.email} if row.email else ())
    return JoinRequest(
        id=row.id,
        identity=Identity(row.channel, row.tenant, row.user, row.name, emails),
        address=Address(row.channel, row.tenant, row.conversation, row.service_url, row.platform_user),
        asked_at=row.asked_at,
        decided_at=row.decided_at,
        accepted_as=row.accepted_as,
    )


def link(row: ChannelLinkRow) -> ChannelLink:
    return ChannelLink(row.id, Address(row.channel, row.tenant, row.conversation, row.service_url), row.name)


def message(row: OutboxRow) -> Message:
    return Message(
        key=row.key,
        to=Recipient.parse(row.recipient),
        template=row.template,
        params=row.params,
        topic=row.topic,
        not_before=row.not_before,
        expires_at=row.expires_at,
        quiet=row.quiet,
        urgent=row.urgent,
    )


def message_address(row: OutboxRow) -> Address | None:
    if row.channel is None:
        return None
    return Address(
        row.channel,
        row.tenant or "",
        row.conversation or "",
        row.service_url or "",
        message=row.platform_message or "",
    )


def envelope(row: OutboxRow, replaces: OutboxRow | None = None) -> Envelope:
    if row.id is None:
        raise ValueError("an envelope is a stored row")
    return Envelope(
        id=row.id,
        community=row.community,
        message=message(row),
        created_at=row.created_at,
        attempts=row.attempts,
        replaces=message_address(replaces) if replaces else None,
        sent_at=row.sent_at,
        address=message_address(row),
        original=row.replaces,
        trace=row.trace,
    )
