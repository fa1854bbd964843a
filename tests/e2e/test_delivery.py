"""Who has got what was sent, what failed, and what comes of it: chat command, overview, retry, order, pace."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import sending
from bot.pacing import OwnTurns
from domain.community import Person, Role
from services.ports.delivery import Wait
from tests.harness import FIRST_PERIOD, Town, everybody, running, vestfold
from tests.teams_double import Message, TeamsDouble, TeamsPerson

FOUR = "2023-11-27T16:00:00+01:00"


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries follow each other at once, so that giving up comes soon."""
    monkeypatch.setattr(sending, "FIRST_PAUSE", timedelta(milliseconds=1))
    monkeypatch.setattr(sending, "LONGEST_PAUSE", timedelta(milliseconds=2))


async def delivery(person: TeamsPerson) -> Message:
    [answer] = await person.says("levering")
    return answer


# Who has got it


async def test_of_each_sending_it_says_how_many_have_it(prompted: Town) -> None:
    shown = await delivery(prompted.boss)
    assert shown.title == "Levering av meldinger"
    assert "Statusskjema, 27.11.2023 kl. 09.00\n11 av 11 har fått den." in shown.text
    assert "Varsel om krevende drift, 23.11.2023 kl. 09.00" in shown.text
    assert shown.actions == ["delivery.show"]


async def test_who_is_not_reached_is_named_and_has_it_on_the_website(prompted: Town) -> None:
    prompted.double.fails(403, to=prompted["larvik-sjef"])
    await prompted.product.clock_to(FOUR)
    shown = await delivery(prompted.boss)
    assert "Påminnelse om status, 27.11.2023 kl. 16.00\n11 av 11 har fått den." in shown.text
    assert "Bare på nettsiden: Kommunalsjef Larvik. Nås ikke på plattformen." in shown.text


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    ("status", "why"), [(500, "Plattformen svarer ikke."), (429, "Plattformen ber oss vente."), (400, "tok ikke imot")]
)
async def test_what_was_given_up_says_whose_and_why(prompted: Town, status: int, why: str) -> None:
    prompted.double.fails(status, to=prompted["larvik-sjef"])
    assert (await prompted.product.clock_to(FOUR))["failed"] == 1
    shown = await delivery(prompted.boss)
    assert "10 av 11 har fått den." in shown.text
    assert "Kom ikke fram: Kommunalsjef Larvik. " in shown.text
    assert why in shown.text
    assert shown.actions == ["delivery.retry", "delivery.show"]


@pytest.mark.usefixtures("hasty")
async def test_many_who_did_not_get_it_are_counted(prompted: Town) -> None:
    for person in prompted.respondents:
        prompted.double.fails(400, to=person)
    await prompted.product.clock_to(FOUR)
    shown = await delivery(prompted.boss)
    assert "0 av 11 har fått den." in shown.text
    assert "og 3 til. Plattformen tok ikke imot meldingen." in shown.text


async def test_what_waits_says_for_what(started: Town) -> None:
    larvik = started["larvik-sjef"]
    started.double.fails(429, to=larvik, retry_after=600)
    moving = asyncio.create_task(started.product.clock_to("2023-11-27T09:00:00+01:00"))
    others = [person for person in started.respondents if person is not larvik]
    await started.double.until(lambda: all(person.titled("Status fra") for person in others))
    started.double.settle = None
    await started.double.post(started.boss.activity("message", text="levering"))
    await started.double.until(lambda: bool(started.boss.titled("Levering")))
    assert "Venter: Kommunalsjef Larvik. Plattformen ber oss vente." in started.boss.titled("Levering")[-1].text
    moving.cancel()
    await asyncio.gather(moving, return_exceptions=True)


async def test_what_is_held_back_for_the_night_says_until_when(started: Town) -> None:
    await started.product.clock_to("2023-11-27T21:00:00+01:00")
    await started.boss.says("nivå")
    await started.boss.presses(started.boss.last_card, "level.set", level="red", note="")
    shown = await delivery(started.boss)
    assert "Sendes tirsdag 28. november kl. 07.00." in shown.text


async def test_in_a_channel_the_list_goes_to_who_asked_alone(prompted: Town) -> None:
    before = len(prompted.boss.messages)
    await prompted.boss.says("levering", where=prompted.channel)
    assert [message.title for message in prompted.boss.messages[before:]] == ["Levering av meldinger"]
    assert not prompted.channel.titled("Levering")


async def test_only_those_who_lead_see_it_and_try_again(prompted: Town) -> None:
    assert (await delivery(prompted["sekretariat"])).title == "Levering av meldinger"
    assert (await delivery(prompted["larvik-sjef"])).text.startswith("Bare samhandlingssjefen og sekretariatet")


@pytest.mark.parametrize(("language", "words"), [("nn", "Levering av meldingar"), ("en", "Delivery of messages")])
async def test_it_speaks_the_readers_language(prompted: Town, language: str, words: str) -> None:
    await prompted.boss.says(f"språk {language}")
    assert (await delivery(prompted.boss)).title == words


# Given up, and tried again


@pytest.mark.usefixtures("hasty")
async def test_the_coordinator_sees_in_the_overview_what_did_not_get_through(prompted: Town) -> None:
    prompted.double.fails(500, to=prompted["larvik-sjef"])
    await prompted.product.clock_to(FOUR)
    [shown] = await prompted.boss.says("oversikt")
    assert "Én melding kom ikke fram." in shown.text
    assert "delivery.show" in shown.actions
    [others] = await prompted["horten-sjef"].says("oversikt")
    assert "kom ikke fram" not in others.text
    status, metrics = await prompted.product.get("/metrics")
    assert status == 200
    assert "samhandling_outbox_parked 1" in metrics


@pytest.mark.usefixtures("hasty")
async def test_what_was_given_up_is_sent_when_it_is_tried_again(prompted: Town) -> None:
    larvik = prompted["larvik-sjef"]
    prompted.double.fails(500, to=larvik)
    await prompted.product.clock_to(FOUR)
    prompted.double.mend()
    shown = await delivery(prompted.boss)
    answer = await prompted.boss.presses(shown, "delivery.retry")
    assert "Én melding prøves igjen nå." in str(answer)
    assert len(larvik.titled("Påminnelse")) == 1
    assert "delivery.retry" not in (await delivery(prompted.boss)).actions
    [entry] = [line for line in (await prompted.boss.says("logg"))[0].text.splitlines() if "nye forsøk" in line]
    assert "Meldinger: 1" in entry


@pytest.mark.usefixtures("hasty")
async def test_what_has_become_stale_meanwhile_is_dropped_and_not_sent(prompted: Town) -> None:
    larvik = prompted["larvik-sjef"]
    prompted.double.fails(500, to=larvik)
    await prompted.product.clock_to(FOUR)
    prompted.double.mend()
    shown = await delivery(prompted.boss)
    await prompted.product.clock_to("2023-11-28T13:00:00+01:00")
    reminders = len(larvik.titled("Påminnelse"))
    await prompted.boss.presses(shown, "delivery.retry")
    assert len(larvik.titled("Påminnelse")) == reminders
    assert "Ikke sendt: Kommunalsjef Larvik. Den ble for gammel." in (await delivery(prompted.boss)).text


@pytest.mark.usefixtures("hasty")
async def test_what_somebody_else_has_tried_again_is_not_tried_twice(prompted: Town) -> None:
    prompted.double.fails(500, to=prompted["larvik-sjef"])
    await prompted.product.clock_to(FOUR)
    prompted.double.mend()
    shown = await delivery(prompted.boss)
    await prompted["sekretariat"].presses(await delivery(prompted["sekretariat"]), "delivery.retry")
    answer = await prompted.boss.presses(shown, "delivery.retry")
    assert "Det er ingen meldinger å prøve igjen." in str(answer)
    assert len(prompted["larvik-sjef"].titled("Påminnelse")) == 1


# Told once


async def test_the_coordinator_hears_once_of_somebody_who_cannot_be_reached_for_weeks(prompted: Town) -> None:
    prompted.double.fails(403, to=prompted["larvik-sjef"])
    await prompted.product.clock_to("2023-12-12T17:00:00+01:00")
    told = [message for message in prompted.boss.messages if "når ikke Kommunalsjef Larvik på Teams" in message.text]
    assert len(told) == 1


async def test_the_coordinator_hears_of_it_anew_when_the_person_was_reached_in_between(prompted: Town) -> None:
    def told() -> list[Message]:
        return [message for message in prompted.boss.messages if "når ikke Kommunalsjef Larvik" in message.text]

    fault = prompted.double.fails(403, to=prompted["larvik-sjef"])
    await prompted.product.clock_to(FOUR)
    assert len(told()) == 1
    fault.times = 0
    await prompted.product.clock_to("2023-11-28T09:00:00+01:00")
    fault.times = None
    await prompted.product.clock_to("2023-11-28T11:00:00+01:00")
    assert len(told()) == 2


# At once to many


@pytest.fixture
def turns_taken(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The moments that the product took for its requests."""
    taken, take = list[float](), OwnTurns.take

    async def noted(turns: OwnTurns, tenant: str, *asked: Any) -> Wait:
        wait = await take(turns, tenant, *asked)
        if wait.is_over:
            taken.append(turns._taken[tenant][-1])
        return wait

    monkeypatch.setattr(OwnTurns, "take", noted)
    return taken


async def test_first_contacts_through_a_shaky_platform_reach_everybody_once_and_never_too_fast(
    double: TeamsDouble, database: Path, turns_taken: list[float]
) -> None:
    """Some 2 % are told to wait and some 1 % fail; each first contact is two requests.

    Turns are never too close, and no request comes before its turn. When requests come is not looked at alone: on a
    busy machine some come late, and meet those that come in time.
    """
    rate = 50
    readers = tuple(
        Person(f"leser-{n}", f"Leser {n}", f"leser{n}@mange.example", frozenset({Role.OBSERVER})) for n in range(100)
    )
    community = replace(vestfold(), people=vestfold().people + readers)
    people = everybody(double, community)
    async with running(database, [community], teams=double, teams_rps=rate) as product:
        town = Town(product, double, people)
        await town.connect()
        [form] = await town.boss.says("krise")
        double.calls.clear()
        turns_taken.clear()
        double.every(50, 429, retry_after=1)
        double.every(100, 503)
        await town.boss.presses(form, "period.start", **FIRST_PERIOD)
    for person in readers:
        assert len(people[person.key].titled("Krevende drift i")) == 1, person.key
    assert {call.status for call in double.calls} >= {201, 429, 503}
    assert max(sum(start <= moment < start + 1 for moment in turns_taken) for start in turns_taken) <= rate
    came = sorted(call.at for call in double.calls)
    assert all(turn <= at for turn, at in zip(turns_taken, came, strict=True))
