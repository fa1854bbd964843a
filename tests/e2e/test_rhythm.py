"""A period that goes to several meetings a week and back, as its people meet it in Teams."""

from __future__ import annotations

import pytest

from tests.builders import identity_number
from tests.harness import FIRST_PERIOD, Town
from tests.teams_double import CARD, Json, Message, TeamsPerson, beside, inputs_of, readable

TUESDAYS = ["11-28", "12-05", "12-12", "12-19", "01-02", "01-09", "01-16", "01-23"]
TWICE = {"weekdays": "tuesday,thursday", "start": "16:00", "from": "2023-12-04", "until": "2024-01-23"}


def words(card: Json) -> str:
    return "\n".join(readable({"attachments": [{"contentType": CARD, "content": card}]}))


async def meetings(town: Town) -> list[str]:
    return [r["meeting_at"][5:10] for r in await town.product.rounds() if r["state"] != "cancelled"]


async def changes(town: Town, **inputs: str) -> Json:
    [form] = await town.boss.says("rytme")
    return await town.boss.presses(form, "period.rhythm", **(TWICE | inputs))


async def forges(person: TeamsPerson, action: str, **data: str) -> Json:
    value = {"action": {"type": "Action.Execute", "verb": action, "data": {"action": action, **data}}}
    status, answer = await person.sends(person.activity("invoke", name="adaptiveCard/action", value=value))
    assert status == 200
    card: Json = answer["value"]
    return card if isinstance(card, dict) else {"type": "AdaptiveCard", "body": [{"type": "TextBlock", "text": card}]}


async def test_the_form_shows_how_the_period_meets_now(started: Town) -> None:
    [form] = await started.boss.says("rytme")
    shown = {key: element.get("value", "") for key, element in form.inputs.items()}
    assert shown == {"weekdays": "tuesday", "start": "16:00", "from": "2023-11-28", "until": "2024-01-23"}
    assert "Hver 7. dag" in form.text
    assert [c["title"] for c in form.inputs["weekdays"]["choices"]] == [
        "Mandag",
        "Tirsdag",
        "Onsdag",
        "Torsdag",
        "Fredag",
    ]


async def test_twice_a_week_and_back_leaves_the_same_meetings(started: Town) -> None:
    card = await changes(started)
    assert "Hver tirsdag og torsdag" in words(card)
    assert await meetings(started) == [
        "11-28",
        *("12-05", "12-07", "12-12", "12-14", "12-19", "12-21", "12-28"),
        *("01-02", "01-04", "01-09", "01-11", "01-16", "01-18", "01-23"),
    ]
    [form] = await started.boss.says("rytme")
    card = await started.boss.presses(form, "period.rhythm", weekdays="tuesday", **{"from": "2023-12-04"})
    assert await meetings(started) == TUESDAYS
    await changes(started)
    [form] = await started.boss.says("rytme")
    assert "Fra mandag 4. desember: Hver tirsdag og torsdag." in form.text
    assert form.inputs["from"]["value"] == "2023-12-04"
    card = await started.boss.presses(form, "period.rhythm_back")
    assert "Hver 7. dag" in words(card)
    assert await meetings(started) == TUESDAYS


async def test_the_same_form_again_changes_nothing_and_tells_nobody(started: Town) -> None:
    await changes(started)
    heard = len(started["larvik-sjef"].messages)
    before = await started.product.rounds()
    await changes(started)
    assert await started.product.rounds() == before
    assert len(started["larvik-sjef"].messages) == heard


async def test_new_meetings_run_as_the_others_do(started: Town) -> None:
    await changes(started)
    larvik = started["larvik-sjef"]
    await started.product.clock_to("2023-12-06T08:59:00+01:00")
    heard = len(larvik.messages)
    await started.product.clock_to("2023-12-06T09:00:00+01:00")
    assert len(larvik.messages) == heard + 1
    assert "torsdag 7. desember" in larvik.last.title
    await started.product.clock_to("2023-12-07T15:30:00+01:00")
    assert "torsdag 7. desember" in started.channel.last.title


async def test_everybody_is_told_once_and_not_at_night(started: Town) -> None:
    larvik = started["larvik-sjef"]
    await changes(started)
    told = [m for m in larvik.messages if m.title == "Møtene i perioden er endret"]
    assert len(told) == 1
    for part in ("Hver tirsdag og torsdag", "4. desember 2023", "26. desember faller på en fridag"):
        assert part in told[0].text, part
    assert len(started.channel.titled("Møtene i perioden er endret")) == 1
    await started.product.clock_to("2023-11-23T21:00:00+01:00")
    await changes(started, weekdays="monday,thursday")
    await changes(started, weekdays="monday")
    assert len(larvik.titled("Møtene i perioden er endret")) == 1
    await started.product.clock_to("2023-11-24T07:00:00+01:00")
    told = larvik.titled("Møtene i perioden er endret")
    assert len(told) == 2
    assert "Hver mandag" in told[1].text


async def test_a_round_that_people_were_asked_for_stays(prompted: Town) -> None:
    await changes(prompted, weekdays="wednesday", **{"from": "2023-11-28"})
    assert (await meetings(prompted))[:3] == ["11-28", "11-29", "12-06"]
    assert (await prompted.product.round_of("2023-11-28"))["state"] == "collecting"


async def test_another_hour_moves_the_meetings_that_nobody_was_asked_for(prompted: Town) -> None:
    await changes(prompted, weekdays="tuesday", start="09:00", **{"from": "2023-11-28"})
    at = [r["meeting_at"][5:16] for r in await prompted.product.rounds() if r["state"] != "cancelled"]
    assert at[:3] == ["11-28T16:00", "12-05T09:00", "12-12T09:00"]


async def test_a_dropped_meeting_of_the_new_rhythm_is_told_and_one_that_is_gone_is_not(started: Town) -> None:
    await changes(started, weekdays="monday", **{"from": "2023-12-04"})
    larvik = started["larvik-sjef"]
    await started.product.clock_to("2023-12-18T08:00:00+01:00")
    heard = len(larvik.messages)
    await started.product.clock_to("2023-12-30T08:00:00+01:00")
    new = [m.text for m in larvik.messages[heard:] if "fridag" in m.text]
    assert len(new) == 2  # Monday 25 December and 1 January; 26 December is no meeting day any more
    assert "25. desember" in new[0]
    assert "1. januar" in new[1]


async def test_a_dropped_meeting_is_told_once_after_there_and_back(started: Town) -> None:
    await changes(started, weekdays="wednesday")
    await changes(started, weekdays="tuesday")
    larvik = started["larvik-sjef"]
    await started.product.clock_to("2023-12-18T08:00:00+01:00")
    heard = len(larvik.messages)
    await started.product.clock_to("2023-12-27T08:00:00+01:00")
    assert len([m for m in larvik.messages[heard:] if m.title.startswith("Møtet tirsdag 26. desember")]) == 1


async def test_the_period_can_be_made_longer_and_shorter(started: Town) -> None:
    await changes(started, weekdays="tuesday", until="2024-02-06")
    assert await meetings(started) == [*TUESDAYS, "01-30", "02-06"]
    await changes(started, weekdays="tuesday", until="2023-12-12")
    assert await meetings(started) == TUESDAYS[:3]
    await started.product.clock_to("2023-12-12T17:00:00+01:00")
    assert started["larvik-sjef"].titled("Krevende drift er avsluttet")


async def test_a_period_without_a_last_day_goes_on_in_the_new_rhythm(started: Town) -> None:
    await changes(started, until="")
    assert (await meetings(started))[-1] == "01-18"  # eight weeks from now
    await started.product.clock_to("2023-12-05T17:00:00+01:00")
    assert (await meetings(started))[-2:] == ["01-25", "01-30"]


WRONG = {
    "no day": ({"weekdays": ""}, "weekdays", "må fylles ut"),
    "a Saturday": ({"weekdays": "saturday"}, "weekdays", "Velg blant"),
    "no time": ({"start": "snart"}, "start", "klokkeslett"),
    "the past": ({"from": "2023-11-20"}, "from", "passert"),
    "no date": ({"from": "x"}, "from", "Skriv en dato"),
    "an end before the change": ({"until": "2023-12-01"}, "until", "endringen gjelder fra"),
    "a year": ({"until": "2025-01-01"}, "until", "ett år"),
    "an identity number": ({"start": identity_number()}, "start", "klokkeslett"),
}


async def test_wrong_input_is_told_at_its_field_and_the_rest_is_kept(started: Town) -> None:
    for what, (inputs, field, told) in WRONG.items():
        card = await changes(started, **inputs)
        assert told in beside(card, field), what
        shown = {key: element.get("value", "") for key, element in inputs_of(card).items()}
        expected = TWICE | inputs
        if "identity" in what or what == "a Saturday":
            expected |= {field: ""}
        assert shown == expected, what
    assert await meetings(started) == TUESDAYS


async def test_a_period_keeps_a_meeting(started: Town) -> None:
    await started.product.clock_to("2023-12-06T09:00:00+01:00")
    card = await changes(started, weekdays="tuesday", **{"from": "2023-12-07"}, until="2023-12-11")
    assert "avslutt" in beside(card, "until")


async def test_the_last_day_is_not_before_a_meeting_that_people_were_asked_for(prompted: Town) -> None:
    card = await changes(prompted, **{"from": "2023-11-27"}, until="2023-11-27")
    assert "tirsdag 28. november kl. 16.00" in beside(card, "until")


async def test_a_meeting_whose_deadline_has_passed_is_refused(prompted: Town) -> None:
    await prompted.product.clock_to("2023-11-29T13:00:00+01:00")
    card = await changes(prompted, weekdays="wednesday", **{"from": "2023-11-29"})
    assert "runde nå" in beside(card, "from")
    assert await meetings(prompted) == TUESDAYS


async def test_another_period_in_the_way_is_told(started: Town) -> None:
    [form] = await started.boss.says("krise")
    later = FIRST_PERIOD | {"first_meeting": "2024-02-06", "until": "2024-02-27"}
    await started.boss.presses(form, "period.start", **later)
    card = await changes(started, until="2024-02-06")
    assert "En annen periode er i veien" in beside(card, "until")


async def test_nobody_but_the_coordinator_changes_it(started: Town) -> None:
    [form] = await started.boss.says("rytme")
    period = next(a["data"]["period"] for a in (form.card or {})["actions"])
    for key in ("larvik-sjef", "leder-pko", "sekretariat"):
        [answer] = await started[key].says("rytme")
        assert "Samhandlingssjef SiV" in answer.text
        for action in ("period.rhythm", "period.rhythm_back", "period.ask_rhythm"):
            card = await forges(started[key], action, period=period, **TWICE)
            assert "Samhandlingssjef SiV" in words(card)
    assert await meetings(started) == TUESDAYS


async def test_without_a_period_there_is_nothing_to_change(town: Town) -> None:
    [answer] = await town.boss.says("rytme")
    assert "ingen periode" in answer.text
    for action in ("period.rhythm", "period.rhythm_back", "period.ask_rhythm"):
        card = await forges(town.boss, action, period="none-such", **TWICE)
        assert not inputs_of(card)


async def test_a_repeated_press_changes_it_once(started: Town) -> None:
    [form] = await started.boss.says("rytme")
    stale = Message(form.id, form.conversation, form.activity)
    await started.boss.presses(form, "period.rhythm", again="twice", **TWICE)
    await started.boss.presses(stale, "period.rhythm", again="twice", **TWICE)
    assert len(started["larvik-sjef"].titled("Møtene i perioden er endret")) == 1


@pytest.mark.parametrize(
    ("language", "command", "title", "days"),
    [
        ("nn", "rytme", "Møtedagane i perioden", "Kvar tysdag og torsdag"),
        ("en", "rhythm", "Meeting days in the period", "Every Tuesday and Thursday"),
    ],
)
async def test_each_language_has_its_own_words(
    started: Town, language: str, command: str, title: str, days: str
) -> None:
    await started.boss.says(f"språk {language}")
    [form] = await started.boss.says(command)
    assert form.title == title
    assert days in words(await started.boss.presses(form, "period.rhythm", **TWICE))


async def test_the_cards_of_the_period_lead_to_the_form(started: Town) -> None:
    [form] = await started.boss.says("krise")
    assert "period.ask_rhythm" in form.actions
    card = await started.boss.presses(form, "period.ask_rhythm")
    assert set(inputs_of(card)) == {"weekdays", "start", "from", "until"}


async def test_the_change_is_on_record(started: Town) -> None:
    await changes(started)
    async with started.product.product.store.read("vestfold") as work:
        [entry] = [e for e in await work.audit.newest(20) if e.kind == "period.rhythm_changed"]
    assert entry.by == "samhandlingssjef"
    assert entry.details["before"] == {"since": "2023-11-28", "weekdays": []}
    assert entry.details["after"] == {"since": "2023-12-04", "weekdays": ["tuesday", "thursday"]}
    [shown] = await started.boss.says("logg")
    assert "Endret møtedagene" in shown.text
    assert "Møtedager: – → tirsdag, torsdag" in shown.text
