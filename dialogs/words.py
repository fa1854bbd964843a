"""What many dialogs say: a level, a figure, a mistake, an answer of one sentence."""

from __future__ import annotations

from dialogs.card import LevelLine, sentence
from dialogs.speech import Speech
from dialogs.turn import Answer, Turn
from domain.community import Field, IndicatorType, PreparednessLevel, Role
from domain.reports import Figure, Mistake
from services.audience import with_role
from services.ports import Work


def level_text(speech: Speech, level: PreparednessLevel) -> str:
    return speech.say(f"common.level.{level}")


def level_word(speech: Speech, level: PreparednessLevel) -> str:
    """The colour alone, within a sentence."""
    return speech.say(f"common.colour.{level}")


def figure_text(speech: Speech, field: Field, value: Figure) -> str:
    """A stored figure as the reader writes it."""
    if field.indicator.type is IndicatorType.LEVEL and value in set(PreparednessLevel):
        return level_text(speech, PreparednessLevel(str(value)))
    unit = " %" if field.indicator.type is IndicatorType.PERCENT else ""
    return written(speech, value) + unit


def written(speech: Speech, value: Figure) -> str:
    """A stored figure as it is typed: without thousands separators, with the language's decimal mark."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) else speech.number(value).replace(" ", "").replace(" ", "")


def mistake_text(speech: Speech, mistake: Mistake) -> str:
    return speech.say(f"status.wrong.{mistake.wrong}", max=speech.number(mistake.max))


def level_line(speech: Speech, level: PreparednessLevel | None, title: str, text: str = "") -> LevelLine:
    return LevelLine(level, title, text, level_word(speech, level) if level else speech.say("common.no_level"))


def sentence_answer(turn: Turn, text: str, /, **values: object) -> Answer:
    return Answer(sentence(turn.say(text, **values)))


def within_sentence(name: str) -> str:
    """Overliggere → overliggere, ØHD stays."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


async def coordinators(work: Work, speech: Speech) -> str:
    """Who to turn to, by name."""
    return speech.listing([person.name for person in await with_role(work, Role.COORDINATOR)])
