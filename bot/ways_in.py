"""Links that let a person in: to one message, or to the whole page. Each is bound to person, purpose and time.

A link names nobody: it bears a name that only the server can tie to the person, and that is another one as soon as
the person's access is revoked.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from hashlib import sha256

from bot.addresses import Addresses
from dialogs.card import Reference
from services.ports import Member, Store

MESSAGE, SIGN_IN = "message", "signin"
"""What a link is for: a message with what can be done on it, or signing in."""


@dataclass(frozen=True, slots=True)
class Way:
    """What a link leads to: whose it is, and for `MESSAGE` the message's number in the outbox."""

    community: str
    member: Member
    message: int = 0


class WaysIn:
    """Makes links and reads them. Without a key or a public address there are none."""

    def __init__(self, key: bytes, addresses: Addresses, store: Store) -> None:
        self._key = key
        self._addresses = addresses
        self._store = store

    def to_message(self, community: str, member: Member, number: int) -> str | None:
        """The address of one of the person's messages."""
        return self._addresses.url(Reference(MESSAGE, community, f"{self._name(community, member)}.{number}"))

    def to_sign_in(self, community: str, member: Member) -> str | None:
        """The address that signs the person in. Each is another one, since each is used once."""
        subject = f"{self._name(community, member)}.{secrets.token_hex(8)}"
        return self._addresses.url(Reference(SIGN_IN, community, subject))

    async def message(self, token: str) -> Way | None:
        """Whose message the link leads to; None for one that is not ours, has expired or was revoked."""
        known = self._addresses.read(MESSAGE, token)
        name, _, number = known[1].partition(".") if known else ("", "", "")
        if known is None or not number.isdecimal():
            return None
        member = await self._bearer(known[0], name)
        return Way(known[0], member, int(number)) if member else None

    async def sign_in(self, token: str) -> Way | None:
        """Who signs in by the link; None for one that is not ours, has expired or was revoked."""
        known = self._addresses.read(SIGN_IN, token)
        member = await self._bearer(known[0], known[1].partition(".")[0]) if known else None
        return Way(known[0], member) if known and member else None

    async def _bearer(self, community: str, name: str) -> Member | None:
        if community not in self._store.communities:
            return None
        async with self._store.read(community) as work:
            members = await work.people.all()
        return next((m for m in members if m.active and hmac.compare_digest(self._name(community, m), name)), None)

    def _name(self, community: str, member: Member) -> str:
        content = "\0".join(("way in", community, member.person.key, str(member.epoch)))
        return hmac.new(self._key, content.encode(), sha256).hexdigest()[:16]
