"""The meeting while it goes on: the running order, and the way to everything that is done in it."""

from __future__ import annotations

from dialogs import attendance, meeting_notes
from dialogs.card import Card
from dialogs.meeting_form import only_leaders
from dialogs.running_order import run_card
from dialogs.turn import Answer, Command, Drawing, Routes, Turn
from dialogs.words import sentence_answer
from domain.reports import as_text
from services import meeting


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


ROUTES = Routes(
    commands=(
        Command("meeting", "møte|meeting", run),
        Command("note", "|".join((*meeting_notes.POINT, *meeting_notes.DECISION)), meeting_notes.note_line, colon=True),
    ),
    buttons={
        "meeting.run": run,
        "meeting.present": attendance.present,
        "meeting.fill_present": attendance.fill_present,
        "meeting.notes": meeting_notes.notes,
        "meeting.note": meeting_notes.note,
        "meeting.edit": meeting_notes.edit,
        "meeting.correct": meeting_notes.correct,
        "meeting.unnote": meeting_notes.unnote,
        "meeting.action": meeting_notes.action,
    },
    templates={"meeting.run": draw_run},
    read_only=frozenset({"meeting.fill_present", "meeting.notes", "meeting.edit"}),
)
