"""A letter as it goes out: what its headers say, and that text and HTML say the same as the card."""

from __future__ import annotations

import email
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.addresses import Addresses
from bot.channels.mail import Mail
from bot.outbound import Letter, UnreachableError
from dialogs.card import (
    Button,
    Buttons,
    Card,
    Choice,
    Facts,
    Input,
    InputKind,
    LevelLine,
    Link,
    Picture,
    Quote,
    Reference,
    Section,
    Text,
    Tone,
    sentence,
)
from dialogs.speech import Speech
from domain.community import PreparednessLevel
from tests.builders import OSLO
from tests.mail_double import html_of, link_of, text_of

LINK = "https://bot.example.no/link/abc"
FORM = Card(
    "Status fra Larvik til møtet tirsdag 28. november",
    (
        Text("Frist: kl. 12.00."),
        Text("Klare pasienter", Tone.HEADING),
        Input("klare.larvik", InputKind.COUNT, "Larvik", value="4711"),
        Input("situasjon", InputKind.CHOICE, "Situasjon", choices=(Choice("green", "Grønn"),)),
    ),
    (Button("status.submit", "Send status", submits=True),),
)
SUMMARY = Card(
    "Samhandlingsmøte",
    (
        Facts((("Overliggere", "16"), ("Ledige plasser", "21"))),
        LevelLine(PreparednessLevel.YELLOW, "Larvik", "Fem overliggere", "gul"),
        Quote("Horten", "Vi <b>må</b> ha hjelp & plass.\nSnart."),
        Picture(Reference("trend", "vestfold", "r1"), "Overliggere gikk ned fra 20 til 16."),
        Section("Tiltak", (Text("Åpne plasser"), Buttons((Button("action.done", "Ferdig"),)))),
    ),
    links=(
        Link(Reference("guide", "vestfold", "innsyn"), "Brukerveiledning"),
        Link(Reference("document", "v", "x"), "Word"),
    ),
)


class Kept:
    def __init__(self) -> None:
        self.sent: list[tuple[bytes, str, str]] = []

    async def send(self, letter: Any, sender: str, recipient: str) -> None:
        self.sent.append((letter.as_bytes(), sender, recipient))


def a_letter(**changes: Any) -> Letter:
    given: dict[str, Any] = {
        "to": "larvik@example.no",
        "speech": Speech("nb", OSLO),
        "community": "Helsefellesskapet i Vestfold",
        "id": "one",
        "thread": "all",
        "at": datetime(2023, 11, 27, 8, tzinfo=UTC),
        "link": LINK,
        "label": "Svar nå",
    }
    return Letter(**(given | changes))


async def written(card: Card, sender: str = "Samhandlingsbot <bot@example.no>", **changes: Any) -> EmailMessage:
    """As it is read at the other end."""
    kept = Kept()
    await Mail(kept, sender, Addresses(b"key", "https://bot.example.no").url).post(card, a_letter(**changes))
    [(raw, _, _)] = kept.sent
    assert max(len(line) for line in raw.splitlines()) < 998
    read = email.message_from_bytes(raw, policy=SMTP)
    assert isinstance(read, EmailMessage)
    return read


class Shape(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src", "action")]


async def test_the_headers_say_from_whom_about_what_and_that_nobody_wrote_it() -> None:
    read = await written(FORM)
    assert read["From"] == "Samhandlingsbot <bot@example.no>"
    assert read["To"] == "larvik@example.no"
    assert read["Subject"] == FORM.title
    assert read["Date"].datetime == datetime(2023, 11, 27, 8, tzinfo=UTC)
    assert read["Message-ID"] == "<one@example.no>"
    assert read["References"] == read["In-Reply-To"] == "<all@example.no>"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Content-Language"] == "nb"


async def test_a_form_is_not_filled_in_in_the_letter_but_behind_its_link() -> None:
    read = await written(FORM)
    assert link_of(read) == LINK
    for said in (text_of(read), html_of(read)):
        assert "Frist: kl. 12.00." in said
        assert "Svar nå" in said
        for left_out in ("Klare pasienter", "4711", "Situasjon", "Send status"):
            assert left_out not in said
    assert not {"form", "input", "button", "script", "img", "link"} & set(Shape(html_of(read)).tags)


async def test_text_and_html_say_what_the_card_says() -> None:
    read = await written(SUMMARY, link=None, label="")
    html = html_of(read).replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
    for said in (text_of(read), html):
        for part in (
            "Overliggere",
            "16",
            "Larvik (gul)",
            "Fem overliggere",
            "Horten",
            "Vi <b>må</b> ha hjelp & plass.",
        ):
            assert part in said
        for part in ("Overliggere gikk ned fra 20 til 16.", "Tiltak", "Åpne plasser", "Brukerveiledning"):
            assert part in said
        assert "Ferdig" not in said


async def test_only_what_does_not_expire_is_linked_to() -> None:
    read = await written(SUMMARY)
    assert Shape(html_of(read)).addresses == [LINK, "https://bot.example.no/veiledning/innsyn"]
    assert "Word" not in text_of(read)


async def test_a_participants_words_are_never_markup() -> None:
    assert "b" not in Shape(html_of(await written(SUMMARY))).tags


async def test_a_sentence_is_not_shown_on_a_lock_screen() -> None:
    read = await written(sentence("Larvik har tre overliggere."))
    assert read["Subject"] == "Melding fra Helsefellesskapet i Vestfold"
    assert "Larvik har tre overliggere." in text_of(read)


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
async def test_the_foot_says_whose_the_link_is(language: str) -> None:
    speech = Speech(language, OSLO)
    read = await written(FORM, speech=speech)
    assert speech.say("mail.yours") in text_of(read)
    assert speech.say("mail.yours") not in text_of(await written(FORM, speech=speech, link=None))
    assert f'<html lang="{language}">' in html_of(read)


async def test_a_sender_without_a_name_has_the_products() -> None:
    assert (await written(FORM, sender="bot@example.no"))["From"] == "Samhandlingsbot <bot@example.no>"
    assert (await written(FORM, sender="Blåtann Ås <bot@example.no>"))["From"] == "Blåtann Ås <bot@example.no>"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=400))
async def test_no_title_breaks_out_of_its_header(title: str) -> None:
    read = await written(Card(title, (Text("x"),)))
    assert "Bcc" not in read
    assert read["To"] == "larvik@example.no"
    assert len(read["Subject"]) <= 150
    assert "x" in text_of(read)


@pytest.mark.parametrize("address", ["", "larvik", "a@b\r\nBcc: c@d", "a b@c.no", "<a@b.no>"])
async def test_what_is_no_address_gets_no_letter(address: str) -> None:
    kept = Kept()
    with pytest.raises(UnreachableError):
        await Mail(kept, "bot@example.no").post(FORM, a_letter(to=address))
    assert kept.sent == []
