"""The preparedness level on the web: suggested to everybody, set by the coordinator."""

from __future__ import annotations

from tests.channels.web.site import MONDAY, Site


async def test_the_coordinator_sets_the_level_and_everybody_sees_it(site: Site) -> None:
    await site.start_period()
    await site.pass_time(MONDAY)
    page = await site.sign_in("Samhandlingssjef SiV")
    page = await site.say(page, "nivå")
    page = await site.press(page, "Sett nivået", level="lilla", note="Fullt på medisin")
    assert "Velg blant alternativene." in page.text
    page = await site.press(page, "Sett nivået", level="red")
    assert "Beredskapen er satt til rød" in page.text
    other = await site.sign_in("Kommunalsjef Larvik")
    other = await site.say(other, "oversikt")
    assert "Beredskap: rød" in other.text
    assert "Velg nivå" not in other.text
