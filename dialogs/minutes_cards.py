"""The cards of the minutes: one for those who write them, one for everybody else."""

from __future__ import annotations

from collections.abc import Sequence

from dialogs.card import Button, Buttons, Card, Element, Facts, Input, InputKind, Quote, Section, Style, Text, Tone
from dialogs.forum_minutes import writers_body
from dialogs.minutes_document import Content, absent_lines, matters, present_lines, state_text
from dialogs.speech import Speech
from dialogs.turn import Drawing, Turn
from domain.community import Person
from domain.meeting import NoteKind
from domain.minutes import LONGEST_COMMENT, Comment, Minutes, MinutesState
from domain.plan.changes import PlannedMeeting
from services import minutes
from services.held import Held, may_approve, reference
from services.messages import Json
from services.ports import Work

DRAFT = 0
"""The version that is not sent yet."""
SHOWN_COMMENTS = 15
SHOWN_ITEMS = 12
OTHERS = 4
"""As many earlier minutes can be opened from the newest ones."""


async def writers_card(
    work: Work, speech: Speech, at: Turn | Drawing, held: Held, found: Minutes, told: Text | None = None
) -> Card:
    """To those who write the minutes: what they say, the comments, and what may be done with them."""
    version = found.version if found.state is MinutesState.APPROVED else DRAFT
    content = await minutes.frozen(work, held, version, at.now) or {}
    state = await state_text(work, speech, held, found, found.version, at.now)
    body: list[Element] = [*([told] if told else []), Text(state)]
    body += writers_body(speech, content) if isinstance(held, PlannedMeeting) else _operational_body(speech, content)
    body += await _comments(work, speech, found)
    reader = at.person if isinstance(at, Turn) else at.reader
    buttons = _writers_buttons(speech, held, found, reader)
    return Card(title(speech, held), tuple(body), (*buttons, *await _earlier(work, speech, held)))


def _operational_body(speech: Speech, content: Content) -> list[Element]:
    facts = (
        (speech.say("minutes.word.present"), speech.listing(present_lines(speech, content))),
        (speech.say("minutes.word.absent"), speech.listing(absent_lines(speech, content))),
    )
    return [Facts(facts), *_items(speech, matters(content))]


def _items(speech: Speech, noted: Sequence[tuple[str | None, list[str], list[str]]]) -> list[Element]:
    """What was noted, by unit; decisions marked as such."""
    quotes = [
        Quote(f"{unit or speech.say('at_meeting.whole')}, {speech.say(f'at_meeting.within.{kind}')}", text)
        for unit, points, decisions in noted
        for kind, texts in ((NoteKind.POINT, points), (NoteKind.DECISION, decisions))
        for text in texts
    ]
    if not quotes:
        return [Text(speech.say("minutes.word.no_matters"), Tone.SUBTLE)]
    more = len(quotes) - SHOWN_ITEMS
    rest = [Text(speech.many("minutes.more", more), Tone.SUBTLE)] if more > 0 else []
    return [Section(speech.say("minutes.word.matters"), (*quotes[:SHOWN_ITEMS], *rest))]


async def _comments(work: Work, speech: Speech, found: Minutes) -> list[Element]:
    """The comments to the newest version, and how many there were to earlier ones."""
    said = await work.minutes.comments(found.round)
    newest = [known for known in said if known.version == found.version]
    quotes = [Quote(await name(work, speech, known.person), known.text) for known in newest[-SHOWN_COMMENTS:]]
    return [Section(speech.many("minutes.comments", len(newest)), tuple(quotes))] if quotes else []


async def name(work: Work, speech: Speech, person: str) -> str:
    member = await work.people.get(person)
    return member.person.name if member else speech.say("status.somebody")


def _writers_buttons(speech: Speech, held: Held, found: Minutes, reader: Person | None) -> list[Button]:
    """What may be done next comes first."""
    data = reference(held)
    version: dict[str, Json] = {**data, "version": found.version}
    fetch_newest = Button("minutes.fetch", speech.say("minutes.fetch"), version)
    if not found.may_change:
        return [fetch_newest]
    present = Button("meeting.present", speech.say("at_meeting.mark"), data)
    if isinstance(held, PlannedMeeting):
        edit = [Button("minutes.items", speech.say("forum_minutes.write"), data), present]
    else:
        notes = Button("meeting.notes", speech.say("at_meeting.notes"), data)
        edit = [notes, present, Button("meeting.action", speech.say("at_meeting.action"), data)]
    if found.state is MinutesState.DRAFT:
        sending = Button("minutes.send", speech.say("minutes.send"), version, Style.PRIMARY)
        return [sending, fetch_newest, *edit]
    approving = (
        [Button("minutes.approve", speech.say("minutes.approve"), version, Style.PRIMARY)]
        if reader is not None and may_approve(held, reader)
        else []
    )
    draft = Button("minutes.fetch", speech.say("minutes.fetch_draft"), {**data, "version": DRAFT})
    again = Button("minutes.send", speech.say("minutes.send_again"), version)
    return [*approving, fetch_newest, *edit, draft, again]


async def _earlier(work: Work, speech: Speech, held: Held) -> list[Button]:
    """The way to the minutes of earlier meetings: of the same organ, or operational ones."""
    return [
        Button("minutes.open", speech.say("minutes.earlier", day=day_of(speech, known)), reference(known))
        for known in await minutes.others(work, held, OTHERS)
    ]


async def readers_card(
    work: Work, speech: Speech, at: Turn | Drawing, held: Held, found: Minutes, told: Text | None = None
) -> Card:
    """To everybody concerned: the way to the documents, and room for a comment while there may be one."""
    state = await state_text(work, speech, held, found, found.version, at.now)
    body: list[Element] = [*([told] if told else []), Text(state)]
    version: dict[str, Json] = {**reference(held), "version": found.version}
    fetch = Button("minutes.fetch", speech.say("minutes.fetch"), version, Style.PRIMARY)
    buttons: list[Button] = []
    reader = at.person if isinstance(at, Turn) else at.reader
    said = await work.minutes.comments(held.id) if reader is not None else []
    mine = [known for known in said if reader and known.person == reader.key and known.version == found.version]
    if found.may_change:
        # What is read comes first, and under the field stands only what sends it: another button would lose the words.
        field = Input("text", InputKind.LONG_TEXT, speech.say("minutes.comment_field"), max_length=LONGEST_COMMENT)
        body += [Buttons((fetch,)), *_own(speech, mine), Text(speech.say("minutes.comment_who"), Tone.SUBTLE), field]
        buttons.append(Button("minutes.comment", speech.say("minutes.comment"), version, submits=True))
    else:
        body += _own(speech, mine)
        buttons.append(fetch)
    if isinstance(at, Turn):
        buttons += await _earlier(work, speech, held)
    return Card(title(speech, held), tuple(body), tuple(buttons))


def _own(speech: Speech, comments: Sequence[Comment]) -> list[Element]:
    return [Quote(speech.say("minutes.my_comment"), known.text) for known in comments]


def title(speech: Speech, held: Held) -> str:
    if isinstance(held, PlannedMeeting):
        return speech.say("forum_minutes.card_title", forum=held.meeting.forum, day=speech.date(held.meeting.date))
    return speech.say("minutes.title", date=speech.date(speech.local_date(held.meeting_at)))


def day_of(speech: Speech, held: Held) -> str:
    return speech.day(held.meeting.date if isinstance(held, PlannedMeeting) else held.meeting_at)
