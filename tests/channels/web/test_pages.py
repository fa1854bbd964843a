"""What a person sees and does on the page."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from domain.reports import StatusReport
from tests.builders import community, local, vestfold
from tests.channels.web.site import MONDAY, THURSDAY, TUESDAY, Page, Site, serving

LARVIK: Mapping[str, str] = {
    "situasjon": "yellow",
    "overliggere": "3",
    "korttid_ledig": "2",
    "legevakt": "green",
    "bemanning": "green",
}


async def newest(site: Site, unit: str = "larvik") -> StatusReport | None:
    async with site.store.read("vestfold") as work:
        round_ = next(r for r in await work.rounds.all() if r.opens_at == MONDAY)
        return await work.reports.newest(round_.id, unit)


# Signing in and out


async def test_people_are_picked_by_what_they_do(site: Site) -> None:
    page = await site.get()
    order = ["Samhandlingssjef SiV", "Kommuner", "Kommunalsjef Larvik", "Klinikker", "Klinikksjef medisin"]
    assert sorted(order, key=page.text.index) == order


async def test_several_communities_are_kept_apart(two_communities: Site) -> None:
    page = await two_communities.get()
    assert page.text.index("Helsefellesskapet i Vestfold") < page.text.index("Naboen")
    form = next(f for f in page.forms if ("community", "nabo") in f.fields)
    name, value, _ = next(b for b in form.buttons if b[2] == "Kommunalsjef Larvik")
    page = await two_communities.post("/signin", [*form.fields, (name, value)])
    await two_communities.say(page, "status")
    async with two_communities.store.read("nabo") as work:
        assert await work.dialogs.get("larvik-sjef") is None  # no round runs there
    assert "Hvem er du?" not in (await two_communities.get()).text


async def test_what_happens_in_one_community_is_not_seen_in_another(two_communities: Site) -> None:
    await two_communities.prompted()
    page = await two_communities.get()
    assert "Status fra Larvik kommune" in page.text
    two_communities.session.cookie_jar.clear()
    page = await two_communities.get()
    form = next(f for f in page.forms if ("community", "nabo") in f.fields)
    neighbour = await two_communities.post("/signin", [*form.fields, ("person", "larvik-sjef")])
    assert "Du har ingen meldinger ennå." in neighbour.text
    button = json.dumps(["status.submit", {"round": await _round_id(two_communities)}])
    bearing = next(f for f in neighbour.forms if f.values("_number"))
    proof = [(n, v) for n, v in bearing.fields if n in ("_token", "_number")]
    answer = await two_communities.post("/press", [*proof, *LARVIK.items(), ("_submit", button)])
    assert "Ingen runde er åpen" in answer.text
    assert await newest(two_communities) is None


async def _round_id(site: Site) -> str:
    async with site.store.read("vestfold") as work:
        return next(r.id for r in await work.rounds.all() if r.opens_at == MONDAY)


async def test_the_top_says_who_and_for_whom(site: Site) -> None:
    assert "Kommunalsjef Larvik, Larvik kommune" in (await site.sign_in("Kommunalsjef Larvik")).text


async def test_signed_out_is_signed_out(site: Site) -> None:
    page = await site.sign_in("Kommunalsjef Larvik")
    page = await site.press(page, "Logg ut")
    assert "Hvem er du?" in page.text
    assert (await site.get("/overview")).status == 401


async def test_one_who_left_is_signed_out(site: Site) -> None:
    page = await site.sign_in("Kommunalsjef Larvik")
    async with site.store.begin("vestfold") as work:
        await work.people.deactivate_absent(frozenset({"samhandlingssjef"}))
    assert (await site.say(page, "status")).status == 401
    page = await site.get()
    assert "Hvem er du?" in page.text
    assert "Kommunalsjef Larvik" not in page.text


# The period and the form


async def test_the_coordinator_starts_a_period(site: Site) -> None:
    page = await site.start_period()
    assert "Krevende drift er satt i gang" in page.text
    page = await site.sign_in("Kommunalsjef Larvik")
    assert "Krevende drift i Helsefellesskapet i Vestfold" in page.text


async def test_a_form_to_correct_stands_in_place_of_the_receipt(site: Site) -> None:
    page = await site.press(await site.prompted(), "Send status", **LARVIK)
    page = await site.say(page, "status")
    assert page.form("Send status").values("overliggere") == ["3"]
    assert page.html.count("Takk, svaret er mottatt.") == 1
    page = await site.press(page, "Send status", overliggere="4")
    assert ">Send status<" not in page.html
    assert page.html.count("Rettelsen er mottatt.") == 1
    assert (await site.get()).html.count("Rettelsen er mottatt.") == 1


async def test_the_form_opened_from_a_reminder_stands_once(site: Site) -> None:
    await site.prompted("Kommunalsjef Horten")
    await site.pass_time(local(2023, 11, 28, 9))
    page = await site.get()
    assert "Påminnelse: status mangler" in page.text
    page = await site.press(page, "Svar nå")
    assert page.html.count(">Send status<") == 1
    page = await site.press(page, "Send status", **LARVIK)
    assert page.html.count("Takk, svaret er mottatt.") == 1
    assert (await site.get()).html.count("Takk, svaret er mottatt.") == 1
    assert "Påminnelse" not in (await site.get()).text


# Twice


async def test_the_same_form_sent_again_has_one_effect(site: Site) -> None:
    page = await site.prompted()
    first = await site.press(page, "Send status", **LARVIK)
    await site.press(await site.press(first, "Rett svaret"), "Send status", overliggere="5")
    again = await site.press(page, "Send status", **LARVIK)
    assert again.status == 200
    report = await newest(site)
    assert report is not None
    assert (report.revision, report.values["overliggere"]) == (2, 5)


async def test_a_form_that_came_back_is_the_same_when_the_page_is_loaded_again(site: Site) -> None:
    page = await site.prompted()
    wrong = {**LARVIK, "overliggere": "tre"}
    first = await site.press(page, "Send status", **wrong)
    again = await site.press(page, "Send status", **wrong)
    assert again.form("Send status").values("overliggere") == ["tre"]
    assert ("Ett felt må rettes." in again.text) is ("Ett felt må rettes." in first.text) is True


async def test_one_who_goes_back_and_corrects_is_heard(site: Site) -> None:
    page = await site.prompted()
    await site.press(page, "Send status", **{**LARVIK, "overliggere": "tre"})
    answered = await site.press(page, "Send status", **LARVIK)
    assert "Takk, svaret er mottatt." in answered.text
    assert await newest(site) is not None


# Field by field


async def test_field_by_field_in_text(site: Site) -> None:
    page = await site.prompted()
    page = await site.say(page, "status")
    assert page.html.count(">Send status<") == 1
    page = await site.say(page, "gul")
    assert "2 av 8: Overliggere" in page.text
    page = await site.say(page, "mange")
    assert "Skriv et helt tall" in page.text
    assert page.text.index("Skriv et helt tall") < page.text.index("2 av 8")
    assert " autofocus" in page.html
    for text in ("3", "2", "hopp", "hopp", "grønn", "hopp", "hopp"):
        assert page.text.count(" av 8:") == 1
        page = await site.say(page, text)
    assert "Takk, svaret er mottatt." in page.text
    assert " av 8:" not in page.text
    report = await newest(site)
    assert report is not None
    assert report.values["overliggere"] == 3


async def test_a_closed_form_asks_no_more(site: Site) -> None:
    page = await site.say(await site.say(await site.prompted(), "status"), "gul")
    page = await site.say(page, "avbryt")
    assert "Skjemaet er lukket." in page.text
    assert "2 av 8" not in page.text


async def test_nothing_said_is_nothing_done(site: Site) -> None:
    page = await site.say(await site.sign_in("Kommunalsjef Larvik"), "  ")
    assert page.status == 200


async def test_the_language_is_ones_own(site: Site) -> None:
    page = await site.press(await site.sign_in("Kommunalsjef Larvik"), "Nynorsk")
    assert '<html lang="nn">' in page.html
    assert "Kva vil du gjere?" in page.text
    page = await site.press(page, "English")
    assert '<html lang="en">' in page.html
    assert "Write to the bot" in (await site.get()).text


# The overview


async def test_the_overview_shows_the_round_and_what_was_posted(site: Site) -> None:
    await site.press(await site.prompted(), "Send status", **LARVIK)
    page = await site.get("/overview")
    assert "Larvik kommune gul" in page.text
    assert "Tidligere oppsummeringer" not in page.text
    await site.pass_time(TUESDAY + timedelta(days=7))
    page = await site.get("/overview")
    assert "Tidligere oppsummeringer" in page.text


async def test_the_sealed_picture_stays_on_the_overview(site: Site) -> None:
    await site.press(await site.prompted(), "Send status", **LARVIK)
    await site.pass_time(TUESDAY + timedelta(minutes=5))
    page = await site.get("/overview")
    page = await site.press(page, "Vis tallene ved møtestart")
    assert "Slik det sto da møtet begynte" in page.text
    assert 'href="/overview" aria-current="page"' in page.html
    assert "Møtet har begynt." in (await site.press(page, "Vis tallene nå")).text


# The demonstration's clock


class StandingClock:
    def __init__(self) -> None:
        self.site: Site | None = None

    def now(self):  # type: ignore[no-untyped-def]
        return self.site.clock.now() if self.site else THURSDAY

    async def next_happening(self):  # type: ignore[no-untyped-def]
        return await self.site.store.next_instant(self.site.clock.now()) if self.site else None

    async def move(self, to):  # type: ignore[no-untyped-def]
        assert self.site is not None
        await self.site.pass_time(to)


async def test_the_demonstration_moves_its_clock(tmp_path: Path) -> None:
    demo = StandingClock()
    async with serving(tmp_path, [vestfold()], demo=demo) as site:
        demo.site = site
        page = await site.start_period()
        assert "Klokken står på torsdag 23. november 2023 kl. 09.00." in page.text
        page = await site.press(page, "Gå til det neste som skjer (mandag 27. november kl. 09.00)")
        assert "Klokken står på mandag 27. november 2023 kl. 09.00." in page.text
        page = await site.press(page, "Bytt person")
        assert "Hvem er du?" in page.text
        page = await site.press(page, next(b[2] for f in page.forms for b in f.buttons if b[2].startswith("Gå til")))
        assert site.clock.now() > MONDAY
        forged = await site.post("/dev/next", {"_token": "x"})
        assert forged.status == 403


async def test_without_a_demonstration_no_clock(site: Site) -> None:
    page = await site.sign_in("Kommunalsjef Larvik")
    assert "Klokken" not in page.text
    assert (await site.post("/dev/next", {"_token": "x"})).status == 404


# Words that others wrote


async def test_nothing_that_others_wrote_becomes_markup(tmp_path: Path) -> None:
    wicked = "\"><script>alert(1)</script><b onclick='x'>"
    people = tuple(replace(p, name=f"{p.name} {wicked}") if p.unit == "larvik" else p for p in vestfold().people)
    async with serving(tmp_path, [community(people=people, name=f"Fellesskap {wicked}")]) as site:
        page = await site.prompted(f"Kommunalsjef Larvik {wicked}")
        pages = [page]
        pages.append(await site.press(page, "Send status", **{**LARVIK, "overliggere": wicked, "behov": wicked}))
        assert pages[-1].form("Send status").values("overliggere") == [wicked]
        pages.append(await site.press(pages[-1], "Send status", overliggere="3"))
        assert "Takk, svaret er mottatt." in pages[-1].text
        pages.append(await site.get("/overview"))
        pages.append(await site.say(page, wicked))
        site.session.cookie_jar.clear()
        pages.append(await site.get())
    for shown in pages:
        _is_clean(shown)


def _is_clean(page: Page) -> None:
    assert page.status == 200
    assert "<script" not in page.html
    assert not re.search(r"<[^>]*\sonclick=[^>]*>", re.sub(r'"[^"]*"', '""', page.html))
