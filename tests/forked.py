"""The product's commands, and the process beside it, as real processes, forked from one that has imported everything.

Each has its own environment, folder, standard streams and exit status, and can be killed, as if it had been started
from a shell; only the second that Python takes to import the product is saved. That it starts from nothing as well is
for `tests.command_line.started_from_nothing` to show, and for tests/bot/test_workshop.py.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from functools import cache
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[1]
PROGRAM = "samhandling"
MACHINE_CLOCK = "TEST_MACHINE_CLOCK"
"""Names the file that says by how many seconds the machine's clock is ahead: only root may set a real one."""
USED = (
    "alembic.runtime.environment",
    "bot.__main__",
    "bot.copy_command",
    "bot.doctor",
    "bot.documents.own",
    "bot.documents.pdf",
    "bot.export",
    "bot.packages",
    "bot.person_command",
    "bot.plan.command",
    "bot.replay",
    "bot.server",
    "bot.token_command",
    "bot.trend_chart",
    "bot.workbench",
    "matplotlib.backends.backend_agg",
    "matplotlib.figure",
    "openpyxl",
    __name__,
)
"""What they import when they are used."""


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
    if MACHINE_CLOCK in environment:
        _sets_the_clock(Path(environment[MACHINE_CLOCK]))
    sys.argv = [PROGRAM, *arguments]
    from bot.__main__ import main

    main()


class Bench:
    """The workshop's process; jobs and answers go by one socket."""

    def __init__(self, process: ForkServerProcess, answers: asyncio.StreamReader, jobs: asyncio.StreamWriter) -> None:
        self._process = process
        self.stdin: asyncio.StreamWriter | None = jobs
        self.stdout: asyncio.StreamReader | None = answers
        self._jobs = jobs

    @property
    def pid(self) -> int:
        return self._process.pid or 0

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def kill(self) -> None:
        if self.returncode is None:
            self._process.kill()

    async def communicate(self) -> None:
        self._jobs.close()
        await asyncio.to_thread(self._process.join)


async def bench() -> Bench:
    ours, theirs = multiprocessing.Pipe()
    with theirs:
        process = _server().Process(target=_work, args=(theirs,), daemon=True)
        process.start()
    with ours:
        answers, jobs = await asyncio.open_connection(sock=socket.socket(fileno=os.dup(ours.fileno())))
    return Bench(process, answers, jobs)


def _work(jobs: Connection) -> None:
    os.setsid()
    os.dup2(jobs.fileno(), 0)
    os.dup2(jobs.fileno(), 1)
    jobs.close()
    sys.stdin = os.fdopen(0, closefd=False)
    from bot import workbench

    workbench.main()


def _sets_the_clock(file: Path) -> None:
    """The machine's clock as the product and its scheduler read it; what goes on steadily is left as it is."""
    from apscheduler.executors import base as executors
    from apscheduler.schedulers import base as schedulers

    from bot import clock, wakeups

    class Machine(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls.fromtimestamp(time.time() + float(file.read_text(encoding="ascii")), tz)

    for module in (executors, schedulers):
        module.datetime = Machine
    for reading in (clock, wakeups):
        vars(reading)["wall"] = lambda: Machine.now(UTC)
