"""A card, or several pictures and tables, as a page of its own: no server, no script, nothing from outside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.channels.web import cards
from dialogs.card import Card
from dialogs.speech import Speech

_HERE = Path(__file__).parent
_templates = Environment(
    loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def card_page(card: Card, speech: Speech) -> str:
    """The card without its buttons: there is nobody to press them."""
    view = cards.view(card, "kort") | {"buttons": []}
    return _page("standalone_card.html", speech, view=view, title=card.title)


def period_page(speech: Speech, **values: Any) -> str:
    """The period's front page: the chart, a table of the totals, a link to each round."""
    return _page("standalone_period.html", speech, **values)


def _page(template: str, speech: Speech, **values: Any) -> str:
    style = Markup((_HERE / "static" / "style.css").read_text(encoding="utf-8"))  # noqa: S704 - our own file
    page = _templates.get_template(template)
    return page.render(say=speech.say, language=speech.language, style=style, **values)
