"""Neutral cards for the templates: what each element is, and how its inputs come back as they were typed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import takewhile
from typing import Any

from dialogs.card import (
    Button,
    Buttons,
    Card,
    Element,
    Facts,
    Input,
    InputKind,
    LevelLine,
    Link,
    Picture,
    Quote,
    Resolve,
    Section,
    Text,
    Tone,
    nowhere,
)
from domain.community import PreparednessLevel

_MODES = {InputKind.COUNT: "numeric", InputKind.DECIMAL: "decimal"}
_LEVELS = frozenset(str(level) for level in PreparednessLevel)
BULLET = "• "
MOST_RADIOS = 7
LONG_FACT = 26
"""Characters from which on a value stands below its name on a phone."""

View = dict[str, Any]


def view(card: Card, prefix: str, resolve: Resolve = nowhere) -> View:
    """What the templates draw; `prefix` makes the ids of two cards on one page differ.

    `resolve` gives the addresses of pictures and of what is linked to.
    """
    errors = any(field.error for field in card.inputs)
    first = card.body[0] if card.body else None
    told = first.text if errors and isinstance(first, Text) and first.tone is Tone.ATTENTION else ""
    return {
        "title": card.title,
        "plain": card.plain,
        "errors_title": told,
        "elements": list(_elements(card.body[1:] if told else card.body, prefix, resolve)),
        "links": [_link(link, resolve) for link in card.links],
        "buttons": [_button(button) for button in card.buttons],
        "pressable": bool(card.buttons) or _has_buttons(card.body),
        "on_enter": _on_enter(card),
        "errors": [
            {"id": _id(field, prefix), "label": field.label, "error": field.error}
            for field in card.inputs
            if field.error
        ],
    }


def _on_enter(card: Card) -> View | None:
    """The button that the Enter key presses: the one that sends the form, whatever buttons stand above it."""
    sending = next((button for button in card.buttons if button.submits), None)
    return _button(sending) if sending is not None and _has_buttons(card.body) else None


def _has_buttons(body: Sequence[Element]) -> bool:
    return any(isinstance(e, Buttons) or (isinstance(e, Section) and _has_buttons(e.body)) for e in body)


def _elements(body: Sequence[Element], prefix: str, resolve: Resolve) -> Iterator[View]:
    """The elements; a heading with one question's fields below it is a group of fields, bulleted lines are a list."""
    at = 0
    while at < len(body):
        element = body[at]
        if items := _list(body[at:]):
            yield {"kind": "list", "items": items}
            at += len(items)
            continue
        group = _group(body[at + 1 :]) if isinstance(element, Text) and element.tone is Tone.HEADING else []
        if group and isinstance(element, Text):
            yield {"kind": "group", "heading": element.text, "elements": [_input(field, prefix) for field in group]}
        else:
            yield _element(element, prefix, resolve)
        at += 1 + len(group)


def _list(body: Sequence[Element]) -> list[str]:
    lines = takewhile(lambda e: isinstance(e, Text) and e.tone is Tone.NORMAL and e.text.startswith(BULLET), body)
    return [line.text.removeprefix(BULLET) for line in lines if isinstance(line, Text)]


def _group(following: Sequence[Element]) -> list[Input]:
    """The inputs of one indicator (`klare_pasienter.larvik`, …) that stand first."""
    found: list[Input] = []
    for element in following:
        if not isinstance(element, Input) or "." not in element.key:
            break
        if found and element.key.split(".")[0] != found[0].key.split(".")[0]:
            break
        found.append(element)
    return found


def _element(element: Element, prefix: str, resolve: Resolve) -> View:
    match element:
        case Text():
            return {"kind": "text", "text": element.text, "tone": str(element.tone)}
        case Facts():
            return {
                "kind": "facts",
                "rows": element.rows,
                "long": any(len(value) > LONG_FACT for _, value in element.rows),
            }
        case LevelLine():
            level = str(element.level) if element.level else "none"
            spoken = "" if element.spoken and element.spoken in element.title else element.spoken
            return {"kind": "level", "level": level, "title": element.title, "text": element.text, "spoken": spoken}
        case Quote():
            return {"kind": "quote", "who": element.who, "text": element.text}
        case Picture():
            return _picture(element, resolve)
        case Section():
            return {
                "kind": "section",
                "heading": element.heading,
                "elements": list(_elements(element.body, prefix, resolve)),
            }
        case Buttons():
            return {"kind": "buttons", "buttons": [_button(button) for button in element.row]}
        case Input():
            return _input(element, prefix)


def _picture(picture: Picture, resolve: Resolve) -> View:
    address = resolve(picture.shows)
    if not address:
        return {"kind": "text", "text": picture.alt, "tone": str(Tone.SUBTLE)}
    dark = resolve(picture.dark) if picture.dark else None
    return {"kind": "picture", "address": address, "dark": dark, "alt": picture.alt, "size": picture.size}


def _link(link: Link, resolve: Resolve) -> View:
    return {"label": link.label, "address": resolve(link.to), "otherwise": link.otherwise}


def _input(field: Input, prefix: str) -> View:
    chosen = set(field.value.split(",")) if field.kind is InputKind.CHOICES else {field.value}
    return {
        "kind": "input",
        "input": _shape(field),
        "id": _id(field, prefix),
        "name": field.key,
        "label": field.label,
        "value": field.value,
        "beside": field.beside,
        "error": field.error,
        "required": field.required,
        "placeholder": field.placeholder,
        "mode": _MODES.get(field.kind, ""),
        "choices": [
            {
                "value": choice.value,
                "label": choice.label,
                "chosen": choice.value in chosen,
                "level": choice.value if choice.value in _LEVELS else "",
            }
            for choice in field.choices
        ],
        # What was typed too long comes back whole.
        "max_length": max(field.max_length, len(field.value)),
    }


def _id(field: Input, prefix: str) -> str:
    return f"{prefix}-{field.key}"


def _shape(field: Input) -> str:
    """The control; a date or time that is none comes back as text, so that it is kept as it was typed."""
    match field.kind:
        case InputKind.LONG_TEXT:
            return "textarea"
        case InputKind.CHOICE:
            return "radio" if len(field.choices) <= MOST_RADIOS else "select"
        case InputKind.CHOICES:
            return "checkboxes"
        case InputKind.TOGGLE:
            return "toggle"
        case InputKind.DATE:
            return "date" if not field.value or _is_date(field.value) else "text"
        case InputKind.TIME:
            return "time" if not field.value or re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", field.value) else "text"
        case _:
            return "text"


def _is_date(value: str) -> bool:
    """A date that a browser's date field keeps."""
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _button(button: Button) -> View:
    return {
        "label": button.label,
        "style": str(button.style),
        "submits": button.submits,
        "value": value(button),
    }


def value(button: Button) -> str:
    """What the browser posts when the button is pressed."""
    return json.dumps([button.action, dict(button.data)], ensure_ascii=False)


def buttons_of(card: Card) -> Iterator[Button]:
    """Every button of a card, those within its sections too."""
    yield from card.buttons
    yield from _buttons_in(card.body)


def _buttons_in(body: Sequence[Element]) -> Iterator[Button]:
    for element in body:
        if isinstance(element, Buttons):
            yield from element.row
        elif isinstance(element, Section):
            yield from _buttons_in(element.body)
