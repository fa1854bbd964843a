"""Outbound to Slack: messages, their replacement in place, modals and the home page."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from functools import partial
from typing import Any

from bot.channels.slack.api import SlackApi
from bot.channels.slack.blocks import STORED, Json, PictureFile, escaped, message
from bot.channels.slack.uploads import Uploads, pictures
from bot.outbound import RefusedError, RetryLaterError, UnreachableError
from dialogs.card import Card, Resolve, nowhere
from services.messages import Address
from services.people import Vouched
from services.ports import Identity

NAME = "slack"
LONGEST_NAME = 200
LONGEST_NOTICE = 3000
MOST_TRIES, LONGEST_PAUSE = 3, 30
REMEMBERED = 10_000


class SlackChannel:
    name = NAME

    def __init__(self, api: SlackApi, uploads: Uploads, resolve: Resolve = nowhere) -> None:
        self._api = api
        self._uploads = uploads
        self._resolve = resolve
        self._conversations: OrderedDict[tuple[str, str], str] = OrderedDict()

    async def send(self, card: Card, to: Address) -> Address:
        return await self._post(card, to, paced=True)

    async def update(self, card: Card, at: Address) -> None:
        await self._drawn(card, at.tenant, "chat.update", {"channel": at.conversation, "ts": at.message}, STORED, "")

    # Straight back to what somebody did: not paced, it comes one for one

    async def reply(self, card: Card, to: Address, opening: Mapping[str, Any], thread: str = "") -> Address:
        return await self._post(card, to, opening, thread)

    async def replace(self, card: Card, at: Address, opening: Mapping[str, Any]) -> None:
        """In place of the message whose button was pressed."""
        await self._drawn(card, at.tenant, "chat.update", {"channel": at.conversation, "ts": at.message}, opening, None)

    async def whisper(self, card: Card, to: Address, opening: Mapping[str, Any]) -> None:
        """In a channel, to one alone."""
        where = {"channel": to.conversation, "user": to.user}
        await self._drawn(card, to.tenant, "chat.postEphemeral", where, opening, None)

    async def open(self, team: str, trigger: str, view: Json) -> None:
        """Slack gives three seconds from the press."""
        await self._api.call(team, "views.open", {"trigger_id": trigger, "view": view})

    async def publish(self, card: Card, to: Address) -> None:
        """The home page of one person."""
        blocks = message(card, self._resolve, await self._uploads.of(card, to.tenant))
        home = {"user_id": to.user, "view": {"type": "home", "blocks": blocks}}
        await self._api.call(to.tenant, "views.publish", home, paced="")

    async def pictures(self, card: Card, team: str) -> PictureFile:
        return await self._uploads.of(card, team)

    # Who is there

    async def member(self, team: str, user: str) -> Vouched | None:
        """Somebody as Slack itself knows them; None for nobody, for a bot and for one who has left."""
        try:
            found = (await self._api.call(team, "users.info", {"user": user}, paced="")).get("user")
        except (UnreachableError, RefusedError):
            return None
        return _vouched(found, team) if isinstance(found, dict) and found.get("id") == user else None

    async def find(self, team: str, email: str) -> Vouched | None:
        """Whose confirmed address that is in the workspace; None when it is nobody's there."""
        try:
            found = (await self._api.call(team, "users.lookupByEmail", {"email": email}, paced="")).get("user")
        except (UnreachableError, RefusedError):
            return None
        who = _vouched(found, team) if isinstance(found, dict) and found.get("id") else None
        return who if who is not None and email.casefold() in who.identity.emails else None

    async def conversation(self, team: str, user: str) -> str:
        """The personal chat with somebody, begun if there is none."""
        known = self._conversations.get((team, user))
        if known is None:
            answer = await self._api.call(team, "conversations.open", {"users": user}, paced="")
            known = str((answer.get("channel") or {}).get("id") or "")
            if not known:
                raise RefusedError("no conversation came of it")
            self._conversations[team, user] = known
            if len(self._conversations) > REMEMBERED:
                self._conversations.popitem(last=False)
        return known

    # Drawing

    async def _post(
        self,
        card: Card,
        to: Address,
        opening: Mapping[str, Any] = STORED,
        thread: str = "",
        *,
        paced: bool = False,
    ) -> Address:
        conversation = to.conversation or await self.conversation(to.tenant, to.user)
        where = {"channel": conversation, "unfurl_links": False, "unfurl_media": False}
        where |= {"thread_ts": thread} if thread else {}
        channel = conversation if paced else None
        answer = await self._drawn(card, to.tenant, "chat.postMessage", where, opening, channel)
        # Slack says where it lies: a person's id is a place to write to, and their chat is where it comes.
        lies = str(answer.get("channel") or conversation)
        return Address(NAME, to.tenant, lies, user=to.user, message=str(answer.get("ts") or ""))

    async def _drawn(
        self, card: Card, team: str, method: str, where: Json, opening: Mapping[str, Any], paced: str | None
    ) -> Json:
        file = await self._uploads.of(card, team)
        call = partial(self._patiently if paced is None else partial(self._api.call, paced=paced), team, method)
        try:
            return await call(where | self._body(card, file, opening))
        except RefusedError as exc:
            if str(exc) != "invalid_blocks" or not any(file(shown) for shown in pictures(card.body)):
                raise
        # A file that Slack has not made ready yet, or does not show here: the picture's words take its place.
        return await call(where | self._body(card, lambda _: None, opening))

    async def _patiently(self, team: str, method: str, body: Json) -> Json:
        """Somebody waits for this one, and nothing else will send it again."""
        for _ in range(MOST_TRIES - 1):
            try:
                return await self._api.call(team, method, body)
            except RetryLaterError as exc:
                await asyncio.sleep(min(LONGEST_PAUSE, exc.after.total_seconds() if exc.after else 1))
        return await self._api.call(team, method, body)

    def _body(self, card: Card, file: PictureFile, opening: Mapping[str, Any]) -> Json:
        """The text is what a notification shows."""
        return {
            "text": escaped(card.title)[:LONGEST_NOTICE] or "…",
            "blocks": message(card, self._resolve, file, opening),
        }


def _vouched(user: Mapping[str, Any], team: str) -> Vouched | None:
    """Slack's word: the address counts when Slack has confirmed it, the name is not used to recognise."""
    if user.get("deleted") or user.get("is_bot"):
        return None
    given = user.get("profile")
    profile = given if isinstance(given, dict) else {}
    email = profile.get("email")
    emails = frozenset({email.casefold()} if isinstance(email, str) and user.get("is_email_confirmed", True) else ())
    name = str(profile.get("real_name") or user.get("real_name") or user.get("name") or "")[:LONGEST_NAME]
    key = str(user["id"])
    return Vouched(Identity(NAME, team, key, name, emails), Address(NAME, team, user=key))
