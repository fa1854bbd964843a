"""What tests from the outside share: the product on a loopback port before a Teams that is not Microsoft's.

The product is imported where a fixture needs it, so that tests of the rules alone start at once.
"""

from __future__ import annotations

import gc
import io
import logging
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import structlog
from hypothesis import settings

if TYPE_CHECKING:
    from tests.harness import Running, Snapshot, Town
    from tests.slack_double import SlackDouble
    from tests.slack_town import SlackTown
    from tests.teams_double import TeamsDouble


# A machine with other work to do must not fail a property.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


LONGEST_FIRST = (
    "e2e/test_who_may.py",
    "e2e/test_crashes.py",
    "e2e/test_forged_presses.py",
    "e2e/test_slack.py",
    "e2e/test_browser.py",
    "e2e/test_on_postgres.py",
    "e2e/test_two_processes.py",
    "channels/contract/test_dialogs.py",
    "channels/contract/test_week.py",
    "channels/contract/test_drawing.py",
    "channels/slack/test_inbound.py",
    "e2e/test_pictures.py",
    "e2e/test_agenda.py",
    "e2e/test_minutes.py",
    "e2e/test_replay.py",
)
"""Whole files go to the processes that run the tests, in this order; a long one that came last would run alone."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {file: place for place, file in enumerate(LONGEST_FIRST)}
    root = Path(__file__).parent
    items.sort(key=lambda item: places.get(item.path.relative_to(root).as_posix(), len(places)))


def pytest_collection_finish() -> None:
    """What was imported stays: looking through it, and often, for garbage is a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def port() -> Iterator[socket.socket]:
    """Where one Teams after the other listens."""
    from tests.teams_double import listening

    with listening() as made:
        yield made


@pytest.fixture
async def double(port: socket.socket) -> AsyncIterator[TeamsDouble]:
    from tests.teams_double import serving

    async with serving(port) as made:
        yield made


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Where a PostgreSQL server listens that lives as long as the tests."""
    from tests.engines import server

    with server() as host:
        yield host


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "samhandling.db"


@pytest.fixture
async def product(double: TeamsDouble, database: Path) -> AsyncIterator[Running]:
    """The example community under `--dev`, its clock standing at Thursday 23 November 2023 at 9."""
    from tests.harness import running

    async with running(database, teams=double) as made:
        yield made


@pytest.fixture
def town(product: Running, double: TeamsDouble) -> Town:
    from tests.harness import Town, everybody

    return Town(product, double, everybody(double))


@pytest.fixture
async def slack() -> AsyncIterator[SlackDouble]:
    from tests.slack_double import serving

    async with serving() as made:
        yield made


@pytest.fixture
async def slack_town(slack: SlackDouble, database: Path) -> AsyncIterator[SlackTown]:
    """The example community in Slack: Thursday 23 November 2023 at 9, and the bot knows nobody yet."""
    from tests.harness import running
    from tests.slack_town import SlackTown

    async with running(database, slack=slack) as product:
        yield SlackTown(product, slack)


@pytest.fixture(scope="session")
def snapshots() -> dict[str, Snapshot]:
    """States that many tests begin from, made by the first that needs one."""
    return {}


@pytest.fixture
async def connected(double: TeamsDouble, database: Path, snapshots: dict[str, Snapshot]) -> AsyncIterator[Town]:
    """Thursday 23 November 2023 at 9: the bot knows who is in the channel. There is no period."""
    from tests.harness import Town, beginning

    async with beginning(snapshots, "connected", Town.connect, database, double) as town:
        yield town


@pytest.fixture
async def started(double: TeamsDouble, database: Path, snapshots: dict[str, Snapshot]) -> AsyncIterator[Town]:
    """Thursday 23 November 2023 at 9: the channel is connected, a period was started, and all have been told."""
    from tests.harness import Town, beginning

    async with beginning(snapshots, "started", Town.begin, database, double) as town:
        yield town


@pytest.fixture
async def prompted(double: TeamsDouble, database: Path, snapshots: dict[str, Snapshot]) -> AsyncIterator[Town]:
    """Monday 27 November 2023 at 9: the prompts of the first round are out."""
    from tests.harness import Town, beginning

    monday = "2023-11-27T09:00:00+01:00"
    async with beginning(snapshots, "prompted", Town.prompted, database, double, until=monday) as town:
        yield town


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    """Everything that is logged, by the product and by its libraries, at every level."""
    from bot.logs import Formatter, without_words

    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(Formatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    before = structlog.get_config()
    structlog.configure(
        processors=[without_words, structlog.processors.KeyValueRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
        logger_factory=structlog.WriteLoggerFactory(text),
        cache_logger_on_first_use=False,
    )
    _forget_cached_loggers()
    yield text
    structlog.configure(**before)
    root.removeHandler(handler)
    root.setLevel(level)


def _forget_cached_loggers() -> None:
    """A logger that was cached under an earlier configuration would write past the new one."""
    for name, module in list(sys.modules.items()):
        if name.startswith("bot.") and hasattr(module, "log"):
            vars(module.log).pop("bind", None)
