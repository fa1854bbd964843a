"""What every storage engine promises about notices, and about the minutes of the organs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.meeting import Attendance
from domain.minutes import Minutes
from domain.minutes_item import ItemText
from domain.notice import Notice, NoticeDetails
from services.ports import ConflictError
from storage.store import SqlStore
from tests.builders import local

NOW = local(2024, 1, 8, 9)
DRAFT = Notice("m1", NoticeDetails("larvik-sjef", None, "Ta med tall"))


async def test_a_notice_is_none_until_it_is_written_and_then_as_written_last(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        assert await work.notices.get("m1") is None
        await work.notices.put(Notice("m1"), DRAFT)
    async with store.begin("vestfold") as work:
        assert await work.notices.get("m1") == DRAFT
        sent = DRAFT.sent(NOW, "sekretariat")
        await work.notices.put(DRAFT, sent)
        assert await work.notices.get("m1") == sent
        assert await work.notices.of_meetings(["m1", "m2"]) == {"m1": sent}


async def test_what_was_sent_meanwhile_is_not_overwritten(store: SqlStore) -> None:
    sent = DRAFT.sent(NOW, "sekretariat")
    async with store.begin("vestfold") as work:
        await work.notices.put(Notice("m1"), DRAFT)
        await work.notices.put(DRAFT, sent)
    for late in (DRAFT.sent(NOW, "samhandlingssjef"), replace(DRAFT, details=NoticeDetails())):
        with pytest.raises(ConflictError):
            async with store.begin("vestfold") as work:
                await work.notices.put(DRAFT, late)
    async with store.read("vestfold") as work:
        assert await work.notices.get("m1") == sent


async def test_each_version_is_kept_as_it_was_sent(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.notices.keep("m1", 1, {"items": ["Æ"], "host": None}, "sekretariat", NOW)
        await work.notices.keep("m1", 2, {"items": []}, "sekretariat", NOW)
    async with store.read("vestfold") as work:
        assert await work.notices.kept("m1", 1) == {"items": ["Æ"], "host": None}
        assert await work.notices.kept("m1", 3) is None


async def test_another_community_sees_nothing_of_it(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.notices.put(Notice("m1"), DRAFT)
        await work.notices.keep("m1", 1, {"items": []}, "sekretariat", NOW)
    async with store.read("nabo") as work:
        assert await work.notices.get("m1") is None
        assert await work.notices.of_meetings(["m1"]) == {}
        assert await work.notices.kept("m1", 1) is None


# Minutes


async def test_what_is_written_of_an_item_is_what_was_written_last(store: SqlStore) -> None:
    first, second = ItemText("approval", "Enige.", "Godkjennes"), ItemText("c1", "Drøftet.")
    async with store.begin("vestfold") as work:
        assert await work.minutes.items("m1") == {}
        await work.minutes.put_item("m1", first, "sekretariat", NOW)
        await work.minutes.put_item("m1", second, "sekretariat", NOW)
    async with store.begin("vestfold") as work:
        changed = replace(first, text="Alle enige.")
        await work.minutes.put_item("m1", changed, "samhandlingssjef", NOW)
        assert await work.minutes.items("m1") == {"approval": changed, "c1": second}
        assert await work.minutes.items("m2") == {}
    async with store.read("nabo") as work:
        assert await work.minutes.items("m1") == {}


async def test_who_led_and_who_wrote_is_kept_with_who_was_there(store: SqlStore) -> None:
    marked = Attendance(("a",), "Gjest", "a", "b")
    async with store.begin("vestfold") as work:
        await work.meetings.mark("m1", marked, "sekretariat", NOW)
    async with store.read("vestfold") as work:
        assert await work.meetings.attendance("m1") == marked


async def test_the_newest_minutes_of_some_meetings_are_those_that_were_sent(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        for meeting in ("m1", "m2", "m3"):
            await work.minutes.begin(meeting)
            if meeting != "m2":
                await work.minutes.change(Minutes(meeting), Minutes(meeting).sent(NOW))
    async with store.read("vestfold") as work:
        found = await work.minutes.newest_of(["m3", "m2", "m1", "m0"], 5)
        assert [minutes.round for minutes in found] == ["m3", "m1"]
        assert len(await work.minutes.newest_of(["m3", "m1"], 1)) == 1
    async with store.read("nabo") as work:
        assert await work.minutes.newest_of(["m3"], 5) == []
