"""A meeting that minutes are written of: an operational one, which is a round's, or one of an organ, in the plan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from domain.community import Community, Forum, Person, Role
from domain.plan.changes import PlannedMeeting
from domain.rounds import Round
from domain.working_time import instant
from services.messages import Json
from services.ports import Work

Held = Round | PlannedMeeting


def subject_of(held: Held) -> str:
    """What the audit trail calls it."""
    return round_subject(held.id) if isinstance(held, Round) else planned_subject(held.id)


def round_subject(round_id: str) -> str:
    return f"round:{round_id}"


def planned_subject(meeting_id: str) -> str:
    """A meeting of the plan."""
    return f"planned:{meeting_id}"


async def find(work: Work, meeting_id: str) -> Held | None:
    return await work.rounds.get(meeting_id) or await work.plan.get(meeting_id)


def reference(held: Held) -> dict[str, Json]:
    """What buttons and messages about the meeting bear."""
    return {"round" if isinstance(held, Round) else "meeting": held.id}


def id_in(values: Mapping[str, Json]) -> str:
    """The meeting that a button or a message is about; empty: none."""
    named = values.get("round") or values.get("meeting")
    return named if isinstance(named, str) else ""


def opens_at(community: Community, held: Held) -> datetime:
    """From when on something may be noted about it (UTC): before it begins, for what is known by then."""
    if isinstance(held, Round):
        return held.summary_at
    return instant(held.meeting.date, time(), community.zone)


def ends_at(community: Community, held: Held) -> datetime:
    """When it is over (UTC); the end of its last day where no end is given."""
    if isinstance(held, Round):
        return held.meeting_ends_at
    meeting = held.meeting
    if meeting.end is None:
        return instant(meeting.end_date + timedelta(days=1), time(), community.zone)
    return instant(meeting.end_date, meeting.end, community.zone)


def forum_of(community: Community, planned: PlannedMeeting) -> Forum | None:
    """The meeting's organ; None when the community file has it no more."""
    return next((forum for forum in community.forums if forum.key == planned.meeting.forum), None)


def members_of(community: Community, held: Held) -> frozenset[str]:
    """Keys of the organ's members; empty: an operational meeting, or the community file does not say who they are."""
    forum = forum_of(community, held) if isinstance(held, PlannedMeeting) else None
    return forum.members if forum else frozenset()


def days_for_comments(community: Community, held: Held) -> int:
    """Days without comment after which minutes that were sent are approved: the organ's own, else those of all."""
    forum = forum_of(community, held) if isinstance(held, PlannedMeeting) else None
    return (forum.minutes_approved_after if forum else None) or community.meeting.minutes_approved_after


def may_approve(held: Held, person: Person) -> bool:
    """The coordinator; an organ's minutes are the secretariat's too."""
    return person.has(Role.COORDINATOR) or (isinstance(held, PlannedMeeting) and person.has(Role.SECRETARIAT))
