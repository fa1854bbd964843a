"""`hjelp`: what I can do here, and what awaits me."""

from __future__ import annotations

from collections.abc import Sequence

from dialogs.absence import days_of, meanwhile
from dialogs.card import Button, Card, Element, Facts, Link, Reference, Section, Style, Text, Tone
from dialogs.request_card import unit_name
from dialogs.status import MOST_UNITS
from dialogs.turn import Answer, Command, Routes, Turn
from domain.absences import may_be_away
from domain.community import Role, Unit, UnitKind
from domain.meeting import may_lead
from domain.rounds import Round, RoundState, next_to_come
from domain.working_time import local_date
from services import evaluations
from services.audience import answers_for, standing
from services.messages import Json
from services.rounds import current_round


async def show(turn: Turn) -> Answer:
    units = await answers_for(turn.work, turn.person, turn.now)
    awaits, buttons = await _awaits(turn, units)
    return Answer(
        Card(
            turn.say("help.title"),
            (
                Section(turn.say("help.awaits"), awaits),
                Section(turn.say("help.can"), (Facts(tuple(_commands(turn, units))),)),
                Text(turn.say("help.no_patients"), Tone.SUBTLE),
            ),
            buttons,
            links=(Link(Reference("guide", turn.community.key, _guide_page(turn)), turn.say("help.guide")),),
        )
    )


def _guide_page(turn: Turn) -> str:
    """The page of the user guide that is written for this person."""
    pages = {
        Role.COORDINATOR: "samhandlingssjef",
        Role.SECRETARIAT: "sekretariat",
        Role.RESPONDENT: "kommunalsjef",
        Role.DEPUTY: "stedfortreder",
        Role.OBSERVER: "innsyn",
    }
    role = next(role for role in pages if turn.person.has(role))
    unit = next((unit for unit in turn.community.units if unit.key == turn.person.unit), None)
    if role is Role.RESPONDENT and unit is not None and unit.kind is UnitKind.CLINIC:
        return "klinikksjef"
    return pages[role]


def _commands(turn: Turn, units: Sequence[Unit]) -> list[tuple[str, str]]:
    names = ["overview", "actions"]
    if units:
        names = ["status", "overview", "actions", "request_meeting"]
    names.append("report")
    if may_be_away(turn.person) or turn.person.has(Role.COORDINATOR):
        names.append("deputy")
    if turn.person.has(Role.COORDINATOR):
        names += ["crisis", "round_now", "rhythm", "level", "end", "connect", "correct", "log"]
    if may_lead(turn.person):
        names += ["meeting", "note"]
    if turn.community.forums:
        names.append("plan")
    names += ["minutes", "evaluation", "language", "help"]
    return [(turn.say(f"help.command.{name}"), turn.say(f"help.does.{name}")) for name in names]


Awaits = tuple[tuple[Element, ...], tuple[Button, ...]]


async def _awaits(turn: Turn, units: Sequence[Unit]) -> Awaits:
    found = [await _status_awaits(turn, units), await _actions_await(turn, units), await _evaluation_awaits(turn)]
    texts = tuple(text for part, _ in found for text in part)
    buttons = tuple(button for _, part in found for button in part)
    return texts or (Text(turn.say("help.nothing")),), buttons


async def _actions_await(turn: Turn, units: Sequence[Unit]) -> Awaits:
    """What the units that I answer for have promised, and what of it is overdue."""
    keys = {unit.key for unit in units}
    mine = [a for a in await turn.work.actions.open() if a.owner in keys or a.owner == turn.person.unit]
    if not mine:
        return (), ()
    today = local_date(turn.now, turn.community.zone)
    overdue = sum(action.is_overdue(today) for action in mine)
    owners = [unit.name for unit in turn.community.units if unit.key in {action.owner for action in mine}]
    text = turn.speech.many("help.actions_await", len(mine), unit=turn.speech.listing(owners))
    if overdue:
        text += " " + turn.speech.many("help.actions_overdue", overdue)
    press = Button("action.list", turn.say("help.actions_button"))
    return (Text(text, Tone.ATTENTION if overdue else Tone.NORMAL),), (press,)


async def _evaluation_awaits(turn: Turn) -> Awaits:
    found = await evaluations.awaiting(turn.work, turn.person)
    if found is None:
        return (), ()
    text = Text(turn.say("help.evaluation_awaits", at=turn.speech.moment(found.closes_at)), Tone.ATTENTION)
    press = Button("evaluation.open", turn.say("help.evaluate"), {"period": found.period}, Style.PRIMARY)
    return (text,), (press,)


async def _status_awaits(turn: Turn, units: Sequence[Unit]) -> Awaits:
    """What I am to decide, the answers due from the units that I answer for, else when the next thing comes."""
    away = await _away(turn)
    overview = Button("overview", turn.say("help.overview_button"))
    if turn.person.has(Role.COORDINATOR) and (asked := await turn.work.requests.open()):
        names = [unit_name(turn.community, request) for request in asked]
        first = Button("meeting.show", turn.say("help.decide"), {"request": asked[0].id}, Style.PRIMARY)
        text = turn.say("help.request_awaits", units=turn.speech.listing(names))
        return (Text(text, Tone.ATTENTION),), (first, overview)
    round_ = await current_round(turn.work, turn.now)
    if round_ is not None and units and round_.state(turn.now) is not RoundState.HELD:
        lines, buttons = await _units(turn, round_, units, Tone.NORMAL if away else Tone.ATTENTION)
        return (*away, *lines), (*buttons, overview)
    for period in await turn.work.periods.not_ended():
        coming = next_to_come(await turn.work.rounds.of_period(period.id), turn.now)
        if coming is not None:
            text = turn.say("help.next_meeting", meeting=turn.speech.moment(coming.meeting_at))
            return (*away, Text(text)), (overview,)
    return away, ()


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
            buttons.append(Button("status.open", answer, data, Style.DEFAULT if buttons else Style.PRIMARY))
        else:
            text = turn.say("help.answered", unit=unit.name, meeting=turn.speech.moment(round_.meeting_at))
            lines.append(Text(text, Tone.GOOD))
    return lines, buttons


ROUTES = Routes(
    commands=(Command("help", "hjelp|help|?|hei|hallo|hello|hi|start", show),),
    buttons={"help": show},
    read_only=frozenset({"help"}),
)
