"""What a meeting plan consists of: its meetings, and what was doubtful when it was read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.identity_numbers import contains_identity_number

FIRST_YEAR, LAST_YEAR = 2000, 2100
LONGEST_DEADLINE = 200
"""Characters of what a deadline is about."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting of an organ; local dates and times. `end_date` is `date` unless it lasts several days."""

    forum: str
    date: dt.date
    end_date: dt.date
    start: dt.time | None = None
    end: dt.time | None = None
    place: str | None = None
    host: str | None = None  # a unit's key, or a name
    source: str = ""  # the line or cell that it was read from


class Doubtful(StrEnum):
    """Why something in a plan is doubtful. Those up to DUPLICATE give no meeting."""

    UNSETTLED = "unsettled"
    CANCELLED = "cancelled"
    NO_FORUM = "no_forum"
    SEVERAL_FORUMS = "several_forums"
    NO_YEAR = "no_year"
    WHICH_YEAR = "which_year"
    NO_SUCH_DAY = "no_such_day"
    OTHER_MONTH = "other_month"
    ENDS_BEFORE = "ends_before"
    TOO_LONG = "too_long"
    MERGED = "merged"
    UNREADABLE = "unreadable"
    REPEATING = "repeating"
    NO_MEETING_THEN = "no_meeting_then"
    TOO_MANY = "too_many"
    DUPLICATE = "duplicate"
    WEEKDAY = "weekday"
    WEEKEND = "weekend"
    NO_TIME = "no_time"
    NO_END = "no_end"
    WRONG_TIME = "wrong_time"
    OTHER_YEAR = "other_year"
    PLACE_UNSETTLED = "place_unsettled"
    NOT_USED = "not_used"
    IDENTITY_NUMBER = "identity_number"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Doubt:
    """`text` is what stands there, shortened; `detail` fills the reason in."""

    source: str
    text: str
    why: Doubtful
    detail: str = ""


@dataclass(frozen=True, slots=True)
class FileDeadline:
    """A deadline that follows from no meeting, as a line of the file gives it."""

    text: str
    due: dt.date
    source: str = ""


@dataclass(frozen=True, slots=True)
class ReadPlan:
    """Meetings and deadlines by date, doubts in the order of the file."""

    meetings: tuple[Meeting, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    deadlines: tuple[FileDeadline, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one place of a file; `span` is how many columns it is merged over."""

    text: str
    source: str
    column: int = 0
    span: int = 1
    rows: int = 1  # how many rows it is merged over


Row = Sequence[Cell]
"""The cells of a table's row that are not empty, or a line of text as a single cell."""


def shown(text: str, most: int = 120) -> str:
    """What somebody wrote, on one line; never an identity number."""
    if contains_identity_number(text):
        return "(an identity number)"
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
