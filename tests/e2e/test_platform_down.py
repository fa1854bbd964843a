"""A platform that takes nothing for a day: it is said, the coordinator hears of it once, and afterwards no flood comes.

The day passes by the development clock. Tries follow each other at once instead of after minutes.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from bot import compose, sending
from tests.e2e.live import Browser
from tests.harness import MUNICIPALITY, START, Running, Town, everybody, running
from tests.mail_double import mail_server
from tests.slack_double import SlackDouble
from tests.slack_town import SlackTown
from tests.teams_double import TeamsDouble

BEFORE, NINE, FOUR = "2023-11-27T08:00:00+01:00", "2023-11-27T09:00:00+01:00", "2023-11-27T16:00:00+01:00"
LATER = "2023-11-27T16:10:00+01:00"
MORNING, BACK = "2023-11-28T09:00:00+01:00", "2023-11-28T09:30:00+01:00"
BEGAN, OVER = "Ingen meldinger kommer fram på {}", "Meldingene kommer fram på {} igjen"
COORDINATOR = "Samhandlingssjef SiV"


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """The development clock waits seconds for tries that come to nothing, and not a quarter of an hour."""
    monkeypatch.setattr(sending, "FIRST_PAUSE", timedelta(milliseconds=5))
    monkeypatch.setattr(sending, "LONGEST_PAUSE", timedelta(milliseconds=100))
    monkeypatch.setattr(compose, "LONGEST_SETTLING", 2.0)


async def a_day_without(town: Town) -> None:
    """Teams takes nothing from Monday before the prompts until Tuesday at half past nine."""
    await town.product.clock_to(BEFORE)
    town.double.fails(503)
    for moment in (NINE, FOUR, "2023-11-27T20:30:00+01:00", MORNING):
        await town.product.clock_to(moment)


async def at_the_page(product: Running, session: aiohttp.ClientSession) -> str:
    """What the coordinator reads on the web page."""
    return (await Browser(product, session).sign_in(COORDINATOR)).text


async def down(product: Running) -> dict[str, float]:
    _, told = await product.get("/metrics")
    return {
        sample.labels["platform"]: sample.value
        for family in text_string_to_metric_families(told)
        for sample in family.samples
        if sample.name == "samhandling_platform_down"
    }


async def outbox(database: Path, question: str) -> list[Any]:
    engine = create_async_engine(f"sqlite+aiosqlite:///{database}")
    async with engine.connect() as connection:
        found = (await connection.execute(text(f"SELECT {question}"))).all()
    await engine.dispose()
    return [*found]


async def test_while_it_lasts_it_is_said_wherever_somebody_looks(started: Town) -> None:
    assert await down(started.product) == {"teams": 0.0}
    await a_day_without(started)
    status, ready = await started.product.get("/readyz")
    assert (status, ready["status"]) == (200, "degraded")
    assert set(ready["warnings"]) == {"teams_down", "delivery"}
    assert await down(started.product) == {"teams": 1.0}
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        site = Browser(started.product, session)
        page = await site.say(await site.sign_in(COORDINATOR), "levering")
        assert page.text.count("Slik har det vært siden mandag 27. november kl. 09.00.") >= 1
        assert "Ingen meldinger kommer fram på Teams." in page.text
    started.double.mend()
    await started.product.clock_to(BACK)
    status, ready = await started.product.get("/readyz")
    assert (status, ready["status"], ready["warnings"]) == (200, "ok", [])
    assert await down(started.product) == {"teams": 0.0}
    [listed] = await started.boss.says("levering")
    assert "kommer fram på Teams" not in listed.text
    [logged] = await started.boss.says("logg")
    assert "Ingen meldinger kommer fram på en plattform" in logged.text
    assert "Kanal: Teams" in logged.text


async def test_the_coordinator_hears_of_it_once_elsewhere_and_once_when_it_is_over(
    started: Town, database: Path
) -> None:
    await a_day_without(started)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        assert (await at_the_page(started.product, session)).count(BEGAN.format("Teams")) == 1
    began = await outbox(database, "state, channel FROM outbox WHERE template = 'outage.began'")
    assert began == [("sent", "web")]
    started.double.mend()
    await started.product.clock_to(BACK)
    assert len(started.boss.titled(OVER.format("Teams"))) == 1
    [told] = started.boss.titled(OVER.format("Teams"))
    assert "De kom ikke fram fra mandag 27. november kl. 09.00 til tirsdag 28. november kl." in told.text
    await started.product.clock_to("2023-11-28T17:00:00+01:00")
    assert len(started.boss.titled(OVER.format("Teams"))) == 1
    assert not started.boss.titled(BEGAN.format("Teams"))
    assert len(await outbox(database, "id FROM outbox WHERE template = 'outage.began'")) == 1


async def test_when_it_is_over_each_has_the_form_once_and_no_reminder_that_was_held_up(
    started: Town, database: Path
) -> None:
    """What was held up and is dropped is on record; the next reminder comes at its time."""
    await a_day_without(started)
    started.double.mend()
    await started.product.clock_to(BACK)
    assert Counter(len(person.titled("Status fra")) for person in started.respondents) == {1: 11}
    assert not any(person.titled("Påminnelse") for person in started.respondents)
    held_up = await outbox(
        database, "state, reason, count(*) FROM outbox WHERE template = 'status.reminder' GROUP BY state, reason"
    )
    assert [(state, reason) for state, reason, _ in held_up] == [("dropped", "stale")]
    [listed] = await started.boss.says("levering")
    assert "Den ble for gammel." in listed.text
    await started.product.clock_to("2023-11-28T11:00:00+01:00")
    assert Counter(len(person.titled("Påminnelse")) for person in started.respondents) == {1: 11}


async def test_who_answered_on_the_page_meanwhile_gets_no_form_afterwards(started: Town) -> None:
    await a_day_without(started)
    larvik = started["larvik-sjef"]
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        site = Browser(started.product, session)
        page = await site.sign_in("Kommunalsjef Larvik")
        await site.press(page, "Send status", **MUNICIPALITY)
    assert (await started.product.report_of("2023-11-28", "larvik"))["state"] == "answered"
    started.double.mend()
    await started.product.clock_to(BACK)
    assert not any("status.submit" in message.actions for message in larvik.messages)


async def test_a_process_that_is_started_anew_meanwhile_does_not_tell_it_again(
    double: TeamsDouble, database: Path
) -> None:
    people = everybody(double)
    async with running(database, now=START, teams=double) as product:
        town = Town(product, double, people)
        await town.begin()
        await a_day_without(town)
    async with running(database, now=MORNING, teams=double) as product:
        town = Town(product, double, people)
        await town.product.clock_to("2023-11-28T09:20:00+01:00")
    double.mend()
    async with running(database, now="2023-11-28T09:20:00+01:00", teams=double) as product:
        await product.clock_to(BACK)
        assert len(town.boss.titled(OVER.format("Teams"))) == 1
    told = await outbox(
        database, "template, count(*) FROM outbox WHERE template LIKE 'outage.%' GROUP BY template ORDER BY template"
    )
    assert told == [("outage.began", 1), ("outage.over", 1)]


async def test_a_minute_without_it_is_told_to_nobody(started: Town, database: Path) -> None:
    started.double.fails(503)
    await started.product.clock_to(NINE)
    started.double.mend()
    await started.product.clock_to("2023-11-27T09:01:00+01:00")
    assert Counter(len(person.titled("Status fra")) for person in started.respondents) == {1: 11}
    assert await outbox(database, "id FROM outbox WHERE template LIKE 'outage.%'") == []


async def test_slack_is_told_of_in_the_same_way(slack_town: SlackTown, slack: SlackDouble, database: Path) -> None:
    await slack_town.connect()
    await slack_town.start()
    fault = slack.fails("chat.postMessage", "service_unavailable")
    for moment in (NINE, FOUR, LATER):
        await slack_town.product.clock_to(moment)
    assert (await down(slack_town.product))["slack"] == 1.0
    assert await outbox(database, "state, channel FROM outbox WHERE template = 'outage.began'") == [("sent", "web")]
    slack.faults.remove(fault)
    await slack_town.product.clock_to("2023-11-27T16:30:00+01:00")
    assert len(slack_town.boss.titled(OVER.format("Slack"))) == 1


async def test_that_mail_is_down_comes_to_the_coordinator_on_teams(double: TeamsDouble, database: Path) -> None:
    """Who is on no platform is reached by letter alone; the coordinator is on Teams."""
    people = everybody(double)
    async with mail_server() as inbox, running(database, teams=double, smtp_url=inbox.url) as product:
        boss = people["samhandlingssjef"]
        await boss.says("hjelp")
        await boss.says("krise")
        town = Town(product, double, people)
        await town.start()
        inbox.refuses_senders = "451 4.3.0 later"
        for moment in (NINE, FOUR, LATER):
            await product.clock_to(moment)
        assert await down(product) == {"teams": 0.0, "mail": 1.0}
        assert len(boss.titled(BEGAN.format("e-post"))) == 1
        inbox.refuses_senders = ""
        await product.clock_to("2023-11-27T16:30:00+01:00")
        assert len(boss.titled(OVER.format("e-post"))) == 1
        assert Counter(subject for letter in inbox.letters if "Status" in (subject := letter["Subject"]))
