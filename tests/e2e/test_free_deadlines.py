"""`frist`: deadlines that follow from no meeting, from the form to the reminder, the plan and the calendar."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.plan.reading import read_plan
from domain.plan.text_table import rows_of_text
from services import free_deadlines
from tests.builders import identity_number
from tests.e2e.acting import words
from tests.e2e.test_calendar_feed import address, calendar, card_of
from tests.harness import Json, Snapshot, Town, beginning, vestfold
from tests.teams_double import Message, TeamsDouble, TeamsPerson, beside, buttons_of, inputs_of

NOW = "2024-02-04T12:00:00+01:00"
"""A Sunday."""

HEARING = {"text": "Høringsfrist regional plan", "due": "12.04.24", "remind": "7,1,0"}


async def _begun(town: Town) -> None:
    await town.connect()
    for key in ("sekretariat", "larvik-sjef", "horten-sjef"):
        await town[key].says("hjelp")


@pytest.fixture
async def town(double: TeamsDouble, database: Path, snapshots: dict[str, Snapshot]) -> AsyncIterator[Town]:
    async with beginning(snapshots, "free_deadlines", _begun, database, double, now=NOW) as found:
        yield found
    assert double.complaints == []


@pytest.fixture
def secretary(town: Town) -> TeamsPerson:
    return town["sekretariat"]


@pytest.fixture
def larvik(town: Town) -> TeamsPerson:
    return town["larvik-sjef"]


async def adds(person: TeamsPerson, **inputs: str) -> Json:
    await person.says("frist")
    return await person.presses(person.last_card, "deadline.save", **(HEARING | inputs))


async def to(town: Town, moment: str, offset: str = "+01:00") -> None:
    await town.product.clock_to(f"2024-{moment}:00{offset}")


def reminders(person: TeamsPerson) -> list[Message]:
    return person.titled("nærmer seg")


async def kept(town: Town) -> list[str]:
    async with town.product.product.store.read("vestfold") as work:
        return [f"{d.due} {d.text} {d.owner}" for d in await work.free_deadlines.all() if d.removed_at is None]


# Adding


async def test_a_line_fills_the_form_in_and_stores_nothing_until_it_is_saved(town: Town, larvik: TeamsPerson) -> None:
    await larvik.says("frist høringsfrist regional plan innen 12.04.24")
    form = larvik.last_card
    assert "Ingenting er lagret ennå." in form.text
    assert {key: form.inputs[key]["value"] for key in ("text", "due")} == {
        "text": "høringsfrist regional plan",
        "due": "2024-04-12",
    }
    assert await kept(town) == []
    saved = await larvik.presses(form, "deadline.save")
    assert "Fristen er lagret." in words(saved)
    assert "fredag 12. april 2024 · Kommunalsjef Larvik" in words(saved)
    assert await kept(town) == ["2024-04-12 høringsfrist regional plan larvik-sjef"]


async def test_the_same_form_pressed_twice_is_one_deadline(town: Town, larvik: TeamsPerson) -> None:
    await larvik.says("frist")
    form = larvik.last_card
    data = next(b["data"] for b in buttons_of(form.card or {}) if b["verb"] == "deadline.save")
    for _ in range(2):
        await larvik.sends(larvik.activity("message", value={**data, **HEARING}))
    assert len(await kept(town)) == 1


@pytest.mark.parametrize(
    ("inputs", "field", "says"),
    [
        ({"text": ""}, "text", "Feltet må fylles ut."),
        ({"text": "x" * 201}, "text", "Skriv inntil 200 tegn."),
        ({"due": ""}, "due", "Feltet må fylles ut."),
        ({"due": "en gang til våren"}, "due", "Skriv en dato"),
        ({"due": "31.02.2024"}, "due", "Skriv en dato"),
        ({"due": "01.02.2024"}, "due", "Datoen er passert."),
        ({"due": "01.02.2028"}, "due", "innen tre år"),
        ({"remind": "5"}, "remind", "Velg blant alternativene."),
        ({"owner": "direktor"}, "owner", "Velg blant alternativene."),
    ],
)
async def test_wrong_input_comes_back_at_its_field_with_everything_typed_and_stores_nothing(
    town: Town, secretary: TeamsPerson, inputs: dict[str, str], field: str, says: str
) -> None:
    again = await adds(secretary, **({"owner": "horten-sjef"} | inputs))
    assert says in beside(again, field)
    expected = HEARING | {"owner": "horten-sjef"} | inputs
    for key in set(expected) - {field}:
        assert inputs_of(again)[key]["value"] == expected[key], key
    assert await kept(town) == []


@pytest.mark.parametrize("field", ["text", "due", "owner", "remind"])
async def test_an_identity_number_is_refused_and_not_shown_again(
    town: Town, secretary: TeamsPerson, field: str
) -> None:
    again = await adds(secretary, **{field: f"Gjelder {identity_number()}"})
    assert beside(again, field)
    assert identity_number() not in str(again)
    assert await kept(town) == []


async def test_a_line_that_says_too_little_asks_at_the_field(town: Town, larvik: TeamsPerson) -> None:
    await larvik.says("frist høringssvar")
    form = larvik.last_card
    assert form.inputs["text"]["value"] == "høringssvar"
    assert "Feltet må fylles ut." in beside(form.card or {}, "due")


# Whose


async def test_the_secretariat_gives_a_deadline_and_the_owner_is_told(town: Town, secretary: TeamsPerson) -> None:
    await to(town, "02-05T09:00")
    await adds(secretary, owner="horten-sjef")
    [message] = town["horten-sjef"].titled("Frist")
    assert "Sekretariatet har gitt deg ansvaret for denne fristen." in message.text
    assert "Høringsfrist regional plan" in message.text
    assert "deadline.done" in message.actions


async def test_others_add_only_own_ones_whatever_they_forge(town: Town, larvik: TeamsPerson) -> None:
    await larvik.says("frist")
    assert "owner" not in larvik.last_card.inputs
    data = next(b["data"] for b in buttons_of(larvik.last_card.card or {}) if b["verb"] == "deadline.save")
    await larvik.sends(larvik.activity("message", value={**data, **HEARING, "owner": "horten-sjef"}))
    assert await kept(town) == ["2024-04-12 Høringsfrist regional plan larvik-sjef"]


async def test_nobody_else_sees_or_settles_it(town: Town, larvik: TeamsPerson) -> None:
    card = await adds(larvik)
    horten = town["horten-sjef"]
    await horten.says("frist")
    assert "Du har ingen åpne frister." in horten.last_card.text
    for button in buttons_of(card):
        if button["verb"] not in ("deadline.list", "deadline.save"):
            await horten.sends(horten.activity("message", value={**button["data"], "when": "monday"}))
            assert "Bare den som har ansvaret for fristen" in horten.messages[-1].text, button["verb"]
    async with town.product.product.store.read("vestfold") as work:
        assert await work.deadlines.all() == {}


async def test_in_a_channel_deadlines_are_not_shown(town: Town, larvik: TeamsPerson) -> None:
    await adds(larvik)
    [answer] = await larvik.says("frist", where=town.channel)
    assert answer.text == "Skriv til meg i en personlig samtale for å se fristene dine."


# Reminders


async def test_the_owner_is_reminded_on_the_chosen_mornings_and_never_on_a_day_off(
    town: Town, larvik: TeamsPerson
) -> None:
    await adds(larvik, due="08.04.24", remind="7,1,0")  # a week before is Easter Monday, the day before a Sunday
    await to(town, "03-27T07:59")
    assert reminders(larvik) == []
    await to(town, "03-27T08:00")  # the last working day before Easter
    assert [m.title for m in reminders(larvik)] == ["En frist nærmer seg"]
    await to(town, "04-04T12:00", "+02:00")
    assert len(reminders(larvik)) == 1
    await to(town, "04-09T08:00", "+02:00")
    assert len(reminders(larvik)) == 3
    assert reminders(town["sekretariat"]) == []


async def test_done_is_not_reminded_of_again(town: Town, larvik: TeamsPerson) -> None:
    card = await adds(larvik)
    await larvik.presses(larvik.last_card, "deadline.done")
    assert card
    assert "ferdig, Kommunalsjef Larvik" in larvik.last_card.text
    await to(town, "04-13T08:00", "+02:00")
    assert reminders(larvik) == []


async def test_put_off_until_a_date_it_comes_then_and_not_before(town: Town, larvik: TeamsPerson) -> None:
    await adds(larvik)
    await larvik.presses(larvik.last_card, "deadline.snooze", when="date", date="2024-04-10")
    assert "ny påminnelse 10.04.2024" in larvik.last_card.text
    await to(town, "04-09T12:00", "+02:00")
    assert reminders(larvik) == []
    await to(town, "04-10T08:00", "+02:00")
    assert len(reminders(larvik)) == 1


async def test_who_cannot_says_so_to_the_secretariat_and_the_coordinator(town: Town, larvik: TeamsPerson) -> None:
    await to(town, "02-05T09:00")
    await adds(larvik)
    await larvik.presses(larvik.last_card, "deadline.cannot")
    for person in (town["sekretariat"], town.boss):
        [told] = person.titled("En frist står i fare")
        assert "Kommunalsjef Larvik kan ikke holde fristen: Høringsfrist regional plan." in told.text


async def test_own_and_the_plans_come_in_one_message(town: Town, secretary: TeamsPerson) -> None:
    read = read_plan(vestfold(), rows_of_text("SSU 29.02.24\n"))
    async with town.product.product.store.begin("vestfold") as work:
        from services import meeting_plan

        now = town.product.product.clock.now()
        await meeting_plan.store(work, await meeting_plan.compare(work, read.meetings), by=None, now=now)
    await adds(secretary, due="08.02.24", remind="0")
    await to(town, "02-08T08:00")
    message = reminders(secretary)[-1]
    assert message.title == "3 frister nærmer seg"
    assert {"08.02.2024 SSU: sakfrist", "08.02.2024 Høringsfrist regional plan"} <= {
        choice["title"] for choice in inputs_of(message.card or {})["which"]["choices"]
    }


# Changing


async def test_a_deadline_that_is_moved_is_reminded_of_by_its_new_day(town: Town, secretary: TeamsPerson) -> None:
    await to(town, "02-05T09:00")
    await adds(secretary, owner="larvik-sjef")
    form = await secretary.presses(secretary.last_card, "deadline.open")
    assert inputs_of(form)["due"]["value"] == "12.04.2024"
    await secretary.presses(secretary.last_card, "deadline.save", due="2024-04-19")
    assert await kept(town) == ["2024-04-19 Høringsfrist regional plan larvik-sjef"]
    larvik = town["larvik-sjef"]
    assert "Sekretariatet har endret denne fristen." in larvik.titled("Frist")[-1].text
    await to(town, "04-11T12:00", "+02:00")
    assert reminders(larvik) == []
    await to(town, "04-12T08:00", "+02:00")
    assert len(reminders(larvik)) == 1


async def test_a_form_that_somebody_else_has_overtaken_shows_what_stands(town: Town, secretary: TeamsPerson) -> None:
    await adds(secretary, owner="larvik-sjef")
    await secretary.presses(secretary.last_card, "deadline.open")
    overtaken = secretary.last_card
    await town.boss.says("frist")
    await town.boss.presses(town.boss.last_card, "deadline.show")
    await town.boss.presses(town.boss.last_card, "deadline.open")
    await town.boss.presses(town.boss.last_card, "deadline.save", due="2024-04-19")
    again = await secretary.presses(overtaken, "deadline.save", due="2024-04-26")
    assert "En kollega har endret fristen" in words(again)
    assert inputs_of(again)["due"]["value"] == "19.04.2024"


async def test_removed_it_is_gone_everywhere_and_the_owner_is_told(town: Town, secretary: TeamsPerson) -> None:
    await to(town, "02-05T09:00")
    await adds(secretary, owner="larvik-sjef")
    larvik = town["larvik-sjef"]
    path = address(await card_of(larvik), town.product)
    assert "SUMMARY:Høringsfrist regional plan\r\nDTSTART;VALUE=DATE:20240412" in await calendar(town, path)
    await secretary.presses(secretary.last_card, "deadline.ask_remove")
    await secretary.presses(secretary.last_card, "deadline.remove")
    assert "Fristen er slettet." in secretary.messages[-1].text
    assert "Denne fristen gjelder ikke lenger for deg." in larvik.titled("Frist")[-1].text
    event = re.search(r"BEGIN:VEVENT[^§]*?Høringsfrist[^§]*?END:VEVENT", await calendar(town, path))
    assert event
    assert "STATUS:CANCELLED" in event[0]
    assert "SEQUENCE:1" in event[0]
    await to(town, "04-13T08:00", "+02:00")
    assert reminders(larvik) == []


async def test_the_plan_shows_own_ones_among_the_deadlines(town: Town, larvik: TeamsPerson) -> None:
    await adds(larvik)
    await larvik.says("møteplan")
    assert "12.04.2024: Høringsfrist regional plan" in larvik.last_card.text
    await town["horten-sjef"].says("møteplan")
    assert "Høringsfrist" not in town["horten-sjef"].last_card.text


async def test_every_change_is_on_record(town: Town, secretary: TeamsPerson) -> None:
    await adds(secretary, owner="larvik-sjef")
    await secretary.presses(secretary.last_card, "deadline.done")
    await town.boss.says("logg")
    shown = town.boss.last_card.text
    assert "La til en frist (Høringsfrist regional plan)" in shown
    assert "Meldte en frist som ferdig (Høringsfrist regional plan)" in shown
    assert "Kommunalsjef Larvik" in shown


# From a plan's file


async def imports(town: Town, text: str) -> None:
    read = read_plan(vestfold(), rows_of_text(text))
    async with town.product.product.store.begin("vestfold") as work:
        found = await free_deadlines.compare(work, read.deadlines)
        await free_deadlines.store(work, found, by=None, now=town.product.product.clock.now())


async def test_a_files_deadlines_are_the_secretariats_moved_by_the_next_file_and_kept_when_changed_by_hand(
    town: Town, secretary: TeamsPerson
) -> None:
    await imports(town, "Høringsfrist 12.04.24\nInnspillsfrist budsjett 01.03.24\n")
    assert await kept(town) == [
        "2024-03-01 Innspillsfrist budsjett sekretariat",
        "2024-04-12 Høringsfrist sekretariat",
    ]
    await imports(town, "Høringsfrist 19.04.24\nInnspillsfrist budsjett 01.03.24\n")
    assert "2024-04-19 Høringsfrist sekretariat" in await kept(town)
    await secretary.says("frist")
    await secretary.presses(secretary.last_card, "deadline.show")
    await secretary.presses(secretary.last_card, "deadline.open")
    await secretary.presses(secretary.last_card, "deadline.save", due="2024-03-08", owner="larvik-sjef")
    await imports(town, "Høringsfrist 19.04.24\nInnspillsfrist budsjett 01.03.24\n")
    assert "2024-03-08 Innspillsfrist budsjett larvik-sjef" in await kept(town)
    await imports(town, "Høringsfrist 19.04.24\n")
    assert await kept(town) == ["2024-04-19 Høringsfrist sekretariat"]
