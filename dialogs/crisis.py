"""Crisis mode: starting a demanding period, a round at short notice, ending it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from dialogs.card import Button, Card, Choice, Element, Facts, Input, InputKind, Style, Text, Tone, sentence
from dialogs.speech import Speech
from dialogs.status import coordinators, level_word, sentence_answer, within_sentence
from dialogs.turn import Answer, Command, Drawing, Routes, Turn
from domain.community import Community, PreparednessLevel, Role
from domain.period_form import LONGEST_NOTE, FormRead, Mistake, end_of, read_date, read_time
from domain.periods import DemandingPeriod, MeetingDate, Reason, worth_telling
from domain.reports import as_text
from domain.rounds import RoundState, deadline, next_to_come
from domain.working_time import instant, is_day_off, is_permitted, local_date, next_permitted
from services import periods, rounds
from services.messages import Json
from services.pictures import RoundPicture, picture
from services.ports import Work

HALF_AN_HOUR = 30


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


async def start_form(work: Work, speech: Speech, now: datetime, *, short_notice: bool = False) -> Card:
    community = work.community
    meeting = _soon(community, now) if short_notice else _first_possible(community, now)
    start = meeting.astimezone(community.zone).strftime("%H:%M") if short_notice else f"{community.meeting.start:%H:%M}"
    known = {
        "level": str(PreparednessLevel.YELLOW),
        "first_meeting": local_date(meeting, community.zone).isoformat(),
        "start": start,
        "every_days": str(community.meeting.every_days),
    }
    running = await work.periods.not_ended()
    intro: list[Element] = [
        Text(speech.say("crisis.runs_already", **_dates(speech, period)), Tone.ATTENTION) for period in running
    ]
    intro.append(Text(speech.say("crisis.intro_short_notice" if short_notice else "crisis.intro"), Tone.SUBTLE))
    return _form(speech, intro, short_notice=short_notice).with_inputs(known, {})


def _form(speech: Speech, intro: Sequence[Element], *, short_notice: bool) -> Card:
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
    data: dict[str, Json] = {"short_notice": True} if short_notice else {}
    press = Button("period.start", speech.say("crisis.start"), data, Style.PRIMARY, submits=True)
    return Card(speech.say("crisis.title"), (*intro, *inputs), (press,))


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


def _soon(community: Community, now: datetime) -> datetime:
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
    short_notice = turn.event.data.get("short_notice") is True
    result = await periods.start(turn.work, turn.person, turn.event.data, turn.now, short_notice=short_notice)
    if isinstance(result, FormRead):
        errors = {key: _mistake(turn.speech, mistake) for key, mistake in result.mistakes.items()}
        first = Text(turn.speech.many("common.mistakes", len(errors)), Tone.ATTENTION)
        return Answer(_form(turn.speech, [first], short_notice=short_notice).with_inputs(result.typed, errors))
    return Answer(await _started(turn, result))


async def _started(turn: Turn, result: periods.Started) -> Card:
    body = await _about(turn.work, turn.speech, result.period)
    buttons = [_end_button(turn.speech, result.period)]
    if result.told_at > turn.now:
        told = [Text(turn.say("crisis.started_told_later", at=turn.speech.moment(result.told_at)), Tone.ATTENTION)]
        buttons.insert(0, Button("period.announce", turn.say("crisis.announce_now"), {"period": result.period.id}))
    else:
        told = [Text(turn.say("crisis.started_told"), Tone.GOOD)]
    if not await turn.work.links.all():
        told.append(Text(turn.say("crisis.no_channel"), Tone.ATTENTION))
    return Card(turn.say("crisis.started"), (*told, *body), tuple(buttons))


async def announce_now(turn: Turn) -> Answer:
    if refusal := await only_coordinator(turn):
        return refusal
    period = await turn.work.periods.get(as_text(turn.event.data.get("period")))
    if period is None or period.ended_at is not None:
        return sentence_answer(turn, "crisis.none_runs")
    await periods.announce_now(turn.work, period, turn.now)
    return sentence_answer(turn, "crisis.started_told")


def _mistake(speech: Speech, mistake: Mistake) -> str:
    about = _dates(speech, mistake.other) if mistake.other else {}
    return speech.say(f"crisis.wrong.{mistake.wrong}", max=LONGEST_NOTE, **about)


def _dates(speech: Speech, period: DemandingPeriod) -> dict[str, str]:
    until = speech.day(period.until) if period.until else speech.say("crisis.open_end")
    return {"first": speech.day(period.first_meeting), "until": until}


# A round at short notice


async def round_now(turn: Turn) -> Answer:
    """`runde nå`: in a period a form with day and time, outside one the form that starts a period with it."""
    if refusal := await only_coordinator(turn):
        return refusal
    if not turn.event.place.personal:
        await turn.send("crisis.round_form", {})
        return sentence_answer(turn, "status.sent_in_private")
    return Answer(await _round_form(turn.work, turn.speech, turn.now))


async def draw_round_form(drawing: Drawing) -> Card | None:
    return await _round_form(drawing.work, drawing.speech, drawing.now)


async def _round_form(work: Work, speech: Speech, now: datetime) -> Card:
    if not await _running(work, now):
        return await start_form(work, speech, now, short_notice=True)
    soon = _soon(work.community, now).astimezone(work.community.zone)
    known = {"date": soon.date().isoformat(), "start": f"{soon:%H:%M}"}
    return _short_form(work.community, speech, now).with_inputs(known, {})


def _short_form(community: Community, speech: Speech, now: datetime) -> Card:
    missing = speech.say("status.wrong.required")
    inputs = (
        Input("date", InputKind.DATE, speech.say("crisis.field.date"), required=True, missing=missing, max_length=12),
        Input("start", InputKind.TIME, speech.say("crisis.field.start"), required=True, missing=missing, max_length=12),
    )
    at_once = Button("round.start", speech.say("crisis.send_now"), {"when": "now"}, style=Style.PRIMARY, submits=True)
    if is_permitted(now, community.quiet_hours, community.zone):
        return Card(speech.say("crisis.round_title"), (Text(speech.say("crisis.round_intro")), *inputs), (at_once,))
    moment = speech.moment(next_permitted(now, community.quiet_hours, community.zone))
    later = Button("round.start", speech.say("crisis.send_later", at=moment), {"when": "later"}, submits=True)
    intro = Text(speech.say("crisis.round_quiet", at=moment), Tone.ATTENTION)
    return Card(speech.say("crisis.round_title"), (intro, *inputs), (at_once, later))


async def start_round(turn: Turn) -> Answer:
    if refusal := await only_coordinator(turn):
        return refusal
    running = await _running(turn.work, turn.now)
    if running is None:
        return Answer(await start_form(turn.work, turn.speech, turn.now, short_notice=True))
    typed = {key: as_text(turn.event.data.get(key)) for key in ("date", "start")}
    day, at = read_date(typed["date"]), read_time(typed["start"])
    errors = {}
    if day is None:
        errors["date"] = turn.say("crisis.wrong.not_a_date")
    if at is None:
        errors["start"] = turn.say("crisis.wrong.not_a_time")
    if day and at and not errors:
        errors = await _not_then(turn, running, day, datetime.combine(day, at, turn.community.zone))
    if errors or day is None or at is None:
        return Answer(_short_form(turn.community, turn.speech, turn.now).with_inputs(typed, errors))
    by_hand = turn.event.data.get("when") == "now"
    made = await rounds.start_now(turn.work, running, day, at, turn.now, at_any_hour=by_hand)
    return sentence_answer(
        turn,
        "crisis.round_started",
        meeting=turn.speech.moment(made.meeting_at),
        due=turn.speech.moment(made.due_at),
    )


async def _not_then(turn: Turn, running: DemandingPeriod, day: date, local: datetime) -> dict[str, str]:
    start, ends = local.time(), end_of(turn.community, local.time())
    if is_day_off(day):
        return {"date": turn.say("crisis.wrong.day_off")}
    if rounds.too_soon(turn.work, day, start, turn.now):
        return {"start": turn.say("crisis.wrong.too_soon")}
    if running.until is not None and day > running.until:
        return {"date": turn.say("crisis.wrong.after_period", **_dates(turn.speech, running))}
    begins, finishes = (instant(day, at, turn.community.zone) for at in (start, ends))
    for other in await turn.work.rounds.of_period(running.id):
        if other.cancelled_at is None and other.meeting_at < finishes and begins < other.meeting_ends_at:
            return {"start": turn.say("crisis.wrong.same_time", meeting=turn.speech.moment(other.meeting_at))}
    return {}


async def _running(work: Work, now: datetime) -> DemandingPeriod | None:
    """The period that has been started and not ended; one planned for later counts too."""
    return next(iter(await work.periods.not_ended()), None)


# Ending


async def end(turn: Turn) -> Answer:
    """`avslutt`: asks once more."""
    if refusal := await only_coordinator(turn):
        return refusal
    running = await _running(turn.work, turn.now)
    if running is None:
        return sentence_answer(turn, "crisis.none_runs")
    left = [
        r
        for r in await turn.work.rounds.of_period(running.id)
        if r.state(turn.now) not in (RoundState.CANCELLED, RoundState.HELD)
    ]
    dates = _dates(turn.speech, running)
    if left:
        text = turn.speech.many("crisis.end_confirm", len(left), **dates)
    else:
        text = turn.say("crisis.end_confirm_none", **dates)
    buttons = (
        Button("period.end", turn.say("crisis.end_yes"), {"period": running.id}, Style.DANGER),
        Button("period.keep", turn.say("crisis.end_no"), {"period": running.id}),
    )
    return Answer(Card(turn.say("crisis.end_title"), (Text(text),), buttons))


async def end_confirmed(turn: Turn) -> Answer:
    if refusal := await only_coordinator(turn):
        return refusal
    named = as_text(turn.event.data.get("period"))
    period = await turn.work.periods.get(named) if named else await _running(turn.work, turn.now)
    if period is None or period.ended_at is not None:
        return sentence_answer(turn, "crisis.none_runs")
    await periods.end(turn.work, period, turn.now, by=turn.person)
    return sentence_answer(turn, "crisis.ended_told")


async def keep(turn: Turn) -> Answer:
    return sentence_answer(turn, "crisis.kept")


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
    rhythm = speech.many("crisis.every", period.every_days)
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
    changed = worth_telling(periods.dates_until(work, period, until), period.every_days)
    body += [Text(change_text(speech, step), Tone.ATTENTION) for step in changed]
    if period.note:
        body.append(Text(f"{speech.say('crisis.field.note')}: {period.note}"))
    body.append(Text(speech.say("crisis.how"), Tone.SUBTLE))
    return body


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


async def draw_called(drawing: Drawing) -> Card | None:
    """A meeting at short notice."""
    round_ = await drawing.work.rounds.get(drawing.param("round"))
    if round_ is None or (drawing.first and round_.cancelled_at is not None):
        return None
    meeting, due = drawing.speech.moment(round_.meeting_at), drawing.speech.moment(round_.due_at)
    return sentence(drawing.say("crisis.called", meeting=meeting, due=due))


async def draw_ended(drawing: Drawing) -> Card | None:
    period = await drawing.work.periods.get(drawing.param("period"))
    if period is None:
        return None
    held = [r for r in await drawing.work.rounds.of_period(period.id) if r.state(drawing.now) is RoundState.HELD]
    by_hand = drawing.params.get("by_hand") is True
    text = drawing.say("crisis.ended_by_hand" if by_hand else "crisis.ended", **_dates(drawing.speech, period))
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
    missing = [unit.name for unit in shown.summary.missing]
    left = shown.round.due_at - shown.now
    when = (
        speech.say("missing.left", left=speech.span(left))
        if left.total_seconds() > 0
        else speech.say("missing.past", due=speech.moment(shown.round.due_at))
    )
    title = speech.many("missing.title", len(missing), of=len(shown.summary.lines))
    body: list[Element] = [Text(when), *(Text(f"• {name}") for name in missing)]
    if reminded:
        body.append(Text(speech.many("missing.reminded", reminded), Tone.GOOD))
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
    if not units:
        return sentence_answer(turn, "missing.none_left")
    return Answer(missing_card(turn.speech, await picture(turn.work, round_, turn.now), reminded=len(units)))


ROUTES = Routes(
    commands=(
        Command("crisis", "krise|crisis", crisis),
        Command("round_now", "runde nå|runde no|round now", round_now),
        Command("end", "avslutt|end", end),
    ),
    buttons={
        "period.start": start,
        "period.announce": announce_now,
        "period.ask_end": end,
        "period.end": end_confirmed,
        "period.keep": keep,
        "round.start": start_round,
        "reminder.send": remind_missing,
    },
    templates={
        "missing.list": draw_missing,
        "crisis.form": draw_form,
        "crisis.round_form": draw_round_form,
        "period.announced": draw_announced,
        "period.change": draw_change,
        "round.called": draw_called,
        "period.ended": draw_ended,
    },
    read_only=frozenset({"period.keep", "period.ask_end"}),
)
