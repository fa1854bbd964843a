"""Exported tables as files: CSV that a Norwegian Excel opens right, XLSX with typed cells, JSON as the HTTP interface.

Each is written piece by piece, so that a large one needs no more memory than a small one.
"""

from __future__ import annotations

import csv
import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import date, datetime, time
from io import TextIOWrapper
from typing import IO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from services.export import Cell, Export, Piece

FORMATS = ("csv", "json", "xlsx")
MOST_ROWS = 1_048_576
"""What a sheet holds, its header included."""
LONGEST_CELL = 32_767
WIDEST = 60
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


class TooManyRowsError(Exception):
    """More than a sheet holds."""


class Sheet(ABC):
    """A file that pieces are added to. Leaving it without `finish` leaves a broken file."""

    def __init__(self, file: IO[bytes], export: Export) -> None:
        self._file = file
        self._columns = export.columns
        self._name = export.name

    @abstractmethod
    def add(self, piece: Piece) -> None: ...

    @abstractmethod
    def finish(self) -> None: ...


class CsvSheet(Sheet):
    """Semicolons, decimal comma, SANN and USANN, UTF-8 with a byte order mark: as Excel in Norwegian reads it."""

    def __init__(self, file: IO[bytes], export: Export) -> None:
        super().__init__(file, export)
        self._text = TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
        self._rows = csv.writer(self._text, delimiter=";", lineterminator="\r\n")
        self._rows.writerow(self._columns)

    def add(self, piece: Piece) -> None:
        self._rows.writerows([as_csv(cell) for cell in row] for row in piece.rows)

    def finish(self) -> None:
        self._text.flush()
        self._text.detach()


def as_csv(cell: Cell) -> str:
    """One value as it stands in the CSV file."""
    match cell:
        case None:
            return ""
        case bool():
            return "SANN" if cell else "USANN"
        case float():
            return repr(cell).replace(".", ",")
        case int():
            return str(cell)
        case datetime():
            return f"{cell:%Y-%m-%d %H:%M:%S}"
        case date():
            return cell.isoformat()
        case time():
            return f"{cell:%H:%M}"
    # A spreadsheet must not take what a person wrote for a formula.
    return f"'{cell}" if cell.startswith(_FORMULA_SIGNS) else cell


class JsonSheet(Sheet):
    """One object with one list, an element on each line."""

    def __init__(self, file: IO[bytes], export: Export) -> None:
        super().__init__(file, export)
        self._before = f"{{{json.dumps(self._name)}: ["

    def add(self, piece: Piece) -> None:
        self._file.write(f"{self._before}\n{json.dumps(piece.json, ensure_ascii=False)}".encode())
        self._before = ","

    def finish(self) -> None:
        self._file.write((f"{self._before}]}}\n" if self._before != "," else "\n]}\n").encode())


class XlsxSheet(Sheet):
    """Typed cells under a header that stays in view and filters."""

    def __init__(self, file: IO[bytes], export: Export) -> None:
        super().__init__(file, export)
        self._book = Workbook(write_only=True)
        self._sheet = self._book.create_sheet(self._name)
        self._sheet.freeze_panes = "A2"
        self._widths = [len(column) + 4 for column in self._columns]
        self._count = 1
        self._waiting: list[Sequence[Cell]] = []
        self._begun = False

    def add(self, piece: Piece) -> None:
        for row in piece.rows:
            self._count += 1
            if self._count > MOST_ROWS:
                raise TooManyRowsError
            if self._begun:
                self._sheet.append([self._cell(cell) for cell in row])
                continue
            # The first rows decide how wide the columns are, which must stand before any row.
            self._waiting.append(row)
            if len(self._waiting) >= 200:
                self._begin()

    def finish(self) -> None:
        if not self._begun:
            self._begin()
        self._sheet.auto_filter.ref = f"A1:{get_column_letter(len(self._columns))}{self._count}"
        self._book.save(self._file)

    def _begin(self) -> None:
        self._begun = True
        for row in self._waiting:
            self._widths = [max(width, _width(cell)) for width, cell in zip(self._widths, row, strict=True)]
        for number, width in enumerate(self._widths, 1):
            self._sheet.column_dimensions[get_column_letter(number)].width = min(width, WIDEST)
        header = [WriteOnlyCell(self._sheet, column) for column in self._columns]
        for cell in header:
            cell.font = Font(bold=True)
        self._sheet.append(header)
        for row in self._waiting:
            self._sheet.append([self._cell(cell) for cell in row])
        self._waiting = []

    def _cell(self, value: Cell) -> Cell | SheetCell:
        match value:
            case str():
                cell = WriteOnlyCell(self._sheet, as_xlsx(value))
                cell.data_type = "s"  # never a formula, whatever it begins with
                return cell
            case datetime():
                return self._formatted(value, "yyyy-mm-dd hh:mm")
            case date():
                return self._formatted(value, "yyyy-mm-dd")
            case time():
                return self._formatted(value, "hh:mm")
        return value

    def _formatted(self, value: date | time, number_format: str) -> SheetCell:
        cell = WriteOnlyCell(self._sheet)
        cell.value = value
        cell.number_format = number_format
        return cell


def as_xlsx(text: str) -> str:
    """What a cell can hold of a text."""
    return ILLEGAL_CHARACTERS_RE.sub("\ufffd", text)[:LONGEST_CELL]


def _width(cell: Cell) -> int:
    return 18 if isinstance(cell, datetime) else len(str(cell)) + 2 if cell is not None else 0


SHEETS: dict[str, type[Sheet]] = {"csv": CsvSheet, "json": JsonSheet, "xlsx": XlsxSheet}
