"""A difference that is put to both sides, in a browser."""

from __future__ import annotations

from datetime import timedelta

from tests.channels.web.site import MONDAY, Page, Site
from tests.harness import MUNICIPALITY, TOWNS, clinic


async def _answer(site: Site, name: str, **inputs: str) -> None:
    typed = {key.replace(".", "__"): value for key, value in inputs.items()}
    await site.press(await site.sign_in(name), "Send status", **typed)


async def _put(site: Site) -> Page:
    """Larvik reports 3 and the hospital 4; ten minutes later Larvik's page shows the question."""
    await site.start_period()
    await site.pass_time(MONDAY)
    names = {person.unit: person.name for person in site.store.communities["vestfold"].people if person.unit}
    for person in site.store.communities["vestfold"].people:
        if person.unit in TOWNS and "respondent" in person.roles:
            count = "3" if person.unit == "larvik" else "0"
            await _answer(site, person.name, **(MUNICIPALITY | {"overliggere": count}))
    for key in ("medisin", "kirurgi", "kpa", "kfmr"):
        await _answer(site, names[key], **clinic(larvik=4 if key == "medisin" else 0))
    await site.pass_time(MONDAY + timedelta(minutes=10))
    return await site.sign_in("Kommunalsjef Larvik")


async def test_the_question_on_the_web_tells_what_is_wrong_and_takes_the_answer(site: Site) -> None:
    page = await _put(site)
    assert "Ulike tall for Larvik kommune" in page.text
    page = await site.press(page, "Tallet står", reason="annet")
    assert "Skriv hva grunnen er." in page.text
    assert page.form("Tallet står").values("reason") == ["annet"]
    page = await site.press(page, "Tallet står", because="Én bor <b>i</b> Horten")
    assert "Takk, svaret er mottatt. Det står i oppsummeringen." in page.text
    assert "Én bor <b>i</b> Horten" in (await site.sign_in("Klinikksjef medisin")).text
    page = await site.say(await site.sign_in("Kommunalsjef Horten"), "oversikt")
    assert "Kommunen: står fast" in page.text


async def test_correcting_on_the_web_clears_the_question(site: Site) -> None:
    page = await _put(site)
    page = await site.press(page, "Vi retter")
    assert "Larvik kommune: Kommunen melder 3, sykehuset 4." in page.text
    assert page.form("Send status").values("overliggere") == ["3"]
    await site.press(page, "Send status", overliggere="4")
    page = await site.sign_in("Klinikksjef medisin")
    assert "Avklart: Tallene er nå like." in page.text
    assert "Kommunen: rettet fra 3 til 4" in page.text
