"""`hjelp` names whatever awaits somebody, with the button that does it right under it."""

from __future__ import annotations

from tests.harness import MUNICIPALITY, Town, clinic
from tests.teams_double import elements, inputs_of

CLINICS = ("medisin-sjef", "kirurgi-sjef", "kpa-sjef", "kfmr-sjef")


async def test_what_to_press_stands_above_the_list_of_commands(prompted: Town) -> None:
    [shown] = await prompted["larvik-sjef"].says("hjelp")
    kinds = [e.get("verb") or e["type"] for e in elements(shown.card)]
    assert kinds.index("status.open") < kinds.index("FactSet")


async def test_a_request_for_a_meeting_hides_nothing_else(prompted: Town) -> None:
    await prompted["larvik-sjef"].says("be om møte")
    await prompted["larvik-sjef"].presses(prompted["larvik-sjef"].last_card, "meeting.request", why="Fullt")
    await prompted.product.clock_to("2023-11-28T15:45:00+01:00")
    [shown] = await prompted.boss.says("hjelp")
    assert "Larvik kommune venter på svar" in shown.text
    assert "Kjøreplanen for møtet tirsdag 28. november kl. 16.00 er klar." in shown.text
    assert shown.actions[:2] == ["meeting.show", "meeting.run"]


async def test_those_who_lead_are_told_of_the_meeting_and_then_of_the_draft_and_others_of_what_to_comment(
    prompted: Town,
) -> None:
    await prompted.product.clock_to("2023-11-28T16:30:00+01:00")
    [shown] = await prompted["sekretariat"].says("hjelp")
    assert shown.actions[0] == "meeting.run"
    await prompted.product.clock_to("2023-11-28T17:00:00+01:00")
    [shown] = await prompted["sekretariat"].says("hjelp")
    assert "Referatet fra møtet tirsdag 28. november er et utkast" in shown.text
    [other] = await prompted["larvik-sjef"].says("hjelp")
    assert "Referatet" not in other.text
    await prompted["sekretariat"].presses(shown, "minutes.open")
    await prompted["sekretariat"].presses(shown, "minutes.send")
    [shown] = await prompted["sekretariat"].says("hjelp")
    assert "Referatet" not in shown.text
    [other] = await prompted["larvik-sjef"].says("hjelp")
    assert "Du kan kommentere det til tirsdag 5. desember kl. 17.00." in other.text
    card = await prompted["larvik-sjef"].presses(other, "minutes.open")
    assert "text" in inputs_of(card)


async def test_a_difference_is_named_to_the_side_that_has_not_answered(prompted: Town) -> None:
    await prompted.answers("larvik-sjef", **MUNICIPALITY)
    for key in CLINICS:
        await prompted.answers(key, **clinic(larvik=5 if key == "medisin-sjef" else 0))
    await prompted.product.clock_to("2023-11-27T10:00:00+01:00")
    for key in ("larvik-sjef", "medisin-sjef"):
        [shown] = await prompted[key].says("hjelp")
        assert "Tallene for Larvik kommune er ulike." in shown.text, key
    larvik = prompted["larvik-sjef"]
    [shown] = await larvik.says("hjelp")
    await larvik.presses(shown, "difference.change")
    await larvik.presses(shown, "difference.stands", reason="bosted")
    [shown] = await larvik.says("hjelp")
    assert "er ulike" not in shown.text
    [other] = await prompted["medisin-sjef"].says("hjelp")
    assert "er ulike" in other.text
    [third] = await prompted["horten-sjef"].says("hjelp")
    assert "er ulike" not in third.text


async def test_the_question_ahead_of_a_holiday_waits_until_the_coordinator_answers(connected: Town) -> None:
    [shown] = await connected.boss.says("hjelp")
    assert "planlegge en periode" not in shown.text
    await connected.product.clock_to("2023-12-05T09:00:00+01:00")
    [shown] = await connected.boss.says("hjelp")
    assert "Spørsmålet om å planlegge en periode venter på svar: Julen." in shown.text
    card = await connected.boss.presses(shown, "holiday.plan")
    assert inputs_of(card)["reason"]["value"] == "ferie"
    [asked] = connected.boss.titled("Julen nærmer seg")
    await connected.boss.presses(asked, "holiday.decline")
    [shown] = await connected.boss.says("hjelp")
    assert "planlegge en periode" not in shown.text


async def test_a_holiday_that_a_period_runs_into_is_asked_about_and_not_planned_twice(prompted: Town) -> None:
    await prompted.boss.says("avslutt")
    await prompted.boss.presses(prompted.boss.last_card, "period.end")
    await prompted.start(until="2023-12-19")
    await prompted.product.clock_to("2023-12-05T19:00:00+01:00")
    [shown] = await prompted.boss.says("hjelp")
    card = await prompted.boss.presses(shown, "holiday.plan")
    assert not inputs_of(card)
    assert "period.ask_rhythm" in shown.actions
