"""Draws the icons anew: `python -m manifest.icons`.

A speech bubble with the three levels. The colour icons are full squares, as Teams and Slack round the corners
themselves; the sign stands in the middle, which no mask cuts away. The outline is white on nothing, as Teams wants it.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

HERE = Path(__file__).parent
BLUE, WHITE, NOTHING = "#123e66", "#ffffff", "#ffffff00"
LEVELS = ("#2e8b50", "#d99a00", "#c62f38")
GRID = 32
"""The drawing is on a grid of so many units, whatever the size of the picture."""
FINER = 8
"""Drawn so many times larger and made smaller, which smooths the edges."""


class Pencil:
    def __init__(self, size: int, background: str) -> None:
        self._size = size
        self._unit = size * FINER / GRID
        self._image = Image.new("RGBA", (size * FINER, size * FINER), background)
        self._draw = ImageDraw.Draw(self._image)

    def bubble(
        self, left: float, top: float, right: float, bottom: float, tail: float, radius: float, ink: str
    ) -> None:
        """A rounded speech bubble whose tail reaches `tail` units below it."""
        self._draw.rounded_rectangle(self._box(left, top, right, bottom), radius * self._unit, fill=ink)
        foot = left + 0.2 * (right - left)
        self._draw.polygon(
            self._scaled(foot, bottom - radius, foot, bottom + tail, foot + 1.3 * tail, bottom), fill=ink
        )

    def dot(self, x: float, y: float, radius: float, ink: str) -> None:
        self._draw.ellipse(self._box(x - radius, y - radius, x + radius, y + radius), fill=ink)

    def save(self, file: Path) -> None:
        self._image.resize((self._size, self._size), Image.Resampling.BOX).save(file, optimize=True)

    def _box(self, left: float, top: float, right: float, bottom: float) -> list[float]:
        """In points; Pillow draws the last ones too."""
        left, top, right, bottom = self._scaled(left, top, right, bottom)
        return [left, top, right - 1, bottom - 1]

    def _scaled(self, *units: float) -> list[float]:
        return [unit * self._unit for unit in units]


def colour(size: int) -> Pencil:
    pencil = Pencil(size, BLUE)
    pencil.bubble(6, 7, 26, 21, 4.5, 3.5, WHITE)
    for x, ink in zip((11, 16, 21), LEVELS, strict=True):
        pencil.dot(x, 14, 1.9, ink)
    return pencil


def outline(size: int) -> Pencil:
    pencil = Pencil(size, NOTHING)
    pencil.bubble(3, 5, 29, 24, 5, 4.5, WHITE)
    pencil.bubble(5, 7, 27, 22, 3.2, 2.6, NOTHING)
    for x in (10.5, 16, 21.5):
        pencil.dot(x, 14.5, 1.8, WHITE)
    return pencil


def main() -> None:
    colour(192).save(HERE / "teams/color.png")
    outline(32).save(HERE / "teams/outline.png")
    colour(512).save(HERE / "slack/icon.png")


if __name__ == "__main__":
    main()
