"""What the coordinator is told of a platform that takes no messages, and that it takes them again."""

from __future__ import annotations

from datetime import datetime

from dialogs.card import Button, Card, Text, Tone
from dialogs.speech import Speech
from dialogs.turn import Drawing, Routes
from services import platform_outages
from services.ports import Work


async def draw_began(drawing: Drawing) -> Card | None:
    """None when it is over before it was told."""
    if drawing.first and drawing.param("channel") not in await platform_outages.lasting(drawing.work):
        return None
    text = drawing.say("outage.began.text", since=_moment(drawing, "since"))
    return _told(drawing, drawing.say("outage.began.title", channel=_channel(drawing)), text)


async def draw_over(drawing: Drawing) -> Card | None:
    text = drawing.say("outage.over.text", since=_moment(drawing, "since"), until=_moment(drawing, "until"))
    return _told(drawing, drawing.say("outage.over.title", channel=_channel(drawing)), text)


def _told(drawing: Drawing, title: str, text: str) -> Card:
    return Card(title, (Text(text),), (Button("delivery.show", drawing.say("delivery.look")),))


async def notes(work: Work, speech: Speech) -> tuple[Text, ...]:
    """For the list of what was delivered: where nothing gets through now."""
    return tuple(
        Text(
            speech.say("outage.lasts", channel=speech.say(f"people.channel.{platform}"), since=speech.moment(since)),
            Tone.ATTENTION,
        )
        for platform, since in (await platform_outages.lasting(work)).items()
    )


def _channel(drawing: Drawing) -> str:
    return drawing.say(f"people.channel.{drawing.param('channel')}")


def _moment(drawing: Drawing, key: str) -> str:
    return drawing.speech.moment(datetime.fromisoformat(drawing.param(key)))


ROUTES = Routes(templates={platform_outages.BEGAN: draw_began, platform_outages.OVER: draw_over})
