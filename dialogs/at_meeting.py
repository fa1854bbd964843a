"""The meeting while it goes on: the running order, who is present, points and decisions noted one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dialogs import status
from dialogs.card import (
    Button,
    Card,
    Choice,
    Element,
    Input,
    InputKind,
    Quote,
    Style,
    Text,
    Tone,
    sentence,
)
from dialogs.running_order import run_card
from dialogs.speech import Speech
from dialogs.status import sentence_answer
from dialogs.turn import Answer, Command, Drawing, Routes, Turn
from domain.community import Community, Person
from domain.identity_numbers import contains_identity_number
from domain.meeting import (
    LONGEST_GUESTS,
    LONGEST_NOTE,
    WHOLE_MEETING,
    Attendance,
    Note,
    NoteKind,
    NoteRead,
    Wrong,
    may_lead,
    read_line,
)
from domain.reports import as_text
from domain.rounds import Round
from services import meeting
from services.meeting import Refused

SHOWN_NOTES = 10
"""As many of the newest notes are listed above the form; all of them where they are corrected."""
SHOWN_LABEL = 44
MOST_PEOPLE = 150
"""As many can be marked on one card; where a community has more, the others are written in."""


async def only_leaders(turn: Turn) -> Answer | None:
    """Anybody else is told who can."""
    if may_lead(turn.person):
        return None
    names = turn.speech.listing([person.name for person in await meeting.leaders(turn.work)])
    return sentence_answer(turn, "at_meeting.not_you", who=names)


async def run(turn: Turn) -> Answer:
    """`møte`: the running order of the meeting that goes on, or of the last one."""
    if refusal := await only_leaders(turn):
        return refusal
    named = as_text(turn.event.data.get("round"))
    round_ = await turn.work.rounds.get(named) if named else await meeting.latest(turn.work, turn.now)
    if round_ is None:
        return sentence_answer(turn, "at_meeting.none")
    if not turn.event.place.personal:
        await turn.send("meeting.run", {"round": round_.id})
        return sentence_answer(turn, "status.sent_in_private")
    return Answer(await run_card(turn.work, turn.speech, round_, turn.now))


async def draw_run(drawing: Drawing) -> Card | None:
    round_ = await drawing.work.rounds.get(drawing.param("round"))
    if round_ is None or round_.cancelled_at is not None:
        return None
    return await run_card(drawing.work, drawing.speech, round_, drawing.now)


async def _round(turn: Turn) -> Round | Answer:
    """The round of the pressed card, if this person may note something about its meeting; else the refusal."""
    named = as_text(turn.event.data.get("round"))
    latest = None if named else await meeting.latest(turn.work, turn.now)
    round_ = await meeting.open_for(turn.work, turn.person, latest.id if latest else named, turn.now)
    return await refused(turn, round_) if isinstance(round_, Refused) else round_


async def refused(turn: Turn, why: Refused) -> Answer:
    if why is Refused.NOT_YOURS and (refusal := await only_leaders(turn)):
        return refusal
    return sentence_answer(turn, f"at_meeting.refused.{why}")


# Who is present


async def present(turn: Turn) -> Answer:
    """The form, or what was marked in it."""
    if "present" not in turn.event.data and "guests" not in turn.event.data:
        round_ = await _round(turn)
        if isinstance(round_, Answer):
            return round_
        known = await turn.work.meetings.attendance(round_.id) or Attendance()
        return Answer(await _attendance_form(turn, round_, known))
    result = await meeting.mark(
        turn.work, turn.person, as_text(turn.event.data.get("round")), turn.event.data, turn.now
    )
    marked = await turn.work.rounds.get(as_text(turn.event.data.get("round")))
    if isinstance(result, Refused) or marked is None:
        return await refused(turn, result if isinstance(result, Refused) else Refused.NO_MEETING)
    if isinstance(result, Attendance):
        told = Text(turn.speech.many("at_meeting.marked", len(result.present)), Tone.GOOD)
        return Answer(await run_card(turn.work, turn.speech, marked, turn.now, told))
    errors = {key: _wrong(turn.speech, wrong) for key, wrong in result.items()}
    form = await _attendance_form(turn, marked, Attendance())
    first = Text(turn.speech.many("common.mistakes", len(errors)), Tone.ATTENTION)
    return Answer(_with_first(form.with_inputs(_typed(turn, "present", "guests"), errors), first))


async def fill_present(turn: Turn) -> Answer:
    """Everybody who has answered is ticked, beside those who were; nothing is stored before it is looked over."""
    round_ = await _round(turn)
    if isinstance(round_, Answer):
        return round_
    typed = _typed(turn, "present", "guests")
    ticked = [key for key in typed["present"].split(",") if key]
    people = {person.key for person in await meeting.may_be_present(turn.work)}
    answered = await meeting.who_answered(turn.work, round_, turn.now)
    chosen = dict.fromkeys([*ticked, *(key for key in answered if key in people)])
    form = await _attendance_form(turn, round_, Attendance(tuple(chosen), typed["guests"]))
    return Answer(_with_first(form, Text(turn.say("at_meeting.filled"), Tone.ATTENTION)))


async def _attendance_form(turn: Turn, round_: Round, known: Attendance) -> Card:
    speech, data = turn.speech, {"round": round_.id}
    people = (await meeting.may_be_present(turn.work))[:MOST_PEOPLE]
    inputs = (
        Input(
            "present",
            InputKind.CHOICES,
            speech.say("at_meeting.field.present"),
            choices=tuple(Choice(p.key, _with_unit(turn.community, p)) for p in people),
        ),
        Input(
            "guests",
            InputKind.TEXT,
            speech.say("at_meeting.field.guests"),
            max_length=LONGEST_GUESTS,
            placeholder=speech.say("at_meeting.guests_example"),
        ),
    )
    buttons = (
        Button("meeting.present", speech.say("at_meeting.save"), data, Style.PRIMARY, submits=True),
        Button("meeting.fill_present", speech.say("at_meeting.fill"), data, submits=True),
        _back(speech, round_),
    )
    card = Card(speech.say("at_meeting.present_title", date=speech.day(round_.meeting_at)), inputs, buttons)
    return card.with_inputs({"present": ",".join(known.present), "guests": known.guests}, {})


def _with_unit(community: Community, person: Person) -> str:
    """Who it is, with the unit where the name does not say it."""
    if person.unit is None or community.unit(person.unit).name.split()[0] in person.name:
        return person.name[:SHOWN_LABEL]
    return f"{person.name[:SHOWN_LABEL]} ({community.unit(person.unit).name[:SHOWN_LABEL]})"


# Points and decisions


async def notes(turn: Turn) -> Answer:
    """The form for the next note, below what was noted."""
    round_ = await _round(turn)
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
        return await status.typed(turn, state) if state else sentence_answer(turn, "help.not_understood")
    round_ = await _round(turn)
    if isinstance(round_, Answer):
        return round_
    first = turn.event.text.split(":")[0].split()[0].casefold()
    kind = NoteKind.DECISION if first in _DECISION else NoteKind.POINT
    typed = read_line(turn.community, turn.event.text, kind)
    result = await meeting.note(turn.work, turn.person, round_.id, typed, turn.now, key=turn.event.id)
    if not isinstance(result, Note):
        return await _noted(turn, round_.id, result)
    buttons = (Button("meeting.notes", turn.say("at_meeting.notes"), {"round": round_.id}),)
    return Answer(Card(turn.say("at_meeting.noted"), (_quote(turn, result),), buttons))


_POINT, _DECISION = ("punkt", "point"), ("vedtak", "decision")


async def edit(turn: Turn) -> Answer:
    """The notes to choose from: one is corrected or taken away."""
    round_ = await _round(turn)
    return round_ if isinstance(round_, Answer) else Answer(await _edit_card(turn, round_))


async def correct(turn: Turn) -> Answer:
    """The chosen note's form; sent, it takes the note's place."""
    round_ = await _round(turn)
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
    round_ = await _round(turn)
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
    buttons.append(_back(speech, round_))
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
    errors = {key: _wrong(turn.speech, wrong) for key, wrong in read.mistakes.items()}
    first = Text(turn.speech.many("common.mistakes", len(errors)), Tone.ATTENTION)
    return _with_first(form.with_inputs(read.typed, errors), first)


def _with_first(card: Card, first: Text) -> Card:
    return Card(card.title, (first, *card.body), card.buttons)


def _wrong(speech: Speech, wrong: Wrong) -> str:
    longest = LONGEST_GUESTS if wrong is Wrong.TOO_LONG_GUESTS else LONGEST_NOTE
    return speech.say(f"at_meeting.wrong.{wrong}", max=speech.number(longest))


def _typed(turn: Turn, *keys: str) -> Mapping[str, str]:
    """What was filled in, as far as it may be shown again."""
    typed = {key: as_text(turn.event.data.get(key)) for key in keys}
    return {key: "" if contains_identity_number(value) else value for key, value in typed.items()}


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


def _back(speech: Speech, round_: Round) -> Button:
    return Button("meeting.run", speech.say("at_meeting.back"), {"round": round_.id})


def _words(*words: Sequence[str]) -> str:
    return "|".join(word for group in words for word in group)


ROUTES = Routes(
    commands=(
        Command("meeting", "møte|meeting", run),
        Command("note", _words(_POINT, _DECISION), note_line, colon=True),
    ),
    buttons={
        "meeting.run": run,
        "meeting.present": present,
        "meeting.fill_present": fill_present,
        "meeting.notes": notes,
        "meeting.note": note,
        "meeting.edit": edit,
        "meeting.correct": correct,
        "meeting.unnote": unnote,
    },
    templates={"meeting.run": draw_run},
    read_only=frozenset({"meeting.fill_present", "meeting.notes", "meeting.edit"}),
)
