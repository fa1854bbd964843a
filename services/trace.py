"""What set something going: a request from outside, or work that fell due.

It follows a message from there through the outbox to its delivery, so that the log's lines about one thing are found by
one word. It bears no content.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

LONGEST = 120
_trace: ContextVar[str] = ContextVar("trace", default="")


def current() -> str:
    """Empty outside of anything that was begun."""
    return _trace.get()


@contextmanager
def begun(trace: str) -> Iterator[None]:
    token = _trace.set(trace[:LONGEST])
    try:
        yield
    finally:
        _trace.reset(token)
