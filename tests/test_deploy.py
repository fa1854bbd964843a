"""What is handed to whoever runs the product names things that there are."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from bot.settings import Settings
from tests.command_line import samhandling

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
GUIDE = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py"))
SETTINGS = {name.upper() for name in Settings.model_fields}


def test_the_container_gets_everything_that_the_wheel_needs() -> None:
    lines = (DEPLOY / "Containerfile").read_text(encoding="utf-8").splitlines()
    copied = [name for line in lines if line.startswith("COPY ") for name in line.split()[1:-1]]
    built = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"]
    assert set(built["wheel"]["packages"]) <= set(copied)
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8")
    for name in copied:
        assert (ROOT / name).exists(), name
        assert f"!{name}\n" in ignored, name


def test_the_files_set_settings_that_there_are() -> None:
    for path in (*DEPLOY.iterdir(), ROOT / "docs/operations.md"):
        for name in re.findall(r"SAMHANDLING_([A-Z_]+)", path.read_text(encoding="utf-8")):
            assert name in SETTINGS, f"{path.name}: {name}"


def test_the_compose_file_is_whole() -> None:
    composed = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    named = {volume.split(":")[0] for service in composed["services"].values() for volume in service["volumes"]}
    assert {name for name in named if not name.startswith(".")} == set(composed["volumes"])
    assert composed["services"]["samhandling"]["build"]["dockerfile"] == "deploy/Containerfile"
    assert (DEPLOY / "Caddyfile").exists()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
def test_the_unit_is_understood_by_systemd(tmp_path: Path) -> None:
    unit = (DEPLOY / "samhandling.service").read_text(encoding="utf-8")
    # What the unit starts need not be on this machine.
    (tmp_path / "samhandling.service").write_text(re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", unit))
    done = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / "samhandling.service")],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert "samhandling.service" not in done.stderr, done.stderr


def test_the_guide_names_commands_that_there_are(tmp_path: Path) -> None:
    listed = samhandling(tmp_path, "--help").stdout
    for command in set(re.findall(r"`samhandling ([a-z]+)", GUIDE)):
        assert re.search(rf"\b{command}\b", listed), command


def test_the_guide_names_figures_and_log_lines_that_there_are() -> None:
    for name in set(re.findall(r"`samhandling_([a-z_]+)`", GUIDE)):
        assert f'"{name}"' in SOURCES or f"_{name}" in SOURCES, name
    for event in ("token_unavailable", "activity_refused", "retry"):
        assert f"`{event}`" in GUIDE
        assert f'"{event}"' in SOURCES


def test_the_guide_has_the_ten_most_likely_faults() -> None:
    assert [int(n) for n in re.findall(r"^\| (\d+)\. ", GUIDE, re.MULTILINE)] == list(range(1, 11))
