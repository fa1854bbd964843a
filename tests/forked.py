"""The product's commands as real processes, forked from one that has imported everything already.

Each has its own environment, folder, standard streams and exit status, and can be killed, as if it had been started
from a shell; only the second that Python takes to import the product is saved. That it starts from nothing as well is
for `tests.command_line.started_from_nothing` to show.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROGRAM = "samhandling"
USED = (
    "alembic.runtime.environment",
    "bot.__main__",
    "bot.copy_command",
    "bot.doctor",
    "bot.documents.own",
    "bot.export",
    "bot.packages",
    "bot.person_command",
    "bot.plan.command",
    "bot.replay",
    "bot.server",
    "bot.token_command",
    __name__,
)
"""What the commands import when they are used."""


def start(
    arguments: Sequence[str], *, environment: Mapping[str, str], folder: Path, out: Path, err: Path
) -> ForkServerProcess:
    """`samhandling ARGUMENTS`, in that folder; what it writes is added to the files."""
    process = _server().Process(
        target=_become, args=(list(arguments), dict(environment), str(folder), str(out), str(err)), daemon=True
    )
    process.start()
    return process


@cache
def _server() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(USED))
    return context


def _become(arguments: list[str], environment: dict[str, str], folder: str, out: str, err: str) -> None:
    """What runs in the new process; it ends as the command does."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    for file, stream in ((out, 1), (err, 2)):
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(opened, stream)
        os.close(opened)
    sys.argv = [PROGRAM, *arguments]
    from bot.__main__ import main

    main()
