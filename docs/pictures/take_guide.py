"""Takes the user guide's pictures from the running product: `python docs/pictures/take_guide.py`."""

from __future__ import annotations

import csv
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[2]
OUT = ROOT / "bot/guide/pictures"
EXAMPLE = ROOT / "examples/vestfold"
PHONE, TALLEST = 390, 860
START = "2023-11-23T09:00:00+01:00"
BOSS, LARVIK = "Samhandlingssjef SiV", "Kommunalsjef Larvik"
NAMES = {
    "horten": "Kommunalsjef Horten",
    "holmestrand": "Kommunalsjef Holmestrand",
    "tonsberg": "Kommunalsjef Tønsberg",
    "faerder": "Kommunalsjef Færder",
    "sandefjord": "Kommunalsjef Sandefjord",
    "larvik": LARVIK,
    "medisin": "Klinikksjef medisin",
    "kirurgi": "Klinikksjef kirurgi",
    "kpa": "Klinikksjef KPA",
    "kfmr": "Klinikksjef KFMR",
    "prehospital": "Klinikksjef prehospital",
}
SLOW = ("sandefjord", "kirurgi")
"""Who has not answered yet when the coordinator is told who is missing."""

NORWEGIAN_FIELDS = """
for (const it of document.querySelectorAll("input[type=date], input[type=time]")) {
  const day = it.type === "date", [year, month, date] = it.value.split("-");
  it.type = "text";
  it.placeholder = day ? "dd.mm.åååå" : "";
  if (day && it.value) it.value = `${date}.${month}.${year}`;
}
"""
"""A Norwegian browser writes days and times so; the one that takes the pictures may know English alone."""

Figures = dict[str, dict[str, str]]


class Phone:
    """Somebody with the product on a phone."""

    def __init__(self, page: Page, url: str) -> None:
        self._page = page
        self._url = url

    def clock_to(self, now: str) -> None:
        body = json.dumps({"now": now}).encode()
        headers = {"Content-Type": "application/json"}
        urllib.request.urlopen(urllib.request.Request(f"{self._url}/dev/clock", body, headers)).read()  # noqa: S310

    def be(self, name: str) -> None:
        self._page.context.clear_cookies()
        self._page.goto(self._url)
        self.press(name)

    def says(self, text: str) -> None:
        self._page.get_by_label("Skriv til boten").fill(text)
        with self._page.expect_navigation():
            self._page.keyboard.press("Enter")

    def press(self, label: str) -> None:
        with self._page.expect_navigation():
            self._page.get_by_role("button", name=label, exact=True).first.click()

    def fill(self, values: Mapping[str, str]) -> None:
        for name, value in values.items():
            field = self._page.locator(f'[name="{name}"]').first
            if field.get_attribute("type") in ("radio", "checkbox"):
                for one in value.split(","):
                    self._page.locator(f'[name="{name}"][value="{one}"]').first.check()
            elif field.evaluate("it => it.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def opens(self, path: str) -> None:
        self._page.goto(f"{self._url}{path}")

    def takes(self, name: str, heading: str) -> None:
        """A picture of the card with that heading, as broad as the phone."""
        card = self._page.locator(".card", has=self._page.get_by_role("heading", name=heading)).first
        self._page.evaluate(NORWEGIAN_FIELDS)
        for picture in card.locator("img").all():
            picture.scroll_into_view_if_needed()
            picture.evaluate("it => it.complete || new Promise(done => it.addEventListener('load', done))")
        box = card.bounding_box()
        if box is None:
            raise SystemExit(f"no card {heading!r}")
        top = max(0, self._page.evaluate("window.scrollY") + box["y"] - 8)
        clip = {"x": 0, "y": top, "width": PHONE, "height": min(box["height"] + 16, TALLEST)}
        self._page.screenshot(path=OUT / f"{name}.png", full_page=True, clip=clip)  # type: ignore[arg-type]

    def answers(self, unit: str, figures: Figures) -> None:
        self.be(NAMES[unit])
        self.says("status")
        self.fill(figures[unit])
        self.press("Send status")


def winter() -> dict[str, Figures]:
    """Meeting → unit → its figures."""
    found: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    with (EXAMPLE / "period-2023-24.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            value = row["value"].replace(".", ",") if row["indicator"] != "behov" else row["value"]
            found[row["meeting_date"]][row["unit"]][row["indicator"]] = value
    return {day: dict(units) for day, units in found.items()}


def play(phone: Phone) -> None:
    figures = winter()
    first = figures["2023-11-28"]
    second = first | figures["2023-12-05"]
    phone.be(BOSS)
    phone.says("krise")
    phone.takes("start", "Start krevende drift")
    phone.fill({"reason": "innstrom,overliggere", "until": "2024-01-23"})
    phone.press("Start perioden")
    phone.clock_to("2023-11-27T09:30:00+01:00")
    for unit in NAMES:
        phone.answers(unit, first)
    phone.clock_to("2023-11-28T16:20:00+01:00")
    phone.be(BOSS)
    for line in ("tiltak Larvik åpner 4 korttidsplasser innen 8.12.", "tiltak Larvik avlaster legevakten innen 15.12."):
        phone.says(line)
        phone.press("Legg til tiltaket")
    phone.clock_to("2023-12-04T09:30:00+01:00")
    answering(phone, second)
    phone.clock_to("2023-12-05T11:35:00+01:00")
    phone.be(BOSS)
    phone.takes("mangler", "2 av 11 har ikke svart")
    for unit in SLOW:
        phone.answers(unit, second)
    meeting(phone)
    others(phone)


def answering(phone: Phone, figures: Figures) -> None:
    """The second round, in which last time's figures stand beside the fields."""
    for unit, name in NAMES.items():
        if unit in SLOW:
            continue
        phone.be(name)
        phone.says("status")
        if picture := {"larvik": "skjema", "medisin": "klinikk"}.get(unit):
            phone.takes(picture, "Status fra")
        phone.fill(figures[unit])
        phone.press("Send status")
        if unit == "larvik":
            phone.takes("kvittering", "Mottatt")


def meeting(phone: Phone) -> None:
    phone.clock_to("2023-12-05T15:45:00+01:00")
    phone.be(BOSS)
    phone.opens("/overview")
    phone.takes("oppsummering", "Samhandlingsmøte")
    phone.clock_to("2023-12-05T16:05:00+01:00")
    phone.be(BOSS)
    phone.says("møte")
    phone.takes("mote", "Kjøreplan")
    phone.says("punkt Larvik: Åpner fire plasser fra mandag")
    phone.says("vedtak: Møtene fortsetter ut januar")
    phone.clock_to("2023-12-05T17:05:00+01:00")
    phone.be(BOSS)
    phone.says("referat")
    phone.takes("referat", "Referat fra samhandlingsmøte")


def others(phone: Phone) -> None:
    """What a municipality does beside answering."""
    phone.clock_to("2023-12-06T10:00:00+01:00")
    phone.be(LARVIK)
    phone.says("tiltak")
    phone.takes("tiltak", "Tiltak")
    phone.says("vara")
    phone.takes("vara", "Vara og fravær")
    phone.says("be om møte")
    phone.fill({"why": "Tre korttidsplasser er stengt etter en vannlekkasje."})
    phone.press("Send forespørselen")
    phone.be(BOSS)
    phone.takes("be-om-mote", "ber om")


@contextmanager
def product() -> Iterator[str]:
    """The product with the example community, its clock standing."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "SAMHANDLING_PORT": str(port),
            "SAMHANDLING_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/guide.db",
        }
        command = [sys.executable, "-m", "bot", "serve", "--dev", "--now", START]
        command += ["--community", str(EXAMPLE / "community.yaml")]
        running = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)  # noqa: S603
        url = f"http://127.0.0.1:{port}"
        try:
            _until_ready(url)
            yield url
        finally:
            running.terminate()
            running.wait(20)


def _until_ready(url: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{url}/healthz").read()  # noqa: S310
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the product did not start")


def main() -> None:
    browser = next(path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name)))
    OUT.mkdir(exist_ok=True)
    with product() as url, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        context = chromium.new_context(viewport={"width": PHONE, "height": 844}, device_scale_factor=2, locale="nb-NO")
        page = context.new_page()
        page.set_default_timeout(10_000)
        play(Phone(page, url))
        chromium.close()


if __name__ == "__main__":
    main()
