"""What tests about an organ's notice and minutes begin from: SSU's meeting of 29 February 2024, its plan and cases."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from domain.agenda import Case, CaseKind, CaseText, Paper
from domain.community import Community
from services import agenda
from services.agenda import NewCase
from tests.harness import Town, vestfold

JANUARY = "2024-01-08T09:00:00+01:00"
SSU_DAY = "2024-02-29"
MEMBERS = frozenset({"sekretariat", "samhandlingssjef", "horten-sjef", "larvik-sjef", "medisin-sjef"})


def with_members(members: frozenset[str] = MEMBERS) -> Community:
    """Vestfold, where the file says who is in SSU."""
    forums = vestfold().forums
    return replace(vestfold(), forums=(replace(forums[0], members=members), *forums[1:]))


async def ssu_meeting(town: Town) -> str:
    """The plan's id of SSU's next meeting."""
    _, answer = await town.product.get("/api/v1/communities/vestfold/plan")
    found: str = next(m["id"] for m in answer["meetings"] if m["forum"] == "SSU" and m["date"] >= SSU_DAY)
    return found


async def reported(town: Town, title: str, *, by: str = "sekretariat", forum: str = "SSU", **more: Any) -> Case:
    """A case on the agenda of the organ's next meeting."""
    said = replace(CaseText(title, (CaseKind.DISCUSSION,), by), **more)
    store, now = town.product.product.store, town.product.product.clock.now()
    person = next(p for p in vestfold().people if p.key == by)
    async with store.begin("vestfold") as work:
        return await agenda.report(work, person, NewCase(forum, said), now, key=f"{title}:{now}")


async def two_cases(town: Town) -> list[Case]:
    """Larvik's for discussion with two papers, Horten's for decision with a proposal."""
    papers = (Paper("Tall for 2023", "https://siv.example/tall"), Paper("", "https://siv.example/notat?a=1&b=2"))
    one = await reported(town, "Styringsdata", by="larvik-sjef", about="Hva sier tallene?", papers=papers)
    decided: dict[str, Any] = {"kinds": (CaseKind.DECISION, CaseKind.DIALOGUE), "proposal": "Planen godkjennes"}
    return [one, await reported(town, "Ferieplan", by="horten-sjef", **decided)]
