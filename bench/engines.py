"""The two databases that are measured, with the processor's time that the product and its database spend."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from storage.engine import Engines
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


async def settle(url: str) -> None:
    """All that waits in the outbox and falls due there is over, and the database knows what it holds."""
    database = Engines(url)
    async with database.write.begin() as connection:
        await connection.exec_driver_sql("UPDATE outbox SET state = 'sent', sent_at = created_at, channel = 'web'")
        await connection.exec_driver_sql("UPDATE due_work SET outcome = 'done', settled_at = due_at")
    await vacuum(database)
    await database.dispose()


async def vacuum(database: Engines) -> None:
    """What PostgreSQL does by itself within minutes."""
    if not database.is_sqlite:
        async with database.write.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.exec_driver_sql("VACUUM ANALYZE")


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
