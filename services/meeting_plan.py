"""The meeting plan that is kept: a file's meetings come in, and what collides is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from uuid import uuid4

from domain.plan.changes import Change, ChangeKind, PlannedMeeting, changes
from domain.plan.conflicts import Busy, Conflict, conflicts
from domain.plan.meeting import Doubt, FileDeadline, Meeting
from domain.working_time import local_date
from services import agenda, deadlines
from services.doubts import reason
from services.held import planned_subject
from services.messages import Json
from services.notice_content import notice_topic
from services.ports import Work


async def standing(work: Work) -> list[PlannedMeeting]:
    """The meetings that have not been cancelled, by date."""
    return [planned for planned in await work.plan.all() if planned.cancelled_at is None]


async def compare(work: Work, read: Sequence[Meeting]) -> list[Change]:
    """What storing a file's meetings would change."""
    return changes(await work.plan.all(), read)


async def store(work: Work, found: Sequence[Change], *, by: str | None, now: datetime) -> None:
    """Makes the changes, each on record. `by` is a person's key, None for the command line."""
    kept = [(change.kind, await _store(work, change, by, now)) for change in found]
    await deadlines.plan_mornings(work, await standing(work))
    for kind, planned in kept:
        if kind is ChangeKind.MOVED:
            await agenda.meeting_moved(work, planned, by, now)
        elif kind is ChangeKind.CANCELLED:
            await agenda.meeting_cancelled(work, planned, by, now)
    for forum in dict.fromkeys(planned.meeting.forum for kind, planned in kept if kind is ChangeKind.ADDED):
        await agenda.place_waiting(work, forum, by, now)


async def _store(work: Work, change: Change, by: str | None, now: datetime) -> PlannedMeeting:
    before, after = change.before, change.after
    if before is None:
        planned = PlannedMeeting(uuid4().hex, change.meeting, change.imported)
    elif after is None:
        # Forgotten as the file's: should a later file have it again, it is a new meeting.
        planned = replace(before, imported=None, cancelled_at=now, sequence=before.sequence + 1)
    else:
        counted = before.sequence + (change.kind is not ChangeKind.KEPT)
        planned = replace(before, meeting=after, imported=change.imported, sequence=counted)
    await work.plan.put(planned)
    if change.kind is not ChangeKind.KEPT:
        await work.outbox.refresh(notice_topic(planned.id), now=now)
        told: dict[str, Json] = {"before": meeting_json(before.meeting) if before else None}
        told["after"] = meeting_json(after) if after else None
        await work.audit.add(f"meeting.{change.kind}", planned_subject(planned.id), by=by, now=now, **told)
    return planned


async def collisions(work: Work, meetings: Sequence[Meeting]) -> list[Conflict]:
    """What collides among these meetings, and with the operational meetings that are set up."""
    zone = work.community.zone
    busy = [
        Busy(
            local_date(round_.meeting_at, zone),
            round_.meeting_at.astimezone(zone).time(),
            round_.meeting_ends_at.astimezone(zone).time(),
        )
        for round_ in await work.rounds.all()
        if round_.cancelled_at is None
    ]
    return conflicts(work.community, meetings, busy)


# As JSON


def meeting_json(meeting: Meeting) -> dict[str, Json]:
    return {
        "forum": meeting.forum,
        "date": meeting.date.isoformat(),
        "end_date": meeting.end_date.isoformat(),
        "start": f"{meeting.start:%H:%M}" if meeting.start else None,
        "end": f"{meeting.end:%H:%M}" if meeting.end else None,
        "place": meeting.place,
        "host": meeting.host,
    }


def meeting_of(stored: Mapping[str, Json]) -> Meeting:
    """The meeting that `meeting_json` has written."""
    words = {key: str(value) if value is not None else None for key, value in stored.items()}
    start, end = words["start"], words["end"]
    return Meeting(
        forum=str(words["forum"]),
        date=date.fromisoformat(str(words["date"])),
        end_date=date.fromisoformat(str(words["end_date"])),
        start=time.fromisoformat(start) if start else None,
        end=time.fromisoformat(end) if end else None,
        place=words["place"],
        host=words["host"],
    )


def conflict_json(conflict: Conflict) -> dict[str, Json]:
    return {
        "forum": conflict.forum,
        "date": conflict.date.isoformat(),
        "kind": str(conflict.kind),
        "with": conflict.against,
        "proposal": conflict.proposal.isoformat() if conflict.proposal else None,
    }


def deadline_json(deadline: FileDeadline) -> dict[str, Json]:
    return {"text": deadline.text, "due": deadline.due.isoformat(), "source": deadline.source}


def doubt_json(doubt: Doubt) -> dict[str, Json]:
    return {"source": doubt.source, "text": doubt.text, "reason": reason(doubt)}
