"""What is exported: rows of typed values for a table, and the same as the HTTP interface's JSON."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TypeAlias
from zoneinfo import ZoneInfo

from domain.actions import Action
from domain.plan.changes import PlannedMeeting
from domain.rounds import Round
from domain.summary import UnitLine
from domain.working_time import local_date
from services.meeting_plan import meeting_json, standing
from services.messages import Json
from services.pictures import RoundPicture, picture
from services.ports import AuditEntry, Work
from services.round_json import action_json, round_json

Cell: TypeAlias = str | int | float | bool | date | datetime | time | None
"""A date-time is local, in the community's zone, and bears no zone: spreadsheets know none."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing that is exported: as JSON, and as the rows that it makes in a table."""

    json: Json
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Export:
    """`name` is the sheet's and the JSON's; `count` how many pieces there will be, None when that is not known."""

    name: str
    columns: tuple[str, ...]
    pieces: AsyncIterator[Piece]
    count: int | None = None


ROUNDS = (
    *("round", "meeting_at", "due_at", "state", "short_notice", "level", "level_suggested"),
    *("unit", "unit_name", "kind", "report", "revision", "answered_by", "answered_at"),
    *("indicator", "label", "municipality", "value"),
)
ACTIONS = ("id", "text", "owner", "owner_name", "due", "state", "created_by", "created_at", "settled_at", "reason")
PLAN = ("forum", "date", "end_date", "start", "end", "place", "host")
AUDIT = ("id", "at", "by", "kind", "subject", "value", "before", "after")


async def export(work: Work, what: str, now: datetime) -> Export:
    """`what` is `rounds`, `actions`, `plan` or `audit`; `now` (UTC) is when the figures stood so."""
    if what == "rounds":
        rounds = await work.rounds.all()
        return Export("rounds", ROUNDS, _rounds(work, rounds, now), len(rounds))
    if what == "actions":
        actions = await work.actions.all()
        return Export("actions", ACTIONS, _actions(work, actions, now), len(actions))
    if what == "plan":
        kept = await standing(work)
        return Export("meetings", PLAN, _meetings(kept), len(kept))
    return Export("audit", AUDIT, _audit(work))


# Rounds


async def _rounds(work: Work, rounds: Sequence[Round], now: datetime) -> AsyncIterator[Piece]:
    for round_ in rounds:
        shown = await picture(work, round_, now)
        yield Piece(round_json(shown), tuple(_round_rows(shown)))


def _round_rows(shown: RoundPicture) -> Iterator[tuple[Cell, ...]]:
    """A row for each figure; one without a figure for a unit that has not answered."""
    round_, zone = shown.round, shown.community.zone
    head: tuple[Cell, ...] = (
        round_.id,
        _local(round_.meeting_at, zone),
        _local(round_.due_at, zone),
        str(shown.state),
        round_.short_notice,
        str(shown.level),
        str(shown.suggestion.level) if shown.suggestion else None,
    )
    for line in shown.summary.lines:
        unit: tuple[Cell, ...] = (line.unit.key, line.unit.name, str(line.unit.kind))
        for figure in _figures(shown, line):
            yield (*head, *unit, *figure)


def _figures(shown: RoundPicture, line: UnitLine) -> Iterator[tuple[Cell, ...]]:
    report = line.report
    if report is None:
        yield ("missing", 0, None, None, None, None, None, None)
        return
    state = "late" if report.is_late(shown.round.due_at) else "answered"
    answered_at = _local(report.answered_at, shown.community.zone)
    answered: tuple[Cell, ...] = (state, report.revision, report.answered_by, answered_at)
    asked = {indicator.key: indicator.name(shown.community.language) for indicator in shown.community.indicators}
    for key, value in report.values.items():
        indicator, _, municipality = key.partition(".")
        yield (*answered, indicator, asked.get(indicator), municipality or None, value)


def _local(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None, microsecond=0)


# Actions, meetings, changes


async def _actions(work: Work, actions: Sequence[Action], now: datetime) -> AsyncIterator[Piece]:
    zone = work.community.zone
    names = {unit.key: unit.name for unit in work.community.units}
    for action in actions:
        row: tuple[Cell, ...] = (
            action.id,
            action.text,
            action.owner,
            names.get(action.owner),
            action.due,
            str(action.standing(local_date(now, zone))),
            action.created_by,
            _local(action.created_at, zone),
            _local(action.settled_at, zone) if action.settled_at else None,
            action.reason or None,
        )
        yield Piece(action_json(action, work.community, now), (row,))


async def _meetings(kept: Sequence[PlannedMeeting]) -> AsyncIterator[Piece]:
    for planned in kept:
        meeting = planned.meeting
        times: tuple[Cell, ...] = (meeting.date, meeting.end_date, meeting.start, meeting.end)
        shown: Json = {"id": planned.id, **meeting_json(meeting)}
        yield Piece(shown, ((meeting.forum, *times, meeting.place, meeting.host),))


async def _audit(work: Work) -> AsyncIterator[Piece]:
    zone = work.community.zone
    async for entry in work.audit.all():
        shown: dict[str, Json] = {
            "id": entry.id,
            "at": entry.at.astimezone(zone).isoformat(timespec="seconds"),
            "by": entry.by,
            "kind": entry.kind,
            "subject": entry.subject,
            "details": dict(entry.details),
        }
        head: tuple[Cell, ...] = (entry.id, _local(entry.at, zone), entry.by, entry.kind, entry.subject)
        yield Piece(shown, tuple((*head, *change) for change in _changes(entry)))


def _changes(entry: AuditEntry) -> Iterator[tuple[Cell, ...]]:
    """A row for each value: what it is called, what it was, what it is now."""
    before, after = entry.details.get("before"), entry.details.get("after")
    was, becomes = before if isinstance(before, dict) else {}, after if isinstance(after, dict) else {}
    rows = [(key, _cell(was.get(key)), _cell(becomes.get(key))) for key in was | becomes]
    rows += [
        (key, None, _cell(value))
        for key, value in entry.details.items()
        if key not in ("before", "after") or not isinstance(value, dict)
    ]
    if not rows:
        yield (None, None, None)
    yield from rows


def _cell(value: Json) -> Cell:
    if isinstance(value, list):
        return ", ".join(str(_cell(one)) for one in value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
