"""The log: lines about one thing are found by one word, from what set it going to what was delivered."""

from __future__ import annotations

import errno
import io
import json
import os
import re
from collections.abc import Iterator

import pytest
import structlog

from bot import logs
from services import trace
from tests.harness import MUNICIPALITY, Town


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    text = io.StringIO()
    before = structlog.get_config()
    monkeypatch.setattr("sys.stderr", text)
    logs.configure("json")
    monkeypatch.undo()
    structlog.configure(cache_logger_on_first_use=False)
    yield text
    structlog.configure(**before)


def test_a_line_bears_what_set_it_going_and_nothing_where_nothing_did(lines: io.StringIO) -> None:
    log = structlog.get_logger()
    with trace.begun("abc"):
        log.info("within")
    log.info("without")
    within, without = (json.loads(line) for line in lines.getvalue().splitlines())
    assert within["trace"] == "abc"
    assert "trace" not in without


async def test_a_delivery_bears_the_due_work_or_the_request_that_put_it_in_the_outbox(prompted: Town) -> None:
    store = prompted.product.product.store
    await prompted["larvik-sjef"].says("status")
    await prompted.answers("larvik-sjef", **MUNICIPALITY)
    async with store.read("vestfold") as work:
        mine = await work.outbox.for_person("larvik-sjef", 10, prompted.product.product.clock.now())
    prompt = next(e for e in mine if e.message.template == "status.prompt")
    assert re.fullmatch(r"round:[^:]+:prompt", prompt.trace)
    announced = next(e for e in mine if e.message.template.startswith("period."))
    assert re.fullmatch(r"[0-9a-f]{12}", announced.trace)


class NoRoom(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_log_without_room_undoes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = structlog.get_config()
    monkeypatch.setattr("sys.stderr", NoRoom())
    logs.configure("json")
    structlog.configure(cache_logger_on_first_use=False)
    try:
        structlog.get_logger().info("delivered", message=1)
    finally:
        structlog.configure(**before)
