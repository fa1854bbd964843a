"""Days off, the end of a period, and a meeting at short notice."""

from __future__ import annotations

import re

import pytest

from tests.e2e.period.acting import at
from tests.harness import Town
from tests.teams_double import Message

# Days off


@pytest.fixture
async def december(town: Town) -> Town:
    """Monday 18 December at 9: a period from 19 December to 9 January, its first prompts out."""
    await town.connect()
    await town.product.clock_to("2023-12-15T09:00:00+01:00")
    await town.start(first_meeting="2023-12-19", until="2024-01-09")
    await town.product.clock_to("2023-12-18T09:00:00+01:00")
    return town


async def test_a_dropped_meeting_is_told_with_the_summary_before_it_and_on_the_last_working_day(december: Town) -> None:
    told = "Møtet tirsdag 26. desember faller på en fridag og utgår."
    await december.product.clock_to(at("15:30", "2023-12-19"))
    assert told in december.channel.last.text
    assert "Neste møte: tirsdag 2. januar" in december.channel.last.text
    await december.product.clock_to("2023-12-22T08:59:00+01:00")
    larvik = december["larvik-sjef"]
    before = len(larvik.messages)
    await december.product.clock_to("2023-12-22T09:00:00+01:00")
    [message] = larvik.messages[before:]
    assert told in message.text
    assert "2. januar" in message.text
    for key, person in december.people.items():
        assert len(person.titled(told)) == int(key != "sekretariat"), key
    quiet_until = len(larvik.messages)
    await december.product.clock_to("2024-01-02T06:59:00+01:00")
    assert len(larvik.messages) == quiet_until, "nothing came on the days off"
    days = [r["meeting_at"][:10] for r in await december.product.rounds()]
    assert days == ["2023-12-19", "2024-01-02", "2024-01-09"]


async def test_a_prompt_on_a_day_off_comes_at_the_next_permitted_moment(december: Town) -> None:
    await december.product.clock_to("2024-01-02T06:59:00+01:00")
    larvik = december["larvik-sjef"]
    before = len(larvik.messages)
    await december.product.clock_to("2024-01-02T07:00:00+01:00")
    [prompt] = larvik.messages[before:]
    assert "overliggere" in prompt.inputs
    assert (await december.product.round_of("2024-01-02"))["opens_at"] == "2024-01-02T07:00:00+01:00"
    await december.product.clock_to("2024-01-02T11:59:00+01:00")
    lefts = [re.search(r"om ([^,]*),", m.text) for m in larvik.messages[before + 1 :]]
    assert [left and left[1] for left in lefts] == ["3 timer", "1 time"]


# The end


async def test_the_period_ends_by_itself_when_the_last_meeting_has_ended(town: Town) -> None:
    await town.connect()
    await town.start(until="2023-12-05")
    await town.product.clock_to(at("16:59", "2023-12-05"))
    assert town["larvik-sjef"].titled("avsluttet") == []
    await town.product.clock_to(at("17:00", "2023-12-05"))
    for key, person in town.people.items():
        assert len(person.titled("Krevende drift er avsluttet")) == int(key != "sekretariat"), key
    assert "2 møter" in town.channel.last.text
    before = {key: len(person.messages) for key, person in town.people.items()}
    await town.product.clock_to(at("17:00", "2024-01-10"))
    later = [m.title for key, person in town.people.items() for m in person.messages[before[key] :]]
    # What comes after a period is its evaluation and, when that has closed, its report; no more of the period itself.
    assert all("valuering" in title or title == "Rapporten om perioden er klar" for title in later)
    await town.start(first_meeting="2024-01-16")
    assert len(await town.product.rounds()) == 4


async def test_ending_asks_once_more_then_cancels_and_tells(prompted: Town) -> None:
    larvik = prompted["larvik-sjef"]
    prompt = larvik.last_card
    [asked] = await prompted.boss.says("avslutt")
    assert asked.actions == ["period.end", "period.keep"]
    assert "8 runder" in asked.text
    await prompted.boss.presses(Message(asked.id, asked.conversation, asked.activity), "period.keep")
    assert {r["state"] for r in await prompted.product.rounds()} == {"collecting", "planned"}
    before = len(larvik.messages)
    await prompted.boss.presses(Message(asked.id, asked.conversation, asked.activity), "period.end")
    assert {r["state"] for r in await prompted.product.rounds()} == {"cancelled"}
    assert "avlyst" in prompt.text
    assert prompt.inputs == {}
    [told] = larvik.messages[before:]
    assert "Samhandlingssjefen har avsluttet perioden" in told.text
    assert "avsluttet" in prompted.channel.last.text
    await prompted.product.clock_to(at("18:00"))
    assert len(larvik.messages) == before + 1
    [answer] = await prompted.boss.says("avslutt")
    assert "ingen periode" in answer.text


async def test_a_meeting_at_short_notice_prompts_at_once_and_is_told_to_all(prompted: Town) -> None:
    await prompted.product.clock_to(at("10:00", "2023-11-29"))
    larvik, before = prompted["larvik-sjef"], len(prompted["larvik-sjef"].messages)
    [form] = await prompted.boss.says("runde nå")
    await prompted.boss.presses(form, "round.start", date="2023-11-29", start="13:00")
    called, prompt = larvik.messages[before:]
    assert "ekstra samhandlingsmøte onsdag 29. november kl. 13.00" in called.text
    assert "overliggere" in prompt.inputs
    assert "onsdag 29. november kl. 13.00" in prompted.channel.last.text
    assert (await prompted.product.round_of("2023-11-29"))["state"] == "collecting"
