"""A demanding period as its people meet it in Teams: real HTTP both ways, a clock that is moved, nothing else."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from domain.community import Community
from domain.community_file import read_community
from tests.builders import identity_number
from tests.harness import (
    FIRST_PERIOD,
    MUNICIPALITY,
    TOWNS,
    Running,
    Snapshot,
    Town,
    clinic,
    everybody,
    running,
    taken_up,
    vestfold,
)
from tests.teams_double import (
    CARD,
    LARGEST_CARD,
    Json,
    Message,
    TeamsDouble,
    beside,
    inputs_of,
    readable,
)

MONDAY_9 = "2023-11-27T09:00:00+01:00"
TUESDAY = "2023-11-28"
WHO_IS_ASKED = {p.key: p.unit for p in vestfold().people if "respondent" in p.roles and p.unit}

Period = dict[str, str]


def words(card: Json) -> str:
    return "\n".join(readable({"attachments": [{"contentType": CARD, "content": card}]}))


def at(hour: str, day: str = TUESDAY) -> str:
    return f"{day}T{hour}:00+01:00"


# Starting


async def test_the_form_asks_what_the_contract_lists(town: Town) -> None:
    [form] = await town.boss.says("krise")
    assert list(form.inputs) == [
        "reason", "level", "first_meeting", "start", "every_days", "until", "urgent", "note"
    ]  # fmt: skip
    assert [c["value"] for c in form.inputs["reason"]["choices"]] == [
        "innstrom", "overliggere", "bemanning", "ferie", "annet"
    ]  # fmt: skip
    assert form.inputs["reason"]["isMultiSelect"] is True
    assert [c["value"] for c in form.inputs["level"]["choices"]] == ["green", "yellow", "red"]
    assert form.actions == ["period.start"]


async def test_the_form_proposes_the_next_usual_meeting(town: Town) -> None:
    [form] = await town.boss.says("krise")
    values = {key: field.get("value", "") for key, field in form.inputs.items()}
    assert values["first_meeting"] == "2023-11-28"
    assert values["start"] == "16:00"
    assert values["every_days"] == "7"


WRONG = {
    "no reason": ({"reason": ""}, "reason", "må fylles ut"),
    "an unknown reason": ({"reason": "været"}, "reason", "alternativene"),
    "no level": ({"level": ""}, "level", "må fylles ut"),
    "a meeting in the past": ({"first_meeting": "2023-11-21"}, "first_meeting", "passert"),
    "no meeting": ({"first_meeting": ""}, "first_meeting", "må fylles ut"),
    "a day that does not exist": ({"first_meeting": "2023-02-30"}, "first_meeting", "28.11.2023"),
    "no date at all": ({"first_meeting": "neste tirsdag"}, "first_meeting", "28.11.2023"),
    "a meeting far away": ({"first_meeting": "2025-11-25", "until": ""}, "first_meeting", "ett år"),
    "the end before the beginning": ({"until": "2023-11-27"}, "until", "samme dag"),
    "an end that is no date": ({"until": "vår"}, "until", "28.11.2023"),
    "an end far away": ({"until": "2025-12-31"}, "until", "ett år"),
    "no time of day": ({"start": "25:00"}, "start", "16.00"),
    "a rhythm of no days": ({"every_days": "0"}, "every_days", "1 til 14"),
    "a rhythm of too many days": ({"every_days": "15"}, "every_days", "1 til 14"),
    "a rhythm in words": ({"every_days": "sju"}, "every_days", "1 til 14"),
    "a long note": ({"note": "a" * 501}, "note", "500"),
    "only days off": ({"first_meeting": "2023-12-24", "until": "2023-12-24"}, "first_meeting", "fridager"),
}


async def test_wrong_input_is_told_at_its_field_and_the_rest_is_kept(town: Town) -> None:
    [form] = await town.boss.says("krise")
    for what, (inputs, field, told) in WRONG.items():
        typed = FIRST_PERIOD | {"note": "Mange innlagte", "start": "15:30", "every_days": "14"} | inputs
        card = await town.boss.presses(form, "period.start", **typed)
        assert told in beside(card, field), what
        kept = {key: element.get("value", "") for key, element in inputs_of(card).items()}
        # A choice that is none cannot be shown again.
        expected = typed | ({"reason": ""} if field == "reason" else {})
        assert {key: kept[key] for key in expected} == expected, what
    assert await town.product.rounds() == []


async def test_every_mistake_is_told_at_once(town: Town) -> None:
    [form] = await town.boss.says("krise")
    card = await town.boss.presses(form, "period.start", reason="", level="", first_meeting="i morgen", every_days="x")
    assert all(beside(card, key) for key in ("reason", "level", "first_meeting", "every_days"))
    assert "4 felt" in words(card)


async def test_a_corrected_form_starts_the_period(town: Town) -> None:
    [form] = await town.boss.says("krise")
    await town.boss.presses(form, "period.start", **(FIRST_PERIOD | {"until": "2023-11-01"}))
    await town.boss.presses(form, "period.start", until="2024-01-23")
    assert len(await town.product.rounds()) == 8


async def test_a_second_period_in_the_way_of_the_first_is_refused(town: Town) -> None:
    await town.start()
    [form] = await town.boss.says("krise")
    card = await town.boss.presses(form, "period.start", **(FIRST_PERIOD | {"first_meeting": "2023-12-05"}))
    assert "En annen periode er i veien" in beside(card, "first_meeting")
    assert len(await town.product.rounds()) == 8


async def test_a_meeting_whose_deadline_has_passed_is_refused_with_the_way_that_is_left(town: Town) -> None:
    await town.product.clock_to(at("12:00"))
    [form] = await town.boss.says("krise")
    card = await town.boss.presses(form, "period.start", **FIRST_PERIOD)
    assert "runde nå" in beside(card, "first_meeting")
    assert await town.product.rounds() == []


async def test_anybody_but_the_coordinator_is_told_who_can(town: Town) -> None:
    for command in ("krise", "KRISE", "Krise!", "crisis", "avslutt", "end", "runde nå", "runde no", "Round now"):
        for key in ("larvik-sjef", "horten-vara", "sekretariat", "leder-pko"):
            [answer] = await town[key].says(command)
            assert "Samhandlingssjef SiV" in answer.text, (command, key)
            assert not answer.card


async def test_nobody_starts_a_period_with_a_form_that_is_not_theirs(town: Town) -> None:
    [form] = await town.boss.says("krise")
    data = {"action": "period.start", **FIRST_PERIOD, "start": "16:00", "every_days": "7"}
    value = {"action": {"type": "Action.Execute", "verb": "period.start", "data": data}}
    larvik = town["larvik-sjef"]
    activity = larvik.activity("invoke", name="adaptiveCard/action", value=value, replyToId=form.id)
    status, answer = await larvik.sends(activity)
    assert status == 200
    assert "Samhandlingssjef SiV" in words(answer["value"])
    assert await town.product.rounds() == []


async def test_in_a_channel_the_form_goes_to_the_coordinator_alone(town: Town) -> None:
    [answer] = await town.boss.says("krise", where=town.channel)
    assert not answer.inputs
    assert "first_meeting" in town.boss.last_card.inputs


# The channel and the announcement


async def test_the_connected_channel_and_all_concerned_are_told_once(town: Town) -> None:
    await town.connect()
    await town.start(note="Fullt på medisin")
    told = {key: len(person.titled("Krevende drift i Helsefellesskapet")) for key, person in town.people.items()}
    assert told == {key: int(key not in ("samhandlingssjef", "sekretariat")) for key in town.people}
    [announced] = town.channel.titled("Krevende drift")
    for part in ("gul", "stor innstrømming", "tirsdag 28. november kl. 16.00", "23. januar 2024", "Fullt på medisin"):
        assert part in announced.text
    assert "26. desember faller på en fridag" in announced.text


async def test_everybody_in_the_channel_can_be_written_to_though_they_never_wrote(town: Town) -> None:
    town.double.page_size = 4
    await town.connect()
    begun = [call for call in town.double.calls if call.path == "/v3/conversations"]
    assert begun == []  # nothing is sent for the sake of knowing them
    await town.start()
    begun = [call for call in town.double.calls if call.path == "/v3/conversations"]
    assert sorted(call.conversation for call in begun) == sorted(
        f"a:{key}" for key in town.people if key not in ("samhandlingssjef", "sekretariat")
    )


async def test_connecting_twice_gives_one_summary(town: Town) -> None:
    await town.connect()
    [answer] = await town.connect()
    assert "allerede" in answer.text
    await town.start()
    assert len(town.channel.titled("Krevende drift")) == 1


async def test_only_the_coordinator_connects_a_channel(town: Town) -> None:
    [answer] = await town["larvik-sjef"].says("koble", where=town.channel)
    assert "Samhandlingssjef SiV" in answer.text
    await town.start()
    assert town.channel.titled("Krevende drift") == []


async def test_in_quiet_hours_people_are_told_in_the_morning(town: Town) -> None:
    await town.connect()
    await town.product.clock_to(at("21:30", "2023-11-23"))
    form = await town.start()
    assert "fredag 24. november kl. 07.00" in form.text
    assert len(town["larvik-sjef"].messages) == 0
    await town.product.clock_to(at("06:59", "2023-11-24"))
    assert len(town["larvik-sjef"].messages) == 0
    await town.product.clock_to(at("07:00", "2023-11-24"))
    assert len(town["larvik-sjef"].messages) == 1


async def test_urgent_tells_people_at_any_hour(town: Town) -> None:
    await town.connect()
    await town.product.clock_to(at("21:30", "2023-11-23"))
    await town.start(urgent="true")
    assert len(town["larvik-sjef"].messages) == 1


async def test_the_coordinator_may_send_it_now_when_asked_in_quiet_hours(town: Town) -> None:
    await town.connect()
    await town.product.clock_to(at("21:30", "2023-11-23"))
    form = await town.start()
    await town.boss.presses(form, "period.announce")
    assert len(town["larvik-sjef"].messages) == 1
    await town.product.clock_to(at("09:00", "2023-11-24"))
    assert len(town["larvik-sjef"].messages) == 1


# Prompts


async def test_monday_at_nine_each_respondent_gets_the_own_units_form_and_nobody_else_any(started: Town) -> None:
    await started.product.clock_to("2023-11-27T08:59:00+01:00")
    assert not any(m.inputs for key in WHO_IS_ASKED for m in started[key].messages)
    await started.product.clock_to(MONDAY_9)
    for key, person in started.people.items():
        forms = [m for m in person.messages if "status.submit" in m.actions]
        if key not in WHO_IS_ASKED:
            assert forms == []
            continue
        [form] = forms
        unit = vestfold().unit(WHO_IS_ASKED[key])
        assert set(form.inputs) == {field.key for field in vestfold().fields_of(unit)}
        assert unit.name in form.title


async def test_a_clinic_fills_in_one_number_per_municipality_and_prehospital_none(prompted: Town) -> None:
    asked = {key for key in prompted["medisin-sjef"].last_card.inputs if key.startswith("klare_pasienter")}
    assert asked == {f"klare_pasienter.{town}" for town in TOWNS}
    inputs = prompted["prehospital-sjef"].last_card.inputs
    assert not any(key.startswith(("klare_pasienter", "belegg")) for key in inputs)


async def test_a_period_started_after_the_prompts_time_prompts_at_once(town: Town) -> None:
    await town.connect()
    await town.product.clock_to(at("14:00", "2023-11-27"))
    await town.start()
    assert "status.submit" in town["larvik-sjef"].last_card.actions


async def test_each_person_is_asked_in_the_own_language(started: Town) -> None:
    [answer] = await started["larvik-sjef"].says("språk nn")
    assert "nynorsk" in answer.text
    await started["medisin-sjef"].says("Språk EN")
    await started.product.clock_to(MONDAY_9)
    assert started["larvik-sjef"].last_card.inputs["overliggere"]["label"] == "Overliggjarar (våre pasientar)"
    assert started["medisin-sjef"].last_card.inputs["belegg"]["label"] == "Bed occupancy (%)"
    assert started["horten-sjef"].last_card.inputs["overliggere"]["label"] == "Overliggere (våre pasienter)"
    card = await started.answers("medisin-sjef", **clinic() | {"belegg": "201"})
    assert "200" in beside(card, "belegg")
    assert "number" in beside(card, "belegg")


async def test_a_client_in_another_language_changes_nothing(prompted: Town) -> None:
    larvik = prompted["larvik-sjef"]
    await larvik.sends(larvik.activity("message", text="hjelp", locale="en-US"))
    assert "Dette kan jeg hjelpe deg med" in larvik.last.text


# Answering with the form


async def test_an_answered_form_becomes_its_receipt_in_place(prompted: Town) -> None:
    larvik = prompted["larvik-sjef"]
    prompt, before = larvik.last_card, len(larvik.messages)
    card = await prompted.answers("larvik-sjef", **MUNICIPALITY, sykefravaer="7,5", behov="To senger")
    assert "Mottatt" in words(card)
    for part in ("Gul – utfordrende", "7,5 %", "To senger", "Kommunalsjef Larvik svarte"):
        assert part in words(card)
    assert len(larvik.messages) == before
    assert prompt.actions == ["status.open"]
    # Others who look at the same message see the receipt too: it is drawn over the prompt where it lies.
    put = [c for c in prompted.double.calls if c.method == "PUT" and c.path.endswith(f"/activities/{prompt.id}")]
    assert len(put) == 1
    report = await prompted.product.report_of(TUESDAY, "larvik")
    assert report["state"] == "answered"
    assert report["answered_by"] == "larvik-sjef"
    assert report["revision"] == 1
    assert report["values"] == {
        "situasjon": "yellow",
        "overliggere": 3,
        "korttid_ledig": 2,
        "bemanning": "green",
        "sykefravaer": 7.5,
        "behov": "To senger",
    }


async def test_a_client_without_execute_answers_with_submit(prompted: Town) -> None:
    larvik = prompted["larvik-sjef"]
    prompt = larvik.last_card
    new = await larvik.submits(prompt, "status.submit", **MUNICIPALITY)
    assert new == []
    assert "Mottatt" in prompt.title
    assert (await prompted.product.report_of(TUESDAY, "larvik"))["values"]["overliggere"] == 3


async def test_wrong_input_by_submit_comes_back_in_the_form(prompted: Town) -> None:
    larvik = prompted["larvik-sjef"]
    prompt = larvik.last_card
    assert await larvik.submits(prompt, "status.submit", **MUNICIPALITY | {"overliggere": "mange"}) == []
    assert prompt.card
    assert "0 til 500" in beside(prompt.card, "overliggere")
    assert prompt.inputs["overliggere"]["value"] == "mange"
    assert prompt.inputs["korttid_ledig"]["value"] == "2"


WRONG_FIGURES = {
    "a word": ("overliggere", "mange", "0 til 500"),
    "a negative number": ("overliggere", "-1", "0 til 500"),
    "too many": ("overliggere", "501", "0 til 500"),
    "a fraction of a patient": ("overliggere", "2,5", "0 til 500"),
    "nothing where something is needed": ("korttid_ledig", "", "må fylles ut"),
    "a percent above the highest": ("sykefravaer", "101", "0 til 100"),
    "a percent in words": ("sykefravaer", "mye", "7,5"),
    "a colour that is none": ("situasjon", "blå", "grønn, gul eller rød"),
    "a long text": ("behov", "x" * 501, "500"),
}


async def test_a_wrong_figure_is_told_at_its_field_and_nothing_is_stored(prompted: Town) -> None:
    for what, (field, typed, told) in WRONG_FIGURES.items():
        inputs = MUNICIPALITY | {"sykefravaer": "7,5", "behov": "To senger"} | {field: typed}
        card = await prompted.answers("larvik-sjef", **inputs)
        assert told in beside(card, field), what
        assert "Ett felt" in words(card), what
        kept = {key: element.get("value", "") for key, element in inputs_of(card).items()}
        shown = inputs | ({"situasjon": ""} if field == "situasjon" else {})
        assert {key: kept[key] for key in shown} == shown, what
    assert (await prompted.product.report_of(TUESDAY, "larvik"))["state"] == "missing"
    card = await prompted.answers("larvik-sjef", **MUNICIPALITY | {"sykefravaer": "", "behov": ""})
    assert "Mottatt" in words(card)


async def test_words_without_end_in_every_field_are_told_too(prompted: Town) -> None:
    form = prompted["medisin-sjef"].last_card
    card = await prompted.answers("medisin-sjef", **dict.fromkeys(form.inputs, "x" * 4000))
    assert f"{len(form.inputs)} felt" in words(card)
    assert "500" in beside(card, "behov")


async def test_inputs_of_another_unit_are_left_out(prompted: Town) -> None:
    larvik = prompted["larvik-sjef"]
    form = larvik.last_card
    data = MUNICIPALITY | {"action": "status.submit", "round": form_round(form), "belegg": "99", "nonsense": "1"}
    value = {"action": {"type": "Action.Execute", "verb": "status.submit", "data": data}}
    await larvik.sends(larvik.activity("invoke", name="adaptiveCard/action", value=value, replyToId=form.id))
    assert set((await prompted.product.report_of(TUESDAY, "larvik"))["values"]) == set(MUNICIPALITY)


def form_round(form: Message) -> str:
    return str(next(a["data"]["round"] for a in (form.card or {})["actions"]))


async def test_nobody_answers_for_another_unit(prompted: Town) -> None:
    form = prompted["larvik-sjef"].last_card
    for key in ("leder-pko", "samhandlingssjef", "sekretariat"):
        person = prompted[key]
        data = MUNICIPALITY | {"action": "status.submit", "round": form_round(form)}
        value = {"action": {"type": "Action.Execute", "verb": "status.submit", "data": data}}
        status, answer = await person.sends(person.activity("invoke", name="adaptiveCard/action", value=value))
        assert status == 200
        assert "Bare den som svarer for enheten" in words(answer["value"])
    horten = prompted["horten-sjef"]
    data |= {"unit": "larvik"}
    value = {"action": {"type": "Action.Execute", "verb": "status.submit", "data": data}}
    await horten.sends(horten.activity("invoke", name="adaptiveCard/action", value=value))
    assert all(r["state"] == "missing" for r in (await prompted.product.round_of(TUESDAY))["reports"])


async def test_a_correction_is_a_second_revision_from_the_first_ones_figures(prompted: Town) -> None:
    larvik = prompted["larvik-sjef"]
    prompt = larvik.last_card
    await prompted.answers("larvik-sjef", **MUNICIPALITY)
    await larvik.presses(prompt, "status.open")
    assert prompt.inputs["overliggere"]["value"] == "3"
    card = await larvik.presses(prompt, "status.submit", overliggere="4")
    assert "Rettelsen er mottatt" in words(card)
    report = await prompted.product.report_of(TUESDAY, "larvik")
    assert report["revision"] == 2
    assert report["values"] == {"situasjon": "yellow", "overliggere": 4, "korttid_ledig": 2, "bemanning": "green"}


async def test_sending_the_same_again_changes_nothing(prompted: Town) -> None:
    larvik = prompted["larvik-sjef"]
    await prompted.answers("larvik-sjef", **MUNICIPALITY)
    await larvik.presses(larvik.last_card, "status.open")
    await larvik.presses(larvik.last_card, "status.submit")
    assert (await prompted.product.report_of(TUESDAY, "larvik"))["revision"] == 1


async def test_the_deputy_answers_and_the_chief_sees_it_in_the_own_prompt(prompted: Town) -> None:
    vara = prompted["larvik-vara"]
    [form] = await vara.says("status")
    await vara.presses(form, "status.submit", **MUNICIPALITY)
    assert "Stedfortreder Larvik svarte" in prompted["larvik-sjef"].last_card.text
    assert (await prompted.product.report_of(TUESDAY, "larvik"))["answered_by"] == "larvik-vara"


async def test_two_who_answer_at_once_see_each_others_figures_before_one_wins(prompted: Town) -> None:
    chief, vara = prompted["larvik-sjef"], prompted["larvik-vara"]
    [form] = await vara.says("status")
    stale = Message(form.id, form.conversation, form.activity)
    await prompted.answers("larvik-sjef", **MUNICIPALITY)
    card = await vara.presses(stale, "status.submit", **MUNICIPALITY | {"overliggere": "9"})
    assert "Kommunalsjef Larvik svarte mens du fylte ut" in words(card)
    assert (await prompted.product.report_of(TUESDAY, "larvik"))["values"]["overliggere"] == 3
    card = await vara.presses(stale, "status.submit")
    assert (await prompted.product.report_of(TUESDAY, "larvik"))["values"]["overliggere"] == 9
    assert "Stedfortreder Larvik rettet" in chief.last_card.text


# Answering in words


async def test_a_prompt_alone_opens_nothing_for_text(prompted: Town) -> None:
    [answer] = await prompted["larvik-sjef"].says("gul")
    assert "forsto" in answer.text
    assert "status" in answer.text


async def test_field_by_field_with_skip_back_and_words_for_levels(prompted: Town) -> None:
    larvik = prompted["larvik-sjef"]
    await larvik.says("status")
    dialogue = [
        ("Utfordrende", "2 av 8"),
        ("5", "3 av 8"),
        ("hopp", "Feltet må fylles ut"),
        ("tilbake", "2 av 8"),
        ("6", "3 av 8"),
        ("2", "4 av 8"),
        ("hopp", "5 av 8"),
        ("RØD", "6 av 8"),
        ("god", "7 av 8"),
        ("7.25 %", "8 av 8"),
    ]
    for said, expected in dialogue:
        [answer] = await larvik.says(said)
        assert expected in answer.text, said
    [receipt] = await larvik.says("Mangler folk i helga")
    assert "Mottatt" in receipt.title
    assert (await prompted.product.report_of(TUESDAY, "larvik"))["values"] == {
        "situasjon": "yellow",
        "overliggere": 6,
        "korttid_ledig": 2,
        "legevakt": "red",
        "bemanning": "green",
        "sykefravaer": 7.25,
        "behov": "Mangler folk i helga",
    }
    prompt = larvik.titled("Mottatt")[0]
    assert prompt is not receipt, "the prompt shows the receipt too"


async def test_a_question_says_what_may_be_written_and_what_stood_last_time(prompted: Town) -> None:
    await prompted.answers("larvik-sjef", **MUNICIPALITY, sykefravaer="7,5")
    await prompted.product.clock_to("2023-12-04T09:00:00+01:00")
    larvik = prompted["larvik-sjef"]
    await larvik.says("status")
    [asked] = await larvik.says("grønn")
    assert "sist: 3" in asked.text
    assert "0 til 500" in asked.text


async def test_a_wrong_word_is_told_and_the_same_field_asked_again(prompted: Town) -> None:
    larvik = prompted["larvik-sjef"]
    await larvik.says("status")
    await larvik.says("gul")
    for typed in ("mange", "-2", "3,5", "501", "9999999999999", "4 eller 5"):
        [answer] = await larvik.says(typed)
        assert "0 til 500" in answer.text, typed
    [asked] = await larvik.says("4")
    assert "3 av 8" in asked.text


async def test_a_comma_is_a_decimal_mark(prompted: Town) -> None:
    prehospital = prompted["prehospital-sjef"]
    await prehospital.says("status")
    for said in ("gul", "gul", "7,5", "3", "hopp"):
        await prehospital.says(said)
    values = (await prompted.product.report_of(TUESDAY, "prehospital"))["values"]
    assert values == {"situasjon": "yellow", "bemanning": "yellow", "sykefravaer": 7.5, "innlagt_ohjelp": 3}


async def test_cancelling_stores_nothing_and_closes_the_form(prompted: Town) -> None:
    larvik = prompted["larvik-sjef"]
    await larvik.says("status")
    await larvik.says("gul")
    [answer] = await larvik.says("Avbryt")
    assert "Ingenting er lagret" in answer.text
    [answer] = await larvik.says("5")
    assert "forsto" in answer.text
    assert (await prompted.product.report_of(TUESDAY, "larvik"))["state"] == "missing"


async def test_a_command_wins_over_an_open_field_and_leaves_it_open(prompted: Town) -> None:
    larvik = prompted["larvik-sjef"]
    await larvik.says("status")
    [overview] = await larvik.says("oversikt")
    assert "Samhandlingsmøte" in overview.title
    [asked] = await larvik.says("rød")
    assert "2 av 8" in asked.text


async def test_a_form_opened_on_the_card_is_open_for_words(prompted: Town) -> None:
    larvik = prompted["larvik-sjef"]
    await larvik.says("hjelp")
    await larvik.presses(larvik.last_card, "status.open")
    [asked] = await larvik.says("gul")
    assert "2 av 8" in asked.text


async def test_status_of_somebody_who_is_not_asked_points_to_the_overview(prompted: Town) -> None:
    for key in ("leder-pko", "sekretariat", "samhandlingssjef"):
        [answer] = await prompted[key].says("status")
        assert "oversikt" in answer.text or "Samhandlingsmøte" in answer.title


async def test_status_with_no_round_open_says_so(town: Town) -> None:
    [answer] = await town["larvik-sjef"].says("status")
    assert "Ingen runde" in answer.text


# As last time


async def test_in_the_first_week_there_is_nothing_to_copy(prompted: Town) -> None:
    assert prompted["larvik-sjef"].last_card.actions == ["status.submit"]


async def test_as_last_time_copies_figures_and_not_words(prompted: Town) -> None:
    await prompted.answers("larvik-sjef", **MUNICIPALITY, sykefravaer="7,5", behov="To senger")
    await prompted.answers("medisin-sjef", **clinic(larvik=4, horten=1), behov="Vikar")
    await prompted.product.clock_to("2023-12-04T09:00:00+01:00")
    for key, values in (
        ("larvik", {"situasjon": "yellow", "overliggere": 3, "korttid_ledig": 2, "bemanning": "green"}),
        ("medisin", {"belegg": 92.5, "klare_pasienter.larvik": 4, "klare_pasienter.horten": 1}),
    ):
        person = prompted[f"{key}-sjef"]
        form = person.last_card
        card = await person.presses(form, "status.same")
        assert "Mottatt" in words(card)
        report = await prompted.product.report_of("2023-12-05", key)
        assert values.items() <= report["values"].items()
        assert "behov" not in report["values"]
    assert "sist: 3" in prompted["larvik-sjef"].last_card.history[0]["attachments"][0]["content"]["body"][3]["label"]


async def test_last_weeks_figures_never_stand_as_this_weeks(prompted: Town) -> None:
    await prompted.answers("larvik-sjef", **MUNICIPALITY)
    await prompted.product.clock_to("2023-12-04T09:00:00+01:00")
    round_ = await prompted.product.round_of("2023-12-05")
    assert round_["totals"] == {}
    assert round_["overliggere_cost_nok_per_day"] is None
    larvik = next(r for r in round_["reports"] if r["unit"] == "larvik")
    assert larvik == {
        "unit": "larvik", "state": "missing", "values": {}, "answered_by": None, "answered_at": None, "revision": 0
    }  # fmt: skip


# Patients' numbers


async def test_an_identity_number_is_refused_in_every_place_and_stands_nowhere(
    town: Town, database: Path, logs: io.StringIO
) -> None:
    number = identity_number()
    written = [number, f"{number[:6]} {number[6:]}", "".join(chr(ord(d) - ord("0") + 0xFF10) for d in number)]
    await town.connect()
    [form] = await town.boss.says("krise")
    for hidden in written:
        card = await town.boss.presses(form, "period.start", **FIRST_PERIOD, note=f"Gjelder {hidden}.")
        assert "fødselsnummer" in beside(card, "note")
        assert inputs_of(card)["first_meeting"]["value"] == "2023-11-28"
    assert await town.product.rounds() == []
    await town.boss.presses(form, "period.start", note="")
    await town.product.clock_to(MONDAY_9)
    larvik = town["larvik-sjef"]
    for hidden in written:
        for field in ("behov", "overliggere", "situasjon", "sykefravaer"):
            card = await town.answers("larvik-sjef", **MUNICIPALITY | {"behov": ""} | {field: f"{hidden}"})
            assert "fødselsnummer" in beside(card, field)
        await larvik.submits(larvik.last_card, "status.submit", **MUNICIPALITY | {"behov": f"Pasient {hidden}"})
        [refused] = await larvik.says(f"Hva med {hidden}?")
        assert "fødselsnummer" in refused.text
        [refused] = await larvik.says(f"språk {hidden}")
        await larvik.says(f"{hidden}", where=town.channel)
    await larvik.says("status")
    for hidden in written:
        [refused] = await larvik.says(hidden)
        assert "fødselsnummer" in refused.text
    for said in ("gul", "3", "2", "hopp", "hopp", "gul", "hopp"):
        await larvik.says(said)
    for hidden in written:
        [refused] = await larvik.says(f"Se {hidden}")
        assert "fødselsnummer" in refused.text
    await larvik.says("hopp")
    assert "behov" not in (await town.product.report_of(TUESDAY, "larvik"))["values"]
    await town.product.clock_to(at("17:00"))
    stored = b"".join(file.read_bytes() for file in database.parent.iterdir() if file.is_file())
    assert b"larvik-sjef" in stored
    assert "delivered" in logs.getvalue()
    for hidden in written:
        assert hidden.encode() not in stored
        assert hidden not in logs.getvalue()
        assert hidden not in town.double.everything_sent()
        assert hidden not in json.dumps(await town.product.rounds(), ensure_ascii=False)


# Reminders


async def test_reminders_come_to_those_missing_only_and_say_how_long_is_left(prompted: Town) -> None:
    answered, missing = prompted["horten-sjef"], prompted["larvik-sjef"]
    await prompted.answers("horten-sjef", **MUNICIPALITY)
    for moment, left in (
        (at("16:00", "2023-11-27"), "20 timer"),
        (at("09:00"), "3 timer"),
        (at("11:00"), "1 time"),
    ):
        before = len(missing.messages)
        await prompted.product.clock_to(moment)
        [reminder] = missing.messages[before:]
        assert f"om {left}, tirsdag 28. november kl. 12.00" in reminder.text
        assert reminder.actions == ["status.open"]
    assert answered.titled("Påminnelse") == []
    await prompted.product.clock_to(at("15:00"))
    assert len(missing.titled("Påminnelse")) == 3
    for key in ("larvik-vara", "leder-pko", "sekretariat", "samhandlingssjef"):
        assert prompted[key].titled("Påminnelse") == []


async def test_answering_settles_the_reminders_that_came(prompted: Town) -> None:
    larvik = prompted["larvik-sjef"]
    await prompted.product.clock_to(at("09:00"))
    reminder = larvik.last
    await larvik.presses(reminder, "status.open")
    assert "overliggere" in reminder.inputs
    await larvik.presses(reminder, "status.submit", **MUNICIPALITY)
    before = len(larvik.messages)
    await prompted.product.clock_to(at("11:59"))
    assert len(larvik.messages) == before
    assert all("mottatt" in m.text.casefold() for m in larvik.messages[1:])


async def test_the_coordinator_hears_who_is_missing_and_reminds_them_with_a_press(prompted: Town) -> None:
    await prompted.answers("horten-sjef", **MUNICIPALITY)
    before = len(prompted.boss.messages)
    await prompted.product.clock_to(at("11:29"))
    assert len(prompted.boss.messages) == before
    await prompted.product.clock_to(at("11:30"))
    [escalated] = prompted.boss.messages[before:]
    assert escalated.title == "10 av 11 har ikke svart"
    assert "30 minutter" in escalated.text
    assert "Larvik kommune" in escalated.text
    assert "Horten kommune" not in escalated.text
    larvik, horten = len(prompted["larvik-sjef"].messages), len(prompted["horten-sjef"].messages)
    card = await prompted.boss.presses(escalated, "reminder.send")
    assert "10 enheter" in words(card)
    assert len(prompted["larvik-sjef"].messages) == larvik + 1
    assert len(prompted["horten-sjef"].messages) == horten


async def test_when_the_meeting_has_begun_nobody_can_be_reminded_any_more(prompted: Town) -> None:
    await prompted.product.clock_to("2023-11-28T15:00:00+01:00")
    [escalated] = prompted.boss.titled("har ikke svart")
    assert escalated.actions == ["reminder.send"]
    await prompted.product.clock_to("2023-11-28T16:00:00+01:00")
    [escalated] = prompted.boss.titled("har ikke svart")
    assert "Larvik kommune" in escalated.text
    assert escalated.actions == []


async def test_who_is_missing_is_kept_up_to_date_in_place(prompted: Town) -> None:
    await prompted.product.clock_to(at("11:30"))
    escalated = prompted.boss.last
    await prompted["larvik-sjef"].says("status")
    await prompted.answers("larvik-sjef", **MUNICIPALITY)
    assert escalated.title == "10 av 11 har ikke svart"
    assert "Larvik kommune" not in escalated.text


async def test_when_all_have_answered_nobody_is_reminded_of_anything(prompted: Town) -> None:
    await everybody_answers(prompted)
    before = sum(len(p.messages) for p in prompted.people.values())
    await prompted.product.clock_to(at("15:29"))
    told = [m for p in prompted.people.values() for m in p.messages]
    # Where the figures of both sides differ they are asked why; that is no reminder.
    assert len([m for m in told if "Ulike tall" not in m.title]) == before


async def everybody_answers(town: Town, **of_municipalities: str) -> None:
    for key in TOWNS:
        await town.answers(f"{key}-sjef", **MUNICIPALITY | of_municipalities)
    for key in ("medisin", "kirurgi", "kpa", "kfmr"):
        await town.answers(f"{key}-sjef", **clinic(larvik=1, horten=int(key == "medisin") * 3))
    await town.answers("prehospital-sjef", situasjon="green", bemanning="green")


# The summary


async def test_the_summary_comes_once_at_half_past_three_and_says_everything(prompted: Town) -> None:
    await everybody_answers(prompted)
    await prompted["larvik-sjef"].presses(prompted["larvik-sjef"].last_card, "status.open")
    await prompted.answers("larvik-sjef", situasjon="red", overliggere="7", behov="To korttidsplasser fra onsdag")
    before = len(prompted.channel.messages)
    await prompted.product.clock_to(at("15:29"))
    assert len(prompted.channel.messages) == before
    await prompted.product.clock_to(at("15:30"))
    [summary] = prompted.channel.messages[before:]
    assert summary.title == "Samhandlingsmøte tirsdag 28. november kl. 16.00"
    text = summary.text
    for part in (
        "Beredskap: gul",
        "11 av 11 har svart",
        "Overliggere (våre pasienter): 22",
        "Ledige korttidsplasser: 12",
        "121 176 kroner",
        "🔴 Larvik kommune (rettet) – rød",
        "1. Larvik kommune",
        "Larvik kommune: Kommunen melder 7, sykehuset 4 (−3)",
        "Larvik kommune: To korttidsplasser fra onsdag",
        "Neste møte: tirsdag 5. desember kl. 16.00",
    ):
        assert part in text.replace("\u00a0", " "), part
    assert "Horten kommune: Kommunen melder" not in text  # both say 3
    assert "Har ikke svart" not in text
    await prompted.product.clock_to(at("18:00"))
    assert len(prompted.channel.messages) == before + 1
    posted = (await prompted.product.round_of(TUESDAY))["summary_posted_at"]
    assert posted == "2023-11-28T15:30:00+01:00"


async def test_a_summary_with_answers_lacking_says_whose_and_compares_nothing_half(prompted: Town) -> None:
    await prompted.answers("larvik-sjef", **MUNICIPALITY)
    await prompted.product.clock_to(at("15:30"))
    text = prompted.channel.last.text
    assert "1 av 11 har svart" in text
    assert "Har ikke svart" in text
    assert "Færder kommune" in text
    assert "Kan ikke sammenlignes" in text
    assert "Kommunen melder" not in text


async def test_late_answers_and_corrections_change_the_posted_summary_in_place_marked(prompted: Town) -> None:
    await prompted.answers("larvik-sjef", **MUNICIPALITY)
    await prompted.product.clock_to(at("15:30"))
    summary, before = prompted.channel.last, len(prompted.channel.messages)
    await prompted["horten-sjef"].says("status")
    card = await prompted.answers("horten-sjef", **MUNICIPALITY | {"overliggere": "5"})
    assert "etter fristen" in words(card)
    assert "Horten kommune (sent svar)" in summary.text
    assert "Overliggere (våre pasienter): 8" in summary.text
    larvik = prompted["larvik-sjef"]
    [form] = await larvik.says("status")
    assert "Takk, svaret er mottatt" in form.text
    await larvik.presses(form, "status.submit", overliggere="4")
    assert "Larvik kommune (rettet)" in summary.text
    assert "Overliggere (våre pasienter): 9" in summary.text
    assert len(prompted.channel.messages) == before
    states = {r["unit"]: r["state"] for r in (await prompted.product.round_of(TUESDAY))["reports"]}
    assert states["horten"] == "late"
    assert states["larvik"] == "answered"


async def test_what_was_known_at_the_meeting_stays_and_can_be_seen(prompted: Town) -> None:
    await prompted.answers("larvik-sjef", **MUNICIPALITY)
    await prompted.product.clock_to(at("15:59"))
    summary = prompted.channel.last
    assert (await prompted.product.round_of(TUESDAY))["sealed"] is None
    await prompted.product.clock_to(at("16:00"))
    larvik = prompted["larvik-sjef"]
    [form] = await larvik.says("status")
    await larvik.presses(form, "status.submit", overliggere="9")
    round_ = await prompted.product.round_of(TUESDAY)
    assert round_["totals"]["overliggere"] == 9
    assert round_["sealed"]["totals"]["overliggere"] == 3
    assert round_["sealed"]["as_of"] == "2023-11-28T16:00:00+01:00"
    assert "Overliggere (våre pasienter): 9" in summary.text
    assert summary.actions == ["summary.sealed"]
    then = await larvik.presses(summary, "summary.sealed")
    assert "Overliggere (våre pasienter): 3" in words(then)
    assert "Slik det sto da møtet begynte" in words(then)
    shown = Message(summary.id, summary.conversation, {"attachments": [{"contentType": CARD, "content": then}]})
    now = await larvik.presses(shown, "summary.now")
    assert "Overliggere (våre pasienter): 9" in words(now)


async def test_an_answer_at_the_very_instant_of_the_meeting_does_not_change_the_sealed_picture(prompted: Town) -> None:
    await prompted.answers("larvik-sjef", **MUNICIPALITY)
    await prompted.product.clock_to(at("16:00"))
    larvik, summary = prompted["larvik-sjef"], prompted.channel.last
    [form] = await larvik.says("status")
    await larvik.presses(form, "status.submit", overliggere="9")
    assert (await prompted.product.round_of(TUESDAY))["sealed"]["totals"]["overliggere"] == 3
    then = await larvik.presses(summary, "summary.sealed")
    assert "Overliggere (våre pasienter): 3" in words(then)


async def test_changes_since_last_week_stand_beside_the_figures(prompted: Town) -> None:
    await prompted.answers("larvik-sjef", **MUNICIPALITY)
    await prompted.product.clock_to("2023-12-04T09:00:00+01:00")
    await prompted.answers("larvik-sjef", **MUNICIPALITY | {"overliggere": "5", "situasjon": "red"})
    await prompted.product.clock_to(at("15:30", "2023-12-05"))
    text = prompted.channel.last.text
    assert "Overliggere (våre pasienter): 5 (+2 fra sist)" in text
    assert "var gul" in text


async def test_the_overview_is_there_for_all_at_all_times(town: Town) -> None:
    [nothing] = await town["leder-pko"].says("oversikt")
    assert "ingen periode" in nothing.text
    await town.connect()
    await town.start()
    [before] = await town["leder-pko"].says("oversyn")
    assert "mandag 27. november kl. 09.00" in before.text
    await town.product.clock_to(MONDAY_9)
    await town.answers("larvik-sjef", **MUNICIPALITY)
    for key in ("leder-pko", "sekretariat", "horten-vara", "medisin-sjef", "samhandlingssjef"):
        [shown] = await town[key].says("Overview")
        assert "1 av 11 har svart" in shown.text
    [shown] = await town["larvik-sjef"].says("oversikt", where=town.channel)
    assert "1 av 11 har svart" in shown.text


# Days off


@pytest.fixture
async def december(town: Town) -> Town:
    """Monday 18 December at 9: a period from 19 December to 9 January, its first prompts out."""
    await town.connect()
    await town.product.clock_to("2023-12-15T09:00:00+01:00")
    await town.start(first_meeting="2023-12-19", until="2024-01-09")
    await town.product.clock_to("2023-12-18T09:00:00+01:00")
    return town


async def test_a_dropped_meeting_is_told_with_the_summary_before_it_and_on_the_last_working_day(december: Town) -> None:
    told = "Møtet tirsdag 26. desember faller på en fridag og utgår."
    await december.product.clock_to(at("15:30", "2023-12-19"))
    assert told in december.channel.last.text
    assert "Neste møte: tirsdag 2. januar" in december.channel.last.text
    await december.product.clock_to("2023-12-22T08:59:00+01:00")
    larvik = december["larvik-sjef"]
    before = len(larvik.messages)
    await december.product.clock_to("2023-12-22T09:00:00+01:00")
    [message] = larvik.messages[before:]
    assert told in message.text
    assert "2. januar" in message.text
    for key, person in december.people.items():
        assert len(person.titled(told)) == int(key != "sekretariat"), key
    quiet_until = len(larvik.messages)
    await december.product.clock_to("2024-01-02T06:59:00+01:00")
    assert len(larvik.messages) == quiet_until, "nothing came on the days off"
    days = [r["meeting_at"][:10] for r in await december.product.rounds()]
    assert days == ["2023-12-19", "2024-01-02", "2024-01-09"]


async def test_a_prompt_on_a_day_off_comes_at_the_next_permitted_moment(december: Town) -> None:
    await december.product.clock_to("2024-01-02T06:59:00+01:00")
    larvik = december["larvik-sjef"]
    before = len(larvik.messages)
    await december.product.clock_to("2024-01-02T07:00:00+01:00")
    [prompt] = larvik.messages[before:]
    assert "overliggere" in prompt.inputs
    assert (await december.product.round_of("2024-01-02"))["opens_at"] == "2024-01-02T07:00:00+01:00"
    await december.product.clock_to("2024-01-02T11:59:00+01:00")
    lefts = [re.search(r"om ([^,]*),", m.text) for m in larvik.messages[before + 1 :]]
    assert [left and left[1] for left in lefts] == ["3 timer", "1 time"]


# The end


async def test_the_period_ends_by_itself_when_the_last_meeting_has_ended(town: Town) -> None:
    await town.connect()
    await town.start(until="2023-12-05")
    await town.product.clock_to(at("16:59", "2023-12-05"))
    assert town["larvik-sjef"].titled("avsluttet") == []
    await town.product.clock_to(at("17:00", "2023-12-05"))
    for key, person in town.people.items():
        assert len(person.titled("Krevende drift er avsluttet")) == int(key != "sekretariat"), key
    assert "2 møter" in town.channel.last.text
    before = {key: len(person.messages) for key, person in town.people.items()}
    await town.product.clock_to(at("17:00", "2024-01-10"))
    later = [m.title for key, person in town.people.items() for m in person.messages[before[key] :]]
    # What comes after a period is its evaluation and, when that has closed, its report; no more of the period itself.
    assert all("valuering" in title or title == "Rapporten om perioden er klar" for title in later)
    await town.start(first_meeting="2024-01-16")
    assert len(await town.product.rounds()) == 4


async def test_ending_asks_once_more_then_cancels_and_tells(prompted: Town) -> None:
    larvik = prompted["larvik-sjef"]
    prompt = larvik.last_card
    [asked] = await prompted.boss.says("avslutt")
    assert asked.actions == ["period.end", "period.keep"]
    assert "8 runder" in asked.text
    await prompted.boss.presses(Message(asked.id, asked.conversation, asked.activity), "period.keep")
    assert {r["state"] for r in await prompted.product.rounds()} == {"collecting", "planned"}
    before = len(larvik.messages)
    await prompted.boss.presses(Message(asked.id, asked.conversation, asked.activity), "period.end")
    assert {r["state"] for r in await prompted.product.rounds()} == {"cancelled"}
    assert "avlyst" in prompt.text
    assert prompt.inputs == {}
    [told] = larvik.messages[before:]
    assert "Samhandlingssjefen har avsluttet perioden" in told.text
    assert "avsluttet" in prompted.channel.last.text
    await prompted.product.clock_to(at("18:00"))
    assert len(larvik.messages) == before + 1
    [answer] = await prompted.boss.says("avslutt")
    assert "ingen periode" in answer.text


async def test_a_meeting_at_short_notice_prompts_at_once_and_is_told_to_all(prompted: Town) -> None:
    await prompted.product.clock_to(at("10:00", "2023-11-29"))
    larvik, before = prompted["larvik-sjef"], len(prompted["larvik-sjef"].messages)
    [form] = await prompted.boss.says("runde nå")
    await prompted.boss.presses(form, "round.start", date="2023-11-29", start="13:00")
    called, prompt = larvik.messages[before:]
    assert "ekstra samhandlingsmøte onsdag 29. november kl. 13.00" in called.text
    assert "overliggere" in prompt.inputs
    assert "onsdag 29. november kl. 13.00" in prompted.channel.last.text
    assert (await prompted.product.round_of("2023-11-29"))["state"] == "collecting"


# What the platform delivers twice


async def test_a_repeated_message_has_one_effect(prompted: Town) -> None:
    larvik = prompted["larvik-sjef"]
    for text in ("status", "oversikt", "språk nn", "kva", "hjelp"):
        before = len(larvik.messages)
        activity = larvik.activity("message", text=text)
        for _ in range(3):
            assert (await larvik.sends(activity))[0] == 202
        assert len(larvik.messages) == before + 1, text


async def test_a_repeated_press_is_answered_alike_and_stored_once(prompted: Town) -> None:
    larvik = prompted["larvik-sjef"]
    form = larvik.last_card
    stale = Message(form.id, form.conversation, form.activity)
    first = await larvik.presses(stale, "status.submit", again="f:1", **MUNICIPALITY)
    stale = Message(form.id, form.conversation, form.history[0])
    again = await larvik.presses(stale, "status.submit", again="f:1", **MUNICIPALITY | {"overliggere": "8"})
    assert again == first
    report = await prompted.product.report_of(TUESDAY, "larvik")
    assert report["revision"] == 1
    assert report["values"]["overliggere"] == 3


async def test_a_repeated_press_starts_one_period(town: Town) -> None:
    [form] = await town.boss.says("krise")
    stale = Message(form.id, form.conversation, form.activity)
    await town.boss.presses(form, "period.start", again="f:2", **FIRST_PERIOD)
    await town.boss.presses(stale, "period.start", again="f:2", **FIRST_PERIOD)
    assert len(await town.product.rounds()) == 8


async def test_a_repeat_after_a_restart_has_no_effect_either(
    down: Callable[[Running], Town], double: TeamsDouble, database: Path
) -> None:
    async with running(database, now=MONDAY_9, teams=double) as product:
        town = down(product)
        await product.settle()
        larvik = town["larvik-sjef"]
        form = larvik.last_card
        stale = Message(form.id, form.conversation, form.activity)
        await larvik.presses(form, "status.submit", again="f:3", **MUNICIPALITY)
    async with running(database, now=MONDAY_9, teams=double) as product:
        await larvik.presses(stale, "status.submit", again="f:3", **MUNICIPALITY | {"overliggere": "8"})
        assert (await product.report_of(TUESDAY, "larvik"))["values"]["overliggere"] == 3


# Down, and up again


@pytest.fixture
async def down(double: TeamsDouble, database: Path, snapshots: dict[str, Snapshot]) -> Callable[[Running], Town]:
    """A period was started on Thursday 23 November, and the product has been down since."""
    people = everybody(double)
    await taken_up(snapshots, "started", lambda town: town.begin(), database, double, people)
    return lambda product: Town(product, double, people)


async def test_after_days_down_the_prompt_comes_late_and_alone(
    down: Callable[[Running], Town], double: TeamsDouble, database: Path
) -> None:
    async with running(database, now=at("10:00"), teams=double) as product:
        larvik = down(product)["larvik-sjef"]
        before = 1
        await product.settle()
        assert ["overliggere" in m.inputs for m in larvik.messages[before:]] == [True]
        await product.clock_to(at("11:59"))
        assert len(larvik.messages) == before + 2, "the last reminder still has its use"


async def test_after_days_down_what_has_become_pointless_is_left_out(
    down: Callable[[Running], Town], double: TeamsDouble, database: Path
) -> None:
    async with running(database, now=at("15:45"), teams=double) as product:
        town = down(product)
        larvik, before = town["larvik-sjef"], 1
        await product.settle()
        assert larvik.messages[before:] == [] or ["overliggere" in m.inputs for m in larvik.messages[before:]] == [True]
        assert len(town.channel.titled("Samhandlingsmøte")) == 1
        await product.clock_to(at("16:30"))
        assert (await product.round_of(TUESDAY))["sealed"]["as_of"] == "2023-11-28T16:00:00+01:00"
        assert len(town.channel.titled("Samhandlingsmøte")) == 1


async def test_two_days_down_over_a_meeting_seal_it_and_the_rhythm_goes_on(
    down: Callable[[Running], Town], double: TeamsDouble, database: Path
) -> None:
    async with running(database, now=MONDAY_9, teams=double) as product:
        town = down(product)
        await product.settle()
        await town.answers("larvik-sjef", **MUNICIPALITY)
        counts = {key: len(person.messages) for key, person in town.people.items()}
        posted = len(town.channel.messages)
    async with running(database, now="2023-11-29T10:00:00+01:00", teams=double) as product:
        await product.settle()
        draft = {"samhandlingssjef": 1, "sekretariat": 1}  # the minutes are as useful a day later
        assert {key: len(person.messages) for key, person in town.people.items()} == {
            key: count + draft.get(key, 0) for key, count in counts.items()
        }
        assert len(town.channel.messages) == posted, "a summary of yesterday's meeting helps nobody"
        round_ = await product.round_of(TUESDAY)
        assert round_["state"] == "held"
        assert round_["sealed"]["totals"] == {"overliggere": 3, "korttid_ledig": 2}
        await product.clock_to("2023-12-04T09:00:00+01:00")
        assert "5. desember" in town["larvik-sjef"].last_card.title


async def test_nothing_comes_twice_after_a_restart(
    down: Callable[[Running], Town], double: TeamsDouble, database: Path
) -> None:
    async with running(database, now=MONDAY_9, teams=double) as product:
        town = down(product)
        await product.settle()
        counts = {key: len(person.messages) for key, person in town.people.items()}
    for _ in range(2):
        async with running(database, now=MONDAY_9, teams=double) as product:
            await product.settle()
    assert {key: len(person.messages) for key, person in town.people.items()} == counts


# Somebody unknown, somebody who has left


async def test_somebody_unknown_is_refused_politely_and_the_coordinator_lets_them_in(prompted: Town) -> None:
    new = prompted.double.person("ny-vara", email="ny@larvik.example", name="Ny Vara")
    before = len(prompted.boss.messages)
    [refused] = await new.says("status")
    assert "kjenner deg ikke" in refused.text
    assert "Larvik" not in refused.text
    await new.says("oversikt")
    [request] = prompted.boss.messages[before:]
    assert "Ny Vara" in request.text
    assert "ny@larvik.example" in request.text
    await prompted.boss.presses(request, "join.accept", **{"for": "larvik", "role": "deputy"})
    assert "Ny Vara har fått tilgang" in request.text
    assert "Velkommen" in new.last.title
    [form] = await new.says("status")
    await new.presses(form, "status.submit", **MUNICIPALITY)
    report = await prompted.product.report_of(TUESDAY, "larvik")
    assert report["state"] == "answered"


async def test_somebody_declined_stays_outside(prompted: Town) -> None:
    new = prompted.double.person("ukjent", email="noen@annet.example", name="Noen Annen")
    await new.says("hei")
    request = prompted.boss.last
    await prompted.boss.presses(request, "join.decline")
    assert "ikke fått tilgang" in request.text
    before = len(prompted.boss.messages)
    [refused] = await new.says("oversikt")
    assert "kjenner deg ikke" in refused.text
    assert len(prompted.boss.messages) == before, "one request, however often they write"


async def test_only_the_coordinator_lets_people_in(prompted: Town) -> None:
    new = prompted.double.person("ukjent", email="noen@annet.example", name="Noen Annen")
    await new.says("hei")
    request = prompted.boss.last
    [button, _] = (request.card or {})["actions"]
    data = button["data"] | {"for": "larvik", "role": "deputy"}
    value = {"action": {"type": "Action.Execute", "verb": "join.accept", "data": data}}
    for person in (new, prompted["larvik-sjef"]):
        status, answer = await person.sends(person.activity("invoke", name="adaptiveCard/action", value=value))
        assert status == 200
        assert "har fått tilgang" not in words(answer["value"])
    [refused] = await new.says("oversikt")
    assert "kjenner deg ikke" in refused.text


async def test_a_displayed_name_opens_no_door(prompted: Town) -> None:
    false = prompted.double.person("falsk", email="falsk@annet.example", name="Samhandlingssjef SiV")
    [answer] = await false.says("avslutt")
    assert "kjenner deg ikke" in answer.text


async def test_somebody_who_has_left_gets_nothing_more_and_is_let_in_no_more(
    double: TeamsDouble, database: Path
) -> None:
    async with running(database, teams=double) as product:
        town = Town(product, double, everybody(double))
        await town.prompted()
        await town.answers("larvik-sjef", **MUNICIPALITY)
        before = len(town["larvik-sjef"].messages)
    left = replace(vestfold(), people=tuple(p for p in vestfold().people if p.key != "larvik-sjef"))
    async with running(database, [left], now=MONDAY_9, teams=double) as product:
        await product.clock_to("2023-12-04T09:00:00+01:00")
        assert len(town["larvik-sjef"].messages) == before
        assert "overliggere" in town["larvik-vara"].last_card.inputs, "the deputy is asked instead"
        [refused] = await town["larvik-sjef"].says("status")
        assert "kjenner deg ikke" in refused.text
        report = await product.report_of(TUESDAY, "larvik")
        assert report["values"]["overliggere"] == 3


# A large community


def large_community(municipalities: int = 24, clinics: int = 6) -> Community:
    """As large as any in Norway, asked what Vestfold is asked."""
    example = (Path(__file__).parents[2] / "examples/vestfold/community.yaml").read_text(encoding="utf-8")
    units = [
        f"  - {{key: k{n:02}, name: Nordre Storfjord kommune {n}, kind: municipality}}" for n in range(municipalities)
    ]
    units += [f"  - {{key: s{n:02}, name: Klinikk for fagområde {n}, kind: clinic}}" for n in range(clinics)]
    people = ["  - {key: samhandlingssjef, name: Samhandlingssjef, email: sjef@stor.example, roles: [coordinator]}"]
    people += [
        f"  - {{key: {u}-sjef, name: Sjef {u}, email: {u}@stor.example, unit: {u}, roles: [respondent]}}"
        for u in re.findall(r"key: ([ks]\d\d),", "\n".join(units))
    ]
    text = re.sub(
        r"(?ms)^units:.*?^people:.*?^operational_meeting:",
        f"units:\n{NL.join(units)}\n\npeople:\n{NL.join(people)}\n\noperational_meeting:",
        example,
    )
    text = text.replace("key: vestfold", "key: stor").replace(", except: [prehospital]", "")
    text = text.replace("[SiV, horten, SiV, tonsberg]", "[SiV, k00]")
    return read_community(text, source="stor.yaml")


NL = "\n"


async def test_the_summary_of_a_large_community_with_long_texts_fits_in_a_card(
    double: TeamsDouble, database: Path
) -> None:
    community = large_community()
    people = everybody(double, community)
    assert len(community.units_asked) == 30
    async with running(database, [community], teams=double) as product:
        boss, channel = people["samhandlingssjef"], double.channel("Stor")
        await boss.says("koble", where=channel)
        await boss.says("krise")
        await boss.presses(boss.last_card, "period.start", **FIRST_PERIOD)
        await product.clock_to(MONDAY_9)
        for n, unit in enumerate(community.units):
            person = people[f"{unit.key}-sjef"]
            required = {k: fitting(f) for k, f in person.last_card.inputs.items() if f.get("isRequired")}
            text = ("🚑🧑‍⚕️ «Trenger hjelp» & *mer* " * 40)[:500] if n % 2 else "æøå " * 125
            card = await person.presses(person.last_card, "status.submit", **required, behov=text)
            assert "Mottatt" in words(card)
        await product.clock_to(at("15:30"))
        summary = channel.last
        assert len(json.dumps(summary.card)) <= LARGEST_CARD
        for unit in community.units:
            assert unit.name in summary.text
        assert "Overliggere (våre pasienter): 168" in summary.text


def fitting(field: Json) -> str:
    return "red" if field["type"] == "Input.ChoiceSet" else "7"
