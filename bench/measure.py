"""What the measurements share: figures taken round by round, ratios within a round, and how they are told.

The cases take turns in every round, so a machine that is busy with other things slows all of them; a ratio is taken
within a round, and the median ratio is the figure. Where only the product's own work counts it is counted in the
processor's time, which waiting for others does not touch.
"""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime


def machine() -> str:
    """The day and the machine, as they stand above every table."""
    return f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {platform.machine()}, {platform.python_version()}"


def told(figures: Sequence[float], form: str = ".1f") -> str:
    """The median, and between which figures it lies."""
    return f"{statistics.median(figures):{form}} ({min(figures):{form}}–{max(figures):{form}})"


def ratios(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """Round by round."""
    return [one / other for one, other in zip(above, below, strict=True)]


def row(*cells: object) -> str:
    """A row of a table of the README."""
    return "| " + " | ".join(map(str, cells)) + " |"


def table(head: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    return "\n".join((row(*head), "|" + "---|" * len(head), *(row(*cells) for cells in rows)))
