"""What runs in the workshop's process: reads a job from standard input, does it, writes what came of it."""

from __future__ import annotations

import os
import pickle
import signal
import sys
from typing import IO, Any

HEAD = 8
"""Bytes before each job and each answer: how long it is."""


def framed(content: bytes) -> bytes:
    return len(content).to_bytes(HEAD, "big") + content


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    # Whatever a job prints goes where errors go: standard output is for the answers.
    os.dup2(2, 1)
    while (job := _next(sys.stdin.buffer)) is not None:
        answers.write(framed(_done(job)))
        answers.flush()


def _next(jobs: IO[bytes]) -> bytes | None:
    """None when there will be no more: whoever asked has ended."""
    head = jobs.read(HEAD)
    return jobs.read(int.from_bytes(head, "big")) if len(head) == HEAD else None


def _done(job: bytes) -> bytes:
    try:
        function, args, kwargs = pickle.loads(job)  # noqa: S301 - from the product's own process
        answer: tuple[bool, Any] = (True, function(*args, **kwargs))
        return pickle.dumps(answer)
    except Exception as exc:
        return pickle.dumps((False, f"{type(exc).__name__}: {exc}"))


if __name__ == "__main__":
    main()
