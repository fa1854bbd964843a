"""What was posted, read and bounded. Nothing in it is believed: the router authorises each turn."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import parse_qs

from aiohttp import web

from dialogs.speech import Speech
from services.messages import Json

LARGEST_BODY = 256 * 1024
MOST_FIELDS = 2000
# No input's key begins with an underscore, so these never stand in the way of one.
TOKEN, NUMBER, MESSAGE, PAGE = "_token", "_number", "_message", "_page"
TEXT, SUBMIT, PRESS = "_text", "_submit", "_press"


class RefusedError(Exception):
    """A request that is not done: its status, and the reason in the reader's language."""

    def __init__(self, status: int, why: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(why)
        self.status = status
        self.why = why
        self.headers = dict(headers or {})


@dataclass(frozen=True, slots=True)
class Pressed:
    action: str
    data: Mapping[str, Json]


class Posted:
    """A form's fields."""

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        self._fields = fields

    def one(self, name: str) -> str:
        return self._fields.get(name, [""])[-1]

    def has(self, name: str) -> bool:
        return name in self._fields

    def number(self, person: str) -> str:
        """The event's id: the same for the same content of the same drawn form. Empty when the form bears no number.

        A form that is sent again after something in it was corrected is a new event, although the browser went back
        to a page that was drawn before.
        """
        if not re.fullmatch(r"[0-9a-f]{32}", self.one(NUMBER)):
            return ""
        content = json.dumps([person, self.one(NUMBER), self.one(TEXT), self.chosen(), self.inputs()]).encode()
        return f"web:{sha256(content).hexdigest()[:32]}"

    def inputs(self) -> dict[str, Json]:
        """Inputs by their keys, several choices joined by commas; none for a button that does not send them."""
        if SUBMIT not in self._fields:
            return {}
        joined = {name: ",".join(filter(None, values)) for name, values in self._fields.items()}
        return {name: value for name, value in joined.items() if not name.startswith("_")}

    def pressed(self) -> Pressed | None:
        """The button's action, and its data with the inputs, which never replace data. None if it is no button."""
        try:
            action, data = json.loads(self.chosen(), parse_constant=_refuse)
            # Nothing that a database could not take either: lone surrogates, NUL.
            json.dumps([action, data], ensure_ascii=False).encode()
        except (ValueError, TypeError, RecursionError):
            return None
        if not isinstance(action, str) or not isinstance(data, dict) or "\\u0000" in json.dumps([action, data]):
            return None
        return Pressed(action, {**self.inputs(), **data})

    def chosen(self) -> str:
        """The value of the button that was pressed."""
        return self.one(SUBMIT) or self.one(PRESS)


def _refuse(constant: str) -> None:
    raise ValueError(constant)


async def read(request: web.Request, speech: Speech) -> Posted:
    """Raises RefusedError: 400, 413 or 415."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise RefusedError(415, speech.say("web.not_a_form"))
    try:
        body = await request.read()
    except web.HTTPRequestEntityTooLarge:
        body = b"x" * (LARGEST_BODY + 1)
    if len(body) > LARGEST_BODY:
        raise RefusedError(413, speech.say("web.too_large"))
    try:
        fields = parse_qs(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        raise RefusedError(400, speech.say("web.unreadable")) from None
    if any("\0" in text for name, values in fields.items() for text in (name, *values)):
        raise RefusedError(400, speech.say("web.unreadable"))
    return Posted({name: [value.replace("\r\n", "\n") for value in values] for name, values in fields.items()})
