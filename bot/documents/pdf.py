"""PDF documents: tagged (PDF/UA), with their language, drawn by Typst from the same context."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory
from typing import Any

import matplotlib as mpl
import typst

from bot.documents.context import LOCALES, TEMPLATES, Context, DocumentError, Pictures, clean

_FONTS = Path(mpl.get_data_path()) / "fonts" / "ttf"
LONGEST_WORD = 24
"""Characters after which a word without a break may be broken: a line must not run out of the page."""
_UNBROKEN = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")
_PICTURE = re.compile(r"[a-z0-9_-]{1,80}")


def render_pdf(kind: str, language: str, context: Context, pictures: Pictures | None = None) -> bytes:
    """The document as PDF. What the context says reaches Typst as data, never as markup."""
    region = LOCALES[language].split("-")[1].lower()
    with TemporaryDirectory() as folder:
        room = Path(folder)
        for source in (f"{kind}.typ", "house.typ"):
            copy(TEMPLATES / source, room)
        drawn = sorted(name for name in pictures or {} if _PICTURE.fullmatch(name))
        for name in drawn:
            (room / f"{name}.png").write_bytes((pictures or {})[name])
        data = {"c": _breakable(clean(context)), "language": language, "region": region, "pictures": drawn}
        try:
            return bytes(
                typst.compile(
                    str(room / f"{kind}.typ"),
                    root=folder,
                    sys_inputs={"data": json.dumps(data)},
                    font_paths=[str(_FONTS)],
                    pdf_standards=["ua-1"],
                )
            )
        except typst.TypstError as exc:
            raise DocumentError(f"{kind}.typ: {exc.message}") from exc


def _breakable(value: Any) -> Any:
    """The same content, in which a very long word may be broken."""
    if isinstance(value, str):
        return _UNBROKEN.sub(_broken, value)
    if isinstance(value, Mapping):
        return {key: _breakable(item) for key, item in value.items()}
    return [_breakable(item) for item in value] if isinstance(value, list) else value


def _broken(found: re.Match[str]) -> str:
    word = found[0]
    return "\u200b".join(word[at : at + LONGEST_WORD] for at in range(0, len(word), LONGEST_WORD))
