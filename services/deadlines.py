"""Deadlines, of the plan and free ones: reminders on set mornings, one message to each person each morning; done, put
off, or refused.

What is due is a morning, not a deadline: its step looks at the plan as it then stands, so a meeting may be moved or
cancelled without anything else being rescheduled than the mornings that are new.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from domain.agenda import Case
from domain.community import Person, Role
from domain.plan.changes import PlannedMeeting
from domain.plan.deadlines import Deadline, by_day, deadlines, of_cases
from domain.plan.free_deadlines import FreeDeadline, standing
from domain.plan.reminders import DeadlineState, is_reminded_on, reminder_days
from domain.working_time import instant, local_date, next_permitted
from services.audience import active_people, with_role
from services.messages import Json, Message, Recipient
from services.organs import may_change as keeps_plan
from services.ports import DueWork, Work

AnyDeadline = Deadline | FreeDeadline

DONE, DROPPED = "done", "dropped"

MORNING = time(8)
MISSED = timedelta(days=3)
"""Mornings so long ago are made up for when the process was down; earlier ones say nothing new."""


def topic_of(day: str) -> str:
    return f"deadlines:{day}"


async def owners(work: Work) -> Sequence[Person]:
    """Who owes what is nobody's own: the secretariat; the coordinator where there is none."""
    return await with_role(work, Role.SECRETARIAT) or await with_role(work, Role.COORDINATOR)


def may_settle(person: Person, deadline: AnyDeadline) -> bool:
    """Whoever owes it, the secretariat and the coordinator."""
    return keeps_plan(person) or person.key == deadline.owner


async def plan_mornings(work: Work, plan: Iterable[PlannedMeeting]) -> None:
    """The mornings on which something of these meetings is reminded of. Those that are there already stay."""
    days = {day for deadline in deadlines(work.community, plan) for day in reminder_days(deadline.due)}
    await put_mornings(work, days)


async def plan_follow_up(work: Work, case: Case, now: datetime) -> None:
    """The mornings to come on which whoever is to follow a conclusion up is reminded."""
    days = {day for deadline in of_cases([], [case]) for day in reminder_days(deadline.due)}
    await put_mornings(work, [day for day in days if instant(day, MORNING, work.community.zone) > now])


async def put_mornings(work: Work, days: Iterable[date]) -> None:
    zone = work.community.zone
    await work.due.put(
        *(
            DueWork(
                f"deadlines:morning:{day}", "deadline.morning", {"day": day.isoformat()}, instant(day, MORNING, zone)
            )
            for day in sorted(days)
        )
    )


async def remind(work: Work, due: DueWork, now: datetime) -> str | datetime:
    """One message to everybody who owes something, with all that is reminded of since that morning."""
    today = local_date(now, work.community.zone)
    first = date.fromisoformat(str(due.subject["day"]))
    if today > first + MISSED:
        return DROPPED
    moment = next_permitted(now, work.community.quiet_hours, work.community.zone)
    if moment > now:
        return moment
    days = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    owed = await _by_owner(
        work,
        [
            deadline
            for deadline, state in await with_states(work)
            if any(is_reminded_on(day, deadline.due, state, deadline.reminded_before) for day in days)
        ],
    )
    await work.outbox.put(
        *(
            Message(
                key=f"{topic_of(str(today))}:{person}",
                to=Recipient(person=person),
                template="deadline.morning",
                params={"day": today.isoformat(), "deadlines": keys},
                topic=topic_of(str(today)),
                expires_at=instant(today + MISSED, MORNING, work.community.zone),
                quiet=True,
            )
            for person, keys in owed.items()
        ),
        now=now,
    )
    return DONE if owed else DROPPED


async def _by_owner(work: Work, due: Iterable[AnyDeadline]) -> dict[str, list[Json]]:
    """Person → the keys of what that person owes. What somebody owes who is no longer with us is the secretariat's."""
    active = {person.key for person in await active_people(work)}
    secretariat = [person.key for person in await owners(work)]
    owed: dict[str, list[Json]] = {}
    for deadline in due:
        for person in [deadline.owner] if deadline.owner in active else secretariat:
            owed.setdefault(str(person), []).append(deadline.key)
    return owed


async def with_states(work: Work) -> list[tuple[AnyDeadline, DeadlineState | None]]:
    """Every deadline of the plan, of the cases and free ones, by day, with what somebody said about it."""
    plan = [planned for planned in await work.plan.all() if planned.cancelled_at is None]
    states = await work.deadlines.all()
    of_plan = deadlines(work.community, plan, await _chairs(work, plan))
    cases = [*await work.cases.open(), *await work.cases.followed_up()]
    found: list[AnyDeadline] = [*by_day([*of_plan, *of_cases(of_plan, cases)])]
    found += standing(await work.free_deadlines.all())
    return [(deadline, states.get(deadline.key)) for deadline in sorted(found, key=lambda each: each.due)]


async def _chairs(work: Work, plan: Sequence[PlannedMeeting]) -> dict[str, str]:
    """Who leads a meeting, as its notice says, of the organs in which that decides who owes something."""
    asked = {forum.key for forum in work.community.forums if forum.chair_owes}
    meetings = [planned.id for planned in plan if planned.meeting.forum in asked]
    notices = await work.notices.of_meetings(meetings) if meetings else {}
    return {meeting: notice.details.chair for meeting, notice in notices.items() if notice.details.chair}


async def done(work: Work, deadline: AnyDeadline, by: Person, now: datetime) -> None:
    await _settle(work, deadline, "done", (await _state(work, deadline)).done(by.key, now), by, now)


async def keep(work: Work, planned: PlannedMeeting, name: str, by: Person, now: datetime) -> None:
    """The meeting's deadline of that name is kept: what it asked for has been done. Its reminders say so."""
    for deadline in deadlines(work.community, [planned]):
        state = await _state(work, deadline)
        if deadline.name.casefold() == name and state.done_at is None:
            await done(work, deadline, by, now)
            put_off = [state.snoozed_until] if state.snoozed_until else []
            mornings = sorted({*reminder_days(deadline.due), *put_off})
            await work.outbox.refresh(*(topic_of(day.isoformat()) for day in mornings), now=now)


async def snooze(work: Work, deadline: AnyDeadline, until: date, by: Person, now: datetime) -> None:
    """Reminded of again on that morning; what was scheduled before it does not come."""
    before = await _state(work, deadline)
    after = before.snoozed(until)
    if after != before:
        await _settle(work, deadline, "snoozed", after, by, now)
    await put_mornings(work, [until])


async def decline(work: Work, deadline: AnyDeadline, by: Person, now: datetime) -> None:
    """Somebody cannot keep it: the others who may, and the coordinator, are told at once."""
    await _settle(work, deadline, "declined", (await _state(work, deadline)).declined(by.key), by, now)
    others = await with_role(work, Role.SECRETARIAT, Role.COORDINATOR)
    await work.outbox.put(
        *(
            Message(
                key=f"deadline:{deadline.key}:declined:{deadline.due}:{person.key}",
                to=Recipient(person=person.key),
                template="deadline.declined",
                params={"deadline": deadline.key, "by": by.key},
                topic=f"deadline:{deadline.key}",
                quiet=True,
            )
            for person in others
            if person.key != by.key
        ),
        now=now,
    )


async def _state(work: Work, deadline: AnyDeadline) -> DeadlineState:
    return (await work.deadlines.all()).get(deadline.key) or DeadlineState(deadline.key)


async def _settle(
    work: Work, deadline: AnyDeadline, what: str, state: DeadlineState, by: Person, now: datetime
) -> None:
    await work.deadlines.put(state)
    until = state.snoozed_until.isoformat() if state.snoozed_until else None
    details: dict[str, Json] = {"due": deadline.due.isoformat(), "snoozed_until": until}
    await work.audit.add(f"deadline.{what}", f"deadline:{deadline.key}", by=by.key, now=now, **details)


HANDLERS = {"deadline.morning": remind}
