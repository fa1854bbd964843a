"""`samhandling token`: other programs' tokens for one community's figures, while the server runs or not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from bot.settings import Settings, sqlite_file
from domain.community import Community
from domain.community_file import CommunityFileError, read_community
from services import api_tokens
from services.ports import ApiToken, Work
from storage.store import SqlStore, UnreadableError


class NoSuchCommunityError(Exception):
    """One line: the database does not know the community, and which it knows."""


class CannotKeepTokensError(Exception):
    """One line: what is in the way with the database, and what helps."""


async def create(settings: Settings, which: Community | str, name: str) -> str:
    """The new token, which is kept nowhere. Raises TokenNameError and what `_work` raises."""
    async with _work(settings, which) as work:
        _, secret = await api_tokens.create(work, name, now=datetime.now(UTC))
    return secret


async def listed(settings: Settings, which: Community | str) -> list[str]:
    """A line for each token, and one above them."""
    async with _work(settings, which) as work:
        tokens = await api_tokens.all_of(work)
        zone = work.community.zone
    if not tokens:
        return []
    rows = [("ID", "NAME", "CREATED", "LAST USED")]
    for token in tokens:
        used = f"{token.last_used_at.astimezone(zone):%Y-%m-%d %H:%M}" if token.last_used_at else "never"
        rows.append((token.id, token.name, f"{token.created_at.astimezone(zone):%Y-%m-%d %H:%M}", used))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


async def revoke(settings: Settings, which: Community | str, token: str) -> ApiToken | None:
    """None when the community has no such token."""
    async with _work(settings, which) as work:
        return await api_tokens.revoke(work, token, now=datetime.now(UTC))


@asynccontextmanager
async def _work(settings: Settings, which: Community | str) -> AsyncIterator[Work]:
    """A transaction in the community, of which a key is enough once the server has served it.

    Raises NoSuchCommunityError and CannotKeepTokensError.
    """
    try:
        community = which if isinstance(which, Community) else await _served(settings, which)
        store = SqlStore(settings.database_url, [community])
        try:
            await store.migrate()
            async with store.begin(community.key) as work:
                yield work
        finally:
            await store.close()
    except UnreadableError as exc:
        raise CannotKeepTokensError(f"SAMHANDLING_DATABASE_URL: {exc}") from None


async def _served(settings: Settings, key: str) -> Community:
    """As the server last read its file."""
    file = sqlite_file(settings)
    if file is not None and not file.exists():
        raise CannotKeepTokensError(
            f"SAMHANDLING_DATABASE_URL: there is no database {file} yet; start the server, or give the community file"
        )
    store = SqlStore(settings.database_url, [])
    try:
        await store.check()
        files = await store.files()
    finally:
        await store.close()
    if key not in files:
        known = ", ".join(sorted(files)) or "none yet"
        raise NoSuchCommunityError(f"--community: the database has no community {key}; it has: {known}")
    try:
        return read_community(files[key])
    except CommunityFileError:
        raise NoSuchCommunityError(f"--community: give the file of {key}; the kept one is too old") from None
