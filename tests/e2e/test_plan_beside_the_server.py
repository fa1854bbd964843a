"""A plan that the administrator imports while the server runs: the next who asks sees it, whatever was asked before."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.command_line import EXAMPLE, samhandling
from tests.harness import ROOT, everybody, running
from tests.teams_double import CARD, TeamsDouble, TeamsPerson, readable

NOW = "2024-01-08T09:00:00+01:00"
FILE = ROOT / "examples/vestfold/moteplan-2024.txt"


async def agenda_of(person: TeamsPerson) -> str:
    await person.says("saksliste SSU")
    return "\n".join(readable({"attachments": [{"contentType": CARD, "content": person.last_card.card}]}))


async def test_an_imported_plan_is_seen_at_the_next_question(double: TeamsDouble, database: Path) -> None:
    async with running(database, now=NOW, teams=double) as product:
        larvik = everybody(double)["larvik-sjef"]
        assert "29. februar" not in await agenda_of(larvik)
        _, answer = await product.get("/api/v1/communities/vestfold/plan")
        assert answer["meetings"] == []
        given = ("plan", "import", str(FILE), "--community", str(EXAMPLE), "--yes")
        url = f"sqlite+aiosqlite:///{database}"
        done = await asyncio.to_thread(samhandling, database.parent, *given, DATABASE_URL=url)
        assert done.returncode == 0, done.stderr
        assert "29. februar" in await agenda_of(larvik)
        _, answer = await product.get("/api/v1/communities/vestfold/plan")
        assert "2024-02-29" in [meeting["date"] for meeting in answer["meetings"]]
