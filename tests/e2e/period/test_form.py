"""The units are asked, and answer with the form: each its own, a correction as a revision."""

from __future__ import annotations

from tests.e2e.acting import words
from tests.e2e.period.acting import MONDAY_9, TUESDAY, at
from tests.harness import MUNICIPALITY, TOWNS, Town, clinic, vestfold
from tests.teams_double import Message, beside, inputs_of

WHO_IS_ASKED = {p.key: p.unit for p in vestfold().people if "respondent" in p.roles and p.unit}


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
