"""Points, decisions and actions, noted one after the other while the meeting goes on."""

from __future__ import annotations

from dataclasses import replace

from dialogs import action_cards, status
from dialogs.card import Button, Card, Choice, Element, Input, InputKind, Quote, Style, Text, Tone, sentence
from dialogs.meeting_form import back_button, refused, round_of, with_first, wrong_text
from dialogs.speech import Speech
from dialogs.turn import Answer, Turn
from domain.action_form import FormRead
from domain.community import Community
from domain.meeting import LONGEST_NOTE, WHOLE_MEETING, Note, NoteKind, NoteRead, may_lead, read_line
from domain.reports import as_text
from domain.rounds import Round
from services import actions, meeting
from services.meeting import Refused

SHOWN_NOTES = 10
"""As many of the newest notes are listed above the form; all of them where they are corrected."""
SHOWN_LABEL = 44
POINT, DECISION = ("punkt", "point"), ("vedtak", "decision")


async def notes(turn: Turn) -> Answer:
    """The form for the next note, below what was noted."""
    round_ = await round_of(turn)
    return round_ if isinstance(round_, Answer) else Answer(await _notes_card(turn, round_))


async def note(turn: Turn) -> Answer:
    """Stores a note; the card comes back ready for the next one, about the same unit."""
    data = turn.event.data
    result = await meeting.note(
        turn.work,
        turn.person,
        as_text(data.get("round")),
        data,
        turn.now,
        key=as_text(data.get("form")) or turn.event.id,
    )
    return await _noted(turn, as_text(data.get("round")), result)


async def _noted(turn: Turn, round_id: str, result: Note | NoteRead | Refused) -> Answer:
    round_ = await turn.work.rounds.get(round_id)
    if isinstance(result, Refused) or round_ is None:
        return await refused(turn, result if isinstance(result, Refused) else Refused.NO_MEETING)
    if isinstance(result, Note):
        return Answer(await _notes_card(turn, round_, unit=result.unit, told=turn.say("at_meeting.noted")))
    return Answer(_wrongly_filled(turn, await _notes_card(turn, round_), result))


async def note_line(turn: Turn) -> Answer:
    """`vedtak Larvik: åpner fire plasser`, from those who lead; from others it is an answer in their open form."""
    if not may_lead(turn.person):
        state = await turn.work.dialogs.get(turn.person.key)
        return await status.typed(turn, state) if state else await refused(turn, Refused.NOT_YOURS)
    round_ = await round_of(turn)
    if isinstance(round_, Answer):
        return round_
    first = turn.event.text.split(":")[0].split()[0].casefold()
    kind = NoteKind.DECISION if first in DECISION else NoteKind.POINT
    typed = read_line(turn.community, turn.event.text, kind)
    result = await meeting.note(turn.work, turn.person, round_.id, typed, turn.now, key=turn.event.id)
    if not isinstance(result, Note):
        return await _noted(turn, round_.id, result)
    buttons = (Button("meeting.notes", turn.say("at_meeting.notes"), {"round": round_.id}),)
    return Answer(Card(turn.say("at_meeting.noted"), (_quote(turn, result),), buttons))


async def edit(turn: Turn) -> Answer:
    """The notes to choose from: one is corrected or taken away."""
    round_ = await round_of(turn)
    return round_ if isinstance(round_, Answer) else Answer(await _edit_card(turn, round_))


async def correct(turn: Turn) -> Answer:
    """The chosen note's form; sent, it takes the note's place."""
    round_ = await round_of(turn)
    if isinstance(round_, Answer):
        return round_
    data = turn.event.data
    found = await meeting.find(turn.work, turn.person, round_.id, as_text(data.get("note")), turn.now)
    if isinstance(found, Refused):
        return Answer(await _edit_card(turn, round_, wrong=turn.say("at_meeting.wrong.no_note")))
    form = _correct_form(turn, round_, found)
    if "text" not in data:
        known = {"unit": found.unit or WHOLE_MEETING, "kind": str(found.kind), "text": found.text}
        return Answer(form.with_inputs(known, {}))
    result = await meeting.correct(turn.work, turn.person, round_.id, found.id, data, turn.now)
    if isinstance(result, NoteRead):
        return Answer(_wrongly_filled(turn, form, result))
    if isinstance(result, Refused):
        return await refused(turn, result)
    return Answer(await _notes_card(turn, round_, told=turn.say("at_meeting.corrected")))


async def unnote(turn: Turn) -> Answer:
    round_ = await round_of(turn)
    if isinstance(round_, Answer):
        return round_
    chosen = as_text(turn.event.data.get("note"))
    result = await meeting.unnote(turn.work, turn.person, round_.id, chosen, turn.now)
    if isinstance(result, Refused):
        return Answer(await _edit_card(turn, round_, wrong=turn.say("at_meeting.wrong.no_note")))
    return Answer(await _notes_card(turn, round_, told=turn.say("at_meeting.removed")))


async def _notes_card(turn: Turn, round_: Round, *, unit: str | None = None, told: str = "") -> Card:
    speech, data = turn.speech, {"round": round_.id}
    noted = await turn.work.meetings.notes(round_.id)
    body: list[Element] = [Text(told, Tone.GOOD)] if told else []
    if len(noted) > SHOWN_NOTES:
        body.append(Text(speech.many("at_meeting.earlier", len(noted) - SHOWN_NOTES), Tone.SUBTLE))
    body += [_quote(turn, known) for known in noted[-SHOWN_NOTES:]]
    # The form's own key: a press that comes twice is one note, and the next form's same words are another.
    press = {**data, "form": turn.event.id}
    buttons = [Button("meeting.note", speech.say("at_meeting.note"), press, Style.PRIMARY, submits=True)]
    if noted:
        buttons.append(Button("meeting.edit", speech.say("at_meeting.edit"), data))
    buttons.append(back_button(speech, round_))
    title = speech.say("at_meeting.notes_title", date=speech.day(round_.meeting_at))
    card = Card(title, (*body, *_note_inputs(speech, turn.community)), tuple(buttons))
    return card.with_inputs({"unit": unit or WHOLE_MEETING, "kind": str(NoteKind.POINT)}, {})


def _note_inputs(speech: Speech, community: Community) -> tuple[Input, ...]:
    units = (Choice(WHOLE_MEETING, speech.say("at_meeting.whole")), *(Choice(u.key, u.name) for u in community.units))
    kinds = tuple(Choice(str(kind), speech.say(f"at_meeting.kind.{kind}")) for kind in NoteKind)
    required = speech.say("status.wrong.required")
    return (
        Input("unit", InputKind.CHOICE, speech.say("at_meeting.field.unit"), choices=units),
        Input("kind", InputKind.CHOICE, speech.say("at_meeting.field.kind"), choices=kinds),
        Input(
            "text",
            InputKind.LONG_TEXT,
            speech.say("at_meeting.field.text"),
            required=True,
            missing=required,
            max_length=LONGEST_NOTE,
        ),
    )


async def _edit_card(turn: Turn, round_: Round, *, wrong: str = "") -> Card:
    speech, data = turn.speech, {"round": round_.id}
    noted = await turn.work.meetings.notes(round_.id)
    if not noted:
        return sentence(speech.say("at_meeting.nothing_noted"), _notes_button(speech, round_))
    choices = tuple(Choice(known.id, _label(turn, known)) for known in noted)
    field = Input("note", InputKind.CHOICE, speech.say("at_meeting.field.note"), error=wrong, choices=choices)
    buttons = (
        Button("meeting.correct", speech.say("at_meeting.correct"), data, Style.PRIMARY, submits=True),
        Button("meeting.unnote", speech.say("at_meeting.remove"), data, Style.DANGER, submits=True),
        _notes_button(speech, round_),
    )
    return Card(speech.say("at_meeting.edit_title"), (field,), buttons)


def _correct_form(turn: Turn, round_: Round, found: Note) -> Card:
    data = {"round": round_.id, "note": found.id}
    buttons = (
        Button("meeting.correct", turn.say("at_meeting.save"), data, Style.PRIMARY, submits=True),
        _notes_button(turn.speech, round_),
    )
    return Card(turn.say("at_meeting.correct_title"), _note_inputs(turn.speech, turn.community), buttons)


def _wrongly_filled(turn: Turn, form: Card, read: NoteRead) -> Card:
    """The same form with what was typed, and what was wrong at its field; a unit that is none cannot be shown again."""
    errors = {key: wrong_text(turn.speech, wrong) for key, wrong in read.mistakes.items()}
    first = Text(turn.speech.many("common.mistakes", len(errors)), Tone.ATTENTION)
    return with_first(form.with_inputs(read.typed, errors), first)


def _quote(turn: Turn, noted: Note) -> Quote:
    return Quote(_about(turn, noted), noted.text)


def _about(turn: Turn, noted: Note) -> str:
    unit = turn.community.unit(noted.unit).name if noted.unit else turn.say("at_meeting.whole")
    return f"{unit}, {turn.say(f'at_meeting.within.{noted.kind}')}"


def _label(turn: Turn, noted: Note) -> str:
    said = f"{_about(turn, noted)}: {noted.text}"
    return said if len(said) <= SHOWN_LABEL else said[: SHOWN_LABEL - 1].rstrip() + "…"


def _notes_button(speech: Speech, round_: Round) -> Button:
    return Button("meeting.notes", speech.say("at_meeting.notes"), {"round": round_.id})


# Actions


async def action(turn: Turn) -> Answer:
    """The form for an action agreed in this meeting, also while its minutes are a draft; it comes back ready."""
    round_ = await round_of(turn)
    if isinstance(round_, Answer):
        return round_
    form = _action_form(turn, round_)
    if "text" not in turn.event.data:
        return Answer(form)
    key = as_text(turn.event.data.get("form")) or turn.event.id
    result = await actions.add_from_form(turn.work, turn.person, turn.event.data, turn.now, key=key, round_id=round_.id)
    if isinstance(result, FormRead):
        return Answer(action_cards.again(turn.speech, form, result.typed, result.mistakes))
    today = turn.speech.local_date(turn.now)
    added = action_cards.quoted(turn.speech, turn.community, result, today)
    body = (Text(turn.say("at_meeting.action_added"), Tone.GOOD), added, *form.body)
    return Answer(replace(form, body=body))


def _action_form(turn: Turn, round_: Round) -> Card:
    press = {"round": round_.id, "form": turn.event.id}
    buttons = (
        Button("meeting.action", turn.say("actions.add"), press, Style.PRIMARY, submits=True),
        _notes_button(turn.speech, round_),
        back_button(turn.speech, round_),
    )
    return Card(turn.say("actions.new"), action_cards.add_inputs(turn.speech, turn.community, None), buttons)
