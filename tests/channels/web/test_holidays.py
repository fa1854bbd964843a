"""The question ahead of a holiday on the web."""

from __future__ import annotations

from services import holidays
from tests.builders import local
from tests.channels.web.site import Site

ASKED = local(2023, 12, 1, 9)


async def asked(site: Site) -> None:
    async with site.store.begin("vestfold") as work:
        await holidays.sync(work, site.clock.now())
    await site.pass_time(ASKED)


async def test_the_coordinator_starts_what_is_proposed_with_one_press(site: Site) -> None:
    await asked(site)
    page = await site.sign_in("Samhandlingssjef SiV")
    assert "Julen nærmer seg" in page.text
    page = await site.press(page, "Start")
    assert "Krevende drift er satt i gang" in page.text
    page = await site.get()
    assert "Julen: En periode er satt opp. Første møte: tirsdag 19. desember." in page.text
    assert "Ikke nå" not in page.text


async def test_the_proposal_is_changed_in_the_form(site: Site) -> None:
    await asked(site)
    page = await site.press(await site.sign_in("Samhandlingssjef SiV"), "Endre")
    form = page.form("Start perioden")
    assert (form.values("reason"), form.values("until")) == (["ferie"], ["2024-01-02"])
    page = await site.press(page, "Start perioden", until="i januar")
    assert page.form("Start perioden").values("until") == ["i januar"]
    await site.press(page, "Start perioden", until="2024-01-09")
    async with site.store.read("vestfold") as work:
        assert len(await work.rounds.all()) == 3


async def test_not_now_takes_the_questions_place(site: Site) -> None:
    await asked(site)
    page = await site.press(await site.sign_in("Samhandlingssjef SiV"), "Ikke nå")
    assert "Samhandlingssjef SiV har svart «Ikke nå»" in page.text
    assert ">Ikke nå<" not in (await site.get()).html
