"""`samhandling package`: what an administrator uploads to Teams and Slack, filled in, checked, written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot.packages import slack, teams
from bot.packages.values import PackageError, Values
from bot.settings import Settings

KINDS = ("teams", "slack")


class CannotWriteError(Exception):
    """One line: what could not be written."""


def write(kind: str, settings: Settings, out: Path, language: str, version: str) -> list[Path]:
    """Makes the package of a platform and writes its files to the folder `out`, which is made when it is not there.

    `language` is the Slack app's; the Teams app has all. `version` is the Teams app's, empty for the product's own.
    Raises SettingsError for a setting that is needed, CannotWriteError, and PackageError when the platform
    would refuse what came of it.
    """
    values = Values.of(settings, version, teams=kind == "teams")
    files = teams.files(values) if kind == "teams" else slack.files(values, language)
    return _written(out, files)


def then(kind: str, settings: Settings) -> str:
    """What to do with it, in one line."""
    if kind == "teams":
        return (
            "Upload it in the Teams admin centre of every tenant: Teams apps, Manage apps, Upload new app. "
            f"The bot's messaging endpoint is {settings.public_url}/api/messages."
        )
    return (
        "At https://api.slack.com/apps: Create New App, From a manifest, paste the file; the picture is the app's icon."
    )


def _written(out: Path, files: Mapping[str, bytes]) -> list[Path]:
    written = [out / name for name in files]
    try:
        out.mkdir(parents=True, exist_ok=True)
        for path, content in zip(written, files.values(), strict=True):
            path.write_bytes(content)
    except OSError as exc:
        raise CannotWriteError(f"--out: {exc.filename or out} cannot be written ({exc.strerror})") from None
    return written


__all__ = ["KINDS", "CannotWriteError", "PackageError", "then", "write"]
