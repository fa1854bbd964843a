"""What a person does and sees, said the same way for every channel. How it is drawn is the channel's own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from dialogs.card import ELSEWHERE
from tests.harness import FIRST_PERIOD, MUNICIPALITY, Running

MONDAY = "2023-11-27T09:00:00+01:00"
"""When the prompts of the first round come."""


@dataclass(frozen=True)
class Field:
    value: str
    error: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shown:
    """A card as its reader has it before them; `lies` is what the driver finds it by."""

    title: str
    text: str
    actions: tuple[str, ...]
    fields: Mapping[str, Field]
    lies: Any = None

    @property
    def errors(self) -> dict[str, str]:
        return {key: field.error for key, field in self.fields.items() if field.error}

    @property
    def values(self) -> dict[str, str]:
        return {key: field.value for key, field in self.fields.items()}


class Driver(ABC):
    """One channel of a running product, and Vestfold's people before it."""

    name: str

    def __init__(self, product: Running) -> None:
        self.product = product
        self._last: Any = None  # does once more what was done last, as a platform that delivers twice

    # What a channel does in its own way

    @abstractmethod
    async def connect(self) -> None:
        """From now on the community's summaries are posted here, and all its people can be written to."""

    @abstractmethod
    async def writes(self, person: str, text: str) -> Shown:
        """Somebody writes in private; the answer."""

    @abstractmethod
    async def opens(self, person: str, on: Shown, action: str) -> Shown:
        """The form that a button sends, or opens, with its fields."""

    @abstractmethod
    async def sends(self, person: str, form: Shown, action: str, **inputs: str) -> Shown:
        """Fills in and sends; the form with what was wrong, or what took its place. `a__b` is the field `a.b`."""

    @abstractmethod
    async def presses(self, person: str, on: Shown, action: str, which: str = "") -> Shown:
        """Presses a button that sends no fields; what then stands there. `which` is part of its data."""

    @abstractmethod
    async def forges(self, person: str, action: str, **data: Any) -> Shown:
        """A press on a button that nobody gave the person, with data of the person's own."""

    @abstractmethod
    async def messages(self, person: str) -> list[Shown]:
        """Everything that lies before the person, as it now stands, the oldest first."""

    @abstractmethod
    async def board(self) -> list[Shown]:
        """The summaries where all may read them, the oldest first."""

    @abstractmethod
    async def unknown(self, text: str) -> str:
        """Somebody who is nobody's writes; what is said to them."""

    @abstractmethod
    def everything_shown(self) -> str:
        """All that ever left the product for this channel."""

    def opener(self, action: str) -> str:
        """What the button is called that leads to a form which that action sends."""
        return action

    @abstractmethod
    def state(self) -> Any:
        """What the channel keeps of its own outside the product."""

    @abstractmethod
    def restore(self, state: Any) -> None:
        """Takes that up again."""

    # What is the same

    async def again(self) -> None:
        """What was done last is delivered once more."""
        assert self._last is not None
        await self._last()

    def did(self, act: Any, *given: Any) -> None:
        self._last = partial(act, *given)

    async def titled(self, person: str, part: str) -> list[Shown]:
        return [shown for shown in await self.messages(person) if part in shown.title]

    async def bearing(self, person: str, action: str) -> Shown:
        """The newest message with that button."""
        found = [shown for shown in await self.messages(person) if action in shown.actions]
        assert found, (action, [(shown.title, shown.actions) for shown in await self.messages(person)])
        return found[-1]

    async def starts(self, **inputs: str) -> Shown:
        """The coordinator starts a period."""
        form = await self.asks("samhandlingssjef", "krise", "period.start")
        return await self.sends("samhandlingssjef", form, "period.start", **(FIRST_PERIOD | inputs))

    async def asks(self, person: str, text: str, action: str) -> Shown:
        """The form that a command gives."""
        return await self.opens(person, await self.writes(person, text), action)

    async def prompted(self) -> None:
        """A period runs, and the prompts of its first round are out."""
        await self.connect()
        await self.starts()
        await self.product.clock_to(MONDAY)

    async def prompt(self, person: str) -> Shown:
        """The form of the person's prompt."""
        return await self.opens(person, (await self.titled(person, "Status"))[-1], "status.submit")

    async def answers(self, person: str, **inputs: str) -> Shown:
        return await self.sends(person, await self.prompt(person), "status.submit", **(inputs or MUNICIPALITY))


def served(reference: Any) -> str:
    """An address for whatever is referred to."""
    return str(reference.subject) if reference.kind == ELSEWHERE else f"https://bot.example/{reference.kind}"
