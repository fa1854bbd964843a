"""Takes the README's picture of a summary from the replayed winter: `python docs/pictures/take.py`."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
EXAMPLE = HERE.parents[1] / "examples/vestfold"
PAGE = "round-2024-01-09.html"
WIDTH, HEIGHT = 480, 1290


def main() -> None:
    browser = next(path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name)))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        files = ["--community", str(EXAMPLE / "community.yaml"), "--data", str(EXAMPLE / "period-2023-24.csv")]
        subprocess.run([sys.executable, "-m", "bot", "replay", *files, "--out", folder], check=True)  # noqa: S603
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_page(viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=1.5)
        page.goto(f"file://{folder}/{PAGE}")
        page.screenshot(path=HERE / "summary.png")
        chromium.close()


if __name__ == "__main__":
    main()
