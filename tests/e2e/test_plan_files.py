"""Files as secretariats have them: Word, Excel, CSV, calendar and text; and those that are refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.plan.files import LARGEST_FILE, PlanFileError, open_plan, rows_in
from domain.plan.meeting import Doubtful, Meeting, ReadPlan
from domain.plan.reading import read_plan
from tests.builders import OSLO, vestfold

EXAMPLES = Path(__file__).parents[2] / "examples/vestfold"


def read(content: bytes, name: str, **options: Any) -> ReadPlan:
    found = rows_in(content, name, OSLO)
    plan = read_plan(vestfold(), found.rows, **options)
    return ReadPlan(plan.meetings, (*found.doubts, *plan.doubts))


def days(plan: ReadPlan) -> list[str]:
    return [f"{meeting.forum} {meeting.date}" for meeting in plan.meetings]


def whys(plan: ReadPlan) -> list[tuple[str, Doubtful]]:
    return [(doubt.source, doubt.why) for doubt in plan.doubts]


def without_source(plan: ReadPlan) -> Sequence[tuple[object, ...]]:
    return [(m.forum, m.date, m.end_date, m.start, m.end, m.place, m.host) for m in plan.meetings]


def test_word_excel_and_text_of_the_adopted_plan_say_the_same() -> None:
    files = [EXAMPLES / f"moteplan-2024.{kind}" for kind in ("docx", "xlsx", "txt")]
    plans = [read_plan(vestfold(), open_plan(file, OSLO).rows) for file in files]
    assert without_source(plans[0]) == without_source(plans[1]) == without_source(plans[2])
    assert [plan.meetings[2].source for plan in plans] == ["table 1, row 4, column 3", "C4", "line 6, column 3"]
    assert [whys(plan) for plan in plans] == [
        [(source, Doubtful.NO_TIME)] for source in ("table 1, row 5, column 6", "F5", "line 7, column 6")
    ]


# Excel


def workbook(*rows: Sequence[Any], title: str = "Ark1") -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(tuple(row))
    return book


def saved(document: Any) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def test_cells_of_dates_times_and_numbers_are_what_they_show() -> None:
    book = workbook(
        ("Dato", "Møte", "Fra", "Til", "Sted"),
        (date(2024, 2, 29), "SSU", time(13), time(15, 30), "Rom 3"),
        (datetime(2024, 5, 23), "SSU", "13.00", 0.5, None),  # noqa: DTZ001 - as Excel has it
        (45421, "AU", None, None, None),
        (45352.0, "FSU", None, None, 12),
    )
    sheet = book.active
    assert sheet is not None
    sheet["D3"].number_format = "hh:mm"
    plan = read(saved(book), "plan.xlsx")
    assert days(plan) == ["SSU 2024-02-29", "FSU 2024-03-01", "AU 2024-05-09", "SSU 2024-05-23"]
    assert plan.meetings[0] == Meeting(
        "SSU", date(2024, 2, 29), date(2024, 2, 29), time(13), time(15, 30), "Rom 3", None, "A2"
    )


def test_months_that_are_dates_and_merged_organs_years_and_cells() -> None:
    book = workbook(
        (None, 2024, None, 2025, None),
        (None, "nov", "des", "jan", "feb"),
        ("SSU", 7, None, 9, "6"),
        (None, 28, "12 og 19", None, None),
        ("AU", "5-6", None, "16", None),
        title="Plan",
    )
    sheet = book.active
    assert sheet is not None
    for merged in ("B1:C1", "D1:E1", "A3:A4", "D5:E5"):
        sheet.merge_cells(merged)
    plan = read(saved(book), "plan.xlsx")
    assert days(plan) == [
        "AU 2024-11-05",
        "SSU 2024-11-07",
        "SSU 2024-11-28",
        "SSU 2024-12-12",
        "SSU 2024-12-19",
        "SSU 2025-01-09",
        "SSU 2025-02-06",
    ]
    assert whys(plan) == [("D5", Doubtful.MERGED)]


def test_a_month_that_is_a_date_shown_as_a_month() -> None:
    book = workbook((None, datetime(2024, 1, 1), datetime(2024, 2, 1)), ("SSU", 11, 29))  # noqa: DTZ001
    sheet = book.active
    assert sheet is not None
    sheet["B1"].number_format = sheet["C1"].number_format = "mmm\\-yy"
    assert days(read(saved(book), "plan.xlsx")) == ["SSU 2024-01-11", "SSU 2024-02-29"]


def test_every_sheet_counts_with_the_year_in_its_name_but_not_a_hidden_one() -> None:
    book = workbook((None, "jan", "feb"), ("SSU", 11, 8), title="2024")
    for title, state in (("2025", "visible"), ("2026", "hidden")):
        sheet = book.create_sheet(title)
        sheet.append((None, "jan", "feb"))
        sheet.append(("SSU", 9, 6))
        sheet.sheet_state = state
    plan = read(saved(book), "plan.xlsx")
    assert days(plan) == ["SSU 2024-01-11", "SSU 2024-02-08", "SSU 2025-01-09", "SSU 2025-02-06"]
    assert plan.meetings[2].source == "2025!B2"
    assert whys(plan) == [("sheet 2026", Doubtful.HIDDEN)]


def test_a_formula_without_a_value_is_doubted() -> None:
    book = workbook(("Dato", "Organ"), ("=DATE(2024,2,29)", "SSU"))
    plan = read(saved(book), "plan.xlsx")
    assert days(plan) == []
    assert whys(plan) == [("A2", Doubtful.UNREADABLE)]


def test_a_cell_far_away_costs_nothing_and_is_told() -> None:
    book = workbook((None, "jan", "feb"), ("SSU", 11, 8), title="2024")
    sheet = book.active
    assert sheet is not None
    sheet["XFD1048576"] = "her"
    plan = read(saved(book), "plan.xlsx")
    assert days(plan) == ["SSU 2024-01-11", "SSU 2024-02-08"]
    assert whys(plan) == [("sheet 2024", Doubtful.TOO_MANY)]


# Word


def test_merged_cells_breaks_and_content_controls_in_word() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Møteplan 2024"
    table = document.add_table(rows=4, cols=3)
    for row, texts in enumerate((("", "mars", "april"), ("SSU", "7", "11\n18"), ("", "21", ""), ("AU", "14", ""))):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(3, 1).merge(table.cell(3, 2))
    document.add_paragraph("Torsdager\nSSU kl. 9-11")
    control = f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>AU 30.05.24</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    document.element.body.insert(0, parse_xml(control))
    plan = read(saved(document), "plan.docx")
    assert days(plan) == ["SSU 2024-03-07", "SSU 2024-03-21", "SSU 2024-04-11", "SSU 2024-04-18", "AU 2024-05-30"]
    assert {meeting.start for meeting in plan.meetings if meeting.forum == "SSU"} == {time(9)}
    assert whys(plan) == [("table 1, row 4, column 2", Doubtful.MERGED)]


def test_tracked_changes_count_as_accepted() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("SSU ")
    for xml in (
        '<w:del {ns} w:id="1" w:author="x"><w:r><w:delText>22.02.24</w:delText></w:r></w:del>',
        '<w:ins {ns} w:id="2" w:author="x"><w:r><w:t>29.02.24</w:t></w:r></w:ins>',
    ):
        paragraph._p.append(parse_xml(xml.format(ns=nsdecls("w"))))
    assert days(read(saved(document), "plan.docx")) == ["SSU 2024-02-29"]


# Text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_is_read_in_the_encodings_that_windows_writes(encoding: str) -> None:
    text = "Måned;Dato;Vert\nJanuar (24);25 - 26;Tønsberg\n"
    [meeting] = read(text.encode(encoding), "plan.csv", forum="FSU").meetings
    assert (meeting.host, meeting.end_date) == ("tonsberg", date(2024, 1, 26))


# What is refused


def zipped(**files: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"%PDF-1.7", "a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file"),
        (b"PK\x03\x04 no zip", "damaged, or no Office file"),
        (zipped(hello=b"x"), "neither Word nor Excel"),
        (zipped(word__document_xml=b"<x/>"), "damaged, cannot be read"),
        (zipped(xl__workbook_xml=b"<x/>"), "damaged, cannot be read"),
        (zipped(word__document_xml=b"\0" * 100_000_001), "when unpacked"),
        (b"a\0b", "no text"),
        (b"x" * (LARGEST_FILE + 1), "at most"),
    ],
    ids=["pdf", "old office", "no zip", "some zip", "no word", "no excel", "zip bomb", "binary", "large"],
)
def test_what_cannot_be_read_is_refused_in_a_line(content: bytes, says: str) -> None:
    with pytest.raises(PlanFileError, match=says) as refused:
        rows_in(content, "plan", OSLO)
    assert "\n" not in str(refused.value)


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "plan.docx"
    with file.open("wb") as sparse:
        sparse.truncate(100_000_000)
    with pytest.raises(PlanFileError, match="100000000 bytes; at most"):
        open_plan(file, OSLO)
    with pytest.raises(PlanFileError, match="no file"):
        open_plan(tmp_path, OSLO)


DAMAGED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@DAMAGED
@given(st.sampled_from(["docx", "xlsx"]), st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=4)), max_size=6))
def test_a_damaged_file_never_crashes(kind: str, damage: list[tuple[float, bytes]]) -> None:
    content = bytearray((EXAMPLES / f"moteplan-2024.{kind}").read_bytes())
    for where, noise in damage:
        at = int(where * (len(content) - len(noise)))
        content[at : at + len(noise)] = noise
    try:
        plan = read(bytes(content), f"plan.{kind}")
    except PlanFileError:
        return
    assert len(plan.meetings) <= 13


@DAMAGED
@given(st.binary(max_size=200), st.sampled_from(["plan.txt", "plan.csv", "plan.ics", "plan.xlsx"]))
def test_no_file_at_all_crashes(content: bytes, name: str) -> None:
    try:
        assert len(read(content, name).meetings) < 10
    except PlanFileError:
        return
