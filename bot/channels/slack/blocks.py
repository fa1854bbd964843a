"""Draws a neutral card as Block Kit: what Slack shows on a phone too, and under its limits.

Words go as rich text, which Slack shows as it is: nothing that a participant wrote becomes formatting, a link or a
mention. Lines that follow each other share one block, so that names and values stand below each other at any width.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dialogs.card import (
    Button,
    Buttons,
    Card,
    Element,
    Facts,
    Input,
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

MOST_BLOCKS = 50
LONGEST_LINES = 3000
"""Characters of one block of lines, as many as a section may have."""
LONGEST_TITLE, LONGEST_BUTTON, LONGEST_VALUE, LONGEST_ALT = 150, 75, 2000, 2000
MOST_BUTTONS = 25
LINK = "link"
"""The action of a button that opens an address: Slack tells of the press, and there is nothing to do about it."""

_MARKS = {
    PreparednessLevel.GREEN: "🟢",
    PreparednessLevel.YELLOW: "🟡",
    PreparednessLevel.RED: "🔴",
    None: "⚪",
}
_STYLES = {Style.PRIMARY: "primary", Style.DANGER: "danger"}
_BOLD = frozenset({Tone.HEADING, Tone.GOOD, Tone.ATTENTION})

Json = dict[str, Any]
PictureFile = Callable[[Picture], "str | None"]
"""The id of the file that a picture was uploaded as; None where it was not."""


@dataclass(frozen=True, slots=True)
class Room:
    """What there is room for: characters of each quote, lines of each section, and lines drawn between them."""

    quote: int
    lines: int | None = None
    divided: bool = True


_ROOMS = (
    Room(2000),
    *(Room(quote, divided=False) for quote in (500, 300, 120)),
    *(Room(quote, lines, divided=False) for quote, lines in ((120, 100), (60, 60), (0, 40), (0, 20), (0, 10))),
)
"""From the widest to the narrowest; the first that Slack takes is drawn."""
LONGEST_MESSAGE = 13_000
"""Characters that a message's blocks may have together; Slack refuses some above it."""


OPEN = "_open"
"""Stands in the value of a button that opens a form: how the form is found again."""
STORED: Mapping[str, Any] = {}
"""It is the stored message that lies there."""
OPENERS: Mapping[str, str] = {"status.submit": "status.open"}
"""Forms that have a button of their own to open them."""


def message(
    card: Card, resolve: Resolve = nowhere, picture: PictureFile = lambda _: None, opening: Mapping[str, Any] = STORED
) -> list[Json]:
    """A message's blocks. A form is shown without its fields: the buttons that would send it open it.

    `opening` is how the form is found when one of them is pressed.
    """
    if card.plain:
        return list(_lines([_line(Text(card.title))]))
    for room in _ROOMS:
        drawn = _message(card, room, resolve, picture, opening)
        if len(drawn) <= MOST_BLOCKS and sum(map(_length, drawn)) <= LONGEST_MESSAGE:
            break
    return drawn if len(drawn) <= MOST_BLOCKS else _cut_off(drawn)


def _message(card: Card, room: Room, resolve: Resolve, picture: PictureFile, opening: Mapping[str, Any]) -> list[Json]:
    pressed = [
        *(_opener(button, opening) if button.submits else _button(button) for button in card.buttons),
        *(_link(link, url) for link in card.links if (url := resolve(link.to))),
    ]
    told = [Text(link.otherwise, Tone.SUBTLE) for link in card.links if link.otherwise and not resolve(link.to)]
    shown = [*_without_fields(card.body), *told]
    return [*header(card.title), *elements(shown, room, picture), *_actions(pressed)]


def _cut_off(drawn: list[Json]) -> list[Json]:
    """The last way out: the beginning, and what can be pressed at the end."""
    last = [block for block in drawn[-2:] if block["type"] == "actions"]
    return [*drawn[: MOST_BLOCKS - len(last) - 1], *_lines([[_run("…")]]), *last]


def _without_fields(body: Sequence[Element]) -> Iterator[Element]:
    """What a form says besides its fields, without the headings that stand above fields alone."""
    for at, element in enumerate(body):
        following = body[at + 1] if at + 1 < len(body) else None
        heads = isinstance(element, Text) and element.tone is Tone.HEADING and isinstance(following, Input)
        if not (heads or isinstance(element, Input)):
            yield element


def header(title: str) -> Iterator[Json]:
    if title:
        yield {"type": "header", "text": plain(title, LONGEST_TITLE)}


def elements(body: Iterable[Element], room: Room, picture: PictureFile) -> Iterator[Json]:
    """Blocks in order; lines that follow each other share one."""
    lines: list[list[Json]] = []
    for element in body:
        if (drawn := _as_lines(element, room)) is not None:
            lines += drawn
            continue
        yield from _lines(lines)
        lines = []
        match element:
            case Section():
                if room.divided:
                    yield {"type": "divider"}
                inside = _first(element.body, room.lines)
                yield from elements([Text(element.heading, Tone.HEADING), *inside], room, picture)
            case Picture():
                yield _picture(element, picture)
            case Buttons():
                yield from _actions([_button(button) for button in element.row])
    yield from _lines(lines)


def _first(body: Sequence[Element], most: int | None) -> list[Element]:
    """So many lines of a section, and how many more there are; what can be pressed stays."""
    if most is None or len(body) <= most:
        return list(body)
    kept = [element for at, element in enumerate(body) if at < most or isinstance(element, Buttons)]
    return [*kept, Text(f"… +{len(body) - len(kept)}")]


def _as_lines(element: Element, room: Room) -> list[list[Json]] | None:
    """The lines of an element that is nothing but lines; None for any other."""
    match element:
        case Text() | LevelLine():
            return [_line(element)]
        case Facts():
            return [[_run(f"{name}: ", bold=True), _run(value)] for name, value in element.rows]
        case Quote():
            said = _cut(element.text, room.quote) if room.quote else ""
            return [[_run(f"{element.who}: " if said else element.who, bold=True), *([_run(said)] if said else [])]]
        case _:
            return None


def _line(element: Text | LevelLine) -> list[Json]:
    if isinstance(element, Text):
        return [_run(element.text, bold=element.tone in _BOLD, italic=element.tone is Tone.SUBTLE)]
    # The mark's colour is never alone: the level stands in words where the line is not about the level itself.
    spoken = f" – {element.spoken}" if element.spoken and element.spoken not in element.title else ""
    joint = " –" if ":" in element.title and not spoken else ":"  # a line has one colon
    text = f"{joint} {element.text}" if element.text else ""
    runs = [_run(f"{_MARKS[element.level]} "), _run(element.title, bold=True)]
    return [*runs, _run(f"{spoken}{text}")] if spoken or text else runs


def _run(text: str, *, bold: bool = False, italic: bool = False) -> Json:
    style = {name: True for name, on in (("bold", bold), ("italic", italic)) if on}
    return {"type": "text", "text": text or " "} | ({"style": style} if style else {})


def _lines(lines: Sequence[Sequence[Json]]) -> Iterator[Json]:
    """Rich text, in as many blocks as it needs."""
    runs: list[Json] = []
    left = LONGEST_LINES
    for line in lines:
        line = [_shortened(run) for run in line]
        takes = sum(len(run["text"]) for run in line) + 1
        if runs and takes > left:
            yield _rich(runs)
            runs, left = [], LONGEST_LINES
        runs += [_run("\n"), *line] if runs else line
        left -= takes
    if runs:
        yield _rich(runs)


def _rich(runs: list[Json]) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": runs}]}


def _shortened(run: Json) -> Json:
    longest = LONGEST_LINES - 200
    return run if len(run["text"]) <= longest else run | {"text": _cut(run["text"], longest)}


def _picture(shown: Picture, file: PictureFile) -> Json:
    uploaded = file(shown)
    if uploaded is None:
        return next(_lines([_line(Text(shown.alt, Tone.SUBTLE))]))
    return {"type": "image", "slack_file": {"id": uploaded}, "alt_text": _cut(shown.alt, LONGEST_ALT - 1)}


def _actions(pressed: Sequence[Json]) -> Iterator[Json]:
    """Rows of buttons. Within a row each action stands once: that is how Slack tells them apart."""
    row: list[Json] = []
    for button in pressed:
        if len(row) == MOST_BUTTONS or any(button["action_id"] == other["action_id"] for other in row):
            yield {"type": "actions", "elements": row}
            row = []
        row.append(button)
    if row:
        yield {"type": "actions", "elements": row}


def _button(button: Button) -> Json:
    return _pressed(button, button.action, button.label, dict(button.data))


def _opener(button: Button, opening: Mapping[str, Any]) -> Json:
    """The button that opens the form and not yet sends it: what follows is told by its three dots."""
    label = f"{button.label} …"
    if button.action in OPENERS:
        return _pressed(button, OPENERS[button.action], label, dict(button.data))
    return _pressed(button, button.action, label, {**button.data, OPEN: dict(opening)})


def _pressed(button: Button, action: str, label: str, data: Mapping[str, Any]) -> Json:
    value = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    if len(value) > LONGEST_VALUE:
        raise ValueError(f"the button {action} bears {len(value)} characters")
    drawn = {"type": "button", "action_id": action, "text": plain(label, LONGEST_BUTTON), "value": value}
    return drawn | ({"style": _STYLES[button.style]} if button.style in _STYLES else {})


def _link(link: Link, url: str) -> Json:
    label = plain(link.label, LONGEST_BUTTON)
    return {"type": "button", "action_id": f"{LINK}.{link.to.kind}", "text": label, "url": url}


def plain(text: str, longest: int) -> Json:
    return {"type": "plain_text", "text": _cut(text, longest - 1), "emoji": False}


def _cut(words: str, length: int) -> str:
    return words if len(words) <= length else words[:length].rstrip() + "…"


def _length(block: Json) -> int:
    """Characters that a reader sees of it."""
    match block["type"]:
        case "rich_text":
            return sum(len(run["text"]) for section in block["elements"] for run in section["elements"])
        case "actions":
            return sum(len(button["text"]["text"]) for button in block["elements"])
        case "header":
            return len(block["text"]["text"])
        case _:
            return 0


def escaped(text: str) -> str:
    """Text where Slack reads its own marks: in notifications."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
