"""What the log tells of an error: where, and never what somebody wrote."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy.exc import IntegrityError

from bot import logs as product_logs
from services.ports import ApiToken
from storage.store import SqlStore
from tests.builders import local, vestfold

SECRET = "Hemmelig"
THURSDAY = local(2023, 11, 23, 9)


def fails(said: str) -> None:
    try:
        raise KeyError(said)
    except KeyError:
        raise ValueError(f"Invalid isoformat string: {said}") from None


def fails_twice(said: str) -> None:
    try:
        fails(said)
    except ValueError as exc:
        raise RuntimeError(said) from exc


async def test_an_error_is_told_by_what_it_is_and_where_without_its_words(logs: io.StringIO) -> None:
    log: Any = structlog.get_logger()
    try:
        fails_twice(SECRET)
    except RuntimeError:
        log.exception("request_failed")
        logging.getLogger("library").exception("Error handling request")
    text = logs.getvalue()
    assert SECRET not in text
    assert text.count("builtins.RuntimeError") == 2
    assert text.count("builtins.ValueError") == 2
    assert text.count("KeyError") == 0
    assert "in fails_twice" in text


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(28, "No space left on device", f"/data/{SECRET}"), "OSError: No space left on device"),
        (sqlite3.OperationalError("database is locked"), "OperationalError: database is locked"),
        (ConnectionRefusedError(111, "Connection refused"), "ConnectionRefusedError: Connection refused"),
    ],
)
def test_what_the_machine_says_is_told(error: Exception, words: str) -> None:
    assert product_logs.told(error).endswith(words)


def test_a_long_chain_of_causes_is_told_in_part() -> None:
    error: Exception = ValueError(SECRET)
    for _ in range(50):
        later = RuntimeError(SECRET)
        later.__cause__ = error
        error = later
    assert product_logs.told(error).count("RuntimeError") == product_logs.MOST_CAUSES


async def test_the_databases_errors_bear_no_values(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite+aiosqlite:///{tmp_path}/test.db", [vestfold()])
    await store.open()
    async with store.begin("vestfold") as work:
        await work.tokens.add(ApiToken(SECRET, SECRET, SECRET, THURSDAY))
        with pytest.raises(IntegrityError) as caught:
            await work.tokens.add(ApiToken("2", SECRET, SECRET, THURSDAY))
    assert SECRET not in str(caught.value)
    await store.close()


async def test_what_goes_wrong_in_the_background_is_logged_without_its_words(logs: io.StringIO) -> None:
    loop = asyncio.get_running_loop()
    product_logs.watch_tasks(loop)
    try:
        loop.call_soon(fails, SECRET)
        await asyncio.sleep(0.01)
    finally:
        loop.set_exception_handler(None)
    assert "background_failed" in logs.getvalue()
    assert "builtins.ValueError" in logs.getvalue()
    assert SECRET not in logs.getvalue()


@pytest.mark.parametrize("form", ["console", "json"])
def test_both_forms_leave_the_words_out(form: Any, capsys: pytest.CaptureFixture[str]) -> None:
    before = structlog.get_config()
    try:
        product_logs.configure(form)
        try:
            fails(SECRET)
        except ValueError:
            structlog.get_logger().exception("request_failed", route="/calendar/{token}.ics")
    finally:
        structlog.configure(**before)
    text = capsys.readouterr().err
    assert "request_failed" in text
    assert "builtins.ValueError" in text
    assert SECRET not in text
    if form == "json":
        assert json.loads(text)["route"] == "/calendar/{token}.ics"
