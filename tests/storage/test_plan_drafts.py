"""What was read out of files, on every storage engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

from domain.plan.meeting import Doubt, Doubtful, FileDeadline, Meeting, ReadPlan
from services.ports import PlanDraft
from storage.store import SqlStore

NOW = datetime(2024, 1, 8, 9, tzinfo=UTC)
PLAN = ReadPlan(
    (Meeting("SSU", date(2024, 2, 29), date(2024, 3, 1), time(13), None, "Rådhuset", "horten", "C4"),),
    (Doubt("line 7", "30", Doubtful.NO_TIME, "PM 2024-05-30"),),
    (FileDeadline("Høringsfrist", date(2024, 4, 12), "line 9"),),
)
DRAFT = PlanDraft("a", "sekretariat", "plan.docx", NOW, PLAN)


async def test_a_persons_last_file_takes_the_place_of_the_one_before_until_it_is_removed(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        assert await work.plan_drafts.of("sekretariat") is None
        await work.plan_drafts.put(replace(DRAFT, id="first", plan=ReadPlan()))
    async with store.begin("vestfold") as work:
        await work.plan_drafts.put(DRAFT)
        await work.plan_drafts.put(replace(DRAFT, person="samhandlingssjef"))
    async with store.begin("vestfold") as work:
        assert await work.plan_drafts.of("sekretariat") == DRAFT
        await work.plan_drafts.remove("sekretariat")
    async with store.read("vestfold") as work:
        assert await work.plan_drafts.of("sekretariat") is None
        assert await work.plan_drafts.of("samhandlingssjef") is not None


async def test_another_community_sees_nothing_of_it(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.plan_drafts.put(DRAFT)
    async with store.begin("nabo") as work:
        assert await work.plan_drafts.of("sekretariat") is None
        await work.plan_drafts.remove("sekretariat")
    async with store.read("vestfold") as work:
        assert await work.plan_drafts.of("sekretariat") == DRAFT
