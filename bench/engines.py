"""The two databases that are measured, with the processor's time that the product and its database spend."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from tests.engines import new_database, server

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"


@dataclass(frozen=True, slots=True)
class Engine:
    """`place` is a folder for SQLite's files, or for PostgreSQL its socket's; `pid` is PostgreSQL's first process."""

    name: str
    place: str
    pid: int | None = None

    def database(self, name: str) -> str:
        """The address of a new, empty database."""
        return f"sqlite+aiosqlite:///{self.place}/{name}.db" if self.name == SQLITE else new_database(self.place)

    def spent(self) -> float:
        """Seconds of the processor, of this process and of the database's."""
        return time.process_time() + (spent_by(psutil.Process(self.pid)) if self.pid else 0.0)


def spent_by(process: psutil.Process) -> float:
    """Seconds of the processor, of a process and of those that it began, ended ones included."""
    alive = [process, *process.children(recursive=True)]
    times = [each.cpu_times() for each in alive]
    return sum(t.user + t.system + t.children_user + t.children_system for t in times)


@contextmanager
def sqlite() -> Iterator[Engine]:
    with TemporaryDirectory() as folder:
        yield Engine(SQLITE, folder)


@contextmanager
def postgresql() -> Iterator[Engine]:
    with server() as folder:
        yield Engine(POSTGRESQL, folder, int(Path(folder, "postmaster.pid").read_text().split()[0]))


@contextmanager
def both() -> Iterator[tuple[Engine, Engine]]:
    with sqlite() as one, postgresql() as other:
        yield one, other
