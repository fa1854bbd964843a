"""`hjelp`: what I can do here, and what awaits me."""

from __future__ import annotations

from collections.abc import Sequence

from dialogs.awaiting import what_awaits
from dialogs.card import Button, Buttons, Card, Facts, Link, Reference, Section, Text, Tone
from dialogs.turn import Answer, Command, Routes, Turn
from domain.absences import may_be_away
from domain.community import Role, Unit, UnitKind
from domain.meeting import may_lead
from services.audience import answers_for
from services.organs import may_change


async def show(turn: Turn) -> Answer:
    units = await answers_for(turn.work, turn.person, turn.now)
    awaits, buttons = await what_awaits(turn, units)
    # What to press stands under what it is about: on a phone the list of commands is three screens long.
    at_hand = (*awaits, Buttons(buttons)) if buttons else awaits
    return Answer(
        Card(
            turn.say("help.title"),
            (
                Section(turn.say("help.awaits"), at_hand),
                Section(turn.say("help.can"), (Facts(tuple(_commands(turn, units))),)),
                Text(turn.say("help.no_patients"), Tone.SUBTLE),
            ),
            (Button("overview", turn.say("help.overview_button")),),
            links=(Link(Reference("guide", turn.community.key, _guide_page(turn)), turn.say("help.guide")),),
        )
    )


def _guide_page(turn: Turn) -> str:
    """The page of the user guide that is written for this person, in the person's language; bokmål's have no folder."""
    pages = {
        Role.COORDINATOR: "samhandlingssjef",
        Role.SECRETARIAT: "sekretariat",
        Role.RESPONDENT: "kommunalsjef",
        Role.DEPUTY: "stedfortreder",
        Role.OBSERVER: "innsyn",
    }
    role = next(role for role in pages if turn.person.has(role))
    unit = turn.community.find_unit(turn.person.unit)
    if role is Role.RESPONDENT and unit is not None and unit.kind is UnitKind.CLINIC:
        return _in_language(turn, "klinikksjef")
    return _in_language(turn, pages[role])


def _in_language(turn: Turn, page: str) -> str:
    return page if turn.speech.language == "nb" else f"{turn.speech.language}/{page}"


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
        names += ["meeting", "note", "delivery"]
    if turn.community.forums:
        names += ["plan", "notice", "agenda", "report_item"]
        if may_change(turn.person):
            names.append("publish")
    names += ["deadline", "digest", "minutes", "evaluation", "access", "language", "channel", "help"]
    return [(turn.say(f"help.command.{name}"), turn.say(f"help.does.{name}")) for name in names]


ROUTES = Routes(
    commands=(Command("help", "hjelp|help|?|hei|hallo|hello|hi|start", show),),
    buttons={"help": show},
    read_only=frozenset({"help"}),
)
