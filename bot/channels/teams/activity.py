"""From a Bot Framework activity to what the product understands. Nothing in it is believed but what the platform
vouches for: the sender's id, the tenant, the conversation.

Read from the JSON directly: the SDK's own model takes longer than all the rest of a turn, and only its
authentication needs one.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from bot.channels.cleaning import storable
from dialogs.turn import Event, Place
from services.messages import Address
from services.ports import Identity

NAME = "teams"
LONGEST_ID = 1024
LONGEST_TEXT = 8000
LONGEST_NAME = 200
FILE_TYPE = "application/vnd.microsoft.teams.file.download.info"

DEEPEST_DATA = 4
_TEXTS = ("id", "serviceUrl", "channelId", "timestamp", "text", "replyToId", "name", "action", "locale")
_OBJECTS = ("from", "recipient", "conversation", "channelData")


class NotAnActivityError(Exception):
    """What is wrong with it, as a sentence without its content."""


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity's JSON, its parts of the right kinds; what is missing is empty."""

    body: Mapping[str, Any]

    @property
    def type(self) -> str:
        return str(self.body["type"])

    def text(self, key: str) -> str:
        return storable(self.body.get(key) or "")

    def part(self, key: str) -> Mapping[str, Any]:
        return self.body.get(key) or {}

    @property
    def is_invoke(self) -> bool:
        return self.type == "invoke"

    @property
    def needs_answer(self) -> bool:
        """A message or a pressed button; whatever else comes is noted or passed over."""
        return self.type in ("message", "invoke")

    @property
    def is_arrival(self) -> bool:
        """Somebody, perhaps the bot itself, has come into a conversation or left it."""
        return self.type in ("conversationUpdate", "installationUpdate")

    @property
    def tenant(self) -> str:
        named = self.part("channelData").get("tenant")
        of_channel = named.get("id") if isinstance(named, Mapping) else None
        return _id(self.part("conversation").get("tenantId") or of_channel)

    @property
    def files(self) -> list[Mapping[str, Any]]:
        """The files that were dropped into a personal chat, as Teams describes them."""
        given = self.body.get("attachments")
        attached = given if isinstance(given, list) else []
        return [one for one in attached if isinstance(one, Mapping) and one.get("contentType") == FILE_TYPE]

    @property
    def bot_was_added(self) -> bool:
        if self.type == "installationUpdate":
            return self.text("action").startswith("add")
        added = self.body.get("membersAdded")
        members = added if isinstance(added, list) else []
        bot = self.part("recipient").get("id")
        return any(isinstance(member, Mapping) and member.get("id") == bot for member in members)


@dataclass(frozen=True, slots=True)
class Inbound:
    """An activity that was understood: who, where, what. `replaces` is the message whose button was pressed."""

    activity: Activity
    sender: Identity
    place: Place
    event: Event
    replaces: Address | None

    @property
    def origin(self) -> tuple[Address, str]:
        """Where a reply goes, and to which message."""
        return self.place.address, self.activity.text("id")


def read(body: object) -> Activity:
    """Raises NotAnActivityError for JSON that is no activity."""
    if not isinstance(body, dict):
        raise NotAnActivityError("An activity is a JSON object.")
    if not isinstance(body.get("type"), str) or not body["type"]:
        raise NotAnActivityError("An activity has a type.")
    for key in _TEXTS:
        if not isinstance(body.get(key), str | None):
            raise NotAnActivityError(f"{key} is a text.")
    for key in _OBJECTS:
        if not isinstance(body.get(key), dict | None):
            raise NotAnActivityError(f"{key} is an object.")
    if len(body.get("id") or "") > LONGEST_ID:
        raise NotAnActivityError(f"An id has at most {LONGEST_ID} characters.")
    return Activity(body)


def understand(activity: Activity) -> Inbound:
    """Raises NotAnActivityError when sender, conversation or service address are missing."""
    sender, conversation = activity.part("from"), activity.part("conversation")
    user, where, service_url = _id(sender.get("id")), _id(conversation.get("id")), activity.text("serviceUrl")
    if not (user and where and service_url):
        raise NotAnActivityError("An activity has from.id, conversation.id and serviceUrl.")
    tenant = activity.tenant
    identity = Identity(NAME, tenant, _id(sender.get("aadObjectId")) or user, _name(sender))
    personal = conversation.get("conversationType") in (None, "", "personal") and not conversation.get("isGroup")
    address = Address(NAME, tenant, where, service_url, user=user)
    data = {key: _storable_within(value) for key, value in _button(activity).items()}
    action = data.pop("action", None)
    event = Event(
        # Without an id of its own it cannot be told from another one: it is no repeat.
        id=f"{NAME}:{where}:{activity.text('id') or uuid4().hex}",
        place=Place(address, personal, _name(conversation)),
        text=_text(activity) if action is None else "",
        action=action if isinstance(action, str) else None,
        data=data,
    )
    replaces = None
    if action is not None and activity.text("replyToId"):
        replaces = Address(NAME, tenant, where, service_url, message=activity.text("replyToId"))
    return Inbound(activity, identity, event.place, event, replaces)


def channel_of(address: Address) -> Address:
    """The channel itself, not the thread in it that was written in."""
    return replace(address, conversation=address.conversation.split(";messageid=")[0])


def _id(value: object) -> str:
    return storable(value) if isinstance(value, str) and len(value) <= LONGEST_ID else ""


def _name(part: Mapping[str, Any]) -> str:
    name = part.get("name")
    return storable(name[:LONGEST_NAME]) if isinstance(name, str) else ""


def _storable_within(value: Any, depth: int = 0) -> Any:
    """The same for a button's data, as deep as any of ours goes."""
    if isinstance(value, str):
        return storable(value)
    if depth < DEEPEST_DATA and isinstance(value, list):
        return [_storable_within(one, depth + 1) for one in value]
    if depth < DEEPEST_DATA and isinstance(value, dict):
        return {key: _storable_within(one, depth + 1) for key, one in value.items()}
    return value


def _button(activity: Activity) -> dict[str, Any]:
    """The pressed button's data with the card's inputs: `Action.Execute` or its fallback `Action.Submit`."""
    value = activity.body.get("value")
    if not isinstance(value, Mapping):
        return {}
    if not activity.is_invoke:
        return dict(value)
    pressed = value.get("action")
    if not isinstance(pressed, Mapping):
        return {}
    data, verb = pressed.get("data"), pressed.get("verb")
    found = dict(data) if isinstance(data, Mapping) else {}
    return {**found, "action": verb} if isinstance(verb, str) and verb else found


def _text(activity: Activity) -> str:
    text = activity.text("text")[:LONGEST_TEXT]
    without = re.sub(r"<at\b[^>]*>.*?</at>", " ", text, flags=re.DOTALL | re.IGNORECASE)
    return re.sub(r"[ \u00a0]+", " ", html.unescape(without)).strip()
