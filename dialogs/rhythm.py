"""`rytme`: a running period meets more or less often from a date on, or lasts longer or shorter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from dialogs.card import Button, Card, Choice, Element, Facts, Input, InputKind, Style, Text, Tone
from dialogs.crisis import change_text, mistake_text, only_coordinator, rhythm_button, rhythm_text, running
from dialogs.speech import Speech
from dialogs.turn import Answer, Command, Drawing, Routes, Turn
from dialogs.words import sentence_answer
from domain.period_form import Mistake, read_date
from domain.periods import DemandingPeriod
from domain.reports import as_text
from domain.rhythm_form import WORKING_DAYS, first_possible, weekdays_of
from domain.rounds import next_to_come
from domain.working_time import local_date
from services import periods
from services import rhythm as rhythms
from services.messages import Json
from services.ports import Work


async def ask(turn: Turn) -> Answer:
    """The form, filled in as the period meets now."""
    if refusal := await only_coordinator(turn):
        return refusal
    period = await _named(turn)
    if period is None:
        return sentence_answer(turn, "crisis.none_runs")
    if not turn.event.place.personal:
        await turn.send("period.rhythm_form", {"period": period.id})
        return sentence_answer(turn, "status.sent_in_private")
    until = read_date(as_text(turn.event.data.get("proposed_until")))
    card = _form(turn.work, turn.speech, period, turn.now)
    proposed = {"until": until.isoformat()} if until else {}
    return Answer(card.with_inputs(_as_it_is(turn.work, period, turn.now) | proposed, {}))


async def draw_form(drawing: Drawing) -> Card | None:
    period = await drawing.work.periods.get(drawing.param("period"))
    if period is None or period.ended_at is not None:
        return None
    card = _form(drawing.work, drawing.speech, period, drawing.now)
    return card.with_inputs(_as_it_is(drawing.work, period, drawing.now), {})


def _form(work: Work, speech: Speech, period: DemandingPeriod, now: datetime) -> Card:
    missing = speech.say("status.wrong.required")
    days = tuple(Choice(day, speech.weekday(number).capitalize()) for number, day in enumerate(WORKING_DAYS))
    inputs = (
        Input(
            "weekdays", InputKind.CHOICES, speech.say("rhythm.weekdays"), required=True, missing=missing, choices=days
        ),
        Input("start", InputKind.TIME, speech.say("crisis.field.start"), required=True, missing=missing, max_length=12),
        Input("from", InputKind.DATE, speech.say("rhythm.from"), required=True, missing=missing, max_length=12),
        Input("until", InputKind.DATE, speech.say("rhythm.until"), max_length=12),
    )
    data: dict[str, Json] = {"period": period.id}
    buttons = [Button("period.rhythm", speech.say("rhythm.change"), data, Style.PRIMARY, submits=True)]
    if period.changes:
        buttons.append(Button("period.rhythm_back", speech.say("rhythm.back"), data))
    intro = (*_rhythms(speech, period, now), Text(speech.say("rhythm.intro"), Tone.SUBTLE))
    return Card(speech.say("rhythm.title"), (*intro, *inputs), tuple(buttons))


def _rhythms(speech: Speech, period: DemandingPeriod, now: datetime) -> Iterator[Text]:
    """How the period meets now, how it did before the last change, and what has been settled for later."""
    today = local_date(now, speech.zone)
    last = period.rhythms[-1]
    if last.since > today and period.changes:
        yield Text(speech.say("rhythm.now", rhythm=rhythm_text(speech, period.rhythm_on(today))))
        later = rhythm_text(speech, last)
        yield Text(speech.say("rhythm.later", date=speech.day(last.since), rhythm=later), Tone.GOOD)
        return
    yield Text(speech.say("rhythm.now", rhythm=rhythm_text(speech, last)))
    if period.changes:
        yield Text(speech.say("rhythm.before", rhythm=rhythm_text(speech, rhythms.rhythm_before(period))))


def _as_it_is(work: Work, period: DemandingPeriod, now: datetime) -> dict[str, str]:
    rhythm = period.rhythms[-1]
    return {
        "weekdays": ",".join(WORKING_DAYS[day] for day in weekdays_of(rhythm)),
        "start": f"{rhythm.start:%H:%M}",
        "from": max(first_possible(work.community, rhythm.start, now), rhythm.since).isoformat(),
        "until": period.until.isoformat() if period.until else "",
    }


async def change(turn: Turn) -> Answer:
    if refusal := await only_coordinator(turn):
        return refusal
    named = as_text(turn.event.data.get("period"))
    return await _answer(turn, await rhythms.change(turn.work, turn.person, named, turn.event.data, turn.now))


async def back(turn: Turn) -> Answer:
    if refusal := await only_coordinator(turn):
        return refusal
    named = as_text(turn.event.data.get("period"))
    return await _answer(turn, await rhythms.back(turn.work, turn.person, named, turn.now))


async def _answer(turn: Turn, result: DemandingPeriod | rhythms.Refused | None) -> Answer:
    if result is None:
        ended = await _named(turn) is None
        return sentence_answer(turn, "crisis.none_runs" if ended else "rhythm.nothing_to_change")
    if isinstance(result, rhythms.Refused):
        return await _again(turn, result.mistakes, result.typed)
    body = await _about(turn.work, turn.speech, result, turn.now)
    told = Text(turn.say("rhythm.told"), Tone.GOOD)
    return Answer(Card(turn.say("rhythm.changed"), (told, *body), (rhythm_button(turn.speech, result),)))


async def _again(turn: Turn, mistakes: Mapping[str, Mistake], typed: Mapping[str, str]) -> Answer:
    period = await _named(turn)
    if period is None:
        return sentence_answer(turn, "crisis.none_runs")
    errors = {key: mistake_text(turn.speech, mistake) for key, mistake in mistakes.items()}
    shown = typed or _as_it_is(turn.work, period, turn.now)
    return Answer(_form(turn.work, turn.speech, period, turn.now).with_inputs(shown, errors))


async def _named(turn: Turn) -> DemandingPeriod | None:
    """The period that the button is about, else the one that runs; None when it has ended."""
    named = as_text(turn.event.data.get("period"))
    period = await turn.work.periods.get(named) if named else await running(turn.work)
    return period if period is not None and period.ended_at is None else None


async def _about(work: Work, speech: Speech, period: DemandingPeriod, now: datetime) -> tuple[Element, ...]:
    """What everybody should know of the change."""
    rhythm = period.rhythms[-1]
    rows = [
        (speech.say("crisis.fact.rhythm"), rhythm_text(speech, rhythm)),
        (speech.say("crisis.field.start"), speech.time(rhythm.start)),
        (speech.say("rhythm.from"), speech.date(rhythm.since)),
        (speech.say("crisis.fact.until"), speech.date(period.until) if period.until else speech.say("crisis.open_end")),
    ]
    rounds = await work.rounds.of_period(period.id)
    if (following := next_to_come(rounds, now)) is not None:
        rows.append((speech.say("rhythm.next"), speech.moment(following.meeting_at)))
    today = local_date(now, work.community.zone)
    last = period.until or max((local_date(r.meeting_at, speech.zone) for r in rounds), default=today)
    dates = [d for d in periods.dates_until(work, period, last) if d.planned >= max(rhythm.since, today)]
    changed = (Text(change_text(speech, step), Tone.ATTENTION) for step in period.worth_telling(dates))
    return (Facts(tuple(rows)), *changed)


async def draw_changed(drawing: Drawing) -> Card | None:
    """To everybody concerned."""
    period = await drawing.work.periods.get(drawing.param("period"))
    if period is None or (drawing.first and period.ended_at is not None):
        return None
    return Card(drawing.say("rhythm.changed"), await _about(drawing.work, drawing.speech, period, drawing.now))


ROUTES = Routes(
    commands=(Command("rhythm", "rytme|rhythm", ask),),
    buttons={"period.ask_rhythm": ask, "period.rhythm": change, "period.rhythm_back": back},
    templates={"period.rhythm": draw_changed, "period.rhythm_form": draw_form},
)
