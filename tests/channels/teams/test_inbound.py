"""`POST /api/messages`: what is taken in and what is refused, whoever sends what."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.channels.teams.service_urls import is_loopback
from domain.community import Community
from tests.harness import Json, Running, Town, everybody, running, vestfold
from tests.teams_double import TeamsDouble

JSON = {"Content-Type": "application/json"}


async def raw(
    product: Running, body: bytes, headers: Mapping[str, str] = JSON, method: str = "POST"
) -> tuple[int, Any]:
    url = f"{product.url}/api/messages"
    async with product.session.request(method, url, data=body, headers=headers) as response:
        text = await response.text()
        return response.status, json.loads(text) if text else None


# What is no activity


BODIES: Mapping[str, tuple[bytes, Mapping[str, str], int]] = {
    "no content type": (b"{}", {"Content-Type": ""}, 415),
    "text": (b"{}", {"Content-Type": "text/plain"}, 415),
    "a form": (b"a=b", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
    "nothing": (b"", JSON, 400),
    "half of it": (b'{"type": "message"', JSON, 400),
    "not UTF-8": (b'{"type": "message", "text": "\xff\xfe"}', JSON, 400),
    "a list": (b"[]", JSON, 400),
    "a word": (b'"message"', JSON, 400),
    "null": (b"null", JSON, 400),
    "no type": (b"{}", JSON, 400),
    "an empty type": (b'{"type": ""}', JSON, 400),
    "a type that is a number": (b'{"type": 1}', JSON, 400),
    "a text that is an object": (b'{"type": "message", "text": {}}', JSON, 400),
    "a sender that is a text": (b'{"type": "message", "from": "me"}', JSON, 400),
    "a conversation that is a list": (b'{"type": "message", "conversation": []}', JSON, 400),
    "nobody": (b'{"type": "message"}', JSON, 400),
    "deeply nested": (b'{"type": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", JSON, 400),
    "a number without end": (b'{"type": "message", "value": ' + b"9" * 10_000 + b"}", JSON, 400),
    "too large": (b'{"type": "message", "text": "' + b"a" * 300_000 + b'"}', JSON, 413),
    "too large when unpacked": (gzip.compress(b"a" * 5_000_000), JSON | {"Content-Encoding": "gzip"}, 413),
    "said to be packed": (b"{}", JSON | {"Content-Encoding": "gzip"}, 400),
}


async def test_what_is_no_activity_is_refused_with_a_sentence(product: Running) -> None:
    for what, (body, headers, expected) in BODIES.items():
        status, answer = await raw(product, body, headers)
        assert status == expected, what
        assert answer["error"], what


async def test_a_charset_after_the_content_type_is_fine(product: Running, double: TeamsDouble) -> None:
    boss = everybody(double)["samhandlingssjef"]
    activity = boss.activity("message", text="hjelp")
    boss.conversation.received.add(activity["id"])
    body = json.dumps(activity).encode()
    status, _ = await raw(product, body, {"Content-Type": "application/json; charset=utf-8"})
    assert status == 202
    await product.settle()
    assert len(boss.messages) == 1


async def test_other_methods_are_not_for_this_address(product: Running) -> None:
    for method in ("GET", "PUT", "DELETE"):
        assert (await raw(product, b"", method=method))[0] == 405


LACKING: Mapping[str, Json] = {
    "no sender": {"from": {}},
    "no conversation": {"conversation": {"tenantId": "t"}},
    "no service address": {"serviceUrl": None},
    "an empty service address": {"serviceUrl": ""},
    "a sender's id that is a number": {"from": {"id": 7}},
    "a sender's id beyond measure": {"from": {"id": "a" * 2000}},
    "an id beyond measure": {"id": "a" * 2000},
}


async def test_an_activity_without_sender_or_place_is_refused(product: Running, double: TeamsDouble) -> None:
    boss = everybody(double)["samhandlingssjef"]
    for what, change in LACKING.items():
        for kind in ("message", "invoke"):
            status, answer = await double.post(boss.activity(kind, text="hjelp") | change)
            assert status == 400, what
            assert answer["error"], what
    await product.settle()
    assert boss.messages == []


async def test_what_needs_no_answer_is_noted_and_gets_none(product: Running, double: TeamsDouble) -> None:
    boss = everybody(double)["samhandlingssjef"]
    for kind in ("typing", "messageReaction", "endOfConversation", "event", "messageUpdate", "noget helt annet"):
        assert (await boss.sends(boss.activity(kind)))[0] == 202
    assert boss.messages == []


async def test_a_client_that_has_just_got_the_app_is_welcomed_once(product: Running, double: TeamsDouble) -> None:
    boss = everybody(double)["samhandlingssjef"]
    added = [{"id": boss.id}, {"id": "bot"}]
    for activity in (
        boss.activity("conversationUpdate", membersAdded=added),
        boss.activity("installationUpdate", action="add"),
        boss.activity("conversationUpdate", membersAdded=[{"id": boss.id}]),
    ):
        assert (await boss.sends(activity))[0] == 202
    assert [message.title for message in boss.messages] == ["Velkommen"]


async def test_added_to_a_channel_the_bot_learns_who_is_there(product: Running, double: TeamsDouble) -> None:
    town = Town(product, double, everybody(double))
    boss = town.boss
    activity = boss.activity("conversationUpdate", town.channel, membersAdded=[{"id": "bot"}])
    assert (await boss.sends(activity))[0] == 202
    await town.start()
    assert town["larvik-sjef"].titled("Krevende drift")
    assert town.channel.messages == []


# Who reads along


async def test_in_a_group_that_is_not_the_communitys_channel_figures_go_to_the_asker_alone(prompted: Town) -> None:
    larvik, group = prompted["larvik-sjef"], prompted.double.channel("Kaffepraten")
    [answer] = await larvik.says("oversikt", where=group)
    assert not answer.card
    assert "personlig samtale" in answer.text
    assert larvik.messages[-1].title.startswith("Samhandlingsmøte")


async def test_in_the_communitys_own_channel_the_overview_is_shown_there(prompted: Town) -> None:
    [answer] = await prompted["larvik-sjef"].says("oversikt", where=prompted.channel)
    assert answer.title.startswith("Samhandlingsmøte")


def neighbour() -> Community:
    """Another community on the same installation, with other people."""
    known = vestfold()
    people = tuple(replace(p, email=p.email.replace(".example", ".nabo.example")) for p in known.people)
    return replace(known, key="nabo", name="Nabofellesskapet", people=people)


async def test_among_several_communities_the_one_of_the_e_mails_domain_is_asked_to_let_somebody_in(
    double: TeamsDouble, database: Path
) -> None:
    async with running(database, [vestfold(), neighbour()], teams=double):
        boss = everybody(double)["samhandlingssjef"]
        other = double.person("nabosjef", email="samhandlingssjef@siv.nabo.example")
        await other.says("hei")
        await double.person("ny", email="ny@larvik.nabo.example").says("hei")
        assert other.messages[-1].title == "En ukjent person har skrevet"
        assert boss.messages == []


async def test_where_it_is_not_clear_which_community_nobody_is_said_to_be_told(
    double: TeamsDouble, database: Path
) -> None:
    async with running(database, [vestfold(), neighbour()], teams=double):
        everybody(double)
        [answer] = await double.person("ny", email="ny@annet.example").says("hei")
        assert answer.text == "Hei! Jeg kjenner deg ikke. Be samhandlingssjefen i helsefellesskapet ditt om tilgang."


async def test_two_messages_without_ids_are_two(product: Running, double: TeamsDouble) -> None:
    boss = everybody(double)["samhandlingssjef"]
    for text in ("krise", "språk nn", "krise"):
        activity = boss.activity("message", text=text) | {"id": None}
        await boss.sends(activity)
    assert len(boss.messages) == 3


async def test_a_mention_and_the_case_of_letters_do_not_matter(product: Running, double: TeamsDouble) -> None:
    boss = everybody(double)["samhandlingssjef"]
    for text in (
        "HJELP",
        "  hjelp  ",
        "<at>Samhandlingsbot</at> Hjelp",
        "Help!",
        "&nbsp;hjelp",
        '<at id="0">Bot</at>help',
    ):
        [answer] = await boss.says(text)
        assert answer.title == "Dette kan jeg hjelpe deg med", text


# Where the answer would go


ELSEWHERE = [
    "http://evil.example",
    "https://smba.trafficmanager.net/emea/",
    "http://127.0.0.1@evil.example",
    "http://127.0.0.1:80@evil.example/",
    "http://user:word@127.0.0.1:5000",
    "http://127.0.0.1.evil.example",
    "http://localhost.evil.example",
    "http://evil.example#127.0.0.1",
    "http://evil.example/127.0.0.1",
    "http://evil.example\\@127.0.0.1",
    "ftp://127.0.0.1",
    "file:///etc/passwd",
    "127.0.0.1:5000",
    "//127.0.0.1",
    "http://",
    "http://[::1",
    "http://0.0.0.0",
    "http://10.0.0.1",
    "http://169.254.169.254",
    "http://[::ffff:10.0.0.1]",
    "javascript:alert(1)",
    "http://127.0.0.1\n.evil.example",
    "http:// 127.0.0.1",
]


async def test_under_dev_only_this_machine_may_be_answered(product: Running, double: TeamsDouble) -> None:
    boss = everybody(double)["samhandlingssjef"]
    for url in ELSEWHERE:
        for kind in ("message", "invoke", "conversationUpdate"):
            status, answer = await double.post(boss.activity(kind, text="hjelp") | {"serviceUrl": url})
            assert status == 403, url
            assert answer["error"], url
    await product.settle()
    assert double.calls == []


def test_every_way_to_write_this_machine_is_permitted() -> None:
    for url in (
        "http://127.0.0.1",
        "http://127.0.0.1:56150/",
        "http://localhost:1",
        "http://[::1]:80/x",
        "https://127.9.9.9",
    ):
        assert is_loopback(url), url


# At the ends of the calendar


async def test_dates_at_the_ends_of_the_calendar_are_wrong_input_and_take_no_time(town: Town) -> None:
    """Found by what tests/fuzz tries."""
    for first, until in (
        ("9999-12-31", ""),
        ("9999-12-31", "9999-12-31"),
        ("2023-11-28", "9999-12-31"),
        ("0001-01-01", "2024-01-23"),
        ("0001-01-01", ""),
    ):
        data = {"action": "period.start", "reason": "annet", "level": "red", "first_meeting": first, "until": until}
        value = {"action": {"verb": "period.start", "data": data | {"every_days": "1"}}}
        begun = time.monotonic()
        status, answer = await town.boss.sends(town.boss.activity("invoke", name="adaptiveCard/action", value=value))
        assert status == 200, (first, until)
        assert "felt må rettes" in json.dumps(answer, ensure_ascii=False), (first, until)
        assert time.monotonic() - begun < 5, (first, until)
    assert await town.product.rounds() == []
