"""What falls due about actions: two reminders before each day, put off by one who asks, and overdue ones once a week.

Each step decides anew from what it finds. A reminder's key bears its day and its reader, so an action is never
reminded of twice on one day, whatever was scheduled and whatever was put off.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from domain.actions import Action, at_reminder_time, next_weekly, reminder_moments
from domain.community import Person, Role
from domain.working_time import local_date, next_permitted, next_working_day
from services.audience import asked_for, with_role
from services.messages import Message, Recipient
from services.ports import DueWork, Work

DONE, DROPPED = "done", "dropped"

JUST_TOLD = timedelta(hours=1)
"""A reminder this soon after another message about the same action is dropped."""

OVERDUE_TOPIC = "actions:overdue"


def action_topic(action_id: str) -> str:
    return f"action:{action_id}"


def overdue_topic(unit: str) -> str:
    return f"actions:overdue:{unit}"


async def owners_people(work: Work, owner: str, now: datetime) -> list[Person]:
    """Who answers for the owner now; nobody when the community file has that unit no more."""
    unit = work.community.find_unit(owner)
    return await asked_for(work, unit, now) if unit else []


async def plan(work: Work, action: Action, now: datetime) -> None:
    """Its reminders, and the weekly look at what is overdue, for the day that now stands."""
    moments = [at for at in reminder_moments(work.community, action.due) if at > now]
    await work.due.put(
        *(
            DueWork(f"{_prefix(action)}{action.moves}:{number}", "action.reminder", {"action": action.id}, at)
            for number, at in enumerate(moments, 1)
        )
    )
    await _plan_weekly(work, action.due, now)


async def cancel(work: Work, action: Action) -> None:
    """What was planned for it, and what somebody put off."""
    await work.due.cancel(_prefix(action))


async def remind(work: Work, due: DueWork, now: datetime) -> str | datetime:
    """To those who answer for its owner now; nothing if it is settled, moved, or overdue already."""
    action = await work.actions.get(str(due.subject["action"]))
    today = local_date(now, work.community.zone)
    if action is None or not action.is_open or today > action.due:
        return DROPPED
    if later := _put_off(work, now):
        return later if local_date(later, work.community.zone) <= action.due else DROPPED
    if await _told_just_now(work, action, now):
        return DROPPED
    await _put_reminders(work, action, await owners_people(work, action.owner, now), today, now)
    return DONE


async def remind_again(work: Work, due: DueWork, now: datetime) -> str | datetime:
    """To the one who put it off; nothing if it is settled or theirs no more. It may be overdue by now."""
    action = await work.actions.get(str(due.subject["action"]))
    if action is None or not action.is_open:
        return DROPPED
    if later := _put_off(work, now):
        return later
    people = await owners_people(work, action.owner, now)
    asked = [person for person in people if person.key == due.subject["person"]]
    await _put_reminders(work, action, asked, local_date(now, work.community.zone), now)
    return DONE if asked else DROPPED


async def snooze(work: Work, person: Person, action: Action, now: datetime) -> datetime:
    """Reminds that person again on the next working day; the moment. What was scheduled for that day gives way."""
    moment = tomorrow(work, now)
    key = f"{_prefix(action)}snooze:{person.key}:{local_date(moment, work.community.zone)}"
    await work.due.put(DueWork(key, "action.snoozed", {"action": action.id, "person": person.key}, moment))
    return moment


def tomorrow(work: Work, now: datetime) -> datetime:
    """When a reminder that is put off now comes."""
    return at_reminder_time(work.community, next_working_day(local_date(now, work.community.zone)))


async def tell_overdue(work: Work, due: DueWork, now: datetime) -> str | datetime:
    """All of one owner's in one message to its people, and one list of all of them to the coordinator."""
    if later := _put_off(work, now):
        return later
    today = local_date(now, work.community.zone)
    overdue = [action for action in await work.actions.open() if action.is_overdue(today)]
    if not overdue:
        return DROPPED
    owners = {action.owner for action in overdue}
    messages: list[Message] = []
    for owner in sorted(owners):
        for person in await owners_people(work, owner, now):
            key, to = f"{due.key}:{owner}:{person.key}", Recipient(person=person.key)
            messages.append(Message(key, to, "action.overdue", {"owner": owner}, overdue_topic(owner), quiet=True))
    for person in await with_role(work, Role.COORDINATOR):
        to = Recipient(person=person.key)
        messages.append(Message(f"{due.key}:all:{person.key}", to, "action.overdue_all", {}, OVERDUE_TOPIC, quiet=True))
    await work.outbox.put(*messages, now=now)
    await _plan_weekly(work, today, now)
    return DONE


async def _plan_weekly(work: Work, after: date, now: datetime) -> None:
    moment = next_weekly(work.community, after, now)
    key = f"actions:overdue:{local_date(moment, work.community.zone)}"
    await work.due.put(DueWork(key, "action.overdue", {}, moment))


async def _put_reminders(work: Work, action: Action, people: Sequence[Person], today: date, now: datetime) -> None:
    await work.outbox.put(
        *(
            Message(
                key=f"action:{action.id}:reminder:{today}:{person.key}",
                to=Recipient(person=person.key),
                template="action.reminder",
                params={"action": action.id, "owner": action.owner, "due": action.due.isoformat()},
                topic=action_topic(action.id),
                quiet=True,
            )
            for person in people
        ),
        now=now,
    )


async def _told_just_now(work: Work, action: Action, now: datetime) -> bool:
    last = await work.outbox.last_put(action_topic(action.id), ("action.given", "action.reminder"))
    return last is not None and now - last < JUST_TOLD


def _put_off(work: Work, now: datetime) -> datetime | None:
    """A step done late must not come at night: the next permitted moment, if it is not now."""
    moment = next_permitted(now, work.community.quiet_hours, work.community.zone)
    return moment if moment > now else None


def _prefix(action: Action) -> str:
    return f"action:{action.id}:"


HANDLERS = {
    "action.reminder": remind,
    "action.snoozed": remind_again,
    "action.overdue": tell_overdue,
}
