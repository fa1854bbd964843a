"""`meld sak`: the form that reports a case, and the one that changes what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dialogs import case_cards as cards
from dialogs.card import Button, Card, Choice, Element, Input, InputKind, Style, Text, Tone
from dialogs.plan_words import days_text
from dialogs.speech import Speech
from dialogs.turn import Answer, Command, Routes, Turn
from dialogs.words import sentence_answer
from domain.agenda import Case, CaseKind, CaseText
from domain.agenda_form import LONGEST, MOST_PAPERS, NEXT, Wrong, read_edit, read_report, written
from domain.community import Forum, Person
from domain.plan.changes import PlannedMeeting
from domain.plan.deadlines import items_due
from domain.reports import as_text
from domain.working_time import local_date
from services import agenda
from services.audience import active_people
from services.messages import Json
from services.organs import is_concerned

MOST_MEETINGS = 4
"""Meetings of each organ to choose among."""
MOST_PEOPLE = 60
"""There is no room for more beside the longest texts: then the name is written."""


# Reporting


async def command(turn: Turn) -> Answer:
    """`meld sak`, `meld sak SSU`"""
    _, _, *rest = turn.event.text.split(maxsplit=2)
    wanted = rest[0].strip(" .!:") if rest else ""
    if not turn.event.place.personal:
        return sentence_answer(turn, "agenda.in_private")
    forum = forum_named(turn, wanted)
    if wanted and forum is None:
        return sentence_answer(turn, "agenda.unknown_forum", forums=turn.speech.listing(_keys(turn.community.forums)))
    return await _open(turn, forum.key if forum else "")


async def open_form(turn: Turn) -> Answer:
    return await _open(turn, as_text(turn.event.data.get("forum")))


async def _open(turn: Turn, forum: str) -> Answer:
    mine = _own_forums(turn)
    if not turn.community.forums:
        return sentence_answer(turn, "plan.no_forums")
    if not mine or (forum and forum not in {each.key for each in mine}):
        return sentence_answer(turn, "agenda.not_member")
    return Answer(await _report_form(turn, mine, forum))


async def report(turn: Turn) -> Answer:
    """The pressed form: the case with its number, or the form again with what was wrong."""
    mine = _own_forums(turn)
    if not mine:
        return sentence_answer(turn, "agenda.not_member")
    plan, people = await agenda.standing_plan(turn.work, turn.now), await active_people(turn.work)
    read = read_report(turn.event.data, [forum.key for forum in mine], plan, people)
    if read.form is None:
        form = await _report_form(turn, mine, as_text(turn.event.data.get("preset")))
        return Answer(again(turn.speech, form, read.typed, read.mistakes))
    new = agenda.NewCase(read.form.forum, read.form.said, read.form.meeting)
    case = await agenda.report(turn.work, turn.person, new, turn.now, key=key_of(turn))
    return Answer(await cards.detail(turn, case, *await _receipt(turn, case)))


def key_of(turn: Turn) -> str:
    """Tells one drawn form from another, and what was reported in it."""
    drawn = as_text(turn.event.data.get("drawn")) or turn.event.id
    return f"{drawn}\n{as_text(turn.event.data.get('title'))}"


async def _receipt(turn: Turn, case: Case) -> list[Element]:
    """The number, the meeting, and whether its items were due already."""
    told: list[Element] = [Text(turn.say("agenda.reported", name=case.name), Tone.GOOD)]
    planned = await turn.work.plan.get(case.meeting) if case.meeting else None
    if planned is None:
        return [*told, Text(turn.say("agenda.waits_for_meeting"), Tone.ATTENTION)]
    due = items_due(turn.community, planned)
    if due is not None and due < local_date(turn.now, turn.community.zone):
        late = turn.say("agenda.late", day=turn.speech.day(due), meeting=days_text(turn.speech, planned.meeting))
        told.append(Text(late, Tone.ATTENTION))
    return told


async def _report_form(turn: Turn, mine: Sequence[Forum], preset: str) -> Card:
    speech, person = turn.speech, turn.person
    plan = await agenda.standing_plan(turn.work, turn.now)
    chosen = [forum for forum in mine if forum.key == preset] or list(mine)
    meetings = [
        planned
        for forum in chosen
        for planned in [each for each in plan if each.meeting.forum == forum.key][:MOST_MEETINGS]
    ]
    said = CaseText("", (), person.key)
    title, kinds, *rest = _said_inputs(speech, await active_people(turn.work), said)
    missing = speech.say("agenda.wrong.required")
    forum_input = Input(
        "forum",
        InputKind.CHOICE,
        speech.say("agenda.field.forum"),
        value=chosen[0].key if len(chosen) == 1 else "",
        required=True,
        missing=missing,
        choices=tuple(Choice(each.key, f"{each.key} – {each.name}") for each in mine),
    )
    which = Input(
        "meeting",
        InputKind.CHOICE,
        speech.say("agenda.field.meeting"),
        value=NEXT,
        choices=(
            Choice(NEXT, speech.say("agenda.next_open")),
            *(Choice(planned.id, _meeting_label(turn, planned)) for planned in meetings),
        ),
    )
    data: dict[str, Json] = {"drawn": turn.event.id, "preset": preset}
    send = Button("case.report", speech.say("agenda.report"), data, Style.PRIMARY, submits=True)
    return Card(speech.say("agenda.new"), (title, kinds, forum_input, which, *rest), (send,))


def _meeting_label(turn: Turn, planned: PlannedMeeting) -> str:
    """SSU 29.02.2024, frist 08.02.2024"""
    label, due = cards.choice_label(turn.speech, planned), items_due(turn.community, planned)
    if due is None:
        return label
    passed = due < local_date(turn.now, turn.community.zone)
    if passed:
        return turn.say("agenda.meeting_late", meeting=label, day=turn.speech.short(due))
    return turn.say("agenda.meeting_due", meeting=label, day=turn.speech.short(due))


# Editing


async def edit(turn: Turn) -> Answer:
    """First the form, then what it says."""
    case = await turn.work.cases.get(as_text(turn.event.data.get("id")))
    if case is None:
        return sentence_answer(turn, "agenda.gone")
    if not agenda.may_edit(turn.person, case):
        return sentence_answer(turn, "agenda.not_yours")
    if not case.is_open:
        return Answer(await cards.detail(turn, case, Text(turn.say("agenda.settled"), Tone.ATTENTION)))
    people = await active_people(turn.work)
    form = edit_form(turn.speech, people, case)
    if turn.event.data.get("seen") is None:
        return Answer(form)
    read = read_edit(turn.event.data, people)
    if read.form == case.said:
        return Answer(await cards.detail(turn, case, Text(turn.say("agenda.unchanged"))))
    if turn.event.data.get("seen") != case.version:
        # Somebody else was first: what stands now is shown, and nothing is overwritten unseen.
        notice = Text(turn.say("agenda.changed_meanwhile"), Tone.ATTENTION)
        return Answer(replace(form, body=(notice, *form.body)))
    if read.form is None:
        return Answer(again(turn.speech, form, read.typed, read.mistakes))
    case = await agenda.edit(turn.work, turn.person, case, read.form, turn.now)
    return Answer(await cards.detail(turn, case, Text(turn.say("agenda.edited"), Tone.GOOD)))


def edit_form(speech: Speech, people: Sequence[Person], case: Case) -> Card:
    data: dict[str, Json] = {"id": case.id, "seen": case.version}
    save = Button("case.edit", speech.say("agenda.save"), data, Style.PRIMARY, submits=True)
    back = Button("case.show", speech.say("agenda.back_to_case"), {"id": case.id})
    title = speech.say("agenda.edit_title", name=case.name)
    return Card(title, tuple(_said_inputs(speech, people, case.said)), (save, back))


def _said_inputs(speech: Speech, people: Sequence[Person], said: CaseText) -> list[Input]:
    missing = speech.say("agenda.wrong.required")

    def words(key: str, label: str, value: str, kind: InputKind = InputKind.LONG_TEXT, beside: str = "") -> Input:
        return Input(key, kind, label, value=value, beside=beside, max_length=LONGEST[key])

    title = words("title", speech.say("agenda.field.title"), said.title, InputKind.TEXT)
    kinds = Input(
        "kinds",
        InputKind.CHOICES,
        speech.say("agenda.field.kinds"),
        value=",".join(said.kinds),
        required=True,
        missing=missing,
        choices=tuple(Choice(str(kind), speech.say(f"agenda.kind.{kind}")) for kind in CaseKind),
    )
    how = speech.say("agenda.papers_how", most=MOST_PAPERS)
    return [
        replace(title, required=True, missing=missing),
        kinds,
        words("about", speech.say("agenda.field.about"), said.about),
        words("proposal", speech.say("agenda.field.proposal"), said.proposal),
        _responsible(speech, people, said.responsible),
        words("papers", speech.say("agenda.field.papers"), written(said.papers), beside=how),
    ]


def _responsible(speech: Speech, people: Sequence[Person], chosen: str) -> Input:
    label, missing = speech.say("agenda.field.responsible"), speech.say("agenda.wrong.required")
    if len(people) > MOST_PEOPLE:
        name = next((person.name for person in people if person.key == chosen), "")
        return Input("responsible", InputKind.TEXT, label, name, required=True, missing=missing, max_length=200)
    choices = tuple(Choice(person.key, person.name) for person in people)
    return Input("responsible", InputKind.CHOICE, label, chosen, required=True, missing=missing, choices=choices)


def again(speech: Speech, form: Card, typed: Mapping[str, str], mistakes: Mapping[str, Wrong]) -> Card:
    """The form with what was typed, and with each mistake at its field."""
    errors = {key: mistake_text(speech, key, wrong) for key, wrong in mistakes.items()}
    filled = form.with_inputs(typed, errors)
    return replace(filled, body=(Text(speech.many("common.mistakes", len(errors)), Tone.ATTENTION), *filled.body))


def mistake_text(speech: Speech, key: str, wrong: Wrong) -> str:
    return speech.say(f"agenda.wrong.{wrong}", max=speech.number(LONGEST.get(key, 0)), most=MOST_PAPERS)


def forum_named(turn: Turn, wanted: str) -> Forum | None:
    """The organ that is meant by its key or its name."""
    folded = " ".join(wanted.casefold().split())
    return next((f for f in turn.community.forums if folded in (f.key.casefold(), f.name.casefold())), None)


def _own_forums(turn: Turn) -> list[Forum]:
    return [forum for forum in turn.community.forums if is_concerned(turn.work, forum.key, turn.person)]


def _keys(forums: Sequence[Forum]) -> list[str]:
    return [forum.key for forum in forums]


ROUTES = Routes(
    commands=(Command("report_item", "meld sak|melde sak|report item", command, more=True),),
    buttons={"case.open": open_form, "case.report": report, "case.edit": edit},
    read_only=frozenset({"report_item", "case.open"}),
)
