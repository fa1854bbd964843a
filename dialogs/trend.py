"""The trend of the last meetings on the summary: a picture, and the same in words."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dialogs.card import Element, Picture, Reference, Section
from dialogs.speech import Speech
from domain.community import LANGUAGES, PreparednessLevel
from domain.trend import followed
from services.pictures import RoundPicture
from services.ports import Work
from services.trend import Told, told

WIDTH = 320
"""CSS pixels of the picture: it is drawn for a phone and may be shown larger."""
_MARGINS, _PANEL, _LEVELS = 68, 96, 96


@dataclass(frozen=True, slots=True)
class TrendSubject:
    """Which picture: its address bears this and nothing else. `stamp` changes with the figures: so does the address."""

    round: str
    language: str
    dark: bool
    sealed: bool
    stamp: str

    def __str__(self) -> str:
        flags = ("d" if self.dark else "l") + ("s" if self.sealed else "n")
        return ".".join((self.round, self.language, flags, self.stamp))

    @classmethod
    def parse(cls, text: str) -> TrendSubject | None:
        parts = text.split(".")
        if len(parts) != 4 or parts[1] not in LANGUAGES or parts[2] not in ("dn", "ds", "ln", "ls"):
            return None
        return cls(parts[0], parts[1], parts[2][0] == "d", parts[2][1] == "s", parts[3])


async def trend_section(work: Work, speech: Speech, shown: RoundPicture, *, sealed: bool) -> list[Element]:
    """From the second meeting on; one meeting is no course."""
    known = await told(work, shown)
    if known is None:
        return []
    subject = TrendSubject(shown.round.id, speech.language, dark=False, sealed=sealed, stamp=known.stamp)
    light, dark = (Reference("trend", work.community.key, str(one)) for one in (subject, replace(subject, dark=True)))
    measures = size(len(known.courses), levels=followed(work.community).levels)
    picture = Picture(light, in_words(speech, shown, known), dark, measures)
    return [Section(speech.say("trend.heading"), (picture,))]


def size(figures: int, *, levels: bool) -> tuple[int, int]:
    """Width and height in CSS pixels of a picture with so many figures, and with units by level."""
    return WIDTH, _MARGINS + _PANEL * figures + (_LEVELS if levels else 0)


def in_words(speech: Speech, shown: RoundPicture, known: Told) -> str:
    """What the picture says: of each figure the first, the highest and the last."""
    sentences = [
        speech.say(
            "trend.words",
            meetings=speech.number(known.meetings),
            first=speech.short(known.first),
            last=speech.short(known.last),
        )
    ]
    for indicator in followed(shown.community).all:
        found = known.courses.get(indicator.key)
        if found is not None:
            sentences.append(
                speech.say(
                    "trend.course",
                    name=indicator.short_name(speech.language),
                    earliest=speech.number(found.first),
                    highest=speech.number(found.highest),
                    latest=speech.number(found.last),
                )
            )
    levels = [line.level for line in shown.summary.lines]
    if any(level is not None for level in levels):
        counts = {str(level): levels.count(level) for level in PreparednessLevel}
        sentences.append(speech.say("trend.levels", **counts))
    return " ".join(sentences)
