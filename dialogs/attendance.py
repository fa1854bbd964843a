"""Who is present at the meeting: ticked on one card, all who answered at one press."""

from __future__ import annotations

from dialogs.card import Button, Card, Choice, Input, InputKind, Style, Text, Tone
from dialogs.meeting_form import back_button, refused, round_of, typed, with_first, wrong_text
from dialogs.running_order import run_card
from dialogs.turn import Answer, Turn
from domain.community import Community, Person
from domain.meeting import LONGEST_GUESTS, Attendance
from domain.reports import as_text
from domain.rounds import Round
from services import meeting
from services.meeting import Refused

LONGEST_NAME = 44
MOST_PEOPLE = 150
"""As many can be marked on one card; where a community has more, the others are written in."""


async def present(turn: Turn) -> Answer:
    """The form, or what was marked in it."""
    if "present" not in turn.event.data and "guests" not in turn.event.data:
        round_ = await round_of(turn)
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
    errors = {key: wrong_text(turn.speech, wrong) for key, wrong in result.items()}
    form = await _attendance_form(turn, marked, Attendance())
    first = Text(turn.speech.many("common.mistakes", len(errors)), Tone.ATTENTION)
    return Answer(with_first(form.with_inputs(typed(turn, "present", "guests"), errors), first))


async def fill_present(turn: Turn) -> Answer:
    """Everybody who has answered is ticked, beside those who were; nothing is stored before it is looked over."""
    round_ = await round_of(turn)
    if isinstance(round_, Answer):
        return round_
    filled = typed(turn, "present", "guests")
    ticked = [key for key in filled["present"].split(",") if key]
    people = {person.key for person in await meeting.may_be_present(turn.work)}
    answered = await meeting.who_answered(turn.work, round_, turn.now)
    chosen = dict.fromkeys([*ticked, *(key for key in answered if key in people)])
    form = await _attendance_form(turn, round_, Attendance(tuple(chosen), filled["guests"]))
    return Answer(with_first(form, Text(turn.say("at_meeting.filled"), Tone.ATTENTION)))


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
        back_button(speech, round_),
    )
    card = Card(speech.say("at_meeting.present_title", date=speech.day(round_.meeting_at)), inputs, buttons)
    return card.with_inputs({"present": ",".join(known.present), "guests": known.guests}, {})


def _with_unit(community: Community, person: Person) -> str:
    """Who it is, with the unit where the name does not say it."""
    if person.unit is None or community.unit(person.unit).name.split()[0] in person.name:
        return person.name[:LONGEST_NAME]
    return f"{person.name[:LONGEST_NAME]} ({community.unit(person.unit).name[:LONGEST_NAME]})"
