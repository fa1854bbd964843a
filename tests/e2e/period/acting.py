"""What tests of a demanding period do again and again, and when it is."""

from __future__ import annotations

from tests.harness import MUNICIPALITY, TOWNS, Town, clinic

MONDAY_9 = "2023-11-27T09:00:00+01:00"

TUESDAY = "2023-11-28"


def at(hour: str, day: str = TUESDAY) -> str:
    return f"{day}T{hour}:00+01:00"


async def everybody_answers(town: Town, **of_municipalities: str) -> None:
    for key in TOWNS:
        await town.answers(f"{key}-sjef", **MUNICIPALITY | of_municipalities)
    for key in ("medisin", "kirurgi", "kpa", "kfmr"):
        await town.answers(f"{key}-sjef", **clinic(larvik=1, horten=int(key == "medisin") * 3))
    await town.answers("prehospital-sjef", situasjon="green", bemanning="green")
