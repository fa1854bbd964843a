"""Slack while nothing can be stored: said where it was written or pressed, and a modal keeps what was typed in it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.engines import allow_connections, new_database
from tests.harness import MUNICIPALITY, running
from tests.no_room import no_room_on_postgres
from tests.slack_double import SlackDouble
from tests.slack_town import SlackTown

PRESS = "Svaret ble ikke lagret. Prøv igjen om litt."
TEXT = "Det du skrev, ble ikke lagret. Prøv igjen om litt."


class Away(SlackTown):
    """On a PostgreSQL that can be shut and filled; nobody waits for what cannot be settled meanwhile."""

    host = url = ""

    @contextmanager
    def full(self) -> Iterator[None]:
        with self._not_settling(), no_room_on_postgres(self.url):
            yield

    @contextmanager
    def shut(self) -> Iterator[None]:
        with self._not_settling():
            allow_connections(self.host, self.url, allowed=False)
            yield
            allow_connections(self.host, self.url, allowed=True)

    @contextmanager
    def _not_settling(self) -> Iterator[None]:
        self.double.settle = None
        yield
        self.double.settle = self.product.settle


@pytest.fixture
async def town(slack: SlackDouble, postgres: str, database: Path) -> AsyncIterator[Away]:
    url = new_database(postgres)
    async with running(database, slack=slack, database_url=url) as product:
        made = Away(product, slack)
        made.host, made.url = postgres, url
        await made.prompted()
        yield made


async def test_a_modal_stays_open_with_what_was_typed_and_is_stored_when_it_is_sent_again(town: Away) -> None:
    modal = await town.opened("larvik-sjef")
    with town.full():
        again = await town["larvik-sjef"].submits(modal, **MUNICIPALITY)
        assert again is modal
        assert PRESS in modal.errors.values()
        assert modal.shown["overliggere"] == "3"
    assert await town["larvik-sjef"].submits(modal) is None
    assert (await town.product.report_of("2023-11-28", "larvik"))["revision"] == 1


async def test_whoever_writes_or_presses_is_told_and_the_message_stays(town: Away) -> None:
    larvik = town["larvik-sjef"]
    prompt = larvik.last
    with town.shut():
        await larvik.says("status")
        assert larvik.last.text == TEXT
        await larvik.presses(prompt, "status.open")
        assert larvik.last.text == PRESS
        assert "status.open" in prompt.actions


async def test_a_command_after_the_slash_is_answered_at_once(town: Away) -> None:
    with town.shut():
        answer, modal = await town["larvik-sjef"].slash("status")
    assert modal is None
    assert answer == {"response_type": "ephemeral", "text": TEXT}


async def test_the_answer_is_in_the_language_that_the_person_chose(town: Away) -> None:
    await town["larvik-sjef"].says("språk nn")
    with town.shut():
        answer, _ = await town["larvik-sjef"].slash("status")
    assert "vart ikkje lagra" in json.dumps(answer, ensure_ascii=False)


async def test_what_cannot_even_be_said_comes_again(town: Away) -> None:
    """Slack repeats an event that is answered with 503."""
    told = {
        "type": "message",
        "user": town["larvik-sjef"].id,
        "text": "status",
        "ts": "1.000300",
        "channel": town["larvik-sjef"].conversation.id,
        "channel_type": "im",
        "event_ts": "1",
    }
    town.double.fails("chat.postMessage", "channel_not_found")
    with town.shut():
        assert await town.double.event(told, number="Ev-again") == 503
    town.double.faults.clear()
    before = len(town["larvik-sjef"].messages)
    assert await town.double.event(told, number="Ev-again", retry=1) == 200
    await town.double.settled()
    assert len(town["larvik-sjef"].messages) == before + 1
