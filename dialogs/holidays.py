"""Ahead of a holiday: whether to plan a period around it, with a proposal that one press starts."""

from __future__ import annotations

from datetime import datetime

from dialogs.card import Button, Card, Element, Facts, Style, Text, Tone, sentence
from dialogs.crisis import announce_button, change_text, dates_of, only_coordinator, rhythm_button, start_form
from dialogs.speech import Speech
from dialogs.turn import Answer, Drawing, Routes, Turn
from dialogs.words import level_word, sentence_answer
from domain.community import Community, PreparednessLevel
from domain.holiday_seasons import Holiday, Proposal, propose
from domain.periods import DemandingPeriod, Reason, meeting_dates, worth_telling
from domain.working_time import instant
from services import holidays
from services.messages import Json
from services.ports import Work

WEEKLY = 7


async def draw_ask(drawing: Drawing) -> Card | None:
    """To each coordinator; what came of it takes its place everywhere."""
    of = holidays.named(drawing.work, drawing.params.get("season"), drawing.params.get("year"))
    if of is None:
        return None
    if drawing.first and await holidays.covering(drawing.work, of):
        return None
    return await _card(drawing.work, drawing.speech, of, drawing.now)


async def _card(work: Work, speech: Speech, of: Holiday, now: datetime) -> Card:
    """The question, or what was answered."""
    season = speech.say(f"holidays.season.{of.season}")
    period = await holidays.covering(work, of)
    if period is not None:
        text = speech.say("holidays.planned", season=season, **dates_of(speech, period))
        return sentence(text, *announce_button(work, speech, period, now), rhythm_button(speech, period))
    if (entry := await holidays.declined(work, of)) is not None:
        member = await work.people.get(entry.by or "")
        who = member.person.name if member else speech.say("status.somebody")
        return sentence(speech.say("holidays.declined", season=season, who=who))
    proposal = propose(work.community, of, now)
    if proposal is None:
        return sentence(speech.say("holidays.over", season=season))
    asked = speech.say("holidays.ask", season=season, first=speech.day(of.first), last=speech.day(of.last))
    in_the_way = await _in_the_way(work, proposal)
    body, buttons = (
        _proposed(work.community, speech, of, proposal) if in_the_way is None else _longer(speech, in_the_way, proposal)
    )
    no = Button("holiday.decline", speech.say("holidays.not_now"), _named(of))
    return Card(speech.say("holidays.title", season=season), (Text(asked), *body), (*buttons, no))


async def _in_the_way(work: Work, proposal: Proposal) -> DemandingPeriod | None:
    return next((p for p in await work.periods.not_ended() if p.overlaps(proposal.first_meeting, proposal.until)), None)


Part = tuple[tuple[Element, ...], tuple[Button, ...]]


def _proposed(community: Community, speech: Speech, of: Holiday, proposal: Proposal) -> Part:
    """A period of its own: one press starts it, another shows it as a form."""
    steps = list(
        meeting_dates(
            proposal.first_meeting,
            WEEKLY,
            proposal.until,
            skip_days_off=community.meeting.skip_public_holidays,
            horizon=proposal.until,
        )
    )
    first = instant(proposal.first_meeting, community.meeting.start, community.zone)
    rows = (
        (speech.say("crisis.fact.first"), speech.moment(first)),
        (speech.say("crisis.fact.rhythm"), speech.many("crisis.every", WEEKLY)),
        (speech.say("crisis.fact.until"), speech.date(proposal.until)),
        (speech.say("crisis.fact.level"), level_word(speech, PreparednessLevel.GREEN)),
    )
    changed = (Text(change_text(speech, step), Tone.ATTENTION) for step in worth_telling(steps, WEEKLY))
    filled: dict[str, Json] = {**_filled(community, proposal), "holiday": f"{of.season}:{of.year}"}
    buttons = (
        Button("period.start", speech.say("holidays.start"), filled, Style.PRIMARY),
        Button("holiday.plan", speech.say("holidays.look"), _named(of)),
    )
    return (Facts(rows), *changed), buttons


def _longer(speech: Speech, period: DemandingPeriod, proposal: Proposal) -> Part:
    """A period runs already, but ends too soon: it can last longer."""
    ends = dates_of(speech, period)["until"]
    text = speech.say("holidays.runs", ends=ends, until=speech.date(proposal.until))
    data: dict[str, Json] = {"period": period.id, "proposed_until": proposal.until.isoformat()}
    return (Text(text),), (Button("period.ask_rhythm", speech.say("holidays.lengthen"), data, Style.PRIMARY),)


def _filled(community: Community, proposal: Proposal) -> dict[str, str]:
    """The start form as proposed."""
    return {
        "reason": str(Reason.HOLIDAYS),
        "level": str(PreparednessLevel.GREEN),
        "first_meeting": proposal.first_meeting.isoformat(),
        "start": f"{community.meeting.start:%H:%M}",
        "every_days": str(WEEKLY),
        "until": proposal.until.isoformat(),
    }


def _named(of: Holiday) -> dict[str, Json]:
    return {"season": str(of.season), "year": of.year}


async def plan(turn: Turn) -> Answer:
    """The start form, filled in as proposed; the question itself when another period is in the way."""
    found = await _pressed(turn)
    if isinstance(found, Answer):
        return found
    proposal = propose(turn.community, found, turn.now)
    settled = await holidays.declined(turn.work, found) or await holidays.covering(turn.work, found)
    if proposal is None or settled or await _in_the_way(turn.work, proposal):
        return Answer(await _card(turn.work, turn.speech, found, turn.now))
    card = await start_form(
        turn.work,
        turn.speech,
        turn.now,
        proposed=_filled(turn.community, proposal),
        holiday=f"{found.season}:{found.year}",
    )
    return Answer(card)


async def decline(turn: Turn) -> Answer:
    found = await _pressed(turn)
    if isinstance(found, Answer):
        return found
    if await holidays.covering(turn.work, found) is None:
        await holidays.decline(turn.work, turn.person, found, turn.now)
    return Answer(await _card(turn.work, turn.speech, found, turn.now))


async def _pressed(turn: Turn) -> Holiday | Answer:
    if refusal := await only_coordinator(turn):
        return refusal
    found = holidays.named(turn.work, turn.event.data.get("season"), turn.event.data.get("year"))
    return found or sentence_answer(turn, "help.unknown_button")


ROUTES = Routes(
    buttons={"holiday.plan": plan, "holiday.decline": decline},
    templates={"holiday.ask": draw_ask},
    read_only=frozenset({"holiday.plan"}),
)
