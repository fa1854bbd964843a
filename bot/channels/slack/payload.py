"""From what Slack posts to what the product understands. Nothing in it is believed but what Slack vouches for: who, in
which workspace, where. It has been authenticated by then, and may still be of any shape.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

from bot.channels.cleaning import storable
from bot.channels.slack.blocks import OPEN
from bot.channels.slack.modal import Filled, Origin, read
from bot.channels.slack.outbound import NAME
from dialogs.turn import Event, Place
from services.messages import Address
from services.ports import Identity

LONGEST_ID = 255
LONGEST_TEXT = 8000
LONGEST_NAME = 200
MOST_FIELDS = 100
MOST_FILES = 10
DIRECT = "D"
"""The id of a personal chat begins with it."""


class NotSlacksError(Exception):
    """What is wrong with it, as a sentence without its content."""


@dataclass(frozen=True, slots=True)
class Written:
    """A text, in a chat, in a channel or after the slash. `thread` is where a reply belongs in a channel."""

    sender: Identity
    place: Place
    event: Event
    thread: str = ""
    trigger: str = ""
    slash: bool = False
    files: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button. `opening` is set on one that opens a form; `trigger` lets a modal open within three seconds."""

    sender: Identity
    place: Place
    event: Event
    origin: Origin
    trigger: str
    opening: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A modal that was filled in and sent."""

    sender: Identity
    place: Place
    event: Event
    filled: Filled


@dataclass(frozen=True, slots=True)
class HomeOpened:
    """Somebody looks at the bot's own page."""

    id: str
    sender: Identity
    place: Place


@dataclass(frozen=True, slots=True)
class Left:
    """The workspace has taken the app out of use."""

    team: str


Inbound = Written | Pressed | Sent | HomeOpened


def json_object(body: bytes) -> Mapping[str, Any]:
    """Raises NotSlacksError."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise NotSlacksError("The body is not JSON.") from None
    if not isinstance(found, dict):
        raise NotSlacksError("The body is a JSON object.")
    return found


def form_fields(body: bytes) -> Mapping[str, str]:
    """Raises NotSlacksError."""
    try:
        fields = parse_qs(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        raise NotSlacksError("The body is not a form.") from None
    return {name: values[-1] for name, values in fields.items()}


# Events


def team_of_event(body: Mapping[str, Any]) -> str:
    return _id(body.get("team_id"))


def event(body: Mapping[str, Any]) -> Inbound | Left | None:
    """What happened; None for what there is nothing to say to, the bot's own words among it.

    Raises NotSlacksError for a call-back without an event.
    """
    told, team = body.get("event"), team_of_event(body)
    if not isinstance(told, dict) or not isinstance(told.get("type"), str):
        raise NotSlacksError("An event_callback has an event with a type.")
    user, where = _id(told.get("user")), _id(told.get("channel"))
    # Without an id of its own it cannot be told from another one: it is no repeat.
    number = f"{NAME}:{_id(body.get('event_id')) or uuid4().hex}"
    sender = Identity(NAME, team, user)
    match told["type"]:
        case "message" | "app_mention":
            return _written(told, sender, where, number)
        case "app_home_opened" if told.get("tab", "home") == "home" and user:
            return HomeOpened(number, sender, _place(team, "", user))
        case "app_uninstalled":
            return Left(team)
        case _:
            return None


def _written(told: Mapping[str, Any], sender: Identity, where: str, number: str) -> Written | None:
    personal = where.startswith(DIRECT)
    by_bot = told.get("bot_id") or told.get("subtype") not in (None, "file_share", "thread_broadcast")
    # A message in a channel is for the bot when it mentions it; Slack tells of that by itself.
    if by_bot or not (sender.user and where) or (told["type"] == "message") is not personal:
        return None
    place = _place(sender.tenant, where, sender.user)
    thread = _id(told.get("thread_ts")) or ("" if personal else _id(told.get("ts")))
    return Written(sender, place, Event(number, place, _text(told.get("text"))), thread, files=_files(told, personal))


def _files(told: Mapping[str, Any], personal: bool) -> tuple[Mapping[str, Any], ...]:
    """What was dropped beside the text; in a channel it is for those who are there."""
    given = told.get("files")
    if not personal or not isinstance(given, list):
        return ()
    return tuple(file for file in given[:MOST_FILES] if isinstance(file, dict))


# Commands


def command(fields: Mapping[str, str]) -> Written:
    """`/samhandling koble`. Raises NotSlacksError when workspace or sender are missing."""
    team, user, where = (_id(fields.get(name)) for name in ("team_id", "user_id", "channel_id"))
    if not (team and user):
        raise NotSlacksError("A command has team_id and user_id.")
    trigger = _id(fields.get("trigger_id"))
    place = _place(team, where, user, fields.get("channel_name", ""))
    number = f"{NAME}:command:{trigger or uuid4().hex}"
    event = Event(number, place, _text(fields.get("text")) or "hjelp")
    return Written(Identity(NAME, team, user), place, event, trigger=trigger, slash=True)


# Presses and modals


def team_of_interaction(payload: Mapping[str, Any]) -> str:
    return _id(_part(payload, "team").get("id")) or _id(_part(payload, "user").get("team_id"))


def interaction(payload: Mapping[str, Any]) -> Inbound | None:
    """A press or a sent modal; None for what there is nothing to do about, a link that was followed among it.

    Raises NotSlacksError for one without sender, or of an unknown shape.
    """
    team, user = team_of_interaction(payload), _id(_part(payload, "user").get("id"))
    if not (team and user):
        raise NotSlacksError("An interaction has a team and a user.")
    sender = Identity(NAME, team, user)
    match payload.get("type"):
        case "block_actions":
            return _pressed(payload, sender)
        case "view_submission":
            return _sent(payload, sender)
        case "view_closed" | "shortcut" | "message_action" | "block_suggestion":
            return None
        case _:
            raise NotSlacksError("The type of the interaction is not known.")


def _pressed(payload: Mapping[str, Any], sender: Identity) -> Pressed | None:
    actions = payload.get("actions")
    pressed = actions[0] if isinstance(actions, list) and actions and isinstance(actions[0], dict) else None
    if pressed is None:
        raise NotSlacksError("A press has an action.")
    if pressed.get("type") != "button" or "url" in pressed:
        return None
    container, channel = _part(payload, "container"), _part(payload, "channel")
    where = _id(channel.get("id")) or _id(container.get("channel_id"))
    message = _id(container.get("message_ts")) or _id(_part(payload, "message").get("ts"))
    place = _place(sender.tenant, where, sender.user, channel.get("name"))
    whispered = container.get("is_ephemeral") is True
    home = _part(payload, "view").get("type") == "home"
    origin = Origin(where, "" if whispered else message, place.personal, home)
    data = _data(pressed.get("value"))
    opening = data.pop(OPEN, None)
    trigger = _id(payload.get("trigger_id"))
    happened = ":".join((where, message, sender.user, _id(pressed.get("action_id")), _id(pressed.get("action_ts"))))
    number = f"{NAME}:press:{trigger or happened}"
    event = Event(number, place, action=_id(pressed.get("action_id")), data=data)
    return Pressed(sender, place, event, origin, trigger, opening if isinstance(opening, dict) else None)


def _sent(payload: Mapping[str, Any], sender: Identity) -> Sent | None:
    view = _part(payload, "view")
    filled = read(view)
    if filled is None:
        raise NotSlacksError("A sent view has its callback, its state and the product's own metadata.")
    number = f"{NAME}:sent:{_id(payload.get('trigger_id')) or _id(view.get('id')) + ':' + _id(view.get('hash'))}"
    place = _place(sender.tenant, filled.origin.channel, sender.user)
    inputs = {key: storable(value) for key, value in filled.typed.items()}
    event = Event(number, place, action=filled.action, data={**inputs, **filled.data})
    return Sent(sender, place, event, filled)


def _place(team: str, where: str, user: str, name: object = "") -> Place:
    """A personal chat, or a channel; nowhere is alone with the bot."""
    address = Address(NAME, team, where, user=user)
    called = storable(name[:LONGEST_NAME]) if isinstance(name, str) else ""
    return Place(address, not where or where.startswith(DIRECT), called)


def _data(value: object) -> dict[str, Any]:
    """A button's data; empty when it is none of ours."""
    try:
        found = json.loads(value) if isinstance(value, str) else {}
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) and "\\u0000" not in json.dumps(found) else {}


def _part(body: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = body.get(key)
    return found if isinstance(found, dict) else {}


def _id(value: object) -> str:
    return storable(value) if isinstance(value, str) and len(value) <= LONGEST_ID else ""


def _text(value: object) -> str:
    """What was written, without mentions, and links as they are read."""
    text = value[:LONGEST_TEXT] if isinstance(value, str) else ""
    text = re.sub(r"<[@#!][^>]*>", " ", text)
    text = re.sub(r"<[^>|]*\|([^>]*)>", r"\1", text)
    text = re.sub(r"<(?:mailto:)?([^>]*)>", r"\1", text)
    return storable(re.sub(r"[ \u00a0]+", " ", html.unescape(text)).strip())
