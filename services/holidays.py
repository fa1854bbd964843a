"""Ahead of Easter, summer and Christmas the coordinator is asked whether to plan a period around it."""

from __future__ import annotations

from datetime import datetime, time

from domain.community import Person, Role
from domain.holiday_seasons import Holiday, Season, asked_at, holiday, next_holiday, propose
from domain.periods import DemandingPeriod
from domain.working_time import instant, local_date
from services.audience import with_role
from services.messages import Json, Message, Recipient
from services.ports import AuditEntry, DueWork, Work

DONE, DROPPED = "done", "dropped"
EARLIEST, LATEST = 2000, 2200


async def sync(work: Work, now: datetime) -> None:
    """Sees to it that each season's question will come, by the dates that the community file gives now."""
    for season in Season:
        await work.due.forget(f"holiday:{season}:")
        coming = next_holiday(work.community, season, local_date(now, work.community.zone))
        await _plan(work, coming)
        await _plan(work, holiday(work.community, season, coming.year + 1))


async def _plan(work: Work, of: Holiday) -> None:
    subject: dict[str, Json] = {"season": str(of.season), "year": of.year}
    await work.due.put(DueWork(topic(of), "holiday.ask", subject, asked_at(work.community, of)))


async def ask(work: Work, due: DueWork, now: datetime) -> str | datetime:
    """The question to each coordinator; pointless when a period covers the holiday, or when it has begun."""
    of = named(work, due.subject.get("season"), due.subject.get("year"))
    if of is None:
        return DROPPED
    await _plan(work, holiday(work.community, of.season, of.year + 1))
    begun = local_date(now, work.community.zone) >= of.first
    if begun or await covering(work, of) or propose(work.community, of, now) is None:
        return DROPPED
    await work.outbox.put(
        *(
            Message(
                key=f"{topic(of)}:{person.key}",
                to=Recipient(person=person.key),
                template="holiday.ask",
                params=due.subject,
                topic=topic(of),
                expires_at=instant(of.first, time(0), work.community.zone),
                quiet=True,
            )
            for person in await with_role(work, Role.COORDINATOR)
        ),
        now=now,
    )
    return DONE


async def unanswered(work: Work, now: datetime) -> list[Holiday]:
    """What the coordinators have been asked about, and have not answered while it still can be planned for."""
    today = local_date(now, work.community.zone)
    coming = [next_holiday(work.community, season, today) for season in Season]
    asked = [of for of in coming if asked_at(work.community, of) <= now and propose(work.community, of, now)]
    return [of for of in asked if await covering(work, of) is None and await declined(work, of) is None]


def named(work: Work, season: object, year: object) -> Holiday | None:
    """The holiday that a message or a button names; None for what is none."""
    if not isinstance(season, str) or not isinstance(year, int):
        return None
    if season not in set(Season) or not EARLIEST <= year <= LATEST:
        return None
    return holiday(work.community, Season(season), year)


async def covering(work: Work, of: Holiday) -> DemandingPeriod | None:
    """The period that lasts through it."""
    return next((period for period in await work.periods.not_ended() if of.is_covered_by(period)), None)


async def declined(work: Work, of: Holiday) -> AuditEntry | None:
    """Who said no, if somebody did."""
    return next((entry for entry in await work.audit.about(topic(of)) if entry.kind == "holiday.declined"), None)


async def decline(work: Work, by: Person, of: Holiday, now: datetime) -> None:
    if await declined(work, of) is None:
        await work.audit.add("holiday.declined", topic(of), by=by.key, now=now)
        await work.outbox.refresh(topic(of), now=now)


def topic(of: Holiday) -> str:
    return f"holiday:{of.season}:{of.year}"
