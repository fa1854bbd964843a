"""Crisis mode: starting a demanding period, a round at short notice, ending it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from dialogs.card import Button, Card, Choice, Element, Facts, Input, InputKind, Style, Text, Tone, sentence
from dialogs.request_card import request_card
from dialogs.speech import Speech
from dialogs.turn import Answer, Command, Drawing, Routes, Turn
from dialogs.words import coordinators, level_word, sentence_answer, within_sentence
from domain.community import Community, PreparednessLevel, Role
from domain.extra_meetings import MeetingRequest
from domain.period_form import LONGEST_NOTE, FormRead, Mistake
from domain.periods import DemandingPeriod, MeetingDate, Reason, Rhythm
from domain.reports import as_text
from domain.rounds import RoundState, deadline, next_to_come
from domain.working_time import instant, is_day_off, local_date, next_permitted
from services import meeting_requests, periods, rounds
from services.messages import Json
from services.pictures import RoundPicture, picture
from services.ports import Work

HALF_AN_HOUR = 30
WORKING_DAYS = 5


async def only_coordinator(turn: Turn) -> Answer | None:
    """Anybody else is told who can."""
    if turn.person.has(Role.COORDINATOR):
        return None
    who = await coordinators(turn.work, turn.speech)
    return sentence_answer(turn, "crisis.not_you", who=who or turn.say("crisis.nobody"))


# Starting


async def crisis(turn: Turn) -> Answer:
    if refusal := await only_coordinator(turn):
        return refusal
    if not turn.event.place.personal:
        await turn.send("crisis.form", {})
        return sentence_answer(turn, "status.sent_in_private")
    return Answer(await start_form(turn.work, turn.speech, turn.now))


async def draw_form(drawing: Drawing) -> Card | None:
    return await start_form(drawing.work, drawing.speech, drawing.now)


async def start_form(
    work: Work,
    speech: Speech,
    now: datetime,
    *,
    short_notice: bool = False,
    proposed: Mapping[str, str] | None = None,
    request: str | None = None,
    holiday: str | None = None,
) -> Card:
    """The form with what is usual, or with what is `proposed` for a unit's `request` or a `holiday`."""
    community = work.community
    meeting = soon(community, now) if short_notice else _first_possible(community, now)
    start = meeting.astimezone(community.zone).strftime("%H:%M") if short_notice else f"{community.meeting.start:%H:%M}"
    known = {
        "level": str(PreparednessLevel.YELLOW),
        "first_meeting": local_date(meeting, community.zone).isoformat(),
        "start": start,
        "every_days": str(community.meeting.every_days),
    }
    others = await work.periods.not_ended()
    intro: list[Element] = [
        Text(speech.say("crisis.runs_already", **dates_of(speech, period)), Tone.ATTENTION) for period in others
    ]
    intro.append(Text(speech.say("crisis.intro_short_notice" if short_notice else "crisis.intro"), Tone.SUBTLE))
    carried: dict[str, Json] = {"short_notice": True} if short_notice else {}
    if request is not None:
        carried["request"] = request
    if holiday is not None:
        carried["holiday"] = holiday
    card = _form(speech, intro, carried)
    card = replace(card, buttons=(*card.buttons, *(rhythm_button(speech, period) for period in others[:1])))
    return card.with_inputs(known | dict(proposed or {}), {})


def _form(speech: Speech, intro: Sequence[Element], carried: Mapping[str, Json]) -> Card:
    """`carried` is what the button says besides the fields: what the form is for."""
    required = speech.say("status.wrong.required")
    reasons = tuple(Choice(str(reason), speech.say(f"crisis.reason.{reason}")) for reason in Reason)
    levels = tuple(Choice(str(level), speech.say(f"crisis.level.{level}")) for level in PreparednessLevel)

    def ask(
        key: str, kind: InputKind, *, must: bool = False, choices: tuple[Choice, ...] = (), longest: int = 12
    ) -> Input:
        return Input(
            key,
            kind,
            speech.say(f"crisis.field.{key}"),
            required=must,
            missing=required,
            choices=choices,
            max_length=longest,
        )

    inputs = (
        ask("reason", InputKind.CHOICES, must=True, choices=reasons),
        ask("level", InputKind.CHOICE, must=True, choices=levels),
        ask("first_meeting", InputKind.DATE, must=True),
        ask("start", InputKind.TIME, must=True),
        ask("every_days", InputKind.COUNT, must=True, longest=2),
        ask("until", InputKind.DATE),
        ask("urgent", InputKind.TOGGLE),
        ask("note", InputKind.LONG_TEXT, longest=LONGEST_NOTE),
    )
    buttons = [Button("period.start", speech.say("crisis.start"), carried, Style.PRIMARY, submits=True)]
    if "request" in carried:
        buttons.append(Button("meeting.show", speech.say("meetings.back"), {"request": carried["request"]}))
    return Card(speech.say("crisis.title"), (*intro, *inputs), tuple(buttons))


def _empty_form(speech: Speech, _: Community, __: Mapping[str, Json], ___: datetime) -> Card:
    return _form(speech, (), {})


def _first_possible(community: Community, now: datetime) -> datetime:
    """The usual weekday's next meeting whose deadline is still to come."""
    day = local_date(now, community.zone)
    while (
        day.weekday() != community.meeting.weekday
        or is_day_off(day)
        or deadline(community, day, community.meeting.start) <= now
    ):
        day += timedelta(days=1)
    return instant(day, community.meeting.start, community.zone)


def soon(community: Community, now: datetime) -> datetime:
    """Two hours ahead, on a whole half hour; the next morning if that is past the end of the day."""
    local = now.astimezone(community.zone) + timedelta(hours=2)
    minutes = math.ceil((local.hour * 60 + local.minute) / HALF_AN_HOUR) * HALF_AN_HOUR
    day = local.date()
    if minutes >= 22 * 60 or is_day_off(day):
        minutes, day = 9 * 60, day + timedelta(days=1)
        while is_day_off(day):
            day += timedelta(days=1)
    return instant(day, time(*divmod(minutes, 60)), community.zone)


async def start(turn: Turn) -> Answer:
    """The pressed form: the period with its rounds, or the form again with what was wrong."""
    if refusal := await only_coordinator(turn):
        return refusal
    request = await turn.work.requests.get(as_text(turn.event.data.get("request")))
    carried = _carried(turn, request)
    short_notice = "short_notice" in carried
    if request is not None and not request.is_open:
        return Answer(await request_card(turn.work, turn.speech, request))
    result = await periods.start(turn.work, turn.person, turn.event.data, turn.now, short_notice=short_notice)
    if isinstance(result, FormRead):
        errors = {key: mistake_text(turn.speech, mistake) for key, mistake in result.mistakes.items()}
        first = Text(turn.speech.many("common.mistakes", len(errors)), Tone.ATTENTION)
        return Answer(_form(turn.speech, [first], carried).with_inputs(result.typed, errors))
    if request is not None:
        meeting = await turn.work.rounds.following(result.period.id, turn.now)
        await meeting_requests.approve(turn.work, turn.person, request, meeting, "", turn.now)
    if "holiday" in carried:
        await turn.work.outbox.refresh(f"holiday:{carried['holiday']}", now=turn.now)
    return Answer(await _started(turn, result))


_HOLIDAY = re.compile(r"[a-z]{1,12}:[0-9]{4}")


def _carried(turn: Turn, request: MeetingRequest | None) -> dict[str, Json]:
    """What the pressed button said besides the fields, as far as it can be one that was given."""
    carried: dict[str, Json] = {"short_notice": True} if turn.event.data.get("short_notice") is True else {}
    if request is not None:
        carried["request"] = request.id
    if _HOLIDAY.fullmatch(holiday := as_text(turn.event.data.get("holiday"))):
        carried["holiday"] = holiday
    return carried


async def _started(turn: Turn, result: periods.Started) -> Card:
    body = await _about(turn.work, turn.speech, result.period)
    buttons = [rhythm_button(turn.speech, result.period), _end_button(turn.speech, result.period)]
    if result.told_at > turn.now:
        told = [Text(turn.say("crisis.started_told_later", at=turn.speech.moment(result.told_at)), Tone.ATTENTION)]
        buttons = [*announce_button(turn.work, turn.speech, result.period, turn.now), *buttons]
    else:
        told = [Text(turn.say("crisis.started_told"), Tone.GOOD)]
    if not await turn.work.links.all():
        told.append(Text(turn.say("crisis.no_channel"), Tone.ATTENTION))
    return Card(turn.say("crisis.started"), (*told, *body), tuple(buttons))


def announce_button(work: Work, speech: Speech, period: DemandingPeriod, now: datetime) -> tuple[Button, ...]:
    """While the quiet hours last in which it was started: people can be told at once."""
    community = work.community
    if next_permitted(period.started_at, community.quiet_hours, community.zone) <= now:
        return ()
    return (Button("period.announce", speech.say("crisis.announce_now"), {"period": period.id}),)


async def announce_now(turn: Turn) -> Answer:
    if refusal := await only_coordinator(turn):
        return refusal
    period = await turn.work.periods.get(as_text(turn.event.data.get("period")))
    if period is None or period.ended_at is not None:
        return sentence_answer(turn, "crisis.none_runs")
    await periods.announce_now(turn.work, period, turn.now)
    return sentence_answer(turn, "crisis.started_told")


def mistake_text(speech: Speech, mistake: Mistake) -> str:
    about = dates_of(speech, mistake.other) if mistake.other else {}
    if mistake.meeting is not None:
        about["meeting"] = speech.moment(mistake.meeting)
    return speech.say(f"crisis.wrong.{mistake.wrong}", max=LONGEST_NOTE, **about)


def dates_of(speech: Speech, period: DemandingPeriod) -> dict[str, str]:
    until = speech.day(period.until) if period.until else speech.say("crisis.open_end")
    return {"first": speech.day(period.first_meeting), "until": until}


async def running(work: Work) -> DemandingPeriod | None:
    """The period that has been started and not ended; one planned for later counts too."""
    return next(iter(await work.periods.not_ended()), None)


# Ending


async def end(turn: Turn) -> Answer:
    """`avslutt`: asks once more."""
    if refusal := await only_coordinator(turn):
        return refusal
    period = await running(turn.work)
    if period is None:
        return sentence_answer(turn, "crisis.none_runs")
    left = [
        r
        for r in await turn.work.rounds.of_period(period.id)
        if r.state(turn.now) not in (RoundState.CANCELLED, RoundState.HELD)
    ]
    dates = dates_of(turn.speech, period)
    if left:
        text = turn.speech.many("crisis.end_confirm", len(left), **dates)
    else:
        text = turn.say("crisis.end_confirm_none", **dates)
    buttons = (
        Button("period.end", turn.say("crisis.end_yes"), {"period": period.id}, Style.DANGER),
        Button("period.keep", turn.say("crisis.end_no"), {"period": period.id}),
    )
    return Answer(Card(turn.say("crisis.end_title"), (Text(text),), buttons))


async def end_confirmed(turn: Turn) -> Answer:
    if refusal := await only_coordinator(turn):
        return refusal
    named = as_text(turn.event.data.get("period"))
    period = await turn.work.periods.get(named) if named else await running(turn.work)
    if period is None or period.ended_at is not None:
        return sentence_answer(turn, "crisis.none_runs")
    await periods.end(turn.work, period, turn.now, by=turn.person)
    return sentence_answer(turn, "crisis.ended_told")


async def keep(turn: Turn) -> Answer:
    if refusal := await only_coordinator(turn):
        return refusal
    return sentence_answer(turn, "crisis.kept")


def rhythm_button(speech: Speech, period: DemandingPeriod) -> Button:
    return Button("period.ask_rhythm", speech.say("rhythm.button"), {"period": period.id})


def _end_button(speech: Speech, period: DemandingPeriod) -> Button:
    return Button("period.ask_end", speech.say("crisis.end_button"), {"period": period.id})


# Messages


async def draw_announced(drawing: Drawing) -> Card | None:
    period = await drawing.work.periods.get(drawing.param("period"))
    if period is None or (drawing.first and period.ended_at is not None):
        return None
    body = await _about(drawing.work, drawing.speech, period)
    return Card(drawing.say("crisis.announced", community=drawing.community.name), tuple(body))


async def _about(work: Work, speech: Speech, period: DemandingPeriod) -> list[Element]:
    """What everybody should know of a period."""
    made = [r for r in await work.rounds.of_period(period.id) if r.cancelled_at is None]
    first = next_to_come(made, period.started_at)
    reasons = reasons_text(speech, period)
    rhythm = rhythm_text(speech, period.rhythms[-1])
    facts = [
        (speech.say("crisis.fact.level"), level_word(speech, period.level)),
        (speech.say("crisis.fact.reason"), reasons),
        (speech.say("crisis.fact.rhythm"), rhythm),
        (speech.say("crisis.fact.until"), speech.date(period.until) if period.until else speech.say("crisis.open_end")),
    ]
    if first is not None:
        facts.insert(2, (speech.say("crisis.fact.first"), speech.moment(first.meeting_at)))
        facts.insert(3, (speech.say("crisis.fact.prompt"), speech.moment(first.opens_at)))
        facts.insert(4, (speech.say("crisis.fact.due"), speech.moment(first.due_at)))
    body: list[Element] = [Facts(tuple(facts))]
    until = period.until or local_date(made[-1].meeting_at if made else period.started_at, work.community.zone)
    changed = period.worth_telling(periods.dates_until(work, period, until))
    body += [Text(change_text(speech, step), Tone.ATTENTION) for step in changed]
    if period.note:
        body.append(Text(f"{speech.say('crisis.field.note')}: {period.note}"))
    body.append(Text(speech.say("crisis.how"), Tone.SUBTLE))
    return body


def rhythm_text(speech: Speech, rhythm: Rhythm) -> str:
    """Hver 7. dag; alle arbeidsdager; tirsdag og torsdag"""
    if not rhythm.weekdays:
        return speech.many("crisis.every", rhythm.every_days)
    if len(rhythm.weekdays) == WORKING_DAYS:
        return speech.say("rhythm.every_working_day")
    return speech.say("rhythm.weekly", days=speech.listing([speech.weekday(day) for day in rhythm.weekdays]))


def reasons_text(speech: Speech, period: DemandingPeriod) -> str:
    return speech.listing([within_sentence(speech.say(f"crisis.reason.{reason}")) for reason in period.reasons])


def change_text(speech: Speech, step: MeetingDate) -> str:
    if step.held is None:
        return speech.say("crisis.dropped", date=speech.day(step.planned))
    return speech.say("crisis.moved", date=speech.day(step.planned), to=speech.day(step.held))


async def draw_change(drawing: Drawing) -> Card | None:
    period = await drawing.work.periods.get(drawing.param("period"))
    if period is None or (drawing.first and period.ended_at is not None):
        return None
    planned = date.fromisoformat(drawing.param("planned"))
    steps = periods.dates_until(drawing.work, period, period.until or planned + timedelta(days=14))
    step = next((s for s in steps if s.planned == planned), None)
    if step is None:
        return None
    after = [s.held for s in steps if s.held is not None and s.held > planned]
    text = change_text(drawing.speech, step)
    if step.held is None and after:
        text += " " + drawing.say("crisis.next_meeting", date=drawing.speech.day(min(after)))
    return sentence(text)


async def draw_ended(drawing: Drawing) -> Card | None:
    period = await drawing.work.periods.get(drawing.param("period"))
    if period is None:
        return None
    held = [r for r in await drawing.work.rounds.of_period(period.id) if r.state(drawing.now) is RoundState.HELD]
    by_hand = drawing.params.get("by_hand") is True
    text = drawing.say("crisis.ended_by_hand" if by_hand else "crisis.ended", **dates_of(drawing.speech, period))
    meetings = [Text(drawing.speech.many("crisis.meetings_held", len(held)))] if held else []
    return Card(drawing.say("crisis.ended_title"), (Text(text), *meetings, Text(drawing.say("crisis.thanks"))))


# Who is missing


async def draw_missing(drawing: Drawing) -> Card | None:
    """To the coordinator shortly before the deadline; kept up to date as answers come."""
    round_ = await drawing.work.rounds.get(drawing.param("round"))
    if round_ is None:
        return None
    if round_.cancelled_at is not None:
        return None if drawing.first else sentence(drawing.say("status.cancelled"))
    shown = await picture(drawing.work, round_, drawing.now)
    if not shown.summary.missing:
        return None if drawing.first else sentence(drawing.say("missing.none_left"))
    return missing_card(drawing.speech, shown)


def missing_card(speech: Speech, shown: RoundPicture, *, reminded: int = 0) -> Card:
    silent = [unit.name for unit in shown.units_silent]
    away = [unit.name for unit in shown.units_away]
    left = shown.round.due_at - shown.now
    when = (
        speech.say("missing.left", left=speech.span(left))
        if left.total_seconds() > 0
        else speech.say("missing.past", due=speech.moment(shown.round.due_at))
    )
    if silent:
        title = speech.many("missing.title", len(silent), of=len(shown.summary.lines))
    else:
        title = speech.say("missing.all_present_answered")
    body: list[Element] = [Text(when), *(Text(f"• {name}") for name in silent)]
    if away:
        body.append(Text(speech.say("missing.away", units=speech.listing(away)), Tone.SUBTLE))
    if not silent:
        return Card(title, tuple(body))
    if reminded:
        body.append(Text(speech.many("missing.reminded", reminded), Tone.GOOD))
        return Card(title, tuple(body))
    if shown.round.state(shown.now) is RoundState.HELD:
        return Card(title, tuple(body))
    remind = Button("reminder.send", speech.say("missing.remind"), {"round": shown.round.id}, Style.PRIMARY)
    return Card(title, tuple(body), (remind,))


async def remind_missing(turn: Turn) -> Answer:
    if refusal := await only_coordinator(turn):
        return refusal
    round_ = await turn.work.rounds.get(as_text(turn.event.data.get("round")))
    if round_ is None or round_.state(turn.now) not in (RoundState.COLLECTING, RoundState.CLOSED):
        return sentence_answer(turn, "missing.over")
    units = await rounds.remind_missing(turn.work, round_, turn.now)
    shown = await picture(turn.work, round_, turn.now)
    if not shown.summary.missing:
        return sentence_answer(turn, "missing.none_left")
    return Answer(missing_card(turn.speech, shown, reminded=len(units)))


ROUTES = Routes(
    commands=(
        Command("crisis", "krise|crisis", crisis),
        Command("end", "avslutt|end", end),
    ),
    buttons={
        "period.start": start,
        "period.announce": announce_now,
        "period.ask_end": end,
        "period.end": end_confirmed,
        "period.keep": keep,
        "reminder.send": remind_missing,
    },
    templates={
        "missing.list": draw_missing,
        "crisis.form": draw_form,
        "period.announced": draw_announced,
        "period.change": draw_change,
        "period.ended": draw_ended,
    },
    read_only=frozenset({"period.keep", "period.ask_end"}),
    forms={"period.start": _empty_form},
)
