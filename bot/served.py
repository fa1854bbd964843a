"""Communities as the server last read their files, for commands that are given a key and no file."""

from __future__ import annotations

from bot.settings import Settings, sqlite_file
from domain.community import Community
from domain.community_file import CommunityFileError, read_community
from storage.store import SqlStore


class NoSuchCommunityError(Exception):
    """One line: the database does not know the community, and which it knows."""


class DatabaseError(Exception):
    """One line: what is in the way with the database, and what helps."""


async def community_served(settings: Settings, key: str) -> Community:
    """Raises NoSuchCommunityError, DatabaseError and UnreadableError."""
    file = sqlite_file(settings)
    if file is not None and not file.exists():
        raise DatabaseError(
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
