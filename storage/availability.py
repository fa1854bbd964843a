"""Whether the database can be used: which of its errors say that it cannot, and what was seen of it last.

Everything that asks the database goes through `watched`: it is the one place where an error of SQLAlchemy, of SQLite or
of PostgreSQL becomes the store's own. What is wrong with a question (a table that is not there) stays what it is.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from services.ports import UnavailableError, Why

STEADY = 3.0
"""Seconds without another failure until a database that took nothing in counts as usable again: what has a little room
is full again with the next answer."""

_SQLITE: Mapping[int, Why] = {
    sqlite3.SQLITE_FULL: Why.FULL,
    sqlite3.SQLITE_READONLY: Why.READ_ONLY,
    sqlite3.SQLITE_IOERR: Why.DISK,
    sqlite3.SQLITE_CANTOPEN: Why.UNREACHABLE,
    sqlite3.SQLITE_BUSY: Why.BUSY,
    sqlite3.SQLITE_LOCKED: Why.BUSY,
    sqlite3.SQLITE_CORRUPT: Why.DISK,
    sqlite3.SQLITE_NOTADB: Why.DISK,
}
_POSTGRES: Mapping[str, Why] = {
    "53100": Why.FULL,
    "25006": Why.READ_ONLY,
    "58030": Why.DISK,
    "XX001": Why.DISK,
    "XX002": Why.DISK,
}
_TOO_MUCH = "53", "55P"
"""What PostgreSQL has no room, no connection or no lock for at the moment."""
_OTHERS_FIRST = "40"
"""The class of what PostgreSQL gives up because two were in each other's way: it can be used."""


def why_unavailable(error: BaseException) -> Why | None:
    """None for an error that says nothing of whether the database can be used."""
    if isinstance(error, UnavailableError):
        return error.why
    if isinstance(error, NoConnectionError):
        return Why.BUSY
    if not isinstance(error, DBAPIError):
        return None
    if isinstance(error.orig, sqlite3.Error):
        return _SQLITE.get(_primary(error.orig))
    return _of_postgres(error)


def _primary(error: sqlite3.Error) -> int:
    """SQLite's code without what it adds in the upper bytes; 0 where Python itself raised it."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _of_postgres(error: DBAPIError) -> Why | None:
    state: str = getattr(error.orig, "sqlstate", None) or ""
    if state.startswith(_OTHERS_FIRST):
        return None
    if known := _POSTGRES.get(state):
        return known
    if error.connection_invalidated or (error.statement is None and not state):
        return Why.UNREACHABLE  # cut off, or not even opened
    if isinstance(error, OperationalError | InterfaceError):
        return Why.BUSY if state.startswith(_TOO_MUCH) else Why.UNREACHABLE
    return None


def _words(error: Exception) -> str:
    """The first line of what the driver said."""
    return next(iter(str(getattr(error, "orig", None) or "").splitlines()), "")


class Availability:
    """What this process has seen of its database."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.why: Why | None = None
        """Why it cannot be used at the moment; None as long as nothing was seen amiss."""
        self.refused = 0
        """Transactions and questions that came to nothing because of it."""
        self.gone: Callable[[Why], None] = lambda why: None
        """Called once when it was usable until now."""
        self._clock = clock
        self._since = self._last = 0.0

    @property
    def seconds(self) -> float:
        """How long it has been out of use; 0 while it is not."""
        return self._clock() - self._since if self.why else 0.0

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Raises UnavailableError in the place of the errors within that mean it."""
        try:
            yield
        except Exception as exc:
            why = why_unavailable(exc)
            if why is None or isinstance(exc, UnavailableError):
                raise
            self._failed(why)
            raise UnavailableError(why, _words(exc)) from exc

    def _failed(self, why: Why) -> None:
        self.refused += 1
        self._last = self._clock()
        if self.why is None:
            self._since = self._last
            self.why = why
            self.gone(why)
        self.why = why

    def took_something_in(self) -> bool:
        """It has been written to. Whether it counts as usable again from now on."""
        if self.why in (Why.UNREACHABLE, Why.BUSY) or self._clock() - self._last >= STEADY:
            self.why = None
        return self.why is None
