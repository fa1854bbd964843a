"""A digest of the week for those who want it: their meetings, their deadlines, their units' actions.

One row of due work for each week plans the next, as long as somebody wants the digest. What is in it is looked up when
it is drawn, and a digest without anything in it is not sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from domain.actions import Action
from domain.community import Person
from domain.plan.changes import PlannedMeeting
from domain.plan.digest import WEEK, digest_moment, next_digest
from domain.plan.free_deadlines import FreeDeadline
from domain.rounds import Round
from domain.working_time import instant, local_date, next_permitted
from services import deadlines
from services.audience import active_people, answers_for
from services.calendar_feed import is_own
from services.deadlines import AnyDeadline
from services.messages import Message, Recipient
from services.organs import is_concerned
from services.ports import DueWork, Work

TEMPLATE = "digest.week"
DONE, DROPPED = "done", "dropped"

LONG_PASSED = timedelta(days=28)
"""A deadline of the plan that passed so long ago was kept without anybody saying so, or matters no more."""


@dataclass(frozen=True, slots=True)
class Digest:
    """One person's week; deadlines and actions are those that are open. Overdue is what this person owes: others are
    shown a deadline of the plan only while it is ahead."""

    monday: date
    meetings: Sequence[PlannedMeeting]
    rounds: Sequence[Round]
    due: Sequence[AnyDeadline]
    overdue: Sequence[AnyDeadline]
    actions: Sequence[Action]

    @property
    def says_something(self) -> bool:
        return any((self.meetings, self.rounds, self.due, self.overdue, self.actions))


# Who wants it


async def turn_on(work: Work, person: Person, now: datetime) -> None:
    """From the next week on whose digest has not come yet."""
    if await work.digests.put(person.key, now):
        await work.audit.add("digest.turned_on", f"person:{person.key}", by=person.key, now=now)
    await _plan(work, next_digest(work.community, now))


async def turn_off(work: Work, person: Person, now: datetime) -> None:
    if not await work.digests.wants(person.key):
        return
    await work.digests.remove(person.key)
    await work.audit.add("digest.turned_off", f"person:{person.key}", by=person.key, now=now)
    if not await work.digests.all():
        await work.due.forget("digest:")


# When it falls due


async def _plan(work: Work, monday: date) -> None:
    week, moment = monday.isoformat(), digest_moment(work.community, monday)
    await work.due.put(DueWork(f"digest:{week}", TEMPLATE, {"week": week}, moment))


async def send(work: Work, due: DueWork, now: datetime) -> str | datetime:
    """To everybody who wants it; late within its week, never after it."""
    monday = date.fromisoformat(str(due.subject["week"]))
    moment = next_permitted(now, work.community.quiet_hours, work.community.zone)
    is_over = local_date(moment, work.community.zone) >= monday + WEEK
    if moment > now and not is_over:
        return moment
    wanting = await work.digests.all()
    if not wanting:
        return DROPPED
    await _plan(work, monday + WEEK)
    if is_over:
        return DROPPED
    await work.outbox.put(
        *(
            Message(
                key=f"digest:{monday}:{person.key}",
                to=Recipient(person=person.key),
                template=TEMPLATE,
                params={"week": monday.isoformat()},
                expires_at=instant(monday + WEEK, time.min, work.community.zone),
                quiet=True,
            )
            for person in await active_people(work)
            if person.key in wanting
        ),
        now=now,
    )
    return DONE


# What is in it


async def digest_of(work: Work, person: Person, monday: date, now: datetime) -> Digest:
    zone = work.community.zone
    after = monday + WEEK
    plan = [p for p in await work.plan.ending_from(monday) if is_concerned(work, p.meeting.forum, person)]
    rounds = await work.rounds.within(instant(monday, time.min, zone), instant(after, time.min, zone))
    units = {unit.key for unit in await answers_for(work, person, now)}
    today = max(monday, local_date(now, zone))
    open_ones = await _open_deadlines(work, person, before=after)
    owner = {person.key, None} if person in await deadlines.owners(work) else {person.key}
    return Digest(
        monday,
        [planned for planned in plan if planned.meeting.date < after],
        [r for r in rounds if r.cancelled_at is None and local_date(r.meeting_at, zone) < after],
        [deadline for deadline in open_ones if deadline.due >= today],
        [d for d in open_ones if d.due < today and d.owner in owner and not _is_long_passed(d, today)],
        [action for action in await work.actions.open() if action.owner in units and action.due < after],
    )


async def _open_deadlines(work: Work, person: Person, *, before: date) -> list[AnyDeadline]:
    mine = {p.id for p in await work.plan.all() if is_concerned(work, p.meeting.forum, person)}
    return [
        deadline
        for deadline, state in await deadlines.with_states(work)
        if deadline.due < before and (state is None or state.done_at is None) and is_own(person, deadline, mine)
    ]


def _is_long_passed(deadline: AnyDeadline, today: date) -> bool:
    return not isinstance(deadline, FreeDeadline) and deadline.due < today - LONG_PASSED


HANDLERS = {TEMPLATE: send}
