"""Storing what a unit answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.community import Community, IndicatorType, Person, Unit
from domain.reports import Answers, Figure, StatusReport, as_last_time, lacks, read_answers
from domain.rounds import Round
from services import differences
from services.audience import answers_for
from services.messages import Json
from services.pictures import STILL_RECENT, missing_topic, status_topic, summary_topic
from services.ports import Work


@dataclass(frozen=True, slots=True)
class Stored:
    """`changed` is False when the same answers stood there already: nothing was added then."""

    report: StatusReport
    changed: bool


@dataclass(frozen=True, slots=True)
class NotAllowed:
    """The person does not answer for the unit, or the round is not one that takes answers (any more)."""

    cancelled: bool = False
    not_open: bool = False


@dataclass(frozen=True, slots=True)
class AnsweredByOther:
    """Somebody else has answered for the unit since this form was drawn."""

    report: StatusReport
    answers: Answers


@dataclass(frozen=True, slots=True)
class NothingToCopy:
    """There are no recent figures, or `lacking` is now asked and was not then."""

    lacking: tuple[str, ...] = ()


async def answer(
    work: Work,
    person: Person,
    round_id: str,
    unit_key: str,
    inputs: Mapping[str, object],
    now: datetime,
    *,
    seen_revision: int | None = None,
) -> Stored | Answers | AnsweredByOther | NotAllowed:
    """Checks and stores a unit's whole form as a new revision; `Answers` bears the mistakes if there are any.

    `seen_revision` is the revision that the person's form showed (0: none); an answer of somebody else that came
    after it is shown before it is overwritten.
    """
    found = await _open_round(work, person, round_id, unit_key, now)
    if isinstance(found, NotAllowed):
        return found
    round_, unit = found
    answers = read_answers(work.community, unit, inputs)
    if answers.mistakes:
        return answers
    newest = await work.reports.newest(round_.id, unit.key)
    if newest and seen_revision is not None and newest.revision > seen_revision and newest.answered_by != person.key:
        return AnsweredByOther(newest, answers)
    return await _store(work, person, round_, unit, answers.values, newest, now)


async def same_as_last_time(
    work: Work, person: Person, round_id: str, unit_key: str, now: datetime
) -> Stored | NothingToCopy | NotAllowed:
    """Stores the figures of the unit's last round again. Free text is not copied."""
    found = await _open_round(work, person, round_id, unit_key, now)
    if isinstance(found, NotAllowed):
        return found
    round_, unit = found
    newest = await work.reports.newest(round_.id, unit.key)
    last = await last_report(work, round_, unit)
    if last is None:
        return NothingToCopy()
    values = as_last_time(work.community, unit, last.values)
    if lacking := lacks(work.community, unit, values):
        return NothingToCopy(tuple(field.key for field in lacking))
    return await _store(work, person, round_, unit, values, newest, now)


async def last_report(work: Work, round_: Round, unit: Unit) -> StatusReport | None:
    """The unit's figures of last time, if they are recent enough to be of use."""
    return await work.reports.last_before(unit.key, round_.meeting_at, round_.meeting_at - STILL_RECENT)


async def _open_round(
    work: Work, person: Person, round_id: str, unit_key: str, now: datetime
) -> tuple[Round, Unit] | NotAllowed:
    unit = next((u for u in await answers_for(work, person, now) if u.key == unit_key), None)
    round_ = await work.rounds.get(round_id)
    if unit is None or round_ is None:
        return NotAllowed()
    if round_.cancelled_at is not None:
        return NotAllowed(cancelled=True)
    return (round_, unit) if round_.opens_at <= now else NotAllowed(not_open=True)


async def _store(
    work: Work,
    person: Person,
    round_: Round,
    unit: Unit,
    values: Mapping[str, Figure],
    newest: StatusReport | None,
    now: datetime,
) -> Stored:
    if newest is not None and newest.values == values:
        return Stored(newest, changed=False)
    report = StatusReport(
        round=round_.id,
        unit=unit.key,
        revision=newest.revision + 1 if newest else 1,
        values=values,
        answered_by=person.key,
        answered_at=now,
        first_answered_at=newest.first_answered_at if newest else now,
    )
    await work.reports.add(report)
    await work.audit.add(
        "report.corrected" if newest else "report.answered",
        f"report:{round_.id}:{unit.key}",
        by=person.key,
        now=now,
        **_recorded(work.community, unit, newest.values if newest else {}, values),
    )
    questions = await differences.follow(work, round_, unit, newest, report, now)
    about = (status_topic(round_.id, unit.key), missing_topic(round_.id), summary_topic(round_.id))
    await work.outbox.refresh(*about, *questions, now=now)
    return Stored(report, changed=True)


def _recorded(
    community: Community, unit: Unit, before: Mapping[str, Figure], after: Mapping[str, Figure]
) -> dict[str, Json]:
    """What changed, for the audit trail. Of words only which: they stand in the revisions, and nowhere twice."""
    changed = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    words = [f.key for f in community.fields_of(unit) if f.indicator.type is IndicatorType.TEXT and f.key in changed]
    figures = [key for key in changed if key not in words]
    return {
        "before": {key: before[key] for key in figures if key in before},
        "after": {key: after[key] for key in figures if key in after},
        "texts": list(words),
    }
