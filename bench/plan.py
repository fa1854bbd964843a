"""`python -m bench.plan`: what `møteplan` and a person's calendar cost, alone and beside eighteen other communities.

Every community has 200 meetings. The figure to look at is the ratio: the others must not be noticed.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from functools import partial
from pathlib import Path

from bench import measure
from dialogs import router
from dialogs.calendar_feed import calendar
from dialogs.turn import Event, Place
from domain.community import Community
from domain.community_file import read_community
from domain.plan.changes import PlannedMeeting
from domain.plan.meeting import Meeting
from services import people
from services.messages import Address
from storage.store import SqlStore

EXAMPLE = Path(__file__).parents[1] / "examples/vestfold/community.yaml"
NOW = datetime(2024, 1, 8, 8, tzinfo=UTC)
MEETINGS, COMMUNITIES, TIMES, WARM_UP = 200, 19, 100, 5
WANTED = 1.5
PERSON, FEED = "larvik-sjef", "feed"


class Standing:
    """A clock that stands still."""

    def now(self) -> datetime:
        return NOW


async def main() -> bool:
    print(measure.machine())
    print(f"Median of {TIMES}, milliseconds; {MEETINGS} meetings a community, SQLite; wanted at most {WANTED:g}")
    print(f"{'':<12}{'alone':>8}{f'of {COMMUNITIES}':>8}{'ratio':>8}")
    good = True
    async with opened(1) as alone, opened(COMMUNITIES) as among:
        for name, ask in {"møteplan": plan, "calendar": feed}.items():
            one, other = await medians(partial(ask, alone), partial(ask, among))
            print(f"{name:<12}{one:>8.1f}{other:>8.1f}{other / one:>8.2f}")
            good = good and other / one <= WANTED
    return good


@asynccontextmanager
async def opened(communities: int) -> AsyncIterator[SqlStore]:
    example = read_community(EXAMPLE.read_text(encoding="utf-8"))
    known = [replace(example, key=f"c{number}") for number in range(communities)]
    with tempfile.TemporaryDirectory() as folder:
        store = SqlStore(f"sqlite+aiosqlite:///{folder}/bench.db", known)
        await store.open()
        for community in known:
            await filled(store, community)
        yield store
        await store.close()


async def plan(store: SqlStore) -> None:
    event = Event("e", Place(Address("teams", "t", "c")), text="møteplan")
    await router.answer(store, "c0", PERSON, event, NOW)


async def feed(store: SqlStore) -> None:
    async with store.read("c0") as work:
        assert await calendar(work, FEED, Standing())


async def filled(store: SqlStore, community: Community) -> None:
    async with store.begin(community.key) as work:
        await people.sync(work, NOW)
        for number in range(MEETINGS):
            day = date(2024, 1, 1) + timedelta(days=number)
            meeting = Meeting("SSU", day, day, clock_time(13), clock_time(15))
            await work.plan.put(PlannedMeeting(f"m{number}", meeting))
        await work.feeds.put(PERSON, FEED)


async def medians(*asks: Callable[[], Awaitable[None]]) -> list[float]:
    """Milliseconds of each. They take turns, so that whatever else the machine does meets them alike."""
    taken: list[list[float]] = [[] for _ in asks]
    for _ in range(TIMES + WARM_UP):
        for ask, times in zip(asks, taken, strict=True):
            start = time.perf_counter()
            await ask()
            times.append((time.perf_counter() - start) * 1000)
    return [statistics.median(times[WARM_UP:]) for times in taken]


if __name__ == "__main__":
    raise SystemExit(0 if asyncio.run(main()) else 1)
