"""Whatever Slack has signed: never an error of ours, never half of something kept."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.e2e.test_who_may import COMMANDS
from tests.fuzz.amount import cases
from tests.fuzz.values import broken
from tests.fuzz.world import World
from tests.harness import Json, vestfold
from tests.slack_double import SlackPerson


@pytest.fixture(scope="module")
def payloads(world: World) -> list[tuple[str, Json]]:
    """By route what Slack sends of people at work: words, presses, forms."""
    people = {p.key: world.slack.person(p.key, email=p.email, name=p.name) for p in vestfold().people}
    found: list[tuple[str, Json]] = []
    for key in ("samhandlingssjef", "larvik-sjef"):
        found += world.run(_of(world, people[key]), 60)
    assert {route for route, _ in found} == {"/slack/events", "/slack/interactions", "/slack/commands"}
    return found


async def _of(world: World, person: SlackPerson) -> list[tuple[str, Json]]:
    team, found = world.slack.team, list[tuple[str, Json]]()

    def event(**told: Any) -> None:
        whole = {"type": "event_callback", "team_id": team, "event_id": "Ev1", "event": {"user": person.id, **told}}
        found.append(("/slack/events", whole))

    for text, _ in COMMANDS.values():
        event(type="message", channel_type="im", channel=person.conversation.id, text=text, ts="1.1")
        fields = {"team_id": team, "user_id": person.id, "channel_id": person.conversation.id, "text": text}
        found.append(("/slack/commands", fields))
    for text in WITH_FORMS:
        said = await person.says(text)
        for press in [person.press(message, action) for message in said for action in message.actions]:
            found.append(("/slack/interactions", press))
            modal = await person.sends(press)
            if modal is not None:
                found.append(("/slack/interactions", person.submission(modal)))
    await world.stage.rewind()
    event(type="app_mention", channel="C1", text="<@U0BOT> oversikt", ts="1.2", thread_ts="1.1")
    event(type="app_home_opened", channel=person.conversation.id, tab="home")
    event(type="member_joined_channel", channel="C1", team=team)
    return found


WITH_FORMS = ("hjelp", "status", "krise", "tiltak", "vara", "be om møte", "møte", "møteplan")


@cases("slack")
@given(data=st.data())
def test_nothing_that_slack_signs_is_an_error_of_ours(
    world: World, payloads: list[tuple[str, Json]], data: st.DataObject
) -> None:
    route, whole = data.draw(st.sampled_from(payloads))
    sent = broken(data, deepcopy(whole))
    if route == "/slack/events":
        sent["event_id"] = data.draw(st.uuids().map(str))  # else it is a repeat
        body = json.dumps(sent).encode()
    elif route == "/slack/commands":
        body = urlencode(sent, errors="surrogatepass").encode()
    else:
        sent["trigger_id"] = data.draw(st.uuids().map(str))
        body = urlencode({"payload": json.dumps(sent)}).encode()
    reached = world.slacks(route, body)
    assert reached.status in (200, 400, 403), reached.status
