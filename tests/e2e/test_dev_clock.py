"""The development clock: forward only, with everything that falls due on the way, in order, before it answers."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.harness import MUNICIPALITY, START, Running, Town, running
from tests.teams_double import Call, TeamsDouble

NINE = "2023-11-27T09:00:00+01:00"


async def test_the_clock_stands_where_it_was_set(product: Running) -> None:
    assert await product.get("/dev/clock") == (200, {"now": START})
    await asyncio.sleep(0.01)
    assert await product.now() == START


async def test_moving_it_answers_with_the_instant_and_what_was_sent(product: Running) -> None:
    answer = await product.clock_to(NINE)
    assert answer == {"now": NINE, "sent": 0, "pending": 0, "failed": 0}


@pytest.mark.parametrize("same", ["2023-11-27T08:00:00Z", "2023-11-27T08:00:00+00:00", "2023-11-27T10:00:00+02:00"])
async def test_an_instant_in_any_offset_is_told_in_the_communitys_own(product: Running, same: str) -> None:
    assert (await product.clock_to(same))["now"] == NINE


async def test_it_never_goes_back(product: Running) -> None:
    await product.clock_to(NINE)
    status, answer = await product.post("/dev/clock", {"now": "2023-11-27T08:59:59+01:00"})
    assert status == 409
    assert "back" in answer["error"]
    assert await product.now() == NINE


async def test_the_same_instant_is_allowed_again(product: Running) -> None:
    assert (await product.clock_to(START))["now"] == START
    await product.clock_to(NINE)
    assert await product.clock_to(NINE) == await product.clock_to(NINE)


NO_INSTANTS: list[object] = [
    {},
    {"now": None},
    {"now": "i morgen"},
    {"now": "2023-11-27"},
    {"now": "2023-11-27T09:00:00"},
    {"now": "9999-12-31T23:59:59+00:00"},
    {"now": "0001-01-01T00:00:00+00:00"},
    {"now": 5},
    [],
    "2023-11-27T09:00:00+01:00",
]


async def test_what_is_no_instant_is_refused_and_moves_nothing(product: Running) -> None:
    for body in NO_INSTANTS:
        status, answer = await product.post("/dev/clock", body)
        assert status == 400, body
        assert answer["error"]
    assert await product.now() == START


async def test_outside_dev_there_is_no_such_clock(database: Path) -> None:
    async with running(database, dev=False, secret_key="s" * 32) as product:
        assert (await product.get("/dev/clock"))[0] == 404
        assert (await product.post("/dev/clock", {"now": NINE}))[0] == 404


async def test_another_machine_is_not_served(product: Running) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example", "10.0.0.1:3978"):
        for path in ("/dev/clock", "/api/v1/communities/vestfold/rounds", "/healthz"):
            status, answer = await product.get(path, {"Host": host})
            assert status == 403, (host, path)
            assert "127.0.0.1" in answer["error"]


async def test_a_running_clock_is_set_ahead_and_runs_on(database: Path) -> None:
    async with running(database, now=None) as product:
        ahead = (datetime.fromisoformat(await product.now()) + timedelta(days=2)).isoformat()
        first = datetime.fromisoformat((await product.clock_to(ahead))["now"])
        assert timedelta(0) <= first - datetime.fromisoformat(ahead) < timedelta(seconds=5)
        await asyncio.sleep(0.02)
        assert datetime.fromisoformat(await product.now()) > first
        await product.clock_to(ahead)


# What falls due


def titles(calls: list[Call]) -> list[str]:
    return [str((call.body or {}).get("summary") or (call.body or {}).get("text")) for call in calls]


async def test_what_falls_due_on_the_way_is_done_in_order_at_its_own_time(prompted: Town) -> None:
    before = len(prompted.double.calls)
    await prompted.product.clock_to("2023-11-28T17:30:00+01:00")
    calls = [c for c in prompted.double.calls[before:] if c.method == "POST" and c.path.endswith("/activities")]
    larvik = titles([c for c in calls if c.conversation == "a:larvik-sjef"])
    assert larvik == ["Påminnelse: status mangler"] * 3
    kinds = list(dict.fromkeys(titles(calls)))
    assert kinds == [
        "Påminnelse: status mangler",
        "11 av 11 har ikke svart",
        "Samhandlingsmøte tirsdag 28. november kl. 16.00",
        "Kjøreplan for møtet tirsdag 28. november kl. 16.00",
        "Referat fra samhandlingsmøte tirsdag 28. november 2023",
    ]
    round_ = await prompted.product.round_of("2023-11-28")
    assert round_["summary_posted_at"] == "2023-11-28T15:30:00+01:00"
    assert round_["sealed"]["as_of"] == "2023-11-28T16:00:00+01:00"


async def test_everything_is_done_when_it_answers(prompted: Town) -> None:
    before = len(prompted.double.sends())
    answer = await prompted.product.clock_to("2023-11-27T16:00:00+01:00")
    assert answer == {"now": "2023-11-27T16:00:00+01:00", "sent": 11, "pending": 0, "failed": 0}
    assert len(prompted.double.sends()) == before + 11
    assert len(prompted["larvik-sjef"].titled("Påminnelse")) == 1
    await asyncio.sleep(0)
    assert len(prompted.double.sends()) == before + 11


async def test_one_jump_and_many_steps_come_to_the_same(double: TeamsDouble, tmp_path: Path, prompted: Town) -> None:
    await prompted.product.clock_to("2023-11-28T17:30:00+01:00")
    in_one = {key: [m.title for m in person.messages] for key, person in prompted.people.items()}
    channel = [m.text for m in prompted.channel.messages]
    for person in prompted.people.values():
        person.conversation.messages.clear()
    prompted.channel.conversation.messages.clear()
    double.conversations.clear()
    async with running(tmp_path / "steps.db", teams=double) as product:
        town = Town(product, double, prompted.people)
        await town.prompted()
        at = datetime.fromisoformat(NINE)
        while at < datetime.fromisoformat("2023-11-28T17:30:00+01:00"):
            at += timedelta(hours=4)
            await product.clock_to(min(at, datetime.fromisoformat("2023-11-28T17:30:00+01:00")).isoformat())
        assert {key: [m.title for m in person.messages] for key, person in town.people.items()} == in_one
        assert [m.text for m in town.channel.messages] == channel


async def test_it_waits_for_the_retries_of_a_busy_platform(prompted: Town) -> None:
    prompted.double.fails(429, to=prompted["larvik-sjef"], times=1, retry_after=1)
    begun = time.monotonic()
    answer = await prompted.product.clock_to("2023-11-27T16:00:00+01:00")
    assert time.monotonic() - begun >= 1
    assert answer["sent"] == 11
    assert answer["pending"] == answer["failed"] == 0
    assert len(prompted["larvik-sjef"].titled("Påminnelse")) == 1


async def test_what_the_platform_refuses_for_good_counts_as_failed(prompted: Town) -> None:
    prompted.double.fails(400, to=prompted["larvik-sjef"])
    answer = await prompted.product.clock_to("2023-11-27T16:00:00+01:00")
    assert answer["sent"] == 10
    assert answer["failed"] == 1
    assert answer["pending"] == 0
    assert (await prompted.product.settle())["failed"] == 0, "it is not tried again"


async def test_activities_already_accepted_are_settled_by_the_same_instant(prompted: Town) -> None:
    prompted.double.slow(0.2, to=prompted["larvik-sjef"])
    larvik = prompted["larvik-sjef"]
    before = len(larvik.messages)
    for text in ("hjelp", "status"):
        status, _ = await prompted.double.post(larvik.activity("message", text=text))
        assert status == 202
    await prompted.product.settle()
    assert len(larvik.messages) == before + 2


async def test_two_who_move_it_at_once_do_nothing_twice(prompted: Town) -> None:
    four, five = "2023-11-27T16:00:00+01:00", "2023-11-27T17:00:00+01:00"
    answers = await asyncio.gather(prompted.product.clock_to(four), prompted.product.clock_to(five))
    assert sorted(answer["now"] for answer in answers)[-1] == five
    assert len(prompted["larvik-sjef"].titled("Påminnelse")) == 1
    assert sum(answer["sent"] for answer in answers) == 11


async def test_an_answer_given_between_two_instants_bears_the_time_where_the_clock_stood(prompted: Town) -> None:
    await prompted.product.clock_to("2023-11-28T08:15:00+01:00")
    larvik = prompted["larvik-sjef"]
    await larvik.presses(larvik.titled("Status fra")[0], "status.submit", **MUNICIPALITY)
    report = await prompted.product.report_of("2023-11-28", "larvik")
    assert report["answered_at"] == "2023-11-28T08:15:00+01:00"
