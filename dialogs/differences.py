"""A difference put to both sides: do they correct their figure, or does it stand, and why?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dialogs.card import Button, Card, Choice, Element, Facts, Input, InputKind, Quote, Style, Text, Tone, sentence
from dialogs.speech import Speech
from dialogs.status import opened
from dialogs.turn import Answer, Drawing, Routes, Turn
from dialogs.words import sentence_answer
from domain.community import Community, Unit
from domain.differences import LONGEST_BECAUSE, Difference, Figures, Outcome, Reason, Side, StandForm
from domain.reports import as_text
from domain.rounds import Round, RoundState
from services import differences
from services.audience import answers_for
from services.messages import Json
from services.pictures import RoundPicture
from services.ports import Work


@dataclass(frozen=True, slots=True)
class Put:
    """A difference as it was put to one unit."""

    round: Round
    difference: Difference
    unit: Unit

    @property
    def own(self) -> Outcome | None:
        return next((outcome for outcome in self.difference.outcomes if outcome.unit == self.unit.key), None)


async def draw_question(drawing: Drawing) -> Card | None:
    """The question while it is one; then what came of it, in its place."""
    put = await _put(drawing.work, drawing.params, drawing)
    if put is None or put.round.cancelled_at is not None:
        return None if drawing.first else sentence(drawing.say("differences.gone"))
    figures = put.difference.figures
    if not figures.differ or put.round.state(drawing.now) is RoundState.HELD:
        return None if drawing.first else _settled(drawing.speech, drawing.community, put)
    if put.own is not None and put.own.stand is not None:
        return _answered(drawing.speech, drawing.community, put)
    return _question(drawing.speech, drawing.community, put)


async def correct(turn: Turn) -> Answer:
    """Opens the unit's form as it was answered: a corrected figure takes the question away by itself."""
    put = await _pressed(turn)
    if isinstance(put, Answer):
        return put
    first = _figures_text(turn.speech, turn.community, put.difference.figures)
    return await opened(turn, put.round, put.unit, first=first)


async def stands(turn: Turn) -> Answer:
    """The figure stands, because: the receipt, or the question again with what was wrong."""
    put = await _pressed(turn)
    if isinstance(put, Answer):
        return put
    said = await differences.stand(
        turn.work, turn.person, put.round, put.difference, put.unit, turn.event.data, turn.now
    )
    if isinstance(said, StandForm):
        return Answer(_again(turn.speech, turn.community, put, said))
    now = await _put(turn.work, turn.event.data, turn)
    return Answer(_answered(turn.speech, turn.community, now or put))


async def change(turn: Turn) -> Answer:
    """The question once more, with what was answered filled in."""
    put = await _pressed(turn)
    if isinstance(put, Answer):
        return put
    stand = put.own.stand if put.own else None
    typed = {"reason": str(stand.reason or ""), "because": stand.because} if stand else {}
    return Answer(_question(turn.speech, turn.community, put).with_inputs(typed, {}))


async def _pressed(turn: Turn) -> Put | Answer:
    """The difference of the button, if whoever pressed it answers for that side and it is still a question."""
    named = as_text(turn.event.data.get("unit"))
    mine = {unit.key for unit in await answers_for(turn.work, turn.person, turn.now)}
    put = await _put(turn.work, turn.event.data, turn)
    if named not in mine or (put is not None and put.difference.figures.of(named) is None):
        return sentence_answer(turn, "differences.not_yours")
    if put is None or put.round.cancelled_at is not None:
        return sentence_answer(turn, "differences.gone")
    if not put.difference.figures.differ or put.round.state(turn.now) is RoundState.HELD:
        return Answer(_settled(turn.speech, turn.community, put))
    return put


async def _put(work: Work, about: Mapping[str, Json], at: Turn | Drawing) -> Put | None:
    round_ = await work.rounds.get(as_text(about.get("round")))
    unit = work.community.find_unit(as_text(about.get("unit")))
    if round_ is None or unit is None:
        return None
    pair = about.get("municipality"), about.get("indicator")
    for difference in await differences.of_round(work, round_, at.now):
        if (difference.figures.municipality, difference.figures.indicator) == pair:
            return Put(round_, difference, unit)
    return None


# Cards


def _question(speech: Speech, community: Community, put: Put) -> Card:
    reasons = tuple(Choice(str(reason), speech.say(f"differences.reason.{reason}")) for reason in Reason)
    asked = Text(speech.say("differences.question", unit=put.unit.name))
    inputs = (
        Input("reason", InputKind.CHOICE, speech.say("differences.why"), choices=reasons),
        Input("because", InputKind.LONG_TEXT, speech.say("differences.because"), max_length=LONGEST_BECAUSE),
    )
    data = _data(put)
    buttons = (
        Button("difference.stands", speech.say("differences.stands"), data, Style.PRIMARY, submits=True),
        Button("difference.correct", speech.say("differences.correct"), data),
    )
    honest = Text(speech.say("differences.honest"), Tone.SUBTLE)
    body = (*_table(speech, community, put), honest, *_said(speech, community, put.difference), asked, *inputs)
    return Card(_title(speech, community, put), body, buttons)


def _again(speech: Speech, community: Community, put: Put, form: StandForm) -> Card:
    most = speech.number(LONGEST_BECAUSE)
    errors = {key: speech.say(f"differences.wrong.{wrong}", max=most) for key, wrong in form.mistakes.items()}
    return _question(speech, community, put).with_inputs(form.typed, errors)


def _answered(speech: Speech, community: Community, put: Put) -> Card:
    """What this side has said, and the ways to say something else."""
    data = _data(put)
    buttons = (
        Button("difference.change", speech.say("differences.change"), data),
        Button("difference.correct", speech.say("differences.correct"), data),
    )
    thanks = Text(speech.say("differences.received"), Tone.GOOD)
    body = (thanks, *_table(speech, community, put), *_said(speech, community, put.difference))
    return Card(_title(speech, community, put), body, buttons)


def _settled(speech: Speech, community: Community, put: Put) -> Card:
    """No question any more: the figures agree, or the meeting has begun."""
    told = speech.say("differences.over" if put.difference.figures.differ else "differences.cleared")
    body = (Text(told, Tone.GOOD), *_table(speech, community, put), *_said(speech, community, put.difference))
    return Card(_title(speech, community, put), body)


def _title(speech: Speech, community: Community, put: Put) -> str:
    municipality = community.unit(put.difference.figures.municipality).name
    return speech.say("differences.title", unit=municipality, date=speech.day(put.round.meeting_at))


def _table(speech: Speech, community: Community, put: Put) -> tuple[Element, ...]:
    """Who reports what: the municipality, and each clinic that reports patients for it."""
    asked = next((i for i in community.indicators if i.key == put.difference.figures.indicator), None)
    heading = (Text(asked.name(speech.language).split(" (")[0], Tone.HEADING),) if asked else ()
    figures = put.difference.figures
    clinics = [unit for unit in figures.put_to if unit != figures.municipality]
    shown = [(figures.municipality, figures.own), *((unit, figures.clinics[unit]) for unit in clinics)]
    return (*heading, Facts(tuple((community.unit(unit).name, str(count)) for unit, count in shown)))


def _figures_text(speech: Speech, community: Community, figures: Figures) -> str:
    return speech.say(
        "differences.figures",
        unit=community.unit(figures.municipality).name,
        municipality=figures.own,
        hospital=figures.hospital,
    )


def _data(put: Put) -> dict[str, Json]:
    figures = put.difference.figures
    return {
        "round": put.round.id,
        "municipality": figures.municipality,
        "indicator": figures.indicator,
        "unit": put.unit.key,
    }


# What came of it, in the summary too


def outcomes(speech: Speech, shown: RoundPicture, municipality: str, indicator: str) -> list[Element]:
    """Below the line of a difference: what either side has said."""
    for difference in shown.differences:
        if (difference.figures.municipality, difference.figures.indicator) == (municipality, indicator):
            return _said(speech, shown.community, difference)
    return []


def cleared(speech: Speech, shown: RoundPicture) -> list[Element]:
    """The differences that were put to both sides and have gone, with who corrected what."""
    found: list[Element] = []
    for gone in (difference for difference in shown.differences if not difference.figures.differ):
        unit = shown.community.unit(gone.figures.municipality).name
        found.append(Text(speech.say("differences.cleared_line", unit=unit, figure=gone.figures.own)))
        found += _said(speech, shown.community, gone)
    return found


def waiting(speech: Speech, shown: RoundPicture) -> list[Element]:
    """How many questions wait for an answer, for the coordinator."""
    count = sum(difference.is_open for difference in shown.differences)
    return [Text(speech.many("differences.waiting", count), Tone.SUBTLE)] if count else []


def _said(speech: Speech, community: Community, difference: Difference) -> list[Element]:
    return [element for outcome in difference.outcomes for element in _outcome(speech, community, outcome)]


def _outcome(speech: Speech, community: Community, outcome: Outcome) -> Sequence[Element]:
    municipality = outcome.side is Side.MUNICIPALITY
    who = speech.say("differences.the_municipality") if municipality else community.unit(outcome.unit).name
    found: list[Element] = []
    if outcome.corrected is not None:
        before, after = outcome.corrected
        found.append(Text(speech.say("differences.corrected", who=who, before=before, after=after)))
    if (stand := outcome.stand) is not None:
        told = stands_text(speech, who, stand.reason)
        found.append(Quote(told, stand.because) if stand.because else Text(told))
    return found


def stands_text(speech: Speech, who: str, reason: Reason | None) -> str:
    if reason is None or reason is Reason.OTHER:
        return speech.say("differences.stands_fast", who=who)
    return speech.say("differences.stands_since", who=who, reason=speech.say(f"differences.since.{reason}"))


ROUTES = Routes(
    buttons={"difference.correct": correct, "difference.stands": stands, "difference.change": change},
    templates={"difference.question": draw_question},
    read_only=frozenset({"difference.change"}),
)
