"""A posted message is corrected or withdrawn by the coordinator: on every copy, wherever it lies."""

from __future__ import annotations

import pytest

from tests.builders import identity_number
from tests.harness import Town
from tests.teams_double import Message, TeamsPerson, beside, inputs_of

ANNOUNCED = "Krevende drift i Helsefellesskapet"
TUESDAY_1545 = "2023-11-28T15:45:00+01:00"


async def chosen(town: Town, part: str) -> Message:
    """The form of the message whose line in the list says so."""
    [form] = await town.boss.says("rett melding")
    choices = {choice["title"]: choice["value"] for choice in form.inputs["message"]["choices"]}
    [value] = [value for title, value in choices.items() if part in title]
    await town.boss.presses(form, "message.choose", message=value)
    return form


async def forced(person: TeamsPerson, action: str, **data: object) -> str:
    """A press of a button that the person has not been given; what is answered."""
    value = {"action": {"type": "Action.Execute", "verb": action, "data": {"action": action, **data}}}
    status, answer = await person.sends(person.activity("invoke", name="adaptiveCard/action", value=value))
    assert status == 200
    return str(answer["value"])


def copies(town: Town, part: str = ANNOUNCED) -> list[Message]:
    places = [town.channel, *(person for person in town.people.values() if person is not town.boss)]
    return [message for place in places for message in place.messages if part in message.text]


async def test_a_message_to_many_is_one_line_in_the_list(started: Town) -> None:
    [form] = await started.boss.says("rett melding")
    titles = [choice["title"] for choice in form.inputs["message"]["choices"]]
    assert titles == ["Varsel om krevende drift, 23.11.2023 kl. 09.00"]


async def test_a_correction_stands_on_top_of_every_copy_in_place(started: Town) -> None:
    before = copies(started)
    counts = {key: len(person.messages) for key, person in started.people.items() if key != "samhandlingssjef"}
    form = await chosen(started, "Varsel om krevende drift")
    await started.boss.presses(form, "message.correct", note="Møtet er på Teams, ikke i auditoriet.")
    told = "Rettelse fra samhandlingssjefen torsdag 23. november kl. 09.00: Møtet er på Teams, ikke i auditoriet."
    after = copies(started)
    assert len(after) == len(before) > 10
    for message in after:
        assert message.text.splitlines()[1] == told
        assert "Bemanning" in message.text or "bemanning" in message.text
    assert counts == {key: len(started[key].messages) for key in counts}


async def test_a_second_correction_takes_the_firsts_place(started: Town) -> None:
    for note in ("Kl. 15.", "Kl. 16 likevel."):
        form = await chosen(started, "Varsel om krevende drift")
        await started.boss.presses(form, "message.correct", note=note)
    for message in copies(started):
        assert "Kl. 15." not in message.text
        assert "Kl. 16 likevel." in message.text


async def test_a_withdrawn_message_is_one_line_everywhere_and_comes_back(started: Town) -> None:
    whole = sorted(message.text for message in copies(started))
    form = await chosen(started, "Varsel om krevende drift")
    await started.boss.presses(form, "message.withdraw")
    assert copies(started) == []
    line = "Samhandlingssjefen trakk meldingen tilbake torsdag 23. november kl. 09.00."
    assert [message.text for message in copies(started, "trakk meldingen tilbake")] == [line] * len(whole)
    assert form.actions == ["message.restore"]
    await started.boss.presses(form, "message.restore")
    assert sorted(message.text for message in copies(started)) == whole


async def test_what_is_not_yet_sent_is_not_sent_and_is_sent_when_it_is_taken_back(town: Town) -> None:
    await town.connect()
    await town.product.clock_to("2023-11-23T21:30:00+01:00")
    await town.start()
    form = await chosen(town, "Varsel om krevende drift")
    await town.boss.presses(form, "message.withdraw")
    await town.product.clock_to("2023-11-24T08:00:00+01:00")
    assert copies(town) == copies(town, "trakk meldingen tilbake") == []
    await town.boss.presses(form, "message.restore")
    assert len(copies(town)) > 10


async def test_what_is_not_yet_sent_is_sent_corrected(town: Town) -> None:
    await town.connect()
    await town.product.clock_to("2023-11-23T21:30:00+01:00")
    await town.start()
    form = await chosen(town, "Varsel om krevende drift")
    await town.boss.presses(form, "message.correct", note="Gjelder fra mandag.")
    await town.product.clock_to("2023-11-24T08:00:00+01:00")
    found = copies(town)
    assert len(found) > 10
    assert all("Gjelder fra mandag." in message.text for message in found)


async def test_a_corrected_summary_stays_corrected_when_a_late_answer_comes(prompted: Town) -> None:
    await prompted.product.clock_to(TUESDAY_1545)
    form = await chosen(prompted, "Oppsummering")
    await prompted.boss.presses(form, "message.correct", note="Tallet for Horten er feil.")
    await prompted["larvik-sjef"].says("status")
    await prompted.answers(
        "larvik-sjef", situasjon="red", overliggere="7", korttid_ledig="1", bemanning="green", behov="Hjelp"
    )
    [posted] = prompted.channel.titled("Samhandlingsmøte")
    assert "Tallet for Horten er feil." in posted.text
    assert "overliggere 7" in posted.text
    [overview] = await prompted["leder-pko"].says("oversikt")
    assert "Tallet for Horten er feil." in overview.text


@pytest.mark.parametrize(
    ("language", "command", "told"),
    [
        ("nn", "rett melding", "Retting frå samhandlingssjefen torsdag 23. november kl. 09.00: Ring meg."),
        ("en", "correct message", "Correction from the coordinator on Thursday 23 November at 09:00: Ring meg."),
    ],
)
async def test_each_copy_is_in_its_readers_language(started: Town, language: str, command: str, told: str) -> None:
    await started["larvik-sjef"].says(f"språk {language}")
    await started.boss.says(f"språk {language}")
    [form] = await started.boss.says(command)
    await started.boss.presses(form, "message.choose", message=form.inputs["message"]["choices"][0]["value"])
    await started.boss.presses(form, "message.correct", note="Ring meg.")
    assert any(told in message.text for message in started["larvik-sjef"].messages)
    assert any("Rettelse fra samhandlingssjefen" in message.text for message in started["horten-sjef"].messages)


async def test_wrong_input_is_told_at_its_field_and_changes_nothing(started: Town) -> None:
    [form] = await started.boss.says("rett melding")
    for message in ("", "0", "-1", "999999", "x" * 400, "9" * 40):
        card = await started.boss.presses(form, "message.choose", message=message)
        assert "Velg en melding." in beside(card, "message"), message
    form = await chosen(started, "Varsel om krevende drift")
    card = await started.boss.presses(form, "message.correct", note="")
    assert "Skriv hva som skal rettes." in beside(card, "note")
    card = await started.boss.presses(form, "message.correct", note="a" * 501)
    assert "500" in beside(card, "note")
    assert inputs_of(card)["note"]["value"] == "a" * 501
    number = identity_number()
    card = await started.boss.presses(form, "message.correct", note=f"Gjelder {number}")
    assert "fødselsnummer" in beside(card, "note")
    assert number not in str(card)
    assert copies(started, "Rettelse") == []


async def test_nobody_else_corrects_or_withdraws(started: Town) -> None:
    form = await chosen(started, "Varsel om krevende drift")
    number = next(button["data"]["message"] for button in form.card["actions"] if button["verb"] == "message.correct")  # type: ignore[index]
    for key in ("larvik-sjef", "sekretariat", "leder-pko"):
        [answer] = await started[key].says("rett melding")
        assert "Samhandlingssjef SiV" in answer.text
        for action in ("message.choose", "message.correct", "message.withdraw", "message.restore"):
            assert "Samhandlingssjef SiV" in await forced(started[key], action, message=number, note="Tull")
    assert copies(started, "Tull") == copies(started, "trakk meldingen tilbake") == []


async def test_a_persons_own_message_cannot_be_corrected(prompted: Town) -> None:
    """What is not posted to many (a prompt, a form) is not on offer, whatever the button says."""
    for number in range(1, 60):
        answer = await forced(prompted.boss, "message.withdraw", message=str(number))
        assert "trukket tilbake" in answer or "finnes ikke lenger" in answer
    assert any(message.inputs for message in prompted["larvik-sjef"].messages)


async def test_a_correction_and_its_undoing_are_on_record(started: Town) -> None:
    form = await chosen(started, "Varsel om krevende drift")
    await started.boss.presses(form, "message.correct", note="Ring meg.")
    form = await chosen(started, "rettet")
    await started.boss.presses(form, "message.restore")
    [log] = await started.boss.says("logg")
    assert "Rettet en melding (Varsel om krevende drift). Merknad: Ring meg." in log.text
    assert "Gjenopprettet en melding (Varsel om krevende drift)." in log.text


async def test_before_anything_is_posted_there_is_nothing_to_correct(town: Town) -> None:
    [answer] = await town.boss.says("rett melding")
    assert "Ingen meldinger" in answer.text
