"""`samhandling plan`: reads a plan from a file, shows what was understood, keeps it, and says what collides."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import typer

from bot.plan.files import LARGEST_FILE, FileRows, open_plan, rows_in
from bot.plan.table import show_changes, show_plan
from bot.settings import Settings, sqlite_file
from dialogs.plan_calendar import calendar_of
from dialogs.speech import Speech
from domain.community import Community
from domain.plan.changes import Change, changes
from domain.plan.conflicts import Conflict, conflicts
from domain.plan.deadlines import deadlines
from domain.plan.free_deadlines import FileChange, file_changes
from domain.plan.meeting import ReadPlan
from domain.plan.reading import read_plan
from services import free_deadlines, meeting_plan
from services.deadlines import AnyDeadline
from services.messages import Json
from storage.store import SqlStore


class NotUnderstoodError(Exception):
    """There is no meeting in the file."""


class NoPlanError(Exception):
    """Nothing has been imported or added yet."""


class UnknownForumError(Exception):
    """`--forum` is no organ of the community file."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file and what the command line says about it; `-` is what is pasted to standard input."""

    file: Path
    year: int | None = None
    forum: str | None = None

    def read(self, community: Community) -> ReadPlan:
        """Raises PlanFileError and UnknownForumError."""
        forum = _forum(community, self.forum)
        found = self._rows(community)
        plan = read_plan(community, found.rows, year=self.year, forum=forum)
        return replace(plan, doubts=(*found.doubts, *plan.doubts))

    def _rows(self, community: Community) -> FileRows:
        if str(self.file) == "-":
            # One more than is accepted, so that too much is known for what it is.
            return rows_in(sys.stdin.buffer.read(LARGEST_FILE + 1), "standard input", community.zone)
        return open_plan(self.file, community.zone)


def _forum(community: Community, wanted: str | None) -> str | None:
    if wanted is None:
        return None
    keys = [forum.key for forum in community.forums]
    found = next((key for key in keys if key.casefold() == wanted.casefold()), None)
    if found is None:
        raise UnknownForumError(f"--forum: {wanted[:40]!r} is no organ; accepted: {', '.join(keys) or 'none is given'}")
    return found


async def import_plan(
    settings: Settings, community: Community, source: Source, *, dry_run: bool, as_json: bool, yes: bool
) -> None:
    """Shows the meetings, doubts and conflicts, then what changes, and keeps it unless it is a dry run.

    On a terminal it asks before it keeps anything. Raises NotUnderstoodError when there is no meeting.
    """
    plan = source.read(community)
    store = _stored(settings, community, create=not dry_run)
    try:
        if store is not None:
            await store.migrate()
        changed, moved, collisions = await _outlook(store, community, plan)
        if as_json:
            _print_json(plan, collisions)
        else:
            show_plan(community, plan, collisions)
            show_changes(changed, moved)
        if not plan.meetings and not plan.deadlines:
            raise NotUnderstoodError(f"{source.file}: no meeting was understood; nothing is changed")
        if store is None or dry_run or not (yes or as_json or _confirmed()):
            return
        async with store.begin(community.key) as work:
            # Compared anew: somebody may have moved a meeting while the question stood.
            now = datetime.now(UTC)
            await meeting_plan.store(work, await meeting_plan.compare(work, plan.meetings), by=None, now=now)
            await free_deadlines.store(work, await free_deadlines.compare(work, plan.deadlines), by=None, now=now)
    finally:
        if store is not None:
            await store.close()


async def check_plan(settings: Settings, community: Community, source: Source | None, *, as_json: bool) -> bool:
    """Shows what collides, in a file or in the plan that is kept; whether nothing does."""
    plan = source.read(community) if source else ReadPlan()
    store = _stored(settings, community, create=False)
    try:
        if store is not None:
            await store.migrate()
        if source is None and store is not None:
            async with store.read(community.key) as work:
                plan = ReadPlan(tuple(planned.meeting for planned in await meeting_plan.standing(work)))
        _, _, collisions = await _outlook(store, community, plan)
    finally:
        if store is not None:
            await store.close()
    if as_json:
        _print_json(plan, collisions)
    else:
        show_plan(community, plan, collisions)
    return not collisions


async def export_calendar(settings: Settings, community: Community) -> str:
    """The plan that is kept, with its deadlines and the operational meetings, as a calendar file.

    Raises NoPlanError when there is none.
    """
    store = _stored(settings, community, create=False)
    try:
        if store is not None:
            await store.migrate()
            async with store.read(community.key) as work:
                plan, rounds = await work.plan.all(), await work.rounds.all()
                if plan:
                    speech = Speech(community.language, community.zone)
                    due: list[AnyDeadline] = [*deadlines(community, plan), *(await work.free_deadlines.all())]
                    return calendar_of(community, speech, plan, due, rounds, datetime.now(UTC))
    finally:
        if store is not None:
            await store.close()
    raise NoPlanError(f"no meeting plan of {community.key} is kept; import one with: samhandling plan import")


def _stored(settings: Settings, community: Community, *, create: bool) -> SqlStore | None:
    """The store; None where there is none yet, and only reading is asked for."""
    file = sqlite_file(settings)
    if file is not None and not create and not file.exists():
        return None
    return SqlStore(settings.database_url, [community])


async def _outlook(
    store: SqlStore | None, community: Community, plan: ReadPlan
) -> tuple[Sequence[Change], Sequence[FileChange], Sequence[Conflict]]:
    """What the meetings and deadlines would change in the plan that is kept, and what the meetings collide with."""
    meetings = plan.meetings
    if store is None:
        return changes((), meetings), file_changes((), plan.deadlines), conflicts(community, meetings)
    async with store.read(community.key) as work:
        changed = await meeting_plan.compare(work, meetings)
        moved = await free_deadlines.compare(work, plan.deadlines)
        return changed, moved, await meeting_plan.collisions(work, meetings)


def _print_json(plan: ReadPlan, collisions: Sequence[Conflict]) -> None:
    shown: dict[str, list[dict[str, Json]]] = {
        "meetings": [meeting_plan.meeting_json(meeting) for meeting in plan.meetings],
        "doubts": [meeting_plan.doubt_json(doubt) for doubt in plan.doubts],
        "conflicts": [meeting_plan.conflict_json(conflict) for conflict in collisions],
    }
    if plan.deadlines:
        shown["deadlines"] = [meeting_plan.deadline_json(deadline) for deadline in plan.deadlines]
    print(json.dumps(shown, ensure_ascii=False, indent=2))


def _confirmed() -> bool:
    """Whoever is at a terminal is asked; a script has decided."""
    return not (sys.stdin.isatty() and sys.stdout.isatty()) or typer.confirm("Keep this?")
