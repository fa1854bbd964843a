"""Actions (tiltak) as people meet them in Teams and on the web: real HTTP, a clock that is moved, nothing else."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.builders import identity_number
from tests.channels.web.site import serving
from tests.harness import START, Snapshot, Town, everybody, running, taken_up, vestfold
from tests.teams_double import CARD, Json, Message, TeamsDouble, TeamsPerson, beside, buttons_of, inputs_of, readable

REMINDER = "Påminnelse om et tiltak"
FORM = {"text": "Åpner 4 korttidsplasser", "owner": "larvik", "due": "2023-12-01"}
OPEN_TO_ALL = {"nb": "tiltak", "nn": "tiltak", "en": "actions"}


async def _connected(town: Town) -> None:
    await town.connect()


@pytest.fixture
async def town(double: TeamsDouble, database: Path, snapshots: dict[str, Snapshot]) -> AsyncIterator[Town]:
    """Thursday 23 November 2023 at 9: the bot knows who is in the channel. There is no period."""
    people = everybody(double)
    await taken_up(snapshots, "connected", _connected, database, double, people)
    async with running(database, now=START, teams=double) as made:
        yield Town(made, double, people)


def words(card: Json) -> str:
    return "\n".join(readable({"attachments": [{"contentType": CARD, "content": card}]}))


def at(day: str, hour: str = "09:00", offset: str = "+01:00") -> str:
    return f"{day}T{hour}:00{offset}"


async def add(town: Town, who: str, **inputs: str) -> Message:
    """Somebody adds an action by the form; the message that the form was."""
    [form] = await town[who].says("tiltak")
    await town[who].presses(form, "action.add", **(FORM | inputs))
    return form


async def actions(town: Town) -> list[Json]:
    status, answer = await town.product.get("/api/v1/communities/vestfold/actions")
    assert status == 200
    found: list[Json] = answer["actions"]
    return found


async def the_action(town: Town) -> Json:
    [found] = await actions(town)
    return found


async def opens(person: TeamsPerson) -> Message:
    """The person's list, and on it the first action by itself."""
    [listed] = await person.says("tiltak")
    await person.presses(listed, "action.show")
    return listed


# Adding


async def test_tiltak_shows_what_is_open_and_the_form(town: Town) -> None:
    [card] = await town["larvik-sjef"].says("tiltak")
    assert "Ingen tiltak er åpne." in card.text
    assert list(card.inputs) == ["text", "owner", "due"]
    assert card.inputs["owner"]["value"] == "larvik"
    assert [c["value"] for c in card.inputs["owner"]["choices"]] == [unit.key for unit in vestfold().units]
    assert card.actions == ["action.add"]


async def test_anybody_adds_one_and_its_owner_is_told_at_once(town: Town) -> None:
    form = await add(town, "leder-pko")
    assert "Tiltaket er lagt til. Larvik kommune får beskjed." in form.text
    action = await the_action(town)
    assert {key: action[key] for key in ("text", "owner", "due", "state", "created_by", "created_at")} == {
        **FORM,
        "state": "open",
        "created_by": "leder-pko",
        "created_at": START,
    }
    told = town["larvik-sjef"].last
    assert "Leder PKO har gitt dette tiltaket til Larvik kommune." in told.text
    assert "fredag 1. desember 2023" in told.text
    assert not town["larvik-vara"].messages
    assert not town["horten-sjef"].messages


async def test_who_gives_their_own_unit_an_action_is_not_told_of_it(town: Town) -> None:
    await add(town, "larvik-sjef")
    assert len(town["larvik-sjef"].messages) == 1


@pytest.mark.parametrize(
    ("language", "line", "due"),
    [
        ("nb", "tiltak Larvik åpner 4 korttidsplasser innen fredag", "2023-11-24"),
        ("nn", "Tiltak Larvik opnar 4 korttidsplassar innan utgangen av mars", "2024-03-31"),
        ("en", "actions Larvik opens 4 short-term places by next Friday", "2023-12-01"),
    ],
)
async def test_one_line_is_shown_for_confirmation_and_stored_by_the_press(
    town: Town, language: str, line: str, due: str
) -> None:
    await town.boss.says(f"språk {language}")
    [form] = await town.boss.says(line)
    values = {key: field.get("value", "") for key, field in form.inputs.items()}
    text = line.split(" ", 2)[2].split(" inn")[0].split(" by ")[0]
    assert values == {"text": text, "owner": "larvik", "due": due}
    assert "Larvik kommune" in form.text
    assert await actions(town) == []
    await town.boss.presses(form, "action.add")
    action = await the_action(town)
    assert (action["text"], action["owner"], action["due"]) == (text, "larvik", due)


async def test_what_a_line_does_not_say_is_asked_for_at_its_field(town: Town) -> None:
    [form] = await town.boss.says("tiltak åpne 4 plasser innen snart")
    assert form.card
    assert form.inputs["text"]["value"] == "åpne 4 plasser"
    assert form.inputs["due"]["value"] == "snart"
    assert "alternativ" in beside(form.card, "owner") or "fylles ut" in beside(form.card, "owner")
    assert "for eksempel" in beside(form.card, "due")
    assert not beside(form.card, "text")
    await town.boss.presses(form, "action.add", owner="horten", due="i morgen")
    assert (await the_action(town))["due"] == "2023-11-24"


async def test_without_an_owner_the_writers_own_unit_is_proposed(town: Town) -> None:
    [form] = await town["horten-vara"].says("tiltak ringer legevakta i morgen")
    assert form.inputs["owner"]["value"] == "horten"


WRONG: dict[str, tuple[dict[str, str], str, str]] = {
    "no text": ({"text": ""}, "text", "må fylles ut"),
    "a long text": ({"text": "a" * 501}, "text", "500"),
    "no owner": ({"owner": ""}, "owner", "må fylles ut"),
    "an owner that is no unit": ({"owner": "oslo"}, "owner", "en av enhetene"),
    "no day": ({"due": ""}, "due", "må fylles ut"),
    "words that are no day": ({"due": "mot slutten av mars"}, "due", "utgangen av mars"),
    "a day that does not exist": ({"due": "31.4."}, "due", "utgangen av mars"),
    "a day in the past": ({"due": "2023-11-22"}, "due", "passert"),
    "a day far away": ({"due": "2027-01-01"}, "due", "to år"),
}


async def test_wrong_input_is_told_at_its_field_and_the_rest_is_kept(town: Town) -> None:
    [form] = await town.boss.says("tiltak")
    for what, (inputs, field, told) in WRONG.items():
        typed = FORM | inputs
        card = await town.boss.presses(form, "action.add", **typed)
        assert told in beside(card, field), what
        kept = {key: element.get("value", "") for key, element in inputs_of(card).items()}
        # A choice that is none cannot be shown again.
        assert kept == typed | ({"owner": ""} if field == "owner" else {}), what
    assert await actions(town) == []


async def test_an_identity_number_is_refused_everywhere_and_never_shown_again(town: Town, logs: Any) -> None:
    number = identity_number()
    [form] = await town.boss.says(f"tiltak Larvik ringer {number} i morgen")
    assert form.card
    assert "fødselsnummer" in beside(form.card, "text")
    card = await town.boss.presses(form, "action.add", text=f"Pasient {number}", owner="larvik", due="i morgen")
    assert "fødselsnummer" in beside(card, "text")
    assert inputs_of(card)["due"]["value"] == "i morgen"
    await add(town, "samhandlingssjef")
    listed = await opens(town.boss)
    await town.boss.presses(listed, "action.drop")
    card = await town.boss.presses(listed, "action.drop", reason=number)
    assert "fødselsnummer" in beside(card, "reason")
    assert (await the_action(town))["state"] == "open"
    assert number not in town.double.everything_sent()
    assert number not in json.dumps(town.double.answers)
    assert number not in logs.getvalue()


async def test_the_same_form_sent_twice_is_one_action_and_with_another_text_another(town: Town) -> None:
    [form] = await town.boss.says("tiltak")
    before = json.loads(json.dumps(form.activity))
    for text in ("Åpner 4 plasser", "Åpner 4 plasser", "Åpner 5 plasser"):
        form.activity = json.loads(json.dumps(before))
        await town.boss.presses(form, "action.add", **(FORM | {"text": text}))
    assert [a["text"] for a in await actions(town)] == ["Åpner 4 plasser", "Åpner 5 plasser"]
    assert len(town["larvik-sjef"].titled("Nytt tiltak til Larvik kommune")) == 2


async def test_a_press_that_teams_delivers_again_has_one_effect(town: Town) -> None:
    [form] = await town.boss.says("tiltak")
    before = json.loads(json.dumps(form.activity))
    for _ in range(2):
        form.activity = json.loads(json.dumps(before))
        card = await town.boss.presses(form, "action.add", again="act-1", **FORM)
        assert "Frist: fredag 1. desember 2023" in words(card)
    form.activity = before
    await town.boss.presses(form, "action.add", again="act-1", **(FORM | {"text": "Noe annet"}))
    assert [a["text"] for a in await actions(town)] == [FORM["text"]]
    for _ in range(2):
        form.activity = json.loads(json.dumps(before))
        card = await town.boss.presses(form, "action.add", again="act-2", **(FORM | {"due": "snart"}))
        assert "for eksempel" in beside(card, "due")
        assert inputs_of(card)["text"]["value"] == FORM["text"]


async def test_the_fallback_of_old_clients_does_the_same(town: Town) -> None:
    [form] = await town.boss.says("tiltak")
    await town.boss.submits(form, "action.add", **FORM)
    assert "Tiltaket er lagt til." in form.text
    assert len(await actions(town)) == 1


# What becomes of them


@pytest.mark.parametrize("who", ["larvik-sjef", "larvik-vara", "samhandlingssjef", "sekretariat"])
async def test_the_owners_people_the_coordinator_and_the_secretariat_report_it_done(town: Town, who: str) -> None:
    await add(town, "leder-pko")
    [listed] = await town[who].says("tiltak")
    card = await town[who].presses(listed, "action.done")
    assert "Tiltaket er gjort." in words(card)
    action = await the_action(town)
    assert (action["state"], action["settled_by"], action["settled_at"]) == ("done", who, START)
    assert "Gjort" in town["larvik-sjef"].titled("Nytt tiltak")[0].text


@pytest.mark.parametrize("action", ["action.done", "action.move", "action.drop", "action.hand_over"])
@pytest.mark.parametrize("who", ["horten-sjef", "leder-pko"])
async def test_nobody_else_changes_it_whatever_they_press(town: Town, who: str, action: str) -> None:
    await add(town, "samhandlingssjef")
    [listed] = await town[who].says("tiltak")
    assert action not in listed.actions
    # Forged: the owner's own button, with everything that a form would send.
    [button] = [b for b in buttons_of(listed.card or {}) if b["verb"] == "action.show"]
    data = {"action": action, "id": button["data"]["id"], "sent": True, "due": "2023-12-24", "owner": "horten"}
    button |= {"verb": action, "data": data, "fallback": button["fallback"] | {"data": data}}
    card = await town[who].presses(listed, action)
    assert "Bare Larvik kommune, samhandlingssjefen og sekretariatet" in words(card)
    found = await the_action(town)
    assert (found["state"], found["due"], found["owner"], found["moves"]) == ("open", FORM["due"], "larvik", 0)


async def test_a_button_about_an_action_that_there_is_not(town: Town) -> None:
    await add(town, "samhandlingssjef")
    [listed] = await town.boss.says("tiltak")
    for button in buttons_of(listed.card or {}):
        button["data"] |= {"id": {"x": 1}}
        button["fallback"]["data"] = button["data"]
    for action in ("action.done", "action.move", "action.show"):
        before = json.loads(json.dumps(listed.activity))
        assert "finnes ikke" in words(await town.boss.presses(listed, action))
        listed.activity = before


async def test_it_is_moved_once_without_a_reason_and_then_with_one(town: Town) -> None:
    await add(town, "samhandlingssjef")
    person = town["larvik-sjef"]
    listed = await opens(person)
    form = await person.presses(listed, "action.move")
    assert list(inputs_of(form)) == ["due", "reason"]
    await person.presses(listed, "action.move", due="2023-12-08")
    assert (await the_action(town))["moves"] == 1
    await person.presses(listed, "action.move")
    card = await person.presses(listed, "action.move", due="2023-12-15")
    assert "hvorfor" in beside(card, "reason")
    assert inputs_of(card)["due"]["value"] == "2023-12-15"
    assert (await the_action(town))["due"] == "2023-12-08"
    card = await person.presses(listed, "action.move", reason="To er syke")
    assert "Fristen er flyttet." in words(card)
    action = await the_action(town)
    assert (action["due"], action["moves"], action["reason"]) == ("2023-12-15", 2, "To er syke")


@pytest.mark.parametrize(
    ("due", "told"), [("", "må fylles ut"), ("snart", "for eksempel"), ("2023-11-22", "passert"), ("1.12.", "allerede")]
)
async def test_a_wrong_new_day_is_told_at_its_field(town: Town, due: str, told: str) -> None:
    await add(town, "samhandlingssjef")
    listed = await opens(town.boss)
    await town.boss.presses(listed, "action.move")
    card = await town.boss.presses(listed, "action.move", due=due, reason="To er syke")
    assert told in beside(card, "due")
    assert inputs_of(card)["reason"]["value"] == "To er syke"
    assert (await the_action(town))["moves"] == 0


async def test_dropping_asks_once_more(town: Town) -> None:
    await add(town, "samhandlingssjef")
    listed = await opens(town.boss)
    await town.boss.presses(listed, "action.drop")
    assert (await the_action(town))["state"] == "open"
    card = await town.boss.presses(listed, "action.drop", reason="Ikke lenger nødvendig")
    assert "Tiltaket er sløyfet." in words(card)
    action = await the_action(town)
    assert (action["state"], action["reason"]) == ("dropped", "Ikke lenger nødvendig")
    [listed] = await town.boss.says("tiltak")
    assert "Ingen tiltak er åpne." in listed.text


async def test_it_is_handed_over_and_the_new_owner_is_told(town: Town) -> None:
    await add(town, "samhandlingssjef")
    person = town["larvik-sjef"]
    listed = await opens(person)
    await person.presses(listed, "action.hand_over")
    card = await person.presses(listed, "action.hand_over", owner="")
    assert "må fylles ut" in beside(card, "owner")
    await person.presses(listed, "action.hand_over", owner="horten")
    assert (await the_action(town))["owner"] == "horten"
    assert "Kommunalsjef Larvik har gitt dette tiltaket til Horten kommune." in town["horten-sjef"].last.text
    assert "Eier: Horten kommune" in person.titled("Nytt tiltak")[0].text
    [listed] = await person.says("tiltak")
    assert "action.done" not in listed.actions


async def test_what_is_settled_is_not_settled_again(town: Town) -> None:
    await add(town, "samhandlingssjef")
    [mine] = await town.boss.says("tiltak")
    [theirs] = await town["larvik-sjef"].says("tiltak")
    await town.boss.presses(mine, "action.done")
    for action in ("action.done", "action.move"):
        before = theirs.activity
        card = await town["larvik-sjef"].presses(theirs, action)
        assert "avsluttet fra før" in words(card)
        theirs.activity = before
    assert (await the_action(town))["settled_by"] == "samhandlingssjef"


async def test_who_changed_what_and_when_stands_on_its_card(town: Town) -> None:
    await add(town, "leder-pko")
    listed = await opens(town.boss)
    await town.boss.presses(listed, "action.move")
    await town.boss.presses(listed, "action.move", due="2023-12-08", reason="Venter på rom")
    await town.product.clock_to(at("2023-11-24", "10:00"))
    await town.boss.presses(listed, "action.hand_over")
    await town.boss.presses(listed, "action.hand_over", owner="horten")
    listed = await opens(town["horten-sjef"])
    await town["horten-sjef"].presses(listed, "action.done")
    for told in (
        "Leder PKO la til tiltaket torsdag 23. november kl. 09.00.",
        "Samhandlingssjef SiV flyttet fristen fra 01.12.2023 til 08.12.2023 torsdag 23. november kl. 09.00.",
        "Begrunnelse: Venter på rom",
        "Samhandlingssjef SiV ga tiltaket fra Larvik kommune til Horten kommune fredag 24. november kl. 10.00.",
        "Kommunalsjef Horten meldte tiltaket som gjort fredag 24. november kl. 10.00.",
    ):
        assert told in listed.text


async def test_more_than_one_card_holds_are_shown_page_by_page_mine_first(town: Town) -> None:
    for number in range(14):
        await add(town, "samhandlingssjef", text=f"Tiltak {number}", owner="horten" if number < 13 else "larvik")
    [listed] = await town["larvik-sjef"].says("tiltak")
    assert "14 tiltak er åpne." in listed.text
    shown = [line for line in listed.text.splitlines() if "frist fredag" in line]
    assert len(shown) == 6
    assert shown[0] == "Larvik kommune · frist fredag 1. desember: Tiltak 13"
    seen = set(shown)
    while "action.list" in listed.actions:
        seen |= set(words(await town["larvik-sjef"].presses(listed, "action.list")).splitlines())
    assert len([line for line in seen if "frist fredag" in line]) == 14


# Reminders


async def test_the_owner_is_reminded_on_the_working_day_before_and_on_the_day_at_nine(town: Town) -> None:
    await add(town, "samhandlingssjef", due="2023-11-27")
    person = town["larvik-sjef"]
    await town.product.clock_to(at("2023-11-24", "08:59"))
    assert not person.titled(REMINDER)
    await town.product.clock_to(at("2023-11-24"))  # a Friday: the working day before Monday
    assert "Fristen er mandag 27. november." in person.titled(REMINDER)[0].text
    await town.product.clock_to(at("2023-11-27", "08:59"))
    assert len(person.titled(REMINDER)) == 1
    await town.product.clock_to(at("2023-11-27"))
    assert "Fristen er i dag, mandag 27. november." in person.titled(REMINDER)[1].text
    assert not town["larvik-vara"].titled(REMINDER)
    assert not town.boss.titled(REMINDER)


@pytest.mark.parametrize(
    ("now", "due", "reminded"),
    [
        # Sunday after the clock change in March: both days fall on the Friday before.
        ("2024-03-20T12:00:00+01:00", "2024-04-02", ["2024-03-27T09:00:00+01:00", "2024-04-02T09:00:00+02:00"]),
        ("2023-10-25T12:00:00+02:00", "2023-10-31", ["2023-10-30T09:00:00+01:00", "2023-10-31T09:00:00+01:00"]),
        ("2023-10-25T12:00:00+02:00", "2023-10-29", ["2023-10-27T09:00:00+02:00"]),
        ("2023-12-18T12:00:00+01:00", "2023-12-26", ["2023-12-22T09:00:00+01:00"]),
        ("2023-12-18T12:00:00+01:00", "2023-12-27", ["2023-12-22T09:00:00+01:00", "2023-12-27T09:00:00+01:00"]),
        ("2023-12-28T12:00:00+01:00", "2024-01-02", ["2023-12-29T09:00:00+01:00", "2024-01-02T09:00:00+01:00"]),
    ],
)
async def test_reminders_keep_the_hour_across_clock_changes_and_holidays(
    double: TeamsDouble, database: Path, now: str, due: str, reminded: list[str]
) -> None:
    async with running(database, now=now, teams=double) as product:
        town = Town(product, double, everybody(double))
        await town.connect()
        await add(town, "samhandlingssjef", due=due)
        for number, moment in enumerate(reminded):
            await product.clock_to(_just_before(moment))
            assert len(town["larvik-sjef"].titled(REMINDER)) == number, moment
            await product.clock_to(moment)
            assert len(town["larvik-sjef"].titled(REMINDER)) == number + 1, moment
        await product.clock_to(f"{due}T23:00:00+01:00")
        assert len(town["larvik-sjef"].titled(REMINDER)) == len(reminded)


def _just_before(moment: str) -> str:
    return moment.replace("T09:00", "T08:59")


async def test_what_is_done_or_moved_is_not_reminded_of(town: Town) -> None:
    await add(town, "samhandlingssjef", due="2023-11-28")
    listed = await opens(town.boss)
    await town.boss.presses(listed, "action.move")
    await town.boss.presses(listed, "action.move", due="2023-12-05")
    person = town["larvik-sjef"]
    await town.product.clock_to(at("2023-11-30"))
    assert not person.titled(REMINDER)
    await town.product.clock_to(at("2023-12-04"))
    assert len(person.titled(REMINDER)) == 1
    [listed] = await person.says("tiltak")
    await person.presses(listed, "action.done")
    before = len(person.messages)
    await town.product.clock_to(at("2023-12-15"))
    assert len(person.messages) == before
    assert not person.titled(REMINDER)  # the one that was sent says that it is done
    assert "Status: Gjort" in person.titled("Nytt tiltak")[0].text


async def test_given_in_the_morning_of_the_day_it_is_not_reminded_of_as_well(town: Town) -> None:
    await town.product.clock_to(at("2023-11-24", "08:30"))
    await add(town, "samhandlingssjef", due="i dag")
    await town.product.clock_to(at("2023-11-24", "20:00"))
    assert not town["larvik-sjef"].titled(REMINDER)


async def test_given_at_night_it_comes_in_the_morning(town: Town) -> None:
    await town.product.clock_to(at("2023-11-24", "22:00"))
    await add(town, "samhandlingssjef")
    person = town["larvik-sjef"]
    assert not person.messages
    await town.product.clock_to(at("2023-11-27", "06:59"))
    assert not person.messages
    await town.product.clock_to(at("2023-11-27", "07:00"))
    assert len(person.messages) == 1


async def test_a_reminder_is_put_off_to_the_next_working_day_and_the_scheduled_one_gives_way(town: Town) -> None:
    await add(town, "samhandlingssjef", due="2023-11-27")
    person = town["larvik-sjef"]
    await town.product.clock_to(at("2023-11-24"))
    [reminder] = person.titled(REMINDER)
    for _ in range(2):
        card = await person.presses(reminder, "reminder.snooze")
        assert "mandag 27. november kl. 09.00" in words(card)
        [reminder] = person.titled(REMINDER) or [reminder]
        reminder.activity = reminder.history[0]
    await town.product.clock_to(at("2023-11-27", "20:00"))
    assert len(person.titled(REMINDER)) == 2
    await person.presses(person.titled(REMINDER)[1], "reminder.snooze")
    await town.product.clock_to(at("2023-11-28"))
    assert "Fristen gikk ut mandag 27. november." in person.last.text


async def test_a_reminder_that_was_put_off_does_not_come_when_it_is_done(town: Town) -> None:
    await add(town, "samhandlingssjef", due="2023-11-27")
    person = town["larvik-sjef"]
    await town.product.clock_to(at("2023-11-27"))
    await person.presses(person.titled(REMINDER)[-1], "reminder.snooze")
    [listed] = await town.boss.says("tiltak")
    await town.boss.presses(listed, "action.done")
    before = len(person.messages)
    await town.product.clock_to(at("2023-12-05"))
    assert len(person.messages) == before


async def test_nobody_puts_off_anothers_reminder(town: Town) -> None:
    await add(town, "samhandlingssjef", due="2023-11-27")
    await town.product.clock_to(at("2023-11-24"))
    [theirs] = town["larvik-sjef"].titled(REMINDER)
    [listed] = await town["horten-sjef"].says("tiltak")
    listed.activity = json.loads(json.dumps(theirs.activity))
    card = await town["horten-sjef"].presses(listed, "reminder.snooze")
    assert "Bare Larvik kommune" in words(card)


async def test_a_process_that_was_down_sends_one_reminder_and_no_stale_one(double: TeamsDouble, database: Path) -> None:
    people = everybody(double)
    async with running(database, teams=double) as product:
        town = Town(product, double, people)
        await town.connect()
        await add(town, "samhandlingssjef", due="2023-11-28")
    async with running(database, now=at("2023-11-28", "10:30"), teams=double) as product:
        await product.settle()
        assert len(people["larvik-sjef"].titled(REMINDER)) == 1
    async with running(database, now=at("2023-12-02", "10:30"), teams=double) as product:
        await product.settle()
        assert len(people["larvik-sjef"].titled(REMINDER)) == 1


# Overdue


OVERDUE = "over frist"


async def test_overdue_ones_come_on_monday_all_of_an_owner_in_one_message(town: Town) -> None:
    await add(town, "samhandlingssjef", text="Første", due="2023-11-24")
    await add(town, "samhandlingssjef", text="Andre", due="2023-11-26")
    await add(town, "samhandlingssjef", text="Tredje", due="2023-11-24", owner="horten")
    await add(town, "samhandlingssjef", text="Fjerde", due="2023-11-27")
    await town.product.clock_to(at("2023-11-27", "08:59"))
    assert not town["larvik-sjef"].titled(OVERDUE)
    await town.product.clock_to(at("2023-11-27"))
    [told] = town["larvik-sjef"].titled(OVERDUE)
    assert told.title == "Larvik kommune: 2 tiltak er over frist"
    assert "Første" in told.text
    assert "Andre" in told.text
    assert "Fjerde" not in told.text
    assert len(town["horten-sjef"].titled(OVERDUE)) == 1
    [listed] = town.boss.titled(OVERDUE)
    assert listed.title == "3 tiltak er over frist"
    assert listed.text.index("Horten kommune") < listed.text.index("Larvik kommune")
    assert not town["sandefjord-sjef"].titled(OVERDUE)


async def test_overdue_ones_come_once_a_week_until_they_are_settled(town: Town) -> None:
    await add(town, "samhandlingssjef", due="2023-11-24")
    person = town["larvik-sjef"]
    await town.product.clock_to(at("2023-12-04", "08:59"))
    assert len(person.titled(OVERDUE)) == 1
    await town.product.clock_to(at("2023-12-04"))
    assert len(person.titled(OVERDUE)) == 2
    assert len(town.boss.titled(OVERDUE)) == 2
    await person.presses(person.titled(OVERDUE)[1], "action.done")
    await town.product.clock_to(at("2023-12-18"))
    assert len(town.boss.titled("Ett tiltak er over frist")) == 0  # the lists that were sent say so now
    assert "Ingen tiltak er over frist." in town.boss.messages[-1].text


async def test_when_monday_is_a_day_off_they_come_on_the_working_day_after(town: Town) -> None:
    await add(town, "samhandlingssjef", due="2023-12-21")
    await town.product.clock_to(at("2023-12-27", "08:59"))
    assert not town.boss.titled(OVERDUE)
    await town.product.clock_to(at("2023-12-27"))
    assert len(town.boss.titled(OVERDUE)) == 1


# The meeting


async def test_open_ones_come_into_the_summary_and_it_follows_them(started: Town) -> None:
    await add(started, "samhandlingssjef", due="2023-11-27")
    await add(started, "samhandlingssjef", text="Ringer legevakta", owner="horten", due="2023-12-08")
    await started.product.clock_to(at("2023-11-28", "15:30"))
    summary = started.channel.last
    assert "Larvik kommune · over frist (mandag 27. november): Åpner 4 korttidsplasser" in summary.text
    assert "Horten kommune · frist fredag 8. desember: Ringer legevakta" in summary.text
    [listed] = await started["larvik-sjef"].says("tiltak")
    await started["larvik-sjef"].presses(listed, "action.done")
    assert "Åpner 4 korttidsplasser" not in summary.text
    assert "Ett tiltak er gjort siden forrige møte." in summary.text


async def test_a_round_bears_them_and_they_are_sealed_as_they_stood(started: Town) -> None:
    await add(started, "samhandlingssjef", due="2023-11-24")
    await started.product.clock_to(at("2023-11-28", "16:00"))
    await started.product.clock_to(at("2023-11-28", "16:30"))
    await add(started, "samhandlingssjef", text="Avtalt i møtet", due="2023-12-08")
    [listed] = await started["larvik-sjef"].says("tiltak")
    await started["larvik-sjef"].presses(listed, "action.done")
    found = await started.product.round_of("2023-11-28")
    assert [a["round"] for a in await actions(started)] == [None, found["id"]]
    assert [(a["text"], a["state"]) for a in found["actions"]] == [
        ("Åpner 4 korttidsplasser", "done"),
        ("Avtalt i møtet", "open"),
    ]
    assert [(a["text"], a["state"]) for a in found["sealed"]["actions"]] == [("Åpner 4 korttidsplasser", "overdue")]
    assert set(found["actions"][0]) == {"id", "text", "owner", "due", "state"}
    following = await started.product.round_of("2023-12-05")
    assert [(a["text"], a["state"]) for a in following["actions"]] == [
        ("Åpner 4 korttidsplasser", "done"),
        ("Avtalt i møtet", "open"),
    ]
    later = await started.product.round_of("2023-12-12")
    assert [a["text"] for a in later["actions"]] == ["Avtalt i møtet"]
    summary = started.channel.titled("Samhandlingsmøte")[-1]
    then = await started.boss.presses(summary, "summary.sealed")
    assert "over frist (fredag 24. november): Åpner 4 korttidsplasser" in words(then)
    assert "Avtalt i møtet" not in words(then)


async def test_they_survive_the_end_of_the_period_and_come_into_the_next(started: Town) -> None:
    await add(started, "samhandlingssjef", due="2023-12-11")
    await started.boss.says("avslutt")
    await started.boss.presses(started.boss.last_card, "period.end")
    await started.product.clock_to(at("2023-12-11"))
    assert len(started["larvik-sjef"].titled(REMINDER)) == 2
    await started.start(first_meeting="2023-12-19", until="")
    await started.product.clock_to(at("2023-12-19", "15:30"))
    assert "over frist (mandag 11. desember): Åpner 4 korttidsplasser" in started.channel.last.text


async def test_a_summary_with_very_many_long_ones_fits(started: Town) -> None:
    for number in range(12):
        await add(started, "samhandlingssjef", text=f"{number} " + "å" * 490)
    await started.product.clock_to(at("2023-11-28", "15:30"))
    assert "… og 4 til." in started.channel.last.text
    assert not started.double.complaints


async def test_help_says_what_my_unit_has_promised(town: Town) -> None:
    await add(town, "samhandlingssjef", due="2023-11-24")
    await add(town, "samhandlingssjef", text="Ringer", due="2023-12-24")
    await town.product.clock_to(at("2023-11-25"))
    [card] = await town["larvik-vara"].says("hjelp")
    assert "Larvik kommune har 2 åpne tiltak. Ett er over frist." in card.text
    assert "action.list" in card.actions
    [card] = await town["horten-sjef"].says("hjelp")
    assert "åpne tiltak." not in card.text


async def test_what_a_unit_that_is_no_more_has_left_behind_is_handed_on(double: TeamsDouble, database: Path) -> None:
    people = everybody(double)
    async with running(database, teams=double) as product:
        town = Town(product, double, people)
        await town.connect()
        await add(town, "samhandlingssjef", due="2023-11-24", owner="prehospital")
    units = tuple(unit for unit in vestfold().units if unit.key != "prehospital")
    staff = tuple(person for person in vestfold().people if person.unit != "prehospital")
    without = replace(vestfold(), units=units, people=staff)
    async with running(database, [without], now=START, teams=double) as product:
        town = Town(product, double, people)
        await product.clock_to(at("2023-11-27"))
        [listed] = town.boss.titled(OVERDUE)
        assert "prehospital" in listed.text
        [card] = await town.boss.says("tiltak")
        await town.boss.presses(card, "action.show")
        await town.boss.presses(card, "action.hand_over")
        await town.boss.presses(card, "action.hand_over", owner="medisin")
        assert "har gitt dette tiltaket til Medisinsk klinikk" in town["medisin-sjef"].last.text


async def test_who_stands_in_is_told_and_may_change_it_meanwhile(town: Town) -> None:
    person = town["horten-sjef"]
    await person.says("vara")
    await person.presses(
        person.last_card, "absence.set", deputy="larvik-vara", **{"from": "2023-11-23", "until": "2023-11-28"}
    )
    await add(town, "samhandlingssjef", owner="horten", due="2023-11-27")
    deputy = town["larvik-vara"]
    assert "har gitt dette tiltaket til Horten kommune" in deputy.last.text
    assert not person.titled("Nytt tiltak")
    await town.product.clock_to(at("2023-11-24"))
    [reminder] = deputy.titled(REMINDER)
    await deputy.presses(reminder, "action.done")
    assert (await the_action(town))["settled_by"] == "larvik-vara"


async def test_in_the_channel_it_is_added_by_whoever_presses(town: Town) -> None:
    [form] = await town["larvik-sjef"].says("tiltak Horten ringer legevakta i morgen", where=town.channel)
    await town["medisin-sjef"].presses(form, "action.add")
    action = await the_action(town)
    assert (action["owner"], action["created_by"]) == ("horten", "medisin-sjef")


# The web and the other languages


@pytest.mark.parametrize(("language", "title"), [("nn", "Nytt tiltak"), ("en", "New action")])
async def test_the_other_languages(town: Town, language: str, title: str) -> None:
    person = town["larvik-sjef"]
    await person.says(f"språk {language}")
    await add(town, "samhandlingssjef", due="2023-11-24")
    assert ("given" in person.last.text) is (language == "en")
    [card] = await person.says(OPEN_TO_ALL[language])
    assert title in card.text
    refused = await person.presses(card, "action.add", text="", due="soon")
    assert {key: bool(beside(refused, key)) for key in ("text", "due")} == {"text": True, "due": True}


async def test_on_the_web_an_action_is_added_moved_and_done(tmp_path: Path) -> None:
    async with serving(tmp_path, [vestfold()]) as site:
        page = await site.sign_in("Kommunalsjef Larvik")
        page = await site.say(page, "tiltak åpner 4 plasser innen snart")
        assert "Skriv en dag" in page.text
        page = await site.press(page, "Legg til tiltaket", due="fredag")
        assert "Tiltaket er lagt til." in page.text
        assert "fredag 24. november 2023" in page.text
        page = await site.press(page, "Vis alle tiltak")
        page = await site.press(page, "Flytt fristen")
        page = await site.press(page, "Flytt fristen", due="2023-11-20", reason="Venter på rom")
        assert "passert" in page.text
        assert ("reason", "Venter på rom") in page.form("Flytt fristen").fields
        page = await site.press(page, "Flytt fristen", due="2023-12-08")
        assert "Fristen er flyttet." in page.text
        page = await site.press(page, "Gjort")
        assert "Tiltaket er gjort." in page.text
        page = await site.say(page, "tiltak")
        assert "Ingen tiltak er åpne." in page.text


async def test_on_the_web_a_given_action_lies_among_the_messages_and_follows_what_becomes_of_it(tmp_path: Path) -> None:
    async with serving(tmp_path, [vestfold()]) as site:
        page = await site.sign_in("Samhandlingssjef SiV")
        page = await site.say(page, "tiltak Larvik åpner 4 plasser innen fredag")
        await site.press(page, "Legg til tiltaket")
        page = await site.sign_in("Kommunalsjef Larvik")
        assert "har gitt dette tiltaket til Larvik kommune" in page.text
        page = await site.press(page, "Gi videre")
        page = await site.press(page, "Gi tiltaket videre", owner="horten")
        assert "gitt videre" in page.text
        page = await site.sign_in("Kommunalsjef Horten")
        assert "har gitt dette tiltaket til Horten kommune" in page.text


async def test_the_overview_on_the_web_shows_what_is_open(tmp_path: Path) -> None:
    async with serving(tmp_path, [vestfold()]) as site:
        page = await site.prompted()
        page = await site.say(page, "tiltak åpner 4 plasser innen fredag")
        await site.press(page, "Legg til tiltaket")
        page = await site.get("/overview")
        assert "åpner 4 plasser Larvik kommune · frist fredag 1. desember" in page.text


# The HTTP interface


async def test_the_interface_gives_all_of_them_dropped_ones_too(town: Town) -> None:
    await add(town, "samhandlingssjef", due="2023-11-24")
    await town.product.clock_to(at("2023-11-25"))
    assert (await the_action(town))["state"] == "overdue"
    _, described = await town.product.get("/api/v1/openapi.json")
    action = described["components"]["schemas"]["Action"]
    assert set(await the_action(town)) == set(action["required"]) == set(action["properties"])
    assert "/api/v1/communities/{community}/actions" in described["paths"]
    status, _ = await town.product.get("/api/v1/communities/oslo/actions")
    assert status == 404
