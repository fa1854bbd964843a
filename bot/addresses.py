"""Short-lived signed addresses: whoever has one may fetch that one thing until it expires, and nothing else.

A token says what it is for, of which community, which thing and until when. It names no person, it cannot be made or
changed without the server's key, and one made for a picture opens no document.
"""

from __future__ import annotations

import base64
import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from dialogs.card import ELSEWHERE, Reference

VERSION = 1
_HEAD, _MAC = 5, 16
"""Bytes of version and expiry, and of the signature: 128 bits are beyond guessing, and the address stays short."""
LONGEST = 600
"""Characters of a token; a longer one is not ours."""
DAY = 24 * 3600
TEN_YEARS = 3653 * DAY


@dataclass(frozen=True, slots=True)
class Served:
    """Where a kind of thing is fetched, for how many seconds its address holds, and in which steps that is counted."""

    path: str
    lasts: int
    step: int = DAY  # so that the same card bears the same address all day, and is fetched once


SERVED: Mapping[str, Served] = {
    "trend": Served("/pictures/{token}.png", 14 * DAY),
    "calendar": Served("/calendar/{token}.ics", TEN_YEARS),  # subscribed to once, revoked by its subject
    "document": Served("/documents/{token}", 30 * 60, step=60),
    "message": Served("/link/{token}", 14 * DAY),  # revoked with the person's access
    "signin": Served("/signin/{token}", 15 * 60, step=60),
}
"""What cards may refer to, by kind, which is also what its tokens are bound to."""


OPEN: Mapping[str, str] = {"guide": "/veiledning/{subject}"}
"""What anybody may read, and where: it has no secrets and so no token."""


class Addresses:
    """Makes and reads addresses. Without a key there are none; without a public address there are none for others.

    `public_url` is where the product is reached from outside; under `--dev` it is known once the server listens.
    """

    def __init__(self, key: bytes, public_url: str = "") -> None:
        self._key = key
        self.public_url = public_url.rstrip("/")

    def path(self, reference: Reference) -> str | None:
        """The address from the product's own pages."""
        if reference.kind == ELSEWHERE:
            return reference.subject
        if reference.kind in OPEN:
            return OPEN[reference.kind].format(subject=reference.subject)
        if not self._key:
            return None
        served = SERVED[reference.kind]
        expires = (int(time.time()) // served.step + 1) * served.step + served.lasts
        token = self.token(reference.kind, reference.community, reference.subject, expires)
        return served.path.format(token=token)

    def url(self, reference: Reference) -> str | None:
        """The address from anywhere."""
        if reference.kind == ELSEWHERE:
            return reference.subject
        path = self.path(reference) if self.public_url else None
        return f"{self.public_url}{path}" if path else None

    def token(self, purpose: str, community: str, subject: str, expires: int) -> str:
        """`expires` is in seconds of the real clock; characters that stand in an address as they are."""
        content = f"{community}\0{subject}".encode()
        head = VERSION.to_bytes(1, "big") + expires.to_bytes(_HEAD - 1, "big")
        return _encoded(head + self._mac(purpose, head + content) + content)

    def read(self, purpose: str, token: str) -> tuple[str, str] | None:
        """Community and subject; None for a token that is not ours, was made for something else, or has expired."""
        known = self.expiring(purpose, token)
        return known[:2] if known else None

    def expiring(self, purpose: str, token: str) -> tuple[str, str, int] | None:
        """Community, subject, and how many seconds the token still holds."""
        given = _decoded(token) if self._key else None
        if given is None or len(given) < _HEAD + _MAC or given[0] != VERSION:
            return None
        head, mac, content = given[:_HEAD], given[_HEAD : _HEAD + _MAC], given[_HEAD + _MAC :]
        if not hmac.compare_digest(mac, self._mac(purpose, head + content)):
            return None
        left = int.from_bytes(head[1:], "big") - int(time.time())
        community, _, subject = content.decode().partition("\0")
        return (community, subject, left) if left > 0 else None

    def _mac(self, purpose: str, content: bytes) -> bytes:
        return hmac.new(self._key, b"address\0" + purpose.encode() + b"\0" + content, sha256).digest()[:_MAC]


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _decoded(token: str) -> bytes | None:
    """None for what we would not have written: each content has exactly one token."""
    if len(token) > LONGEST or not token.isascii():
        return None
    try:
        content = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    return content if _encoded(content) == token else None
