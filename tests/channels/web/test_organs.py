"""The notice and the minutes of an organ's meeting on the web: filled in, sent, written, commented on."""

from __future__ import annotations

from datetime import timedelta

from domain.agenda import CaseKind, CaseText
from domain.plan.reading import read_plan
from domain.plan.text_table import rows_of_text
from services import agenda, meeting_plan
from services.agenda import NewCase
from tests.builders import identity_number, local, vestfold
from tests.channels.web.site import THURSDAY, Page, Site

MEETING = local(2024, 2, 29, 13)


async def planned(site: Site) -> Page:
    """SSU meets in February, with one case; the secretariat looks at the notice."""
    read = read_plan(vestfold(), rows_of_text("SSU 29.02.24 kl. 13.00-15.30\n"))
    said = CaseText("Styringsdata", (CaseKind.DISCUSSION,), "larvik-sjef", proposal="Tas til <b>orientering</b>")
    reporter = next(person for person in vestfold().people if person.key == "larvik-sjef")
    async with site.store.begin("vestfold") as work:
        await meeting_plan.store(work, await meeting_plan.compare(work, read.meetings), by=None, now=THURSDAY)
        await agenda.report(work, reporter, NewCase("SSU", said), THURSDAY, key="1")
    return await site.say(await site.sign_in("Sekretariatet"), "innkalling SSU")


async def sent(site: Site) -> Page:
    return await site.press(await planned(site), "Send innkallingen")


async def test_the_notice_is_filled_in_and_sent(site: Site) -> None:
    page = await planned(site)
    assert "Vert mangler. Etter tur: SiV." in page.text
    page = await site.press(page, "Bruk SiV som vert")
    page = await site.press(page, "Leder og melding")
    number = identity_number()
    page = await site.press(page, "Lagre", chair="samhandlingssjef", note=f"Om {number}")
    assert "fødselsnummer" in page.text
    assert number not in page.html
    assert page.form("Lagre").values("chair") == ["samhandlingssjef"]
    page = await site.press(page, "Lagre", note="Parkering bak bygg 8")
    page = await site.press(page, "Send innkallingen")
    assert "Innkallingen er sendt." in page.text
    page = await site.sign_in("Kommunalsjef Larvik")
    for part in (
        "Innkalling: SSU torsdag 29. februar 2024",
        "Samhandlingssjef SiV",
        "Parkering bak bygg 8",
        "Styringsdata",
    ):
        assert part in page.text, part
    assert "Tas til <b>orientering</b>" in page.text


async def test_the_minutes_are_written_sent_and_commented_on(site: Site) -> None:
    await sent(site)
    await site.pass_time(MEETING + timedelta(hours=2, minutes=30))
    page = await site.sign_in("Sekretariatet")
    assert "Referat: SSU torsdag 29. februar 2024" in page.text
    page = await site.press(page, "Til stede")
    page = await site.press(page, "Lagre", present=["larvik-sjef", "sekretariat"], chair="samhandlingssjef")
    assert "Lagret: 2 er til stede." in page.text
    page = await site.press(page, "Skriv i referatet")
    page = await site.press(page, "2024.1 Styringsdata")
    page = await site.press(page, "Lagre", text="Drøftet", follow_up="2024-05-23")
    assert "Feltet må fylles ut." in page.text
    page = await site.press(page, "Konkluder som foreslått", follow_up="")
    assert "Lagret." in page.text
    page = await site.press(page, "Tilbake til referatet")
    assert "Konklusjon: Tas til <b>orientering</b>" in page.text
    page = await site.press(page, "Send til kommentar")
    await site.pass_time(local(2024, 3, 1, 9))
    page = await site.sign_in("Kommunalsjef Larvik")
    page = await site.press(page, "Send kommentar", text="Vi var tre")
    assert "Takk, kommentaren er mottatt." in page.text
    page = await site.press(await site.sign_in("Sekretariatet"), "Godkjenn")
    assert "Godkjent av Sekretariatet" in page.text
