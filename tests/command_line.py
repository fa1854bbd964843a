"""The command `samhandling` as its own process, for tests from the outside."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from tests import forked

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples/vestfold/community.yaml"
LONGEST = 100
"""Seconds that a command may take."""


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """No settings but these."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("SAMHANDLING_")}
    ours = {f"SAMHANDLING_{name}": value for name, value in settings.items()}
    database = {"SAMHANDLING_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/test.db"}
    return inherited | {"PYTHONPATH": str(ROOT)} | database | ours


class Run(Protocol):
    def __call__(self, folder: Path, /, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]: ...


def samhandling(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """What it came to, run in that folder."""
    with TemporaryDirectory() as streams:
        out, err = Path(streams, "out"), Path(streams, "err")
        process = forked.start(arguments, environment=environment(folder, **settings), folder=folder, out=out, err=err)
        process.join(LONGEST)
        if process.exitcode is None:
            process.kill()
            raise AssertionError(f"samhandling {' '.join(arguments)} did not end within {LONGEST} seconds")
        return subprocess.CompletedProcess(list(arguments), process.exitcode, _read(out), _read(err))


def started_from_nothing(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """The same by an interpreter of its own, as a shell starts it."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        env=environment(folder, **settings),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.exists() else ""
