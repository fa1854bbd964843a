"""A community larger than any there is."""

from __future__ import annotations

import json
import re
from pathlib import Path

from domain.community import Community
from domain.community_file import read_community
from tests.e2e.acting import words
from tests.e2e.period.acting import MONDAY_9, at
from tests.harness import FIRST_PERIOD, ROOT, everybody, running
from tests.teams_double import LARGEST_CARD, Json, TeamsDouble


def large_community(municipalities: int = 24, clinics: int = 6) -> Community:
    """As large as any in Norway, asked what Vestfold is asked."""
    example = (ROOT / "examples/vestfold/community.yaml").read_text(encoding="utf-8")
    units = [
        f"  - {{key: k{n:02}, name: Nordre Storfjord kommune {n}, kind: municipality}}" for n in range(municipalities)
    ]
    units += [f"  - {{key: s{n:02}, name: Klinikk for fagområde {n}, kind: clinic}}" for n in range(clinics)]
    people = ["  - {key: samhandlingssjef, name: Samhandlingssjef, email: sjef@stor.example, roles: [coordinator]}"]
    people += [
        f"  - {{key: {u}-sjef, name: Sjef {u}, email: {u}@stor.example, unit: {u}, roles: [respondent]}}"
        for u in re.findall(r"key: ([ks]\d\d),", "\n".join(units))
    ]
    text = re.sub(
        r"(?ms)^units:.*?^people:.*?^operational_meeting:",
        f"units:\n{NL.join(units)}\n\npeople:\n{NL.join(people)}\n\noperational_meeting:",
        example,
    )
    text = text.replace("key: vestfold", "key: stor").replace(", except: [prehospital]", "")
    text = text.replace("[SiV, horten, SiV, tonsberg]", "[SiV, k00]")
    return read_community(text, source="stor.yaml")


NL = "\n"


async def test_the_summary_of_a_large_community_with_long_texts_fits_in_a_card(
    double: TeamsDouble, database: Path
) -> None:
    community = large_community()
    people = everybody(double, community)
    assert len(community.units_asked) == 30
    async with running(database, [community], teams=double) as product:
        boss, channel = people["samhandlingssjef"], double.channel("Stor")
        await boss.says("koble", where=channel)
        await boss.says("krise")
        await boss.presses(boss.last_card, "period.start", **FIRST_PERIOD)
        await product.clock_to(MONDAY_9)
        for n, unit in enumerate(community.units):
            person = people[f"{unit.key}-sjef"]
            required = {k: fitting(f) for k, f in person.last_card.inputs.items() if f.get("isRequired")}
            text = ("🚑🧑‍⚕️ «Trenger hjelp» & *mer* " * 40)[:500] if n % 2 else "æøå " * 125
            card = await person.presses(person.last_card, "status.submit", **required, behov=text)
            assert "Mottatt" in words(card)
        await product.clock_to(at("15:30"))
        summary = channel.last
        assert len(json.dumps(summary.card)) <= LARGEST_CARD
        for unit in community.units:
            assert unit.name in summary.text
        assert "Overliggere (våre pasienter): 168" in summary.text


def fitting(field: Json) -> str:
    return "red" if field["type"] == "Input.ChoiceSet" else "7"
