"""`møteplan` in Teams and on the web: what is coming, and the secretariat that adds, moves and cancels meetings."""

from __future__ import annotations

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
from tests.harness import ROOT, Json, Snapshot, Town, beginning, everybody, running, vestfold
from tests.teams_double import CARD, TeamsDouble, TeamsPerson, beside, buttons_of, inputs_of, readable

NOW = "2024-01-08T09:00:00+01:00"
NEW = {"forum": "SSU", "date": "2024-04-11", "start": "13:00", "end": "15:30", "place": "Rom 3", "host": "Horten"}


PLAN = (ROOT / "examples/vestfold/moteplan-2024.txt").read_text(encoding="utf-8")


async def stored(town: Town) -> None:
    read = read_plan(vestfold(), rows_of_text(PLAN))
    async with town.product.product.store.begin("vestfold") as work:
        now = town.product.product.clock.now()
        await meeting_plan.store(work, await meeting_plan.compare(work, read.meetings), by=None, now=now)


async def _begun(town: Town) -> None:
    await town.connect()
    await stored(town)


@pytest.fixture
async def town(double: TeamsDouble, database: Path, snapshots: dict[str, Snapshot]) -> AsyncIterator[Town]:
    """Monday 8 January 2024, with the adopted plan."""
    async with beginning(snapshots, "plan_in_chat", _begun, database, double, now=NOW) as found:
        yield found


@pytest.fixture
def secretary(town: Town) -> TeamsPerson:
    return town["sekretariat"]


def words(card: Json) -> str:
    return "\n".join(readable({"attachments": [{"contentType": CARD, "content": card}]}))


async def kept(town: Town) -> list[Json]:
    _, answer = await town.product.get("/api/v1/communities/vestfold/plan")
    found: list[Json] = answer["meetings"]
    return found


async def form(person: TeamsPerson, day: str = "") -> Json:
    """The form for a new meeting, or that of the meeting on a day."""
    await person.says("møteplan")
    if not day:
        return await person.presses(person.last_card, "plan.open")
    picking = await person.presses(person.last_card, "plan.pick")
    meeting = next(c["value"] for c in inputs_of(picking)["meeting"]["choices"] if day in c["title"])
    return await person.presses(person.last_card, "plan.open", meeting=meeting)


async def saves(person: TeamsPerson, **inputs: Any) -> Json:
    return await person.presses(person.last_card, "plan.save", **inputs)


# What is shown


async def test_a_member_sees_the_next_meetings_with_place_and_host_and_the_deadlines_for_items(town: Town) -> None:
    await form(town["sekretariat"], "29. februar")
    await saves(town["sekretariat"], place="Rådhuset", host="tonsberg")
    larvik = town["larvik-sjef"]
    await larvik.says("møteplan")
    shown = words(larvik.last_card.card or {})
    assert "FSU: torsdag 25. januar 2024 kl. 12.30–15.30. Stedet er ikke avklart." in shown
    assert "SSU: torsdag 29. februar 2024 kl. 13.00–15.30. Sted: Rådhuset. Vert: Tønsberg kommune." in shown
    assert "08.02.2024: SSU: sakfrist" in shown
    assert "innkalling" not in shown
    assert "5 møter til er planlagt." in shown
    assert larvik.last_card.actions == ["calendar.subscribe"]


async def test_the_secretariat_sees_every_deadline_also_after_a_meeting(town: Town, secretary: TeamsPerson) -> None:
    await town.product.clock_to("2024-01-26T09:00:00+01:00")
    await secretary.says("møteplan")
    shown = words(secretary.last_card.card or {})
    assert "01.02.2024: AU: innkalling" in shown
    assert "01.02.2024: FSU: referat" in shown
    assert secretary.last_card.actions == ["plan.open", "plan.pick", "calendar.subscribe"]


async def test_what_is_over_is_no_longer_shown(town: Town) -> None:
    larvik = town["larvik-sjef"]
    for day, there in (("25", True), ("26", False)):
        await town.product.clock_to(f"2024-01-{day}T23:00:00+01:00")
        await larvik.says("møteplan")
        assert ("25. januar" in words(larvik.last_card.card or {})) == there


@pytest.mark.parametrize(
    ("word", "title"), [("møteplan", "Møteplan"), ("plan", "Møteplan"), ("MØTEPLANEN!", "Møteplan")]
)
async def test_every_word_for_it_is_understood(town: Town, word: str, title: str) -> None:
    await town["larvik-sjef"].says(word)
    assert town["larvik-sjef"].last_card.title == "Møteplan"


async def test_the_plan_speaks_the_readers_language(town: Town) -> None:
    larvik = town["larvik-sjef"]
    await larvik.says("språk en")
    await larvik.says("plan")
    assert "SSU: Thursday 29 February 2024, 13:00–15:30. The place is not settled." in words(
        larvik.last_card.card or {}
    )


async def test_in_a_channel_there_are_neither_deadlines_nor_buttons(town: Town, secretary: TeamsPerson) -> None:
    await secretary.says("møteplan", where=town.channel)
    shown = town.channel.last_card
    assert "SSU" in shown.text
    assert "frist" not in shown.text
    assert shown.actions == []


async def test_members_see_their_own_organs_only(double: TeamsDouble, database: Path) -> None:
    def with_members(community: Community) -> Community:
        forums = tuple(replace(f, members=frozenset({"larvik-sjef"})) for f in community.forums if f.key == "SSU")
        return replace(community, forums=(*forums, *(f for f in community.forums if f.key != "SSU")))

    async with running(database, [with_members(vestfold())], now=NOW, teams=double) as made:
        town = Town(made, double, everybody(double))
        await stored(town)
        for key, there in (("larvik-sjef", True), ("horten-sjef", False), ("sekretariat", True)):
            await town[key].says("møteplan")
            assert ("SSU" in words(town[key].last_card.card or {})) == there


# Adding


async def test_an_added_meeting_is_kept_and_what_it_collides_with_is_told(town: Town, secretary: TeamsPerson) -> None:
    assert list(inputs_of(await form(secretary))) == ["forum", "date", "end_date", "start", "end", "place", "host"]
    receipt = words(await saves(secretary, **(NEW | {"date": "2024-05-09"})))
    assert "Møtet er lagt til." in receipt
    assert "Merk: Dagen er en helligdag (Kristi himmelfartsdag). Ledig dag i stedet: torsdag 25. april 2024." in receipt
    added = next(m for m in await kept(town) if m["date"] == "2024-05-09")
    assert {k: added[k] for k in ("forum", "end_date", "start", "end", "place", "host")} == {
        "forum": "SSU",
        "end_date": "2024-05-09",
        "start": "13:00",
        "end": "15:30",
        "place": "Rom 3",
        "host": "horten",
    }


@pytest.mark.parametrize(
    ("inputs", "field", "says"),
    [
        ({"date": ""}, "date", "Feltet må fylles ut."),
        ({"date": "31.04.2024"}, "date", "Skriv en dato som finnes"),
        ({"date": "2024-01-05"}, "date", "Datoen er passert"),
        ({"date": "2028-01-05"}, "date", "innen tre år"),
        ({"date": "2024-05-23"}, "date", "allerede et møte denne dagen"),
        ({"end_date": "2024-04-10"}, "end_date", "Slutten må være etter"),
        ({"end_date": "2024-04-30"}, "end_date", "inntil 14 dager"),
        ({"start": "25"}, "start", "Skriv et klokkeslett"),
        ({"start": ""}, "start", "når møtet begynner"),
        ({"end": "12:00"}, "end", "Slutten må være etter"),
        ({"place": "x" * 201}, "place", "inntil 200 tegn"),
        ({"forum": "XYZ"}, "forum", "Velg blant alternativene."),
    ],
)
async def test_wrong_input_comes_back_at_its_field_with_everything_typed(
    town: Town, secretary: TeamsPerson, inputs: dict[str, str], field: str, says: str
) -> None:
    await form(secretary)
    again = await saves(secretary, **(NEW | inputs))
    assert says in beside(again, field)
    typed = inputs_of(again)
    assert all(typed[key].get("value", "") == value for key, value in (NEW | inputs).items() if key != "forum")
    assert len(await kept(town)) == 13


async def test_an_identity_number_is_refused_and_not_shown_again(town: Town, secretary: TeamsPerson) -> None:
    await form(secretary)
    number = identity_number()
    again = await saves(secretary, **(NEW | {"place": f"Hos {number}"}))
    assert "fødselsnummer" in beside(again, "place")
    assert number not in str(again)
    assert len(await kept(town)) == 13


# Moving and cancelling


async def test_a_moved_meeting_is_told_once_to_those_concerned_and_keeps_its_place(
    town: Town, secretary: TeamsPerson
) -> None:
    filled = inputs_of(await form(secretary, "29. februar"))
    assert (filled["date"]["value"], filled["start"]["value"]) == ("2024-02-29", "13:00")
    before = {m["id"] for m in await kept(town)}
    await saves(secretary, date="2024-03-07", start="14:00", end="15:00")
    assert {m["id"] for m in await kept(town)} == before
    told = {key: p.titled("flyttet") for key, p in town.people.items()}
    assert {key for key, messages in told.items() if messages} == set(town.people) - {"sekretariat"}
    [message] = told["larvik-sjef"]
    assert message.title == "Møtet i SSU er flyttet"
    assert "torsdag 29. februar 2024 kl. 13.00–15.30" in message.text
    assert "torsdag 7. mars 2024 kl. 14.00–15.00" in message.text


async def test_a_notice_waits_for_the_morning(town: Town, secretary: TeamsPerson) -> None:
    await town.product.clock_to("2024-01-08T21:00:00+01:00")
    await form(secretary, "29. februar")
    await saves(secretary, place="Rådhuset")
    assert town["larvik-sjef"].titled("Møtet i SSU er endret") == []
    await town.product.clock_to("2024-01-09T07:00:00+01:00")
    [message] = town["larvik-sjef"].titled("Møtet i SSU er endret")
    assert "Sted: Rådhuset" in message.text


async def test_of_two_moves_in_the_night_the_last_one_is_told(town: Town, secretary: TeamsPerson) -> None:
    await town.product.clock_to("2024-01-08T21:00:00+01:00")
    for day, to in (("29. februar", "2024-03-07"), ("7. mars", "2024-03-14")):
        await form(secretary, day)
        await saves(secretary, date=to)
    await town.product.clock_to("2024-01-09T07:00:00+01:00")
    [message] = town["larvik-sjef"].titled("flyttet")
    assert "14. mars" in message.text


async def test_saving_what_is_there_changes_nothing_and_tells_nobody(town: Town, secretary: TeamsPerson) -> None:
    before = await kept(town)
    await form(secretary, "29. februar")
    assert "Møtet er som før." in words(await saves(secretary))
    assert await kept(town) == before
    assert town["larvik-sjef"].titled("Møtet i SSU") == []


async def test_a_form_that_somebody_else_has_overtaken_shows_what_stands(town: Town, secretary: TeamsPerson) -> None:
    await form(secretary, "29. februar")
    overtaken = secretary.last_card
    await form(town.boss, "29. februar")
    await saves(town.boss, place="Rådhuset")
    again = await secretary.presses(overtaken, "plan.save", place="Rom 9")
    assert "En kollega har endret møtet" in words(again)
    assert inputs_of(again)["place"]["value"] == "Rådhuset"


async def test_a_cancelled_meeting_is_gone_told_and_not_brought_back_by_the_file(
    town: Town, secretary: TeamsPerson
) -> None:
    await secretary.says("møteplan")
    picking = await secretary.presses(secretary.last_card, "plan.pick")
    meeting = next(c["value"] for c in inputs_of(picking)["meeting"]["choices"] if "29. februar" in c["title"])
    asked = await secretary.presses(secretary.last_card, "plan.ask_cancel", meeting=meeting)
    assert [b["verb"] for b in buttons_of(asked)] == ["plan.cancel", "plan.show"]
    assert len(await kept(town)) == 13
    question = secretary.last_card
    await secretary.presses(question, "plan.cancel", again="press-1")
    assert len(town["larvik-sjef"].titled("Møtet i SSU er avlyst")) == 1
    assert len(await kept(town)) == 12
    await stored(town)
    assert len(await kept(town)) == 12


# Who may


@pytest.mark.parametrize("action", ["plan.open", "plan.pick", "plan.ask_cancel", "plan.cancel", "plan.save"])
async def test_nobody_else_changes_the_plan_by_a_forged_button(town: Town, action: str) -> None:
    before = await kept(town)
    larvik, value = town["larvik-sjef"], {"action": action, "meeting": before[2]["id"], "seen": 0, **NEW}
    await larvik.says("hjelp")
    await larvik.sends(larvik.activity("message", value=value))
    assert "Bare sekretariatet og samhandlingssjefen" in larvik.messages[-1].text
    assert await kept(town) == before


async def test_help_names_the_command(town: Town) -> None:
    await town["larvik-sjef"].says("hjelp")
    assert "viser de neste møtene og fristene dine" in words(town["larvik-sjef"].last_card.card or {})
