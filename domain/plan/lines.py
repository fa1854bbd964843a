"""Reads the lines beside the tables of a plan: meetings by themselves, rules for many, and exceptions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from domain.plan.drafts import Draft, Drafts, resolved
from domain.plan.forums import Forums
from domain.plan.layout import Month
from domain.plan.meeting import Cell, Doubtful, Row
from domain.plan.words import (
    Days,
    Scan,
    is_cancelled,
    is_unsettled,
    month_first,
    plain,
    scan,
    years_in,
)

_EXCEPTION = re.compile(
    r"\b(?:(?:med\s+)?unn?a?tak(?:\s+av)?|unn?a?tatt|bortsett\s+fr[aå]|except(?:ions?|ing)?(?:\s+for)?)\b",
    re.IGNORECASE,
)
_PLACE = re.compile(r"^\W*(?:(?:møte)?sted|(?:møte)?stad|place|venue)\s*:\s*(?P<place>.+)$", re.IGNORECASE)
_NO_MEETING = re.compile(
    r"\b(?:vedt\w*|godkjen\w*|revider\w*|oppdater\w*|endra|endret|endring\w*|frist\w*|\w+frist\w*|høring\w*|høyring\w*"
    r"|sendt|sende|utkast|adopted|approved|revised|updated|deadline|draft|innkalling|referat)\b"
)
_DEADLINE = re.compile(r"(?<!\w)(?:\w*frist(?:en)?|deadline)(?!\w)")
_WORDS_OF_A_LINE = frozenset(["møte", "møter", "møta", "i", "på", "den", "kl", "klokka", "klokken", "meeting"])


class Lines:
    """`years` are those of the heading; with `year` no heading counts. `forum` is meant where no organ is named."""

    def __init__(self, drafts: Drafts, forums: Forums, year: int | None, forum: str | None) -> None:
        self._drafts = drafts
        self._forums = forums
        self._forum = forum
        self._year = year
        self.years: tuple[int, ...] = (year,) if year else ()

    def draft(self, cell: Cell, forum: str, days: Days, found: Scan, month: Month | None) -> Draft | None:
        """One date of a cell or line. A month that it names itself must be the column's."""
        expected = (month.year if month else None) or self.only_year
        first, last = resolved(days, month.month if month else None, expected)
        if days.unclear and days.last.month == days.last.day + 1:
            self._drafts.doubt(cell, Doubtful.UNREADABLE)  # `2/3`: the 2nd of March, or the 2nd and 3rd
            return None
        if month is not None and month.month not in (first.month, last.month):
            self._drafts.doubt(cell, Doubtful.OTHER_MONTH)
            return None
        yearless = Doubtful.WHICH_YEAR if len(self.years) > 1 else Doubtful.NO_YEAR
        draft = Draft(forum, first, last, cell, found.clock, found.weekdays, expected_year=expected, yearless=yearless)
        self._drafts.add(draft)
        return draft

    def left_over(self, cell: Cell, rest: str, drafts: Sequence[Draft]) -> None:
        """Words beside a date: a host that is known is one, everything else is told."""
        if not rest:
            return
        host = self._drafts.known_host(rest)
        if host is not None and drafts:
            for draft in drafts:
                draft.host = host
        else:
            self._drafts.doubt(cell, Doubtful.NOT_USED, rest)

    def loose_row(self, row: Row) -> None:
        """A table's row without any heading: what is date, time and organ is understood, other cells are told."""
        dated = any(scan(cell.text).days for cell in row)
        unclear = [cell for cell in row if dated and self._says_something_else(cell)]
        for cell in unclear:
            self._drafts.doubt(cell, Doubtful.NOT_USED)
        if clear := [cell for cell in row if cell not in unclear]:
            self.read(joined(clear))

    def _says_something_else(self, cell: Cell) -> bool:
        _, rest = self._forums.split(cell.text)
        return bool(scan(rest).rest) and self._drafts.known_host(cell.text) is None

    def read(self, cell: Cell) -> None:
        named = _EXCEPTION.search(cell.text)
        head, tail = (cell.text[: named.start()], cell.text[named.end() :]) if named else (cell.text, "")
        forums, rest = self._forums.split(head)
        if place := _PLACE.match(" ".join(cell.text.split())):
            where = self._drafts.whereabouts(Cell(place["place"], cell.source))
            self._drafts.add_rule(cell, forums, place=where)
            return
        found = scan(rest)
        if named is not None:
            self._exceptions(cell, forums or self._forums.in_line(cell.text), tail)
        if found.days or (self._forum and month_first(cell.text)) or (forums and month_first(rest.strip(" |:-,"))):
            self._dated_line(cell, forums, rest, found)
        elif len(years := years_in(head)) in (1, 2) and not found.hours:
            self.named_years(cell, years)
        elif found.weekdays or found.hours:
            self._rule(cell, forums, found)
        elif is_unsettled(cell.text) and (forums or self._forum):
            self._drafts.doubt(cell, Doubtful.UNSETTLED)
        elif named is None and (forums or re.search(r"\d", rest)):
            self._drafts.doubt(cell, Doubtful.UNREADABLE)

    def _dated_line(self, cell: Cell, forums: Sequence[str], rest: str, found: Scan) -> None:
        """`29.02.24 SSU kl. 13.00-15.30`, `Januar (24): 27 - 28`."""
        month = None
        if not found.days and (first := month_first(rest.strip(" |:-,"))) is not None:
            month = Month(first[0], first[1] or self.only_year)
            found = scan(first[2], cell=True)
        forum = forums[0] if len(forums) == 1 else self._forum if not forums else None
        beside = set(re.findall(r"[^\W\d_]+", found.rest)) - _WORDS_OF_A_LINE
        if is_cancelled(cell.text):
            self._drafts.doubt(cell, Doubtful.CANCELLED)
        elif is_unsettled(rest) and not found.days:
            self._drafts.doubt(cell, Doubtful.UNSETTLED)
        elif self._is_deadline(forums, found):
            self._deadline(cell, found)
        elif _NO_MEETING.search(found.rest) or re.search(r"\d", found.rest) or not found.days:
            self._drafts.doubt(cell, Doubtful.UNREADABLE)
        elif forum is None:
            self._drafts.doubt(cell, Doubtful.SEVERAL_FORUMS if forums else Doubtful.NO_FORUM)
        elif beside and not self._begins_a_meeting(cell.text):
            self._drafts.doubt(cell, Doubtful.UNREADABLE)
        else:
            drafts = [draft for days in found.days if (draft := self.draft(cell, forum, days, found, month))]
            self.left_over(cell, found.rest if beside else "", drafts)

    def _is_deadline(self, forums: Sequence[str], found: Scan) -> bool:
        """«Høringsfrist 12.04.23»: one day, and no deadline that follows from an organ's meetings by itself."""
        if len(found.days) != 1 or found.days[0].first != found.days[0].last or found.days[0].unclear:
            return False
        return bool(_DEADLINE.search(found.rest)) and not (forums and self._drafts.follows_from_meetings(found.rest))

    def _deadline(self, cell: Cell, found: Scan) -> None:
        first, _ = resolved(found.days[0], None, self.only_year)
        yearless = Doubtful.WHICH_YEAR if len(self.years) > 1 else Doubtful.NO_YEAR
        self._drafts.add_deadline(cell, first, found.weekdays, yearless)

    def _begins_a_meeting(self, text: str) -> bool:
        """A meeting's line begins with its date, weekday or organ; a sentence that mentions one does not."""
        start = plain(text).lstrip(" *-•·|.,:;()")[:80]
        first_word = re.match(r"[^\W\d_]+", start)
        if first_word is None:
            return bool(re.match(r"\d", start))
        return bool(scan(f"1.1.2000 {first_word[0]}").weekdays) or bool(
            month_first(start) or self._forums.in_cell(first_word[0]) or self._starts_with_forum(start)
        )

    def _starts_with_forum(self, start: str) -> bool:
        _, rest = self._forums.split(start.upper())
        return rest.startswith("|")

    def _rule(self, cell: Cell, forums: tuple[str, ...], found: Scan) -> None:
        if len(found.weekdays) > 1 or len(found.hours) > 2:
            self._drafts.doubt(cell, Doubtful.UNREADABLE)
            return
        weekday = found.weekdays[0] if found.weekdays else None
        self._drafts.add_rule(cell, forums, weekday=weekday, hours=found.clock)
        if re.search(r"\d", found.rest):
            self._drafts.doubt(cell, Doubtful.NOT_USED, found.rest)

    def _exceptions(self, cell: Cell, forums: tuple[str, ...], tail: str) -> None:
        """`13.05.24, mandag kl. 08.30-10.30`; several one after the other."""
        pieces = [
            piece for piece in re.split(r"[;()]|\bog\b(?=\s*\d+\.)|\band\b(?=\s*\d)", tail) if piece.strip(" .,:)")
        ]
        for piece in pieces:
            found = scan(piece)
            if len(found.days) != 1:
                self._drafts.doubt(cell, Doubtful.UNREADABLE, text=piece)
                continue
            day = found.days[0].last.on(None, self.only_year)
            weekday = found.weekdays[0] if found.weekdays else None
            self._drafts.add_rule(cell, forums, weekday=weekday, hours=found.clock, on=day)

    def named_years(self, cell: Cell, years: tuple[int, ...]) -> None:
        if self._year is None:
            self.years = years
        elif self._year not in years:
            self._drafts.doubt(cell, Doubtful.OTHER_YEAR, str(self._year))

    @property
    def only_year(self) -> int | None:
        return self.years[0] if len(self.years) == 1 else None


def joined(row: Row) -> Cell:
    """A row as a line."""
    return Cell(" ".join(cell.text for cell in row), row[0].source)
