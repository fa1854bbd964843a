"""What is said while nothing can be stored: that it was not, and everything that was typed, ready to be sent again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from dialogs.card import Button, Card, Style, Text, Tone, sentence
from dialogs.speech import Speech
from dialogs.turn import Event
from domain.identity_numbers import contains_identity_number, masks
from domain.reports import as_text
from services.messages import Json

MOST_KEPT = 10_000
"""Characters that a button bears; what is longer than any form of ours is not given back."""


def told(speech: Speech, event: Event) -> Card:
    return sentence(speech.say("unavailable.press" if event.action else "unavailable.text"))


def kept(speech: Speech, action: str, data: Mapping[str, Json], form: Card | None) -> Card:
    """The form that was sent, filled in as it was; where it cannot be drawn, a button that sends the same again.

    Identity numbers are not given back.
    """
    if len(json.dumps(data)) > MOST_KEPT:
        return sentence(speech.say("unavailable.press"))
    if form is not None:
        return _filled(speech, form, data)
    again = Button(action, speech.say("unavailable.again"), _without_numbers(data), Style.PRIMARY)
    return sentence(speech.say("unavailable.press"), again)


def _filled(speech: Speech, form: Card, data: Mapping[str, Json]) -> Card:
    keys = {field.key for field in form.inputs}
    typed = masks({key: as_text(data.get(key)) for key in keys})
    # What the pressed button bore besides the fields: of which round, as it stood when.
    beside = {key: value for key, value in data.items() if key not in keys}
    filled = form.with_inputs(typed, {})
    first = Text(speech.say("unavailable.press"), Tone.ATTENTION)
    buttons = tuple(replace(button, data=_without_numbers(beside)) for button in form.buttons)
    return replace(filled, body=(first, *filled.body), buttons=buttons)


def _without_numbers(data: Mapping[str, Json]) -> dict[str, Json]:
    return {key: value for key, value in data.items() if not contains_identity_number(_text(value))}


def _text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
