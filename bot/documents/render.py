"""One document in one format: what the worker is asked to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.documents.chart import chart_png
from bot.documents.context import Context, DocumentError, Format, Pictures
from dialogs.chart import Chart


@dataclass(frozen=True, slots=True)
class Order:
    """`template` is the community's own Word template, if it has one; `charts` are drawn and become pictures."""

    format: Format
    kind: str
    language: str
    context: Context
    pictures: Pictures = field(default_factory=dict)
    charts: Sequence[Chart] = ()
    template: Path | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """`fault` says what is wrong with the community's own template; the shipped one was used then."""

    content: bytes
    fault: str = ""


def render(order: Order) -> Rendered:
    """Draws the document. The server asks for it by name, so what is heavy is imported where the drawing is done."""
    if order.charts:
        drawn = {chart.name: chart_png(chart) for chart in order.charts}
        order = replace(order, pictures={**order.pictures, **drawn}, charts=())
    what = order.kind, order.language, order.context, order.pictures
    match order.format:
        case Format.HTML:
            from bot.documents.page import render_html

            return Rendered(render_html(*what))
        case Format.PDF:
            from bot.documents.pdf import render_pdf

            return Rendered(render_pdf(*what))
        case Format.DOCX:
            return _word(order)


def _word(order: Order) -> Rendered:
    from bot.documents.word import render_docx

    what = order.kind, order.language, order.context, order.pictures
    try:
        return Rendered(render_docx(*what, order.template))
    except DocumentError as exc:
        if order.template is None:
            raise
        return Rendered(render_docx(*what), str(exc))
