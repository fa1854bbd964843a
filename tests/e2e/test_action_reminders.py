"""Reminders of actions, and what is overdue, to the minute: in Teams, by real HTTP, with a clock that is moved."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.e2e.acting import REMINDER, add, at, opens, the_action, words
from tests.harness import START, Town, everybody, running, vestfold
from tests.teams_double import TeamsDouble

# Reminders


async def test_the_owner_is_reminded_on_the_working_day_before_and_on_the_day_at_nine(connected: Town) -> None:
    await add(connected, "samhandlingssjef", due="2023-11-27")
    person = connected["larvik-sjef"]
    await connected.product.clock_to(at("2023-11-24", "08:59"))
    assert not person.titled(REMINDER)
    await connected.product.clock_to(at("2023-11-24"))  # a Friday: the working day before Monday
    assert "Fristen er mandag 27. november." in person.titled(REMINDER)[0].text
    await connected.product.clock_to(at("2023-11-27", "08:59"))
    assert len(person.titled(REMINDER)) == 1
    await connected.product.clock_to(at("2023-11-27"))
    assert "Fristen er i dag, mandag 27. november." in person.titled(REMINDER)[1].text
    assert not connected["larvik-vara"].titled(REMINDER)
    assert not connected.boss.titled(REMINDER)


@pytest.mark.parametrize(
    ("now", "due", "reminded"),
    [
        # Sunday after the clock change in March: both days fall on the Friday before.
        ("2024-03-20T12:00:00+01:00", "2024-04-02", ["2024-03-27T09:00:00+01:00", "2024-04-02T09:00:00+02:00"]),
        ("2023-10-25T12:00:00+02:00", "2023-10-31", ["2023-10-30T09:00:00+01:00", "2023-10-31T09:00:00+01:00"]),
        ("2023-10-25T12:00:00+02:00", "2023-10-29", ["2023-10-27T09:00:00+02:00"]),
        ("2023-12-18T12:00:00+01:00", "2023-12-26", ["2023-12-22T09:00:00+01:00"]),
        ("2023-12-18T12:00:00+01:00", "2023-12-27", ["2023-12-22T09:00:00+01:00", "2023-12-27T09:00:00+01:00"]),
        ("2023-12-28T12:00:00+01:00", "2024-01-02", ["2023-12-29T09:00:00+01:00", "2024-01-02T09:00:00+01:00"]),
    ],
)
async def test_reminders_keep_the_hour_across_clock_changes_and_holidays(
    double: TeamsDouble, database: Path, now: str, due: str, reminded: list[str]
) -> None:
    async with running(database, now=now, teams=double) as product:
        town = Town(product, double, everybody(double))
        await town.connect()
        await add(town, "samhandlingssjef", due=due)
        for number, moment in enumerate(reminded):
            await product.clock_to(_just_before(moment))
            assert len(town["larvik-sjef"].titled(REMINDER)) == number, moment
            await product.clock_to(moment)
            assert len(town["larvik-sjef"].titled(REMINDER)) == number + 1, moment
        await product.clock_to(f"{due}T23:00:00+01:00")
        assert len(town["larvik-sjef"].titled(REMINDER)) == len(reminded)


def _just_before(moment: str) -> str:
    return moment.replace("T09:00", "T08:59")


async def test_what_is_done_or_moved_is_not_reminded_of(connected: Town) -> None:
    await add(connected, "samhandlingssjef", due="2023-11-28")
    listed = await opens(connected.boss)
    await connected.boss.presses(listed, "action.move")
    await connected.boss.presses(listed, "action.move", due="2023-12-05")
    person = connected["larvik-sjef"]
    await connected.product.clock_to(at("2023-11-30"))
    assert not person.titled(REMINDER)
    await connected.product.clock_to(at("2023-12-04"))
    assert len(person.titled(REMINDER)) == 1
    [listed] = await person.says("tiltak")
    await person.presses(listed, "action.done")
    before = len(person.messages)
    await connected.product.clock_to(at("2023-12-15"))
    assert len(person.messages) == before
    assert not person.titled(REMINDER)  # the one that was sent says that it is done
    assert "Status: Gjort" in person.titled("Nytt tiltak")[0].text


async def test_given_in_the_morning_of_the_day_it_is_not_reminded_of_as_well(connected: Town) -> None:
    await connected.product.clock_to(at("2023-11-24", "08:30"))
    await add(connected, "samhandlingssjef", due="i dag")
    await connected.product.clock_to(at("2023-11-24", "20:00"))
    assert not connected["larvik-sjef"].titled(REMINDER)


async def test_given_at_night_it_comes_in_the_morning(connected: Town) -> None:
    await connected.product.clock_to(at("2023-11-24", "22:00"))
    await add(connected, "samhandlingssjef")
    person = connected["larvik-sjef"]
    assert not person.messages
    await connected.product.clock_to(at("2023-11-27", "06:59"))
    assert not person.messages
    await connected.product.clock_to(at("2023-11-27", "07:00"))
    assert len(person.messages) == 1


async def test_a_reminder_is_put_off_to_the_next_working_day_and_the_scheduled_one_gives_way(connected: Town) -> None:
    await add(connected, "samhandlingssjef", due="2023-11-27")
    person = connected["larvik-sjef"]
    await connected.product.clock_to(at("2023-11-24"))
    [reminder] = person.titled(REMINDER)
    for _ in range(2):
        card = await person.presses(reminder, "reminder.snooze")
        assert "mandag 27. november kl. 09.00" in words(card)
        [reminder] = person.titled(REMINDER) or [reminder]
        reminder.activity = reminder.history[0]
    await connected.product.clock_to(at("2023-11-27", "20:00"))
    assert len(person.titled(REMINDER)) == 2
    await person.presses(person.titled(REMINDER)[1], "reminder.snooze")
    await connected.product.clock_to(at("2023-11-28"))
    assert "Fristen gikk ut mandag 27. november." in person.last.text


async def test_a_reminder_that_was_put_off_does_not_come_when_it_is_done(connected: Town) -> None:
    await add(connected, "samhandlingssjef", due="2023-11-27")
    person = connected["larvik-sjef"]
    await connected.product.clock_to(at("2023-11-27"))
    await person.presses(person.titled(REMINDER)[-1], "reminder.snooze")
    [listed] = await connected.boss.says("tiltak")
    await connected.boss.presses(listed, "action.done")
    before = len(person.messages)
    await connected.product.clock_to(at("2023-12-05"))
    assert len(person.messages) == before


async def test_nobody_puts_off_anothers_reminder(connected: Town) -> None:
    await add(connected, "samhandlingssjef", due="2023-11-27")
    await connected.product.clock_to(at("2023-11-24"))
    [theirs] = connected["larvik-sjef"].titled(REMINDER)
    [listed] = await connected["horten-sjef"].says("tiltak")
    listed.activity = json.loads(json.dumps(theirs.activity))
    card = await connected["horten-sjef"].presses(listed, "reminder.snooze")
    assert "Bare de som svarer for Larvik kommune" in words(card)


async def test_a_process_that_was_down_sends_one_reminder_and_no_stale_one(double: TeamsDouble, database: Path) -> None:
    people = everybody(double)
    async with running(database, teams=double) as product:
        town = Town(product, double, people)
        await town.connect()
        await add(town, "samhandlingssjef", due="2023-11-28")
    async with running(database, now=at("2023-11-28", "10:30"), teams=double) as product:
        await product.settle()
        assert len(people["larvik-sjef"].titled(REMINDER)) == 1
    async with running(database, now=at("2023-12-02", "10:30"), teams=double) as product:
        await product.settle()
        assert len(people["larvik-sjef"].titled(REMINDER)) == 1


# Overdue


OVERDUE = "over frist"


async def test_overdue_ones_come_on_monday_all_of_an_owner_in_one_message(connected: Town) -> None:
    await add(connected, "samhandlingssjef", text="Første", due="2023-11-24")
    await add(connected, "samhandlingssjef", text="Andre", due="2023-11-26")
    await add(connected, "samhandlingssjef", text="Tredje", due="2023-11-24", owner="horten")
    await add(connected, "samhandlingssjef", text="Fjerde", due="2023-11-27")
    await connected.product.clock_to(at("2023-11-27", "08:59"))
    assert not connected["larvik-sjef"].titled(OVERDUE)
    await connected.product.clock_to(at("2023-11-27"))
    [told] = connected["larvik-sjef"].titled(OVERDUE)
    assert told.title == "Larvik kommune: 2 tiltak er over frist"
    assert "Første" in told.text
    assert "Andre" in told.text
    assert "Fjerde" not in told.text
    assert len(connected["horten-sjef"].titled(OVERDUE)) == 1
    [listed] = connected.boss.titled(OVERDUE)
    assert listed.title == "3 tiltak er over frist"
    assert listed.text.index("Horten kommune") < listed.text.index("Larvik kommune")
    assert not connected["sandefjord-sjef"].titled(OVERDUE)


async def test_overdue_ones_come_once_a_week_until_they_are_settled(connected: Town) -> None:
    await add(connected, "samhandlingssjef", due="2023-11-24")
    person = connected["larvik-sjef"]
    await connected.product.clock_to(at("2023-12-04", "08:59"))
    assert len(person.titled(OVERDUE)) == 1
    await connected.product.clock_to(at("2023-12-04"))
    assert len(person.titled(OVERDUE)) == 2
    assert len(connected.boss.titled(OVERDUE)) == 2
    await person.presses(person.titled(OVERDUE)[1], "action.done")
    await connected.product.clock_to(at("2023-12-18"))
    assert len(connected.boss.titled("Ett tiltak er over frist")) == 0  # the lists that were sent say so now
    assert "Ingen tiltak er over frist." in connected.boss.messages[-1].text


async def test_very_many_overdue_ones_are_told_with_how_many_more_there_are(connected: Town) -> None:
    for number in range(45):
        await add(connected, "larvik-sjef", text=f"{number} " + "å" * 490, due="2023-11-24")
    await connected.product.clock_to(at("2023-11-27"))
    [told] = connected["larvik-sjef"].titled(OVERDUE)
    assert told.title == "Larvik kommune: 45 tiltak er over frist"
    assert "… og 39 til." in told.text
    assert told.actions.count("action.done") == 6
    [listed] = connected.boss.titled(OVERDUE)
    assert "… og 5 til." in listed.text
    assert not connected.double.complaints


async def test_when_monday_is_a_day_off_they_come_on_the_working_day_after(connected: Town) -> None:
    await add(connected, "samhandlingssjef", due="2023-12-21")
    await connected.product.clock_to(at("2023-12-27", "08:59"))
    assert not connected.boss.titled(OVERDUE)
    await connected.product.clock_to(at("2023-12-27"))
    assert len(connected.boss.titled(OVERDUE)) == 1


async def test_what_a_unit_that_is_no_more_has_left_behind_is_handed_on(double: TeamsDouble, database: Path) -> None:
    people = everybody(double)
    async with running(database, teams=double) as product:
        town = Town(product, double, people)
        await town.connect()
        await add(town, "samhandlingssjef", due="2023-11-24", owner="prehospital")
    units = tuple(unit for unit in vestfold().units if unit.key != "prehospital")
    staff = tuple(person for person in vestfold().people if person.unit != "prehospital")
    without = replace(vestfold(), units=units, people=staff)
    async with running(database, [without], now=START, teams=double) as product:
        town = Town(product, double, people)
        await product.clock_to(at("2023-11-27"))
        [listed] = town.boss.titled(OVERDUE)
        assert "prehospital" in listed.text
        [card] = await town.boss.says("tiltak")
        await town.boss.presses(card, "action.show")
        await town.boss.presses(card, "action.hand_over")
        await town.boss.presses(card, "action.hand_over", owner="medisin")
        assert "har gitt dette tiltaket til Medisinsk klinikk" in town["medisin-sjef"].last.text


async def test_who_stands_in_is_told_and_may_change_it_meanwhile(connected: Town) -> None:
    person = connected["horten-sjef"]
    await person.says("vara")
    await person.presses(
        person.last_card, "absence.set", deputy="larvik-vara", **{"from": "2023-11-23", "until": "2023-11-28"}
    )
    await add(connected, "samhandlingssjef", owner="horten", due="2023-11-27")
    deputy = connected["larvik-vara"]
    assert "har gitt dette tiltaket til Horten kommune" in deputy.last.text
    assert not person.titled("Nytt tiltak")
    await connected.product.clock_to(at("2023-11-24"))
    [reminder] = deputy.titled(REMINDER)
    await deputy.presses(reminder, "action.done")
    assert (await the_action(connected))["settled_by"] == "larvik-vara"
