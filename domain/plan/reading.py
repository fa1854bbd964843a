"""Reads a plan: tables of cells, and the lines beside them, to meetings and doubts.

Understood are the matrix of organs by month (either way round), the list of a meeting a row, and lines that bear a date
and an organ; below them the common weekday, times per organ, and exceptions. What is not certain gives a doubt, and
where it is the date or the organ that is not certain, no meeting.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from domain.community import Community
from domain.plan.drafts import Draft, Drafts
from domain.plan.forums import Forums
from domain.plan.layout import Column, Listing, Matrix, Month, column_of, listing, month_columns, only_years, with_years
from domain.plan.lines import Lines, joined
from domain.plan.meeting import Cell, Doubtful, ReadPlan, Row
from domain.plan.words import (
    Scan,
    hours_of,
    is_cancelled,
    is_nothing,
    is_unsettled,
    month_of,
    scan,
    years_in,
)

MOST_ROWS, MOST_CELLS = 20_000, 200_000
LONGEST_CELL, LONGEST_LINE = 500, 2000


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
        self.drafts = Drafts(community)
        self._forums = Forums(community.forums)
        self._forum = forum
        self._lines = Lines(self.drafts, self._forums, year, forum)
        self._above: Mapping[int, int] = {}
        self._matrix: Matrix | None = None
        self._listing: Listing | None = None
        self._open: dict[int, list[Draft]] = {}  # by column: what rows of places and hosts below belong to

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
            self._lines.loose_row(fitting)

    def _heading(self, row: Row) -> bool:
        """Takes a row that says what the rows below are."""
        if (above := only_years(row)) is not None:
            self._above, self._matrix, self._listing = above, None, None
            if len(set(above.values())) == 1:
                self._lines.named_years(row[0], tuple(set(above.values())))
            return True
        months = month_columns(row)
        if len(months) >= 2 and len(months) >= len(row) - 2:
            beside = [years_in(cell.text) for cell in row if month_of(cell.text) is None]
            years = next((found for found in beside if len(found) == 1), self._lines.years)
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
            self._listing.month = Month(month[0], month[1] or self._lines.only_year)
            return True
        if self._matrix is not None and (cell.column or self._forums.in_cell(cell.text)):
            return not cell.column
        if self._matrix is None and self._listing is not None and cell.column:
            return False
        if self._matrix is not None and self._matrix.forums and month is not None:
            return True
        self._lines.read(cell)
        return True

    # Tables

    def _organ_row(self, matrix: Matrix, row: Row) -> None:
        named = [cell for cell in row if cell.column not in matrix.months]
        dated = [cell for cell in row if cell.column in matrix.months]
        if not dated:
            self._lines.read(joined(row))
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
            self.drafts.doubt(label or dated[0], why, text=joined(row).text)

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
            self._lines.read(joined(row))
            return
        head, (month, own) = found
        if own is not None:
            self._lines.years = (own,)
        for cell in row:
            if cell is head or is_nothing(cell.text):
                continue
            if cell.column in matrix.forums and cell.span == 1 and cell.rows == 1:
                self._dates(cell, matrix.forums[cell.column], Month(month, own or self._lines.only_year))
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
        drafts = [draft for days in found.days if (draft := self._lines.draft(cell, forum, days, found, month))]
        self._lines.left_over(cell, found.rest, drafts)
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
        drafts = [draft for days in found.days if (draft := self._lines.draft(day, forum, days, found, month))]
        for draft in drafts:
            for what, cells in by_column.items():
                for cell in cells:
                    self._attribute(draft, what, cell)
        self._lines.left_over(day, found.rest, drafts)

    def _month_of(self, listing: Listing, by_column: Mapping[Column, Sequence[Cell]]) -> Month | None:
        """From the columns of month and year; a month that is merged or left out is the one above."""
        for cell in by_column.get(Column.MONTH, ()):
            if (found := month_of(cell.text)) is not None:
                year = found[1] or (listing.month.year if listing.month else None) or self._lines.only_year
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
                self._lines.years = years[:1]
        return listing.month

    def _no_date(self, row: Row, by_column: Mapping[Column, Sequence[Cell]]) -> None:
        """A row of a list without a date: a doubt where it names an organ, else a line."""
        if any(self._forums.in_cell(cell.text) for cell in by_column.get(Column.FORUM, ())):
            self.drafts.doubt(row[0], Doubtful.UNSETTLED, text=joined(row).text)
        elif not by_column.get(Column.MONTH):
            self._lines.read(joined(row))

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


def _label(text: str) -> Column | None:
    found = column_of(text)
    return found if found in (Column.PLACE, Column.HOST, Column.TIME) else None
