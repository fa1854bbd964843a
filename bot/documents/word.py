"""Word documents from templates that the secretariat can change, rendered in a sandbox."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from docx.oxml.ns import qn
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import StrictUndefined, TemplateError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.documents.context import LOCALES, TEMPLATES, Context, DocumentError, Pictures, clean

LARGEST_TEMPLATE = 5_000_000
"""Bytes of a template as a file, and eight times as many when it is unpacked."""
_UNPACKED = 8 * LARGEST_TEMPLATE
WIDTH = Mm(165)
_TAG = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)
_MARKUP = re.compile(r"<[^>]*>")


def render_docx(
    kind: str, language: str, context: Context, pictures: Pictures | None = None, template: Path | None = None
) -> bytes:
    """The document as a Word file. Raises DocumentError when the template is not one that can be filled in."""
    source = template or TEMPLATES / f"{kind}.docx"
    try:
        document = DocxTemplate(io.BytesIO(_read(source)))
        filled = clean(context) | {"picture": _picture_of(document, pictures or {})}
        document.render(filled, _environment())
        _describe(document, language, str(filled.get("title", "")))
        _widen(document)
        written = io.BytesIO()
        document.save(written)
    except DocumentError:
        raise
    except Exception as exc:
        # Whatever is wrong with a file that somebody has edited is told as a sentence, never as a traceback.
        raise DocumentError(f"{source.name}: {_what(exc)}") from exc
    return written.getvalue()


_FILTERS = ("capitalize", "default", "first", "join", "last", "length", "lower", "title", "trim", "upper")
"""What a template may do with a text: nothing that lets participants' words be read as markup, or that grows."""


class _Sandbox(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        raise SecurityError(f"{operator} is not for templates")


def _environment() -> _Sandbox:
    environment = _Sandbox(autoescape=True, undefined=StrictUndefined)
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in _FILTERS}
    return environment


def _read(source: Path) -> bytes:
    """The template's bytes, once it is known to be a Word file of a bearable size."""
    try:
        if source.stat().st_size > LARGEST_TEMPLATE:
            raise DocumentError(f"{source.name}: larger than {LARGEST_TEMPLATE // 1_000_000} MB")
        content = source.read_bytes()
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > _UNPACKED:
                raise DocumentError(f"{source.name}: larger than {_UNPACKED // 1_000_000} MB when unpacked")
    except OSError as exc:
        raise DocumentError(f"{source.name}: cannot be read ({exc.strerror})") from exc
    except zipfile.BadZipFile as exc:
        raise DocumentError(f"{source.name}: is not a Word file (.docx)") from exc
    return content


class _Picture(InlineImage):  # type: ignore[misc]
    """A picture with its alternative text, which docxtpl has no word for."""

    def __init__(self, document: DocxTemplate, content: bytes, alt: str) -> None:
        super().__init__(document, io.BytesIO(content), width=WIDTH)
        self._alt = alt

    def _insert_image(self) -> str:
        drawn: str = super()._insert_image()
        alt = self._alt.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
        return re.sub(r"<wp:docPr ", lambda found: f'{found[0]}descr="{alt}" ', drawn, count=1)


def _picture_of(document: DocxTemplate, pictures: Pictures) -> Callable[[Mapping[str, Any]], _Picture | str]:
    def picture(shown: Mapping[str, Any]) -> _Picture | str:
        """What `{{ picture(chart) }}` puts in: the picture of that name, its description where there is none."""
        content = pictures.get(str(shown["name"]))
        return _Picture(document, content, str(shown["alt"])) if content else str(shown["alt"])

    return picture


def _describe(document: DocxTemplate, language: str, title: str) -> None:
    """Title and language, for those who have the document read aloud or proofread."""
    locale = LOCALES[language]
    properties = document.docx.core_properties
    properties.title, properties.language = title[:255], locale
    for marked in document.docx.styles.element.iter(qn("w:lang")):
        marked.set(qn("w:val"), locale)


NAMES = 0.25
"""The share of a wide table's first column, which bears the names."""


def _widen(document: DocxTemplate) -> None:
    """A table made of as many columns as the content has keeps the widths of its template: they are shared out anew."""
    for table in document.docx.tables:
        columns = table._tbl.tblGrid.gridCol_lst
        total = sum(column.w for column in columns)
        if not table.rows or sum(cell.width or 0 for cell in table.rows[0]._tr.tc_lst) <= total + len(columns):
            continue
        first = int(total * NAMES)
        for n, column in enumerate(columns):
            column.w = first if n == 0 else (total - first) // (len(columns) - 1)
        for row in table.rows:
            for cell, column in zip(row._tr.tc_lst, columns, strict=False):
                cell.width = column.w


def _what(exc: Exception) -> str:
    if isinstance(exc, SecurityError):
        return f"asks for something that a template may not do ({exc})"
    if isinstance(exc, TemplateError):
        near = _tags(getattr(exc, "docx_context", ()), getattr(exc, "lineno", None))
        return f"{exc.message or 'cannot be filled in'}{near}"
    return f"cannot be filled in ({type(exc).__name__}: {str(exc)[:120]})"


def _tags(lines: Any, line: int | None) -> str:
    """The tag at which a template's mistake stands, and its line."""
    tags = [tag for text in lines for tag in _TAG.findall(_MARKUP.sub("", text))]
    where = f" (line {line})" if line else ""
    return f", near {tags[len(tags) // 2][:80]}{where}" if tags else where
