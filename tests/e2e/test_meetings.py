"""Extra meetings as people meet them in Teams: asked for, approved or declined, and called by the coordinator."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from dialogs.router import draw
from tests.builders import identity_number
from tests.harness import FIRST_PERIOD, MUNICIPALITY, Town
from tests.teams_double import CARD, Json, Message, TeamsPerson, beside, buttons_of, inputs_of, readable

MONDAY, TUESDAY, WEDNESDAY = "2023-11-27", "2023-11-28", "2023-11-29"
WHY = "Fullt på korttid"


def words(card: Json) -> str:
    return "\n".join(readable({"attachments": [{"contentType": CARD, "content": card}]}))


def at(hour: str, day: str = MONDAY) -> str:
    return f"{day}T{hour}:00+01:00"


async def forges(person: TeamsPerson, action: str, **data: str) -> Json:
    """Presses a button that the person was never given; the card that comes back."""
    value = {"action": {"type": "Action.Execute", "verb": action, "data": {"action": action, **data}}}
    status, answer = await person.sends(person.activity("invoke", name="adaptiveCard/action", value=value))
    assert status == 200
    card: Json = answer["value"]
    return card if isinstance(card, dict) else {"type": "AdaptiveCard", "body": [{"type": "TextBlock", "text": card}]}


async def asks(town: Town, key: str = "larvik-sjef", **inputs: str) -> Message:
    """Somebody asks for a meeting; what the coordinator got."""
    [form] = await town[key].says("be om møte")
    await town[key].presses(form, "meeting.request", **({"why": WHY} | inputs))
    return town.boss.last_card


def request_of(card: Message) -> str:
    return str(next(a["data"]["request"] for a in buttons_of(card.card or {})))


async def extra_rounds(town: Town) -> list[Json]:
    return [r for r in await town.product.rounds() if "T16:00" not in r["meeting_at"] and r["state"] != "cancelled"]


# Asking


@pytest.mark.parametrize(
    ("key", "command", "title"),
    [
        ("larvik-sjef", "be om møte", "Be om et ekstra møte"),
        ("horten-vara", "Be om møte!", "Be om et ekstra møte"),
        ("medisin-sjef", "request meeting", "Be om et ekstra møte"),
    ],
)
async def test_whoever_answers_for_a_unit_gets_the_form(prompted: Town, key: str, command: str, title: str) -> None:
    [form] = await prompted[key].says(command)
    assert form.title == title
    assert set(form.inputs) == {"why", "when"}
    assert form.actions == ["meeting.request"]
    assert form.inputs["when"]["value"] == "today"
    assert [choice["value"] for choice in form.inputs["when"]["choices"]] == ["today", "tomorrow", "this_week"]


async def test_in_the_evening_tomorrow_is_proposed(prompted: Town) -> None:
    await prompted.product.clock_to(at("18:00"))
    [form] = await prompted["larvik-sjef"].says("be om møte")
    assert form.inputs["when"]["value"] == "tomorrow"


async def test_the_coordinator_gets_who_why_how_soon_and_the_units_figures_with_levels(prompted: Town) -> None:
    larvik = prompted["larvik-sjef"]
    await prompted.answers("larvik-sjef", **MUNICIPALITY | {"overliggere": "7", "behov": "To senger"})
    [form] = await larvik.says("be om møte")
    receipt = await larvik.presses(form, "meeting.request", why=WHY, when="tomorrow")
    assert "Samhandlingssjef SiV" in words(receipt)
    asked = prompted.boss.last_card
    assert asked.title == "Larvik kommune ber om et ekstra møte"
    for part in (
        "Kommunalsjef Larvik",
        WHY,
        "I morgen",
        "mandag 27. november kl. 09.00",
        "7 – rød",
        "To senger",
        "gul",
    ):
        assert part in asked.text, part
    assert set(asked.inputs) == {"date", "start", "word"}
    assert asked.inputs["date"]["value"] == TUESDAY
    assert asked.inputs["start"]["value"] == "09:00"
    assert asked.actions == ["meeting.approve", "meeting.decline"]


async def test_a_time_for_today_leaves_two_hours_and_avoids_other_meetings(prompted: Town) -> None:
    await prompted.product.clock_to(at("13:10", TUESDAY))
    asked = await asks(prompted, when="today")
    # 15:30 would run into the meeting at 16:00, and nothing later is within working hours
    assert (asked.inputs["date"]["value"], asked.inputs["start"]["value"]) == (TUESDAY, "14:00")


async def test_a_request_comes_at_once_in_quiet_hours_too(prompted: Town) -> None:
    await prompted.product.clock_to(at("23:00"))
    asked = await asks(prompted)
    assert asked.title == "Larvik kommune ber om et ekstra møte"
    assert asked.inputs["date"]["value"] == TUESDAY
    buttons = [(a["title"], a["data"].get("when")) for a in buttons_of(asked.card or {})]
    assert buttons == [
        ("Send spørsmålene nå", "now"),
        ("Send 28.11.2023 kl. 07.00", "later"),
        ("Si nei", None),
    ]


async def test_a_unit_that_asks_again_is_shown_the_open_request(prompted: Town) -> None:
    await asks(prompted)
    before = len(prompted.boss.messages)
    [shown] = await prompted["larvik-vara"].says("be om møte")
    assert WHY in shown.text
    assert shown.actions == ["meeting.withdraw"]
    card = await forges(prompted["larvik-vara"], "meeting.request", why="Enda en gang", when="today")
    assert WHY in words(card)
    assert len(prompted.boss.messages) == before
    await asks(prompted, "horten-sjef")
    assert len(prompted.boss.messages) == before + 1


async def test_a_request_can_be_withdrawn_by_its_unit_alone(prompted: Town) -> None:
    asked = await asks(prompted)
    request = request_of(asked)
    card = await forges(prompted["horten-sjef"], "meeting.withdraw", request=request)
    assert "finnes ikke" in words(card)
    [shown] = await prompted["larvik-vara"].says("be om møte")
    card = await prompted["larvik-vara"].presses(shown, "meeting.withdraw")
    assert "har trukket forespørselen" in words(card)
    assert "har trukket forespørselen" in asked.text
    assert asked.actions == []
    [form] = await prompted["larvik-sjef"].says("be om møte")
    assert "why" in form.inputs


async def test_who_answers_for_two_units_says_for_which_the_meeting_is(prompted: Town) -> None:
    horten = prompted["horten-sjef"]
    [absent] = await prompted["larvik-sjef"].says("vara")
    await prompted["larvik-sjef"].presses(absent, "absence.set", deputy="horten-sjef", until="2023-12-01")
    [form] = await horten.says("be om møte")
    assert form.inputs["unit"]["value"] == "horten"
    assert [choice["value"] for choice in form.inputs["unit"]["choices"]] == ["horten", "larvik"]
    await horten.presses(form, "meeting.request", unit="larvik", why=WHY)
    assert "Larvik kommune" in prompted.boss.last_card.title
    card = await forges(horten, "meeting.withdraw", request=request_of(prompted.boss.last_card))
    assert "har trukket forespørselen" in words(card)


async def test_a_stand_ins_stale_request_never_becomes_the_own_units(prompted: Town) -> None:
    told = len(prompted.boss.messages)
    card = await forges(prompted["horten-sjef"], "meeting.request", unit="larvik", why=WHY)
    assert "Velg blant" in words(card)
    assert len(prompted.boss.messages) == told


WRONG_REQUESTS = {
    "no reason": ({"why": ""}, "why", "må fylles ut"),
    "only space": ({"why": "   "}, "why", "må fylles ut"),
    "too long a reason": ({"why": "x" * 501}, "why", "500"),
    "an identity number": ({"why": f"Gjelder {identity_number()}"}, "why", "fødselsnummer"),
    "no such time": ({"why": WHY, "when": "yesterday"}, "when", "Velg blant"),
}


@pytest.mark.parametrize("what", WRONG_REQUESTS)
async def test_a_wrong_request_comes_back_with_what_was_typed(
    prompted: Town, database: Path, logs: io.StringIO, what: str
) -> None:
    inputs, field, told = WRONG_REQUESTS[what]
    larvik, before = prompted["larvik-sjef"], len(prompted.boss.messages)
    [form] = await larvik.says("be om møte")
    card = await larvik.presses(form, "meeting.request", **{"when": "tomorrow", **inputs})
    assert told in beside(card, field)
    shown = inputs_of(card)
    if field == "why":
        assert shown["when"]["value"] == "tomorrow"
    if "identity" in what:
        number = identity_number()
        assert number not in json.dumps(card)
        assert number not in logs.getvalue()
        assert not any(number.encode() in file.read_bytes() for file in database.parent.iterdir() if file.is_file())
    elif field == "why":
        assert shown["why"].get("value", "") == inputs["why"].strip()
    assert len(prompted.boss.messages) == before
    await larvik.presses(form, "meeting.request", why=WHY, when="tomorrow")
    assert len(prompted.boss.messages) == before + 1


async def test_who_does_not_answer_for_a_unit_is_told_how(prompted: Town) -> None:
    for key in ("sekretariat", "leder-pko"):
        [answer] = await prompted[key].says("be om møte")
        assert "Samhandlingssjef SiV" in answer.text
        assert not answer.card
        card = await forges(prompted[key], "meeting.request", why=WHY, when="today")
        assert "Samhandlingssjef SiV" in words(card)
    [answer] = await prompted.boss.says("be om møte")
    assert "runde nå" in answer.text
    assert not [m for m in prompted.boss.messages if "ber om et ekstra møte" in m.title]


async def test_in_a_channel_the_form_comes_in_private(prompted: Town) -> None:
    larvik = prompted["larvik-sjef"]
    [answer] = await larvik.says("be om møte", where=prompted.channel)
    assert not answer.inputs
    assert set(larvik.last_card.inputs) == {"why", "when"}


async def test_each_language_asks_and_answers_in_its_own_words(prompted: Town) -> None:
    larvik = prompted["larvik-sjef"]
    for language, title, told in (
        ("nn", "Be om eit ekstra møte", "Førespurnaden er send"),
        ("en", "Request an extra meeting", "The request has been sent"),
    ):
        await larvik.says(f"språk {language}")
        [form] = await larvik.says("request meeting")
        assert form.title == title
        card = await larvik.presses(form, "meeting.request", why=WHY)
        assert told in words(card)
        await larvik.presses(form, "meeting.withdraw")


# Deciding


async def test_an_approved_meeting_is_a_round_at_short_notice_and_the_asker_hears_the_time(prompted: Town) -> None:
    larvik, horten = prompted["larvik-sjef"], prompted["horten-sjef"]
    asked = await asks(prompted)
    before = len(larvik.messages), len(horten.messages)
    card = await prompted.boss.presses(asked, "meeting.approve", date=MONDAY, start="14:10", word="Ta med tall")
    assert "mandag 27. november kl. 14.10" in words(card)
    assert asked.inputs == {}
    new = larvik.messages[before[0] :]
    told, prompt = new
    assert told.title == "Det blir et ekstra møte"
    for part in ("mandag 27. november kl. 14.10", "Ta med tall", "Samhandlingssjef SiV"):
        assert part in told.text
    assert "status.submit" in prompt.actions
    called, prompt = horten.messages[before[1] :]
    assert "ekstra samhandlingsmøte mandag 27. november kl. 14.10" in called.text
    assert "status.submit" in prompt.actions
    [extra] = await extra_rounds(prompted)
    # 5 h 10 min of 31 h: a sixth; 4 h before becomes 40 min, 30 min becomes 5
    assert (extra["due_at"], extra["meeting_at"]) == (at("13:30"), at("14:10"))
    assert extra["state"] == "collecting"


async def test_a_declined_meeting_is_told_with_the_word(prompted: Town) -> None:
    larvik = prompted["larvik-sjef"]
    asked = await asks(prompted)
    card = await prompted.boss.presses(asked, "meeting.decline", word="Vi tar det tirsdag.")
    assert "har sagt nei" in words(card)
    assert larvik.last.title == "Det blir ikke et ekstra møte nå"
    assert "Vi tar det tirsdag." in larvik.last.text
    assert await extra_rounds(prompted) == []
    asked = await asks(prompted)
    await prompted.boss.presses(asked, "meeting.decline")
    assert "Ta kontakt med samhandlingssjefen" in larvik.last.text


async def test_a_request_that_nobody_answers_lapses_and_may_be_made_again(prompted: Town) -> None:
    larvik = prompted["larvik-sjef"]
    asked = await asks(prompted)
    await prompted.product.clock_to(at("15:59", TUESDAY))
    assert "meeting.approve" in asked.actions
    await prompted.product.clock_to(at("16:00", TUESDAY))
    [told] = larvik.titled("Det blir ikke et ekstra møte nå")
    assert "Ingen svarte på forespørselen i tide." in told.text
    assert "be om møte" in told.text
    assert asked.actions == []
    assert "Ingen svarte" in asked.text
    again = await asks(prompted)
    assert again is not asked
    assert "meeting.approve" in again.actions


async def test_a_request_that_was_answered_does_not_lapse(prompted: Town) -> None:
    await prompted.boss.presses(await asks(prompted), "meeting.decline", word="Vi tar det tirsdag.")
    await prompted.product.clock_to(at("16:30", TUESDAY))
    assert len(prompted["larvik-sjef"].titled("Det blir ikke et ekstra møte nå")) == 1


async def test_the_second_decision_finds_the_first(prompted: Town) -> None:
    larvik = prompted["larvik-sjef"]
    asked = await asks(prompted)
    stale = Message(asked.id, asked.conversation, asked.activity)
    await prompted.boss.presses(asked, "meeting.approve", date=MONDAY, start="14:00", again="twice")
    heard = len(larvik.messages)
    for action, inputs in (
        ("meeting.approve", {"date": MONDAY, "start": "15:00"}),
        ("meeting.decline", {"word": "Nei"}),
        ("meeting.approve", {"date": "i går", "start": "x"}),
    ):
        card = await prompted.boss.presses(Message(stale.id, stale.conversation, stale.activity), action, **inputs)
        assert "har godkjent møtet" in words(card)
    await prompted.boss.presses(stale, "meeting.approve", date=MONDAY, start="14:00", again="twice")
    assert len(await extra_rounds(prompted)) == 1
    assert len(larvik.messages) == heard


async def test_nobody_but_the_coordinator_decides(prompted: Town) -> None:
    request = request_of(await asks(prompted))
    for key in ("larvik-sjef", "leder-pko", "sekretariat"):
        for action in ("meeting.approve", "meeting.decline", "meeting.show"):
            card = await forges(prompted[key], action, request=request, date=MONDAY, start="15:00", word="x")
            assert "Samhandlingssjef SiV" in words(card), (key, action)
    assert await extra_rounds(prompted) == []
    assert prompted.boss.last_card.actions == ["meeting.approve", "meeting.decline"]
    for action in ("meeting.approve", "meeting.decline", "meeting.show"):
        card = await forges(prompted.boss, action, request="nobody-s", date=MONDAY, start="15:00")
        assert "finnes ikke" in words(card)


WRONG_TIMES = {
    "no date": ({"date": ""}, "date", "må fylles ut"),
    "no such date": ({"date": "31.2.2024"}, "date", "Skriv en dato"),
    "no time": ({"start": "snart"}, "start", "Skriv et klokkeslett"),
    "the past": ({"date": "2023-11-24"}, "date", "passert"),
    "too soon": ({"date": MONDAY, "start": "09:10"}, "start", "15 minutter"),
    "a day off": ({"date": "2023-12-26"}, "date", "fridag"),
    "a Saturday": ({"date": "2023-12-02"}, "date", "fridag"),
    "after the period": ({"date": "2024-01-24"}, "date", "23. januar"),
    "years ahead": ({"date": "2029-01-24"}, "date", "ett år"),
    "another meeting": ({"date": TUESDAY, "start": "15:30"}, "start", "tirsdag 28. november kl. 16.00"),
    "an identity number for a word": ({"word": f"Se {identity_number()}"}, "word", "fødselsnummer"),
    "a long word": ({"word": "x" * 501}, "word", "500"),
}


async def test_a_wrong_time_is_told_at_its_field_and_the_rest_is_kept(prompted: Town) -> None:
    asked = await asks(prompted)
    for what, (inputs, field, told) in WRONG_TIMES.items():
        typed = {"date": MONDAY, "start": "14:00", "word": "Velkommen"} | inputs
        card = await prompted.boss.presses(asked, "meeting.approve", **typed)
        assert told in beside(card, field), what
        shown = {key: element.get("value", "") for key, element in inputs_of(card).items()}
        assert shown == typed | ({"word": ""} if "identity" in what else {}), what
        assert WHY in words(card)
    assert await extra_rounds(prompted) == []
    card = await prompted.boss.presses(asked, "meeting.decline", word=f"Se {identity_number()}")
    assert "fødselsnummer" in beside(card, "word")
    await prompted.boss.presses(asked, "meeting.approve", date=MONDAY, start="14.00", word="")
    assert len(await extra_rounds(prompted)) == 1


async def test_approved_at_night_the_questions_go_now_or_in_the_morning_as_the_coordinator_says(
    prompted: Town,
) -> None:
    larvik, horten = prompted["larvik-sjef"], prompted["horten-sjef"]
    await prompted.product.clock_to(at("21:00"))
    asked = await asks(prompted)
    heard = len(horten.messages)
    later = next(a for a in buttons_of(asked.card or {}) if a["data"].get("when") == "later")
    data = later["data"] | {"date": TUESDAY, "start": "10:00", "word": ""}
    await forges(prompted.boss, "meeting.approve", **{k: str(v) for k, v in data.items() if k != "action"})
    assert "tirsdag 28. november kl. 10.00" in larvik.last.text  # who asked hears at once
    assert len(horten.messages) == heard
    await prompted.product.clock_to(at("06:59", TUESDAY))
    assert len(horten.messages) == heard
    await prompted.product.clock_to(at("07:00", TUESDAY))
    assert len(horten.messages) == heard + 2
    asked = await asks(prompted)
    await prompted.product.clock_to(at("22:00", TUESDAY))
    heard = len(horten.messages)
    card = await prompted.boss.presses(asked, "meeting.approve", date=WEDNESDAY, start="08:00", word="Hei")
    # the button was drawn by day, so it does not say whether to wake people
    assert "Velg om spørsmålene skal sendes nå eller onsdag 29. november kl. 07.00" in words(card)
    assert inputs_of(card)["word"]["value"] == "Hei"
    assert len(horten.messages) == heard
    await prompted.boss.presses(asked, "meeting.approve")  # the first of the two: now
    assert len(horten.messages) == heard + 2


async def test_a_meeting_before_the_morning_cannot_wait_for_it(prompted: Town) -> None:
    await prompted.product.clock_to(at("21:00"))
    asked = await asks(prompted)
    request = request_of(asked)
    card = await forges(
        prompted.boss, "meeting.approve", request=request, when="later", date=TUESDAY, start="07:10", word=""
    )
    assert "stille tid" in beside(card, "start")
    await forges(prompted.boss, "meeting.approve", request=request, when="now", date=TUESDAY, start="07:10", word="")
    assert len(await extra_rounds(prompted)) == 1


async def test_outside_a_period_approving_offers_to_start_one(town: Town) -> None:
    await town.connect()
    larvik = town["larvik-sjef"]
    asked = await asks(town)
    request = request_of(asked)
    assert "ingen periode" in asked.text
    assert "ikke meldt tall" in asked.text
    card = await town.boss.presses(asked, "meeting.approve", date="2023-11-24", start="13:00")
    shown = {key: element.get("value", "") for key, element in inputs_of(card).items()}
    assert (shown["first_meeting"], shown["start"], shown["reason"]) == ("2023-11-24", "13:00", "annet")
    assert WHY in shown["note"]
    assert asked.actions == ["period.start", "meeting.show"]
    card = await town.boss.presses(asked, "meeting.show")
    assert set(inputs_of(card)) == {"date", "start", "word"}
    await town.boss.presses(asked, "meeting.approve", date="2023-11-24", start="13:00")
    card = await town.boss.presses(asked, "period.start", level="")
    assert beside(card, "level")
    assert await town.product.rounds() == []
    await town.boss.presses(asked, "period.start", level="red", until="2023-12-15")
    heard = [m for m in larvik.messages if m.title == "Det blir et ekstra møte"]
    assert len(heard) == 1
    assert "fredag 24. november kl. 13.00" in heard[0].text
    assert (await town.product.rounds())[0]["state"] == "collecting"
    card = await forges(town.boss, "meeting.approve", request=request, date="2023-11-24", start="15:00")
    assert "har godkjent møtet" in words(card)


async def test_a_period_started_for_a_request_at_night_can_be_told_at_once(town: Town) -> None:
    await town.connect()
    await town.product.clock_to(at("21:00", "2023-11-23"))
    asked = await asks(town)
    await town.boss.presses(asked, "meeting.approve", date="2023-11-24", start="13:00")
    await town.boss.presses(asked, "period.start")
    assert town["horten-sjef"].messages == []
    assert asked.actions == ["period.announce"]
    await town.boss.presses(asked, "period.announce")
    assert len(town["horten-sjef"].titled("Krevende drift")) == 1


async def test_a_request_declined_meanwhile_starts_no_period(town: Town) -> None:
    await town.connect()
    asked = await asks(town)
    request = request_of(asked)
    await town.boss.presses(asked, "meeting.approve", date="2023-11-24", start="13:00")
    form = Message(asked.id, asked.conversation, asked.activity)
    await forges(town.boss, "meeting.decline", request=request, word="")
    assert "har sagt nei" in asked.text
    card = await town.boss.presses(form, "period.start")
    assert "har sagt nei" in words(card)
    assert await town.product.rounds() == []


async def test_help_reminds_the_coordinator_of_what_waits(prompted: Town) -> None:
    await asks(prompted)
    [shown] = await prompted.boss.says("hjelp")
    assert "Larvik kommune venter på svar" in shown.text
    card = await prompted.boss.presses(shown, "meeting.show")
    assert "date" in inputs_of(card)
    await prompted.boss.presses(shown, "meeting.decline", word="Nei")
    [shown] = await prompted.boss.says("hjelp")
    assert "meeting.show" not in shown.actions


async def test_who_asked_and_decided_what_is_on_record(prompted: Town) -> None:
    asked = await asks(prompted)
    await prompted.boss.presses(asked, "meeting.approve", date=MONDAY, start="14:00")
    await prompted.boss.presses(await asks(prompted), "meeting.decline", word="Nei")
    async with prompted.product.product.store.read("vestfold") as work:
        trail = [e for e in await work.audit.newest(20) if e.kind.startswith("meeting.")]
    assert [(e.kind, e.by) for e in reversed(trail)] == [
        ("meeting.requested", "larvik-sjef"),
        ("meeting.approved", "samhandlingssjef"),
        ("meeting.requested", "larvik-sjef"),
        ("meeting.declined", "samhandlingssjef"),
    ]


async def test_a_request_of_a_unit_that_has_left_can_still_be_decided(
    prompted: Town,
) -> None:
    await asks(prompted, "prehospital-sjef")
    async with prompted.product.product.store.begin("vestfold") as work:
        [request] = await work.requests.open()
        whole = work.community
        work.community = replace(whole, units=tuple(u for u in whole.units if u.key != "prehospital"))
        boss = await work.people.get("samhandlingssjef")
        card = await draw(work, "meeting.requested", {"request": request.id}, boss, request.asked_at)
    assert card is not None
    assert [button.action for button in card.buttons] == ["meeting.approve", "meeting.decline"]


# On the coordinator's own account


async def test_a_round_now_in_quiet_hours_asks_whether_to_send_now_or_later(prompted: Town) -> None:
    [form] = await prompted.boss.says("runde nå")
    horten, heard = prompted["horten-sjef"], len(prompted["horten-sjef"].messages)
    await prompted.product.clock_to(at("21:00"))
    heard = len(horten.messages)
    card = await prompted.boss.presses(form, "round.start", date=TUESDAY, start="09:00")
    assert "Velg om spørsmålene skal sendes nå eller" in words(card)
    assert [a["data"]["when"] for a in buttons_of(card)] == ["now", "later"]
    assert len(horten.messages) == heard
    await prompted.boss.presses(form, "round.start")
    assert len(horten.messages) == heard + 2


async def test_a_round_now_is_never_on_a_day_off(prompted: Town) -> None:
    [form] = await prompted.boss.says("runde nå")
    for day in ("2023-12-02", "2023-12-03", "2023-12-24", "2023-12-25", "2023-12-31", "2024-01-01"):
        card = await prompted.boss.presses(form, "round.start", date=day, start="12:00")
        assert "fridag" in beside(card, "date"), day
    assert await extra_rounds(prompted) == []


async def test_a_daily_period_started_at_short_notice_on_a_day_off_begins_on_the_next_working_day(town: Town) -> None:
    await town.connect()
    await town.product.clock_to("2023-11-26T21:00:00+01:00")  # Sunday
    [form] = await town.boss.says("runde nå")
    inputs = FIRST_PERIOD | {"first_meeting": "2023-11-26", "start": "23:00", "every_days": "1", "urgent": "true"}
    await town.boss.presses(form, "period.start", **inputs)
    [first, *_] = await town.product.rounds()
    assert first["meeting_at"] == "2023-11-27T23:00:00+01:00"
    assert first["state"] == "collecting"
    assert "status.submit" in town["larvik-sjef"].last_card.actions
