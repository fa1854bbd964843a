"""What is kept of a community's file, and whether a database can be read as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.store import SqlStore, UnreadableError
from tests.builders import vestfold


async def test_a_communitys_file_is_kept_as_it_was_read_last(store: SqlStore) -> None:
    assert await store.files() == {}
    await store.keep_file("vestfold", "first")
    await store.keep_file("nabo", "other")
    await store.keep_file("vestfold", "second")
    assert await store.files() == {"vestfold": "second", "nabo": "other"}


async def test_a_database_at_its_newest_can_be_read(store: SqlStore) -> None:
    await store.check()


async def test_a_database_without_a_schema_is_told_and_left_as_it_is(tmp_path: Path) -> None:
    empty = SqlStore(f"sqlite+aiosqlite:///{tmp_path}/empty.db", [vestfold()])
    for _ in range(2):
        with pytest.raises(UnreadableError, match="samhandling migrate"):
            await empty.check()
    await empty.close()
