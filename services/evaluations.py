"""The evaluation of a period: sent when it ends, answered once a person, closed by time or by the coordinator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.community import Person, Role
from domain.evaluation import Evaluation, EvaluationAnswer, EvaluationRead, read_evaluation, times
from domain.periods import DemandingPeriod
from domain.rounds import Round
from services.audience import active_people, asked_for_each, with_role
from services.messages import Message, Recipient
from services.ports import DueWork, Work


def topic_of(period: str, person: str) -> str:
    """One person's form, reminders and receipt."""
    return f"evaluation:{period}:{person}"


def progress_topic(period: str) -> str:
    """How many have answered, to the coordinator."""
    return f"evaluation-progress:{period}"


async def begin(work: Work, period: DemandingPeriod, held: Sequence[Round], now: datetime) -> None:
    """Sends the evaluation of a period that has ended. A period without a meeting has nothing to evaluate."""
    if not held:
        return
    steps = times(now, work.community.zone)
    evaluation = Evaluation(period.id, now, steps.closes_at)
    people = await _invited(work, held, now)
    await work.evaluations.add(evaluation, [person.key for person in people])
    await work.due.put(
        *(
            DueWork(f"evaluation:{period.id}:reminder:{n}", "evaluation.reminder", {"period": period.id}, at)
            for n, at in enumerate(steps.reminders, 1)
        ),
        DueWork(f"evaluation:{period.id}:close", "evaluation.close", {"period": period.id}, steps.closes_at),
    )
    await work.outbox.put(
        *(
            Message(
                key=f"evaluation:{period.id}:progress:{person.key}",
                to=Recipient(person=person.key),
                template="evaluation.progress",
                params={"period": period.id},
                topic=progress_topic(period.id),
                quiet=True,
            )
            for person in await with_role(work, Role.COORDINATOR)
        ),
        now=now,
    )
    await work.outbox.put(*(_to(evaluation, person, "evaluation.form", "form") for person in people), now=now)
    await work.audit.add("evaluation.opened", f"period:{period.id}", by=None, now=now, invited=len(people))


async def _invited(work: Work, held: Sequence[Round], now: datetime) -> list[Person]:
    """Everybody who was asked or invited: of the deputies those who answered, or who are asked for want of another."""
    answered = {report.answered_by for report in await work.reports.revisions([round_.id for round_ in held])}
    of_units = await asked_for_each(work, work.community.units_asked, now)
    asked = {person.key for people in of_units.values() for person in people}
    always = (Role.RESPONDENT, Role.OBSERVER, Role.COORDINATOR, Role.SECRETARIAT)
    people = await active_people(work)
    return [person for person in people if person.has(*always) or person.key in answered | asked]


def _to(evaluation: Evaluation, person: Person, template: str, name: str) -> Message:
    return Message(
        key=f"evaluation:{evaluation.period}:{name}:{person.key}",
        to=Recipient(person=person.key),
        template=template,
        params={"period": evaluation.period},
        topic=topic_of(evaluation.period, person.key),
        expires_at=evaluation.closes_at,
        quiet=True,
    )


@dataclass(frozen=True, slots=True)
class NotAsked:
    """The person was not asked for this evaluation, or it has closed."""

    closed: bool = False


async def submit(
    work: Work, person: Person, period: str, inputs: Mapping[str, object], now: datetime
) -> EvaluationAnswer | EvaluationRead | NotAsked:
    """Checks and stores the person's answer in place of an earlier one; `EvaluationRead` bears the mistakes.

    On record is that the person answered, and nothing of what.
    """
    refusal = await not_asked(work, person, period)
    if refusal is not None:
        return refusal
    read = read_evaluation(inputs)
    if read.answer is None:
        return read
    before = await work.evaluations.own(period, person.key)
    if before == read.answer:
        return before
    if not await work.evaluations.put(period, person.key, read.answer):
        return NotAsked(closed=True)
    await work.audit.add("evaluation.answered", f"period:{period}", by=person.key, now=now)
    await work.outbox.refresh(topic_of(period, person.key), progress_topic(period), now=now)
    return read.answer


async def not_asked(work: Work, person: Person, period: str) -> NotAsked | None:
    """Why the person cannot answer; None if he can."""
    evaluation = await work.evaluations.get(period)
    if evaluation is None or person.key not in await work.evaluations.invited(period):
        return NotAsked()
    return None if evaluation.is_open else NotAsked(closed=True)


async def awaiting(work: Work, person: Person) -> Evaluation | None:
    """The evaluation that waits for the person's answer, the newest first."""
    for evaluation in await work.evaluations.open():
        if (await work.evaluations.invited(evaluation.period)).get(person.key) is False:
            return evaluation
    return None


async def close(work: Work, evaluation: Evaluation, now: datetime, *, by: Person | None) -> None:
    """Takes no more answers, and cuts what led from a person to an answer. `by` is None when it closes by itself."""
    if not evaluation.is_open:
        return
    invited = await work.evaluations.invited(evaluation.period)
    await work.evaluations.close(evaluation.period, now)
    await work.due.cancel(f"evaluation:{evaluation.period}:")
    for person in invited:
        await work.outbox.cancel(topic_of(evaluation.period, person), "closed")
    topics = [topic_of(evaluation.period, person) for person in invited]
    await work.outbox.refresh(*topics, progress_topic(evaluation.period), now=now)
    await work.audit.add(
        "evaluation.closed",
        f"period:{evaluation.period}",
        by=by.key if by else None,
        now=now,
        invited=len(invited),
        answered=sum(invited.values()),
    )
    await _tell_of_report(work, evaluation, by, now)


async def _tell_of_report(work: Work, evaluation: Evaluation, by: Person | None, now: datetime) -> None:
    """Nothing of the period will change any more: those who prepare its case get the report."""
    await work.outbox.put(
        *(
            Message(
                key=f"report:{evaluation.period}:{person.key}",
                to=Recipient(person=person.key),
                template="report.ready",
                params={"period": evaluation.period},
                quiet=person != by,
            )
            for person in await with_role(work, Role.COORDINATOR, Role.SECRETARIAT)
        ),
        now=now,
    )


# What falls due


async def remind(work: Work, due: DueWork, now: datetime) -> str | datetime:
    """To those who have not answered, nobody else."""
    evaluation = await work.evaluations.get(str(due.subject["period"]))
    if evaluation is None or not evaluation.is_open or now >= evaluation.closes_at:
        return "dropped"
    invited = await work.evaluations.invited(evaluation.period)
    waiting = [person for person in await active_people(work) if invited.get(person.key) is False]
    name = f"reminder:{due.key.rpartition(':')[2]}"
    await work.outbox.put(*(_to(evaluation, person, "evaluation.reminder", name) for person in waiting), now=now)
    return "done"


async def close_by_itself(work: Work, due: DueWork, now: datetime) -> str | datetime:
    evaluation = await work.evaluations.get(str(due.subject["period"]))
    if evaluation is None or not evaluation.is_open:
        return "dropped"
    await close(work, evaluation, now, by=None)
    return "done"
