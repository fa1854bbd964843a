"""What a turn asks of the database, and how much it reads there, grows neither with the units nor with past rounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import Engine, event

from bench.engines import POSTGRESQL, SQLITE
from bench.engines import Engine as Database
from bench.overview import Case
from bench.turn_cost import KINDS, Measured, opened
from dialogs.router import draw
from domain.community import Person
from services.due_work import prompt
from services.messages import Envelope, Json
from services.ports import DueWork
from storage.store import Order

UNITS = Case("few", 5, 3, 1), Case("many", 40, 3, 1)
ROUNDS = Case("short", 5, 3, 2), Case("long", 5, 3, 30)


@dataclass(order=True)
class Asked:
    """`rows` is known on PostgreSQL, where nothing is remembered between turns."""

    statements: int = 0
    rows: int = 0


@pytest.fixture(params=[SQLITE, POSTGRESQL])
def database(request: pytest.FixtureRequest, tmp_path: Any) -> Database:
    place = str(tmp_path) if request.param == SQLITE else request.getfixturevalue("postgres")
    return Database(request.param, place)


@contextmanager
def listening() -> Iterator[Asked]:
    asked = Asked()

    def heard(_connection: Any, cursor: Any, *_: Any) -> None:
        asked.statements += 1
        asked.rows += max(0, cursor.rowcount)

    event.listen(Engine, "after_cursor_execute", heard)
    try:
        yield asked
    finally:
        event.remove(Engine, "after_cursor_execute", heard)


async def asked_for(case: Measured, kind: str) -> Asked:
    """The least of three turns: what the process asks of itself meanwhile is heard as well, and only adds."""
    unit = case.units[0]
    await KINDS[kind](case, unit)
    heard: list[Asked] = []
    for _ in range(3):
        with listening() as asked:
            await KINDS[kind](case, unit)
        heard.append(asked)
    return min(heard)


@pytest.mark.parametrize("cases", [UNITS, ROUNDS], ids=["units", "rounds"])
async def test_a_turn_asks_and_reads_as_much_in_a_large_community_and_after_many_rounds(
    database: Database, cases: tuple[Case, Case]
) -> None:
    async with opened(database, cases[0]) as small, opened(database, cases[1]) as large:
        for kind in KINDS:
            assert await asked_for(large, kind) == await asked_for(small, kind), kind


async def prompts(case: Measured) -> list[Envelope]:
    """The prompts of a round that nobody has answered yet, put in the outbox by its due work."""
    store, key, now = case.filled.store, case.filled.case.name, case.filled.now
    subject: dict[str, Json] = {"round": "asked", "at_any_hour": True}
    async with store.begin(key) as work:
        last = await work.rounds.get(f"round-{case.filled.case.rounds - 1}")
        assert last is not None
        await work.rounds.add(replace(last, id="asked"))
    async with store.begin(key) as work:
        await prompt(work, DueWork("prompt", "round.prompt", subject, now), now)
    return list(await store.claim(Order(key, now, now, 100)))


async def drawn(case: Measured, envelope: Envelope) -> Asked:
    """What it takes to draw one."""
    with listening() as asked:
        async with case.filled.store.read(case.filled.case.name) as work:
            message = envelope.message
            reader = await work.people.get(message.to.person or "")
            assert await draw(work, message.template, message.params, reader, case.filled.now, first=True)
    return asked


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often it was asked of each person which unit is theirs."""
    counted, unit = Counter[str](), vars(Person)["unit"]

    def of(person: Person) -> str | None:
        counted[person.key] += 1
        theirs: str | None = unit.__get__(person)
        return theirs

    monkeypatch.setattr(Person, "unit", property(of, unit.__set__))
    return counted


async def test_a_prompt_costs_as_much_in_a_large_community(database: Database, looked_at: Counter[str]) -> None:
    found = []
    for case in UNITS:
        async with opened(database, case) as made:
            looked_at.clear()
            envelopes = await prompts(made)
            assert len(envelopes) == len(made.filled.store.communities[case.name].units)
            reads = min([await drawn(made, envelope) for envelope in envelopes])
            found.append((reads, max(looked_at.values())))
    assert found[0] == found[1]
