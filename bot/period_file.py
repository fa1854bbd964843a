"""A played period's figures: CSV with `meeting_date,unit,indicator,value`, every mistake reported at once."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from itertools import pairwise

from domain.community import Community
from domain.reports import Mistake, as_text, read_field

HEADER = ["meeting_date", "unit", "indicator", "value"]
MOST_ROWS = 200_000

Figures = Mapping[date, Mapping[str, Mapping[str, str]]]
"""Day of the meeting → unit → field → what is typed."""


class PeriodFileError(Exception):
    """One line for every mistake: where, what is wrong, what is accepted."""


def read_period(community: Community, text: str, source: str) -> Figures:
    """Raises PeriodFileError with everything that is wrong in the file."""
    reader = _Reader(community, source)
    lines = text.removeprefix("\ufeff")
    separator = ";" if lines.partition("\n")[0].count(";") > lines.partition("\n")[0].count(",") else ","
    rows = csv.reader(io.StringIO(lines), delimiter=separator, strict=True)
    try:
        for row in rows:
            reader.read(rows.line_num, row)
    except csv.Error as exc:
        reader.wrong(rows.line_num, f"no CSV ({exc})")
    return reader.finish()


class _Reader:
    def __init__(self, community: Community, source: str) -> None:
        self._fields = {unit.key: {f.key: f for f in community.fields_of(unit)} for unit in community.units_asked}
        self._source = source
        self._mistakes: list[str] = []
        self._found: dict[date, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
        self._lines: dict[date, int] = {}
        self._header_seen = False

    def wrong(self, line: int, what: str) -> None:
        self._mistakes.append(f"{self._source}:{line}: {what}")

    def read(self, line: int, row: list[str]) -> None:
        if not row or len(self._mistakes) > 100:
            return
        if not self._header_seen:
            self._header_seen = True
            if [cell.strip() for cell in row] != HEADER:
                self.wrong(line, f"the first line is not the header; accepted: {','.join(HEADER)}")
            return
        if line > MOST_ROWS:
            raise PeriodFileError(f"{self._source}:{line}: more than {MOST_ROWS} lines, which is the most that is read")
        if len(row) != len(HEADER):
            self.wrong(line, f"{len(row)} values; accepted: {len(HEADER)} ({','.join(HEADER)})")
            return
        day, unit, key, value = (cell.strip() for cell in row)
        self._figure(line, day, unit, key, value)

    def _figure(self, line: int, day: str, unit: str, key: str, value: str) -> None:
        try:
            meeting = date.fromisoformat(day)
        except ValueError:
            self.wrong(line, f"meeting_date: {day[:20]!r} is no date; accepted: 2023-11-28")
            return
        if unit not in self._fields:
            self.wrong(line, f"unit: {unit[:40]!r} is not asked; accepted: {', '.join(self._fields)}")
            return
        field = self._fields[unit].get(key)
        if field is None:
            self.wrong(
                line, f"indicator: {key[:40]!r} is not asked of {unit}; accepted: {', '.join(self._fields[unit])}"
            )
            return
        if key in self._found[meeting][unit]:
            self.wrong(line, f"{unit} has {key} twice for {meeting}; accepted: one value")
        if isinstance(read := read_field(field, as_text(value)), Mistake):
            accepted = f"at most {read.max}" if read.max else "green, yellow or red"
            self.wrong(line, f"value of {key}: {read.wrong}; accepted: {accepted}")
        self._found[meeting][unit][key] = value
        self._lines.setdefault(meeting, line)

    def finish(self) -> Figures:
        if not self._header_seen:
            self.wrong(1, f"the file is empty; accepted: {','.join(HEADER)} and figures")
        elif not self._found and not self._mistakes:
            self.wrong(1, "no figures below the header; accepted: one line a figure")
        for meeting, units in self._found.items():
            for unit, values in units.items():
                lacking = [k for k, f in self._fields[unit].items() if f.indicator.required and k not in values]
                if lacking:
                    self.wrong(self._lines[meeting], f"{unit} lacks {', '.join(lacking)} for {meeting}; accepted: all")
        if self._mistakes:
            raise PeriodFileError("\n".join(self._mistakes))
        return dict(sorted(self._found.items()))


def rhythm(days: list[date], usual: int) -> int:
    """Days between meetings: the community's usual number if every date fits it, else the shortest gap."""
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    return usual if all(gap % usual == 0 for gap in gaps) else min(gaps, default=usual)
