"""From dates as they stand in a file to meetings: with the rules of the lines, and every check of a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from domain.community import Community
from domain.identity_numbers import contains_identity_number
from domain.plan.meeting import (
    FIRST_YEAR,
    LAST_YEAR,
    LONGEST_DEADLINE,
    Cell,
    Doubt,
    Doubtful,
    FileDeadline,
    Meeting,
    ReadPlan,
    Row,
    shown,
)
from domain.plan.words import Day, Days, Hours, plain, without_dates
from domain.working_time import is_weekend

MOST_MEETINGS, MOST_DOUBTS, MOST_DEADLINES = 2000, 500, 500
LONGEST_PLACE = 200
LONGEST_MEETING = timedelta(days=13)

DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(slots=True)
class Draft:
    """A meeting as far as its own cell tells it. `expected_year` is that of the heading."""

    forum: str
    first: Day
    last: Day
    cell: Cell
    hours: Hours | None = None
    weekdays: tuple[int, ...] = ()
    ends: time | None = None
    place: str | None = None
    host: str | None = None
    expected_year: int | None = None
    yearless: Doubtful = Doubtful.NO_YEAR  # why it has no year, where it has none
    section: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """What a line says of the meetings of some organs, or of all; `on`: of one day only, an exception."""

    forums: tuple[str, ...]
    weekday: int | None = None
    hours: Hours | None = None
    place: str | None = None
    on: Day | None = None
    cell: Cell = field(default=Cell("", ""))
    section: int = 0

    def applies_to(self, forum: str) -> bool:
        return not self.forums or forum in self.forums


def resolved(days: Days, month: int | None, year: int | None) -> tuple[Day, Day]:
    """First and last day in full, as far as `month` and `year` of the column or heading tell.

    `30.-1.` below January ends in February; `31.12-1.1` below January begins in the year before.
    """
    first, last = days.first, days.last
    if last.month is None:
        first = first.on(month, None)
        over = first.day > last.day and first.month is not None
        last = last.on((first.month or 0) % 12 + 1 if over else first.month, None)
    elif first.month is None:
        first = first.on(last.month if first.day <= last.day else (last.month - 2) % 12 + 1, None)
    turns = bool(first.month and last.month and first.month > last.month)
    if last.year is None and first.year is not None:
        last = last.on(None, first.year + turns)
    elif last.year is None and year is not None:
        last = last.on(None, year + (turns and not (month is not None and month == last.month)))
    if last.year is not None:
        first = first.on(None, last.year - turns)
    return first, last


class Drafts:
    """Collects, and at the end makes the meetings."""

    def __init__(self, community: Community) -> None:
        self._forums = {forum.key: forum for forum in community.forums}
        self._hosts = hosts_by_name(community)
        self._drafts: list[Draft] = []
        self._rules: list[Rule] = []
        self._doubts: list[Doubt] = []
        self._meetings: dict[tuple[str, date], Meeting] = {}
        self._deadlines: dict[tuple[str, date], FileDeadline] = {}
        self._met: set[int] = set()  # the exceptions that a meeting was found for
        self._section = 0
        self._places: dict[str, int] = {}  # of lines and cells in the file

    def saw(self, row: Row) -> None:
        for cell in row:
            self._places.setdefault(cell.source, len(self._places))

    def new_section(self) -> None:
        """A new table begins; the lines above it belong to the one above."""
        self._section += bool(self._rules) and self._rules[-1].section == self._section

    def add(self, draft: Draft) -> None:
        draft.section = self._section
        self._drafts.append(draft)

    def add_rule(
        self,
        cell: Cell,
        forums: tuple[str, ...],
        *,
        weekday: int | None = None,
        hours: Hours | None = None,
        place: str | None = None,
        on: Day | None = None,
    ) -> None:
        self._rules.append(Rule(forums, weekday, hours, place, on, cell, self._section))

    def doubt(self, cell: Cell, why: Doubtful, detail: str = "", text: str = "") -> None:
        if len(self._doubts) < MOST_DOUBTS:
            self._doubts.append(Doubt(cell.source, shown(text or cell.text), why, shown(detail)))
        elif len(self._doubts) == MOST_DOUBTS:
            self._doubts.append(Doubt(cell.source, "…", Doubtful.TOO_MANY, f"{MOST_DOUBTS} doubts"))

    def follows_from_meetings(self, text: str) -> bool:
        """Whether the words of a line name a deadline that the community file gives an organ."""
        own = {plain(name) for forum in self._forums.values() for name in forum.deadlines}
        return not own.isdisjoint(plain(text).split())

    def add_deadline(self, cell: Cell, day: Day, weekdays: Sequence[int], yearless: Doubtful) -> None:
        """A deadline of a line by itself, or a doubt."""
        due, text = day.date(), without_dates(cell.text)
        if day.year is None:
            self.doubt(cell, yearless)
        elif due is None or not FIRST_YEAR <= due.year <= LAST_YEAR:
            self.doubt(cell, Doubtful.NO_SUCH_DAY)
        elif contains_identity_number(cell.text):
            self.doubt(cell, Doubtful.IDENTITY_NUMBER)
        elif len(text) > LONGEST_DEADLINE:
            self.doubt(cell, Doubtful.TOO_LONG)
        elif (text.casefold(), due) in self._deadlines:
            self.doubt(cell, Doubtful.DUPLICATE, text)
        elif len(self._deadlines) >= MOST_DEADLINES:
            self.doubt(cell, Doubtful.TOO_MANY, f"{MOST_DEADLINES} deadlines")
        else:
            if weekdays and due.weekday() not in weekdays:
                self.doubt(cell, Doubtful.WEEKDAY, _other_weekday(due, weekdays[0]))
            self._deadlines[text.casefold(), due] = FileDeadline(text, due, cell.source)

    def known_host(self, text: str) -> str | None:
        """The key of a unit, or the name of a host that the community file gives."""
        return self._hosts.get(plain(text).strip(" .,:;()"))

    def whereabouts(self, cell: Cell) -> str | None:
        """A place or host as written; None, and a doubt, where it may not be kept."""
        text = " ".join(cell.text.split())
        if contains_identity_number(text):
            self.doubt(cell, Doubtful.IDENTITY_NUMBER)
            return None
        if len(text) > LONGEST_PLACE:
            self.doubt(cell, Doubtful.TOO_LONG)
            return None
        return text

    def finish(self) -> ReadPlan:
        for draft in self._drafts:
            if len(self._meetings) >= MOST_MEETINGS:
                self.doubt(draft.cell, Doubtful.TOO_MANY, f"{MOST_MEETINGS} meetings")
                break
            self._finish(draft)
        for number, rule in enumerate(self._rules):
            if rule.on is not None and number not in self._met:
                day = rule.on.date()
                self.doubt(rule.cell, Doubtful.NO_MEETING_THEN if day else Doubtful.NO_SUCH_DAY, str(day or ""))
        order = list(self._forums)
        meetings = sorted(self._meetings.values(), key=lambda m: (m.date, order.index(m.forum)))
        doubts = sorted(self._doubts, key=lambda doubt: self._places.get(doubt.source, len(self._places)))
        due = sorted(self._deadlines.values(), key=lambda deadline: deadline.due)
        return ReadPlan(tuple(meetings), tuple(doubts), tuple(due))

    def _finish(self, draft: Draft) -> None:
        span = self._span(draft)
        if span is None:
            return
        first, last = span
        if (draft.forum, first) in self._meetings:
            self.doubt(draft.cell, Doubtful.DUPLICATE, f"{draft.forum} {first}")
            return
        exception = self._exception(draft.forum, first)
        self._check_weekday(draft, exception, first, last)
        start, end = self._hours(draft, exception, several_days=last > first)
        place = draft.place or next((r.place for r in self._rules_for(draft) if r.place and not r.on), None)
        self._meetings[draft.forum, first] = Meeting(
            draft.forum, first, last, start, end, place, draft.host, draft.cell.source
        )

    def _span(self, draft: Draft) -> tuple[date, date] | None:
        """First and last day, or a doubt."""
        first, last = draft.first.date(), draft.last.date()
        if draft.last.year is None or draft.first.year is None:
            self.doubt(draft.cell, draft.yearless)
        elif first is None or last is None or not FIRST_YEAR <= first.year <= last.year <= LAST_YEAR:
            self.doubt(draft.cell, Doubtful.NO_SUCH_DAY)
        elif not first <= last <= first + LONGEST_MEETING:
            self.doubt(draft.cell, Doubtful.ENDS_BEFORE)
        elif draft.expected_year and draft.expected_year not in (first.year, last.year):
            self.doubt(draft.cell, Doubtful.OTHER_YEAR, str(draft.expected_year))
            return (first, last) if abs(first.year - draft.expected_year) == 1 else None
        else:
            return first, last
        return None

    def _exception(self, forum: str, day: date) -> Rule | None:
        found = None
        for number, rule in enumerate(self._rules):
            if rule.on is not None and rule.on.date() == day and rule.applies_to(forum):
                self._met.add(number)
                found = rule
        return found

    def _rules_for(self, draft: Draft) -> Sequence[Rule]:
        """Those of the same table before those of the tables below and above, an organ's own before the common ones."""

        def place(rule: Rule) -> tuple[bool, bool, int, bool]:
            far = rule.section - draft.section
            return far != 0, far < 0, abs(far), not rule.forums

        return sorted((rule for rule in self._rules if rule.on is None and rule.applies_to(draft.forum)), key=place)

    def _check_weekday(self, draft: Draft, exception: Rule | None, first: date, last: date) -> None:
        stated = draft.weekdays
        if not stated and exception is not None and exception.weekday is not None:
            stated = (exception.weekday,)
        if not stated:
            stated = next(((r.weekday,) for r in self._rules_for(draft) if r.weekday is not None), ())
        if stated and first.weekday() not in stated:
            self.doubt(draft.cell, Doubtful.WEEKDAY, _other_weekday(first, stated[0]))
        elif not stated and (free := next((day for day in (first, last) if is_weekend(day)), None)):
            self.doubt(draft.cell, Doubtful.WEEKEND, f"{free} is a {DAY_NAMES[free.weekday()]}")

    def _hours(self, draft: Draft, exception: Rule | None, *, several_days: bool) -> tuple[time | None, time | None]:
        usual = self._forums[draft.forum]
        stated = next((r.hours for r in self._rules_for(draft) if r.hours is not None), None)
        hours = draft.hours or (exception.hours if exception else None) or stated
        if hours is None and not several_days:
            hours = Hours(usual.start, usual.end) if usual.start else None
        if hours is None:
            if not several_days:
                self.doubt(draft.cell, Doubtful.NO_TIME, f"{draft.forum} {draft.first.date()}")
            return None, None
        end = draft.ends or hours.end or (usual.end if hours.start == usual.start else None)
        if end is not None and end <= hours.start and not several_days:
            self.doubt(draft.cell, Doubtful.WRONG_TIME, f"{hours.start:%H:%M}-{end:%H:%M}")
            return hours.start, None
        if end is None:
            self.doubt(draft.cell, Doubtful.NO_END, f"{draft.forum} {draft.first.date()}")
        return hours.start, end


def _other_weekday(day: date, stated: int) -> str:
    """One sentence for both, so that a reader sees what stands there and what the calendar says."""
    return f"{day} is a {DAY_NAMES[day.weekday()]}, not a {DAY_NAMES[stated]}"


def hosts_by_name(community: Community) -> dict[str, str]:
    """How hosts may be written: by key or name, a municipality without the word too."""
    found: dict[str, str] = {}
    for forum in community.forums:
        found |= {plain(host): host for host in forum.hosts}
    for unit in community.units:
        name = plain(unit.name)
        found |= dict.fromkeys((plain(unit.key), name, name.removesuffix(" kommune").removesuffix(" herad")), unit.key)
    return found
