"""Every button with whatever somebody can make its card send: never an error, always an answer, nothing given away."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.builders import identity_number
from tests.e2e.stage import SECRET, Stage, staged, words
from tests.e2e.test_who_may import BOSS, BUTTONS, CHANGE_NOTHING, OWN
from tests.harness import Snapshot
from tests.teams_double import TeamsDouble, TeamsPerson, card_of, elements, wrong_with_card

NUMBER = identity_number("418190456")
"""Of a synthetic person with a D-number, so that it is one as a number too."""
SPACED = f"{NUMBER[:6]} {NUMBER[6:]}"
NUMBERS: tuple[Any, ...] = (NUMBER, SPACED, f"Gjelder {NUMBER} i dag", [NUMBER], {"a": SPACED}, int(NUMBER))

FORGED: Mapping[str, Any] = {
    "null": None,
    "a boolean": True,
    "a list": [1, [2]],
    "an object": {"a": {"b": 1}},
    "a huge number": 10**30,
    "a negative number": -1,
    "a huge fraction": 1e308,
    "nothing": "",
    "NUL": "a\x00b",
    "half a character": "a\ud800",
    "without end": "a" * 200_000,
    "the first day": "0001-01-01",
    "the last day": "9999-12-31",
    "no time": "24:00",
    "commas": ",-,",
    "markup": "<script>alert(1)</script> **a** [b](http://c) {{ 7*7 }} #eval(1) =1+1",
}


@pytest.fixture
async def stage(double: TeamsDouble, database: Path, snapshots: dict[str, Snapshot]) -> AsyncIterator[Stage]:
    async with staged(double, database, snapshots) as made:
        yield made
    assert double.complaints == []


def who_presses(stage: Stage, button: str) -> TeamsPerson:
    """Somebody who may: what is refused at the door is not tried."""
    return stage.people[BOSS if BOSS in BUTTONS[button] else OWN]


async def test_whatever_a_button_sends_is_answered(stage: Stage, logs: io.StringIO) -> None:
    for button, data in stage.data.items():
        for key in data:
            for what, forged in FORGED.items():
                card = await stage.presses(who_presses(stage, button), button, {**data, key: forged})
                assert words(card).strip(), (button, key, what)
                assert list(wrong_with_card(card)) == [], (button, key, what)
            await stage.rewind()
    assert "Traceback" not in logs.getvalue()


async def test_an_identity_number_is_neither_stored_nor_shown_nor_logged_wherever_it_stands(
    stage: Stage, logs: io.StringIO
) -> None:
    for button, data in stage.data.items():
        # What belongs to other forms stands beside what the button asks for.
        for key in dict.fromkeys((*data, *ELSEWHERE)):
            for forged in NUMBERS[:1] if key not in data else NUMBERS:
                card = await stage.presses(who_presses(stage, button), button, {**data, key: forged})
                assert not _bears_it(json.dumps(card)), (button, key)
        assert not _bears_it(repr(stage.stored())), button
        await stage.rewind()
    assert not _bears_it(logs.getvalue())
    assert not _bears_it(stage.double.everything_sent())


ELSEWHERE = ("text", "note", "when", "date", "which", "unit", "request", "holiday", "form", "role", "deputy")


def _bears_it(text: str) -> bool:
    return NUMBER in text or SPACED in text


async def test_what_people_write_stands_in_no_log(stage: Stage, logs: io.StringIO) -> None:
    for button, data in stage.data.items():
        await stage.presses(who_presses(stage, button), button, data)
        await stage.rewind()
    assert SECRET not in logs.getvalue()


# Pressed more than once

OF_EACH_PERSON = {
    *("action.add", "meeting.action", "meeting.note", "evaluation.submit", "minutes.comment", "absence.set"),
    *("case.report", "digest.set", "channel.choose"),
}
"""What everybody does on one's own account: it happens once for each."""

SEVERAL = {"plan.cancel": 3, "case.send_on": 2, "case.conclude": 2}
"""What one press puts on record more than once: a meeting's two cases go on too, a case makes another one."""

EVERY_TIME = {"access.revoke", "calendar.renew"}
"""What is asked for anew by every press."""


async def test_a_second_press_has_no_second_effect_whoever_else_presses_at_the_same_time(
    stage: Stage, logs: io.StringIO
) -> None:
    changing = [button for button in BUTTONS if button not in CHANGE_NOTHING | EVERY_TIME]
    for button in changing:
        data, before = {**stage.data[button], "drawn": "once", "form": "once"}, len(stage.stored()["audit"])
        presser = who_presses(stage, button)
        await stage.presses(presser, button, data, again="the same")
        await stage.presses(presser, button, data, again="the same")
        await stage.presses(presser, button, data)
        alone = len(stage.stored()["audit"]) - before
        assert alone <= SEVERAL.get(button, 1), button
        await stage.rewind()
        people = [stage.people[key] for key in BUTTONS[button]]
        await asyncio.gather(*(stage.presses(person, button, data) for person in (*people, *people)))
        most = len(people) if button in OF_EACH_PERSON else SEVERAL.get(button, 1)
        assert len(stage.stored()["audit"]) - before <= most, button
        await stage.rewind()
    assert "Traceback" not in logs.getvalue()


async def test_what_people_write_is_shown_as_written_and_is_no_markup(stage: Stage) -> None:
    written, shown = str(FORGED["markup"]), set[str]()
    for button, data in stage.data.items():
        marked = {key: written if value == SECRET else value for key, value in data.items()}
        card = await stage.presses(who_presses(stage, button), button, marked)
        assert not list(_interpreted(card)), button
        shown |= {button} if "[b](http://c)" in words(card) else set()
        await stage.product.settle()
        for place in stage.double.conversations.values():
            for message in place.messages.values():
                assert not list(_interpreted(card_of(message.activity) or {})), (button, message.title)
        await stage.rewind()
    # Words come back on the receipt wherever somebody wrote some.
    assert len(shown) > 10


def _interpreted(card: Mapping[str, Any]) -> list[str]:
    """Texts in which Teams would make a link or bold words of what somebody wrote."""
    texts = [str(e.get("text", "")) for e in elements(card) if e["type"] == "TextBlock"]
    texts += [str(fact["value"]) for e in elements(card) if e["type"] == "FactSet" for fact in e["facts"]]
    return [text for text in texts if "[b](http" in text or "**a**" in text]
