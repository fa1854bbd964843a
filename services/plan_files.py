"""A plan's file that somebody brings: what it says is shown first, and kept when that is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from domain.community import Person
from domain.plan.changes import Change, ChangeKind
from domain.plan.conflicts import Conflict
from domain.plan.free_deadlines import FileChange, FileChangeKind
from domain.plan.meeting import ReadPlan
from services import free_deadlines, meeting_plan
from services.ports import PlanDraft, Work

KEPT_FOR = timedelta(days=1)
"""A file that was shown so long ago is to be brought again: the plan may be another one by now."""

LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Outlook:
    """What keeping a file would do, and what its meetings collide with."""

    draft: PlanDraft
    changes: Sequence[Change]
    deadlines: Sequence[FileChange]
    conflicts: Sequence[Conflict]

    @property
    def does_something(self) -> bool:
        kept = [change.kind is ChangeKind.KEPT for change in self.changes]
        return not all((*kept, *(change.kind is FileChangeKind.KEPT for change in self.deadlines)))


async def bring(work: Work, person: Person, name: str, plan: ReadPlan, now: datetime) -> PlanDraft:
    """Remembers what a file says, in place of the file that the person brought before. Nothing of the plan changes."""
    draft = PlanDraft(uuid4().hex, person.key, " ".join(name.split())[:LONGEST_NAME], now, plan)
    await work.plan_drafts.put(draft)
    return draft


async def find(work: Work, person: Person, draft_id: str, now: datetime) -> PlanDraft | None:
    """The file that the person brought last, if it is that one and it is fresh."""
    draft = await work.plan_drafts.of(person.key)
    fresh = draft is not None and draft.id == draft_id and now - draft.made_at <= KEPT_FOR
    return draft if fresh else None


async def outlook(work: Work, draft: PlanDraft) -> Outlook:
    """As the plan stands now."""
    changes = await meeting_plan.compare(work, draft.plan.meetings)
    deadlines = await free_deadlines.compare(work, draft.plan.deadlines)
    return Outlook(draft, changes, deadlines, await meeting_plan.collisions(work, draft.plan.meetings))


async def keep(work: Work, draft: PlanDraft, by: Person, now: datetime) -> Outlook:
    """Keeps what the file says, compared anew: somebody may have moved a meeting while it was looked at."""
    found = await outlook(work, draft)
    await meeting_plan.store(work, found.changes, by=by.key, now=now)
    await free_deadlines.store(work, found.deadlines, by=by, now=now)
    await work.plan_drafts.remove(by.key)
    return found


async def discard(work: Work, by: Person) -> None:
    await work.plan_drafts.remove(by.key)
