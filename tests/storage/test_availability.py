"""A database that is gone or full: one error says so whatever the engine, nothing of the transaction is kept, and it
goes on when there is room again."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError, InternalError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from services.ports import DueWork, UnavailableError, Why
from storage import engine, silence
from storage.availability import STEADY, Availability, why_unavailable
from storage.store import DueWorkFailedError, SqlStore, SqlWork
from tests.builders import local, vestfold
from tests.engines import allow_connections, new_database
from tests.no_room import no_room

NOW = local(2023, 11, 27, 9)
KEY = "vestfold"


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of a database whose room this test may take."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/full.db"
    return new_database(request.getfixturevalue("postgres"))


@pytest.fixture
async def store(url: str) -> AsyncIterator[SqlStore]:
    made = SqlStore(url, [vestfold()])
    await made.migrate()
    yield made
    await made.close()


async def _write(store: SqlStore) -> None:
    async with store.begin(KEY) as work:
        await work.audit.add("kind", "subject", by=None, now=NOW, text="x" * 20_000)


async def _written(store: SqlStore) -> int:
    async with store.read(KEY) as work:
        return len(await work.audit.newest(10))


# Full


async def test_a_full_database_keeps_nothing_of_what_it_could_not_take_in_and_can_be_read(store: SqlStore) -> None:
    async with no_room(store):
        with pytest.raises(UnavailableError) as refused:
            await _write(store)
        assert refused.value.why is Why.FULL
        assert await _written(store) == 0
    await _write(store)
    assert await _written(store) == 1


async def test_a_full_database_is_usable_again_when_it_takes_something_in_and_keeps_nothing_of_the_try(
    store: SqlStore,
) -> None:
    clock = Clock()
    store.availability._clock = clock
    async with no_room(store):
        for _ in range(2):
            with pytest.raises(UnavailableError):
                await store.probe()
        assert store.availability.why is Why.FULL
    clock.now = STEADY
    await store.probe()
    assert store.availability.why is None
    await _write(store)
    assert await _written(store) == 1


async def test_due_work_that_a_full_database_cannot_take_in_waits_without_a_fault_of_its_own(store: SqlStore) -> None:
    async with store.begin(KEY) as work:
        await work.due.put(DueWork("one", "kind", {}, NOW))

    async def handle(work: SqlWork, due: DueWork) -> str:
        await work.audit.add("kind", "subject", by=None, now=NOW, text="x" * 20_000)
        return "done"

    async with no_room(store):
        with pytest.raises(UnavailableError):
            await store.do_next_due(NOW, handle)
    assert await store.do_next_due(NOW, handle) is not None
    assert await store.do_next_due(NOW, handle) is None
    assert await _written(store) == 1


async def test_due_work_that_fails_for_another_reason_says_which_it_is(store: SqlStore) -> None:
    async with store.begin(KEY) as work:
        await work.due.put(DueWork("one", "kind", {}, NOW))

    async def handle(work: SqlWork, due: DueWork) -> str:
        raise ZeroDivisionError

    with pytest.raises(DueWorkFailedError):
        await store.do_next_due(NOW, handle)
    assert store.availability.why is None


# Gone


async def test_a_server_that_cuts_off_and_lets_in_again_is_used_again_by_the_same_store(postgres: str) -> None:
    url = new_database(postgres)
    store = SqlStore(url, [vestfold()])
    await store.migrate()
    await _write(store)
    allow_connections(postgres, url, allowed=False)
    for ask in (store.backlog(NOW), store.is_newest(), store.probe(), _write(store), store.migrate()):
        with pytest.raises(UnavailableError) as refused:
            await ask
        assert refused.value.why is Why.UNREACHABLE
    allow_connections(postgres, url, allowed=True)
    await store.probe()
    assert store.availability.why is None
    await _write(store)
    assert await _written(store) == 2
    await store.close()


async def test_one_who_is_cut_off_within_a_transaction_keeps_nothing_of_it(postgres: str) -> None:
    url = new_database(postgres)
    store = SqlStore(url, [vestfold()])
    await store.migrate()

    async def cut_off() -> None:
        async with store.begin(KEY) as work:
            await work.audit.add("kind", "subject", by=None, now=NOW)
            allow_connections(postgres, url, allowed=False)
            await work.audit.newest(1)

    with pytest.raises(UnavailableError):
        await cut_off()
    allow_connections(postgres, url, allowed=True)
    assert await _written(store) == 0
    await store.close()


async def test_the_shared_record_of_turns_says_that_it_is_gone_in_the_same_words(postgres: str) -> None:
    store = SqlStore("postgresql+psycopg://nobody:hemmelig@127.0.0.1:1/nothing", [vestfold()])
    assert store.turns is not None
    with pytest.raises(UnavailableError):
        await store.turns.take("tenant", (), "lane", ())
    await store.close()


async def test_waiting_for_ones_turn_is_no_fault_of_a_server_that_answers(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(silence, "PATIENCE", 0.0)
    monkeypatch.setattr(silence, "AGAIN", 0.0)
    store = SqlStore(new_database(postgres), [vestfold()])
    await store.migrate()
    async with store.begin(KEY):
        waiting = asyncio.create_task(_write(store))
        await asyncio.sleep(0.6)
        assert not waiting.done()
    await waiting
    assert await _written(store) == 1
    await store.close()


async def test_a_server_that_is_silent_is_asked_once_however_many_wait() -> None:
    asked = []

    def ping() -> bool:
        asked.append(1)
        return False

    clock = Clock()
    found = silence.Server(ping, clock)
    assert [found.answers() for _ in range(5)] == [True] * 5  # it is being found out
    assert found._asking is not None
    await found._asking
    assert not found.answers()
    assert (len(asked), found.is_gone) == (1, True)
    clock.now += silence.AGAIN
    assert not found.is_gone  # that holds no longer
    assert found.answers()
    assert found._asking is not None
    await found._asking
    assert not found.answers()
    assert len(asked) == 2


async def test_a_file_that_cannot_be_opened_is_out_of_reach(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    store = SqlStore(f"sqlite+aiosqlite:///{tmp_path}/file/test.db", [vestfold()])
    with pytest.raises(UnavailableError) as refused:
        await store.migrate()
    assert refused.value.why is Why.UNREACHABLE
    await store.close()


async def test_a_connection_that_was_opened_without_leave_to_write_is_not_kept(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite+aiosqlite:///{tmp_path}/test.db", [vestfold()])
    await store.migrate()
    async with store._engines.write.connect() as connection:
        await connection.exec_driver_sql("PRAGMA query_only=ON")
    with pytest.raises(UnavailableError) as refused:
        await _write(store)
    assert refused.value.why is Why.READ_ONLY
    await _write(store)
    assert await _written(store) == 1
    await store.close()


# Another process that writes


async def test_who_wants_to_write_waits_for_another_process_and_holds_nobody_up(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite+aiosqlite:///{tmp_path}/test.db", [vestfold()])
    await store.migrate()
    with closing(sqlite3.connect(tmp_path / "test.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(_write(store))
        for _ in range(5):
            await asyncio.sleep(0.05)
            assert await _written(store) == 0
        assert not writing.done()
        other.execute("COMMIT")
        await writing
    assert await _written(store) == 1
    await store.close()


async def test_one_that_writes_for_too_long_is_waited_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "PATIENCE_WITH_WRITERS", 0.2)
    store = SqlStore(f"sqlite+aiosqlite:///{tmp_path}/test.db", [vestfold()])
    await store.migrate()
    with closing(sqlite3.connect(tmp_path / "test.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for _ in range(3):
            with pytest.raises(UnavailableError) as refused:
                await _write(store)
            assert refused.value.why is Why.BUSY
            monkeypatch.setattr(engine, "PATIENCE_WITH_WRITERS", 10_000.0)
        other.execute("COMMIT")
    await store.probe()
    assert store.availability.why is None
    await _write(store)
    assert await _written(store) == 1
    await store.close()


# Which errors mean it


def _sqlite(code: int) -> OperationalError:
    error = sqlite3.OperationalError("…")
    error.sqlite_errorcode = code
    return OperationalError("SELECT 1", None, error)


def _postgres(state: str, kind: type[DBAPIError] = OperationalError) -> DBAPIError:
    return kind("SELECT 1", None, psycopg.errors.lookup(state)("…"))


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (_sqlite(sqlite3.SQLITE_FULL), Why.FULL),
        (_sqlite(sqlite3.SQLITE_IOERR_WRITE), Why.DISK),
        (_sqlite(sqlite3.SQLITE_IOERR_FSYNC), Why.DISK),
        (_sqlite(sqlite3.SQLITE_READONLY_DBMOVED), Why.READ_ONLY),
        (_sqlite(sqlite3.SQLITE_CANTOPEN), Why.UNREACHABLE),
        (_sqlite(sqlite3.SQLITE_BUSY), Why.BUSY),
        (_sqlite(sqlite3.SQLITE_ERROR), None),  # no such table
        (IntegrityError("INSERT", None, sqlite3.IntegrityError("…")), None),
        (_postgres("53100"), Why.FULL),
        (_postgres("25006", InternalError), Why.READ_ONLY),
        (_postgres("53300"), Why.BUSY),
        (_postgres("55P03"), Why.BUSY),
        (_postgres("55000"), Why.UNREACHABLE),
        (_postgres("57P01"), Why.UNREACHABLE),
        (_postgres("08006"), Why.UNREACHABLE),
        (_postgres("58030"), Why.DISK),
        (_postgres("40001"), None),
        (_postgres("40P01"), None),
        (_postgres("42P01", ProgrammingError), None),
        (_postgres("23505", IntegrityError), None),
        (OperationalError(None, None, psycopg.OperationalError("connection failed")), Why.UNREACHABLE),
        (NoConnectionError(), Why.BUSY),
        (UnavailableError(Why.FULL), Why.FULL),
        (ValueError(), None),
    ],
)
def test_what_an_error_says_of_the_database(error: Exception, why: Why | None) -> None:
    assert why_unavailable(error) is why


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_that_it_is_gone_is_told_once_until_it_is_back() -> None:
    clock, told = Clock(), list[Why]()
    seen = Availability(clock)
    seen.gone = told.append

    def fails(error: Exception) -> None:
        with pytest.raises(UnavailableError), seen.watched():
            raise error

    for error in (_postgres("57P01"), _postgres("08006"), _postgres("53100")):
        fails(error)
        clock.now += 1
    assert told == [Why.UNREACHABLE]
    assert (seen.why, seen.refused, seen.seconds) == (Why.FULL, 3, 3.0)
    assert not seen.took_something_in()  # it was full only just now
    clock.now += STEADY
    assert seen.took_something_in()
    assert (seen.why, seen.seconds) == (None, 0.0)
    fails(_postgres("57P01"))
    assert told == [Why.UNREACHABLE, Why.UNREACHABLE]
    assert seen.took_something_in()  # one that answers is there


def test_what_goes_wrong_with_a_question_says_nothing_of_the_database() -> None:
    seen = Availability()
    for error in (ValueError(), _sqlite(sqlite3.SQLITE_ERROR)):
        with pytest.raises(type(error)), seen.watched():
            raise error
    assert (seen.why, seen.refused) == (None, 0)
