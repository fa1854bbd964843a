"""The Teams app: the manifest, its words in every language, and the icons, in one ZIP."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from bot.packages.values import TEMPLATES, Values, check, filled, words
from dialogs.speech import Speech
from domain.community import LANGUAGES

_FOLDER = TEMPLATES / "teams"
_SCHEMA = _FOLDER / "schema/MicrosoftTeams.schema.json"
_LOCALIZATION = _FOLDER / "schema/MicrosoftTeams.Localization.schema.json"
_THE_COORDINATORS = frozenset({"crisis", "round_now", "end", "connect"})
_UNCHANGING = (1980, 1, 1, 0, 0, 0)
"""The date of every file in the ZIP: the same settings make the same bytes."""


def files(values: Values) -> dict[str, bytes]:
    """The ZIP by its name. Raises PackageError."""
    default, *others = LANGUAGES
    manifest = _manifest(values, words(default))
    check(manifest, _SCHEMA, "manifest.json")
    inside = {"manifest.json": _json(manifest)}
    for language in others:
        translation = _translation(_manifest(values, words(language)))
        check(translation, _LOCALIZATION, f"{language}.json")
        inside[f"{language}.json"] = _json(translation)
    inside |= {name: (_FOLDER / name).read_bytes() for name in manifest["icons"].values()}
    return {"samhandlingsbot-teams.zip": _zip(inside)}


def _manifest(values: Values, speech: Speech) -> dict[str, Any]:
    template = json.loads((_FOLDER / "manifest.json").read_text(encoding="utf-8"))
    for command_list in template["bots"][0]["commandLists"]:
        command_list["commands"] = [_command(name, speech) for name in command_list["commands"]]
    manifest: dict[str, Any] = filled(
        template,
        {
            "app_id": values.app_id,
            "public_url": values.public_url,
            "domain": values.domain,
            "version": values.version,
            "name": speech.say("app.name"),
            "full_name": speech.say("app.full_name"),
            "short": speech.say("app.short"),
            "long": speech.say("app.long"),
        },
    )
    return manifest


def _command(name: str, speech: Speech) -> dict[str, str]:
    """The title is what Teams writes for who picks it, so it must be what the product understands."""
    title, does = speech.say(f"help.command.{name}"), speech.say(f"help.does.{name}")
    if name == "language":
        title, does = title.partition(" ")[0], speech.say("app.language")
    if name in _THE_COORDINATORS:
        does = speech.say("app.only_coordinator", does=does)
    return {"title": title, "description": does[0].upper() + does[1:]}


def _translation(manifest: Mapping[str, Any]) -> dict[str, str]:
    """What a language file says: each text of the manifest by its path."""
    texts = {"$schema": manifest["$schema"].replace("MicrosoftTeams.schema", "MicrosoftTeams.Localization.schema")}
    for part in ("name", "description"):
        texts |= {f"{part}.{length}": text for length, text in manifest[part].items()}
    for i, command_list in enumerate(manifest["bots"][0]["commandLists"]):
        for j, command in enumerate(command_list["commands"]):
            path = f"bots[0].commandLists[{i}].commands[{j}]"
            texts |= {f"{path}.{key}": text for key, text in command.items()}
    return texts


def _json(document: Any) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _zip(inside: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in inside.items():
            entry = zipfile.ZipInfo(name, _UNCHANGING)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, content)
    return packed.getvalue()
