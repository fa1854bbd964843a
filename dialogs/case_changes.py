"""What the secretariat does with a case: to another meeting, to another organ, withdrawn, concluded."""

from __future__ import annotations

from collections.abc import Sequence

from dialogs import case_cards as cards
from dialogs.card import Button, Card, Choice, Element, Input, InputKind, Quote, Style, Text, Tone
from dialogs.case_form import again
from dialogs.plan_words import days_text
from dialogs.speech import Speech
from dialogs.turn import Answer, Routes, Turn
from dialogs.words import sentence_answer
from domain.agenda import Case, CaseState
from domain.agenda_form import LONGEST, read_choice, read_conclusion
from domain.plan.changes import PlannedMeeting
from domain.reports import as_text
from domain.working_time import local_date
from services import agenda
from services.messages import Json
from services.organs import may_change

WAIT = "wait"
"""Instead of a meeting: until the organ's next one is planned."""
MOST_MEETINGS = 12


async def carry(turn: Turn) -> Answer:
    """To another meeting: first which one, then done."""
    case, refusal = await _open_case(turn)
    if case is None:
        return refusal
    plan = await agenda.standing_plan(turn.work, turn.now)
    theirs = [each for each in plan if each.meeting.forum == case.forum and each.id != case.meeting][:MOST_MEETINGS]
    form = await _carry_form(turn, case, theirs)
    if not _is_sent(turn):
        return Answer(form)
    read = read_choice(turn.event.data, "meeting", [WAIT, *(each.id for each in theirs)])
    if read.form is None:
        return Answer(again(turn.speech, form, read.typed, read.mistakes))
    chosen = next((each for each in theirs if each.id == read.form), None)
    case = await agenda.carry(turn.work, turn.person.key, case, chosen, turn.now)
    return Answer(await cards.detail(turn, case, Text(turn.say("agenda.was_carried"), Tone.GOOD)))


async def _carry_form(turn: Turn, case: Case, meetings: Sequence[PlannedMeeting]) -> Card:
    now_at = await turn.work.plan.get(case.meeting) if case.meeting else None
    later = [each for each in meetings if now_at is None or each.meeting.date > now_at.meeting.date]
    choices = (
        *(Choice(each.id, days_text(turn.speech, each.meeting)) for each in meetings),
        Choice(WAIT, turn.say("agenda.wait")),
    )
    which = _choice(turn.speech, "meeting", turn.say("agenda.field.meeting"), choices, later[0].id if later else WAIT)
    return _form(turn.speech, case, "case.carry", turn.say("agenda.carry"), (which,))


async def send_on(turn: Turn) -> Answer:
    """To another organ, under its own number: first which one, then done."""
    case, refusal = await _open_case(turn)
    if case is None:
        return refusal
    others = [forum for forum in turn.community.forums if forum.key != case.forum]
    if not others:
        return sentence_answer(turn, "agenda.no_other_forum")
    choices = tuple(Choice(forum.key, f"{forum.key} – {forum.name}") for forum in others)
    which = _choice(turn.speech, "forum", turn.say("agenda.field.forum"), choices, "")
    told = Text(turn.say("agenda.send_on_told", name=case.name), Tone.SUBTLE)
    form = _form(turn.speech, case, "case.send_on", turn.say("agenda.send_on"), (told, which))
    if not _is_sent(turn):
        return Answer(form)
    read = read_choice(turn.event.data, "forum", [forum.key for forum in others])
    if read.form is None:
        return Answer(again(turn.speech, form, read.typed, read.mistakes))
    there = await agenda.send_on(turn.work, turn.person, case, read.form, turn.now)
    done = Text(turn.say("agenda.was_sent_on", name=case.name, there=there.name), Tone.GOOD)
    return Answer(await cards.detail(turn, there, done))


async def withdraw(turn: Turn) -> Answer:
    """Asked about first. Who reported the case, and who answers for it, may withdraw it too."""
    case = await _case(turn)
    if case is None:
        return sentence_answer(turn, "agenda.gone")
    if not agenda.may_edit(turn.person, case):
        return sentence_answer(turn, "agenda.not_yours")
    if not case.is_open:
        return await _settled(turn, case)
    if not _is_sent(turn):
        told = Text(turn.say("agenda.withdraw_told", number=case.label))
        press = turn.say("agenda.withdraw")
        return Answer(_form(turn.speech, case, "case.withdraw", press, (told,), Style.DANGER))
    case = await agenda.withdraw(turn.work, turn.person, case, turn.now)
    return Answer(await cards.detail(turn, case, Text(turn.say("agenda.was_withdrawn"), Tone.GOOD)))


async def conclude(turn: Turn) -> Answer:
    """What came of the case, from the day of its meeting on; may be corrected."""
    if not may_change(turn.person):
        return sentence_answer(turn, "agenda.not_you")
    case = await _case(turn)
    if case is None:
        return sentence_answer(turn, "agenda.gone")
    if case.state not in (CaseState.OPEN, CaseState.CONCLUDED):
        return await _settled(turn, case)
    if not await cards.has_begun(turn, case):
        return Answer(await cards.detail(turn, case, Text(turn.say("agenda.not_held"), Tone.ATTENTION)))
    form = _conclusion_form(turn.speech, case)
    seen = turn.event.data.get("seen")
    if seen is None:
        return Answer(form)
    read = read_conclusion(turn.event.data, local_date(turn.now, turn.community.zone))
    if read.form is None:
        return Answer(again(turn.speech, form, read.typed, read.mistakes))
    if seen != case.version and (case.conclusion, case.follow_up) != (read.form.conclusion, read.form.follow_up):
        notice = Text(turn.say("agenda.changed_meanwhile"), Tone.ATTENTION)
        return Answer(_conclusion_form(turn.speech, case, notice))
    concluded = await agenda.conclude(turn.work, turn.person, case, read.form.conclusion, read.form.follow_up, turn.now)
    return Answer(await cards.detail(turn, concluded, Text(turn.say("agenda.was_concluded"), Tone.GOOD)))


def _conclusion_form(speech: Speech, case: Case, *first: Element) -> Card:
    """With what was proposed to begin with: mostly that is what is concluded."""
    label = cards.conclusion_label(speech, case)
    text = Input(
        "conclusion",
        InputKind.LONG_TEXT,
        label,
        value=case.conclusion or case.said.proposal,
        required=True,
        missing=speech.say("agenda.wrong.required"),
        max_length=LONGEST["conclusion"],
    )
    follow_up = Input(
        "follow_up",
        InputKind.DATE,
        speech.say("agenda.field.follow_up"),
        value=case.follow_up.isoformat() if case.follow_up else "",
        max_length=LONGEST["follow_up"],
    )
    data: dict[str, Json] = {"id": case.id, "seen": case.version}
    save = Button("case.conclude", speech.say("agenda.save"), data, Style.PRIMARY, submits=True)
    return Card(
        speech.say("agenda.conclude_title", what=label, name=case.name),
        (*first, Quote(case.label, case.said.title), text, follow_up),
        (save, _back(speech, case)),
    )


async def _open_case(turn: Turn) -> tuple[Case | None, Answer]:
    """The case that the secretariat may do something with, or what is said instead."""
    if not may_change(turn.person):
        return None, sentence_answer(turn, "agenda.not_you")
    case = await _case(turn)
    if case is None:
        return None, sentence_answer(turn, "agenda.gone")
    return (case, Answer()) if case.is_open else (None, await _settled(turn, case))


async def _settled(turn: Turn, case: Case) -> Answer:
    return Answer(await cards.detail(turn, case, Text(turn.say("agenda.settled"), Tone.ATTENTION)))


async def _case(turn: Turn) -> Case | None:
    return await turn.work.cases.get(as_text(turn.event.data.get("id")))


def _is_sent(turn: Turn) -> bool:
    return turn.event.data.get("sent") is True


def _choice(speech: Speech, key: str, label: str, choices: tuple[Choice, ...], value: str) -> Input:
    missing = speech.say("agenda.wrong.required")
    return Input(key, InputKind.CHOICE, label, value=value, required=True, missing=missing, choices=choices)


def _form(
    speech: Speech, case: Case, press: str, title: str, body: tuple[Element, ...], style: Style = Style.PRIMARY
) -> Card:
    """A form about one case. Its button says that the form was sent, so that it is told from the one that opens it."""
    data: dict[str, Json] = {"id": case.id, "sent": True}
    send = Button(press, title, data, style, submits=True)
    return Card(title, (Quote(case.name, case.said.title), *body), (send, _back(speech, case)))


def _back(speech: Speech, case: Case) -> Button:
    return Button("case.show", speech.say("agenda.back_to_case"), {"id": case.id})


ROUTES = Routes(
    buttons={
        "case.carry": carry,
        "case.send_on": send_on,
        "case.withdraw": withdraw,
        "case.conclude": conclude,
    },
)
