"""The minutes of an organ's meeting in Teams: written item by item, sent for comment, approved; as people get them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.builders import identity_number
from tests.documents.test_documents import docx_text, html_text, pdf_text
from tests.e2e.organ import JANUARY, reported, ssu_meeting, two_cases, with_members
from tests.e2e.test_agenda import cases
from tests.e2e.test_minutes import fetched, forges, links, words
from tests.e2e.test_plan_in_chat import stored
from tests.harness import Json, Snapshot, Town, beginning
from tests.teams_double import TeamsDouble, TeamsPerson, beside, buttons_of, inputs_of

TITLE = "Referat: SSU torsdag 29. februar 2024"
OVER = "2024-02-29T15:30:00+01:00"
PRESENT = "samhandlingssjef,sekretariat,horten-sjef,larvik-vara,leder-pko"


async def _begun(town: Town) -> None:
    await town.connect()
    await stored(town)
    await two_cases(town)


@pytest.fixture
async def town(double: TeamsDouble, database: Path, snapshots: dict[str, Snapshot]) -> AsyncIterator[Town]:
    """Monday 8 January 2024, with the adopted plan and two cases for SSU; the file says who is in it."""
    async with beginning(snapshots, "forum_minutes", _begun, database, double, [with_members()], now=JANUARY) as found:
        yield found
    assert double.complaints == []


@pytest.fixture
def secretary(town: Town) -> TeamsPerson:
    return town["sekretariat"]


async def called(town: Town) -> str:
    """The notice is out, with who leads."""
    meeting = await ssu_meeting(town)
    await forges(town["sekretariat"], "notice.save", meeting=meeting, chair="samhandlingssjef", secretary="sekretariat")
    await forges(town["sekretariat"], "notice.send", meeting=meeting, version=0)
    return meeting


async def items(town: Town, meeting: str) -> dict[str, str]:
    """What can be written about: the button's label and the item."""
    card = await forges(town["sekretariat"], "minutes.items", meeting=meeting)
    return {b["title"]: b["data"]["item"] for b in buttons_of(card) if b["verb"] == "minutes.item"}


async def written(town: Town) -> str:
    """The meeting has been held: who was there, and what was concluded of one of the two cases."""
    meeting = await called(town)
    await town.product.clock_to(OVER)
    boss = town["sekretariat"]
    there = {"present": PRESENT, "guests": "Smittevernlegen", "chair": "larvik-sjef"}
    await forges(boss, "meeting.present", meeting=meeting, **there)
    found = await items(town, meeting)
    await forges(boss, "minutes.item", meeting=meeting, item="approval", text="", as_proposed=True)
    one = {"text": "Økningen ble drøftet.", "conclusion": "Tas til etterretning", "follow_up": "23.05.2024"}
    await forges(boss, "minutes.item", meeting=meeting, item=found["2024.1 Styringsdata"], **one)
    return meeting


async def sent(town: Town) -> str:
    meeting = await written(town)
    await forges(town["sekretariat"], "minutes.send", meeting=meeting, version=0)
    await town.product.clock_to("2024-03-01T08:00:00+01:00")
    return meeting


# While it goes on, and when it is over


async def test_when_the_meeting_that_was_called_to_is_over_its_draft_stands_ready(town: Town) -> None:
    await called(town)
    await town.product.clock_to(OVER)
    for key in ("samhandlingssjef", "sekretariat"):
        [card] = town[key].titled(TITLE)
        assert "Utkast" in card.text
        assert "2 saker mangler konklusjon." in card.text
        assert {"minutes.send", "minutes.items", "meeting.present"} <= set(card.actions)
    assert not town["larvik-sjef"].titled(TITLE)


async def test_a_meeting_that_nobody_was_called_to_has_no_draft_by_itself(town: Town, secretary: TeamsPerson) -> None:
    await town.product.clock_to("2024-03-01T12:00:00+01:00")
    assert not secretary.titled("Referat")
    [card] = await secretary.says("referat SSU")
    assert card.title == TITLE


async def test_the_draft_of_a_meeting_that_was_moved_waits_until_it_is_over(town: Town, secretary: TeamsPerson) -> None:
    meeting = await called(town)
    form = await forges(secretary, "plan.open", meeting=meeting, named=True)
    seen = next(b["data"]["seen"] for b in buttons_of(form))
    await forges(secretary, "plan.save", meeting=meeting, seen=seen, date="2024-03-07", start="13:00", end="15:30")
    await town.product.clock_to("2024-03-07T15:00:00+01:00")
    assert not secretary.titled("Referat: SSU")
    await town.product.clock_to("2024-03-07T15:30:00+01:00")
    assert secretary.titled("Referat: SSU torsdag 7. mars 2024")


async def test_attendance_begins_with_who_was_to_lead_and_takes_the_members_at_one_press(town: Town) -> None:
    meeting = await called(town)
    early = await forges(town["sekretariat"], "meeting.present", meeting=meeting)
    assert "for tidlig" in words(early)
    await town.product.clock_to("2024-02-29T13:00:00+01:00")
    [draft] = await town["sekretariat"].says("referat SSU")
    assert draft.title == TITLE
    form = await forges(town["sekretariat"], "meeting.present", meeting=meeting)
    assert inputs_of(form)["chair"]["value"] == "samhandlingssjef"
    assert inputs_of(form)["secretary"]["value"] == "sekretariat"
    assert inputs_of(form)["present"].get("value", "") == ""
    filled = await forges(
        town["sekretariat"], "meeting.fill_present", meeting=meeting, present="leder-pko", chair="larvik-sjef"
    )
    ticked = set(inputs_of(filled)["present"]["value"].split(","))
    members = {"sekretariat", "samhandlingssjef", "horten-sjef", "larvik-sjef", "medisin-sjef"}
    assert ticked == members | {"leder-pko"}
    assert inputs_of(filled)["chair"]["value"] == "larvik-sjef"
    assert "Ingenting er lagret ennå." in words(filled)
    wrong = await forges(town["sekretariat"], "meeting.present", meeting=meeting, present="horten-sjef", chair="ukjent")
    assert "Velg blant dem" in beside(wrong, "chair")
    assert inputs_of(wrong)["present"]["value"] == "horten-sjef"


async def test_items_are_written_and_concluded_where_the_agenda_keeps_it(town: Town) -> None:
    meeting = await written(town)
    [card] = await town["sekretariat"].says("referat SSU")
    for part in (
        "Faste medlemmer: Samhandlingssjef SiV, Sekretariatet og Kommunalsjef Horten",
        "I tillegg: Stedfortreder Larvik, Leder PKO og Smittevernlegen",
        "Kommunalsjef Larvik (Stedfortreder Larvik møtte)",
        "Klinikksjef medisin",
        "Økningen ble drøftet.",
        "Konklusjon: Tas til etterretning",
        "Følges opp 23.05.2024.",
        "Konklusjon: Innkalling og dagsorden godkjennes.",
        "Én sak mangler konklusjon.",
    ):
        assert part in card.text, part
    [agenda] = await town["sekretariat"].says("saksliste SSU")
    assert "2024.1" in agenda.text
    case = next(case for case in await cases(town) if (case["meeting"], case["number"]) == (meeting, "2024.1"))
    assert (case["conclusion"], case["follow_up"]) == ("Tas til etterretning", "2024-05-23")


async def test_an_item_comes_back_with_what_was_wrong_and_stores_nothing(town: Town, secretary: TeamsPerson) -> None:
    meeting = await called(town)
    await town.product.clock_to(OVER)
    name, number = (await items(town, meeting))["2024.2 Ferieplan"], identity_number()
    typed = {"text": f"Om {number}", "conclusion": "Planen godkjennes", "follow_up": "i fjor"}
    card = await forges(secretary, "minutes.item", meeting=meeting, item=name, **typed)
    assert "fødselsnummer" in beside(card, "text")
    assert "dato" in beside(card, "follow_up")
    assert inputs_of(card)["conclusion"]["value"] == "Planen godkjennes"
    assert number not in json.dumps(card)
    card = await forges(secretary, "minutes.item", meeting=meeting, item=name, text="a" * 3001, follow_up="23.05.2024")
    assert "3\u00a0000" in beside(card, "text")
    assert "fylles ut" in beside(card, "conclusion")
    form = await forges(secretary, "minutes.item", meeting=meeting, item=name)
    assert inputs_of(form)["text"].get("value", "") == ""
    assert "Planen godkjennes" in words(form)  # what was proposed
    gone = await forges(secretary, "minutes.item", meeting=meeting, item="ingen", text="Hei")
    assert "finnes ikke" in words(gone)


async def test_one_press_concludes_as_was_proposed(town: Town, secretary: TeamsPerson) -> None:
    meeting = await called(town)
    await town.product.clock_to(OVER)
    name = (await items(town, meeting))["2024.2 Ferieplan"]
    form = await forges(secretary, "minutes.item", meeting=meeting, item=name)
    assert "Konkluder som foreslått" in words(form)
    await forges(secretary, "minutes.item", meeting=meeting, item=name, text="Enige.", as_proposed=True)
    [card] = await secretary.says("referat SSU")
    assert "Vedtak: Planen godkjennes" in card.text


async def test_a_case_that_was_put_off_is_said_to_be_so(town: Town, secretary: TeamsPerson) -> None:
    meeting = await called(town)
    await town.product.clock_to("2024-02-29T14:00:00+01:00")
    _, plan = await town.product.get("/api/v1/communities/vestfold/plan")
    may = next(m["id"] for m in plan["meetings"] if m["forum"] == "SSU" and m["date"] == "2024-05-23")
    case = (await items(town, meeting))["2024.2 Ferieplan"]
    await forges(secretary, "case.carry", id=case, meeting=may, sent=True)
    await town.product.clock_to(OVER)
    [card] = await secretary.says("referat SSU")
    assert "Saken utsettes til møtet 23.05.2024." in card.text


# Sent, commented on, approved


async def test_sent_they_reach_the_members_and_their_deputies_and_the_deadline_is_kept(town: Town) -> None:
    meeting = await sent(town)
    for key in ("larvik-sjef", "horten-sjef", "medisin-sjef", "larvik-vara"):
        [card] = town[key].titled(TITLE)
        assert "Versjon 1, sendt til kommentar" in card.text
        assert "fredag 8. mars" not in card.text  # the time runs from when it was sent, a Thursday
        assert "torsdag 7. mars kl. 15.30" in card.text
    assert not town["tonsberg-sjef"].titled(TITLE)
    assert "07.03.2024: SSU: referat" not in (await town["sekretariat"].says("møteplan"))[0].text
    again = await forges(town["sekretariat"], "minutes.send", meeting=meeting, version=0)
    assert "endret" in words(again)


async def test_without_comment_they_are_approved_when_the_organs_days_have_passed(town: Town) -> None:
    meeting = await sent(town)
    await town.product.clock_to("2024-03-07T15:29:00+01:00")
    assert "Godkjent" not in town["larvik-sjef"].titled(TITLE)[0].text
    await town.product.clock_to("2024-03-07T15:30:00+01:00")
    assert "Godkjent torsdag 7. mars kl. 15.30. Ingen hadde kommentarer" in town["larvik-sjef"].titled(TITLE)[0].text
    for action, more in (("minutes.item", {"item": "approval", "text": "Nytt"}), ("meeting.present", {"present": ""})):
        card = await forges(town["sekretariat"], action, meeting=meeting, **more)
        assert "godkjent og kan ikke endres" in words(card), action


async def test_help_says_what_awaits_of_them(town: Town) -> None:
    meeting = await written(town)
    [writes], [reads] = await town["sekretariat"].says("hjelp"), await town["larvik-sjef"].says("hjelp")
    assert "Referatet fra SSU torsdag 29. februar er et utkast og er ikke sendt ut." in writes.text
    assert "Referatet fra SSU" not in reads.text
    await forges(town["sekretariat"], "minutes.send", meeting=meeting, version=0)
    comments = "Referatet fra SSU torsdag 29. februar er klart. Du kan kommentere det til torsdag 7. mars kl. 15.30."
    assert comments in (await town["larvik-sjef"].says("hjelp"))[0].text
    assert comments not in (await town["tonsberg-sjef"].says("hjelp"))[0].text
    await forges(town["larvik-sjef"], "minutes.comment", meeting=meeting, version=1, text="Det var fem")
    await town.product.clock_to("2024-03-08T08:00:00+01:00")
    [decides] = await town["sekretariat"].says("hjelp")
    assert "har kommentarer og venter på godkjenning" in decides.text
    opened = await town["sekretariat"].presses(decides, "minutes.open")
    assert words(opened).startswith(TITLE)


async def test_a_comment_goes_to_those_who_write_and_the_secretariat_decides(town: Town) -> None:
    meeting = await sent(town)
    larvik = town["larvik-sjef"]
    card = await forges(larvik, "minutes.comment", meeting=meeting, version=1, text="Det var fem")
    assert "Takk, kommentaren er mottatt." in words(card)
    refused = await forges(larvik, "minutes.approve", meeting=meeting, version=1)
    assert "Bare " in words(refused)
    await town.product.clock_to("2024-03-08T08:00:00+01:00")
    assert "Det var fem" in town["sekretariat"].titled("Kommentar til referatet")[0].text
    decide = [m for m in town["sekretariat"].titled(TITLE) if "Fristen for kommentarer er ute" in m.text]
    assert decide
    approved = await forges(town["sekretariat"], "minutes.approve", meeting=meeting, version=1)
    assert "Godkjent av Sekretariatet" in words(approved)


async def test_what_was_sent_is_frozen_and_an_amended_version_takes_its_place(town: Town) -> None:
    meeting = await sent(town)
    case = (await items(town, meeting))["2024.2 Ferieplan"]
    agreed = {"text": "Enige.", "conclusion": "Vi godkjenner"}
    await forges(town["sekretariat"], "minutes.item", meeting=meeting, item=case, **agreed)
    first = await document(town, town["larvik-sjef"], meeting, 1)
    assert "Vi godkjenner" not in first
    await forges(town["sekretariat"], "minutes.send", meeting=meeting, version=1)
    assert "Vedtak:\nVi godkjenner" in await document(town, town["larvik-sjef"], meeting, 2)


async def test_others_neither_write_nor_send_nor_see_the_draft(town: Town) -> None:
    meeting, larvik = await written(town), town["larvik-sjef"]
    [answer] = await larvik.says("referat SSU")
    assert answer.text == "Det er ikke noe referat fra SSU ennå."
    tries: dict[str, Json] = {
        "minutes.items": {},
        "minutes.item": {"item": "approval", "text": "Hei"},
        "meeting.present": {"present": "larvik-sjef"},
        "meeting.fill_present": {},
        "minutes.send": {"version": 0},
        "minutes.fetch": {"version": 0},
    }
    for action, data in tries.items():
        card = await forges(larvik, action, meeting=meeting, **data)
        assert "Bare samhandlingssjefen" in words(card), action


async def test_operational_notes_are_not_taken_of_an_organs_meeting(town: Town) -> None:
    meeting = await written(town)
    for action in ("meeting.note", "meeting.notes", "meeting.action"):
        card = await forges(town.boss, action, round=meeting, text="Hei")
        assert "kan ikke notere" in words(card), action


# Documents


async def document(town: Town, person: TeamsPerson, meeting: str, version: int) -> str:
    return docx_text((await fetched(town, (await links(person, meeting=meeting, version=version))["Word"]))[1])


async def test_they_are_had_as_word_pdf_and_page_in_the_papers_form(town: Town) -> None:
    meeting = await sent(town)
    read = {"Word": docx_text, "PDF": pdf_text, "Nettside": html_text}
    found = await links(town["larvik-sjef"], meeting=meeting, version=1)
    assert list(found) == list(read)
    for name, url in found.items():
        status, content, headers = await fetched(town, url)
        text = " ".join(read[name](content).split())
        assert status == 200
        assert "referat-SSU-2024-02-29-1" in headers["Content-Disposition"]
        for part in (
            "Referat fra møte i SSU 29.02.2024",
            "Strategisk samarbeidsutvalg (SSU)",
            "Faste medlemmer: Samhandlingssjef SiV, Sekretariatet og Kommunalsjef Horten",
            "Kommunalsjef Larvik (Stedfortreder Larvik møtte)",
            "Smittevernlegen",
            "Sak 2024.1: Tall for 2023",
            "Økningen ble drøftet.",
            "Konklusjon: Tas til etterretning",
            "Følges opp 23.05.2024.",
            "Innkalling og dagsorden godkjennes.",
            "Eventuelt",
        ):
            assert part in text, (name, part)
        # Who led is as marked at the meeting, not as called to it.
        assert "Møteleder Kommunalsjef Larvik" in text, name


async def test_the_next_minutes_lead_to_those_before_and_each_reader_has_their_language(town: Town) -> None:
    await sent(town)
    await town["larvik-sjef"].says("språk nn")
    [card] = await town["larvik-sjef"].says("referat SSU")
    assert card.title == TITLE
    await town["larvik-sjef"].says("språk en")
    [card] = await town["larvik-sjef"].says("minutes SSU")
    assert card.title == "Minutes: SSU, Thursday 29 February 2024"
    await reported(town, "Sommerferien")
    await town.product.clock_to("2024-05-23T16:00:00+02:00")
    [card] = await town["sekretariat"].says("referat SSU")
    assert card.title == "Referat: SSU torsdag 23. mai 2024"
    assert "Referat fra torsdag 29. februar" in card.text


async def test_words_that_name_no_organ_are_an_answer_in_an_open_form(prompted: Town) -> None:
    larvik = prompted["larvik-sjef"]
    for text in ("referat fra forrige uke mangler", "notice that two wards are full"):
        await larvik.says("status")
        for answer in ("gul", "3", "2", "hopp", "hopp", "grønn", "hopp", text):
            await larvik.says(answer)
        assert (await prompted.product.report_of("2023-11-28", "larvik"))["values"]["behov"] == text


async def test_an_organ_that_there_is_not_is_answered_with_those_that_there_are(town: Town) -> None:
    [answer] = await town["larvik-sjef"].says("referat Bystyret")
    assert answer.text == "Jeg kjenner ikke det utvalget. Velg blant disse: SSU, AU, FSU, PM."
