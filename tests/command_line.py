"""The command `samhandling` as its own process, for tests from the outside."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples/vestfold/community.yaml"


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """No settings but these."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("SAMHANDLING_")}
    ours = {f"SAMHANDLING_{name}": value for name, value in settings.items()}
    database = {"SAMHANDLING_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/test.db"}
    return inherited | {"PYTHONPATH": str(ROOT)} | database | ours


def samhandling(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(
        command,
        env=environment(folder, **settings),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
