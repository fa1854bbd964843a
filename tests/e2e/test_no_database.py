"""Commands without a database that they can use: one line that says which and why, exit status 1, no traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import EXAMPLE, samhandling

PASSWORD = "hemmelig-passord"
AWAY = f"postgresql+psycopg://bot:{PASSWORD}@127.0.0.1:1/samhandling"
COMMANDS = {
    "serve": ("serve", "--community", str(EXAMPLE)),
    "migrate": ("migrate",),
    "export": ("export", "rounds", "--format", "csv", "--out", "rounds.csv"),
    "backup": ("backup", "--out", "backup.db"),
    "plan check": ("plan", "check", "--community", str(EXAMPLE)),
    "token list": ("token", "list", "--community", "vestfold"),
    "token create": ("token", "create", "--community", str(EXAMPLE)),
    "person export": ("person", "export", "larvik-sjef", "--community", "vestfold", "--out", "person.json"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_server_that_is_not_there_is_said_in_one_line(tmp_path: Path, command: str) -> None:
    done = samhandling(tmp_path, *COMMANDS[command], DATABASE_URL=AWAY)
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert line.startswith("SAMHANDLING_DATABASE_URL: the database samhandling at 127.0.0.1:1 cannot be reached")
    assert "Connection refused" in line
    assert PASSWORD not in done.stderr + done.stdout
    assert sorted(left.name for left in tmp_path.iterdir()) == []


def test_the_doctor_finds_it_and_looks_on(tmp_path: Path) -> None:
    done = samhandling(tmp_path, "doctor", DATABASE_URL=AWAY)
    assert done.returncode == 1
    assert done.stderr == ""
    assert "SAMHANDLING_DATABASE_URL: the database samhandling at 127.0.0.1:1 cannot be reached" in done.stdout
    assert "e-mail" in done.stdout
    assert PASSWORD not in done.stdout


def test_a_copy_says_which_of_the_two_cannot_be_reached(tmp_path: Path) -> None:
    assert samhandling(tmp_path, "migrate").returncode == 0
    done = samhandling(tmp_path, "copy", "--to", AWAY)
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert line.startswith("--to: the database samhandling at 127.0.0.1:1 cannot be reached")
    assert PASSWORD not in done.stderr


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    "address",
    [
        f"postgresql+psycopg://bot:{PASSWORD}@127.0.0.1:port/samhandling",
        f"mysql://bot:{PASSWORD}@127.0.0.1/samhandling",
        f"postgresql://bot:{PASSWORD}@127.0.0.1/samhandling",
        "sqlite+aiosqlite://",
        "samhandling.db",
    ],
)
def test_an_address_that_is_none_is_refused_with_what_is_accepted(tmp_path: Path, command: str, address: str) -> None:
    done = samhandling(tmp_path, *COMMANDS[command], DATABASE_URL=address)
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert line.startswith("SAMHANDLING_DATABASE_URL: accepted: sqlite+aiosqlite:///… and postgresql+psycopg://…")
    assert PASSWORD not in done.stderr


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = samhandling(tmp_path, "migrate", DATABASE_URL=f"sqlite+aiosqlite:///{tmp_path}/file/samhandling.db")
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert f"{tmp_path}/file/samhandling.db cannot be opened" in line
