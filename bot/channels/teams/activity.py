"""From a Bot Framework activity to what the product understands. Nothing in it is believed but what the platform
vouches for: the sender's id, the tenant, the conversation.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botbuilder.schema import Activity, ActivityTypes

from dialogs.turn import Event, Place
from services.messages import Address
from services.ports import Identity

NAME = "teams"
LONGEST_ID = 1024


class NotAnActivityError(Exception):
    """What is wrong with it, as a sentence without its content."""


@dataclass(frozen=True, slots=True)
class Inbound:
    """An activity that was understood: who, where, what. `replaces` is the message whose button was pressed."""

    activity: Activity
    sender: Identity
    place: Place
    bot: str
    event: Event
    is_invoke: bool
    replaces: Address | None


def read(body: object) -> Activity:
    """Raises NotAnActivityError for JSON that is no activity."""
    if not isinstance(body, dict):
        raise NotAnActivityError("An activity is a JSON object.")
    for key in ("type", "id", "serviceUrl", "channelId"):
        if not isinstance(body.get(key), str | None):
            raise NotAnActivityError(f"{key} is a text.")
    if not body.get("type") or len(body.get("id") or "") > LONGEST_ID:
        raise NotAnActivityError("An activity has a type, and an id of at most 1024 characters.")
    for key in ("from", "recipient", "conversation", "channelData"):
        if not isinstance(body.get(key), dict | None):
            raise NotAnActivityError(f"{key} is an object.")
    try:
        activity = Activity().deserialize(body)
    except Exception as exc:
        raise NotAnActivityError("The activity does not follow the Bot Framework's schema.") from exc
    if not isinstance(activity, Activity):
        raise NotAnActivityError("An activity is a JSON object.")
    return activity


def needs_answer(activity: Activity) -> bool:
    """A message or a pressed button; whatever else comes is noted or passed over."""
    return activity.type in (ActivityTypes.message, ActivityTypes.invoke)


def understand(activity: Activity) -> Inbound:
    """Raises NotAnActivityError when sender, conversation or service address are missing."""
    sender, conversation = activity.from_property, activity.conversation
    if not (sender and sender.id and conversation and conversation.id and activity.service_url):
        raise NotAnActivityError("An activity has from, conversation and serviceUrl.")
    if not all(isinstance(text, str) for text in (sender.id, conversation.id)):
        raise NotAnActivityError("The ids of sender and conversation are texts.")
    tenant = tenant_of(activity)
    identity = Identity(NAME, tenant, str(sender.aad_object_id or sender.id), str(sender.name or "")[:200])
    personal = conversation.conversation_type in (None, "personal") and not conversation.is_group
    address = Address(NAME, tenant, conversation.id, activity.service_url, user=sender.id)
    data = _button(activity)
    action = data.pop("action", None)
    event = Event(
        id=f"{NAME}:{conversation.id}:{activity.id}"[:LONGEST_ID],
        place=Place(address, personal, str(conversation.name or "")[:200]),
        text=_text(activity) if action is None else "",
        action=action if isinstance(action, str) else None,
        data=data,
    )
    replaces = None
    if action is not None and activity.reply_to_id:
        replaces = Address(NAME, tenant, conversation.id, activity.service_url, message=str(activity.reply_to_id))
    bot = activity.recipient.id if activity.recipient and activity.recipient.id else ""
    return Inbound(activity, identity, event.place, bot, event, activity.type == ActivityTypes.invoke, replaces)


def tenant_of(activity: Activity) -> str:
    channel_data = activity.channel_data if isinstance(activity.channel_data, dict) else {}
    tenant = channel_data.get("tenant")
    named = tenant.get("id") if isinstance(tenant, dict) else None
    return str(getattr(activity.conversation, "tenant_id", None) or named or "")


def channel_of(address: Address) -> Address:
    """The channel itself, not the thread in it that was written in."""
    return Address(address.channel, address.tenant, address.conversation.split(";messageid=")[0], address.service_url)


def _button(activity: Activity) -> dict[str, Any]:
    """The pressed button's data with the card's inputs: `Action.Execute` or its fallback `Action.Submit`."""
    value = activity.value
    if not isinstance(value, Mapping):
        return {}
    if activity.type == ActivityTypes.invoke:
        pressed = value.get("action")
        if not isinstance(pressed, Mapping):
            return {}
        data = pressed.get("data")
        found = dict(data) if isinstance(data, Mapping) else {}
        verb = pressed.get("verb")
        return {**found, "action": verb} if isinstance(verb, str) and verb else found
    return dict(value)


def _text(activity: Activity) -> str:
    text = activity.text if isinstance(activity.text, str) else ""
    without = re.sub(r"<at\b[^>]*>.*?</at>", " ", text[:8000], flags=re.DOTALL | re.IGNORECASE)
    return re.sub(r"[  ]+", " ", html.unescape(without)).strip()
