"""Tables with merged cells, as Word and Excel have them, to rows of cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from domain.plan.meeting import Cell, Row

MOST_ROWS, MOST_COLUMNS = 2000, 100


@dataclass(slots=True)
class Box:
    """A cell of a grid, merged over so many columns and rows."""

    text: str
    span: int = 1
    rows: int = 1


Grid = list[dict[int, tuple[Box, bool]]]
"""For each row, by column: the box, and whether it began in a row above."""


def rows_of_grid(grid: Grid, source: Callable[[int, int], str]) -> Iterator[Row]:
    for number, row in enumerate(grid, start=1):
        if all(continued for _, continued in row.values()):
            continue  # nothing but the rest of what has been read
        yield [
            Cell(box.text, source(number, column + 1), column, box.span, box.rows)
            for column, (box, _) in sorted(row.items())
            if box.text
        ]
