"""A unit's request for a meeting as everybody but the one who decides sees it, and the unit's figures beside it."""

from __future__ import annotations

from dialogs.card import Card, Element, Facts, Quote, Section, Text, Tone
from dialogs.speech import Speech
from dialogs.words import figure_text, level_line, level_word
from domain.community import Community, Field, IndicatorType, PreparednessLevel, Unit
from domain.extra_meetings import MeetingRequest, Outcome
from domain.reports import Figure
from services.meeting_requests import LatestFigures
from services.ports import Work


async def request_card(work: Work, speech: Speech, request: MeetingRequest) -> Card:
    """What was asked, and what came of it."""
    return Card(
        title(work.community, speech, request),
        (await outcome_text(work, speech, request), *await asked(work, speech, request)),
    )


def title(community: Community, speech: Speech, request: MeetingRequest) -> str:
    return speech.say("meetings.title", unit=unit_name(community, request))


def unit_name(community: Community, request: MeetingRequest) -> str:
    """Also of a unit that has left the community since."""
    return community.name_of_unit(request.unit)


async def outcome_text(work: Work, speech: Speech, request: MeetingRequest) -> Text:
    if request.outcome is None:
        return Text(speech.say("meetings.waits"), Tone.SUBTLE)
    if request.outcome is Outcome.LAPSED:
        return Text(speech.say("meetings.lapsed"), Tone.ATTENTION)
    who = await name_of(work, speech, request.decided_by)
    if request.outcome is Outcome.WITHDRAWN:
        return Text(speech.say("meetings.withdrawn", who=who), Tone.ATTENTION)
    if request.outcome is Outcome.DECLINED:
        return Text(speech.say("meetings.declined", who=who), Tone.ATTENTION)
    round_ = await work.rounds.get(request.round or "")
    if round_ is None:
        return Text(speech.say("meetings.approved", who=who), Tone.GOOD)
    return Text(speech.say("meetings.approved_at", who=who, meeting=speech.moment(round_.meeting_at)), Tone.GOOD)


async def asked(work: Work, speech: Speech, request: MeetingRequest) -> tuple[Element, ...]:
    """Who, how soon, why; and the coordinator's word where there is one."""
    who = await name_of(work, speech, request.asked_by)
    facts = (
        (speech.say("meetings.fact.who"), who),
        (speech.say("meetings.fact.when"), speech.say(f"meetings.when.{request.how_soon}")),
        (speech.say("meetings.fact.asked"), speech.moment(request.asked_at)),
    )
    said: list[Element] = [Facts(facts), Quote(who, request.why)]
    if request.word:
        said.append(Quote(await name_of(work, speech, request.decided_by), request.word))
    return tuple(said)


def figures(speech: Speech, community: Community, unit: Unit, latest: LatestFigures | None) -> Section:
    """The unit's latest figures with their levels."""
    if latest is None:
        return Section(speech.say("meetings.figures"), (Text(speech.say("meetings.no_figures"), Tone.SUBTLE),))
    values = latest.report.values
    heading = speech.say("meetings.figures_of", meeting=speech.day(latest.round.meeting_at))
    fields = [field for field in community.fields_of(unit) if field.key in values]
    words = [field for field in fields if field.indicator.type is IndicatorType.TEXT]
    own = community.level_indicator(unit)
    counted = [field for field in fields if field not in words and field.indicator != own]
    body: list[Element] = []
    if own is not None and (level := _level(values.get(own.key))) is not None:
        body.append(level_line(speech, level, own.name(speech.language)))
    body.append(
        Facts(tuple((field.name(speech.language), _figure(speech, field, values[field.key])) for field in counted))
    )
    body += [Quote(field.name(speech.language), str(values[field.key])) for field in words]
    return Section(heading, tuple(body))


def _figure(speech: Speech, field: Field, value: Figure) -> str:
    text = figure_text(speech, field, value)
    if field.indicator.thresholds is None or isinstance(value, str):
        return text
    return f"{text} – {level_word(speech, field.indicator.thresholds.level(value))}"


def _level(value: Figure | None) -> PreparednessLevel | None:
    return PreparednessLevel(value) if isinstance(value, str) and value in set(PreparednessLevel) else None


async def name_of(work: Work, speech: Speech, key: str | None) -> str:
    member = await work.people.get(key) if key else None
    return member.person.name if member else speech.say("status.somebody")
