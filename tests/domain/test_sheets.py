"""Exported files opened again: what went in comes out, as the type that it is."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator
from datetime import date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell as SheetCell

from bot.sheets import SHEETS, as_xlsx
from services.export import Cell, Export, Piece

PROPERTY = settings(deadline=None, max_examples=60)
COLUMNS = ("a", "b")
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")']

cells: st.SearchStrategy[Cell] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60),
    st.sampled_from(FORMULAS),
    st.dates(date(1990, 1, 1), date(2199, 12, 31)),
    st.datetimes(datetime(1990, 1, 1), datetime(2199, 12, 31)).map(lambda at: at.replace(microsecond=0)),  # noqa: DTZ001
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
)
tables = st.lists(st.tuples(cells.filter(lambda cell: cell is not None), cells), max_size=20)


async def nothing() -> AsyncIterator[Piece]:
    return
    yield


def written(form: str, rows: list[tuple[Cell, ...]], shown: object = None) -> bytes:
    file = io.BytesIO()
    sheet = SHEETS[form](file, Export("rounds", COLUMNS, nothing()))
    for row in rows:
        sheet.add(Piece({"row": len(row)}, (row,)))
    sheet.finish()
    return file.getvalue()


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


def plain(cell: Cell) -> str:
    """What a person would type."""
    match cell:
        case None:
            return ""
        case bool():
            return "SANN" if cell else "USANN"
        case float():
            return repr(cell).replace(".", ",")
        case datetime():
            return cell.isoformat(" ")
        case time():
            return cell.isoformat("minutes")
        case str():
            return cell
    return str(cell)


@given(tables)
@PROPERTY
def test_csv_says_what_went_in(rows: list[tuple[Cell, ...]]) -> None:
    data = written("csv", rows)
    assert data.startswith(b"\xef\xbb\xbfa;b\r\n")
    header, *read = read_csv(data)
    assert header == list(COLUMNS)
    assert [[value.removeprefix("'") for value in row] for row in read] == [
        [plain(cell).removeprefix("'") for cell in row] for row in rows
    ]


@given(st.text(max_size=40).map(lambda text: text.replace("\0", "")))
@PROPERTY
def test_no_text_of_a_csv_file_is_a_formula(text: str) -> None:
    [_, [cell, _]] = read_csv(written("csv", [(text, "x")]))
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_number_in_csv_stays_a_number_when_it_is_negative() -> None:
    assert read_csv(written("csv", [(-3, 7.5)]))[1] == ["-3", "7,5"]


@given(tables)
@PROPERTY
def test_xlsx_cells_have_their_type(rows: list[tuple[Cell, ...]]) -> None:
    sheet = load_workbook(io.BytesIO(written("xlsx", rows)))["rounds"]
    header, *read = list(sheet.iter_rows(max_col=2))
    assert [cell.value for cell in header] == list(COLUMNS)
    for found, row in zip(read, rows, strict=True):
        for cell, meant in zip(found, row, strict=True):
            match meant:
                case str():
                    assert cell.data_type in ("s", "inlineStr")
                    assert cell.value == meant
                case datetime() | time():
                    assert isinstance(cell, SheetCell)
                    assert cell.is_date
                    assert cell.value == meant
                case date():
                    assert isinstance(cell, SheetCell)
                    assert cell.is_date
                    assert isinstance(cell.value, datetime)
                    assert cell.value.date() == meant
                case bool():
                    assert cell.value is meant
                case _:
                    assert cell.value == (pytest.approx(meant) if isinstance(meant, float) else meant)


def test_a_sheet_keeps_its_header_in_view_and_filters_all_rows() -> None:
    rows: list[tuple[Cell, ...]] = [("a long text of some fifty characters, as they come", 1)] * 300
    sheet = load_workbook(io.BytesIO(written("xlsx", rows)))
    rounds = sheet["rounds"]
    assert rounds.freeze_panes == "A2"
    assert rounds.auto_filter.ref == "A1:B301"
    assert rounds["A1"].font.bold
    assert rounds.column_dimensions["A"].width > rounds.column_dimensions["B"].width


def test_an_empty_table_is_a_header() -> None:
    assert read_csv(written("csv", [])) == [list(COLUMNS)]
    assert load_workbook(io.BytesIO(written("xlsx", [])))["rounds"].max_row == 1
    assert json.loads(written("json", [])) == {"rounds": []}


def test_what_a_cell_cannot_hold_is_replaced_and_cut() -> None:
    assert as_xlsx("a\x00b") == "a\ufffdb"
    assert len(as_xlsx("a" * 40_000)) == 32_767


def test_json_is_one_object_with_a_list() -> None:
    assert json.loads(written("json", [("x", 1), ("y", 2)])) == {"rounds": [{"row": 2}, {"row": 2}]}
