"""Draws a neutral card as an Adaptive Card 1.5, with elements that Teams shows on a phone too."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from enum import Enum
from functools import lru_cache
from itertools import groupby
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
    """What there is room for: characters of each quote, and of what was typed in each field.

    `lines`: a section's lines share one block, and no more of them are shown; None: each has a block of its own.
    """

    quote: int
    lines: int | None = None
    typed: int = 100_000


_ROOMS = (
    *map(Room, (2000, 500, 300, 200, 120)),
    *(Room(quote, 100) for quote in (120, 80, 40, 0)),
    *(Room(0, lines) for lines in (60, 40, 20, 10)),
    *(Room(0, 10, typed) for typed in (1000, 300, 100, 30)),
)
"""From the widest to the narrowest. Sixty units fit with their figures, and with the beginning of what each needs."""
PHONE_ROW, AROUND_LABEL = 42, 5
"""Letters that a row of buttons has room for on a screen 320 pixels wide, and how many the edges of a button take."""
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
    """The card's JSON, under `LARGEST`: where there is no room participants' words are cut, and last of all lines.

    `resolve` gives the addresses of pictures and of what is linked to.
    """
    drawn: dict[Room, Json] = {}

    def fits(room: Room) -> bool:
        drawn[room] = _draw(card, room, resolve)
        return len(json.dumps(drawn[room])) <= LARGEST

    if fits(_ROOMS[0]):
        return drawn[_ROOMS[0]]
    # A narrower room never makes a larger card: the widest that fits is found by halving.
    widest = bisect_left(_ROOMS, True, lo=1, key=fits)
    if widest == len(_ROOMS):
        raise ValueError(f"a card of {len(card.body)} elements does not fit")
    return drawn[_ROOMS[widest]]


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
    *above, last = _rows([*map(_button, card.buttons), *opening]) or [[]]
    drawn["body"] += [_row(actions) for actions in above]
    if last:
        drawn["actions"] = last
    return drawn


def _rows(actions: Sequence[Json]) -> list[list[Json]]:
    """As many beside each other as a phone has room for: not every client breaks a row of buttons that is too long."""
    rows: list[list[Json]] = []
    left = 0
    for action in actions:
        takes = len(action["title"]) + AROUND_LABEL
        if not rows or takes > left:
            rows.append([])
            left = PHONE_ROW
        rows[-1].append(action)
        left -= takes
    return rows


def _row(actions: list[Json]) -> Json:
    return {"type": "ActionSet", "actions": actions}


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
                yield _raw(_level_text(element))
            case Quote():
                yield _quote(element, room.quote)
            case Picture():
                yield _picture(element, resolve)
            case Section():
                yield _text(element.heading, weight="Bolder", spacing="Medium") | {"separator": True}
                drawing = _elements if room.lines is None else _dense
                yield from drawing(element.body, room, resolve)
            case Buttons():
                yield from map(_row, _rows([_button(button) for button in element.row]))
            case Input():
                yield from _input(replace(element, value=element.value[: room.typed]))


def _dense(body: tuple[Element, ...], room: Room, resolve: Resolve) -> Iterator[Json]:
    """A section's lines in one block and its quotes in another; what else it has as always."""
    for kind, group in groupby(body, _kind):
        elements = tuple(group)
        lines = [line for element in elements if (line := _line(element)) is not None]
        if kind is _Kind.LINE:
            yield _raw("\n\n".join(_first(lines, room.lines)))
        elif kind is _Kind.QUOTE:
            yield _quotes([element for element in elements if isinstance(element, Quote)], room)
        else:
            yield from _elements(elements, room, resolve)


class _Kind(Enum):
    LINE, QUOTE, OTHER = range(3)


def _kind(element: Element) -> _Kind:
    if isinstance(element, Quote):
        return _Kind.QUOTE
    return _Kind.OTHER if _line(element) is None else _Kind.LINE


def _line(element: Element) -> str | None:
    """The Markdown of an element that is one line; None for any other."""
    if isinstance(element, LevelLine):
        return _level_text(element)
    return escaped(element.text) if isinstance(element, Text) and element.tone is Tone.NORMAL else None


def _first(lines: list[str], most: int | None) -> list[str]:
    """So many of them, and how many more there are."""
    return lines if most is None or len(lines) <= most else [*lines[:most], f"… +{len(lines) - most}"]


def _quotes(quotes: list[Quote], room: Room) -> Json:
    """One after the other; where there is no room for words, those who have said something."""
    if not room.quote:
        said = _first(list(dict.fromkeys(quote.who for quote in quotes)), room.lines)
        return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": ", ".join(said)}], "spacing": "Small"}
    runs: list[Any] = []
    for quote in quotes:
        runs.append({"type": "TextRun", "text": f"{quote.who}: ", "weight": "Bolder"})
        runs.append(_cut(quote.text, room.quote) + "  ")
    return {"type": "RichTextBlock", "inlines": runs, "spacing": "Small"}


def _text(text: str, **style: Any) -> Json:
    return {"type": "TextBlock", "text": escaped(text), "wrap": True, "spacing": "Small"} | style


def _level_text(line: LevelLine) -> str:
    # The mark's colour is never alone: the level stands in words where the line is not about the level itself.
    words = f" – {line.spoken}" if line.spoken and line.spoken not in line.title else ""
    text = f"{_MARKS[line.level]} **{escaped(line.title)}**{escaped(words)}"
    return f"{text}: {escaped(line.text)}" if line.text else text


def _raw(markdown: str) -> Json:
    return {"type": "TextBlock", "text": markdown, "wrap": True, "spacing": "Small"}


def _quote(quote: Quote, length: int) -> Json:
    words = {"type": "TextRun", "text": _cut(quote.text, length)}
    runs = [{"type": "TextRun", "text": f"{quote.who}: ", "weight": "Bolder"}, words]
    # Text runs are shown as they are: what a participant wrote is never read as formatting or a link.
    return {"type": "RichTextBlock", "inlines": runs, "spacing": "Small"}


def _cut(words: str, length: int) -> str:
    return words if len(words) <= length else words[:length].rstrip() + "…"


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


@lru_cache(maxsize=2048)
def escaped(text: str) -> str:
    """Text as it is, where Teams would read Markdown."""
    return re.sub(r"(?m)^(\s*\d+)\.(?=\s)", r"\1\\.", re.sub(r"([\\`*_\[\]<>#~|])", r"\\\1", text))
