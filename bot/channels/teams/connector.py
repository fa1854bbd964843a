"""Outbound to Teams: the connector's HTTP interface on one shared session, with cached tokens and paced sends."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import aiohttp

from bot.channels.teams.activity import NAME
from bot.channels.teams.cards import draw
from bot.channels.teams.service_urls import Permits, is_loopback
from bot.channels.teams.tokens import Tokens
from bot.outbound import DeliveryError, RefusedError, RetryLaterError, UnreachableError, departs
from bot.pacing import Pace
from dialogs.card import Card, Resolve, nowhere
from services.messages import Address
from services.people import Vouched
from services.ports import Identity

TIMEOUT = aiohttp.ClientTimeout(total=30, connect=10)
LONGEST_WAIT = 900
MOST_MEMBERS = 2000
CARD_TYPE = "application/vnd.microsoft.card.adaptive"


class Connector:
    name = NAME

    def __init__(
        self,
        session: aiohttp.ClientSession,
        tokens: Tokens,
        pace: Pace,
        app_id: str,
        service_url: str,
        resolve: Resolve = nowhere,
        permits: Permits = is_loopback,
    ) -> None:
        self.resolve = resolve
        self._permits = permits
        self._session = session
        self._tokens = tokens
        self._pace = pace
        self.bot = f"28:{app_id}" if app_id else "bot"
        self._service_url = service_url

    async def send(self, card: Card, to: Address) -> Address:
        conversation = to.conversation or await self._begin(to)
        at = Address(NAME, to.tenant, conversation, self._url(to), user=to.user)
        message = await self.post(at, activity(card, self.resolve))
        return Address(NAME, at.tenant, conversation, at.service_url, to.user, message)

    async def update(self, card: Card, at: Address) -> None:
        path = f"{_conversation(at)}/activities/{quote(at.message, safe='')}"
        await self._request("PUT", at, path, activity(card, self.resolve, always_card=True) | {"id": at.message})

    async def reply(self, card: Card, to: Address, reply_to: str) -> None:
        """Straight back to what somebody just wrote."""
        path = f"{_conversation(to)}/activities" + (f"/{quote(reply_to, safe='')}" if reply_to else "")
        body = activity(card, self.resolve) | ({"replyToId": reply_to} if reply_to else {})
        await self._request("POST", to, path, self._from(body, to))

    async def post(self, to: Address, body: dict[str, Any]) -> str:
        answer = await self._request("POST", to, f"{_conversation(to)}/activities", self._from(body, to))
        return str(answer.get("id") or "")

    async def member(self, conversation: Address, user: str) -> Vouched | None:
        """A conversation's member as the platform's roster has it; None if it is not there."""
        try:
            found = await self._request(
                "GET", conversation, f"{_conversation(conversation)}/members/{quote(user, safe='')}"
            )
        except (UnreachableError, RefusedError):
            members = await self.roster(conversation)
            return next((vouched for vouched in members if vouched.address.user == user), None)
        return _vouched(found, conversation)

    async def roster(self, conversation: Address) -> list[Vouched]:
        """Everybody in a conversation, page by page; the plain list where there are no pages."""
        base = _conversation(conversation)
        found: list[Any] = []
        token = ""
        try:
            while len(found) < MOST_MEMBERS:
                query = f"&continuationToken={quote(token, safe='')}" if token else ""
                page = await self._request("GET", conversation, f"{base}/pagedmembers?pageSize=200{query}")
                found += page.get("members") or []
                token = str(page.get("continuationToken") or "")
                if not token:
                    break
        except (UnreachableError, RefusedError):
            listed = await self._request("GET", conversation, f"{base}/members")
            found = listed.get("members") or []
        vouched = (_vouched(member, conversation) for member in found[:MOST_MEMBERS] if isinstance(member, dict))
        return [one for one in vouched if one is not None]

    async def _begin(self, to: Address) -> str:
        body = {
            "isGroup": False,
            "bot": {"id": self.bot},
            "members": [{"id": to.user}],
            "tenantId": to.tenant,
            "channelData": {"tenant": {"id": to.tenant}},
        }
        answer = await self._request("POST", to, "/v3/conversations", body)
        if not answer.get("id"):
            raise RefusedError("no conversation came of it")
        return str(answer["id"])

    def _url(self, at: Address) -> str:
        url = (at.service_url or self._service_url).rstrip("/")
        if not url:
            raise UnreachableError("no service address is known")
        if not self._permits(url):
            raise UnreachableError("the service address is not permitted")
        return url

    def _from(self, body: dict[str, Any], to: Address) -> dict[str, Any]:
        return body | {"from": {"id": self.bot}, "conversation": {"id": to.conversation}}

    async def _request(self, method: str, to: Address, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        url = self._url(to) + path
        headers = await self._tokens.header()
        # What is written counts for the conversation, and what begins one for the person it is begun with.
        await self._pace.turn(to.tenant, "" if method == "GET" else to.conversation or to.user)
        if method != "GET" and to.conversation:
            departs()
        try:
            # No redirects: an answer must not send the bot's token anywhere else.
            async with self._session.request(
                method, url, json=body, headers=headers, timeout=TIMEOUT, allow_redirects=False
            ) as response:
                if response.status >= 300:
                    raise self._error(response, headers)
                return _object(await response.json(content_type=None) if response.content_length != 0 else None)
        except (aiohttp.ClientError, TimeoutError) as exc:
            raise RetryLaterError(type(exc).__name__) from exc
        except ValueError:
            return {}  # accepted, but the answer is no JSON

    def _error(self, response: aiohttp.ClientResponse, headers: Mapping[str, str]) -> DeliveryError:
        """401 gets a new token, 403 and 404 are settled, what is busy is tried again."""
        status = response.status
        if status == 401:
            self._tokens.forget(headers)
            return RetryLaterError("401")
        if status in (403, 404):
            return UnreachableError(str(status))
        if status in (408, 409, 412, 425, 429) or status >= 500:
            return RetryLaterError(str(status), _retry_after(response.headers.get("Retry-After", "")))
        return RefusedError(str(status))


def _conversation(at: Address) -> str:
    return f"/v3/conversations/{quote(at.conversation, safe='')}"


def activity(card: Card, resolve: Resolve = nowhere, *, always_card: bool = False) -> dict[str, Any]:
    """The message that bears a card; a plain sentence goes as text."""
    if card.plain and not always_card:
        return {"type": "message", "text": card.title, "textFormat": "plain"}
    attachment = {"contentType": CARD_TYPE, "content": draw(card, resolve)}
    return {"type": "message", "summary": card.title, "attachments": [attachment]}


def _vouched(member: Mapping[str, Any], conversation: Address) -> Vouched | None:
    """The roster's e-mail and principal name are Microsoft's word, the display name is not used to recognise."""
    user = str(member.get("id") or "")
    if not user:
        return None
    emails = frozenset(str(e).casefold() for e in (member.get("email"), member.get("userPrincipalName")) if e)
    key = str(member.get("aadObjectId") or member.get("objectId") or user)
    identity = Identity(NAME, conversation.tenant, key, str(member.get("name") or "")[:200], emails)
    return Vouched(identity, Address(NAME, conversation.tenant, "", conversation.service_url, user))


def _object(answer: object) -> dict[str, Any]:
    if isinstance(answer, list):
        return {"members": answer}
    return answer if isinstance(answer, dict) else {}


def _retry_after(value: str) -> timedelta | None:
    """Seconds, or the moment, as HTTP has it."""
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", value):
        return timedelta(seconds=min(float(value), LONGEST_WAIT))
    try:
        seconds = (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError):
        return None
    return timedelta(seconds=min(max(seconds, 0), LONGEST_WAIT))
