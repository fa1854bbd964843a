"""A round and an action as JSON, as the HTTP interface gives them; a round also as it is sealed.

Times are in the community's zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from domain.actions import Action
from domain.community import Community
from domain.differences import Difference
from domain.reports import StatusReport
from domain.summary import Discrepancy, Summary
from domain.working_time import local_date
from services.messages import Json
from services.pictures import RoundPicture


def round_json(shown: RoundPicture) -> dict[str, Json]:
    """The whole round as it stands, with what was sealed at its meeting."""
    sealed = shown.sealed
    return {
        "id": shown.round.id,
        "community": shown.community.key,
        "state": str(shown.state),
        "opens_at": _local(shown, shown.round.opens_at),
        "due_at": _local(shown, shown.round.due_at),
        "meeting_at": _local(shown, shown.round.meeting_at),
        "summary_posted_at": _local(shown, shown.posted_at) if shown.posted_at else None,
        **_figures(shown),
        "actions": _actions(shown),
        "sealed": {"as_of": _local(shown, sealed.as_of), **sealed.content} if sealed else None,
    }


def sealed_content(known: RoundPicture) -> dict[str, Json]:
    """What is kept of a round when its meeting begins."""
    return {**_figures(known), "actions": _actions(known)}


def action_json(action: Action, community: Community, now: datetime) -> dict[str, Json]:
    """An action by itself, with what became of it."""
    zone = community.zone
    return {
        "id": action.id,
        "text": action.text,
        "owner": action.owner,
        "due": action.due.isoformat(),
        "state": str(action.standing(local_date(now, zone))),
        "created_by": action.created_by,
        "created_at": action.created_at.astimezone(zone).isoformat(timespec="seconds"),
        "settled_by": action.settled_by,
        "settled_at": action.settled_at.astimezone(zone).isoformat(timespec="seconds") if action.settled_at else None,
        "reason": action.reason,
        "moves": action.moves,
        "round": action.round,
    }


def _figures(shown: RoundPicture) -> dict[str, Json]:
    summary = shown.summary
    return {
        "reports": [_report(shown, line.unit.key, line.report) for line in summary.lines],
        "totals": {total.indicator.key: total.value for total in summary.totals},
        "discrepancies": [_discrepancy(shown, found) for found in summary.discrepancies.found],
        "discrepancies_pending": list(summary.discrepancies.pending),
        **_cleared(shown),
        "level": str(shown.level),
        "level_suggested": str(shown.suggestion.level) if shown.suggestion else None,
        "overliggere_cost_nok_per_day": summary.cost_nok_per_day,
        "overliggere_cost_nok_per_day_by_unit": _costs(summary),
    }


def _costs(summary: Summary) -> dict[str, Json] | None:
    by_unit = summary.cost_nok_per_day_by_unit
    return None if by_unit is None else dict(by_unit)


def _report(shown: RoundPicture, unit: str, report: StatusReport | None) -> dict[str, Json]:
    if report is None:
        away: dict[str, Json] = {"away": True} if unit in shown.away else {}
        return {
            "unit": unit,
            "state": "missing",
            "values": {},
            "answered_by": None,
            "answered_at": None,
            "revision": 0,
            **away,
        }
    values: Mapping[str, Json] = dict(report.values)
    return {
        "unit": unit,
        "state": "late" if report.is_late(shown.round.due_at) else "answered",
        "values": dict(values),
        "answered_by": report.answered_by,
        "answered_at": _local(shown, report.answered_at),
        "revision": report.revision,
    }


def _discrepancy(shown: RoundPicture, found: Discrepancy) -> dict[str, Json]:
    asked = (d for d in shown.differences if d.figures.municipality == found.unit)
    put = next((d for d in asked if d.figures.indicator == found.indicator), None)
    said: dict[str, Json] = {"outcomes": _outcomes(shown, put)} if put and put.outcomes else {}
    return {
        "unit": found.unit,
        "indicator": found.indicator,
        "municipality": found.municipality,
        "hospital": found.hospital,
        "difference": found.difference,
        **said,
    }


def _cleared(shown: RoundPicture) -> dict[str, Json]:
    """The differences that were put to both sides and have gone since, if there are any."""
    gone = [difference for difference in shown.differences if not difference.figures.differ]
    lines: list[Json] = [
        {
            "unit": difference.figures.municipality,
            "indicator": difference.figures.indicator,
            "value": difference.figures.own,
            "outcomes": _outcomes(shown, difference),
        }
        for difference in gone
    ]
    return {"discrepancies_cleared": lines} if lines else {}


def _outcomes(shown: RoundPicture, difference: Difference) -> list[Json]:
    found: list[Json] = []
    for outcome in difference.outcomes:
        side: dict[str, Json] = {"unit": outcome.unit, "side": str(outcome.side)}
        if outcome.corrected:
            was, now = outcome.corrected
            found.append({**side, "outcome": "corrected", "from": was, "to": now})
        if stand := outcome.stand:
            reason = str(stand.reason) if stand.reason else None
            told: dict[str, Json] = {"reason": reason, "because": stand.because or None}
            found.append({**side, "outcome": "stands", **told, "by": stand.by, "at": _local(shown, stand.at)})
    return found


def _actions(shown: RoundPicture) -> list[Json]:
    return [
        {"id": a.id, "text": a.text, "owner": a.owner, "due": a.due.isoformat(), "state": str(a.standing)}
        for a in shown.actions
    ]


def _local(shown: RoundPicture, at: datetime) -> str:
    return at.astimezone(shown.community.zone).isoformat(timespec="seconds")
