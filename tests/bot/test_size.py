"""What a server that is up and running has not loaded: each of these costs memory, and time at every start."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from tests.command_line import EXAMPLE, environment
from tests.engines import copy_in

STARTED = """
import asyncio, sys
from pathlib import Path
import bot.__main__, bot.server
from bot.compose import Product
from bot.settings import Settings
from domain.community_file import read_community

async def started():
    community = read_community(Path(sys.argv[2]).read_text(encoding="utf-8"))
    product = Product(Settings(database_url=sys.argv[1]), [community], dev=True)
    await product.start()
    await product.stop()

asyncio.run(started())
print(*sorted(sys.modules))
"""
NOT_LOADED = {
    "alembic": "the schema is the newest",
    "botbuilder": "under --dev nobody is asked for a token",
    "botframework": "under --dev nobody is asked for a token",
    "docx": "nobody has asked for a document",
    "matplotlib": "nobody has asked for a picture",
    "openpyxl": "nobody has asked for a spreadsheet",
    "slack_sdk.oauth": "nobody installs the app",
    "typst": "nobody has asked for a document",
}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    """The modules of a server that has started on a database as the last start has left it."""
    folder = tmp_path_factory.mktemp("server")
    given = (asyncio.run(copy_in(folder / "test.db")), str(EXAMPLE))
    done = subprocess.run(
        [sys.executable, "-c", STARTED, *given],
        env=environment(folder),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    return frozenset(done.stdout.split())


@pytest.mark.parametrize("module", NOT_LOADED)
def test_what_nobody_has_asked_for_is_not_loaded(loaded: frozenset[str], module: str) -> None:
    assert "sqlalchemy" in loaded
    assert module not in loaded, NOT_LOADED[module]
