"""Putting a difference to both sides once, and storing what they say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from domain.community import Person, Unit
from domain.differences import (
    SETTLED_AFTER,
    Difference,
    Figures,
    Question,
    Stand,
    StandForm,
    compared,
    differences,
    read_stand,
    ready_at,
    touched,
)
from domain.reports import StatusReport, known_at
from domain.rounds import Round
from domain.working_time import next_permitted
from services.audience import asked_for
from services.messages import Json, Message, Recipient
from services.pictures import summary_topic
from services.ports import DueWork, Work

DONE, DROPPED = "done", "dropped"

SLOT = int(SETTLED_AFTER.total_seconds())
"""Seconds; however many answer in the same ten minutes, differences are looked for once after them."""


def topic_of(round_id: str, municipality: str) -> str:
    return f"difference:{round_id}:{municipality}"


async def follow(
    work: Work, round_: Round, unit: Unit, before: StatusReport | None, after: StatusReport, now: datetime
) -> list[str]:
    """After a new answer: plans to look for differences, and gives the topics whose questions it may have changed."""
    municipalities = touched(work.community, unit, before, after)
    if not municipalities or now >= round_.meeting_at:
        return [topic_of(round_.id, municipality) for municipality in municipalities]
    settled = now + SETTLED_AFTER
    moment = min(settled, round_.due_at) if now < round_.due_at else settled
    key = f"round:{round_.id}:differences:{int(moment.timestamp()) // SLOT}"
    await work.due.put(DueWork(key, "round.differences", {"round": round_.id}, moment))
    return [topic_of(round_.id, municipality) for municipality in municipalities]


async def put_to_both_sides(work: Work, due: DueWork, now: datetime) -> str | datetime:
    """Asks of each difference that has settled, once; waits for those that were answered minutes ago.

    Not in quiet hours, and not once the meeting has begun: then it is talked about there.
    """
    round_ = await work.rounds.get(str(due.subject["round"]))
    if round_ is None or round_.cancelled_at is not None or now >= round_.meeting_at:
        return DROPPED
    permitted = next_permitted(now, work.community.quiet_hours, work.community.zone)
    if permitted > now:
        return permitted if permitted < round_.meeting_at else DROPPED
    reports = known_at(await work.reports.revisions([round_.id]), now)
    asked = {(q.figures.municipality, q.figures.indicator) for q in await work.differences.questions(round_.id)}
    waiting = []
    for figures in compared(work.community, reports):
        if not figures.differ or (figures.municipality, figures.indicator) in asked:
            continue
        ready = ready_at(figures, reports, round_)
        if ready <= now:
            await _ask(work, round_, figures, now)
        else:
            waiting.append(ready)
    return min((moment for moment in waiting if moment < round_.meeting_at), default=DONE)


async def _ask(work: Work, round_: Round, figures: Figures, now: datetime) -> None:
    if not await work.differences.ask(Question(round_.id, now, figures)):
        return
    messages = []
    for unit in (unit for unit in work.community.units if unit.key in figures.put_to):
        for person in await asked_for(work, unit, now):
            about: dict[str, Json] = {
                "round": round_.id,
                "municipality": figures.municipality,
                "indicator": figures.indicator,
                "unit": unit.key,
            }
            key = f"difference:{round_.id}:{figures.municipality}:{figures.indicator}:{unit.key}:{person.key}"
            to = Recipient(person=person.key)
            topic = topic_of(round_.id, figures.municipality)
            messages.append(
                Message(key, to, "difference.question", about, topic, expires_at=round_.meeting_at, quiet=True)
            )
    await work.outbox.put(*messages, now=now)
    shown: dict[str, Json] = {
        "unit": figures.municipality,
        "municipality": figures.own,
        "hospital": figures.hospital,
    }
    await work.audit.add("difference.asked", _subject(round_, figures), by=None, now=now, **shown)


async def of_round(work: Work, round_: Round, now: datetime) -> tuple[Difference, ...]:
    """Every difference that was put to both sides, with what came of it."""
    questions = await work.differences.questions(round_.id)
    if not questions:
        return ()
    reports = known_at(await work.reports.revisions([round_.id]), now)
    return differences(work.community, reports, questions, await work.differences.stands(round_.id))


async def stand(
    work: Work,
    by: Person,
    round_: Round,
    difference: Difference,
    unit: Unit,
    inputs: Mapping[str, object],
    now: datetime,
) -> StandForm | Stand:
    """A unit's word that its figure stands, and why; `StandForm` bears the mistakes. The same word twice is one."""
    form = read_stand(inputs)
    figures = difference.figures
    figure = figures.of(unit.key)
    if form.mistakes or figure is None:
        return form
    own = [
        s
        for s in await work.differences.stands(round_.id)
        if (s.municipality, s.indicator, s.unit) == (figures.municipality, figures.indicator, unit.key)
    ]
    newest = max(own, key=lambda s: s.revision, default=None)
    if newest is not None and (newest.figure, newest.reason, newest.because) == (figure, form.reason, form.because):
        return newest
    made = Stand(
        round=round_.id,
        municipality=figures.municipality,
        indicator=figures.indicator,
        unit=unit.key,
        revision=newest.revision + 1 if newest else 1,
        figure=figure,
        reason=form.reason,
        because=form.because,
        by=by.key,
        at=now,
    )
    await work.differences.stand(made)
    # The words stand in the revisions and nowhere twice.
    told: dict[str, Json] = {"unit": unit.key, figures.indicator: figure, "reason": form.reason and str(form.reason)}
    await work.outbox.refresh(topic_of(round_.id, figures.municipality), summary_topic(round_.id), now=now)
    await work.audit.add("difference.stands", _subject(round_, figures), by=by.key, now=now, **told)
    return made


def _subject(round_: Round, figures: Figures) -> str:
    return f"difference:{round_.id}:{figures.municipality}:{figures.indicator}"


HANDLERS = {"round.differences": put_to_both_sides}
