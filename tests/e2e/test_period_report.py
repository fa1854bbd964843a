"""The report of a period and the draft of its case: in chat, and as documents that are opened again."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from pypdf import PdfReader

from services import actions
from tests.builders import local
from tests.harness import MUNICIPALITY, TOWNS, Snapshot, Town, clinic, everybody, running, taken_up, vestfold
from tests.teams_double import Message, TeamsDouble, elements

ENDED = "2023-12-05T17:00:00+01:00"
CLOSED = "2023-12-19T15:00:00+01:00"
SCORES = {"useful": "5", "frequency": "4", "participants": "4", "reporting": "3", "follow_up": "2"}
CLINICS = ("medisin", "kirurgi", "kpa", "kfmr")
TITLE = "Rapport om krevende drift 28.11.2023 – 05.12.2023"


async def _ended(town: Town) -> None:
    """Two meetings: everybody with beds answered before the first, Horten late before the second, and nobody else."""
    await town.begin()
    await town.boss.says("avslutt")
    await town.boss.presses(town.boss.last_card, "period.end")
    await town.start(until="2023-12-05")
    await town.product.clock_to("2023-11-27T10:00:00+01:00")
    for key in TOWNS:
        await town.answers(f"{key}-sjef", **MUNICIPALITY)
    for key in CLINICS:
        await town.answers(f"{key}-sjef", **clinic(larvik=1))
    async with town.product.product.store.begin("vestfold") as work:
        boss = vestfold().people[0]
        await actions.add(work, boss, "Åpner 4 korttidsplasser", "larvik", date(2023, 12, 1), local(2023, 11, 28, 9))
    await town.product.clock_to("2023-12-05T13:00:00+01:00")
    await town["horten-sjef"].says("status")
    await town.answers("horten-sjef", **(MUNICIPALITY | {"overliggere": "7"}))
    await town.product.clock_to(ENDED)


@pytest.fixture
async def ended(double: TeamsDouble, database: Path, snapshots: dict[str, Snapshot]) -> AsyncIterator[Town]:
    """Tuesday 5 December 2023 at 17: the last meeting is over, and the evaluation has been sent."""
    people = everybody(double)
    await taken_up(snapshots, "reported", _ended, database, double, people)
    async with running(database, now=ENDED, teams=double) as made:
        made.product.listens_at(made.url)
        yield Town(made, double, people)


async def evaluate(town: Town, *keys: str, **texts: str) -> None:
    for key in keys:
        person = town[key]
        [form] = person.titled("Hvordan gikk perioden?")
        await person.presses(form, "evaluation.submit", **(SCORES | texts))


def links_of(message: Message) -> list[tuple[str, str]]:
    assert message.card is not None
    return [(e["title"], e["url"]) for e in elements(message.card) if e["type"] == "Action.OpenUrl"]


async def fetched(town: Town, key: str, command: str = "rapport") -> dict[str, str]:
    """Somebody writes `rapport` and asks for the documents: their labels and addresses."""
    [shown] = await town[key].says(command)
    await town[key].presses(shown, "report.fetch")
    return dict(links_of(shown))


async def opened(town: Town, address: str) -> tuple[Any, bytes]:
    async with town.product.session.get(address) as response:
        assert response.status == 200, await response.text()
        return response.headers, await response.read()


def word_text(content: bytes) -> str:
    document = Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def pdf_text(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


# In chat


async def test_the_report_comes_to_coordinator_and_secretariat_when_the_evaluation_closes(ended: Town) -> None:
    await evaluate(ended, "larvik-sjef", "horten-sjef", "medisin-sjef")
    await ended.product.clock_to("2023-12-19T14:59:00+01:00")
    assert ended.boss.titled("Rapporten om perioden er klar") == []
    await ended.product.clock_to(CLOSED)
    told = {key for key, person in ended.people.items() if person.titled("Rapporten om perioden er klar")}
    assert told == {"samhandlingssjef", "sekretariat"}
    [ready] = ended.boss.titled("Rapporten om perioden er klar")
    for part in (TITLE, "stor innstrømming", "3 av 14 har svart", "45 % i tide", "5 % sent", "50 % mangler"):
        assert part in ready.text.replace("\u00a0", " "), part
    assert ready.actions == ["report.fetch"]


async def test_closing_by_hand_makes_the_report_at_once_with_no_answers_invented(ended: Town) -> None:
    [progress] = ended.boss.titled("Evalueringen er sendt ut")
    await ended.boss.presses(progress, "evaluation.ask_close")
    await ended.boss.presses(progress, "evaluation.close")
    [ready] = ended.boss.titled("Rapporten om perioden er klar")
    assert "0 av 14 har svart" in ready.text
    labels = await fetched(ended, "samhandlingssjef")
    _, page = await opened(ended, labels["Rapporten (nettside)"])
    assert "Evalueringen har ingen svar." in page.decode()


async def test_everybody_reads_the_report_and_those_who_prepare_the_case_get_its_draft(ended: Town) -> None:
    report = ["Rapporten (Word)", "Rapporten (PDF)", "Rapporten (nettside)"]
    assert list(await fetched(ended, "larvik-sjef")) == report
    case = [f"Utkast til saksframlegg ({form})" for form in ("Word", "PDF", "nettside")]
    assert list(await fetched(ended, "sekretariat")) == [*report, *case]


async def test_before_the_first_meeting_there_is_no_report(prompted: Town) -> None:
    [answer] = await prompted["larvik-sjef"].says("rapport")
    assert "ikke holdt noe møte" in answer.text


async def test_a_running_period_is_reported_so_far(prompted: Town) -> None:
    await prompted.product.clock_to("2023-11-28T16:30:00+01:00")
    [shown] = await prompted["larvik-sjef"].says("report")
    assert shown.title == "Rapport om krevende drift 28.11.2023 – 28.11.2023"
    assert "Perioden er ikke avsluttet" in shown.text


async def test_a_button_for_a_period_that_does_not_exist_is_answered_politely(ended: Town) -> None:
    larvik = ended["larvik-sjef"]
    data = {"action": "report.fetch", "period": "no-such"}
    value = {"action": {"type": "Action.Execute", "verb": "report.fetch", "data": data}}
    status, answer = await larvik.sends(larvik.activity("invoke", name="adaptiveCard/action", value=value))
    assert (status, answer["statusCode"]) == (200, 200)


# The documents


@pytest.mark.parametrize(
    ("language", "report", "case", "overliggere"),
    [
        ("nb", "Rapport om krevende drift", "Forslag til vedtak i SSU", "Overliggere (våre pasienter)"),
        ("nn", "Rapport om krevjande drift", "Forslag til vedtak i SSU", "Overliggjarar (våre pasientar)"),
        ("en", "Report on the demanding period", "Proposed decision in SSU", "Delayed discharges (our patients)"),
    ],
)
async def test_every_document_opens_again_in_each_language(
    ended: Town, language: str, report: str, case: str, overliggere: str
) -> None:
    await ended.boss.says(f"språk {language}")
    addresses = list((await fetched(ended, "samhandlingssjef", "report")).values())
    contents = [(await opened(ended, address))[1] for address in addresses]
    word, pdf, page = contents[:3]
    for text in (word_text(word), pdf_text(pdf), page.decode()):
        assert report in text
        assert overliggere in text
    for text in (word_text(contents[3]), pdf_text(contents[4]), contents[5].decode()):
        assert case in text
    root: Any = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    assert str(root["/Lang"]).startswith(language)
    assert root["/MarkInfo"]["/Marked"]
    assert f'<html lang="{language}">' in page.decode()


async def test_the_figures_are_those_that_were_known_when_each_meeting_began(ended: Town) -> None:
    # A correction long after the meeting leaves the report as it was.
    larvik = ended["larvik-sjef"]
    [receipt] = larvik.titled("Mottatt: status fra Larvik kommune til møtet tirsdag 28. november")
    await larvik.presses(receipt, "status.open")
    await larvik.presses(receipt, "status.submit", **(MUNICIPALITY | {"overliggere": "99"}))
    labels = await fetched(ended, "samhandlingssjef")
    _, content = await opened(ended, labels["Rapporten (Word)"])
    document = Document(io.BytesIO(content))
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
    [overliggere] = [table for table in tables if table[-1] == ["Samlet", "18", "7*"]]
    assert overliggere[0] == ["Enhet", "28.11.", "5.12."]
    assert ["Horten kommune", "3", "7"] in overliggere
    assert ["Larvik kommune", "3", "–"] in overliggere


async def test_the_report_tells_answers_rates_actions_differences_and_cost(ended: Town) -> None:
    labels = await fetched(ended, "samhandlingssjef")
    text = pdf_text((await opened(ended, labels["Rapporten (PDF)"]))[1]).replace("\u00a0", " ")
    assert "45 % i tide, 5 % sent, 50 % mangler" in text
    assert re.search(r"Larvik kommune 0,06", text), "3 overliggere and 48 930 inhabitants"
    assert "137 700 kroner de 2 døgnene" in text  # (18 + 7) × 5 508
    assert "Larvik kommune 1 +1" in text
    assert "Åpner 4 korttidsplasser Larvik kommune 01.12.2023 over frist" in text


async def test_the_charts_stand_in_every_format_with_their_words(ended: Town) -> None:
    labels = await fetched(ended, "samhandlingssjef")
    _, word = await opened(ended, labels["Rapporten (Word)"])
    document = Document(io.BytesIO(word))
    # Of overliggere and free short-term places; nobody has reported the other two totals.
    assert len(document.inline_shapes) == 2
    described = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert any("18 på første møte" in str(text) for text in described)
    _, page = await opened(ended, labels["Rapporten (nettside)"])
    assert page.count(b"data:image/png;base64,") == 2
    assert "18 på første møte" in page.decode()


async def test_the_evaluation_stands_without_names_when_three_have_answered(ended: Town) -> None:
    keys = ("larvik-sjef", "horten-sjef", "medisin-sjef")
    for key, text in zip(keys, ("Korte møter", "Godt ledet", "Faste tidspunkt"), strict=True):
        await evaluate(ended, key, worked=text)
    labels = await fetched(ended, "samhandlingssjef")
    before = pdf_text((await opened(ended, labels["Rapporten (PDF)"]))[1])
    assert "Svarene vises når evalueringen er lukket" in before
    assert "Korte møter" not in before
    await ended.product.clock_to(CLOSED)
    labels = await fetched(ended, "samhandlingssjef")
    for label in ("Rapporten (PDF)", "Utkast til saksframlegg (PDF)"):
        text = pdf_text((await opened(ended, labels[label]))[1])
        assert "5,00" in text
        assert all(word in text for word in ("Korte møter", "Godt ledet", "Faste tidspunkt"))
        assert "Kommunalsjef" not in text


async def test_two_answers_are_too_few_to_be_shown(ended: Town) -> None:
    await evaluate(ended, "larvik-sjef", "horten-sjef", worked="Korte møter")
    await ended.product.clock_to(CLOSED)
    labels = await fetched(ended, "samhandlingssjef")
    text = pdf_text((await opened(ended, labels["Rapporten (PDF)"]))[1])
    assert "For få har svart" in text
    assert "Korte møter" not in text


async def test_what_people_wrote_is_shown_and_never_read_as_markup(ended: Town) -> None:
    nasty = "<b>fet</b> {{ 7*7 }} #let x = 1 & 😀"
    await evaluate(ended, "larvik-sjef", "horten-sjef", "medisin-sjef", change=nasty)
    await ended.product.clock_to(CLOSED)
    labels = await fetched(ended, "samhandlingssjef")
    _, page = await opened(ended, labels["Rapporten (nettside)"])
    assert "&lt;b&gt;fet&lt;/b&gt; {{ 7*7 }} #let x = 1 &amp; 😀" in page.decode()
    assert "<b>fet</b> {{ 7*7 }} #let x = 1 & 😀" in word_text((await opened(ended, labels["Rapporten (Word)"]))[1])
    assert "#let x = 1" in pdf_text((await opened(ended, labels["Rapporten (PDF)"]))[1])


async def test_an_address_opens_its_own_document_only(ended: Town) -> None:
    labels = await fetched(ended, "larvik-sjef")
    address = labels["Rapporten (PDF)"]
    head, token = address.rsplit("/", 1)
    for wrong in (token[:-1], token + "A", "x", token.swapcase()):
        async with ended.product.session.get(f"{head}/{wrong}") as response:
            assert response.status == 404
    headers, _ = await opened(ended, address)
    assert headers["Content-Type"] == "application/pdf"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert "Rapport%20om%20krevende%20drift" in headers["Content-Disposition"]
