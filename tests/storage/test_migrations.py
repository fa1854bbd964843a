"""A database of the version before: what it holds is there after the upgrade and the way back, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import create_async_engine

from domain.extra_meetings import HowSoon, MeetingRequest, lapses_at
from services import meeting_requests
from services.messages import Message, Recipient
from services.ports import DueWork
from storage.migrate import configuration, is_current, newest, upgrade
from storage.store import SqlStore
from tests.builders import period, report, round_

BEFORE = "0001"
NOW = datetime(2023, 11, 27, 9, tzinfo=UTC)


async def on(store: SqlStore, *steps: Callable[[Connection], Any]) -> list[Any]:
    """What each step gives, in one transaction."""
    engine = create_async_engine(store.url)
    async with engine.begin() as connection:
        found = [await connection.run_sync(step) for step in steps]
    await engine.dispose()
    return found


def go_to(version: str) -> Callable[[Connection], None]:
    return lambda connection: command.downgrade(configuration(connection), version)


def schema(connection: Connection) -> dict[str, set[str]]:
    seen = inspect(connection)
    return {table: {column["name"] for column in seen.get_columns(table)} for table in seen.get_table_names()}


def waiting(connection: Connection) -> set[tuple[str, str, str]]:
    rows = connection.execute(text("SELECT key, kind, due_at FROM due_work WHERE outcome IS NULL"))
    return {(key, kind, str(due_at)) for key, kind, due_at in rows}


async def fill(store: SqlStore) -> None:
    """What the version before keeps of a week: a period, its round, an answer, and what will fall due."""
    made, subject = round_(), {"round": round_().id}
    async with store.begin("vestfold") as work:
        await work.periods.add(period())
        await work.rounds.add(made)
        await work.reports.add(report("larvik", {"overliggere": 3}))
        await work.due.put(
            DueWork(f"round:{made.id}:seal", "round.seal", subject, made.meeting_at),
            DueWork(f"round:{made.id}:over", "round.over", subject, made.meeting_ends_at),
        )


async def test_what_the_version_before_holds_is_there_after_the_upgrade(store: SqlStore) -> None:
    await fill(store)
    await on(store, go_to(BEFORE), upgrade)
    async with store.read("vestfold") as work:
        assert await work.periods.get(period().id) == period()
        assert await work.rounds.all() == [round_()]
        assert await work.reports.revisions([round_().id]) == [report("larvik", {"overliggere": 3})]
        assert len(await work.people.all()) > 1
        assert await work.actions.all() == []


async def test_a_meeting_planned_by_the_version_before_gets_its_running_order_and_its_minutes(store: SqlStore) -> None:
    await fill(store)
    [_, before, _, after] = await on(store, go_to(BEFORE), waiting, upgrade, waiting)
    at = {kind: due_at for _, kind, due_at in before}
    assert after - before == {
        (f"round:{round_().id}:run", "round.run", at["round.seal"]),
        (f"round:{round_().id}:minutes", "round.minutes", at["round.over"]),
    }


async def test_the_way_back_leaves_the_schema_of_the_version_before_and_nothing_that_it_cannot_do(
    store: SqlStore,
) -> None:
    await fill(store)
    async with store.begin("vestfold") as work:
        await work.due.put(DueWork("action:a:reminder:0:1", "action.reminder", {"action": "a"}, NOW))
    [_, went_back, left] = await on(store, go_to(BEFORE), schema, waiting)
    [_, _, fresh] = await on(store, go_to("base"), lambda c: command.upgrade(configuration(c), BEFORE), schema)
    assert went_back == fresh
    assert {kind for _, kind, _ in left} == {"round.seal", "round.over"}


# Requests for a meeting that were open when requests began to lapse

REQUEST = MeetingRequest("r1", "vestfold", "larvik", "larvik-sjef", NOW, "Fullt på korttid", HowSoon.TODAY)
BEFORE_THEY_LAPSED = "0004"


async def with_an_open_request(store: SqlStore) -> int:
    """As the version before kept it, its card sent; the number of the card's message."""
    card = Message("meeting:r1:asked:boss", Recipient(person="boss"), "meeting.requested", topic="meeting:r1")
    async with store.begin("vestfold") as work:
        await work.requests.add(REQUEST)
        await work.outbox.put(card, now=NOW)
    [row] = await on(store, sent)
    return int(row)


def sent(connection: Connection) -> int:
    found = connection.execute(text("UPDATE outbox SET state = 'sent', channel = 'teams' RETURNING id"))
    return int(found.scalar_one())


def drawn_anew(connection: Connection) -> list[int]:
    return list(connection.execute(text("SELECT replaces FROM outbox WHERE replaces IS NOT NULL")).scalars())


async def test_a_request_from_before_requests_lapsed_is_drawn_anew_when_it_is_decided(store: SqlStore) -> None:
    card = await with_an_open_request(store)
    await on(store, go_to(BEFORE_THEY_LAPSED), upgrade)
    async with store.begin("vestfold") as work:
        [boss] = [person for person in work.community.people if person.key == "samhandlingssjef"]
        await meeting_requests.decline(work, boss, REQUEST, "", NOW)
    [replaced] = await on(store, drawn_anew)
    assert replaced == [card]


async def test_a_request_from_before_requests_lapsed_lapses_in_its_time(store: SqlStore) -> None:
    await with_an_open_request(store)
    [_, _, fell_due] = await on(store, go_to(BEFORE_THEY_LAPSED), upgrade, waiting)
    assert {(key, kind) for key, kind, _ in fell_due} == {("request:r1:lapse", "request.lapse")}
    due = DueWork("request:r1:lapse", "request.lapse", {"request": "r1"}, NOW)
    async with store.begin("vestfold") as work:
        at = lapses_at(work.community, REQUEST.how_soon, NOW)
        assert await meeting_requests.lapse(work, due, NOW) == at
        assert await work.requests.open() == [REQUEST]
        assert await meeting_requests.lapse(work, due, at) == "done"
        assert await work.requests.open() == []


async def test_a_request_that_has_its_time_keeps_it(store: SqlStore) -> None:
    await with_an_open_request(store)
    async with store.begin("vestfold") as work:
        await work.due.put(DueWork("request:r1:lapse", "request.lapse", {"request": "r1"}, NOW.replace(day=28)))
    [before, _, _, after] = await on(store, waiting, go_to(BEFORE_THEY_LAPSED), upgrade, waiting)
    assert len(before) == 1
    assert after == before


async def test_the_way_back_leaves_no_request_to_lapse_at_once(store: SqlStore) -> None:
    await with_an_open_request(store)
    [_, _, gained, _, left] = await on(
        store, go_to(BEFORE_THEY_LAPSED), upgrade, waiting, go_to(BEFORE_THEY_LAPSED), waiting
    )
    assert (len(gained), left) == (1, set())


async def test_a_database_is_current_at_the_newest_version_and_at_no_other(store: SqlStore) -> None:
    assert newest() == ScriptDirectory.from_config(configuration()).get_current_head()
    assert await store.is_newest()
    found = await on(store, go_to("0004"), is_current, go_to("base"), is_current, upgrade, is_current)
    assert found[1::2] == [False, False, True]


async def test_a_database_that_was_never_used_is_not_current(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite+aiosqlite:///{tmp_path}/new.db", [])
    assert not await store.is_newest()
    await store.migrate()
    assert await store.is_newest()
    await store.close()
