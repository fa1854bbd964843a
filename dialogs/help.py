"""`hjelp`: what I can do here, and what awaits me."""

from __future__ import annotations

from dialogs.card import Button, Card, Element, Facts, Section, Style, Text, Tone
from dialogs.turn import Answer, Command, Routes, Turn
from domain.community import Role
from domain.rounds import RoundState, next_to_come
from services import evaluations, reports
from services.rounds import current_round


async def show(turn: Turn) -> Answer:
    awaits, buttons = await _awaits(turn)
    return Answer(
        Card(
            turn.say("help.title"),
            (
                Section(turn.say("help.awaits"), awaits),
                Section(turn.say("help.can"), (Facts(tuple(_commands(turn))),)),
                Text(turn.say("help.no_patients"), Tone.SUBTLE),
            ),
            buttons,
        )
    )


def _commands(turn: Turn) -> list[tuple[str, str]]:
    names = ["overview"]
    if reports.unit_of(turn.community, turn.person) is not None:
        names = ["status", "overview", "request_meeting"]
    if turn.person.has(Role.COORDINATOR):
        names += ["crisis", "round_now", "level", "end", "connect"]
    names += ["evaluation", "language", "help"]
    return [(turn.say(f"help.command.{name}"), turn.say(f"help.does.{name}")) for name in names]


Awaits = tuple[tuple[Element, ...], tuple[Button, ...]]


async def _awaits(turn: Turn) -> Awaits:
    status, buttons = await _status_awaits(turn)
    found = await evaluations.awaiting(turn.work, turn.person)
    if found is None:
        return status or (Text(turn.say("help.nothing")),), buttons
    text = Text(turn.say("help.evaluation_awaits", at=turn.speech.moment(found.closes_at)), Tone.ATTENTION)
    press = Button("evaluation.open", turn.say("help.evaluate"), {"period": found.period}, Style.PRIMARY)
    return (*status, text), (*buttons, press)


async def _status_awaits(turn: Turn) -> Awaits:
    """What I am to decide, my unit's answer if it is due, else when the next thing comes."""
    overview = Button("overview", turn.say("help.overview_button"))
    if turn.person.has(Role.COORDINATOR) and (asked := await turn.work.requests.open()):
        units = [turn.community.unit(request.unit).name for request in asked]
        first = Button("meeting.show", turn.say("help.decide"), {"request": asked[0].id}, Style.PRIMARY)
        text = turn.say("help.request_awaits", units=turn.speech.listing(units))
        return (Text(text, Tone.ATTENTION),), (first, overview)
    round_ = await current_round(turn.work, turn.now)
    unit = reports.unit_of(turn.community, turn.person)
    if round_ is not None and unit is not None and round_.state(turn.now) is not RoundState.HELD:
        newest = await turn.work.reports.newest(round_.id, unit.key)
        if newest is None:
            due = turn.speech.moment(round_.due_at)
            text = turn.say("help.answer_awaits", unit=unit.name, due=due)
            press = Button("status.open", turn.say("status.answer"), {"round": round_.id}, Style.PRIMARY)
            return (Text(text, Tone.ATTENTION),), (press, overview)
        text = turn.say("help.answered", unit=unit.name, meeting=turn.speech.moment(round_.meeting_at))
        return (Text(text, Tone.GOOD),), (overview,)
    for period in await turn.work.periods.not_ended():
        coming = next_to_come(await turn.work.rounds.of_period(period.id), turn.now)
        if coming is not None:
            text = turn.say("help.next_meeting", meeting=turn.speech.moment(coming.meeting_at))
            return (Text(text),), (overview,)
    return (), ()


ROUTES = Routes(
    commands=(Command("help", "hjelp|help|?|hei|hallo|hello|hi|start", show),),
    buttons={"help": show},
    read_only=frozenset({"help"}),
)
