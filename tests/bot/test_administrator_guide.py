"""The administrator's guide: both languages tell the same, and what they tell is what the product has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from typer.core import TyperGroup
from typer.main import get_command

from bot.__main__ import cli
from bot.packages.values import TEMPLATES
from bot.settings import SettingsError, read_settings
from dialogs import router

DOCS = Path(__file__).parents[2] / "docs"
GUIDES = {language: (DOCS / f"administrator.{language}.md").read_text(encoding="utf-8") for language in ("nb", "en")}


def settings(guide: str) -> list[str]:
    return re.findall(r"SAMHANDLING_[A-Z_]+", guide)


def test_both_languages_name_the_same_settings_in_the_same_order() -> None:
    assert settings(GUIDES["nb"]) == settings(GUIDES["en"])


def test_both_languages_have_the_same_parts_steps_and_tables() -> None:
    shapes = [re.findall(r"^(#+ |\d\. |\||- |```)", guide, re.MULTILINE) for guide in GUIDES.values()]
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("name", sorted(set(settings(GUIDES["nb"]))))
def test_every_setting_is_one_of_the_products(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "")
    said = ""
    try:
        read_settings()
    except SettingsError as exc:
        said = str(exc)
    assert "is no setting" not in said


@pytest.mark.parametrize("language", GUIDES)
def test_every_subcommand_is_there(language: str) -> None:
    program = get_command(cli)
    assert isinstance(program, TyperGroup)
    named = set(re.findall(r"^samhandling (\w+)|`samhandling (\w+)", GUIDES[language], re.MULTILINE))
    assert named
    assert {one or other for one, other in named} <= set(program.commands)


@pytest.mark.parametrize("language", GUIDES)
def test_every_command_to_write_is_understood(language: str) -> None:
    written = re.findall(r"`(?:@Samhandlingsbot|/samhandling) ([^`]+)`", GUIDES[language])
    assert written
    assert all(router.command_of(words) for words in written)


@pytest.mark.parametrize("language", GUIDES)
def test_every_scope_of_the_slack_app_is_explained_and_no_other(language: str) -> None:
    manifest = yaml.safe_load((TEMPLATES / "slack/manifest.yaml").read_text(encoding="utf-8"))
    explained = re.findall(r"^\| `([a-z_]+:?[a-z_.]*)` \|", GUIDES[language], re.MULTILINE)
    assert sorted(explained) == sorted(manifest["oauth_config"]["scopes"]["bot"])


@pytest.mark.parametrize("language", GUIDES)
def test_every_page_that_it_refers_to_is_there(language: str) -> None:
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", GUIDES[language]):
        assert (DOCS / target).exists(), target
