"""Any card within Slack's limits, and what people wrote as they wrote it."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.slack import modal
from bot.channels.slack.blocks import message
from dialogs.card import (
    Button,
    Buttons,
    Card,
    Choice,
    Element,
    Facts,
    Input,
    InputKind,
    LevelLine,
    Link,
    Picture,
    Quote,
    Reference,
    Section,
    Style,
    Text,
    Tone,
    sentence,
)
from domain.community import PreparednessLevel
from tests.slack_double import MOST_IN_MESSAGE, buttons_of, readable, wrong_with, wrong_with_view

WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=400)
BUTTON = st.builds(
    Button, st.sampled_from(["a.b", "c.d"]), WORDS, st.just({"id": "x"}), st.sampled_from(Style), st.booleans()
)
LINE: st.SearchStrategy[Element] = st.one_of(
    st.builds(Text, WORDS, st.sampled_from(Tone)),
    st.builds(Facts, st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=4).map(tuple)),
    st.builds(LevelLine, st.sampled_from([*PreparednessLevel, None]), WORDS, WORDS, WORDS),
    st.builds(Quote, WORDS, st.text(min_size=1, max_size=4000)),
    st.builds(Picture, st.just(Reference("trend", "c", "x")), WORDS),
    st.builds(Buttons, st.lists(BUTTON, min_size=1, max_size=4).map(tuple)),
)
INPUT = st.builds(
    Input,
    st.uuids().map(str),
    st.sampled_from([kind for kind in InputKind if kind not in (InputKind.CHOICE, InputKind.CHOICES)]),
    WORDS,
    st.text(max_size=300),
    WORDS,
    st.just("") | WORDS,
    st.booleans(),
    max_length=st.integers(0, 5000),
)
BODY = st.lists(LINE | st.builds(Section, WORDS, st.lists(LINE, max_size=20).map(tuple)), max_size=40).map(tuple)


@given(st.builds(Card, WORDS, BODY, st.lists(BUTTON, max_size=6).map(tuple)))
def test_any_card_is_within_the_limits_of_a_message(card: Card) -> None:
    assert list(wrong_with(message(card, picture=lambda _: "F1"), MOST_IN_MESSAGE)) == []


@given(st.builds(Card, WORDS, st.lists(LINE | INPUT, max_size=30).map(tuple)), INPUT)
def test_any_form_is_within_the_limits_of_a_modal(card: Card, field: Input) -> None:
    sender = Button("x.send", card.title, {"id": "x"}, submits=True)
    form = Card(card.title, (*card.body, field), (sender,))
    assert list(wrong_with_view(modal.form(form, sender, modal.Origin(), lambda _: "F1"), "modal")) == []


def summary(units: int, words: str) -> Card:
    lines = tuple(
        LevelLine(PreparednessLevel.YELLOW, f"Kommune {n}", "overliggere 12 (+3) · korttid 4 · 55 080 kr", "gul")
        for n in range(units)
    )
    quotes = tuple(Quote(f"Kommune {n}", words) for n in range(units))
    return Card("Oppsummering", (Section("Enhetene", lines), Section("Behov", quotes)), (Button("overview", "Vis"),))


@pytest.mark.parametrize(("units", "words"), [(12, 1000), (60, 20), (60, 1000), (200, 1000)])
def test_a_large_summary_shows_every_unit_that_there_is_room_for(units: int, words: str | int) -> None:
    drawn = message(summary(units, "x" * int(words)))
    assert list(wrong_with(drawn, MOST_IN_MESSAGE)) == []
    shown = readable(drawn)
    assert all(f"Kommune {n} " in shown for n in range(min(units, 60)))
    assert [button["action_id"] for button in buttons_of(drawn)] == ["overview"]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60))
def test_what_somebody_wrote_is_shown_as_it_is_and_never_read_as_marks(words: str) -> None:
    for card in (Card("T", (Quote("Larvik", words),)), Card("T", (Text(words),)), sentence(words)):
        drawn = message(card)
        assert words in readable(drawn)
        assert "mrkdwn" not in json.dumps(drawn)


def test_a_mention_in_somebodys_words_calls_nobody() -> None:
    [block] = message(sentence("<!channel> *alle* <@U1>"))
    run = block["elements"][0]["elements"][0]
    assert run == {"type": "text", "text": "<!channel> *alle* <@U1>"}


def test_the_level_stands_in_words_beside_its_mark() -> None:
    card = Card("T", (LevelLine(PreparednessLevel.RED, "Larvik", "overliggere 9", "rød"),))
    assert "🔴 Larvik – rød: overliggere 9" in readable(message(card))


def test_a_button_bears_its_action_and_its_data() -> None:
    card = Card("T", buttons=(Button("action.done", "Ferdig", {"id": "x1"}, Style.PRIMARY),))
    [button] = buttons_of(message(card))
    assert (button["action_id"], json.loads(button["value"]), button["style"]) == (
        "action.done",
        {"id": "x1"},
        "primary",
    )


def test_two_buttons_of_one_action_stand_in_rows_of_their_own() -> None:
    card = Card("T", buttons=(Button("status.open", "Horten", {"u": 1}), Button("status.open", "Larvik", {"u": 2})))
    assert [len(b["elements"]) for b in message(card) if b["type"] == "actions"] == [1, 1]


def test_a_link_without_an_address_says_what_there_is_instead() -> None:
    link = Link(Reference("document", "c", "x"), "Hent", "Be sekretariatet om dokumentet.")
    assert "Be sekretariatet" in readable(message(Card("T", links=(link,))))
    [button] = buttons_of(message(Card("T", links=(link,)), lambda _: "https://bot.example/d"))
    assert (button["url"], button["action_id"]) == ("https://bot.example/d", "link.document")


def test_a_picture_that_was_not_uploaded_is_shown_in_words() -> None:
    picture = Picture(Reference("trend", "c", "x"), "Overliggere gikk fra 12 til 16.")
    assert "Overliggere gikk fra 12 til 16." in readable(message(Card("T", (picture,))))
    drawn = message(Card("T", (picture,)), picture=lambda _: "F1")
    assert {"type": "image", "slack_file": {"id": "F1"}, "alt_text": picture.alt} in drawn


def test_a_form_as_a_message_has_no_fields_and_no_headings_of_fields() -> None:
    field = Input("patients.larvik", InputKind.COUNT, "Larvik")
    card = Card("T", (Text("Frist i dag"), Text("Klare pasienter", Tone.HEADING), field), (send("status.submit"),))
    assert readable(message(card)).split("\n") == ["T", "Frist i dag", "(Send …)"]
    assert buttons_of(message(card))[0]["action_id"] == "status.open"


# Modals


def send(action: str) -> Button:
    return Button(action, "Send", {"round": "r"}, submits=True)


def drawn(*fields: Input) -> dict[str, Any]:
    return modal.form(Card("T", fields, (send("x.send"),)), send("x.send"), modal.Origin("D1", "1.1"), lambda _: None)


@pytest.mark.parametrize(
    ("kind", "value", "element"),
    [
        (InputKind.TEXT, "Hei", {"type": "plain_text_input", "initial_value": "Hei"}),
        (InputKind.COUNT, "tre", {"type": "plain_text_input", "initial_value": "tre"}),
        (InputKind.DATE, "2023-11-28", {"type": "datepicker", "initial_date": "2023-11-28"}),
        (InputKind.DATE, "2023-02-30", {"type": "plain_text_input", "initial_value": "2023-02-30"}),
        (InputKind.DATE, "neste tirsdag", {"type": "plain_text_input"}),
        (InputKind.TIME, "16:00", {"type": "timepicker", "initial_time": "16:00"}),
        (InputKind.TIME, "25:00", {"type": "plain_text_input", "initial_value": "25:00"}),
        (InputKind.TOGGLE, "true", {"type": "checkboxes"}),
    ],
)
def test_each_kind_of_field_is_what_slack_has_for_it(kind: InputKind, value: str, element: dict[str, Any]) -> None:
    found = drawn(Input("x", kind, "X", value))["blocks"][0]["element"]
    assert element.items() <= found.items()


@pytest.mark.parametrize(
    ("kind", "choices", "expected"),
    [
        (InputKind.CHOICE, 3, "radio_buttons"),
        (InputKind.CHOICE, 11, "static_select"),
        (InputKind.CHOICE, 250, "static_select"),
        (InputKind.CHOICES, 10, "checkboxes"),
        (InputKind.CHOICES, 150, "multi_static_select"),
    ],
)
def test_choices_are_shown_as_many_as_there_are(kind: InputKind, choices: int, expected: str) -> None:
    field = Input("x", kind, "X", "v1", choices=tuple(Choice(f"v{n}", f"Valg {n}" * 30) for n in range(choices)))
    view = drawn(field)
    assert view["blocks"][0]["element"]["type"] == expected
    assert list(wrong_with_view(view, "modal")) == []


def test_what_helps_to_fill_in_stands_below_the_field_and_what_was_wrong_too() -> None:
    view = drawn(Input("x", InputKind.COUNT, "Overliggere", "tre", beside="sist 3", error="Skriv et helt tall."))
    assert view["blocks"][0]["hint"]["text"] == "sist 3"
    assert readable(view["blocks"][1:]) == "⚠ Skriv et helt tall."


def test_a_sent_modal_is_read_as_the_card_would_have_sent_it() -> None:
    view = drawn(Input("a", InputKind.DATE, "A"), Input("b.larvik", InputKind.COUNT, "B")) | {"id": "V1"}
    state = {
        "a": {"a": {"type": "datepicker", "selected_date": date(2023, 11, 28).isoformat()}},
        "b.larvik": {"b.larvik": {"type": "plain_text_input", "value": None}},
    }
    filled = modal.read(view | {"state": {"values": state}})
    assert filled is not None
    assert (filled.action, filled.data) == ("x.send", {"round": "r"})
    assert filled.typed == {"a": "2023-11-28", "b.larvik": ""}
    assert (filled.origin.channel, filled.origin.message, filled.origin.personal) == ("D1", "1.1", True)


def test_a_field_that_is_filled_anew_gets_a_block_that_slack_keeps_nothing_for() -> None:
    first = drawn(Input("a", InputKind.TEXT, "A"), Input("b", InputKind.TEXT, "B"))
    state = {key: {key: {"type": "plain_text_input", "value": "x"}} for key in ("a", "b")}
    filled = modal.read(first | {"state": {"values": state}})
    card = Card("T", (Input("a", InputKind.TEXT, "A", "x"), Input("b", InputKind.TEXT, "B", "y")), (send("x.send"),))
    view = modal.form(card, send("x.send"), modal.Origin(), lambda _: None, filled)
    assert [(b["block_id"], b["element"]["action_id"]) for b in view["blocks"]] == [("a", "a"), ("b~1", "b")]
