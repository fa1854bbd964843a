"""How a neutral card is drawn for Teams: every kind of element, nothing interpreted, nothing typed lost."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.teams.cards import LARGEST, draw, escaped
from bot.channels.teams.connector import activity
from dialogs.card import (
    Button,
    Buttons,
    Card,
    Choice,
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
from tests.teams_double import CARD, buttons_of, elements, inputs_of, readable, wrong_with, wrong_with_card

Json = dict[str, Any]

NASTY = "*fet* _skrå_ [lenke](https://evil.example) `kode` <b>x</b> # tittel ~strøket~ | \\ 1. punkt"


def card(*body: Any, buttons: tuple[Button, ...] = ()) -> Card:
    return Card("Tittel", body, buttons)


def field(kind: InputKind, **more: Any) -> Input:
    return replace(Input("felt", kind, "Ledetekst"), **more)


def drawn(field: Input) -> Json:
    made = draw(card(field))
    assert list(wrong_with_card(made)) == []
    return inputs_of(made)["felt"]


def read(made: Json) -> list[str]:
    return readable({"attachments": [{"contentType": CARD, "content": made}]})


EVERYTHING = card(
    *(Text(f"Linje {tone}", tone) for tone in Tone),
    Facts((("Overliggere", "3"), ("Kostnad", "16 524 kroner"))),
    *(LevelLine(level, "Larvik", "overliggere 3", "ord") for level in (*PreparednessLevel, None)),
    LevelLine(PreparednessLevel.RED, "Bare tittel"),
    Quote("Larvik", "To senger"),
    Section("Enhetene", (Text("inni"), Section("Dypere", (Quote("Horten", "Nei"),)))),
    *(Input(f"felt.{kind}", kind, f"Spør {kind}", choices=(Choice("a", "A"), Choice("b", "B"))) for kind in InputKind),
    buttons=(
        Button("status.submit", "Send", {"round": "r1", "seen": 0}, Style.PRIMARY, submits=True),
        Button("period.end", "Avslutt", {}, Style.DANGER),
        Button("help", "Hjelp"),
    ),
)


def test_every_kind_of_element_is_drawn_as_teams_takes_it() -> None:
    made = draw(EVERYTHING)
    assert list(wrong_with_card(made)) == []
    assert made["version"] == "1.5"
    assert set(inputs_of(made)) == {f"felt.{kind}" for kind in InputKind}
    text = "\n".join(read(made))
    for part in (
        "Linje attention",
        "Overliggere: 3",
        "🔴 Larvik – ord: overliggere 3",
        "⚪ Larvik",
        "Larvik: To senger",
    ):
        assert part in text
    assert text.index("Enhetene") < text.index("inni") < text.index("Dypere") < text.index("Horten: Nei")


def test_no_element_is_drawn_that_a_phone_does_not_show() -> None:
    shown = {element["type"] for element in elements(draw(EVERYTHING))}
    assert shown <= {
        "AdaptiveCard", "TextBlock", "FactSet", "RichTextBlock", "TextRun", "Action.Execute", "Action.Submit",
        "Input.Text", "Input.ChoiceSet", "Input.Toggle", "Input.Date", "Input.Time",
    }  # fmt: skip


def test_text_wraps_and_inputs_have_labels() -> None:
    for element in elements(draw(EVERYTHING)):
        if element["type"] == "TextBlock":
            assert element["wrap"] is True
        if element["type"].startswith("Input."):
            assert element.get("label") or element.get("title")


def test_a_level_is_never_told_by_colour_alone() -> None:
    for level in (*PreparednessLevel, None):
        [_, line] = read(draw(card(LevelLine(level, "Larvik", "", "gul"))))
        assert "gul" in line


# What people wrote


def test_marks_that_teams_would_read_as_formatting_are_shown_as_they_are() -> None:
    for made in (Text(NASTY), Facts(((NASTY, NASTY),)), LevelLine(None, NASTY, NASTY), Section(NASTY, ())):
        text = json.dumps(draw(card(made)), ensure_ascii=False)
        assert "[lenke](" not in text
        assert NASTY in "\n".join(read(draw(card(made))))


def test_a_quote_is_never_read_as_formatting() -> None:
    [quote] = [e for e in elements(draw(card(Quote(NASTY, NASTY)))) if e["type"] == "RichTextBlock"]
    assert [run["text"] for run in quote["inlines"]] == [f"{NASTY}: ", NASTY]
    assert {run["type"] for run in quote["inlines"]} == {"TextRun"}


def test_a_number_and_a_point_begin_no_list() -> None:
    assert escaped("1. Larvik · 2. Horten") == "1\\. Larvik · 2. Horten"
    assert escaped("3.5 og 28.11.2023") == "3.5 og 28.11.2023"


@given(st.text(max_size=200))
def test_any_text_comes_through_whole(text: str) -> None:
    made = draw(card(Quote("Larvik", text), field(InputKind.LONG_TEXT, value=text)))
    json.dumps(made)
    runs = [e for e in elements(made) if e["type"] == "TextRun"]
    assert runs[1]["text"] == text
    assert inputs_of(made)["felt"].get("value", "") == text


# Inputs


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (InputKind.DATE, "2023-11-28", "Input.Date"),
        (InputKind.DATE, "", "Input.Date"),
        (InputKind.DATE, "31. februar", "Input.Text"),
        (InputKind.DATE, "28.11.2023", "Input.Text"),
        (InputKind.TIME, "16:00", "Input.Time"),
        (InputKind.TIME, "kl. 4", "Input.Text"),
        (InputKind.TIME, "25:00", "Input.Text"),
        (InputKind.DATE, "2023-02-30", "Input.Text"),
        (InputKind.COUNT, "mange", "Input.Text"),
        (InputKind.DECIMAL, "7,5", "Input.Text"),
        (InputKind.TEXT, "x", "Input.Text"),
        (InputKind.LONG_TEXT, "x", "Input.Text"),
    ],
)
def test_what_was_typed_comes_back_as_it_was_typed(kind: InputKind, value: str, expected: str) -> None:
    made = drawn(field(kind, value=value, error="Feil", max_length=2))
    assert made["type"] == expected
    assert made.get("value", "") == value


def test_what_is_longer_than_the_field_may_be_is_kept_too() -> None:
    made = drawn(field(InputKind.LONG_TEXT, value="a" * 501, max_length=500))
    assert made["maxLength"] >= 501
    assert made["isMultiline"] is True


def test_a_toggle_is_on_or_off() -> None:
    for value, expected in (("true", "true"), ("false", "false"), ("", "false"), ("kanskje", "false")):
        made = drawn(field(InputKind.TOGGLE, value=value))
        assert made["value"] == expected
        assert (made["valueOn"], made["valueOff"]) == ("true", "false")
        assert made["title"] == "Ledetekst"


def test_choices_of_one_and_of_several() -> None:
    choices = tuple(Choice(letter, letter.upper()) for letter in "abc")
    one = drawn(field(InputKind.CHOICE, choices=choices, value="b"))
    assert one["value"] == "b"
    assert "isMultiSelect" not in one
    several = drawn(field(InputKind.CHOICES, choices=choices, value="a,c,finnes-ikke"))
    assert several["value"] == "a,c"
    assert several["isMultiSelect"] is True
    assert [c["value"] for c in several["choices"]] == ["a", "b", "c"]


def test_many_choices_are_folded_and_few_lie_open_for_a_thumb() -> None:
    few = tuple(Choice(str(n), f"Valg {n}") for n in range(3))
    many = tuple(Choice(str(n), f"Valg {n}") for n in range(30))
    assert drawn(field(InputKind.CHOICE, choices=few))["style"] == "expanded"
    assert drawn(field(InputKind.CHOICE, choices=many))["style"] == "compact"


def test_what_helps_to_fill_in_stands_in_the_label_and_what_is_wrong_just_below() -> None:
    made = draw(card(field(InputKind.COUNT, beside="sist: 3", error="Skriv et helt tall."), Text("etterpå")))
    assert inputs_of(made)["felt"]["label"] == "Ledetekst (sist: 3)"
    at = next(n for n, element in enumerate(made["body"]) if element.get("id") == "felt")
    assert made["body"][at + 1]["text"] == "⚠ Skriv et helt tall."
    assert made["body"][at + 1]["color"] == "Attention"


def test_a_required_field_says_in_the_readers_language_that_it_is() -> None:
    made = drawn(field(InputKind.COUNT, required=True, missing="Feltet må fylles ut."))
    assert made["isRequired"] is True
    assert made["errorMessage"] == "Feltet må fylles ut."
    assert "isRequired" not in drawn(field(InputKind.COUNT))


# Buttons


def test_a_button_has_the_same_data_whichever_way_it_is_pressed() -> None:
    submit, end, helped = buttons_of(draw(EVERYTHING))
    assert submit["verb"] == "status.submit"
    assert submit["data"] == {"round": "r1", "seen": 0, "action": "status.submit"}
    assert submit["fallback"] == {
        "type": "Action.Submit",
        "title": "Send",
        "data": submit["data"],
        "style": "positive",
    }
    assert end["style"] == "destructive"
    assert "style" not in helped


def test_a_button_that_does_not_send_the_form_is_not_held_up_by_it() -> None:
    submit, end, _ = buttons_of(draw(EVERYTHING))
    assert "associatedInputs" not in submit
    assert end["associatedInputs"] == "none"
    assert end["fallback"]["associatedInputs"] == "none"


# Size


def test_where_there_is_no_room_words_are_cut_and_figures_never() -> None:
    quotes = tuple(Quote(f"Enhet {n}", "🚑" * 500) for n in range(30))
    made = draw(card(Facts((("Overliggere", "168"),)), *quotes))
    assert len(json.dumps(made)) <= LARGEST
    text = "\n".join(read(made))
    assert "Overliggere: 168" in text
    assert text.count("…") == 30
    assert all(f"Enhet {n}: " in text for n in range(30))


def test_where_there_is_room_nothing_is_cut() -> None:
    assert "…" not in "\n".join(read(draw(card(Quote("Larvik", "a" * 500)))))


def test_typed_words_without_end_are_cut_before_the_card_is_lost() -> None:
    fields = tuple(replace(field(InputKind.COUNT, value="9" * 4000, error="Feil"), key=f"f{n}") for n in range(15))
    made = draw(card(*fields))
    assert list(wrong_with_card(made)) == []
    assert all(element["value"].startswith("999") for element in inputs_of(made).values())


def test_what_cannot_fit_is_an_error_and_not_half_a_card() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        draw(card(*(Text("a" * 500) for _ in range(60))))


# Messages


def test_a_sentence_goes_as_plain_text_and_as_a_card_where_a_card_stood() -> None:
    made = activity(sentence(NASTY))
    assert made["text"] == NASTY
    assert made["textFormat"] == "plain"
    assert list(wrong_with(made)) == []
    update = activity(sentence("Avlyst"), always_card=True)
    assert read(update["attachments"][0]["content"]) == ["Avlyst"]


def test_a_notification_shows_the_cards_title() -> None:
    made = activity(EVERYTHING)
    assert made["summary"] == "Tittel"
    assert list(wrong_with(made)) == []


def test_the_double_sees_what_teams_would_not_take() -> None:
    good = draw(EVERYTHING)
    assert list(wrong_with_card(good)) == []
    for wrong in (
        good | {"version": "1.6"},
        good | {"body": [*good["body"], {"type": "Tekst", "text": "x"}]},
        good | {"body": [*good["body"], good["body"][-1]]},
        good | {"body": [{"type": "TextBlock", "tekst": "x"}]},
        good | {"body": [{"type": "Action.Execute", "title": "x"}]},
        good | {"body": [{"type": "TextBlock", "text": "a" * LARGEST}]},
        good | {"actions": [{k: v for k, v in good["actions"][0].items() if k != "fallback"}]},
        good | {"actions": [{"type": "Action.Finnes.Ikke", "title": "x"}]},
    ):
        assert list(wrong_with_card(wrong)), wrong


TREND, MINUTES = Reference("trend", "vestfold", "r1"), Reference("document", "vestfold", "d1")
SHOWN = Picture(TREND, "Overliggere: 12, 14, 9.")
LINKED = Card("Referat", (SHOWN,), links=(Link(MINUTES, "Referatet", "Referatet kan ikke åpnes herfra."),))


def at(reference: Reference) -> str | None:
    return f"https://bot.example.no/{reference.kind}/{reference.subject}"


def test_a_picture_is_shown_as_wide_as_the_card_with_its_words_for_those_who_do_not_see_it() -> None:
    made = draw(LINKED, at)
    assert list(wrong_with_card(made)) == []
    [image] = [e for e in elements(made) if e["type"] == "Image"]
    assert image["url"] == "https://bot.example.no/trend/r1"
    assert image["altText"] == "Overliggere: 12, 14, 9."
    assert image["size"] == "Stretch"


def test_a_link_opens_what_it_refers_to() -> None:
    [opening] = draw(LINKED, at)["actions"]
    assert opening == {"type": "Action.OpenUrl", "title": "Referatet", "url": "https://bot.example.no/document/d1"}


def test_without_addresses_the_picture_is_its_words_and_the_link_a_sentence() -> None:
    made = draw(LINKED)
    assert list(wrong_with_card(made)) == []
    assert "actions" not in made
    assert read(made) == ["Referat", "Overliggere: 12, 14, 9.", "Referatet kan ikke åpnes herfra."]
    assert all(element["type"] != "Image" for element in elements(made))


def test_a_picture_within_a_section_is_drawn_too() -> None:
    made = draw(card(Section("Utvikling", (SHOWN,))), at)
    assert [e["url"] for e in elements(made) if e["type"] == "Image"] == ["https://bot.example.no/trend/r1"]


def test_buttons_stand_below_what_they_are_about_and_send_no_inputs() -> None:
    row = Buttons((Button("action.done", "Gjort", {"id": "a"}), Button("action.move", "Flytt", {"id": "a"})))
    made = draw(card(Quote("Larvik", "Åpner plasser"), row, field(InputKind.TEXT), buttons=(Button("x", "Send"),)))
    kinds = [element["type"] for element in made["body"]]
    assert kinds == ["TextBlock", "RichTextBlock", "ActionSet", "Input.Text"]
    assert [button["data"] for button in made["body"][2]["actions"]] == [
        {"id": "a", "action": "action.done"},
        {"id": "a", "action": "action.move"},
    ]
    assert all(button["associatedInputs"] == "none" for button in made["body"][2]["actions"])
    assert not list(wrong_with_card(made))


def large(units: int, needs: str) -> Card:
    """A summary of so many units, each with its figures, a difference and a need."""
    figures = "var grønn · overliggere 12 (+1) · ledige korttidsplasser 14 (−1) · 66 096 kroner per døgn"
    names = [f"Kommune {n} kommune" for n in range(units)]
    return card(
        Section("Enhetene", tuple(LevelLine(PreparednessLevel.RED, name, figures, "rød") for name in names)),
        Section("Ulike tall", tuple(Text(f"{name}: Kommunen melder 12, sykehuset 14 (+2).") for name in names)),
        Section("Behov", tuple(Quote(name, needs) for name in names)),
    )


@pytest.mark.parametrize("needs", ["To senger fra onsdag.", "a" * 500], ids=["short", "long"])
def test_sixty_units_fit_with_every_figure_and_who_needs_what(needs: str) -> None:
    made = draw(large(60, needs))
    assert list(wrong_with_card(made)) == []
    text = "\n".join(read(made))
    for n in range(60):
        assert f"Kommune {n} kommune – rød: var grønn · overliggere 12 (+1)" in text
        assert f"Kommune {n} kommune: Kommunen melder 12, sykehuset 14 (+2)." in text
    assert text.split("Behov")[1].count("Kommune") == 60


def test_where_sixty_units_share_a_block_each_still_has_a_line_of_its_own() -> None:
    [block] = [e["text"] for e in elements(draw(large(60, "To senger."))) if "overliggere" in e.get("text", "")]
    lines = block.split("\n\n")
    assert len(lines) == 60
    assert all("🔴" in line for line in lines)


def test_a_card_that_is_larger_than_any_says_how_many_lines_there_are_besides() -> None:
    made = draw(large(400, "To senger."))
    assert list(wrong_with_card(made)) == []
    shown = "\n".join(read(made)).count("var grønn")
    assert 0 < shown < 400
    assert f"… +{400 - shown}" in "\n".join(read(made))


@given(st.integers(1, 120), st.integers(0, 600))
def test_a_summary_fits_however_many_units_there_are(units: int, length: int) -> None:
    assert len(json.dumps(draw(large(units, "å" * length)))) <= LARGEST


def test_where_there_is_room_every_line_has_its_own_block() -> None:
    lines = [e for e in elements(draw(large(12, "Nei"))) if "overliggere" in e.get("text", "")]
    assert len(lines) == 12


def test_buttons_that_a_phone_has_no_room_for_beside_each_other_stand_in_rows() -> None:
    labels = ("Send til kommentar", "Hent dokumentene", "Noter", "Til stede")
    drawn = draw(Card("Referat", (), tuple(Button(f"a.{n}", label) for n, label in enumerate(labels))))
    rows = [element["actions"] for element in drawn["body"] if element["type"] == "ActionSet"] + [drawn["actions"]]
    assert [[button["title"] for button in row] for row in rows] == [
        ["Send til kommentar"],
        ["Hent dokumentene", "Noter"],
        ["Til stede"],
    ]


def test_buttons_that_have_room_stand_below_the_card_together() -> None:
    drawn = draw(Card("Tiltak", (), (Button("a.b", "Godkjenn"), Button("a.c", "Avslå"))))
    assert [button["title"] for button in drawn["actions"]] == ["Godkjenn", "Avslå"]
    assert all(element["type"] != "ActionSet" for element in drawn["body"])
