"""Somebody unknown is let in or not, and who has left is unknown again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.e2e.acting import words
from tests.e2e.period.acting import MONDAY_9, TUESDAY
from tests.harness import MUNICIPALITY, Town, everybody, running, vestfold
from tests.teams_double import TeamsDouble


async def test_somebody_unknown_is_refused_politely_and_the_coordinator_lets_them_in(prompted: Town) -> None:
    new = prompted.double.person("ny-vara", email="ny@larvik.example", name="Ny Vara")
    before = len(prompted.boss.messages)
    [refused] = await new.says("status")
    assert "kjenner deg ikke" in refused.text
    assert "Larvik" not in refused.text
    await new.says("oversikt")
    [request] = prompted.boss.messages[before:]
    assert "Ny Vara" in request.text
    assert "ny@larvik.example" in request.text
    await prompted.boss.presses(request, "join.accept", **{"for": "larvik", "role": "deputy"})
    assert "Ny Vara har fått tilgang" in request.text
    assert "Velkommen" in new.last.title
    [form] = await new.says("status")
    await new.presses(form, "status.submit", **MUNICIPALITY)
    report = await prompted.product.report_of(TUESDAY, "larvik")
    assert report["state"] == "answered"


async def test_somebody_declined_stays_outside(prompted: Town) -> None:
    new = prompted.double.person("ukjent", email="noen@annet.example", name="Noen Annen")
    await new.says("hei")
    request = prompted.boss.last
    await prompted.boss.presses(request, "join.decline")
    assert "ikke fått tilgang" in request.text
    before = len(prompted.boss.messages)
    [refused] = await new.says("oversikt")
    assert "kjenner deg ikke" in refused.text
    assert len(prompted.boss.messages) == before, "one request, however often they write"


async def test_only_the_coordinator_lets_people_in(prompted: Town) -> None:
    new = prompted.double.person("ukjent", email="noen@annet.example", name="Noen Annen")
    await new.says("hei")
    request = prompted.boss.last
    [button, _] = (request.card or {})["actions"]
    data = button["data"] | {"for": "larvik", "role": "deputy"}
    value = {"action": {"type": "Action.Execute", "verb": "join.accept", "data": data}}
    for person in (new, prompted["larvik-sjef"]):
        status, answer = await person.sends(person.activity("invoke", name="adaptiveCard/action", value=value))
        assert status == 200
        assert "har fått tilgang" not in words(answer["value"])
    [refused] = await new.says("oversikt")
    assert "kjenner deg ikke" in refused.text


async def test_a_displayed_name_opens_no_door(prompted: Town) -> None:
    false = prompted.double.person("falsk", email="falsk@annet.example", name="Samhandlingssjef SiV")
    [answer] = await false.says("avslutt")
    assert "kjenner deg ikke" in answer.text


async def test_somebody_who_has_left_gets_nothing_more_and_is_let_in_no_more(
    double: TeamsDouble, database: Path
) -> None:
    async with running(database, teams=double) as product:
        town = Town(product, double, everybody(double))
        await town.prompted()
        await town.answers("larvik-sjef", **MUNICIPALITY)
        before = len(town["larvik-sjef"].messages)
    left = replace(vestfold(), people=tuple(p for p in vestfold().people if p.key != "larvik-sjef"))
    async with running(database, [left], now=MONDAY_9, teams=double) as product:
        await product.clock_to("2023-12-04T09:00:00+01:00")
        assert len(town["larvik-sjef"].messages) == before
        assert "overliggere" in town["larvik-vara"].last_card.inputs, "the deputy is asked instead"
        [refused] = await town["larvik-sjef"].says("status")
        assert "kjenner deg ikke" in refused.text
        report = await product.report_of(TUESDAY, "larvik")
        assert report["values"]["overliggere"] == 3
