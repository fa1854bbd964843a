"""`samhandling token`: other programs' tokens for one community's figures, while the server runs or not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from bot.served import DatabaseError, community_served
from bot.settings import Settings
from domain.community import Community
from services import api_tokens
from services.ports import ApiToken, Work
from storage.store import SqlStore, UnreadableError


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

    Raises NoSuchCommunityError and DatabaseError.
    """
    try:
        community = which if isinstance(which, Community) else await community_served(settings, which)
        store = SqlStore(settings.database_url, [community])
        try:
            await store.migrate()
            async with store.begin(community.key) as work:
                yield work
        finally:
            await store.close()
    except UnreadableError as exc:
        raise DatabaseError(f"SAMHANDLING_DATABASE_URL: {exc}") from None
