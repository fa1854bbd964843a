"""What the product does when Teams is busy, refuses, is slow or gone; and how it keeps order and pace."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot import sending
from bot.channels.teams.connector import Connector
from bot.channels.teams.tokens import Tokens
from bot.outbound import DeliveryError, RefusedError, RetryLaterError, UnreachableError
from bot.pacing import Pace
from dialogs.card import sentence
from domain.community import Community, Person, Role
from services.messages import Address
from tests.harness import FIRST_PERIOD, MUNICIPALITY, Town, everybody, running, vestfold
from tests.teams_double import BOT, TENANT, TeamsDouble, TeamsPerson

FOUR = "2023-11-27T16:00:00+01:00"


# Through the whole product


async def test_a_busy_platform_is_left_alone_for_as_long_as_it_asks(prompted: Town) -> None:
    larvik = prompted["larvik-sjef"]
    prompted.double.fails(429, to=larvik, times=1, retry_after=1)
    await prompted.product.clock_to(FOUR)
    refused, sent = prompted.double.sends(larvik)[-2:]
    assert (refused.status, sent.status) == (429, 201)
    assert 1 <= sent.at - refused.at < 10
    assert len(larvik.titled("Påminnelse")) == 1


async def test_what_may_pass_is_tried_again(prompted: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "FIRST_PAUSE", timedelta(milliseconds=1))
    larvik, passing = prompted["larvik-sjef"], [500, 502, 503, 504, 408, 412, 429]
    for status in passing:
        prompted.double.fails(status, to=larvik, times=1)
    answer = await prompted.product.clock_to(FOUR)
    assert answer["sent"] == 11
    assert answer["failed"] == 0
    assert [call.status for call in prompted.double.sends(larvik)] == [*passing, 201]
    assert len(larvik.titled("Påminnelse")) == 1


async def test_what_never_passes_is_given_up_and_counted(prompted: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "FIRST_PAUSE", timedelta(milliseconds=1))
    monkeypatch.setattr(sending, "LONGEST_PAUSE", timedelta(milliseconds=5))
    fault = prompted.double.fails(500, to=prompted["larvik-sjef"])
    answer = await prompted.product.clock_to(FOUR)
    assert answer["failed"] == 1
    assert answer["pending"] == 0
    assert fault.times is None
    tries = [c for c in prompted.double.sends(prompted["larvik-sjef"]) if c.status == 500]
    assert len(tries) == sending.MOST_ATTEMPTS


def test_pauses_grow_and_are_spread() -> None:
    for attempt in range(12):
        whole = min(sending.LONGEST_PAUSE, sending.FIRST_PAUSE * 2**attempt)
        pauses = {sending.backoff(attempt) for _ in range(20)}
        assert all(whole / 2 <= pause <= whole for pause in pauses)
        assert len(pauses) > 1


@pytest.mark.parametrize("status", [403, 404])
async def test_who_cannot_be_reached_has_it_on_the_web_and_the_coordinator_hears_it_once(
    prompted: Town, status: int
) -> None:
    larvik, before = prompted["larvik-sjef"], len(prompted.boss.messages)
    prompted.double.fails(status, to=larvik)
    answer = await prompted.product.clock_to(FOUR)
    assert answer["failed"] == answer["pending"] == 0
    [told] = prompted.boss.messages[before:]
    assert "Kommunalsjef Larvik" in told.text
    assert len([c for c in prompted.double.sends(larvik) if c.status == status]) == 1, "refused for good is not retried"
    async with prompted.product.product.store.read("vestfold") as work:
        lying = await work.outbox.for_person("larvik-sjef", 10, prompted.product.product.clock.now())
    assert lying[0].message.template == "status.reminder"
    assert lying[0].address
    assert lying[0].address.channel == "web"
    await prompted.product.clock_to("2023-11-28T11:00:00+01:00")
    assert len(prompted.boss.messages) == before + 1, "once, not at every message"


async def test_somebody_without_the_app_is_told_of_too(prompted: Town) -> None:
    prompted["faerder-sjef"].installed = False
    before = len(prompted.boss.messages)
    await prompted.product.clock_to(FOUR)
    assert ["Kommunalsjef Færder" in m.text for m in prompted.boss.messages[before:]] == [True]


async def test_who_can_be_reached_again_gets_the_next_message(prompted: Town) -> None:
    larvik = prompted["larvik-sjef"]
    prompted.double.fails(403, to=larvik, times=1)
    await prompted.product.clock_to(FOUR)
    await prompted.product.clock_to("2023-11-28T09:00:00+01:00")
    assert len(larvik.titled("Påminnelse")) == 1


async def until_all_but(busy: TeamsPerson, town: Town, part: str) -> None:
    """Returns when all other respondents have got it."""
    others = [person for person in town.respondents if person is not busy]
    await town.double.until(lambda: all(person.titled(part) for person in others))


async def test_one_slow_person_delays_nobody_else(prompted: Town) -> None:
    larvik = prompted["larvik-sjef"]
    answering = prompted.double.holds(larvik)
    moving = asyncio.create_task(prompted.product.clock_to(FOUR))
    await until_all_but(larvik, prompted, "Påminnelse")
    assert larvik.titled("Påminnelse") == []
    assert not moving.done()
    answering.set()
    assert (await moving)["sent"] == 11
    assert len(larvik.titled("Påminnelse")) == 1


async def test_one_person_who_is_refused_for_a_while_delays_nobody_else(prompted: Town) -> None:
    larvik = prompted["larvik-sjef"]
    prompted.double.fails(429, to=larvik, retry_after=600)
    moving = asyncio.create_task(prompted.product.clock_to(FOUR))
    await until_all_but(larvik, prompted, "Påminnelse")
    assert not moving.done()
    moving.cancel()
    await asyncio.gather(moving, return_exceptions=True)


async def test_many_who_are_refused_for_a_while_delay_nobody_else(double: TeamsDouble, database: Path) -> None:
    busy = tuple(
        Person(f"leser-{n}", f"Leser {n}", f"leser{n}@busy.example", frozenset({Role.OBSERVER})) for n in range(70)
    )
    community = replace(vestfold(), people=busy + vestfold().people)
    people = everybody(double, community)
    async with running(database, [community], teams=double) as product:
        town = Town(product, double, people)
        await town.connect()
        [form] = await town.boss.says("krise")
        for person in busy:
            double.fails(429, to=people[person.key], retry_after=600)
        double.settle = None  # it would wait for those that are refused
        await town.boss.presses(form, "period.start", **FIRST_PERIOD)
        await until_all_but(people["leser-0"], town, "Krevende drift i")


async def test_messages_to_one_person_keep_their_order_when_the_first_is_held_up(
    prompted: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "FIRST_PAUSE", timedelta(milliseconds=50))
    larvik = prompted["larvik-sjef"]
    await larvik.says("status")
    before = len(larvik.messages)
    prompted.double.fails(500, to=larvik, times=2)
    for said in ("gul", "3", "2"):
        await prompted.double.post(larvik.activity("message", text=said))
    await prompted.product.settle()
    assert [message.text[:6] for message in larvik.messages[before:]] == ["2 av 8", "3 av 8", "4 av 8"]


async def test_a_channel_that_has_been_deleted_stops_nobody(prompted: Town) -> None:
    prompted.double.fails(404, to=prompted.channel)
    answer = await prompted.product.clock_to("2023-11-28T15:30:00+01:00")
    assert answer["pending"] == 0
    assert answer["failed"] == 1
    assert len(prompted["larvik-sjef"].titled("Påminnelse")) == 3


async def test_an_update_of_a_message_that_is_gone_is_let_be(prompted: Town) -> None:
    larvik, vara = prompted["larvik-sjef"], prompted["larvik-vara"]
    larvik.conversation.messages.clear()
    [form] = await vara.says("status")
    await vara.presses(form, "status.submit", **MUNICIPALITY)
    answer = await prompted.product.settle()
    assert answer == {"now": answer["now"], "sent": 0, "pending": 0, "failed": 0}


async def test_a_roster_that_cannot_be_read_recognises_nobody_and_breaks_nothing(town: Town) -> None:
    town.double.fails(503, methods=("GET",))
    [answer] = await town["larvik-sjef"].says("status")
    assert "kjenner deg ikke" in answer.text
    town.double.mend()
    [answer] = await town["larvik-sjef"].says("status")
    assert "Ingen runde" in answer.text


async def test_a_platform_that_takes_nothing_is_waited_for_and_then_gets_each_message_once(
    double: TeamsDouble, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "FIRST_PAUSE", timedelta(milliseconds=20))
    monkeypatch.setattr(sending, "LONGEST_PAUSE", timedelta(milliseconds=50))
    async with running(database, teams=double) as product:
        town = Town(product, double, everybody(double))
        await town.connect()
        [form] = await town.boss.says("krise")
        fault = double.fails(502, times=40)
        await town.boss.presses(form, "period.start", **FIRST_PERIOD)
        assert fault.times == 0
        for key, person in town.people.items():
            told = int(key not in ("samhandlingssjef", "sekretariat"))
            assert len(person.titled("Krevende drift i")) == told, key


async def test_while_the_platform_is_down_nothing_is_given_up_and_what_grows_stale_does_not_come_after(
    prompted: Town, monkeypatch: pytest.MonkeyPatch, logs: io.StringIO
) -> None:
    """Nothing gets through from before the reminder on Monday until the deadline has passed on Tuesday."""
    monkeypatch.setattr(sending, "FIRST_PAUSE", timedelta(milliseconds=5))
    monkeypatch.setattr(sending, "LONGEST_PAUSE", timedelta(milliseconds=10))
    down = prompted.double.fails(503)
    moving = asyncio.create_task(prompted.product.clock_to(FOUR))
    refused = 11 * sending.MOST_ATTEMPTS * 3
    await prompted.double.until(lambda: down.seen > refused)
    assert not moving.done()
    assert "platform_unreachable" in logs.getvalue()
    prompted.product.product.clock.move(datetime.fromisoformat("2023-11-28T12:00:00+01:00"))  # type: ignore[union-attr]
    assert (await moving)["failed"] == 0
    prompted.double.mend()
    answer = await prompted.product.clock_to("2023-11-28T15:30:00+01:00")
    assert answer["failed"] == answer["pending"] == 0
    assert all(not person.titled("Påminnelse") for person in prompted.respondents)
    assert len(prompted.channel.titled("Samhandlingsmøte")) == 1
    assert "platform_reached_again" in logs.getvalue()


async def test_a_stop_in_the_middle_of_sending_loses_nothing(double: TeamsDouble, database: Path) -> None:
    async with running(database, teams=double) as product:
        town = Town(product, double, everybody(double))
        await town.connect()
        await town.start()
        double.slow(0.15)
        moving = asyncio.create_task(product.post("/dev/clock", {"now": "2023-11-27T09:00:00+01:00"}))
        await asyncio.sleep(0.1)
        moving.cancel()
        await asyncio.gather(moving, return_exceptions=True)
    double.mend()
    async with running(database, now="2023-11-27T09:00:00+01:00", teams=double) as product:
        await product.settle()
    for person in town.respondents:
        assert len(person.titled("Status fra")) == 1, person.key


# Recognising people


async def test_everybody_in_a_large_channel_is_found_page_by_page(town: Town) -> None:
    for n in range(40):
        town.double.person(f"andre-{n}", email=f"andre{n}@annet.example")
    town.channel = town.double.channel("Samhandling")
    town.double.page_size = 3
    await town.connect()
    pages = [c for c in town.double.calls if c.path.endswith("/pagedmembers")]
    assert len(pages) == -(-len(town.double.people) // 3)
    await town.start()
    assert town["prehospital-sjef"].titled("Krevende drift")
    assert not any(p.messages for key, p in town.double.people.items() if key.startswith("andre"))


async def test_a_roster_without_pages_is_read_as_a_list(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    async def not_here(self: TeamsDouble, request: web.Request) -> web.Response:
        return web.json_response({}, status=404)

    town.double.fails(404, to=town.channel, times=1, methods=("GET",))
    await town.boss.says("hjelp")
    town.double.mend()
    town.double.fails(404, to=town.channel, times=1, methods=("GET",))
    await town.connect()
    await town.start()
    assert town["larvik-sjef"].titled("Krevende drift")


async def test_a_person_declared_by_tenant_and_object_id_needs_no_address(double: TeamsDouble, database: Path) -> None:
    larvik = double.person("larvik-sjef", email="noe.annet@larvik.example", aad="objekt-1")
    other = double.person("gjest", email="noe.tredje@larvik.example", aad="objekt-1", tenant="tenant-annen")
    async with running(database, [declared()], teams=double):
        [answer] = await larvik.says("status")
        assert "Ingen runde" in answer.text
        [answer] = await other.says("status")
        assert "kjenner deg ikke" in answer.text


def declared() -> Community:
    """Vestfold with Larvik's chief declared by tenant and object id, and another address than Teams has."""
    people = tuple(
        replace(p, teams_tenant=TENANT, teams_object_id="objekt-1") if p.key == "larvik-sjef" else p
        for p in vestfold().people
    )
    return replace(vestfold(), people=people)


async def test_a_person_declared_by_object_id_is_found_in_a_channels_roster(
    double: TeamsDouble, database: Path
) -> None:
    larvik = double.person("larvik-sjef", email="noe.annet@larvik.example", aad="objekt-1")
    people = everybody(double)
    async with running(database, [declared()], teams=double) as product:
        await Town(product, double, people).begin()
        assert larvik.titled("Krevende drift")


async def test_a_declared_person_who_has_never_written_is_written_to_at_the_set_address(
    double: TeamsDouble, database: Path
) -> None:
    larvik = double.person("larvik-sjef", email="noe.annet@larvik.example", aad="objekt-1")
    people = everybody(double)
    async with running(database, [declared()], teams=double, teams_service_url=double.url) as product:
        await Town(product, double, people).start()
        assert larvik.titled("Krevende drift")


# The connector alone


@dataclass
class Wired:
    connector: Connector
    double: TeamsDouble
    session: aiohttp.ClientSession
    person: TeamsPerson

    @property
    def address(self) -> Address:
        return Address("teams", TENANT, self.person.conversation.id, self.double.url, user=self.person.id)


@pytest.fixture
async def wired(double: TeamsDouble) -> AsyncIterator[Wired]:
    async with aiohttp.ClientSession() as session:
        made = Connector(session, Tokens(session, "", "", ""), Pace(100_000), "", double.url)
        yield Wired(made, double, session, double.person("larvik", email="larvik@x.example"))


async def test_a_sent_message_says_where_it_lies(wired: Wired) -> None:
    at = await wired.connector.send(sentence("Hei"), wired.address)
    assert at == replace(wired.address, message=wired.person.last.id)
    assert wired.person.last.text == "Hei"
    assert wired.double.calls[-1].body
    assert wired.double.calls[-1].body["from"] == {"id": BOT}


async def test_a_conversation_is_begun_once_with_the_persons_tenant(wired: Wired) -> None:
    without = replace(wired.address, conversation="")
    at = await wired.connector.send(sentence("Hei"), without)
    assert at.conversation == wired.person.conversation.id
    await wired.connector.send(sentence("Hei igjen"), at)
    assert len([c for c in wired.double.calls if c.path == "/v3/conversations"]) == 1


async def test_ids_with_signs_of_their_own_go_whole_into_the_address(wired: Wired) -> None:
    channel = wired.double.channel("Råd & dåd/alle?")
    at = await wired.connector.send(
        sentence("Hei"), Address("teams", TENANT, channel.conversation.id, wired.double.url)
    )
    await wired.connector.update(sentence("Hei igjen"), at)
    assert channel.last.text == "Hei igjen"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, RefusedError),
        (403, UnreachableError),
        (404, UnreachableError),
        (413, RefusedError),
        (401, RetryLaterError),
        (429, RetryLaterError),
        (412, RetryLaterError),
        (500, RetryLaterError),
        (502, RetryLaterError),
    ],
)
async def test_each_refusal_says_the_next_step(wired: Wired, status: int, error: type[DeliveryError]) -> None:
    wired.double.fails(status)
    with pytest.raises(error):
        await wired.connector.send(sentence("Hei"), wired.address)


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("1.5", 1.5),
        ("99999999", 900.0),
        ("", None),
        ("snart", None),
        ("²", None),
        ("-5", None),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 900.0),
        ("Fri, 01 Jan 2010 00:00:00 GMT", 0.0),
    ],
)
async def test_how_long_to_wait_is_taken_in_each_form_that_http_knows(
    wired: Wired, given: str, seconds: float | None
) -> None:
    wired.double.fails(429, retry_after=given)
    with pytest.raises(RetryLaterError) as caught:
        await wired.connector.send(sentence("Hei"), wired.address)
    assert caught.value.after == (None if seconds is None else timedelta(seconds=seconds))


async def test_a_redirect_is_not_followed_with_the_bots_token(wired: Wired) -> None:
    wired.double.fails(302)
    with pytest.raises(RefusedError):
        await wired.connector.send(sentence("Hei"), wired.address)


async def test_nobody_there_is_tried_again_later(wired: Wired) -> None:
    gone = replace(wired.address, service_url="http://127.0.0.1:9")
    with pytest.raises(RetryLaterError):
        await wired.connector.send(sentence("Hei"), gone)


async def test_without_a_service_address_there_is_no_way_to_write(wired: Wired) -> None:
    lost = Connector(wired.session, Tokens(wired.session, "", "", ""), Pace(100_000), "", "")
    with pytest.raises(UnreachableError):
        await lost.send(sentence("Hei"), replace(wired.address, service_url=""))
