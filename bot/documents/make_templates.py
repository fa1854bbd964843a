"""Makes the Word templates that are shipped: `python -m bot.documents.make_templates`.

The form is the community's own (head table, then number, text and responsible). What stands in double braces is filled
in for each document; `docs/documents.md` lists what there is. Styles are Word's own, so that they are changed as such.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from bot.documents.context import TEMPLATES

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
    _style(document, "Normal", 10.5, INK, after=4)
    _style(document, "Heading 1", 19, INK, before=0, after=2)
    _style(document, "Heading 2", 13, INK, before=14, after=4)
    _style(document, "Header", 9, SOFT)
    _style(document, "Footer", 9, SOFT)
    _style(document, "List Bullet", 10.5, INK, after=2)
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
    table = _table(document, (38, WIDTH - 38))
    for name, value in rows:
        cells = table.add_row().cells
        _write(cells[0], name, bold=True)
        _shade(cells[0])
        _write(cells[1], value)


def table(document: Any, widths: Sequence[int], headings: Sequence[str], loop: str, cells: Sequence[Any]) -> None:
    """One row for each of a list, below headings that come again on every page."""
    made = _table(document, widths)
    top = made.add_row()
    for cell, text in zip(top.cells, headings, strict=True):
        _write(cell, text, bold=True)
        _shade(cell)
    repeated = OxmlElement("w:tblHeader")
    top._tr.get_or_add_trPr().append(repeated)
    _write(made.add_row().cells[0], f"{{%tr for {loop} %}}")
    for cell, text in zip(made.add_row().cells, cells, strict=True):
        _write(cell, text)
    _write(made.add_row().cells[0], "{%tr endfor %}")


def _table(document: Any, widths: Sequence[int]) -> Any:
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


def _write(cell: Any, content: Any, *, bold: bool = False) -> None:
    """A cell's paragraphs: texts, or pairs of a text and whether it is bold."""
    parts = [content] if isinstance(content, str) else content
    for n, part in enumerate(parts):
        text, strong = part if isinstance(part, tuple) else (part, bold)
        paragraph = cell.paragraphs[0] if n == 0 else cell.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(2)
        paragraph.add_run(text).bold = strong or None


def _shade(cell: Any) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", HEAD)):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _style(document: Any, name: str, size: float, colour: str, *, before: float = 0, after: float = 0) -> None:
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


def minutes() -> Any:
    """Referat: who met, how things stood, what was said and decided by unit, what is to be done."""
    document = house()
    heading(document, "{{ title }}", 1)
    document.add_paragraph("{{ state }}", "Note")
    several = ("{%p for line in LIST %}", "{{ line }}", "{%p endfor %}")
    present, absent = (tuple(part.replace("LIST", name) for part in several) for name in ("present", "absent"))
    head_table(
        document,
        (
            ("{{ words.meeting }}", "{{ meeting }}"),
            ("{{ words.place_and_date }}", "{{ place_and_date }}"),
            ("{{ words.present }}", present),
            ("{{ words.absent }}", absent),
            ("{{ words.secretariat }}", "{{ secretariat }}"),
            ("{{ words.chair }}", "{{ chair }}"),
            ("{{ words.secretary }}", "{{ secretary }}"),
        ),
    )
    heading(document, "{{ words.situation }}")
    lines(document, "line in situation", "{{ line }}")
    only_if(document, "totals")
    heading(document, "{{ words.figures }}")
    table(
        document,
        (100, 65),
        ("{{ words.figure }}", "{{ words.total }}"),
        "row in totals",
        ("{{ row.name }}", "{{ row.value }}"),
    )
    end_if(document)
    only_if(document, "units")
    heading(document, "{{ words.units }}")
    table(
        document,
        (45, 32, 88),
        ("{{ words.unit }}", "{{ words.level }}", "{{ words.reported }}"),
        "row in units",
        ("{{ row.name }}", "{{ row.level }}", "{{ row.figures }}"),
    )
    end_if(document)
    only_if(document, "differences")
    heading(document, "{{ words.differences }}")
    lines(document, "line in differences", "{{ line }}", "List Bullet")
    end_if(document)
    heading(document, "{{ words.matters }}")
    only_if(document, "matters")
    table(
        document,
        (27, 103, 35),
        ("{{ words.number }}", "{{ words.matter }}", "{{ words.responsible }}"),
        "matter in matters",
        (
            ("{{ matter.number }}", "{{ matter.kind }}"),
            (
                ("{{ matter.heading }}", True),
                "{%p for point in matter.points %}",
                "{{ point }}",
                "{%p endfor %}",
                "{%p for decision in matter.decisions %}",
                "{{ words.decision }} {{ decision }}",
                "{%p endfor %}",
            ),
            "{{ matter.responsible }}",
        ),
    )
    end_if(document)
    only_if(document, "not matters")
    document.add_paragraph("{{ words.no_matters }}")
    end_if(document)
    heading(document, "{{ words.actions }}")
    only_if(document, "actions")
    table(
        document,
        (80, 45, 40),
        ("{{ words.action }}", "{{ words.owner }}", "{{ words.due }}"),
        "action in actions",
        ("{{ action.text }}", "{{ action.owner }}", ("{{ action.due }}", "{{ action.state }}")),
    )
    end_if(document)
    only_if(document, "not actions")
    document.add_paragraph("{{ words.no_actions }}")
    end_if(document)
    only_if(document, "next_meeting")
    document.add_paragraph("{{ next_meeting }}", "Note")
    end_if(document)
    return document


def report() -> Any:
    """The report of a period: its main figures, then section by section sentences, a chart, tables and bullets."""
    document = house()
    _style(document, "Heading 3", 11, INK, before=10, after=3)
    heading(document, "{{ title }}", 1)
    document.add_paragraph("{{ state }}", "Note")
    facts = _table(document, (60, WIDTH - 60))
    _loop(facts, "fact in facts", ("{{ fact.name }}", "{{ fact.value }}"))
    document.add_paragraph("{%p for section in sections %}")
    only_if(document, "section.below")
    heading(document, "{{ section.heading }}", 3)
    document.add_paragraph("{%p else %}")
    heading(document, "{{ section.heading }}", 2)
    end_if(document)
    lines(document, "line in section.lines", "{{ line }}")
    only_if(document, "section.chart")
    document.add_paragraph("{{ picture(section.chart) }}")
    end_if(document)
    document.add_paragraph("{%p for table in section.tables %}")
    _wide_table(document)
    document.add_paragraph("", "Gap")
    document.add_paragraph("{%p endfor %}")
    lines(document, "point in section.points", "{{ point }}", "List Bullet")
    document.add_paragraph("{%p endfor %}")
    return document


def _loop(made: Any, loop: str, cells: Sequence[str]) -> None:
    """One row for each of a list, the first cell its heading."""
    _write(made.add_row().cells[0], f"{{%tr for {loop} %}}")
    row = made.add_row().cells
    for n, (cell, text) in enumerate(zip(row, cells, strict=True)):
        _write(cell, text, bold=n == 0)
    _shade(row[0])
    _write(made.add_row().cells[0], "{%tr endfor %}")


def _wide_table(document: Any) -> None:
    """As many columns as the content has, in smaller type; the headings come again on every page."""
    small = document.styles.add_style("Small", WD_STYLE_TYPE.PARAGRAPH)
    small.base_style, small.font.size = document.styles["Normal"], Pt(8.5)
    small.paragraph_format.space_after = Pt(0)
    gap = document.styles.add_style("Gap", WD_STYLE_TYPE.PARAGRAPH)
    gap.base_style, gap.font.size = document.styles["Normal"], Pt(6)
    made = _table(document, (45, 40, 40, 40))
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "40")  # twentieths of a point
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    made._tbl.tblPr.append(margins)
    _columns(made.add_row(), "{%tc for column in table.columns %}", "{{ column }}", head=True)
    _write(made.add_row().cells[0], "{%tr for row in table.rows %}")
    _columns(made.add_row(), "{%tc for cell in row.cells %}", "{{ cell }}", head=False)
    _write(made.add_row().cells[0], "{%tr endfor %}")
    for row in made.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for paragraph in (p for cell in row.cells for p in cell.paragraphs):
            paragraph.style = small


def _columns(row: Any, loop: str, text: str, *, head: bool) -> None:
    first, begin, each, end = row.cells
    _write(begin, loop)
    _write(each, text, bold=head)
    _write(end, "{%tc endfor %}")
    if head:
        first._tc.getparent().remove(first._tc)
        _shade(each)
        row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    else:
        _write(first, "{{ row.name }}")


def case() -> Any:
    """Saksframlegg: date, one row of what the case is, background, conduct, experiences, proposal."""
    document = house()
    date = document.add_paragraph("{{ words.date }}: {{ date }}")
    date.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    table = _table(document, (32, 57, 32, 44))
    names = ("number", "forum", "kind", "handler")
    for texts, strong in (([f"{{{{ words.{n} }}}}" for n in names], True), ([f"{{{{ {n} }}}}" for n in names], False)):
        for cell, text in zip(table.add_row().cells, texts, strict=True):
            _write(cell, text, bold=strong)
            if strong:
                _shade(cell)
    heading(document, "{{ title }}", 1)
    document.styles["Heading 1"].paragraph_format.space_before = Pt(14)
    for part in ("background", "conduct", "experiences", "proposal"):
        heading(document, f"{{{{ words.{part} }}}}")
        lines(document, f"line in {part}", "{{ line }}")
    return document


MAKERS = {"minutes": minutes, "report": report, "case": case}
"""A kind of document → how its Word template is made."""


if __name__ == "__main__":
    for kind, make in MAKERS.items():
        make().save(TEMPLATES / f"{kind}.docx")
