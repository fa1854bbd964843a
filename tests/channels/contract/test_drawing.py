"""Every card that the product can show, on every channel: nothing is lost, and each takes it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.channels.mail.drawing import html as letter_html
from bot.channels.mail.drawing import text as letter_text
from bot.channels.slack import modal
from bot.channels.slack.blocks import OPENERS
from bot.channels.slack.blocks import message as slack_message
from bot.channels.teams.cards import draw as teams_card
from bot.channels.web import cards as web_cards
from bot.channels.web import drawing as web_drawing
from bot.outbound import Letter
from dialogs import router
from dialogs.card import Card, sentence
from dialogs.speech import Speech
from storage.store import SqlStore
from tests.builders import OSLO
from tests.channels.contract.cards import Collected, Collector, buttons, field_words, kinds, words
from tests.channels.contract.driver import Shown, served
from tests.channels.contract.teams import shown_card
from tests.channels.contract.web import shown_html
from tests.e2e.stage import staged
from tests.e2e.test_api import neighbour
from tests.harness import Snapshot, vestfold
from tests.slack_double import MOST_IN_MESSAGE, wrong_with, wrong_with_view
from tests.slack_double import buttons_of as slack_buttons
from tests.teams_double import TeamsDouble, wrong_with_card

LETTER = Letter(
    to="kommunalsjef@larvik.example",
    speech=Speech("nb", OSLO),
    community="Helsefellesskapet i Vestfold",
    id="one",
    thread="all",
    at=datetime(2023, 11, 27, 8, tzinfo=UTC),
    link="https://bot.example/link/abc",
    label="Svar nå",
)


@pytest.fixture(scope="module")
def kept() -> list[Collected]:
    return []


@pytest.fixture
async def collected(
    double: TeamsDouble, database: Any, snapshots: dict[str, Snapshot], kept: list[Collected]
) -> Collected:
    """Made by the first test that needs it."""
    if not kept:
        async with staged(double, database, snapshots) as stage:
            data = stage.data
        store = SqlStore(f"sqlite+aiosqlite:///{database}", [vestfold(), neighbour()])
        await store.open()
        try:
            kept.append(await Collector(store, database, data).collect())
        finally:
            await store.close()
    return kept[0]


def plainly(text: str) -> str:
    """Without what channels put between words, or draw in their own way: spaces, line breaks, bullets."""
    return re.sub(r"[\s•]+", "", text)


def strings(node: object) -> Iterator[str]:
    """Every string of a drawing."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from strings(value)


def lost(card: Card, drawn: str, *, fields: bool = True) -> list[str]:
    """What of the card's words is not in the drawing."""
    found = plainly(drawn)
    said = [*words(card), *(field_words(card) if fields else ())]
    return [part for part in said if plainly(part) not in found]


def test_every_stored_message_is_among_the_cards(collected: Collected) -> None:
    """A new template must come about on the stage, or it is drawn by nobody before its reader."""
    assert set(router.TEMPLATES) - collected.templates == set()


def test_every_kind_of_element_is_among_the_cards(collected: Collected) -> None:
    assert {kind for card in collected.cards.values() for kind in kinds(card.body)} == {
        "Text",
        "Facts",
        "LevelLine",
        "Quote",
        "Picture",
        "Section",
        "Input",
        "Buttons",
    }
    assert {field.kind for card in collected.cards.values() for field in card.inputs} >= {
        "text", "long_text", "count", "decimal", "date", "time", "choice", "choices", "toggle"
    }  # fmt: skip


def test_teams_takes_every_card_and_shows_all_of_it(collected: Collected) -> None:
    for origin, card in collected.cards.items():
        drawn = teams_card(card, served)
        assert list(wrong_with_card(drawn)) == [], origin
        unescaped = re.sub(r"\\([\\`*_\[\]<>#~|.()!+\-{}&])", r"\1", "\n".join(strings(drawn)))
        assert lost(card, unescaped) == [], origin
        offers_the_same(card, shown_card(drawn), origin)


def test_the_page_shows_all_of_every_card(collected: Collected) -> None:
    for origin, card in collected.cards.items():
        shown = shown_html(on_page(card))
        assert lost(card, shown.text) == [], origin
        offers_the_same(card, shown, origin)


def on_page(card: Card) -> str:
    parts: Any = web_drawing._templates.get_template("parts.html").module
    return str(parts.card(web_cards.view(card, "k", served), Speech("nb", OSLO).say, "proof", "number"))


def offers_the_same(card: Card, shown: Shown, origin: str) -> None:
    """The same buttons, the same fields, with the same in them."""
    assert sorted(shown.actions) == sorted(button.action for button in buttons(card)), origin
    assert shown.errors == {field.key: field.error for field in card.inputs if field.error}, origin
    assert list(shown.fields) == [field.key for field in card.inputs], origin
    for field in card.inputs:
        if field.choices:
            assert shown.fields[field.key].choices == tuple(choice.value for choice in field.choices), origin


def test_slack_takes_every_card_and_shows_all_of_it_in_its_message_and_its_modal(collected: Collected) -> None:
    for origin, card in collected.cards.items():
        message = slack_message(card, served, lambda _: "F1")
        assert list(wrong_with(message, MOST_IN_MESSAGE)) == [], origin
        modals = [
            modal.form(card, button, modal.Origin("D1", "1.1"), lambda _: "F1")
            for button in card.buttons
            if button.submits and card.inputs
        ]
        for view in modals:
            assert list(wrong_with_view(view, "modal")) == [], origin
            inputs = [block["element"]["action_id"] for block in view["blocks"] if block["type"] == "input"]
            assert inputs == [field.key for field in card.inputs], origin
        assert lost(card, "\n".join(strings([message, modals]))) == [], origin
        pressed = [
            button["action_id"] for button in slack_buttons(message) if not button["action_id"].startswith("link")
        ]
        expected = [OPENERS.get(b.action, b.action) if b.submits else b.action for b in buttons(card)]
        assert sorted(pressed) == sorted(expected), origin


def test_a_letter_says_all_that_can_be_read_of_every_card(collected: Collected) -> None:
    for origin, card in collected.cards.items():
        readable = Card(card.title, tuple(e for e in card.body if type(e).__name__ != "Input"), plain=card.plain)
        for written in (letter_text(readable, LETTER, served), letter_html(readable, LETTER, served)):
            shown = (
                html.unescape(re.sub(r"<[^>]+>", " ", written)) if "<html" in written else written.replace("\n>", "\n")
            )
            assert lost(readable, shown, fields=False) == [], origin


def test_a_sentence_is_a_sentence_everywhere() -> None:
    card = sentence("Alt er klart.")
    assert "Alt er klart." in "\n".join(strings(slack_message(card)))
    assert shown_html(on_page(card)).title == "Alt er klart."
