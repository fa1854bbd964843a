"""A plan in a Word document."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import partial
from typing import Any

from bot.plan.grid import MOST_COLUMNS, MOST_ROWS, Box, Grid, rows_of_grid
from domain.plan.meeting import Row
from domain.plan.text_table import rows_of_lines

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_AROUND = tuple(f"{_WORD}{name}" for name in ("sdt", "sdtContent", "ins", "customXml"))
"""What may lie around paragraphs, rows and cells: content controls, tracked insertions."""


def rows_of_word(content: bytes) -> list[Row]:
    """What stands in a Word document, its headers first. Tracked changes are read as if they were accepted."""
    import docx

    document = docx.Document(io.BytesIO(content))
    heads = [
        (f"header of section {n}", s.header._element)
        for n, s in enumerate(document.sections, 1)
        if not s.header.is_linked_to_previous
    ]
    rows: list[Row] = [row for source, head in heads for row in rows_of_lines((source, line) for line in _lines(head))]
    paragraphs = tables = 0
    lines: list[tuple[str, str]] = []
    for element in _blocks(document.element.body):
        if element.tag == f"{_WORD}p":
            paragraphs += 1
            lines += [(f"paragraph {paragraphs}", line) for line in _text(element).split("\n")]
            continue
        rows += rows_of_lines(lines)
        lines, tables = [], tables + 1
        rows += rows_of_grid(_grid(element), partial("table {}, row {}, column {}".format, tables))
    rows += rows_of_lines(lines)
    return rows


def _lines(element: Any) -> list[str]:
    return [line for paragraph in element.iter(f"{_WORD}p") for line in _text(paragraph).split("\n")]


def _blocks(body: Any) -> Iterator[Any]:
    """Paragraphs and tables in their order."""
    return _within(body, f"{_WORD}p", f"{_WORD}tbl")


def _within(element: Any, *tags: str) -> Iterator[Any]:
    """The children of these tags, not those of a table inside a table."""
    for child in element:
        if child.tag in tags:
            yield child
        elif child.tag in _AROUND:
            yield from _within(child, *tags)


def _text(element: Any) -> str:
    """The text with tracked changes as if they were accepted."""
    parts: list[str] = []
    for child in element:
        name = str(child.tag).removeprefix(_WORD)
        if name == "t":
            parts.append(child.text or "")
        elif name in ("tab", "br", "cr", "noBreakHyphen"):
            parts.append({"tab": "\t", "noBreakHyphen": "-"}.get(name, "\n"))
        elif name not in ("del", "moveFrom", "pPr", "rPr", "tbl") and not name.endswith("}AlternateContent"):
            parts.append(_text(child))
    return "".join(parts)


def _grid(table: Any) -> Grid:
    grid: Grid = []
    for row in list(_within(table, f"{_WORD}tr"))[:MOST_ROWS]:
        above, here = grid[-1] if grid else {}, dict[int, tuple[Box, bool]]()
        column = _number(row.find(f"{_WORD}trPr/{_WORD}gridBefore"), 0)
        for cell in _within(row, f"{_WORD}tc"):
            span = max(1, _number(cell.find(f"{_WORD}tcPr/{_WORD}gridSpan"), 1))
            merge = cell.find(f"{_WORD}tcPr/{_WORD}vMerge")
            continued = merge is not None and merge.get(f"{_WORD}val") != "restart" and column in above
            box = above[column][0] if continued else Box("\n".join(_lines(cell)).strip(), span)
            box.rows += continued
            here[column] = (box, continued)
            column += span
        grid.append(here)
    return grid


def _number(element: Any, otherwise: int) -> int:
    value = element.get(f"{_WORD}val", "") if element is not None else ""
    return min(int(value), MOST_COLUMNS) if value.isdigit() else otherwise
