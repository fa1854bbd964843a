"""The decision records: each number names one, on the file and in its heading, and what refers to one finds it."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
RECORDS = sorted((ROOT / "docs/decisions").glob("*.md"))
REFERRING = ("bench", "bot", "dialogs", "docs", "domain", "services", "storage", "tests")


def test_each_record_has_the_next_number() -> None:
    assert [record.name[:5] for record in RECORDS] == [f"{n:04}-" for n in range(1, len(RECORDS) + 1)]


def test_a_records_heading_begins_with_its_number() -> None:
    for record in RECORDS:
        heading = record.read_text(encoding="utf-8").partition("\n")[0]
        assert heading.startswith(f"# {int(record.name[:4])}. "), record.name


def test_whoever_refers_to_a_record_refers_to_one_there_is() -> None:
    numbers = {record.name[:4] for record in RECORDS}
    for folder in REFERRING:
        for path in [*(ROOT / folder).rglob("*.py"), *(ROOT / folder).rglob("*.md")]:
            named = re.findall(r"decisions/(\d{4})", path.read_text(encoding="utf-8"))
            assert set(named) <= numbers, path
