"""The notice of an organ's meeting: looked over by the secretariat, sent, and sent again with what has changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from domain.community import Person, Role
from domain.notice import (
    DetailsRead,
    Notice,
    NoticeChange,
    NoticeContent,
    NoticeDoubt,
    changes,
    doubts,
    read_details,
)
from domain.plan.changes import PlannedMeeting
from domain.plan.meeting import Meeting
from domain.working_time import instant, local_date
from services import deadlines, plan_changes
from services.audience import active_people, standing
from services.held import ends_at, forum_of, planned_subject
from services.messages import Json, Message, Recipient
from services.notice_content import content, hosts_in_turn, notice_topic, read, written
from services.organs import is_concerned, may_change
from services.ports import DueWork, Work

DEADLINE = "innkalling"
"""The deadline of the organ that is kept by sending the notice."""


class Refused(StrEnum):
    """Why nothing was changed."""

    NOT_YOURS = "not_yours"
    NO_MEETING = "no_meeting"  # there is none, or it was cancelled
    OVER = "over"
    OUT_OF_DATE = "out_of_date"  # another version has been sent meanwhile
    UNCHANGED = "unchanged"  # it says what the last one said


async def notice_of(work: Work, planned: PlannedMeeting) -> Notice:
    return await work.notices.get(planned.id) or Notice(planned.id)


async def coming(work: Work, forum: str | None, now: datetime) -> list[PlannedMeeting]:
    """The next meeting of the organ, or of each; one that goes on today is still the next."""
    found: dict[str, PlannedMeeting] = {}
    for planned in await work.plan.ending_from(local_date(now, work.community.zone)):
        if forum in (None, planned.meeting.forum):
            found.setdefault(planned.meeting.forum, planned)
    return list(found.values())


async def may_be_chosen(work: Work, planned: PlannedMeeting) -> list[Person]:
    """Who may lead the meeting or write its minutes: everybody, the organ's members first."""
    forum = forum_of(work.community, planned)
    members = forum.members if forum else frozenset()
    return sorted(await active_people(work), key=lambda person: person.key not in members)


async def doubtful(work: Work, planned: PlannedMeeting, said: NoticeContent) -> list[NoticeDoubt]:
    return doubts(said, await hosts_in_turn(work, planned), planned.meeting.host)


async def kept(work: Work, meeting_id: str, version: int) -> NoticeContent | None:
    """What a version said when it was sent."""
    stored = await work.notices.kept(meeting_id, version)
    return read(stored) if stored is not None else None


async def new_since(work: Work, notice: Notice, said: NoticeContent, version: int) -> Sequence[NoticeChange]:
    """What that content changes in an earlier version."""
    before = await kept(work, notice.meeting, version)
    return changes(before, said) if before is not None else ()


async def change_details(
    work: Work, by: Person, meeting_id: str, inputs: Mapping[str, object], now: datetime
) -> Notice | DetailsRead | Refused:
    """Chair, secretary and a few words to those who are called, as they will be in the next version."""
    planned = await _open(work, by, meeting_id, now)
    if isinstance(planned, Refused):
        return planned
    read_form = read_details(frozenset(person.key for person in await active_people(work)), inputs)
    if read_form.details is None:
        return read_form
    before = await notice_of(work, planned)
    after = Notice(before.meeting, read_form.details, before.version, before.sent_at, before.sent_by)
    if after != before:
        await work.notices.put(before, after)
        told: dict[str, Json] = {"before": _details(before), "after": _details(after)}
        await work.audit.add("notice.changed", planned_subject(planned.id), by=by.key, now=now, **told)
    return after


def _details(notice: Notice) -> dict[str, Json]:
    said = notice.details
    return {"chair": said.chair, "secretary": said.secretary, "note": said.note}


async def use_host(work: Work, by: Person, meeting_id: str, now: datetime) -> PlannedMeeting | Refused:
    """The host whose turn it is becomes the meeting's, where there is none and no doubt about whose turn it is."""
    planned = await _open(work, by, meeting_id, now)
    if isinstance(planned, Refused):
        return planned
    turn = await hosts_in_turn(work, planned)
    if planned.meeting.host or len(turn) != 1:
        return Refused.OUT_OF_DATE
    old = planned.meeting
    hosted = Meeting(old.forum, old.date, old.end_date, old.start, old.end, old.place, turn[0], old.source)
    return await plan_changes.change(work, planned, hosted, by, now)


async def send(work: Work, by: Person, meeting_id: str, seen: int, now: datetime) -> Notice | Refused:
    """Sends the notice to those who are called; sent before, a new version says what has changed.

    `seen` is the version that the sender's card showed as the newest: a button pressed twice sends once.
    """
    planned = await _open(work, by, meeting_id, now)
    if isinstance(planned, Refused):
        return planned
    before = await notice_of(work, planned)
    if before.version != seen:
        return Refused.OUT_OF_DATE
    said = await content(work, planned, before)
    if before.version and not await new_since(work, before, said, before.version):
        return Refused.UNCHANGED
    after = before.sent(now, by.key)
    await work.notices.put(before, after)
    await work.notices.keep(planned.id, after.version, written(said), by.key, now)
    await work.audit.add("notice.sent", planned_subject(planned.id), by=by.key, now=now, version=after.version)
    await deadlines.keep(work, planned, DEADLINE, by, now)
    await _plan_draft(work, planned)
    await _tell(work, planned, after, by, now)
    await work.outbox.refresh(notice_topic(planned.id), now=now)
    return after


async def _open(work: Work, by: Person, meeting_id: str, now: datetime) -> PlannedMeeting | Refused:
    """The meeting, if this person may call to it now."""
    if not may_change(by):
        return Refused.NOT_YOURS
    planned = await work.plan.get(meeting_id)
    if planned is None or planned.cancelled_at is not None or forum_of(work.community, planned) is None:
        return Refused.NO_MEETING
    return planned if planned.meeting.end_date >= local_date(now, work.community.zone) else Refused.OVER


async def called(work: Work, planned: PlannedMeeting) -> list[Person]:
    """The organ's members, and their deputies: of the members' units, and those who stand in for one then.

    Where the community file does not give the members, everybody whose organ it may be.
    """
    people, forum = await active_people(work), forum_of(work.community, planned)
    if forum is None or not forum.members:
        return [person for person in people if is_concerned(work, planned.meeting.forum, person)]
    members = [person for person in people if person.key in forum.members]
    units = {member.unit for member in members if member.unit}
    then = await standing(work, instant(planned.meeting.date, _NOON, work.community.zone))
    named = {away.deputy for member in members if (away := then.absence_of(member.key))}
    return [
        person
        for person in people
        if person in members or person.key in named or (person.has(Role.DEPUTY) and person.unit in units)
    ]


async def _plan_draft(work: Work, planned: PlannedMeeting) -> None:
    """When the meeting that was called to is over, the draft of its minutes stands ready."""
    over = ends_at(work.community, planned)
    key = f"minutes:{planned.id}:draft:{over:%Y%m%dT%H%M}"
    await work.due.put(DueWork(key, "forum.minutes", {"meeting": planned.id}, over))


_NOON = datetime.min.time().replace(hour=12)


async def _tell(work: Work, planned: PlannedMeeting, notice: Notice, by: Person, now: datetime) -> None:
    """Everybody who is called, but the one who sends it. Once the meeting is over it is pointless."""
    over = instant(planned.meeting.end_date + timedelta(days=1), datetime.min.time(), work.community.zone)
    await work.outbox.put(
        *(
            Message(
                key=f"notice:{planned.id}:{notice.version}:{person.key}",
                to=Recipient(person=person.key),
                template="notice.sent",
                params={"meeting": planned.id, "version": notice.version},
                topic=notice_topic(planned.id),
                expires_at=over,
                quiet=True,
            )
            for person in await called(work, planned)
            if person.key != by.key
        ),
        now=now,
    )
