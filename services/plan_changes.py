"""The secretariat's own changes of the meeting plan: kept, on record, and told to those concerned."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from domain.community import Person
from domain.plan.changes import PlannedMeeting
from domain.plan.meeting import Meeting
from domain.working_time import instant, local_date
from services import agenda, deadlines
from services.audience import active_people
from services.held import planned_subject
from services.meeting_plan import meeting_json
from services.messages import Message, Recipient
from services.notice_content import notice_topic
from services.organs import is_concerned
from services.ports import Work

ADDED, MOVED, CHANGED, CANCELLED = "added", "moved", "changed", "cancelled"


async def add(work: Work, meeting: Meeting, by: Person, now: datetime) -> PlannedMeeting:
    planned = PlannedMeeting(uuid4().hex, meeting)
    await work.plan.put(planned)
    await deadlines.plan_mornings(work, [planned])
    await _record(work, ADDED, None, planned, by, now)
    await agenda.place_waiting(work, meeting.forum, by.key, now)
    return planned


async def change(work: Work, before: PlannedMeeting, meeting: Meeting, by: Person, now: datetime) -> PlannedMeeting:
    """The meeting as it is now; nothing happens when it is as it was."""
    meeting = replace(meeting, source=before.meeting.source)
    if meeting == before.meeting:
        return before
    after = replace(before, meeting=meeting, sequence=before.sequence + 1)
    old, new = before.meeting, meeting
    moved = (old.date, old.end_date, old.start, old.end) != (new.date, new.end_date, new.start, new.end)
    kind = MOVED if moved else CHANGED
    await work.plan.put(after)
    await deadlines.plan_mornings(work, [after])
    await _record(work, kind, before, after, by, now)
    await _tell(work, kind, before, after, by, now)
    if moved:
        await agenda.meeting_moved(work, after, by.key, now)
    return after


async def cancel(work: Work, before: PlannedMeeting, by: Person, now: datetime) -> PlannedMeeting:
    """Cancelled by hand: a file that still has the meeting does not bring it back."""
    after = replace(before, cancelled_at=now, sequence=before.sequence + 1)
    await work.plan.put(after)
    await _record(work, CANCELLED, before, after, by, now)
    await _tell(work, CANCELLED, before, after, by, now)
    await agenda.meeting_cancelled(work, after, by.key, now)
    return after


async def _record(
    work: Work, kind: str, before: PlannedMeeting | None, after: PlannedMeeting, by: Person, now: datetime
) -> None:
    was = meeting_json(before.meeting) if before else None
    now_is = meeting_json(after.meeting) if after.cancelled_at is None else None
    await work.audit.add(f"meeting.{kind}", planned_subject(after.id), by=by.key, now=now, before=was, after=now_is)


async def _tell(
    work: Work, kind: str, before: PlannedMeeting, after: PlannedMeeting, by: Person, now: datetime
) -> None:
    """Everybody whose organ it is, but the one who did it. A meeting that is over concerns nobody any more."""
    await work.outbox.refresh(notice_topic(after.id), now=now)
    last = max(before.meeting.end_date, after.meeting.end_date)
    if last < local_date(now, work.community.zone):
        return
    over = instant(last + timedelta(days=1), datetime.min.time(), work.community.zone)
    await work.outbox.put(
        *(
            Message(
                key=f"{planned_subject(after.id)}:{after.sequence}:{person.key}",
                to=Recipient(person=person.key),
                template="plan.notice",
                params={
                    "meeting": after.id,
                    "kind": kind,
                    "sequence": after.sequence,
                    "before": meeting_json(before.meeting),
                    "after": meeting_json(after.meeting),
                },
                topic=planned_subject(after.id),
                expires_at=over,
                quiet=True,
            )
            for person in await active_people(work)
            if person.key != by.key and is_concerned(work, after.meeting.forum, person)
        ),
        now=now,
    )
