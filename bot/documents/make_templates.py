"""Makes the Word templates that are shipped: `python -m bot.documents.make_templates`.

The form is the community's own (head table, then number, text and responsible). What stands in double braces is filled
in for each document; `docs/documents.md` lists what there is. Styles are Word's own, so that they are changed as such.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph

from bot.documents.context import TEMPLATES
from bot.documents.word_parts import (
    INK,
    WIDTH,
    end_if,
    grid,
    head_table,
    heading,
    house,
    lines,
    only_if,
    restyle,
    shade,
    table,
    write,
)


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
    restyle(document, "Heading 3", 11, INK, before=10, after=3)
    heading(document, "{{ title }}", 1)
    document.add_paragraph("{{ state }}", "Note")
    facts = grid(document, (60, WIDTH - 60))
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
    write(made.add_row().cells[0], f"{{%tr for {loop} %}}")
    row = made.add_row().cells
    for n, (cell, text) in enumerate(zip(row, cells, strict=True)):
        write(cell, text, bold=n == 0)
    shade(row[0])
    write(made.add_row().cells[0], "{%tr endfor %}")


def _wide_table(document: Any) -> None:
    """As many columns as the content has, in smaller type; the headings come again on every page."""
    small = document.styles.add_style("Small", WD_STYLE_TYPE.PARAGRAPH)
    small.base_style, small.font.size = document.styles["Normal"], Pt(8.5)
    small.paragraph_format.space_after = Pt(0)
    gap = document.styles.add_style("Gap", WD_STYLE_TYPE.PARAGRAPH)
    gap.base_style, gap.font.size = document.styles["Normal"], Pt(6)
    made = grid(document, (45, 40, 40, 40))
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "40")  # twentieths of a point
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    made._tbl.tblPr.append(margins)
    _columns(made.add_row(), "{%tc for column in table.columns %}", "{{ column }}", head=True)
    write(made.add_row().cells[0], "{%tr for row in table.rows %}")
    _columns(made.add_row(), "{%tc for cell in row.cells %}", "{{ cell }}", head=False)
    write(made.add_row().cells[0], "{%tr endfor %}")
    for row in made.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for paragraph in (p for cell in row.cells for p in cell.paragraphs):
            paragraph.style = small


def _columns(row: Any, loop: str, text: str, *, head: bool) -> None:
    first, begin, each, end = row.cells
    write(begin, loop)
    write(each, text, bold=head)
    write(end, "{%tc endfor %}")
    if head:
        first._tc.getparent().remove(first._tc)
        shade(each)
        row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    else:
        write(first, "{{ row.name }}")


def case() -> Any:
    """Saksframlegg: date, one row of what the case is, background, conduct, experiences, proposal."""
    document = house()
    date = document.add_paragraph("{{ words.date }}: {{ date }}")
    date.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    table = grid(document, (32, 57, 32, 44))
    names = ("number", "forum", "kind", "handler")
    for texts, strong in (([f"{{{{ words.{n} }}}}" for n in names], True), ([f"{{{{ {n} }}}}" for n in names], False)):
        for cell, text in zip(table.add_row().cells, texts, strict=True):
            write(cell, text, bold=strong)
            if strong:
                shade(cell)
    heading(document, "{{ title }}", 1)
    document.styles["Heading 1"].paragraph_format.space_before = Pt(14)
    for part in ("background", "conduct", "experiences", "proposal"):
        heading(document, f"{{{{ words.{part} }}}}")
        lines(document, f"line in {part}", "{{ line }}")
    return document


def notice() -> Any:
    """Innkalling: to, theme, when and where, attachments; then a row for each case, as the papers have it."""
    document = house()
    heading(document, "{{ title }}", 1)
    document.add_paragraph("{{ state }}", "Note")
    only_if(document, "changes")
    heading(document, "{{ words.changed }}")
    lines(document, "line in changes", "{{ line }}", "List Bullet")
    end_if(document)
    papers = ("{%p for paper in attachments %}", "{{ paper.text }}", "{{ paper.link }}", "{%p endfor %}")
    head_table(
        document,
        (
            ("{{ words.to }}", "{{ to }}"),
            ("{{ words.theme }}", "{{ theme }}"),
            ("{{ words.place_and_date }}", ("{%p for line in place_and_date %}", "{{ line }}", "{%p endfor %}")),
            ("{{ words.attachments }}", papers),
            ("{{ words.chair }}", "{{ chair }}"),
            ("{{ words.secretary }}", "{{ secretary }}"),
        ),
    )
    only_if(document, "note")
    document.add_paragraph("{{ note }}").paragraph_format.space_before = Pt(8)
    end_if(document)
    heading(document, "{{ words.matters }}")
    table(
        document,
        (30, 98, 37),
        ("{{ words.number }}", "{{ words.matter }}", "{{ words.responsible }}"),
        "matter in matters",
        (
            ("{{ matter.number }}", *_if("matter.kind"), *_if("matter.papers")),
            (
                ("{{ matter.heading }}", True),
                "{%p for line in matter.lines %}",
                "{{ line }}",
                "{%p endfor %}",
                *_if("matter.proposal", "{{ matter.proposal_label }} {{ matter.proposal }}"),
            ),
            "{{ matter.responsible }}",
        ),
    )
    _proposals(document)
    return document


def _if(name: str, text: str = "") -> tuple[str, str, str]:
    """A cell's paragraph that is there when that text is."""
    return f"{{%p if {name} %}}", text or f"{{{{ {name} }}}}", "{%p endif %}"


def _proposals(document: Any) -> None:
    """What is proposed is set in italics, as the papers have it."""
    for element in document.element.iter(qn("w:p")):
        paragraph = Paragraph(element, document)
        if "proposal_label" in paragraph.text:
            for run in paragraph.runs:
                run.italic = True


def forum_minutes() -> Any:
    """Referat of an organ: who was there and who led, attachments; then a row for each case with what was concluded."""
    document = house()
    heading(document, "{{ title }}", 1)
    document.add_paragraph("{{ state }}", "Note")
    several = ("{%p for line in LIST %}", "{{ line }}", "{%p endfor %}")
    where, present, absent = (
        tuple(part.replace("LIST", name) for part in several) for name in ("place_and_date", "present", "absent")
    )
    papers = ("{%p for paper in attachments %}", "{{ paper.text }}", "{{ paper.link }}", "{%p endfor %}")
    head_table(
        document,
        (
            ("{{ words.meeting }}", "{{ meeting }}"),
            ("{{ words.place_and_date }}", where),
            ("{{ words.present }}", present),
            ("{{ words.absent }}", absent),
            ("{{ words.secretariat }}", "{{ secretariat }}"),
            ("{{ words.attachments }}", papers),
            ("{{ words.chair }}", "{{ chair }}"),
            ("{{ words.secretary }}", "{{ secretary }}"),
        ),
    )
    heading(document, "{{ words.matters }}")
    table(
        document,
        (30, 98, 37),
        ("{{ words.number }}", "{{ words.matter }}", "{{ words.responsible }}"),
        "matter in matters",
        (
            ("{{ matter.number }}", *_if("matter.kind"), *_if("matter.papers")),
            (
                ("{{ matter.heading }}", True),
                "{%p for line in matter.lines %}",
                "{{ line }}",
                "{%p endfor %}",
                *_if("matter.conclusion_label"),
                *_if("matter.conclusion"),
            ),
            "{{ matter.responsible }}",
        ),
    )
    _bold(document, "{{ matter.conclusion_label }}")
    return document


def _bold(document: Any, text: str) -> None:
    for element in document.element.iter(qn("w:p")):
        paragraph = Paragraph(element, document)
        if paragraph.text == text:
            for run in paragraph.runs:
                run.bold = True


MAKERS = {
    "minutes": minutes,
    "report": report,
    "case": case,
    "notice": notice,
    "forum_minutes": forum_minutes,
}
"""A kind of document → how its Word template is made."""


if __name__ == "__main__":
    for kind, make in MAKERS.items():
        make().save(TEMPLATES / f"{kind}.docx")
