"""A Teams-like connector on loopback, and the people who sit before it: real HTTP both ways.

It keeps conversations, rosters and messages as Teams does, and watches what the product sends: whatever Teams would
not show, or not accept, stands in `complaints`.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import aiohttp
from aiohttp import web
from jsonschema.protocols import Validator
from jsonschema.validators import Draft6Validator

Json = dict[str, Any]

CARD = "application/vnd.microsoft.card.adaptive"
LARGEST_CARD = 25_000
TENANT = "tenant-sykehuset"
BOT = "bot"


class ComplaintError(AssertionError):
    """The product sent what Teams would not take."""


@dataclass
class Message:
    """One message as it now stands in its conversation; `history` is what it was before."""

    id: str
    conversation: str
    activity: Json
    history: list[Json] = field(default_factory=list)

    @property
    def card(self) -> Json | None:
        return card_of(self.activity)

    @property
    def text(self) -> str:
        """Everything that a person can read of it, line by line."""
        return "\n".join(readable(self.activity))

    @property
    def inputs(self) -> dict[str, Json]:
        return inputs_of(self.card) if self.card else {}

    @property
    def actions(self) -> list[str]:
        return [action["verb"] for action in buttons_of(self.card)] if self.card else []

    @property
    def title(self) -> str:
        return readable(self.activity)[0]

    def replace(self, activity: Json) -> None:
        self.history.append(self.activity)
        self.activity = activity


@dataclass(frozen=True)
class Call:
    """One request of the product, and what it was answered with."""

    method: str
    path: str
    conversation: str
    body: Json | None
    status: int
    at: float


@dataclass
class Fault:
    """Answers in the place of the double: `times` of them, to a conversation (None: to all)."""

    status: int
    conversation: str | None = None
    times: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    methods: tuple[str, ...] = ("POST", "PUT")
    until: asyncio.Event | None = None  # the answer waits for it
    every: int = 1  # only each so-manieth request
    seen: int = 0

    def meets(self, method: str, conversation: str) -> bool:
        if self.times == 0 or method not in self.methods:
            return False
        self.seen += 1
        if self.seen % self.every:
            return False
        return self.conversation is None or self.conversation == conversation


@dataclass
class Conversation:
    """A personal chat or a channel, as Microsoft keeps it."""

    id: str
    personal: bool
    tenant: str
    members: list[str] = field(default_factory=list)
    messages: dict[str, Message] = field(default_factory=dict)
    received: set[str] = field(default_factory=set)  # ids of what people wrote in it


class TeamsDouble:
    """Microsoft's side. `complaints` must stay empty."""

    def __init__(self) -> None:
        self.url = ""
        self.bot_url = ""
        self.bot = BOT  # the id that the product goes by; with an app's registration 28:<app id>
        self.calls: list[Call] = []
        self.answers: list[Json] = []  # the cards that pressed buttons were answered with
        self.complaints: list[str] = []
        self.faults: list[Fault] = []
        self.people: dict[str, TeamsPerson] = {}
        self.conversations: dict[str, Conversation] = {}
        self.page_size = 5
        self.settle: Callable[[], Awaitable[object]] | None = None
        self.ids = 1_700_000_000_000
        self._session: aiohttp.ClientSession | None = None
        self._news = asyncio.Event()

    # People and places

    def person(self, key: str, *, email: str = "", name: str = "", tenant: str = TENANT, aad: str = "") -> TeamsPerson:
        """Somebody with Teams. Who is known by key already is given as they are."""
        if key not in self.people:
            self.people[key] = TeamsPerson(self, key, email or f"{key}@ukjent.example", name or key, tenant, aad)
        return self.people[key]

    def channel(self, name: str, *, tenant: str = TENANT) -> TeamsChannel:
        """A channel; everybody is in it who has been named by then."""
        found = self.conversations.setdefault(f"19:{name}@thread.tacv2", Conversation("", False, tenant))
        found.id = f"19:{name}@thread.tacv2"
        found.members = list(self.people)
        return TeamsChannel(self, found, name)

    def conversation_of(self, person: TeamsPerson) -> Conversation:
        key = f"a:{person.key}"
        return self.conversations.setdefault(key, Conversation(key, True, person.tenant, [person.key]))

    # Faults

    def fails(
        self,
        status: int,
        *,
        to: TeamsPerson | TeamsChannel | None = None,
        times: int | None = None,
        retry_after: str | int | None = None,
        methods: tuple[str, ...] = ("POST", "PUT"),
    ) -> Fault:
        """From now on `status` is the answer, `times` times (None: until `mend`)."""
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        fault = Fault(status, to.conversation.id if to else None, times, headers, methods=methods)
        self.faults.append(fault)
        return fault

    def every(self, count: int, status: int, *, retry_after: int | None = None) -> Fault:
        """From now on `status` is the answer to one request in so many."""
        fault = self.fails(status, retry_after=retry_after)
        fault.every = count
        return fault

    def slow(self, seconds: float, *, to: TeamsPerson | TeamsChannel | None = None, times: int | None = None) -> Fault:
        fault = Fault(0, to.conversation.id if to else None, times, seconds=seconds)
        self.faults.append(fault)
        return fault

    def holds(self, to: TeamsPerson | TeamsChannel) -> asyncio.Event:
        """Keeps the product waiting for an answer until the event is set."""
        fault = Fault(0, to.conversation.id, until=asyncio.Event())
        self.faults.append(fault)
        assert fault.until
        return fault.until

    def mend(self) -> None:
        self.faults.clear()

    # What came

    def sends(self, to: TeamsPerson | TeamsChannel | None = None) -> list[Call]:
        """The messages that the product tried to send, refused ones too."""
        return [
            call
            for call in self.calls
            if call.method in ("POST", "PUT") and (to is None or call.conversation == to.conversation.id)
        ]

    def everything_sent(self) -> str:
        """All that ever left the product for Teams, as text."""
        bodies = [call.body for call in self.calls if call.body]
        return "\n".join(json.dumps(body, ensure_ascii=False) for body in [*bodies, *self.answers])

    # Towards the product

    async def post(self, activity: Json) -> tuple[int, Any]:
        """Posts an activity as Microsoft does; the status and what came back."""
        where = self._conversation(str(_at(activity, "conversation", "id")))
        if where is not None and isinstance(activity.get("id"), str):
            where.received.add(activity["id"])
        if self._session is None:
            self._session = aiohttp.ClientSession()
        async with self._session.post(f"{self.bot_url}/api/messages", json=activity) as response:
            text = await response.text()
            return response.status, json.loads(text) if text else None

    def next_id(self) -> str:
        self.ids += 1
        return f"{self.ids}"

    async def settled(self) -> None:
        if self.settle is not None:
            await self.settle()

    async def until(self, happened: Callable[[], bool]) -> None:
        """Returns when it has; a test that waits in vain ends in its time limit."""
        while not happened():
            self._news.clear()
            await self._news.wait()

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    # The connector's HTTP interface

    def application(self) -> web.Application:
        app = web.Application(client_max_size=1024 * 1024)
        # Another process's product may still be trying a port that was given away again: it must not be heard here.
        base = f"/{os.getpid()}/v3/conversations"
        app.router.add_post(base, self._begin)
        app.router.add_post(f"{base}/{{conversation}}/activities", self._send)
        app.router.add_post(f"{base}/{{conversation}}/activities/{{activity}}", self._send)
        app.router.add_put(f"{base}/{{conversation}}/activities/{{activity}}", self._update)
        app.router.add_get(f"{base}/{{conversation}}/members/{{member}}", self._member)
        app.router.add_get(f"{base}/{{conversation}}/members", self._members)
        app.router.add_get(f"{base}/{{conversation}}/pagedmembers", self._paged_members)
        return app

    async def _begin(self, request: web.Request) -> web.Response:
        body = await _body(request)
        members = body.get("members") or [{}]
        person = next((p for p in self.people.values() if members[0].get("id") in (p.id, p.aad)), None)
        where = f"a:{person.key}" if person else ""
        if (refused := await self._fault(request, where, body)) is not None:
            return refused
        if person is None or not person.installed:
            return self._answer(request, where, body, 403, {"error": {"code": "BotNotInConversationRoster"}})
        if body.get("isGroup") is not False or len(members) != 1:
            self.complain("a personal conversation has one member and isGroup false")
        if body.get("tenantId") != person.tenant or _at(body, "channelData", "tenant", "id") != person.tenant:
            self.complain("a conversation is begun with the person's tenant, twice over")
        return self._answer(request, where, body, 201, {"id": self.conversation_of(person).id})

    async def _send(self, request: web.Request) -> web.Response:
        body, where = await _body(request), request.match_info["conversation"]
        if (refused := await self._fault(request, where, body)) is not None:
            return refused
        conversation = self._conversation(where)
        if conversation is None:
            return self._answer(request, where, body, 404, {"error": {"code": "ConversationNotFound"}})
        if conversation.personal and not self.people[conversation.members[0]].installed:
            return self._answer(request, where, body, 403, {"error": {"code": "MessageWritesBlocked"}})
        self._check(body, where)
        replied = request.match_info.get("activity")
        if body.get("replyToId") != replied:
            self.complain(f"replyToId {body.get('replyToId')!r} in a reply to {replied!r}")
        if replied and replied not in conversation.received and replied not in conversation.messages:
            self.complain(f"a reply to {replied!r}, which is not in {where}")
        message = Message(self.next_id(), where, body)
        conversation.messages[message.id] = message
        return self._answer(request, where, body, 201, {"id": message.id})

    async def _update(self, request: web.Request) -> web.Response:
        body, where = await _body(request), request.match_info["conversation"]
        if (refused := await self._fault(request, where, body)) is not None:
            return refused
        conversation = self._conversation(where)
        message = conversation.messages.get(request.match_info["activity"]) if conversation else None
        if message is None:
            return self._answer(request, where, body, 404, {"error": {"code": "ActivityNotFoundInConversation"}})
        self._check(body, where)
        if body.get("id") not in (None, message.id):
            self.complain(f"an update of {message.id} that calls itself {body.get('id')!r}")
        message.replace(body)
        return self._answer(request, where, body, 200, {"id": message.id})

    async def _member(self, request: web.Request) -> web.Response:
        where = request.match_info["conversation"]
        if (refused := await self._fault(request, where, None)) is not None:
            return refused
        conversation = self._conversation(where)
        found = [p for p in self._roster(conversation) if request.match_info["member"] in (p.id, p.aad)]
        if not found:
            return self._answer(request, where, None, 404, {"error": {"code": "MemberNotFoundInConversation"}})
        return self._answer(request, where, None, 200, found[0].member())

    async def _members(self, request: web.Request) -> web.Response:
        where = request.match_info["conversation"]
        if (refused := await self._fault(request, where, None)) is not None:
            return refused
        conversation = self._conversation(where)
        return self._answer(request, where, None, 200, [p.member() for p in self._roster(conversation)])

    async def _paged_members(self, request: web.Request) -> web.Response:
        where = request.match_info["conversation"]
        if (refused := await self._fault(request, where, None)) is not None:
            return refused
        everybody = self._roster(self._conversation(where))
        start = int(request.query.get("continuationToken", "page-0").removeprefix("page-"))
        end = start + min(self.page_size, int(request.query.get("pageSize", "50")))
        page: Json = {"members": [p.member() for p in everybody[start:end]]}
        if end < len(everybody):
            page["continuationToken"] = f"page-{end}"
        return self._answer(request, where, None, 200, page)

    def _conversation(self, where: str) -> Conversation | None:
        return self.conversations.get(where.split(";messageid=")[0])

    def _roster(self, conversation: Conversation | None) -> list[TeamsPerson]:
        return [self.people[key] for key in conversation.members] if conversation else []

    async def _fault(self, request: web.Request, where: str, body: Json | None) -> web.Response | None:
        for fault in self.faults:
            if fault.meets(request.method, where):
                if fault.times is not None:
                    fault.times -= 1
                if fault.until is not None:
                    await fault.until.wait()
                if fault.seconds:
                    await asyncio.sleep(fault.seconds)
                if fault.status:
                    return self._answer(request, where, body, fault.status, {"error": {}}, fault.headers)
        return None

    def _answer(
        self,
        request: web.Request,
        where: str,
        body: Json | None,
        status: int,
        answer: object,
        headers: Mapping[str, str] | None = None,
    ) -> web.Response:
        self.calls.append(
            Call(request.method, request.path.removeprefix(f"/{os.getpid()}"), where, body, status, time.monotonic())
        )
        self._news.set()
        return web.json_response(answer, status=status, headers=headers)

    def _check(self, body: Json, where: str) -> None:
        for what in wrong_with(body):
            self.complain(what)
        if _at(body, "from", "id") not in (None, self.bot):
            self.complain(f"sent as {_at(body, 'from', 'id')!r}")
        if _at(body, "conversation", "id") not in (None, where):
            self.complain("the conversation in the body is another one than in the address")

    def complain(self, what: str) -> None:
        self.complaints.append(what)


class TeamsPlace:
    """Where messages lie: a personal chat or a channel."""

    conversation: Conversation

    @property
    def messages(self) -> list[Message]:
        """As they now stand, in order."""
        return list(self.conversation.messages.values())

    @property
    def last(self) -> Message:
        assert self.messages, f"nothing was sent to {self.conversation.id}"
        return self.messages[-1]

    @property
    def last_card(self) -> Message:
        """The newest message that is a card."""
        cards = [message for message in self.messages if message.card]
        assert cards, f"no card was sent to {self.conversation.id}"
        return cards[-1]

    def titled(self, part: str) -> list[Message]:
        return [message for message in self.messages if part in message.title]


class TeamsChannel(TeamsPlace):
    def __init__(self, double: TeamsDouble, conversation: Conversation, name: str) -> None:
        self.double = double
        self.conversation = conversation
        self.name = name


class TeamsPerson(TeamsPlace):
    """Somebody with the app: writes, presses, reads."""

    def __init__(self, double: TeamsDouble, key: str, email: str, name: str, tenant: str, aad: str) -> None:
        self.double = double
        self.key = key
        self.id = f"29:{key}"
        self.aad = aad or f"aad-{key}"
        self.email = email
        self.name = name
        self.tenant = tenant
        self.installed = True

    @property
    def conversation(self) -> Conversation:  # type: ignore[override]
        return self.double.conversation_of(self)

    def member(self) -> Json:
        """The roster's entry."""
        return {
            "id": self.id,
            "name": self.name,
            "email": self.email,
            "userPrincipalName": self.email,
            "aadObjectId": self.aad,
            "tenantId": self.tenant,
            "userRole": "user",
        }

    def activity(self, kind: str, where: TeamsChannel | None = None, **more: Any) -> Json:
        """An activity of this person, as Teams makes it."""
        conversation = where.conversation if where else self.conversation
        tenant = conversation.tenant
        made: Json = {
            "type": kind,
            "id": self.double.next_id(),
            "timestamp": "2023-11-23T08:00:00.000Z",
            "channelId": "msteams",
            "serviceUrl": self.double.url,
            "from": {"id": self.id, "name": self.name, "aadObjectId": self.aad},
            "recipient": {"id": BOT, "name": "Samhandlingsbot"},
            "conversation": {
                "id": conversation.id,
                "conversationType": "personal" if conversation.personal else "channel",
                "tenantId": tenant,
            },
            "channelData": {"tenant": {"id": tenant}},
        }
        if not conversation.personal:
            made["conversation"] |= {"isGroup": True, "name": where.name if where else ""}
        return made | more

    async def sends(self, activity: Json) -> tuple[int, Any]:
        """Posts it to the product, and waits until what comes of it has come."""
        status, answer = await self.double.post(activity)
        await self.double.settled()
        return status, answer

    async def says(self, text: str, *, where: TeamsChannel | None = None, again: str = "") -> list[Message]:
        """Writes; what is new in that place afterwards. `again` is the id of an activity that comes once more."""
        place: TeamsPlace = where or self
        before = len(place.messages)
        mention = "<at>Samhandlingsbot</at> " if where else ""
        activity = self.activity("message", where, text=f"{mention}{text}")
        activity["id"] = again or activity["id"]
        status, _ = await self.sends(activity)
        assert status in (200, 201, 202), f"{text!r} was answered with {status}"
        return place.messages[before:]

    async def presses(self, on: Message, action: str, *, again: str = "", **inputs: Any) -> Json:
        """`Action.Execute`: the card in the response, which takes the place of the pressed one."""
        pressed, data = press(on, action, inputs)
        value = {"action": {"type": "Action.Execute", "verb": pressed["verb"], "data": data}, "trigger": "manual"}
        activity = self._press(on, "invoke", name="adaptiveCard/action", value=value)
        activity["id"] = again or activity["id"]
        status, answer = await self.double.post(activity)
        assert status == 200, f"{action} was answered with {status}"
        assert answer["statusCode"] == 200
        assert answer["type"] == CARD
        card: Json = answer["value"]
        self.double.answers.append(card)
        for what in wrong_with_card(card):
            self.double.complain(what)
        if self.double.conversations[on.conversation].personal:
            on.replace({"type": "message", "attachments": [{"contentType": CARD, "content": card}]})
        await self.double.settled()
        return card

    async def submits(self, on: Message, action: str, *, again: str = "", **inputs: Any) -> list[Message]:
        """The fallback `Action.Submit` of clients that do not know `Action.Execute`; what is new afterwards."""
        pressed, data = press(on, action, inputs)
        fallback = pressed["fallback"]
        assert fallback["type"] == "Action.Submit"
        assert fallback["data"] == pressed["data"]
        before = len(self.messages)
        activity = self._press(on, "message", value=data)
        activity["id"] = again or activity["id"]
        status, _ = await self.sends(activity)
        assert status in (200, 201, 202)
        return self.messages[before:]

    def _press(self, on: Message, kind: str, **more: Any) -> Json:
        conversation = self.double.conversations[on.conversation]
        where = None if conversation.personal else TeamsChannel(self.double, conversation, "")
        return self.activity(kind, where, replyToId=on.id, **more)


# Cards


def press(on: Message, action: str, inputs: Mapping[str, Any]) -> tuple[Json, Json]:
    """The card's button, and what a client sends: the button's data, the inputs as they stand, the typed ones."""
    assert on.card, f"no card to press on: {on.text}"
    found = [button for button in buttons_of(on.card) if button["verb"] == action]
    assert found, f"no {action} among {on.actions}"
    known = inputs_of(on.card)
    assert inputs.keys() <= known.keys(), f"no inputs {sorted(inputs.keys() - known.keys())} on the card"
    standing = {} if found[0].get("associatedInputs") == "none" else {k: v.get("value", "") for k, v in known.items()}
    return found[0], {**standing, **inputs, **found[0]["data"]}


def card_of(activity: Json) -> Json | None:
    attachments = activity.get("attachments") or []
    return next((a["content"] for a in attachments if a.get("contentType") == CARD), None)


def elements(node: object) -> Iterator[Json]:
    """Every typed element of a card, from the top; what buttons carry is not part of it."""
    if isinstance(node, dict):
        if isinstance(node.get("type"), str):
            yield node
        for key, value in node.items():
            if key not in ("data", "msteams"):
                yield from elements(value)
    elif isinstance(node, list):
        for value in node:
            yield from elements(value)


def inputs_of(card: Json) -> dict[str, Json]:
    return {e["id"]: e for e in elements(card) if e["type"].startswith("Input.")}


def buttons_of(card: Json) -> list[Json]:
    return [e for e in elements(card) if e["type"] == "Action.Execute"]


def readable(activity: Json) -> list[str]:
    """What a person reads of a message, without Markdown's backslashes."""
    card = card_of(activity)
    return [_shown(text) for text in (_words(card) if card else [str(activity.get("text", ""))])]


def _words(card: Json) -> Iterator[str]:
    for element in elements(card):
        match element["type"]:
            case "TextBlock":
                yield element["text"]
            case "RichTextBlock":
                yield "".join(run if isinstance(run, str) else run["text"] for run in element["inlines"])
            case "FactSet":
                yield from (f"{fact['title']}: {fact['value']}" for fact in element["facts"])
            case "Input.ChoiceSet":
                yield f"{element['label']} [{element.get('value', '')}]"
            case "Input.Toggle":
                yield f"{element['title']} [{element.get('value', '')}]"
            case kind if kind.startswith("Input."):
                yield f"{element['label']} [{element.get('value', '')}]"
            case "Action.Execute":
                yield f"({element['title']})"


def _shown(text: str) -> str:
    return re.sub(r"\\([\\`*_\[\]<>#~|.])", r"\1", text).replace("**", "")


def beside(card: Json, key: str) -> str:
    """The line just below an input: what was wrong with it."""
    body = card["body"]
    at = next(n for n, e in enumerate(body) if e.get("id") == key)
    below = body[at + 1] if at + 1 < len(body) else {}
    return _shown(below["text"]).removeprefix("⚠ ") if below.get("color") == "Attention" else ""


def wrong_with(activity: Json) -> Iterator[str]:
    """What Teams would not take of a message."""
    if activity.get("type") != "message":
        yield f"activity type {activity.get('type')!r}"
    attachments = activity.get("attachments") or []
    if not attachments and not (isinstance(activity.get("text"), str) and activity["text"].strip()):
        yield "a message without words"
    for attachment in attachments:
        if attachment.get("contentType") != CARD:
            yield f"attachment {attachment.get('contentType')!r}"
        else:
            yield from wrong_with_card(attachment["content"])


def wrong_with_card(card: Json) -> Iterator[str]:
    size = len(json.dumps(card))
    if size > LARGEST_CARD:
        yield f"a card of {size} bytes"
    if card.get("version") not in ("1.2", "1.3", "1.4", "1.5"):
        yield f"a card of version {card.get('version')!r}"
    keys = [e.get("id") for e in elements(card) if e["type"].startswith("Input.")]
    if len(set(keys)) < len(keys) or not all(keys):
        yield f"input ids {keys}"
    for button in buttons_of(card):
        if button.get("verb") != button.get("data", {}).get("action"):
            yield f"verb {button.get('verb')!r} beside action {button.get('data', {}).get('action')!r}"
        if button.get("fallback", {}).get("type") != "Action.Submit" or button["fallback"]["data"] != button["data"]:
            yield f"no fallback with the same data for {button.get('verb')!r}"
    yield from _against_schema("AdaptiveCard", _kept({k: v for k, v in card.items() if k not in ("body", "actions")}))
    for part, other in (("body", "Action."), ("actions", "Input.")):
        for element in card.get(part, []):
            if element["type"].startswith(other):
                yield f"{element['type']} in {part}"
            yield from _against_schema(element["type"], _kept(element))


def _kept(element: Json) -> str:
    """The element without what changes from round to round and what the schema does not know."""
    return json.dumps(_without_data(element), sort_keys=True)


def _without_data(node: Any) -> Any:
    if isinstance(node, dict):
        return {k: ({} if k == "data" else _without_data(v)) for k, v in node.items() if k != "msteams"}
    return [_without_data(v) for v in node] if isinstance(node, list) else node


@cache
def _against_schema(kind: str, element: str) -> tuple[str, ...]:
    if kind not in _definitions():
        return (f"schema 1.5 has no {kind}",)
    found = _schema(kind).iter_errors(json.loads(element))
    return tuple(f"schema 1.5: {kind} {'/'.join(map(str, e.absolute_path))}: {e.message[:160]}" for e in found)


@lru_cache
def _schema(kind: str) -> Validator:
    return Draft6Validator({"$ref": f"#/definitions/{kind}", "definitions": _definitions()})


@lru_cache
def _definitions() -> Json:
    file = resources.files("adaptive_cards") / "schemas" / "schema-1.5.json"
    definitions: Json = json.loads(file.read_text(encoding="utf-8"))["definitions"]
    return definitions


async def _body(request: web.Request) -> Json:
    body = await request.json()
    return body if isinstance(body, dict) else {}


def _at(node: Any, *path: str) -> Any:
    for key in path:
        node = node.get(key) if isinstance(node, dict) else None
    return node


def listening() -> socket.socket:
    """A loopback port for doubles that come one after the other: who has stored its address finds it again."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.bind(("127.0.0.1", 0))
    made.listen(128)
    return made


@asynccontextmanager
async def serving(at: socket.socket | None = None) -> AsyncIterator[TeamsDouble]:
    """A double on that port, or one of its own; at the end it must have nothing to complain of."""
    double = TeamsDouble()
    runner = web.AppRunner(double.application(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    with at.dup() if at else listening() as port:
        await web.SockSite(runner, port.dup()).start()
    double.url = f"http://127.0.0.1:{runner.addresses[0][1]}/{os.getpid()}"
    try:
        yield double
    finally:
        await double.close()
        await runner.cleanup()
    if double.complaints:
        raise ComplaintError("\n".join(dict.fromkeys(double.complaints)))
