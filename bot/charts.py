"""Charts of a period as PNG. matplotlib comes in only when one is drawn."""

from __future__ import annotations

import io
import logging
import struct
import textwrap
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from babel import Locale
from babel.dates import format_skeleton

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, SOFT, GRID, BAND = "#1b2430", "#55606e", "#d9dee5", "#eef1f4"
STYLES = (("#005a9c", "o"), ("#a84300", "s"), ("#00694e", "D"), ("#7a3a96", "^"), ("#7a5600", "v"))
"""Colour and marker of the lines; each colour has a contrast to white of more than 4.5."""

INCHES, DPI = 7.2, 150
MOST_TICKS, MOST_WRITTEN = 10, 16
"""Dates on the axis, and meetings up to which every figure is written at its point."""
_ENGLISH = {"en": "en_GB"}


@dataclass(frozen=True, slots=True)
class Point:
    """A total at a meeting. None: nobody has answered. `complete`: everybody who is asked has."""

    day: date
    value: int | None
    complete: bool


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    points: tuple[Point, ...]  # by day


@dataclass(frozen=True, slots=True)
class PeriodChart:
    """One panel a line, over the same time and on the same scale. `dropped` are days without their meeting."""

    title: str
    alt: str
    lines: tuple[Line, ...]
    dropped: tuple[date, ...]
    no_meeting: str
    note: str
    language: str


def png(chart: PeriodChart) -> bytes:
    # What matplotlib has to say of its font cache or of a glyph that is missing is of no use to who plays a period.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        figure = _figure(chart)
        out = io.BytesIO()
        metadata: Mapping[str, str | None] = {"Title": chart.title, "Description": chart.alt, "Software": None}
        figure.savefig(out, format="png", dpi=DPI, metadata=dict(metadata))
    return out.getvalue()


def size(image: bytes) -> tuple[int, int]:
    """Width and height of a PNG in pixels."""
    width, height = struct.unpack(">II", image[16:24])
    return width, height


def _figure(chart: PeriodChart) -> Figure:
    from matplotlib.figure import Figure  # its own canvas is Agg: nothing of pyplot and its global state
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    rows = max(1, len(chart.lines))
    layout = ConstrainedLayoutEngine(w_pad=0.14, h_pad=0.1)
    figure = Figure(figsize=(INCHES, 1.2 + 1.85 * rows), layout=layout, facecolor="white")
    figure.suptitle(
        textwrap.fill(chart.title, 62), x=0.012, ha="left", size=12.5, weight="bold", color=INK, parse_math=False
    )
    highest = max((p.value for line in chart.lines for p in line.points if p.value is not None), default=0)
    panels = [figure.add_subplot(rows, 1, n + 1) for n in range(rows)]
    for number, (axes, line) in enumerate(zip(panels, chart.lines, strict=False)):
        colour, marker = STYLES[number % len(STYLES)]
        _frame(axes, highest)
        _dates(axes, chart, line, named=axes is panels[-1])
        _gaps(axes, chart, [point.day for point in line.points])
        _draw(axes, chart, line, colour, marker)
        name = textwrap.fill(line.name, 70)
        axes.set_title(name, loc="left", size=11.5, weight="bold", color=colour, parse_math=False)
    if chart.note:
        figure.supxlabel(chart.note, x=0.012, ha="left", size=9.5, color=SOFT, parse_math=False)
    return figure


def _frame(axes: Axes, highest: int) -> None:
    """The same scale in every panel, from 0, with room for the figure above the highest point."""
    from matplotlib.ticker import MaxNLocator

    axes.set_ylim(0, max(1, highest) * 1.28)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(SOFT)
    axes.tick_params(colors=SOFT, labelsize=9.5, length=0)


def _dates(axes: Axes, chart: PeriodChart, line: Line, *, named: bool) -> None:
    """The meetings' dates where they lie in time; the year at the first and where it changes."""
    days = [point.day for point in line.points]
    if not days:
        return
    every = -(-len(days) // MOST_TICKS)
    shown = days[::every]
    labels = [_label(day, before, chart.language) for before, day in pairwise([None, *shown])] if named else []
    axes.set_xticks([day.toordinal() for day in shown], labels=labels or [""] * len(shown))
    room = max(2.0, (days[-1] - days[0]).days * 0.04)
    axes.set_xlim(days[0].toordinal() - room, days[-1].toordinal() + room)


def _label(day: date | None, before: date | None, language: str) -> str:
    if day is None:
        return ""
    locale = Locale.parse(_ENGLISH.get(language, language))
    text = str(format_skeleton("MMMd", day, locale=locale))
    return text if before is not None and before.year == day.year else f"{text}\n{day.year}"


def _gaps(axes: Axes, chart: PeriodChart, days: Sequence[date]) -> None:
    """A day without its meeting is a gap in the line, marked and named: it is not a zero."""
    height = axes.get_ylim()[1]
    half = 0.42 * min(((later - day).days for day, later in pairwise(days)), default=7)
    for day in chart.dropped:
        axes.axvspan(day.toordinal() - half, day.toordinal() + half, color=BAND, linewidth=0, zorder=0)
        if len(chart.dropped) <= 3:
            at = (day.toordinal(), height * 0.5)
            label = f"{_label(day, day, chart.language)}\n{chart.no_meeting}"
            axes.text(*at, label, ha="center", va="center", size=8.5, color=SOFT, parse_math=False)


def _draw(axes: Axes, chart: PeriodChart, line: Line, colour: str, marker: str) -> None:
    for stretch in _stretches(line.points, chart.dropped):
        days, values = [p.day.toordinal() for p in stretch], [p.value for p in stretch]
        axes.plot(
            days, [float(v) for v in values if v is not None], color=colour, linewidth=2.2, solid_capstyle="round"
        )
    for point in line.points:
        if point.value is None:
            continue
        at = point.day.toordinal()
        face = colour if point.complete else "white"
        axes.plot(
            [at], [point.value], marker=marker, markersize=7, color=colour, markerfacecolor=face, markeredgewidth=2
        )
        if len(line.points) <= MOST_WRITTEN:
            axes.annotate(
                str(point.value),
                (at, point.value),
                xytext=(0, 7),
                textcoords="offset points",
                ha="center",
                size=10,
                weight="bold",
                color=colour,
            )


def _stretches(points: Sequence[Point], dropped: Sequence[date]) -> Iterator[list[Point]]:
    """Meetings that follow each other without a dropped one, or one without any answer, in between."""
    stretch: list[Point] = []
    for point in points:
        broken = bool(stretch) and any(stretch[-1].day < day < point.day for day in dropped)
        if stretch and (broken or point.value is None):
            yield stretch
            stretch = []
        if point.value is not None:
            stretch.append(point)
    if stretch:
        yield stretch
