"""Meetings, deadlines and collisions of the plan in words."""

from __future__ import annotations

from datetime import time

from dialogs.speech import Speech
from domain.community import Community
from domain.plan.conflicts import OPERATIONAL, Conflict
from domain.plan.deadlines import FOLLOW_UP
from domain.plan.free_deadlines import FreeDeadline
from domain.plan.meeting import Meeting
from services.deadlines import AnyDeadline


def days_text(speech: Speech, meeting: Meeting) -> str:
    """torsdag 29. februar 2024 kl. 13.00–15.30; both days of a gathering of two."""
    days = speech.date(meeting.date)
    if meeting.end_date != meeting.date:
        days = speech.say("plan.days", first=speech.day(meeting.date), last=speech.date(meeting.end_date))
    if meeting.start is None:
        return days
    if meeting.end is None:
        return speech.say("plan.from", days=days, start=_clock(speech, meeting.start))
    return speech.say("plan.hours", days=days, start=_clock(speech, meeting.start), end=_clock(speech, meeting.end))


def _clock(speech: Speech, at: time) -> str:
    return speech.say("plan.clock", hour=f"{at.hour:02}", minute=f"{at.minute:02}")


def where_text(speech: Speech, community: Community, meeting: Meeting) -> str:
    """Sted: Møterom 3. Vert: Tønsberg kommune."""
    parts = []
    if meeting.place:
        parts.append(speech.say("plan.place", place=meeting.place))
    if meeting.host:
        parts.append(speech.say("plan.host", host=host_name(community, meeting.host)))
    if not meeting.place and not meeting.host:
        parts.append(speech.say("plan.no_place"))
    return ". ".join(parts) + "."


def fact(speech: Speech, community: Community, meeting: Meeting) -> tuple[str, str]:
    """A line of the plan: the organ, and when and where."""
    return meeting.forum, f"{days_text(speech, meeting)}. {where_text(speech, community, meeting)}"


def host_name(community: Community, host: str) -> str:
    """A unit's name for its key, else the name as it was given."""
    return community.name_of_unit(host)


def meeting_text(speech: Speech, meeting: Meeting) -> str:
    """SSU torsdag 29. februar 2024 kl. 13.00–15.30"""
    return f"{meeting.forum} {days_text(speech, meeting)}"


def deadline_text(speech: Speech, deadline: AnyDeadline) -> str:
    """SSU: sakfrist; SSU: sakspapirer til sak 2024.12 Styringsdata; a free deadline in its own words"""
    if isinstance(deadline, FreeDeadline):
        return deadline.text
    if deadline.case is None:
        return speech.say("plan.deadline", forum=deadline.forum, name=deadline.name)
    what = "follow_up" if deadline.name == FOLLOW_UP else "papers"
    key = f"plan.case_deadline.{what}"
    case = deadline.case
    return speech.say(key, forum=case.forum, name=deadline.name, number=case.label, title=case.said.title)


def collision_text(speech: Speech, community: Community, conflict: Conflict) -> str:
    """What the meeting collides with, and the day that is free instead."""
    operational = conflict.against == OPERATIONAL
    against = speech.say("plan.operational") if operational else host_name(community, conflict.against)
    told = speech.say(f"plan.collides.{conflict.kind}", against=against)
    if conflict.proposal is None:
        return told
    return f"{told} {speech.say('plan.proposal', day=speech.date(conflict.proposal))}"
