"""What tests about actions do in Teams again and again."""

from __future__ import annotations

from tests.harness import Town
from tests.teams_double import CARD, Json, Message, TeamsPerson, readable

REMINDER = "Påminnelse om et tiltak"
FORM = {"text": "Åpner 4 korttidsplasser", "owner": "larvik", "due": "2023-12-01"}


def words(card: Json) -> str:
    return "\n".join(readable({"attachments": [{"contentType": CARD, "content": card}]}))


def at(day: str, hour: str = "09:00", offset: str = "+01:00") -> str:
    return f"{day}T{hour}:00{offset}"


async def add(town: Town, who: str, **inputs: str) -> Message:
    """Somebody adds an action by the form; the message that the form was."""
    [form] = await town[who].says("tiltak")
    await town[who].presses(form, "action.add", **(FORM | inputs))
    return form


async def actions(town: Town) -> list[Json]:
    status, answer = await town.product.get("/api/v1/communities/vestfold/actions")
    assert status == 200
    found: list[Json] = answer["actions"]
    return found


async def the_action(town: Town) -> Json:
    [found] = await actions(town)
    return found


async def opens(person: TeamsPerson) -> Message:
    """The person's list, and on it the first action by itself."""
    [listed] = await person.says("tiltak")
    await person.presses(listed, "action.show")
    return listed
