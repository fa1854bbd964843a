"""`publiser`: everybody is told what is new in their own organs since the plan was published last."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e import test_plan_in_chat as in_chat
from tests.e2e.acting import words
from tests.e2e.test_calendar_feed import with_members
from tests.harness import Snapshot, Town, beginning
from tests.teams_double import TeamsDouble, TeamsPerson, buttons_of


async def _begun(town: Town) -> None:
    await town.connect()
    await in_chat.stored(town)


@pytest.fixture
async def town(double: TeamsDouble, database: Path, snapshots: dict[str, Snapshot]) -> AsyncIterator[Town]:
    """SSU is Larvik's and Horten's, PM is Horten's; the other organs are everybody's."""
    async with beginning(
        snapshots, "publication", _begun, database, double, [with_members()], now=in_chat.NOW
    ) as found:
        yield found
    assert double.complaints == []


@pytest.fixture
def secretary(town: Town) -> TeamsPerson:
    return town["sekretariat"]


async def publishes(secretary: TeamsPerson) -> str:
    await secretary.says("publiser")
    return words(await secretary.presses(secretary.last_card, "plan.publish"))


async def test_everybody_is_told_what_is_new_in_the_own_organs(town: Town, secretary: TeamsPerson) -> None:
    assert "Møteplanen er publisert." in await publishes(secretary)
    [message] = town["larvik-sjef"].titled("Nytt i møteplanen")
    assert "SSU: Nytt møte: torsdag 29. februar 2024 kl. 13.00–15.30. Stedet er ikke avklart." in message.text
    assert "PM:" not in message.text
    assert "PM:" in town["horten-sjef"].titled("Nytt i møteplanen")[0].text
    assert "SSU:" not in town["tonsberg-sjef"].titled("Nytt i møteplanen")[0].text
    assert message.actions == ["plan.show", "calendar.subscribe"]
    assert secretary.titled("Nytt i møteplanen") == []


async def test_nothing_is_told_before_the_button_is_pressed_and_nothing_twice(
    town: Town, secretary: TeamsPerson
) -> None:
    await secretary.says("publiser")
    data = next(b["data"] for b in buttons_of(secretary.last_card.card or {}) if b["verb"] == "plan.publish")
    assert town["larvik-sjef"].titled("Nytt i møteplanen") == []
    for _ in range(2):
        await secretary.sends(secretary.activity("message", value=data))
        await town.product.settle()
    assert len(town["larvik-sjef"].titled("Nytt i møteplanen")) == 1
    assert (await secretary.says("publiser"))[-1].text.startswith("Det er ikke noe nytt i møteplanen")


async def test_the_next_time_only_what_has_changed_since_is_told(town: Town, secretary: TeamsPerson) -> None:
    await publishes(secretary)
    await in_chat.form(secretary, "29. februar")
    await in_chat.saves(secretary, date="2024-03-07")
    assert "SSU: Flyttet fra torsdag 29. februar 2024" in await publishes(secretary)
    message = town["larvik-sjef"].titled("Nytt i møteplanen")[-1]
    assert "til torsdag 7. mars 2024 kl. 13.00–15.30" in message.text
    assert "AU:" not in message.text
    assert len(town["tonsberg-sjef"].titled("Nytt i møteplanen")) == 1


async def test_there_and_back_is_no_news(town: Town, secretary: TeamsPerson) -> None:
    await publishes(secretary)
    for day, to in (("29. februar", "2024-03-07"), ("7. mars", "2024-02-29")):
        await in_chat.form(secretary, day)
        await in_chat.saves(secretary, date=to)
    assert (await secretary.says("publiser"))[-1].text.startswith("Det er ikke noe nytt i møteplanen")


async def test_it_waits_for_the_morning(town: Town, secretary: TeamsPerson) -> None:
    await town.product.clock_to("2024-01-08T21:00:00+01:00")
    await publishes(secretary)
    assert town["larvik-sjef"].titled("Nytt i møteplanen") == []
    await town.product.clock_to("2024-01-09T07:00:00+01:00")
    assert len(town["larvik-sjef"].titled("Nytt i møteplanen")) == 1
