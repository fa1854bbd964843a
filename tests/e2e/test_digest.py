"""`ukesoversikt`: turned on and off, and what it says on the week's first working day."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from domain.plan.reading import read_plan
from domain.plan.text_table import rows_of_text
from services import meeting_plan
from tests.e2e.acting import words
from tests.e2e.test_calendar_feed import with_members
from tests.harness import Snapshot, Town, beginning, everybody, running
from tests.teams_double import Message, TeamsDouble, TeamsPerson, buttons_of

NOW = "2024-03-21T09:00:00+01:00"
"""A Thursday. Monday 1 April is Easter Monday."""

PLAN = "SSU 04.04.24\nPM 05.04.24\nAU 11.04.24\nSSU 25.04.24\n"
"""AU's notice is due on 4 April, SSU's items too; AU's items were due on 28 March, Maundy Thursday, so on the 27th."""

TITLE = "Ukesoversikt for uke"


async def _begun(town: Town) -> None:
    await town.connect()
    for key in ("sekretariat", "larvik-sjef", "horten-sjef", "tonsberg-sjef"):
        await town[key].says("hjelp")


@pytest.fixture
async def town(double: TeamsDouble, database: Path, snapshots: dict[str, Snapshot]) -> AsyncIterator[Town]:
    """SSU is Larvik's and Horten's, PM is Horten's; the other organs are everybody's."""
    async with beginning(snapshots, "digest", _begun, database, double, [with_members()], now=NOW) as found:
        yield found
    assert double.complaints == []


@pytest.fixture
def larvik(town: Town) -> TeamsPerson:
    return town["larvik-sjef"]


async def stored(town: Town, text: str = PLAN) -> None:
    read = read_plan(with_members(), rows_of_text(text))
    async with town.product.product.store.begin("vestfold") as work:
        now = town.product.product.clock.now()
        await meeting_plan.store(work, await meeting_plan.compare(work, read.meetings), by=None, now=now)


async def to(town: Town, moment: str, offset: str = "+02:00") -> None:
    await town.product.clock_to(f"2024-{moment}:00{offset}")


def digests(person: TeamsPerson, title: str = TITLE) -> list[Message]:
    return person.titled(title)


def waiting(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as read:
        query = "SELECT key FROM due_work WHERE kind = 'digest.week' AND outcome IS NULL"
        return [key for (key,) in read.execute(query)]


async def audited(town: Town, kind: str) -> list[str | None]:
    async with town.product.product.store.read("vestfold") as work:
        return [entry.by async for entry in work.audit.all() if entry.kind == kind]


# On and off


async def test_it_says_whether_it_is_on_and_one_button_turns_it(
    town: Town, larvik: TeamsPerson, database: Path
) -> None:
    await larvik.says("ukesoversikt")
    assert "Du får ikke ukesoversikten." in larvik.last_card.text
    assert waiting(database) == []
    on = await larvik.presses(larvik.last_card, "digest.set")
    assert "Du får en ukesoversikt om morgenen den første arbeidsdagen i uken." in words(on)
    [press] = buttons_of(on)
    assert (press["title"], press["data"]["on"]) == ("Slå av", False)
    assert waiting(database) == ["digest:2024-03-25"]
    off = await larvik.presses(larvik.last_card, "digest.set")
    assert "Du får ikke ukesoversikten." in words(off)
    assert waiting(database) == []
    assert await audited(town, "digest.turned_on") == await audited(town, "digest.turned_off") == ["larvik-sjef"]


@pytest.mark.parametrize(
    ("on", "off"),
    [("ukesoversikt på", "ukesoversikt av"), ("Vekesoversikt på.", "vekesoversikt av"), ("digest on", "digest off")],
)
async def test_words_of_every_language_turn_it_and_said_twice_it_is_turned_once(
    town: Town, larvik: TeamsPerson, on: str, off: str
) -> None:
    for _ in range(2):
        assert "Du får en ukesoversikt" in (await larvik.says(on))[-1].text
    for _ in range(2):
        assert "Du får ikke ukesoversikten." in (await larvik.says(off))[-1].text
    assert len(await audited(town, "digest.turned_on")) == len(await audited(town, "digest.turned_off")) == 1


async def test_in_a_channel_it_is_not_turned(town: Town, database: Path) -> None:
    [refusal] = await town.boss.says("ukesoversikt på", where=town.channel)
    assert refusal.text == "Skriv til meg i en personlig samtale for å slå ukesoversikten på eller av."
    assert waiting(database) == []


async def test_it_stays_planned_while_somebody_else_wants_it(town: Town, larvik: TeamsPerson, database: Path) -> None:
    await larvik.says("ukesoversikt på")
    await town["horten-sjef"].says("ukesoversikt på")
    await larvik.says("ukesoversikt av")
    assert waiting(database) == ["digest:2024-03-25"]
    await stored(town, "SSU 26.03.24\n")
    await to(town, "03-25T08:00", "+01:00")
    assert digests(larvik) == []
    assert len(digests(town["horten-sjef"])) == 1


async def test_turned_off_and_on_during_the_week_it_is_not_doubled(
    town: Town, larvik: TeamsPerson, database: Path
) -> None:
    await stored(town, "SSU 26.03.24\n")
    await larvik.says("ukesoversikt på")
    await to(town, "03-25T09:00", "+01:00")
    await larvik.says("ukesoversikt av")
    await larvik.says("ukesoversikt på")
    await to(town, "03-27T09:00", "+01:00")
    assert len(digests(larvik)) == 1
    assert waiting(database) == ["digest:2024-04-01"]


# What it says, and when


async def test_after_easter_monday_it_comes_on_tuesday_with_all_that_is_mine(town: Town, larvik: TeamsPerson) -> None:
    await stored(town)
    await town.start(first_meeting="2024-04-02", until="2024-04-16")
    for text, due in (("Svar på høring", "2024-04-05"), ("Rapport til rådet", "2024-03-22")):
        await larvik.says("frist")
        await larvik.presses(larvik.last_card, "deadline.save", text=text, due=due, remind="0")
    for owner, due in (("larvik", "2024-04-04"), ("horten", "2024-04-03"), ("larvik", "2024-04-09")):
        await larvik.says("tiltak")
        action = {"text": f"Åpner plasser {owner} {due}", "owner": owner, "due": due}
        await larvik.presses(larvik.last_card, "action.add", **action)
    await larvik.says("ukesoversikt på")
    await to(town, "04-02T07:59")
    assert [m.title for m in digests(larvik)] == [f"{TITLE} 13"]  # what is overdue, the week before
    await to(town, "04-02T08:00")
    message = digests(larvik)[-1]
    assert message.title == f"{TITLE} 14"
    lines = message.text
    assert "SSU: torsdag 4. april 2024 kl. 13.00–15.30. Stedet er ikke avklart." in lines
    assert "Operativt møte: tirsdag 2. april kl. 16.00." in lines
    assert lines.index("Operativt") < lines.index("SSU: torsdag")
    assert lines.index("Frister som har gått ut") < lines.index("22.03.2024: Rapport til rådet")
    assert lines.index("Frister denne uken") < lines.index("05.04.2024: Svar på høring")
    assert "04.04.2024: SSU: sakfrist" in lines
    assert "Åpner plasser larvik 2024-04-04" in lines
    for others in ("PM:", "AU: innkalling", "horten 2024", "2024-04-09", "11. april"):
        assert others not in lines, others
    assert message.actions == ["plan.show", "action.list", "digest.set"]
    assert [key for key, person in town.people.items() if digests(person)] == ["larvik-sjef"]


async def test_the_secretariat_is_told_what_it_owes_of_the_plan(town: Town) -> None:
    secretary = town["sekretariat"]
    await stored(town)
    await secretary.says("ukesoversikt på")
    await to(town, "04-02T08:00")
    lines = digests(secretary)[-1].text
    assert lines.index("Frister som har gått ut") < lines.index("27.03.2024: AU: sakfrist")
    assert lines.index("Frister denne uken") < lines.index("04.04.2024: AU: innkalling")


async def test_with_nothing_to_say_it_does_not_come_and_the_week_after_it_does(town: Town, larvik: TeamsPerson) -> None:
    await larvik.says("ukesoversikt på")
    await to(town, "03-27T12:00", "+01:00")
    assert digests(larvik) == []
    await stored(town, "SSU 04.04.24\n")
    await to(town, "04-02T08:00")
    assert [m.title for m in digests(larvik)] == [f"{TITLE} 14"]


async def test_turned_off_before_monday_it_does_not_come(town: Town, larvik: TeamsPerson) -> None:
    await stored(town, "SSU 26.03.24\n")
    await larvik.says("ukesoversikt på")
    await larvik.says("ukesoversikt av")
    await to(town, "03-26T12:00", "+01:00")
    assert digests(larvik) == []


async def test_what_is_settled_in_time_is_not_in_it(town: Town, larvik: TeamsPerson) -> None:
    await larvik.says("ukesoversikt på")
    await larvik.says("frist")
    shown = await larvik.presses(larvik.last_card, "deadline.save", text="Svar", due="2024-03-26", remind="0")
    assert "deadline.done" in json.dumps(shown)
    await larvik.presses(larvik.last_card, "deadline.done")
    await to(town, "03-27T12:00", "+01:00")
    assert digests(larvik) == []


@pytest.mark.parametrize(
    ("language", "command", "title", "meetings"),
    [
        ("nn", "vekesoversikt på", "Vekesoversikt for veke 14", "Møte denne veka"),
        ("en", "digest on", "Digest for week 14", "Meetings this week"),
    ],
)
async def test_each_reads_it_in_the_own_language(
    town: Town, larvik: TeamsPerson, language: str, command: str, title: str, meetings: str
) -> None:
    await stored(town, "SSU 04.04.24\n")
    await larvik.says(f"språk {language}")
    await larvik.says(command)
    await to(town, "04-02T08:00")
    [message] = digests(larvik, title)
    assert meetings in message.text


async def test_after_a_stop_it_comes_late_within_its_week_and_never_after_it(
    double: TeamsDouble, database: Path
) -> None:
    async with running(database, [with_members()], now=NOW, teams=double) as made:
        town = Town(made, double, everybody(double))
        await stored(town, "SSU 26.03.24\nSSU 04.04.24\n")
        await town["larvik-sjef"].says("ukesoversikt på")
    async with running(database, [with_members()], now="2024-04-03T07:30:00+02:00", teams=double) as made:
        await made.settle()
        assert [m.title for m in digests(double.people["larvik-sjef"])] == [f"{TITLE} 14"]
        assert waiting(database) == ["digest:2024-04-08"]
