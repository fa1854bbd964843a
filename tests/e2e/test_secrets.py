"""What nobody may read in a log, an error or a figure: keys, passwords, tokens, and what people write."""

from __future__ import annotations

import io
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.channels.web.session import COOKIE, Sessions
from dialogs import router
from services import api_tokens
from tests.builders import identity_number
from tests.e2e.stage import SECRET, Stage, staged
from tests.harness import Snapshot
from tests.microsoft_double import PASSWORD, Microsoft, new_key, serving_microsoft
from tests.slack_double import SECRET as SECRET_OF_SLACK
from tests.slack_double import TOKEN, SlackDouble
from tests.teams_double import TENANT, TeamsDouble, TeamsPerson

KEY, FOR_ALL = "nøkkel-som-signerer-alt-mulig-her", "for-hele-installasjonen"
NUMBER = identity_number("180419045")


@dataclass
class Earnest:
    """The stage outside `--dev`, with everything that is secret about it, and everything that it answered."""

    stage: Stage
    microsoft: Microsoft
    secrets: dict[str, str]
    answers: list[str]
    slack: SlackDouble

    def token(self, **claims: Any) -> str:
        made = self.microsoft.token(**({"serviceurl": self.stage.double.url} | claims))
        self.secrets[f"Microsoft's token {len(self.secrets)}"] = made.rsplit(".", 1)[1]
        return made

    async def presses(self, person: TeamsPerson, action: str, token: str, **data: Any) -> int:
        value = {"action": {"verb": action, "data": {"action": action, **self.stage.data.get(action, {}), **data}}}
        return await self.posts(person.activity("invoke", name="adaptiveCard/action", value=value), token)

    async def posts(self, activity: dict[str, Any], token: str) -> int:
        status, text = await self.asks("/api/messages", token, json=activity)
        if status >= 400:
            self.answers.append(text)
        return status

    async def asks(self, path: str, bearer: str = "", **options: Any) -> tuple[int, str]:
        method = "POST" if {"json", "data"} & set(options) else "GET"
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        url = self.stage.product.url + path
        async with self.stage.product.session.request(method, url, headers=headers, **options) as response:
            return response.status, await response.text()


@pytest.fixture
async def earnest(
    logs: io.StringIO, double: TeamsDouble, slack: SlackDouble, database: Path, snapshots: dict[str, Snapshot]
) -> AsyncIterator[Earnest]:
    async with serving_microsoft() as microsoft:
        microsoft.answer |= {"access_token": "botens-eget-token", "expires_in": 0}  # a new one for every message
        settings = microsoft.registration(TENANT) | {"teams_service_url": double.url}
        known = {"signing key": KEY, "API_TOKEN": FOR_ALL, "password": PASSWORD, "bot's token": "botens-eget-token"}
        known |= {"Slack's token": TOKEN, "Slack's signing secret": SECRET_OF_SLACK}
        async with staged(
            double, database, snapshots, slack=slack, dev=False, secret_key=KEY, api_token=FOR_ALL, **settings
        ) as stage:
            double.bot = "28:app-1"
            await stage.product.product._settle()  # by the real clock much has fallen due since
            known |= {"what people write": SECRET, "identity number": NUMBER}
            yield Earnest(stage, microsoft, known, [], slack)


async def test_nothing_secret_stands_in_a_log_an_error_or_a_figure(
    earnest: Earnest, logs: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, product, secrets = earnest.stage, earnest.stage.product.product, earnest.secrets
    larvik = stage.people["larvik-sjef"]

    # What goes well
    for action in ("action.add", "status.submit", "meeting.request", "evaluation.submit"):
        assert await earnest.presses(larvik, action, earnest.token()) == 200
        assert await earnest.presses(larvik, action, earnest.token(), text=NUMBER, behov=NUMBER, why=NUMBER) == 200
    written = larvik.activity("message", text=f"{SECRET} {NUMBER}")
    larvik.conversation.received.add(written["id"])
    assert await earnest.posts(written, earnest.token()) == 202
    assert product.teams
    await product.teams.settled()
    async with product.store.begin("vestfold") as work:
        secrets["a program's token"] = (await api_tokens.create(work, "test", now=product.clock.now()))[1]
    rounds = "/api/v1/communities/vestfold/rounds"
    assert (await earnest.asks(rounds, secrets["a program's token"]))[0] == 200
    secrets["session"] = Sessions(KEY.encode()).begin("vestfold", "larvik-sjef")
    assert (await earnest.asks("/", cookies={COOKIE: secrets["session"]}))[0] == 200

    on_slack = earnest.slack.person("larvik-sjef", email="kommunalsjef@larvik.example")
    told = {"type": "message", "channel_type": "im", "user": on_slack.id, "channel": on_slack.conversation.id}
    assert await earnest.slack.event(told | {"text": f"vedtak Larvik: {SECRET} {NUMBER}", "ts": "1.1"}) == 200

    # What is refused
    unsigned = json.dumps({"text": SECRET}).encode()
    status, answer = await earnest.slack.post("/slack/events", unsigned, headers={"X-Slack-Signature": "v0=1"})
    assert status == 401
    earnest.answers.append(json.dumps(answer))
    for refused in (
        earnest.token(key=new_key()),
        earnest.token(aud="another"),
        earnest.token(exp=int(time.time()) - 999),
    ):
        assert await earnest.presses(larvik, "action.add", refused) == 401
    secrets["an address"] = product.addresses.token("calendar", "vestfold", "hemmelig-navn", int(time.time()) + 60)
    for path in (f"/calendar/{secrets['an address']}.ics", f"/documents/{secrets['an address']}"):
        status, text = await earnest.asks(path)
        assert status == 404
        earnest.answers.append(text)
    for bearer in (secrets["a program's token"][:-1], FOR_ALL[:-1]):
        earnest.answers.append((await earnest.asks(rounds, bearer))[1])

    # What goes wrong
    stage.double.fails(500, times=3)
    earnest.microsoft.token_status = 401
    assert await earnest.posts(larvik.activity("message", text="hjelp"), earnest.token()) == 202
    await product.teams.settled()

    async def breaks(*given: object) -> None:
        raise ValueError(f"Invalid isoformat string: {SECRET} {NUMBER} {given}")

    monkeypatch.setattr(router, "answer", breaks)
    assert await earnest.presses(larvik, "action.add", earnest.token()) == 500
    monkeypatch.setattr(product.addresses, "read", breaks_at_once)
    status, text = await earnest.asks(f"/calendar/{secrets['an address']}.ics")
    assert status == 500
    earnest.answers.append(text)

    figures = (await earnest.asks("/metrics", FOR_ALL))[1]
    ready = (await earnest.asks("/readyz"))[1]
    assert "request_failed" in logs.getvalue()
    assert "activity_refused" in logs.getvalue()
    assert "token_unavailable" in logs.getvalue()
    for what, secret in secrets.items():
        forms = {secret, json.dumps(secret)[1:-1]}
        for where, said in {"log": logs.getvalue(), "figures": figures, "readyz": ready}.items():
            assert not any(form in said for form in forms), (what, where)
        assert not any(form in answer for form in forms for answer in earnest.answers), what


def breaks_at_once(*given: object) -> None:
    raise RuntimeError(f"{SECRET} {given}")
