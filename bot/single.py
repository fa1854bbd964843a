"""One process at a time on an SQLite database: a second one would send everything twice."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO


class InUseError(Exception):
    """Another process has the database."""


def take(database: Path) -> IO[str]:
    """Holds the database for as long as the file that is given back stays open. Raises InUseError."""
    database.parent.mkdir(parents=True, exist_ok=True)
    held = Path(f"{database}.lock").open("w", encoding="ascii")  # noqa: SIM115 - open as long as it is held
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.close()
        raise InUseError(
            f"SAMHANDLING_DATABASE_URL: {database} is in use by another process; stop that one, or use PostgreSQL "
            "for several processes"
        ) from None
    return held
