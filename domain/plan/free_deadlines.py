"""Deadlines that follow from no meeting («høringsfrist 12.04.23»): each is of a date, and owed by one person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from domain.plan.meeting import FileDeadline
from domain.plan.reminders import REMINDED_BEFORE


@dataclass(frozen=True, slots=True)
class FreeDeadline:
    """`owner` is a person's key; `reminded_before` is in days; `sequence` counts its changes, for calendars.

    `imported` is what the plan's file said of it last; None: added by hand.
    """

    id: str
    text: str
    due: dt.date
    owner: str
    reminded_before: tuple[int, ...] = REMINDED_BEFORE
    imported: FileDeadline | None = None
    sequence: int = 0
    removed_at: dt.datetime | None = None

    @property
    def key(self) -> str:
        """What is said about it is kept under this name, which no deadline of a meeting has."""
        return f"free:{self.id}"


class FileChangeKind(StrEnum):
    ADDED = "added"
    MOVED = "moved"
    REMOVED = "removed"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class FileChange:
    """What a plan's file does to one deadline. `before` is None for a new one, `read` for one that is gone."""

    kind: FileChangeKind
    before: FreeDeadline | None
    read: FileDeadline | None

    @property
    def text(self) -> str:
        found = self.before or self.read
        return found.text if found else ""

    @property
    def due(self) -> dt.date | None:
        """When it is due from then on; None for one that is removed."""
        if self.kind is FileChangeKind.REMOVED or self.read is None:
            return None
        return self.before.due if self.before and self.kind is FileChangeKind.KEPT else self.read.due


def file_changes(kept: Sequence[FreeDeadline], read: Sequence[FileDeadline]) -> list[FileChange]:
    """Each deadline of a file with what it does, by date.

    A deadline is the same when its words and its day are, and it was moved when its words are those of one other only.
    What the file says as it did before does not undo what was changed by hand, and of what it no longer has, only what
    came from a file is removed: in the years that it has any of.
    """
    left = [deadline for deadline in kept if deadline.removed_at is None or deadline.imported is not None]
    new, found = list(read), list[FileChange]()

    def pair(line: FileDeadline, candidates: Sequence[FreeDeadline]) -> None:
        if len(candidates) == 1:
            left.remove(candidates[0])
            new.remove(line)
            found.append(FileChange(_kind(candidates[0], line), candidates[0], line))

    for line in read:
        pair(line, [d for d in left if _words(d) == line.text.casefold() and line.due in _days(d)][:1])
    for line in list(new):
        alone = sum(other.text.casefold() == line.text.casefold() for other in new) == 1
        pair(line, [d for d in left if _words(d) == line.text.casefold()] if alone else [])
    found += [FileChange(FileChangeKind.ADDED, None, line) for line in new]
    years = {line.due.year for line in read}
    found += [
        FileChange(FileChangeKind.REMOVED, deadline, None)
        for deadline in left
        if deadline.removed_at is None and deadline.imported is not None and deadline.imported.due.year in years
    ]
    return sorted(found, key=_when)


def _words(deadline: FreeDeadline) -> str:
    return (deadline.imported.text if deadline.imported else deadline.text).casefold()


def _days(deadline: FreeDeadline) -> tuple[dt.date, ...]:
    """What the file said last, and what is kept."""
    return (*((deadline.imported.due,) if deadline.imported else ()), deadline.due)


def _kind(before: FreeDeadline, line: FileDeadline) -> FileChangeKind:
    same = before.removed_at is not None or line.due in _days(before)
    return FileChangeKind.KEPT if same else FileChangeKind.MOVED


def _when(change: FileChange) -> tuple[dt.date, str]:
    found = change.read or change.before
    return (found.due if found else dt.date.max), change.text


def standing(deadlines: Iterable[FreeDeadline]) -> list[FreeDeadline]:
    """Those that have not been removed, by date."""
    return sorted((d for d in deadlines if d.removed_at is None), key=lambda d: (d.due, d.text, d.id))


def applied(change: FileChange, now: dt.datetime) -> FreeDeadline | None:
    """The deadline as the file leaves it; None for a new one."""
    before, read = change.before, change.read
    if before is None:
        return None
    if read is None:
        # Forgotten as the file's: should a later file have it again, it is a new one.
        return replace(before, imported=None, removed_at=now, sequence=before.sequence + 1)
    if change.kind is FileChangeKind.MOVED:
        return replace(before, due=read.due, imported=read, sequence=before.sequence + 1)
    return replace(before, imported=read)
