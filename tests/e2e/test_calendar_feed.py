"""A person's own calendar: subscribed to by its address, followed through changes, revoked."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from domain.community import Community
from tests.e2e import test_plan_in_chat as in_chat
from tests.harness import Json, Running, Snapshot, Town, beginning, everybody, running, vestfold
from tests.teams_double import TeamsDouble, TeamsPerson


def with_members() -> Community:
    """SSU is Larvik's and Horten's, PM is Horten's; nobody is named for the others, so they are everybody's."""
    members = {"SSU": frozenset({"larvik-sjef", "horten-sjef"}), "PM": frozenset({"horten-sjef"})}
    forums = tuple(replace(f, members=members.get(f.key, frozenset())) for f in vestfold().forums)
    return replace(vestfold(), forums=forums)


async def _begun(town: Town) -> None:
    await town.connect()
    await in_chat.stored(town)


@pytest.fixture
async def town(double: TeamsDouble, database: Path, snapshots: dict[str, Snapshot]) -> AsyncIterator[Town]:
    async with beginning(
        snapshots, "calendar_feed", _begun, database, double, [with_members()], now=in_chat.NOW
    ) as found:
        yield found


async def card_of(person: TeamsPerson) -> Json:
    await person.says("møteplan")
    return await person.presses(person.last_card, "calendar.subscribe")


def address(card: Json, product: Running) -> str:
    """The path of the link on the card."""
    [found] = re.findall(rf"{re.escape(product.url)}(/calendar/[^\"']+\.ics)", str(card))
    return str(found)


async def calendar(town: Town, path: str) -> str:
    async with town.product.session.get(f"{town.product.url}{path}") as response:
        assert response.status == 200
        assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert response.headers["Cache-Control"] == "private, no-cache"
        return (await response.read()).decode().replace("\r\n ", "")


def organs(text: str) -> set[str]:
    return set(re.findall(r"SUMMARY:(\w+) –", text))


async def test_each_has_the_own_organs_and_deadlines(town: Town) -> None:
    larvik = await calendar(town, address(await card_of(town["larvik-sjef"]), town.product))
    assert organs(larvik) == {"SSU", "AU", "FSU"}
    assert "SUMMARY:SSU: sakfrist\r\nDTSTART;VALUE=DATE:20240208" in larvik
    assert "innkalling" not in larvik
    secretary = await calendar(town, address(await card_of(town["sekretariat"]), town.product))
    assert organs(secretary) == {"SSU", "AU", "FSU", "PM"}
    assert "SUMMARY:SSU: innkalling" in secretary


async def test_it_speaks_the_language_of_its_reader_and_has_the_operational_meetings(town: Town) -> None:
    larvik = town["larvik-sjef"]
    await town.start(first_meeting="2024-01-16", until="2024-01-30")
    await larvik.says("språk en")
    text = await calendar(town, address(await card_of(larvik), town.product))
    assert text.count("SUMMARY:Operational coordination meeting") == 3
    assert "DTSTART;TZID=Europe/Oslo:20240116T160000" in text


async def test_a_moved_meeting_keeps_its_identity_and_counts_up_and_a_cancelled_one_says_so(town: Town) -> None:
    secretary = town["sekretariat"]
    path = address(await card_of(town["larvik-sjef"]), town.product)
    event = r"UID:({uid})\r\n\S+\r\nSEQUENCE:{sequence}\r\nSUMMARY:SSU –[^\r]*\r\n\S+:{day}T"
    planned = event.format(uid=r"\S+", sequence=0, day="20240229")
    [before] = re.findall(planned, await calendar(town, path))
    await in_chat.form(secretary, "29. februar")
    await in_chat.saves(secretary, date="2024-03-07")
    moved = await calendar(town, path)
    assert re.search(event.format(uid=re.escape(before), sequence=1, day="20240307"), moved)
    await secretary.says("møteplan")
    picking = await secretary.presses(secretary.last_card, "plan.pick")
    meeting = next(c["value"] for e in picking["body"] for c in e.get("choices", ()) if "7. mars" in c["title"])
    await secretary.presses(secretary.last_card, "plan.ask_cancel", meeting=meeting)
    await secretary.presses(secretary.last_card, "plan.cancel")
    gone = next(e for e in (await calendar(town, path)).split("BEGIN:VEVENT") if before in e)
    assert "SEQUENCE:2" in gone
    assert "STATUS:CANCELLED" in gone


async def test_the_address_stays_until_it_is_renewed_and_then_opens_nothing(town: Town) -> None:
    larvik = town["larvik-sjef"]
    path = address(await card_of(larvik), town.product)
    assert address(await card_of(larvik), town.product) == path
    assert address(await card_of(town["horten-sjef"]), town.product) != path
    renewed = await larvik.presses(larvik.last_card, "calendar.renew")
    assert "Den gamle adressen virker ikke lenger." in in_chat.words(renewed)
    assert (await town.product.get(path))[0] == 404
    assert organs(await calendar(town, address(renewed, town.product)))


async def test_an_address_of_somebody_who_has_left_opens_nothing(double: TeamsDouble, database: Path) -> None:
    people = everybody(double)
    async with running(database, now=in_chat.NOW, teams=double) as made:
        town = Town(made, double, people)
        await town.connect()
        path = address(await card_of(people["horten-vara"]), made)
        assert (await made.get(path))[0] == 200
        key = made.product.key
    left = replace(vestfold(), people=tuple(p for p in vestfold().people if p.key != "horten-vara"))
    async with running(database, [left], now=in_chat.NOW, teams=double, secret_key=key.decode()) as made:
        assert (await made.get(path))[0] == 404


@pytest.mark.parametrize("token", ["x", "x" * 700, "%00", "AAAA.ics", "æøå", "..%2f..%2fetc"])
async def test_a_made_up_address_opens_nothing(town: Town, token: str) -> None:
    status, answer = await town.product.get(f"/calendar/{token}.ics")
    assert status == 404
    assert answer["error"]


async def test_a_token_for_something_else_opens_no_calendar(town: Town) -> None:
    path = address(await card_of(town["larvik-sjef"]), town.product)
    addresses = town.product.product.addresses
    known = addresses.read("calendar", path.removeprefix("/calendar/").removesuffix(".ics"))
    assert known is not None
    other = addresses.token("document", *known, 2**32 - 1)
    assert (await town.product.get(f"/calendar/{other}.ics"))[0] == 404
