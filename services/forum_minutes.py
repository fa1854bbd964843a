"""The minutes of an organ's meeting: who was there, and for each item what was said and concluded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from domain.agenda import Case, CaseState
from domain.agenda_form import FormRead
from domain.community import Person, Role
from domain.meeting import Attendance
from domain.minutes_item import ItemForm, ItemText, Standing, read_item
from domain.plan.changes import PlannedMeeting
from domain.working_time import local_date
from services import agenda, notices
from services.audience import active_people, standing_then, with_role
from services.held import ends_at, forum_of, members_of, subject_of
from services.meeting import Refused, leaders, open_held
from services.messages import Json, Message, Recipient
from services.notice_content import chair_of, host_name, item_of, written_item
from services.ports import DueWork, Work

DEADLINE = "referat"
"""The deadline of the organ that is kept by sending the minutes."""


async def content(work: Work, planned: PlannedMeeting) -> dict[str, Json]:
    """The minutes as noted by now, as data; words around them follow in each reader's language."""
    forum, meeting = forum_of(work.community, planned), planned.meeting
    attendance = await work.meetings.attendance(planned.id)
    return {
        "forum": meeting.forum,
        "forum_name": forum.name if forum else meeting.forum,
        "date": meeting.date.isoformat(),
        "end_date": meeting.end_date.isoformat(),
        "start": meeting.start.isoformat() if meeting.start else None,
        "end": meeting.end.isoformat() if meeting.end else None,
        "place": meeting.place,
        "host": host_name(work.community, meeting.host),
        **await _people(work, planned, attendance),
        "items": await _items(work, planned),
    }


async def _people(work: Work, planned: PlannedMeeting, attendance: Attendance | None) -> dict[str, Json]:
    """Members before those beside them; nobody is present by guess. Who leads is as marked, else as called to."""
    everybody = {person.key: person for person in await active_people(work)}
    members = members_of(work.community, planned)
    here = [everybody[key] for key in (attendance.present if attendance else ()) if key in everybody]
    here.sort(key=lambda person: person.key not in members)
    notice = await notices.notice_of(work, planned)
    chair = (attendance.chair if attendance else None) or chair_of(work, planned, notice)
    secretary = (attendance.secretary if attendance else None) or notice.details.secretary
    return {
        "marked": attendance is not None,
        "members_known": bool(members),
        "present": [person.name for person in here if person.key in members or not members],
        "beside": [person.name for person in here if members and person.key not in members],
        "guests": attendance.guests if attendance else "",
        "absent": await _absent(work, planned, here) if attendance else [],
        "secretariat": [person.name for person in await with_role(work, Role.SECRETARIAT)],
        "chair": everybody[chair].name if chair in everybody else None,
        "secretary": everybody[secretary].name if secretary in everybody else None,
    }


async def _absent(work: Work, planned: PlannedMeeting, here: Sequence[Person]) -> list[Json]:
    """Members who did not come, each with who came in their place: a deputy of the unit, or one named for that day."""
    members = members_of(work.community, planned)
    then = await standing_then(work, ends_at(work.community, planned))
    absent: list[Json] = []
    for person in await active_people(work):
        if person.key not in members or person in here:
            continue
        away = then.absence_of(person.key)
        named = away.deputy if away else None
        instead: list[Json] = [
            other.name
            for other in here
            if other.key not in members
            and (other.key == named or (other.has(Role.DEPUTY) and other.unit == person.unit is not None))
        ]
        absent.append({"name": person.name, "instead": instead})
    return absent


async def _cases(work: Work, planned: PlannedMeeting) -> list[Json]:
    """The agenda in order, and last what stood in the notice and has gone to another meeting since."""
    people = {person.key: person for person in await active_people(work)}
    texts = await work.minutes.items(planned.id)
    cases = await agenda.agenda_of(work, planned.id)
    left = await _carried_on(work, planned, {case.id for case in cases})
    return [
        {
            **written_item(item_of(case, people)),
            "standing": None,
            "text": texts[case.id].text if case.id in texts else "",
            "conclusion": case.conclusion if case.state is CaseState.CONCLUDED else "",
            "follow_up": case.follow_up.isoformat() if case.follow_up else None,
            "carried_to": to.isoformat() if to else None,
            "carried": carried,
        }
        for case, carried, to in [*((case, False, None) for case in cases), *left]
    ]


async def _carried_on(work: Work, planned: PlannedMeeting, known: set[str]) -> list[tuple[Case, bool, date | None]]:
    """Cases that the members were called to and that are another meeting's now, with its day if there is one."""
    notice = await notices.notice_of(work, planned)
    said = await notices.kept(work, planned.id, notice.version) if notice.version else None
    found: list[tuple[Case, bool, date | None]] = []
    for item in said.items if said else ():
        case = await work.cases.get(item.id) if item.id not in known else None
        if case is not None and case.forum == planned.meeting.forum and case.meeting != planned.id:
            to = await work.plan.get(case.meeting) if case.meeting else None
            found.append((case, True, to.meeting.date if to else None))
    return found


async def _items(work: Work, planned: PlannedMeeting) -> list[Json]:
    """The approval first, the cases, any other business and the evaluation last."""
    texts = await work.minutes.items(planned.id)
    found = [texts.get(str(standing), ItemText(str(standing))) for standing in Standing]
    written: list[Json] = [
        {"id": each.item, "standing": each.item, "text": each.text, "conclusion": each.conclusion} for each in found
    ]
    return [*written[:1], *await _cases(work, planned), *written[1:]]


# What is written


async def items_of(work: Work, planned: PlannedMeeting) -> list[Case | Standing]:
    """What can be written about: the approval first, the cases in order, any other business and the evaluation last."""
    cases = [case for case in await agenda.agenda_of(work, planned.id) if case.state is not CaseState.WITHDRAWN]
    return [Standing.APPROVAL, *cases, Standing.ANY_OTHER, Standing.EVALUATION]


async def item_named(work: Work, planned: PlannedMeeting, name: str) -> Case | Standing | None:
    return next((item for item in await items_of(work, planned) if key_of(item) == name), None)


def key_of(item: Case | Standing) -> str:
    return item.id if isinstance(item, Case) else str(item)


async def write_item(
    work: Work, by: Person, meeting_id: str, name: str, inputs: Mapping[str, object], now: datetime
) -> ItemForm | FormRead[ItemForm] | Refused:
    """What was said about an item, and what was concluded; a case's conclusion goes where the agenda keeps it."""
    planned = await open_held(work, by, meeting_id, now)
    if isinstance(planned, Refused) or not isinstance(planned, PlannedMeeting):
        return planned if isinstance(planned, Refused) else Refused.NO_MEETING
    item = await item_named(work, planned, name)
    if item is None:
        return Refused.GONE
    case = item if isinstance(item, Case) else None
    read = read_item(inputs, local_date(now, work.community.zone), case)
    if read.form is None:
        return read
    concluded = read.form.concluded
    if case is not None and concluded is not None:
        await agenda.conclude(work, by, case, concluded.conclusion, concluded.follow_up, now)
    own = concluded.conclusion if case is None and concluded else ""
    await _keep(work, planned, ItemText(name, read.form.text, own), by, now)
    return read.form


async def _keep(work: Work, planned: PlannedMeeting, after: ItemText, by: Person, now: datetime) -> None:
    before = (await work.minutes.items(planned.id)).get(after.item, ItemText(after.item))
    if after != before:
        await work.minutes.put_item(planned.id, after, by.key, now)
        told: dict[str, Json] = {"before": _shown(before), "after": _shown(after)}
        subject = subject_of(planned)
        await work.audit.add("minutes.written", subject, by=by.key, now=now, item=after.item, **told)


def _shown(item: ItemText) -> dict[str, Json]:
    return {"text": item.text, "conclusion": item.conclusion}


# The draft


async def draft_ready(work: Work, due: DueWork, now: datetime) -> str | datetime:
    """To those who write the minutes; a meeting that has been moved on has its draft when it is over."""
    planned = await work.plan.get(str(due.subject["meeting"]))
    if planned is None or planned.cancelled_at is not None:
        return "dropped"
    over = ends_at(work.community, planned)
    if over > now:
        return over
    await work.minutes.begin(planned.id)
    await work.outbox.put(
        *(
            Message(
                key=f"minutes:{planned.id}:0:draft:{person.key}",
                to=Recipient(person=person.key),
                template="minutes.draft",
                params={"meeting": planned.id, "version": 0},
                topic=f"minutes:{planned.id}",
                quiet=True,
            )
            for person in await leaders(work)
        ),
        now=now,
    )
    return "done"


HANDLERS = {"forum.minutes": draft_ready}
"""What falls due."""
