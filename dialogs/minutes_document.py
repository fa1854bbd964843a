"""The minutes as a document: what its templates are filled in with."""

from __future__ import annotations

from dialogs.speech import Speech

WORDS = (
    "meeting",
    "place_and_date",
    "present",
    "absent",
    "secretariat",
    "chair",
    "secretary",
    "situation",
    "figures",
    "figure",
    "total",
    "units",
    "unit",
    "level",
    "reported",
    "differences",
    "matters",
    "number",
    "matter",
    "responsible",
    "decision",
    "no_matters",
    "actions",
    "action",
    "owner",
    "due",
    "no_actions",
    "page",
)
"""The document's headings."""


def words(speech: Speech) -> dict[str, str]:
    return {word: speech.say(f"minutes.word.{word}") for word in WORDS}
