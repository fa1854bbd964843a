"""The trend of the last meetings as a PNG for a phone, on a light or a dark page.

One panel a figure, and a row of marks a level. The meetings stand at equal distances; where one was not held there is
a grey band and the line is broken. matplotlib comes in only when one is drawn.
"""

from __future__ import annotations

import io
import logging
import textwrap
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SCALE = 2.25
"""Pixels of the picture for each CSS pixel."""
COLOURS = 64
GAP = 0.4
"""Width of a meeting that was not held, as a share of one that was."""
LEFT, RIGHT, TOP, BOTTOM = 48, 4, 6, 62
NAME, LEVEL_ROW = 24, 24
"""CSS pixels: of a panel's name above it, and of each row of levels."""
TITLE, FIGURE, SMALL = 14, 13.5, 12
"""CSS pixels of letters. On the smallest phone the picture is shown at some 85 per cent."""
LONGEST_NAME = 34
ROOM_FOR_A_DATE = 38


@dataclass(frozen=True, slots=True)
class Line:
    """A figure at each meeting; None: nobody answered. `whole`: everybody asked has answered."""

    name: str
    values: tuple[int | None, ...]
    whole: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class LevelRow:
    """How many units reported a level at each meeting; `mark` is green, yellow or red."""

    mark: str
    name: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TrendChart:
    """`gaps` tells of each meeting whether one before it was not held; `size` is in CSS pixels."""

    title: str
    days: tuple[str, ...]
    gaps: tuple[bool, ...]
    lines: tuple[Line, ...]
    levels: tuple[LevelRow, ...]
    level_title: str
    notes: tuple[str, ...]
    size: tuple[int, int]
    dark: bool


@dataclass(frozen=True, slots=True)
class Palette:
    """Words and lines have a contrast to the paper of at least 4.5; a level's mark has its number beside it."""

    paper: str
    ink: str
    soft: str
    grid: str
    band: str
    lines: tuple[str, ...]
    green: str
    yellow: str
    red: str


LIGHT = Palette(
    *("#ffffff", "#17212c", "#52606d", "#d9dee5", "#e9edf1"),
    ("#005a9c", "#00694e", "#7a3a96"),
    *("#2e8b50", "#e5a900", "#c62f38"),
)
DARK = Palette(
    *("#1a222b", "#e8edf2", "#a8b5c2", "#33404d", "#29343f"),
    ("#8dc4f0", "#7dd39a", "#d7b0ec"),
    *("#45b06d", "#f0bf2e", "#ee5f68"),
)
MARKERS = ("o", "s", "D")
SHAPES = {"green": "o", "yellow": "s", "red": "D"}
"""As everywhere in the product: a level is told by its shape too."""


def png(chart: TrendChart) -> bytes:
    """The picture, with few enough colours that it comes at once to a phone."""
    from PIL import Image

    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        drawn = io.BytesIO()
        _figure(chart).savefig(drawn, format="png", dpi=100 * SCALE)
    few = Image.open(drawn).convert("RGB").quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    out = io.BytesIO()
    few.save(out, format="png", optimize=True)
    return out.getvalue()


def _figure(chart: TrendChart) -> Figure:
    from matplotlib.figure import Figure  # its own canvas is Agg: nothing of pyplot and its global state

    colours = DARK if chart.dark else LIGHT
    width, height = chart.size
    figure = Figure(figsize=(width / 100, height / 100), facecolor=colours.paper)
    drawn = _Drawing(figure, chart, colours, tuple(_places(chart.gaps)))
    levels = NAME + LEVEL_ROW * len(chart.levels) if chart.levels else 0
    panel = (height - TOP - BOTTOM - levels) / max(1, len(chart.lines))
    top, axes = float(TOP), None
    for number, line in enumerate(chart.lines):
        colour = colours.lines[number % len(colours.lines)]
        axes = drawn.panel(line.name, colour, top, panel - 4)
        _frame(axes, line, colours)
        _line(axes, line, drawn, colour, MARKERS[number % len(MARKERS)])
        top += panel
    if chart.levels:
        axes = drawn.panel(chart.level_title, colours.ink, top, levels)
        _levels(axes, drawn)
    if axes is not None:
        _dates(axes, drawn)
    notes = "\n".join(chart.notes)
    figure.text(8 / width, 6 / height, notes, size=_points(SMALL), color=colours.soft, va="bottom", parse_math=False)
    return figure


def _places(gaps: tuple[bool, ...]) -> Iterator[float]:
    """Where each meeting stands: one apart, with room for the bands."""
    at = 0.0
    for number, after_gap in enumerate(gaps):
        at += (1 if number else 0) + (GAP if after_gap else 0)
        yield at


def _points(css_pixels: float) -> float:
    """matplotlib's points, of which there are 72 to our 100 pixels."""
    return css_pixels * 0.72


@dataclass(frozen=True, slots=True)
class _Drawing:
    """What every panel shares: the figure, the colours, and where the meetings stand."""

    figure: Figure
    chart: TrendChart
    colours: Palette
    places: tuple[float, ...]

    @property
    def room(self) -> float:
        """CSS pixels from one meeting to the next."""
        return (self.chart.size[0] - LEFT - RIGHT) / (self.places[-1] - self.places[0] + 1)

    def panel(self, name: str, colour: str, top: float, high: float) -> Axes:
        """A panel with its name above it, `high` with the name; meetings that were not held are marked."""
        width, height = self.chart.size
        at = (LEFT / width, 1 - (top + high) / height, (width - LEFT - RIGHT) / width, (high - NAME) / height)
        axes = self.figure.add_axes(at)
        axes.set_xlim(self.places[0] - 0.5, self.places[-1] + 0.5)
        axes.set_xticks([])
        axes.patch.set_alpha(0)
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        axes.spines["bottom"].set_color(self.colours.grid)
        for place, after_gap in zip(self.places, self.chart.gaps, strict=True):
            if after_gap:
                middle = place - (1 + GAP) / 2
                band = middle - GAP / 2, middle + GAP / 2
                axes.axvspan(*band, color=self.colours.band, linewidth=0, zorder=0)
        short = textwrap.shorten(name, LONGEST_NAME, placeholder="…")
        above = 8 / width, 1 - (top + NAME - 7) / height, short
        self.figure.text(*above, size=_points(TITLE), weight="bold", color=colour, parse_math=False)
        return axes


def _frame(axes: Axes, line: Line, colours: Palette) -> None:
    """From 0, with room for the figure above the highest point."""
    from matplotlib.ticker import MaxNLocator

    highest = max((value for value in line.values if value is not None), default=0)
    axes.set_ylim(0, max(1, highest) * 1.42)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=3, integer=True))
    axes.grid(axis="y", color=colours.grid, linewidth=_points(1))
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", colors=colours.soft, labelsize=_points(SMALL), length=0, pad=_points(4))


def _line(axes: Axes, line: Line, drawn: _Drawing, colour: str, marker: str) -> None:
    places = drawn.places
    for stretch in _stretches(line.values, drawn.chart.gaps):
        values = [float(line.values[n] or 0) for n in stretch]
        axes.plot([places[n] for n in stretch], values, color=colour, linewidth=_points(2.4))
    for at, value, whole in zip(places, line.values, line.whole, strict=True):
        if value is None:
            continue
        [mark] = axes.plot([at], [value], marker, markersize=_points(7), color=colour, markeredgewidth=_points(2))
        mark.set_markerfacecolor(colour if whole else drawn.colours.paper)
        mark.set_clip_on(False)
        above = (0.0, _points(7))
        label = axes.annotate(str(value), (at, value), xytext=above, textcoords="offset points", ha="center")
        label.set(size=_points(FIGURE), weight="bold", color=colour)


def _stretches(values: tuple[int | None, ...], gaps: tuple[bool, ...]) -> Iterator[list[int]]:
    """Meetings that follow each other without one that was not held, or one without any answer, in between."""
    stretch: list[int] = []
    for number, (value, after_gap) in enumerate(zip(values, gaps, strict=True)):
        if stretch and (after_gap or value is None):
            yield stretch
            stretch = []
        if value is not None:
            stretch.append(number)
    if stretch:
        yield stretch


def _levels(axes: Axes, drawn: _Drawing) -> None:
    """How many units reported each level: a mark and its number, or a dot for none."""
    levels, colours = drawn.chart.levels, drawn.colours
    axes.set_ylim(len(levels) - 0.5, -0.5)
    axes.set_yticks(range(len(levels)), labels=[level.name for level in levels])
    axes.tick_params(axis="y", colors=colours.ink, labelsize=_points(SMALL), length=0, pad=_points(2))
    for row, level in enumerate(levels):
        shape, colour = SHAPES[level.mark], getattr(colours, level.mark)
        for at, count in zip(drawn.places, level.counts, strict=True):
            if count:
                axes.plot([at - 9.5 / drawn.room], [row], shape, markersize=_points(7.5), color=colour)
                beside = at - 3.5 / drawn.room, row, str(count)
                axes.text(*beside, size=_points(SMALL), va="center_baseline", color=colours.ink)
            else:
                axes.text(at, row, "·", size=_points(FIGURE), ha="center", va="center", color=colours.soft)


def _dates(axes: Axes, drawn: _Drawing) -> None:
    """Every date where there is room, else every second; the last one always."""
    places, days = drawn.places, drawn.chart.days
    every = 1 if drawn.room >= ROOM_FOR_A_DATE else 2
    shown = [n for n in range(len(places)) if (len(places) - 1 - n) % every == 0]
    axes.set_xticks([places[n] for n in shown], labels=[days[n] for n in shown])
    axes.tick_params(axis="x", colors=drawn.colours.soft, labelsize=_points(SMALL), length=0, pad=_points(5))
