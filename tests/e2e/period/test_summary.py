"""Who is missing is reminded, and the summary is posted, kept up to date and sealed."""

from __future__ import annotations

from tests.e2e.acting import words
from tests.e2e.period.acting import MONDAY_9, TUESDAY, at, everybody_answers
from tests.harness import MUNICIPALITY, Town
from tests.teams_double import CARD, Message

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
