"""Starting, carrying on and ending a demanding period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from domain.community import Person, Role
from domain.period_form import FormRead, StartForm, end_of, read_start
from domain.periods import OPEN_END_HORIZON, DemandingPeriod, MeetingDate, meetings_of
from domain.rounds import Round, deadline, told_at
from domain.working_time import instant, local_date, next_permitted
from services import evaluations, rounds
from services.audience import active_people, concerned, connected_channels
from services.messages import Json, Message, Recipient
from services.pictures import missing_topic, period_topic, status_topic, summary_topic
from services.ports import DueWork, Work


@dataclass(frozen=True, slots=True)
class Started:
    """`told_at` is when people hear of it: now, or when quiet hours end."""

    period: DemandingPeriod
    dates: Sequence[MeetingDate]
    told_at: datetime


async def start(
    work: Work, by: Person, inputs: Mapping[str, object], now: datetime, *, short_notice: bool = False
) -> Started | FormRead:
    """Checks the form and makes the period with its rounds and announcements; `FormRead` bears the mistakes."""
    read = read_start(work.community, inputs, await work.periods.not_ended(), now, short_notice=short_notice)
    if read.form is None:
        return read
    period = _period(work, read.form, by, now)
    await work.periods.add(period)
    await plan_rounds(work, period, read.dates, now, short_notice=short_notice, at_any_hour=read.form.urgent)
    await tell_changes(work, period, read.dates, now)
    await work.audit.add("period.started", period_topic(period.id), by=by.key, now=now, after=_recorded(period))
    await _announce(work, period, by, now, urgent=read.form.urgent)
    quiet = work.community.quiet_hours, work.community.zone
    told_at = now if read.form.urgent else next_permitted(now, *quiet)
    return Started(period, read.dates, told_at)


def _recorded(period: DemandingPeriod) -> dict[str, Json]:
    return {
        "reasons": [str(reason) for reason in period.reasons],
        "level": str(period.level),
        "first_meeting": period.first_meeting.isoformat(),
        "start": f"{period.start:%H:%M}",
        "every_days": period.every_days,
        "until": period.until.isoformat() if period.until else None,
        "note": period.note,
    }


async def announce_now(work: Work, period: DemandingPeriod, now: datetime) -> None:
    """The coordinator's word that people are told at once, quiet hours or not."""
    await work.outbox.hurry(period_topic(period.id), now)


def _period(work: Work, form: StartForm, by: Person, now: datetime) -> DemandingPeriod:
    return DemandingPeriod(
        id=uuid4().hex[:16],
        community=work.community.key,
        reasons=form.reasons,
        level=form.level,
        first_meeting=form.first_meeting,
        start=form.start,
        end=end_of(work.community, form.start),
        every_days=form.every_days,
        until=form.until,
        note=form.note,
        skip_days_off=work.community.meeting.skip_public_holidays,
        started_by=by.key,
        started_at=now,
    )


async def plan_rounds(
    work: Work,
    period: DemandingPeriod,
    dates: Sequence[MeetingDate],
    now: datetime,
    *,
    short_notice: bool = False,
    at_any_hour: bool = False,
) -> None:
    first = next((step for step in dates if step.held is not None), None)
    for step in dates:
        if step.held is not None:
            moved_from = step.planned if step.changed else None
            await rounds.plan(
                work,
                period,
                step.held,
                now,
                planned_for=moved_from,
                short_notice=short_notice and step is first,
                at_any_hour=at_any_hour and step is first,
            )


async def tell_changes(work: Work, period: DemandingPeriod, dates: Sequence[MeetingDate], now: datetime) -> None:
    """The messages that tell of dropped and moved meetings; what would be told already is in the announcement."""
    found = []
    for step in period.worth_telling(dates):
        at = told_at(work.community, step.planned, period.rhythm_on(step.planned).start)
        if at > now:
            subject = {"period": period.id, "planned": step.planned.isoformat()}
            found.append(DueWork(f"{changes_key(period)}{step.planned}", "period.change", subject, at))
    await work.due.put(*found)


def changes_key(period: DemandingPeriod) -> str:
    """What the keys of everything begin with that will tell of a dropped or moved meeting."""
    return f"period:{period.id}:change:"


async def _announce(work: Work, period: DemandingPeriod, by: Person, now: datetime, *, urgent: bool) -> None:
    people = [Recipient(person=p.key) for p in await concerned(work) if p.key != by.key]
    others = [
        Recipient(person=p.key)
        for p in await active_people(work)
        if p.has(Role.COORDINATOR) and p.key != by.key and Recipient(person=p.key) not in people
    ]
    await work.outbox.put(
        *(
            Message(
                key=f"period:{period.id}:announced:{to}",
                to=to,
                template="period.announced",
                params={"period": period.id},
                topic=period_topic(period.id),
                quiet=not urgent,
                urgent=True,
            )
            for to in [*await connected_channels(work), *people, *others]
        ),
        now=now,
    )


def dates_until(work: Work, period: DemandingPeriod, horizon: date) -> list[MeetingDate]:
    """The period's meetings as its rhythm and the days off give them."""
    return list(meetings_of(period.rhythms, period.until, skip_days_off=period.skip_days_off, horizon=horizon))


async def extend(work: Work, period: DemandingPeriod, now: datetime) -> None:
    """Makes the rounds of a period without a last date as far ahead as the horizon."""
    found = ahead(work, period, await work.rounds.of_period(period.id), now)
    await plan_rounds(work, period, found.new, now)
    await tell_changes(work, period, found.dates, now)


@dataclass(frozen=True, slots=True)
class Ahead:
    """A period's rhythm held against its rounds that are to come.

    `dates` are all steps from today on; `new` the meetings that no round is made for; `too_late` those of them whose
    deadline has passed; `unmeant` the rounds that the rhythm does not give and that nobody was asked for yet;
    `standing` those that stay whatever the rhythm: people were asked, or they were called by hand.
    """

    dates: Sequence[MeetingDate]
    new: Sequence[MeetingDate]
    too_late: Sequence[MeetingDate]
    unmeant: Sequence[Round]
    standing: Sequence[Round]


def ahead(work: Work, period: DemandingPeriod, known: Sequence[Round], now: datetime) -> Ahead:
    """What the rhythm asks for from now on: up to the last date, or as far ahead as the horizon."""
    zone = work.community.zone
    today = local_date(now, zone)
    to_come = [r for r in known if r.cancelled_at is None and r.meeting_at > now]
    standing = [r for r in to_come if r.short_notice or r.opens_at <= now]
    dates = [d for d in dates_until(work, period, today + OPEN_END_HORIZON) if d.planned >= today]
    meant = {_meant(period, step, zone): step for step in dates if step.held is not None}
    made = {(r.planned_for or local_date(r.meeting_at, zone), r.meeting_at) for r in to_come if not r.short_notice}
    new = [
        step
        for key, step in meant.items()
        if key not in made and key[1] > now and not any(_in_place(step, key[1], r, zone) for r in standing)
    ]
    return Ahead(
        dates=dates,
        new=new,
        too_late=[
            d for d in new if d.held and deadline(work.community, d.held, period.rhythm_on(d.planned).start) <= now
        ],
        unmeant=[
            r
            for r in to_come
            if r not in standing and (r.planned_for or local_date(r.meeting_at, zone), r.meeting_at) not in meant
        ],
        standing=standing,
    )


def _meant(period: DemandingPeriod, step: MeetingDate, zone: ZoneInfo) -> tuple[date, datetime]:
    return step.planned, instant(step.held or step.planned, period.rhythm_on(step.planned).start, zone)


def _in_place(step: MeetingDate, at: datetime, standing: Round, zone: ZoneInfo) -> bool:
    """A meeting that stands takes the place of the rhythm's on that day; one called by hand only at that hour."""
    if standing.short_notice:
        return standing.meeting_at <= at < standing.meeting_ends_at
    return local_date(standing.meeting_at, zone) == step.held or standing.planned_for == step.planned


async def end(work: Work, period: DemandingPeriod, now: datetime, *, by: Person | None) -> None:
    """Ends the period, cancels what is still planned, tells everybody and asks them how it went.

    `by` is None when it ends by itself.
    """
    if period.ended_at is not None:
        return
    standing = [r for r in await work.rounds.of_period(period.id) if r.cancelled_at is None]
    to_come = [r for r in standing if r.meeting_at > now]
    await work.rounds.cancel([r.id for r in to_come], now)
    for round_ in to_come:
        await work.due.cancel(f"round:{round_.id}:")
        await work.outbox.cancel(missing_topic(round_.id), "cancelled")
        await work.outbox.cancel(summary_topic(round_.id), "cancelled")
        for unit in work.community.units_asked:
            await work.outbox.cancel(status_topic(round_.id, unit.key), "cancelled")
            await work.outbox.refresh(status_topic(round_.id, unit.key), now=now)
        await work.outbox.refresh(missing_topic(round_.id), now=now)
    await work.due.cancel(f"period:{period.id}:")
    await work.outbox.cancel(period_topic(period.id), "ended")
    await work.periods.end(period.id, now)
    cancelled: list[Json] = [local_date(round_.meeting_at, work.community.zone).isoformat() for round_ in to_come]
    await work.audit.add(
        "period.ended", period_topic(period.id), by=by.key if by else None, now=now, cancelled_meetings=cancelled
    )
    people = [Recipient(person=p.key) for p in await concerned(work)]
    coordinators = [
        Recipient(person=p.key)
        for p in await active_people(work)
        if p.has(Role.COORDINATOR) and p != by and Recipient(person=p.key) not in people
    ]
    await work.outbox.put(
        *(
            Message(
                key=f"period:{period.id}:ended:{to}",
                to=to,
                template="period.ended",
                params={"period": period.id, "by_hand": by is not None},
                quiet=True,
            )
            for to in [*await connected_channels(work), *people, *coordinators]
        ),
        now=now,
    )
    await evaluations.begin(work, period, [r for r in standing if r.meeting_at <= now], now)


async def changes_before_next(
    work: Work, period: DemandingPeriod, after: datetime
) -> tuple[list[MeetingDate], datetime | None]:
    """Dropped and moved meetings between the meeting at `after` and the next one, and when that is."""
    following = await work.rounds.following(period.id, after)
    next_meeting = following.meeting_at if following else None
    zone = work.community.zone
    last = local_date(next_meeting, zone) if next_meeting else period.until or local_date(after, zone)
    dates = period.worth_telling(dates_until(work, period, last))
    return [d for d in dates if local_date(after, zone) < d.planned <= last], next_meeting
