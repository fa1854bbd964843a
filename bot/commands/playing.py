"""`samhandling replay`: a whole period as people would have seen it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot import logs
from bot.commands import given


def replay(
    community: Annotated[Path, typer.Option("--community", help="The community file.")],
    data: Annotated[Path, typer.Option(help="The period as CSV: meeting_date,unit,indicator,value.")],
    out: Annotated[Path, typer.Option(help="The folder that the summaries and charts are written to.")],
) -> None:
    """Plays a whole period through the product and writes what people would have got."""
    from bot.period_file import PeriodFileError
    from bot.replay import play

    [known] = given.communities([community])
    logs.configure("console")
    try:
        asyncio.run(play(known, given.text(data), str(data), out))
    except PeriodFileError as exc:
        raise given.WrongUseError(str(exc)) from None
