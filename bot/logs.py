"""Logs: identifiers and counts, never content. Console lines, or JSON for a collector.

What an error says may bear what somebody wrote, a row of the database or an address with its token. So of an error the
log has what it is and where it came from; its words only where they come from the machine below and bear none of ours.
"""

from __future__ import annotations

import asyncio
import copy
import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Literal, TextIO, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from services import trace

MOST_CAUSES = 5


def _with_trace(logger: object, name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Lines about one thing bear one word: a request's, or the key of the due work that set it going."""
    if found := trace.current():
        event["trace"] = found
    return event


def configure(log_format: Literal["console", "json"]) -> None:
    renderer: Processor = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            _with_trace,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            without_words,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(cast(TextIO, Unfailing(sys.stderr))),
        cache_logger_on_first_use=True,
    )
    # Libraries' own loggers may hold bodies and addresses at lower levels.
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Formatter("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    logging.getLogger("aiohttp.access").setLevel(logging.ERROR)


class Unfailing:
    """What is written for a person to read later; that there is no room for it must not undo what it tells of."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> int:
        with suppress(OSError):
            return self._file.write(text)
        return 0

    def flush(self) -> None:
        with suppress(OSError):
            self._file.flush()


def without_words(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """In the place of structlog's own way to show an error."""
    given = event.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
    if error is not None:
        event["exception"] = told(error)
    return event


class Formatter(logging.Formatter):
    """For what libraries log."""

    def format(self, record: logging.LogRecord) -> str:
        # Another handler's formatter may have left the error's words on the record.
        own = copy.copy(record)
        own.exc_text = None
        return super().format(own)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the library's name
        return told(ei[1]) if ei[1] is not None else ""


def watch_tasks(loop: asyncio.AbstractEventLoop) -> None:
    """What nobody waited for and went wrong: the loop's own line would show the error's words."""
    log = structlog.get_logger()

    def handle(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        # The message of a call that failed shows what it was called with.
        error = context.get("exception")
        log.error("background_failed", what="" if error else context["message"], exc_info=error)

    loop.set_exception_handler(handle)


def told(error: BaseException) -> str:
    """What it is and where it came from, causes first."""
    return "\n".join(part for cause in reversed(list(_causes(error))) for part in _one(cause))


def _causes(error: BaseException) -> Iterator[BaseException]:
    at: BaseException | None = error
    for _ in range(MOST_CAUSES):
        if at is None:
            return
        yield at
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)


def _one(error: BaseException) -> Iterator[str]:
    yield "Traceback (most recent call last):"
    yield "".join(traceback.format_tb(error.__traceback__)).rstrip()
    words = _of_the_machine(error)
    yield f"{type(error).__module__}.{type(error).__qualname__}" + (f": {words}" if words else "")


def _of_the_machine(error: BaseException) -> str:
    """The operating system's words, and the database's about itself: locked, full, gone."""
    if isinstance(error, OSError):
        return error.strerror or ""
    original = getattr(error, "orig", error)
    return str(original) if type(original).__name__ == "OperationalError" else ""
