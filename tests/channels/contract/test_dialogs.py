"""Every other dialog, the same on every channel: its form, what is wrong at its fields, and what comes of it."""

from __future__ import annotations

from datetime import date, time

import pytest

from dialogs import router
from domain.plan.changes import PlannedMeeting
from domain.plan.meeting import Meeting
from tests.builders import identity_number
from tests.channels.contract.driver import Driver
from tests.channels.contract.test_week import BOSS, HORTEN, LARVIK, at
from tests.harness import MUNICIPALITY, TOWNS, Json, clinic

SECRETARY, OBSERVER = "sekretariat", "leder-pko"


async def actions(channel: Driver) -> list[Json]:
    _, answer = await channel.product.get("/api/v1/communities/vestfold/actions")
    found: list[Json] = answer["actions"]
    return found


# Commands

COMMANDS = [(command.name, word) for command in router.COMMANDS for word in command.words.split("|")]


@pytest.mark.parametrize(("person", "language"), [(BOSS, "nb"), (LARVIK, "nn"), (BOSS, "en")])
async def test_every_command_is_answered_in_every_language(prompted: Driver, person: str, language: str) -> None:
    """In all three languages at all times, whatever the person's own is."""
    await prompted.writes(person, f"språk {language}")
    for name, word in COMMANDS:
        if name not in ("language", "note"):
            shown = await prompted.writes(person, word)
            assert shown.title, word
            assert "{" not in shown.text, word


# Actions


async def test_an_action_is_added_moved_and_finished(prompted: Driver) -> None:
    form = await prompted.asks(LARVIK, "tiltak", "action.add")
    assert form.values["owner"] == "larvik"
    wrong = await prompted.sends(LARVIK, form, "action.add", text="Åpner fire plasser", owner="larvik", due="snart")
    assert set(wrong.errors) == {"due"}
    assert (wrong.values["text"], wrong.values["due"]) == ("Åpner fire plasser", "snart")
    listed = await prompted.sends(LARVIK, wrong, "action.add", due="2023-12-01")
    assert "Åpner fire plasser" in listed.text
    await prompted.again()
    [action] = await actions(prompted)
    assert (action["owner"], action["due"], action["state"]) == ("larvik", "2023-12-01", "open")
    form = await prompted.opens(LARVIK, listed, "action.move")
    moved = await prompted.sends(LARVIK, form, "action.move", due="2023-12-08")
    assert "8. desember" in moved.text
    done = await prompted.presses(LARVIK, await prompted.writes(LARVIK, "tiltak"), "action.done")
    assert "action.done" not in done.actions
    assert [action["state"] for action in await actions(prompted)] == ["done"]


async def test_one_line_is_shown_as_a_form_to_confirm(prompted: Driver) -> None:
    shown = await prompted.writes(BOSS, "tiltak Larvik: åpner fire plasser innen 1. desember")
    form = await prompted.opens(BOSS, shown, "action.add")
    assert form.values == {"text": "åpner fire plasser", "owner": "larvik", "due": "2023-12-01"}
    assert await actions(prompted) == []
    await prompted.sends(BOSS, form, "action.add")
    assert [action["text"] for action in await actions(prompted)] == ["åpner fire plasser"]


# Extra meetings


async def test_a_unit_asks_for_a_meeting_and_the_coordinator_approves(prompted: Driver) -> None:
    form = await prompted.asks(LARVIK, "be om møte", "meeting.request")
    number = identity_number()
    wrong = await prompted.sends(LARVIK, form, "meeting.request", why=f"Gjelder {number}", when="tomorrow")
    assert set(wrong.errors) == {"why"}
    assert wrong.values["when"] == "tomorrow"
    sent = await prompted.sends(LARVIK, wrong, "meeting.request", why="Fullt på korttid")
    assert "Samhandlingssjef SiV" in sent.text
    request = await prompted.bearing(BOSS, "meeting.approve")
    assert "Fullt på korttid" in request.text
    form = await prompted.opens(BOSS, request, "meeting.approve")
    assert form.values["date"] == "2023-11-28"
    wrong = await prompted.sends(BOSS, form, "meeting.approve", start="10:00", word=f"Ring {number}")
    assert set(wrong.errors) == {"word"}
    decided = await prompted.sends(BOSS, wrong, "meeting.approve", word="Ta med tall")
    assert "tirsdag 28. november kl. 10.00" in decided.text
    assert "meeting.approve" not in decided.actions
    assert await prompted.titled(HORTEN, "ekstra")
    assert any("Ta med tall" in shown.text for shown in await prompted.messages(LARVIK))
    assert number not in prompted.everything_shown()


async def test_a_meeting_is_declined_with_a_word(prompted: Driver) -> None:
    form = await prompted.asks(LARVIK, "be om møte", "meeting.request")
    await prompted.sends(LARVIK, form, "meeting.request", why="Fullt på korttid")
    form = await prompted.opens(BOSS, await prompted.bearing(BOSS, "meeting.decline"), "meeting.decline")
    decided = await prompted.sends(BOSS, form, "meeting.decline", word="Vi tar det tirsdag")
    assert "meeting.decline" not in decided.actions
    assert any("Vi tar det tirsdag" in shown.text for shown in await prompted.messages(LARVIK))


# Absence


async def test_who_is_away_says_who_answers_and_the_deputy_is_told(prompted: Driver) -> None:
    form = await prompted.asks(LARVIK, "vara", "absence.set")
    wrong = {"deputy": "leder-pko", "from": "2023-11-27", "until": "2023-11-26"}
    form = await prompted.sends(LARVIK, form, "absence.set", **wrong)
    assert form.errors == {"until": "Siste dag må være samme dag som første dag eller senere."}
    assert form.values == wrong
    receipt = await prompted.sends(LARVIK, form, "absence.set", until="2023-12-01")
    assert "Leder PKO svarer i mellomtiden." in receipt.text
    assert any("Du er vara for Kommunalsjef Larvik" in shown.text for shown in await prompted.messages(OBSERVER))
    shown = await prompted.writes(OBSERVER, "status")
    form = await prompted.opens(OBSERVER, shown, "status.submit")
    await prompted.sends(OBSERVER, form, "status.submit", **MUNICIPALITY)
    assert (await prompted.product.report_of("2023-11-28", "larvik"))["answered_by"] == OBSERVER
    back = await prompted.presses(LARVIK, receipt, "absence.end")
    assert "Fraværet ditt er over." in back.text


# The level


async def test_the_coordinator_sets_the_level_and_everybody_sees_it(prompted: Driver) -> None:
    form = await prompted.asks(BOSS, "nivå", "level.set")
    wrong = await prompted.sends(BOSS, form, "level.set", level="red", note=f"Fullt, {identity_number()}")
    assert set(wrong.errors) == {"note"}
    assert wrong.values["level"] == "red"
    receipt = await prompted.sends(BOSS, wrong, "level.set", note="Fullt på medisin")
    assert "Beredskapen er satt til rød" in receipt.text
    overview = await prompted.writes(LARVIK, "oversikt")
    assert "Beredskap: rød" in overview.text
    assert "level.open" not in overview.actions


# Around the meeting


async def test_the_meeting_is_led_noted_and_its_minutes_sent_and_approved(prompted: Driver) -> None:
    await prompted.product.clock_to(at("16:00"))
    [order] = await prompted.titled(BOSS, "Kjøreplan")
    form = await prompted.opens(BOSS, await prompted.presses(BOSS, order, "meeting.present"), "meeting.present")
    present = await prompted.sends(BOSS, form, "meeting.present", present="larvik-sjef,horten-vara", guests="Legen")
    assert "2 er til stede" in present.text
    form = await prompted.opens(BOSS, await prompted.writes(BOSS, "møte"), "meeting.notes")
    note = {"unit": "larvik", "kind": "decision"}
    wrong = await prompted.sends(BOSS, form, "meeting.note", **note, text=f"om {identity_number()}")
    assert set(wrong.errors) == {"text"}
    assert {key: wrong.values[key] for key in note} == note
    noted = await prompted.sends(BOSS, wrong, "meeting.note", text="Åpner <b>fire</b> *plasser*")
    assert "Åpner <b>fire</b> *plasser*" in noted.text
    await prompted.product.clock_to(at("17:00"))
    sent = await prompted.presses(SECRETARY, await prompted.bearing(SECRETARY, "minutes.send"), "minutes.send")
    assert "Versjon 1, sendt til kommentar" in sent.text
    await prompted.product.clock_to(at("08:00", "2023-11-29"))
    form = await prompted.opens(LARVIK, await prompted.bearing(LARVIK, "minutes.comment"), "minutes.comment")
    thanks = await prompted.sends(LARVIK, form, "minutes.comment", text="Det var fem")
    assert "kommentaren er mottatt" in thanks.text
    approved = await prompted.presses(BOSS, await prompted.bearing(BOSS, "minutes.approve"), "minutes.approve")
    assert "Godkjent av Samhandlingssjef SiV" in approved.text
    assert any("Godkjent av Samhandlingssjef SiV" in shown.text for shown in await prompted.messages(HORTEN))


# Differences


async def test_a_difference_is_put_to_both_sides_and_answered(prompted: Driver) -> None:
    for key in TOWNS:
        await prompted.answers(f"{key}-sjef", **MUNICIPALITY | {"overliggere": "3" if key == "larvik" else "0"})
    for key in ("medisin", "kirurgi", "kpa", "kfmr"):
        figures = clinic(larvik=4 if key == "medisin" else 0)
        await prompted.answers(f"{key}-sjef", **{name.replace(".", "__"): value for name, value in figures.items()})
    await prompted.product.clock_to(at("09:10", "2023-11-27"))
    asked = await prompted.bearing(LARVIK, "difference.stands")
    assert "Ulike tall for Larvik kommune" in asked.title
    form = await prompted.opens(LARVIK, asked, "difference.stands")
    wrong = await prompted.sends(LARVIK, form, "difference.stands", reason="annet")
    assert set(wrong.errors) == {"because"}
    thanks = await prompted.sends(LARVIK, wrong, "difference.stands", because="Én bor <b>i</b> Horten")
    assert "svaret er mottatt" in thanks.text
    assert any("Én bor <b>i</b> Horten" in shown.text for shown in await prompted.messages("medisin-sjef"))


# The rhythm, and what was said


async def test_the_meeting_days_are_changed_and_changed_back(prompted: Driver) -> None:
    form = await prompted.asks(BOSS, "rytme", "period.rhythm")
    given = {"weekdays": "tuesday,thursday", "from": "2023-12-04", "start": "sent"}
    wrong = await prompted.sends(BOSS, form, "period.rhythm", **given)
    assert set(wrong.errors) == {"start"}
    assert {key: wrong.values[key] for key in given} == given
    await prompted.sends(BOSS, wrong, "period.rhythm", start="16:00")
    assert await days(prompted) == ["11-28", "12-05", "12-07", "12-12"]
    shown = await prompted.writes(BOSS, "rytme")
    await prompted.presses(BOSS, shown, "period.rhythm_back")
    assert await days(prompted) == ["11-28", "12-05", "12-12", "12-19"]


async def days(channel: Driver) -> list[str]:
    return [r["meeting_at"][5:10] for r in await channel.product.rounds() if r["state"] != "cancelled"][:4]


async def test_what_was_told_is_corrected_and_withdrawn_where_it_lies(prompted: Driver) -> None:
    form = await prompted.opens(BOSS, await prompted.writes(BOSS, "rett melding"), "message.choose")
    chosen = await prompted.sends(BOSS, form, "message.choose", message=form.fields["message"].choices[-1])
    form = await prompted.opens(BOSS, chosen, "message.correct")
    wrong = await prompted.sends(BOSS, form, "message.correct", note="")
    assert set(wrong.errors) == {"note"}
    await prompted.sends(BOSS, wrong, "message.correct", note="Møtet er på Teams.")
    corrected = [shown for shown in await prompted.messages(LARVIK) if "Møtet er på Teams." in shown.text]
    assert len(corrected) == 1
    assert "Rettelse fra samhandlingssjefen" in corrected[0].text


# The plan and its cases


async def test_a_case_is_reported_with_its_mistakes_told_at_their_fields(prompted: Driver) -> None:
    day = date(2024, 2, 29)
    meeting = PlannedMeeting("ssu", Meeting("SSU", day, day, time(13), time(15, 30)))
    async with prompted.product.product.store.begin("vestfold") as work:
        await work.plan.put(meeting)
    assert "29. februar" in (await prompted.writes(LARVIK, "møteplan")).text
    form = await prompted.asks(LARVIK, "meld sak SSU", "case.report")
    typed = {"title": "Styringsdata", "kinds": "information", "proposal": "Tas til etterretning"}
    wrong = await prompted.sends(LARVIK, form, "case.report", **typed, papers="http://vestfold.example")
    assert set(wrong.errors) == {"papers"}
    assert {key: wrong.values[key] for key in typed} == typed
    reported = await prompted.sends(LARVIK, wrong, "case.report", papers="Notat https://vestfold.example/notat")
    assert "SSU 2024.1" in reported.text
    assert "Styringsdata" in (await prompted.writes(SECRETARY, "saksliste SSU")).text
