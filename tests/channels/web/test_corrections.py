"""A posted message is corrected and withdrawn on the web as well: drawn anew wherever it is looked at."""

from __future__ import annotations

from tests.channels.web.site import Site


def _only_choice(html: str) -> str:
    [number] = {part.split('"')[0] for part in html.split('name="message" value="')[1:]}
    return number


async def test_everybody_reads_the_correction_on_top_and_the_withdrawal_instead(site: Site) -> None:
    await site.start_period()
    page = await site.sign_in("Samhandlingssjef SiV")
    page = await site.say(page, "rett melding")
    page = await site.press(page, "Velg", message=_only_choice(page.html))
    page = await site.press(page, "Rett meldingen", note="")
    assert "Skriv hva som skal rettes." in page.text
    page = await site.press(page, "Rett meldingen", note="Møtet er på Teams.")
    assert "Rettelsen står nå øverst i meldingen." in page.text
    other = await site.sign_in("Kommunalsjef Larvik")
    assert "Rettelse fra samhandlingssjefen torsdag 23. november kl. 09.00" in other.text
    assert "Møtet er på Teams." in other.text

    page = await site.sign_in("Samhandlingssjef SiV")
    page = await site.say(page, "rett melding")
    page = await site.press(page, "Velg", message=_only_choice(page.html))
    page = await site.press(page, "Trekk tilbake")
    assert "Meldingen er trukket tilbake." in page.text
    other = await site.sign_in("Kommunalsjef Larvik")
    assert "Samhandlingssjefen trakk meldingen tilbake" in other.text
    assert "Møtet er på Teams." not in other.text
