"""The contract in Slack: a form is a modal, which opens from its message."""

from __future__ import annotations

import html
import json
from copy import deepcopy
from typing import Any

from bot.channels.slack.blocks import OPENERS
from tests.channels.contract.driver import Driver, Field, Shown
from tests.harness import Running
from tests.slack_double import Modal, SlackDouble, SlackMessage, SlackPerson, buttons_of, options_of
from tests.slack_town import SlackTown


class OnSlack(Driver):
    name = "slack"

    def __init__(self, product: Running, double: SlackDouble) -> None:
        super().__init__(product)
        self.double = double
        self.town = SlackTown(product, double)

    async def connect(self) -> None:
        await self.town.connect()

    async def writes(self, person: str, text: str) -> Shown:
        who = self.town[person]
        number = f"Ev{self.double.next_id()}"
        found = await who.says(text, again=number)
        self.did(who.says, text)
        self._last = _Repeated(who, text, number)
        assert found, f"{text!r} was not answered"
        return _message(found[-1])

    async def opens(self, person: str, on: Shown, action: str) -> Shown:
        if on.fields:
            return on
        message = on.lies
        pressed = action if action in on.actions else self.opener(action)
        modal = await self.town[person].presses(message, pressed)
        assert modal is not None, f"{action} opened no form: {message.title}"
        return _modal(modal, message)

    async def sends(self, person: str, form: Shown, action: str, **inputs: str) -> Shown:
        modal, message = form.lies
        assert modal.action == action, modal.action
        who, newest = self.town[person], self.town[person].messages
        for key, value in inputs.items():
            modal.fill(key.replace("__", "."), value)
        self.did(_once_more, who, who.submission(modal))
        stands = await who.submits(modal)
        if stands is not None:
            return _modal(stands, message)
        return _message(message if message in who.messages and not message.to else newest[-1])

    async def presses(self, person: str, on: Shown, action: str, which: str = "") -> Shown:
        who, message = self.town[person], on.lies
        payload = who.press(message, action, which)
        self.did(_once_more, who, payload)
        modal = await who.sends(payload)
        where = self.double.conversations[message.conversation]
        if modal is not None:
            return _modal(modal, message)
        return _message(message if where.personal else list(where.messages.values())[-1])

    async def forges(self, person: str, action: str, **data: Any) -> Shown:
        who = self.town[person]
        button = {"type": "button", "action_id": action, "text": {"type": "plain_text", "text": "x"}}
        row = {"type": "actions", "elements": [button | {"value": json.dumps(data)}]}
        modal = await who.presses({"blocks": [row]}, action)
        if modal is not None:
            return _modal(modal, None)
        return _message(who.last) if who.messages else Shown("", "", (), {})

    async def messages(self, person: str) -> list[Shown]:
        return [_message(message) for message in self.town[person].messages]

    async def board(self) -> list[Shown]:
        return [_message(message) for message in self.town.channel.titled("Samhandlingsmøte")]

    async def unknown(self, text: str) -> str:
        [answer] = await self.double.person("fremmed").says(text)
        return answer.text

    def everything_shown(self) -> str:
        modals = [json.dumps([m.view, m.errors], ensure_ascii=False) for m in self.double.modals.values()]
        return "\n".join([self.double.everything_sent(), *modals])

    def opener(self, action: str) -> str:
        return OPENERS.get(action, action)

    def state(self) -> Any:
        double = self.double
        return deepcopy((double.conversations, double.ids, double.files, double.ready))

    def restore(self, state: Any) -> None:
        double = self.double
        double.conversations, double.ids, double.files, double.ready = deepcopy(state)
        self.town.channel = double.channel("samhandling")


class _Repeated:
    """The same event, delivered again."""

    def __init__(self, person: SlackPerson, text: str, number: str) -> None:
        self._person, self._text, self._number = person, text, number

    async def __call__(self) -> None:
        await self._person.says(self._text, again=self._number)


async def _once_more(person: SlackPerson, payload: dict[str, Any]) -> None:
    status, _ = await person.double.interaction(payload)
    assert status == 200
    await person.double.settled()


def _message(message: SlackMessage) -> Shown:
    actions = tuple(button["action_id"] for button in buttons_of(message.blocks))
    return Shown(html.unescape(message.title), message.text, actions, {}, message)


def _modal(modal: Modal, message: SlackMessage | None) -> Shown:
    return Shown(modal.title, modal.text, (modal.action,), fields_of(modal), (modal, message))


def fields_of(modal: Modal) -> dict[str, Field]:
    """What stands in each field, and what is said to be wrong with it: by Slack at the field, or above it."""
    found: dict[str, Field] = {}
    above = ""
    for block in modal.blocks:
        if block["type"] == "input":
            key = block["element"]["action_id"]
            choices = tuple(option["value"] for option in options_of(block["element"]))
            found[key] = Field(modal.value(key), modal.errors.get(key, above), choices)
            above = ""
        elif block["type"] == "rich_text":
            last = "".join(run["text"] for run in block["elements"][-1]["elements"]).rpartition("\n")[2]
            above = last.removeprefix("⚠ ") if last.startswith("⚠ ") else ""
    return found
