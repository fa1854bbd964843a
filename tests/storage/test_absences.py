"""What every storage engine promises of absences."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from domain.absences import Absence
from storage.store import SqlStore
from tests.builders import local

NOW = local(2023, 11, 27, 9)


def absence(key: str = "a", **changes: object) -> Absence:
    made = Absence(
        id=key,
        person="larvik-sjef",
        deputy="larvik-vara",
        first=date(2023, 11, 27),
        last=date(2023, 12, 1),
        set_by="larvik-sjef",
        set_at=NOW,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


async def test_what_was_set_comes_back_as_it_was(store: SqlStore) -> None:
    later = absence("b", deputy=None, first=date(2023, 12, 4), last=date(2023, 12, 4))
    async with store.begin("vestfold") as work:
        await work.absences.add(later)
        await work.absences.add(absence())
    async with store.read("vestfold") as work:
        assert await work.absences.not_ended() == [absence(), later]
        assert await work.absences.get("b") == later
        assert await work.absences.get("c") is None


async def test_an_absence_ends_once_and_stays_on_record(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.absences.add(absence())
        assert len(await work.absences.not_ended()) == 1
    async with store.begin("vestfold") as work:
        assert await work.absences.end("a", NOW, "larvik-sjef")
        assert not await work.absences.end("a", NOW + timedelta(hours=1), "samhandlingssjef")
        assert not await work.absences.end("b", NOW, None)
        assert await work.absences.not_ended() == []
        assert await work.absences.get("a") == absence(ended_at=NOW, ended_by="larvik-sjef")
    async with store.read("vestfold") as work:
        assert await work.absences.not_ended() == []


async def test_who_was_away_on_a_day_is_known_afterwards(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.absences.add(absence())
        await work.absences.end("a", NOW, None)

    async def then(day: int, minutes: int) -> list[str]:
        async with store.read("vestfold") as work:
            found = await work.absences.on(date(2023, 11, day), NOW + timedelta(minutes=minutes))
            return [a.id for a in found]

    assert await then(27, -1) == ["a"]
    assert await then(27, 0) == []
    assert await then(26, -1) == []


async def test_a_transaction_that_fails_leaves_nobody_away(store: SqlStore) -> None:
    async with store.read("vestfold") as work:
        assert await work.absences.not_ended() == []
    try:
        async with store.begin("vestfold") as work:
            await work.absences.add(absence())
            raise RuntimeError
    except RuntimeError:
        pass
    async with store.read("vestfold") as work:
        assert await work.absences.not_ended() == []


async def test_another_community_sees_nothing(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.absences.add(absence())
    async with store.begin("nabo") as work:
        assert await work.absences.not_ended() == []
        assert await work.absences.get("a") is None
        assert await work.absences.on(date(2023, 11, 27), NOW) == []
        assert not await work.absences.end("a", NOW, None)
    async with store.read("vestfold") as work:
        assert await work.absences.not_ended() == [absence()]
