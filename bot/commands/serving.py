"""`samhandling serve` and `doctor`: the server, and whether it can do its work."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.commands import given
from bot.settings import SettingsError


def serve(
    community: given.Files,
    dev: Annotated[
        bool, typer.Option(help="On this machine only, without authentication, with a clock to move.")
    ] = False,
    now: Annotated[str, typer.Option(help="With --dev: where the clock stands, as 2023-11-23T09:00:00+01:00.")] = "",
) -> None:
    """The server: Teams, web, reminders."""
    from bot.last_resort import LastResort
    from bot.server import CannotServeError, run  # the heavy imports only where they are needed

    settings, end = given.settings(), LastResort()
    start = given.instant(now) if now else None
    if start and not dev:
        raise given.WrongUseError("--now is for --dev only; without --dev the real clock is used")
    try:
        known = given.communities(community)
        texts = {each.key: given.text(file) for each, file in zip(known, community, strict=True)}
        serving = run(settings, known, dev=dev, now=start, files=texts, told_to_stop=end.draws_near)
        asyncio.run(end.after(serving))
    except CannotServeError as exc:
        given.fail(str(exc), 1)
    except SettingsError as exc:
        raise given.WrongUseError(str(exc)) from None
    finally:
        end.called_off()


def doctor(
    community: Annotated[list[Path] | None, typer.Option("--community", help="Community files to check.")] = None,
) -> None:
    """Checks settings, database, clock, credentials and reachability; says what to do."""
    from bot.doctor import examine

    settings = given.settings()
    good = asyncio.run(examine(settings, given.communities(community or [])))
    raise typer.Exit(0 if good else 1)
