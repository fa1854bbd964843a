"""Text from outside, cleaned so that it can be kept."""

from __future__ import annotations

import re

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """JSON may hold half characters and NUL, which no database takes; each becomes U+FFFD."""
    return text if text.isalnum() else _UNSTORABLE.sub("\ufffd", text)
