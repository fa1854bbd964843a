"""What goes to Slack: at its pace, again when it is busy, and somewhere else when somebody is not reached there."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.channels.slack.api import SlackApi
from bot.channels.slack.outbound import SlackChannel
from bot.channels.slack.pacing import LIMITS, PER_SECOND, POSTS, SlackPace
from bot.channels.slack.uploads import Uploads
from bot.doctor import examine
from bot.outbound import RefusedError, RetryLaterError, UnreachableError
from dialogs.card import Card, Picture, Reference, sentence
from services.messages import Address
from tests.harness import running, settings, vestfold
from tests.slack_double import TEAM, TOKEN, SlackDouble
from tests.slack_town import SlackTown

PICTURE = Picture(Reference("trend", "c", "x"), "Overliggere gikk fra 12 til 16.")


async def _token(team: str) -> str | None:
    return TOKEN if team == TEAM else None


async def _png(_: Reference) -> bytes | None:
    return b"\x89PNG"


@pytest.fixture
async def channel(slack: SlackDouble) -> SlackChannel:
    session = aiohttp.ClientSession()
    slack._session = session  # closed with the double
    api = SlackApi(session, slack.url, SlackPace())
    api.tokens = _token
    return SlackChannel(api, Uploads(api, _png))


def to(slack: SlackDouble, key: str = "larvik") -> Address:
    return Address("slack", TEAM, user=slack.person(key).id)


async def test_a_personal_chat_is_begun_once(channel: SlackChannel, slack: SlackDouble) -> None:
    for text in ("Hei", "Hei igjen"):
        at = await channel.send(sentence(text), to(slack))
    assert at.conversation == slack.person("larvik").conversation.id
    assert len(slack.called("conversations.open")) == 1


async def test_a_message_is_replaced_in_place(channel: SlackChannel, slack: SlackDouble) -> None:
    at = await channel.send(sentence("Hei"), to(slack))
    await channel.update(sentence("Takk"), at)
    [message] = slack.person("larvik").messages
    assert message.text == "Takk"


async def test_a_chart_is_uploaded_once_to_a_workspace(channel: SlackChannel, slack: SlackDouble) -> None:
    for _ in range(3):
        await channel.send(Card("T", (PICTURE,)), to(slack))
    assert len(slack.called("files.completeUploadExternal")) == 1


async def test_a_chart_that_slack_cannot_show_here_is_told_in_words(channel: SlackChannel, slack: SlackDouble) -> None:
    slack.fails("chat.postMessage", "invalid_blocks", times=1)
    await channel.send(Card("T", (PICTURE,)), to(slack))
    assert PICTURE.alt in slack.person("larvik").last.text


@pytest.mark.parametrize(
    ("error", "status", "expected"),
    [
        ("ratelimited", 429, RetryLaterError),
        ("internal_error", 200, RetryLaterError),
        ("service_unavailable", 503, RetryLaterError),
        ("channel_not_found", 200, UnreachableError),
        ("account_inactive", 200, UnreachableError),
        ("user_not_found", 200, UnreachableError),
        ("token_revoked", 200, UnreachableError),
        ("msg_too_long", 200, RefusedError),
        ("invalid_blocks", 200, RefusedError),
    ],
)
async def test_each_answer_of_slack_says_the_next_step(
    channel: SlackChannel, slack: SlackDouble, error: str, status: int, expected: type[Exception]
) -> None:
    slack.fails("chat.postMessage", error, status=status)
    with pytest.raises(expected):
        await channel.send(sentence("Hei"), to(slack))


async def test_where_slack_is_not_reached_or_talks_nonsense_it_is_tried_again(slack: SlackDouble) -> None:
    async with aiohttp.ClientSession() as session:
        for url in ("http://127.0.0.1:9/api/", slack.url.replace("/api/", "/nothing/")):
            api = SlackApi(session, url, SlackPace())
            api.tokens = _token
            with pytest.raises((RetryLaterError, RefusedError)):
                await api.call(TEAM, "chat.postMessage", {})


async def test_a_workspace_that_has_not_installed_the_app_is_not_written_to(
    channel: SlackChannel, slack: SlackDouble
) -> None:
    with pytest.raises(UnreachableError):
        await channel.send(sentence("Hei"), Address("slack", "T0ANOTHER", "D1"))
    assert slack.calls == []


# Pace


async def test_messages_in_one_channel_keep_to_slacks_pace_and_others_do_not_wait(
    slack: SlackDouble, database: Path
) -> None:
    async with running(database, slack=slack, slack_rps=PER_SECOND) as product:
        assert product.product.slack is not None
        await paced(product.product.slack.outbound, slack)


async def paced(channel: SlackChannel, slack: SlackDouble) -> None:
    places = [to(slack, key) for key in ("larvik", "horten", "faerder")]
    began = time.monotonic()
    await asyncio.gather(*(channel.send(sentence(f"{n}"), places[0]) for n in range(POSTS.most + 2)))
    first = [call.at for call in slack.called("chat.postMessage")]
    assert first[POSTS.most] - first[0] >= POSTS.seconds
    assert first[POSTS.most - 1] - began < POSTS.seconds
    began = time.monotonic()
    await asyncio.gather(*(channel.send(sentence("Hei"), place) for place in places[1:]))
    assert time.monotonic() - began < 2


async def test_while_slack_wants_quiet_in_a_channel_nothing_is_sent_there(
    channel: SlackChannel, slack: SlackDouble
) -> None:
    chat = slack.person("larvik").conversation.id
    slack.throttles("chat.postMessage", retry_after="1", conversation=chat)
    with pytest.raises(RetryLaterError) as caught:
        await channel.send(sentence("Hei"), to(slack))
    assert caught.value.after == timedelta(seconds=1)
    with pytest.raises(RetryLaterError):
        await channel.send(sentence("Hei"), to(slack))
    assert len(slack.called("chat.postMessage")) == 1
    await channel.send(sentence("Hei"), to(slack, "horten"))
    await asyncio.sleep(1.05)
    await channel.send(sentence("Hei"), to(slack))


async def test_an_answer_that_somebody_waits_for_is_tried_again_at_once(
    channel: SlackChannel, slack: SlackDouble
) -> None:
    slack.throttles("chat.postMessage", retry_after="1", times=2)
    await channel.reply(sentence("Hei"), to(slack), {})
    assert slack.person("larvik").last.text == "Hei"


def test_every_method_that_is_paced_has_its_limit() -> None:
    assert all(limit.most >= 1 and limit.seconds > 0 for limit in LIMITS.values())


# In the product


async def test_a_busy_slack_loses_nothing_and_sends_nothing_twice(slack_town: SlackTown) -> None:
    await slack_town.connect()
    await slack_town.start()
    for _ in range(6):
        slack_town.double.throttles("chat.postMessage", retry_after="1")
    slack_town.double.fails("chat.postMessage", "internal_error", times=3)
    await slack_town.product.clock_to("2023-11-27T09:00:00+01:00")
    prompts = Counter(
        person.key
        for person in slack_town.people.values()
        for message in person.messages
        if message.title.startswith("Status fra")
    )
    assert len(prompts) == 11
    assert set(prompts.values()) == {1}


async def test_who_is_not_reached_in_slack_is_reached_in_teams_and_else_on_the_web(
    slack: SlackDouble, database: Path
) -> None:
    async with running(database, slack=slack) as product:
        town = SlackTown(product, slack)
        await town.connect()
        await town.start()
        town["larvik-sjef"].left = True
        await product.clock_to("2023-11-27T09:00:00+01:00")
        assert town.boss.titled("Jeg når ikke Kommunalsjef Larvik")
        status, page = await product.get("/healthz")
        assert (status, page) == (200, {"status": "ok"})


async def test_the_doctor_says_whether_slack_takes_the_token(
    slack: SlackDouble, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await examine(settings(database, **slack.settings), [vestfold()])
    assert f"Slack: the token is for the workspace Sykehuset ({TEAM})" in capsys.readouterr().out
    await examine(settings(database, **slack.settings | {"slack_bot_token": "xoxb-old"}), [vestfold()])
    assert "Slack: the token is not taken (invalid_auth)" in capsys.readouterr().out
