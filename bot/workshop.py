"""One process beside the product for what is heavy: pictures, documents.

The product's own process never imports matplotlib and the like: its memory stays small, and nobody waits for an answer
while a picture is drawn. The process starts with the first job, ends when there was nothing to do for a while, and is
replaced when it dies or when a job takes too long.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, ParamSpec, Protocol, TypeVar

import structlog

from bot import workbench

log = structlog.get_logger()

P = ParamSpec("P")
T = TypeVar("T")

IDLE = 120.0
"""Seconds without a job after which the process ends."""
LONGEST_JOB = 30.0
MOST_WAITING = 64
ROOT = Path(__file__).parents[1]


class WorkshopError(Exception):
    """
    WorkshopError
    ├── FullError      as many jobs wait as may
    ├── TooLongError   the job took too long and was ended
    ├── DiedError      the process died of the job
    └── JobError       the job itself raised; its message says what
    """


class FullError(WorkshopError):
    pass


class TooLongError(WorkshopError):
    pass


class DiedError(WorkshopError):
    pass


class JobError(WorkshopError):
    pass


class Bench(Protocol):
    """The process, as asyncio gives one: jobs go in, answers come out, framed as the workbench has it."""

    stdin: asyncio.StreamWriter | None
    stdout: asyncio.StreamReader | None

    @property
    def pid(self) -> int: ...
    @property
    def returncode(self) -> int | None: ...
    def kill(self) -> None: ...
    async def communicate(self) -> object: ...


class Workshop:
    """Does one job after the other, in the order in which they came."""

    def __init__(
        self, *, idle: float = IDLE, longest_job: float = LONGEST_JOB, most_waiting: int = MOST_WAITING
    ) -> None:
        self.open: Callable[[], Awaitable[Bench]] = started
        """Starts the process."""
        self._idle = idle
        self._longest_job = longest_job
        self._most_waiting = most_waiting
        self._bench = asyncio.Lock()
        self._waiting = 0
        self._process: Bench | None = None
        self._closing: asyncio.TimerHandle | None = None
        self._endings: set[asyncio.Task[None]] = set()
        self._stopped = False

    async def do(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `function(*args)` gives, done in the other process; all of it must be picklable, by name or value.

        Raises a WorkshopError.
        """
        if self._waiting >= self._most_waiting:
            raise FullError(f"{self._waiting} jobs are waiting")
        job = pickle.dumps((function, args, kwargs))
        self._waiting += 1
        try:
            async with self._bench:
                given: T = await self._do(job)
                return given
        finally:
            self._waiting -= 1

    async def stop(self) -> None:
        """Ends the process, also in the middle of a job; takes no more."""
        self._stopped = True
        if self._process is not None:
            _kill(self._process)
        async with self._bench:
            await self._end()
        if self._endings:
            await asyncio.wait(self._endings)

    @property
    def pid(self) -> int | None:
        """The process's number while there is one."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if self._process and running else None

    async def _do(self, job: bytes) -> Any:
        if self._stopped:
            raise DiedError("the workshop is closed")
        if self._closing is not None:
            self._closing.cancel()
        used = self.pid is not None
        try:
            return await self._exchange(job)
        except DiedError:
            # One that died while it had nothing to do is no fault of this job.
            if not used or self._stopped:
                raise
            return await self._exchange(job)
        finally:
            self._closing = asyncio.get_running_loop().call_later(self._idle, self._close_when_idle)

    async def _exchange(self, job: bytes) -> Any:
        process = await self._running()
        try:
            async with asyncio.timeout(self._longest_job):
                good, given = await _asked(process, job)
        except TimeoutError:
            await self._end()
            raise TooLongError(f"a job took more than {self._longest_job:g} seconds") from None
        except (EOFError, OSError, pickle.UnpicklingError) as exc:
            await self._end()
            raise DiedError("the process died") from exc
        except BaseException:
            # Nobody waits for the answer any more, and the next job must not be given it.
            await self._end()
            raise
        if not good:
            raise JobError(str(given))
        return given

    async def _running(self) -> Bench:
        if self._process is None or self._process.returncode is not None:
            await self._end()
            self._process = await self.open()
            log.info("workshop_opened", pid=self._process.pid)
        return self._process

    def _close_when_idle(self) -> None:
        if not self._bench.locked():
            task = asyncio.create_task(self._end())
            self._endings.add(task)
            task.add_done_callback(self._endings.discard)

    async def _end(self) -> None:
        process, self._process = self._process, None
        if self._closing is not None:
            self._closing.cancel()
        if process is None:
            return
        _kill(process)
        await process.communicate()


async def started() -> Bench:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", workbench.__name__),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        # A session of its own: Ctrl-C at the terminal is for the product, which ends it.
        start_new_session=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *_elsewhere()])},
    )


def _kill(process: Bench) -> None:
    with suppress(ProcessLookupError):
        process.kill()


def _elsewhere() -> list[str]:
    path = os.environ.get("PYTHONPATH")
    return [path] if path else []


async def _asked(process: Bench, job: bytes) -> tuple[bool, Any]:
    if process.stdin is None or process.stdout is None:
        raise EOFError
    process.stdin.write(workbench.framed(job))
    await process.stdin.drain()
    size = int.from_bytes(await process.stdout.readexactly(workbench.HEAD), "big")
    given: tuple[bool, Any] = pickle.loads(await process.stdout.readexactly(size))  # noqa: S301 - our own process
    return given
