"""`ukesoversikt`: a digest of the week for those who want it, turned on and off, and the digest itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from dialogs.action_cards import quoted
from dialogs.card import Button, Card, Element, Facts, Section, Style, Text, Tone
from dialogs.plan_words import deadline_text, fact
from dialogs.speech import Speech
from dialogs.turn import Answer, Command, Drawing, Routes, Turn
from dialogs.words import sentence_answer
from domain.working_time import instant
from services import digest
from services.deadlines import AnyDeadline
from services.digest import Digest

MOST_SHOWN = 10
_ON, _OFF = frozenset({"på", "paa", "pa", "on"}), frozenset({"av", "off"})


async def command(turn: Turn) -> Answer:
    """`ukesoversikt på` and `ukesoversikt av`; alone it says which of them holds."""
    word = turn.event.text.casefold().strip(" .!").split()[-1]
    return await _choose(turn, True if word in _ON else False if word in _OFF else None)


async def choose(turn: Turn) -> Answer:
    return await _choose(turn, turn.event.data.get("on") is True)


async def _choose(turn: Turn, on: bool | None) -> Answer:
    """The choice is somebody's own: it is not made, nor told, where others read along."""
    if not turn.event.place.personal:
        return sentence_answer(turn, "digest.in_private")
    if on is True:
        await digest.turn_on(turn.work, turn.person, turn.now)
    elif on is False:
        await digest.turn_off(turn.work, turn.person, turn.now)
    wanted = await turn.work.digests.wants(turn.person.key)
    told = Text(turn.say("digest.is_on" if wanted else "digest.is_off"))
    label = turn.say("digest.turn_off" if wanted else "digest.turn_on")
    press = Button("digest.set", label, {"on": not wanted}, Style.DEFAULT if wanted else Style.PRIMARY)
    return Answer(Card(turn.say("digest.title"), (told, Text(turn.say("digest.what"), Tone.SUBTLE)), (press,)))


async def draw(drawing: Drawing) -> Card | None:
    """The reader's week as it now stands; pointless with nothing in it, or turned off before it was sent."""
    reader = drawing.reader
    if reader is None or (drawing.first and not await drawing.work.digests.wants(reader.key)):
        return None
    found = await digest.digest_of(drawing.work, reader, date.fromisoformat(drawing.param("week")), drawing.now)
    if not found.says_something:
        return None
    body: list[Element] = [*_meetings(drawing, found)]
    body += _deadlines(drawing.speech, drawing.say("digest.overdue"), found.overdue)
    body += _deadlines(drawing.speech, drawing.say("digest.due"), found.due)
    body += _actions(drawing, found)
    title = drawing.say("digest.of_week", week=found.monday.isocalendar().week)
    buttons = [Button("plan.show", drawing.say("publication.show"))]
    if found.actions:
        buttons.append(Button("action.list", drawing.say("digest.show_actions")))
    # A button, and no word to write: whoever reads it in a letter has nowhere to write it.
    buttons.append(Button("digest.set", drawing.say("digest.stop"), {"on": False}))
    return Card(title, tuple(body), tuple(buttons))


def _meetings(drawing: Drawing, found: Digest) -> list[Element]:
    """The organs' and the operational ones together, in the order in which they come."""
    zone, speech = drawing.community.zone, drawing.speech
    rows: list[tuple[datetime, tuple[str, str]]] = [
        (
            instant(each.meeting.date, each.meeting.start or datetime.min.time(), zone),
            fact(speech, drawing.community, each.meeting),
        )
        for each in found.meetings
    ]
    operational = speech.say("digest.operational")
    rows += [(r.meeting_at, (operational, f"{speech.moment(r.meeting_at)}.")) for r in found.rounds]
    return _section(speech, drawing.say("digest.meetings"), [row for _, row in sorted(rows)])


def _deadlines(speech: Speech, heading: str, due: Sequence[AnyDeadline]) -> list[Element]:
    return _section(speech, heading, [(speech.short(each.due), deadline_text(speech, each)) for each in due])


def _section(speech: Speech, heading: str, rows: Sequence[tuple[str, str]]) -> list[Element]:
    if not rows:
        return []
    return [Section(heading, (Facts(tuple(rows[:MOST_SHOWN])), *_more(speech, len(rows))))]


def _actions(drawing: Drawing, found: Digest) -> list[Element]:
    if not found.actions:
        return []
    today = drawing.speech.local_date(drawing.now)
    lines = [quoted(drawing.speech, drawing.community, action, today) for action in found.actions[:MOST_SHOWN]]
    return [Section(drawing.say("digest.actions"), (*lines, *_more(drawing.speech, len(found.actions))))]


def _more(speech: Speech, number: int) -> tuple[Element, ...]:
    rest = number - MOST_SHOWN
    return (Text(speech.many("digest.more", rest), Tone.SUBTLE),) if rest > 0 else ()


ROUTES = Routes(
    commands=(Command("digest", "ukesoversikt|vekesoversikt|digest", command, more=True),),
    buttons={"digest.set": choose},
    templates={digest.TEMPLATE: draw},
)
