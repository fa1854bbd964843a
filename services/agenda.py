"""Cases: reported, ordered on an agenda, carried on, sent to another organ, withdrawn, concluded, followed up.

Who reported a case and who answers for it are told of what others do with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import blake2s

from domain.agenda import Case, CaseState, CaseText, in_order, meeting_for, reordered, year_of
from domain.community import Person
from domain.plan.changes import PlannedMeeting
from domain.plan.deadlines import next_open
from domain.working_time import local_date
from services import deadlines
from services.audience import active_people
from services.held import planned_subject
from services.messages import Json, Message, Recipient
from services.organs import is_concerned, may_change
from services.ports import Work


class Told(StrEnum):
    """What was done with a case, as it is told and on record."""

    REPORTED = "reported"
    EDITED = "edited"
    CARRIED = "carried"
    SENT_ON = "sent_on"
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"
    CONCLUDED = "concluded"
    MEETING_MOVED = "meeting_moved"


@dataclass(frozen=True, slots=True)
class NewCase:
    """What is reported. Without a meeting it goes to the organ's next one, on `earliest` or later if that is given."""

    forum: str
    said: CaseText
    meeting: str | None = None
    earliest: date | None = None
    reference: str = ""
    origin: str | None = None


def case_topic(case_id: str) -> str:
    return f"case:{case_id}"


def may_report(work: Work, person: Person, forum: str) -> bool:
    """Those whose organ it is; secretariat and coordinator in all."""
    return is_concerned(work, forum, person)


def may_edit(person: Person, case: Case) -> bool:
    """What a case says is its reporter's and its owner's while it is open, and the secretariat's."""
    return may_change(person) or (case.is_open and person.key in (case.reported_by, case.said.responsible))


async def standing_plan(work: Work, now: datetime) -> Sequence[PlannedMeeting]:
    """The meetings that are not over, by date."""
    return await work.plan.ending_from(local_date(now, work.community.zone))


async def agenda_of(work: Work, meeting_id: str) -> list[Case]:
    """What stands on a meeting's agenda, in order: open and concluded cases, and those withdrawn, under their number.

    What was sent on to another organ is not of this agenda any more.
    """
    return list((await by_meeting(work, [meeting_id])).get(meeting_id, ()))


async def left_open(work: Work, forum: str, now: datetime) -> list[Case]:
    """The organ's cases whose meeting is over and of which nothing has come yet, the oldest first."""
    coming = {planned.id for planned in await standing_plan(work, now)}
    return [
        case
        for case in await work.cases.open()
        if case.forum == forum and case.meeting is not None and case.meeting not in coming
    ]


async def by_meeting(work: Work, meetings: Sequence[str]) -> Mapping[str, list[Case]]:
    """The agendas of several meetings, each in order."""
    found: dict[str, list[Case]] = {}
    for case in in_order(await work.cases.of_meetings(meetings)):
        if case.state is not CaseState.SENT_ON and case.meeting is not None:
            found.setdefault(case.meeting, []).append(case)
    return found


async def report(work: Work, by: Person, new: NewCase, now: datetime, *, key: str) -> Case:
    """A new case with its number. The same `key` by the same person is one case, however often it comes."""
    case_id = id_of(by.key, new.forum, key)
    if (there := await work.cases.get(case_id)) is not None:
        return there
    added = await _add(work, case_id, by.key, new, by.key, now)
    await _tell(work, [added], Told.REPORTED, by.key, now, occasion=added.id, also=await deadlines.owners(work))
    return added


async def _add(work: Work, case_id: str, reported_by: str, new: NewCase, by: str, now: datetime) -> Case:
    planned, earliest = await _place_for(work, new, now)
    added = await work.cases.add(
        Case(
            id=case_id,
            community=work.community.key,
            forum=new.forum,
            year=year_of(planned, earliest, local_date(now, work.community.zone)),
            number=0,
            said=new.said,
            reported_by=reported_by,
            reported_at=now,
            meeting=planned.id if planned else None,
            position=await _last_position(work, planned.id if planned else None) + 1,
            earliest=earliest,
            reference=new.reference,
            origin=new.origin,
        )
    )
    await work.audit.add("case.reported", case_topic(case_id), by=by, now=now, after=await _on_record(work, added))
    return added


async def _place_for(work: Work, new: NewCase, now: datetime) -> tuple[PlannedMeeting | None, date | None]:
    """The meeting that a new case goes to, and the day before which none will do.

    What is to be taken up on a day goes to the meeting on it or next after; anything else to the next meeting whose
    items are not yet due, and where there is none it waits for one that is planned later than those that are.
    """
    plan, today = await standing_plan(work, now), local_date(now, work.community.zone)
    theirs = [planned for planned in plan if planned.meeting.forum == new.forum]
    chosen = next((planned for planned in theirs if planned.id == new.meeting), None)
    if chosen is not None:
        return chosen, new.earliest
    if new.earliest is not None:
        return meeting_for(theirs, new.forum, max(new.earliest, today)), new.earliest
    found = next_open(work.community, theirs, new.forum, today)
    if found is None and theirs:
        return None, max(planned.meeting.end_date for planned in theirs) + timedelta(days=1)
    return found, None


async def edit(work: Work, by: Person, case: Case, said: CaseText, now: datetime) -> Case:
    """The case as it is now; nothing happens when it says what it said. Who was responsible for it hears of it too."""
    if said == case.said:
        return case
    before = await work.people.get(case.said.responsible)
    after = await _change(work, by.key, Told.EDITED, case, case.edited(said), now, tell=False)
    occasion = f"{after.id}:{after.version}"
    also = [before.person] if before else []
    await _tell(work, [after], Told.EDITED, by.key, now, occasion=occasion, also=also)
    return after


async def order(work: Work, by: Person, case: Case, position: int, now: datetime) -> None:
    """Puts the case at that position of its agenda, counted from 1 among those that are shown there."""
    if case.meeting is None:
        return
    before = await agenda_of(work, case.meeting)
    changed = reordered(before, case, position)
    for each in changed:
        await work.cases.change(each)
    if changed:
        was: list[Json] = [each.label for each in before]
        became: list[Json] = [each.label for each in await agenda_of(work, case.meeting)]
        subject = planned_subject(case.meeting)
        await work.audit.add("agenda.ordered", subject, by=by.key, now=now, before=was, after=became)


async def carry(work: Work, by: str | None, case: Case, meeting: PlannedMeeting | None, now: datetime) -> Case:
    """To that meeting's agenda; None: it waits until the organ's next meeting is planned."""
    if case.meeting == (meeting.id if meeting else None):
        return case
    not_before = case.earliest
    if meeting is None:
        not_before = await _day_after(work, case, now)
    elif not_before is not None and not_before > meeting.meeting.date:
        not_before = None
    return await _change(work, by, Told.CARRIED, case, await _placed(work, case, meeting, not_before), now)


async def _day_after(work: Work, case: Case, now: datetime) -> date:
    """From when on a meeting will do for a case that has to wait: it does not come back to the one that it leaves."""
    left = await work.plan.get(case.meeting) if case.meeting else None
    today = local_date(now, work.community.zone)
    return max(today, left.meeting.date + timedelta(days=1)) if left else today


async def send_on(work: Work, by: Person, case: Case, forum: str, now: datetime) -> Case:
    """Another organ has it from now on, under its own number and with this one as its reference."""
    sent = await _change(work, by.key, Told.SENT_ON, case, case.sent_on(), now, tell=False)
    new = NewCase(forum, case.said, reference=case.name, origin=case.id)
    there = await _add(work, id_of(case.id, forum, str(sent.version)), case.reported_by, new, by.key, now)
    await _tell(work, [there], Told.SENT_ON, by.key, now, occasion=there.id)
    return there


async def withdraw(work: Work, by: Person, case: Case, now: datetime) -> Case:
    """It keeps its number, and is shown as withdrawn."""
    return await _change(work, by.key, Told.WITHDRAWN, case, case.withdrawn(), now)


async def conclude(work: Work, by: Person, case: Case, conclusion: str, follow_up: date | None, now: datetime) -> Case:
    """What came of it; may be corrected. With a date it comes back to the organ's meeting on that day or next after."""
    after = case.concluded(conclusion, follow_up)
    if (after.state, after.conclusion, after.follow_up) == (case.state, case.conclusion, case.follow_up):
        return case
    changed = await _change(work, by.key, Told.CONCLUDED, case, after, now)
    await deadlines.plan_follow_up(work, changed, now)
    await _follow_up(work, by, changed, now)
    return changed


async def follow_up_of(work: Work, case: Case) -> Case | None:
    """The case that looks at this one again, if there is one."""
    return next((each for each in await work.cases.coming_from(case.id) if each.forum == case.forum), None)


async def _follow_up(work: Work, by: Person, case: Case, now: datetime) -> None:
    """One case looks at what was concluded again: made, put off, taken away or brought back with the date."""
    there, day = await follow_up_of(work, case), case.follow_up
    if there is None:
        if day is not None:
            new = NewCase(case.forum, case.said, earliest=day, reference=case.name, origin=case.id)
            case_id = id_of(case.id, case.forum, "follow-up")
            await _add(work, case_id, case.reported_by, new, by.key, now)
        return
    if day is None:
        if there.is_open:
            await withdraw(work, by, there, now)
        return
    if there.state is CaseState.WITHDRAWN:
        there = await _change(work, by.key, Told.REOPENED, there, there.reopened(), now, tell=False)
    if there.is_open and there.earliest != day:
        meeting = meeting_for(await standing_plan(work, now), there.forum, day)
        await _change(work, by.key, Told.CARRIED, there, await _placed(work, there, meeting, day), now)


# What the plan does to the agenda


async def meeting_moved(work: Work, meeting: PlannedMeeting, by: str | None, now: datetime) -> None:
    """The cases follow their meeting, but for those that may not be taken up so early; those responsible are told."""
    if meeting.meeting.end_date < local_date(now, work.community.zone):
        return
    following = []
    for case in await _open_cases(work, meeting.id):
        if case.earliest is not None and case.earliest > meeting.meeting.date:
            await _leave(work, by, case, meeting, now)
        else:
            following.append(case)
    await _tell(work, following, Told.MEETING_MOVED, by, now, occasion=f"{meeting.id}:{meeting.sequence}")
    await place_waiting(work, meeting.meeting.forum, by, now)


async def meeting_cancelled(work: Work, meeting: PlannedMeeting, by: str | None, now: datetime) -> None:
    """The cases go to the organ's next meeting, or wait for one."""
    carried = [await _leave(work, by, case, meeting, now, tell=False) for case in await _open_cases(work, meeting.id)]
    await _tell(work, carried, Told.CARRIED, by, now, occasion=f"{meeting.id}:{meeting.sequence}")


async def place_waiting(work: Work, forum: str, by: str | None, now: datetime) -> None:
    """Puts the cases that wait for a meeting of the organ on the agenda of the first one that will do."""
    waiting = await work.cases.waiting(forum)
    plan = await standing_plan(work, now) if waiting else ()
    today = local_date(now, work.community.zone)
    for case in waiting:
        found = meeting_for(plan, forum, max(case.earliest or today, today))
        if found is not None:
            await carry(work, by, case, found, now)


async def _leave(
    work: Work, by: str | None, case: Case, left: PlannedMeeting, now: datetime, *, tell: bool = True
) -> Case:
    """To the next meeting after the one that it cannot be taken up at."""
    today = local_date(now, work.community.zone)
    not_before = max(case.earliest or today, today, left.meeting.date)
    found = meeting_for(await standing_plan(work, now), case.forum, not_before, besides=left.id)
    earliest = case.earliest if found else not_before  # not back to a meeting before the one that it leaves
    return await _change(work, by, Told.CARRIED, case, await _placed(work, case, found, earliest), now, tell=tell)


async def _open_cases(work: Work, meeting_id: str) -> list[Case]:
    return [case for case in in_order(await work.cases.of_meetings([meeting_id])) if case.is_open]


async def _placed(work: Work, case: Case, meeting: PlannedMeeting | None, earliest: date | None) -> Case:
    """The case last on that meeting's agenda."""
    to = meeting.id if meeting else None
    return case.placed(to, await _last_position(work, to) + 1, earliest)


async def _last_position(work: Work, meeting_id: str | None) -> int:
    if meeting_id is None:
        return 0
    return max((case.position for case in await work.cases.of_meetings([meeting_id])), default=0)


# On record, and told


async def _change(
    work: Work, by: str | None, what: Told, before: Case, after: Case, now: datetime, *, tell: bool = True
) -> Case:
    """Keeps the next version, on record."""
    await work.cases.change(after)
    was, became = await _on_record(work, before), await _on_record(work, after)
    await work.audit.add(
        f"case.{what}",
        case_topic(after.id),
        by=by,
        now=now,
        before={key: value for key, value in was.items() if value != became[key]},
        after={key: value for key, value in became.items() if value != was[key]},
    )
    if tell:
        await _tell(work, [after], what, by, now, occasion=f"{after.id}:{after.version}")
    return after


async def _on_record(work: Work, case: Case) -> dict[str, Json]:
    """A case as the record keeps it: with the day of its meeting, for those who read it there."""
    planned = await work.plan.get(case.meeting) if case.meeting else None
    return case_json(case) | {
        "papers": [f"{paper.title} {paper.link}".strip() for paper in case.said.papers],
        "meeting_date": planned.meeting.date.isoformat() if planned else None,
    }


async def _tell(
    work: Work,
    cases: Sequence[Case],
    what: Told,
    by: str | None,
    now: datetime,
    *,
    occasion: str,
    also: Sequence[Person] = (),
) -> None:
    """Those who reported the cases and answer for them, but the one who did it: one message each, whatever many."""
    theirs: dict[str, list[Json]] = {}
    for case in cases:
        told: Json = {"id": case.id, "meeting": case.meeting}
        for key in dict.fromkeys((case.reported_by, case.said.responsible, *(person.key for person in also))):
            theirs.setdefault(key, []).append(told)
    await work.outbox.put(
        *(
            Message(
                key=f"case:{what}:{occasion}:{person.key}",
                to=Recipient(person=person.key),
                template="case.told",
                params={"what": str(what), "by": by, "cases": theirs[person.key]},
                quiet=True,
            )
            for person in await active_people(work)
            if person.key in theirs and person.key != by
        ),
        now=now,
    )


def id_of(*parts: str) -> str:
    """The id of the case that something makes: the same for the same."""
    return blake2s("\n".join(parts).encode(), digest_size=8).hexdigest()


def case_json(case: Case) -> dict[str, Json]:
    """A case for the record and for those who read the plan from outside."""
    said = case.said
    return {
        "number": case.label,
        "forum": case.forum,
        "title": said.title,
        "kinds": [str(kind) for kind in said.kinds],
        "about": said.about,
        "proposal": said.proposal,
        "responsible": said.responsible,
        "papers": [{"title": paper.title, "link": paper.link} for paper in said.papers],
        "meeting": case.meeting,
        "position": case.position,
        "earliest": case.earliest.isoformat() if case.earliest else None,
        "reference": case.reference or None,
        "state": str(case.state),
        "conclusion": case.conclusion or None,
        "follow_up": case.follow_up.isoformat() if case.follow_up else None,
    }
