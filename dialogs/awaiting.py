"""What awaits somebody: what to decide, to lead, to answer and to see to, each with the button that does it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from dialogs.absence import days_of, meanwhile
from dialogs.card import Button, Element, Style, Text, Tone
from dialogs.minutes_cards import day_of
from dialogs.request_card import unit_name
from dialogs.status_cards import MOST_UNITS
from dialogs.turn import Turn
from domain.community import Role, Unit
from domain.meeting import may_lead
from domain.minutes import Minutes, MinutesState
from domain.plan.changes import PlannedMeeting
from domain.rounds import Round, RoundState
from domain.working_time import local_date
from services import differences, evaluations, holidays, meeting, minutes
from services.audience import standing
from services.held import Held, may_approve, reference
from services.messages import Json
from services.rounds import current_round

Awaits = tuple[tuple[Element, ...], tuple[Button, ...]]
NOTHING: Awaits = ((), ())


async def what_awaits(turn: Turn, units: Sequence[Unit]) -> Awaits:
    """All of it, the most pressing first; when nothing does, when the next meeting is."""
    to_do = [
        await _requests(turn),
        await _holidays(turn),
        await _meeting(turn),
        await _status(turn, units),
        await _differences(turn, units),
        await _minutes(turn),
        await _actions(turn, units),
        await _evaluation(turn),
    ]
    texts = tuple(text for part, _ in to_do for text in part)
    buttons = [button for _, part in to_do for button in part]
    buttons = [replace(b, style=Style.DEFAULT if n else Style.PRIMARY) for n, b in enumerate(buttons)]
    away = await _away(turn)
    coming = () if any(to_do[n] != NOTHING for n in range(4)) else await _next_meeting(turn)
    if away or coming or texts:
        return (*away, *coming, *texts), tuple(buttons)
    return (Text(turn.say("help.nothing")),), ()


async def _requests(turn: Turn) -> Awaits:
    if not turn.person.has(Role.COORDINATOR) or not (asked := await turn.work.requests.open()):
        return NOTHING
    names = [unit_name(turn.community, request) for request in asked]
    text = turn.say("help.request_awaits", units=turn.speech.listing(names))
    press = Button("meeting.show", turn.say("help.decide"), {"request": asked[0].id})
    return (Text(text, Tone.ATTENTION),), (press,)


async def _holidays(turn: Turn) -> Awaits:
    """A holiday that the coordinator has been asked about, and has not said yes or no to."""
    if not turn.person.has(Role.COORDINATOR):
        return NOTHING
    asked = await holidays.unanswered(turn.work, turn.now)
    texts = (
        Text(turn.say("help.holiday_awaits", season=turn.say(f"holidays.season.{of.season}")), Tone.ATTENTION)
        for of in asked
    )
    label = turn.say("help.look_at_holiday")
    presses = (Button("holiday.plan", label, {"season": str(of.season), "year": of.year}) for of in asked)
    return tuple(texts), tuple(presses)


async def _meeting(turn: Turn) -> Awaits:
    """To those who lead: the meeting that is near or under way."""
    round_ = await meeting.latest(turn.work, turn.now) if may_lead(turn.person) else None
    if round_ is None or round_.meeting_ends_at <= turn.now:
        return NOTHING
    text = turn.say("help.meeting_awaits", meeting=turn.speech.moment(round_.meeting_at))
    press = Button("meeting.run", turn.say("help.lead"), {"round": round_.id})
    return (Text(text, Tone.ATTENTION),), (press,)


async def _differences(turn: Turn, units: Sequence[Unit]) -> Awaits:
    """Differences that were put to the units that I answer for, and that these have not said anything about."""
    round_ = await current_round(turn.work, turn.now) if units else None
    if round_ is None or round_.state(turn.now) is RoundState.HELD:
        return NOTHING
    texts: list[Element] = []
    buttons: list[Button] = []
    for found in await differences.of_round(turn.work, round_, turn.now):
        figures, said = found.figures, {outcome.unit for outcome in found.outcomes}
        mine = next((unit for unit in units if unit.key in figures.put_to and unit.key not in said), None)
        if mine is None or not figures.differ:
            continue
        about: dict[str, Json] = {"round": round_.id, "municipality": figures.municipality}
        about |= {"indicator": figures.indicator, "unit": mine.key}
        whose = turn.community.unit(figures.municipality).name
        texts.append(Text(turn.say("help.difference_awaits", unit=whose), Tone.ATTENTION))
        buttons.append(Button("difference.change", turn.say("help.explain", unit=whose), about))
    return tuple(texts), tuple(buttons)


async def _minutes(turn: Turn) -> Awaits:
    """To those who write them what is not sent or not approved; to others what they may still comment."""
    if may_lead(turn.person):
        round_ = await meeting.last_ended(turn.work, turn.now)
    else:
        newest = await turn.work.minutes.newest(1)
        round_ = await turn.work.rounds.get(newest[0].round) if newest else None
    texts: list[Element] = []
    buttons: list[Button] = []
    meetings: list[Held] = [round_] if round_ else []
    meetings += await minutes.lately_held(turn.work, turn.person, turn.now)
    for held in meetings:
        found = await minutes.of_meeting(turn.work, held, turn.now)
        text = _what_of_minutes(turn, held, found) if found else None
        if text is not None:
            texts.append(text)
            buttons.append(Button("minutes.open", _opening(turn, held), reference(held)))
    return tuple(texts), tuple(buttons)


def _what_of_minutes(turn: Turn, held: Held, found: Minutes) -> Text | None:
    until = minutes.comments_end(turn.work, held, found, turn.now)
    if not found.may_change:
        return None
    if found.state is MinutesState.DRAFT:
        return Text(_about_minutes(turn, held, "draft", until), Tone.ATTENTION) if may_lead(turn.person) else None
    if not may_lead(turn.person) and turn.now < until:
        return Text(_about_minutes(turn, held, "comment", until))
    if may_approve(held, turn.person) and turn.now >= until:
        return Text(_about_minutes(turn, held, "approval", until), Tone.ATTENTION)
    return None


def _about_minutes(turn: Turn, held: Held, what: str, until: datetime) -> str:
    day, at = day_of(turn.speech, held), turn.speech.moment(until)
    if isinstance(held, PlannedMeeting):
        return turn.say(f"forum_minutes.awaits.{what}", forum=held.meeting.forum, date=day, at=at)
    return turn.say(f"help.minutes.{what}", date=day, at=at)


def _opening(turn: Turn, held: Held) -> str:
    if isinstance(held, PlannedMeeting):
        return turn.say("forum_minutes.open", forum=held.meeting.forum)
    return turn.say("minutes.open")


async def _actions(turn: Turn, units: Sequence[Unit]) -> Awaits:
    """What the units that I answer for have promised, and what of it is overdue."""
    keys = {unit.key for unit in units}
    mine = [a for a in await turn.work.actions.open() if a.owner in keys or a.owner == turn.person.unit]
    if not mine:
        return NOTHING
    today = local_date(turn.now, turn.community.zone)
    overdue = sum(action.is_overdue(today) for action in mine)
    owners = [unit.name for unit in turn.community.units if unit.key in {action.owner for action in mine}]
    text = turn.speech.many("help.actions_await", len(mine), unit=turn.speech.listing(owners))
    if overdue:
        text += " " + turn.speech.many("help.actions_overdue", overdue)
    press = Button("action.list", turn.say("help.actions_button"))
    return (Text(text, Tone.ATTENTION if overdue else Tone.NORMAL),), (press,)


async def _evaluation(turn: Turn) -> Awaits:
    found = await evaluations.awaiting(turn.work, turn.person)
    if found is None:
        return NOTHING
    text = Text(turn.say("help.evaluation_awaits", at=turn.speech.moment(found.closes_at)), Tone.ATTENTION)
    press = Button("evaluation.open", turn.say("help.evaluate"), {"period": found.period})
    return (text,), (press,)


async def _status(turn: Turn, units: Sequence[Unit]) -> Awaits:
    """The answers due from the units that I answer for."""
    round_ = await current_round(turn.work, turn.now) if units else None
    if round_ is None or round_.state(turn.now) is RoundState.HELD:
        return NOTHING
    away = (await standing(turn.work, turn.now)).absence_of(turn.person.key)
    lines, buttons = await _units(turn, round_, units, Tone.NORMAL if away else Tone.ATTENTION)
    return tuple(lines), tuple(buttons)


async def _next_meeting(turn: Turn) -> tuple[Element, ...]:
    for period in await turn.work.periods.not_ended():
        coming = await turn.work.rounds.following(period.id, turn.now)
        if coming is not None:
            return (Text(turn.say("help.next_meeting", meeting=turn.speech.moment(coming.meeting_at))),)
    return ()


async def _away(turn: Turn) -> tuple[Element, ...]:
    """That I am away, until when, and who answers meanwhile."""
    absence = (await standing(turn.work, turn.now)).absence_of(turn.person.key)
    if absence is None:
        return ()
    text = turn.say("absence.you_are_away", when=days_of(turn.speech, absence))
    return (Text(f"{text} {await meanwhile(turn.work, turn.speech, absence)}"),)


async def _units(
    turn: Turn, round_: Round, units: Sequence[Unit], due_tone: Tone
) -> tuple[list[Element], list[Button]]:
    """A line for each unit, and a button for each whose answer is due."""
    lines: list[Element] = []
    buttons: list[Button] = []
    for unit in units[:MOST_UNITS]:
        if await turn.work.reports.newest(round_.id, unit.key) is None:
            due = turn.speech.moment(round_.due_at)
            lines.append(Text(turn.say("help.answer_awaits", unit=unit.name, due=due), due_tone))
            answer = turn.say("status.answer") if len(units) == 1 else turn.say("help.answer_for", unit=unit.name)
            data: dict[str, Json] = {"round": round_.id, "unit": unit.key}
            buttons.append(Button("status.open", answer, data))
        else:
            text = turn.say("help.answered", unit=unit.name, meeting=turn.speech.moment(round_.meeting_at))
            lines.append(Text(text, Tone.GOOD))
    return lines, buttons
