"""Who is signed in: a cookie that bears community, person, epoch and time, signed with the server's key."""

from __future__ import annotations

import base64
import hmac
import json
import re
import secrets
import time
from dataclasses import dataclass
from hashlib import sha256

LASTS = 30 * 24 * 3600
"""Seconds that a session lasts, by the real clock."""
SET_BACK = 2 * 3600
"""Seconds that the clock may have been set back by since a session began, and nobody is signed out for it."""
COOKIE = "samhandling"
VISITOR = "samhandling_besok"
"""Before anybody is signed in: what the sign-in form's token is bound to."""


@dataclass(frozen=True, slots=True)
class Session:
    community: str
    person: str
    cookie: str
    epoch: int = 0  # of the person's access when the session began: a later revocation ends it


class Sessions:
    def __init__(self, key: bytes) -> None:
        self._key = key

    def begin(self, community: str, person: str, epoch: int = 0) -> str:
        """The cookie's value."""
        content = json.dumps([community, person, epoch, int(time.time()), secrets.token_hex(8)]).encode()
        return f"{base64.urlsafe_b64encode(content).decode()}.{self._sign('session', content)}"

    def read(self, cookie: str) -> Session | None:
        """None for a cookie that is not ours, or too old."""
        encoded, _, signature = cookie.partition(".")
        try:
            content = base64.urlsafe_b64decode(encoded)
            if not hmac.compare_digest(self._sign("session", content), signature):
                return None
            community, person, epoch, begun, _ = json.loads(content)
        except (ValueError, TypeError):
            return None
        return Session(community, person, cookie, epoch) if -SET_BACK <= time.time() - begun < LASTS else None

    def token(self, bound_to: str) -> str:
        """What a form bears so that no other page can post it."""
        return self._sign("form", bound_to.encode())

    def is_token(self, token: str, bound_to: str) -> bool:
        return bool(bound_to) and hmac.compare_digest(self.token(bound_to).encode(), token.encode())

    def _sign(self, purpose: str, content: bytes) -> str:
        return hmac.new(self._key, purpose.encode() + b"\0" + content, sha256).hexdigest()


def new_mark() -> str:
    return secrets.token_hex(16)


def mark_of(cookie: str) -> str:
    """The visitor's cookie if it is one that we gave, else nothing."""
    return cookie if re.fullmatch(r"[0-9a-f]{32}", cookie) else ""
