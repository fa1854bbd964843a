"""The meetings of the plan, on every storage engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

from domain.plan.changes import PlannedMeeting
from domain.plan.meeting import Meeting
from services import meeting_plan
from storage.store import SqlStore

NOW = datetime(2023, 11, 27, 8, tzinfo=UTC)
FILE = Meeting("SSU", date(2024, 2, 22), date(2024, 2, 22), time(13), time(15, 30), "Rom 3", "SiV", "line 6")
TWO_DAYS = Meeting("FSU", date(2024, 1, 30), date(2024, 2, 1))


async def test_a_meeting_comes_back_as_it_was_put(store: SqlStore) -> None:
    one = PlannedMeeting("a", replace(FILE, date=date(2024, 2, 29), end_date=date(2024, 2, 29)), FILE, 2)
    by_hand = PlannedMeeting("b", TWO_DAYS)
    async with store.begin("vestfold") as work:
        await work.plan.put(one)
        await work.plan.put(by_hand)
    async with store.read("vestfold") as work:
        assert list(await work.plan.all()) == [by_hand, one]
        assert await work.plan.get("a") == one
        assert await work.plan.get("c") is None


async def test_putting_again_changes_it(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.plan.put(PlannedMeeting("a", FILE, FILE))
    gone = PlannedMeeting("a", replace(FILE, place=None, end=None), None, 1, NOW)
    async with store.begin("vestfold") as work:
        await work.plan.put(gone)
    async with store.read("vestfold") as work:
        assert await work.plan.all() == [gone]


async def test_what_is_over_or_cancelled_is_not_to_come(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.plan.put(PlannedMeeting("a", TWO_DAYS))
        await work.plan.put(PlannedMeeting("b", FILE))
        await work.plan.put(PlannedMeeting("c", FILE, cancelled_at=NOW))
    async with store.read("vestfold") as work:
        for day, expected in ((1, ["a", "b"]), (2, ["b"]), (22, ["b"]), (23, [])):
            assert [p.id for p in await work.plan.ending_from(date(2024, 2, day))] == expected


async def test_another_community_sees_nothing_of_it(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.plan.put(PlannedMeeting("a", FILE, FILE))
    async with store.begin("nabo") as work:
        assert await work.plan.all() == []
        assert await work.plan.get("a") is None
        assert await work.plan.ending_from(date(2024, 1, 1)) == []
        await work.plan.put(PlannedMeeting("a", TWO_DAYS))
    async with store.read("vestfold") as work:
        assert await work.plan.get("a") == PlannedMeeting("a", FILE, FILE)


async def test_every_change_is_on_record_and_what_is_kept_is_none(store: SqlStore) -> None:
    moved = replace(FILE, date=date(2024, 2, 29), end_date=date(2024, 2, 29))
    kinds = []
    for file in ([FILE], [moved], [moved], [replace(moved, date=date(2024, 12, 5), end_date=date(2024, 12, 5))]):
        async with store.begin("vestfold") as work:
            await meeting_plan.store(work, await meeting_plan.compare(work, file), by="sekretariat", now=NOW)
            told = [entry.kind for entry in await work.audit.newest(10)][::-1]
            kinds.append([kind for kind in told if kind.startswith("meeting.")])
    assert kinds[0] == ["meeting.added"]
    assert kinds[2] == ["meeting.added", "meeting.moved"]
    assert sorted(kinds[3][2:]) == ["meeting.added", "meeting.cancelled"]
    async with store.read("vestfold") as work:
        [planned, other] = await work.plan.all()
        entry = (await work.audit.about(f"planned:{planned.id}"))[1]
        assert (planned.sequence, other.sequence) == (2, 0)
    assert (entry.by, entry.details["before"], entry.details["after"]) == (
        "sekretariat",
        meeting_plan.meeting_json(FILE),
        meeting_plan.meeting_json(moved),
    )
