"""The description of the HTTP interface leaves nothing out: whatever is answered stands in it."""

from __future__ import annotations

from typing import Any

from tests.e2e.acting import add
from tests.e2e.test_absence import away
from tests.e2e.test_api import described, valid
from tests.e2e.test_differences import everybody_answers, questions
from tests.harness import Json, Town

COMMUNITY = "/api/v1/communities/vestfold"
TUESDAY = "2023-11-28"


def closed(node: Any) -> Any:
    """The same description, with nothing allowed but what it names."""
    if isinstance(node, list):
        return [closed(one) for one in node]
    if not isinstance(node, dict):
        return node
    shut = {key: closed(value) for key, value in node.items()}
    return shut | ({"additionalProperties": False} if isinstance(node.get("properties"), dict) else {})


async def check(town: Town, document: Json) -> Json:
    """Everything that the interface answers, held against its description; the round of Tuesday."""
    for part in ("rounds", "actions", "plan"):
        status, answer = await town.product.get(f"{COMMUNITY}/{part}")
        assert status == 200
        valid(document, f"/api/v1/communities/{{community}}/{part}", "200", answer)
    return await town.product.round_of(TUESDAY)


async def test_nothing_is_answered_that_is_not_described(prompted: Town) -> None:
    document: Json = closed(await described(prompted.product))
    larvik = prompted["larvik-sjef"]
    await everybody_answers(prompted, without="horten")
    await away(prompted, "horten-sjef", deputy="-")
    await add(prompted, "larvik-sjef")
    await prompted.product.clock_to("2023-11-27T09:10:00+01:00")
    await larvik.presses(questions(larvik)[0], "difference.stands", reason="bosted", because="Én bor i Horten")
    round_ = await check(prompted, document)
    assert round_["discrepancies"][0]["outcomes"]
    assert round_["reports"][0]["away"]
    assert round_["actions"]
    await larvik.says("status")
    await larvik.presses(larvik.last_card, "status.submit", overliggere="4")
    assert (await check(prompted, document))["discrepancies_cleared"]
    await prompted.product.clock_to("2023-11-28T17:00:00+01:00")
    assert (await check(prompted, document))["sealed"]["discrepancies_cleared"]
