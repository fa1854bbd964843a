"""Extra meetings on the web: asked for with a form, decided on the coordinator's page."""

from __future__ import annotations

from tests.builders import identity_number
from tests.channels.web.site import Site


async def test_a_unit_asks_and_the_coordinator_approves(site: Site) -> None:
    page = await site.prompted()
    page = await site.say(page, "be om møte")
    page = await site.press(page, "Send forespørselen", why="Fullt på korttid", when="tomorrow")
    assert "Forespørselen er sendt til Samhandlingssjef SiV." in page.text
    page = await site.sign_in("Samhandlingssjef SiV")
    assert "Larvik kommune ber om et ekstra møte" in page.text
    assert page.form("Godkjenn møtet").values("date") == ["2023-11-28"]
    page = await site.press(page, "Godkjenn møtet", start="10:00", word="Ta med tall")
    assert "har godkjent møtet. Det holdes tirsdag 28. november kl. 10.00." in page.text
    assert "Godkjenn møtet" not in page.text
    page = await site.sign_in("Kommunalsjef Larvik")
    assert "Det blir et ekstra møte" in page.text
    assert "Ta med tall" in page.text
    page = await site.sign_in("Kommunalsjef Horten")
    assert "ekstra samhandlingsmøte tirsdag 28. november kl. 10.00" in page.text


async def test_a_wrong_time_comes_back_with_everything_that_was_typed(site: Site) -> None:
    page = await site.say(await site.prompted(), "be om møte")
    number = identity_number()
    page = await site.press(page, "Send forespørselen", why=f"Gjelder {number}", when="this_week")
    assert "fødselsnummer" in page.text
    assert number not in page.html
    assert page.form("Send forespørselen").values("when") == ["this_week"]
    await site.press(page, "Send forespørselen", why="Fullt")
    page = await site.sign_in("Samhandlingssjef SiV")
    page = await site.press(page, "Godkjenn møtet", date="2023-12-02", start="ti", word="Hei")
    form = page.form("Godkjenn møtet")
    assert (form.values("date"), form.values("start"), form.values("word")) == (["2023-12-02"], ["ti"], ["Hei"])
    assert "Skriv et klokkeslett" in page.text
    page = await site.press(page, "Si nei", word="Vi tar det tirsdag")
    assert "har sagt nei til møtet" in page.text
    page = await site.sign_in("Kommunalsjef Larvik")
    assert "Det blir ikke et ekstra møte nå" in page.text
    assert "Vi tar det tirsdag" in page.text


async def test_outside_a_period_approving_brings_the_start_form(site: Site) -> None:
    page = await site.say(await site.sign_in("Kommunalsjef Larvik"), "be om møte")
    await site.press(page, "Send forespørselen", why="Fullt på korttid")
    page = await site.sign_in("Samhandlingssjef SiV")
    page = await site.press(page, "Godkjenn møtet", date="2023-11-24", start="13:00")
    form = page.form("Start perioden")
    assert (form.values("first_meeting"), form.values("reason")) == (["2023-11-24"], ["annet"])
    page = await site.press(page, "Start perioden", until="2023-12-15")
    assert "Krevende drift er satt i gang" in page.text
    page = await site.sign_in("Kommunalsjef Larvik")
    assert "Det holdes fredag 24. november kl. 13.00." in page.text
