"""The charts that a document names, drawn. For the worker alone."""

from __future__ import annotations

from bot import charts
from dialogs.chart import Chart


def chart_png(chart: Chart) -> bytes:
    """One panel; what it shows stands in the document above it, so it has no title of its own."""
    points = tuple(charts.Point(*point) for point in chart.points)
    return charts.png(
        charts.PeriodChart(
            title="",
            alt=chart.alt,
            lines=(charts.Line(chart.line, points),),
            dropped=tuple(chart.dropped),
            no_meeting=chart.no_meeting,
            note=chart.note,
            language=chart.language,
        )
    )
