"""What a notice says: made from the plan, the agenda and what the secretariat adds; kept as JSON when it is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from domain.agenda import Case, CaseState
from domain.community import Community, Person, Role
from domain.notice import Notice, NoticeContent, NoticeItem, NoticePaper
from domain.plan.changes import PlannedMeeting
from domain.plan.hosts import in_turn
from services.agenda import agenda_of
from services.audience import active_people, with_role
from services.held import forum_of
from services.messages import Json
from services.ports import Work


def notice_topic(meeting_id: str) -> str:
    return f"notice:{meeting_id}"


def host_name(community: Community, host: str | None) -> str | None:
    """A unit's name for its key, else the name as it was given."""
    return community.name_of_unit(host) if host else None


async def content(work: Work, planned: PlannedMeeting, notice: Notice) -> NoticeContent:
    """The notice as it would be sent now."""
    forum, meeting = forum_of(work.community, planned), planned.meeting
    people = {person.key: person for person in await active_people(work)}
    secretary = notice.details.secretary or await _usual_secretary(work)
    chair = people.get(chair_of(work, planned, notice) or "")
    return NoticeContent(
        forum=meeting.forum,
        forum_name=forum.name if forum else meeting.forum,
        date=meeting.date,
        end_date=meeting.end_date,
        start=meeting.start,
        end=meeting.end,
        place=meeting.place,
        host=host_name(work.community, meeting.host),
        to=tuple(person.name for person in people.values() if forum and person.key in forum.members),
        chair=chair.name if chair else None,
        secretary=people[secretary].name if secretary in people else None,
        note=notice.details.note,
        items=tuple(item_of(case, people) for case in await agenda_of(work, planned.id)),
    )


def chair_of(work: Work, planned: PlannedMeeting, notice: Notice) -> str | None:
    """Who is chosen to lead the meeting, else who leads the organ."""
    forum = forum_of(work.community, planned)
    return notice.details.chair or (forum.chair if forum else None)


async def _usual_secretary(work: Work) -> str | None:
    """The secretariat writes the minutes, unless somebody else is chosen."""
    return next((person.key for person in await with_role(work, Role.SECRETARIAT)), None)


def item_of(case: Case, people: Mapping[str, Person]) -> NoticeItem:
    said = case.said
    responsible = people.get(said.responsible)
    return NoticeItem(
        id=case.id,
        number=case.label,
        title=said.title,
        withdrawn=case.state is CaseState.WITHDRAWN,
        kinds=tuple(str(kind) for kind in said.kinds),
        about=said.about,
        proposal=said.proposal,
        for_decision=case.is_for_decision,
        responsible=responsible.name if responsible else "",
        reference=case.reference,
        papers=tuple(NoticePaper(paper.title, paper.link) for paper in said.papers),
    )


async def hosts_in_turn(work: Work, planned: PlannedMeeting) -> Sequence[str]:
    """Those whose turn it may be to host, as the community file has them.

    Where no host has been given yet, the turn is counted from the organ's first meeting of the plan.
    """
    forum = forum_of(work.community, planned)
    if forum is None or not forum.hosts:
        return ()
    own = [each for each in await work.plan.all() if each.meeting.forum == forum.key and each.cancelled_at is None]
    turns = in_turn(forum.hosts, [each.meeting for each in own])
    for number, (each, (_, hosts)) in enumerate(zip(own, turns, strict=True)):
        if each.id == planned.id:
            return hosts or (forum.hosts[number % len(forum.hosts)],)
    return ()


# As JSON


def written(said: NoticeContent) -> dict[str, Json]:
    return {
        "forum": said.forum,
        "forum_name": said.forum_name,
        "date": said.date.isoformat(),
        "end_date": said.end_date.isoformat(),
        "start": said.start.isoformat() if said.start else None,
        "end": said.end.isoformat() if said.end else None,
        "place": said.place,
        "host": said.host,
        "to": list(said.to),
        "chair": said.chair,
        "secretary": said.secretary,
        "note": said.note,
        "items": [written_item(item) for item in said.items],
    }


def written_item(item: NoticeItem) -> dict[str, Json]:
    return {
        "id": item.id,
        "number": item.number,
        "title": item.title,
        "withdrawn": item.withdrawn,
        "kinds": list(item.kinds),
        "about": item.about,
        "proposal": item.proposal,
        "for_decision": item.for_decision,
        "responsible": item.responsible,
        "reference": item.reference,
        "papers": [{"title": paper.title, "link": paper.link} for paper in item.papers],
    }


def read(stored: Mapping[str, Any]) -> NoticeContent:
    """What `written` has written."""
    days = {key: date.fromisoformat(stored[key]) for key in ("date", "end_date")}
    times = {key: time.fromisoformat(stored[key]) if stored[key] else None for key in ("start", "end")}
    items = tuple(read_item(item) for item in stored["items"])
    return NoticeContent(**{**stored, **days, **times, "to": tuple(stored["to"]), "items": items})


def read_item(stored: Mapping[str, Any]) -> NoticeItem:
    papers = tuple(NoticePaper(**paper) for paper in stored["papers"])
    return NoticeItem(**{**stored, "kinds": tuple(stored["kinds"]), "papers": papers})
