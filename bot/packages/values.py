"""What the templates in `manifest/` are filled in with, and the check against a schema."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version as version_of
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from jsonschema.validators import validator_for

import manifest
from bot.settings import Settings, SettingsError
from dialogs.speech import Speech

TEMPLATES = Path(manifest.__file__).parent
_GUID = r"[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"


class PackageError(Exception):
    """One line: which part of the package the platform would refuse, and why."""


@dataclass(frozen=True, slots=True)
class Values:
    app_id: str
    public_url: str
    version: str

    @classmethod
    def of(cls, settings: Settings, version: str = "", *, teams: bool) -> Values:
        """Raises SettingsError with everything in the settings that is lacking or cannot serve."""
        wrong = _wrong_address(settings.public_url)
        if teams:
            wrong += _wrong_app(settings.teams_app_id)
        if wrong:
            raise SettingsError("; ".join(wrong))
        return cls(settings.teams_app_id, settings.public_url, version or version_of("samhandlingsbot"))

    @property
    def domain(self) -> str:
        return urlsplit(self.public_url).hostname or ""


def _wrong_address(url: str) -> list[str]:
    if not url:
        accepted = "set it to the address that the product is reached by, as https://samhandling.example.no"
        return [f"SAMHANDLING_PUBLIC_URL is not set: {accepted}"]
    if not url.startswith("https://"):
        return ["SAMHANDLING_PUBLIC_URL: accepted: https://…, as Teams and Slack reach nothing else"]
    return []


def _wrong_app(app_id: str) -> list[str]:
    what = "the Application (client) ID of the app registration, as 11111111-2222-3333-4444-555555555555"
    if not app_id:
        return [f"SAMHANDLING_TEAMS_APP_ID is not set: set it to {what}"]
    if not re.fullmatch(_GUID, app_id):
        return [f"SAMHANDLING_TEAMS_APP_ID: {app_id[:40]!r} is no id; accepted: {what}"]
    return []


def words(language: str) -> Speech:
    """No time is said in a package, so the zone does not matter."""
    return Speech(language, ZoneInfo("UTC"))


def filled(template: Any, values: Mapping[str, str]) -> Any:
    """A parsed JSON document with the values in every text of it."""
    if isinstance(template, str):
        return Template(template).substitute(values)
    if isinstance(template, list):
        return [filled(each, values) for each in template]
    if isinstance(template, dict):
        return {key: filled(each, values) for key, each in template.items()}
    return template


def check(document: Any, schema: Path, name: str) -> None:
    """Raises PackageError with the first thing that the schema does not accept."""
    rules = json.loads(schema.read_text(encoding="utf-8"))
    found = sorted(validator_for(rules)(rules).iter_errors(document), key=lambda error: list(map(str, error.path)))
    if found:
        raise PackageError(f"{name}: {found[0].json_path}: {found[0].message[:300]}")
