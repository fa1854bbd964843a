"""Whether a request is Slack's: its signature over the whole body, made within the last five minutes."""

from __future__ import annotations

import re
from collections.abc import Mapping

from slack_sdk.signature import SignatureVerifier


class Signature:
    def __init__(self, secret: str) -> None:
        self._verifier = SignatureVerifier(secret)

    def is_good(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Compared in constant time, by the real clock."""
        moment = headers.get("X-Slack-Request-Timestamp", "")
        given = headers.get("X-Slack-Signature", "")
        # What the SDK would stumble over instead of refusing it.
        if not (re.fullmatch(r"[0-9]{1,12}", moment, re.ASCII) and given.isascii()):
            return False
        try:
            return self._verifier.is_valid(body, moment, given)
        except UnicodeDecodeError:
            return False
