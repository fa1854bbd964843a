"""A plan on a terminal: its meetings, every doubt with where it stands, what collides, and what changes."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from domain.community import Community
from domain.plan.changes import Change, ChangeKind
from domain.plan.conflicts import Conflict, ConflictKind
from domain.plan.free_deadlines import FileChange, FileChangeKind
from domain.plan.meeting import Meeting, ReadPlan
from services.doubts import reason

_COLLIDES = {
    ConflictKind.PUBLIC_HOLIDAY: "is a public holiday ({})",
    ConflictKind.DAY_BEFORE_PUBLIC_HOLIDAY: "is the day before a public holiday ({})",
    ConflictKind.SCHOOL_HOLIDAY: "is in a school holiday ({})",
    ConflictKind.SAME_TIME: "is at the same time as {}",
    ConflictKind.HOST_OUT_OF_TURN: "is hosted out of turn; it is the turn of {}",
}


def show_plan(community: Community, plan: ReadPlan, conflicts: Sequence[Conflict]) -> None:
    typer.echo(f"{community.name}: {_count(len(plan.meetings), 'meeting')}")
    for line in _columns([_cells(meeting) for meeting in plan.meetings]):
        typer.echo(f"  {line}")
    if plan.deadlines:
        typer.echo(f"\n{_count(len(plan.deadlines), 'deadline')}:")
        for line in _columns([(f"{d.due:%a %Y-%m-%d}", d.text, f"({d.source})") for d in plan.deadlines]):
            typer.echo(f"  {line}")
    if plan.doubts:
        typer.echo(f"\n{_count(len(plan.doubts), 'doubt')}:")
        for doubt in plan.doubts:
            typer.echo(f"  {doubt.source}: «{doubt.text}»: {reason(doubt)}")
    if conflicts:
        typer.echo(f"\n{_count(len(conflicts), 'conflict')}:")
        for conflict in conflicts:
            instead = f"; {conflict.proposal:%a %Y-%m-%d} is free" if conflict.proposal else ""
            what = _COLLIDES[conflict.kind].format(conflict.against)
            typer.echo(f"  {conflict.forum} {conflict.date:%a %Y-%m-%d} {what}{instead}")


def show_changes(changes: Sequence[Change], deadlines: Sequence[FileChange]) -> None:
    told = [f"{change.kind}: {_described(change)}" for change in changes if change.kind is not ChangeKind.KEPT]
    told += [f"{change.kind}: {_due(change)}" for change in deadlines if change.kind is not FileChangeKind.KEPT]
    typer.echo(f"\n{_count(len(told), 'change')} in the plan that is kept" + (":" if told else ""))
    for line in told:
        typer.echo(f"  {line}")


def _due(change: FileChange) -> str:
    days = [f"{day:%a %Y-%m-%d}" for day in (change.before.due if change.before else None, change.due) if day]
    return f"deadline «{change.text}» {' → '.join(days)}"


def _described(change: Change) -> str:
    before, after = change.before, change.after
    if before is None or after is None:
        return " ".join(part for part in _cells(change.meeting)[:3] if part)
    old, new = _cells(before.meeting)[:-1], _cells(after)[:-1]
    changed = [(was or "nothing", now or "nothing") for was, now in zip(old[1:], new[1:], strict=True) if was != now]
    unchanged = "" if old[1] != new[1] else f" {new[1]}"
    return f"{new[0]}{unchanged}: " + ", ".join(f"{was} → {now}" for was, now in changed)


def _cells(meeting: Meeting) -> list[str]:
    days = f"{meeting.date:%a %Y-%m-%d}"
    if meeting.end_date != meeting.date:
        days += f" – {meeting.end_date:%a %Y-%m-%d}"
    times = "–".join(f"{at:%H:%M}" for at in (meeting.start, meeting.end) if at)
    return [meeting.forum, days, times, meeting.place or "", meeting.host or "", f"({meeting.source})"]


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True) if w).rstrip() for row in rows]


def _count(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
