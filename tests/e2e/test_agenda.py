"""Cases and agendas as people meet them in Teams: reported, ordered, carried, sent on, withdrawn, concluded."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from domain.community import Community
from domain.plan.reading import read_plan
from domain.plan.text_table import rows_of_text
from services import meeting_plan
from tests.builders import identity_number
from tests.e2e import test_calendar_feed
from tests.harness import Json, Snapshot, Town, beginning, everybody, running, vestfold
from tests.teams_double import CARD, TeamsDouble, TeamsPerson, beside, buttons_of, inputs_of, readable

NOW = "2024-01-08T09:00:00+01:00"
PLAN = "FSU 25.01.24\nSSU 29.02.24\nSSU 23.05.24\nAU 15.02.24\n"
"""Due: items for FSU 4 January (past), SSU 8 February and 2 May, AU 1 February; papers for SSU 22 February, 16 May."""

CASE = {
    "title": "Styringsdata",
    "kinds": "discussion,information",
    "forum": "SSU",
    "about": "Tall for 2023",
    "proposal": "Orienteringen tas til etterretning",
    "papers": "Notat https://vestfold.example/notat\nhttps://vestfold.example/tall.xlsx",
}


async def stored(town: Town, text: str = PLAN) -> None:
    read = read_plan(vestfold(), rows_of_text(text))
    async with town.product.product.store.begin("vestfold") as work:
        now = town.product.product.clock.now()
        await meeting_plan.store(work, await meeting_plan.compare(work, read.meetings), by=None, now=now)


async def _begun(town: Town) -> None:
    await town.connect()
    await stored(town)


@pytest.fixture
async def town(double: TeamsDouble, database: Path, snapshots: dict[str, Snapshot]) -> AsyncIterator[Town]:
    """Monday 8 January 2024."""
    async with beginning(snapshots, "agenda", _begun, database, double, now=NOW) as found:
        yield found
    assert double.complaints == []


@pytest.fixture
def larvik(town: Town) -> TeamsPerson:
    return town["larvik-sjef"]


@pytest.fixture
def secretary(town: Town) -> TeamsPerson:
    return town["sekretariat"]


def words(card: Json) -> str:
    return "\n".join(readable({"attachments": [{"contentType": CARD, "content": card}]}))


async def reports(person: TeamsPerson, **inputs: Any) -> Json:
    await person.says("meld sak")
    return await person.presses(person.last_card, "case.report", **(CASE | inputs))


async def plan(town: Town) -> Json:
    _, answer = await town.product.get("/api/v1/communities/vestfold/plan")
    found: Json = answer
    return found


async def cases(town: Town) -> list[Json]:
    found: list[Json] = (await plan(town))["cases"]
    return found


async def meeting(town: Town, day: str) -> str:
    return next(str(m["id"]) for m in (await plan(town))["meetings"] if m["date"] == day)


async def opens(person: TeamsPerson, title: str = "Styringsdata", agenda: str = "saksliste SSU") -> Json:
    """The case with that title on an agenda."""
    await person.says(agenda)
    choices = inputs_of(person.last_card.card or {})["case"]["choices"]
    chosen = next(c["value"] for c in choices if title in c["title"])
    return await person.presses(person.last_card, "case.show", case=chosen)


async def presses(person: TeamsPerson, *actions: str, **inputs: Any) -> Json:
    """One after the other on the card that came last, the inputs with the last press."""
    for action in actions[:-1]:
        await person.presses(person.last_card, action)
    return await person.presses(person.last_card, actions[-1], **inputs)


# Reporting


async def test_a_reported_case_gets_its_number_and_goes_to_the_next_meeting(town: Town, larvik: TeamsPerson) -> None:
    receipt = words(await reports(larvik))
    assert "Saken er meldt og har fått nummeret SSU 2024.1." in receipt
    assert "Møte: torsdag 29. februar 2024 kl. 13.00–15.30" in receipt
    assert "fristen" not in receipt.casefold()
    [kept] = await cases(town)
    assert kept == {
        "id": kept["id"],
        "number": "2024.1",
        "forum": "SSU",
        "title": "Styringsdata",
        "kinds": ["information", "discussion"],
        "about": "Tall for 2023",
        "proposal": "Orienteringen tas til etterretning",
        "responsible": "larvik-sjef",
        "papers": [
            {"title": "Notat", "link": "https://vestfold.example/notat"},
            {"title": "", "link": "https://vestfold.example/tall.xlsx"},
        ],
        "meeting": await meeting(town, "2024-02-29"),
        "earliest": None,
        "reference": None,
        "state": "open",
        "conclusion": None,
        "follow_up": None,
    }


async def test_the_form_has_the_persons_organs_and_their_next_meetings(town: Town, larvik: TeamsPerson) -> None:
    await larvik.says("Meld sak SSU!")
    form = inputs_of(larvik.last_card.card or {})
    keys = ["title", "kinds", "forum", "meeting", "about", "proposal", "responsible", "papers"]
    assert list(form) == keys
    assert [c["value"] for c in form["forum"]["choices"]] == ["SSU", "AU", "FSU", "PM"]
    assert (form["forum"]["value"], form["meeting"]["value"]) == ("SSU", "next")
    assert (form["responsible"]["value"], form["title"]["maxLength"]) == ("larvik-sjef", 150)
    assert [c["title"] for c in form["meeting"]["choices"]] == [
        "Neste møte der fristen ikke er ute",
        "SSU 29.02.2024, frist 08.02.2024",
        "SSU 23.05.2024, frist 02.05.2024",
    ]


async def test_a_meeting_whose_items_were_due_may_be_chosen_and_that_is_said(town: Town, larvik: TeamsPerson) -> None:
    await larvik.says("meld sak FSU")
    choices = inputs_of(larvik.last_card.card or {})["meeting"]["choices"]
    assert [c["title"] for c in choices][1:] == ["FSU 25.01.2024, fristen gikk ut 04.01.2024"]
    late = CASE | {"forum": "FSU", "meeting": choices[1]["value"]}
    receipt = words(await larvik.presses(larvik.last_card, "case.report", **late))
    assert "Fristen for saker til møtet torsdag 25. januar 2024 kl. 12.30–15.30 gikk ut torsdag 4. januar." in receipt


async def test_without_a_meeting_whose_items_may_still_come_it_waits_for_one(town: Town, larvik: TeamsPerson) -> None:
    receipt = words(await reports(larvik, forum="FSU"))
    assert "FSU 2024.1" in receipt
    assert "Saken kommer på sakslisten når neste møte er planlagt." in receipt
    assert await cases(town) == []
    await stored(town, "FSU 25.01.24\nFSU 18.04.24\n")
    assert [case["meeting"] for case in await cases(town)] == [await meeting(town, "2024-04-18")]
    await town.product.settle()
    assert [m.title for m in larvik.messages if "nytt møte" in m.title] == ["Sak FSU 2024.1 har fått nytt møte"]


async def test_the_secretariat_and_whoever_is_responsible_hear_of_a_new_case(
    town: Town, larvik: TeamsPerson, secretary: TeamsPerson
) -> None:
    await reports(larvik, responsible="horten-sjef")
    told = {key: person.titled("Ny sak: SSU 2024.1") for key, person in town.people.items()}
    assert {key for key, messages in told.items() if messages} == {"horten-sjef", "sekretariat"}
    opened = words(await secretary.presses(told["sekretariat"][0], "case.show"))
    assert "Ansvarlig: Kommunalsjef Horten" in opened
    assert "Om saken: Tall for 2023" in opened


async def test_a_repeated_press_is_one_case_and_so_is_the_form_sent_again(town: Town, larvik: TeamsPerson) -> None:
    await larvik.says("meld sak")
    form = larvik.last_card
    for again in ("press-1", "press-1", "press-2"):
        shown = words(await larvik.presses(replace(form), "case.report", again=again, **CASE))
        assert "Sak SSU 2024.1" in shown
    assert [case["number"] for case in await cases(town)] == ["2024.1"]


async def test_those_who_report_at_the_same_time_get_numbers_without_holes_or_doubles(town: Town) -> None:
    people = list(town.people.values())

    async def report(person: TeamsPerson) -> int:
        data = {"action": "case.report", "drawn": person.key, "meeting": "next", "responsible": person.key, **CASE}
        value = {"action": {"type": "Action.Execute", "verb": "case.report", "data": data}}
        status, _ = await town.double.post(person.activity("invoke", name="adaptiveCard/action", value=value))
        return status

    for person in people:
        await person.says("hjelp")
    statuses = await asyncio.gather(*(report(person) for person in (*people, *people)))
    assert set(statuses) == {200}
    assert [case["number"] for case in await cases(town)] == [f"2024.{n}" for n in range(1, len(people) + 1)]


WRONG: list[tuple[dict[str, str], str, str]] = [
    ({"title": ""}, "title", "Feltet må fylles ut."),
    ({"title": "x" * 151}, "title", "inntil 150 tegn"),
    ({"kinds": ""}, "kinds", "Feltet må fylles ut."),
    ({"kinds": "vote"}, "kinds", "Velg blant alternativene."),
    ({"forum": ""}, "forum", "Feltet må fylles ut."),
    ({"forum": "XYZ"}, "forum", "Velg blant alternativene."),
    ({"meeting": "123"}, "meeting", "Velg blant alternativene."),
    ({"about": "x" * 1201}, "about", "inntil 1\xa0200 tegn"),
    ({"proposal": "x" * 801}, "proposal", "inntil 800 tegn"),
    ({"responsible": "nobody"}, "responsible", "Skriv navnet slik det står"),
    ({"papers": "Notatet ligger i mappen"}, "papers", "Skriv én lenke på hver linje"),
    ({"papers": "http://vestfold.example/notat"}, "papers", "https://"),
    ({"papers": "javascript://vestfold.example/%0aalert(1)"}, "papers", "https://"),
    ({"papers": "https://kari@vestfold.example/notat"}, "papers", "Skriv én lenke på hver linje"),
    ({"papers": "\n".join("https://vestfold.example/1" for _ in range(11))}, "papers", "inntil 10 lenker"),
    ({"papers": f"https://vestfold.example/{'x' * 500}"}, "papers", "inntil 500 tegn"),
]


@pytest.mark.parametrize(("inputs", "field", "says"), WRONG)
async def test_wrong_input_comes_back_at_its_field_with_everything_typed(
    town: Town, larvik: TeamsPerson, inputs: dict[str, str], field: str, says: str
) -> None:
    again = await reports(larvik, **inputs)
    assert says in beside(again, field)
    typed = inputs_of(again)
    chosen = {"kinds", "forum", "meeting", "responsible"} & inputs.keys()  # what is no choice cannot be shown as one
    assert all(typed[key].get("value", "") == value for key, value in (CASE | inputs).items() if key not in chosen)
    assert await cases(town) == []


async def test_another_organs_meeting_will_not_do(town: Town, larvik: TeamsPerson) -> None:
    again = await reports(larvik, forum="AU", meeting=await meeting(town, "2024-02-29"))
    assert "Møtet er i et annet utvalg." in beside(again, "meeting")


@pytest.mark.parametrize("field", ["title", "about", "proposal", "papers"])
async def test_an_identity_number_is_refused_and_not_shown_again(town: Town, larvik: TeamsPerson, field: str) -> None:
    number = identity_number()
    written = f"https://vestfold.example/{number}" if field == "papers" else f"Gjelder {number}"
    again = await reports(larvik, **{field: written})
    assert "fødselsnummer" in beside(again, field)
    assert number not in str(again)
    assert await cases(town) == []


async def test_members_report_to_their_own_organs_and_the_secretariat_to_all(
    double: TeamsDouble, database: Path
) -> None:
    def with_members(community: Community) -> Community:
        forums = [replace(f, members=frozenset({"larvik-sjef"})) for f in community.forums if f.key == "SSU"]
        return replace(community, forums=(*forums, *(f for f in community.forums if f.key == "AU")))

    async with running(database, [with_members(vestfold())], now=NOW, teams=double) as made:
        town = Town(made, double, everybody(double))
        await stored(town)
        for key, organs in (("larvik-sjef", ["SSU", "AU"]), ("horten-sjef", ["AU"]), ("sekretariat", ["SSU", "AU"])):
            await town[key].says("meld sak")
            choices = inputs_of(town[key].last_card.card or {})["forum"]["choices"]
            assert [c["value"] for c in choices] == organs
        refused = await town["horten-sjef"].presses(town["horten-sjef"].last_card, "case.report", **CASE)
        assert "Velg blant alternativene." in beside(refused, "forum")
        [said] = await town["horten-sjef"].says("meld sak SSU")
        assert said.text == "Du er ikke med i utvalget. Be sekretariatet melde saken."
        assert await cases(town) == []


@pytest.mark.parametrize(("command", "says"), [("meld sak XYZ", "Utvalgene er SSU, AU"), ("saksliste 1", "Utvalgene")])
async def test_an_unknown_organ_is_answered_with_those_there_are(
    town: Town, larvik: TeamsPerson, command: str, says: str
) -> None:
    [said] = await larvik.says(command)
    assert says in said.text


@pytest.mark.parametrize(
    ("language", "command", "title", "agenda"),
    [
        ("nb", "meld sak", "Meld en sak", "saksliste"),
        ("nn", "meld sak", "Meld ei sak", "sakliste"),
        ("en", "report item", "Report an item", "agenda"),
    ],
)
async def test_it_speaks_the_readers_language(
    town: Town, larvik: TeamsPerson, language: str, command: str, title: str, agenda: str
) -> None:
    await larvik.says(f"språk {language}")
    await larvik.says(command)
    assert larvik.last_card.title == title
    await larvik.presses(larvik.last_card, "case.report", **CASE)
    await larvik.says(agenda)
    told = {"nb": "Frist for saker", "nn": "Frist for saker", "en": "Deadline for items"}[language]
    assert told in words(larvik.last_card.card or {})


# The agenda


async def test_the_agenda_shows_the_cases_in_order_with_kind_responsible_and_papers(
    town: Town, larvik: TeamsPerson
) -> None:
    await reports(larvik)
    await reports(town["horten-sjef"], title="Møteplan", kinds="decision", papers="")
    await larvik.says("saksliste ssu")
    shown = words(larvik.last_card.card or {})
    assert larvik.last_card.title == "Saksliste for SSU"
    assert "Møte: torsdag 29. februar 2024 kl. 13.00–15.30" in shown
    assert "Frist for saker: torsdag 8. februar" in shown
    assert "1. 2024.1 – Orientering og diskusjon – Kommunalsjef Larvik – 2 vedlegg: Styringsdata" in shown
    assert "2. 2024.2 – Beslutning – Kommunalsjef Horten: Møteplan" in shown
    assert "position" not in inputs_of(larvik.last_card.card or {})


async def test_without_an_organ_it_is_the_next_meeting_and_others_are_a_press_away(
    town: Town, larvik: TeamsPerson
) -> None:
    await larvik.says("saksliste")
    assert larvik.last_card.title == "Saksliste for FSU"
    await reports(larvik)
    shown = await larvik.presses(larvik.last_card, "agenda.show")
    assert "Saksliste for SSU" in words(shown)
    later = next(b for b in buttons_of(shown) if "23.05.2024" in b["title"])
    assert later["title"] == "Neste: 23.05.2024"


async def test_the_secretariat_puts_the_cases_in_order(town: Town, larvik: TeamsPerson, secretary: TeamsPerson) -> None:
    for title in ("En", "To", "Tre"):
        await reports(larvik, title=title)
    await secretary.says("saksliste SSU")
    chosen = inputs_of(secretary.last_card.card or {})["case"]["choices"][2]["value"]
    shown = words(await secretary.presses(secretary.last_card, "agenda.order", case=chosen, position="1"))
    assert "Rekkefølgen er endret." in shown
    assert [case["title"] for case in await cases(town)] == ["Tre", "En", "To"]
    assert [case["number"] for case in await cases(town)] == ["2024.3", "2024.1", "2024.2"]


@pytest.mark.parametrize("position", ["0", "4", "to", "", "-1", "1.5"])
async def test_a_place_that_there_is_not_comes_back_at_its_field(
    town: Town, larvik: TeamsPerson, secretary: TeamsPerson, position: str
) -> None:
    for title in ("En", "To", "Tre"):
        await reports(larvik, title=title)
    await secretary.says("saksliste SSU")
    again = await secretary.presses(secretary.last_card, "agenda.order", position=position)
    assert beside(again, "position") == ("Skriv et tall fra listen." if position else "Feltet må fylles ut.")
    assert [case["title"] for case in await cases(town)] == ["En", "To", "Tre"]


async def test_a_long_agenda_comes_in_pages(town: Town, secretary: TeamsPerson) -> None:
    for number in range(1, 15):
        await reports(secretary, title=f"Sak nummer {number}", about="Æ" * 1200, proposal="", papers="")
    await secretary.says("saksliste SSU")
    assert "12. 2024.12" in words(secretary.last_card.card or {})
    further = next(b for b in buttons_of(secretary.last_card.card or {}) if b["title"] == "2 saker til")
    value = {"action": {"type": "Action.Execute", "verb": "agenda.show", "data": further["data"]}}
    _, answer = await town.double.post(secretary.activity("invoke", name="adaptiveCard/action", value=value))
    assert "14. 2024.14" in words(answer["value"])


async def test_the_fullest_agenda_has_room_on_a_card(town: Town, secretary: TeamsPerson) -> None:
    late = {"meeting": await meeting(town, "2024-05-23")}
    for number in range(14):
        title = f"{'Æ' * 148}{number:02}"
        for where in ({"meeting": await meeting(town, "2024-02-29")}, late, {"forum": "FSU"}):
            await reports(secretary, **({"title": title, "kinds": "information,discussion,dialogue,decision"} | where))
    await town.product.clock_to("2024-03-01T09:00:00+01:00")
    for agenda in ("saksliste SSU", "saksliste FSU"):
        await secretary.says(agenda)
        assert len(json.dumps(secretary.last_card.card)) <= 25_000
    assert "8 saker til" in words(secretary.last_card.card or {})


async def test_in_a_channel_the_agenda_is_read_only_and_no_case_is_reported(
    town: Town, secretary: TeamsPerson, larvik: TeamsPerson
) -> None:
    await reports(larvik)
    await secretary.says("saksliste SSU", where=town.channel)
    assert "Styringsdata" in town.channel.last_card.text
    assert town.channel.last_card.actions == []
    [said] = await larvik.says("meld sak", where=town.channel)
    assert said.text.startswith("Skriv til meg i en personlig samtale")


async def test_the_longest_case_of_a_large_community_is_edited_without_loss(
    double: TeamsDouble, database: Path
) -> None:
    def large(people: int) -> Community:
        made = vestfold()
        more = [
            replace(
                made.people[0], key=f"person-{n}", name=f"Kommunalsjef nummer {n} på Sørøya", email=f"p{n}@x.example"
            )
            for n in range(people - len(made.people))
        ]
        return replace(made, people=(*made.people, *more))

    longest = {"title": "Æ" * 150, "about": "Æ" * 1200, "proposal": "Æ" * 800}
    papers = "\n".join(f"https://vestfold.example/{'x' * 220}{n}" for n in range(10))
    for people in (60, 61):
        async with running(database, [large(people)], now=NOW, teams=double) as made:
            town = Town(made, double, everybody(double))
            await stored(town)
            secretary, title = town["sekretariat"], longest["title"][:-2] + str(people)
            await reports(secretary, **(longest | {"papers": papers, "title": title}))
            await presses(secretary, "case.edit")
            filled = inputs_of(secretary.last_card.card or {})
            assert {key: filled[key]["value"] for key in ("title", "about", "proposal", "papers")} == {
                **longest,
                "title": title,
                "papers": papers,
            }
            assert ("choices" in filled["responsible"]) == (people == 60)
            if people == 61:
                shown = words(await presses(secretary, "case.edit", responsible="kommunalsjef larvik"))
                assert "Ansvarlig: Kommunalsjef Larvik" in shown
                again = await presses(secretary, "case.edit", "case.edit", responsible="Ingen")
                assert "Skriv navnet slik det står" in beside(again, "responsible")
    assert double.complaints == []


# What becomes of a case


async def test_a_case_is_edited_by_its_reporter_and_the_one_responsible_hears_of_it(
    town: Town, larvik: TeamsPerson
) -> None:
    await reports(larvik, responsible="horten-sjef")
    await opens(larvik)
    filled = inputs_of(await presses(larvik, "case.edit"))
    assert filled["papers"]["value"] == CASE["papers"]
    shown = words(await presses(larvik, "case.edit", title="Styringsdata 2023", responsible="larvik-sjef"))
    assert "Saken er endret." in shown
    [kept] = await cases(town)
    assert (kept["title"], kept["responsible"], kept["number"]) == ("Styringsdata 2023", "larvik-sjef", "2024.1")
    assert len(town["horten-sjef"].titled("Sak SSU 2024.1 er endret")) == 1


async def test_an_edit_that_somebody_else_has_overtaken_shows_what_stands(
    town: Town, larvik: TeamsPerson, secretary: TeamsPerson
) -> None:
    await reports(larvik)
    await opens(larvik)
    await presses(larvik, "case.edit")
    form = larvik.last_card
    await opens(secretary)
    await presses(secretary, "case.edit", "case.edit", title="Ny tittel")
    again = await larvik.presses(form, "case.edit", title="Min tittel")
    assert "En kollega har endret saken" in words(again)
    assert inputs_of(again)["title"]["value"] == "Ny tittel"


async def test_wrong_input_in_an_edit_comes_back_at_its_field(town: Town, larvik: TeamsPerson) -> None:
    await reports(larvik)
    await opens(larvik)
    again = await presses(larvik, "case.edit", "case.edit", title="", proposal="Nytt forslag")
    assert beside(again, "title") == "Feltet må fylles ut."
    assert inputs_of(again)["proposal"]["value"] == "Nytt forslag"


async def test_a_case_is_carried_to_the_next_meeting_and_its_reporter_is_told(
    town: Town, larvik: TeamsPerson, secretary: TeamsPerson
) -> None:
    await reports(larvik)
    await opens(secretary)
    form = await presses(secretary, "case.carry")
    assert inputs_of(form)["meeting"]["value"] == await meeting(town, "2024-05-23")
    assert "Saken har fått nytt møte." in words(await presses(secretary, "case.carry"))
    [kept] = await cases(town)
    assert (kept["meeting"], kept["number"]) == (await meeting(town, "2024-05-23"), "2024.1")
    [told] = larvik.titled("Sak SSU 2024.1 har fått nytt møte")
    assert "Møte: torsdag 23. mai 2024 kl. 13.00–15.30" in told.text
    assert "Endret av Sekretariatet." in told.text


async def test_a_case_that_waits_does_not_come_back_to_the_meeting_that_it_left(
    town: Town, larvik: TeamsPerson, secretary: TeamsPerson
) -> None:
    await reports(larvik, meeting=await meeting(town, "2024-05-23"))
    await larvik.says("saksliste SSU")
    await larvik.says("saksliste")
    await secretary.says("saksliste SSU")
    [case] = await cases(town)
    await secretary.presses(secretary.titled("Ny sak")[0], "case.show")
    pressed = secretary.titled("Sak SSU 2024.1")[0]
    await secretary.presses(pressed, "case.carry")
    await secretary.presses(pressed, "case.carry", meeting="wait")
    await stored(town, "SSU 29.02.24\nSSU 23.05.24\nSSU 30.05.24\n")
    [kept] = await cases(town)
    assert (kept["id"], kept["meeting"]) == (case["id"], await meeting(town, "2024-05-30"))


async def test_a_case_sent_to_another_organ_gets_its_own_number_there_and_refers_to_the_first(
    town: Town, larvik: TeamsPerson, secretary: TeamsPerson
) -> None:
    await reports(larvik, forum="AU", title="Noe i AU")
    await reports(larvik)
    await opens(secretary)
    await presses(secretary, "case.send_on")
    again = await presses(secretary, "case.send_on", forum="")
    assert beside(again, "forum") == "Feltet må fylles ut."
    shown = words(await presses(secretary, "case.send_on", forum="AU"))
    assert "Sak SSU 2024.1 er sendt videre og har fått nummeret AU 2024.2." in shown
    assert "Bakgrunn: ref. SSU 2024.1" in shown
    kept = await cases(town)
    assert [(c["forum"], c["number"], c["reference"]) for c in kept] == [
        ("AU", "2024.1", None),
        ("AU", "2024.2", "SSU 2024.1"),
    ]
    [told] = larvik.titled("Saken er sendt videre: AU 2024.2")
    assert "ref. SSU 2024.1" in told.text
    await reports(larvik, title="Neste")
    assert "SSU 2024.2" in words(larvik.last_card.card or {})


async def test_a_withdrawn_case_keeps_its_number_and_is_shown_as_withdrawn(
    town: Town, larvik: TeamsPerson, secretary: TeamsPerson
) -> None:
    await reports(larvik)
    await opens(secretary)
    assert "beholder nummeret 2024.1" in words(await presses(secretary, "case.withdraw"))
    await presses(secretary, "case.withdraw")
    assert len(larvik.titled("Sak SSU 2024.1 er trukket")) == 1
    await reports(larvik, title="Neste")
    await larvik.says("saksliste SSU")
    shown = words(larvik.last_card.card or {})
    assert "2024.1 – Orientering og diskusjon – Kommunalsjef Larvik – 2 vedlegg – trukket: Styringsdata" in shown
    assert [(c["number"], c["state"]) for c in await cases(town)] == [("2024.1", "withdrawn"), ("2024.2", "open")]


async def test_what_is_settled_is_shown_as_it_stands_and_not_changed(
    town: Town, larvik: TeamsPerson, secretary: TeamsPerson
) -> None:
    await reports(larvik)
    await opens(secretary)
    await presses(secretary, "case.withdraw", "case.withdraw")
    case = (await cases(town))[0]["id"]
    for action in ("case.edit", "case.carry", "case.send_on", "case.withdraw", "case.conclude"):
        value = {"action": action, "id": case, "sent": True, "seen": 2, "meeting": "wait", "conclusion": "Ja"}
        await secretary.sends(secretary.activity("message", value=value))
        assert "Saken er allerede avsluttet." in secretary.messages[-1].text, action
    assert [c["state"] for c in await cases(town)] == ["withdrawn"]


# Conclusions


async def concluded(town: Town, secretary: TeamsPerson, **inputs: str) -> Json:
    await town.product.clock_to("2024-02-29T15:00:00+01:00")
    await opens(secretary)
    await presses(secretary, "case.conclude")
    return await presses(secretary, "case.conclude", **inputs)


async def test_a_conclusion_is_written_from_the_day_of_the_meeting_on(
    town: Town, larvik: TeamsPerson, secretary: TeamsPerson
) -> None:
    await reports(larvik)
    assert "case.conclude" not in [b["verb"] for b in buttons_of(await opens(secretary))]
    early = {"action": "case.conclude", "id": (await cases(town))[0]["id"], "seen": 1, "conclusion": "Ja"}
    await secretary.sends(secretary.activity("message", value=early))
    assert "Møtet er ikke holdt ennå." in secretary.messages[-1].text
    await town.product.clock_to("2024-02-29T00:00:00+01:00")
    await opens(secretary)
    form = await presses(secretary, "case.conclude")
    assert inputs_of(form)["conclusion"]["value"] == "Orienteringen tas til etterretning"
    await presses(secretary, "case.conclude")
    [kept] = await cases(town)
    assert (kept["state"], kept["conclusion"]) == ("concluded", "Orienteringen tas til etterretning")
    await town.product.clock_to("2024-02-29T08:00:00+01:00")
    [told] = larvik.titled("Sak SSU 2024.1 er behandlet")
    assert "Konklusjon: Orienteringen tas til etterretning" in told.text


async def test_what_comes_of_a_case_for_decision_is_called_so(
    town: Town, larvik: TeamsPerson, secretary: TeamsPerson
) -> None:
    await reports(larvik, kinds="decision")
    shown = words(await concluded(town, secretary, conclusion="Møteplanen godkjennes"))
    assert "Vedtak: Møteplanen godkjennes" in shown
    assert "Forslag til vedtak: Orienteringen tas til etterretning" in shown


async def test_what_nothing_has_come_of_stands_on_the_secretariats_next_agenda_until_something_does(
    town: Town, larvik: TeamsPerson, secretary: TeamsPerson
) -> None:
    await reports(larvik)
    for day, there in (("02-29", False), ("03-01", True)):
        await town.product.clock_to(f"2024-{day}T23:00:00+01:00")
        for person in (secretary, larvik):
            await person.says("saksliste SSU")
            shown = words(person.last_card.card or {})
            assert ("Saker uten konklusjon fra tidligere møter" in shown) == (there and person is secretary)
    opening = next(b for b in buttons_of(secretary.last_card.card or {}) if b["title"] == "2024.1")
    value = {"action": {"type": "Action.Execute", "verb": "case.show", "data": opening["data"]}}
    _, answer = await town.double.post(secretary.activity("invoke", name="adaptiveCard/action", value=value))
    assert "case.conclude" in [b["verb"] for b in buttons_of(answer["value"])]


async def test_a_follow_up_is_a_deadline_and_a_case_of_the_meeting_on_or_next_after_its_day(
    town: Town, larvik: TeamsPerson, secretary: TeamsPerson
) -> None:
    await reports(larvik)
    shown = words(await concluded(town, secretary, conclusion="Følges opp", follow_up="2024-05-01"))
    assert "Følges opp: onsdag 1. mai 2024, som sak SSU 2024.2" in shown
    follow_up = (await cases(town))[1]
    assert (follow_up["number"], follow_up["reference"]) == ("2024.2", "SSU 2024.1")
    assert follow_up["meeting"] == await meeting(town, "2024-05-23")
    assert follow_up["responsible"] == "larvik-sjef"
    await larvik.says("møteplan")
    assert "30.04.2024: SSU: følge opp sak 2024.1 Styringsdata" in words(larvik.last_card.card or {})
    await town.product.clock_to("2024-04-29T08:00:00+02:00")
    reminder = next(m for m in reversed(larvik.messages) if "frist" in m.title)
    assert "følge opp sak 2024.1" in reminder.text
    assert "ferdig, Kommunalsjef Larvik" in words(await larvik.presses(reminder, "deadline.done"))
    before = len(larvik.messages)
    await town.product.clock_to("2024-04-30T12:00:00+02:00")
    assert all("følge opp" not in m.text for m in larvik.messages[before:])


async def test_a_follow_up_beyond_the_plan_waits_for_its_meeting(
    town: Town, larvik: TeamsPerson, secretary: TeamsPerson
) -> None:
    await reports(larvik)
    await concluded(town, secretary, conclusion="Utsettes", follow_up="2024-09-02")
    assert [c["number"] for c in await cases(town)] == ["2024.1"]
    await secretary.says("saksliste SSU")
    assert "Saker som venter på et møte" in words(secretary.last_card.card or {})
    await stored(town, "SSU 29.02.24\nSSU 23.05.24\nSSU 26.08.24\nSSU 10.10.24\n")
    follow_up = (await cases(town))[1]
    assert (follow_up["number"], follow_up["meeting"]) == ("2024.2", await meeting(town, "2024-10-10"))


async def test_a_corrected_follow_up_moves_its_case_and_one_taken_away_withdraws_it(
    town: Town, larvik: TeamsPerson, secretary: TeamsPerson
) -> None:
    await stored(town, "SSU 29.02.24\nSSU 23.05.24\nSSU 10.10.24\n")
    await reports(larvik)
    await concluded(town, secretary, conclusion="Følges opp", follow_up="2024-05-01")
    for day, state, on in (
        ("2024-06-01", "open", "2024-10-10"),
        ("", "withdrawn", "2024-10-10"),
        ("2024-05-01", "open", "2024-05-23"),
    ):
        await presses(secretary, "case.conclude", "case.conclude", follow_up=day)
        [_, follow_up] = await cases(town)
        assert (follow_up["number"], follow_up["state"]) == ("2024.2", state)
        assert follow_up["meeting"] == await meeting(town, on)


@pytest.mark.parametrize(
    ("inputs", "field", "says"),
    [
        ({"conclusion": ""}, "conclusion", "Feltet må fylles ut."),
        ({"conclusion": "x" * 2001}, "conclusion", "inntil 2\xa0000 tegn"),
        ({"conclusion": f"Gjelder {identity_number()}"}, "conclusion", "fødselsnummer"),
        ({"follow_up": "31.06.2024"}, "follow_up", "Skriv en dato som finnes"),
        ({"follow_up": "2024-02-29"}, "follow_up", "Velg en dato fram i tid."),
        ({"follow_up": "2028-01-01"}, "follow_up", "innen tre år"),
    ],
)
async def test_a_wrong_conclusion_comes_back_at_its_field(
    town: Town, larvik: TeamsPerson, secretary: TeamsPerson, inputs: dict[str, str], field: str, says: str
) -> None:
    await reports(larvik)
    again = await concluded(town, secretary, **({"conclusion": "Ja", "follow_up": "2024-05-01"} | inputs))
    assert says in beside(again, field)
    assert identity_number() not in str(again)
    assert [case["state"] for case in await cases(town)] == ["open"]


# What the plan does


async def edits_meeting(secretary: TeamsPerson, day: str, *actions: str, **inputs: str) -> Json:
    await secretary.says("møteplan")
    picking = await secretary.presses(secretary.last_card, "plan.pick")
    chosen = next(c["value"] for c in inputs_of(picking)["meeting"]["choices"] if day in c["title"])
    await secretary.presses(secretary.last_card, actions[0], meeting=chosen)
    return await secretary.presses(secretary.last_card, actions[1], **inputs)


async def test_a_moved_meeting_takes_its_cases_along_and_those_responsible_are_told_once(
    town: Town, larvik: TeamsPerson, secretary: TeamsPerson
) -> None:
    for title in ("En", "To"):
        await reports(larvik, title=title)
    await reports(town["horten-sjef"], title="Tre")
    await edits_meeting(secretary, "29. februar", "plan.open", "plan.save", date="2024-03-07")
    assert {case["meeting"] for case in await cases(town)} == {await meeting(town, "2024-03-07")}
    [told] = larvik.titled("Møtet med 2 av sakene dine er flyttet")
    assert "Møte: torsdag 7. mars 2024" in told.text
    assert len(town["horten-sjef"].titled("Møtet med sak SSU 2024.3 er flyttet")) == 1
    assert secretary.titled("flyttet") == []


async def test_a_cancelled_meetings_cases_go_to_the_next_one_and_those_responsible_are_told_once(
    town: Town, larvik: TeamsPerson, secretary: TeamsPerson
) -> None:
    for title in ("En", "To"):
        await reports(larvik, title=title)
    await edits_meeting(secretary, "29. februar", "plan.ask_cancel", "plan.cancel")
    kept = await cases(town)
    assert {case["meeting"] for case in kept} == {await meeting(town, "2024-05-23")}
    assert [case["number"] for case in kept] == ["2024.1", "2024.2"]
    assert len(larvik.titled("2 saker har fått nytt møte")) == 1


async def test_the_last_meeting_cancelled_leaves_its_cases_waiting_for_one(
    town: Town, larvik: TeamsPerson, secretary: TeamsPerson
) -> None:
    await reports(larvik, meeting=await meeting(town, "2024-05-23"))
    await edits_meeting(secretary, "23. mai", "plan.ask_cancel", "plan.cancel")
    assert await cases(town) == []
    await secretary.says("møteplan")
    await secretary.presses(secretary.last_card, "plan.open")
    await secretary.presses(secretary.last_card, "plan.save", forum="SSU", date="2024-06-06")
    assert [case["meeting"] for case in await cases(town)] == [await meeting(town, "2024-06-06")]


async def test_a_file_that_moves_or_drops_a_meeting_takes_the_cases_along_too(town: Town, larvik: TeamsPerson) -> None:
    await reports(larvik)
    await stored(town, "SSU 07.03.24\nSSU 23.05.24\n")
    assert [case["meeting"] for case in await cases(town)] == [await meeting(town, "2024-03-07")]
    await stored(town, "SSU 23.05.24\n")
    assert [case["meeting"] for case in await cases(town)] == [await meeting(town, "2024-05-23")]


async def test_a_follow_up_is_not_taken_up_before_its_day_when_its_meeting_is_moved_forward(
    town: Town, larvik: TeamsPerson, secretary: TeamsPerson
) -> None:
    await stored(town, "SSU 29.02.24\nSSU 23.05.24\nSSU 10.10.24\n")
    await reports(larvik)
    await concluded(town, secretary, conclusion="Følges opp", follow_up="2024-05-10")
    await edits_meeting(secretary, "23. mai", "plan.open", "plan.save", date="2024-05-02")
    assert (await cases(town))[1]["meeting"] == await meeting(town, "2024-10-10")


async def test_papers_are_owed_by_who_is_responsible_a_week_before_the_meeting(
    town: Town, larvik: TeamsPerson, secretary: TeamsPerson
) -> None:
    await reports(larvik)
    await town.product.clock_to("2024-02-22T08:00:00+01:00")
    reminder = next(m for m in reversed(larvik.messages) if "frist" in m.title)
    assert "22.02.2024: SSU: sakspapirer til sak 2024.1 Styringsdata" in reminder.text
    assert "sak 2024.1" not in next(m for m in reversed(secretary.messages) if "frist" in m.title).text
    await larvik.presses(reminder, "deadline.done")
    assert "ferdig, Kommunalsjef Larvik" in reminder.text


async def test_nobody_else_settles_what_a_case_owes(town: Town, larvik: TeamsPerson) -> None:
    await reports(larvik)
    [case] = await cases(town)
    horten = town["horten-sjef"]
    await horten.says("hjelp")
    value = {"action": "deadline.done", "day": "2024-02-22", "deadlines": [f"{case['id']}:sakspapirer"]}
    await horten.sends(horten.activity("message", value=value))
    assert "Bare den som har ansvaret for fristen" in horten.messages[-1].text


async def test_what_a_case_owes_is_in_the_calendar_of_who_is_responsible_and_moves_with_it(
    town: Town, larvik: TeamsPerson, secretary: TeamsPerson
) -> None:
    async def calendar(person: TeamsPerson) -> str:
        return await test_calendar_feed.calendar(
            town, test_calendar_feed.address(await test_calendar_feed.card_of(person), town.product)
        )

    await reports(larvik)
    papers = "SUMMARY:SSU: sakspapirer til sak 2024.1 Styringsdata\r\nDTSTART;VALUE=DATE:"
    assert f"{papers}20240222" in await calendar(larvik)
    assert papers not in await calendar(town["horten-sjef"])
    await edits_meeting(secretary, "29. februar", "plan.open", "plan.save", date="2024-03-07")
    assert f"{papers}20240229" in await calendar(larvik)


# On record


async def test_every_change_is_on_record_in_words(town: Town, larvik: TeamsPerson, secretary: TeamsPerson) -> None:
    await reports(larvik)
    await opens(secretary)
    await presses(secretary, "case.carry", "case.carry")
    await presses(secretary, "case.withdraw", "case.withdraw")
    await town.boss.says("logg")
    shown = town.boss.last_card.text
    assert "Sekretariatet: Trakk en sak (SSU 2024.1). Status: åpen → trukket" in shown
    assert "Flyttet en sak til et annet møte (SSU 2024.1). Møtedag: 29.02.2024 → 23.05.2024" in shown
    assert "Kommunalsjef Larvik: Meldte en sak (SSU 2024.1). Utvalg: SSU; Tittel: Styringsdata" in shown


async def test_help_names_the_commands(town: Town, larvik: TeamsPerson) -> None:
    await larvik.says("hjelp")
    shown = words(larvik.last_card.card or {})
    assert "saksliste: viser sakene til neste møte" in shown
    assert "meld sak: melder en sak til et møte" in shown
