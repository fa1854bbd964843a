"""What holds whatever has become of the database, for each kind of it to be shown with real processes and real HTTP."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import aiohttp

from tests.e2e.served import LARVIK, MONDAY, Served, TakeAway
from tests.harness import MUNICIPALITY, Json
from tests.teams_double import CARD, buttons_of, inputs_of, readable

NOT_STORED = "Svaret ble ikke lagret. Prøv igjen om litt."
SEND = "Send status"
NUMBER = "13097248022"
"""A synthetic identity number."""


def words(card: Json) -> str:
    return "\n".join(readable({"attachments": [{"contentType": CARD, "content": card}]}))


async def an_answer_on_teams_comes_back_as_it_was_typed(served: Served, take_away: TakeAway) -> None:
    """And is stored once when the same card is sent again."""
    await served.prompted()
    prompt = served.larvik.last_card
    typed = MUNICIPALITY | {"behov": "Flere senger i helgen"}
    with served.without(take_away(served)):
        card = await served.larvik.presses(prompt, "status.submit", **typed)
        assert NOT_STORED in words(card)
        assert {key: shown["value"] for key, shown in inputs_of(card).items() if key in typed} == typed
        [again] = buttons_of(card)
        assert again["verb"] == "status.submit"
    await served.ready()
    assert (await served.report())["revision"] == 0
    receipt = await served.larvik.presses(prompt, "status.submit")
    assert "Flere senger i helgen" in words(receipt)
    report = await served.report()
    assert (report["revision"], report["values"]["overliggere"]) == (1, 3)


async def an_identity_number_does_not_come_back(served: Served, take_away: TakeAway) -> None:
    await served.prompted()
    with served.without(take_away(served)):
        card = await served.larvik.presses(
            served.larvik.last_card, "status.submit", **MUNICIPALITY | {"behov": f"Gjelder {NUMBER}"}
        )
        shown = {key: found.get("value", "") for key, found in inputs_of(card).items()}
        assert (shown["behov"], shown["overliggere"]) == ("", "3")
        assert NUMBER not in served.double.everything_sent()
    await served.ready()
    assert NUMBER not in served.process.log.read_text(encoding="utf-8")


async def another_press_on_teams_can_be_made_again_from_its_answer(served: Served, take_away: TakeAway) -> None:
    await served.prompted()
    prompt = served.larvik.last_card
    with served.without(take_away(served)):
        card = await served.larvik.presses(prompt, "status.submit", **MUNICIPALITY)
    await served.ready()
    await served.larvik.presses(prompt, "status.submit")
    with served.without(take_away(served)):
        card = await served.larvik.presses(prompt, "status.open")
        assert NOT_STORED in words(card)
        assert [button["verb"] for button in buttons_of(card)] == ["status.open"]
    await served.ready()
    form = await served.larvik.presses(prompt, "status.open")
    assert inputs_of(form)["overliggere"]["value"] == "3"


async def the_older_way_to_press_is_answered_with_a_message(served: Served, take_away: TakeAway) -> None:
    await served.prompted()
    prompt = served.larvik.last_card
    with served.without(take_away(served)):
        before = len(served.larvik.messages)
        await served.larvik.submits(prompt, "status.submit", **MUNICIPALITY)
        await served.double.until(lambda: len(served.larvik.messages) > before)
        [told] = served.larvik.messages[before:]
        assert NOT_STORED in told.text
        assert told.inputs["overliggere"]["value"] == "3"
        assert "status.submit" in prompt.actions  # it lies where it lay
    await served.ready()
    assert (await served.report())["revision"] == 0


async def a_form_on_the_page_comes_back_as_it_was_typed(served: Served, take_away: TakeAway) -> None:
    await served.prompted()
    async with served.browser() as site:
        page = await site.sign_in("Kommunalsjef Larvik")
        with served.without(take_away(served)):
            page = await site.press(page, SEND, **MUNICIPALITY, behov="Flere senger")
            assert page.status == 503
            assert NOT_STORED in page.text
            kept = page.form(SEND)
            typed = MUNICIPALITY | {"behov": "Flere senger"}
            assert {key: kept.values(key) for key in typed} == {key: [value] for key, value in typed.items()}
        await served.ready()
        assert (await served.report())["revision"] == 0
        answered = await site.press(page, SEND)
        assert answered.status == 200
        assert "Flere senger" in answered.text
        # The same once more, as a browser sends it that is told to reload: it is one answer.
        await site.press(page, SEND)
        assert (await served.report())["revision"] == 1


async def what_was_written_on_the_page_comes_back(served: Served, take_away: TakeAway) -> None:
    async with served.browser() as site:
        page = await site.sign_in("Kommunalsjef Larvik")
        with served.without(take_away(served)):
            page = await site.say(page, "vara")
            assert page.status == 503
            assert "Det du skrev, ble ikke lagret. Prøv igjen om litt." in page.text
            assert page.form("Send").values("_text") == ["vara"]
            home = await site.get()
            assert home.status == 503
            assert "Siden kan ikke vises akkurat nå. Prøv igjen om litt." in home.text
        await served.ready()
        assert (await site.press(page, "Send")).status == 200


async def other_programs_are_told_to_come_again(served: Served, take_away: TakeAway) -> None:
    with served.without(take_away(served)):
        for path in ("/api/v1/communities/vestfold/rounds", "/api/v1/communities/vestfold/actions"):
            status, text, headers = await served.get(path)
            assert status == 503
            assert int(headers["Retry-After"]) > 0
            assert "database" in text
            assert "Traceback" not in text


async def what_falls_due_meanwhile_is_done_once_afterwards(served: Served, take_away: TakeAway) -> None:
    await served.begin()
    with served.without(take_away(served)):
        status, _ = await served.post("/dev/clock", {"now": MONDAY})
        assert status == 503
        await asyncio.sleep(2.5)  # two looks of whoever looks every second
        assert served.prompts() == []
    await served.ready()
    assert (await served.clock_to(MONDAY))["pending"] == 0
    assert len(served.prompts()) == 1


async def what_was_sent_is_not_sent_again_because_that_could_not_be_written_down(
    served: Served, take_away: TakeAway
) -> None:
    await served.begin()
    arrived = served.double.holds(served.larvik)
    served.double.settle = None
    moving = asyncio.create_task(served.post("/dev/clock", {"now": MONDAY}))
    [held] = served.double.faults
    for _ in range(600):
        await asyncio.sleep(0.05)
        if held.seen:
            break
    await asyncio.sleep(0.3)  # what the others get is written down
    with served.without(take_away(served)):
        arrived.set()
        await served.double.until(lambda: bool(served.prompts()))
        await served.unready()
        await asyncio.sleep(2.5)
    await served.ready()
    with suppress(aiohttp.ClientError):
        await moving
    assert (await served.clock_to(MONDAY))["pending"] == 0
    await asyncio.sleep(1.5)
    assert len(served.prompts()) == 1


async def it_is_said_once_that_it_is_gone_and_once_that_it_is_back(served: Served, take_away: TakeAway) -> None:
    await served.prompted()
    prompt = served.larvik.last_card
    with served.without(take_away(served)):
        for _ in range(20):
            assert (await served.double.post(_press(served, prompt.id)))[0] == 200
            await served.get("/readyz")
            await served.get("/metrics")
            await asyncio.sleep(0.15)
    await served.ready()
    await asyncio.sleep(1.5)  # another look of whoever looks every second
    lines = served.logged()
    said = [line["event"] for line in lines if line["event"].startswith("store_")]
    assert said == ["store_unavailable", "store_available"]
    [back] = [line for line in lines if line["event"] == "store_available"]
    assert back["seconds"] > 1
    assert not [line for line in lines if "exception" in line or line["event"] == "due_work_failed"]


def _press(served: Served, message: str) -> Json:
    data = {"action": "status.submit", "round": "", "unit": "larvik", "seen": 0, **MUNICIPALITY}
    value = {"action": {"type": "Action.Execute", "verb": "status.submit", "data": data}}
    return served.people[LARVIK].activity("invoke", name="adaptiveCard/action", value=value, replyToId=message)
