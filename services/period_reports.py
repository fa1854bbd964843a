"""What a period left behind, gathered for its report: one question of each kind to the store, however long it was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from domain.actions import ActionLine, lines_of
from domain.differences import differences
from domain.evaluation import EvaluationResult, result_of
from domain.period_report import Material, Meeting
from domain.periods import DemandingPeriod, worth_telling
from domain.reports import StatusReport, known_at
from domain.rounds import Round
from domain.working_time import local_date
from services.periods import dates_until
from services.pictures import sealed_revisions
from services.ports import Work


async def material_of(work: Work, period: DemandingPeriod, now: datetime) -> Material:
    """As of the period's end, or as of `now` while it runs. Figures are those that were sealed, where they were."""
    until = period.ended_at or now
    rounds = await work.rounds.of_period(period.id)
    held = [round_ for round_ in rounds if round_.cancelled_at is None and round_.meeting_at <= until]
    return Material(
        community=work.community,
        period=period,
        until=until,
        meetings=await _meetings(work, held, now),
        called_off=sum(round_.cancelled_at is not None for round_ in rounds),
        dropped=_dropped(work, period, until),
        levels=await work.periods.level_changes(period.id),
        actions=await _actions(work, period, until, now),
        evaluation=await evaluation_of(work, period.id),
    )


async def _meetings(work: Work, held: Sequence[Round], now: datetime) -> list[Meeting]:
    ids = [round_.id for round_ in held]
    revisions: dict[str, list[StatusReport]] = defaultdict(list)
    for report in await work.reports.revisions(ids):
        revisions[report.round].append(report)
    seals = await work.rounds.sealed(ids)
    questions, stands = await work.differences.questions_in(ids), await work.differences.stands_in(ids)
    found = []
    for round_ in held:
        of_round, seal = revisions[round_.id], seals.get(round_.id)
        if seal is None:
            known = known_at(of_round, round_.meeting_at)
        else:
            kept = sealed_revisions(seal)
            known = {r.unit: r for r in of_round if kept.get(r.unit) == r.revision}
        put = differences(
            work.community,
            known,
            [q for q in questions if q.round == round_.id and q.asked_at <= round_.meeting_at],
            [s for s in stands if s.round == round_.id and s.at <= round_.meeting_at],
        )
        found.append(Meeting(round_, known, known_at(of_round, now), put))
    return found


async def _actions(work: Work, period: DemandingPeriod, until: datetime, now: datetime) -> Sequence[ActionLine]:
    """Those that were open in the period, and what has become of them since."""
    agreed = [
        action
        for action in await work.actions.all()
        if action.created_at <= until and (action.settled_at is None or action.settled_at >= period.started_at)
    ]
    return lines_of(agreed, now, work.community.zone)


def _dropped(work: Work, period: DemandingPeriod, until: datetime) -> list[date]:
    last = local_date(until, work.community.zone)
    dates = worth_telling(dates_until(work, period, last), period.every_days)
    return [step.planned for step in dates if step.held is None and step.planned <= last]


async def evaluation_of(work: Work, period_id: str) -> EvaluationResult | None:
    evaluation = await work.evaluations.get(period_id)
    if evaluation is None:
        return None
    invited = await work.evaluations.invited(period_id)
    return result_of(evaluation, len(invited), await work.evaluations.answers(period_id))


async def period_to_report(work: Work, now: datetime) -> DemandingPeriod | None:
    """The running period if it has had a meeting, else the last one that ended after one; None if there is none."""
    for period in await work.periods.not_ended():
        rounds = await work.rounds.of_period(period.id)
        if any(round_.cancelled_at is None and round_.meeting_at <= now for round_ in rounds):
            return period
    newest = await work.evaluations.newest()
    return await work.periods.get(newest.period) if newest else None
