"""The preparedness level as people meet it: suggested from the answers, set by the coordinator, and what it costs."""

from __future__ import annotations

import pytest

from tests.builders import identity_number
from tests.harness import MUNICIPALITY, TOWNS, Json, Town, clinic
from tests.teams_double import CARD, TeamsPerson, beside, inputs_of, readable

TUESDAY = "2023-11-28"
RED = MUNICIPALITY | {"situasjon": "red"}
GREEN = {"situasjon": "green", "overliggere": "1", "korttid_ledig": "2", "bemanning": "green"}


def at(hour: str, day: str = TUESDAY) -> str:
    return f"{day}T{hour}:00+01:00"


def words(card: Json) -> str:
    return "\n".join(readable({"attachments": [{"contentType": CARD, "content": card}]}))


async def forced(person: TeamsPerson, **data: str) -> str:
    """A press of a button that the person has not, or no longer; what is answered."""
    action = {"type": "Action.Execute", "verb": "level.set", "data": {"action": "level.set", **data}}
    status, answer = await person.sends(person.activity("invoke", name="adaptiveCard/action", value={"action": action}))
    assert status == 200
    return str(answer["value"])


async def three_red(town: Town, belegg: str = "104") -> None:
    for n, key in enumerate(TOWNS):
        await town.answers(f"{key}-sjef", **(RED if n < 3 else GREEN))
    await town.answers("medisin-sjef", **clinic() | {"belegg": belegg})


async def test_the_summary_says_what_the_answers_suggest_and_why(prompted: Town) -> None:
    await three_red(prompted)
    [summary] = await prompted["leder-pko"].says("oversikt")
    assert "Svarene tilsier rød: 3 av 6 kommuner melder rødt, belegg 104 %." in summary.text
    assert "Beredskap: gul" in summary.text
    round_ = await prompted.product.round_of(TUESDAY)
    assert (round_["level"], round_["level_suggested"]) == ("yellow", "red")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("nn", "Svara tilseier raud: 3 av 6 kommunar melder raudt, belegg 104 %."),
        ("en", "The answers suggest red: 3 of 6 municipalities report red, bed occupancy 104 %."),
    ],
)
async def test_the_reasons_are_in_the_readers_language(prompted: Town, language: str, text: str) -> None:
    await three_red(prompted)
    reader = prompted["leder-pko"]
    await reader.says(f"språk {language}")
    [summary] = await reader.says("oversikt")
    assert text in summary.text


async def test_a_suggestion_follows_the_answers_and_sets_nothing(prompted: Town) -> None:
    assert (await prompted.product.round_of(TUESDAY))["level_suggested"] is None
    await prompted.answers("horten-sjef", **GREEN)
    assert (await prompted.product.round_of(TUESDAY))["level_suggested"] == "green"
    await prompted.answers("larvik-sjef", **RED)
    round_ = await prompted.product.round_of(TUESDAY)
    assert (round_["level"], round_["level_suggested"]) == ("yellow", "yellow")


async def test_the_coordinator_follows_the_suggestion_at_one_press_and_the_channel_is_told_once(prompted: Town) -> None:
    await three_red(prompted)
    await prompted.product.clock_to(at("15:45"))
    [posted] = prompted.channel.titled("Samhandlingsmøte")
    [overview] = await prompted.boss.says("oversikt")
    assert {"level.set", "level.open"} <= set(overview.actions)
    card = await prompted.boss.presses(overview, "level.set")
    assert "Beredskapen er satt til rød" in words(card)
    assert "allerede rød" in await forced(prompted.boss, level="red")
    [told] = prompted.channel.titled("Beredskapen er satt til rød")
    assert "Satt av Samhandlingssjef SiV. Var gul." in told.text
    assert "Beredskap: rød" in posted.text
    assert len(prompted.channel.titled("Samhandlingsmøte")) == 1
    assert (await prompted.product.round_of(TUESDAY))["level"] == "red"


async def test_the_form_takes_a_level_and_a_reason(prompted: Town) -> None:
    [form] = await prompted.boss.says("nivå")
    assert list(form.inputs) == ["level", "note"]
    assert form.inputs["level"]["value"] == "yellow"
    assert [choice["value"] for choice in form.inputs["level"]["choices"]] == ["green", "yellow", "red"]
    await prompted.boss.presses(form, "level.set", level="green", note="Roligere på medisin")
    [told] = prompted.channel.titled("Beredskapen er satt til grønn")
    assert "Roligere på medisin" in told.text


async def test_wrong_input_is_told_at_its_field_and_the_rest_is_kept(prompted: Town) -> None:
    [form] = await prompted.boss.says("level")
    card = await prompted.boss.presses(form, "level.set", level="lilla", note="Fullt på medisin")
    assert "alternativene" in beside(card, "level")
    assert inputs_of(card)["note"]["value"] == "Fullt på medisin"
    card = await prompted.boss.presses(form, "level.set", level="red", note="a" * 501)
    assert "500" in beside(card, "note")
    assert inputs_of(card)["level"]["value"] == "red"
    number = identity_number()
    card = await prompted.boss.presses(form, "level.set", level="red", note=f"Gjelder {number}")
    assert "fødselsnummer" in beside(card, "note")
    assert number not in str(card)
    assert (await prompted.product.round_of(TUESDAY))["level"] == "yellow"


async def test_a_note_to_a_level_that_stands_already_is_not_lost(prompted: Town) -> None:
    [form] = await prompted.boss.says("nivå")
    card = await prompted.boss.presses(form, "level.set", level="yellow", note="Fullt på medisin")
    assert "begrunnelsen er ikke lagret" in beside(card, "level")
    assert inputs_of(card)["note"]["value"] == "Fullt på medisin"
    await prompted.boss.presses(form, "level.set", level="red", note="Fullt på medisin")
    assert "Fullt på medisin" in prompted.channel.titled("Beredskapen er satt til rød")[0].text


@pytest.mark.parametrize("key", ["larvik-sjef", "sekretariat", "leder-pko"])
async def test_nobody_else_sets_the_level(prompted: Town, key: str) -> None:
    other = prompted[key]
    [answer] = await other.says("nivå")
    assert "Samhandlingssjef SiV" in answer.text
    [overview] = await other.says("oversikt")
    assert not {"level.set", "level.open"} & set(overview.actions)
    assert "Samhandlingssjef SiV" in await forced(other, level="red")
    assert (await prompted.product.round_of(TUESDAY))["level"] == "yellow"


async def test_in_quiet_hours_the_channel_is_told_in_the_morning_and_of_the_last_change_only(prompted: Town) -> None:
    await prompted.product.clock_to(at("22:00", "2023-11-27"))
    [form] = await prompted.boss.says("nivå")
    card = await prompted.boss.presses(form, "level.set", level="red")
    assert "tirsdag 28. november kl. 07.00" in words(card)
    [form] = await prompted.boss.says("nivå")
    await prompted.boss.presses(form, "level.set", level="green")
    assert prompted.channel.titled("Beredskapen er satt") == []
    await prompted.product.clock_to(at("07:00"))
    assert [m.title for m in prompted.channel.titled("Beredskapen er satt")] == ["Beredskapen er satt til grønn"]


async def test_the_seal_keeps_the_level_and_the_suggestion_of_the_meeting(prompted: Town) -> None:
    await three_red(prompted)
    [form] = await prompted.boss.says("nivå")
    await prompted.boss.presses(form, "level.set", level="red")
    await prompted.product.clock_to(at("16:30"))
    [form] = await prompted.boss.says("nivå")
    await prompted.boss.presses(form, "level.set", level="green")
    for key in TOWNS[:3]:
        await prompted[f"{key}-sjef"].says("status")
        await prompted.answers(f"{key}-sjef", **GREEN)
    round_ = await prompted.product.round_of(TUESDAY)
    assert (round_["level"], round_["sealed"]["level"], round_["sealed"]["level_suggested"]) == ("red", "red", "red")
    assert (await prompted.product.round_of("2023-12-05"))["level"] == "green"
    [overview] = await prompted.boss.says("oversikt")
    assert "Beredskapen er satt til grønn etter møtet" in overview.text


async def test_outside_a_period_there_is_no_level_to_set(town: Town) -> None:
    [answer] = await town.boss.says("nivå")
    assert "ingen periode" in answer.text


async def test_without_a_channel_it_is_said_that_nobody_was_told(town: Town) -> None:
    await town.start()
    [form] = await town.boss.says("nivå")
    card = await town.boss.presses(form, "level.set", level="red")
    assert "Ingen kanal er koblet til, så ingen har fått beskjed." in words(card)


async def test_in_a_channel_the_form_goes_to_the_coordinator_alone(prompted: Town) -> None:
    [answer] = await prompted.boss.says("nivå", where=prompted.channel)
    assert not answer.inputs
    assert "level" in prompted.boss.last_card.inputs


# Cost


async def test_each_municipality_sees_what_its_overliggere_cost_a_day(prompted: Town) -> None:
    await prompted.answers("larvik-sjef", **MUNICIPALITY)
    await prompted.answers("horten-sjef", **GREEN)
    round_ = await prompted.product.round_of(TUESDAY)
    assert round_["overliggere_cost_nok_per_day_by_unit"] == {"horten": 5508, "larvik": 3 * 5508}
    [overview] = await prompted.boss.says("oversikt")
    text = overview.text.replace("\xa0", " ")
    assert "16 524 kroner per døgn" in text
    assert "22 032 kroner" in text
