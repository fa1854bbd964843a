"""The contract in Teams."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from tests.channels.contract.driver import Driver, Field, Shown
from tests.harness import Running, everybody
from tests.teams_double import CARD, Json, Message, TeamsDouble, beside, buttons_of, inputs_of, readable


class OnTeams(Driver):
    name = "teams"

    def __init__(self, product: Running, double: TeamsDouble) -> None:
        super().__init__(product)
        self.double = double
        self.people = everybody(double)
        self.channel = double.channel("Samhandling")

    async def connect(self) -> None:
        await self.people["samhandlingssjef"].says("koble", where=self.channel)

    async def writes(self, person: str, text: str) -> Shown:
        who = self.people[person]
        activity = who.activity("message", text=text)
        before = len(who.messages)
        status, _ = await who.sends(activity)
        assert status in (200, 201, 202), f"{text!r} was answered with {status}"
        self.did(who.sends, activity)
        assert who.messages[before:], f"{text!r} was not answered"
        return _message(who.last)

    async def opens(self, person: str, on: Shown, action: str) -> Shown:
        found = [button for button in buttons_of(on.lies.card or {}) if button["verb"] == action]
        sends = on.fields and any(button.get("associatedInputs") != "none" for button in found)
        return on if sends else await self.presses(person, on, action)

    async def sends(self, person: str, form: Shown, action: str, **inputs: str) -> Shown:
        assert form.fields, f"no form: {form.title}"
        return await self._press(person, form, action, inputs={k.replace("__", "."): v for k, v in inputs.items()})

    async def presses(self, person: str, on: Shown, action: str, which: str = "") -> Shown:
        return await self._press(person, on, action, which)

    async def _press(
        self, person: str, on: Shown, action: str, which: str = "", inputs: dict[str, str] | None = None
    ) -> Shown:
        card = on.lies.card
        assert card, f"no card to press on: {on.title}"
        found = [b for b in buttons_of(card) if b["verb"] == action and which in str(b["data"])]
        assert found, f"no {action} {which} among {on.actions}"
        assert set(inputs or {}) <= set(inputs_of(card)), f"no {inputs} on {on.title}"
        without = found[0].get("associatedInputs") == "none"
        standing = {} if without else {k: v.get("value", "") for k, v in inputs_of(card).items()}
        data = {**standing, **(inputs or {}), **found[0]["data"]}
        return await self._invokes(person, action, data, on.lies)

    async def forges(self, person: str, action: str, **data: Any) -> Shown:
        return await self._invokes(person, action, {"action": action, **data}, None)

    async def _invokes(self, person: str, action: str, data: Json, on: Message | None) -> Shown:
        who = self.people[person]
        value = {"action": {"type": "Action.Execute", "verb": action, "data": data}, "trigger": "manual"}
        place = {"replyToId": on.id} if on is not None else {}
        conversation = self.double.conversations[on.conversation] if on is not None else who.conversation
        activity = who.activity(
            "invoke",
            None if conversation.personal else self.channel,
            name="adaptiveCard/action",
            value=value,
            **place,
        )
        status, answer = await self.double.post(activity)
        assert status == 200, f"{action} was answered with {status}"
        self.did(who.sends, activity)
        self.double.answers.append({"answer": answer})
        card = answer["value"]
        if not isinstance(card, dict):
            await self.double.settled()
            return Shown(str(card), str(card), (), {})
        shown = {"type": "message", "attachments": [{"contentType": CARD, "content": card}]}
        if on is not None and conversation.personal:
            on.replace(shown)
        await self.double.settled()
        return _message(on if on is not None and conversation.personal else Message("", conversation.id, shown))

    async def messages(self, person: str) -> list[Shown]:
        return [_message(message) for message in self.people[person].messages]

    async def board(self) -> list[Shown]:
        return [_message(message) for message in self.channel.titled("Samhandlingsmøte")]

    async def unknown(self, text: str) -> str:
        [answer] = await self.double.person("fremmed").says(text)
        return answer.text

    def everything_shown(self) -> str:
        return self.double.everything_sent()

    def state(self) -> Any:
        return deepcopy(self.double.conversations), self.double.ids

    def restore(self, state: Any) -> None:
        self.double.conversations, self.double.ids = deepcopy(state[0]), state[1]
        self.channel = self.double.channel("Samhandling")


def _message(message: Message) -> Shown:
    return shown_card(message.card, message) if message.card else Shown(message.text, message.text, (), {}, message)


def shown_card(card: Json, lies: Any = None) -> Shown:
    """What a person sees of an Adaptive Card."""
    lines = readable({"attachments": [{"contentType": CARD, "content": card}]})
    fields = {key: _field(given, beside(card, key)) for key, given in inputs_of(card).items()}
    return Shown(lines[0], "\n".join(lines), tuple(b["verb"] for b in buttons_of(card)), fields, lies)


def _field(given: Json, error: str) -> Field:
    return Field(str(given.get("value", "")), error, tuple(choice["value"] for choice in given.get("choices", ())))
