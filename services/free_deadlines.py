"""Deadlines that follow from no meeting: added, changed, removed, taken from a plan's file; on record, and told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2s
from uuid import uuid4

from domain.community import Person, Role
from domain.plan.deadline_form import DeadlineForm
from domain.plan.free_deadlines import FileChange, FileChangeKind, FreeDeadline, applied, file_changes
from domain.plan.meeting import FileDeadline
from domain.plan.reminders import DeadlineState, reminder_days
from domain.working_time import instant
from services import deadlines
from services.audience import active_people
from services.messages import Json, Message, Recipient
from services.ports import Work

GIVEN, CHANGED, REMOVED = "given", "changed", "removed"


def may_give(person: Person) -> bool:
    """Whether the person may add deadlines of others; everybody may add own ones."""
    return person.has(Role.SECRETARIAT, Role.COORDINATOR)


def topic_of(deadline: FreeDeadline) -> str:
    return f"deadline:{deadline.key}"


async def may_own(work: Work, person: Person) -> list[Person]:
    """Whose a deadline may be that this person adds or changes."""
    return await active_people(work) if may_give(person) else [person]


async def open_ones(work: Work, person: Person) -> list[tuple[FreeDeadline, DeadlineState | None]]:
    """The person's own that are not done, by date; all, for those who may give others some."""
    return [
        (deadline, state)
        for deadline, state in await deadlines.with_states(work)
        if isinstance(deadline, FreeDeadline)
        and (state is None or state.done_at is None)
        and deadlines.may_settle(person, deadline)
    ]


async def add(work: Work, form: DeadlineForm, by: Person, now: datetime, *, key: str) -> FreeDeadline:
    """The same `key` with the same content by the same person is one deadline, however often it comes."""
    deadline = FreeDeadline(id_of(by, form, key), form.text, form.due, form.owner, form.reminded_before)
    if (there := await work.free_deadlines.get(deadline.id)) is not None:
        return there
    await work.free_deadlines.put(deadline)
    await _plan(work, deadline, now)
    await _record(work, "added", None, deadline, by.key, now)
    await _tell(work, GIVEN, deadline, [deadline.owner], by, now)
    return deadline


def id_of(by: Person, form: DeadlineForm, key: str) -> str:
    said = "\n".join((key, by.key, form.text, form.due.isoformat(), form.owner, repr(form.reminded_before)))
    return blake2s(said.encode(), digest_size=8).hexdigest()


async def change(work: Work, before: FreeDeadline, form: DeadlineForm, by: Person, now: datetime) -> FreeDeadline:
    """The deadline as it is now; nothing happens when it is as it was."""
    after = replace(before, text=form.text, due=form.due, owner=form.owner, reminded_before=form.reminded_before)
    if after == before:
        return before
    after = replace(after, sequence=before.sequence + 1)
    await work.free_deadlines.put(after)
    if (before.due, before.owner) != (after.due, after.owner):
        await _ask_anew(work, after)
    await _plan(work, after, now)
    await _record(work, "changed", before, after, by.key, now)
    await _tell(work, CHANGED if before.owner == after.owner else GIVEN, after, [after.owner], by, now)
    if before.owner != after.owner:
        await _tell(work, REMOVED, after, [before.owner], by, now)
    return after


async def remove(work: Work, before: FreeDeadline, by: Person, now: datetime) -> None:
    after = replace(before, removed_at=now, sequence=before.sequence + 1)
    await work.free_deadlines.put(after)
    await _record(work, "removed", before, None, by.key, now)
    await _tell(work, REMOVED, after, [before.owner], by, now)


# From a plan's file


async def compare(work: Work, read: Sequence[FileDeadline]) -> list[FileChange]:
    """What storing a file's deadlines would change."""
    return file_changes(await work.free_deadlines.all(), read)


async def store(work: Work, found: Sequence[FileChange], *, by: Person | None, now: datetime) -> None:
    """Makes the changes. A new deadline is the secretariat's: of whoever of it brings the file, else of the first."""
    keepers = await deadlines.owners(work)
    owner = by.key if by in keepers and by else next((person.key for person in keepers), "")
    for change_ in found:
        before, after = change_.before, applied(change_, now)
        if after is None and change_.read is not None:
            after = FreeDeadline(uuid4().hex[:16], change_.read.text, change_.read.due, owner, imported=change_.read)
        if after is None:
            continue
        await work.free_deadlines.put(after)
        if change_.kind is FileChangeKind.KEPT:
            continue
        if change_.kind is FileChangeKind.MOVED:
            await _ask_anew(work, after)
        standing = None if after.removed_at else after
        if standing is not None:
            await _plan(work, standing, now)
        what = "changed" if change_.kind is FileChangeKind.MOVED else str(change_.kind)
        await _record(work, what, before, standing, by.key if by else None, now)


# Together


async def _plan(work: Work, deadline: FreeDeadline, now: datetime) -> None:
    """The mornings to come on which it is reminded of; one that has passed already says nothing new."""
    days = reminder_days(deadline.due, deadline.reminded_before)
    zone = work.community.zone
    await deadlines.put_mornings(work, [day for day in days if instant(day, deadlines.MORNING, zone) > now])


async def _ask_anew(work: Work, deadline: FreeDeadline) -> None:
    """What somebody said of it before was said of another day, or by somebody else."""
    if (said := (await work.deadlines.all()).get(deadline.key)) is not None:
        await work.deadlines.put(said.anew())


async def _record(
    work: Work, what: str, before: FreeDeadline | None, after: FreeDeadline | None, by: str | None, now: datetime
) -> None:
    told: dict[str, Json] = {"before": _json(before), "after": _json(after)}
    deadline = after or before
    if deadline is not None:
        await work.audit.add(f"deadline.{what}", topic_of(deadline), by=by, now=now, **told)


def _json(deadline: FreeDeadline | None) -> dict[str, Json] | None:
    if deadline is None:
        return None
    days: list[Json] = list(deadline.reminded_before)
    due = deadline.due.isoformat()
    return {"text": deadline.text, "due": due, "person": deadline.owner, "reminded_before": days}


async def _tell(
    work: Work, kind: str, deadline: FreeDeadline, people: Sequence[str], by: Person, now: datetime
) -> None:
    """The one whose deadline it is or was, unless it was that one's own doing; what lies there is drawn anew."""
    await work.outbox.refresh(topic_of(deadline), now=now)
    over = instant(deadline.due + timedelta(days=1), datetime.min.time(), work.community.zone)
    if over <= now:
        return
    await work.outbox.put(
        *(
            Message(
                key=f"{topic_of(deadline)}:{deadline.sequence}:{kind}:{person}",
                to=Recipient(person=person),
                template="deadline.told",
                params={"deadline": deadline.id, "kind": kind, "sequence": deadline.sequence, "by": by.key},
                topic=topic_of(deadline),
                expires_at=over,
                quiet=True,
            )
            for person in people
            if person != by.key
        ),
        now=now,
    )
