"""`møteplan`: the next meetings of my organs and my deadlines; the secretariat adds, moves and cancels meetings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time

from dialogs.card import Button, Card, Choice, Element, Facts, Input, InputKind, Section, Style, Text, Tone, sentence
from dialogs.plan_words import collision_text, days_text, deadline_text, fact, meeting_text, where_text
from dialogs.speech import Speech
from dialogs.turn import Answer, Command, Drawing, Routes, Turn
from dialogs.words import sentence_answer
from domain.community import Community
from domain.plan.changes import PlannedMeeting
from domain.plan.conflicts import Conflict
from domain.plan.deadlines import ITEMS_DUE, deadlines
from domain.plan.drafts import LONGEST_PLACE
from domain.plan.form import MeetingForm, read_form
from domain.plan.free_deadlines import FreeDeadline
from domain.plan.meeting import Meeting
from domain.reports import as_text
from domain.working_time import local_date
from services import deadlines as services_deadlines
from services import meeting_plan, plan_changes
from services.deadlines import AnyDeadline
from services.messages import Json
from services.organs import is_concerned, may_change
from services.ports import Work

MOST_SHOWN = 8
MOST_CHOICES = 60


async def show(turn: Turn) -> Answer:
    """In a channel the meetings only: deadlines are somebody's own."""
    plan = await turn.work.plan.ending_from(local_date(turn.now, turn.community.zone))
    mine = [p for p in plan if is_concerned(turn.work, p.meeting.forum, turn.person)]
    personal = turn.event.place.personal
    body: list[Element] = [Section(turn.say("plan.next"), _meetings(turn, mine))]
    if personal:
        body += await _deadlines(turn, plan)
    return Answer(Card(turn.say("plan.title"), tuple(body), _buttons(turn, plan) if personal else ()))


def _meetings(turn: Turn, plan: Sequence[PlannedMeeting]) -> tuple[Element, ...]:
    if not plan:
        return (Text(turn.say("plan.none")),)
    shown = Facts(tuple(fact(turn.speech, turn.community, planned.meeting) for planned in plan[:MOST_SHOWN]))
    if len(plan) <= MOST_SHOWN:
        return (shown,)
    return shown, Text(turn.speech.many("plan.more", len(plan) - MOST_SHOWN), Tone.SUBTLE)


async def _deadlines(turn: Turn, plan: Sequence[PlannedMeeting]) -> list[Element]:
    """The secretariat's are all that are open, after a meeting too; a member's those for items, and the own ones.

    A free one that has passed stays: only that somebody says that it is done takes it away.
    """
    today = local_date(turn.now, turn.community.zone)
    found = await services_deadlines.with_states(turn.work)
    not_done = [d for d, state in found if state is None or state.done_at is None]
    open_ones = [d for d in not_done if d.due >= today or isinstance(d, FreeDeadline)]
    own = [d for d in open_ones if d.owner == turn.person.key]
    if may_change(turn.person):
        return _due(turn, turn.say("plan.deadlines"), [d for d in open_ones if d.owner in (None, turn.person.key)])
    mine = [p for p in plan if is_concerned(turn.work, p.meeting.forum, turn.person)]
    items = [d for d in deadlines(turn.community, mine) if d.due >= today and d.name.casefold() == ITEMS_DUE]
    return [*_due(turn, turn.say("plan.items_due"), items), *_due(turn, turn.say("plan.own_deadlines"), own)]


def _due(turn: Turn, heading: str, due: Sequence[AnyDeadline]) -> list[Element]:
    rows = tuple((turn.speech.short(d.due), deadline_text(turn.speech, d)) for d in due[:MOST_SHOWN])
    return [Section(heading, (Facts(rows),))] if rows else []


def _buttons(turn: Turn, plan: Sequence[PlannedMeeting]) -> tuple[Button, ...]:
    """Everybody may subscribe; the plan is the secretariat's."""
    if not turn.community.forums:
        return ()
    feed = Button("calendar.subscribe", turn.say("plan.feed"))
    if not may_change(turn.person):
        return (feed,)
    add = Button("plan.open", turn.say("plan.add"), {}, Style.PRIMARY)
    return (add, Button("plan.pick", turn.say("plan.change")), feed) if plan else (add, feed)


# Choosing a meeting


async def pick(turn: Turn) -> Answer:
    if refusal := _only_secretariat(turn):
        return refusal
    return Answer(await _picking(turn))


async def _picking(turn: Turn) -> Card:
    plan = await turn.work.plan.ending_from(local_date(turn.now, turn.community.zone))
    choices = tuple(
        Choice(p.id, f"{p.meeting.forum}, {days_text(turn.speech, p.meeting)}") for p in plan[:MOST_CHOICES]
    )
    if not choices:
        return sentence(turn.say("plan.none"))
    which = Input(
        "meeting",
        InputKind.CHOICE,
        turn.say("plan.which"),
        value=choices[0].value,
        choices=choices,
        required=True,
        missing=turn.say("status.wrong.required"),
    )
    return Card(
        turn.say("plan.change"),
        (which,),
        (
            Button("plan.open", turn.say("plan.edit"), {"named": True}, Style.PRIMARY, submits=True),
            Button("plan.ask_cancel", turn.say("plan.cancel"), {"named": True}, Style.DANGER, submits=True),
        ),
    )


# The form


async def open_form(turn: Turn) -> Answer:
    """An empty form, or that of the meeting that was chosen."""
    if refusal := _only_secretariat(turn):
        return refusal
    if not turn.community.forums:
        return sentence_answer(turn, "plan.no_forums")
    planned = await _chosen(turn)
    if planned is None and turn.event.data.get("named"):
        return sentence_answer(turn, "plan.gone")
    return Answer(_form(turn.speech, turn.community, planned))


async def save(turn: Turn) -> Answer:
    """The pressed form: the meeting as it now stands, or the form again with what was wrong."""
    if refusal := _only_secretariat(turn):
        return refusal
    planned = await _chosen(turn)
    if as_text(turn.event.data.get("meeting")) and planned is None:
        return sentence_answer(turn, "plan.gone")
    if planned is not None and turn.event.data.get("seen") != planned.sequence:
        # Somebody else was first: what stands now is shown, and nothing is overwritten unseen.
        return Answer(_form(turn.speech, turn.community, planned, turn.say("plan.changed_meanwhile")))
    today = local_date(turn.now, turn.community.zone)
    plan = await meeting_plan.standing(turn.work)
    read = read_form(turn.community, turn.event.data, plan, today, planned)
    if read.meeting is None:
        errors = _errors(turn.speech, read)
        return Answer(_form(turn.speech, turn.community, planned).with_inputs(read.typed, errors))
    return Answer(await _saved(turn, planned, read.meeting))


async def _saved(turn: Turn, planned: PlannedMeeting | None, meeting: Meeting) -> Card:
    if planned is None:
        after = await plan_changes.add(turn.work, meeting, turn.person, turn.now)
    else:
        after = await plan_changes.change(turn.work, planned, meeting, turn.person, turn.now)
    if planned is None:
        told = turn.say("plan.added")
    else:
        told = turn.say("plan.unchanged" if after == planned else "plan.saved")
    body: list[Element] = [Text(told, Tone.GOOD), Facts((fact(turn.speech, turn.community, after.meeting),))]
    collisions = await _collisions(turn.work, after)
    body += [Text(collision_text(turn.speech, turn.community, found), Tone.ATTENTION) for found in collisions]
    again = Button("plan.open", turn.say("plan.edit"), {"meeting": after.id, "named": True})
    return Card(turn.say("plan.title"), tuple(body), (again,))


async def _collisions(work: Work, planned: PlannedMeeting) -> list[Conflict]:
    meetings = [each.meeting for each in await meeting_plan.standing(work)]
    own = (planned.meeting.forum, planned.meeting.date)
    return [c for c in await meeting_plan.collisions(work, meetings) if (c.forum, c.date) == own]


def _form(speech: Speech, community: Community, planned: PlannedMeeting | None, notice: str = "") -> Card:
    meeting = planned.meeting if planned else None
    data: dict[str, Json] = {"meeting": planned.id, "seen": planned.sequence} if planned else {}
    inputs = _inputs(speech, community, meeting)
    title = speech.say("plan.edit_title", forum=meeting.forum) if meeting else speech.say("plan.add")
    told = (Text(notice, Tone.ATTENTION),) if notice else ()
    press = Button("plan.save", speech.say("plan.save"), data, Style.PRIMARY, submits=True)
    return Card(title, (*told, *inputs), (press,))


def _inputs(speech: Speech, community: Community, meeting: Meeting | None) -> Sequence[Input]:
    def of(key: str, kind: InputKind, value: str = "", **more: bool) -> Input:
        required = more.get("required", False)
        return Input(
            key,
            kind,
            speech.say(f"plan.field.{key}"),
            value=value,
            required=required,
            missing=speech.say("status.wrong.required") if required else "",
            max_length=LONGEST_PLACE if kind is InputKind.TEXT else 0,
        )

    def clock(at: time | None) -> str:
        return f"{at:%H:%M}" if at else ""

    forum = Input(
        "forum",
        InputKind.CHOICE,
        speech.say("plan.field.forum"),
        value=community.forums[0].key,
        required=True,
        missing=speech.say("status.wrong.required"),
        choices=tuple(Choice(each.key, f"{each.key} – {each.name}") for each in community.forums),
    )
    several_days = meeting is not None and meeting.end_date != meeting.date
    return (
        *(() if meeting else (forum,)),
        of("date", InputKind.DATE, meeting.date.isoformat() if meeting else "", required=True),
        of("end_date", InputKind.DATE, meeting.end_date.isoformat() if meeting and several_days else ""),
        of("start", InputKind.TIME, clock(meeting.start) if meeting else ""),
        of("end", InputKind.TIME, clock(meeting.end) if meeting else ""),
        of("place", InputKind.TEXT, (meeting.place or "") if meeting else ""),
        of("host", InputKind.TEXT, (meeting.host or "") if meeting else ""),
    )


def _errors(speech: Speech, read: MeetingForm) -> Mapping[str, str]:
    return {key: speech.say(f"plan.wrong.{wrong}", max=LONGEST_PLACE) for key, wrong in read.mistakes.items()}


# Cancelling


async def ask_cancel(turn: Turn) -> Answer:
    if refusal := _only_secretariat(turn):
        return refusal
    planned = await _chosen(turn)
    if planned is None:
        return sentence_answer(turn, "plan.gone")
    yes = Button("plan.cancel", turn.say("plan.cancel"), {"meeting": planned.id}, Style.DANGER)
    return Answer(
        Card(
            turn.say("plan.cancel_title"),
            (Facts((fact(turn.speech, turn.community, planned.meeting),)), Text(turn.say("plan.cancel_told"))),
            (yes, Button("plan.show", turn.say("plan.keep"))),
        )
    )


async def cancel(turn: Turn) -> Answer:
    if refusal := _only_secretariat(turn):
        return refusal
    planned = await _chosen(turn)
    if planned is None:
        return sentence_answer(turn, "plan.gone")
    await plan_changes.cancel(turn.work, planned, turn.person, turn.now)
    return sentence_answer(turn, "plan.cancelled", meeting=meeting_text(turn.speech, planned.meeting))


async def _chosen(turn: Turn) -> PlannedMeeting | None:
    """The meeting that was chosen, unless it has been cancelled meanwhile."""
    wanted = as_text(turn.event.data.get("meeting"))
    planned = await turn.work.plan.get(wanted) if wanted else None
    return planned if planned is not None and planned.cancelled_at is None else None


def _only_secretariat(turn: Turn) -> Answer | None:
    return None if may_change(turn.person) else sentence_answer(turn, "plan.not_you")


# What those concerned are told


async def notice(drawing: Drawing) -> Card | None:
    """Moved, changed or cancelled; pointless when something newer is on its way."""
    planned = await drawing.work.plan.get(drawing.param("meeting"))
    if planned is None or (drawing.first and planned.sequence != drawing.params["sequence"]):
        return None
    before, after = (_told(drawing.params[key]) for key in ("before", "after"))
    kind = drawing.param("kind")
    title = drawing.say(f"plan.notice.{kind}", forum=after.forum)
    facts = [(drawing.say("plan.was"), days_text(drawing.speech, before))] if kind != plan_changes.CHANGED else []
    if kind != plan_changes.CANCELLED:
        facts.append((drawing.say("plan.now"), days_text(drawing.speech, after)))
        facts.append((drawing.say("plan.where"), where_text(drawing.speech, drawing.community, after)))
    return Card(title, (Facts(tuple(facts)),))


def _told(stored: Json) -> Meeting:
    if not isinstance(stored, dict):
        raise TypeError("a meeting is told as a mapping")
    return meeting_plan.meeting_of(stored)


ROUTES = Routes(
    commands=(Command("plan", "møteplan|møteplanen|plan", show),),
    buttons={
        "plan.show": show,
        "plan.pick": pick,
        "plan.open": open_form,
        "plan.save": save,
        "plan.ask_cancel": ask_cancel,
        "plan.cancel": cancel,
    },
    templates={"plan.notice": notice},
    read_only=frozenset({"plan", "plan.show", "plan.pick", "plan.open", "plan.ask_cancel"}),
)
