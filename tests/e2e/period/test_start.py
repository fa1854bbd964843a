"""How a period begins: the form, its mistakes, the connected channel, and who is told."""

from __future__ import annotations

from tests.e2e.acting import words
from tests.e2e.period.acting import at
from tests.harness import FIRST_PERIOD, Town
from tests.teams_double import beside, inputs_of

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
