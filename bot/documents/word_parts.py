"""What Word templates are made of: the house's style, head tables, tables that repeat a row, loops and conditions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

INK, SOFT, LINE, HEAD = "17212C", "52606D", "B8C4CF", "E6EFF7"
WIDTH = 165
"""Millimetres between the margins of an A4 page."""


def house() -> Any:
    """An empty document in the house's style: A4, one typeface, who and what in the head, pages in the foot."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm((210 - WIDTH) / 2)
    section.top_margin = section.bottom_margin = Mm(22)
    restyle(document, "Normal", 10.5, INK, after=4)
    restyle(document, "Heading 1", 19, INK, before=0, after=2)
    restyle(document, "Heading 2", 13, INK, before=14, after=4)
    restyle(document, "Header", 9, SOFT)
    restyle(document, "Footer", 9, SOFT)
    restyle(document, "List Bullet", 10.5, INK, after=2)
    note = document.styles.add_style("Note", WD_STYLE_TYPE.PARAGRAPH)
    note.base_style = document.styles["Normal"]
    note.font.color.rgb = RGBColor.from_string(SOFT)
    section.header.paragraphs[0].text = "{{ community }}"
    foot = section.footer.paragraphs[0]
    foot.paragraph_format.tab_stops.clear_all()
    foot.paragraph_format.tab_stops.add_tab_stop(Mm(WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    foot.add_run("{{ title }}\t{{ words.page }} ")
    _field(foot, "PAGE")
    foot.add_run(" / ")
    _field(foot, "NUMPAGES")
    document.core_properties.comments = document.core_properties.author = ""
    return document


def heading(document: Any, text: str, level: int = 2) -> None:
    document.add_heading(text, level)


def lines(document: Any, loop: str, text: str, style: str = "Normal") -> None:
    """A paragraph for each of a list: `loop` is `line in situation`."""
    document.add_paragraph(f"{{%p for {loop} %}}")
    document.add_paragraph(text, style)
    document.add_paragraph("{%p endfor %}")


def only_if(document: Any, condition: str) -> None:
    document.add_paragraph(f"{{%p if {condition} %}}")


def end_if(document: Any) -> None:
    document.add_paragraph("{%p endif %}")


def head_table(document: Any, rows: Sequence[tuple[str, str | Sequence[str]]]) -> None:
    """Names to the left, values to the right; a value of several paragraphs is given as a list."""
    table = grid(document, (38, WIDTH - 38))
    for name, value in rows:
        cells = table.add_row().cells
        write(cells[0], name, bold=True)
        shade(cells[0])
        write(cells[1], value)


def table(document: Any, widths: Sequence[int], headings: Sequence[str], loop: str, cells: Sequence[Any]) -> None:
    """One row for each of a list, below headings that come again on every page."""
    made = grid(document, widths)
    top = made.add_row()
    for cell, text in zip(top.cells, headings, strict=True):
        write(cell, text, bold=True)
        shade(cell)
    repeated = OxmlElement("w:tblHeader")
    top._tr.get_or_add_trPr().append(repeated)
    write(made.add_row().cells[0], f"{{%tr for {loop} %}}")
    for cell, text in zip(made.add_row().cells, cells, strict=True):
        write(cell, text)
    write(made.add_row().cells[0], "{%tr endfor %}")


def grid(document: Any, widths: Sequence[int]) -> Any:
    made = document.add_table(rows=0, cols=len(widths))
    made.style = "Table Grid"
    made.autofit = False
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Mm(width)
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        edge = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", LINE)):
            edge.set(qn(f"w:{name}"), value)
        borders.append(edge)
    made._tbl.tblPr.append(borders)
    return made


def write(cell: Any, content: Any, *, bold: bool = False) -> None:
    """A cell's paragraphs: texts, or pairs of a text and whether it is bold."""
    parts = [content] if isinstance(content, str) else content
    for n, part in enumerate(parts):
        text, strong = part if isinstance(part, tuple) else (part, bold)
        paragraph = cell.paragraphs[0] if n == 0 else cell.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(2)
        paragraph.add_run(text).bold = strong or None


def shade(cell: Any) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", HEAD)):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def restyle(document: Any, name: str, size: float, colour: str, *, before: float = 0, after: float = 0) -> None:
    style = document.styles[name]
    style.font.name, style.font.size = "Calibri", Pt(size)
    style.font.color.rgb = RGBColor.from_string(colour)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)


def _field(paragraph: Any, code: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run, text = OxmlElement("w:r"), OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)
