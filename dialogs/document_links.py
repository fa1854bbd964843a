"""Links to a document in every format; each holds for half an hour, and a card gives new ones."""

from __future__ import annotations

from dialogs.card import Link, Reference
from dialogs.turn import Turn

FORMATS = ("docx", "pdf", "html")
"""Of a document, in the order in which they are offered."""


def document_links(turn: Turn, kind: str, *ids: object) -> tuple[Link, ...]:
    """In the reader's language. Where there is no address, the first one says so for all."""
    subject = ":".join([kind, *map(str, ids), turn.speech.language])
    return tuple(
        Link(
            Reference("document", turn.community.key, f"{subject}:{form}"),
            turn.say(f"minutes.format.{form}"),
            turn.say("minutes.no_address") if form == FORMATS[0] else "",
        )
        for form in FORMATS
    )
