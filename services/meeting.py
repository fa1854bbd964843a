"""The meeting while it goes on: the running order to those who lead it, who is present, what is noted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2s

from domain.community import Person, Role
from domain.meeting import (
    MOST_NOTES,
    Attendance,
    Note,
    NoteForm,
    NoteRead,
    Wrong,
    may_lead,
    read_attendance,
    read_note,
)
from domain.rounds import Round
from services.audience import active_people, with_role
from services.held import Held, members_of, opens_at, round_subject, subject_of
from services.held import find as find_held
from services.messages import Json, Message, Recipient
from services.ports import DueWork, Work
from services.rounds import answered

LONGEST_BEFORE = timedelta(days=31)
"""How far back the meeting before another one is looked for."""


class Refused(StrEnum):
    """Why nothing was changed."""

    NOT_YOURS = "not_yours"
    NO_MEETING = "no_meeting"  # there is no such round, it was cancelled, or it is not near yet
    APPROVED = "approved"  # its minutes stand
    GONE = "gone"  # there is no such note


async def tell_leaders(work: Work, due: DueWork, now: datetime) -> str | datetime:
    """The running order, to those who lead the meeting, when it begins; pointless once it is over."""
    round_ = await work.rounds.get(str(due.subject["round"]))
    if round_ is None or round_.cancelled_at is not None or now >= round_.meeting_ends_at:
        return "dropped"
    await work.outbox.put(
        *(
            Message(
                key=f"round:{round_.id}:run:{person.key}",
                to=Recipient(person=person.key),
                template="meeting.run",
                params={"round": round_.id},
                expires_at=round_.meeting_ends_at,
                urgent=True,
            )
            for person in await leaders(work)
        ),
        now=now,
    )
    return "done"


async def leaders(work: Work) -> list[Person]:
    """Who gets the running order and the draft of the minutes."""
    return await with_role(work, Role.COORDINATOR, Role.SECRETARIAT)


async def latest(work: Work, now: datetime) -> Round | None:
    """The meeting that notes belong to: the last one whose summary has been posted, before or after it began."""
    return await work.rounds.last_begun(now)


async def last_ended(work: Work, now: datetime) -> Round | None:
    """The last meeting that is over; None when there is none, or none for a month before the one at hand."""
    last = await latest(work, now)
    if last is None or last.meeting_ends_at <= now:
        return last
    return await work.rounds.before(last, last.meeting_at - LONGEST_BEFORE)


async def open_for(work: Work, by: Person, round_id: str, now: datetime) -> Round | Refused:
    """The round, if this person may note something about its meeting now."""
    held = await open_held(work, by, round_id, now)
    return held if isinstance(held, Round | Refused) else Refused.NO_MEETING


async def open_held(work: Work, by: Person, meeting_id: str, now: datetime) -> Held | Refused:
    """The meeting, operational or an organ's, if this person may mark or note something about it now."""
    if not may_lead(by):
        return Refused.NOT_YOURS
    held = await find_held(work, meeting_id)
    if held is None or held.cancelled_at is not None or opens_at(work.community, held) > now:
        return Refused.NO_MEETING
    minutes = await work.minutes.get(held.id)
    return held if minutes is None or minutes.may_change else Refused.APPROVED


# Who is present


async def may_be_present(work: Work, held: Held) -> list[Person]:
    """Everybody of the community: an organ's members, then by unit in the units' order, those without a unit first."""
    order = {unit.key: n for n, unit in enumerate(work.community.units)}
    members = members_of(work.community, held)
    return sorted(
        await active_people(work), key=lambda person: (person.key not in members, order.get(person.unit or "", -1))
    )


async def expected(work: Work, held: Held, now: datetime) -> tuple[str, ...]:
    """Who is ticked at one press: those who answered for a unit in the round, an organ's members."""
    if isinstance(held, Round):
        return await who_answered(work, held, now)
    members = members_of(work.community, held)
    return tuple(person.key for person in await may_be_present(work, held) if person.key in members)


async def who_answered(work: Work, round_: Round, now: datetime) -> tuple[str, ...]:
    """Those who answered for a unit in the round, in the units' order."""
    reports = await answered(work, round_, now)
    keys = [reports[unit.key].answered_by for unit in work.community.units_asked if unit.key in reports]
    return tuple(dict.fromkeys(keys))


async def mark(
    work: Work, by: Person, meeting_id: str, inputs: Mapping[str, object], now: datetime
) -> Attendance | Mapping[str, Wrong] | Refused:
    """Stores who is present, in place of what was marked before."""
    held = await open_held(work, by, meeting_id, now)
    if isinstance(held, Refused):
        return held
    known = frozenset(person.key for person in await may_be_present(work, held))
    read = read_attendance(known, inputs)
    if not isinstance(read, Attendance):
        return read
    before = await work.meetings.attendance(held.id)
    if before != read:
        await work.meetings.mark(held.id, read, by.key, now)
        await work.audit.add(
            "meeting.attendance",
            subject_of(held),
            by=by.key,
            now=now,
            before=_marked(before),
            after=_marked(read),
        )
    return read


def _marked(attendance: Attendance | None) -> dict[str, Json] | None:
    if attendance is None:
        return None
    led_by = {"chair": attendance.chair, "secretary": attendance.secretary}
    named: dict[str, Json] = {key: person for key, person in led_by.items() if person}
    return {"present": list(attendance.present), "guests": attendance.guests, **named}


# What is noted


async def note(
    work: Work, by: Person, round_id: str, inputs: Mapping[str, object], now: datetime, *, key: str
) -> Note | NoteRead | Refused:
    """Stores a point or a decision. The same `key` with the same words is one note, however often it comes."""
    round_ = await open_for(work, by, round_id, now)
    if isinstance(round_, Refused):
        return round_
    read = read_note(work.community, inputs)
    if read.form is None:
        return read
    made = _note(round_, by, read.form, now, key)
    notes = await work.meetings.notes(round_.id)
    if len(notes) >= MOST_NOTES and made.id not in {known.id for known in notes}:
        return NoteRead(None, {"text": Wrong.TOO_MANY}, read.typed)
    if await work.meetings.add_note(made):
        await work.audit.add(
            "meeting.noted", round_subject(round_.id), by=by.key, now=now, id=made.id, after=_shown(made)
        )
    return made


async def correct(
    work: Work, by: Person, round_id: str, note_id: str, inputs: Mapping[str, object], now: datetime
) -> Note | NoteRead | Refused:
    """Another wording, kind or unit for something that was noted."""
    found = await find(work, by, round_id, note_id, now)
    if isinstance(found, Refused):
        return found
    read = read_note(work.community, inputs)
    if read.form is None:
        return read
    changed = replace(found, unit=read.form.unit, kind=read.form.kind, text=read.form.text)
    if changed != found:
        await work.meetings.change_note(changed)
        about: dict[str, Json] = {"id": found.id, "before": _shown(found), "after": _shown(changed)}
        await work.audit.add("meeting.note_corrected", round_subject(round_id), by=by.key, now=now, **about)
    return changed


async def unnote(work: Work, by: Person, round_id: str, note_id: str, now: datetime) -> Note | Refused:
    """Takes a note away."""
    found = await find(work, by, round_id, note_id, now)
    if isinstance(found, Refused):
        return found
    await work.meetings.remove_note(found.id, now)
    about: dict[str, Json] = {"id": found.id, "before": _shown(found)}
    await work.audit.add("meeting.note_removed", round_subject(round_id), by=by.key, now=now, **about)
    return found


async def find(work: Work, by: Person, round_id: str, note_id: str, now: datetime) -> Note | Refused:
    """A note that the person may change."""
    round_ = await open_for(work, by, round_id, now)
    if isinstance(round_, Refused):
        return round_
    notes: Sequence[Note] = await work.meetings.notes(round_.id)
    return next((known for known in notes if known.id == note_id), Refused.GONE)


def _note(round_: Round, by: Person, form: NoteForm, now: datetime, key: str) -> Note:
    parts = "\0".join((round_.id, by.key, key, form.unit or "", form.kind, form.text))
    name = blake2s(parts.encode(), digest_size=8).hexdigest()
    return Note(name, round_.id, form.unit, form.kind, form.text, by.key, now)


def _shown(noted: Note) -> dict[str, Json]:
    return {"unit": noted.unit, "kind": str(noted.kind), "text": noted.text}


HANDLERS = {"round.run": tell_leaders}
"""What falls due."""
