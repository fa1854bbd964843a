"""Deadlines of the meeting plan, as the secretariat meets them: reminded of in the morning, done, put off, refused."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from domain.community import Community
from domain.plan.reading import read_plan
from domain.plan.text_table import rows_of_text
from services import meeting_plan
from tests.builders import identity_number
from tests.harness import Snapshot, Town, beginning, everybody, running, vestfold
from tests.teams_double import Message, TeamsDouble, TeamsPerson, beside, buttons_of, inputs_of

NOW = "2024-02-04T12:00:00+01:00"
"""A Sunday."""

PLAN = "SSU 29.02.24\nAU 22.02.24\n"
"""Due: SSU items 8 February, notice 15, papers 22; AU items 8, notice 15, minutes 29."""


async def stored(town: Town, text: str = PLAN) -> None:
    read = read_plan(vestfold(), rows_of_text(text))
    async with town.product.product.store.begin("vestfold") as work:
        now = town.product.product.clock.now()
        await meeting_plan.store(work, await meeting_plan.compare(work, read.meetings), by=None, now=now)


async def _begun(town: Town) -> None:
    await town.connect()
    await stored(town)


@pytest.fixture
async def town(double: TeamsDouble, database: Path, snapshots: dict[str, Snapshot]) -> AsyncIterator[Town]:
    async with beginning(snapshots, "deadlines", _begun, database, double, now=NOW) as found:
        yield found


@pytest.fixture
def secretary(town: Town) -> TeamsPerson:
    return town["sekretariat"]


def reminders(person: TeamsPerson) -> list[Message]:
    return [m for m in person.messages if "frist" in m.title.casefold()]


def newest(person: TeamsPerson) -> Message:
    return reminders(person)[-1]


async def to(town: Town, moment: str) -> None:
    await town.product.clock_to(f"2024-{moment}:00+01:00")


async def test_several_on_one_morning_are_one_message_to_the_secretariat_only(
    town: Town, secretary: TeamsPerson
) -> None:
    await to(town, "02-07T07:59")
    assert reminders(secretary) == []
    await to(town, "02-07T08:00")
    assert [m.title for m in reminders(secretary)] == ["2 frister nærmer seg"]
    await to(town, "02-08T08:00")
    message = newest(secretary)
    assert message.title == "4 frister nærmer seg"
    assert [choice["title"] for choice in inputs_of(message.card or {})["which"]["choices"]] == [
        "08.02.2024 AU: sakfrist",
        "08.02.2024 SSU: sakfrist",
        "15.02.2024 AU: innkalling",
        "15.02.2024 SSU: innkalling",
    ]
    assert message.actions == ["deadline.done", "deadline.snooze", "deadline.cannot"]
    assert [key for key, person in town.people.items() if reminders(person)] == ["sekretariat"]


async def test_each_morning_is_told_once_and_days_off_never(town: Town, secretary: TeamsPerson) -> None:
    await to(town, "03-08T08:00")
    # A week before, the day before, the day itself: 7, 8, 14, 15, 21, 22, 28 and 29 February, 6 and 7 March.
    assert len(reminders(secretary)) == 10
    assert newest(secretary).title == "En frist nærmer seg"
    assert "07.03.2024: SSU: referat" in newest(secretary).text


async def test_done_is_shown_on_the_message_and_not_reminded_of_again(town: Town, secretary: TeamsPerson) -> None:
    await to(town, "02-08T08:00")
    message = newest(secretary)
    keys = inputs_of(message.card or {})["which"]["choices"]
    notices = ",".join(c["value"] for c in keys if "innkalling" in c["title"])
    await secretary.presses(message, "deadline.done", which=notices)
    assert "15.02.2024: SSU: innkalling – ferdig, Sekretariatet" in message.text
    assert message.title == "2 frister nærmer seg"
    await to(town, "02-15T08:00")
    assert all("innkalling" not in str(m.card) for m in reminders(secretary)[2:])


async def test_put_off_until_monday_it_comes_then(town: Town, secretary: TeamsPerson) -> None:
    await to(town, "02-08T08:00")
    message = newest(secretary)
    await secretary.presses(message, "deadline.snooze", when="monday")
    assert "ny påminnelse 12.02.2024" in str(message.card)
    await to(town, "02-12T07:59")
    assert len(reminders(secretary)) == 2
    await to(town, "02-12T08:00")
    assert "SSU: innkalling" in str(newest(secretary).card)


async def test_put_off_past_a_scheduled_reminder_that_one_does_not_come(town: Town, secretary: TeamsPerson) -> None:
    await to(town, "02-08T08:00")
    await secretary.presses(newest(secretary), "deadline.snooze", when="date", date="2024-02-15")
    await to(town, "02-14T12:00")
    assert len(reminders(secretary)) == 2
    await to(town, "02-15T08:00")
    assert "SSU: innkalling" in str(newest(secretary).card)


@pytest.mark.parametrize(
    ("inputs", "field", "says"),
    [
        ({"when": "date", "date": ""}, "date", "Skriv en dato som finnes"),
        ({"when": "date", "date": "2024-02-08"}, "date", "Velg en dato fram i tid."),
        ({"when": "date", "date": "2026-02-08"}, "date", "innen ett år"),
        ({"which": ""}, "which", "Velg minst én frist."),
    ],
)
async def test_wrong_input_comes_back_at_its_field(
    town: Town, secretary: TeamsPerson, inputs: dict[str, str], field: str, says: str
) -> None:
    await to(town, "02-08T08:00")
    again = await secretary.presses(newest(secretary), "deadline.snooze", **inputs)
    assert says in beside(again, field)


async def test_an_identity_number_as_a_date_is_not_shown_again(town: Town, secretary: TeamsPerson) -> None:
    await to(town, "02-08T08:00")
    typed = {"when": "date", "date": identity_number(), "which": ""}
    again = await secretary.presses(newest(secretary), "deadline.snooze", **typed)
    assert beside(again, "date")
    assert identity_number() not in json.dumps(again)


async def test_who_cannot_keep_it_says_so_to_the_coordinator(town: Town, secretary: TeamsPerson) -> None:
    await to(town, "02-08T08:00")
    message = newest(secretary)
    key = inputs_of(message.card or {})["which"]["choices"][0]
    await secretary.presses(message, "deadline.cannot", which=key["value"])
    assert "Sekretariatet kan ikke" in message.text
    [told] = town.boss.titled("En frist står i fare")
    assert "Sekretariatet kan ikke holde fristen" in told.text


async def test_deadlines_move_with_the_meeting_and_go_with_it(town: Town, secretary: TeamsPerson) -> None:
    await stored(town, "SSU 14.03.24\nAU 22.02.24\n")
    await to(town, "02-08T08:00")
    assert "SSU" not in str(newest(secretary).card)
    await to(town, "02-15T08:00")
    assert "22.02.2024 SSU: sakfrist" in str(newest(secretary).card)


async def test_after_a_stop_what_was_missed_comes_once(double: TeamsDouble, database: Path) -> None:
    people = everybody(double)
    async with running(database, now=NOW, teams=double) as made:
        await Town(made, double, people).connect()
        await stored(Town(made, double, people))
    async with running(database, now="2024-02-09T10:00:00+01:00", teams=double) as made:
        await made.settle()
        [message] = reminders(people["sekretariat"])
        assert message.title == "4 frister nærmer seg"


async def test_nobody_else_settles_a_deadline(town: Town, secretary: TeamsPerson) -> None:
    await to(town, "02-08T08:00")
    message = newest(secretary)
    data = next(e["data"] for e in buttons_of(message.card or {}) if e["verb"] == "deadline.done")
    larvik = town["larvik-sjef"]
    await larvik.sends(larvik.activity("message", value={**data, "which": ",".join(data["deadlines"])}))
    assert "Bare den som har ansvaret for fristen" in larvik.messages[-1].text
    assert "ferdig" not in message.text


# What the chair owes


def led(chair: str | None) -> Community:
    """Whoever leads SSU's meetings owes their papers."""
    ssu, *others = vestfold().forums
    return replace(vestfold(), forums=(replace(ssu, chair=chair, chair_owes=frozenset({"sakspapirer"})), *others))


@asynccontextmanager
async def led_by(double: TeamsDouble, database: Path, chair: str | None) -> AsyncIterator[Town]:
    async with running(database, [led(chair)], now=NOW, teams=double) as made:
        found = Town(made, double, everybody(double))
        await found.connect()
        await stored(found, "SSU 29.02.24\n")
        yield found


async def name_in_the_notice(town: Town, chair: str) -> None:
    [card] = await town["sekretariat"].says("innkalling SSU")
    await town["sekretariat"].presses(card, "notice.edit")
    await town["sekretariat"].presses(card, "notice.save", chair=chair)


async def test_the_chair_of_the_organ_is_reminded_of_what_the_chair_owes_and_the_secretariat_is_not(
    double: TeamsDouble, database: Path
) -> None:
    async with led_by(double, database, "horten-sjef") as town:
        await to(town, "02-22T08:00")
        assert "sakspapirer" in newest(town["horten-sjef"]).text.casefold()
        assert not any("sakspapirer" in message.text.casefold() for message in reminders(town["sekretariat"]))
        assert reminders(town["larvik-sjef"]) == []
        [plan] = await town["horten-sjef"].says("møteplan")
        assert "sakspapirer" in plan.text.casefold()
        await town["horten-sjef"].presses(newest(town["horten-sjef"]), "deadline.done")
        assert "deadline.done" not in newest(town["horten-sjef"]).actions


async def test_who_leads_the_meeting_by_its_notice_owes_it_in_the_organs_chairs_place(
    double: TeamsDouble, database: Path
) -> None:
    async with led_by(double, database, "horten-sjef") as town:
        await name_in_the_notice(town, "larvik-sjef")
        await to(town, "02-22T08:00")
        assert "sakspapirer" in newest(town["larvik-sjef"]).text.casefold()
        assert reminders(town["horten-sjef"]) == []


async def test_where_nobody_is_known_to_lead_the_secretariat_owes_it(double: TeamsDouble, database: Path) -> None:
    async with led_by(double, database, None) as town:
        await to(town, "02-22T08:00")
        assert "sakspapirer" in newest(town["sekretariat"]).text.casefold()


async def test_the_notice_names_the_organs_chair_where_nobody_else_is_chosen(
    double: TeamsDouble, database: Path
) -> None:
    async with led_by(double, database, "horten-sjef") as town:
        [card] = await town["sekretariat"].says("innkalling SSU")
        assert "Møteleder: Kommunalsjef Horten" in card.text
        await name_in_the_notice(town, "larvik-sjef")
        [card] = await town["sekretariat"].says("innkalling SSU")
        assert "Møteleder: Kommunalsjef Larvik" in card.text
