"""What a document is drawn from, and the kinds and formats there are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

TEMPLATES = Path(__file__).parent / "templates"
KINDS = ("minutes", "report", "case", "notice", "forum_minutes")
"""Each has a template in every format: `templates/<kind>.docx`, `.typ` and `.html`."""

LOCALES = {"nb": "nb-NO", "nn": "nn-NO", "en": "en-GB"}

Context = Mapping[str, Any]
Pictures = Mapping[str, bytes]
"""PNG by name; a context names a picture by `name` and describes it by `alt`."""

_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Format(StrEnum):
    DOCX = "docx"
    PDF = "pdf"
    HTML = "html"


MEDIA_TYPES = {
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.PDF: "application/pdf",
    Format.HTML: "text/html",
}

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'"
"""The Content-Security-Policy that a document's page is served with: its own styles and pictures, nothing else."""


class DocumentError(Exception):
    """A document could not be drawn: one sentence that says what is wrong and where."""


def clean(value: Any) -> Any:
    """The same content without characters that XML cannot hold; tabs are spaces, lines end in one way."""
    if isinstance(value, str):
        return _UNPRINTABLE.sub("", value.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    if isinstance(value, Mapping):
        return {str(key): clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean(item) for item in value]
    return value


def own_template(folder: str, community: str, kind: str, language: str) -> Path | None:
    """`<folder>/<community>/<kind>.<language>.docx`, or the one for every language; None: the shipped one is used."""
    if not folder:
        return None
    mine = Path(folder) / community
    names = (f"{kind}.{language}.docx", f"{kind}.docx")
    return next((mine / name for name in names if (mine / name).is_file()), None)
