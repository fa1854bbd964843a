"""Every neutral element as HTML."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.channels.web import cards, drawing
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
    Resolve,
    Section,
    Style,
    Text,
    Tone,
    nowhere,
    sentence,
)
from dialogs.speech import Speech
from domain.community import PreparednessLevel
from tests.builders import OSLO
from tests.channels.web.site import Page

COLOURS = (Choice("green", "Grønn"), Choice("yellow", "Gul"), Choice("red", "Rød"))
SEND = Button("status.submit", "Send", {"round": "r1"}, Style.PRIMARY, submits=True)


def html(*body: Element, card: Card | None = None, resolve: Resolve = nowhere, **options: Any) -> str:
    parts: Any = drawing._templates.get_template("parts.html").module
    view = cards.view(card or Card("Tittel", body, (SEND,)), "k", resolve)
    return str(parts.card(view, Speech("nb", OSLO).say, "bevis", "nummer", **options))


def squeezed(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("tone", [Tone.NORMAL, Tone.SUBTLE, Tone.GOOD, Tone.ATTENTION])
def test_a_text_bears_its_tone(tone: Tone) -> None:
    assert f'<p class="{tone}">Hei &amp; hå</p>' in html(Text("Hei & hå", tone))


def test_a_heading_among_the_texts_is_a_heading() -> None:
    assert '<h3 class="heading">Tall</h3>' in html(Text("Tall", Tone.HEADING), Facts((("a", "b"),)))


def test_bulleted_lines_are_a_list() -> None:
    drawn = html(Text("Før"), Text("• Horten"), Text("• Larvik"), Text("Etter"))
    assert '<ul class="list"><li>Horten</li><li>Larvik</li></ul>' in drawn
    assert "•" not in drawn


def test_facts_are_names_and_values() -> None:
    assert "<dl><div><dt>Overliggere</dt><dd>3</dd></div></dl>" in html(Facts((("Overliggere", "3"),)))
    assert '<dl class="long">' in html(Facts((("Årsak", "et svar som er lengre enn en linje på en telefon"),)))


def test_a_level_is_a_mark_and_a_word() -> None:
    drawn = html(LevelLine(PreparednessLevel.RED, "Larvik", "overliggere 7", "rød"))
    assert '<p class="line red"><span class="mark" aria-hidden="true"></span>' in drawn
    assert '<strong>Larvik</strong> <span class="word">rød</span>' in drawn
    assert "overliggere 7" in drawn


def test_a_level_that_the_title_says_is_not_said_twice() -> None:
    assert "word" not in html(LevelLine(PreparednessLevel.YELLOW, "Beredskap: gul", "", "gul"))


def test_no_level_has_a_mark_of_its_own() -> None:
    assert 'class="line none"' in html(LevelLine(None, "Larvik", "", "ikke oppgitt"))


def test_a_quote_is_shown_as_it_is() -> None:
    drawn = html(Quote("Larvik", '<script>alert("1")</script> **fet** [x](http://a)'))
    expected = "<blockquote><p>&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt; **fet** [x](http://a)</p>"
    assert expected in drawn
    assert "<footer>Larvik</footer>" in drawn


def test_a_section_has_a_heading_and_what_belongs_to_it() -> None:
    drawn = squeezed(html(Section("Samlet", (Text("x"), Facts((("a", "1"),))))))
    assert '<section><h3>Samlet</h3><p class="normal">x</p>' in drawn
    assert drawn.index("</dl>") < drawn.index("</section>")


def test_a_count_is_text_with_a_numeric_keyboard_and_keeps_what_was_typed() -> None:
    drawn = html(Input("overliggere", InputKind.COUNT, "Overliggere", value='tre "ca"'))
    assert '<input type="text" id="k-overliggere" name="overliggere" value="tre &#34;ca&#34;"' in drawn
    assert 'inputmode="numeric"' in drawn
    assert '<label for="k-overliggere">Overliggere' in drawn


def test_a_percent_has_a_decimal_keyboard() -> None:
    assert 'inputmode="decimal"' in html(Input("fravaer", InputKind.DECIMAL, "Sykefravær"))


@pytest.mark.parametrize(
    ("kind", "value", "control"),
    [
        (InputKind.DATE, "2023-11-28", "date"),
        (InputKind.DATE, "", "date"),
        (InputKind.DATE, "28.11.2023", "text"),
        (InputKind.DATE, "2023-02-31", "text"),
        (InputKind.TIME, "16:00", "time"),
        (InputKind.TIME, "", "time"),
        (InputKind.TIME, "16.00", "text"),
        (InputKind.TIME, "25:00", "text"),
        (InputKind.TEXT, "noe", "text"),
    ],
)
def test_what_a_browser_would_not_keep_comes_back_as_text(kind: InputKind, value: str, control: str) -> None:
    assert f'<input type="{control}" id="k-x" name="x" value="{value}"' in html(Input("x", kind, "X", value=value))


def test_a_choice_is_a_group_of_radio_buttons() -> None:
    drawn = html(Input("situasjon", InputKind.CHOICE, "Situasjon", value="yellow", required=True, choices=COLOURS))
    assert '<fieldset class="field" role="radiogroup">' in drawn
    assert 'id="k-situasjon" name="situasjon" value="green">' in drawn
    assert 'name="situasjon" value="yellow" checked>' in drawn
    assert '<span class="mark red" aria-hidden="true"></span> <span>Rød</span>' in drawn
    assert '<legend>Situasjon <span class="hidden">(må fylles ut)</span></legend>' in drawn


def test_a_choice_of_many_is_a_list() -> None:
    many = tuple(Choice(str(n), f"Valg {n}") for n in range(20))
    drawn = html(Input("for", InputKind.CHOICE, "For", value="7", choices=many))
    assert '<select id="k-for" name="for">' in drawn
    assert '<option value="7" selected>Valg 7</option>' in drawn


def test_a_choice_of_several_is_check_boxes() -> None:
    drawn = html(Input("reason", InputKind.CHOICES, "Årsak", value="green,red", choices=COLOURS))
    assert drawn.count('type="checkbox"') == 3
    assert drawn.count(" checked") == 2


@pytest.mark.parametrize(("value", "checked"), [("true", True), ("false", False), ("", False)])
def test_a_toggle_is_one_check_box(value: str, checked: bool) -> None:
    drawn = html(Input("urgent", InputKind.TOGGLE, "Haster", value=value))
    assert 'type="checkbox" id="k-urgent" name="urgent" value="true"' in drawn
    assert (" checked" in drawn) is checked
    assert "valgfritt" not in drawn


def test_a_long_text_has_a_longest_length_and_keeps_its_lines() -> None:
    drawn = html(Input("behov", InputKind.LONG_TEXT, "Behov", value="\nto\nlinjer</textarea>", max_length=500))
    assert 'maxlength="500"' in drawn
    assert Page(200, drawn).forms[0].values("behov") == ["\nto\nlinjer</textarea>"]


def test_what_is_too_long_comes_back_whole() -> None:
    assert 'maxlength="600"' in html(Input("b", InputKind.LONG_TEXT, "B", value="x" * 600, max_length=500))


def test_last_times_figure_and_the_mistake_describe_the_field() -> None:
    drawn = html(Input("o", InputKind.COUNT, "O", value="x", beside="sist: 4", error="Skriv et helt tall."))
    assert 'aria-describedby="k-o-sist k-o-feil" aria-invalid="true"' in drawn
    assert '<span class="beside" id="k-o-sist">sist: 4</span>' in drawn
    assert '<span class="error" id="k-o-feil">Skriv et helt tall.</span>' in drawn


def test_the_summary_of_mistakes_leads_to_each_field_and_is_where_the_focus_goes() -> None:
    fields = (
        Text("2 felt må rettes.", Tone.ATTENTION),
        Input("situasjon", InputKind.CHOICE, "Situasjon", error="Må fylles ut.", choices=COLOURS),
        Input("klare.larvik", InputKind.COUNT, "Larvik", error="Skriv et tall."),
    )
    drawn = html(*fields, focus=True)
    assert '<div class="errors" id="svar" tabindex="-1"' in drawn
    assert drawn.count('id="svar"') == 1
    assert drawn.count("2 felt må rettes.") == 1
    for key, label, error in (
        ("situasjon", "Situasjon", "Må fylles ut."),
        ("klare.larvik", "Larvik", "Skriv et tall."),
    ):
        assert f'<a href="#k-{key}">{label}: {error}</a>' in drawn
        assert f'id="k-{key}"' in drawn


def test_fields_of_one_question_are_a_group_under_its_heading() -> None:
    drawn = squeezed(
        html(
            Text("Utskrivningsklare", Tone.HEADING),
            Input("klare.horten", InputKind.COUNT, "Horten"),
            Input("klare.larvik", InputKind.COUNT, "Larvik"),
            Input("behov", InputKind.LONG_TEXT, "Behov"),
        )
    )
    group = drawn[drawn.index('<fieldset class="group">') : drawn.index("</fieldset>")]
    assert "<legend>Utskrivningsklare</legend>" in group
    assert "Horten" in group
    assert "Larvik" in group
    assert "Behov" not in group


def test_a_button_bears_its_action_and_data() -> None:
    other = Button("status.same", "Som sist", {"note": '"><b>'})
    page = Page(200, html(card=Card("T", (Input("x", InputKind.TEXT, "X"),), (SEND, other))))
    assert [(name, label) for name, _, label in page.forms[0].buttons] == [("_submit", "Send"), ("_press", "Som sist")]
    assert [json.loads(value) for _, value, _ in page.forms[0].buttons] == [
        ["status.submit", {"round": "r1"}],
        ["status.same", {"note": '"><b>'}],
    ]
    assert page.html.count("formnovalidate") == 1


def test_a_card_without_buttons_has_no_form() -> None:
    assert "<form" not in html(card=Card("Tittel", (Text("x"),)))


def test_a_sentence_is_no_heading() -> None:
    drawn = html(card=sentence("Alle har svart."), focus=True)
    assert '<p class="sentence" id="svar" tabindex="-1">Alle har svart.</p>' in drawn
    assert "<h2" not in drawn


def test_ids_of_two_cards_differ() -> None:
    field = Input("x", InputKind.TEXT, "X")
    first, second = (cards.view(Card("T", (field,)), prefix)["elements"][0]["id"] for prefix in ("a", "b"))
    assert first != second


TREND, DARK = Reference("trend", "vestfold", "light"), Reference("trend", "vestfold", "dark")
LINKS = (Link(Reference("document", "vestfold", "d1"), "Referatet", "Referatet kan ikke åpnes her."),)


def at(reference: Reference) -> str | None:
    return f"/{reference.kind}/{reference.subject}"


def test_a_picture_has_its_words_and_another_drawing_for_dark_pages() -> None:
    made = html(Section("Utvikling", (Picture(TREND, 'Overliggere "12" & 9.', DARK, (360, 400)),)), resolve=at)
    assert '<source media="(prefers-color-scheme: dark)" srcset="/trend/dark">' in made
    assert (
        '<img src="/trend/light" alt="Overliggere &#34;12&#34; &amp; 9." width="360" height="400" loading="lazy">'
        in made
    )
    assert "<source" not in html(Picture(TREND, "Ord"), resolve=at)


def test_a_picture_without_an_address_is_its_words() -> None:
    made = html(Picture(TREND, "Overliggere: 12.", DARK))
    assert "<img" not in made
    assert '<p class="subtle">Overliggere: 12.</p>' in made


@pytest.mark.parametrize("buttons", [(), (SEND,)], ids=["without buttons", "beside buttons"])
def test_a_link_leads_there_or_says_why_not(buttons: tuple[Button, ...]) -> None:
    linked = Card("Referat", (), buttons, LINKS)
    assert '<a href="/document/d1">Referatet</a>' in html(card=linked, resolve=at)
    without = html(card=linked)
    assert "<a " not in without
    assert "Referatet kan ikke åpnes her." in without


def test_buttons_among_the_elements_are_pressed_in_the_same_form() -> None:
    row = Buttons((Button("action.done", "Gjort", {"id": "a"}),))
    page = Page(200, html(Section("Tiltak", (row,)), card=Card("Tittel", (Section("Tiltak", (row,)),))))
    assert [(json.loads(value), label) for _, value, label in page.forms[0].buttons] == [
        (["action.done", {"id": "a"}], "Gjort")
    ]


def test_the_enter_key_sends_the_form_and_presses_no_button_above_it() -> None:
    row = Buttons((Button("action.done", "Gjort", {"id": "a"}),))
    page = Page(200, html(row, Input("text", InputKind.TEXT, "Hva?")))
    first, *_ = page.forms[0].buttons
    assert (first[0], json.loads(first[1])[0], first[2]) == ("_submit", "status.submit", "")
