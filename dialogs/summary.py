"""The summary of a round, and the same picture while it is still being collected."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from dialogs.action_cards import summary_section
from dialogs.card import Button, Card, Element, Facts, LevelLine, Quote, Section, Text, Tone, sentence
from dialogs.corrections import corrected_summary
from dialogs.crisis import change_text, reasons_text
from dialogs.delivery import given_up
from dialogs.differences import cleared, outcomes, waiting
from dialogs.levels import coordinator_buttons, suggestion_line
from dialogs.speech import Speech
from dialogs.status import open_own
from dialogs.trend import trend_section
from dialogs.turn import Answer, Command, Drawing, Routes, Turn
from dialogs.words import level_line, level_word, sentence_answer, within_sentence
from domain.community import IndicatorType, Person, Role
from domain.periods import MeetingDate
from domain.reports import as_text
from domain.rounds import RoundState
from domain.summary import Discrepancy, KeyFigure, Total, UnitLine
from services import periods
from services.audience import answers_for
from services.pictures import RoundPicture, picture
from services.ports import Work
from services.rounds import current_round

SPEAKERS = 5
"""As many are named in the order of speaking; the rest follow in the units' order."""


async def status(turn: Turn) -> Answer:
    """`status`: the form of the unit that I answer for; to anybody else the overview."""
    units = await answers_for(turn.work, turn.person, turn.now)
    return await open_own(turn, units) if units else await overview(turn)


async def overview(turn: Turn) -> Answer:
    """`oversikt`: the round as it stands."""
    reader = turn.person if turn.event.place.personal else None
    return Answer(await overview_card(turn.work, turn.speech, turn.now, reader))


async def overview_card(work: Work, speech: Speech, now: datetime, reader: Person | None = None) -> Card:
    """What everybody sees; with what only the `reader` may do, where nobody else reads it."""
    card = await _as_it_stands(work, speech, now, reader)
    if reader is None or not reader.has(Role.COORDINATOR):
        return card
    lines, buttons = await given_up(work, speech, now)
    return replace(card, body=(*lines, *card.body), buttons=(*card.buttons, *buttons), plain=card.plain and not buttons)


async def _as_it_stands(work: Work, speech: Speech, now: datetime, reader: Person | None) -> Card:
    round_ = await current_round(work, now)
    if round_ is not None:
        shown = await picture(work, round_, now)
        card = await _with_correction(work, speech, shown)
        if reader is None:
            return card
        body = (*card.body, *waiting(speech, shown)) if reader.has(Role.COORDINATOR) else card.body
        return replace(card, body=body, buttons=(*card.buttons, *coordinator_buttons(speech, shown, reader)))
    for period in await work.periods.not_ended():
        coming = await work.rounds.following(period.id, now)
        if coming is not None:
            return sentence(
                speech.say(
                    "summary.not_open_yet",
                    opens=speech.moment(coming.opens_at),
                    meeting=speech.moment(coming.meeting_at),
                )
            )
    return sentence(speech.say("summary.no_period"))


async def draw_posted(drawing: Drawing) -> Card | None:
    """The posted summary, updated in place by late and corrected answers."""
    round_ = await drawing.work.rounds.get(drawing.param("round"))
    if round_ is None or (drawing.first and round_.cancelled_at is not None):
        return None
    return await summary_card(drawing.work, drawing.speech, await picture(drawing.work, round_, drawing.now))


async def show_sealed(turn: Turn) -> Answer:
    """What was known when the meeting began."""
    round_ = await turn.work.rounds.get(as_text(turn.event.data.get("round")))
    if round_ is None or round_.state(turn.now) is not RoundState.HELD:
        return sentence_answer(turn, "summary.not_sealed")
    then = await picture(turn.work, round_, turn.now, as_of=round_.meeting_at, sealed=True)
    return Answer(await _with_correction(turn.work, turn.speech, then, sealed=True))


async def show_now(turn: Turn) -> Answer:
    """Back from the sealed picture to what stands now."""
    round_ = await turn.work.rounds.get(as_text(turn.event.data.get("round")))
    if round_ is None:
        return sentence_answer(turn, "status.no_round")
    return Answer(await _with_correction(turn.work, turn.speech, await picture(turn.work, round_, turn.now)))


async def _with_correction(work: Work, speech: Speech, shown: RoundPicture, *, sealed: bool = False) -> Card:
    """What somebody asks to see bears the correction of the posted summary too."""
    card = await summary_card(work, speech, shown, sealed=sealed)
    return await corrected_summary(work, speech, shown.round.id, card)


async def summary_card(work: Work, speech: Speech, shown: RoundPicture, *, sealed: bool = False) -> Card:
    changes, following = await periods.changes_before_next(work, shown.period, shown.round.meeting_at)
    return Card(
        speech.say("summary.title", date=speech.day(shown.round.meeting_at), time=speech.time(shown.round.meeting_at)),
        (
            *head(speech, shown, sealed=sealed),
            *_totals(speech, shown),
            *await trend_section(work, speech, shown, sealed=sealed),
            *_units(speech, shown),
            *_speakers(speech, shown),
            *missing(speech, shown),
            *differences(speech, shown),
            *_needs(speech, shown),
            *summary_section(speech, shown),
            *_what_comes(speech, changes, following),
        ),
        _buttons(speech, shown, sealed=sealed),
    )


def head(speech: Speech, shown: RoundPicture, *, sealed: bool) -> list[Element]:
    counts = {"answered": shown.summary.answered, "of": len(shown.summary.lines)}
    if sealed:
        state = speech.say("summary.sealed", at=speech.moment(shown.round.meeting_at), **counts)
    else:
        state = speech.say(f"summary.state.{shown.state}", due=speech.moment(shown.round.due_at), **counts)
    word = level_word(speech, shown.level)
    line = speech.say("summary.level", level=word)
    lines: list[Element] = [LevelLine(shown.level, line, reasons_text(speech, shown.period), word)]
    if shown.level is not shown.period.level and not sealed:
        now = speech.say("levels.since", level=level_word(speech, shown.period.level))
        lines.append(Text(now, Tone.ATTENTION))
    return [*lines, *suggestion_line(speech, shown), Text(state, Tone.SUBTLE)]


def _totals(speech: Speech, shown: RoundPicture) -> list[Element]:
    rows = [(total.indicator.name(speech.language), _total(speech, total)) for total in shown.summary.totals]
    if shown.summary.cost_nok_per_day:
        cost = speech.say("summary.kroner", amount=speech.number(shown.summary.cost_nok_per_day))
        rows.append((speech.say("summary.cost"), cost))
    if not rows:
        return []
    partly = any(total.change is not None and not total.like_for_like for total in shown.summary.totals)
    note = (Text(speech.say("summary.partly"), Tone.SUBTLE),) if partly else ()
    return [Section(speech.say("summary.totals"), (Facts(tuple(rows)), *note))]


def _total(speech: Speech, total: Total) -> str:
    text = speech.number(total.value)
    if total.change is None:
        return text
    change = speech.say("summary.change", change=speech.signed(total.change))
    return f"{text} {change}" if total.like_for_like else f"{text} {change}*"


def _units(speech: Speech, shown: RoundPicture) -> list[Element]:
    lines = [unit_line(speech, shown, line) for line in shown.summary.lines if line.report is not None]
    return [Section(speech.say("summary.units"), tuple(lines))] if lines else []


def unit_line(speech: Speech, shown: RoundPicture, line: UnitLine) -> LevelLine:
    title = line.unit.name
    if line.report is not None and line.report.is_late(shown.round.due_at):
        title += f" ({speech.say('summary.late')})"
    elif line.report is not None and line.report.corrected:
        title += f" ({speech.say('summary.corrected')})"
    parts = [_figure(speech, figure) for figure in line.figures if _is_key(figure)]
    if cost := (shown.summary.cost_nok_per_day_by_unit or {}).get(line.unit.key):
        parts.append(speech.say("summary.cost_of_unit", amount=speech.number(cost)))
    if line.level and line.level_before and line.level is not line.level_before:
        parts.insert(0, speech.say("summary.was_level", level=level_word(speech, line.level_before)))
    return level_line(speech, line.level, title, " · ".join(parts))


def _is_key(figure: KeyFigure) -> bool:
    """What a unit's line shows: totals, what has thresholds, and what the hospital reports per municipality."""
    per_municipality = figure.indicator.type is IndicatorType.COUNT_PER_MUNICIPALITY
    return figure.indicator.total or figure.indicator.thresholds is not None or per_municipality


def _figure(speech: Speech, figure: KeyFigure) -> str:
    name = within_sentence(figure.indicator.short_name(speech.language))
    percent = " %" if figure.indicator.type is IndicatorType.PERCENT else ""
    text = f"{name} {speech.number(figure.value)}{percent}"
    return f"{text} ({speech.signed(figure.change)})" if figure.change else text


def _speakers(speech: Speech, shown: RoundPicture) -> list[Element]:
    order = shown.summary.speaking_order[:SPEAKERS]
    names = [f"{n}. {line.unit.name}" for n, line in enumerate(order, 1)]
    return [Section(speech.say("summary.speakers"), (Text(" · ".join(names)),))] if names else []


def missing(speech: Speech, shown: RoundPicture) -> list[Element]:
    silent = [unit.name for unit in shown.units_silent]
    away = [unit.name for unit in shown.units_away]
    found: list[Element] = []
    if silent:
        found.append(Section(speech.say("summary.missing"), (Text(speech.listing(silent), Tone.ATTENTION),)))
    if away:
        found.append(Section(speech.say("summary.away"), (Text(speech.listing(away)),)))
    return found


def differences(speech: Speech, shown: RoundPicture) -> list[Element]:
    found = shown.summary.discrepancies
    lines: list[Element] = []
    for difference in found.found:
        lines.append(Text(_difference(speech, shown, difference)))
        lines += outcomes(speech, shown, difference.unit, difference.indicator)
    lines += cleared(speech, shown)
    if found.pending and shown.summary.answered:
        names = [shown.community.unit(unit).name for unit in found.pending]
        lines.append(Text(speech.say("summary.pending", units=speech.listing(names)), Tone.SUBTLE))
    if found.found:
        lines.append(Text(speech.say("summary.differences_why"), Tone.SUBTLE))
    return [Section(speech.say("summary.differences"), tuple(lines))] if lines else []


def _difference(speech: Speech, shown: RoundPicture, found: Discrepancy) -> str:
    return speech.say(
        "summary.difference",
        unit=shown.community.unit(found.unit).name,
        municipality=found.municipality,
        hospital=found.hospital,
        difference=speech.signed(found.difference),
    )


def _needs(speech: Speech, shown: RoundPicture) -> list[Element]:
    quotes = [Quote(line.unit.name, text) for line in shown.summary.lines for text in line.texts]
    return [Section(speech.say("summary.needs"), tuple(quotes))] if quotes else []


def _what_comes(speech: Speech, changes: list[MeetingDate], following: datetime | None) -> list[Element]:
    told: list[Element] = [Text(change_text(speech, step), Tone.ATTENTION) for step in changes]
    if following is not None:
        told.append(Text(speech.say("summary.next_meeting", meeting=speech.moment(following)), Tone.SUBTLE))
    return told


def _buttons(speech: Speech, shown: RoundPicture, *, sealed: bool) -> tuple[Button, ...]:
    if sealed:
        return (Button("summary.now", speech.say("summary.show_now"), {"round": shown.round.id}),)
    if shown.state is RoundState.HELD:
        return (Button("summary.sealed", speech.say("summary.show_sealed"), {"round": shown.round.id}),)
    return ()


ROUTES = Routes(
    commands=(
        Command("status", "status", status),
        Command("overview", "oversikt|oversyn|overview", overview),
    ),
    buttons={"overview": overview, "summary.sealed": show_sealed, "summary.now": show_now},
    templates={"summary.posted": draw_posted},
    read_only=frozenset({"overview", "summary.sealed", "summary.now"}),
)
