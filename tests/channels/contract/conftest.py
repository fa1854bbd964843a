"""The same states of the same community on each channel; the first test that needs one builds it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from socket import socket
from typing import Any

import pytest

from tests import slack_double, teams_double
from tests.channels.contract.driver import MONDAY, Driver
from tests.channels.contract.slack import OnSlack
from tests.channels.contract.teams import OnTeams
from tests.channels.contract.web import browsing
from tests.harness import START, running

CHANNELS = ("teams", "slack", "web")


@asynccontextmanager
async def on_channel(name: str, database: Path, port: socket, now: str, state: Any = None) -> AsyncIterator[Driver]:
    """The product on one channel alone."""
    async with AsyncExitStack() as stack:
        made: Driver
        if name == "teams":
            teams = await stack.enter_async_context(teams_double.serving(port))
            product = await stack.enter_async_context(running(database, now=now, teams=teams))
            made = OnTeams(product, teams)
        elif name == "slack":
            slack = await stack.enter_async_context(slack_double.serving())
            product = await stack.enter_async_context(running(database, now=now, slack=slack))
            made = OnSlack(product, slack)
        else:
            product = await stack.enter_async_context(running(database, now=now))
            made = await stack.enter_async_context(browsing(product))
        if state is not None:
            made.restore(state)
        yield made


@pytest.fixture(scope="session")
def prompted_states() -> dict[str, tuple[bytes, Any]]:
    return {}


@pytest.fixture(params=CHANNELS)
async def channel(request: pytest.FixtureRequest, database: Path, port: socket) -> AsyncIterator[Driver]:
    """Thursday 23 November 2023 at 9: there is no period, and nobody has written yet."""
    async with on_channel(request.param, database, port, START) as made:
        yield made


@pytest.fixture(params=CHANNELS)
async def prompted(
    request: pytest.FixtureRequest, database: Path, port: socket, prompted_states: dict[str, tuple[bytes, Any]]
) -> AsyncIterator[Driver]:
    """Monday 27 November 2023 at 9: the prompts of the first round are out."""
    name = request.param
    if name not in prompted_states:
        async with on_channel(name, database, port, START) as made:
            await made.prompted()
            state = made.state()
        prompted_states[name] = _read(database), state
    stored, state = prompted_states[name]
    _write(database, stored)
    async with on_channel(name, database, port, MONDAY, state) as made:
        yield made


def _read(database: Path) -> bytes:
    return database.read_bytes()


def _write(database: Path, stored: bytes) -> None:
    database.write_bytes(stored)
