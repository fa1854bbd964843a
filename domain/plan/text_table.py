"""Pasted text and CSV to rows of cells: by tabs, bars or semicolons, or by columns that stand below each other."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from domain.plan.meeting import Cell, Row
from domain.plan.words import month_of

_CHUNK = re.compile(r"\S+(?: \S+)*")
_RULE = re.compile(r"^[\s|+\-=:_]+$")


class UnreadableTextError(Exception):
    """A CSV file that is none: the line, and what is wrong."""


def rows_of_csv(text: str) -> Iterator[Row]:
    """The rows of a CSV file, separated by what its first lines have most of. Raises UnreadableTextError."""
    text = text.removeprefix("\ufeff")
    head = text[:4000]
    delimiter = max(";,\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    try:
        for values in reader:
            yield row_of(values, f"line {line}")
            line = reader.line_num + 1
    except csv.Error as exc:
        raise UnreadableTextError(f"line {line}: cannot be read on from here ({exc})") from None


def rows_of_text(text: str) -> Iterator[Row]:
    """The lines of a text; those of a table as its cells."""
    lines = enumerate(text.removeprefix("\ufeff").splitlines(), start=1)
    return rows_of_lines((f"line {number}", line) for number, line in lines)


def rows_of_lines(lines: Iterable[tuple[str, str]]) -> Iterator[Row]:
    """The same for lines that have names of their own."""
    columns: Sequence[tuple[int, int]] = ()
    for source, line in lines:
        if not line.strip() or (_RULE.match(line) and len(line.strip()) > 2):
            continue
        if (separated := _separated(line)) is not None:
            yield row_of(separated, source)
            continue
        chunks = [(match.start(), match[0]) for match in _CHUNK.finditer(line)]
        months = [(at, at + len(chunk)) for at, chunk in chunks if month_of(chunk) is not None]
        if len(months) >= 3 and len(months) >= len(chunks) - 1:
            columns = months
        yield _aligned(chunks, columns, source) if columns else [Cell(line.strip(), source)]


def _separated(line: str) -> Sequence[str] | None:
    if "\t" in line:
        return line.split("\t")
    if line.count("|") >= 2:
        return line.strip().removeprefix("|").removesuffix("|").split("|")
    return line.split(";") if line.count(";") >= 2 and "(" not in line else None


def row_of(values: Sequence[str], source: str) -> list[Cell]:
    """The cells that are not empty. A line that is no table's is pointed at as a line."""
    filled = [(at, value.strip()) for at, value in enumerate(values) if value.strip()]
    if len(filled) == 1:
        return [Cell(value, source, at) for at, value in filled]
    return [Cell(value, f"{source}, column {at + 1}", at) for at, value in filled]


def _aligned(chunks: Sequence[tuple[int, str]], columns: Sequence[tuple[int, int]], source: str) -> list[Cell]:
    """Cells by the heading that they stand below. What stands below none, or two below one, is a line and no row."""
    line = [Cell(" ".join(text for _, text in chunks), source)]
    if len(chunks) == 1:
        return line
    cells = []
    for at, text in chunks:
        below = [n for n, (start, end) in enumerate(columns, start=1) if at < end and at + len(text) > start]
        if at < columns[0][0] and not below:
            below = [0]
        if len(below) != 1:
            return line
        cells.append(Cell(text, f"{source}, column {below[0] + 1}", below[0]))
    return cells if len({cell.column for cell in cells}) == len(cells) else line
