"""A person's ways in without a chat: the links in letters, and the sessions on the page."""

from __future__ import annotations

from datetime import datetime

from domain.community import Person
from services.ports import Work


async def revoke(work: Work, person: Person, *, by: str | None, now: datetime) -> None:
    """Every link that was mailed to the person, and every session of theirs, hold no longer from now on."""
    await work.people.revoke(person.key)
    await work.audit.add("access.revoked", f"person:{person.key}", by=by, now=now)
