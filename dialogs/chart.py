"""A chart that a document names: what is drawn, and the same in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Chart:
    """One figure over the meetings. A point is a day, its figure, and whether everybody asked had answered.

    `dropped` are days without their meeting. All texts are final, in `language`.
    """

    name: str
    alt: str
    line: str
    points: Sequence[tuple[date, int | None, bool]]
    dropped: Sequence[date]
    no_meeting: str
    note: str
    language: str
