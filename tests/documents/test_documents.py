"""Documents opened again by libraries: what was put in is there as it was written, in every format and language."""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader

from bot.documents.context import KINDS, POLICY, TEMPLATES, DocumentError, Format
from bot.documents.make_templates import MAKERS
from bot.documents.page import render_html
from bot.documents.pdf import render_pdf
from bot.documents.render import Order, render
from bot.documents.samples import SAMPLES
from bot.documents.word import render_docx
from dialogs.minutes_document import words
from dialogs.speech import Speech
from domain.community import LANGUAGES
from tests.builders import OSLO
from tests.documents.samples import LONG_WORD, NASTY, minutes


def docx_text(content: bytes) -> str:
    """Every paragraph, those of tables, head and foot included."""
    document: Any = Document(io.BytesIO(content))
    section = document.sections[0]
    roots = [document.element, section.header._element, section.footer._element]
    lines = []
    for paragraph in (p for root in roots for p in root.iter(qn("w:p"))):
        found = paragraph.iter(qn("w:t"), qn("w:br"))
        parts = [("\n" if part.tag == qn("w:br") else part.text or "") for part in found]
        lines.append("".join(parts))
    return "\n".join(lines)


def pdf_text(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._hidden = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._hidden = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text.append(data)


def page(content: bytes) -> _Page:
    read = _Page()
    read.feed(content.decode())
    return read


def html_text(content: bytes) -> str:
    return "\n".join(page(content).text)


READ: dict[Format, tuple[Callable[..., bytes], Callable[[bytes], str]]] = {
    Format.DOCX: (render_docx, docx_text),
    Format.PDF: (render_pdf, pdf_text),
    Format.HTML: (render_html, html_text),
}


def dense(text: str) -> str:
    """Without space: where a line is broken is the reader's business."""
    return re.sub(r"[\s\u200b\u00ad]+", "", text)


def picture() -> bytes:
    """A white PNG of one pixel."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0\xff")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", Format)
def test_a_document_says_what_it_was_given(kind: Format, language: str) -> None:
    draw, read = READ[kind]
    found = dense(read(draw("minutes", language, minutes(language))))
    headings = words(Speech(language, OSLO))
    for word in ("present", "absent", "chair", "secretary", "situation", "matters", "responsible", "decision", "due"):
        assert dense(headings[word]) in found, word
    for part in ("Kommunalsjef Larvik", "16 (+2)", "Larvik åpner fire plasser", "Vedtak 1", "01.12.2023", "Utkast"):
        assert dense(part) in found, part


@pytest.mark.parametrize("words_of_somebody", NASTY)
@pytest.mark.parametrize("kind", Format)
def test_what_participants_write_is_shown_and_never_interpreted(kind: Format, words_of_somebody: str) -> None:
    draw, read = READ[kind]
    found = read(draw("minutes", "nb", minutes(text=words_of_somebody)))
    assert dense(words_of_somebody) in dense(found)
    assert "49" not in found


@pytest.mark.parametrize(("kind", "language"), list(zip(Format, LANGUAGES, strict=True)))
def test_three_hundred_items_and_a_very_long_word_are_whole(kind: Format, language: str) -> None:
    draw, read = READ[kind]
    found = dense(read(draw("minutes", language, minutes(language, LONG_WORD, 300))))
    assert found.count("Enhet299") == 2
    assert found.count("Vedtak299") == 1
    assert LONG_WORD in re.sub(r"[^A-Za-z]", "", found)


@pytest.mark.parametrize("kind", Format)
def test_characters_that_no_document_can_hold_do_no_harm(kind: Format) -> None:
    draw, read = READ[kind]
    assert "abcd" in dense(read(draw("minutes", "nb", minutes(text="a\x00b\x0bc\ud800\ufffed"))))


@pytest.mark.parametrize("kind", Format)
def test_empty_lists_leave_no_empty_tables(kind: Format) -> None:
    draw, read = READ[kind]
    nothing: dict[str, list[str]] = {key: [] for key in ("totals", "units", "differences", "matters", "actions")}
    found = dense(read(draw("minutes", "nb", minutes() | nothing | {"next_meeting": ""})))
    assert dense("Det er ikke notert punkter eller vedtak.") in found
    assert dense("Det er ingen åpne tiltak.") in found
    assert "Saksnr" not in found
    assert dense("Ulike tall") not in found


@pytest.mark.parametrize(("language", "locale"), [("nb", "nb-NO"), ("nn", "nn-NO"), ("en", "en-GB")])
def test_each_format_says_which_language_it_is_in(language: str, locale: str) -> None:
    context = minutes(language)
    word: Any = Document(io.BytesIO(render_docx("minutes", language, context)))
    assert word.core_properties.language == locale
    assert {mark.get(qn("w:val")) for mark in word.styles.element.iter(qn("w:lang"))} == {locale}
    root: Any = PdfReader(io.BytesIO(render_pdf("minutes", language, context))).trailer["/Root"]
    assert str(root["/Lang"]).startswith(language)
    assert ("html", {"lang": language}) in page(render_html("minutes", language, context)).tags


def test_the_pdf_is_tagged_and_titled_and_its_pages_are_numbered() -> None:
    reader = PdfReader(io.BytesIO(render_pdf("minutes", "nb", minutes(count=40))))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert reader.metadata is not None
    assert reader.metadata.title == "Referat fra samhandlingsmøte 28.11.2023"
    assert len(reader.pages) > 1
    assert f"Side 2 / {len(reader.pages)}" in reader.pages[1].extract_text()
    for number, sheet in enumerate(reader.pages[:-1]):
        assert sheet.extract_text().startswith("Helsefellesskapet i Vestfold"), number


def test_the_word_document_has_headings_and_tables_whose_heads_come_again() -> None:
    word: Any = Document(io.BytesIO(render_docx("minutes", "nb", minutes())))
    [title] = [p.text for p in word.paragraphs if p.style.name == "Heading 1"]
    assert title == "Referat fra samhandlingsmøte 28.11.2023"
    assert len([p for p in word.paragraphs if p.style.name == "Heading 2"]) == 6
    repeated = [table for table in word.tables if table._tbl.findall(f".//{qn('w:tblHeader')}")]
    assert len(repeated) == len(word.tables) - 1  # all but the head table
    assert not [p for p in word.paragraphs if "{" in p.text]


def test_the_page_has_no_script_and_nothing_from_elsewhere() -> None:
    tags = page(render_html("minutes", "nb", minutes(text="<script>alert(1)</script>"))).tags
    assert not {tag for tag, _ in tags} & {"script", "link", "iframe", "object", "form"}
    assert not [attributes for _, attributes in tags if "href" in attributes or "onclick" in attributes]
    assert "script-src" not in POLICY
    assert POLICY.startswith("default-src 'none'")


# Templates


def test_every_kind_has_a_template_in_every_format_and_an_example() -> None:
    for kind in KINDS:
        for ending in ("docx", "typ", "html"):
            assert (TEMPLATES / f"{kind}.{ending}").is_file(), (kind, ending)
        for language in LANGUAGES:
            for form in Format:
                assert render(Order(form, kind, language, SAMPLES[kind](Speech(language, OSLO)))).content


@pytest.mark.parametrize("kind", KINDS)
def test_the_shipped_word_template_is_what_its_script_makes(kind: str) -> None:
    shipped: Any = Document(str(TEMPLATES / f"{kind}.docx"))
    assert shipped.element.xml == MAKERS[kind]().element.xml


def own(folder: Path, *paragraphs: str) -> Path:
    document: Any = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    file = folder / "minutes.docx"
    document.save(file)
    return file


def test_an_own_template_is_filled_in(tmp_path: Path) -> None:
    template = own(tmp_path, "Vårt referat: {{ title }}", "{%p for a in actions %}", "{{ a.owner }}", "{%p endfor %}")
    found = docx_text(render_docx("minutes", "nb", minutes(), template=template))
    assert "Vårt referat: Referat fra samhandlingsmøte 28.11.2023" in found
    assert found.count("Larvik") == 2


BROKEN = {
    "a name that does not exist": ("{{ titel }}", "titel"),
    "a tag that is not closed": ("{% for a in actions %}", "for"),
    "a tag that says nothing": ("{{ title title }}", "title title"),
    "an unknown filter": ("{{ title|safe }}", "safe"),
    "an unknown tag": ("{% hent alt %}", "hent"),
}
FORBIDDEN = {
    "classes": "{{ title.__class__.__mro__ }}",
    "the program's own names": "{{ picture.__globals__ }}",
    "formatting that reaches inside": "{{ '{0.__class__}'.format(title) }}",
    "changing what it was given": "{{ actions.append(1) }}",
    "growing without end": "{{ 'a' * 10000000000 }}",
    "reading files": "{% include '/etc/passwd' %}",
    "its own functions": "{{ range(3) }}",
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_mistake_in_an_own_template_is_one_sentence_that_says_where(tmp_path: Path, what: str) -> None:
    text, named = BROKEN[what]
    with pytest.raises(DocumentError) as told:
        render_docx("minutes", "nb", minutes(), template=own(tmp_path, "Først noe annet", text))
    assert str(told.value).startswith("minutes.docx: ")
    assert named in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("what", FORBIDDEN)
def test_an_own_template_can_do_no_more_than_show_what_it_is_given(tmp_path: Path, what: str) -> None:
    with pytest.raises(DocumentError):
        render_docx("minutes", "nb", minutes(), template=own(tmp_path, FORBIDDEN[what]))


def test_a_file_that_is_no_word_file_or_too_large_is_refused(tmp_path: Path) -> None:
    text, large = tmp_path / "tekst.docx", tmp_path / "stor.docx"
    text.write_text("Referat")
    large.write_bytes(b"PK" + bytes(5_000_001))
    with pytest.raises(DocumentError, match="is not a Word file"):
        render_docx("minutes", "nb", minutes(), template=text)
    with pytest.raises(DocumentError, match="larger than 5 MB"):
        render_docx("minutes", "nb", minutes(), template=large)
    with pytest.raises(DocumentError, match="cannot be read"):
        render_docx("minutes", "nb", minutes(), template=tmp_path / "borte.docx")


def test_with_a_broken_own_template_the_shipped_one_is_used_and_the_fault_told(tmp_path: Path) -> None:
    drawn = render(Order(Format.DOCX, "minutes", "nb", minutes(), template=own(tmp_path, "{{ titel }}")))
    assert "titel" in drawn.fault
    assert "Larvik åpner fire plasser" in docx_text(drawn.content)


# Pictures


def test_a_picture_stands_with_its_description_in_a_word_document(tmp_path: Path) -> None:
    template = own(tmp_path, "{{ picture(chart) }}", "{{ picture(lacking) }}")
    charts = {"chart": {"name": "trend", "alt": 'Opp & "ned" <3'}, "lacking": {"name": "ingen", "alt": "Mangler"}}
    drawn: Any = Document(io.BytesIO(render_docx("minutes", "nb", minutes() | charts, {"trend": picture()}, template)))
    [shape] = drawn.inline_shapes
    assert shape._inline.docPr.get("descr") == 'Opp & "ned" <3'
    assert "Mangler" in drawn.paragraphs[1].text
