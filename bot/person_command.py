"""`samhandling person`: what is stored about one person, handed over or taken away."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from bot.served import DatabaseError, community_served
from bot.settings import Settings, sqlite_file
from bot.single import take
from domain.community import Community
from services import access
from services.ports import Member
from storage.personal_data import Erased, Somebody
from storage.store import SqlStore, UnreadableError


class NoSuchPersonError(Exception):
    """One line: nobody of that key or address is known."""


class StillAMemberError(Exception):
    """One line: why the person cannot be erased yet, and what comes first."""


async def write_everything(settings: Settings, which: Community | str, person: str, out: Path) -> int:
    """Writes the JSON file; how many rows. Raises NoSuchPersonError, OSError and what `_store` raises."""
    async with _store(settings, which) as (store, community):
        found = await _member(store, community, person)
        who = _somebody(found)
        async with store.begin(community.key) as work:
            await work.audit.add("person.exported", f"person:{who.key}", by=None, now=datetime.now(UTC))
        tables = await store.everything_about(community.key, who)
    about = {"community": community.key, "person": who.key, "name": who.name, "email": who.email, "tables": tables}
    text = json.dumps(about, ensure_ascii=False, indent=2) + "\n"
    await asyncio.to_thread(out.write_text, text, encoding="utf-8")
    return sum(len(rows) for rows in tables.values())


async def erase(settings: Settings, which: Community | str, person: str) -> Erased:
    """Raises NoSuchPersonError, StillAMemberError, InUseError and what `_store` raises.

    A server on SQLite remembers people, so it is to be stopped; one on PostgreSQL may run.
    """
    file = sqlite_file(settings)
    held = take(file) if file is not None and file.exists() else None
    try:
        async with _store(settings, which) as (store, community):
            member = await _member(store, community, person)
            if member.person.key in {each.key for each in community.people}:
                raise StillAMemberError(
                    f"{member.person.key} is in the community file; take the person out of it and start the server "
                    "once, then erase"
                )
            return await store.erase(community.key, _somebody(member), datetime.now(UTC))
    finally:
        if held is not None:
            held.close()


async def revoke(settings: Settings, which: Community | str, person: str) -> Member:
    """Ends the person's links and sessions on the page; whose they were. Raises as `erase` does."""
    file = sqlite_file(settings)
    held = take(file) if file is not None and file.exists() else None
    try:
        async with _store(settings, which) as (store, community):
            member = await _member(store, community, person)
            async with store.begin(community.key) as work:
                await access.revoke(work, member.person, by=None, now=datetime.now(UTC))
            return member
    finally:
        if held is not None:
            held.close()


@asynccontextmanager
async def _store(settings: Settings, which: Community | str) -> AsyncIterator[tuple[SqlStore, Community]]:
    """Raises NoSuchCommunityError and DatabaseError."""
    try:
        community = which if isinstance(which, Community) else await community_served(settings, which)
        store = SqlStore(settings.database_url, [community])
        try:
            await store.check()
            yield store, community
        finally:
            await store.close()
    except UnreadableError as exc:
        raise DatabaseError(f"SAMHANDLING_DATABASE_URL: {exc}") from None


async def _member(store: SqlStore, community: Community, person: str) -> Member:
    async with store.read(community.key) as work:
        members = await work.people.all()
    sought = person.casefold()
    for member in members:
        if sought in (member.person.key.casefold(), member.person.email.casefold()):
            return member
    raise NoSuchPersonError(f"{community.key} knows nobody with the key or address {person[:80]}")


def _somebody(member: Member) -> Somebody:
    return Somebody(member.person.key, member.person.name, member.person.email)
