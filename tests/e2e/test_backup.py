"""`samhandling backup`, `restore` and `copy`: what was stored is there again, to the last answer."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy.ext.asyncio import create_async_engine

from bot.copy_command import NotCopiedError, back_up, restore
from storage.migrate import configuration
from tests.command_line import samhandling
from tests.harness import MUNICIPALITY, Town, running, settings


async def test_a_backup_made_while_answers_come_in_is_restored_and_goes_on(
    prompted: Town, database: Path, tmp_path: Path
) -> None:
    await prompted["larvik-sjef"].says("status")
    await prompted.answers("larvik-sjef", **MUNICIPALITY)
    before = await prompted.product.rounds()
    copied = await back_up(settings(database), tmp_path / "backup.db")
    assert copied["status_report"].rows == 1
    await prompted["horten-sjef"].says("status")
    await prompted.answers("horten-sjef", **MUNICIPALITY)
    with pytest.raises(NotCopiedError, match="exists already"):
        await back_up(settings(database), tmp_path / "backup.db")

    other = tmp_path / "other" / "new.db"
    await restore(settings(other), tmp_path / "backup.db")
    async with running(other, now="2023-11-27T09:00:00+01:00") as restored:
        assert await restored.rounds() == before
    assert not any("part" in name for name in os.listdir(tmp_path))


async def test_a_backup_of_the_version_before_is_brought_up_to_date(
    prompted: Town, database: Path, tmp_path: Path
) -> None:
    before = await prompted.product.rounds()
    backup = tmp_path / "backup.db"
    await back_up(settings(database), backup)
    engine = create_async_engine(f"sqlite+aiosqlite:///{backup}")
    async with engine.begin() as connection:
        await connection.run_sync(lambda c: command.downgrade(configuration(c), "0002"))
    await engine.dispose()
    await restore(settings(tmp_path / "new.db"), backup)
    async with running(tmp_path / "new.db", now="2023-11-27T09:00:00+01:00") as restored:
        assert await restored.rounds() == before
    with pytest.raises(NotCopiedError, match="not empty"):
        await restore(settings(tmp_path / "new.db"), backup)


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\x00" + b"\x00" * 200])
async def test_what_is_no_backup_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "backup.db").write_bytes(content)
    if not content:
        (tmp_path / "backup.db").unlink()
    with pytest.raises(NotCopiedError, match="--from"):
        await restore(settings(tmp_path / "new.db"), tmp_path / "backup.db")


def test_the_commands_say_what_they_did_and_what_is_wrong(tmp_path: Path) -> None:
    done = samhandling(tmp_path, "backup", "--out", "b.db")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    samhandling(tmp_path, "migrate")
    done = samhandling(tmp_path, "backup", "--out", "b.db")
    assert (done.returncode, "the same when read back" in done.stdout) == (0, True)
    done = samhandling(tmp_path, "copy", "--to", "mysql://x")
    assert (done.returncode, "--to" in done.stderr) == (2, True)
    done = samhandling(tmp_path, "copy", "--to", f"sqlite+aiosqlite:///{tmp_path}/copy.db")
    assert done.returncode == 0, done.stderr
    done = samhandling(tmp_path, "copy", "--to", "postgresql+psycopg://nobody@127.0.0.1:1/x")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
