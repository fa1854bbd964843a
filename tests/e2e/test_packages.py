"""`samhandling package` as an administrator meets it, and what the packages refer to on the running product."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
import yaml

from bot.packages import slack as slack_app
from bot.packages import teams
from bot.packages.values import Values
from tests.command_line import samhandling
from tests.harness import Running, running
from tests.slack_double import SlackDouble

APP_ID = "11111111-2222-3333-4444-555555555555"
SETTINGS = {"TEAMS_APP_ID": APP_ID, "PUBLIC_URL": "https://samhandling.example.no"}


def test_the_teams_app_is_one_zip_to_upload(tmp_path: Path) -> None:
    done = samhandling(tmp_path, "package", "teams", "--out", "made/here", **SETTINGS)
    assert (done.returncode, done.stderr) == (0, "")
    [packed] = (tmp_path / "made/here").iterdir()
    assert str(packed.relative_to(tmp_path)) in done.stdout
    assert "https://samhandling.example.no/api/messages" in done.stdout
    with zipfile.ZipFile(packed) as archive:
        assert set(archive.namelist()) == {"manifest.json", "nn.json", "en.json", "color.png", "outline.png"}
        assert json.loads(archive.read("manifest.json"))["version"] == "0.1.0"


def test_a_changed_package_gets_a_version_of_its_own(tmp_path: Path) -> None:
    assert samhandling(tmp_path, "package", "teams", "--out", ".", "--app-version", "1.0.7", **SETTINGS).returncode == 0
    with zipfile.ZipFile(tmp_path / "samhandlingsbot-teams.zip") as archive:
        assert json.loads(archive.read("manifest.json"))["version"] == "1.0.7"


def test_the_slack_app_is_a_manifest_and_a_picture(tmp_path: Path) -> None:
    done = samhandling(
        tmp_path, "package", "slack", "--out", ".", "--language", "nn", PUBLIC_URL=SETTINGS["PUBLIC_URL"]
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "sjukehuset" in (tmp_path / "samhandlingsbot-slack.yaml").read_text(encoding="utf-8")
    assert (tmp_path / "samhandlingsbot-slack.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "settings", "says"),
    [
        (["teams"], {}, "SAMHANDLING_PUBLIC_URL is not set"),
        (["teams"], {}, "SAMHANDLING_TEAMS_APP_ID is not set"),
        (["teams"], SETTINGS | {"TEAMS_APP_ID": "samhandling"}, "'samhandling' is no id; accepted: the Application"),
        (["teams"], SETTINGS | {"PUBLIC_URL": "http://samhandling.example.no"}, "accepted: https://"),
        (["slack"], {"TEAMS_APP_ID": APP_ID}, "SAMHANDLING_PUBLIC_URL is not set"),
        (["zulip"], SETTINGS, "'zulip' is no package; accepted: teams, slack"),
        (["slack", "--language", "sv"], SETTINGS, "accepted: nb, nn, en"),
        (["teams", "--app-version", "v2"], SETTINGS, "accepted: three numbers, as 1.2.3"),
        (["teams", "--out", "taken"], SETTINGS, "taken cannot be written"),
    ],
)
def test_what_is_lacking_or_wrong_is_one_line_and_nothing_is_written(
    tmp_path: Path, arguments: list[str], settings: dict[str, str], says: str
) -> None:
    (tmp_path / "taken").write_text("a file, not a folder", encoding="utf-8")
    out = [] if "--out" in arguments else ["--out", "out"]
    done = samhandling(tmp_path, "package", *arguments, *out, **settings)
    assert done.returncode == 2, done.stderr
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_what_teams_would_refuse_is_said_in_a_line_and_not_written(tmp_path: Path) -> None:
    too_long = SETTINGS | {"PUBLIC_URL": f"https://samhandling.example.no/{'x' * 2048}"}
    done = samhandling(tmp_path, "package", "teams", "--out", "out", **too_long)
    assert done.returncode == 1
    assert "manifest.json: $.developer." in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


async def test_the_pages_that_the_teams_app_refers_to_are_served_to_anybody(product: Running) -> None:
    [packed] = teams.files(Values(APP_ID, "https://samhandling.example.no", "1.0.0")).values()
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        developer = json.loads(archive.read("manifest.json"))["developer"]
    addresses = [developer[key] for key in ("websiteUrl", "privacyUrl", "termsOfUseUrl")]
    async with aiohttp.ClientSession() as anybody:
        for address in addresses:
            async with anybody.get(f"{product.url}{urlsplit(address).path}") as response:
                assert response.status == 200, address
                assert response.content_type == "text/html"


async def test_the_slack_app_posts_to_where_the_product_listens(slack: SlackDouble, database: Path) -> None:
    """What is not signed by Slack is refused there, which is more than an address that is not there does."""
    packed = slack_app.files(Values("", "https://samhandling.example.no", "1.0.0"), "nb")
    manifest = yaml.safe_load(packed["samhandlingsbot-slack.yaml"])
    posted_to = [
        manifest["settings"]["event_subscriptions"]["request_url"],
        manifest["settings"]["interactivity"]["request_url"],
        *(command["url"] for command in manifest["features"]["slash_commands"]),
    ]
    async with running(database, slack=slack) as product:
        for address in posted_to:
            status, _ = await product.post(urlsplit(address).path, {})
            assert status == 401, address


async def test_slack_sends_back_to_where_the_product_listens(slack: SlackDouble, database: Path) -> None:
    packed = slack_app.files(Values("", "https://samhandling.example.no", "1.0.0"), "nb")
    [back] = yaml.safe_load(packed["samhandlingsbot-slack.yaml"])["oauth_config"]["redirect_urls"]
    installs = {"slack_client_id": "1.2", "slack_client_secret": "secret", "slack_allowed_teams": "T0"}
    settings: dict[str, Any] = installs | {"public_url": "https://samhandling.example.no", "secret_key": "k" * 32}
    async with running(database, slack=slack, **settings) as product:
        status, _ = await product.get(urlsplit(back).path)
        assert status == 400, "without a state that we have signed"
