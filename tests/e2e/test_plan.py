"""The meeting plan from the outside: the command line, and the HTTP interface that shows what was kept."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import EXAMPLE, samhandling
from tests.harness import Json, running

FILES = EXAMPLE.parent
DRAFT, ADOPTED = FILES / "moteplan-2024-utkast.txt", FILES / "moteplan-2024.docx"
SSU = {"forum": "SSU", "date": "2024-02-29", "end_date": "2024-02-29", "start": "13:00", "end": "15:30"}
COLLISION = {
    "forum": "SSU",
    "date": "2024-02-22",
    "kind": "school_holiday",
    "with": "vinterferie",
    "proposal": "2024-02-29",
}


def plan(folder: Path, *arguments: object, community: Path = EXAMPLE) -> subprocess.CompletedProcess[str]:
    return samhandling(folder, "plan", *(str(a) for a in arguments), "--community", str(community))


def as_json(done: subprocess.CompletedProcess[str]) -> Any:
    assert "Traceback" not in done.stderr
    return json.loads(done.stdout)


async def kept(folder: Path) -> list[Json]:
    """The meetings as the HTTP interface gives them."""
    async with running(folder / "test.db") as product:
        status, answer = await product.get("/api/v1/communities/vestfold/plan")
        assert status == 200
        found: list[Json] = answer["meetings"]
        return found


def test_a_dry_run_says_all_and_leaves_nothing_behind(tmp_path: Path) -> None:
    done = plan(tmp_path, "import", DRAFT, "--dry-run", "--json")
    answer = as_json(done)
    assert done.returncode == 0
    assert set(answer) == {"meetings", "doubts", "conflicts"}
    assert len(answer["meetings"]) == 13
    assert answer["meetings"][2] == SSU | {"date": "2024-02-22", "end_date": "2024-02-22", "place": None, "host": None}
    [doubt] = answer["doubts"]
    assert (doubt["source"], doubt["text"], doubt["reason"]) == ("line 7, column 6", "30", "no time: PM 2024-05-30")
    assert answer["conflicts"] == [COLLISION]
    assert list(tmp_path.iterdir()) == []


async def test_what_is_imported_is_kept_checked_and_moved_by_the_next_version(tmp_path: Path) -> None:
    assert plan(tmp_path, "import", DRAFT).returncode == 0
    checked = plan(tmp_path, "check", "--json")
    assert (checked.returncode, as_json(checked)["conflicts"]) == (1, [COLLISION])
    before = {m["id"]: m["date"] for m in await kept(tmp_path)}

    shown = plan(tmp_path, "import", ADOPTED, "--dry-run")
    assert "moved: SSU: Thu 2024-02-22 → Thu 2024-02-29" in shown.stdout
    assert "1 change in the plan" in shown.stdout
    assert {m["id"]: m["date"] for m in await kept(tmp_path)} == before

    assert plan(tmp_path, "import", ADOPTED).returncode == 0
    meetings = await kept(tmp_path)
    assert {m["id"] for m in meetings} == set(before)
    assert next(m for m in meetings if m["forum"] == "SSU") == SSU | {
        "id": next(key for key, day in before.items() if day == "2024-02-22"),
        "place": None,
        "host": None,
    }
    checked = plan(tmp_path, "check", "--json")
    assert (checked.returncode, as_json(checked)["conflicts"]) == (0, [])
    assert "0 changes in the plan" in plan(tmp_path, "import", ADOPTED).stdout


def test_check_reads_a_file_that_is_not_kept(tmp_path: Path) -> None:
    assert plan(tmp_path, "check", DRAFT).returncode == 1
    good = plan(tmp_path, "check", ADOPTED)
    assert good.returncode == 0
    assert "no time: PM 2024-05-30" in good.stdout


def test_a_networks_plan_is_imported_for_the_organ_that_is_named(tmp_path: Path) -> None:
    file = tmp_path / "nettverk.csv"
    file.write_text("Måned;Dato;Vert\nJanuar (24);25 - 26;Horten\nMars (24);Ikke avklart enda;Xx\n", encoding="cp1252")
    answer = as_json(plan(tmp_path, "import", file, "--forum", "fsu", "--dry-run", "--json"))
    assert answer["meetings"] == [
        {
            "forum": "FSU",
            "date": "2024-01-25",
            "end_date": "2024-01-26",
            "start": None,
            "end": None,
            "place": None,
            "host": "horten",
        }
    ]
    assert [doubt["source"] for doubt in answer["doubts"]] == ["line 3, column 2"]
    without = plan(tmp_path, "import", file, "--dry-run")
    assert without.returncode == 1
    assert "names no organ" in without.stdout
    assert without.stderr.strip().endswith("no meeting was understood; nothing is changed")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["import", "none.docx"], "none.docx: no such file"),
        (["check", "none.docx"], "none.docx: no such file"),
        (["import", str(DRAFT), "--forum", "XYZ"], "--forum: 'XYZ' is no organ; accepted: SSU, AU, FSU, PM"),
        (["import", str(EXAMPLE.parent)], "no file; accepted: Word"),
    ],
)
def test_wrong_use_is_one_line_and_status_2(tmp_path: Path, arguments: list[str], says: str) -> None:
    done = plan(tmp_path, *arguments)
    assert (done.returncode, len(done.stderr.strip().splitlines())) == (2, 1)
    assert says in done.stderr


def test_a_year_out_of_range_is_wrong_use(tmp_path: Path) -> None:
    assert plan(tmp_path, "import", DRAFT, "--year", "1999").returncode == 2


async def test_the_plan_of_a_community_without_one_is_empty(tmp_path: Path) -> None:
    checked = plan(tmp_path, "check", "--json")
    assert (checked.returncode, as_json(checked)) == (0, {"meetings": [], "doubts": [], "conflicts": []})
    assert await kept(tmp_path) == []


def test_the_kept_plan_is_exported_as_a_calendar_with_its_deadlines(tmp_path: Path) -> None:
    none = plan(tmp_path, "export", "--ics")
    assert (none.returncode, len(none.stderr.strip().splitlines())) == (1, 1)
    assert plan(tmp_path, "export").returncode == 2
    plan(tmp_path, "import", ADOPTED)
    assert plan(tmp_path, "export", "--ics", "--out", "plan.ics").returncode == 0
    written = (tmp_path / "plan.ics").read_bytes().decode()
    assert written.count("BEGIN:VEVENT") == 13 + (4 * 4 + 4 * 3 + 4 * 3 + 3)
    assert "SUMMARY:Frist" not in written
    assert "SUMMARY:SSU: innkalling\r\nDTSTART;VALUE=DATE:20240508" in written
    assert "DTSTART;TZID=Europe/Oslo:20240229T130000" in written
    read_back = plan(tmp_path, "import", "plan.ics")
    assert "0 changes in the plan" in read_back.stdout
    assert plan(tmp_path, "export", "--ics").stdout.encode().decode().replace("\r", "").count("END:VEVENT") == 56


async def test_importing_while_the_server_runs_shows_at_once(tmp_path: Path) -> None:
    shutil.copy(ADOPTED, tmp_path / "plan.docx")
    async with running(tmp_path / "test.db") as product:
        assert plan(tmp_path, "import", "plan.docx").returncode == 0
        status, answer = await product.get("/api/v1/communities/vestfold/plan")
        assert (status, len(answer["meetings"]), answer["conflicts"]) == (200, 13, [])
        document = (await product.get("/api/v1/openapi.json"))[1]
        required = document["components"]["schemas"]["Meeting"]["required"]
        assert set(answer["meetings"][0]) == set(required)
