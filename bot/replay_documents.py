"""The documents of a replay: each meeting's minutes, the period's report and the draft of its case."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.documents.chart import chart_png
from bot.documents.context import Format
from bot.documents.render import Order, render
from bot.replay_stage import RefusedError, Stage
from dialogs.router import document
from dialogs.speech import Speech

Write = Callable[[str, bytes], None]


async def write_document(stage: Stage, write: Write, kind: str, ids: Sequence[str], name: str) -> None:
    """Draws a document as it stands now, in the community's language and in every format; its charts once for all."""
    language = stage.community.language
    async with stage.store.read(stage.community.key) as work:
        found = await document(work, kind, ids, language, stage.clock.now())
    if found is None:
        raise RefusedError(f"{name} cannot be drawn")
    pictures = {chart.name: chart_png(chart) for chart in found.charts}
    for form in Format:
        write(f"{name}.{form}", render(Order(form, kind, language, found.context, pictures)).content)


def files_of(speech: Speech, name: str) -> list[tuple[str, str]]:
    """What each of a document's files is called, and where it lies."""
    return [(speech.say(f"report.form.{form}"), f"{name}.{form}") for form in Format]
