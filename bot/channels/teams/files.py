"""Files that are dropped into a chat: where Teams says they lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from bot.channels.teams.activity import Activity
from bot.downloads import Downloads
from bot.plan.dropped import FileDropped

LONGEST_NAME = 200


def dropped(activity: Activity, beside: str, downloads: Downloads) -> Sequence[FileDropped]:
    """The activity's files, none of them fetched."""
    return [FileDropped(_name(file), partial(downloads.fetch, _url(file)), beside) for file in activity.files]


def _name(file: Mapping[str, Any]) -> str:
    name = file.get("name")
    return "".join(c for c in name if c.isprintable())[:LONGEST_NAME] if isinstance(name, str) else ""


def _url(file: Mapping[str, Any]) -> str:
    content = file.get("content")
    url = content.get("downloadUrl") if isinstance(content, Mapping) else None
    return url if isinstance(url, str) else ""
