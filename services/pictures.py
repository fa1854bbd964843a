"""The picture of a round: what cards, the web and the HTTP interface show of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.actions import ActionLine, Standing, lines_of
from domain.community import Community, PreparednessLevel, Unit
from domain.differences import Difference, differences
from domain.periods import DemandingPeriod, level_at
from domain.preparedness import Suggestion, suggest
from domain.reports import StatusReport, known_at
from domain.rounds import Round, RoundState
from domain.summary import Summary, summarise
from domain.working_time import local_date
from services.audience import standing, standing_then, units_away
from services.messages import Json
from services.ports import Sealed, Work

STILL_RECENT = timedelta(days=31)
"""Figures older than this are not "last time's": nothing is compared with them, nothing copied from them."""


@dataclass(frozen=True, slots=True)
class RoundPicture:
    """A round as it stands at `now`, and what it is compared with. `reports` and `previous` are by unit.

    `actions` are those open at its meeting, and those done since the meeting before; by due date.
    """

    community: Community
    round: Round
    period: DemandingPeriod
    now: datetime
    reports: Mapping[str, StatusReport]
    previous: Mapping[str, StatusReport]
    summary: Summary
    actions: tuple[ActionLine, ...]
    sealed: Sealed | None
    posted_at: datetime | None
    level: PreparednessLevel  # at its meeting; until then as it is set now
    differences: tuple[Difference, ...] = ()  # those that were put to both sides
    away: frozenset[str] = frozenset()  # units for which nobody was asked, because they are away

    @property
    def state(self) -> RoundState:
        return self.round.state(self.now)

    @property
    def suggestion(self) -> Suggestion | None:
        return suggest(self.community, self.summary)

    @property
    def units_silent(self) -> tuple[Unit, ...]:
        """Those that were asked and have not answered."""
        return tuple(unit for unit in self.summary.missing if unit.key not in self.away)

    @property
    def units_away(self) -> tuple[Unit, ...]:
        """Those that have not answered because they are away."""
        return tuple(unit for unit in self.summary.missing if unit.key in self.away)


async def picture(
    work: Work, round_: Round, now: datetime, *, as_of: datetime | None = None, sealed: bool = False
) -> RoundPicture:
    """The round as it stands, as it was known at `as_of` (UTC), or as it was sealed."""
    before = await work.rounds.before(round_, round_.meeting_at - STILL_RECENT)
    revisions = await work.reports.revisions([round_.id, before.id] if before else [round_.id])
    reports = known_at((r for r in revisions if r.round == round_.id), as_of or now)
    previous = known_at((r for r in revisions if r.round != round_.id), as_of or now)
    # What is agreed in the meeting belongs to it; what was settled before the last one is out of the picture.
    since = before.meeting_at if before else round_.meeting_at - STILL_RECENT
    agreed = await work.actions.known_in(round_.meeting_ends_at, since)
    actions = lines_of(agreed, as_of or now, work.community.zone)
    seal = (await work.rounds.sealed([round_.id])).get(round_.id)
    if sealed and seal is not None:
        kept = sealed_revisions(seal)
        reports = {r.unit: r for r in revisions if r.round == round_.id and kept.get(r.unit) == r.revision}
        previous = known_at((r for r in revisions if r.round != round_.id), seal.as_of)
        actions = _sealed_actions(seal)
    period = await work.periods.get(round_.period)
    if period is None:
        raise LookupError(f"round {round_.id} has no period")
    topic = summary_topic(round_.id)
    year = local_date(round_.meeting_at, work.community.zone).year
    return RoundPicture(
        community=work.community,
        round=round_,
        period=period,
        now=now,
        reports=reports,
        previous=previous,
        summary=summarise(work.community, reports, previous, year),
        actions=actions,
        sealed=seal,
        posted_at=(await work.outbox.first_sent([topic])).get(topic),
        level=await _level(work, period, round_, seal, now),
        differences=await _differences(work, round_, reports, as_of or now),
        away=await _away(work, round_, now, as_of or now, seal),
    )


async def _differences(
    work: Work, round_: Round, reports: Mapping[str, StatusReport], moment: datetime
) -> tuple[Difference, ...]:
    """What was put to both sides by then, and what had come of it."""
    questions = [question for question in await work.differences.questions(round_.id) if question.asked_at <= moment]
    if not questions:
        return ()
    stands = [stand for stand in await work.differences.stands(round_.id) if stand.at <= moment]
    return differences(work.community, reports, questions, stands)


async def _level(
    work: Work, period: DemandingPeriod, round_: Round, seal: Sealed | None, now: datetime
) -> PreparednessLevel:
    if now < round_.meeting_at:
        return period.level
    sealed = seal.content.get("level") if seal is not None else None
    if sealed in set(PreparednessLevel):
        return PreparednessLevel(str(sealed))
    return level_at(period.level, await work.periods.level_changes(period.id), round_.meeting_at)


async def _away(work: Work, round_: Round, now: datetime, moment: datetime, seal: Sealed | None) -> frozenset[str]:
    """Who is away while answers are collected: before that who will be as it opens, after it who was at the meeting."""
    within = min(max(moment, round_.opens_at), round_.meeting_at)
    if within == round_.meeting_at and seal is not None:
        return frozenset(str(report["unit"]) for report in _sealed_reports(seal) if report.get("away") is True)
    at = await standing(work, within) if within >= now else await standing_then(work, within)
    return await units_away(work, at)


def sealed_revisions(sealed: Sealed) -> dict[str, int]:
    """Unit → the revision that was sealed."""
    kept = {}
    for report in _sealed_reports(sealed):
        if isinstance(revision := report.get("revision"), int):
            kept[str(report.get("unit"))] = revision
    return kept


def _sealed_actions(sealed: Sealed) -> tuple[ActionLine, ...]:
    kept = sealed.content.get("actions")
    return tuple(
        ActionLine(
            id=str(line["id"]),
            text=str(line["text"]),
            owner=str(line["owner"]),
            due=date.fromisoformat(str(line["due"])),
            standing=Standing(str(line["state"])),
        )
        for line in (kept if isinstance(kept, list) else [])
        if isinstance(line, dict)
    )


def _sealed_reports(sealed: Sealed) -> list[dict[str, Json]]:
    reports = sealed.content.get("reports")
    return [report for report in reports if isinstance(report, dict)] if isinstance(reports, list) else []


def summary_topic(round_id: str) -> str:
    return f"summary:{round_id}"


def status_topic(round_id: str, unit: str) -> str:
    return f"status:{round_id}:{unit}"


def missing_topic(round_id: str) -> str:
    return f"missing:{round_id}"


def period_topic(period_id: str) -> str:
    return f"period:{period_id}"
