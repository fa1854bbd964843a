"""A plan in an Excel workbook."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from babel.dates import get_month_names

from bot.plan.grid import MOST_COLUMNS, MOST_ROWS, Box, Grid, rows_of_grid
from domain.plan.meeting import Cell, Doubt, Doubtful, Row
from domain.plan.words import years_in


def rows_of_excel(content: bytes) -> tuple[list[Row], list[Doubt]]:
    """What stands in the sheets that are shown."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content))
    # A formula's value is only in the other reading of the file.
    values = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    rows: list[Row] = []
    doubts: list[Doubt] = []
    several = len(book.worksheets) > 1
    for sheet in book.worksheets:
        name = f"{sheet.title}!" if several else ""
        if sheet.sheet_state != "visible":
            doubts.append(Doubt(f"sheet {sheet.title}", sheet.title, Doubtful.HIDDEN))
            continue
        if years_in(sheet.title):
            rows.append([Cell(sheet.title, f"sheet {sheet.title}")])
        if sheet.max_row > MOST_ROWS or sheet.max_column > MOST_COLUMNS:
            most = f"{MOST_ROWS} rows and {MOST_COLUMNS} columns"
            doubts.append(Doubt(f"sheet {sheet.title}", sheet.dimensions, Doubtful.TOO_MANY, most))
        rows += rows_of_grid(_sheet_grid(sheet, values[sheet.title]), _cell_name(name))
    return rows, doubts


def _cell_name(sheet: str) -> Callable[[int, int], str]:
    from openpyxl.utils import get_column_letter

    return lambda row, column: f"{sheet}{get_column_letter(column)}{row}"


def _sheet_grid(sheet: Any, values: Any) -> Grid:
    grid: Grid = []
    limit = {"max_row": min(sheet.max_row, MOST_ROWS), "max_col": min(sheet.max_column, MOST_COLUMNS)}
    for row in sheet.iter_rows(**limit):
        here: dict[int, tuple[Box, bool]] = {}
        for cell in row:
            if cell.value is not None:
                value = cell.value
                if cell.data_type == "f":
                    value = values.cell(cell.row, cell.column).value or value
                here[cell.column - 1] = (Box(_written(value, cell.number_format)), False)
        grid.append(here)
    for merged in sheet.merged_cells.ranges:
        _merge(grid, merged.min_row - 1, merged.max_row - 1, merged.min_col - 1, merged.max_col - 1)
    return grid


def _merge(grid: Grid, top: int, bottom: int, left: int, right: int) -> None:
    if top >= len(grid) or left not in grid[top]:
        return
    box = grid[top][left][0]
    box.span, box.rows = right - left + 1, bottom - top + 1
    for row in grid[top + 1 : bottom + 1]:
        row.setdefault(left, (box, True))


def _written(value: object, number_format: str) -> str:
    """A cell's value as a secretariat would write it; a month as a month where only that is shown."""
    if isinstance(value, datetime):
        shown_as = number_format.lower()
        if "m" in shown_as and not any(part in shown_as for part in "dh"):
            return f"{get_month_names(locale='en')[value.month]} {value.year}"
        return f"{value:%Y-%m-%d}" + (f" {value:%H:%M}" if value.time() != time() else "")
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, timedelta):
        minutes = int(value.total_seconds()) // 60
        return f"{minutes // 60:02}:{minutes % 60:02}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
