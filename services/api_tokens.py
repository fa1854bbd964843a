"""Tokens with which other programs read one community's figures: made, listed, taken back, recognised.

A token is 32 random bytes, so a plain digest of it cannot be turned back; it is shown once, when it is made.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from domain.identity_numbers import contains_identity_number
from services.ports import ApiToken, Store, Work

PREFIX = "samhandling_"
"""So that a scanner for secrets, and whoever finds one in a file, knows what it is."""

LONGEST_NAME = 60
NOTED_EVERY = timedelta(minutes=1)
"""A token that is used all the time is not written about all the time."""


class TokenNameError(Exception):
    """One line: what is wrong with the name, and what is accepted."""


async def create(work: Work, name: str, *, now: datetime) -> tuple[ApiToken, str]:
    """What is kept, and the token itself, which is not. Raises TokenNameError."""
    name = _checked(name, [token.name for token in await work.tokens.all()])
    secret = PREFIX + secrets.token_urlsafe(32)
    made = ApiToken(secrets.token_hex(4), name, digest(secret), now)
    await work.tokens.add(made)
    await work.audit.add("token.created", f"token:{made.id}", by=None, now=now, name=name)
    return made, secret


async def revoke(work: Work, which: str, *, now: datetime) -> ApiToken | None:
    """By id, by name, or by the token itself; None when there is none such."""
    found = next((token for token in await work.tokens.all() if which in (token.id, token.name)), None)
    if found is None:
        sought = digest(which)
        found = next((token for token in await work.tokens.all() if token.digest == sought), None)
    if found is None or not await work.tokens.remove(found.id):
        return None
    await work.audit.add("token.revoked", f"token:{found.id}", by=None, now=now, name=found.name)
    return found


async def all_of(work: Work) -> Sequence[ApiToken]:
    return await work.tokens.all()


async def community_of(store: Store, given: str, now: datetime) -> str | None:
    """The one community that may be read with what was given; None for what is no token. Its use is noted."""
    found = await store.whose_token(digest(given)) if given.startswith(PREFIX) else None
    if found is None:
        return None
    community, token = found
    if token.last_used_at is None or now - token.last_used_at >= NOTED_EVERY:
        async with store.begin(community) as work:
            await work.tokens.used(token.id, now)
    return community


def digest(secret: str) -> str:
    return sha256(secret.encode(errors="replace")).hexdigest()


def _checked(name: str, taken: Sequence[str]) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise TokenNameError(f"a name has 1 to {LONGEST_NAME} characters, as: Power BI")
    if contains_identity_number(name):
        raise TokenNameError("a name bears no identity number")
    if name in taken:
        raise TokenNameError(f"there is a token {name!r} already; revoke it first, or choose another name")
    return name
