"""`samhandling plan`: the meeting plan of all organs."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.commands import given

plan = typer.Typer(help="The meeting plan of all organs.", no_args_is_help=True)

Year = Annotated[int | None, typer.Option(min=2000, max=2100, help="The year of dates without one.")]
OfForum = Annotated[str | None, typer.Option("--forum", help="The organ, where the file names none.")]
AsJson = Annotated[bool, typer.Option("--json", help="Meetings, doubts and conflicts as JSON.")]


@plan.command("import")
def plan_import(
    file: Annotated[Path, typer.Argument(help="Word, Excel, CSV, calendar or text file; - for standard input.")],
    community: given.OneCommunity,
    year: Year = None,
    forum: OfForum = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
    json: AsJson = False,
    yes: Annotated[bool, typer.Option("--yes", help="On a terminal: do not ask before keeping it.")] = False,
) -> None:
    """Reads a year's plan: what was understood, every doubt, what collides, and what it changes."""
    from bot.plan.command import NotUnderstoodError, Source, UnknownForumError, import_plan
    from bot.plan.files import PlanFileError

    [known] = given.communities([community])
    source = Source(file, year, forum)
    try:
        asyncio.run(import_plan(given.settings(), known, source, dry_run=dry_run, as_json=json, yes=yes))
    except (PlanFileError, UnknownForumError) as exc:
        raise given.WrongUseError(str(exc)) from None
    except NotUnderstoodError as exc:
        given.fail(str(exc), 1)


@plan.command("export")
def plan_export(
    community: given.OneCommunity,
    ics: Annotated[bool, typer.Option("--ics", help="As a calendar file (iCalendar).")] = False,
    out: Annotated[Path | None, typer.Option(help="The file that is written; without it, standard output.")] = None,
) -> None:
    """The plan that is kept, with its deadlines and the operational meetings."""
    from bot.plan.command import NoPlanError, export_calendar

    if not ics:
        raise given.WrongUseError("plan export: no format is given; accepted: --ics")
    [known] = given.communities([community])
    try:
        written = asyncio.run(export_calendar(given.settings(), known)).encode()
        if out is None:
            sys.stdout.buffer.write(written)
        else:
            out.write_bytes(written)
    except NoPlanError as exc:
        given.fail(str(exc), 1)
    except OSError as exc:
        raise given.WrongUseError(f"{out}: cannot be written ({exc.strerror})") from None


@plan.command("check")
def plan_check(
    community: given.OneCommunity,
    file: Annotated[
        Path | None, typer.Argument(help="A plan that is not kept yet; without it, the one that is.")
    ] = None,
    year: Year = None,
    forum: OfForum = None,
    json: AsJson = False,
) -> None:
    """Says what collides; exit status 1 if anything does."""
    from bot.plan.command import Source, UnknownForumError, check_plan
    from bot.plan.files import PlanFileError

    [known] = given.communities([community])
    source = Source(file, year, forum) if file else None
    try:
        good = asyncio.run(check_plan(given.settings(), known, source, as_json=json))
    except (PlanFileError, UnknownForumError) as exc:
        raise given.WrongUseError(str(exc)) from None
    raise typer.Exit(0 if good else 1)
