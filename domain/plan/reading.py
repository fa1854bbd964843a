"""Reads a plan: tables of cells, and the lines beside them, to meetings and doubts.

Understood are the matrix of organs by month (either way round), the list of a meeting a row, and lines that bear a date
and an organ; below them the common weekday, times per organ, and exceptions. What is not certain gives a doubt, and
where it is the date or the organ that is not certain, no meeting.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from domain.community import Community
from domain.plan.drafts import Draft, Drafts, resolved
from domain.plan.forums import Forums
from domain.plan.layout import Column, Listing, Matrix, Month, column_of, listing, month_columns, only_years, with_years
from domain.plan.meeting import Cell, Doubtful, ReadPlan, Row
from domain.plan.words import (
    Days,
    Scan,
    hours_of,
    is_cancelled,
    is_nothing,
    is_unsettled,
    month_first,
    month_of,
    plain,
    scan,
    years_in,
)

MOST_ROWS, MOST_CELLS = 20_000, 200_000
LONGEST_CELL, LONGEST_LINE = 500, 2000

_EXCEPTION = re.compile(
    r"\b(?:(?:med\s+)?unn?a?tak(?:\s+av)?|unn?a?tatt|bortsett\s+fr[aå]|except(?:ions?|ing)?(?:\s+for)?)\b",
    re.IGNORECASE,
)
_PLACE = re.compile(r"^\W*(?:(?:møte)?sted|(?:møte)?stad|place|venue)\s*:\s*(?P<place>.+)$", re.IGNORECASE)
_NO_MEETING = re.compile(
    r"\b(?:vedt\w*|godkjen\w*|revider\w*|oppdater\w*|endra|endret|endring\w*|frist\w*|\w+frist\w*|høring\w*|høyring\w*"
    r"|sendt|sende|utkast|adopted|approved|revised|updated|deadline|draft|innkalling|referat)\b"
)
_WORDS_OF_A_LINE = frozenset(["møte", "møter", "møta", "i", "på", "den", "kl", "klokka", "klokken", "meeting"])


def read_plan(
    community: Community, rows: Iterable[Row], *, year: int | None = None, forum: str | None = None
) -> ReadPlan:
    """The meetings of a file's rows, by date, and every doubt.

    `year` is that of dates without one (else the heading's), `forum` the organ where the file names none.
    """
    reader = _Reader(community, year, forum)
    cells = 0
    for number, row in enumerate(rows):
        cells += len(row)
        if number >= MOST_ROWS or cells > MOST_CELLS:
            reader.drafts.doubt(
                row[0] if row else Cell("", ""), Doubtful.TOO_MANY, f"{MOST_ROWS} rows or {MOST_CELLS} cells"
            )
            break
        if row:
            reader.read(row)
    return reader.drafts.finish()


class _Reader:
    def __init__(self, community: Community, year: int | None, forum: str | None) -> None:
        self._forums = Forums(community.forums)
        self._forum = forum
        self._year = year
        self._years: tuple[int, ...] = (year,) if year else ()
        self._above: Mapping[int, int] = {}
        self._matrix: Matrix | None = None
        self._listing: Listing | None = None
        self._open: dict[int, list[Draft]] = {}  # by column: what rows of places and hosts below belong to
        self.drafts = Drafts(community)

    # Which kind of row

    def read(self, row: Row) -> None:
        self.drafts.saw(row)
        fitting = [cell for cell in row if len(cell.text) <= LONGEST_LINE]
        for cell in row:
            if len(cell.text) > LONGEST_LINE:
                self.drafts.doubt(cell, Doubtful.TOO_LONG)
        if not fitting or self._heading(fitting):
            return
        if len(fitting) == 1 and self._alone(fitting[0]):
            return
        if self._matrix is not None and self._matrix.months:
            self._organ_row(self._matrix, fitting)
        elif self._matrix is not None:
            self._month_row(self._matrix, fitting)
        elif self._listing is not None:
            self._list_row(self._listing, fitting)
        else:
            self._loose_row(fitting)

    def _heading(self, row: Row) -> bool:
        """Takes a row that says what the rows below are."""
        if (above := only_years(row)) is not None:
            self._above, self._matrix, self._listing = above, None, None
            if len(set(above.values())) == 1:
                self._named_years(row[0], tuple(set(above.values())))
            return True
        months = month_columns(row)
        if len(months) >= 2 and len(months) >= len(row) - 2:
            beside = [years_in(cell.text) for cell in row if month_of(cell.text) is None]
            years = next((found for found in beside if len(found) == 1), self._years)
            self.drafts.new_section()
            self._matrix = Matrix(months=with_years(months, self._above, years))
            self._listing, self._above, self._open = None, {}, {}
            return True
        if (found := listing(row)) is not None:
            self.drafts.new_section()
            self._matrix, self._listing, self._above = None, found, {}
            return True
        forums = {cell.column: named[0] for cell in row if len(named := self._forums.in_cell(cell.text)) == 1}
        if len(forums) >= 2 and len(forums) >= len(row) - 1:
            self.drafts.new_section()
            self._matrix, self._listing = Matrix(forums=forums), None
            return True
        return False

    def _alone(self, cell: Cell) -> bool:
        """Takes a row of one cell: a line, unless it is an organ or month of the table."""
        if (month := month_of(cell.text)) is not None and self._listing is not None:
            self._listing.month = Month(month[0], month[1] or self._only_year)
            return True
        if self._matrix is not None and (cell.column or self._forums.in_cell(cell.text)):
            return not cell.column
        if self._matrix is None and self._listing is not None and cell.column:
            return False
        if self._matrix is not None and self._matrix.forums and month is not None:
            return True
        self._line(cell)
        return True

    # Tables

    def _organ_row(self, matrix: Matrix, row: Row) -> None:
        named = [cell for cell in row if cell.column not in matrix.months]
        dated = [cell for cell in row if cell.column in matrix.months]
        if not dated:
            self._line(_joined(row))
            return
        label = named[0] if named else None
        forums = self._forums.in_cell(label.text) if label else ()
        if len(forums) == 1:
            self._cells(matrix, dated, forums[0])
        elif label is not None and self._forum and (what := _label(label.text)) is not None:
            self._attributes(what, dated)
        elif self._forum and not forums:
            self._cells(matrix, dated, self._forum)
        else:
            why = Doubtful.SEVERAL_FORUMS if forums else Doubtful.NO_FORUM
            self.drafts.doubt(label or dated[0], why, text=_joined(row).text)

    def _cells(self, matrix: Matrix, dated: Sequence[Cell], forum: str) -> None:
        self._open = {}
        for cell in dated:
            if cell.span > 1 or cell.rows > 1:
                self.drafts.doubt(cell, Doubtful.MERGED)
                continue
            self._open[cell.column] = self._dates(cell, forum, matrix.months[cell.column])

    def _attributes(self, what: Column, dated: Sequence[Cell]) -> None:
        """A row of places, hosts or times below the row of dates."""
        for cell in dated:
            drafts = self._open.get(cell.column, [])
            if not drafts and not is_unsettled(cell.text) and not is_nothing(cell.text):
                self.drafts.doubt(cell, Doubtful.NOT_USED)
            for draft in drafts:
                self._attribute(draft, what, cell)

    def _month_row(self, matrix: Matrix, row: Row) -> None:
        """A month's row where the organs stand across."""
        found = next(((cell, named) for cell in row if (named := month_of(cell.text)) is not None), None)
        if found is None:
            self._line(_joined(row))
            return
        head, (month, own) = found
        if own is not None:
            self._years = (own,)
        for cell in row:
            if cell is head or is_nothing(cell.text):
                continue
            if cell.column in matrix.forums and cell.span == 1 and cell.rows == 1:
                self._dates(cell, matrix.forums[cell.column], Month(month, own or self._only_year))
            else:
                why = Doubtful.NO_FORUM if cell.span == cell.rows == 1 else Doubtful.MERGED
                self.drafts.doubt(cell, why)

    def _dates(self, cell: Cell, forum: str, month: Month) -> list[Draft]:
        """The meetings of one cell below a month or beside a month's name."""
        if is_nothing(cell.text):
            return []
        if len(cell.text) > LONGEST_CELL:
            self.drafts.doubt(cell, Doubtful.TOO_LONG)
            return []
        found = scan(cell.text, cell=True)
        if not self._is_dated(cell, found):
            return []
        drafts = [draft for days in found.days if (draft := self._draft(cell, forum, days, found, month))]
        self._left_over(cell, found.rest, drafts)
        return drafts

    def _is_dated(self, cell: Cell, found: Scan, whole: str = "") -> bool:
        """Whether the cell's dates may be taken; else its doubt is told. `whole`: the row, where a row is a meeting."""
        why = None
        if is_cancelled(whole or cell.text):
            why = Doubtful.CANCELLED
        elif is_unsettled(cell.text):
            why = Doubtful.UNSETTLED
        elif not found.days or re.search(r"\d", found.rest):
            why = Doubtful.UNREADABLE
        if why is not None:
            self.drafts.doubt(cell, why, text=whole)
        return why is None

    def _list_row(self, listing: Listing, row: Row) -> None:
        by_column: dict[Column, list[Cell]] = {}
        for cell in row:
            by_column.setdefault(listing.columns.get(cell.column, Column.OTHER), []).append(cell)
        day = next(iter(by_column.get(Column.DATE, [])), None)
        month = self._month_of(listing, by_column)
        if day is None:
            self._no_date(row, by_column)
            return
        if is_nothing(day.text):
            return
        whole = " ".join(cell.text for cell in row)
        forum = self._forum_of(by_column, whole, day)
        if forum is None:
            return
        found = scan(day.text, cell=True)
        if not self._is_dated(day, found, whole):
            return
        drafts = [draft for days in found.days if (draft := self._draft(day, forum, days, found, month))]
        for draft in drafts:
            for what, cells in by_column.items():
                for cell in cells:
                    self._attribute(draft, what, cell)
        self._left_over(day, found.rest, drafts)

    def _month_of(self, listing: Listing, by_column: Mapping[Column, Sequence[Cell]]) -> Month | None:
        """From the columns of month and year; a month that is merged or left out is the one above."""
        for cell in by_column.get(Column.MONTH, ()):
            if (found := month_of(cell.text)) is not None:
                year = found[1] or (listing.month.year if listing.month else None) or self._only_year
                if listing.month and found[1] is None and found[0] < listing.month.month and year:
                    year += 1
                listing.month = Month(found[0], year)
            elif not is_nothing(cell.text):
                self.drafts.doubt(cell, Doubtful.UNREADABLE)
                listing.month = None
        for cell in by_column.get(Column.YEAR, ()):
            if len(years := years_in(cell.text)) == 1 and listing.month:
                listing.month = Month(listing.month.month, years[0])
            elif years:
                self._years = years[:1]
        return listing.month

    def _no_date(self, row: Row, by_column: Mapping[Column, Sequence[Cell]]) -> None:
        """A row of a list without a date: a doubt where it names an organ, else a line."""
        if any(self._forums.in_cell(cell.text) for cell in by_column.get(Column.FORUM, ())):
            self.drafts.doubt(row[0], Doubtful.UNSETTLED, text=_joined(row).text)
        elif not by_column.get(Column.MONTH):
            self._line(_joined(row))

    def _forum_of(self, by_column: Mapping[Column, Sequence[Cell]], whole: str, day: Cell) -> str | None:
        """The organ of a list's row."""
        cells = by_column.get(Column.FORUM, ())
        named = tuple(dict.fromkeys(key for cell in cells for key in self._forums.in_cell(cell.text)))
        if not named and cells:
            named = tuple(dict.fromkeys(key for cell in cells for key in self._forums.in_line(cell.text)))
        if len(named) == 1:
            return named[0]
        if not named and self._forum:
            return self._forum
        self.drafts.doubt(day, Doubtful.SEVERAL_FORUMS if named else Doubtful.NO_FORUM, text=whole)
        return None

    def _attribute(self, draft: Draft, what: Column, cell: Cell) -> None:
        """Time, place or host from a cell of its own."""
        if what not in (Column.TIME, Column.START, Column.END, Column.PLACE, Column.HOST, Column.WEEKDAY):
            return
        if is_nothing(cell.text):
            return
        if is_unsettled(cell.text):
            self.drafts.doubt(
                cell, Doubtful.PLACE_UNSETTLED if what in (Column.PLACE, Column.HOST) else Doubtful.NO_TIME
            )
        elif what is Column.PLACE or what is Column.HOST:
            where = self.drafts.whereabouts(cell)
            if what is Column.PLACE:
                draft.place = where
            else:
                draft.host = self.drafts.known_host(where or "") or where
        elif what is Column.WEEKDAY:
            draft.weekdays = scan(f"1.1.2000 {cell.text}").weekdays
        elif (hours := hours_of(cell.text) or scan(cell.text).clock) is None:
            self.drafts.doubt(cell, Doubtful.WRONG_TIME)
        elif what is Column.END:
            draft.ends = hours.start
        else:
            draft.hours = hours

    def _draft(self, cell: Cell, forum: str, days: Days, found: Scan, month: Month | None) -> Draft | None:
        """One date of a cell or line. A month that it names itself must be the column's."""
        expected = (month.year if month else None) or self._only_year
        first, last = resolved(days, month.month if month else None, expected)
        if days.unclear and days.last.month == days.last.day + 1:
            self.drafts.doubt(cell, Doubtful.UNREADABLE)  # `2/3`: the 2nd of March, or the 2nd and 3rd
            return None
        if month is not None and month.month not in (first.month, last.month):
            self.drafts.doubt(cell, Doubtful.OTHER_MONTH)
            return None
        yearless = Doubtful.WHICH_YEAR if len(self._years) > 1 else Doubtful.NO_YEAR
        draft = Draft(forum, first, last, cell, found.clock, found.weekdays, expected_year=expected, yearless=yearless)
        self.drafts.add(draft)
        return draft

    def _left_over(self, cell: Cell, rest: str, drafts: Sequence[Draft]) -> None:
        """Words beside a date: a host that is known is one, everything else is told."""
        if not rest:
            return
        host = self.drafts.known_host(rest)
        if host is not None and drafts:
            for draft in drafts:
                draft.host = host
        else:
            self.drafts.doubt(cell, Doubtful.NOT_USED, rest)

    # Lines

    def _loose_row(self, row: Row) -> None:
        """A table's row without any heading: what is date, time and organ is understood, other cells are told."""
        dated = any(scan(cell.text).days for cell in row)
        unclear = [cell for cell in row if dated and self._says_something_else(cell)]
        for cell in unclear:
            self.drafts.doubt(cell, Doubtful.NOT_USED)
        if clear := [cell for cell in row if cell not in unclear]:
            self._line(_joined(clear))

    def _says_something_else(self, cell: Cell) -> bool:
        _, rest = self._forums.split(cell.text)
        return bool(scan(rest).rest) and self.drafts.known_host(cell.text) is None

    def _line(self, cell: Cell) -> None:
        named = _EXCEPTION.search(cell.text)
        head, tail = (cell.text[: named.start()], cell.text[named.end() :]) if named else (cell.text, "")
        forums, rest = self._forums.split(head)
        if place := _PLACE.match(" ".join(cell.text.split())):
            where = self.drafts.whereabouts(Cell(place["place"], cell.source))
            self.drafts.add_rule(cell, forums, place=where)
            return
        found = scan(rest)
        if named is not None:
            self._exceptions(cell, forums or self._forums.in_line(cell.text), tail)
        if found.days or (self._forum and month_first(cell.text)) or (forums and month_first(rest.strip(" |:-,"))):
            self._dated_line(cell, forums, rest, found)
        elif len(years := years_in(head)) in (1, 2) and not found.hours:
            self._named_years(cell, years)
        elif found.weekdays or found.hours:
            self._rule(cell, forums, found)
        elif is_unsettled(cell.text) and (forums or self._forum):
            self.drafts.doubt(cell, Doubtful.UNSETTLED)
        elif named is None and (forums or re.search(r"\d", rest)):
            self.drafts.doubt(cell, Doubtful.UNREADABLE)

    def _dated_line(self, cell: Cell, forums: Sequence[str], rest: str, found: Scan) -> None:
        """`29.02.24 SSU kl. 13.00-15.30`, `Januar (24): 27 - 28`."""
        month = None
        if not found.days and (first := month_first(rest.strip(" |:-,"))) is not None:
            month = Month(first[0], first[1] or self._only_year)
            found = scan(first[2], cell=True)
        forum = forums[0] if len(forums) == 1 else self._forum if not forums else None
        beside = set(re.findall(r"[^\W\d_]+", found.rest)) - _WORDS_OF_A_LINE
        if is_cancelled(cell.text):
            self.drafts.doubt(cell, Doubtful.CANCELLED)
        elif is_unsettled(rest) and not found.days:
            self.drafts.doubt(cell, Doubtful.UNSETTLED)
        elif _NO_MEETING.search(found.rest) or re.search(r"\d", found.rest) or not found.days:
            self.drafts.doubt(cell, Doubtful.UNREADABLE)
        elif forum is None:
            self.drafts.doubt(cell, Doubtful.SEVERAL_FORUMS if forums else Doubtful.NO_FORUM)
        elif beside and not self._begins_a_meeting(cell.text):
            self.drafts.doubt(cell, Doubtful.UNREADABLE)
        else:
            drafts = [draft for days in found.days if (draft := self._draft(cell, forum, days, found, month))]
            self._left_over(cell, found.rest if beside else "", drafts)

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
            self.drafts.doubt(cell, Doubtful.UNREADABLE)
            return
        weekday = found.weekdays[0] if found.weekdays else None
        self.drafts.add_rule(cell, forums, weekday=weekday, hours=found.clock)
        if re.search(r"\d", found.rest):
            self.drafts.doubt(cell, Doubtful.NOT_USED, found.rest)

    def _exceptions(self, cell: Cell, forums: tuple[str, ...], tail: str) -> None:
        """`13.05.24, mandag kl. 08.30-10.30`; several one after the other."""
        pieces = [
            piece for piece in re.split(r"[;()]|\bog\b(?=\s*\d+\.)|\band\b(?=\s*\d)", tail) if piece.strip(" .,:)")
        ]
        for piece in pieces:
            found = scan(piece)
            if len(found.days) != 1:
                self.drafts.doubt(cell, Doubtful.UNREADABLE, text=piece)
                continue
            day = found.days[0].last.on(None, self._only_year)
            weekday = found.weekdays[0] if found.weekdays else None
            self.drafts.add_rule(cell, forums, weekday=weekday, hours=found.clock, on=day)

    def _named_years(self, cell: Cell, years: tuple[int, ...]) -> None:
        if self._year is None:
            self._years = years
        elif self._year not in years:
            self.drafts.doubt(cell, Doubtful.OTHER_YEAR, str(self._year))

    @property
    def _only_year(self) -> int | None:
        return self._years[0] if len(self._years) == 1 else None


def _joined(row: Row) -> Cell:
    return Cell(" ".join(cell.text for cell in row), row[0].source)


def _label(text: str) -> Column | None:
    found = column_of(text)
    return found if found in (Column.PLACE, Column.HOST, Column.TIME) else None
