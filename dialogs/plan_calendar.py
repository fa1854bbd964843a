"""The meeting plan as a calendar, in a reader's language: meetings, deadlines, operational meetings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dialogs.plan_words import deadline_text, host_name
from dialogs.speech import Speech
from domain.community import Community
from domain.plan.calendar import DEADLINE, OPERATIONAL, Event, calendar
from domain.plan.changes import PlannedMeeting
from domain.plan.deadlines import Deadline
from domain.plan.free_deadlines import FreeDeadline
from domain.rounds import Round
from services.deadlines import AnyDeadline


def calendar_of(
    community: Community,
    speech: Speech,
    plan: Sequence[PlannedMeeting],
    due: Sequence[AnyDeadline],
    rounds: Sequence[Round],
    now: datetime,
) -> str:
    """The calendar file of these meetings, deadlines and rounds; cancelled ones among them say so."""
    names = {forum.key: forum.name for forum in community.forums}
    events = [
        *(_meeting(community, names, speech, planned) for planned in plan),
        *(
            _free_deadline(community, each) if isinstance(each, FreeDeadline) else _deadline(community, speech, each)
            for each in due
        ),
        *(_round(community, speech, round_) for round_ in rounds),
    ]
    return calendar(speech.say("plan.calendar", community=community.name), community.zone, events, now)


def _meeting(community: Community, names: dict[str, str], speech: Speech, planned: PlannedMeeting) -> Event:
    meeting = planned.meeting
    name = names.get(meeting.forum, meeting.forum)
    host = host_name(community, meeting.host) if meeting.host else ""
    return Event(
        uid=_uid(community, planned.id),
        summary=meeting.forum if name == meeting.forum else f"{meeting.forum} – {name}",
        first=meeting.date,
        last=meeting.end_date,
        start=meeting.start,
        end=meeting.end,
        location=meeting.place or host,
        description=speech.say("plan.host", host=host) if host else "",
        sequence=planned.sequence,
        cancelled=planned.cancelled_at is not None,
    )


def _deadline(community: Community, speech: Speech, deadline: Deadline) -> Event:
    meeting = deadline.meeting.meeting if deadline.meeting else None
    return Event(
        uid=_uid(community, f"{deadline.follows_from}-{_plain(deadline.name)}"),
        summary=deadline_text(speech, deadline),
        first=deadline.due,
        last=deadline.due,
        description=speech.say("plan.for_meeting", day=speech.date(meeting.date)) if meeting else "",
        category=DEADLINE,
        sequence=deadline.sequence,
    )


def _free_deadline(community: Community, deadline: FreeDeadline) -> Event:
    return Event(
        uid=_uid(community, f"deadline-{deadline.id}"),
        summary=deadline.text,
        first=deadline.due,
        last=deadline.due,
        category=DEADLINE,
        sequence=deadline.sequence,
        cancelled=deadline.removed_at is not None,
    )


def _round(community: Community, speech: Speech, round_: Round) -> Event:
    start, end = (at.astimezone(community.zone) for at in (round_.meeting_at, round_.meeting_ends_at))
    cancelled = round_.cancelled_at is not None
    return Event(
        uid=_uid(community, f"round-{round_.id}"),
        summary=speech.say("plan.operational"),
        first=start.date(),
        last=end.date(),
        start=start.time(),
        end=end.time(),
        category=OPERATIONAL,
        sequence=int(cancelled),
        cancelled=cancelled,
    )


def _uid(community: Community, name: str) -> str:
    return f"{name}@{community.key}.samhandlingsbot"


def _plain(name: str) -> str:
    return "".join(c if c.isascii() and c.isalnum() else f"{ord(c):x}" for c in name)
