"""A press that somebody made, sent again in another one's name: on Slack and on the page. Of Teams see test_who_may.py.

In the name of another person of ours, of one of another community with the same key, and of somebody unknown.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
import pytest

from bot.channels.web.session import COOKIE, Sessions
from tests.channels.web.site import Page
from tests.e2e.stage import SECRET, Stage, staged
from tests.e2e.test_api import neighbour
from tests.e2e.test_who_may import BOSS, BUTTONS, CHANGE_NOTHING, DEPUTY, OTHER, OWN, without_secrets
from tests.harness import Json, Snapshot, vestfold
from tests.slack_double import SlackDouble, SlackPerson, signature
from tests.teams_double import TeamsDouble

KEY = "a key of the server, for tests"
STRANGER = "fremmed"
CHANGING = sorted(set(BUTTONS) - CHANGE_NOTHING)


def presser_of(button: str) -> str:
    return BOSS if BOSS in BUTTONS[button] else OWN


# Slack


@pytest.fixture
async def on_slack(
    double: TeamsDouble, slack: SlackDouble, database: Path, snapshots: dict[str, Snapshot]
) -> AsyncIterator[Stage]:
    """The stage in Slack too, where everybody has been met."""
    async with staged(double, database, snapshots, slack=slack) as stage:
        for person in vestfold().people:
            slack.person(person.key, email=person.email, name=person.name)
        for person in neighbour().people:
            slack.person(f"nabo-{person.key}", email=person.email, name=person.name)
        slack.person(STRANGER, email="noen@larvik.example")
        for key in (*PEOPLE_ON_SLACK, BOSS):
            await slack.people[key].says("hjelp")
        stage.keep()
        yield stage


PEOPLE_ON_SLACK = (OWN, DEPUTY, OTHER, f"nabo-{BOSS}", f"nabo-{OWN}", STRANGER)


def press_on_slack(person: SlackPerson, button: str, data: Json) -> Json:
    place, team = person.conversation, {"id": person.double.team}
    return {
        "type": "block_actions",
        "team": team,
        "user": {"id": person.id, "team_id": person.double.team},
        "trigger_id": person.double.trigger(),
        "container": {"type": "message", "message_ts": person.last.ts, "channel_id": place.id},
        "channel": {"id": place.id, "name": "directmessage"},
        "actions": [{"type": "button", "action_id": button, "action_ts": "1.1", "value": json.dumps(data)}],
    }


def in_the_name_of(person: SlackPerson, payload: Json) -> Json:
    return payload | {"user": {"id": person.id, "team_id": person.double.team}}


async def test_a_press_on_slack_replayed_in_somebody_elses_name_does_nothing_more(
    on_slack: Stage, slack: SlackDouble
) -> None:
    took_effect, at_first = set(), on_slack.stored()
    for button in CHANGING:
        pressed = press_on_slack(slack.people[presser_of(button)], button, on_slack.data[button])
        assert (await slack.interaction(pressed))[0] == 200
        await on_slack.product.settle()
        before = on_slack.stored()
        took_effect |= {button} if before != at_first else set()
        ours = DEPUTY if DEPUTY in BUTTONS[button] else OTHER
        for key in (ours, f"nabo-{presser_of(button)}", STRANGER):
            assert (await slack.interaction(in_the_name_of(slack.people[key], pressed)))[0] == 200
        assert on_slack.stored() == before, button
        await on_slack.rewind()
    # Larvik's request lies there already.
    assert took_effect == set(CHANGING) - {"meeting.request"}


async def test_a_form_on_slack_replayed_in_somebody_elses_name_gives_them_nothing_of_its_answer(
    on_slack: Stage, slack: SlackDouble
) -> None:
    larvik = slack.people[OWN]
    modal = await larvik.presses((await larvik.says("status"))[-1], "status.open")
    assert modal is not None
    modal.fill("overliggere", "mange")
    modal.fill("behov", SECRET)
    for filled_in_rightly in (False, True):
        if filled_in_rightly:
            modal.fill("overliggere", "4")
        sent = larvik.submission(modal)
        status, answer = await slack.interaction(sent)
        assert (status, answer is None) == (200, filled_in_rightly)
        await on_slack.product.settle()
        before = on_slack.stored()
        for key in PEOPLE_ON_SLACK[1:]:
            assert await slack.interaction(in_the_name_of(slack.people[key], sent)) == (200, None), key
        await on_slack.product.settle()
        assert on_slack.stored() == before


async def test_a_press_on_slack_with_another_name_put_into_it_is_refused(on_slack: Stage, slack: SlackDouble) -> None:
    before = on_slack.stored()
    for button in CHANGING:
        pressed = press_on_slack(slack.people[OTHER], button, on_slack.data[button])
        body = urlencode({"payload": json.dumps(pressed)}).encode()
        forged = urlencode({"payload": json.dumps(in_the_name_of(slack.people[BOSS], pressed))}).encode()
        moment = "1700000000"
        headers = {"X-Slack-Request-Timestamp": moment, "X-Slack-Signature": signature(moment, body)}
        assert (await slack.post("/slack/interactions", forged, headers=headers))[0] == 401, button
    assert on_slack.stored() == before


# The page


class Browser:
    """Somebody's, signed in."""

    def __init__(self, stage: Stage, community: str, person: str) -> None:
        self.stage = stage
        self.session = Sessions(KEY.encode()).begin(community, person)
        self.proof: dict[str, str] = {}

    async def look(self) -> None:
        """The page, with what its forms bear."""
        page = await self._asks("GET", "/")
        assert page.status == 200
        form = next(form for form in page.forms if form.values("_token") and form.values("_number"))
        self.proof = {name: form.values(name)[0] for name in ("_token", "_number")}

    async def press(self, button: str, data: Json, **proof: str) -> Page:
        return await self._asks("POST", "/press", {**self.proof, **proof, "_press": json.dumps([button, data])})

    async def _asks(self, method: str, path: str, data: dict[str, str] | None = None) -> Page:
        async with (
            aiohttp.ClientSession(cookies={COOKIE: self.session}) as session,
            session.request(method, self.stage.product.url + path, data=data) as response,
        ):
            return Page(response.status, await response.text())


@pytest.fixture
async def on_the_page(double: TeamsDouble, database: Path, snapshots: dict[str, Snapshot]) -> AsyncIterator[Stage]:
    async with staged(double, database, snapshots, secret_key=KEY) as stage:
        yield stage


async def browsers(stage: Stage, *whose: tuple[str, str]) -> list[Browser]:
    made = [Browser(stage, community, person) for community, person in whose]
    for browser in made:
        await browser.look()
    return made


async def test_the_form_of_one_session_is_refused_in_another(on_the_page: Stage) -> None:
    ours, other, neighbours = await browsers(on_the_page, ("vestfold", BOSS), ("vestfold", OTHER), ("nabo", BOSS))
    before, theirs = on_the_page.stored(), on_the_page.stored("nabo")
    for button in CHANGING:
        data = on_the_page.data[button]
        for browser, form in ((other, ours), (neighbours, ours), (ours, other), (ours, neighbours)):
            refusal = await browser.press(button, data, **form.proof)
            assert refusal.status == 403, button
            assert SECRET not in refusal.text
    assert (on_the_page.stored(), on_the_page.stored("nabo")) == (before, theirs)


async def test_a_press_on_the_page_replayed_by_another_is_their_own_and_does_what_they_may(on_the_page: Stage) -> None:
    """The number of the form that it was pressed in first opens nothing either."""
    ours, other, neighbours = await browsers(on_the_page, ("vestfold", BOSS), ("vestfold", OTHER), ("nabo", OWN))
    before = on_the_page.stored()
    for button in CHANGING:
        data, number = on_the_page.data[button], ours.proof["_number"]
        shown = await neighbours.press(button, without_secrets(data), _number=number)
        assert SECRET not in shown.text, button
        if OTHER not in BUTTONS[button]:
            assert (await other.press(button, data, _number=number)).status == 200, button
        assert on_the_page.stored() == before, button


async def test_a_press_on_the_page_that_comes_again_is_done_once(on_the_page: Stage) -> None:
    [ours] = await browsers(on_the_page, ("vestfold", OWN))
    data = on_the_page.data["action.add"]
    assert (await ours.press("action.add", data)).status == 200
    await on_the_page.product.settle()
    once = on_the_page.stored()
    for _ in range(3):
        assert (await ours.press("action.add", data)).status == 200
    await on_the_page.product.settle()
    assert on_the_page.stored() == once
