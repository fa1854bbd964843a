"""The winter 2023–24 played through the product: what people would have got, and what is said of a wrong file."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from pypdf import PdfReader

from bot import charts
from bot.period_file import PeriodFileError, read_period
from bot.replay import play
from domain.community import Community, Indicator, IndicatorType
from domain.community_file import read_community
from tests import command_line
from tests.builders import community, meeting, vestfold

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "vestfold"
WINTER = EXAMPLES / "period-2023-24.csv"
MEETINGS = [
    "2023-11-28",
    "2023-12-05",
    "2023-12-12",
    "2023-12-19",
    "2024-01-02",
    "2024-01-09",
    "2024-01-16",
    "2024-01-23",
]
TOTALS = ("overliggere", "korttid_ledig", "ohd_ledig", "innlagt_ohjelp")
DOCUMENTS = ("report", "case", *(f"minutes-{day}" for day in MEETINGS))
HEADER = "meeting_date,unit,indicator,value"
HORTEN = {"situasjon": "green", "overliggere": "1", "korttid_ledig": "4", "bemanning": "green"}


@lru_cache
def winter() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Meeting → unit → field → value, read by the test itself."""
    found: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    with WINTER.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["meeting_date"]][row["unit"]][row["indicator"]] = row["value"]
    return found


def total(day: str, indicator: str) -> int:
    return sum(int(values[indicator]) for values in winter()[day].values() if indicator in values)


def lines_of(answers: Mapping[str, str], unit: str = "horten", day: str = "2023-11-28") -> str:
    return "".join(f"{day},{unit},{key},{value}\n" for key, value in answers.items())


def samhandling(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return command_line.samhandling(ROOT, *map(str, arguments))


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The command, once, into a folder that is made and one file that is already there."""
    out = tmp_path_factory.mktemp("replay") / "made" / "here"
    out.mkdir(parents=True)
    (out / "index.html").write_text("of another time")
    community_file = EXAMPLES / "community.yaml"
    return out, samhandling("replay", "--community", community_file, "--data", WINTER, "--out", out)


def round_of(out: Path, day: str) -> Any:
    return json.loads((out / f"round-{day}.json").read_text(encoding="utf-8"))


# What is written


def test_the_command_is_done_and_tells_each_meeting(played: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    out, run = played
    assert (run.returncode, run.stdout) == (0, "")
    told = run.stderr.splitlines()
    assert len(told) == len(MEETINGS) + 1
    for line, day in zip(told, MEETINGS, strict=False):
        assert line == f"meeting of {day}: {len(winter()[day])} of 11 answered"
    assert str(out) in told[-1]


def test_eight_rounds_and_none_on_the_second_day_of_christmas(
    played: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    out, _ = played
    names = {file.name for file in out.iterdir()}
    rounds = {f"round-{day}.{kind}" for day in MEETINGS for kind in ("html", "json")}
    trends = {f"trend-{day}{page}.png" for day in MEETINGS[1:] for page in ("", "-dark")}
    documents = {f"{name}.{form}" for name in DOCUMENTS for form in ("docx", "pdf", "html")}
    assert names == {"index.html", "period.png", *rounds, *trends, *documents}
    for day in MEETINGS:
        assert round_of(out, day)["meeting_at"] == f"{day}T16:00:00+01:00"


@pytest.mark.parametrize("day", MEETINGS)
def test_the_totals_are_the_sums_of_what_was_answered(
    played: tuple[Path, subprocess.CompletedProcess[str]], day: str
) -> None:
    shown = round_of(played[0], day)
    assert shown["state"] == "held"
    assert shown["totals"] == {key: total(day, key) for key in TOTALS}
    assert shown["sealed"]["as_of"] == f"{day}T16:00:00+01:00"
    assert shown["sealed"]["totals"] == shown["totals"]
    assert shown["sealed"]["reports"] == shown["reports"]
    assert shown["summary_posted_at"] == f"{day}T15:30:00+01:00"


@pytest.mark.parametrize("day", MEETINGS)
def test_every_unit_answered_its_figures_in_time_or_is_missing(
    played: tuple[Path, subprocess.CompletedProcess[str]], day: str
) -> None:
    shown = round_of(played[0], day)
    assert len(shown["reports"]) == 11
    for report in shown["reports"]:
        typed = winter()[day].get(report["unit"])
        if typed is None:
            assert (report["state"], report["values"], report["answered_at"]) == ("missing", {}, None)
            continue
        assert report["state"] == "answered"
        assert report["answered_by"] == f"{report['unit']}-sjef"
        assert shown["opens_at"] <= report["answered_at"] < shown["due_at"]
        assert 7 <= datetime.fromisoformat(report["answered_at"]).hour < 20
        assert set(report["values"]) == set(typed)
        for key, value in report["values"].items():
            assert value == (typed[key] if isinstance(value, str) else float(typed[key]))


def test_two_units_are_missing_once_each(played: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    missing = {
        (day, report["unit"])
        for day in MEETINGS
        for report in round_of(played[0], day)["reports"]
        if report["state"] == "missing"
    }
    assert missing == {("2023-12-05", "faerder"), ("2024-01-02", "horten")}


# The pages

VOID = {"meta", "img", "br", "link", "input", "source"}


class Page(HTMLParser):
    """Text, links and pictures of a page, and whether each element that is opened is closed in its turn."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[str] = []
        self.attributes: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert not self._open, f"never closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] != "style":
            self.text += data + " "

    def values(self, name: str) -> list[str]:
        return [value for _, attributes in self.attributes if (value := attributes.get(name)) is not None]

    def words(self) -> str:
        return " ".join(self.text.split())


def page(out: Path, name: str) -> Page:
    html = (out / name).read_text(encoding="utf-8")
    assert html.startswith("<!doctype html>")
    return Page(html)


@pytest.mark.parametrize("day", MEETINGS)
def test_a_round_s_page_shows_its_totals(played: tuple[Path, subprocess.CompletedProcess[str]], day: str) -> None:
    words = page(played[0], f"round-{day}.html").words()
    names = ("Overliggere (våre pasienter)", "Ledige korttidsplasser", "Ledige ØHD-/KAD-plasser")
    for name, key in zip(names, TOTALS, strict=False):
        assert re.search(rf"{re.escape(name)} {total(day, key)}\b", words), name
    assert f"{len(winter()[day])} av 11 hadde svart" in words
    assert "Slik det sto da møtet begynte" in words


def test_a_round_s_page_shows_words_and_who_is_missing(
    played: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    words = page(played[0], "round-2024-01-02.html").words()
    assert "Har ikke svart Horten kommune" in words
    assert "Trenger varsel om utskrivning før kl. 12 på hverdager Larvik kommune" in words
    before_christmas = page(played[0], "round-2023-12-19.html").words()
    assert "Møtet tirsdag 26. desember faller på en fridag og utgår." in before_christmas
    assert "Neste møte: tirsdag 2. januar" in before_christmas


def test_the_pages_stand_alone_and_lead_to_each_other(
    played: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    out, _ = played
    for file in out.glob("*.html"):
        shown = page(out, file.name)
        assert not {"script", "link", "form", "button", "iframe"} & set(shown.tags), file.name
        sources = [source for source in shown.values("src") if not source.startswith("data:image/png;")]
        links = [*shown.values("href"), *sources, *shown.values("srcset")]
        assert all((out / link).is_file() for link in links), file.name
        assert "url(" not in file.read_text(encoding="utf-8")
        assert shown.values("lang") == ["nb"]
        assert "width=device-width, initial-scale=1" in shown.values("content")
    linked = set(page(out, "index.html").values("href"))
    drawn = {
        name for day in MEETINGS for kind in ("src", "srcset") for name in page(out, f"round-{day}.html").values(kind)
    }
    assert linked == {file.name for file in out.iterdir()} - {"index.html"} - drawn


def test_the_index_has_a_table_of_the_totals_and_the_chart_in_words(
    played: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    shown = page(played[0], "index.html")
    words = shown.words()
    assert "of another time" not in words
    for day in MEETINGS:
        star = r"\*" if len(winter()[day]) < 11 else ""
        figures = r"\s+".join(f"{total(day, key)}{star}" for key in TOTALS[:3])
        assert re.search(rf"{len(winter()[day])} av 11.*?\s{figures}\s+{total(day, TOTALS[3])}\s", words), day
    assert "Møtet tirsdag 26. desember faller på en fridag og utgår." in words
    [alternative] = shown.values("alt")
    assert "Overliggere (våre pasienter): 16 på første møte, høyest 34 tirsdag 2. januar, 22 på siste" in alternative
    assert "Ledige korttidsplasser: 21 på første møte" in alternative
    assert "Det var ikke møte tirsdag 26. desember." in alternative


# The documents


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_document_opens_again_in_every_format(
    played: tuple[Path, subprocess.CompletedProcess[str]], name: str
) -> None:
    out, _ = played
    written = Document(str(out / f"{name}.docx"))
    [title] = [p.text for p in written.paragraphs if p.style and p.style.name == "Heading 1"]
    reader = PdfReader(out / f"{name}.pdf")
    assert reader.metadata is not None
    assert reader.metadata.title == title
    assert title in page(out, f"{name}.html").words()


def test_the_report_tells_the_winter_and_invents_no_answers_to_its_evaluation(
    played: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    words = page(played[0], "report.html").words()
    for part in (
        "Rapport om krevende drift 28.11.2023 – 23.01.2024",
        "Utgått på grunn av fridag tirsdag 26. desember",
        "Overliggere (våre pasienter): 16 på første møte, høyest 34 tirsdag 2. januar, 22 på siste møte.",
        "0 av 14 har svart. Evalueringen har ingen svar.",
    ):
        assert part in words if "Overliggere" not in part else part in page(played[0], "report.html").values("alt")


def test_the_minutes_show_the_figures_of_their_meeting_and_nobody_present_by_guess(
    played: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    words = page(played[0], "minutes-2024-01-02.html").words()
    assert f"{total('2024-01-02', 'overliggere')}" in words
    assert "Kommunalsjef" not in words


# The chart


def test_the_chart_is_a_picture_that_can_be_read(played: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    image = (played[0] / "period.png").read_bytes()
    assert image.startswith(b"\x89PNG\r\n\x1a\n")
    assert image.endswith(b"IEND\xaeB`\x82")
    width, height = charts.size(image)
    assert 800 <= width <= 2000
    assert 600 <= height <= 2000
    assert 20_000 < len(image) < 500_000
    assert b"Helsefellesskapet i Vestfold" in image


def points(*values: int | None, missing: int = -1) -> tuple[charts.Point, ...]:
    first = date(2023, 11, 28)
    return tuple(charts.Point(first + timedelta(weeks=n), value, n != missing) for n, value in enumerate(values))


def test_a_dropped_meeting_and_one_without_answers_break_the_line() -> None:
    dropped = date(2023, 12, 26)
    shown = [point for point in points(1, 2, None, 4, 5, 6) if point.day != dropped]
    assert [[p.value for p in stretch] for stretch in charts._stretches(shown, [dropped])] == [[1, 2], [4], [6]]


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
@pytest.mark.parametrize("values", [(), (0,), (None, None), (3, 0, 500), tuple(range(60))])
def test_a_chart_of_any_period_can_be_drawn(language: str, values: tuple[int | None, ...]) -> None:
    """Also with a name that looks like a formula, or that no font has."""
    lines = tuple(charts.Line(name, points(*values)) for name in ("Plasser $x_1$ og ^{", "漢字 🏥", "x" * 200))
    chart = charts.PeriodChart("A $title$", "words", lines, (date(2023, 12, 12),), "no meeting", "", language)
    assert charts.size(charts.png(chart))[0] > 800


def test_the_first_date_and_a_new_year_bear_the_year() -> None:
    assert charts._label(date(2023, 11, 28), None, "nb") == "28. nov.\n2023"
    assert charts._label(date(2023, 12, 5), date(2023, 11, 28), "nb") == "5. des."
    assert charts._label(date(2024, 1, 2), date(2023, 12, 19), "nb") == "2. jan.\n2024"
    assert charts._label(date(2024, 1, 2), date(2023, 12, 19), "en") == "2 Jan\n2024"


# Other files and other communities


async def test_a_file_from_a_spreadsheet_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Byte order mark, semicolons, Norwegian dates and decimals, quoted words, rows in any order, an empty row."""
    out = io.StringIO()
    sheet = csv.writer(out, delimiter=";", lineterminator="\r\n")
    answers = {"sykefravaer": "7,5", "behov": "Vi trenger hjelp; helst «i dag»,\nsenest i morgen", **HORTEN}
    sheet.writerow(HEADER.split(","))
    for key, value in reversed(answers.items()):
        sheet.writerow(["28.11.2023", "horten", key, value])
    sheet.writerow(["", "", "", ""])
    await play(vestfold(), "\ufeff" + out.getvalue(), "ark.csv", tmp_path)
    [horten, *others] = round_of(tmp_path, "2023-11-28")["reports"]
    assert horten["values"]["sykefravaer"] == 7.5
    assert horten["values"]["behov"] == "Vi trenger hjelp; helst «i dag»,\nsenest i morgen"
    assert {report["state"] for report in others} == {"missing"}
    assert "1 of 11 answered" in capsys.readouterr().err


@pytest.mark.parametrize("language", ["nn", "en"])
async def test_the_pages_speak_the_community_s_language(tmp_path: Path, language: str) -> None:
    text = HEADER + "\n" + lines_of(HORTEN) + lines_of(HORTEN, day="2023-12-12")
    await play(community(language=language), text, "p.csv", tmp_path)
    words = page(tmp_path, "index.html").words()
    assert ("There was no" in words or "The meetings" in words) == (language == "en")
    assert page(tmp_path, "round-2023-11-28.html").values("lang") == [language]


async def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for_now = tmp_path / "temporary"
    for_now.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(for_now))
    await play(vestfold(), HEADER + "\n" + lines_of(HORTEN), "p.csv", tmp_path / "out")
    assert not list(for_now.iterdir())


def days_of(text: str, known: Community) -> list[str]:
    return [str(day) for day in read_period(known, text, "p.csv").held]


def answered_on(*days: str) -> str:
    return HEADER + "\n" + "".join(lines_of(HORTEN, day=day) for day in days)


def test_the_rhythm_is_that_of_the_dates() -> None:
    known = vestfold()
    assert days_of(answered_on("2023-11-28", "2023-12-19"), known) == MEETINGS[:4]
    fortnightly = ["2023-11-28", "2023-12-12", "2024-01-09"]
    assert days_of(answered_on(*fortnightly), known) == fortnightly
    twice_a_week = ["2023-11-27", "2023-11-30", "2023-12-06", "2023-12-12"]
    assert read_period(known, answered_on(*twice_a_week), "p.csv").every_days == 3
    moving = replace(known, meeting=meeting(skip_public_holidays=False))
    assert "2023-12-27" in days_of(answered_on("2023-12-19", "2023-12-27", "2024-01-02"), moving)


def test_a_meeting_that_nobody_answered_is_a_meeting() -> None:
    period = read_period(vestfold(), answered_on("2023-11-28", "2023-12-05", "2023-12-19"), "p.csv")
    assert [str(day) for day in period.held] == MEETINGS[:4]


async def test_a_community_without_totals_has_a_chart_too(tmp_path: Path) -> None:
    asked = tuple(replace(i, total=False) for i in vestfold().indicators)
    await play(community(indicators=asked), HEADER + "\n" + lines_of(HORTEN), "p.csv", tmp_path)
    assert (tmp_path / "period.png").stat().st_size > 1000


async def test_another_community_s_questions(tmp_path: Path) -> None:
    """Nothing of Vestfold's questions is known to the replay."""
    beds = Indicator("senger", frozenset(u.kind for u in vestfold().units), IndicatorType.COUNT, {"nb": "Senger"}, 500)
    known = community(key="annet", indicators=(replace(beds, total=True, required=True),))
    text = f"{HEADER}\n2024-03-05,larvik,senger,3\n2024-03-05,kpa,senger,4\n2024-03-12,larvik,senger,0\n"
    await play(known, text, "p.csv", tmp_path)
    assert round_of(tmp_path, "2024-03-05")["totals"] == {"senger": 7}
    assert round_of(tmp_path, "2024-03-12")["totals"] == {"senger": 0}


async def test_across_a_clock_change(tmp_path: Path) -> None:
    await play(vestfold(), answered_on("2024-03-26", "2024-04-02"), "p.csv", tmp_path)
    assert round_of(tmp_path, "2024-04-02")["meeting_at"] == "2024-04-02T16:00:00+02:00"
    assert round_of(tmp_path, "2024-03-26")["meeting_at"] == "2024-03-26T16:00:00+01:00"


# What is wrong


def mistakes(text: str, known: Community | None = None) -> dict[int, list[str]]:
    """Line → what is said of it."""
    with pytest.raises(PeriodFileError) as caught:
        read_period(known or vestfold(), text, "p.csv")
    found = defaultdict(list)
    for said in str(caught.value).splitlines():
        place, _, what = said.partition(": ")
        source, line = place.split(":")
        assert source == "p.csv"
        assert "; accepted: " in what
        found[int(line)].append(what)
    assert list(found) == sorted(found)
    return dict(found)


def test_every_mistake_is_told_at_once_with_its_line() -> None:
    rows = [
        HEADER,
        "2023-11-28,horten,situasjon,green",
        "2023-11-28,horten,overliggere,-1",
        "2023-11-28,horten,overliggere,2",
        "2023-13-28,horten,korttid_ledig,4",
        "2023-11-28,oslo,overliggere,4",
        "2023-11-28,horten,belegg,4",
        "2023-11-28,horten,bemanning",
        "",
        "2023-11-28,larvik,situasjon,blue",
        "2023-11-28,larvik,overliggere,",
        "2023-11-28,larvik,korttid_ledig,501",
        "2023-11-28,larvik,bemanning,green",
        "2023-11-28,larvik,sykefravaer,101",
        f"2023-11-28,larvik,behov,{'a' * 501}",
        "2023-11-28,larvik,legevakt,gul,rød",
    ]
    found = mistakes("\n".join(rows))
    assert list(found) == [2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 14, 15, 16]
    assert "lacks korttid_ledig, bemanning" in found[2][0]
    assert "from 0 to 500" in found[3][0]
    assert "on line 3 already" in found[4][0]
    assert "'2023-13-28' is no date; accepted: 2023-11-28" in found[5][0]
    assert "'oslo' is not one that is asked; accepted: horten, holmestrand" in found[6][0]
    assert "'belegg' is not asked of horten; accepted: situasjon, overliggere" in found[7][0]
    assert found[8] == [f"3 values; accepted: the 4 of {HEADER}"]
    assert "'blue' is wrong; accepted: Write green, yellow or red" in found[10][0]
    assert "is empty" in found[11][0]
    assert "5 values" in found[16][0]


@pytest.mark.parametrize(
    ("days", "line", "said"),
    [
        (["2023-12-19", "2023-12-26", "2024-01-02"], 6, "2023-12-26 is a day off; accepted: 2023-12-19 or 2024-01-02"),
        (["2023-11-28", "2023-12-05", "2023-12-13", "2023-12-19"], 10, "2023-12-13 is not a meeting"),
        (["2023-11-28", "2023-12-05", "2023-12-06", "2023-12-12"], 10, "2023-12-06 is not a meeting"),
        (["2023-12-26"], 2, "2023-12-26 is a day off; accepted: a working day"),
        (["2023-11-28", "2025-11-25"], 6, "2025-11-25 is too late"),
    ],
)
def test_a_date_without_a_meeting(days: list[str], line: int, said: str) -> None:
    found = mistakes(answered_on(*days))
    assert list(found) == [line]
    assert said in found[line][0]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("\n", 1),
        (HEADER, 1),
        (HEADER + "\n\n\n", 3),
        ("day,unit\n2023-11-28,horten\n", 1),
        (lines_of(HORTEN), 1),
        (HEADER.replace("value", "verdi") + "\n" + lines_of(HORTEN), 1),
        (HEADER + "\n" + lines_of(HORTEN) + '2023-11-28,horten,behov,"uten slutt\n\n', 6),
        (HEADER + "\n" + lines_of(HORTEN, day="0001-01-01"), 2),
        (HEADER + "\n" + lines_of(HORTEN, day="9999-12-31"), 2),
        (HEADER + "\n" + f"{'9' * 200_000}", 2),
        ("\x00" * 50, 1),
    ],
)
def test_what_is_no_period_file(text: str, line: int) -> None:
    assert min(mistakes(text)) == line


def test_a_line_after_words_of_several_lines_is_the_line_in_the_file() -> None:
    words = '2023-11-28,horten,behov,"en\nto\ntre"\n'
    assert list(mistakes(HEADER + "\n" + words + lines_of(HORTEN) + "2023-11-28,oslo,x,1\n")) == [9]


def test_an_identity_number_is_refused_and_not_repeated() -> None:
    number = "01010750160"
    said = mistakes(HEADER + "\n" + lines_of({**HORTEN, "behov": f"Gjelder {number}"}) + f"2023-11-28,{number},x,1\n")
    assert list(said) == [6, 7]
    assert number not in str(said)


def test_a_unit_that_nobody_answers_for() -> None:
    people = tuple(person for person in vestfold().people if person.unit != "horten")
    found = mistakes(HEADER + "\n" + lines_of(HORTEN), community(people=people))
    assert "nobody answers for horten" in found[2][0]


def test_a_file_that_is_too_large() -> None:
    with pytest.raises(PeriodFileError, match=r"p\.csv: larger than 1000000 characters"):
        read_period(vestfold(), "x" * 1_000_001, "p.csv")


async def test_a_folder_that_cannot_be_written_to_is_told_before_anything_is_played(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("here")
    for out in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(PeriodFileError, match=r"--out: .* cannot be written to .*; accepted: a folder") as caught:
            await play(vestfold(), HEADER + "\n" + lines_of(HORTEN), "p.csv", out)
        assert "\n" not in str(caught.value)
    assert capsys.readouterr().err == ""


def test_the_command_tells_mistakes_without_a_traceback(tmp_path: Path) -> None:
    data = tmp_path / "wrong.csv"
    data.write_text(f"{HEADER}\n2023-11-28,oslo,overliggere,1\n2023-11-28,horten,overliggere,x\n", encoding="utf-8")
    out = tmp_path / "out"
    run = samhandling("replay", "--community", EXAMPLES / "community.yaml", "--data", data, "--out", out)
    assert run.returncode == 2
    said = run.stderr.splitlines()
    assert [line.partition(": ")[0] for line in said] == [f"{data}:2", f"{data}:3", f"{data}:3"]
    assert not out.exists()


def test_the_example_community_file_is_what_the_tests_build() -> None:
    file = EXAMPLES / "community.yaml"
    assert read_community(file.read_text(encoding="utf-8"), source=str(file)).indicators == vestfold().indicators
