"""A neutral card as text and as HTML for an inbox: to be read there, answered by the link.

There are no inputs, no buttons, no scripts and no pictures that are fetched: what a card shows besides words stands
in words, or behind the link.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.addresses import OPEN
from bot.outbound import Letter
from dialogs.card import (
    Buttons,
    Card,
    Element,
    Facts,
    Input,
    LevelLine,
    Picture,
    Quote,
    Resolve,
    Section,
    Text,
    Tone,
)

WIDTH = 78
View = dict[str, Any]

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def html(card: Card, letter: Letter, resolve: Resolve) -> str:
    return _templates.get_template("letter.html").render(
        language=letter.speech.language,
        title=card.title,
        plain=card.plain,
        elements=list(_views(_read_only(card.body))),
        links=list(_links(card, resolve)),
        link=letter.link,
        label=letter.label,
        footer=footer(letter),
    )


def text(card: Card, letter: Letter, resolve: Resolve) -> str:
    """The same in plain text."""
    parts = [_wrapped(card.title), *_blocks(_read_only(card.body))]
    if letter.link:
        parts.append(f"{letter.label}:\n{letter.link}")
    parts += [f"{label}:\n{address}" for label, address in _links(card, resolve)]
    foot = "\n".join(_wrapped(line) for line in footer(letter))
    return "\n\n".join(parts) + f"\n\n-- \n{foot}\n"


def footer(letter: Letter) -> list[str]:
    """Why it came, whose the link is, and that nobody reads an answer."""
    said = [letter.speech.say("mail.from", community=letter.community)]
    if letter.link:
        said.append(letter.speech.say("mail.yours"))
    return [*said, letter.speech.say("mail.no_answer")]


def _read_only(body: Sequence[Element]) -> list[Element]:
    """What can be read. A heading over nothing but fields goes with them."""
    kept: list[Element] = []
    for element in (e for e in body if not isinstance(e, Buttons)):
        if isinstance(element, Input):
            if kept and isinstance(kept[-1], Text) and kept[-1].tone is Tone.HEADING:
                kept.pop()
            continue
        kept.append(element)
    return kept


def _links(card: Card, resolve: Resolve) -> Iterator[tuple[str, str]]:
    """What anybody may read. Other addresses would have expired by the time the letter is opened."""
    for link in card.links:
        if link.to.kind in OPEN and (address := resolve(link.to)):
            yield link.label, address


def _views(body: Sequence[Element]) -> Iterator[View]:
    for element in body:
        match element:
            case Text():
                yield {"kind": "text", "text": element.text, "tone": str(element.tone)}
            case Facts():
                yield {"kind": "facts", "rows": element.rows}
            case LevelLine():
                level = str(element.level) if element.level else "none"
                yield {"kind": "level", "level": level, "title": _level_title(element), "text": element.text}
            case Quote():
                yield {"kind": "quote", "who": element.who, "text": element.text}
            case Picture():
                yield {"kind": "text", "text": element.alt, "tone": str(Tone.SUBTLE)}
            case Section():
                inner = list(_views(_read_only(element.body)))
                yield {"kind": "section", "heading": element.heading, "elements": inner}


def _blocks(body: Sequence[Element]) -> Iterator[str]:
    for element in body:
        match element:
            case Text():
                yield _wrapped(element.text)
            case Facts():
                yield "\n".join(_wrapped(f"{name}: {value}", "  ") for name, value in element.rows)
            case LevelLine():
                yield "\n".join(filter(None, (_wrapped(_level_title(element)), _wrapped(element.text))))
            case Quote():
                yield f"{element.who}:\n" + "\n".join(_wrapped(line, "> ", "> ") for line in element.text.splitlines())
            case Picture():
                yield _wrapped(element.alt)
            case Section():
                yield "\n\n".join((_wrapped(element.heading), *_blocks(_read_only(element.body))))


def _level_title(line: LevelLine) -> str:
    return line.title if not line.spoken or line.spoken in line.title else f"{line.title} ({line.spoken})"


def _wrapped(said: str, later: str = "", first: str = "") -> str:
    lines = said.splitlines() or [""]
    return "\n".join(
        textwrap.fill(line, WIDTH, initial_indent=first, subsequent_indent=later, break_long_words=False)
        for line in lines
    )
