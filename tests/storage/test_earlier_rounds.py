"""What the trend asks of the rounds before one, on every engine."""

from __future__ import annotations

from datetime import timedelta

from services.messages import Json
from services.ports import Sealed
from storage.store import SqlStore
from tests.builders import period, round_

FIRST = round_()
WEEK = timedelta(weeks=1)
TOTALS: dict[str, Json] = {"overliggere": 16, "korttid_ledig": 0}
CONTENT: dict[str, Json] = {"totals": TOTALS, "reports": [{"unit": "larvik", "values": {"behov": "x"}}]}


async def five_weeks(store: SqlStore) -> None:
    """Rounds 0 to 4, a week apart; the third is cancelled, all but the last are sealed."""
    async with store.begin("vestfold") as work:
        await work.periods.add(period())
        for n in range(5):
            await work.rounds.add(round_(id=f"r{n}", meeting_at=FIRST.meeting_at + n * WEEK))
        await work.rounds.cancel(["r2"], FIRST.opens_at)
        for n in (0, 1, 3):
            await work.rounds.seal(f"r{n}", Sealed(FIRST.meeting_at + n * WEEK, CONTENT))


async def test_the_meetings_before_one_come_in_order_without_cancelled_ones(store: SqlStore) -> None:
    await five_weeks(store)
    last = round_(id="r4", meeting_at=FIRST.meeting_at + 4 * WEEK)
    async with store.read("vestfold") as work:
        assert [r.id for r in await work.rounds.earlier(last, 7)] == ["r0", "r1", "r3"]
        assert [r.id for r in await work.rounds.earlier(last, 2)] == ["r1", "r3"]
        assert await work.rounds.earlier(FIRST, 7) == []


async def test_between_two_instants_cancelled_ones_are_there_too(store: SqlStore) -> None:
    await five_weeks(store)
    async with store.read("vestfold") as work:
        found = await work.rounds.within(FIRST.meeting_at + WEEK, FIRST.meeting_at + 3 * WEEK)
    assert [(r.id, r.cancelled_at is not None) for r in found] == [("r1", False), ("r2", True), ("r3", False)]


async def test_the_next_meeting_of_a_period_is_the_first_that_was_not_cancelled(store: SqlStore) -> None:
    await five_weeks(store)
    async with store.read("vestfold") as work:
        found = await work.rounds.following("period-1", FIRST.meeting_at + WEEK)
        assert found is not None
        assert found.id == "r3"
        assert await work.rounds.following("period-1", FIRST.meeting_at + 4 * WEEK) is None
        assert await work.rounds.following("another", FIRST.meeting_at) is None


async def test_the_totals_of_what_was_sealed_come_alone(store: SqlStore) -> None:
    await five_weeks(store)
    async with store.read("vestfold") as work:
        assert await work.rounds.sealed_totals(["r1", "r4", "no-such"]) == {"r1": TOTALS}
        assert await work.rounds.sealed_totals([]) == {}


async def test_another_community_sees_none_of_it(store: SqlStore) -> None:
    await five_weeks(store)
    last = round_(id="r4", meeting_at=FIRST.meeting_at + 4 * WEEK)
    async with store.read("nabo") as work:
        assert await work.rounds.earlier(last, 7) == []
        assert await work.rounds.following("period-1", FIRST.opens_at) is None
        assert await work.rounds.within(FIRST.meeting_at, last.meeting_at) == []
        assert await work.rounds.sealed_totals(["r0", "r1"]) == {}
