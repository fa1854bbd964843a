"""Neutral cards: what a dialog says and asks, described once; each channel draws it in its own way.

Texts are final: in the reader's language, dates and numbers written. `Quote` bears words that a participant wrote;
a channel must show them as they are and never interpret them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from domain.community import PreparednessLevel
from services.messages import Json


class Tone(StrEnum):
    """How a line stands out. Never the only bearer of meaning: the words say it too."""

    NORMAL = "normal"
    HEADING = "heading"
    SUBTLE = "subtle"
    GOOD = "good"
    ATTENTION = "attention"


class Style(StrEnum):
    DEFAULT = "default"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Text:
    text: str
    tone: Tone = Tone.NORMAL


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values, one line each."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class LevelLine:
    """One line with a level's mark before it: a title, and what is to be said of it."""

    level: PreparednessLevel | None
    title: str
    text: str = ""
    spoken: str = ""  # the level in words, for those who do not see the mark


@dataclass(frozen=True, slots=True)
class Quote:
    """A participant's own words. Where there is no room a channel may cut it; `more` says so."""

    who: str
    text: str


ELSEWHERE = "elsewhere"
"""The kind of what the product does not serve: the subject is its whole address."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Something that the product serves under an address of its own: of which kind, of which community, and which.

    `subject` is an id, and says nothing of a person: it stands in the address. What lies elsewhere has its
    own address as the subject.
    """

    kind: str  # "trend", "document"
    community: str
    subject: str


Resolve = Callable[[Reference], str | None]
"""The address of what is referred to; None where none can be made."""


def nowhere(reference: Reference) -> str | None:
    """Where the product is not reached by anybody, nothing of its own has an address."""
    return reference.subject if reference.kind == ELSEWHERE else None


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, and the same in words for those who do not see it, or where it has no address.

    `dark` is the one for dark pages, where a channel can choose; `size` is width and height in CSS pixels.
    """

    shows: Reference
    alt: str
    dark: Reference | None = None
    size: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A way to something that opens outside the card. `otherwise` is said where it has no address."""

    to: Reference
    label: str
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what belongs below it."""

    heading: str
    body: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str


class InputKind(StrEnum):
    TEXT = "text"
    LONG_TEXT = "long_text"
    COUNT = "count"
    DECIMAL = "decimal"
    DATE = "date"
    TIME = "time"
    CHOICE = "choice"
    CHOICES = "choices"  # several; the value is comma-separated
    TOGGLE = "toggle"  # value "true" or "false"


@dataclass(frozen=True, slots=True)
class Input:
    """A field. `beside` is what helps to fill it in (last time's figure), `error` what was wrong with it."""

    key: str
    kind: InputKind
    label: str
    value: str = ""
    beside: str = ""
    error: str = ""
    required: bool = False
    missing: str = ""  # what a client says when a required field is empty
    choices: tuple[Choice, ...] = ()
    max_length: int = 0
    placeholder: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """Pressing it sends `action` and `data`, with the card's inputs if `submits`."""

    action: str
    label: str
    data: Mapping[str, Json] = field(default_factory=dict)
    style: Style = Style.DEFAULT
    submits: bool = False


@dataclass(frozen=True, slots=True)
class Buttons:
    """Buttons that belong to what stands above them and not to the whole card; they send no inputs."""

    row: tuple[Button, ...]


Element = Text | Facts | LevelLine | Quote | Picture | Section | Input | Buttons


@dataclass(frozen=True, slots=True)
class Card:
    """`title` is also what a notification shows."""

    title: str
    body: tuple[Element, ...] = ()
    buttons: tuple[Button, ...] = ()
    links: tuple[Link, ...] = ()
    plain: bool = False  # a sentence, not a card: a channel may show it as ordinary text

    @property
    def inputs(self) -> tuple[Input, ...]:
        return tuple(element for element in self.body if isinstance(element, Input))

    def with_inputs(self, typed: Mapping[str, str], errors: Mapping[str, str]) -> Card:
        """The same form again: with what was typed, and with what was wrong at its field."""
        return replace(self, body=tuple(_filled(element, typed, errors) for element in self.body))


def _filled(element: Element, typed: Mapping[str, str], errors: Mapping[str, str]) -> Element:
    if not isinstance(element, Input):
        return element
    return replace(element, value=typed.get(element.key, ""), error=errors.get(element.key, ""))


def sentence(text: str, *buttons: Button) -> Card:
    return Card(text, buttons=buttons, plain=not buttons)
