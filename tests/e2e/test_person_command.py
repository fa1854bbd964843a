"""`samhandling person`: what is stored about somebody is handed over, and taken away for good."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from bot.person_command import NoSuchPersonError, write_everything
from bot.single import take
from domain.community_file import read_community
from tests.command_line import EXAMPLE, samhandling
from tests.harness import MUNICIPALITY, Town, everybody, running, settings, vestfold
from tests.teams_double import TeamsDouble

LEFT = "  - {key: larvik-vara,"


def without_the_deputy() -> str:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(LEFT))


@pytest.fixture
async def folder(tmp_path: Path, double: TeamsDouble) -> Path:
    """Larvik's deputy has answered, and later left the community file."""
    async with running(tmp_path / "test.db", teams=double) as product:
        town = Town(product, double, everybody(double))
        await town.prompted()
        await town["larvik-vara"].says("status")
        await town.answers("larvik-vara", **MUNICIPALITY)
    after = read_community(without_the_deputy())
    async with running(tmp_path / "test.db", [after], now="2023-11-28T10:00:00+01:00") as product:
        await product.product.store.keep_file("vestfold", without_the_deputy())
    return tmp_path


def person(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return samhandling(folder, "person", *arguments, "--community", "vestfold")


async def test_it_is_handed_over_then_taken_away_and_the_figures_stay(folder: Path) -> None:
    done = person(folder, "export", "larvik-vara", "--out", "vara.json")
    assert done.returncode == 0, done.stderr
    found = json.loads((folder / "vara.json").read_text(encoding="utf-8"))
    assert found["email"] == "vara@larvik.example"
    assert found["tables"]["status_report"][0]["values"]["overliggere"] == int(MUNICIPALITY["overliggere"])
    done = person(folder, "erase", "VARA@larvik.example", "--yes")
    assert done.returncode == 0, done.stderr
    assert "slettet-" in done.stdout
    done = person(folder, "export", "larvik-vara", "--out", "vara.json")
    assert (done.returncode, done.stderr) == (1, "vestfold knows nobody with the key or address larvik-vara\n")


async def test_whoever_is_in_the_community_file_is_not_erased(folder: Path) -> None:
    done = person(folder, "erase", "larvik-sjef", "--yes")
    assert done.returncode == 1
    assert "take the person out of it" in done.stderr


async def test_it_is_not_done_without_a_word_nor_beside_a_server_on_sqlite(folder: Path) -> None:
    done = person(folder, "erase", "larvik-vara")
    assert (done.returncode, "--yes" in done.stderr) == (2, True)
    held = take(folder / "test.db")
    done = person(folder, "erase", "larvik-vara", "--yes")
    held.close()
    assert (done.returncode, "in use" in done.stderr) == (1, True)


@pytest.mark.parametrize("who", ["nobody", "", "x" * 500, "Robert'); DROP TABLE person;--"])
async def test_an_unknown_person_is_said_in_a_line(database: Path, who: str) -> None:
    async with running(database):
        with pytest.raises(NoSuchPersonError) as told:
            await write_everything(settings(database), vestfold(), who, database.parent / "x.json")
    assert len(str(told.value)) < 200
    assert not (database.parent / "x.json").exists()
