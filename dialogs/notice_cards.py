"""The cards of the notice: one for those who call to the meeting, one for those who are called."""

from __future__ import annotations

from collections.abc import Sequence

from dialogs.card import (
    Button,
    Buttons,
    Card,
    Choice,
    Element,
    Facts,
    Input,
    InputKind,
    Quote,
    Section,
    Style,
    Text,
    Tone,
)
from dialogs.notice_document import (
    DRAFT,
    attachment_lines,
    change_lines,
    kinds_text,
    papers_text,
    proposal_label,
    state_text,
    to_text,
    when_text,
)
from dialogs.plan_words import days_text, host_name
from dialogs.speech import Speech
from domain.community import Community, Person
from domain.meeting import NOBODY
from domain.notice import LONGEST_NOTE, Notice, NoticeContent, NoticeDetails, NoticeDoubt, NoticeItem
from domain.plan.changes import PlannedMeeting
from services import notices
from services.messages import Json
from services.notice_content import content, hosts_in_turn
from services.ports import Work

SHOWN_CASES = 20
LONGEST_NAME = 60
MOST_PEOPLE = 150
MOST_NAMED = 15


async def writers_card(work: Work, speech: Speech, planned: PlannedMeeting, told: Text | None = None) -> Card:
    """To those who call: the notice as it would be sent now, what is doubtful, and what is new since it was sent."""
    notice = await notices.notice_of(work, planned)
    said = await content(work, planned, notice)
    since = await notices.new_since(work, notice, said, notice.version)
    turn = await hosts_in_turn(work, planned)
    found = await notices.doubtful(work, planned, said)
    body: list[Element] = [*([told] if told else []), Text(state_text(speech, notice, notice.version))]
    if notice.version:
        news = _lines(speech.say("notices.new_since"), change_lines(speech, since))
        body += news or [Text(speech.say("notices.no_news"))]
    body += [Text(_doubt(speech, work.community, doubt, turn), Tone.ATTENTION) for doubt in found]
    body += [Facts(tuple(_facts(speech, said)))]
    body += _cases(speech, said)
    goes_to = len(await notices.called(work, planned))
    body.append(Text(speech.many("notices.goes_to", goes_to), Tone.SUBTLE))
    one_host = turn[0] if NoticeDoubt.NO_HOST in found and len(turn) == 1 else None
    hosting = _host_button(speech, work.community, planned, one_host)
    may_send = not notice.version or bool(since)
    return Card(title(speech, planned), tuple(body), (*_sending(speech, planned, notice, may_send), *hosting))


def _doubt(speech: Speech, community: Community, doubt: NoticeDoubt, turn: Sequence[str]) -> str:
    told = speech.say(f"notices.doubt.{doubt}")
    if doubt not in (NoticeDoubt.NO_HOST, NoticeDoubt.OTHER_HOST) or not turn:
        return told
    hosts = " / ".join(host_name(community, host) for host in turn)
    return f"{told} {speech.say('notices.in_turn', hosts=hosts)}"


def _sending(speech: Speech, planned: PlannedMeeting, notice: Notice, may_send: bool) -> list[Button]:
    meeting: dict[str, Json] = {"meeting": planned.id}
    label = speech.say("notices.send_again" if notice.version else "notices.send")
    data = {**meeting, "version": notice.version}
    sending = [Button("notice.send", label, data, Style.PRIMARY)] if may_send else []
    return [
        *sending,
        Button("notice.fetch", speech.say("notices.fetch"), {**meeting, "version": DRAFT}),
        Button("notice.edit", speech.say("notices.edit"), meeting),
        Button("plan.open", speech.say("plan.edit"), {**meeting, "named": True}),
        Button("agenda.show", speech.say("agenda.back"), meeting),
    ]


def _host_button(speech: Speech, community: Community, planned: PlannedMeeting, host: str | None) -> list[Button]:
    if host is None:
        return []
    label = speech.say("notices.use_host", host=host_name(community, host)[:LONGEST_NAME])
    return [Button("notice.host", label, {"meeting": planned.id})]


async def readers_card(work: Work, speech: Speech, planned: PlannedMeeting, notice: Notice) -> Card:
    """To those who are called: when and where first, what is new in this version, the cases, and the documents."""
    said = await notices.kept(work, planned.id, notice.version)
    if said is None:
        return Card(title(speech, planned), (Text(speech.say("notices.not_sent")),))
    body: list[Element] = []
    if planned.cancelled_at is not None:
        body.append(Text(speech.say("notices.cancelled"), Tone.ATTENTION))
    elif _moved(planned, said):
        now = days_text(speech, planned.meeting)
        body.append(Text(speech.say("notices.moved", when=now), Tone.ATTENTION))
    body.append(Text(state_text(speech, notice, notice.version)))
    since = await notices.new_since(work, notice, said, notice.version - 1)
    body += _lines(speech.say("notices.news"), change_lines(speech, since))
    body += [Facts(tuple(_facts(speech, said))), *_cases(speech, said)]
    data: dict[str, Json] = {"meeting": planned.id, "version": notice.version}
    return Card(
        title(speech, planned), tuple(body), (Button("notice.fetch", speech.say("notices.fetch"), data, Style.PRIMARY),)
    )


def _moved(planned: PlannedMeeting, said: NoticeContent) -> bool:
    meeting = planned.meeting
    return (meeting.date, meeting.end_date, meeting.start, meeting.end) != (
        said.date,
        said.end_date,
        said.start,
        said.end,
    )


def replaced_card(speech: Speech, planned: PlannedMeeting, notice: Notice, version: int) -> Card:
    """Where an earlier version lies: that it holds no more, and the way to the newest."""
    opening = Button("notice.open", speech.say("notices.open"), {"meeting": planned.id})
    return Card(title(speech, planned), (Text(state_text(speech, notice, version)),), (opening,))


def title(speech: Speech, planned: PlannedMeeting) -> str:
    return speech.say("notices.card_title", forum=planned.meeting.forum, day=speech.date(planned.meeting.date))


def _lines(heading: str, lines: Sequence[str]) -> list[Element]:
    return [Section(heading, tuple(Text(line) for line in lines))] if lines else []


def _facts(speech: Speech, said: NoticeContent) -> list[tuple[str, str]]:
    settled = speech.say("notices.not_settled")
    papers = attachment_lines(speech, said)
    return [
        (speech.say("notices.fact.when"), when_text(speech, said)),
        (speech.say("plan.field.place"), said.place or settled),
        (speech.say("plan.field.host"), said.host or settled),
        (speech.say("notices.word.to"), _to(speech, said)),
        (speech.say("notices.word.chair"), said.chair or settled),
        (speech.say("notices.word.secretary"), said.secretary or settled),
        *([(speech.say("notices.word.attachments"), speech.number(len(papers)))] if papers else []),
    ]


def _to(speech: Speech, said: NoticeContent) -> str:
    """By name where they are few; a card has no room for a large organ, the document has."""
    return to_text(speech, said) if len(said.to) <= MOST_NAMED else speech.many("notices.permanent", len(said.to))


def _cases(speech: Speech, said: NoticeContent) -> list[Element]:
    note = [Quote(speech.say("notices.word.note"), said.note)] if said.note else []
    quotes = [Quote(_label(speech, item), _text(speech, item)) for item in said.items[:SHOWN_CASES]]
    more = len(said.items) - SHOWN_CASES
    rest = [Text(speech.many("notices.more", more), Tone.SUBTLE)] if more > 0 else []
    return [*note, *([Section(speech.say("notices.cases"), (*quotes, *rest))] if quotes else [])]


def _label(speech: Speech, item: NoticeItem) -> str:
    parts = (item.number, kinds_text(speech, item), papers_text(speech, item), item.responsible)
    return " · ".join(part for part in parts if part)


def _text(speech: Speech, item: NoticeItem) -> str:
    if item.withdrawn:
        return f"{item.title}\n{speech.say('notices.withdrawn')}"
    return f"{item.title}\n{proposal_label(speech, item)} {item.proposal}" if item.proposal else item.title


# The form


def details_form(speech: Speech, planned: PlannedMeeting, people: Sequence[Person], known: NoticeDetails) -> Card:
    nobody = Choice(NOBODY, speech.say("notices.not_settled"))
    choices = (nobody, *(Choice(person.key, person.name[:LONGEST_NAME]) for person in people[:MOST_PEOPLE]))
    inputs = (
        Input("chair", InputKind.CHOICE, speech.say("notices.word.chair"), choices=choices),
        Input("secretary", InputKind.CHOICE, speech.say("notices.word.secretary"), choices=choices),
        Input("note", InputKind.LONG_TEXT, speech.say("notices.field.note"), max_length=LONGEST_NOTE),
    )
    data: dict[str, Json] = {"meeting": planned.id}
    buttons = (
        Button("notice.save", speech.say("notices.save"), data, Style.PRIMARY, submits=True),
        Button("notice.open", speech.say("notices.back"), data),
    )
    card = Card(title(speech, planned), inputs, buttons)
    return card.with_inputs(
        {"chair": known.chair or NOBODY, "secretary": known.secretary or NOBODY, "note": known.note}, {}
    )


def choosing(speech: Speech, coming: Sequence[PlannedMeeting]) -> Card:
    """Which meeting: the next one of every organ."""
    buttons = tuple(
        Button("notice.open", f"{each.meeting.forum} {speech.short(each.meeting.date)}", {"meeting": each.id})
        for each in coming
    )
    return Card(speech.say("notices.which"), (Buttons(buttons),))
