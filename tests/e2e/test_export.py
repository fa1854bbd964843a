"""`samhandling export` as its own process, beside the running product: files opened again, and its answers."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.command_line import EXAMPLE, samhandling
from tests.harness import MUNICIPALITY, Json, Town, clinic

TUESDAY = "2023-11-28"
NOW = ("--now", "2023-11-27T12:00:00+01:00")
WITH = ("--community", str(EXAMPLE))


async def exported(town: Town, database: Path, what: str, form: str, *more: str) -> Path:
    out = database.parent / f"{what}.{form}"
    result = await run(database, "export", what, "--format", form, "--out", str(out), *(more or (*WITH, *NOW)))
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    return out


async def run(database: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    url = f"sqlite+aiosqlite:///{database}"
    return await asyncio.to_thread(samhandling, database.parent, *arguments, DATABASE_URL=url)


def rows_of(file: Path) -> list[dict[str, str]]:
    """As a Norwegian Excel reads it."""
    data = file.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


@pytest.fixture
async def answered(prompted: Town) -> Town:
    await prompted.answers("larvik-sjef", **MUNICIPALITY, sykefravaer="7,5", behov="=1+1; to senger")
    await prompted.answers("medisin-sjef", **clinic(larvik=4))
    return prompted


async def test_rounds_as_csv_give_a_row_for_each_figure(answered: Town, database: Path) -> None:
    rows = rows_of(await exported(answered, database, "rounds", "csv"))
    larvik = {r["indicator"]: r for r in rows if r["unit"] == "larvik" and r["meeting_at"].startswith(TUESDAY)}
    assert {key: row["value"] for key, row in larvik.items()} == {
        "situasjon": "yellow",
        "overliggere": "3",
        "korttid_ledig": "2",
        "bemanning": "green",
        "sykefravaer": "7,5",
        "behov": "'=1+1; to senger",
    }
    row = larvik["overliggere"]
    assert row["meeting_at"] == "2023-11-28 16:00:00"
    assert (row["state"], row["report"], row["revision"]) == ("collecting", "answered", "1")
    assert (row["answered_by"], row["answered_at"]) == ("larvik-sjef", "2023-11-27 09:00:00")
    assert (row["level"], row["short_notice"], row["label"]) == ("yellow", "USANN", "Overliggere (våre pasienter)")
    [waiting] = [r for r in rows if r["unit"] == "medisin" and r["municipality"] == "larvik"]
    assert (waiting["indicator"], waiting["value"]) == ("klare_pasienter", "4")
    missing = [r for r in rows if r["unit"] == "horten" and r["meeting_at"].startswith(TUESDAY)]
    assert [(r["report"], r["indicator"], r["value"]) for r in missing] == [("missing", "", "")]


async def test_rounds_as_json_are_what_the_http_interface_gives(answered: Town, database: Path) -> None:
    found = json.loads((await exported(answered, database, "rounds", "json")).read_text(encoding="utf-8"))
    assert found == {"rounds": await answered.product.rounds()}


async def test_rounds_as_xlsx_have_typed_cells(answered: Town, database: Path) -> None:
    sheet = load_workbook(await exported(answered, database, "rounds", "xlsx"))["rounds"]
    header, *rows = list(sheet.iter_rows(values_only=True))
    read = [dict(zip(header, row, strict=True)) for row in rows]
    values: dict[Any, Any] = {
        row["indicator"]: row["value"] for row in read if row["unit"] == "larvik" and row["report"] == "answered"
    }
    assert (values["overliggere"], values["sykefravaer"], values["behov"]) == (3, 7.5, "=1+1; to senger")
    assert read[0]["meeting_at"] == datetime(2023, 11, 28, 16)  # noqa: DTZ001
    assert read[0]["short_notice"] is False


async def test_actions_are_exported_with_their_owner_and_date(answered: Town, database: Path) -> None:
    await answered["larvik-sjef"].says("tiltak Larvik åpner 4 korttidsplasser innen 1.12.")
    form = answered["larvik-sjef"].last_card
    await answered["larvik-sjef"].presses(form, "action.add")
    [row] = rows_of(await exported(answered, database, "actions", "csv"))
    assert (row["owner"], row["owner_name"], row["due"]) == ("larvik", "Larvik kommune", "2023-12-01")
    assert (row["state"], row["created_by"]) == ("open", "larvik-sjef")
    found = json.loads((await exported(answered, database, "actions", "json")).read_text(encoding="utf-8"))
    assert found["actions"] == (await answered.product.get("/api/v1/communities/vestfold/actions"))[1]["actions"]


async def test_the_audit_trail_is_exported_with_before_and_after(answered: Town, database: Path) -> None:
    [form] = await answered.boss.says("nivå")
    await answered.boss.presses(form, "level.set", level="red")
    rows = rows_of(await exported(answered, database, "audit", "csv"))
    [level] = [row for row in rows if row["kind"] == "level.set" and row["value"] == "level"]
    assert (level["before"], level["after"], level["by"]) == ("yellow", "red", "samhandlingssjef")
    assert level["at"] == "2023-11-27 09:00:00"
    found: Json = json.loads((await exported(answered, database, "audit", "json")).read_text(encoding="utf-8"))
    assert [entry["kind"] for entry in found["audit"]][-1] == "level.set"
    assert found["audit"][-1]["details"]["before"] == {"level": "yellow"}


async def test_the_plan_is_exported_with_the_contracts_columns(answered: Town, database: Path) -> None:
    plan = database.parent / "plan.csv"
    plan.write_text("forum;date;start;end\nSSU;2024-02-29;13:00;15:30\n", encoding="utf-8")
    await answered.product.product.stop()
    result = await run(database, "plan", "import", str(plan), *WITH, "--yes")
    assert result.returncode == 0, result.stderr
    file = await exported(answered, database, "plan", "csv")
    assert file.read_text(encoding="utf-8-sig").splitlines() == [
        "forum;date;end_date;start;end;place;host",
        "SSU;2024-02-29;2024-02-29;13:00;15:30;;",
    ]


async def test_the_community_may_be_left_out_where_the_server_has_one(answered: Town, database: Path) -> None:
    store = answered.product.product.store
    result = await run(database, "export", "rounds", "--format", "json", "--out", "r.json")
    assert (result.returncode, result.stdout) == (2, "")
    assert "knows no community yet" in result.stderr
    await store.keep_file("vestfold", EXAMPLE.read_text(encoding="utf-8"))
    assert (await exported(answered, database, "rounds", "json", *NOW)).exists()
    await store.keep_file("nabo", EXAMPLE.read_text(encoding="utf-8"))
    result = await run(database, "export", "rounds", "--format", "json", "--out", "r.json")
    assert result.returncode == 2
    assert "several communities (nabo, vestfold)" in result.stderr


async def test_another_community_gets_none_of_the_figures(answered: Town, database: Path) -> None:
    other = database.parent / "nabo.yaml"
    other.write_text(EXAMPLE.read_text(encoding="utf-8").replace("key: vestfold", "key: nabo", 1), encoding="utf-8")
    file = await exported(answered, database, "rounds", "json", "--community", str(other))
    assert json.loads(file.read_text(encoding="utf-8")) == {"rounds": []}


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("figures", "--format", "csv", "--out", "x"), 2, "cannot be exported; accepted: rounds, actions, plan, audit"),
        (("rounds", "--format", "pdf", "--out", "x"), 2, "'pdf' is no format here; accepted: csv, json, xlsx"),
        (("rounds", "--format", "csv", "--out", "none/x.csv"), 1, "--out: none/x.csv cannot be written"),
        (("rounds", "--format", "csv", "--out", "."), 1, "--out: . cannot be written"),
        (("rounds", "--format", "csv", "--out", "x", "--now", "today"), 2, "no instant with an offset"),
    ],
)
async def test_a_mistake_is_one_line(
    answered: Town, database: Path, arguments: tuple[str, ...], status: int, says: str
) -> None:
    result = await run(database, "export", *arguments, *WITH)
    assert result.returncode == status
    [line] = result.stderr.splitlines()
    assert says in line
    assert not list(database.parent.glob("*.part"))


def test_without_a_database_there_is_nothing_to_export_and_none_is_made(tmp_path: Path) -> None:
    result = samhandling(tmp_path, "export", "rounds", "--format", "csv", "--out", "x.csv", *WITH)
    assert result.returncode == 1
    assert "there is no database" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "test.db").write_text("not a database, whatever it is called", encoding="utf-8")
    result = samhandling(tmp_path, "export", "rounds", "--format", "csv", "--out", "x.csv", *WITH)
    assert result.returncode == 1
    [line] = result.stderr.splitlines()
    assert "the database" in line
    assert "test.db cannot be read" in line
    assert "restore a backup" in line


def test_an_older_schema_is_told_with_what_helps(tmp_path: Path) -> None:
    (tmp_path / "test.db").touch()
    result = samhandling(tmp_path, "export", "rounds", "--format", "csv", "--out", "x.csv", *WITH)
    assert result.returncode == 1
    assert "samhandling migrate" in result.stderr
