"""Changing the meeting days on the web."""

from __future__ import annotations

from tests.channels.web.site import Site


async def test_the_coordinator_goes_to_two_meetings_a_week_and_back(site: Site) -> None:
    page = await site.start_period()
    page = await site.say(page, "rytme")
    assert page.form("Endre møtene").values("weekdays") == ["tuesday"]
    page = await site.press(page, "Endre møtene", weekdays=["tuesday", "thursday"], **{"from": "2023-12-04"})
    assert "Møtene i perioden er endret" in page.text
    assert await days(site) == ["11-28", "12-05", "12-07", "12-12"]
    page = await site.sign_in("Kommunalsjef Larvik")
    assert "Hver tirsdag og torsdag" in page.text
    page = await site.say(await site.sign_in("Samhandlingssjef SiV"), "rytme")
    await site.press(page, "Endre tilbake")
    assert await days(site) == ["11-28", "12-05", "12-12", "12-19"]


async def test_a_wrong_change_comes_back_with_what_was_typed(site: Site) -> None:
    page = await site.say(await site.start_period(), "rytme")
    page = await site.press(page, "Endre møtene", weekdays=["friday"], start="sent", until="2023-11-01")
    form = page.form("Endre møtene")
    assert (form.values("weekdays"), form.values("start"), form.values("until")) == (
        ["friday"],
        ["sent"],
        ["2023-11-01"],
    )
    assert "Skriv et klokkeslett" in page.text
    assert await days(site) == ["11-28", "12-05", "12-12", "12-19"]


async def days(site: Site) -> list[str]:
    async with site.store.read("vestfold") as work:
        found = [r for r in await work.rounds.all() if r.cancelled_at is None]
    return [f"{r.meeting_at:%m-%d}" for r in found][:4]
