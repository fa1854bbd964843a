"""Actions (tiltak) as people meet them in Teams and on the web: real HTTP, a clock that is moved, nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.builders import identity_number
from tests.channels.web.site import serving
from tests.e2e.acting import FORM, REMINDER, actions, add, at, opens, the_action, words
from tests.harness import START, Town, vestfold
from tests.teams_double import beside, buttons_of, inputs_of

OPEN_TO_ALL = {"nb": "tiltak", "nn": "tiltak", "en": "actions"}


# Adding


async def test_tiltak_shows_what_is_open_and_the_form(connected: Town) -> None:
    [card] = await connected["larvik-sjef"].says("tiltak")
    assert "Ingen tiltak er åpne." in card.text
    assert list(card.inputs) == ["text", "owner", "due"]
    assert card.inputs["owner"]["value"] == "larvik"
    assert [c["value"] for c in card.inputs["owner"]["choices"]] == [unit.key for unit in vestfold().units]
    assert card.actions == ["action.add"]


async def test_anybody_adds_one_and_its_owner_is_told_at_once(connected: Town) -> None:
    form = await add(connected, "leder-pko")
    assert "Tiltaket er lagt til. Larvik kommune får beskjed." in form.text
    action = await the_action(connected)
    assert {key: action[key] for key in ("text", "owner", "due", "state", "created_by", "created_at")} == {
        **FORM,
        "state": "open",
        "created_by": "leder-pko",
        "created_at": START,
    }
    told = connected["larvik-sjef"].last
    assert "Leder PKO har gitt dette tiltaket til Larvik kommune." in told.text
    assert "fredag 1. desember 2023" in told.text
    assert not connected["larvik-vara"].messages
    assert not connected["horten-sjef"].messages


async def test_who_gives_their_own_unit_an_action_is_not_told_of_it(connected: Town) -> None:
    await add(connected, "larvik-sjef")
    assert len(connected["larvik-sjef"].messages) == 1


@pytest.mark.parametrize(
    ("language", "line", "due"),
    [
        ("nb", "tiltak Larvik åpner 4 korttidsplasser innen fredag", "2023-11-24"),
        ("nn", "Tiltak Larvik opnar 4 korttidsplassar innan utgangen av mars", "2024-03-31"),
        ("en", "actions Larvik opens 4 short-term places by next Friday", "2023-12-01"),
    ],
)
async def test_one_line_is_shown_for_confirmation_and_stored_by_the_press(
    connected: Town, language: str, line: str, due: str
) -> None:
    await connected.boss.says(f"språk {language}")
    [form] = await connected.boss.says(line)
    values = {key: field.get("value", "") for key, field in form.inputs.items()}
    text = line.split(" ", 2)[2].split(" inn")[0].split(" by ")[0]
    assert values == {"text": text, "owner": "larvik", "due": due}
    assert "Larvik kommune" in form.text
    assert await actions(connected) == []
    await connected.boss.presses(form, "action.add")
    action = await the_action(connected)
    assert (action["text"], action["owner"], action["due"]) == (text, "larvik", due)


async def test_what_a_line_does_not_say_is_asked_for_at_its_field(connected: Town) -> None:
    [form] = await connected.boss.says("tiltak åpne 4 plasser innen snart")
    assert form.card
    assert form.inputs["text"]["value"] == "åpne 4 plasser"
    assert form.inputs["due"]["value"] == "snart"
    assert "alternativ" in beside(form.card, "owner") or "fylles ut" in beside(form.card, "owner")
    assert "for eksempel" in beside(form.card, "due")
    assert not beside(form.card, "text")
    await connected.boss.presses(form, "action.add", owner="horten", due="i morgen")
    assert (await the_action(connected))["due"] == "2023-11-24"


async def test_without_an_owner_the_writers_own_unit_is_proposed(connected: Town) -> None:
    [form] = await connected["horten-vara"].says("tiltak ringer legevakta i morgen")
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


async def test_wrong_input_is_told_at_its_field_and_the_rest_is_kept(connected: Town) -> None:
    [form] = await connected.boss.says("tiltak")
    for what, (inputs, field, told) in WRONG.items():
        typed = FORM | inputs
        card = await connected.boss.presses(form, "action.add", **typed)
        assert told in beside(card, field), what
        kept = {key: element.get("value", "") for key, element in inputs_of(card).items()}
        # A choice that is none cannot be shown again.
        assert kept == typed | ({"owner": ""} if field == "owner" else {}), what
    assert await actions(connected) == []


async def test_an_identity_number_is_refused_everywhere_and_never_shown_again(connected: Town, logs: Any) -> None:
    number = identity_number()
    [form] = await connected.boss.says(f"tiltak Larvik ringer {number} i morgen")
    assert form.card
    assert "fødselsnummer" in beside(form.card, "text")
    card = await connected.boss.presses(form, "action.add", text=f"Pasient {number}", owner="larvik", due="i morgen")
    assert "fødselsnummer" in beside(card, "text")
    assert inputs_of(card)["due"]["value"] == "i morgen"
    await add(connected, "samhandlingssjef")
    listed = await opens(connected.boss)
    await connected.boss.presses(listed, "action.drop")
    card = await connected.boss.presses(listed, "action.drop", reason=number)
    assert "fødselsnummer" in beside(card, "reason")
    assert (await the_action(connected))["state"] == "open"
    assert number not in connected.double.everything_sent()
    assert number not in json.dumps(connected.double.answers)
    assert number not in logs.getvalue()


async def test_the_same_form_sent_twice_is_one_action_and_with_another_text_another(connected: Town) -> None:
    [form] = await connected.boss.says("tiltak")
    before = json.loads(json.dumps(form.activity))
    for text in ("Åpner 4 plasser", "Åpner 4 plasser", "Åpner 5 plasser"):
        form.activity = json.loads(json.dumps(before))
        await connected.boss.presses(form, "action.add", **(FORM | {"text": text}))
    assert [a["text"] for a in await actions(connected)] == ["Åpner 4 plasser", "Åpner 5 plasser"]
    assert len(connected["larvik-sjef"].titled("Nytt tiltak til Larvik kommune")) == 2


async def test_a_press_that_teams_delivers_again_has_one_effect(connected: Town) -> None:
    [form] = await connected.boss.says("tiltak")
    before = json.loads(json.dumps(form.activity))
    for _ in range(2):
        form.activity = json.loads(json.dumps(before))
        card = await connected.boss.presses(form, "action.add", again="act-1", **FORM)
        assert "Frist: fredag 1. desember 2023" in words(card)
    form.activity = before
    await connected.boss.presses(form, "action.add", again="act-1", **(FORM | {"text": "Noe annet"}))
    assert [a["text"] for a in await actions(connected)] == [FORM["text"]]
    for _ in range(2):
        form.activity = json.loads(json.dumps(before))
        card = await connected.boss.presses(form, "action.add", again="act-2", **(FORM | {"due": "snart"}))
        assert "for eksempel" in beside(card, "due")
        assert inputs_of(card)["text"]["value"] == FORM["text"]


async def test_the_fallback_of_old_clients_does_the_same(connected: Town) -> None:
    [form] = await connected.boss.says("tiltak")
    await connected.boss.submits(form, "action.add", **FORM)
    assert "Tiltaket er lagt til." in form.text
    assert len(await actions(connected)) == 1


# What becomes of them


@pytest.mark.parametrize("who", ["larvik-sjef", "larvik-vara", "samhandlingssjef", "sekretariat"])
async def test_the_owners_people_the_coordinator_and_the_secretariat_report_it_done(connected: Town, who: str) -> None:
    await add(connected, "leder-pko")
    [listed] = await connected[who].says("tiltak")
    card = await connected[who].presses(listed, "action.done")
    assert "Tiltaket er gjort." in words(card)
    action = await the_action(connected)
    assert (action["state"], action["settled_by"], action["settled_at"]) == ("done", who, START)
    assert "Gjort" in connected["larvik-sjef"].titled("Nytt tiltak")[0].text


@pytest.mark.parametrize("action", ["action.done", "action.move", "action.drop", "action.hand_over"])
@pytest.mark.parametrize("who", ["horten-sjef", "leder-pko"])
async def test_nobody_else_changes_it_whatever_they_press(connected: Town, who: str, action: str) -> None:
    await add(connected, "samhandlingssjef")
    [listed] = await connected[who].says("tiltak")
    assert action not in listed.actions
    # Forged: the owner's own button, with everything that a form would send.
    [button] = [b for b in buttons_of(listed.card or {}) if b["verb"] == "action.show"]
    data = {"action": action, "id": button["data"]["id"], "sent": True, "due": "2023-12-24", "owner": "horten"}
    button |= {"verb": action, "data": data, "fallback": button["fallback"] | {"data": data}}
    card = await connected[who].presses(listed, action)
    assert "Bare Larvik kommune, samhandlingssjefen og sekretariatet" in words(card)
    found = await the_action(connected)
    assert (found["state"], found["due"], found["owner"], found["moves"]) == ("open", FORM["due"], "larvik", 0)


async def test_a_button_about_an_action_that_there_is_not(connected: Town) -> None:
    await add(connected, "samhandlingssjef")
    [listed] = await connected.boss.says("tiltak")
    for button in buttons_of(listed.card or {}):
        button["data"] |= {"id": {"x": 1}}
        button["fallback"]["data"] = button["data"]
    for action in ("action.done", "action.move", "action.show"):
        before = json.loads(json.dumps(listed.activity))
        assert "finnes ikke" in words(await connected.boss.presses(listed, action))
        listed.activity = before


async def test_it_is_moved_twice_without_a_reason_and_then_with_one(connected: Town) -> None:
    await add(connected, "samhandlingssjef")
    person = connected["larvik-sjef"]
    listed = await opens(person)
    form = await person.presses(listed, "action.move")
    assert list(inputs_of(form)) == ["due", "reason"]
    await person.presses(listed, "action.move", due="2023-12-07")
    await person.presses(listed, "action.move")
    await person.presses(listed, "action.move", due="2023-12-08")
    assert (await the_action(connected))["moves"] == 2
    await person.presses(listed, "action.move")
    card = await person.presses(listed, "action.move", due="2023-12-15")
    assert "hvorfor" in beside(card, "reason")
    assert inputs_of(card)["due"]["value"] == "2023-12-15"
    assert (await the_action(connected))["due"] == "2023-12-08"
    card = await person.presses(listed, "action.move", reason="To er syke")
    assert "Fristen er flyttet." in words(card)
    action = await the_action(connected)
    assert (action["due"], action["moves"], action["reason"]) == ("2023-12-15", 3, "To er syke")


@pytest.mark.parametrize(
    ("due", "told"), [("", "må fylles ut"), ("snart", "for eksempel"), ("2023-11-22", "passert"), ("1.12.", "allerede")]
)
async def test_a_wrong_new_day_is_told_at_its_field(connected: Town, due: str, told: str) -> None:
    await add(connected, "samhandlingssjef")
    listed = await opens(connected.boss)
    await connected.boss.presses(listed, "action.move")
    card = await connected.boss.presses(listed, "action.move", due=due, reason="To er syke")
    assert told in beside(card, "due")
    assert inputs_of(card)["reason"]["value"] == "To er syke"
    assert (await the_action(connected))["moves"] == 0


async def test_dropping_asks_once_more(connected: Town) -> None:
    await add(connected, "samhandlingssjef")
    listed = await opens(connected.boss)
    await connected.boss.presses(listed, "action.drop")
    assert (await the_action(connected))["state"] == "open"
    card = await connected.boss.presses(listed, "action.drop", reason="Ikke lenger nødvendig")
    assert "Tiltaket er sløyfet." in words(card)
    action = await the_action(connected)
    assert (action["state"], action["reason"]) == ("dropped", "Ikke lenger nødvendig")
    [listed] = await connected.boss.says("tiltak")
    assert "Ingen tiltak er åpne." in listed.text


async def test_it_is_handed_over_and_the_new_owner_is_told(connected: Town) -> None:
    await add(connected, "samhandlingssjef")
    person = connected["larvik-sjef"]
    listed = await opens(person)
    await person.presses(listed, "action.hand_over")
    card = await person.presses(listed, "action.hand_over", owner="")
    assert "må fylles ut" in beside(card, "owner")
    await person.presses(listed, "action.hand_over", owner="horten")
    assert (await the_action(connected))["owner"] == "horten"
    assert "Kommunalsjef Larvik har gitt dette tiltaket til Horten kommune." in connected["horten-sjef"].last.text
    assert "Ansvarlig: Horten kommune" in person.titled("Nytt tiltak")[0].text
    [listed] = await person.says("tiltak")
    assert "action.done" not in listed.actions


async def test_what_is_settled_is_not_settled_again(connected: Town) -> None:
    await add(connected, "samhandlingssjef")
    [mine] = await connected.boss.says("tiltak")
    [theirs] = await connected["larvik-sjef"].says("tiltak")
    await connected.boss.presses(mine, "action.done")
    for action in ("action.done", "action.move"):
        before = theirs.activity
        card = await connected["larvik-sjef"].presses(theirs, action)
        assert "avsluttet fra før" in words(card)
        theirs.activity = before
    assert (await the_action(connected))["settled_by"] == "samhandlingssjef"


async def test_who_changed_what_and_when_stands_on_its_card(connected: Town) -> None:
    await add(connected, "leder-pko")
    listed = await opens(connected.boss)
    await connected.boss.presses(listed, "action.move")
    await connected.boss.presses(listed, "action.move", due="2023-12-08", reason="Venter på rom")
    await connected.product.clock_to(at("2023-11-24", "10:00"))
    await connected.boss.presses(listed, "action.hand_over")
    await connected.boss.presses(listed, "action.hand_over", owner="horten")
    listed = await opens(connected["horten-sjef"])
    await connected["horten-sjef"].presses(listed, "action.done")
    for told in (
        "Leder PKO la til tiltaket torsdag 23. november kl. 09.00.",
        "Samhandlingssjef SiV flyttet fristen fra 01.12.2023 til 08.12.2023 torsdag 23. november kl. 09.00.",
        "Begrunnelse: Venter på rom",
        "Samhandlingssjef SiV ga tiltaket fra Larvik kommune til Horten kommune fredag 24. november kl. 10.00.",
        "Kommunalsjef Horten meldte tiltaket som gjort fredag 24. november kl. 10.00.",
    ):
        assert told in listed.text


async def test_more_than_one_card_holds_are_shown_page_by_page_mine_first(connected: Town) -> None:
    for number in range(14):
        await add(connected, "samhandlingssjef", text=f"Tiltak {number}", owner="horten" if number < 13 else "larvik")
    [listed] = await connected["larvik-sjef"].says("tiltak")
    assert "14 tiltak er åpne." in listed.text
    shown = [line for line in listed.text.splitlines() if "frist fredag" in line]
    assert len(shown) == 6
    assert shown[0] == "Larvik kommune · frist fredag 1. desember: Tiltak 13"
    seen = set(shown)
    while "action.list" in listed.actions:
        seen |= set(words(await connected["larvik-sjef"].presses(listed, "action.list")).splitlines())
    assert len([line for line in seen if "frist fredag" in line]) == 14


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


async def test_help_says_what_my_unit_has_promised(connected: Town) -> None:
    await add(connected, "samhandlingssjef", due="2023-11-24")
    await add(connected, "samhandlingssjef", text="Ringer", due="2023-12-24")
    await connected.product.clock_to(at("2023-11-25"))
    [card] = await connected["larvik-vara"].says("hjelp")
    assert "Larvik kommune har 2 åpne tiltak. Ett er over frist." in card.text
    assert "action.list" in card.actions
    [card] = await connected["horten-sjef"].says("hjelp")
    assert "åpne tiltak." not in card.text


async def test_in_the_channel_it_is_added_by_whoever_presses(connected: Town) -> None:
    [form] = await connected["larvik-sjef"].says("tiltak Horten ringer legevakta i morgen", where=connected.channel)
    await connected["medisin-sjef"].presses(form, "action.add")
    action = await the_action(connected)
    assert (action["owner"], action["created_by"]) == ("horten", "medisin-sjef")


# The web and the other languages


@pytest.mark.parametrize(("language", "title"), [("nn", "Nytt tiltak"), ("en", "New action")])
async def test_the_other_languages(connected: Town, language: str, title: str) -> None:
    person = connected["larvik-sjef"]
    await person.says(f"språk {language}")
    await add(connected, "samhandlingssjef", due="2023-11-24")
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


async def test_the_interface_gives_all_of_them_dropped_ones_too(connected: Town) -> None:
    await add(connected, "samhandlingssjef", due="2023-11-24")
    await connected.product.clock_to(at("2023-11-25"))
    assert (await the_action(connected))["state"] == "overdue"
    _, described = await connected.product.get("/api/v1/openapi.json")
    action = described["components"]["schemas"]["Action"]
    assert set(await the_action(connected)) == set(action["required"]) == set(action["properties"])
    assert "/api/v1/communities/{community}/actions" in described["paths"]
    status, _ = await connected.product.get("/api/v1/communities/oslo/actions")
    assert status == 404
