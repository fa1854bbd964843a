"""What falls due. It is stored when the round or period is made; each step decides anew from what it then finds, so a
step that comes late or twice does no harm. It gives what became of it: `done`, `dropped` (it has become pointless), or
the later instant that it is put off to.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta

from domain.community import Role, Unit
from domain.rounds import APART, Round, is_last
from domain.working_time import local_date, next_permitted
from services import (
    absences,
    action_reminders,
    deadlines,
    differences,
    digest,
    evaluations,
    holidays,
    meeting,
    meeting_requests,
    minutes,
    periods,
)
from services.audience import concerned, connected_channels, with_role
from services.messages import Message, Recipient
from services.pictures import missing_topic, period_topic, picture, status_topic, summary_topic
from services.ports import DueWork, Sealed, Work
from services.reminders import LATE, PROMPT, REMINDER
from services.round_json import sealed_content
from services.rounds import send_about_status, unanswered

DONE, DROPPED = "done", "dropped"

STALE_SUMMARY = timedelta(hours=12)
"""A summary that could not be posted this long after its meeting is of no more use as a message."""


async def do_due(work: Work, due: DueWork, now: datetime) -> str | datetime:
    """Does one piece of due work at `now`, which may be later than it fell due.

    Gives what became of it: `done`, `dropped` (it has become pointless), or the later instant it is put off to.
    """
    return await HANDLERS[due.kind](work, due, now)


async def prompt(work: Work, due: DueWork, now: datetime) -> str | datetime:
    """The unit's form to everybody who is asked and has not answered."""
    round_ = await _alive(work, due)
    if round_ is None or now >= round_.meeting_at:
        return DROPPED
    by_hand = bool(due.subject.get("at_any_hour"))
    if not by_hand and (later := _put_off(work, now, round_.due_at)):
        return later
    units = await unanswered(work, round_, now)
    await send_about_status(
        work, round_, units, "status.prompt", "prompt", now, quiet=not by_hand, expires=round_.meeting_at
    )
    return DONE


async def reminder(work: Work, due: DueWork, now: datetime) -> str | datetime:
    """To those who have not answered, nobody else; nothing once the deadline has passed."""
    round_ = await _alive(work, due)
    if round_ is None or now >= round_.due_at:
        return DROPPED
    if later := _put_off(work, now, round_.due_at):
        return later
    # What was missed or put off while the process was down does not come all at once.
    apart = APART if now - due.due_at > LATE else LATE
    waiting = [u for u in await unanswered(work, round_, now) if not await _just_written(work, round_, u, now, apart)]
    name = f"reminder:{due.key.rpartition(':')[2]}"
    await send_about_status(work, round_, waiting, "status.reminder", name, now, quiet=True, expires=round_.due_at)
    return DONE


async def escalate(work: Work, due: DueWork, now: datetime) -> str | datetime:
    """Who is missing, to the coordinator; nothing if nobody is."""
    round_ = await _alive(work, due)
    if round_ is None or now >= round_.due_at:
        return DROPPED
    if later := _put_off(work, now, round_.due_at):
        return later
    if not await unanswered(work, round_, now):
        return DROPPED
    for person in await with_role(work, Role.COORDINATOR):
        message = Message(
            key=f"round:{round_.id}:missing:{person.key}",
            to=Recipient(person=person.key),
            template="missing.list",
            params={"round": round_.id},
            topic=missing_topic(round_.id),
            expires_at=round_.meeting_at,
            quiet=True,
        )
        await work.outbox.put(message, now=now)
    return DONE


async def post_summary(work: Work, due: DueWork, now: datetime) -> str | datetime:
    """One card to each connected channel, at its time, at any hour."""
    round_ = await _alive(work, due)
    if round_ is None or now >= round_.meeting_ends_at + STALE_SUMMARY:
        return DROPPED
    await work.outbox.put(
        *(
            Message(
                key=f"round:{round_.id}:summary:{channel.channel}",
                to=channel,
                template="summary.posted",
                params={"round": round_.id},
                topic=summary_topic(round_.id),
                expires_at=round_.meeting_ends_at + STALE_SUMMARY,
                urgent=True,
            )
            for channel in await connected_channels(work)
        ),
        now=now,
    )
    return DONE


async def seal(work: Work, due: DueWork, now: datetime) -> str | datetime:
    """Keeps what was known when the meeting began, also when this comes late: revisions bear their time."""
    round_ = await _alive(work, due)
    if round_ is None:
        return DROPPED
    known = await picture(work, round_, now, as_of=round_.meeting_at)
    await work.rounds.seal(round_.id, Sealed(round_.meeting_at, sealed_content(known)))
    await work.outbox.refresh(missing_topic(round_.id), now=now)  # nobody is to be reminded any more
    return DONE


async def over(work: Work, due: DueWork, now: datetime) -> str | datetime:
    """The meeting has ended: an open period gets its next rounds, a period without any left ends."""
    round_ = await _alive(work, due)
    if round_ is None:
        return DROPPED
    period = await work.periods.get(round_.period)
    if period is None or period.ended_at is not None:
        return DROPPED
    if period.until is None:
        await periods.extend(work, period, now)
    elif is_last(round_, await work.rounds.of_period(period.id)):
        await periods.end(work, period, now, by=None)
    return DONE


async def tell_change(work: Work, due: DueWork, now: datetime) -> str | datetime:
    """The message that a meeting is dropped or moved; pointless once its day has come."""
    period = await work.periods.get(str(due.subject["period"]))
    planned = date.fromisoformat(str(due.subject["planned"]))
    if period is None or period.ended_at is not None or local_date(now, work.community.zone) > planned:
        return DROPPED
    people = [*await concerned(work), *await with_role(work, Role.COORDINATOR)]
    await work.outbox.put(
        *(
            Message(
                key=f"{due.key}:{person.key}",
                to=Recipient(person=person.key),
                template="period.change",
                params=due.subject,
                topic=period_topic(period.id),
                quiet=True,
            )
            for person in dict.fromkeys(people)
        ),
        now=now,
    )
    return DONE


async def _just_written(work: Work, round_: Round, unit: Unit, now: datetime, apart: timedelta) -> bool:
    last = await work.outbox.last_put(status_topic(round_.id, unit.key), (PROMPT, REMINDER))
    return last is not None and now - last < apart


async def _alive(work: Work, due: DueWork) -> Round | None:
    round_ = await work.rounds.get(str(due.subject["round"]))
    return None if round_ is None or round_.cancelled_at is not None else round_


def _put_off(work: Work, now: datetime, deadline: datetime) -> datetime | None:
    """A step done late must not come at night either: the next permitted moment, if it is not now."""
    moment = next_permitted(now, work.community.quiet_hours, work.community.zone)
    return moment if now < moment < deadline else None


HANDLERS: dict[str, Callable[[Work, DueWork, datetime], Awaitable[str | datetime]]] = {
    "round.prompt": prompt,
    "round.reminder": reminder,
    "round.escalate": escalate,
    "round.summary": post_summary,
    "round.seal": seal,
    "round.over": over,
    "period.change": tell_change,
    "holiday.ask": holidays.ask,
    "evaluation.reminder": evaluations.remind,
    "evaluation.close": evaluations.close_by_itself,
    **action_reminders.HANDLERS,
    **deadlines.HANDLERS,
    **absences.HANDLERS,
    **meeting.HANDLERS,
    **meeting_requests.HANDLERS,
    **minutes.HANDLERS,
    **differences.HANDLERS,
    **digest.HANDLERS,
}
