"""A community's own Word templates: where they lie, the default to start from, and whether they can be filled in."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from bot.documents.context import KINDS, TEMPLATES, DocumentError
from bot.documents.samples import SAMPLES
from bot.documents.word import render_docx
from dialogs.speech import Speech
from domain.community import LANGUAGES, Community


def default_template(kind: str, speech: Speech) -> bytes:
    """The shipped template with its headings in words, to be changed in Word."""
    document: Any = Document(str(TEMPLATES / f"{kind}.docx"))
    words = SAMPLES[kind](speech)["words"]
    parts = [document.element, *(part._element for part in (s.header for s in document.sections))]
    for root in [*parts, *(s.footer._element for s in document.sections)]:
        for text in root.iter(qn("w:t")):
            for name, word in words.items():
                text.text = (text.text or "").replace(f"{{{{ words.{name} }}}}", word)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


@dataclass(frozen=True, slots=True)
class Examined:
    """An own template, and what is wrong with it; empty: it can be filled in."""

    file: Path
    fault: str


def examine_own(folder: str, communities: Sequence[Community]) -> Iterator[Examined]:
    """Fills every own template in with an example."""
    for community in communities:
        mine = Path(folder) / community.key
        for file in sorted(mine.glob("*.docx")):
            if not file.name.startswith("~$"):  # Word's own mark of a file that is open
                yield Examined(file, _fault(file, community))


def _fault(file: Path, community: Community) -> str:
    kind, _, language = file.stem.partition(".")
    if kind not in KINDS or (language and language not in LANGUAGES):
        names = ", ".join(f"{kind}.docx" for kind in KINDS)
        return f"{file.name}: is not read; accepted: {names}, or with a language as {KINDS[0]}.nn.docx"
    speech = Speech(language or community.language, community.zone)
    try:
        render_docx(kind, speech.language, SAMPLES[kind](speech), template=file)
    except DocumentError as exc:
        return str(exc)
    return ""
