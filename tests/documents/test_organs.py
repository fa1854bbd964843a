"""The notice and the minutes of an organ as documents: what was written stands there as it was written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any

import pytest

from bot.documents.context import Format
from dialogs import forum_minutes_document, notice_document
from dialogs.speech import Speech
from domain.notice import Changed, NoticeChange, NoticeContent, NoticeItem, NoticePaper
from services.notice_content import written_item
from tests.builders import OSLO
from tests.documents.samples import NASTY
from tests.documents.test_documents import READ, dense, page

LINK = "https://siv.example/notat?a=1&b=2#del"


def item(text: str, **more: Any) -> NoticeItem:
    given = {"about": text, "proposal": text, "responsible": text, "papers": (NoticePaper(text, LINK),)} | more
    return NoticeItem("a", "2024.6", text, kinds=("decision",), for_decision=True, **given)


def notice(text: str, language: str = "nb") -> Mapping[str, Any]:
    """`text` stands wherever somebody's words may stand."""
    day = date(2024, 2, 29)
    people: dict[str, Any] = {"to": (text,), "chair": text, "secretary": text, "note": text}
    said = NoticeContent("SSU", "Utvalg", day, day, time(13), None, text, text, items=(item(text),), **people)
    since = [NoticeChange(Changed.ADDED, item(text))]
    return notice_document.context(Speech(language, OSLO), "Vestfold", said, "Utkast", since)


def minutes(text: str, language: str = "nb", **more: Any) -> Mapping[str, Any]:
    case: dict[str, Any] = {
        **written_item(item(text)),
        "standing": None,
        "text": text,
        "conclusion": text,
        "follow_up": "2024-05-23",
        "carried": False,
        "carried_to": None,
        **more,
    }
    content = {
        "forum": "SSU",
        "forum_name": "Utvalg",
        "date": "2024-02-29",
        "end_date": "2024-02-29",
        "start": "13:00:00",
        "end": None,
        "place": text,
        "host": text,
        "marked": True,
        "members_known": True,
        "present": [text],
        "beside": [text],
        "guests": text,
        "absent": [{"name": text, "instead": [text]}],
        "secretariat": [text],
        "chair": text,
        "secretary": text,
        "items": [{"standing": "approval", "text": text, "conclusion": text}, case],
    }
    return forum_minutes_document.context(Speech(language, OSLO), "Vestfold", content, "Utkast")


MADE = {"notice": notice, "forum_minutes": minutes}


@pytest.mark.parametrize("words_of_somebody", NASTY)
@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize("kind", MADE)
def test_what_people_write_is_shown_and_never_interpreted(kind: str, form: Format, words_of_somebody: str) -> None:
    draw, read = READ[form]
    found = dense(read(draw(kind, "nb", MADE[kind](words_of_somebody))))
    assert found.count(dense(words_of_somebody)) >= 8
    assert "49" not in found


@pytest.mark.parametrize("kind", MADE)
def test_a_paper_is_a_link_in_the_page_and_an_address_to_read_elsewhere(kind: str) -> None:
    context = MADE[kind]("Notat")
    draw, _ = READ[Format.HTML]
    links = [at for tag, at in page(draw(kind, "nb", context)).tags if tag == "a"]
    assert {at["href"] for at in links} == {LINK}
    assert {at["rel"] for at in links} == {"noreferrer"}
    for form in (Format.DOCX, Format.PDF):
        draw, read = READ[form]
        assert dense(LINK) in dense(read(draw(kind, "nb", context))), form


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"carried": True, "carried_to": "2024-05-23"}, "Saken utsettes til møtet 23.05.2024."),
        ({"carried": True}, "Saken utsettes til et senere møte."),
        ({"withdrawn": True}, "Saken er trukket."),
    ],
)
def test_what_was_not_dealt_with_is_said_to_be_so_and_has_no_conclusion(more: dict[str, Any], says: str) -> None:
    draw, read = READ[Format.DOCX]
    found = read(draw("forum_minutes", "nb", minutes("Noe", **more)))
    assert says in found
    assert "Vedtak:" not in found


def test_without_members_in_the_file_nobody_is_said_to_be_absent() -> None:
    speech = Speech("nb", OSLO)
    content = {"marked": True, "members_known": False, "present": ["A"], "beside": [], "guests": "", "absent": []}
    assert forum_minutes_document.present_lines(speech, content) == ["A"]
    assert forum_minutes_document.absent(speech, content) == ["Ikke registrert, fordi medlemmene ikke er oppgitt"]
