"""The weekly cycle, the same on every channel."""

from __future__ import annotations

import json

import pytest

from tests.builders import identity_number
from tests.channels.contract.driver import Driver
from tests.harness import FIRST_PERIOD, MUNICIPALITY, clinic

TUESDAY, NEXT = "2023-11-28", "2023-12-05"
BOSS, LARVIK, HORTEN = "samhandlingssjef", "larvik-sjef", "horten-sjef"


def at(hour: str, day: str = TUESDAY) -> str:
    return f"{day}T{hour}:00+01:00"


# Starting


async def test_the_form_that_starts_a_period_asks_what_the_contract_lists(channel: Driver) -> None:
    form = await channel.asks(BOSS, "krise", "period.start")
    assert list(form.fields) == [
        "reason", "level", "first_meeting", "start", "every_days", "until", "urgent", "note"
    ]  # fmt: skip
    assert {key: form.values[key] for key in ("level", "first_meeting", "start", "every_days")} == {
        "level": "yellow",
        "first_meeting": TUESDAY,
        "start": "16:00",
        "every_days": "7",
    }


async def test_a_mistake_in_it_is_told_at_its_field_and_everything_typed_is_kept(channel: Driver) -> None:
    form = await channel.asks(BOSS, "krise", "period.start")
    wrong = FIRST_PERIOD | {"until": "2023-11-01", "every_days": "sju", "note": "Influensa"}
    form = await channel.sends(BOSS, form, "period.start", **wrong)
    assert set(form.errors) == {"until", "every_days"}
    assert "1 til 14" in form.errors["every_days"]
    assert {key: form.values[key] for key in wrong} == wrong
    assert await channel.product.rounds() == []
    receipt = await channel.sends(BOSS, form, "period.start", until="2024-01-23", every_days="7")
    assert receipt.title == "Krevende drift er satt i gang"
    assert len(await channel.product.rounds()) == 8


async def test_all_concerned_are_told_that_a_period_has_begun(channel: Driver) -> None:
    await channel.connect()
    await channel.starts()
    [told] = await channel.titled(LARVIK, "Krevende drift i")
    assert "tirsdag 28. november kl. 16.00" in told.text
    assert await channel.titled("sekretariat", "Krevende drift i") == []


async def test_a_start_that_is_delivered_again_starts_one_period(channel: Driver) -> None:
    await channel.starts()
    await channel.again()
    assert len(await channel.product.rounds()) == 8


# Answering


async def test_the_prompt_is_the_units_form_and_becomes_its_receipt_in_place(prompted: Driver) -> None:
    form = await prompted.prompt(LARVIK)
    assert "klare_pasienter.horten" not in form.fields
    assert form.values["overliggere"] == ""
    receipt = await prompted.sends(LARVIK, form, "status.submit", **MUNICIPALITY, behov="Flere senger")
    assert receipt.title.startswith("Mottatt: status fra Larvik kommune")
    report = await prompted.product.report_of(TUESDAY, "larvik")
    assert (report["state"], report["answered_by"], report["values"]["overliggere"]) == ("answered", LARVIK, 3)
    [shown] = await prompted.titled(LARVIK, "tatus fra Larvik kommune")
    assert shown.title == receipt.title
    assert "Flere senger" in shown.text


async def test_nobody_gets_another_units_form(prompted: Driver) -> None:
    assert not await prompted.titled("leder-pko", "Status fra")
    assert {shown.title for shown in await prompted.titled(LARVIK, "Status fra")} == {
        (await prompted.titled(LARVIK, "Status fra Larvik"))[-1].title
    }


async def test_a_clinic_gives_one_figure_for_each_municipality(prompted: Driver) -> None:
    form = await prompted.prompt("medisin-sjef")
    assert "klare_pasienter.larvik" in form.fields
    filled = {key.replace(".", "__"): value for key, value in clinic(larvik=4).items()}
    await prompted.sends("medisin-sjef", form, "status.submit", **filled)
    report = await prompted.product.report_of(TUESDAY, "medisin")
    assert (report["values"]["klare_pasienter.larvik"], report["values"]["belegg"]) == (4, 92.5)


async def test_a_wrong_figure_is_told_at_its_field_and_nothing_typed_is_lost(prompted: Driver) -> None:
    typed = MUNICIPALITY | {"overliggere": "tre", "sykefravaer": "120", "behov": "Flere senger\nog folk"}
    form = await prompted.sends(LARVIK, await prompted.prompt(LARVIK), "status.submit", **typed)
    assert set(form.errors) == {"overliggere", "sykefravaer"}
    assert form.errors["overliggere"] == "Skriv et helt tall fra 0 til 500."
    assert {key: form.values[key] for key in typed} == typed
    assert (await prompted.product.report_of(TUESDAY, "larvik"))["state"] == "missing"
    receipt = await prompted.sends(LARVIK, form, "status.submit", overliggere="3", sykefravaer="12")
    assert receipt.title.startswith("Mottatt")
    assert "Flere senger" in receipt.text


async def test_an_identity_number_is_refused_at_its_field_and_shown_nowhere(prompted: Driver) -> None:
    number = identity_number()
    typed = MUNICIPALITY | {"behov": f"Gjelder {number}"}
    form = await prompted.sends(LARVIK, await prompted.prompt(LARVIK), "status.submit", **typed)
    assert set(form.errors) == {"behov"}
    assert form.values["overliggere"] == "3"
    assert (await prompted.product.report_of(TUESDAY, "larvik"))["state"] == "missing"
    await prompted.writes(LARVIK, f"status {number}")
    assert number not in prompted.everything_shown()
    assert number not in json.dumps([shown.text for shown in await prompted.messages(LARVIK)])


async def test_an_answer_that_is_delivered_again_is_stored_once(prompted: Driver) -> None:
    await prompted.answers(LARVIK)
    await prompted.again()
    assert (await prompted.product.report_of(TUESDAY, "larvik"))["revision"] == 1
    assert len(await prompted.titled(LARVIK, "Mottatt")) == 1


async def test_a_correction_begins_with_what_was_answered_and_takes_its_place(prompted: Driver) -> None:
    receipt = await prompted.answers(LARVIK, **MUNICIPALITY, behov="Flere senger")
    form = await prompted.opens(LARVIK, receipt, "status.open")
    assert (form.values["overliggere"], form.values["behov"]) == ("3", "Flere senger")
    receipt = await prompted.sends(LARVIK, form, "status.submit", overliggere="5")
    report = await prompted.product.report_of(TUESDAY, "larvik")
    assert (report["values"]["overliggere"], report["revision"]) == (5, 2)
    [shown] = await prompted.titled(LARVIK, "Mottatt")
    assert shown.title == receipt.title


async def test_the_deputy_answers_and_the_chief_sees_it(prompted: Driver) -> None:
    shown = await prompted.writes("larvik-vara", "status")
    form = await prompted.opens("larvik-vara", shown, "status.submit")
    await prompted.sends("larvik-vara", form, "status.submit", **MUNICIPALITY)
    assert (await prompted.product.report_of(TUESDAY, "larvik"))["answered_by"] == "larvik-vara"
    [seen] = await prompted.titled(LARVIK, "tatus fra Larvik kommune")
    assert seen.title.startswith("Mottatt")


async def test_field_by_field_in_plain_words(prompted: Driver) -> None:
    await prompted.writes(LARVIK, "status")
    for answer in ("gul", "tre", "3", "2", "hopp", "hopp", "grønn", "hopp", "hopp"):
        shown = await prompted.writes(LARVIK, answer)
    assert shown.title.startswith("Mottatt")
    report = await prompted.product.report_of(TUESDAY, "larvik")
    assert report["values"] == {"situasjon": "yellow", "overliggere": 3, "korttid_ledig": 2, "bemanning": "green"}


async def test_as_last_time_copies_figures_and_not_words(prompted: Driver) -> None:
    await prompted.answers(LARVIK, **MUNICIPALITY, behov="Flere senger")
    assert "status.same" not in (await prompted.messages(HORTEN))[-1].actions
    await prompted.product.clock_to(at("09:00", "2023-12-04"))
    shown = await prompted.bearing(LARVIK, "status.same")
    receipt = await prompted.presses(LARVIK, shown, "status.same")
    assert receipt.title.startswith("Mottatt")
    report = await prompted.product.report_of(NEXT, "larvik")
    assert report["values"] == {"situasjon": "yellow", "overliggere": 3, "korttid_ledig": 2, "bemanning": "green"}
    await prompted.again()
    assert (await prompted.product.report_of(NEXT, "larvik"))["revision"] == 1


# Reminders and the summary


async def test_who_is_missing_is_reminded_and_nobody_else(prompted: Driver) -> None:
    await prompted.answers(LARVIK)
    await prompted.product.clock_to(at("09:00"))
    assert await prompted.titled(LARVIK, "Påminnelse") == []
    reminder = (await prompted.titled(HORTEN, "Påminnelse"))[-1]
    form = await prompted.opens(HORTEN, reminder, "status.open")
    receipt = await prompted.sends(HORTEN, form, "status.submit", **MUNICIPALITY)
    assert "mottatt" in receipt.title.casefold()
    assert (await prompted.product.report_of(TUESDAY, "horten"))["state"] == "answered"


async def test_the_summary_is_posted_once_and_late_answers_change_it_in_place(prompted: Driver) -> None:
    words = "Trenger hjelp <!channel> *nå* <b>i dag</b> & [her](https://evil.example)"
    await prompted.answers(LARVIK, **MUNICIPALITY, behov=words)
    await prompted.product.clock_to(at("15:30"))
    [summary] = await prompted.board()
    assert "1 av 11" in summary.text
    assert words in summary.text
    form = await prompted.opens(HORTEN, await prompted.writes(HORTEN, "status"), "status.submit")
    await prompted.sends(HORTEN, form, "status.submit", **MUNICIPALITY)
    [summary] = await prompted.board()
    assert "2 av 11" in summary.text
    assert "Horten kommune (sent svar)" in summary.text


async def test_what_was_known_at_the_meeting_can_still_be_seen(prompted: Driver) -> None:
    await prompted.answers(LARVIK)
    await prompted.product.clock_to(at("16:05"))
    form = await prompted.opens(HORTEN, await prompted.writes(HORTEN, "status"), "status.submit")
    await prompted.sends(HORTEN, form, "status.submit", **MUNICIPALITY)
    [summary] = await prompted.board()
    sealed = await prompted.presses("leder-pko", summary, "summary.sealed")
    assert "Slik det sto da møtet begynte" in sealed.text
    assert "Horten kommune (sent svar)" not in sealed.text


async def test_the_overview_is_there_for_all(prompted: Driver) -> None:
    await prompted.answers(LARVIK)
    for person in ("leder-pko", "sekretariat", BOSS, HORTEN):
        assert "1 av 11" in (await prompted.writes(person, "oversikt")).text, person


# Who may


async def test_nobody_but_the_coordinator_starts_or_ends_a_period(prompted: Driver) -> None:
    for text in ("krise", "avslutt", "runde nå"):
        refusal = await prompted.writes(LARVIK, text)
        assert "Samhandlingssjef SiV" in refusal.text, text
        assert refusal.actions == ()


async def test_a_button_that_nobody_gave_them_is_refused_and_changes_nothing(prompted: Driver) -> None:
    round_id = (await prompted.product.round_of(TUESDAY))["id"]
    before = await prompted.product.rounds()
    for person, action, data in (
        (HORTEN, "status.submit", {"round": round_id, "unit": "larvik", **MUNICIPALITY}),
        (LARVIK, "period.start", FIRST_PERIOD),
        ("leder-pko", "status.same", {"round": round_id, "unit": "larvik"}),
        (LARVIK, "reminder.send", {"round": round_id}),
        (LARVIK, "no.such.button", {}),
    ):
        refusal = await prompted.forges(person, action, **data)
        assert not refusal.title.startswith("Mottatt"), action
        assert await prompted.product.rounds() == before, action


async def test_a_press_that_names_no_round_answers_the_current_one_for_the_persons_own_unit(prompted: Driver) -> None:
    receipt = await prompted.forges(LARVIK, "status.submit", **MUNICIPALITY)
    assert receipt.title.startswith("Mottatt")
    reports = (await prompted.product.round_of(TUESDAY))["reports"]
    assert {each["unit"] for each in reports if each["state"] == "answered"} == {"larvik"}


async def test_somebody_unknown_is_turned_away_politely(prompted: Driver) -> None:
    before = await prompted.product.rounds()
    said = await prompted.unknown("status")
    assert said.strip()
    assert "overliggere" not in said.casefold()
    assert await prompted.product.rounds() == before


@pytest.mark.parametrize("text", ["hva er dette", "🙂"])
async def test_what_is_not_understood_says_what_is(prompted: Driver, text: str) -> None:
    assert "hjelp" in (await prompted.writes(LARVIK, text)).text
    assert (await prompted.product.report_of(TUESDAY, "larvik"))["state"] == "missing"


async def test_ending_asks_once_more_and_sends_the_evaluation(prompted: Driver) -> None:
    await prompted.answers(LARVIK)
    await prompted.product.clock_to(at("17:30"))
    asked = await prompted.writes(BOSS, "avslutt")
    ended = await prompted.presses(BOSS, asked, "period.end")
    assert "period.end" not in ended.actions
    assert {r["state"] for r in await prompted.product.rounds()} == {"held", "cancelled"}
    form = await prompted.opens(
        LARVIK, await prompted.bearing(LARVIK, prompted.opener("evaluation.submit")), "evaluation.submit"
    )
    typed = {"useful": "5", "frequency": "4", "worked": "Godt samarbeid", "change": f"Ring {identity_number()}"}
    wrong = await prompted.sends(LARVIK, form, "evaluation.submit", **typed)
    assert set(wrong.errors) == {"change"}
    assert (wrong.values["useful"], wrong.values["worked"]) == ("5", "Godt samarbeid")
    done = await prompted.sends(LARVIK, wrong, "evaluation.submit", change="Kortere møter")
    assert done.title == "Takk for evalueringen"
    await prompted.again()
    assert len(await prompted.titled(LARVIK, "Takk for evalueringen")) == 1
