"""What the platform delivers twice, and a product that was down for days."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.period.acting import MONDAY_9, TUESDAY, at
from tests.harness import FIRST_PERIOD, MUNICIPALITY, Running, Snapshot, Town, everybody, running, taken_up
from tests.teams_double import Message, TeamsDouble

# What the platform delivers twice


async def test_a_repeated_message_has_one_effect(prompted: Town) -> None:
    larvik = prompted["larvik-sjef"]
    for text in ("status", "oversikt", "språk nn", "kva", "hjelp"):
        before = len(larvik.messages)
        activity = larvik.activity("message", text=text)
        for _ in range(3):
            assert (await larvik.sends(activity))[0] == 202
        assert len(larvik.messages) == before + 1, text


async def test_a_repeated_press_is_answered_alike_and_stored_once(prompted: Town) -> None:
    larvik = prompted["larvik-sjef"]
    form = larvik.last_card
    stale = Message(form.id, form.conversation, form.activity)
    first = await larvik.presses(stale, "status.submit", again="f:1", **MUNICIPALITY)
    stale = Message(form.id, form.conversation, form.history[0])
    again = await larvik.presses(stale, "status.submit", again="f:1", **MUNICIPALITY | {"overliggere": "8"})
    assert again == first
    report = await prompted.product.report_of(TUESDAY, "larvik")
    assert report["revision"] == 1
    assert report["values"]["overliggere"] == 3


async def test_a_repeated_press_starts_one_period(town: Town) -> None:
    [form] = await town.boss.says("krise")
    stale = Message(form.id, form.conversation, form.activity)
    await town.boss.presses(form, "period.start", again="f:2", **FIRST_PERIOD)
    await town.boss.presses(stale, "period.start", again="f:2", **FIRST_PERIOD)
    assert len(await town.product.rounds()) == 8


async def test_a_repeat_after_a_restart_has_no_effect_either(
    down: Callable[[Running], Town], double: TeamsDouble, database: Path
) -> None:
    async with running(database, now=MONDAY_9, teams=double) as product:
        town = down(product)
        await product.settle()
        larvik = town["larvik-sjef"]
        form = larvik.last_card
        stale = Message(form.id, form.conversation, form.activity)
        await larvik.presses(form, "status.submit", again="f:3", **MUNICIPALITY)
    async with running(database, now=MONDAY_9, teams=double) as product:
        await larvik.presses(stale, "status.submit", again="f:3", **MUNICIPALITY | {"overliggere": "8"})
        assert (await product.report_of(TUESDAY, "larvik"))["values"]["overliggere"] == 3


# Down, and up again


@pytest.fixture
async def down(double: TeamsDouble, database: Path, snapshots: dict[str, Snapshot]) -> Callable[[Running], Town]:
    """A period was started on Thursday 23 November, and the product has been down since."""
    people = everybody(double)
    await taken_up(snapshots, "started", lambda town: town.begin(), database, double, people)
    return lambda product: Town(product, double, people)


async def test_after_days_down_the_prompt_comes_late_and_alone(
    down: Callable[[Running], Town], double: TeamsDouble, database: Path
) -> None:
    async with running(database, now=at("10:00"), teams=double) as product:
        larvik = down(product)["larvik-sjef"]
        before = 1
        await product.settle()
        assert ["overliggere" in m.inputs for m in larvik.messages[before:]] == [True]
        await product.clock_to(at("11:59"))
        assert len(larvik.messages) == before + 2, "the last reminder still has its use"


async def test_after_days_down_what_has_become_pointless_is_left_out(
    down: Callable[[Running], Town], double: TeamsDouble, database: Path
) -> None:
    async with running(database, now=at("15:45"), teams=double) as product:
        town = down(product)
        larvik, before = town["larvik-sjef"], 1
        await product.settle()
        assert larvik.messages[before:] == [] or ["overliggere" in m.inputs for m in larvik.messages[before:]] == [True]
        assert len(town.channel.titled("Samhandlingsmøte")) == 1
        await product.clock_to(at("16:30"))
        assert (await product.round_of(TUESDAY))["sealed"]["as_of"] == "2023-11-28T16:00:00+01:00"
        assert len(town.channel.titled("Samhandlingsmøte")) == 1


async def test_two_days_down_over_a_meeting_seal_it_and_the_rhythm_goes_on(
    down: Callable[[Running], Town], double: TeamsDouble, database: Path
) -> None:
    async with running(database, now=MONDAY_9, teams=double) as product:
        town = down(product)
        await product.settle()
        await town.answers("larvik-sjef", **MUNICIPALITY)
        counts = {key: len(person.messages) for key, person in town.people.items()}
        posted = len(town.channel.messages)
    async with running(database, now="2023-11-29T10:00:00+01:00", teams=double) as product:
        await product.settle()
        draft = {"samhandlingssjef": 1, "sekretariat": 1}  # the minutes are as useful a day later
        assert {key: len(person.messages) for key, person in town.people.items()} == {
            key: count + draft.get(key, 0) for key, count in counts.items()
        }
        assert len(town.channel.messages) == posted, "a summary of yesterday's meeting helps nobody"
        round_ = await product.round_of(TUESDAY)
        assert round_["state"] == "held"
        assert round_["sealed"]["totals"] == {"overliggere": 3, "korttid_ledig": 2}
        await product.clock_to("2023-12-04T09:00:00+01:00")
        assert "5. desember" in town["larvik-sjef"].last_card.title


async def test_nothing_comes_twice_after_a_restart(
    down: Callable[[Running], Town], double: TeamsDouble, database: Path
) -> None:
    async with running(database, now=MONDAY_9, teams=double) as product:
        town = down(product)
        await product.settle()
        counts = {key: len(person.messages) for key, person in town.people.items()}
    for _ in range(2):
        async with running(database, now=MONDAY_9, teams=double) as product:
            await product.settle()
    assert {key: len(person.messages) for key, person in town.people.items()} == counts
