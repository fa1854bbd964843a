"""Neutral cards for the templates: what each element is, and how its inputs come back as they were typed."""

from __future__ import annotations

import json
import re
from typing import Any

from dialogs.card import Button, Card, Element, Facts, Input, InputKind, LevelLine, Quote, Section, Text

_MODES = {InputKind.COUNT: "numeric", InputKind.DECIMAL: "decimal"}


def view(card: Card, prefix: str) -> dict[str, Any]:
    """What `card.html` draws; `prefix` makes the ids of two cards on one page differ."""
    return {
        "title": card.title,
        "plain": card.plain,
        "elements": [_element(element, prefix) for element in card.body],
        "buttons": [_button(button) for button in card.buttons],
        "errors": [
            {"id": f"{prefix}-{field.key}", "label": field.label, "error": field.error}
            for field in card.inputs
            if field.error
        ],
    }


def _element(element: Element, prefix: str) -> dict[str, Any]:
    match element:
        case Text():
            return {"kind": "text", "text": element.text, "tone": str(element.tone)}
        case Facts():
            return {"kind": "facts", "rows": element.rows}
        case LevelLine():
            level = str(element.level) if element.level else "none"
            spoken = "" if element.spoken and element.spoken in element.title else element.spoken
            return {"kind": "level", "level": level, "title": element.title, "text": element.text, "spoken": spoken}
        case Quote():
            return {"kind": "quote", "who": element.who, "text": element.text}
        case Section():
            inner = [_element(part, prefix) for part in element.body]
            return {"kind": "section", "heading": element.heading, "elements": inner}
        case Input():
            return _input(element, prefix)


def _input(field: Input, prefix: str) -> dict[str, Any]:
    chosen = set(field.value.split(",")) if field.kind is InputKind.CHOICES else {field.value}
    return {
        "kind": "input",
        "input": _shape(field),
        "id": f"{prefix}-{field.key}",
        "name": f"in.{field.key}",
        "label": field.label,
        "value": field.value,
        "beside": field.beside,
        "error": field.error,
        "required": field.required,
        "mode": _MODES.get(field.kind, ""),
        "choices": [(c.value, c.label, c.value in chosen) for c in field.choices],
        "max_length": max(field.max_length, len(field.value)) if field.max_length else 4000,
    }


def _shape(field: Input) -> str:
    """The control; a date or time that is none comes back as text, so that it is kept as it was typed."""
    match field.kind:
        case InputKind.LONG_TEXT:
            return "textarea"
        case InputKind.CHOICE:
            return "radio" if len(field.choices) <= 5 else "select"
        case InputKind.CHOICES:
            return "checkboxes"
        case InputKind.TOGGLE:
            return "toggle"
        case InputKind.DATE:
            return "date" if not field.value or re.fullmatch(r"\d{4}-\d{2}-\d{2}", field.value) else "text"
        case InputKind.TIME:
            return "time" if not field.value or re.fullmatch(r"\d{2}:\d{2}", field.value) else "text"
        case _:
            return "text"


def _button(button: Button) -> dict[str, Any]:
    return {
        "label": button.label,
        "style": str(button.style),
        "submits": button.submits,
        "value": json.dumps([button.action, dict(button.data)], ensure_ascii=False),
    }
