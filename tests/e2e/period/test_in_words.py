"""Answers in words, figures as last time, and numbers of patients, which are refused."""

from __future__ import annotations

import io
import json
from pathlib import Path

from tests.builders import identity_number
from tests.e2e.acting import words
from tests.e2e.period.acting import MONDAY_9, TUESDAY, at
from tests.harness import FIRST_PERIOD, MUNICIPALITY, Town, clinic
from tests.teams_double import beside, inputs_of

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
