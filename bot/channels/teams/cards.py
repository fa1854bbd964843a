"""Draws a neutral card as an Adaptive Card 1.5, with elements that Teams shows on a phone too."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, time
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
    Style,
    Text,
    Tone,
    nowhere,
)
from domain.community import PreparednessLevel

LARGEST = 25_000
"""Bytes that a card may have on its way, where a letter beyond ASCII takes six; Teams refuses some above 28 KB."""


@dataclass(frozen=True, slots=True)
class Room:
    """Characters that there is room for: of each quote, and of what was typed in each field."""

    quote: int
    typed: int = 100_000


_ROOMS = (*map(Room, (2000, 500, 300, 200, 120, 80, 40, 0)), *(Room(0, typed) for typed in (1000, 300, 100, 30)))
_MARKS = {
    PreparednessLevel.GREEN: "🟢",
    PreparednessLevel.YELLOW: "🟡",
    PreparednessLevel.RED: "🔴",
    None: "⚪",
}
_TONES: Mapping[Tone, dict[str, Any]] = {
    Tone.NORMAL: {},
    Tone.HEADING: {"weight": "Bolder"},
    Tone.SUBTLE: {"isSubtle": True},
    Tone.GOOD: {"color": "Good", "weight": "Bolder"},
    Tone.ATTENTION: {"color": "Attention", "weight": "Bolder"},
}
_STYLES = {Style.PRIMARY: "positive", Style.DANGER: "destructive"}

Json = dict[str, Any]


def draw(card: Card, resolve: Resolve = nowhere) -> Json:
    """The card's JSON, under `LARGEST`: where there is no room, participants' words are cut, never figures.

    `resolve` gives the addresses of pictures and of what is linked to.
    """
    for room in _ROOMS:
        drawn = _draw(card, room, resolve)
        if len(json.dumps(drawn)) <= LARGEST:
            return drawn
    raise ValueError(f"a card of {len(card.body)} elements does not fit")


def _draw(card: Card, room: Room, resolve: Resolve) -> Json:
    links = [(link, resolve(link.to)) for link in card.links]
    title = {"type": "TextBlock", "text": escaped(card.title), "wrap": True, "size": "Medium", "weight": "Bolder"}
    drawn: Json = {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.5",
        "body": [title | {"style": "heading"}, *_elements(card.body, room, resolve), *_without_address(links)],
        "msteams": {"width": "Full"},
    }
    opening = [{"type": "Action.OpenUrl", "title": link.label, "url": url} for link, url in links if url]
    if card.buttons or opening:
        drawn["actions"] = [*map(_button, card.buttons), *opening]
    return drawn


def _without_address(links: list[tuple[Link, str | None]]) -> Iterator[Json]:
    for link, url in links:
        if not url and link.otherwise:
            yield _text(link.otherwise, **_TONES[Tone.SUBTLE])


def _elements(body: tuple[Element, ...], room: Room, resolve: Resolve) -> Iterator[Json]:
    for element in body:
        match element:
            case Text():
                yield _text(element.text, **_TONES[element.tone])
            case Facts():
                facts = [{"title": escaped(name), "value": escaped(value)} for name, value in element.rows]
                yield {"type": "FactSet", "facts": facts, "spacing": "Small"}
            case LevelLine():
                yield _level_line(element)
            case Quote():
                yield _quote(element, room.quote)
            case Picture():
                yield _picture(element, resolve)
            case Section():
                yield _text(element.heading, weight="Bolder", spacing="Medium") | {"separator": True}
                yield from _elements(element.body, room, resolve)
            case Buttons():
                yield {"type": "ActionSet", "actions": [_button(button) for button in element.row]}
            case Input():
                yield from _input(replace(element, value=element.value[: room.typed]))


def _text(text: str, **style: Any) -> Json:
    return {"type": "TextBlock", "text": escaped(text), "wrap": True, "spacing": "Small"} | style


def _level_line(line: LevelLine) -> Json:
    # The mark's colour is never alone: the level stands in words where the line is not about the level itself.
    words = f" – {line.spoken}" if line.spoken and line.spoken not in line.title else ""
    text = f"{_MARKS[line.level]} **{escaped(line.title)}**{escaped(words)}"
    return _raw(f"{text}: {escaped(line.text)}" if line.text else text)


def _raw(markdown: str) -> Json:
    return {"type": "TextBlock", "text": markdown, "wrap": True, "spacing": "Small"}


def _quote(quote: Quote, length: int) -> Json:
    words = quote.text if len(quote.text) <= length else quote.text[:length].rstrip() + "…"
    runs = [{"type": "TextRun", "text": f"{quote.who}: ", "weight": "Bolder"}, {"type": "TextRun", "text": words}]
    # Text runs are shown as they are: what a participant wrote is never read as formatting or a link.
    return {"type": "RichTextBlock", "inlines": runs, "spacing": "Small"}


def _picture(picture: Picture, resolve: Resolve) -> Json:
    url = resolve(picture.shows)
    if not url:
        return _text(picture.alt, **_TONES[Tone.SUBTLE])
    return {"type": "Image", "url": url, "altText": picture.alt, "size": "Stretch", "spacing": "Small"}


def _input(field: Input) -> Iterator[Json]:
    drawn: Json = {"id": field.key, "label": _label(field), "spacing": "Medium"}
    if field.required:
        drawn |= {"isRequired": True, "errorMessage": field.missing or field.label}
    match field.kind:
        case InputKind.CHOICE | InputKind.CHOICES:
            several = field.kind is InputKind.CHOICES
            choices = [{"title": choice.label, "value": choice.value} for choice in field.choices]
            compact = not several and len(choices) > 4
            drawn |= {"type": "Input.ChoiceSet", "choices": choices, "style": "compact" if compact else "expanded"}
            drawn |= {"isMultiSelect": True} if several else {}
            value = ",".join(part for part in field.value.split(",") if part in {c.value for c in field.choices})
        case InputKind.TOGGLE:
            drawn |= {"type": "Input.Toggle", "title": field.label, "valueOn": "true", "valueOff": "false"}
            del drawn["label"]
            value = "true" if field.value == "true" else "false"
        case InputKind.DATE if _is_read_by(date.fromisoformat, r"\d{4}-\d{2}-\d{2}", field):
            drawn |= {"type": "Input.Date"}
            value = field.value
        case InputKind.TIME if _is_read_by(time.fromisoformat, r"\d{2}:\d{2}", field):
            drawn |= {"type": "Input.Time"}
            value = field.value
        case _:
            # Text also for numbers: what was typed wrongly must come back as it was typed.
            drawn |= {"type": "Input.Text", "maxLength": max(field.max_length, len(field.value))}
            drawn |= {"isMultiline": True} if field.kind is InputKind.LONG_TEXT else {}
            drawn |= {"style": "Tel"} if field.kind is InputKind.COUNT else {}
            drawn |= {"placeholder": field.placeholder} if field.placeholder else {}
            value = field.value
    if value:
        drawn["value"] = value
    yield drawn
    if field.error:
        yield _text(f"⚠ {field.error}", color="Attention", weight="Bolder")


def _label(field: Input) -> str:
    return f"{field.label} ({field.beside})" if field.beside else field.label


def _is_read_by(read: Callable[[str], object], pattern: str, field: Input) -> bool:
    """A picker leaves out what it cannot show: a day that does not exist comes back as text."""
    if not field.value:
        return True
    if re.fullmatch(pattern, field.value, re.ASCII) is None:
        return False
    try:
        read(field.value)
    except ValueError:
        return False
    return True


def _button(button: Button) -> Json:
    data = {**button.data, "action": button.action}
    associated = {} if button.submits else {"associatedInputs": "none"}
    style = {"style": _STYLES[button.style]} if button.style in _STYLES else {}
    fallback = {"type": "Action.Submit", "title": button.label, "data": data} | associated | style
    return (
        {
            "type": "Action.Execute",
            "title": button.label,
            "verb": button.action,
            "data": data,
            "fallback": fallback,
        }
        | associated
        | style
    )


def escaped(text: str) -> str:
    """Text as it is, where Teams would read Markdown."""
    return re.sub(r"(?m)^(\s*\d+)\.(?=\s)", r"\1\\.", re.sub(r"([\\`*_\[\]<>#~|])", r"\\\1", text))
