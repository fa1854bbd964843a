"""The picture itself: small enough for Teams and a phone, on light and on dark paper, whatever the figures are."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.trend_chart import DARK, LIGHT, LevelRow, Line, Palette, TrendChart, _stretches, png

EIGHT = tuple(f"{day}.12." for day in range(1, 9))
WHOLE = (True,) * 8
CHART = TrendChart(
    title="Utvikling",
    days=EIGHT,
    gaps=(False, False, False, True, False, False, False, False),
    lines=(
        Line("Overliggere", (16, 18, 28, 21, 34, 31, 21, 22), WHOLE),
        Line("Ledige korttidsplasser", (21, 14, None, 14, 4, 6, 10, 15), (True, False, *WHOLE[2:])),
        Line("Ledige ØHD-/KAD-plasser", (6, 7, 12, 6, 4, 8, 11, 14), WHOLE),
    ),
    levels=tuple(LevelRow(mark, mark, tuple(range(8))) for mark in ("red", "yellow", "green")),
    level_title="Enheter etter nivå",
    notes=("Grått felt: Et møte ble ikke holdt.", "Åpent merke: Noen har ikke svart."),
    size=(320, 452),
    dark=False,
)


def drawn(chart: TrendChart) -> Image.Image:
    return Image.open(io.BytesIO(png(chart))).convert("RGB")


def hexed(pixel: tuple[int, int, int]) -> str:
    return "#" + "".join(f"{part:02x}" for part in pixel)


def contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted((light(one), light(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_teams_takes_it_and_a_phone_has_it_at_once(dark: bool) -> None:
    image = png(replace(CHART, dark=dark))
    width, height = Image.open(io.BytesIO(image)).size
    assert (width, height) == (720, 1017)  # Teams takes 1024 each way
    assert len(image) <= 60_000


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_it_lies_on_its_own_paper_and_every_word_can_be_read_there(palette: Palette) -> None:
    image = drawn(replace(CHART, dark=palette is DARK))
    assert hexed(image.getpixel((2, 2))) == palette.paper  # type: ignore[arg-type]
    for colour in (palette.ink, palette.soft, *palette.lines):
        assert contrast(colour, palette.paper) >= 4.5, colour


def test_every_figure_changes_the_picture() -> None:
    image = drawn(CHART)
    [first, *rest] = CHART.lines
    assert drawn(replace(CHART, lines=(replace(first, values=(17, *first.values[1:])), *rest))) != image
    assert drawn(replace(CHART, lines=(replace(first, whole=(False, *WHOLE[1:])), *rest))) != image
    assert drawn(replace(CHART, gaps=(False,) * 8)) != image
    assert drawn(replace(CHART, levels=(replace(CHART.levels[0], counts=(9,) * 8), *CHART.levels[1:]))) != image


def test_a_level_is_told_by_its_shape_too() -> None:
    """With every colour the same, one level in the place of another still looks different."""
    one = replace(CHART, levels=(LevelRow("red", "", (3,) * 8),))
    grey = [drawn(replace(one, levels=(replace(one.levels[0], mark=mark),))).convert("L") for mark in ("red", "green")]
    edges = [image.point(lambda value: 255 if value > 240 else 0) for image in grey]
    assert edges[0] != edges[1]


@settings(max_examples=40)
@given(st.data())
def test_a_line_is_broken_where_nobody_answered_or_no_meeting_was_held(data: st.DataObject) -> None:
    values = tuple(data.draw(st.lists(st.none() | st.integers(0, 9), min_size=8, max_size=8)))
    gaps = tuple(data.draw(st.lists(st.booleans(), min_size=8, max_size=8)))
    stretches = list(_stretches(values, gaps))
    assert [n for stretch in stretches for n in stretch] == [n for n, value in enumerate(values) if value is not None]
    for stretch in stretches:
        assert all(b == a + 1 and not gaps[b] for a, b in pairwise(stretch))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_whatever_the_figures_are_it_is_drawn(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 8))
    figures = st.lists(st.none() | st.integers(0, 1_000_000), min_size=count, max_size=count).map(tuple)
    flags = st.lists(st.booleans(), min_size=count, max_size=count).map(tuple)
    lines = data.draw(
        st.lists(st.builds(Line, st.text(st.sampled_from("aå $\\_^{}%&"), max_size=80), figures, flags), max_size=3)
    )
    levels = tuple(LevelRow(m, m, (data.draw(st.integers(0, 99)),) * count) for m in ("red", "yellow", "green"))
    chart = replace(
        CHART,
        days=EIGHT[:count],
        gaps=data.draw(flags),
        lines=tuple(lines),
        levels=data.draw(st.sampled_from([levels, ()])),
    )
    assert len(png(chart)) <= 60_000


def test_nothing_of_matplotlibs_state_is_touched() -> None:
    code = "import sys, json, bot.trend_chart; print(json.dumps([n for n in sys.modules if 'matplotlib' in n]))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert json.loads(found.stdout) == []
