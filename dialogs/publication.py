"""`publiser`: the secretariat tells everybody what is new in the plan since it was published last."""

from __future__ import annotations

from collections.abc import Sequence

from dialogs.card import Button, Card, Element, Facts, Style, Text, Tone
from dialogs.plan_words import days_text, where_text
from dialogs.speech import Speech
from dialogs.turn import Answer, Command, Drawing, Routes, Turn
from dialogs.words import sentence_answer
from domain.community import Community
from services import publication
from services.organs import is_concerned, may_change
from services.publication import News

MOST_SHOWN = 30


async def ask(turn: Turn) -> Answer:
    """What would be told, and the button that tells it."""
    if not may_change(turn.person):
        return sentence_answer(turn, "plan.not_you")
    news = await publication.unpublished(turn.work, turn.now)
    if not news:
        return sentence_answer(turn, "publication.nothing")
    body = (Text(turn.say("publication.who")), *_news(turn.speech, turn.community, news))
    press = Button("plan.publish", turn.say("publication.publish"), style=Style.PRIMARY)
    return Answer(Card(turn.say("publication.title"), body, (press,)))


async def publish(turn: Turn) -> Answer:
    if not may_change(turn.person):
        return sentence_answer(turn, "plan.not_you")
    news = await publication.publish(turn.work, turn.person, turn.now, key=turn.event.id)
    if not news:
        return sentence_answer(turn, "publication.nothing")
    done = Text(turn.say("publication.done"), Tone.GOOD)
    return Answer(Card(turn.say("publication.title"), (done, *_news(turn.speech, turn.community, news))))


async def draw(drawing: Drawing) -> Card | None:
    """What is new in the reader's own organs, as it now stands."""
    reader = drawing.reader
    news = [
        each
        for each in await publication.told(drawing.work, drawing.params["news"])
        if reader is not None and is_concerned(drawing.work, each.planned.meeting.forum, reader)
    ]
    if not news:
        return None
    buttons = (
        Button("plan.show", drawing.say("publication.show")),
        Button("calendar.subscribe", drawing.say("plan.feed")),
    )
    body = _news(drawing.speech, drawing.community, news)
    return Card(drawing.say("publication.told"), body, buttons)


def _news(speech: Speech, community: Community, news: Sequence[News]) -> tuple[Element, ...]:
    rows = tuple((each.planned.meeting.forum, _line(speech, community, each)) for each in news[:MOST_SHOWN])
    rest = len(news) - MOST_SHOWN
    more = (Text(speech.many("publication.more", rest), Tone.SUBTLE),) if rest > 0 else ()
    return (Facts(rows), *more)


def _line(speech: Speech, community: Community, news: News) -> str:
    now = news.planned.meeting
    days = f"{days_text(speech, now)}. {where_text(speech, community, now)}"
    if news.is_cancelled:
        return speech.say("publication.cancelled", days=days_text(speech, news.before or now))
    if news.before is None:
        return speech.say("publication.added", days=days)
    if days_text(speech, news.before) != days_text(speech, now):
        return speech.say("publication.moved", was=days_text(speech, news.before), days=days)
    return speech.say("publication.changed", days=days)


ROUTES = Routes(
    commands=(Command("publish", "publiser|publish", ask),),
    buttons={"plan.ask_publish": ask, "plan.publish": publish},
    templates={publication.PUBLISHED: draw},
    read_only=frozenset({"publish", "plan.ask_publish"}),
)
