"""The meeting's attendance and notes, and its minutes with their versions and comments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import func, update
from sqlmodel import col, select

from domain.meeting import Attendance, Note, NoteKind
from domain.minutes import Comment, Minutes, MinutesState
from domain.minutes_item import ItemText
from services.messages import Json
from services.ports import ConflictError
from storage.repositories import Repository, insert_new
from storage.tables import (
    AttendanceRow,
    MeetingNoteRow,
    MinutesCommentRow,
    MinutesItemRow,
    MinutesRow,
    MinutesVersionRow,
    RoundRow,
)


class MeetingRepository(Repository):
    async def attendance(self, round_id: str) -> Attendance | None:
        row = await self._session.get(AttendanceRow, (self._community, round_id))
        return Attendance(tuple(row.present), row.guests, row.chair, row.secretary) if row else None

    async def mark(self, round_id: str, attendance: Attendance, by: str, now: datetime) -> None:
        row = await self._session.get(AttendanceRow, (self._community, round_id))
        if row is None:
            row = AttendanceRow(community=self._community, round=round_id, guests="", marked_by=by, marked_at=now)
        row.present, row.guests = list(attendance.present), attendance.guests
        row.chair, row.secretary = attendance.chair, attendance.secretary
        row.marked_by, row.marked_at = by, now
        self._session.add(row)
        await self._session.flush()

    async def notes(self, round_id: str) -> Sequence[Note]:
        found = await self._session.exec(
            select(MeetingNoteRow)
            .where(
                MeetingNoteRow.community == self._community,
                MeetingNoteRow.round == round_id,
                col(MeetingNoteRow.removed_at).is_(None),
            )
            .order_by(col(MeetingNoteRow.number), col(MeetingNoteRow.id))
        )
        return [_note(row) for row in found]

    async def add_note(self, note: Note) -> bool:
        # Those taken away are counted too; two notes at the same moment may share a number.
        known = await self._session.exec(
            select(func.count())
            .select_from(MeetingNoteRow)
            .where(MeetingNoteRow.community == self._community, MeetingNoteRow.round == note.round)
        )
        values = {
            "community": self._community,
            "id": note.id,
            "round": note.round,
            "unit": note.unit,
            "kind": str(note.kind),
            "text": note.text,
            "noted_by": note.noted_by,
            "noted_at": note.noted_at,
            "number": known.one() + 1,
        }
        return await insert_new(self._session, MeetingNoteRow, [values]) == 1

    async def change_note(self, note: Note) -> None:
        await self._session.exec(
            update(MeetingNoteRow)
            .where(col(MeetingNoteRow.community) == self._community, col(MeetingNoteRow.id) == note.id)
            .values(unit=note.unit, kind=str(note.kind), text=note.text)
        )

    async def remove_note(self, note_id: str, now: datetime) -> None:
        await self._session.exec(
            update(MeetingNoteRow)
            .where(
                col(MeetingNoteRow.community) == self._community,
                col(MeetingNoteRow.id) == note_id,
                col(MeetingNoteRow.removed_at).is_(None),
            )
            .values(removed_at=now)
        )


class MinutesRepository(Repository):
    async def get(self, round_id: str) -> Minutes | None:
        return await self._recall(f"minutes:{round_id}", partial(self._load, round_id))

    async def _load(self, round_id: str) -> Minutes | None:
        row = await self._session.get(MinutesRow, (self._community, round_id))
        return _minutes(row) if row else None

    async def begin(self, round_id: str) -> None:
        self._changes.remembered = True
        values = {"community": self._community, "round": round_id, "state": str(MinutesState.DRAFT), "version": 0}
        await insert_new(self._session, MinutesRow, [values])

    async def change(self, before: Minutes, after: Minutes) -> None:
        self._changes.remembered = True
        changed = await self._session.exec(
            update(MinutesRow)
            .where(
                col(MinutesRow.community) == self._community,
                col(MinutesRow.round) == before.round,
                col(MinutesRow.state) == str(before.state),
                col(MinutesRow.version) == before.version,
            )
            .values(
                state=str(after.state),
                version=after.version,
                sent_at=after.sent_at,
                approved_at=after.approved_at,
                approved_by=after.approved_by,
            )
        )
        if changed.rowcount != 1:
            raise ConflictError(f"the minutes of {before.round} have been changed meanwhile")

    async def keep(self, round_id: str, version: int, content: Mapping[str, Json], by: str, now: datetime) -> None:
        row = MinutesVersionRow(
            community=self._community, round=round_id, version=version, content=dict(content), sent_by=by, sent_at=now
        )
        self._session.add(row)
        await self._session.flush()

    async def kept(self, round_id: str, version: int) -> Mapping[str, Json] | None:
        row = await self._session.get(MinutesVersionRow, (self._community, round_id, version))
        return row.content if row else None

    async def newest(self, limit: int) -> Sequence[Minutes]:
        return await self._recall(f"newest minutes:{limit}", partial(self._load_newest, limit))

    async def _load_newest(self, limit: int) -> Sequence[Minutes]:
        found = await self._session.exec(
            select(MinutesRow)
            .join(
                RoundRow,
                (col(RoundRow.community) == col(MinutesRow.community)) & (col(RoundRow.id) == col(MinutesRow.round)),
            )
            .where(MinutesRow.community == self._community, MinutesRow.version > 0)
            .order_by(col(RoundRow.meeting_at).desc())
            .limit(limit)
        )
        return [_minutes(row) for row in found]

    async def items(self, meeting: str) -> Mapping[str, ItemText]:
        found = await self._session.exec(
            select(MinutesItemRow).where(MinutesItemRow.community == self._community, MinutesItemRow.meeting == meeting)
        )
        return {row.item: ItemText(row.item, row.text, row.conclusion) for row in found}

    async def put_item(self, meeting: str, item: ItemText, by: str, now: datetime) -> None:
        row = await self._session.get(MinutesItemRow, (self._community, meeting, item.item))
        if row is None:
            row = MinutesItemRow(community=self._community, meeting=meeting, item=item.item)  # type: ignore[call-arg]
        row.text, row.conclusion, row.written_by, row.written_at = item.text, item.conclusion, by, now
        self._session.add(row)
        await self._session.flush()

    async def newest_of(self, meetings: Sequence[str], limit: int) -> Sequence[Minutes]:
        found = await self._session.exec(
            select(MinutesRow).where(
                MinutesRow.community == self._community,
                col(MinutesRow.round).in_(meetings),
                MinutesRow.version > 0,
            )
        )
        order = {meeting: n for n, meeting in enumerate(meetings)}
        known = sorted((_minutes(row) for row in found), key=lambda minutes: order[minutes.round])
        return known[:limit]

    async def comments(self, round_id: str) -> Sequence[Comment]:
        found = await self._session.exec(
            select(MinutesCommentRow)
            .where(MinutesCommentRow.community == self._community, MinutesCommentRow.round == round_id)
            .order_by(col(MinutesCommentRow.at), col(MinutesCommentRow.id))
        )
        return [Comment(row.id, row.round, row.version, row.person, row.text, row.at) for row in found]

    async def add_comment(self, comment: Comment) -> bool:
        values = {
            "community": self._community,
            "id": comment.id,
            "round": comment.round,
            "version": comment.version,
            "person": comment.person,
            "text": comment.text,
            "at": comment.at,
        }
        return await insert_new(self._session, MinutesCommentRow, [values]) == 1


def _note(row: MeetingNoteRow) -> Note:
    return Note(row.id, row.round, row.unit, NoteKind(row.kind), row.text, row.noted_by, row.noted_at)


def _minutes(row: MinutesRow) -> Minutes:
    return Minutes(row.round, MinutesState(row.state), row.version, row.sent_at, row.approved_at, row.approved_by)
