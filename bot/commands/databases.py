"""`samhandling migrate`, `copy`, `backup`, `restore` and `export`: what is kept, and where."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands import given
from bot.settings import Settings

if TYPE_CHECKING:
    from storage.copying import Contents


def migrate() -> None:
    """Brings the database schema to the newest version."""
    from bot.doctor import migrate_database

    settings = given.settings()
    if problem := asyncio.run(migrate_database(settings)):
        given.fail(problem, 1)
    typer.echo("The database schema is at its newest version.")


def copy(
    to: Annotated[str, typer.Option(help="The database copied to, as postgresql+psycopg://…; it is empty.")],
) -> None:
    """Moves an installation to another database, as from SQLite to PostgreSQL; the server is stopped meanwhile."""
    from bot.copy_command import move_to

    settings = given.settings()
    try:
        target = settings.model_copy(update={"database_url": Settings.known_engine(to)})
    except ValueError as exc:
        raise given.WrongUseError(f"--to: {exc}") from None
    _copy_command(move_to(settings, target), "Copied")
    typer.echo("Set SAMHANDLING_DATABASE_URL to the new address before the server is started again.")


def backup(
    out: Annotated[Path, typer.Option(help="The backup to write, one file that is not there yet.")],
) -> None:
    """A copy of the whole database in one file, while the server runs or not."""
    from bot.copy_command import back_up

    _copy_command(back_up(given.settings(), out), f"{out} is written")


def restore(backup: Annotated[Path, typer.Option("--from", help="The backup.")]) -> None:
    """Fills an empty database from a backup, of this version or an earlier one; the server is stopped meanwhile."""
    from bot.copy_command import restore as fill

    _copy_command(fill(given.settings(), backup), "Restored")


def _copy_command(doing: Coroutine[Any, Any, Mapping[str, Contents]], done: str) -> None:
    from bot.copy_command import InUseError, NotCopiedError

    try:
        copied = asyncio.run(doing)
    except (NotCopiedError, InUseError) as exc:
        given.fail(str(exc), 1)
    except OSError as exc:
        given.fail(f"{exc.filename}: {exc.strerror}", 1)
    rows = sum(table.rows for table in copied.values())
    typer.echo(f"{done}: {rows} rows in {len(copied)} tables, the same when read back.")


def export(
    what: Annotated[str, typer.Argument(help="rounds, actions, plan or audit.")],
    out: Annotated[Path, typer.Option(help="The file to write; one that is there is replaced.")],
    form: Annotated[str, typer.Option("--format", help="csv, json or xlsx.")],
    community: Annotated[
        Path | None, typer.Option("--community", help="The community file; needed when the database has several.")
    ] = None,
    now: Annotated[str, typer.Option(help="As things stood then, as 2023-11-23T09:00:00+01:00; else now.")] = "",
) -> None:
    """Writes figures to a file: while the server runs or not."""
    from bot.export import WHAT, CannotExportError, WhichCommunityError, write
    from bot.sheets import SHEETS

    if what not in WHAT:
        raise given.WrongUseError(f"{what[:40]!r} cannot be exported; accepted: {', '.join(WHAT)}")
    if form not in SHEETS:
        raise given.WrongUseError(f"--format: {form[:40]!r} is no format here; accepted: {', '.join(SHEETS)}")
    at = given.instant(now) if now else datetime.now(UTC)
    known = given.communities([community])[0] if community else None
    try:
        count = asyncio.run(write(given.settings(), known, what, form, out, at))
    except WhichCommunityError as exc:
        raise given.WrongUseError(str(exc)) from None
    except CannotExportError as exc:
        given.fail(str(exc), 1)
    typer.echo(f"{out} is written: {what}, {count}.")
