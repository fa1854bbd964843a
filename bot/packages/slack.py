"""The Slack app: its manifest as YAML, with what each scope is for beside it, and its icon."""

from __future__ import annotations

import json
from string import Template

import yaml

from bot.packages.values import TEMPLATES, Values, check, words

_FOLDER = TEMPLATES / "slack"
_SHOWN = ("status", "overview", "actions", "plan", "help")
"""The commands that Slack shows beside /samhandling as it is written."""


def files(values: Values, language: str) -> dict[str, bytes]:
    """The manifest and the icon by their names. Raises PackageError."""
    speech = words(language)
    texts = {
        "public_url": values.public_url,
        "name": speech.say("app.name"),
        "short": speech.say("app.short"),
        "long": speech.say("app.long"),
        "command": speech.say("app.command"),
        "hint": " | ".join(speech.say(f"help.command.{name}") for name in _SHOWN),
    }
    template = Template((_FOLDER / "manifest.yaml").read_text(encoding="utf-8"))
    manifest = template.substitute({name: _in_quotes(text) for name, text in texts.items()})
    check(yaml.safe_load(manifest), _FOLDER / "manifest.schema.json", "samhandlingsbot-slack.yaml")
    return {
        "samhandlingsbot-slack.yaml": manifest.encode(),
        "samhandlingsbot-slack.png": (_FOLDER / "icon.png").read_bytes(),
    }


def _in_quotes(text: str) -> str:
    """As it stands between double quotes in YAML, which are JSON's."""
    return json.dumps(text, ensure_ascii=False)[1:-1]
