"""Language, connecting a channel, and somebody unknown who asks to come in."""

from __future__ import annotations

from dialogs.card import Button, Card, Choice, Facts, Input, InputKind, Style, Text, Tone, sentence
from dialogs.crisis import only_coordinator
from dialogs.speech import Speech
from dialogs.turn import Answer, Command, Drawing, Routes, Turn
from dialogs.words import sentence_answer
from domain.community import LANGUAGES, Community, Role
from domain.reports import as_text
from services import people
from services.ports import JoinRequest

OBSERVER = "-"
"""The choice that takes somebody in without a unit."""


async def language(turn: Turn) -> Answer:
    """`språk nn`: my language from now on."""
    wanted = turn.event.text.split()[-1].casefold()
    chosen = _LANGUAGE_WORDS.get(wanted)
    if chosen is None:
        return sentence_answer(turn, "people.which_language")
    await people.speak(turn.work, turn.member, chosen, turn.now)
    return Answer(sentence(Speech(chosen, turn.community.zone).say("people.language_set")))


_LANGUAGE_WORDS = {
    **{code: code for code in LANGUAGES},
    "bokmål": "nb",
    "norsk": "nb",
    "nynorsk": "nn",
    "engelsk": "en",
    "english": "en",
}


async def connect(turn: Turn) -> Answer:
    """`koble`, written in a channel: it gets the summaries."""
    if refusal := await only_coordinator(turn):
        return refusal
    place = turn.event.place
    if place.personal:
        return sentence_answer(turn, "people.connect_in_channel")
    new = await people.connect(turn.work, turn.person, place.address, place.name, turn.now)
    return sentence_answer(turn, "people.connected" if new else "people.connected_already")


# Somebody unknown


def stranger(speech: Speech, *, asked: bool) -> Card:
    """The polite refusal; `asked`: the coordinator has got a request."""
    return sentence(speech.say("people.stranger" if asked else "people.stranger_nowhere"))


async def draw_join_request(drawing: Drawing) -> Card | None:
    request = await drawing.work.people.join_request(drawing.param("request"))
    if request is None:
        return None
    if request.decided_at is not None:
        return _decided(drawing.speech, request)
    return _join_card(drawing.speech, drawing.community, request)


def _join_card(speech: Speech, community: Community, request: JoinRequest) -> Card:
    facts = ((speech.say("people.name"), request.identity.name), (speech.say("people.email"), _email(request)))
    units = [Choice(OBSERVER, speech.say("people.no_unit")), *(Choice(u.key, u.name) for u in community.units_asked)]
    roles = tuple(Choice(str(role), speech.say(f"people.role.{role}")) for role in (Role.RESPONDENT, Role.DEPUTY))
    required = speech.say("status.wrong.required")
    inputs = (
        Input(
            "for", InputKind.CHOICE, speech.say("people.unit"), required=True, missing=required, choices=tuple(units)
        ),
        Input("role", InputKind.CHOICE, speech.say("people.as"), value=str(Role.DEPUTY), choices=roles),
    )
    buttons = (
        Button("join.accept", speech.say("people.accept"), {"request": request.id}, Style.PRIMARY, submits=True),
        Button("join.decline", speech.say("people.decline"), {"request": request.id}, Style.DANGER),
    )
    return Card(speech.say("people.join_title"), (Text(speech.say("people.join")), Facts(facts), *inputs), buttons)


async def accept(turn: Turn) -> Answer:
    if refusal := await only_coordinator(turn):
        return refusal
    request = await turn.work.people.join_request(as_text(turn.event.data.get("request")))
    if request is None or request.decided_at is not None:
        return Answer(_decided(turn.speech, request))
    chosen = as_text(turn.event.data.get("for"))
    if chosen != OBSERVER and chosen not in {unit.key for unit in turn.community.units_asked}:
        card = _join_card(turn.speech, turn.community, request)
        role = as_text(turn.event.data.get("role")) or str(Role.DEPUTY)
        return Answer(card.with_inputs({"role": role}, {"for": turn.say("status.wrong.required")}))
    unit = None if chosen == OBSERVER else chosen
    role = Role.OBSERVER if unit is None else _role(as_text(turn.event.data.get("role")))
    await people.accept(turn.work, turn.person, request, unit, role, turn.now)
    return sentence_answer(turn, "people.accepted", name=request.identity.name)


def _role(given: str) -> Role:
    return Role.RESPONDENT if given == Role.RESPONDENT else Role.DEPUTY


async def decline(turn: Turn) -> Answer:
    if refusal := await only_coordinator(turn):
        return refusal
    request = await turn.work.people.join_request(as_text(turn.event.data.get("request")))
    if request is None or request.decided_at is not None:
        return Answer(_decided(turn.speech, request))
    await people.decline(turn.work, turn.person, request, turn.now)
    return sentence_answer(turn, "people.declined", name=request.identity.name)


def _decided(speech: Speech, request: JoinRequest | None) -> Card:
    if request is None:
        return sentence(speech.say("people.no_request"))
    key = "people.accepted" if request.accepted_as else "people.declined"
    return sentence(speech.say(key, name=request.identity.name))


def _email(request: JoinRequest) -> str:
    return next(iter(sorted(request.identity.emails)), "–")


async def draw_welcome(drawing: Drawing) -> Card | None:
    community = drawing.community.name
    return Card(
        drawing.say("people.welcome_title"),
        (Text(drawing.say("people.welcome", community=community)), Text(drawing.say("people.try_help"), Tone.SUBTLE)),
        (Button("help", drawing.say("help.button")),),
    )


async def draw_unreachable(drawing: Drawing) -> Card | None:
    """To the coordinator: who could not be reached where they should have been."""
    member = await drawing.work.people.get(drawing.param("person"))
    if member is None:
        return None
    where = {key: drawing.say(f"people.channel.{drawing.params.get(key, 'teams')}") for key in ("channel", "through")}
    text = "people.unreachable" if drawing.params.get("through", "web") == "web" else "people.reached_elsewhere"
    return sentence(drawing.say(text, name=member.person.name, **where))


ROUTES = Routes(
    commands=(
        Command("connect", "koble|kople|connect", connect),
        Command("language", "språk|spraak|sprak|language", language, more=True),
    ),
    buttons={"join.accept": accept, "join.decline": decline},
    templates={
        "people.join_request": draw_join_request,
        "people.welcome": draw_welcome,
        "people.unreachable": draw_unreachable,
    },
)
