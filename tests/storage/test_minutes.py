"""What every storage engine promises about meetings and their minutes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.meeting import Attendance, Note, NoteKind
from domain.minutes import Comment, Minutes, MinutesState
from services.ports import ConflictError
from storage.store import SqlStore
from tests.builders import local, round_

NOW = local(2023, 11, 28, 16)
LATER = NOW + timedelta(minutes=5)
NOTE = Note("n1", "round-1", "larvik", NoteKind.POINT, "Fullt", "samhandlingssjef", NOW)
COMMENT = Comment("c1", "round-1", 1, "larvik-sjef", "Fem plasser", LATER)


async def test_attendance_is_none_until_it_is_marked_and_then_as_marked_last(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        assert await work.meetings.attendance("round-1") is None
        await work.meetings.mark("round-1", Attendance(("a", "b"), "Gjest"), "samhandlingssjef", NOW)
    async with store.begin("vestfold") as work:
        assert await work.meetings.attendance("round-1") == Attendance(("a", "b"), "Gjest")
        await work.meetings.mark("round-1", Attendance(), "sekretariat", LATER)
    async with store.read("vestfold") as work:
        assert await work.meetings.attendance("round-1") == Attendance()


async def test_notes_come_in_their_order_and_one_id_is_one_note(store: SqlStore) -> None:
    later = replace(NOTE, id="a0", text="Åpner", unit=None, kind=NoteKind.DECISION)
    async with store.begin("vestfold") as work:
        assert await work.meetings.add_note(NOTE)
        assert await work.meetings.add_note(later)
        assert not await work.meetings.add_note(replace(NOTE, text="En annen"))
        await work.meetings.add_note(replace(NOTE, id="other", round="round-2"))
    async with store.read("vestfold") as work:
        assert await work.meetings.notes("round-1") == [NOTE, later]


async def test_a_note_is_changed_and_taken_away(store: SqlStore) -> None:
    changed = replace(NOTE, unit=None, kind=NoteKind.DECISION, text="Åpner")
    async with store.begin("vestfold") as work:
        await work.meetings.add_note(NOTE)
        await work.meetings.change_note(changed)
        assert await work.meetings.notes("round-1") == [changed]
        await work.meetings.remove_note(NOTE.id, LATER)
        assert await work.meetings.notes("round-1") == []


async def test_minutes_begin_once_and_change_only_from_what_was_seen(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        assert await work.minutes.get("round-1") is None
        await work.minutes.begin("round-1")
        draft = Minutes("round-1")
        assert await work.minutes.get("round-1") == draft
        sent = draft.sent(NOW)
        await work.minutes.change(draft, sent)
        await work.minutes.begin("round-1")
        assert await work.minutes.get("round-1") == sent
        with pytest.raises(ConflictError):
            await work.minutes.change(draft, sent)
        approved = sent.approved(LATER, None)
        await work.minutes.change(sent, approved)
    async with store.read("vestfold") as work:
        assert await work.minutes.get("round-1") == approved


async def test_what_was_sent_is_kept_by_version(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.minutes.keep("round-1", 1, {"units": [{"name": "Færder"}]}, "sekretariat", NOW)
        await work.minutes.keep("round-1", 2, {"units": []}, "sekretariat", LATER)
    async with store.read("vestfold") as work:
        assert await work.minutes.kept("round-1", 1) == {"units": [{"name": "Færder"}]}
        assert await work.minutes.kept("round-1", 2) == {"units": []}
        assert await work.minutes.kept("round-1", 3) is None


async def test_comments_come_in_their_order(store: SqlStore) -> None:
    earlier = replace(COMMENT, id="z", at=NOW)
    async with store.begin("vestfold") as work:
        assert await work.minutes.add_comment(COMMENT)
        assert await work.minutes.add_comment(earlier)
        assert not await work.minutes.add_comment(COMMENT)
    async with store.read("vestfold") as work:
        assert await work.minutes.comments("round-1") == [earlier, COMMENT]


async def test_the_newest_minutes_are_those_of_the_latest_meetings_that_were_sent(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        for n in range(4):
            meeting_at = NOW + timedelta(days=7 * n)
            await work.rounds.add(round_(id=f"round-{n}", meeting_at=meeting_at, meeting_ends_at=meeting_at))
            await work.minutes.begin(f"round-{n}")
            if n < 3:
                await work.minutes.change(Minutes(f"round-{n}"), Minutes(f"round-{n}").sent(NOW))
    async with store.read("vestfold") as work:
        assert [m.round for m in await work.minutes.newest(2)] == ["round-2", "round-1"]
        assert {m.state for m in await work.minutes.newest(9)} == {MinutesState.SENT}


async def test_the_last_meeting_is_known_from_its_summary_on(store: SqlStore) -> None:
    first = round_()
    later = round_(
        id="round-2",
        summary_at=first.summary_at + timedelta(days=7),
        meeting_at=first.meeting_at + timedelta(days=7),
    )
    async with store.begin("vestfold") as work:
        await work.rounds.add(first)
        await work.rounds.add(later)
        assert await work.rounds.last_begun(first.summary_at - timedelta(minutes=1)) is None
        assert await work.rounds.last_begun(first.summary_at) == first
        assert await work.rounds.last_begun(later.summary_at) == later
        await work.rounds.cancel([later.id], NOW)
        assert await work.rounds.last_begun(later.summary_at) == first


async def test_another_community_sees_nothing(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.rounds.add(round_())
        await work.meetings.mark("round-1", Attendance(("a",)), "samhandlingssjef", NOW)
        await work.meetings.add_note(NOTE)
        await work.minutes.begin("round-1")
        await work.minutes.change(Minutes("round-1"), Minutes("round-1").sent(NOW))
        await work.minutes.keep("round-1", 1, {}, "sekretariat", NOW)
        await work.minutes.add_comment(COMMENT)
    async with store.begin("nabo") as work:
        assert await work.rounds.last_begun(LATER) is None
        assert await work.meetings.attendance("round-1") is None
        assert await work.meetings.notes("round-1") == []
        assert await work.minutes.get("round-1") is None
        assert await work.minutes.newest(5) == []
        assert await work.minutes.kept("round-1", 1) is None
        assert await work.minutes.comments("round-1") == []
        await work.meetings.change_note(replace(NOTE, text="Tukl"))
        await work.meetings.remove_note(NOTE.id, LATER)
        with pytest.raises(ConflictError):
            await work.minutes.change(Minutes("round-1").sent(NOW), Minutes("round-1").sent(NOW).approved(LATER, None))
    async with store.read("vestfold") as work:
        assert await work.meetings.notes("round-1") == [NOTE]
