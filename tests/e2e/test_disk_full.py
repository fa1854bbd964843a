"""A disk without room, on SQLite and on PostgreSQL: nothing is stored and the person is told so, nothing typed is lost,
and everything goes on by itself when there is room again. How a disk is full here stands in `tests.no_room`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e import outages
from tests.e2e.served import Served, full, on_postgres, on_sqlite
from tests.harness import MUNICIPALITY
from tests.teams_double import TeamsDouble


@pytest.fixture(params=["sqlite", "postgres"])
async def served(request: pytest.FixtureRequest, double: TeamsDouble, tmp_path: Path) -> AsyncIterator[Served]:
    if request.param == "sqlite":
        running = on_sqlite(tmp_path, double)
    else:
        running = on_postgres(request.getfixturevalue("postgres"), tmp_path, double)
    async with running as made:
        yield made
    assert double.complaints == []


async def test_an_answer_on_teams_comes_back_as_it_was_typed(served: Served) -> None:
    await outages.an_answer_on_teams_comes_back_as_it_was_typed(served, full)


async def test_a_form_on_the_page_comes_back_as_it_was_typed(served: Served) -> None:
    await outages.a_form_on_the_page_comes_back_as_it_was_typed(served, full)


async def test_what_falls_due_meanwhile_is_done_once_afterwards(served: Served) -> None:
    await outages.what_falls_due_meanwhile_is_done_once_afterwards(served, full)


async def test_what_was_sent_is_not_sent_again_because_that_could_not_be_written_down(served: Served) -> None:
    await outages.what_was_sent_is_not_sent_again_because_that_could_not_be_written_down(served, full)


async def test_it_is_said_once_that_it_is_full_and_once_that_there_is_room(served: Served) -> None:
    await outages.it_is_said_once_that_it_is_gone_and_once_that_it_is_back(served, full)


async def test_what_watches_is_told_what_is_the_matter_and_what_can_be_read_is_answered(served: Served) -> None:
    await served.prompted()
    with served.without(full(served)):
        await served.larvik.presses(served.larvik.last_card, "status.submit", **MUNICIPALITY)
        told = await served.unready()
        assert told["status"] == "not ready"
        assert (told["checks"]["database"], told["checks"]["migrations"]) == (False, True)
        assert told["database"] in ("full", "disk")
        assert await served.figure("storage_unavailable_total") > 0
        assert await served.figure("storage_unavailable_seconds") > 0
        assert (await served.report())["revision"] == 0
        before = len(served.larvik.messages)
        await served.larvik.says("hjelp")
        await served.double.until(lambda: len(served.larvik.messages) > before)
        assert "status" in served.larvik.messages[-1].text
    await served.ready()
    assert await served.figure("storage_unavailable_seconds") == 0
