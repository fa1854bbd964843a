"""Making a round, and who of those asked has answered it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from uuid import uuid4

from domain.community import Person, Unit
from domain.period_form import end_of
from domain.periods import DemandingPeriod
from domain.reports import StatusReport, known_at
from domain.rounds import Round, RoundState, Schedule, current, schedule, short_notice_schedule
from services.audience import asked_for_each, concerned, connected_channels, standing, units_away
from services.messages import Json, Message, Recipient
from services.pictures import missing_topic, period_topic, status_topic, summary_topic
from services.ports import DueWork, Work


async def plan(
    work: Work,
    period: DemandingPeriod,
    day: date,
    now: datetime,
    *,
    planned_for: date | None = None,
    short_notice: bool = False,
    at_any_hour: bool = False,
) -> Round:
    """Makes the round of one meeting, with everything that will fall due."""
    make = short_notice_schedule if short_notice else schedule
    rhythm = period.rhythm_on(planned_for or day)
    steps = make(work.community, day, rhythm.start, rhythm.end, now=now, at_any_hour=at_any_hour)
    return await _store(work, period.id, steps, planned_for, short_notice=short_notice, at_any_hour=at_any_hour)


async def call(
    work: Work, by: Person, period: DemandingPeriod, day: date, start: time, now: datetime, *, at_any_hour: bool
) -> Round:
    """A round at short notice on the coordinator's own account, on record."""
    made = await start_now(work, period, day, start, now, at_any_hour=at_any_hour)
    about: dict[str, Json] = {"period": period.id, "meeting_at": made.meeting_at.isoformat()}
    await work.audit.add("meeting.called", f"round:{made.id}", by=by.key, now=now, **about)
    return made


async def start_now(
    work: Work,
    period: DemandingPeriod,
    day: date,
    start: time,
    now: datetime,
    *,
    at_any_hour: bool,
    knows: frozenset[str] = frozenset(),
) -> Round:
    """A round at short notice beside the period's own rhythm: prompts at once, the rest in proportion.

    The channels and everybody concerned are told of the meeting, save those who hear of it otherwise (`knows`).
    """
    steps = short_notice_schedule(
        work.community, day, start, end_of(work.community, start), now=now, at_any_hour=at_any_hour
    )
    round_ = await _store(work, period.id, steps, None, short_notice=True, at_any_hour=at_any_hour)
    people = [Recipient(person=person.key) for person in await concerned(work) if person.key not in knows]
    await work.outbox.put(
        *(
            Message(
                key=f"round:{round_.id}:called:{to}",
                to=to,
                template="round.called",
                params={"round": round_.id},
                topic=period_topic(period.id),
                expires_at=round_.meeting_at,
                quiet=not at_any_hour,
                urgent=True,
            )
            for to in [*await connected_channels(work), *people]
        ),
        now=now,
    )
    return round_


async def _store(
    work: Work, period: str, steps: Schedule, planned_for: date | None, *, short_notice: bool, at_any_hour: bool
) -> Round:
    round_ = Round(
        id=uuid4().hex[:16],
        community=work.community.key,
        period=period,
        opens_at=steps.opens_at,
        due_at=steps.due_at,
        summary_at=steps.summary_at,
        meeting_at=steps.meeting_at,
        meeting_ends_at=steps.meeting_ends_at,
        short_notice=short_notice,
        planned_for=planned_for,
    )
    await work.rounds.add(round_)
    await work.due.put(*_due(round_, steps, at_any_hour=at_any_hour))
    return round_


def _due(round_: Round, steps: Schedule, *, at_any_hour: bool) -> list[DueWork]:
    def at(kind: str, moment: datetime, suffix: str = "") -> DueWork:
        subject: dict[str, Json] = {"round": round_.id, "at_any_hour": at_any_hour}
        return DueWork(f"round:{round_.id}:{kind}{suffix}", f"round.{kind}", subject, moment)

    found = [at("reminder", moment, f":{n}") for n, moment in enumerate(steps.reminders, 1)]
    if steps.prompt_at is not None:
        found.append(at("prompt", steps.prompt_at))
    if steps.escalate_at is not None:
        found.append(at("escalate", steps.escalate_at))
    return [
        *found,
        at("summary", steps.summary_at),
        at("seal", steps.meeting_at),
        at("run", steps.meeting_at),
        at("over", steps.meeting_ends_at),
        at("minutes", steps.meeting_ends_at),
    ]


async def current_round(work: Work, now: datetime) -> Round | None:
    """The round that answers belong to."""
    return current(await work.rounds.running(now), now)


async def unanswered(work: Work, round_: Round, now: datetime) -> list[Unit]:
    reports = await answered(work, round_, now)
    return [unit for unit in work.community.units_asked if unit.key not in reports]


async def answered(work: Work, round_: Round, now: datetime) -> dict[str, StatusReport]:
    return known_at(await work.reports.revisions([round_.id]), now)


async def remind_missing(work: Work, round_: Round, now: datetime) -> Sequence[Unit]:
    """Once more, by the coordinator's hand, to everybody who has not answered and is not away.

    Each press within a minute is one.
    """
    away = await units_away(work, await standing(work, now))
    missing = [unit for unit in await unanswered(work, round_, now) if unit.key not in away]
    if round_.state(now) in (RoundState.COLLECTING, RoundState.CLOSED):
        name = f"by-hand:{now.isoformat(timespec='minutes')}"
        await send_about_status(
            work, round_, missing, "status.reminder", name, now, quiet=False, expires=round_.meeting_at
        )
    return missing


async def ask_anew(work: Work, unit: Unit, now: datetime) -> None:
    """Who is asked for the unit has changed: its form goes to those who are asked now and have not had it.

    Lists that say who is away are drawn anew.
    """
    for round_ in await work.rounds.running(now):
        await work.outbox.refresh(missing_topic(round_.id), summary_topic(round_.id), now=now)
        if round_.state(now) is RoundState.COLLECTING and await work.reports.newest(round_.id, unit.key) is None:
            await send_about_status(
                work, round_, [unit], "status.prompt", "prompt", now, quiet=True, expires=round_.meeting_at
            )


async def send_about_status(
    work: Work,
    round_: Round,
    units: Iterable[Unit],
    template: str,
    name: str,
    now: datetime,
    *,
    quiet: bool,
    expires: datetime,
) -> None:
    await work.outbox.put(
        *(
            _about_status(round_, unit, person, template, name, quiet=quiet, expires=expires)
            for unit, people in (await asked_for_each(work, units, now)).items()
            for person in people
        ),
        now=now,
    )


def _about_status(
    round_: Round, unit: str, person: Person, template: str, name: str, *, quiet: bool, expires: datetime
) -> Message:
    return Message(
        key=f"round:{round_.id}:{name}:{unit}:{person.key}",
        to=Recipient(person=person.key),
        template=template,
        params={"round": round_.id, "unit": unit},
        topic=status_topic(round_.id, unit),
        expires_at=expires,
        quiet=quiet,
    )
