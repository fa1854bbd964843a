"""The meeting and its minutes in Teams: real HTTP both ways, documents fetched by the links that people get."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from pypdf import PdfReader

from tests.builders import identity_number
from tests.documents.test_documents import docx_text, html_text, pdf_text
from tests.harness import MUNICIPALITY, Town, clinic, everybody, running, vestfold
from tests.teams_double import (
    CARD,
    Json,
    Message,
    TeamsDouble,
    TeamsPerson,
    beside,
    buttons_of,
    elements,
    inputs_of,
    readable,
)

TUESDAY = "2023-11-28"
ANSWERS = {
    "larvik-sjef": MUNICIPALITY | {"situasjon": "red", "overliggere": "7", "behov": "To senger til helga"},
    "horten-sjef": MUNICIPALITY | {"situasjon": "green", "overliggere": "0"},
    "tonsberg-sjef": MUNICIPALITY | {"situasjon": "yellow", "behov": "Flere folk på natt"},
    "medisin-sjef": clinic(larvik=8),
}


def at(hour: str, day: str = TUESDAY) -> str:
    return f"{day}T{hour}:00+01:00"


def words(card: Json | Message) -> str:
    if isinstance(card, Message):
        return card.text
    return "\n".join(readable({"attachments": [{"contentType": CARD, "content": card}]}))


def data_of(card: Json, action: str) -> Json:
    """What a button bears."""
    found: Json = next(button["data"] for button in buttons_of(card) if button["verb"] == action)
    return found


async def forges(person: TeamsPerson, action: str, **data: Any) -> Json:
    """Presses a button with data of one's own, whether it was given or not; the card that comes back."""
    value = {"action": {"type": "Action.Execute", "verb": action, "data": {"action": action, **data}}}
    status, answer = await person.sends(person.activity("invoke", name="adaptiveCard/action", value=value))
    assert status == 200
    card = answer["value"]
    return card if isinstance(card, dict) else {"type": "AdaptiveCard", "body": [{"type": "TextBlock", "text": card}]}


async def met(town: Town, until: str = at("16:00")) -> str:
    """Some have answered, the meeting has begun; the round's id."""
    for key, inputs in ANSWERS.items():
        await town.answers(key, **inputs)
    await town.product.clock_to(until)
    found: str = (await town.product.round_of(TUESDAY))["id"]
    return found


async def test_who_may_not_note_is_told_who_may(prompted: Town) -> None:
    for person in (prompted["larvik-sjef"], prompted["leder-pko"]):
        [answer] = await person.says("vedtak Larvik: åpner fire korttidsplasser")
        assert answer.text.startswith("Bare samhandlingssjefen og sekretariatet kan gjøre dette: Samhandlingssjef SiV")


async def noted(town: Town) -> str:
    """The meeting is over: some are marked as present, a point and a decision are noted."""
    round_id = await met(town)
    await forges(town.boss, "meeting.present", round=round_id, present="larvik-sjef,horten-vara,medisin-sjef")
    await town.boss.says("punkt Tønsberg: mangler folk på natt")
    await town.boss.says("vedtak Larvik: åpner fire korttidsplasser")
    await town.product.clock_to(at("17:00"))
    return round_id


async def sent(town: Town) -> str:
    """The minutes are out for comment."""
    round_id = await noted(town)
    await forges(town.boss, "minutes.send", round=round_id, version=0)
    await town.product.settle()
    return round_id


async def links(person: TeamsPerson, **data: Any) -> dict[str, str]:
    """The addresses of the documents by the name of their format."""
    card = await forges(person, "minutes.fetch", **data)
    opening = (e for e in elements(card) if e["type"] == "Action.OpenUrl")
    return {action["title"]: action["url"] for action in opening}


async def fetched(town: Town, url: str) -> tuple[int, bytes, dict[str, str]]:
    async with town.product.session.get(url) as response:
        return response.status, await response.read(), dict(response.headers)


# The running order


async def test_at_its_start_those_who_lead_get_the_running_order(prompted: Town) -> None:
    await met(prompted, at("15:59"))
    assert not prompted.boss.titled("Kjøreplan")
    await prompted.product.clock_to(at("16:00"))
    for key in ("samhandlingssjef", "sekretariat"):
        [card] = prompted[key].titled("Kjøreplan for møtet tirsdag 28. november kl. 16.00")
        text = card.text
        # Red first; then those with needs before those without.
        assert text.index("1. Larvik") < text.index("2. Tønsberg") < text.index("Horten kommune")
        for part in ("To senger til helga", "Flere folk på natt", "overliggere 7", "Har ikke svart", "Færder", "gul"):
            assert part in text, part
        assert "Ingen er merket som til stede ennå." in text
    assert not prompted["larvik-sjef"].titled("Kjøreplan")


async def test_the_running_order_comes_again_by_command_in_three_languages(prompted: Town) -> None:
    await met(prompted)
    for command in ("møte", "Møte!", "meeting"):
        [card] = await prompted["sekretariat"].says(command)
        assert card.title.startswith("Kjøreplan"), command
    await prompted.boss.says("språk en")
    [card] = await prompted.boss.says("meeting")
    assert card.title == "Running order for the meeting on Tuesday 28 November at 16:00"
    await prompted.boss.says("språk nn")
    [card] = await prompted.boss.says("møte")
    assert card.title.startswith("Køyreplan for møtet")


async def test_before_the_summary_there_is_nothing_to_lead(prompted: Town) -> None:
    [answer] = await prompted.boss.says("møte")
    assert "ikke noe møte å lede ennå" in answer.text


async def test_others_are_told_who_leads(prompted: Town) -> None:
    round_id = await met(prompted)
    for key in ("larvik-sjef", "leder-pko"):
        [answer] = await prompted[key].says("møte")
        assert "Samhandlingssjef SiV" in answer.text
    larvik = prompted["larvik-sjef"]
    for action in ("run", "present", "fill_present", "notes", "note", "edit", "correct", "unnote"):
        card = await forges(larvik, f"meeting.{action}", round=round_id, present="larvik-sjef", text="Hei")
        assert "Bare samhandlingssjefen og sekretariatet" in words(card), action
    card = await forges(prompted.boss, "meeting.notes", round=round_id)
    assert "Hei" not in words(card)


async def test_a_cancelled_meeting_has_no_running_order_and_no_minutes(prompted: Town) -> None:
    round_id = (await prompted.product.round_of(TUESDAY))["id"]
    await prompted.boss.says("avslutt")
    await prompted.boss.presses(prompted.boss.last_card, "period.end")
    await prompted.product.clock_to(at("18:00"))
    assert not prompted.boss.titled("Kjøreplan")
    assert not prompted.boss.titled("Referat")
    for action in ("meeting.note", "minutes.send", "minutes.approve", "minutes.fetch"):
        card = await forges(prompted.boss, action, round=round_id, text="Hei", version=0)
        assert "avlyst" in words(card) or "ikke noe referat" in words(card), action


# Who is present


async def test_nobody_is_present_by_guess_and_all_who_answered_are_two_presses(prompted: Town) -> None:
    round_id = await met(prompted)
    form = await forges(prompted.boss, "meeting.present", round=round_id)
    assert inputs_of(form)["present"].get("value", "") == ""
    filled = await forges(
        prompted.boss, "meeting.fill_present", round=round_id, present="leder-pko", guests="Kommunelegen"
    )
    ticked = set(inputs_of(filled)["present"]["value"].split(","))
    assert ticked == {"leder-pko", *ANSWERS}
    assert inputs_of(filled)["guests"]["value"] == "Kommunelegen"
    saved = await forges(prompted.boss, "meeting.present", round=round_id, present="leder-pko,larvik-sjef")
    assert "2 er til stede" in words(saved)
    again = await forges(prompted["sekretariat"], "meeting.present", round=round_id)
    assert set(inputs_of(again)["present"]["value"].split(",")) == {"leder-pko", "larvik-sjef"}


async def test_wrong_attendance_is_told_at_its_field_and_stores_nothing(prompted: Town) -> None:
    round_id, number = await met(prompted), identity_number()
    card = await forges(prompted.boss, "meeting.present", round=round_id, present="ukjent", guests=f"Pasient {number}")
    assert "Velg blant dem" in beside(card, "present")
    assert "fødselsnummer" in beside(card, "guests")
    assert number not in json.dumps(card)
    card = await forges(prompted.boss, "meeting.present", round=round_id, present="larvik-sjef", guests="a" * 301)
    assert "300" in beside(card, "guests")
    assert inputs_of(card)["present"]["value"] == "larvik-sjef"
    assert inputs_of(card)["guests"]["value"] == "a" * 301
    assert "Ingen er merket" in words(await forges(prompted.boss, "meeting.run", round=round_id))


# Notes


async def test_several_notes_in_a_row_are_quick(prompted: Town) -> None:
    round_id = await met(prompted)
    form = await forges(prompted.boss, "meeting.notes", round=round_id)
    for text, kind in (("Fullt på korttid", "point"), ("Åpner fire plasser", "decision")):
        data = data_of(form, "meeting.note") | {"unit": "larvik", "kind": kind, "text": text}
        form = await forges(prompted.boss, "meeting.note", **{k: v for k, v in data.items() if k != "action"})
        assert inputs_of(form)["unit"]["value"] == "larvik"
        assert inputs_of(form)["text"].get("value", "") == ""
        assert text in words(form)
    assert "Larvik kommune, vedtak" in words(form)
    # The same form pressed again, as by a second tap, is the same note.
    again = await forges(prompted.boss, "meeting.note", **{k: v for k, v in data.items() if k != "action"})
    assert words(again).count("Åpner fire plasser") == 1


async def test_one_line_notes_are_understood_in_three_languages(prompted: Town) -> None:
    round_id = await met(prompted)
    lines = {
        "punkt Larvik: fullt på korttid": ("Larvik kommune, punkt", "fullt på korttid"),
        "VEDTAK: møtes igjen fredag": ("Hele møtet, vedtak", "møtes igjen fredag"),
        "decision Tønsberg kommune: opens two beds": ("Tønsberg kommune, vedtak", "opens two beds"),
        "point: thank you: all": ("Hele møtet, punkt", "thank you: all"),
    }
    for line, parts in lines.items():
        [answer] = await prompted["sekretariat"].says(line)
        assert all(part in answer.text for part in parts), line
    card = await forges(prompted.boss, "meeting.notes", round=round_id)
    assert all(part in words(card) for parts in lines.values() for part in parts)


async def test_a_line_that_is_not_understood_comes_as_a_form_with_what_was_typed(prompted: Town) -> None:
    await met(prompted)
    [form] = await prompted.boss.says("vedtak Atlantis: åpner plasser")
    assert "Velg en enhet" in beside(form.card or {}, "unit")
    assert form.inputs["text"]["value"] == "åpner plasser"
    assert form.inputs["kind"]["value"] == "decision"
    [form] = await prompted.boss.says("punkt Larvik:")
    assert "fylles ut" in beside(form.card or {}, "text")
    number = identity_number()
    [form] = await prompted.boss.says(f"punkt Larvik: gjelder {number}")
    assert "fødselsnummer" in beside(form.card or {}, "text")
    assert number not in json.dumps(form.card)


async def test_a_colon_in_somebody_elses_answer_is_no_command(prompted: Town) -> None:
    larvik = prompted["larvik-sjef"]
    await larvik.says("status")
    for answer in ("gul", "3", "2", "hopp", "hopp", "grønn", "hopp"):
        await larvik.says(answer)
    await larvik.says("punkt 1: flere senger")
    report = await prompted.product.report_of(TUESDAY, "larvik")
    assert report["values"]["behov"] == "punkt 1: flere senger"


async def test_a_note_is_corrected_and_removed(prompted: Town) -> None:
    round_id = await met(prompted)
    await prompted.boss.says("punkt Larvik: fullt på langtid")
    chooser = await forges(prompted["sekretariat"], "meeting.edit", round=round_id)
    [choice] = inputs_of(chooser)["note"]["choices"]
    form = await forges(prompted["sekretariat"], "meeting.correct", round=round_id, note=choice["value"])
    assert inputs_of(form)["text"]["value"] == "fullt på langtid"
    data = {"round": round_id, "note": choice["value"], "unit": "horten", "kind": "decision"}
    wrong = await forges(prompted["sekretariat"], "meeting.correct", **data, text="a" * 1001)
    assert "1\u00a0000" in beside(wrong, "text")
    assert inputs_of(wrong)["unit"]["value"] == "horten"
    card = await forges(prompted["sekretariat"], "meeting.correct", **data, text="fullt på korttid")
    assert "Horten kommune, vedtak" in words(card)
    assert "fullt på langtid" not in words(card)
    card = await forges(prompted.boss, "meeting.unnote", round=round_id, note=choice["value"])
    assert "fullt på korttid" not in words(card)
    card = await forges(prompted.boss, "meeting.unnote", round=round_id, note=choice["value"])
    assert "ikke notert noe" in words(card)


async def test_an_action_agreed_in_the_meeting_or_after_it_stands_in_the_minutes(prompted: Town) -> None:
    round_id = await met(prompted)
    form = await forges(prompted.boss, "meeting.action", round=round_id)
    data = {k: v for k, v in data_of(form, "meeting.action").items() if k != "action"}
    wrong = await forges(prompted.boss, "meeting.action", **data, text="Åpner fire plasser", owner="", due="snart")
    assert beside(wrong, "owner")
    assert beside(wrong, "due")
    assert inputs_of(wrong)["text"]["value"] == "Åpner fire plasser"
    agreed = {"text": "Åpner fire plasser", "owner": "larvik", "due": "1.12."}
    for _ in range(2):
        added = await forges(prompted.boss, "meeting.action", **data, **agreed)
        assert "Tiltaket er lagt til." in words(added)
    assert "Åpner fire plasser" in words(await forges(prompted.boss, "meeting.run", round=round_id))
    await prompted.product.clock_to(at("17:30"))
    form = await forges(prompted["sekretariat"], "meeting.action", round=round_id)
    data = {k: v for k, v in data_of(form, "meeting.action").items() if k != "action"}
    await forges(
        prompted["sekretariat"], "meeting.action", **data, text="Ringer legevakta", owner="horten", due="i morgen"
    )
    round_ = await prompted.product.round_of(TUESDAY)
    assert [a["text"] for a in round_["actions"]] == ["Åpner fire plasser"]
    text = docx_text((await fetched(prompted, (await links(prompted.boss, round=round_id, version=0))["Word"]))[1])
    for part in ("Åpner fire plasser", "Larvik kommune", "01.12.2023", "Ringer legevakta", "29.11.2023"):
        assert part in text, part
    assert text.count("Åpner fire plasser") == 1


# The draft


async def test_when_the_meeting_is_over_the_draft_stands_ready(prompted: Town) -> None:
    await noted(prompted)
    for key in ("samhandlingssjef", "sekretariat"):
        [card] = prompted[key].titled("Referat fra samhandlingsmøte tirsdag 28. november 2023")
        for part in ("Utkast", "Kommunalsjef Larvik", "åpner fire korttidsplasser", "Tønsberg kommune, punkt"):
            assert part in card.text, part
        assert "minutes.send" in card.actions
        assert "minutes.approve" not in card.actions
    assert not prompted["larvik-sjef"].titled("Referat")
    [answer] = await prompted["larvik-sjef"].says("referat")
    assert "ikke noe referat ennå" in answer.text


async def test_a_period_ended_by_hand_during_the_meeting_keeps_its_minutes(prompted: Town) -> None:
    await met(prompted)
    await prompted.boss.says("avslutt")
    await prompted.boss.presses(prompted.boss.last_card, "period.end")
    await prompted.product.clock_to(at("17:00"))
    assert prompted.boss.titled("Referat fra samhandlingsmøte tirsdag 28. november 2023")
    [card] = await prompted.boss.says("møte")
    assert "meeting.notes" in card.actions


async def test_word_pdf_and_page_say_what_the_meeting_said(prompted: Town) -> None:
    round_id = await noted(prompted)
    found = await links(prompted.boss, round=round_id, version=0)
    assert list(found) == ["Word", "PDF", "Nettside"]
    texts = {}
    for name, read in (("Word", docx_text), ("PDF", pdf_text), ("Nettside", html_text)):
        status, content, headers = await fetched(prompted, found[name])
        assert status == 200
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert "referat-2023-11-28-utkast." in headers["Content-Disposition"]
        texts[name] = " ".join(read(content).split())
    for name, text in texts.items():
        for part in (
            "Referat fra samhandlingsmøte tirsdag 28. november 2023",
            "Helsefellesskapet i Vestfold",
            "tirsdag 28. november 2023 kl. 16.00 til kl. 17.00",
            "Kommunalsjef Larvik",
            "Kommunalsjef Horten (Stedfortreder Horten møtte)",
            "Samhandlingssjef SiV",
            "Gul" if name == "never" else "gul",
            "To senger til helga",
            "åpner fire korttidsplasser",
            "mangler folk på natt",
            "Neste møte: tirsdag 5. desember kl. 16.00.",
        ):
            assert part in text, (name, part)


async def test_the_language_of_a_document_is_that_of_whoever_asks(prompted: Town) -> None:
    round_id = await noted(prompted)
    for language, title in (("nn", "Referat frå samhandlingsmøte"), ("en", "Minutes of the coordination meeting")):
        await prompted.boss.says(f"språk {language}")
        found = await links(prompted.boss, round=round_id, version=0)
        _, word, _ = await fetched(prompted, found["Word"])
        assert title in docx_text(word)
        _, pdf, _ = await fetched(prompted, found["PDF"])
        root: Any = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
        assert str(root["/Lang"]).startswith(language)


async def test_a_page_carries_its_policy(prompted: Town) -> None:
    round_id = await noted(prompted)
    _, page, headers = await fetched(prompted, (await links(prompted.boss, round=round_id, version=0))["Nettside"])
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert b"<script" not in page


async def test_a_link_that_was_tampered_with_opens_nothing(prompted: Town) -> None:
    round_id = await noted(prompted)
    url = (await links(prompted.boss, round=round_id, version=0))["PDF"]
    base, _, token = url.rpartition("/")
    for forged in (token[:-2] + "AA", "x", token + "A", "a" * 2000):
        status, content, _ = await fetched(prompted, f"{base}/{forged}")
        assert status == 404
        assert "gjelder ikke lenger" in content.decode()


async def test_the_draft_is_for_those_who_write_it(prompted: Town) -> None:
    round_id = await noted(prompted)
    card = await forges(prompted["larvik-sjef"], "minutes.fetch", round=round_id, version=0)
    assert "Bare samhandlingssjefen og sekretariatet" in words(card)
    card = await forges(prompted.boss, "minutes.fetch", round=round_id, version=1)
    assert "ikke noe referat" in words(card)


# Comments and approval


async def test_everybody_concerned_gets_the_minutes_once_and_may_comment(prompted: Town) -> None:
    round_id = await sent(prompted)
    await prompted.product.settle()
    told = {key: len(p.titled("Referat fra samhandlingsmøte")) for key, p in prompted.people.items()}
    # The draft that those who write them have is what was sent by now.
    writers = ("samhandlingssjef", "sekretariat")
    assert told == dict.fromkeys(prompted.people, 1)
    for key in writers:
        [written] = prompted[key].titled("Referat fra samhandlingsmøte")
        assert "Versjon 1, sendt til kommentar" in written.text
    larvik = prompted["larvik-sjef"]
    [card] = larvik.titled("Referat fra")
    assert "Frist for kommentarer: tirsdag 5. desember kl. 17.00" in card.text
    answer = await larvik.presses(card, "minutes.comment", text="Det var fem plasser")
    assert "Takk, kommentaren er mottatt." in words(answer)
    assert "Det var fem plasser" in words(answer)
    for key in writers:
        [comment] = prompted[key].titled("Kommentar til referatet fra møtet tirsdag 28. november")
        assert "Kommunalsjef Larvik" in comment.text
        assert "Det var fem plasser" in comment.text
    assert not prompted["horten-sjef"].titled("Kommentar")
    assert "Det var fem plasser" in words(await forges(prompted.boss, "minutes.open", round=round_id))
    assert "Det var fem plasser" not in words(await forges(prompted["horten-sjef"], "minutes.open", round=round_id))


async def test_a_wrong_comment_is_told_at_its_field(prompted: Town) -> None:
    await sent(prompted)
    larvik = prompted["larvik-sjef"]
    [card] = larvik.titled("Referat fra")
    number = identity_number()
    for text, told in (("", "Skriv en kommentar"), ("a" * 1001, "1\u00a0000"), (f"om {number}", "fødselsnummer")):
        answer = await larvik.presses(card, "minutes.comment", text=text)
        assert told in beside(answer, "text")
        assert inputs_of(answer)["text"].get("value", "") == ("" if number in text else text)
    assert not prompted.boss.titled("Kommentar")
    assert number not in prompted.double.everything_sent()


async def test_a_week_without_comment_approves_them_and_only_their_writers_get_a_message(prompted: Town) -> None:
    round_id = await sent(prompted)
    await prompted.product.clock_to("2023-12-05T16:59:00+01:00")
    assert "minutes.approve" in actions(await forges(prompted.boss, "minutes.open", round=round_id))
    before = {key: len(p.messages) for key, p in prompted.people.items()}
    await prompted.product.clock_to("2023-12-05T17:00:00+01:00")
    for key, person in prompted.people.items():
        approved = [m for m in person.messages[before[key] :] if "Godkjent" in m.text and "28. november" in m.title]
        assert len(approved) == (1 if key in ("samhandlingssjef", "sekretariat") else 0), key
        # The message that everybody has says it in its place.
        [first] = [m for m in person.messages[: before[key]] if m.title.startswith("Referat fra")]
        assert "Ingen hadde kommentarer innen fristen" in first.text
    larvik = prompted["larvik-sjef"]
    first = larvik.titled("Referat fra samhandlingsmøte tirsdag 28. november")[0]
    assert "Godkjent" in first.text
    assert "minutes.comment" not in first.actions
    card = await forges(larvik, "minutes.comment", round=round_id, version=1, text="For sent")
    assert "godkjent og kan ikke endres" in words(card)
    card = await forges(prompted.boss, "meeting.note", round=round_id, text="For sent")
    assert "godkjent og kan ikke endres" in words(card)


async def test_under_the_field_for_a_comment_stands_only_the_button_that_sends_it(prompted: Town) -> None:
    await sent(prompted)
    [card] = prompted["larvik-sjef"].titled("Referat fra")
    order = [e.get("verb") or e.get("id") for e in elements(card.card) if "verb" in e or e["type"].startswith("Input.")]
    assert order == ["minutes.fetch", "text", "minutes.comment"]


async def test_a_comment_at_the_last_minute_leaves_it_to_the_coordinator(prompted: Town) -> None:
    round_id = await sent(prompted)
    await prompted.product.clock_to("2023-12-05T16:59:00+01:00")
    await forges(prompted["larvik-sjef"], "minutes.comment", round=round_id, version=1, text="Vent litt")
    await prompted.product.clock_to("2023-12-05T17:00:00+01:00")
    decide = prompted.boss.last_card
    [asked] = [m for m in prompted.boss.messages if "Fristen for kommentarer er ute" in m.text]
    assert "Vent litt" in asked.text
    assert not [m for m in prompted["sekretariat"].messages if "Fristen for kommentarer er ute" in m.text]
    assert not [m for m in prompted["larvik-sjef"].messages if "Godkjent" in m.text]
    assert decide
    refused = await forges(prompted["sekretariat"], "minutes.approve", round=round_id, version=1)
    assert "Bare samhandlingssjefen kan godkjenne" in words(refused)
    answer = await prompted.boss.presses(asked, "minutes.approve")
    assert "Godkjent av Samhandlingssjef SiV" in words(answer)
    [approved] = [m for m in prompted["horten-sjef"].messages if "Godkjent av" in m.text][:1]
    assert approved


async def test_an_amended_version_takes_the_first_ones_place(prompted: Town) -> None:
    round_id = await sent(prompted)
    larvik = prompted["larvik-sjef"]
    [first] = larvik.titled("Referat fra")
    await larvik.presses(first, "minutes.comment", text="Det var fem plasser")
    await prompted.product.clock_to("2023-11-30T10:00:00+01:00")
    await prompted.boss.says("vedtak Larvik: retter til fem plasser")
    card = await forges(prompted.boss, "minutes.open", round=round_id)
    assert "Send endret versjon" in json.dumps(card, ensure_ascii=False)
    await forges(prompted.boss, "minutes.send", round=round_id, version=1)
    # A second press of the same button, from the card as it was.
    again = await forges(prompted.boss, "minutes.send", round=round_id, version=1)
    assert "endret siden dette kortet" in words(again)
    await prompted.product.settle()
    one, two = larvik.titled("Referat fra")
    assert "Versjon 1 er erstattet av versjon 2" in one.text
    assert "Versjon 2, sendt til kommentar torsdag 30. november kl. 10.00" in two.text
    card = await forges(larvik, "minutes.comment", round=round_id, version=1, text="Til den gamle")
    assert "endret siden dette kortet" in words(card)
    old, new = await links(larvik, round=round_id, version=1), await links(larvik, round=round_id, version=2)
    assert "retter til fem" not in docx_text((await fetched(prompted, old["Word"]))[1])
    assert "retter til fem" in docx_text((await fetched(prompted, new["Word"]))[1])
    await prompted.product.clock_to("2023-12-07T10:00:00+01:00")
    assert [m for m in larvik.messages if "Godkjent" in m.text]


async def test_a_late_correction_of_figures_does_not_reach_the_minutes(prompted: Town) -> None:
    round_id = await sent(prompted)
    await forges(
        prompted["larvik-sjef"], "status.submit", round=round_id, **ANSWERS["larvik-sjef"] | {"overliggere": "1"}
    )
    report = await prompted.product.report_of(TUESDAY, "larvik")
    assert report["values"]["overliggere"] == 1
    found = await links(prompted["larvik-sjef"], round=round_id, version=1)
    text = docx_text((await fetched(prompted, found["Word"]))[1])
    assert "overliggere 7" in text
    assert "overliggere 1 " not in text


async def test_only_those_who_write_them_send_them(prompted: Town) -> None:
    round_id = await noted(prompted)
    card = await forges(prompted["larvik-sjef"], "minutes.send", round=round_id, version=0)
    assert "Bare samhandlingssjefen og sekretariatet" in words(card)
    card = await forges(prompted.boss, "minutes.approve", round=round_id, version=0)
    assert "ikke sendt til kommentar ennå" in words(card)
    assert not prompted["larvik-sjef"].titled("Referat")
    await forges(prompted["sekretariat"], "minutes.send", round=round_id, version=0)
    await prompted.product.settle()
    assert prompted["larvik-sjef"].titled("Referat")


async def test_minutes_sent_in_the_evening_come_when_quiet_hours_end(prompted: Town) -> None:
    round_id = await noted(prompted)
    await prompted.product.clock_to(at("21:00"))
    await forges(prompted.boss, "minutes.send", round=round_id, version=0)
    await prompted.product.settle()
    assert not prompted["larvik-sjef"].titled("Referat")
    await prompted.product.clock_to("2023-11-29T07:00:00+01:00")
    assert prompted["larvik-sjef"].titled("Referat")


async def test_the_newest_minutes_come_by_command(prompted: Town) -> None:
    await sent(prompted)
    for command in ("referat", "Referat!", "minutes"):
        [card] = await prompted["leder-pko"].says(command)
        assert card.title == "Referat fra samhandlingsmøte tirsdag 28. november 2023"
        assert "minutes.fetch" in card.actions


def actions(card: Json) -> list[str]:
    return [button["verb"] for button in buttons_of(card)]


# What a community chooses


async def test_the_length_for_comments_is_the_communitys(double: TeamsDouble, database: Path) -> None:
    own = replace(vestfold(), meeting=replace(vestfold().meeting, minutes_approved_after=2))
    people = everybody(double, own)
    async with running(database, [own], teams=double) as product:
        town = Town(product, double, people)
        await town.prompted()
        await sent(town)
        [card] = town["larvik-sjef"].titled("Referat fra")
        assert "torsdag 30. november kl. 17.00" in card.text
        await town.product.clock_to("2023-11-30T17:00:00+01:00")
        assert [m for m in town["larvik-sjef"].messages if "Godkjent" in m.text]


@pytest.mark.parametrize("text", ["Vårt eget: {{ title }}", "{{ titel }}"])
async def test_an_own_template_is_used_and_a_broken_one_is_told_of(
    double: TeamsDouble, database: Path, tmp_path: Path, text: str
) -> None:
    mine = tmp_path / "maler" / "vestfold"
    mine.mkdir(parents=True)
    template: Any = Document()
    template.add_paragraph(text)
    template.save(str(mine / "minutes.docx"))
    people = everybody(double)
    async with running(database, teams=double, templates=str(tmp_path / "maler")) as product:
        town = Town(product, double, people)
        await town.prompted()
        round_id = await noted(town)
        url = (await links(town.boss, round=round_id, version=0))["Word"]
        status, content, _ = await fetched(town, url)
        await fetched(town, url)
        await town.product.settle()
        assert status == 200
        assert ("Vårt eget" in docx_text(content)) is ("eget" in text)
        assert "Referat fra samhandlingsmøte" in docx_text(content)
        told = [
            len(town[key].titled("Malen for dokumentet")) for key in ("samhandlingssjef", "sekretariat", "larvik-sjef")
        ]
        assert told == ([0, 0, 0] if "eget" in text else [1, 1, 0])
