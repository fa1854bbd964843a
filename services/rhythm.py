"""Changing a running period: how often it meets from a date on, and how long it lasts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from domain.community import Person, Role
from domain.period_form import Mistake, Wrong
from domain.periods import DemandingPeriod, Rhythm
from domain.rhythm_form import WORKING_DAYS, first_possible, read_rhythm
from domain.rounds import RoundState
from domain.working_time import local_date
from services import periods
from services.audience import concerned, connected_channels, with_role
from services.messages import Json, Message, Recipient
from services.periods import Ahead
from services.pictures import period_topic, summary_topic
from services.ports import Work


@dataclass(frozen=True, slots=True)
class Refused:
    """What was wrong, at its field, and what may be shown again."""

    mistakes: Mapping[str, Mistake]
    typed: Mapping[str, str]


async def change(
    work: Work, by: Person, period_id: str, inputs: Mapping[str, object], now: datetime
) -> DemandingPeriod | Refused | None:
    """Checks the form and plans the period anew from its date on; None when the period has ended."""
    period = await work.periods.for_change(period_id)
    if period is None or period.ended_at is not None:
        return None
    read = read_rhythm(work.community, inputs, period, now)
    if read.rhythm is None:
        return Refused(read.mistakes, read.typed)
    changed = replace(period.with_rhythm(read.rhythm), until=read.until)
    result = await _apply(work, by, period, changed, now)
    return Refused(dict([result]), read.typed) if isinstance(result, tuple) else result


async def back(work: Work, by: Person, period_id: str, now: datetime) -> DemandingPeriod | Refused | None:
    """The rhythm before the last change holds again, from the first day that people can still be asked for."""
    period = await work.periods.for_change(period_id)
    if period is None or period.ended_at is not None or not period.changes:
        return None
    before = rhythm_before(period)
    since = first_possible(work.community, before.start, now)
    changed = (
        replace(period, changes=period.changes[:-1])
        if period.changes[-1].since >= since
        else period.with_rhythm(replace(before, since=since))
    )
    result = await _apply(work, by, period, changed, now)
    return Refused(dict([result]), {}) if isinstance(result, tuple) else result


def rhythm_before(period: DemandingPeriod) -> Rhythm:
    """The one that held before the last change."""
    return period.rhythms[-2]


async def _apply(
    work: Work, by: Person, period: DemandingPeriod, changed: DemandingPeriod, now: datetime
) -> DemandingPeriod | tuple[str, Mistake]:
    """Rounds that nobody was asked for follow the rhythm; the others stay. Everybody is told once."""
    known = await work.rounds.of_period(period.id)
    found = periods.ahead(work, changed, known, now)
    if mistake := await _mistake(work, changed, found):
        return mistake
    if (changed.changes, changed.until) == (period.changes, period.until):
        return period
    await work.periods.change(changed)
    await work.rounds.cancel([round_.id for round_ in found.unmeant], now)
    for round_ in found.unmeant:
        await work.due.cancel(f"round:{round_.id}:")
    await periods.plan_rounds(work, changed, found.new, now)
    await work.due.forget(periods.changes_key(changed))
    await periods.tell_changes(work, changed, found.dates, now)
    before, after = _on_record(period), _on_record(changed)
    number = len(await work.audit.about(period_topic(period.id)))
    await work.audit.add(
        "period.rhythm_changed",
        period_topic(period.id),
        by=by.key,
        now=now,
        before={key: value for key, value in before.items() if value != after[key]},
        after={key: value for key, value in after.items() if value != before[key]},
    )
    await _tell(work, changed, by, number, now)
    # What was posted names the next meeting.
    told = [r for r in known if r.cancelled_at is None and r.state(now) in (RoundState.CLOSED, RoundState.HELD)]
    await work.outbox.refresh(*(summary_topic(round_.id) for round_ in told[-2:]), now=now)
    return changed


async def _mistake(work: Work, changed: DemandingPeriod, found: Ahead) -> tuple[str, Mistake] | None:
    zone = work.community.zone
    for other in await work.periods.not_ended():
        if other.id != changed.id and other.overlaps(changed.first_meeting, changed.until):
            return "until", Mistake(Wrong.OVERLAPS, other)
    last = max((round_.meeting_at for round_ in found.standing), default=None)
    if last is not None and changed.until is not None and local_date(last, zone) > changed.until:
        return "until", Mistake(Wrong.UNTIL_BEFORE_MEETING, meeting=last)
    if not found.standing and all(step.held is None for step in found.dates):
        return "until", Mistake(Wrong.NOTHING_LEFT)
    if found.too_late:
        return "from", Mistake(Wrong.DEADLINE_PASSED_FROM)
    return None


async def _tell(work: Work, period: DemandingPeriod, by: Person, number: int, now: datetime) -> None:
    """One message, also where the rhythm is changed again before it could go out."""
    topic = rhythm_topic(period.id)
    await work.outbox.cancel(topic, "changed")
    people = dict.fromkeys([*await concerned(work), *await with_role(work, Role.COORDINATOR)])
    told = [Recipient(person=person.key) for person in people if person.key != by.key]
    await work.outbox.put(
        *(
            Message(
                key=f"period:{period.id}:rhythm:{number}:{to}",
                to=to,
                template="period.rhythm",
                params={"period": period.id},
                topic=topic,
                quiet=True,
            )
            for to in [*await connected_channels(work), *told]
        ),
        now=now,
    )


def _on_record(period: DemandingPeriod) -> dict[str, Json]:
    rhythm = period.rhythms[-1]
    return {
        "since": rhythm.since.isoformat(),
        "start": f"{rhythm.start:%H:%M}",
        "every_days": rhythm.every_days,
        "weekdays": [WORKING_DAYS[day] for day in rhythm.weekdays],
        "until": period.until.isoformat() if period.until else None,
    }


def rhythm_topic(period_id: str) -> str:
    return f"rhythm:{period_id}"
