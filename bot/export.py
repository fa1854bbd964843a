"""`samhandling export`: figures out of the database into a file, while the server runs or not."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from bot.settings import Settings, sqlite_file
from bot.sheets import SHEETS, TooManyRowsError
from domain.community import Community
from domain.community_file import CommunityFileError, read_community
from services.export import Export, export
from storage.store import SqlStore, UnreadableError

WHAT = ("rounds", "actions", "plan", "audit")


class CannotExportError(Exception):
    """One line: what is in the way, and what helps."""


class WhichCommunityError(Exception):
    """One line: the database has several communities, or none that is known."""


async def write(settings: Settings, community: Community | None, what: str, form: str, out: Path, now: datetime) -> int:
    """Writes the file, whole or not at all; how many rounds, actions, meetings or changes it bears.

    Without a community it is the one that the server serves from this database. Raises CannotExportError and
    WhichCommunityError.
    """
    file = sqlite_file(settings)
    if file is not None and not file.exists():
        raise CannotExportError(f"SAMHANDLING_DATABASE_URL: there is no database {file} yet; the server makes it")
    try:
        return await _write(settings.database_url, community or await _only_community(settings), what, form, out, now)
    except UnreadableError as exc:
        raise CannotExportError(f"SAMHANDLING_DATABASE_URL: {exc}") from None
    except TooManyRowsError:
        raise CannotExportError("--format: a sheet does not hold so many rows; accepted: csv, json") from None
    except OSError as exc:
        raise CannotExportError(f"--out: {out} cannot be written ({exc.strerror})") from None


async def _write(url: str, community: Community, what: str, form: str, out: Path, now: datetime) -> int:
    store = SqlStore(url, [community])
    try:
        await store.check()
        async with store.read(community.key) as work:
            found = await export(work, what, now)
            with _whole(out) as file, _progress(found) as step:
                sheet = SHEETS[form](file, found)
                count = 0
                async for piece in found.pieces:
                    sheet.add(piece)
                    count += 1
                    step()
                sheet.finish()
        return count
    finally:
        await store.close()


@contextmanager
def _whole(out: Path) -> Iterator[IO[bytes]]:
    """The file in the place of what was there once everything is written; nothing of it if that fails."""
    if out.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    part = out.with_name(f"{out.name}.part")
    try:
        with part.open("wb") as file:
            yield file
        os.replace(part, out)
    finally:
        part.unlink(missing_ok=True)


async def _only_community(settings: Settings) -> Community:
    """As the server last read its file."""
    store = SqlStore(settings.database_url, [])
    try:
        await store.check()
        files = await store.files()
    finally:
        await store.close()
    if len(files) != 1:
        has = f"has several communities ({', '.join(sorted(files))})" if files else "knows no community yet"
        raise WhichCommunityError(f"--community: the database {has}; give the community file of one")
    [(key, text)] = files.items()
    try:
        return read_community(text)
    except CommunityFileError:
        raise WhichCommunityError(f"--community: give the community file of {key}; the kept one is too old") from None


@contextmanager
def _progress(found: Export) -> Iterator[Callable[[], None]]:
    """A bar on a terminal; a short export elsewhere needs no line but its last."""
    if not sys.stderr.isatty() or found.count is None:
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

    with Progress(BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=found.count)
        yield lambda: bar.update(task, advance=1)
