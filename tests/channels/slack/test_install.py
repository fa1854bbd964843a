"""Several workspaces: each takes the app into use by Slack's own installation, and its token is kept sealed."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
import yaml

from bot.channels.slack.install import SCOPES
from bot.sealing import Seal, SealedOtherwiseError
from bot.settings import Settings, SettingsError
from tests.harness import ROOT, Running, running
from tests.slack_double import CLIENT_ID, CLIENT_SECRET, SECRET, TEAM, SlackDouble
from tests.slack_town import SlackTown

KEY = "a key of the server, long enough to keep"
KOMMUNE, TOKEN = "T0KOMMUNE", "xoxb-kommune"
BY_INSTALLATION: dict[str, Any] = {
    "slack_bot_token": "",
    "slack_client_id": CLIENT_ID,
    "slack_client_secret": CLIENT_SECRET,
    "slack_allowed_teams": KOMMUNE,
    "secret_key": KEY,
}


@pytest.fixture
async def product(slack: SlackDouble, database: Path) -> AsyncIterator[Running]:
    async with running(database, slack=slack, **BY_INSTALLATION) as made:
        yield made


async def begin(product: Running) -> tuple[str, str]:
    """Somebody presses *Install*: the state that goes with them, and the mark in their browser."""
    async with product.session.get(f"{product.url}/slack/install", allow_redirects=False) as response:
        assert response.status == 302
        to = urlsplit(response.headers["Location"])
        assert (to.scheme, to.netloc, to.path) == ("https", "slack.com", "/oauth/v2/authorize")
        asked = parse_qs(to.query)
        assert asked["client_id"] == [CLIENT_ID]
        assert asked["scope"] == [",".join(SCOPES)]
        return asked["state"][0], response.headers["Set-Cookie"].split(";")[0]


async def come_back(product: Running, cookie: str, **query: str) -> tuple[int, str]:
    jar = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(cookie_jar=jar) as browser:
        address = f"{product.url}/slack/oauth_redirect"
        async with browser.get(address, params=query, headers={"Cookie": cookie}) as response:
            return response.status, await response.text()


async def install(product: Running, slack: SlackDouble, token: str = TOKEN) -> None:
    slack.codes["code"] = (KOMMUNE, token)
    state, cookie = await begin(product)
    status, page = await come_back(product, cookie, code="code", state=state)
    assert status == 200
    assert "Appen er installert" in page


async def test_a_workspace_that_installs_the_app_is_served_with_its_own_token(
    product: Running, slack: SlackDouble
) -> None:
    slack.team = KOMMUNE
    town = SlackTown(product, slack)
    hello = {"type": "message", "channel_type": "im", "text": "hjelp", "ts": "1.1"}
    hello |= {"user": town.boss.id, "channel": town.boss.conversation.id}
    assert await slack.event(hello) == 403
    await install(product, slack)
    await town.boss.says("hjelp")
    assert "Dette kan jeg hjelpe deg med" in town.boss.last.title
    assert await slack.event(hello, team=TEAM) == 403


async def test_a_workspace_that_is_not_on_the_list_cannot_pass_its_people_off_as_ours(
    slack: SlackDouble, database: Path
) -> None:
    slack.team = KOMMUNE
    async with running(database, slack=slack, **BY_INSTALLATION) as product:
        await install(product, slack)
    others = BY_INSTALLATION | {"slack_allowed_teams": "T0ANNEN, T0TREDJE"}
    async with running(database, slack=slack, **others) as product:
        event = {"type": "message", "channel_type": "im", "text": "hjelp", "user": "U1", "channel": "D1"}
        assert await slack.event(event) == 403
        slack.codes["code"] = (KOMMUNE, TOKEN)
        state, cookie = await begin(product)
        status, page = await come_back(product, cookie, code="code", state=state)
        assert status >= 400
        assert "Appen er installert" not in page


async def test_the_token_is_kept_sealed_and_survives_a_restart(slack: SlackDouble, database: Path) -> None:
    slack.team = KOMMUNE
    async with running(database, slack=slack, **BY_INSTALLATION) as product:
        await install(product, slack)
    with closing(sqlite3.connect(database)) as read:
        assert TOKEN not in "\n".join(read.iterdump())
    async with running(database, slack=slack, **BY_INSTALLATION) as product:
        assert await SlackTown(product, slack).boss.says("hjelp")


async def test_with_another_key_the_workspace_has_to_install_again(slack: SlackDouble, database: Path) -> None:
    slack.team = KOMMUNE
    async with running(database, slack=slack, **BY_INSTALLATION) as product:
        await install(product, slack)
    other = BY_INSTALLATION | {"secret_key": "another key"}
    async with running(database, slack=slack, **other) as product:
        event = {"type": "message", "channel_type": "im", "text": "hjelp", "user": "U1", "channel": "D1"}
        assert await slack.event(event) == 403


async def test_an_installation_again_takes_the_place_of_the_first(product: Running, slack: SlackDouble) -> None:
    slack.team = KOMMUNE
    await install(product, slack)
    await install(product, slack, token="xoxb-newer")
    del slack.tokens[TOKEN]
    assert await SlackTown(product, slack).boss.says("hjelp")


async def test_a_workspace_that_takes_the_app_out_of_use_is_forgotten(
    product: Running, slack: SlackDouble, database: Path
) -> None:
    slack.team = KOMMUNE
    await install(product, slack)
    assert await slack.event({"type": "app_uninstalled"}) == 200
    assert await slack.event({"type": "app_uninstalled"}) == 403
    with closing(sqlite3.connect(database)) as read:
        assert read.execute("SELECT * FROM slack_installation").fetchall() == []


async def test_who_comes_back_without_having_been_sent_is_refused(product: Running, slack: SlackDouble) -> None:
    slack.codes["code"] = (KOMMUNE, TOKEN)
    state, cookie = await begin(product)
    another, _ = await begin(product)
    for query, mark in (
        ({"code": "code", "state": state}, ""),
        ({"code": "code", "state": another}, cookie),
        ({"code": "code", "state": "forged"}, "slack-app-oauth-state=forged"),
        ({"code": "code"}, cookie),
        ({"state": state, "error": "access_denied"}, cookie),
        ({}, ""),
    ):
        status, page = await come_back(product, mark, **query)
        assert status in (200, 400)
        assert "Appen ble ikke installert" in page
    assert slack.codes
    slack.codes.clear()
    status, page = await come_back(product, cookie, code="code", state=state)
    assert status == 400
    assert "Appen ble ikke installert" in page


async def test_a_state_is_good_once(product: Running, slack: SlackDouble) -> None:
    slack.codes |= {"code": (KOMMUNE, TOKEN), "another": (KOMMUNE, "xoxb-evil")}
    state, cookie = await begin(product)
    assert (await come_back(product, cookie, code="code", state=state))[0] == 200
    status, _ = await come_back(product, cookie, code="another", state=state)
    assert status == 400
    assert "another" in slack.codes


async def test_without_installation_there_is_nothing_to_install(slack: SlackDouble, database: Path) -> None:
    async with running(database, slack=slack) as product:
        assert (await product.get("/slack/install"))[0] == 404


def test_what_was_sealed_is_read_with_the_same_key_for_the_same_purpose_alone() -> None:
    sealed = Seal(b"key", "slack_token").close("xoxb")
    assert "xoxb" not in sealed
    assert Seal(b"key", "slack_token").open(sealed) == "xoxb"
    for other in (Seal(b"other", "slack_token"), Seal(b"key", "another")):
        with pytest.raises(SealedOtherwiseError):
            other.open(sealed)
    with pytest.raises(SealedOtherwiseError):
        Seal(b"key", "slack_token").open("nothing of the kind")


def test_the_installation_asks_for_what_the_manifest_does() -> None:
    text = (ROOT / "manifest/slack/manifest.yaml").read_text(encoding="utf-8")
    assert sorted(yaml.safe_load(text)["oauth_config"]["scopes"]["bot"]) == sorted(SCOPES)


WHOLE = {
    "slack_signing_secret": SECRET,
    "slack_client_id": CLIENT_ID,
    "slack_client_secret": CLIENT_SECRET,
    "slack_allowed_teams": KOMMUNE,
    "secret_key": KEY,
    "public_url": "https://bot.example",
}


@pytest.mark.parametrize("lacking", sorted(WHOLE))
def test_a_setting_that_the_installation_lacks_is_named(lacking: str) -> None:
    given = {name: value for name, value in WHOLE.items() if name != lacking}
    with pytest.raises(SettingsError, match=f"SAMHANDLING_{lacking.upper()} is not set"):
        Settings(_env_file=None, **given).slack_configured()  # type: ignore[arg-type]
    assert Settings(_env_file=None, **WHOLE).slack_configured()  # type: ignore[arg-type]
