"""What people wrote, out of JSON; and one person, out of it. Both give the same shape with other strings."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

HOLD_TEXT = frozenset(
    {
        *("text", "texts", "note", "why", "word", "because", "reason", "guests", "title", "about", "proposal"),
        *("conclusion", "papers", "name", "email", "comment", "url"),
    }
)
"""Names under which JSON keeps what people wrote, or who they are."""
HOLD_ANSWERS = frozenset({"values"})
"""Names under which a unit's answers stand: of these, figures and levels are no texts."""
LEVELS = frozenset({"green", "yellow", "red"})


def without_texts(found: Any) -> Any:
    """Figures, dates, states and keys stay; what stands under a name for texts, or has a space in it, does not."""
    if isinstance(found, dict):
        return {key: _under(key, value) for key, value in found.items()}
    if isinstance(found, list):
        return [without_texts(value) for value in found]
    return "" if isinstance(found, str) and re.search(r"\s", found) else found


def _under(name: str, value: Any) -> Any:
    if name in HOLD_ANSWERS and isinstance(value, dict):
        return without_written_answers(value)
    if name in HOLD_TEXT:
        return _emptied(value)
    return without_texts(value)


def _emptied(value: Any) -> Any:
    if isinstance(value, str):
        return ""
    return [] if isinstance(value, list) else without_texts(value)


def without_written_answers(values: dict[str, Any]) -> dict[str, Any]:
    """A unit's answers without those in words."""
    return {key: value for key, value in values.items() if not isinstance(value, str) or value in LEVELS}


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who is sought in keys and texts. A name of one word is a role as often as a person, so it is not sought."""

    key: str
    name: str
    email: str

    def named_in(self, text: str) -> bool:
        return self.replaced(text, "", "") != text

    def replaced(self, text: str, key: str, name: str) -> str:
        """The text with another key and name in this one's place."""
        parts = re.split(r"([:#/])", text)
        text = "".join(key if part == self.key else part for part in parts)
        if self.email:
            text = re.sub(re.escape(self.email), name, text, flags=re.IGNORECASE)
        if " " in self.name:
            text = text.replace(self.name, name)
        return text


def each_string(found: Any, change: Callable[[str], str]) -> Any:
    """The same with every string, names of members included, changed."""
    if isinstance(found, dict):
        return {change(key): each_string(value, change) for key, value in found.items()}
    if isinstance(found, list):
        return [each_string(value, change) for value in found]
    return change(found) if isinstance(found, str) else found
