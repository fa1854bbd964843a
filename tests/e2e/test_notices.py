"""The notice of an organ's meeting in Teams: looked over, sent, changed, sent again, and had as documents."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.builders import identity_number
from tests.documents.test_documents import docx_text, html_text, pdf_text
from tests.e2e.organ import JANUARY, reported, ssu_meeting, two_cases, with_members
from tests.e2e.test_minutes import fetched, forges, words
from tests.e2e.test_plan_in_chat import stored
from tests.harness import Json, Snapshot, Town, beginning, everybody, running
from tests.teams_double import TeamsDouble, TeamsPerson, beside, elements, inputs_of

TITLE = "Innkalling: SSU torsdag 29. februar 2024"


async def _begun(town: Town) -> None:
    await town.connect()
    await stored(town)


@pytest.fixture
async def town(double: TeamsDouble, database: Path, snapshots: dict[str, Snapshot]) -> AsyncIterator[Town]:
    """Monday 8 January 2024, with the adopted plan; the file says who is in SSU."""
    async with beginning(snapshots, "notices", _begun, database, double, [with_members()], now=JANUARY) as found:
        yield found
    assert double.complaints == []


@pytest.fixture
def secretary(town: Town) -> TeamsPerson:
    return town["sekretariat"]


async def opened(person: TeamsPerson) -> Any:
    [card] = await person.says("innkalling SSU")
    return card


async def sent(town: Town, version: int = 0) -> str:
    meeting = await ssu_meeting(town)
    await forges(town["sekretariat"], "notice.send", meeting=meeting, version=version)
    await town.product.settle()
    return meeting


async def filled_in(town: Town) -> None:
    """Place, host, chair and two cases: nothing is in doubt."""
    await two_cases(town)
    meeting = await ssu_meeting(town)
    await forges(town["sekretariat"], "notice.host", meeting=meeting)
    form = await forges(town["sekretariat"], "plan.open", meeting=meeting, named=True)
    seen = next(b["data"]["seen"] for b in elements(form) if b["type"] == "Action.Execute")
    place = {"date": "2024-02-29", "start": "13:00", "end": "15:30", "place": "Møterom 3, bygg 8", "host": "SiV"}
    await forges(town["sekretariat"], "plan.save", meeting=meeting, seen=seen, **place)
    details = {"chair": "samhandlingssjef", "secretary": "sekretariat", "note": "Ta med tallene for 2023."}
    await forges(town["sekretariat"], "notice.save", meeting=meeting, **details)
    await town.product.settle()


async def links(person: TeamsPerson, meeting: str, version: int) -> dict[str, str]:
    card = await forges(person, "notice.fetch", meeting=meeting, version=version)
    return {e["title"]: e["url"] for e in elements(card) if e["type"] == "Action.OpenUrl"}


# The draft


async def test_the_secretariat_sees_the_draft_with_every_doubt_marked(town: Town, secretary: TeamsPerson) -> None:
    card = await opened(secretary)
    assert card.title == TITLE
    for doubt in (
        "Sted mangler",
        "Vert mangler. Etter tur: SiV.",
        "Møteleder mangler",
        "ingen saker",
    ):
        assert doubt in card.text, doubt
    assert "kl. 13.00–15.30" in card.text
    assert "Sendes til 7 personer" in card.text  # five members, and two deputies of their units
    await filled_in(town)
    card = await opened(secretary)
    for part in ("Møterom 3, bygg 8", "SiV", "Samhandlingssjef SiV", "2024.1 · Diskusjon · 2 vedlegg", "Ferieplan"):
        assert part in card.text, part
    assert "Forslag til vedtak: Planen godkjennes" in card.text
    assert "ikke satt" not in card.text


async def test_the_host_whose_turn_it_is_takes_one_press_and_those_concerned_hear_of_it(town: Town) -> None:
    meeting = await ssu_meeting(town)
    card = await forges(town["sekretariat"], "notice.host", meeting=meeting)
    assert "Verten er lagt inn i møteplanen." in words(card)
    await town.product.settle()
    assert "Vert: SiV" in town["larvik-sjef"].titled("Møtet i SSU er endret")[0].text
    again = await forges(town["sekretariat"], "notice.host", meeting=meeting)
    assert "Åpne den på nytt" in words(again)


async def test_a_host_out_of_turn_is_a_doubt_that_names_whose_turn_it_is(town: Town, secretary: TeamsPerson) -> None:
    meeting = await ssu_meeting(town)
    await forges(secretary, "notice.host", meeting=meeting)
    _, answer = await town.product.get("/api/v1/communities/vestfold/plan")
    may = next(m["id"] for m in answer["meetings"] if m["forum"] == "SSU" and m["date"] == "2024-05-23")
    form = await forges(secretary, "plan.open", meeting=may, named=True)
    seen = next(b["data"]["seen"] for b in elements(form) if b["type"] == "Action.Execute")
    await forges(
        secretary, "plan.save", meeting=may, seen=seen, date="2024-05-23", start="13:00", end="15:30", host="Larvik"
    )
    card = await forges(secretary, "notice.open", meeting=may)
    assert "Verten er en annen enn den som står for tur. Etter tur: Horten kommune / Tønsberg kommune." in words(card)


async def test_wrong_details_come_back_at_their_field_and_store_nothing(town: Town, secretary: TeamsPerson) -> None:
    meeting, number = await ssu_meeting(town), identity_number()
    card = await forges(secretary, "notice.save", meeting=meeting, chair="ukjent", secretary="-", note=f"Om {number}")
    assert "Velg blant dem" in beside(card, "chair")
    assert "fødselsnummer" in beside(card, "note")
    assert number not in json.dumps(card)
    card = await forges(secretary, "notice.save", meeting=meeting, chair="larvik-sjef", note="a" * 1001)
    assert "1\u00a0000" in beside(card, "note")
    assert inputs_of(card)["note"]["value"] == "a" * 1001
    assert inputs_of(card)["chair"]["value"] == "larvik-sjef"
    assert "Møteleder mangler" in (await opened(secretary)).text


# Sending


async def test_sent_it_reaches_the_members_and_their_deputies_and_nobody_else(town: Town) -> None:
    await filled_in(town)
    await sent(town)
    for key in ("samhandlingssjef", "horten-sjef", "larvik-sjef", "medisin-sjef", "larvik-vara", "horten-vara"):
        [card] = town[key].titled(TITLE)
        lines = card.text
        # When and where come before everything else that is called to.
        assert lines.index("Møterom 3, bygg 8") < lines.index("Styringsdata") < lines.index("Ferieplan")
        assert "Ta med tallene for 2023." in lines
    for key in ("tonsberg-sjef", "leder-pko", "kirurgi-sjef"):
        assert not town[key].titled(TITLE), key


async def test_who_stands_in_for_a_member_on_that_day_is_called_too(town: Town) -> None:
    await town["medisin-sjef"].says("vara")
    away = {"deputy": "leder-pko", "from": "2024-02-26", "until": "2024-03-01"}
    await town["medisin-sjef"].presses(town["medisin-sjef"].last_card, "absence.set", **away)
    await sent(town)
    assert town["leder-pko"].titled(TITLE)


async def test_a_press_that_comes_twice_sends_once(town: Town, secretary: TeamsPerson) -> None:
    meeting = await sent(town)
    again = await forges(secretary, "notice.send", meeting=meeting, version=0)
    assert "Åpne den på nytt" in words(again)
    unchanged = await forges(secretary, "notice.send", meeting=meeting, version=1)
    assert "Ingenting er endret" in words(unchanged)
    await town.product.settle()
    assert len(town["larvik-sjef"].titled(TITLE)) == 1


async def test_sent_again_it_says_what_has_changed_and_takes_the_first_ones_place(town: Town) -> None:
    secretary = town["sekretariat"]
    await filled_in(town)
    meeting = await sent(town)
    assert "Ingenting er endret" in (await opened(secretary)).text
    await reported(town, "Møteplan 2025")
    form = await forges(secretary, "plan.open", meeting=meeting, named=True)
    seen = next(b["data"]["seen"] for b in elements(form) if b["type"] == "Action.Execute")
    elsewhere = {"date": "2024-02-29", "start": "13:00", "end": "15:30", "place": "Rådhuset", "host": "SiV"}
    await forges(secretary, "plan.save", meeting=meeting, seen=seen, **elsewhere)
    news = ("Stedet er endret.", "Ny sak: 2024.3 Møteplan 2025")
    card = await opened(secretary)
    assert all(line in card.text for line in news)
    await sent(town, version=1)
    first, second = town["larvik-sjef"].titled(TITLE)
    assert "Versjon 1 er erstattet av versjon 2." in first.text
    assert all(line in second.text for line in news)
    assert "Verten er endret" not in second.text
    document = docx_text((await fetched(town, (await links(secretary, meeting, 2))["Word"]))[1])
    assert all(line in document for line in news)


async def test_a_moved_meeting_says_so_on_the_notice_that_lies_there(town: Town, secretary: TeamsPerson) -> None:
    meeting = await sent(town)
    form = await forges(secretary, "plan.open", meeting=meeting, named=True)
    seen = next(b["data"]["seen"] for b in elements(form) if b["type"] == "Action.Execute")
    await forges(secretary, "plan.save", meeting=meeting, seen=seen, date="2024-03-07", start="12:00", end="14:00")
    await town.product.settle()
    [card] = town["larvik-sjef"].titled("Innkalling: SSU torsdag 7. mars 2024")
    assert "Møtet er flyttet etter at innkallingen ble sendt." in card.text
    assert "Nå: torsdag 7. mars 2024 kl. 12.00–14.00." in card.text
    assert "Tidspunktet er endret." in (await secretary.says("innkalling SSU"))[0].text


async def test_sending_keeps_the_deadline_and_its_reminder_does_not_come(town: Town, secretary: TeamsPerson) -> None:
    assert "15.02.2024: SSU: innkalling" in (await secretary.says("møteplan"))[0].text
    await sent(town)
    assert "15.02.2024: SSU: innkalling" not in (await secretary.says("møteplan"))[0].text
    await town.product.clock_to("2024-02-15T09:00:00+01:00")
    assert not any("15.02.2024: SSU: innkalling" in message.text for message in secretary.titled("frist"))


async def test_a_cancelled_meeting_says_so_on_its_notice_and_is_not_called_to(town: Town) -> None:
    meeting = await sent(town)
    await forges(town["sekretariat"], "plan.cancel", meeting=meeting)
    await town.product.settle()
    assert "Møtet er avlyst." in town["larvik-sjef"].titled(TITLE)[0].text
    for action in ("notice.send", "notice.save", "notice.host", "notice.edit"):
        card = await forges(town["sekretariat"], action, meeting=meeting, version=1)
        assert "finnes ikke lenger" in words(card), action


async def test_nobody_is_called_to_a_meeting_that_has_been_held(town: Town, secretary: TeamsPerson) -> None:
    meeting = await ssu_meeting(town)
    await town.product.clock_to("2024-03-01T09:00:00+01:00")
    card = await forges(secretary, "notice.send", meeting=meeting, version=0)
    assert "Møtet er holdt" in words(card)


async def test_others_neither_send_nor_see_the_draft(town: Town) -> None:
    meeting, larvik = await ssu_meeting(town), town["larvik-sjef"]
    [answer] = await larvik.says("innkalling SSU")
    assert answer.text == "Innkallingen er ikke sendt ennå."
    for action in ("notice.send", "notice.edit", "notice.save", "notice.host", "notice.fetch"):
        card = await forges(larvik, action, meeting=meeting, version=0)
        assert words(card) == "Bare sekretariatet og samhandlingssjefen kan gjøre dette.", action
    await sent(town)
    [shown] = await larvik.says("innkalling SSU")
    assert (shown.title, shown.actions) == (TITLE, ["notice.fetch"])


async def test_the_command_is_understood_in_three_languages_with_or_without_the_organ(town: Town) -> None:
    secretary = town["sekretariat"]
    [choosing] = await secretary.says("innkalling")
    assert choosing.actions == ["notice.open"] * 4
    [unknown] = await secretary.says("innkalling Bystyret")
    assert unknown.text == "Jeg kjenner ikke det utvalget. Velg blant disse: SSU, AU, FSU, PM."
    for command in ("Innkalling ssu", "innkalling Strategisk samarbeidsutvalg", "notice SSU!"):
        [card] = await secretary.says(command)
        assert card.title == TITLE, command
    await secretary.says("språk en")
    [card] = await secretary.says("notice SSU")
    assert card.title == "Notice: SSU, Thursday 29 February 2024"
    await secretary.says("språk nn")
    [card] = await secretary.says("innkalling SSU")
    assert "Vert manglar." in card.text


async def test_in_a_channel_the_draft_goes_to_the_secretariat_alone(town: Town, secretary: TeamsPerson) -> None:
    [said] = await secretary.says("innkalling SSU", where=town.channel)
    assert TITLE not in said.text
    assert secretary.titled(TITLE)


async def test_a_long_agenda_and_a_large_organ_still_fit_on_a_card(double: TeamsDouble, database: Path) -> None:
    everyone = frozenset(person.key for person in with_members().people)
    async with running(database, [with_members(everyone)], now=JANUARY, teams=double) as made:
        town = Town(made, double, everybody(double))
        await town.connect()
        await stored(town)
        for number in range(30):
            more = {"about": "Ø" * 1500, "proposal": "Å" * 1000}
            await reported(town, f"{number} {'æ' * 140}", by="larvik-sjef", **more)
        await sent(town)
        [card] = town["larvik-sjef"].titled(TITLE)
        assert "16 faste medlemmer" in card.text
        assert "10 saker til står i dokumentet." in card.text
    assert double.complaints == []


# Documents


async def test_the_notice_is_had_as_word_pdf_and_page_in_the_readers_language(town: Town) -> None:
    await filled_in(town)
    meeting = await sent(town)
    larvik = town["larvik-sjef"]
    read = {"Word": docx_text, "PDF": pdf_text, "Nettside": html_text}
    found = await links(larvik, meeting, 1)
    assert list(found) == list(read)
    for name, url in found.items():
        status, content, headers = await fetched(town, url)
        text = " ".join(read[name](content).split())
        assert status == 200
        assert "innkalling-SSU-2024-02-29-1" in headers["Content-Disposition"]
        for part in (
            "Innkalling til møte i Strategisk samarbeidsutvalg (SSU)",
            "Sted: Møterom 3, bygg 8",
            "Vert: SiV",
            "Faste medlemmer: Samhandlingssjef SiV",
            "2 vedlegg",
            "Sak 2024.1: Tall for 2023",
            "Foreløpig konklusjon: Innkalling og dagsorden godkjennes.",
            "Hva sier tallene?",
            "Beslutning, Dialog",
            "Forslag til vedtak: Planen godkjennes",
            "Kommunalsjef Horten",
            "Eventuelt",
            "Evaluering av møtet",
        ):
            assert part in text, (name, part)
    page = (await fetched(town, found["Nettside"]))[1].decode()
    assert 'href="https://siv.example/notat?a=1&amp;b=2"' in page
    await larvik.says("språk nn")
    text = docx_text((await fetched(town, (await links(larvik, meeting, 1))["Word"]))[1])
    assert "Framlegg til vedtak: Planen godkjennes" in text


async def test_what_was_sent_is_frozen(town: Town, secretary: TeamsPerson) -> None:
    await filled_in(town)
    meeting = await sent(town)
    await forges(secretary, "notice.save", meeting=meeting, chair="larvik-sjef", note="Noe annet")
    for version, chair in ((1, "Samhandlingssjef SiV"), (0, "Kommunalsjef Larvik")):
        text = docx_text((await fetched(town, (await links(secretary, meeting, version))["Word"]))[1])
        assert f"Møteleder\n{chair}" in text, version


async def test_a_document_that_does_not_exist_has_no_address(town: Town, secretary: TeamsPerson) -> None:
    meeting = await ssu_meeting(town)
    card: Json = await forges(secretary, "notice.fetch", meeting=meeting, version=7)
    assert "finnes ikke" in words(card)
    card = await forges(secretary, "notice.fetch", meeting="ingen", version=0)
    assert "finnes ikke" in words(card)
