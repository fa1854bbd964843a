"""`tilgang`: links that were mailed and sign-ins on the page are revoked; the coordinator may do it for anybody."""

from __future__ import annotations

from dialogs.card import Button, Card, Choice, Input, InputKind, Style, Text, Tone
from dialogs.crisis import only_coordinator
from dialogs.speech import Speech
from dialogs.turn import Answer, Command, Drawing, Routes, Turn
from dialogs.words import sentence_answer
from domain.community import Person, Role
from domain.reports import as_text
from services import access
from services.audience import active_people
from services.ports import Work


async def show(turn: Turn) -> Answer:
    if not turn.event.place.personal:
        await turn.send("access.form", {})
        return sentence_answer(turn, "status.sent_in_private")
    return Answer(await _form(turn.work, turn.speech, turn.person))


async def draw_form(drawing: Drawing) -> Card | None:
    return await _form(drawing.work, drawing.speech, drawing.reader) if drawing.reader else None


async def revoke(turn: Turn) -> Answer:
    """For whom the form says; without a word of that, one's own."""
    chosen = as_text(turn.event.data.get("person")) or turn.person.key
    if chosen != turn.person.key and (refusal := await only_coordinator(turn)):
        return refusal
    person = next((person for person in await active_people(turn.work) if person.key == chosen), None)
    if person is None:
        card = await _form(turn.work, turn.speech, turn.person)
        return Answer(card.with_inputs({"person": chosen}, {"person": turn.say("access.not_here")}))
    await access.revoke(turn.work, person, by=turn.person.key, now=turn.now)
    if person == turn.person:
        return sentence_answer(turn, "access.revoked_own")
    return sentence_answer(turn, "access.revoked", name=person.name)


async def _form(work: Work, speech: Speech, reader: Person) -> Card:
    about = (Text(speech.say("access.about")), Text(speech.say("access.chat_stays"), Tone.SUBTLE))
    press = Button("access.revoke", speech.say("access.revoke"), style=Style.DANGER, submits=True)
    return Card(speech.say("access.title"), (*about, *await _whose(work, speech, reader)), (press,))


async def _whose(work: Work, speech: Speech, reader: Person) -> tuple[Input, ...]:
    """The coordinator says whose."""
    if not reader.has(Role.COORDINATOR):
        return ()
    people = sorted(await active_people(work), key=lambda person: person.name)
    choices = tuple(Choice(person.key, person.name) for person in people)
    return (Input("person", InputKind.CHOICE, speech.say("access.whose"), value=reader.key, choices=choices),)


ROUTES = Routes(
    commands=(Command("access", "tilgang|access", show),),
    buttons={"access.revoke": revoke},
    templates={"access.form": draw_form},
)
