"""A Slack-like Web API on loopback, and the people who sit before it: real HTTP both ways, signed as Slack signs.

It keeps conversations, messages, modals and home pages as Slack does, and watches what the product sends: whatever
Slack would not take stands in `complaints`.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

Json = dict[str, Any]

TEAM, TOKEN, SECRET = "T0SYKEHUS", "xoxb-test", "a secret that Slack and the product share"
BOT_USER = "U0BOT"
CLIENT_ID, CLIENT_SECRET = "1.2", "the app's own secret"
MOST_IN_MESSAGE, MOST_IN_VIEW = 50, 100
LONGEST_BLOCKS = 13_200


@dataclass
class SlackMessage:
    """One message as it now stands; `history` is what it was before. `to` is who alone sees it, in a channel."""

    ts: str
    conversation: str
    body: Json
    thread: str = ""
    to: str = ""
    history: list[Json] = field(default_factory=list)

    @property
    def blocks(self) -> list[Json]:
        found: list[Json] = self.body["blocks"]
        return found

    @property
    def text(self) -> str:
        """Everything that a person can read of it."""
        return readable(self.blocks)

    @property
    def title(self) -> str:
        return str(self.body["text"])

    @property
    def actions(self) -> list[str]:
        return [button["action_id"] for button in buttons_of(self.blocks)]


@dataclass
class Modal:
    """A modal as it stands before its reader; `errors` are what was said at its fields."""

    id: str
    view: Json
    values: Json = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    number: int = 0

    @property
    def action(self) -> str:
        return str(self.view["callback_id"])

    @property
    def blocks(self) -> list[Json]:
        found: list[Json] = self.view["blocks"]
        return found

    @property
    def title(self) -> str:
        return str(self.view["title"]["text"])

    @property
    def text(self) -> str:
        return readable(self.blocks)

    @property
    def inputs(self) -> dict[str, Json]:
        """Key → the input's block."""
        return {b["element"]["action_id"]: b for b in self.blocks if b["type"] == "input"}

    @property
    def shown(self) -> dict[str, str]:
        """Key → what stands in the field."""
        return {key: self.value(key) for key in self.inputs}

    def value(self, key: str) -> str:
        block = self.inputs[key]
        kept = self.values.get(block["block_id"], {}).get(key)
        return _text_of(kept if kept is not None else _initial(block["element"]))

    def fill(self, key: str, value: str) -> None:
        block = self.inputs[key]
        self.values.setdefault(block["block_id"], {})[key] = _filled(block["element"], value)

    @property
    def state(self) -> Json:
        kept = {b["block_id"]: {key: _initial(b["element"])} for key, b in self.inputs.items()}
        for block in kept:
            kept[block] |= self.values.get(block, {})
        return {"values": kept}


@dataclass(frozen=True)
class Call:
    """One request of the product, and what it was answered with."""

    method: str
    body: Json
    error: str
    at: float

    @property
    def conversation(self) -> str:
        return str(self.body.get("channel") or "")


@dataclass
class Fault:
    """Answers in the place of the double: `times` of them (None: from now on), for a method and a conversation."""

    method: str
    error: str
    conversation: str = ""
    times: int | None = None
    status: int = 200
    retry_after: str = ""
    seconds: float = 0.0

    def meets(self, method: str, conversation: str) -> bool:
        return self.times != 0 and self.method == method and self.conversation in ("", conversation)


@dataclass
class Conversation:
    id: str
    personal: bool
    members: list[str] = field(default_factory=list)
    messages: dict[str, SlackMessage] = field(default_factory=dict)


class SlackDouble:
    """Slack's side. `complaints` must stay empty."""

    def __init__(self) -> None:
        self.url = ""
        self.bot_url = ""
        self.team = TEAM
        self.tokens = {TOKEN: TEAM}
        self.codes: dict[str, tuple[str, str]] = {}  # what an installation comes back with → workspace and token
        self.calls: list[Call] = []
        self.complaints: list[str] = []
        self.faults: list[Fault] = []
        self.people: dict[str, SlackPerson] = {}
        self.conversations: dict[str, Conversation] = {}
        self.modals: dict[str, Modal] = {}
        self.files: dict[str, bytes] = {}
        self.ready: set[str] = set()
        self.dropped: dict[str, bytes] = {}
        self.triggers: dict[str, Modal | None] = {}
        self.settle: Callable[[], Awaitable[object]] | None = None
        self.ids = 1_700_000_000
        self._session: aiohttp.ClientSession | None = None

    @property
    def settings(self) -> dict[str, str]:
        """What the product is told of this Slack."""
        return {"slack_bot_token": TOKEN, "slack_signing_secret": SECRET, "slack_api_url": self.url}

    def person(self, key: str, *, email: str = "", name: str = "") -> SlackPerson:
        """Somebody in the workspace. Who is known by key already is given as they are."""
        if key not in self.people:
            self.people[key] = SlackPerson(self, key, email or f"{key}@ukjent.example", name or key)
        return self.people[key]

    def channel(self, name: str, *, invited: bool = True) -> SlackChannelPlace:
        """A channel with everybody in it who has been named by then, and the bot if it was invited."""
        members = [person.id for person in self.people.values()]
        members += [BOT_USER] if invited else []
        found = self.conversations.setdefault(f"C{name.upper()}", Conversation(f"C{name.upper()}", False))
        found.members = members
        return SlackChannelPlace(self, found, name)

    def chat_of(self, person: SlackPerson) -> Conversation:
        key = f"D{person.id[1:]}"
        return self.conversations.setdefault(key, Conversation(key, True, [person.id, BOT_USER]))

    def fails(self, method: str, error: str, **more: Any) -> Fault:
        """From now on that is the answer."""
        fault = Fault(method, error, **more)
        self.faults.append(fault)
        return fault

    def throttles(self, method: str, *, times: int = 1, retry_after: str = "1", conversation: str = "") -> Fault:
        return self.fails(
            method, "ratelimited", times=times, status=429, retry_after=retry_after, conversation=conversation
        )

    def called(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    def everything_sent(self) -> str:
        return "\n".join(json.dumps(call.body, ensure_ascii=False) for call in self.calls)

    def complain(self, what: str) -> None:
        self.complaints.append(what)

    # Towards the product

    async def post(
        self, path: str, body: bytes, *, form: bool = True, headers: Mapping[str, str] | None = None
    ) -> tuple[int, Any]:
        """A signed request, as Slack makes it; `headers` in place of its own."""
        moment = str(int(time.time()))
        given = {
            "Content-Type": "application/x-www-form-urlencoded" if form else "application/json",
            "X-Slack-Request-Timestamp": moment,
            "X-Slack-Signature": signature(moment, body),
        } | dict(headers or {})
        if self._session is None:
            self._session = aiohttp.ClientSession()
        async with self._session.post(f"{self.bot_url}{path}", data=body, headers=given) as response:
            text = await response.text()
            return response.status, json.loads(text) if text else None

    async def event(self, told: Json, *, number: str = "", retry: int = 0, team: str = "") -> int:
        """An event call-back; the same `number` again is a repeat."""
        wrapped = {
            "token": "deprecated",
            "team_id": team or self.team,
            "api_app_id": "A0APP",
            "event": told,
            "type": "event_callback",
            "event_id": number or f"Ev{self.next_id()}",
            "event_time": int(time.time()),
        }
        repeated = {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": "http_timeout"} if retry else {}
        status, _ = await self.post("/slack/events", json.dumps(wrapped).encode(), form=False, headers=repeated)
        return status

    async def interaction(self, payload: Json) -> tuple[int, Any]:
        return await self.post("/slack/interactions", urlencode({"payload": json.dumps(payload)}).encode())

    def trigger(self) -> str:
        """Good for one modal."""
        made = f"{self.next_id()}.trigger"
        self.triggers[made] = None
        return made

    def next_id(self) -> str:
        self.ids += 1
        return f"{self.ids}"

    async def settled(self) -> None:
        if self.settle is not None:
            await self.settle()

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    # The Web API

    def application(self) -> web.Application:
        app = web.Application(client_max_size=4 * 1024 * 1024)
        # Another process's product may still be trying a port that was given away again: it must not be heard here.
        app.router.add_route("*", f"/{os.getpid()}/api/{{method}}", self._called)
        app.router.add_post(f"/{os.getpid()}/upload/{{file}}", self._uploaded)
        app.router.add_get(f"/{os.getpid()}/files/{{file}}", self._fetched)
        return app

    async def _called(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        body = await _arguments(request)
        for fault in self.faults:
            if fault.meets(method, str(body.get("channel") or "")):
                fault.times = None if fault.times is None else fault.times - 1
                await asyncio.sleep(fault.seconds)
                if fault.error:
                    headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
                    return self._answer(method, body, {"ok": False, "error": fault.error}, fault.status, headers)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if method == "oauth.v2.access":
            return self._answer(method, {}, self._access(request, body))
        if token not in self.tokens:
            return self._answer(method, body, {"ok": False, "error": "invalid_auth"})
        handle = _METHODS.get(method)
        if handle is None:
            self.complain(f"there is no method {method}")
            return self._answer(method, body, {"ok": False, "error": "unknown_method"})
        answer = handle(self, {**body, "_team": self.tokens[token]})
        return self._answer(method, body, {"ok": True} | answer if "error" not in answer else {"ok": False} | answer)

    def _answer(
        self, method: str, body: Json, answer: Json, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> web.Response:
        self.calls.append(Call(method, body, str(answer.get("error") or ""), time.monotonic()))
        return web.json_response(answer, status=status, headers=headers)

    async def _fetched(self, request: web.Request) -> web.Response:
        """As `url_private` answers: whoever has no token that is good there is sent to sign in."""
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
            raise web.HTTPFound("/signin")
        name = request.match_info["file"]
        return web.Response(body=self.dropped[name]) if name in self.dropped else web.Response(status=404)

    async def _uploaded(self, request: web.Request) -> web.Response:
        self.files[request.match_info["file"]] = await request.read()
        return web.Response(text="OK", content_type="text/plain")

    def _auth(self, body: Json) -> Json:
        return {"team_id": body["_team"], "team": "Sykehuset", "user_id": BOT_USER, "bot_id": "B0BOT", "user": "bot"}

    def _access(self, request: web.Request, body: Json) -> Json:
        """A code is good once, for the app that it was given to."""
        if request.query or (body.get("client_id"), body.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return {"ok": False, "error": "bad_client_secret"}
        if body.get("code") not in self.codes:
            return {"ok": False, "error": "invalid_code"}
        team, token = self.codes.pop(str(body["code"]))
        self.tokens[token] = team
        own = {"team": {"id": team, "name": "Kommunen"}, "bot_user_id": BOT_USER, "scope": "chat:write"}
        return {"ok": True, "app_id": "A0APP", "access_token": token, "authed_user": {"id": "U1"}, **own}

    def _open_chat(self, body: Json) -> Json:
        person = self._by_id(str(body.get("users")))
        return {"channel": {"id": self.chat_of(person).id}} if person else {"error": "user_not_found"}

    def _user(self, body: Json) -> Json:
        person = self._by_id(str(body.get("user")))
        return {"user": person.as_slack_has_it()} if person else {"error": "user_not_found"}

    def _user_with(self, body: Json) -> Json:
        found = [p for p in self.people.values() if p.email.casefold() == str(body.get("email")).casefold()]
        return {"user": found[0].as_slack_has_it()} if found and not found[0].left else {"error": "users_not_found"}

    def _post_message(self, body: Json) -> Json:
        found = self._place(body)
        if found is None:
            return {"error": "channel_not_found"}
        if (wrong := self._wrong_with_message(body)) is not None:
            return {"error": wrong}
        message = SlackMessage(f"{self.next_id()}.000100", found.id, body, str(body.get("thread_ts") or ""))
        found.messages[message.ts] = message
        return {"channel": found.id, "ts": message.ts, "message": {"ts": message.ts, **body}}

    def _post_ephemeral(self, body: Json) -> Json:
        found = self.conversations.get(str(body.get("channel")))
        if found is None or BOT_USER not in found.members:
            return {"error": "channel_not_found"}
        if (wrong := self._wrong_with_message(body)) is not None:
            return {"error": wrong}
        message = SlackMessage(f"{self.next_id()}.000200", found.id, body, to=str(body.get("user")))
        found.messages[message.ts] = message
        return {"message_ts": message.ts}

    def _update(self, body: Json) -> Json:
        found = self.conversations.get(str(body.get("channel")))
        message = found.messages.get(str(body.get("ts"))) if found else None
        if message is None or message.to:
            return {"error": "message_not_found"}
        if (wrong := self._wrong_with_message(body)) is not None:
            return {"error": wrong}
        message.history.append(message.body)
        message.body = body
        return {"channel": message.conversation, "ts": message.ts}

    def _open_view(self, body: Json) -> Json:
        trigger, view = str(body.get("trigger_id")), body.get("view") or {}
        if self.triggers.get(trigger, self) is not None:
            return {"error": "invalid_trigger_id" if trigger not in self.triggers else "exchanged_trigger_id"}
        if any(self._wrong_with_view(view, "modal")):
            return {"error": "invalid_arguments"}
        modal = Modal(f"V{self.next_id()}", view)
        self.modals[modal.id] = self.triggers[trigger] = modal
        return {"view": {"id": modal.id, "hash": "1", **view}}

    def _publish(self, body: Json) -> Json:
        person = self._by_id(str(body.get("user_id")))
        if person is None:
            return {"error": "user_not_found"}
        if any(self._wrong_with_view(body.get("view") or {}, "home")):
            return {"error": "invalid_arguments"}
        person.home = body["view"]
        return {}

    def _upload_url(self, body: Json) -> Json:
        file = f"F{self.next_id()}"
        if not (body.get("filename") and str(body.get("length")).isdigit()):
            return {"error": "invalid_arguments"}
        return {"file_id": file, "upload_url": f"{self.url.replace('/api/', '/upload/')}{file}"}

    def _complete(self, body: Json) -> Json:
        given = body.get("files")
        files = json.loads(given) if isinstance(given, str) else given or []
        if not all(file["id"] in self.files for file in files):
            return {"error": "file_not_found"}
        self.ready |= {file["id"] for file in files}
        return {"files": files}

    def _by_id(self, user: str) -> SlackPerson | None:
        return next((person for person in self.people.values() if person.id == user and not person.left), None)

    def _place(self, body: Json) -> Conversation | None:
        where = str(body.get("channel"))
        if (person := self._by_id(where)) is not None:
            return self.chat_of(person)
        found = self.conversations.get(where)
        gone = found is not None and found.personal and self._by_id(found.members[0]) is None
        return None if found is None or BOT_USER not in found.members or gone else found

    def _wrong_with_message(self, body: Json) -> str | None:
        blocks = body.get("blocks")
        if not (isinstance(body.get("text"), str) and body["text"].strip() and isinstance(blocks, list)):
            self.complain("a message has a text for notifications, and blocks")
            return "no_text"
        wrong = [*wrong_with(blocks, MOST_IN_MESSAGE), *self._unknown_files(blocks)]
        wrong += [f"an {b['type']} block in a message" for b in blocks if b["type"] == "input"]
        for what in wrong:
            self.complain(what)
        return "invalid_blocks" if wrong else None

    def _unknown_files(self, blocks: list[Json]) -> Iterator[str]:
        for block in blocks:
            if block["type"] == "image" and block.get("slack_file", {}).get("id") not in self.ready:
                yield "a picture that was not uploaded"

    def _wrong_with_view(self, view: Json, kind: str) -> Iterator[str]:
        for what in wrong_with_view(view, kind):
            self.complain(what)
            yield what


_METHODS: Mapping[str, Callable[[SlackDouble, Json], Json]] = {
    "auth.test": SlackDouble._auth,
    "conversations.open": SlackDouble._open_chat,
    "users.info": SlackDouble._user,
    "users.lookupByEmail": SlackDouble._user_with,
    "chat.postMessage": SlackDouble._post_message,
    "chat.postEphemeral": SlackDouble._post_ephemeral,
    "chat.update": SlackDouble._update,
    "views.open": SlackDouble._open_view,
    "views.publish": SlackDouble._publish,
    "files.getUploadURLExternal": SlackDouble._upload_url,
    "files.completeUploadExternal": SlackDouble._complete,
}


async def _arguments(request: web.Request) -> Json:
    """As Slack takes them: in the address, as a form, or as JSON where a method reads it."""
    if request.content_type == "application/json" and request.can_read_body:
        found: Json = await request.json()
        return found
    return {**request.query, **(await request.post())}


class SlackPlace:
    """Where messages lie: a personal chat or a channel."""

    double: SlackDouble
    conversation: Conversation

    @property
    def messages(self) -> list[SlackMessage]:
        """As they now stand, in order."""
        return list(self.conversation.messages.values())

    @property
    def last(self) -> SlackMessage:
        assert self.messages, f"nothing was sent to {self.conversation.id}"
        return self.messages[-1]

    def titled(self, part: str) -> list[SlackMessage]:
        return [message for message in self.messages if part in message.title]


class SlackChannelPlace(SlackPlace):
    def __init__(self, double: SlackDouble, conversation: Conversation, name: str) -> None:
        self.double = double
        self.conversation = conversation
        self.name = name


class SlackPerson(SlackPlace):
    """Somebody in the workspace: writes, presses, fills in, reads."""

    def __init__(self, double: SlackDouble, key: str, email: str, name: str) -> None:
        self.double = double
        self.key = key
        self.id = f"U{key.upper().replace('-', '')}"
        self.email = email
        self.name = name
        self.confirmed = True
        self.left = False
        self.home: Json | None = None
        self.whispers: list[Json] = []

    @property
    def conversation(self) -> Conversation:  # type: ignore[override]
        return self.double.chat_of(self)

    def as_slack_has_it(self) -> Json:
        profile = {"real_name": self.name, "email": self.email}
        return {
            "id": self.id,
            "team_id": self.double.team,
            "name": self.key,
            "is_bot": False,
            "is_email_confirmed": self.confirmed,
            "profile": profile,
        }

    async def says(
        self, text: str, *, where: SlackChannelPlace | None = None, again: str = "", thread: str = ""
    ) -> list[SlackMessage]:
        """Writes to the bot, in a channel by naming it; what is new there. `again` is an event that comes once more."""
        place: SlackPlace = where or self
        before = len(place.messages)
        told = {
            "type": "app_mention" if where else "message",
            "user": self.id,
            "text": f"<@{BOT_USER}> {text}" if where else text,
            "ts": f"{self.double.next_id()}.000300",
            "channel": place.conversation.id,
            "event_ts": "1",
        } | ({} if where else {"channel_type": "im"})
        told |= {"thread_ts": thread} if thread else {}
        status = await self.double.event(told, number=again, retry=1 if again else 0)
        assert status == 200, f"{text!r} was answered with {status}"
        await self.double.settled()
        return place.messages[before:]

    async def drops(self, name: str, content: bytes, *, text: str = "", url: str = "") -> list[SlackMessage]:
        """Puts a file into the chat with the bot; what is new there."""
        self.double.dropped[name] = content
        before = len(self.messages)
        file = {
            "id": "F1",
            "name": name,
            "url_private_download": url or f"{self.double.url.removesuffix('/api/')}/files/{name}",
        }
        told = {
            "type": "message",
            "subtype": "file_share",
            "user": self.id,
            "text": text,
            "ts": f"{self.double.next_id()}.000300",
            "channel": self.conversation.id,
            "channel_type": "im",
            "files": [file],
        }
        assert await self.double.event(told) == 200
        await self.double.settled()
        return self.messages[before:]

    async def slash(
        self, text: str, *, where: SlackChannelPlace | None = None, again: str = ""
    ) -> tuple[Json | None, Modal | None]:
        """`/samhandling …`: what is said to this person alone, and the modal that opened."""
        trigger = again or self.double.trigger()
        fields = {
            "team_id": self.double.team,
            "channel_id": where.conversation.id if where else self.conversation.id,
            "channel_name": where.name if where else "directmessage",
            "user_id": self.id,
            "command": "/samhandling",
            "text": text,
            "trigger_id": trigger,
        }
        status, answer = await self.double.post("/slack/commands", urlencode(fields).encode())
        assert status == 200, f"{text!r} was answered with {status}"
        await self.double.settled()
        if answer is not None:
            assert answer["response_type"] == "ephemeral"
            self.whispers.append(answer)
        return answer, self.double.triggers.get(trigger)

    async def opens_home(self) -> Json:
        """The bot's own page, as it then stands."""
        told = {"type": "app_home_opened", "user": self.id, "channel": self.conversation.id, "tab": "home"}
        assert await self.double.event(told) == 200
        await self.double.settled()
        assert self.home is not None
        return self.home

    def press(self, on: SlackMessage | Json, action: str, which: str = "") -> Json:
        """The payload of a press; `which` is part of the button's label or data, where there are several."""
        blocks = on.blocks if isinstance(on, SlackMessage) else on["blocks"]
        found = [b for b in buttons_of(blocks) if b["action_id"] == action and which in json.dumps(b)]
        assert found, f"no {action} {which} among {[b['action_id'] for b in buttons_of(blocks)]}"
        payload: Json = {
            "type": "block_actions",
            "team": {"id": self.double.team},
            "user": {"id": self.id, "team_id": self.double.team},
            "trigger_id": self.double.trigger(),
            "actions": [{**found[0], "block_id": "b", "action_ts": f"{time.time()}"}],
        }
        if not isinstance(on, SlackMessage):
            return payload | {"container": {"type": "view", "view_id": "VHOME"}, "view": {"id": "VHOME", **on}}
        where = self.double.conversations[on.conversation]
        container = {"type": "message", "message_ts": on.ts, "channel_id": where.id, "is_ephemeral": bool(on.to)}
        name = "directmessage" if where.personal else where.id
        return payload | {"container": container, "channel": {"id": where.id, "name": name}}

    async def presses(self, on: SlackMessage | Json, action: str, which: str = "") -> Modal | None:
        """Presses a button of a message or of the home page; the modal that opened."""
        return await self.sends(self.press(on, action, which))

    async def sends(self, payload: Json) -> Modal | None:
        status, answer = await self.double.interaction(payload)
        assert status == 200, f"a press was answered with {status}"
        assert answer is None
        await self.double.settled()
        return self.double.triggers.get(payload["trigger_id"])

    def submission(self, modal: Modal) -> Json:
        """What Slack posts when the modal is sent as it stands."""
        return {
            "type": "view_submission",
            "team": {"id": self.double.team},
            "user": {"id": self.id, "team_id": self.double.team},
            "trigger_id": self.double.trigger(),
            "view": {**modal.view, "id": modal.id, "hash": f"{modal.number}", "state": modal.state},
        }

    async def submits(self, modal: Modal | None, **inputs: str) -> Modal | None:
        """Fills in and sends (`klare__horten` for a dot); the modal as it stands then, None when it has closed."""
        assert modal is not None, "no modal opened"
        for key, value in inputs.items():
            modal.fill(key.replace("__", "."), value)
        status, answer = await self.double.interaction(self.submission(modal))
        assert status == 200, f"{modal.action} was answered with {status}"
        await self.double.settled()
        modal.errors = {}
        match (answer or {}).get("response_action"):
            case "errors":
                modal.errors = self._errors(modal, answer["errors"])
                return modal
            case "update":
                for what in wrong_with_view(answer["view"], "modal"):
                    self.double.complain(what)
                modal.view, modal.number = answer["view"], modal.number + 1
                return modal
            case _:
                return None

    def _errors(self, modal: Modal, given: Mapping[str, str]) -> dict[str, str]:
        keys = {block["block_id"]: key for key, block in modal.inputs.items()}
        for block, text in given.items():
            if block not in keys or not text:
                self.double.complain(f"an error at {block!r}, where there is no field")
        return {keys[block]: text for block, text in given.items() if block in keys}


# Blocks


def signature(moment: str, body: bytes, secret: str = SECRET) -> str:
    return "v0=" + hmac.new(secret.encode(), b"v0:" + moment.encode() + b":" + body, sha256).hexdigest()


def buttons_of(blocks: list[Json]) -> list[Json]:
    return [e for block in blocks if block["type"] == "actions" for e in block["elements"] if e["type"] == "button"]


def readable(blocks: list[Json]) -> str:
    return "\n".join(line for block in blocks for line in _words(block))


def _words(block: Json) -> Iterator[str]:
    match block["type"]:
        case "rich_text":
            for part in block["elements"]:
                yield "".join(run["text"] for run in part["elements"])
        case "header" | "section":
            yield block["text"]["text"]
        case "image":
            yield block["alt_text"]
        case "actions":
            yield from (f"({element['text']['text']})" for element in block["elements"])
        case "input":
            yield f"{block['label']['text']} {block.get('hint', {}).get('text', '')}".strip()


def _initial(element: Json) -> Json:
    """A field's state as Slack sends it before anything was done in it."""
    kind = element["type"]
    match kind:
        case "radio_buttons" | "static_select":
            return {"type": kind, "selected_option": element.get("initial_option")}
        case "checkboxes" | "multi_static_select":
            return {"type": kind, "selected_options": element.get("initial_options", [])}
        case "datepicker":
            return {"type": kind, "selected_date": element.get("initial_date")}
        case "timepicker":
            return {"type": kind, "selected_time": element.get("initial_time")}
        case _:
            return {"type": kind, "value": element.get("initial_value")}


def _filled(element: Json, value: str) -> Json:
    options = {option["value"]: option for option in options_of(element)}
    kind = element["type"]
    match kind:
        case "radio_buttons" | "static_select":
            return {"type": kind, "selected_option": options[value] if value else None}
        case "checkboxes" | "multi_static_select":
            ticked = [part for part in value.split(",") if part and part != "false"]
            return {"type": kind, "selected_options": [options[part] for part in ticked]}
        case "datepicker":
            return {"type": kind, "selected_date": value or None}
        case "timepicker":
            return {"type": kind, "selected_time": value or None}
        case _:
            return {"type": kind, "value": value or None}


def _text_of(state: Json) -> str:
    if "selected_options" in state:
        return ",".join(option["value"] for option in state["selected_options"])
    if "selected_option" in state:
        return str((state["selected_option"] or {}).get("value", ""))
    return str(next((state[k] for k in ("value", "selected_date", "selected_time") if state.get(k)), ""))


def options_of(element: Json) -> list[Json]:
    return [*element.get("options", []), *(o for group in element.get("option_groups", []) for o in group["options"])]


def wrong_with_view(view: Json, kind: str) -> Iterator[str]:
    """What Slack would not take of a modal or a home page."""
    if view.get("type") != kind:
        yield f"a view of type {view.get('type')!r}"
    blocks = view.get("blocks") or []
    yield from wrong_with(blocks, MOST_IN_VIEW)
    if len(view.get("private_metadata", "")) > 3000:
        yield "private_metadata of more than 3000 characters"
    if kind == "modal":
        for name in ("title", "submit"):
            if name in view and not 1 <= len(view[name]["text"]) <= 24:
                yield f"{name} of {len(view[name]['text'])} characters"
        if any(block["type"] == "input" for block in blocks) is not ("submit" in view):
            yield "fields and what sends them come together"
    try:
        View(**view).validate_json()
    except SlackObjectFormationError as exc:
        yield f"view: {exc}"


def wrong_with(blocks: list[Json], most: int) -> Iterator[str]:
    """What Slack would not take of blocks: the SDK's own checks, and the limits that these do not know."""
    if not 1 <= len(blocks) <= most:
        yield f"{len(blocks)} blocks"
    if (size := sum(map(len, map(readable, ([block] for block in blocks))))) > LONGEST_BLOCKS:
        yield f"{size} characters"
    for block in blocks:
        try:
            parsed = Block.parse(block)
            if parsed is None:
                yield f"a block of type {block.get('type')!r}"
            else:
                parsed.validate_json()
        except (SlackObjectFormationError, TypeError) as exc:
            yield f"{block.get('type')}: {exc}"
        yield from _wrong_within(block)
    named = [block["block_id"] for block in blocks if "block_id" in block]
    if len(set(named)) < len(named):
        yield f"block ids {named}"


def _wrong_within(block: Json) -> Iterator[str]:
    match block["type"]:
        case "header" if not 1 <= len(block["text"]["text"]) <= 150:
            yield "a header that is empty or too long"
        case "rich_text":
            if sum(len(run["text"]) for part in block["elements"] for run in part["elements"]) > 3000:
                yield "more than 3000 characters in one block"
            if not all(run["text"] for part in block["elements"] for run in part["elements"]):
                yield "an empty run of text"
        case "actions":
            yield from _wrong_with_buttons(block["elements"])
        case "image" if not 1 <= len(block["alt_text"]) <= 2000:
            yield "an image without words, or with too many"
        case "input":
            yield from _wrong_with_input(block)


def _wrong_with_buttons(buttons: list[Json]) -> Iterator[str]:
    ids = [button["action_id"] for button in buttons]
    if len(set(ids)) < len(ids) or not 1 <= len(buttons) <= 25:
        yield f"a row of {ids}"
    for button in buttons:
        if not 1 <= len(button["text"]["text"]) <= 75 or len(button.get("value", "")) > 2000:
            yield f"the button {button['action_id']}"
        if len(button.get("url", "")) > 3000 or len(button["action_id"]) > 255:
            yield f"the button {button['action_id']}"


def _wrong_with_input(block: Json) -> Iterator[str]:
    element, key = block["element"], block["element"]["action_id"]
    if not (1 <= len(block["label"]["text"]) <= 2000 and len(block.get("hint", {}).get("text", "")) <= 2000):
        yield f"the words at {key}"
    options = options_of(element)
    most = 10 if element["type"] in ("radio_buttons", "checkboxes") else 10_000
    if element["type"].endswith(("select", "buttons", "checkboxes")) and not 1 <= len(options) <= most:
        yield f"{len(options)} options at {key}"
    for option in options:
        if not (1 <= len(option["text"]["text"]) <= 75 and 1 <= len(option["value"]) <= 150):
            yield f"an option at {key}: {option}"
    chosen = [
        *element.get("initial_options", []),
        *([element["initial_option"]] if "initial_option" in element else []),
    ]
    if not all(option in options for option in chosen):
        yield f"chosen at {key} what is not offered"
    if element["type"] == "plain_text_input" and len(element.get("initial_value", "")) > element["max_length"]:
        yield f"more stands at {key} than may be written"


@asynccontextmanager
async def serving() -> AsyncIterator[SlackDouble]:
    """A double that at the end must have nothing to complain of."""
    double = SlackDouble()
    runner = web.AppRunner(double.application(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    double.url = f"http://127.0.0.1:{runner.addresses[0][1]}/{os.getpid()}/api/"
    try:
        yield double
    finally:
        await double.close()
        await runner.cleanup()
    assert not double.complaints, "\n".join(dict.fromkeys(double.complaints))
