"""A past period's figures: CSV with `meeting_date,unit,indicator,value`, every mistake in it reported at once."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from dialogs.speech import Speech
from dialogs.words import mistake_text
from domain.community import Community, Field, Person, Role
from domain.identity_numbers import contains_identity_number
from domain.period_form import LONGEST_PERIOD, read_date
from domain.periods import MeetingDate, meeting_dates
from domain.reports import Mistake, as_text, read_field
from domain.working_time import is_day_off

COLUMNS = ("meeting_date", "unit", "indicator", "value")
LARGEST = 1_000_000
"""Characters of a period file."""
FIRST_YEAR, LAST_YEAR = 2000, 2100
LONGEST_STEP = 14


Answers = Mapping[date, Mapping[str, Mapping[str, str]]]
"""Meeting → unit → what it answers, by the field's key."""


class PeriodFileError(Exception):
    """A line for every mistake: where, what is wrong, what is accepted."""


@dataclass(frozen=True, slots=True)
class PeriodFile:
    answers: Answers
    dates: tuple[MeetingDate, ...]  # the period's rhythm and what days off make of it
    every_days: int

    @property
    def held(self) -> tuple[date, ...]:
        return tuple(step.held for step in self.dates if step.held is not None)


def read_period(community: Community, text: str, source: str) -> PeriodFile:
    """Checks the whole file by the product's own rules. Raises PeriodFileError with every mistake, by line."""
    if len(text) > LARGEST:
        raise PeriodFileError(f"{source}: larger than {LARGEST} characters, which is the most that is read")
    reader = _Reader(community)
    reader.read(text)
    found = reader.period() if reader.answers else None
    if reader.mistakes or found is None:
        lines = sorted(reader.mistakes, key=lambda mistake: mistake[0])
        raise PeriodFileError("\n".join(f"{source}:{line}: {what}" for line, what in lines))
    return found


class _Reader:
    """Reads line by line, and goes on after a mistake."""

    def __init__(self, community: Community) -> None:
        self._community = community
        self._english = Speech("en", community.zone)
        self._units = {unit.key: unit for unit in community.units_asked}
        self._fields = {key: {f.key: f for f in community.fields_of(unit)} for key, unit in self._units.items()}
        self._lines: dict[tuple[date, str, str], int] = {}
        self.answers: dict[date, dict[str, dict[str, str]]] = {}
        self.mistakes: list[tuple[int, str]] = []

    def read(self, text: str) -> None:
        rows = self._rows(text.removeprefix("\ufeff"))
        line, header = next(rows, (1, []))
        if not self._is_header(line, header):
            return
        for line, row in rows:
            if not any(row):
                continue
            if len(row) == len(COLUMNS):
                self._take(line, *row)
            else:
                self._wrong(line, number_of(len(row), "value"), f"the {len(COLUMNS)} of {','.join(COLUMNS)}")
        if not self.answers and not self.mistakes:
            self._wrong(line, "no line with a figure", f"lines of {','.join(COLUMNS)}, as 2023-11-28,larvik,belegg,93")
        self._check_complete()

    def _rows(self, text: str) -> Iterator[tuple[int, list[str]]]:
        """Each row with the line that it begins on."""
        first = text.partition("\n")[0]
        semicolons = first.count(";") > first.count(",")
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=";" if semicolons else ",", strict=True)
        while True:
            line = rows.line_num + 1
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error as exc:
                self._wrong(line, f"cannot be read on from here ({exc})", "quotation marks in pairs, around a value")
                return
            yield line, [as_text(cell) for cell in row]

    def _is_header(self, line: int, header: Sequence[str]) -> bool:
        """Whether it is worth reading on: with one name wrong it is, with a header missing as well."""
        named = [name.casefold() for name in header]
        if named == list(COLUMNS):
            return True
        self._wrong(line, f"the header {_shown(','.join(header))} is wrong", f"{','.join(COLUMNS)} (or with ;)")
        right = sum(one == other for one, other in zip(named, COLUMNS, strict=False))
        if len(named) == len(COLUMNS) and read_date(header[0]):
            self._take(line, *header)
            return True
        return len(named) == len(COLUMNS) and right == len(COLUMNS) - 1

    def _take(self, line: int, day_text: str, unit_key: str, key: str, value: str) -> None:
        day = read_date(day_text)
        if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
            years = f", from {FIRST_YEAR} to {LAST_YEAR}" if day else ""
            self._wrong(line, f"meeting_date {_shown(day_text)} is no date", f"2023-11-28 or 28.11.2023{years}")
            day = None
        asked = self._asked(line, unit_key, key)
        if asked is not None and isinstance(read := read_field(asked, value), Mistake):
            what = "is empty" if not value else f"{_shown(value)} is wrong"
            self._wrong(line, f"{key} of {unit_key}: {what}", mistake_text(self._english, read))
        if day is None or asked is None:
            return
        first = self._lines.setdefault((day, unit_key, key), line)
        if first != line:
            self._wrong(line, f"{key} of {unit_key} on {day} is on line {first} already", "each of them once")
        else:
            self.answers.setdefault(day, {}).setdefault(unit_key, {})[key] = value

    def _asked(self, line: int, unit: str, key: str) -> Field | None:
        if unit not in self._units:
            self._wrong(line, f"unit {_shown(unit)} is not one that is asked", ", ".join(self._units))
            return None
        asked = self._fields[unit].get(key)
        if asked is None:
            self._wrong(line, f"indicator {_shown(key)} is not asked of {unit}", ", ".join(self._fields[unit]))
        return asked

    def _check_complete(self) -> None:
        """A unit that answers answers what is required, and somebody does it."""
        for day, units in self.answers.items():
            for unit, values in units.items():
                line = min(at for (d, u, _), at in self._lines.items() if (d, u) == (day, unit))
                required = [key for key, asked in self._fields[unit].items() if asked.indicator.required]
                if lacking := [key for key in required if key not in values]:
                    self._wrong(line, f"{unit} on {day} lacks {', '.join(lacking)}", f"all of {', '.join(required)}")
        for unit in self._units:
            lines = [at for (_, u, _), at in self._lines.items() if u == unit]
            if lines and respondent(self._community, unit) is None:
                self._wrong(min(lines), f"nobody answers for {unit}", "units with a respondent or deputy")

    def period(self) -> PeriodFile | None:
        """The rhythm that the dates follow; those that do not are mistakes."""
        days = sorted(self.answers)
        if days[-1] - days[0] > LONGEST_PERIOD:
            self._wrong(self._line_of(days[-1]), f"{days[-1]} is too late", f"at most a year after {days[0]}")
            return None
        every_days = self._every_days(days)
        dates = self._dates(days, every_days)
        held = {step.held for step in dates}
        for day in (day for day in days if day not in held):
            near = sorted(sorted(h for h in held if h), key=lambda h: abs(h - day))[:2]
            what = "a day off" if is_day_off(day) else f"not a meeting: from {days[0]} on they are {_every(every_days)}"
            accepted = " or ".join(str(h) for h in sorted(near)) or "a working day"
            self._wrong(self._line_of(day), f"meeting_date {day} is {what}", accepted)
        return PeriodFile(self.answers, dates, every_days)

    def _every_days(self, days: Sequence[date]) -> int:
        """The community's own rhythm, or a distance between the dates that leaves fewer dates and meetings over."""
        usual = self._community.meeting.every_days
        gaps = sorted({(other - one).days for one, other in pairwise(days)})
        candidates = (usual, *(gap for gap in gaps if gap <= LONGEST_STEP))

        def left_over(every_days: int) -> int:
            held = {step.held for step in self._dates(days, every_days) if step.held}
            return len(held ^ set(days))

        return min(candidates, key=left_over)

    def _dates(self, days: Sequence[date], every_days: int) -> tuple[MeetingDate, ...]:
        skip = self._community.meeting.skip_public_holidays
        return tuple(meeting_dates(days[0], every_days, days[-1], skip_days_off=skip, horizon=days[-1]))

    def _line_of(self, day: date) -> int:
        return min(line for (d, _, _), line in self._lines.items() if d == day)

    def _wrong(self, line: int, what: str, accepted: str) -> None:
        self.mistakes.append((line, f"{what}; accepted: {accepted}"))


def respondent(community: Community, unit: str) -> Person | None:
    """Who answers for the unit."""
    own = [person for person in community.people if person.unit == unit]
    by_role = [person for role in (Role.RESPONDENT, Role.DEPUTY) for person in own if person.has(role)]
    return next(iter(by_role), None)


def _shown(text: str) -> str:
    """What somebody wrote, for a line on a terminal; never an identity number."""
    return "(an identity number)" if contains_identity_number(text) else repr(text[:40])


def number_of(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _every(days: int) -> str:
    return "daily" if days == 1 else f"every {days} days"
