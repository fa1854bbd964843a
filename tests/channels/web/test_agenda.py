"""Cases and agendas on the web: reported in a form, put in order, concluded, with wrong input told at its field."""

from __future__ import annotations

from datetime import date, time

import pytest

from domain.plan.changes import PlannedMeeting
from domain.plan.meeting import Meeting
from tests.builders import identity_number, local
from tests.channels.web.site import Page, Site

SSU = PlannedMeeting("ssu", Meeting("SSU", date(2024, 2, 29), date(2024, 2, 29), time(13), time(15, 30)))
MEETING_DAY = local(2024, 2, 29, 15)


@pytest.fixture
async def planned(site: Site) -> Site:
    async with site.store.begin("vestfold") as work:
        await work.plan.put(SSU)
    return site


async def reports(site: Site, **typed: str | list[str]) -> Page:
    page = await site.say(await site.sign_in("Kommunalsjef Larvik"), "meld sak SSU")
    filled: dict[str, str | list[str]] = {
        "title": "Styringsdata",
        "kinds": ["information"],
        "proposal": "Tas til etterretning",
    }
    return await site.press(page, "Meld sak", **(filled | typed))


async def test_a_case_is_reported_ordered_and_concluded(planned: Site) -> None:
    site = planned
    page = await reports(site, papers="Notat https://vestfold.example/notat")
    assert "Saken er meldt og har fått nummeret SSU 2024.1." in page.text
    assert 'href="https://vestfold.example/notat"' in page.html
    await reports(site, title="Møteplan", kinds=["decision", "dialogue"])
    page = await site.sign_in("Sekretariatet")
    assert "Ny sak: SSU 2024.2" in page.text
    page = await site.say(page, "saksliste SSU")
    second = page.form("Endre rekkefølgen")
    assert second.values("case")
    assert "2. 2024.2 – Dialog og beslutning – Kommunalsjef Larvik" in page.text
    page = await site.press(page, "Endre rekkefølgen", position="2")
    assert "1. 2024.2" in page.text
    site.clock.standing = MEETING_DAY
    page = await site.press(await site.say(page, "saksliste SSU"), "Åpne saken")
    page = await site.press(page, "Vedtak")
    page = await site.press(page, "Lagre", conclusion="Møteplanen godkjennes", follow_up="")
    assert "Møteplanen godkjennes" in page.text
    page = await site.sign_in("Kommunalsjef Larvik")
    assert "Sak SSU 2024.2 er behandlet" in page.text


async def test_wrong_input_comes_back_at_its_field_with_everything_typed(planned: Site) -> None:
    number = identity_number()
    page = await reports(planned, title="", about=f"Gjelder {number}", papers="http://vestfold.example")
    assert page.text.count("Feltet må fylles ut.") >= 1
    assert "fødselsnummer" in page.text
    assert "Lenkene må begynne med https://." in page.text
    assert number not in page.html
    form = page.form("Meld sak")
    assert form.values("proposal") == ["Tas til etterretning"]
    assert form.values("kinds") == ["information"]
    assert form.values("papers") == ["http://vestfold.example"]


@pytest.mark.parametrize(
    ("language", "command", "press"), [("nn", "meld sak SSU", "Meld sak"), ("en", "report item SSU", "Report item")]
)
async def test_it_speaks_the_readers_language(planned: Site, language: str, command: str, press: str) -> None:
    page = await planned.say(await planned.sign_in("Kommunalsjef Larvik"), f"språk {language}")
    page = await planned.press(await planned.say(page, command), press, title="")
    assert {"nn": "Feltet må fyllast ut.", "en": "This field must be filled in."}[language] in page.text
