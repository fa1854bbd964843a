"""Draws a neutral form as a modal, and reads what was filled in.

A field's block and its element both bear the field's key, so that an answer and an error find each other. A field that
is to show something else than what was typed gets a block of a new name: Slack keeps what was typed under the old one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from bot.channels.slack.blocks import LONGEST_VALUE, Json, PictureFile, Room, elements, header, plain
from dialogs.card import Button, Buttons, Card, Choice, Element, Input, InputKind, Text, Tone
from services.messages import Json as JsonValue

MOST_BLOCKS = 100
LONGEST_TITLE = LONGEST_SUBMIT = 24
LONGEST_LABEL = LONGEST_HINT = 2000
LONGEST_OPTION, LONGEST_PLACEHOLDER, LONGEST_TEXT = 75, 150, 3000
MOST_RADIOS, MOST_OPTIONS = 10, 100

_WHOLE = Room(2000, divided=False)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a modal was opened: the message that its receipt takes the place of; empty where there was none."""

    channel: str = ""
    message: str = ""
    personal: bool = True
    home: bool = False


@dataclass(frozen=True, slots=True)
class Filled:
    """A modal as it was sent: which button that was, its data, and what stood in the fields."""

    action: str
    data: Mapping[str, JsonValue]
    typed: Mapping[str, str]
    blocks: Mapping[str, str]  # key of a field → the block that it stood in
    origin: Origin = field(default_factory=Origin)


def sender_of(card: Card) -> Button | None:
    """The button that sends the form, where it is one form with one button."""
    sending = [button for button in card.buttons if button.submits]
    return sending[0] if len(sending) == 1 and card.inputs else None


def form(card: Card, sender: Button, origin: Origin, picture: PictureFile, standing: Filled | None = None) -> Json:
    """The modal's view. `standing` is what was typed in the modal that this one takes the place of."""
    blocks = [*_heading(card), *_blocks(card.body, picture, standing)]
    metadata = {"data": dict(sender.data), "at": [origin.channel, origin.message, origin.personal, origin.home]}
    return {
        "type": "modal",
        "callback_id": sender.action,
        "title": plain(card.title, LONGEST_TITLE),
        "submit": plain(sender.label, LONGEST_SUBMIT),
        "private_metadata": json.dumps(metadata, ensure_ascii=False, separators=(",", ":")),
        "blocks": blocks[:MOST_BLOCKS],
    }


def page(card: Card, picture: PictureFile) -> Json:
    """A card that is shown in the modal's place, with nothing to send."""
    blocks = [*_heading(card), *elements(_shown(card.body), _WHOLE, picture)]
    said = [*elements([Text(card.title)], _WHOLE, picture)] if card.plain else []
    title = plain(card.title, LONGEST_TITLE)
    return {"type": "modal", "callback_id": "page", "title": title, "blocks": [*said, *blocks][:MOST_BLOCKS]}


def _heading(card: Card) -> Iterator[Json]:
    """The whole title, where the modal's own has no room for it."""
    if len(card.title) > LONGEST_TITLE - 1 and not card.plain:
        yield from header(card.title)


def _shown(body: Sequence[Element]) -> list[Element]:
    """A modal has one button, and that sends it: other ones are on the message that it was opened from."""
    return [element for element in body if not isinstance(element, Buttons)]


def _blocks(body: Sequence[Element], picture: PictureFile, standing: Filled | None) -> Iterator[Json]:
    said: list[Element] = []
    for element in _shown(body):
        if not isinstance(element, Input):
            said.append(element)
            continue
        yield from elements(said, _WHOLE, picture)
        said = [Text(f"⚠ {element.error}", Tone.ATTENTION)] if element.error else []
        yield _input(element, standing)
    yield from elements(said, _WHOLE, picture)


def _input(field: Input, standing: Filled | None) -> Json:
    drawn: Json = {
        "type": "input",
        "block_id": _block_id(field, standing),
        "label": plain(field.label, LONGEST_LABEL),
        "optional": not field.required,
        "element": _element(field) | {"action_id": field.key},
    }
    return drawn | ({"hint": plain(field.beside, LONGEST_HINT)} if field.beside else {})


def _block_id(field: Input, standing: Filled | None) -> str:
    if standing is None or field.key not in standing.blocks:
        return field.key
    block = standing.blocks[field.key]
    if standing.typed.get(field.key, "") == field.value:
        return block
    key, _, number = block.rpartition("~")
    return f"{field.key}~{int(number) + 1 if key and number.isdigit() else 1}"


def _element(field: Input) -> Json:
    match field.kind:
        case InputKind.CHOICE if field.choices:
            return _one_of(field)
        case InputKind.CHOICES if field.choices:
            return _several_of(field)
        case InputKind.TOGGLE:
            ticked = Choice("true", field.label)
            return _options("checkboxes", [ticked], "initial_options", [ticked] if field.value == "true" else [])
        case InputKind.DATE if not field.value or _is_date(field.value):
            return {"type": "datepicker"} | ({"initial_date": field.value} if field.value else {})
        case InputKind.TIME if not field.value or _is_time(field.value):
            return {"type": "timepicker"} | ({"initial_time": field.value} if field.value else {})
        case _:
            # Text also for numbers, and for a day or a time that is none: it comes back as it was typed.
            return _text(field)


def _one_of(field: Input) -> Json:
    kind = "radio_buttons" if len(field.choices) <= MOST_RADIOS else "static_select"
    chosen = [choice for choice in field.choices if choice.value == field.value]
    drawn = _options(kind, field.choices, "", [])
    return drawn | ({"initial_option": _option(chosen[0])} if chosen else {})


def _several_of(field: Input) -> Json:
    kind = "checkboxes" if len(field.choices) <= MOST_RADIOS else "multi_static_select"
    values = field.value.split(",")
    chosen = [choice for choice in field.choices if choice.value in values]
    return _options(kind, field.choices, "initial_options", chosen)


def _options(kind: str, choices: Sequence[Choice], initial: str, chosen: Sequence[Choice]) -> Json:
    if len(choices) <= MOST_OPTIONS:
        drawn: Json = {"type": kind, "options": [_option(choice) for choice in choices]}
    else:
        parts = [choices[at : at + MOST_OPTIONS] for at in range(0, len(choices), MOST_OPTIONS)]
        groups = [{"label": plain(_span(part), LONGEST_OPTION), "options": list(map(_option, part))} for part in parts]
        drawn = {"type": kind, "option_groups": groups}
    return drawn | ({initial: [_option(choice) for choice in chosen]} if chosen else {})


def _span(choices: Sequence[Choice]) -> str:
    return f"{choices[0].label[:30]} – {choices[-1].label[:30]}"


def _option(choice: Choice) -> Json:
    return {"text": plain(choice.label, LONGEST_OPTION), "value": choice.value}


def _text(field: Input) -> Json:
    longest = min(LONGEST_TEXT, max(field.max_length, len(field.value)) or LONGEST_TEXT)
    drawn: Json = {"type": "plain_text_input", "max_length": longest}
    drawn |= {"multiline": True} if field.kind is InputKind.LONG_TEXT else {}
    drawn |= {"placeholder": plain(field.placeholder, LONGEST_PLACEHOLDER)} if field.placeholder else {}
    return drawn | ({"initial_value": field.value[:LONGEST_TEXT]} if field.value else {})


def _is_date(value: str) -> bool:
    return _is_read_by(date.fromisoformat, r"\d{4}-\d{2}-\d{2}", value)


def _is_time(value: str) -> bool:
    return _is_read_by(time.fromisoformat, r"\d{2}:\d{2}", value)


def _is_read_by(read: Any, pattern: str, value: str) -> bool:
    """A picker shows no day that does not exist."""
    if re.fullmatch(pattern, value, re.ASCII) is None:
        return False
    try:
        read(value)
    except ValueError:
        return False
    return True


# Back


def read(view: Mapping[str, Any]) -> Filled | None:
    """A sent modal; None for one that is none of ours."""
    try:
        metadata = json.loads(view.get("private_metadata") or "{}")
        channel, message, personal, home = metadata.get("at") or ["", "", True, False]
        data, values = dict(metadata.get("data") or {}), view["state"]["values"]
        fields = {key: (block, state) for block, inside in values.items() for key, state in inside.items()}
        typed = {key: _value(state) for key, (_, state) in fields.items()}
        blocks = {key: block for key, (block, _) in fields.items()}
        origin = Origin(str(channel), str(message), personal is True, home is True)
        return Filled(str(view["callback_id"]), data, typed, blocks, origin)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _value(state: Mapping[str, Any]) -> str:
    """A field's value as a card's own: of several choices joined by commas, of a tick `true` or `false`."""
    if "selected_options" in state:
        chosen = [_text_of(option.get("value")) for option in state["selected_options"] or []]
        return ",".join(chosen)
    if "selected_option" in state:
        return _text_of((state["selected_option"] or {}).get("value"))
    given = (state.get(name) for name in ("value", "selected_date", "selected_time"))
    return next((_text_of(value) for value in given if value is not None), "")


def _text_of(value: object) -> str:
    return value if isinstance(value, str) else ""


def errors(card: Card, filled: Filled) -> dict[str, str]:
    """The messages that stand at fields of the modal that was sent, by block."""
    return {
        filled.blocks[field.key]: field.error[:LONGEST_VALUE]
        for field in card.inputs
        if field.error and field.key in filled.blocks
    }
