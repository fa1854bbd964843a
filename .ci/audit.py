"""Known vulnerabilities in the versions of the lock, by pip-audit in an environment of its own.

Exit status 1 when one is known. Where the advisories, or pip-audit itself, cannot be reached, that is said in one line
and is no fault: a machine without a way out still builds.
"""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements.lock"
HOME = ROOT / "build" / "audit"
PYTHON = HOME / "bin" / "python"


def main() -> int:
    if not _installed():
        print("audit: pip-audit cannot be installed here; nothing was looked up")
        return 0
    command = [str(PYTHON), "-m", "pip_audit", "-r", str(LOCK), "--no-deps", "--disable-pip", "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    try:
        looked_at = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        print("audit: the advisories cannot be reached; nothing was looked up")
        return 0
    return _report(looked_at)


def _installed() -> bool:
    if not PYTHON.exists():
        venv.create(HOME, with_pip=True)
    install = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "pip-audit"]
    try:
        return subprocess.run(install, capture_output=True, timeout=300, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def _report(looked_at: list[dict[str, object]]) -> int:
    answered = [package for package in looked_at if "vulns" in package]
    bad = [package for package in answered if package["vulns"]]
    for package in bad:
        names = ", ".join(str(found["id"]) for found in package["vulns"])  # type: ignore[attr-defined]
        print(f"audit: {package['name']} {package['version']}: {names}", file=sys.stderr)
    silent = len(looked_at) - len(answered)
    print(f"audit: {len(answered)} packages looked up, {len(bad)} with known faults, {silent} without an answer")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
