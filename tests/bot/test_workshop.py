"""The process beside the product: jobs are done in it, one at a time, and it is never in the way."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from bot.documents.context import Format
from bot.documents.render import Order, render
from bot.trend_chart import png
from bot.workshop import DiedError, FullError, JobError, TooLongError, Workshop
from tests.bot.test_trend_chart import CHART
from tests.documents.samples import minutes

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def opened(**options: Any) -> AsyncIterator[Workshop]:
    workshop = Workshop(**options)
    try:
        yield workshop
    finally:
        await workshop.stop()


def wrong(text: str) -> None:
    raise ValueError(text)


def noisy() -> str:
    print("to standard output")
    return "done"


async def test_a_job_is_done_in_another_process_and_its_answer_comes_back() -> None:
    async with opened() as workshop:
        assert workshop.pid is None  # nothing is started that nobody asked for
        pid = await workshop.do(os.getpid)
        assert pid == workshop.pid != os.getpid()
        assert await workshop.do(sorted, [3, 1, 2]) == [1, 2, 3]
        assert await workshop.do(os.getpid) == pid


async def test_one_that_started_from_nothing_draws_all_that_the_product_has_drawn() -> None:
    """In other tests it is forked from a process that has imported everything."""
    async with opened() as workshop:
        assert (await workshop.do(png, CHART)).startswith(b"\x89PNG")
        for form in Format:
            assert (await workshop.do(render, Order(form, "minutes", "nb", minutes()))).content


async def test_a_large_answer_comes_whole() -> None:
    async with opened() as workshop:
        assert await workshop.do(bytes, 5_000_000) == bytes(5_000_000)


async def test_what_a_job_prints_is_not_taken_for_its_answer() -> None:
    async with opened() as workshop:
        assert await workshop.do(noisy) == "done"


async def test_a_job_that_raises_says_what_and_the_next_one_is_done() -> None:
    async with opened() as workshop:
        with pytest.raises(JobError, match="ValueError: no such thing"):
            await workshop.do(wrong, "no such thing")
        assert await workshop.do(abs, -1) == 1


async def test_a_job_that_takes_too_long_is_ended() -> None:
    async with opened(longest_job=2) as workshop:
        with pytest.raises(TooLongError):
            await workshop.do(time.sleep, 60)
        assert workshop.pid is None
        assert await workshop.do(abs, -1) == 1


async def test_a_process_that_dies_of_a_job_is_replaced() -> None:
    async with opened() as workshop:
        with pytest.raises(DiedError):
            await workshop.do(os._exit, 3)
        assert await workshop.do(abs, -1) == 1


async def test_a_process_that_was_killed_while_idle_costs_no_job() -> None:
    async with opened() as workshop:
        first = await workshop.do(os.getpid)
        psutil.Process(first).kill()
        assert await workshop.do(os.getpid) != first


async def test_many_jobs_are_each_given_their_own_answer() -> None:
    async with opened() as workshop:
        assert await asyncio.gather(*(workshop.do(abs, -n) for n in range(50))) == list(range(50))


async def test_no_more_wait_than_may() -> None:
    async with opened(most_waiting=3) as workshop:
        found = await asyncio.gather(*(workshop.do(abs, -n) for n in range(5)), return_exceptions=True)
    assert [type(one) for one in found] == [int, int, int, FullError, FullError]


async def test_a_job_that_nobody_waits_for_any_more_gives_the_next_one_no_wrong_answer() -> None:
    async with opened() as workshop:
        await workshop.do(abs, 0)
        waiting = asyncio.create_task(workshop.do(time.sleep, 60))
        await asyncio.sleep(0.05)
        waiting.cancel()
        assert await workshop.do(abs, -7) == 7


async def test_the_process_ends_when_there_was_nothing_to_do_for_a_while() -> None:
    async with opened(idle=0.2) as workshop:
        first = await workshop.do(os.getpid)
        await asyncio.to_thread(psutil.Process(first).wait, 10)
        assert workshop.pid is None
        assert await workshop.do(os.getpid) != first


async def test_nothing_is_left_when_it_stops_in_the_middle_of_a_job() -> None:
    workshop = Workshop()
    first = await workshop.do(os.getpid)
    under_way = asyncio.create_task(workshop.do(time.sleep, 60))
    await asyncio.sleep(0.05)
    await workshop.stop()
    assert not psutil.pid_exists(first)
    with pytest.raises(DiedError):
        await under_way
    with pytest.raises(DiedError):
        await workshop.do(abs, -1)


def test_the_products_own_process_imports_nothing_of_what_is_heavy() -> None:
    heavy = "matplotlib", "numpy", "typst", "docx", "docxtpl", "openpyxl", "lxml"
    code = f"import sys, bot.server; print(*[name for name in {heavy!r} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", cwd=ROOT, check=True)
    assert found.stdout.split() == []
