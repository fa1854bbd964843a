"""`frist`: deadlines that follow from no meeting – my own, and for the secretariat everybody's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from dialogs.card import Button, Buttons, Card, Choice, Element, Input, InputKind, Style, Text, Tone
from dialogs.deadline_cards import detail, name_of, quoted
from dialogs.turn import Answer, Command, Drawing, Routes, Turn
from dialogs.words import sentence_answer
from domain.identity_numbers import masks
from domain.plan.deadline_form import (
    LONGEST_DATE,
    MAY_BE_REMINDED_BEFORE,
    DeadlineFormRead,
    Wrong,
    read_deadline,
    read_line,
)
from domain.plan.free_deadlines import FreeDeadline
from domain.plan.meeting import LONGEST_DEADLINE
from domain.plan.reminders import REMINDED_BEFORE
from domain.reports import as_text
from domain.working_time import local_date
from services import deadlines, free_deadlines
from services.messages import Json

MOST_SHOWN = 8


async def command(turn: Turn) -> Answer:
    """`frist`: what is open, and the form; `frist høringsfrist 12.04.24`: the form filled in, to be confirmed."""
    if refusal := _elsewhere(turn):
        return refusal
    _, *line = turn.event.text.split(maxsplit=1)
    if not line or not line[0].strip(" .!"):
        return Answer(await _list(turn))
    typed = read_line(line[0], _today(turn))
    read = await _read(turn, typed, None)
    form = await _form(turn, None, Text(turn.say("free_deadlines.confirm"), Tone.SUBTLE))
    filled = {each.key: each.value for each in form.inputs} | masks(typed)
    return Answer(form.with_inputs(filled, _errors(turn, read)))


async def show_list(turn: Turn) -> Answer:
    return _elsewhere(turn) or Answer(await _list(turn))


async def _list(turn: Turn) -> Card:
    found = await free_deadlines.open_ones(turn.work, turn.person)
    count = turn.speech.many("free_deadlines.open", len(found)) if found else turn.say("free_deadlines.none")
    body: list[Element] = [Text(count, Tone.SUBTLE)]
    for deadline, state in found[:MOST_SHOWN]:
        about: dict[str, Json] = {"deadline": deadline.id}
        show_one = Button("deadline.show", turn.say("free_deadlines.show"), about)
        quote = await quoted(turn.work, turn.speech, deadline, state, _today(turn))
        body += [quote, Buttons((show_one,))]
    if len(found) > MOST_SHOWN:
        body.append(Text(turn.speech.many("free_deadlines.more", len(found) - MOST_SHOWN), Tone.SUBTLE))
    form = await _form(turn, None)
    body += [
        Text(turn.say("free_deadlines.new"), Tone.HEADING),
        Text(turn.say("free_deadlines.in_one_line"), Tone.SUBTLE),
        *form.body,
    ]
    return Card(turn.say("free_deadlines.title"), tuple(body), form.buttons)


async def show(turn: Turn) -> Answer:
    found = await _chosen(turn)
    if not isinstance(found, FreeDeadline):
        return found
    return Answer(await detail(turn.work, turn.speech, found, _today(turn), mine=True))


# The form


async def open_form(turn: Turn) -> Answer:
    """An empty form, or that of the deadline that is to be changed."""
    if refusal := _elsewhere(turn):
        return refusal
    if not as_text(turn.event.data.get("deadline")):
        return Answer(await _form(turn, None))
    found = await _chosen(turn)
    return Answer(await _form(turn, found)) if isinstance(found, FreeDeadline) else found


async def save(turn: Turn) -> Answer:
    """The pressed form: the deadline as it now stands, or the form again with what was wrong."""
    before: FreeDeadline | None = None
    if as_text(turn.event.data.get("deadline")):
        found = await _chosen(turn)
        if not isinstance(found, FreeDeadline):
            return found
        before = found
        if turn.event.data.get("seen") != before.sequence:
            # Somebody else was first: what stands now is shown, and nothing is overwritten unseen.
            told = Text(turn.say("free_deadlines.changed_meanwhile"), Tone.ATTENTION)
            return Answer(await _form(turn, before, told))
    read = await _read(turn, turn.event.data, before)
    if read.form is None:
        form = await _form(turn, before)
        return Answer(form.with_inputs(read.typed, _errors(turn, read)))
    if before is None:
        key = as_text(turn.event.data.get("drawn")) or turn.event.id
        after = await free_deadlines.add(turn.work, read.form, turn.person, turn.now, key=key)
        told = Text(turn.say("free_deadlines.added"), Tone.GOOD)
    else:
        after = await free_deadlines.change(turn.work, before, read.form, turn.person, turn.now)
        told = Text(turn.say("free_deadlines.unchanged" if after == before else "free_deadlines.saved"), Tone.GOOD)
    mine = deadlines.may_settle(turn.person, after)
    return Answer(await detail(turn.work, turn.speech, after, _today(turn), mine=mine, first=(told,)))


async def _read(turn: Turn, inputs: Mapping[str, object], before: FreeDeadline | None) -> DeadlineFormRead:
    owners = {person.key for person in await free_deadlines.may_own(turn.work, turn.person)}
    own = before.owner if before else turn.person.key
    # Whoever may not give deadlines away keeps the owner that there is.
    given = inputs if free_deadlines.may_give(turn.person) else {**inputs, "owner": own}
    return read_deadline(given, owners | {own}, _today(turn), own, before.due if before else None)


async def _form(turn: Turn, before: FreeDeadline | None, *told: Text) -> Card:
    required = turn.say("status.wrong.required")
    text = Input(
        "text",
        InputKind.TEXT,
        turn.say("free_deadlines.field.text"),
        value=before.text if before else "",
        required=True,
        missing=required,
        max_length=LONGEST_DEADLINE,
    )
    due = Input(
        "due",
        InputKind.TEXT,
        turn.say("free_deadlines.field.due"),
        value=turn.speech.short(before.due) if before else "",
        required=True,
        missing=required,
        max_length=LONGEST_DATE,
        placeholder=turn.say("free_deadlines.such_as"),
    )
    remind = Input(
        "remind",
        InputKind.CHOICES,
        turn.say("free_deadlines.field.remind"),
        value=",".join(str(day) for day in (before.reminded_before if before else REMINDED_BEFORE)),
        choices=tuple(Choice(str(d), turn.say(f"free_deadlines.choice.{d}")) for d in MAY_BE_REMINDED_BEFORE),
    )
    owner = await _owner(turn, before)
    data: dict[str, Json] = {"drawn": turn.now.isoformat()}
    if before is not None:
        data = {"deadline": before.id, "seen": before.sequence}
    press = Button("deadline.save", turn.say("free_deadlines.save"), data, Style.PRIMARY, submits=True)
    title = turn.say("free_deadlines.title_change" if before else "free_deadlines.title_new")
    return Card(title, (*told, text, due, *owner, remind), (press,))


async def _owner(turn: Turn, before: FreeDeadline | None) -> tuple[Input, ...]:
    """Whose it is, where that is a question."""
    if not free_deadlines.may_give(turn.person):
        return ()
    people = await free_deadlines.may_own(turn.work, turn.person)
    return (
        Input(
            "owner",
            InputKind.CHOICE,
            turn.say("free_deadlines.field.owner"),
            value=before.owner if before else turn.person.key,
            choices=tuple(Choice(person.key, person.name) for person in people),
        ),
    )


def _errors(turn: Turn, read: DeadlineFormRead) -> Mapping[str, str]:
    def told(key: str, wrong: Wrong) -> str:
        return turn.say(f"free_deadlines.wrong.{wrong}", max=LONGEST_DEADLINE if key == "text" else LONGEST_DATE)

    return {key: told(key, wrong) for key, wrong in read.mistakes.items()}


# Removing


async def ask_remove(turn: Turn) -> Answer:
    found = await _chosen(turn)
    if not isinstance(found, FreeDeadline):
        return found
    about: dict[str, Json] = {"deadline": found.id}
    state = (await turn.work.deadlines.all()).get(found.key)
    quote = await quoted(turn.work, turn.speech, found, state, _today(turn))
    yes = Button("deadline.remove", turn.say("free_deadlines.remove"), about, Style.DANGER)
    keep = Button("deadline.show", turn.say("free_deadlines.keep"), about)
    return Answer(Card(turn.say("free_deadlines.title_remove"), (quote,), (yes, keep)))


async def remove(turn: Turn) -> Answer:
    found = await _chosen(turn)
    if not isinstance(found, FreeDeadline):
        return found
    await free_deadlines.remove(turn.work, found, turn.person, turn.now)
    return sentence_answer(turn, "free_deadlines.removed")


async def _chosen(turn: Turn) -> FreeDeadline | Answer:
    """The deadline that the button is about, if it is there and for this person to change; else what to say."""
    wanted = as_text(turn.event.data.get("deadline"))
    found = await turn.work.free_deadlines.get(wanted) if wanted else None
    if found is None or found.removed_at is not None:
        return sentence_answer(turn, "free_deadlines.gone")
    if not deadlines.may_settle(turn.person, found):
        return sentence_answer(turn, "deadlines.not_you")
    return _elsewhere(turn) or found


def _elsewhere(turn: Turn) -> Answer | None:
    """Deadlines are somebody's own: they are not shown where others read along."""
    return None if turn.event.place.personal else sentence_answer(turn, "free_deadlines.in_private")


def _today(turn: Turn) -> date:
    return local_date(turn.now, turn.community.zone)


# What the one whose deadline it is, is told


async def told(drawing: Drawing) -> Card | None:
    """Given, changed or taken away; pointless when something newer is on its way."""
    found = await drawing.work.free_deadlines.get(drawing.param("deadline"))
    if found is None or (drawing.first and found.sequence != drawing.params["sequence"]):
        return None
    kind, today = drawing.param("kind"), local_date(drawing.now, drawing.community.zone)
    mine = drawing.reader is not None and found.owner == drawing.reader.key
    if kind != free_deadlines.REMOVED and not mine:
        kind = free_deadlines.REMOVED  # it has gone to somebody else since
    who = await name_of(drawing.work, drawing.speech, drawing.param("by"))
    first = Text(drawing.say(f"free_deadlines.told.{kind}", who=who))
    alive = kind != free_deadlines.REMOVED and found.removed_at is None
    return await detail(drawing.work, drawing.speech, found, today, mine=alive, first=(first,))


ROUTES = Routes(
    commands=(Command("deadline", "frist|deadline", command, more=True),),
    buttons={
        "deadline.list": show_list,
        "deadline.show": show,
        "deadline.open": open_form,
        "deadline.save": save,
        "deadline.ask_remove": ask_remove,
        "deadline.remove": remove,
    },
    templates={"deadline.told": told},
    read_only=frozenset({"deadline", "deadline.list", "deadline.show", "deadline.open", "deadline.ask_remove"}),
)
