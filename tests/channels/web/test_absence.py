"""`vara` in a browser: the form, its mistakes, and two who answer for one unit."""

from __future__ import annotations

from tests.builders import local
from tests.channels.web.site import MONDAY, Page, Site

PRESS = "Registrer"


async def test_the_deputy_answers_on_the_web_and_the_other_sees_it(site: Site) -> None:
    await site.prompted()
    page = await site.say(await site.sign_in("Kommunalsjef Larvik"), "vara")
    await site.press(page, PRESS, deputy="horten-sjef", until="2023-12-01")
    page = await site.sign_in("Kommunalsjef Horten")
    assert "Status fra Larvik kommune" in page.text
    answer = {"situasjon": "yellow", "overliggere": "5", "korttid_ledig": "2", "bemanning": "green"}
    page = await site.post("/press", _filled(page, "Send status", '"unit": "larvik"', answer))
    assert "Mottatt: status fra Larvik kommune" in page.text
    assert "Status fra Horten kommune til møtet" in page.text
    page = await site.sign_in("Kommunalsjef Larvik")
    assert "Kommunalsjef Horten svarte" in page.text


def _filled(page: Page, label: str, about: str, typed: dict[str, str]) -> list[tuple[str, str]]:
    """Of several forms with that button, the one whose button is about that, as it is posted."""
    found = [(form, name, value) for form in page.forms for name, value, text in form.buttons if text == label]
    form, name, value = next((form, name, value) for form, name, value in found if about in value)
    return [*((n, v) for n, v in form.fields if n not in typed), *typed.items(), (name, value)]


async def test_who_stands_in_from_outside_has_the_status_button_while_it_lasts(site: Site) -> None:
    await site.start_period()
    assert "status" not in _quick(await site.sign_in("Leder PKO"))
    page = await site.say(await site.sign_in("Kommunalsjef Larvik"), "vara")
    page = await site.press(page, PRESS, deputy="leder-pko", until="2023-12-01")
    assert "status" in _quick(await site.sign_in("Leder PKO"))
    page = await site.say(await site.sign_in("Kommunalsjef Larvik"), "vara")
    await site.press(page, "Jeg er tilbake")
    assert "status" not in _quick(await site.sign_in("Leder PKO"))


def _quick(page: Page) -> list[str]:
    """The commands that the page has a button for."""
    return [value for form in page.forms for name, value, _ in form.buttons if name == "_text"]


async def test_who_is_away_shows_as_away_on_the_overview(site: Site) -> None:
    await site.prompted()
    page = await site.say(await site.sign_in("Kommunalsjef Larvik"), "vara")
    page = await site.press(page, PRESS, deputy="-", until="2023-12-01")
    assert "Ingen er oppgitt som vara." in page.text
    page = await site.say(page, "oversikt")
    assert "Borte Larvik kommune" in page.text


async def test_back_early_by_a_button_on_the_page(site: Site) -> None:
    page = await site.say(await site.sign_in("Kommunalsjef Larvik"), "vara")
    page = await site.press(page, PRESS, until="2023-12-01")
    page = await site.press(page, "Jeg er tilbake")
    assert "Fraværet ditt er over." in page.text


async def test_when_it_is_over_the_prompt_comes_to_the_person_again(site: Site) -> None:
    await site.start_period()
    page = await site.say(await site.sign_in("Kommunalsjef Larvik"), "vara")
    await site.press(page, PRESS, **{"from": "2023-11-27", "until": "2023-11-27"})
    await site.pass_time(MONDAY)
    assert "Status fra Larvik" not in (await site.sign_in("Kommunalsjef Larvik")).text
    assert "Status fra Larvik" in (await site.sign_in("Stedfortreder Larvik")).text
    await site.pass_time(local(2023, 11, 28, 7))
    assert "Status fra Larvik" in (await site.sign_in("Kommunalsjef Larvik")).text
