"""What the columns of a table mean."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from domain.plan.meeting import Row
from domain.plan.words import month_of, plain, years_in


class Column(StrEnum):
    DATE = "date"
    WEEKDAY = "weekday"
    MONTH = "month"
    YEAR = "year"
    FORUM = "forum"
    TIME = "time"
    START = "start"
    END = "end"
    PLACE = "place"
    HOST = "host"
    OTHER = "other"


_NAMES = {
    Column.DATE: "dato datoer datoar møtedato møtedatoer dag/dato date dates dager dagar",
    Column.WEEKDAY: "dag ukedag vekedag weekday day",
    Column.MONTH: "måned månad month",
    Column.YEAR: "år year",
    Column.FORUM: "organ utvalg utval møte møteorgan forum møter møtetype nettverk organ/utvalg body committee meeting",
    Column.TIME: "tid klokkeslett klokkeslett/tid tidspunkt kl møtetid time times klokka når",
    Column.START: "start fra frå starttid begynner from",
    Column.END: "slutt til sluttid slutter end to",
    Column.PLACE: "sted stad møtested møtestad lokale møterom rom place location venue room where hvor kvar",
    Column.HOST: "vert vertskap vertskommune vertskommunen verter arrangør arrangørkommune host hosts",
    Column.OTHER: "merknad merknader kommentar kommentarer tema uke veke week nr sak saker ansvarleg note notes",
}
COLUMNS: Mapping[str, Column] = {name: column for column, names in _NAMES.items() for name in names.split()}


@dataclass(frozen=True, slots=True)
class Month:
    month: int
    year: int | None


@dataclass(slots=True)
class Matrix:
    """Organs down and months across, or the other way round (`forums` across)."""

    months: dict[int, Month] = field(default_factory=dict)
    forums: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class Listing:
    """A meeting a row; `month` is the last one that stood alone on a row."""

    columns: dict[int, Column]
    month: Month | None = None


def column_of(text: str) -> Column | None:
    return COLUMNS.get(plain(text).strip(" .:"))


def month_columns(row: Row) -> list[tuple[int, int, int | None]]:
    """Column, month and year of each heading that is a month, over all the columns that it is merged over."""
    return [
        (cell.column + offset, *found)
        for cell in row
        if (found := month_of(cell.text)) is not None
        for offset in range(cell.span)
    ]


def listing(row: Row) -> Listing | None:
    """The columns of a list, where the row is its heading."""
    columns = {cell.column: found for cell in row if (found := column_of(cell.text)) is not None}
    meaning = set(columns.values())
    named = len(columns) >= 2 and meaning & {Column.DATE, Column.MONTH, Column.WEEKDAY}
    if not named or len(columns) < len(row) - 2:
        return None
    if Column.DATE not in meaning and Column.WEEKDAY in meaning:
        # `Dag` alone heads the dates.
        columns = {at: Column.DATE if what is Column.WEEKDAY else what for at, what in columns.items()}
    return Listing(columns)


def only_years(row: Row) -> dict[int, int] | None:
    """Column → year, where a row says nothing but years: the heading above the months."""
    found: dict[int, int] = {}
    for cell in row:
        years = years_in(cell.text)
        if len(years) != 1 or not plain(cell.text).strip(" .:").isdigit():
            return None
        found |= {cell.column + offset: years[0] for offset in range(cell.span)}
    return found


def with_years(
    headings: Sequence[tuple[int, int, int | None]], above: Mapping[int, int], years: Sequence[int]
) -> dict[int, Month]:
    """Each month's year: its own, that of the heading above it, else on from the one before.

    Of two years in the heading of the whole the second begins where the months begin anew.
    """
    turns = any(later[1] < earlier[1] for earlier, later in itertools.pairwise(headings))
    year = years[0] if len(years) == 1 or (len(years) == 2 and turns) else None
    found: dict[int, Month] = {}
    before = 0
    for column, month, own in headings:
        given = own or _above(above, column)
        if given is not None:
            year = given
        elif year is not None and month < before:
            year += 1
        found[column] = Month(month, year)
        before = month
    return found


def _above(above: Mapping[int, int], column: int) -> int | None:
    """Without merged cells a year stands above its first month only."""
    return next((above[at] for at in sorted(above, reverse=True) if at <= column), None)
