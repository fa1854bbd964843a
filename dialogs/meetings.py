"""`be om møte`: a unit asks for an extra meeting, the coordinator decides, the unit hears what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from dialogs.card import Button, Card, Choice, Element, Input, InputKind, Quote, Style, Text, Tone
from dialogs.crisis import announce_button, mistake_text, only_coordinator, running, start_form
from dialogs.request_card import asked, figures, name_of, outcome_text, request_card, title, unit_name
from dialogs.round_now import LATER, must_be_asked, quiet_text, read_when, send_buttons, when_inputs
from dialogs.speech import Speech
from dialogs.turn import Answer, Command, Drawing, Routes, Turn
from dialogs.words import coordinators, sentence_answer
from domain.community import Community, Role, Unit
from domain.extra_meetings import (
    LONGEST_WHY,
    LONGEST_WORD,
    HowSoon,
    MeetingRead,
    MeetingRequest,
    Outcome,
    RequestRead,
    propose,
    read_request,
    read_word,
    usual_how_soon,
)
from domain.period_form import Mistake, Wrong
from domain.periods import Reason
from domain.reports import as_text
from services import meeting_requests, rounds
from services.audience import answers_for
from services.messages import Json
from services.ports import Work

# Asking


async def request_meeting(turn: Turn) -> Answer:
    units = await _asking_units(turn)
    if isinstance(units, Answer):
        return units
    if not turn.event.place.personal:
        await turn.send("meeting.form", {"unit": units[0].key})
        return sentence_answer(turn, "status.sent_in_private")
    return Answer(await _form_or_open(turn.work, turn.speech, units, turn.now))


async def draw_form(drawing: Drawing) -> Card | None:
    unit = next((u for u in drawing.community.units_asked if u.key == drawing.param("unit")), None)
    if unit is None:
        return None
    units = await answers_for(drawing.work, drawing.reader, drawing.now) if drawing.reader else []
    return await _form_or_open(drawing.work, drawing.speech, units or [unit], drawing.now)


async def _asking_units(turn: Turn) -> Sequence[Unit] | Answer:
    """The units that the person answers for, the own one first; anybody else is told how a meeting comes about."""
    if units := await answers_for(turn.work, turn.person, turn.now):
        return units
    if turn.person.has(Role.COORDINATOR):
        return sentence_answer(turn, "meetings.call_yourself")
    who = await coordinators(turn.work, turn.speech)
    return sentence_answer(turn, "meetings.not_you", who=who or turn.say("crisis.nobody"))


async def _form_or_open(work: Work, speech: Speech, units: Sequence[Unit], now: datetime) -> Card:
    """One unit's open request, else the form. Of several units one is chosen in the form, with an open one or not."""
    already = await meeting_requests.open_of(work, units[0].key) if len(units) == 1 else None
    return await _asked_card(work, speech, already) if already else _form(speech, work.community, now, units)


def _form(
    speech: Speech, community: Community, now: datetime, units: Sequence[Unit], *, which: bool | None = None
) -> Card:
    """`which`: whether it asks for the unit; if nothing is said, where there are several."""
    choice = Input(
        "unit",
        InputKind.CHOICE,
        speech.say("meetings.which"),
        value=units[0].key,
        choices=tuple(Choice(unit.key, unit.name) for unit in units),
    )
    asks_which = len(units) > 1 if which is None else which
    inputs = (
        *((choice,) if asks_which else ()),
        Input(
            "why",
            InputKind.LONG_TEXT,
            speech.say("meetings.why"),
            required=True,
            missing=speech.say("status.wrong.required"),
            max_length=LONGEST_WHY,
        ),
        Input(
            "when",
            InputKind.CHOICE,
            speech.say("meetings.how_soon"),
            value=str(usual_how_soon(community, now)),
            choices=tuple(Choice(str(soon), speech.say(f"meetings.when.{soon}")) for soon in HowSoon),
        ),
    )
    send = Button("meeting.request", speech.say("meetings.send"), {}, Style.PRIMARY, submits=True)
    return Card(speech.say("meetings.form"), (Text(speech.say("meetings.form_intro"), Tone.SUBTLE), *inputs), (send,))


def _empty_form(speech: Speech, community: Community, data: Mapping[str, Json], now: datetime) -> Card | None:
    """It asks for which unit where it did."""
    named = as_text(data.get("unit"))
    unit = community.find_unit(named)
    if named and unit is None:
        return None
    return _form(speech, community, now, [unit or community.units[0]], which=unit is not None)


async def ask(turn: Turn) -> Answer:
    units = await _asking_units(turn)
    if isinstance(units, Answer):
        return units
    chosen = as_text(turn.event.data.get("unit")) or units[0].key
    unit = next((unit for unit in units if unit.key == chosen), None)
    if unit is None:
        # They stood in for it when the form was drawn: it must not become the own unit's request.
        read = read_request(turn.event.data, usual_how_soon(turn.community, turn.now))
        errors = _texts(turn.speech, {**read.mistakes, "unit": Mistake(Wrong.NOT_A_CHOICE)})
        form = _form(turn.speech, turn.community, turn.now, units, which=True)
        return Answer(form.with_inputs(read.typed, errors))
    result = await meeting_requests.ask(turn.work, turn.person, unit, turn.event.data, turn.now)
    if isinstance(result, RequestRead):
        form = _form(turn.speech, turn.community, turn.now, units)
        return Answer(form.with_inputs({**result.typed, "unit": unit.key}, _texts(turn.speech, result.mistakes)))
    return Answer(await _asked_card(turn.work, turn.speech, result))


async def _asked_card(work: Work, speech: Speech, request: MeetingRequest) -> Card:
    """What the unit sees while it waits."""
    who = await coordinators(work, speech)
    told = Text(speech.say("meetings.asked", who=who or speech.say("crisis.nobody")), Tone.GOOD)
    back = Button("meeting.withdraw", speech.say("meetings.withdraw"), {"request": request.id})
    return Card(title(work.community, speech, request), (told, *await asked(work, speech, request)), (back,))


async def withdraw(turn: Turn) -> Answer:
    units = await _asking_units(turn)
    if isinstance(units, Answer):
        return units
    request = await _named(turn)
    if request is None or request.unit not in {unit.key for unit in units}:
        return sentence_answer(turn, "meetings.gone")
    if request.is_open:
        request = await meeting_requests.withdraw(turn.work, turn.person, request, turn.now)
    return Answer(await request_card(turn.work, turn.speech, request))


# Deciding


async def draw_requested(drawing: Drawing) -> Card | None:
    """To each coordinator; what came of it takes its place everywhere."""
    request = await drawing.work.requests.get(drawing.param("request"))
    if request is None or (drawing.first and not request.is_open):
        return None
    return await _to_decide(drawing.work, drawing.speech, request, drawing.now)


async def show(turn: Turn) -> Answer:
    if refusal := await only_coordinator(turn):
        return refusal
    request = await _named(turn)
    if request is None:
        return sentence_answer(turn, "meetings.gone")
    return Answer(await _to_decide(turn.work, turn.speech, request, turn.now))


async def _to_decide(work: Work, speech: Speech, request: MeetingRequest, now: datetime) -> Card:
    if not request.is_open:
        return await _decided(work, speech, request, now)
    community = work.community
    period = await running(work)
    others = await work.rounds.of_period(period.id) if period else ()
    at = propose(community, request.how_soon, now, others).astimezone(community.zone)
    date, start = when_inputs(speech)
    word = Input("word", InputKind.LONG_TEXT, speech.say("meetings.word"), max_length=LONGEST_WORD)
    data: dict[str, Json] = {"request": request.id}
    label = speech.say("meetings.approve")
    # Outside a period nothing is sent yet: the form that follows asks what is urgent.
    if period is None:
        notes: list[Element] = [Text(speech.say("meetings.starts_period"), Tone.ATTENTION)]
        buttons: tuple[Button, ...] = (Button("meeting.approve", label, data, Style.PRIMARY, submits=True),)
    else:
        quiet = quiet_text(community, speech, now)
        notes = [quiet] if quiet else []
        buttons = send_buttons(community, speech, now, "meeting.approve", data, label)
    decline_button = Button("meeting.decline", speech.say("meetings.decline"), data, Style.DANGER, submits=True)
    card = Card(
        title(community, speech, request),
        (
            *await asked(work, speech, request),
            *await _figures(work, speech, request, now),
            *notes,
            date,
            start,
            word,
        ),
        (*buttons, decline_button),
    )
    return card.with_inputs({"date": at.date().isoformat(), "start": f"{at:%H:%M}"}, {})


async def _figures(work: Work, speech: Speech, request: MeetingRequest, now: datetime) -> tuple[Element, ...]:
    """The unit's latest; none of a unit that has left the community since."""
    unit = work.community.find_unit(request.unit)
    if unit is None:
        return ()
    return (figures(speech, work.community, unit, await meeting_requests.latest_figures(work, unit, now)),)


async def _decided(work: Work, speech: Speech, request: MeetingRequest, now: datetime) -> Card:
    """What came of it; where a period was started for it at night, with the way to tell everybody at once."""
    card = await request_card(work, speech, request)
    round_ = await work.rounds.get(request.round or "")
    period = await work.periods.get(round_.period) if round_ else None
    if period is None or period.started_at != request.decided_at:
        return card
    return replace(card, buttons=announce_button(work, speech, period, now))


async def approve(turn: Turn) -> Answer:
    """A meeting at that time in the running period; outside one the form that starts a period with it."""
    request = await _to_be_decided(turn)
    if isinstance(request, Answer):
        return request
    period = await running(turn.work)
    read = await read_when(turn, period)
    word, wrong = read_word(turn.event.data)
    if read.day is None or read.start is None or wrong or (period is not None and must_be_asked(turn)):
        return await _again(turn, request, read.typed, read.mistakes)
    if period is None:
        return Answer(await _start_form(turn, request, read))
    at_any_hour = turn.event.data.get("when") != LATER
    made = await rounds.start_now(
        turn.work,
        period,
        read.day,
        read.start,
        turn.now,
        at_any_hour=at_any_hour,
        knows=frozenset({request.asked_by}),
    )
    decided = await meeting_requests.approve(turn.work, turn.person, request, made, word, turn.now)
    return Answer(await request_card(turn.work, turn.speech, decided))


async def _start_form(turn: Turn, request: MeetingRequest, read: MeetingRead) -> Card:
    """The start form with the approved time and the unit's reason filled in."""
    unit = unit_name(turn.community, request)
    proposed = {
        "reason": str(Reason.OTHER),
        "first_meeting": read.day.isoformat() if read.day else "",
        "start": f"{read.start:%H:%M}" if read.start else "",
        "note": f"{unit}: {request.why}"[:LONGEST_WHY],
    }
    return await start_form(turn.work, turn.speech, turn.now, short_notice=True, proposed=proposed, request=request.id)


async def decline(turn: Turn) -> Answer:
    request = await _to_be_decided(turn)
    if isinstance(request, Answer):
        return request
    word, wrong = read_word(turn.event.data)
    if wrong is not None:
        return await _again(turn, request, (await read_when(turn, None)).typed, {})
    decided = await meeting_requests.decline(turn.work, turn.person, request, word, turn.now)
    return Answer(await request_card(turn.work, turn.speech, decided))


async def _to_be_decided(turn: Turn) -> MeetingRequest | Answer:
    """The named request if this person may decide it; else what is to be said."""
    if refusal := await only_coordinator(turn):
        return refusal
    request = await _named(turn)
    if request is None:
        return sentence_answer(turn, "meetings.gone")
    return request if request.is_open else Answer(await request_card(turn.work, turn.speech, request))


async def _again(
    turn: Turn, request: MeetingRequest, typed: Mapping[str, str], mistakes: Mapping[str, Mistake]
) -> Answer:
    """The request again with what was typed, and with what was wrong at its field."""
    word, wrong = read_word(turn.event.data)
    shown = {} if wrong is Wrong.IDENTITY_NUMBER else {"word": word}
    found = {**mistakes, **({"word": Mistake(wrong)} if wrong else {})}
    card = await _to_decide(turn.work, turn.speech, request, turn.now)
    return Answer(card.with_inputs({**typed, **shown}, _texts(turn.speech, found)))


def _texts(speech: Speech, mistakes: Mapping[str, Mistake]) -> dict[str, str]:
    return {key: mistake_text(speech, mistake) for key, mistake in mistakes.items()}


async def _named(turn: Turn) -> MeetingRequest | None:
    return await turn.work.requests.get(as_text(turn.event.data.get("request")))


async def draw_answered(drawing: Drawing) -> Card | None:
    """To the one who asked: the time, or the coordinator's word."""
    request = await drawing.work.requests.get(drawing.param("request"))
    if request is None or request.is_open:
        return None
    body: list[Element] = [await outcome_text(drawing.work, drawing.speech, request)]
    round_ = await drawing.work.rounds.get(request.round or "")
    if round_ is not None:
        body.append(Text(drawing.say("meetings.due", due=drawing.speech.moment(round_.due_at))))
    if request.outcome is Outcome.DECLINED and not request.word:
        body.append(Text(drawing.say("meetings.no_word")))
    if request.outcome is Outcome.LAPSED:
        body.append(Text(drawing.say("meetings.ask_again")))
    if request.word:
        body.append(Quote(await name_of(drawing.work, drawing.speech, request.decided_by), request.word))
    heading = "meetings.yes" if request.outcome is Outcome.APPROVED else "meetings.no"
    return Card(drawing.say(heading), tuple(body))


ROUTES = Routes(
    commands=(Command("request_meeting", "be om møte|request meeting", request_meeting),),
    buttons={
        "meeting.request": ask,
        "meeting.withdraw": withdraw,
        "meeting.show": show,
        "meeting.approve": approve,
        "meeting.decline": decline,
    },
    templates={
        "meeting.form": draw_form,
        "meeting.requested": draw_requested,
        "meeting.answered": draw_answered,
    },
    read_only=frozenset({"meeting.show"}),
    forms={"meeting.request": _empty_form},
)
