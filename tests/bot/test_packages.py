"""The app packages: what Teams and Slack take, with words that the product understands, and no wider than it needs."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import Image, ImageChops

from bot.packages import PackageError, slack, teams
from bot.packages.values import TEMPLATES, Values, check
from dialogs import router
from domain.community import LANGUAGES
from manifest import icons
from tests.e2e.test_who_may import COMMANDS, COORDINATOR

ROOT = Path(__file__).parents[2]
APP_ID = "11111111-2222-3333-4444-555555555555"
VALUES = Values(APP_ID, "https://samhandling.example.no:8443/bot", "1.2.3")
TEMPLATE = json.loads((TEMPLATES / "teams/manifest.json").read_text(encoding="utf-8"))


def inside() -> dict[str, bytes]:
    """The files of the Teams app by their names."""
    [packed] = teams.files(VALUES).values()
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def read(name: str) -> Any:
    return json.loads(inside()[name])


def slack_manifest(language: str = "nb") -> Any:
    return yaml.safe_load(slack.files(VALUES, language)["samhandlingsbot-slack.yaml"])


def titles(language: str) -> list[list[str]]:
    """What each command list writes for who picks from it, in a language."""
    lists = [
        [command["title"] for command in each["commands"]] for each in read("manifest.json")["bots"][0]["commandLists"]
    ]
    if language == "nb":
        return lists
    own = read(f"{language}.json")
    return [
        [own[f"bots[0].commandLists[{i}].commands[{j}].title"] for j in range(len(each))]
        for i, each in enumerate(lists)
    ]


# Teams


def test_the_teams_app_bears_the_ids_and_addresses_of_the_settings() -> None:
    found = read("manifest.json")
    assert (found["id"], found["bots"][0]["botId"], found["version"]) == (APP_ID, APP_ID, "1.2.3")
    assert found["validDomains"] == ["samhandling.example.no"]
    assert found["developer"]["privacyUrl"] == "https://samhandling.example.no:8443/bot/veiledning/personvern"
    assert "${" not in json.dumps(found)


def test_the_bot_is_for_personal_chats_teams_and_group_chats() -> None:
    [bot] = read("manifest.json")["bots"]
    assert bot["scopes"] == ["personal", "team", "groupChat"]
    assert sorted(scope for each in bot["commandLists"] for scope in each["scopes"]) == sorted(bot["scopes"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_that_teams_offers_is_understood(language: str) -> None:
    for offered, template in zip(titles(language), TEMPLATE["bots"][0]["commandLists"], strict=True):
        assert [router.command_of(title) for title in offered] == template["commands"]
        assert len(set(offered)) == len(offered)


def test_what_only_the_coordinator_may_is_said_to_be_the_coordinators() -> None:
    told = [command for each in read("manifest.json")["bots"][0]["commandLists"] for command in each["commands"]]
    for command in told:
        name = router.command_of(command["title"])
        assert name is not None
        assert ("bare samhandlingssjefen" in command["description"]) == (COMMANDS[name][1] == COORDINATOR), name


def test_each_language_says_everything_that_the_others_say() -> None:
    nn, en = read("nn.json"), read("en.json")
    assert nn.keys() == en.keys()
    assert nn != en
    found = read("manifest.json")
    listed = {each["file"]: each["languageTag"] for each in found["localizationInfo"]["additionalLanguages"]}
    assert listed == {"nn.json": "nn", "en.json": "en"}
    assert found["localizationInfo"]["defaultLanguageTag"] == "nb"
    assert sum(len(each) for each in titles("nb")) == sum(key.endswith("].title") for key in nn)


def test_the_same_settings_make_the_same_bytes() -> None:
    assert teams.files(VALUES) == teams.files(VALUES)
    [packed] = teams.files(VALUES).values()
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_what_microsofts_schema_does_not_accept_is_not_written() -> None:
    schema = TEMPLATES / "teams/schema/MicrosoftTeams.schema.json"
    for wrong in ({"id": "x"}, {"name": {"short": "x" * 31}}, {"unheardOf": 1}, {"validDomains": "x"}):
        with pytest.raises(PackageError, match=re.escape("manifest.json: $")):
            check(read("manifest.json") | wrong, schema, "manifest.json")


def test_the_teams_app_asks_for_no_permission() -> None:
    """What it is told, and the roster of where it is installed, are any bot's."""
    found = read("manifest.json")
    assert not {"authorization", "permissions", "devicePermissions", "webApplicationInfo"} & found.keys()
    asking = [path for path in (ROOT / "bot").rglob("*.py") if "graph.microsoft" in path.read_text(encoding="utf-8")]
    assert asking == []


# Icons


def test_the_icons_are_of_the_sizes_that_teams_and_slack_take() -> None:
    color, outline = (Image.open(io.BytesIO(inside()[name])) for name in ("color.png", "outline.png"))
    assert (color.size, outline.size) == ((192, 192), (32, 32))
    assert color.getchannel("A").getextrema() == (255, 255)
    own = Image.open(io.BytesIO(slack.files(VALUES, "nb")["samhandlingsbot-slack.png"]))
    assert own.width == own.height
    assert 512 <= own.width <= 2000


def test_the_outline_is_white_on_nothing() -> None:
    outline = Image.open(TEMPLATES / "teams/outline.png")
    assert outline.mode == "RGBA"
    seen = {pixel[:3] for pixel in outline.get_flattened_data() if isinstance(pixel, tuple) and pixel[3]}
    assert seen == {(255, 255, 255)}
    assert outline.getchannel("A").getextrema() == (0, 255)


def test_the_sign_stands_where_no_mask_cuts_it_away() -> None:
    """The middle 120 of 192 pixels."""
    color = Image.open(TEMPLATES / "teams/color.png").convert("RGB")
    ground = Image.new("RGB", color.size, icons.BLUE)
    sign = ImageChops.difference(color, ground).getbbox()
    assert sign is not None
    assert min(sign[:2]) >= 36
    assert max(sign[2:]) <= 156


def test_the_icons_are_what_the_script_draws(tmp_path: Path) -> None:
    for pencil, kept in ((icons.colour(192), "teams/color.png"), (icons.outline(32), "teams/outline.png")):
        pencil.save(tmp_path / "drawn.png")
        drawn, committed = Image.open(tmp_path / "drawn.png"), Image.open(TEMPLATES / kept)
        assert drawn.tobytes() == committed.tobytes(), kept


# Slack


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_slack_app_has_our_addresses_and_the_words_of_the_language(language: str) -> None:
    found = slack_manifest(language)
    base = "https://samhandling.example.no:8443/bot/slack"
    [command] = found["features"]["slash_commands"]
    assert (command["command"], command["url"]) == ("/samhandling", f"{base}/commands")
    assert found["settings"]["event_subscriptions"]["request_url"] == f"{base}/events"
    assert found["settings"]["interactivity"] == {"is_enabled": True, "request_url": f"{base}/interactions"}
    assert all(router.command_of(word) for word in command["usage_hint"].split(" | "))


def test_each_language_of_the_slack_app_is_its_own() -> None:
    said = {slack_manifest(language)["display_information"]["long_description"] for language in LANGUAGES}
    assert len(said) == len(LANGUAGES)


def test_an_address_with_a_quotation_mark_stays_one_text() -> None:
    odd = Values(APP_ID, 'https://samhandling.example.no/"x"', "1.2.3")
    found = yaml.safe_load(slack.files(odd, "nb")["samhandlingsbot-slack.yaml"])
    assert found["settings"]["interactivity"]["request_url"] == 'https://samhandling.example.no/"x"/slack/interactions'


def test_each_scope_says_beside_it_what_it_is_for() -> None:
    text = slack.files(VALUES, "nb")["samhandlingsbot-slack.yaml"].decode()
    for scope in slack_manifest()["oauth_config"]["scopes"]["bot"]:
        assert re.search(rf"^ +- {re.escape(scope)} +# \S+", text, re.MULTILINE), scope


def test_what_slack_does_not_accept_is_not_written() -> None:
    schema = TEMPLATES / "slack/manifest.schema.json"
    for wrong in ({"display_information": {"name": "x" * 36}}, {"unheard_of": 1}):
        with pytest.raises(PackageError, match=re.escape("slack.yaml: $")):
            check(slack_manifest() | wrong, schema, "slack.yaml")
