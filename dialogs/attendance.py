"""Who is present at the meeting: ticked on one card, all who answered at one press."""

from __future__ import annotations

from collections.abc import Sequence

from dialogs.card import Button, Card, Choice, Input, InputKind, Style, Text, Tone
from dialogs.meeting_form import back_button, refused, typed, with_first, wrong_text
from dialogs.minutes_cards import day_of, writers_card
from dialogs.running_order import run_card
from dialogs.speech import Speech
from dialogs.turn import Answer, Turn
from domain.community import Community, Person
from domain.meeting import LED_BY, LONGEST_GUESTS, NOBODY, Attendance
from domain.minutes import Minutes
from domain.plan.changes import PlannedMeeting
from domain.rounds import Round
from services import meeting, notices
from services.held import Held, find, id_in, reference
from services.meeting import Refused

FIELDS = ("present", "guests", *LED_BY)
LONGEST_NAME = 44
MOST_PEOPLE = 150
"""As many can be marked on one card; where a community has more, the others are written in."""


async def present(turn: Turn) -> Answer:
    """The form, or what was marked in it."""
    data = turn.event.data
    if "present" not in data and "guests" not in data:
        held = await _held(turn)
        if isinstance(held, Answer):
            return held
        return Answer(await _attendance_form(turn, held, await _known(turn, held)))
    result = await meeting.mark(turn.work, turn.person, id_in(data), data, turn.now)
    marked = await find(turn.work, id_in(data))
    if isinstance(result, Refused) or marked is None:
        return await refused(turn, result if isinstance(result, Refused) else Refused.NO_MEETING)
    if isinstance(result, Attendance):
        return Answer(await _after(turn, marked, result))
    errors = {key: wrong_text(turn.speech, wrong) for key, wrong in result.items()}
    form = await _attendance_form(turn, marked, Attendance())
    first = Text(turn.speech.many("common.mistakes", len(errors)), Tone.ATTENTION)
    return Answer(with_first(form.with_inputs(typed(turn, *FIELDS), errors), first))


async def _held(turn: Turn) -> Held | Answer:
    """The meeting of the pressed card, if this person may mark who is there; else the refusal."""
    held = await meeting.open_held(turn.work, turn.person, id_in(turn.event.data), turn.now)
    return await refused(turn, held) if isinstance(held, Refused) else held


async def _known(turn: Turn, held: Held) -> Attendance:
    """What was marked; of an organ's meeting at first those who were to lead and to write."""
    known = await turn.work.meetings.attendance(held.id)
    if known is not None or not isinstance(held, PlannedMeeting):
        return known or Attendance()
    details = (await notices.notice_of(turn.work, held)).details
    return Attendance(chair=details.chair, secretary=details.secretary)


async def _after(turn: Turn, held: Held, marked: Attendance) -> Card:
    """The running order, or the draft of an organ's minutes, with a receipt."""
    told = Text(turn.speech.many("at_meeting.marked", len(marked.present)), Tone.GOOD)
    if isinstance(held, PlannedMeeting):
        found = await turn.work.minutes.get(held.id) or Minutes(held.id)
        return await writers_card(turn.work, turn.speech, turn, held, found, told)
    return await run_card(turn.work, turn.speech, held, turn.now, told)


async def fill_present(turn: Turn) -> Answer:
    """Everybody who has answered, or is a member, is ticked beside those who were; nothing is stored before it is
    looked over."""
    held = await _held(turn)
    if isinstance(held, Answer):
        return held
    filled = typed(turn, *FIELDS)
    ticked = [key for key in filled["present"].split(",") if key]
    people = {person.key for person in await meeting.may_be_present(turn.work, held)}
    expected = await meeting.expected(turn.work, held, turn.now)
    chosen = dict.fromkeys([*ticked, *(key for key in expected if key in people)])
    form = await _attendance_form(turn, held, Attendance())
    text = turn.say("at_meeting.filled" if isinstance(held, Round) else "forum_minutes.filled")
    return Answer(with_first(form.with_inputs({**filled, "present": ",".join(chosen)}, {}), Text(text, Tone.ATTENTION)))


async def _attendance_form(turn: Turn, held: Held, known: Attendance) -> Card:
    speech, data = turn.speech, reference(held)
    people = (await meeting.may_be_present(turn.work, held))[:MOST_PEOPLE]
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
        *(_led_by(speech, people) if isinstance(held, PlannedMeeting) else ()),
    )
    filling = speech.say("at_meeting.fill" if isinstance(held, Round) else "forum_minutes.fill")
    buttons = (
        Button("meeting.present", speech.say("at_meeting.save"), data, Style.PRIMARY, submits=True),
        *((Button("meeting.fill_present", filling, data, submits=True),) if await _may_fill(turn, held) else ()),
        back_button(speech, held) if isinstance(held, Round) else _back_to_minutes(speech, held),
    )
    card = Card(speech.say("at_meeting.present_title", date=day_of(speech, held)), inputs, buttons)
    led_by = {"chair": known.chair or NOBODY, "secretary": known.secretary or NOBODY}
    return card.with_inputs({"present": ",".join(known.present), "guests": known.guests, **led_by}, {})


async def _may_fill(turn: Turn, held: Held) -> bool:
    """Where the community file does not say who is a member of the organ, there is nobody to tick at one press."""
    return isinstance(held, Round) or bool(await meeting.expected(turn.work, held, turn.now))


def _led_by(speech: Speech, people: Sequence[Person]) -> tuple[Input, ...]:
    nobody = Choice(NOBODY, speech.say("notices.not_settled"))
    choices = (nobody, *(Choice(person.key, person.name[:LONGEST_NAME]) for person in people))
    return tuple(
        Input(key, InputKind.CHOICE, speech.say(f"forum_minutes.word.{key}"), choices=choices) for key in LED_BY
    )


def _back_to_minutes(speech: Speech, held: Held) -> Button:
    return Button("minutes.open", speech.say("minutes.back"), reference(held))


def _with_unit(community: Community, person: Person) -> str:
    """Who it is, with the unit where the name does not say it."""
    if person.unit is None or community.unit(person.unit).name.split()[0] in person.name:
        return person.name[:LONGEST_NAME]
    return f"{person.name[:LONGEST_NAME]} ({community.unit(person.unit).name[:LONGEST_NAME]})"
