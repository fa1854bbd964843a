"""`runde nå`: a meeting at short notice on the coordinator's own account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from dialogs.card import Button, Card, Element, Input, InputKind, Style, Text, Tone, sentence
from dialogs.crisis import mistake_text, only_coordinator, running, soon, start_form
from dialogs.speech import Speech
from dialogs.turn import Answer, Command, Drawing, Routes, Turn
from dialogs.words import sentence_answer
from domain.community import Community
from domain.extra_meetings import MeetingRead, read_meeting
from domain.periods import DemandingPeriod
from domain.working_time import is_permitted, next_permitted
from services import rounds
from services.messages import Json
from services.ports import Work

NOW, LATER = "now", "later"
"""What the coordinator answers when asked in quiet hours."""


async def round_now(turn: Turn) -> Answer:
    """In a period a form with day and time, outside one the form that starts a period with it."""
    if refusal := await only_coordinator(turn):
        return refusal
    if not turn.event.place.personal:
        await turn.send("crisis.round_form", {})
        return sentence_answer(turn, "status.sent_in_private")
    return Answer(await _form(turn.work, turn.speech, turn.now))


async def draw_form(drawing: Drawing) -> Card | None:
    return await _form(drawing.work, drawing.speech, drawing.now)


async def _form(work: Work, speech: Speech, now: datetime) -> Card:
    if await running(work) is None:
        return await start_form(work, speech, now, short_notice=True)
    at = soon(work.community, now).astimezone(work.community.zone)
    known = {"date": at.date().isoformat(), "start": f"{at:%H:%M}"}
    return _short_form(work.community, speech, now).with_inputs(known, {})


def _short_form(community: Community, speech: Speech, now: datetime) -> Card:
    intro = quiet_text(community, speech, now) or Text(speech.say("crisis.round_intro"))
    buttons = send_buttons(community, speech, now, "round.start", {}, speech.say("crisis.send_now"))
    return Card(speech.say("crisis.round_title"), (intro, *when_inputs(speech)), buttons)


def when_inputs(speech: Speech) -> tuple[Input, Input]:
    missing = speech.say("status.wrong.required")
    return (
        Input("date", InputKind.DATE, speech.say("crisis.field.date"), required=True, missing=missing, max_length=12),
        Input("start", InputKind.TIME, speech.say("crisis.field.start"), required=True, missing=missing, max_length=12),
    )


def quiet_text(community: Community, speech: Speech, now: datetime) -> Element | None:
    """The question that is put in quiet hours: now, or at the next permitted moment."""
    if is_permitted(now, community.quiet_hours, community.zone):
        return None
    moment = speech.moment(next_permitted(now, community.quiet_hours, community.zone))
    return Text(speech.say("crisis.round_quiet", at=moment), Tone.ATTENTION)


def send_buttons(
    community: Community, speech: Speech, now: datetime, action: str, data: Mapping[str, Json], label: str
) -> tuple[Button, ...]:
    """One button, labelled as said; in quiet hours one for now and one for later."""
    if is_permitted(now, community.quiet_hours, community.zone):
        return (Button(action, label, data, Style.PRIMARY, submits=True),)
    permitted = next_permitted(now, community.quiet_hours, community.zone)
    at_once = Button(action, speech.say("crisis.send_now"), {**data, "when": NOW}, Style.PRIMARY, submits=True)
    at = f"{speech.short(permitted)} {speech.time(permitted)}"
    later = Button(action, speech.say("crisis.send_later", at=at), {**data, "when": LATER}, submits=True)
    return (at_once, later)


def must_be_asked(turn: Turn) -> bool:
    """In quiet hours a button that was drawn before them does not say whether to send now or later."""
    permitted = is_permitted(turn.now, turn.community.quiet_hours, turn.community.zone)
    return not permitted and turn.event.data.get("when") not in (NOW, LATER)


async def read_when(turn: Turn, period: DemandingPeriod | None) -> MeetingRead:
    """The day and time that were typed; `later` needs room for the questions after quiet hours."""
    others = await turn.work.rounds.of_period(period.id) if period else ()
    waits = period is not None and turn.event.data.get("when") == LATER
    return read_meeting(turn.community, turn.event.data, turn.now, period, others, waits=waits)


async def start(turn: Turn) -> Answer:
    if refusal := await only_coordinator(turn):
        return refusal
    period = await running(turn.work)
    if period is None:
        return Answer(await start_form(turn.work, turn.speech, turn.now, short_notice=True))
    read = await read_when(turn, period)
    if read.day is None or read.start is None or must_be_asked(turn):
        errors = {key: mistake_text(turn.speech, mistake) for key, mistake in read.mistakes.items()}
        return Answer(_short_form(turn.community, turn.speech, turn.now).with_inputs(read.typed, errors))
    at_any_hour = turn.event.data.get("when") != LATER
    made = await rounds.call(turn.work, turn.person, period, read.day, read.start, turn.now, at_any_hour=at_any_hour)
    meeting, due = turn.speech.moment(made.meeting_at), turn.speech.moment(made.due_at)
    return sentence_answer(turn, "crisis.round_started", meeting=meeting, due=due)


async def draw_called(drawing: Drawing) -> Card | None:
    """To everybody concerned."""
    round_ = await drawing.work.rounds.get(drawing.param("round"))
    if round_ is None or (drawing.first and round_.cancelled_at is not None):
        return None
    meeting, due = drawing.speech.moment(round_.meeting_at), drawing.speech.moment(round_.due_at)
    return sentence(drawing.say("crisis.called", meeting=meeting, due=due))


ROUTES = Routes(
    commands=(Command("round_now", "runde nå|runde no|round now", round_now),),
    buttons={"round.start": start},
    templates={"crisis.round_form": draw_form, "round.called": draw_called},
)
