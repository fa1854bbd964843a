"""The meeting of a community with sixty municipalities: every card fits, whatever was noted."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from domain.community import Community, Person, Role, Unit, UnitKind
from domain.meeting import MOST_NOTES, Note
from services import meeting
from services.ports import Work
from tests.documents.test_documents import docx_text
from tests.e2e.test_minutes import at, fetched, forges, links
from tests.harness import MUNICIPALITY, Town, everybody, running, vestfold
from tests.teams_double import LARGEST_CARD, TeamsDouble

TUESDAY = "2023-11-28"
MUCH = "Vi trenger flere plasser på kort varsel. " * 12
SIXTY = tuple(
    Unit(f"kommune-{n}", f"Langnavnet {n} kommune ved fjorden", UnitKind.MUNICIPALITY, 10_000) for n in range(60)
)


def large() -> Community:
    leaders = [p for p in vestfold().people if p.has(Role.COORDINATOR, Role.SECRETARIAT)]
    units = [
        Person(f"{role}-{n}", f"{role.capitalize()} {n}", f"{role}{n}@kommune.example", frozenset({role}), unit.key)
        for n, unit in enumerate(SIXTY)
        for role in (Role.RESPONDENT, Role.DEPUTY)
    ]
    return replace(vestfold(), units=SIXTY, people=(*leaders, *units))


async def note_much(work: Work, round_id: str, now: str) -> None:
    member = await work.people.get("samhandlingssjef")
    assert member is not None
    moment = datetime.fromisoformat(now)
    for n in range(MOST_NOTES):
        inputs = {"unit": SIXTY[n % 60].key, "kind": "decision", "text": f"{n}: {MUCH}"}
        assert isinstance(await meeting.note(work, member.person, round_id, inputs, moment, key=str(n)), Note)


async def test_every_card_of_a_large_meeting_fits(double: TeamsDouble, database: Path) -> None:
    community = large()
    people = everybody(double, community)
    async with running(database, [community], teams=double) as product:
        town = Town(product, double, people)
        await town.boss.says("koble", where=double.channel("Alle"))
        await town.start()
        await product.clock_to("2023-11-27T09:00:00+01:00")
        for n in range(60):
            answer = MUNICIPALITY | {"situasjon": ("green", "yellow", "red")[n % 3], "behov": MUCH[:500]}
            await town.answers(f"respondent-{n}", **answer)
        await product.clock_to(at("16:00"))
        round_id = (await product.round_of(TUESDAY))["id"]
        async with product.product.store.begin("vestfold") as work:
            await note_much(work, round_id, at("16:10"))
        everyone = ",".join(people)
        cards = [
            await forges(town.boss, "meeting.run", round=round_id),
            await forges(town.boss, "meeting.fill_present", round=round_id, guests="a" * 300),
            await forges(town.boss, "meeting.present", round=round_id, present=everyone, guests="a" * 300),
            await forges(town.boss, "meeting.notes", round=round_id),
            await forges(town.boss, "meeting.edit", round=round_id),
            await forges(town.boss, "meeting.note", round=round_id, text="Én for mye"),
        ]
        assert "ikke plass til flere notater" in json.dumps(cards[-1], ensure_ascii=False)
        await product.clock_to(at("17:00"))
        cards.append(await forges(town.boss, "minutes.open", round=round_id))
        cards.append(await forges(town.boss, "minutes.send", round=round_id, version=0))
        for n in range(20):
            await forges(people["respondent-1"], "minutes.comment", round=round_id, version=1, text=f"{n}" + "b" * 990)
        cards.append(await forges(people["respondent-1"], "minutes.open", round=round_id))
        cards.append(await forges(town.boss, "minutes.open", round=round_id))
        assert [len(json.dumps(card)) <= LARGEST_CARD for card in cards] == [True] * len(cards)
        assert "Notert" not in json.dumps(cards[-1])
        text = docx_text((await fetched(town, (await links(town.boss, round=round_id, version=1))["Word"]))[1])
        assert all(f"{n}: Vi trenger" in text for n in range(MOST_NOTES))
        assert not double.complaints
