"""One turn of a conversation: what came in, from whom, and what a dialog may do about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from dialogs.card import Card
from dialogs.chart import Chart
from dialogs.speech import Speech
from domain.community import Community, Person
from services.messages import Address, Json, Message, Recipient
from services.ports import Member, Store, Work

REPLY = "reply:"
"""What the key of a message begins with that answers a turn."""

LONGEST_SAID = 10_000
"""Characters of a message in a chat that are read."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was written or pressed: a personal chat, or a channel with others in it."""

    address: Address
    personal: bool = True
    name: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """What any platform delivers: a text, or a pressed button with its data and the card's inputs.

    `id` is the platform's own, the same when it delivers again.
    """

    id: str
    place: Place
    text: str = ""
    action: str | None = None
    data: Mapping[str, Json] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # More than any field takes is not looked through: it is too long whatever it says.
        if len(self.text) > LONGEST_SAID:
            object.__setattr__(self, "text", self.text[:LONGEST_SAID])


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes straight back: in place of the card whose button was pressed, else as a reply.

    None when the answer is in the outbox, or there is nothing to say. `gone`: the person is no longer with us, so there
    was no turn, and the platform treats them as it treats a stranger.
    """

    card: Card | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    work: Work
    now: datetime
    member: Member
    event: Event
    speech: Speech

    @property
    def person(self) -> Person:
        return self.member.person

    @property
    def community(self) -> Community:
        return self.work.community

    def say(self, text: str, /, **values: object) -> str:
        return self.speech.say(text, **values)

    async def send(self, template: str, params: Mapping[str, Json], topic: str | None = None) -> None:
        """Stores a message to the one who wrote, to be sent when the turn is committed."""
        message = Message(
            key=f"{REPLY}{self.event.id}:{template}",
            to=Recipient(person=self.person.key),
            template=template,
            params=params,
            topic=topic,
            urgent=True,
        )
        await self.work.outbox.put(message, now=self.now)


Dialog = Callable[[Turn], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a template needs to draw a stored message for its reader, at the moment it is drawn."""

    work: Work
    now: datetime
    speech: Speech
    params: Mapping[str, Json]
    reader: Person | None  # None: a channel
    first: bool = False  # about to be sent, not drawn anew where it lies

    @property
    def community(self) -> Community:
        return self.work.community

    def say(self, text: str, /, **values: object) -> str:
        return self.speech.say(text, **values)

    def param(self, name: str) -> str:
        return str(self.params[name])


Template = Callable[[Drawing], Awaitable[Card | None]]
"""Draws a message as things stand; None when it has become pointless."""


@dataclass(frozen=True, slots=True)
class Document:
    """What a document is drawn from. `name` is its file's, without the ending; every word in `context` is final.

    `charts` are those that the context names.
    """

    name: str
    context: Mapping[str, Json]
    charts: Sequence[Chart] = ()


DocumentBuilder = Callable[[Drawing, Sequence[str]], Awaitable[Document | None]]
"""Makes a document of one kind; the ids say which. None when there is no such document."""


@dataclass(frozen=True, slots=True)
class Command:
    """What may be written, in every language, separated by `|`.

    `more`: further words may follow (`språk nn`); `colon`: they do, after a colon (`vedtak Larvik: …`).
    """

    name: str
    words: str
    dialog: Dialog
    more: bool = False
    colon: bool = False


EmptyForm = Callable[[Speech, Community, Mapping[str, Json], datetime], Card | None]
"""The form that was sent, not filled in, drawn without the store from what came with it; None when it cannot be."""


@dataclass(frozen=True, slots=True)
class Routes:
    """What a dialog's module answers. `read_only` names its commands and buttons that change nothing.

    In a chat with one person those need no write, and a repeat of one does no harm. `forms` can be given back, by the
    button that sends them, while the store cannot be used.
    """

    commands: tuple[Command, ...] = ()
    buttons: Mapping[str, Dialog] = field(default_factory=dict)
    templates: Mapping[str, Template] = field(default_factory=dict)
    documents: Mapping[str, DocumentBuilder] = field(default_factory=dict)
    read_only: frozenset[str] = frozenset()
    forms: Mapping[str, EmptyForm] = field(default_factory=dict)


def speech_without_store(store: Store, community: str | None, person: str = "") -> Speech:
    """What is remembered of a person's choice, else the community's language, else that of the first one."""
    known = store.communities.get(community or "") or next(iter(store.communities.values()))
    return Speech(store.language_of(known.key, person) or known.language, known.zone)


def speech_for(community: Community, member: Member | None) -> Speech:
    """A person's own choice of language, else the community's."""
    return Speech((member.language if member else None) or community.language, community.zone)
