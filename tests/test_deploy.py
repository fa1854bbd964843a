"""What is handed to whoever runs the product names things that there are."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from bench.turns import free_port
from bot.settings import Settings
from tests.command_line import samhandling
from tests.harness import Running

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


SERVICE_KEYS = {
    *("build", "cap_drop", "depends_on", "deploy", "env_file", "environment", "healthcheck", "image", "ports"),
    *("read_only", "restart", "security_opt", "stop_grace_period", "tmpfs", "volumes"),
}
"""Of the Compose Specification, what our file uses."""


def test_the_compose_file_says_what_compose_understands() -> None:
    composed = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    services = composed["services"]
    assert set(composed) == {"services", "volumes"}
    for name, service in services.items():
        assert set(service) <= SERVICE_KEYS, name
        assert "image" in service, name
        for needed in service.get("depends_on", ()):
            assert needed in services
            waits = isinstance(service["depends_on"], dict)
            assert not waits or services[needed].get("healthcheck"), f"{name} waits for a check that there is none of"
    # What is waited for at the end is longer than the product takes.
    assert int(services["samhandling"]["stop_grace_period"].removesuffix("s")) > 10


def test_the_containers_command_port_and_python_are_ours() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    file = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    [entry] = re.findall(r'^ENTRYPOINT \["(\w+)"\]$', file, re.MULTILINE)
    assert entry in project["scripts"]
    [version] = re.findall(r"^FROM \S+/python:(\d+\.\d+)-slim$", file, re.MULTILINE)
    least = project["requires-python"].removeprefix(">=")
    assert [int(part) for part in version.split(".")] >= [int(part) for part in least.split(".")]
    port = str(Settings.model_fields["port"].default)
    assert f"EXPOSE {port}\n" in file
    assert f"dynamic a samhandling {port}\n" in (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    [mounted] = re.findall(r":(/etc/\S+\.yaml):ro", (DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    assert f'"{mounted}"' in file


async def test_the_containers_health_check_holds_while_the_product_serves_and_fails_when_it_does_not(
    product: Running,
) -> None:
    file = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    [command] = re.findall(r'CMD (\["python", "-c", .*\])$', file, re.MULTILINE)
    _, option, code = json.loads(command)
    for port, healthy in ((product.url.rpartition(":")[2], True), (str(free_port()), False)):
        asked = code.replace(str(Settings.model_fields["port"].default), port)
        process = await asyncio.create_subprocess_exec(sys.executable, option, asked, stderr=asyncio.subprocess.DEVNULL)
        assert (await process.wait() == 0) is healthy


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
