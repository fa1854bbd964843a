"""`samhandling copy`, `backup` and `restore`: the whole database elsewhere, verified by counts and checksums."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import IO

from bot.database_words import cannot_be_used
from bot.settings import Settings, sqlite_file
from bot.single import InUseError, take
from services.ports import UnavailableError
from storage.copying import Contents, NotCopiedError, copy
from storage.store import SqlStore

_SETTING = "SAMHANDLING_DATABASE_URL"

__all__ = ["InUseError", "NotCopiedError", "back_up", "move_to", "restore"]


async def move_to(settings: Settings, target: Settings) -> Mapping[str, Contents]:
    """Copies the installation to another database. Raises NotCopiedError and InUseError.

    A server on SQLite is to be stopped first: what it stored while the copy is made would be missing from it.
    """
    if settings.database_url == target.database_url:
        raise NotCopiedError("--to: that is the database copied from; give another one")
    with _held(_existing(settings)), _held(sqlite_file(target)):
        return await _copied((_SETTING, settings.database_url), ("--to", target.database_url))


async def back_up(settings: Settings, out: Path) -> Mapping[str, Contents]:
    """Writes the backup, an SQLite database, while the server runs or not. Raises NotCopiedError and OSError."""
    _existing(settings)
    _not_there(out)
    part = out.with_name(f"{out.name}.part")
    part.unlink(missing_ok=True)
    try:
        copied = await _copied((_SETTING, settings.database_url), ("--out", _url(part)))
        os.replace(part, out)
    finally:
        for left in (part, *(part.with_name(f"{part.name}{end}") for end in ("-wal", "-shm"))):
            left.unlink(missing_ok=True)
    return copied


async def restore(settings: Settings, backup: Path) -> Mapping[str, Contents]:
    """Fills the empty database of the settings; a backup of an earlier version is brought up to date on the way.

    Raises NotCopiedError and InUseError.
    """
    with _held(sqlite_file(settings)):
        async with _up_to_date(backup) as url:
            return await _copied(("--from", url), (_SETTING, settings.database_url))


async def _copied(source: tuple[str, str], target: tuple[str, str]) -> Mapping[str, Contents]:
    """Between addresses, each beside the setting or option that gave it."""
    for name, url in (source, target):
        await _reached(name, url)
    try:
        return await copy(source[1], target[1])
    except NotCopiedError:
        raise
    except UnavailableError as exc:
        raise NotCopiedError(f"one of the databases cannot be used ({exc}); nothing is kept of the copy") from exc
    except Exception as exc:
        raise NotCopiedError(f"one of the databases cannot be used ({type(exc).__name__})") from exc


async def _reached(name: str, url: str) -> None:
    store = SqlStore(url, [])
    try:
        await store.is_newest()
    except UnavailableError as exc:
        raise NotCopiedError(f"{name}: {cannot_be_used(url, exc)}") from None
    finally:
        await store.close()


@asynccontextmanager
async def _up_to_date(backup: Path) -> AsyncIterator[str]:
    with tempfile.TemporaryDirectory(prefix="samhandling-") as folder:
        own = Path(folder) / "backup.db"
        try:
            shutil.copyfile(backup, own)
        except OSError as exc:
            raise NotCopiedError(f"--from: {backup} cannot be read ({exc.strerror})") from None
        store = SqlStore(_url(own), [])
        try:
            await store.migrate()
        except Exception as exc:
            raise NotCopiedError(f"--from: {backup} is no backup of this product ({type(exc).__name__})") from None
        finally:
            await store.close()
        yield _url(own)


def _not_there(out: Path) -> None:
    if out.exists():
        raise NotCopiedError(f"--out: {out} exists already; give another name")


def _existing(settings: Settings) -> Path | None:
    file = sqlite_file(settings)
    if file is not None and not file.exists():
        raise NotCopiedError(f"SAMHANDLING_DATABASE_URL: there is no database {file} yet")
    return file


@contextmanager
def _held(file: Path | None) -> Iterator[None]:
    """No server on that SQLite database meanwhile."""
    held: IO[str] | None = take(file) if file is not None else None
    try:
        yield
    finally:
        if held is not None:
            held.close()


def _url(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"
