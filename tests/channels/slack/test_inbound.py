"""What Slack posts, and what else may come: what Slack has signed is done, once, and nothing is an error of ours."""

from __future__ import annotations

import asyncio
import io
import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.builders import identity_number
from tests.harness import MUNICIPALITY, running
from tests.slack_double import BOT_USER, Json, SlackDouble, signature
from tests.slack_town import SlackTown

ROUTES = ("/slack/events", "/slack/interactions", "/slack/commands")
HELLO = {"type": "message", "channel_type": "im", "text": "hjelp", "ts": "1.1"}


def hello(town: SlackTown, **more: Any) -> Json:
    boss = town.boss
    return HELLO | {"user": boss.id, "channel": boss.conversation.id} | more


@pytest.mark.parametrize("route", ROUTES)
async def test_what_slack_has_not_signed_is_refused(slack_town: SlackTown, route: str) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "x"}).encode()
    now = int(time.time())
    for headers in (
        {"X-Slack-Signature": ""},
        {"X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Signature": signature(str(now), b"another body")},
        {"X-Slack-Signature": signature(str(now), body, "another secret")},
        {"X-Slack-Signature": signature(str(now), body).upper()},
        {"X-Slack-Request-Timestamp": "", "X-Slack-Signature": signature("", body)},
        {"X-Slack-Request-Timestamp": "nå", "X-Slack-Signature": signature("nå", body)},
        {"X-Slack-Request-Timestamp": "1e9", "X-Slack-Signature": signature("1e9", body)},
        {"X-Slack-Request-Timestamp": "-1", "X-Slack-Signature": signature("-1", body)},
        {"X-Slack-Signature": "v0=æøå"},
    ):
        status, _ = await slack_town.double.post(route, body, headers=headers)
        assert status == 401, headers
    assert slack_town.double.calls == []


async def test_a_request_is_good_for_five_minutes(slack_town: SlackTown) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "x"}).encode()
    now = int(time.time())
    for age, expected in ((0, 200), (280, 200), (-280, 200), (320, 401), (-320, 401)):
        moment = str(now - age)
        headers = {"X-Slack-Request-Timestamp": moment, "X-Slack-Signature": signature(moment, body)}
        status, _ = await slack_town.double.post("/slack/events", body, headers=headers)
        assert status == expected, age


async def test_slack_sees_that_the_address_is_ours(slack_town: SlackTown) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1a"}).encode()
    assert await slack_town.double.post("/slack/events", body, form=False) == (200, {"challenge": "3eZbrw1a"})


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'"x"', b"1", b"[" * 100_000, b'{"type":"event_callback","team_id":"T0SYKEHUS"}'],
)
async def test_what_is_signed_and_yet_no_event_is_refused(slack_town: SlackTown, body: bytes) -> None:
    status, answer = await slack_town.double.post("/slack/events", body, form=False)
    assert status == 400
    assert answer["error"].endswith(".")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"payload": ""},
        {"payload": "["},
        {"payload": "[]"},
        {"payload": '{"type":"block_actions","team":{"id":"T0SYKEHUS"},"user":{"id":"U1"}}'},
        {"payload": '{"type":"view_submission","team":{"id":"T0SYKEHUS"},"user":{"id":"U1"},"view":{"state":[]}}'},
        {"payload": '{"type":"something","team":{"id":"T0SYKEHUS"},"user":{"id":"U1"}}'},
        {"payload": '{"type":"block_actions","team":{"id":"T0SYKEHUS"},"user":"U1","actions":[{}]}'},
    ],
)
async def test_what_is_signed_and_yet_no_interaction_is_refused(slack_town: SlackTown, fields: Json) -> None:
    status, _ = await slack_town.double.post("/slack/interactions", urlencode(fields).encode())
    assert 400 <= status < 500


async def test_too_much_is_refused(slack_town: SlackTown) -> None:
    status, _ = await slack_town.double.post("/slack/events", b" " * 300_000, form=False)
    assert status == 413


ODD: tuple[object, ...] = (
    None,
    True,
    0,
    -1,
    1e300,
    "",
    "x",
    "\x00",
    "\ud800",
    "æ" * 5000,
    [],
    [[]],
    ["x"],
    {},
    {"id": []},
    {"x": {"x": None}},
)
EVENT = ("type", "user", "channel", "text", "ts", "thread_ts", "bot_id", "subtype", "tab", "channel_type")
PRESS = ("type", "team", "user", "container", "channel", "message", "view", "actions", "trigger_id", "state")
SENT = ("id", "hash", "callback_id", "private_metadata", "state", "blocks", "type")


async def test_an_event_of_any_shape_is_no_error_of_ours(slack_town: SlackTown) -> None:
    for kind in ("message", "app_mention", "app_home_opened"):
        for key in EVENT:
            for odd in ODD:
                status = await slack_town.double.event(hello(slack_town) | {"type": kind} | {key: odd})
                assert status < 500, (kind, key, odd)


async def test_an_interaction_of_any_shape_is_no_error_of_ours(slack_town: SlackTown) -> None:
    [message] = await slack_town.boss.says("krise")
    modal = await slack_town.boss.presses(message, "period.start")
    assert modal is not None
    press, sent = slack_town.boss.press(message, "period.start"), slack_town.boss.submission(modal)
    for odd in ODD:
        within = [press | {"actions": [{**press["actions"][0], key: odd}]} for key in ("action_id", "value", "type")]
        views = [sent | {"view": {**sent["view"], key: odd}} for key in SENT]
        states = [sent | {"view": {**sent["view"], "state": {"values": {"reason": {"reason": odd}}}}}]
        for payload in (*({**press, key: odd} for key in PRESS), *within, *views, *states):
            status, _ = await slack_town.double.interaction(payload | {"trigger_id": slack_town.double.trigger()})
            assert status < 500, payload
    await slack_town.double.settled()


# Who


async def test_another_workspace_is_refused_and_nothing_is_done(slack_town: SlackTown) -> None:
    assert await slack_town.double.event(hello(slack_town), team="T0ANOTHER") == 403
    fields = {"team_id": "T0ANOTHER", "user_id": slack_town.boss.id, "text": "krise", "trigger_id": "1"}
    assert (await slack_town.double.post("/slack/commands", urlencode(fields).encode()))[0] == 403
    payload = {"type": "block_actions", "team": {"id": "T0ANOTHER"}, "user": {"id": slack_town.boss.id}}
    assert (await slack_town.double.interaction(payload))[0] == 403
    await slack_town.double.settled()
    assert slack_town.boss.messages == []


async def test_somebody_is_known_by_the_address_that_slack_vouches_for(slack_town: SlackTown) -> None:
    [answer] = await slack_town["larvik-sjef"].says("hjelp")
    assert "Dette venter på deg" in answer.text
    await slack_town["larvik-sjef"].says("hjelp")
    assert len(slack_town.double.called("users.info")) == 1


async def test_an_address_that_slack_has_not_confirmed_is_nobodys(slack_town: SlackTown) -> None:
    slack_town["larvik-sjef"].confirmed = False
    [answer] = await slack_town["larvik-sjef"].says("hjelp")
    assert "Jeg kjenner deg ikke ennå" in answer.text


async def test_somebody_unknown_gets_a_polite_refusal_and_the_coordinator_one_request(slack_town: SlackTown) -> None:
    await slack_town.boss.says("hjelp")
    stranger = slack_town.double.person("ukjent", email="noen@larvik.example", name="Ukjent Person")
    for _ in range(2):
        [answer] = await stranger.says("status")
        assert "Jeg kjenner deg ikke ennå" in answer.text
    whispered, modal = await stranger.slash("krise")
    assert modal is None
    assert whispered is not None
    assert "Jeg kjenner deg ikke ennå" in whispered["text"]
    [request] = slack_town.boss.titled("En ukjent person")
    assert "Ukjent Person" in request.text
    modal = await slack_town.boss.presses(request, "join.accept")
    assert await slack_town.boss.submits(modal, **{"for": "larvik", "role": "deputy"}) is None
    assert "Ukjent Person har fått tilgang" in request.text
    [answer] = await stranger.says("hjelp")
    assert "Dette venter på deg" in answer.text


async def test_a_stranger_who_opens_the_home_page_is_told_and_asks_for_nothing(slack_town: SlackTown) -> None:
    stranger = slack_town.double.person("ukjent")
    assert "Jeg kjenner deg ikke" in json.dumps(await stranger.opens_home(), ensure_ascii=False)
    assert slack_town.boss.titled("En ukjent person") == []


async def test_while_slack_does_not_say_who_it_is_the_event_is_to_come_again(slack_town: SlackTown) -> None:
    fault = slack_town.double.throttles("users.info", times=1)
    assert await slack_town.double.event(hello(slack_town), number="Ev1") == 503
    assert fault.times == 0
    await asyncio.sleep(1.1)
    assert await slack_town.double.event(hello(slack_town), number="Ev1", retry=1) == 200
    await slack_town.double.settled()
    assert len(slack_town.boss.messages) == 1


# Once


async def test_an_event_that_comes_again_is_answered_once(slack_town: SlackTown) -> None:
    for retry in range(3):
        assert await slack_town.double.event(hello(slack_town), number="Ev1", retry=retry) == 200
    await slack_town.double.settled()
    assert len(slack_town.boss.messages) == 1


async def test_an_event_that_comes_twice_at_the_same_moment_is_answered_once(slack_town: SlackTown) -> None:
    await asyncio.gather(*(slack_town.double.event(hello(slack_town, text="språk nn"), number="Ev1") for _ in range(5)))
    await slack_town.double.settled()
    assert len(slack_town.boss.messages) == 1


async def test_a_repeat_after_a_restart_changes_nothing(slack: SlackDouble, database: Path) -> None:
    async with running(database, slack=slack) as product:
        town = SlackTown(product, slack)
        await town.prompted()
        larvik = town["larvik-sjef"]
        modal = await town.opened("larvik-sjef")
        for key, value in MUNICIPALITY.items():
            modal.fill(key, value)
        sent = larvik.submission(modal)
        assert (await slack.interaction(sent))[0] == 200
        await slack.settled()
    async with running(database, slack=slack, now="2023-11-27T09:00:00+01:00") as product:
        status, answer = await slack.interaction(sent)
        assert (status, answer) == (200, None)
        assert (await product.report_of("2023-11-28", "larvik"))["revision"] == 1


async def test_a_press_that_comes_again_has_one_effect(slack_town: SlackTown) -> None:
    await slack_town.boss.says("krise")
    modal = await slack_town.boss.presses(slack_town.boss.last, "period.start")
    assert modal is not None
    modal.fill("reason", "ferie")
    sent = slack_town.boss.submission(modal)
    assert {(await slack_town.double.interaction(sent))[0] for _ in range(3)} == {200}
    await slack_town.double.settled()
    assert len(slack_town.boss.titled("Krevende drift er satt i gang")) == 1


# Soon, and without a word to the log


async def test_slack_is_answered_within_a_second_though_its_own_interface_is_slow(slack_town: SlackTown) -> None:
    fault = slack_town.double.fails("chat.postMessage", "", seconds=1.5, times=1)
    began = time.monotonic()
    assert await slack_town.double.event(hello(slack_town)) == 200
    assert time.monotonic() - began < 1.4
    await slack_town.double.settled()
    assert fault.times == 0
    assert len(slack_town.boss.messages) == 1


async def test_nothing_that_was_written_is_logged(slack_town: SlackTown, logs: io.StringIO) -> None:
    secret = "Åtte pasienter i gangen"
    await slack_town.boss.says(secret)
    await slack_town.boss.slash(secret)
    await slack_town.double.post(
        "/slack/commands", urlencode({"text": secret}).encode(), headers={"X-Slack-Signature": "v0=1"}
    )
    modal = (await slack_town.boss.slash("krise"))[1]
    await slack_town.boss.submits(modal, reason="annet", note=secret)
    assert "Krevende drift er satt i gang" in slack_town.boss.last.text
    assert secret not in logs.getvalue()
    assert "xoxb-test" not in logs.getvalue()


async def test_identity_numbers_are_refused_and_never_said_again(slack_town: SlackTown, logs: io.StringIO) -> None:
    number = identity_number()
    modal = (await slack_town.boss.slash("krise"))[1]
    modal = await slack_town.boss.submits(modal, reason="annet", note=f"Gjelder {number}")
    assert modal is not None
    assert "fødselsnummer" in modal.errors["note"]
    [answer] = await slack_town.boss.says(number)
    assert "fødselsnummer" in answer.text
    assert number not in slack_town.double.everything_sent()
    assert number not in logs.getvalue()


# What is not for the bot


@pytest.mark.parametrize(
    "more",
    [
        {"bot_id": "B1"},
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"subtype": "bot_message"},
        {"channel": "C1"},
        {"type": "reaction_added"},
        {"type": "app_home_opened", "tab": "messages"},
        {"type": "member_joined_channel", "channel": "C1"},
    ],
)
async def test_what_is_not_said_to_the_bot_is_passed_over(slack_town: SlackTown, more: Json) -> None:
    assert await slack_town.double.event(hello(slack_town, **more)) == 200
    await slack_town.double.settled()
    assert [call.method for call in slack_town.double.calls if call.method != "auth.test"] == []


async def test_a_link_that_is_followed_needs_no_answer(slack_town: SlackTown) -> None:
    [answer] = await slack_town.boss.says("hjelp")
    assert await slack_town.boss.presses(answer, "link.guide") is None
    assert len(slack_town.boss.messages) == 1


async def test_mentions_links_and_escapes_are_read_as_they_are_meant(slack_town: SlackTown) -> None:
    told = hello(slack_town, text=f"<@{BOT_USER}>  <http://hjelp|hjelp> ")
    assert await slack_town.double.event(told) == 200
    await slack_town.double.settled()
    assert "Dette kan jeg hjelpe deg med" in slack_town.boss.last.title
