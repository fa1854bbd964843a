"""Cases and their numbers, on every storage engine."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from domain.agenda import Case, CaseKind, CaseState, CaseText, Paper
from services.ports import ConflictError
from storage.store import SqlStore

NOW = datetime(2024, 1, 8, 8, tzinfo=UTC)
SAID = CaseText(
    title="Styringsdata",
    kinds=(CaseKind.INFORMATION, CaseKind.DISCUSSION),
    responsible="larvik-sjef",
    about="Tall for 2023",
    proposal="Orienteringen tas til etterretning",
    papers=(Paper("Notat", "https://example.org/notat"), Paper("", "https://example.org/tall")),
)
WRITERS = 50


def case(case_id: str = "a", **changes: object) -> Case:
    made = Case(case_id, "vestfold", "SSU", 2024, 0, SAID, "larvik-sjef", NOW, meeting="m", position=1)
    return replace(made, **changes)  # type: ignore[arg-type]


async def add(store: SqlStore, wanted: Case, community: str = "vestfold") -> Case:
    async with store.begin(community) as work:
        return await work.cases.add(wanted)


async def test_a_case_comes_back_as_it_was_kept(store: SqlStore) -> None:
    whole = case(earliest=date(2024, 2, 1), reference="SSU 2022.39", origin="o", follow_up=date(2024, 6, 1))
    whole = replace(whole, state=CaseState.CONCLUDED, conclusion="Tas til etterretning")
    assert await add(store, whole) == replace(whole, number=1)
    async with store.read("vestfold") as work:
        assert await work.cases.get("a") == replace(whole, number=1)
        assert await work.cases.get("b") is None
        assert await work.cases.coming_from("o") == [replace(whole, number=1)]
        assert await work.cases.followed_up() == [replace(whole, number=1)]
        assert await work.cases.open() == []


async def test_numbers_count_within_the_organ_and_the_year(store: SqlStore) -> None:
    wanted = [("SSU", 2024), ("SSU", 2024), ("AU", 2024), ("SSU", 2025), ("SSU", 2024)]
    given = [await add(store, case(f"c{n}", forum=forum, year=year)) for n, (forum, year) in enumerate(wanted)]
    assert [each.name for each in given] == ["SSU 2024.1", "SSU 2024.2", "AU 2024.1", "SSU 2025.1", "SSU 2024.3"]


async def test_the_same_case_takes_one_number(store: SqlStore) -> None:
    first = await add(store, case())
    assert await add(store, case(said=replace(SAID, title="Noe annet"))) == first
    assert (await add(store, case("b"))).number == 2


async def test_a_number_that_came_to_nothing_is_given_again(store: SqlStore) -> None:
    async def give_up() -> None:
        async with store.begin("vestfold") as work:
            assert (await work.cases.add(case())).number == 1
            raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError):
        await give_up()
    assert (await add(store, case("b"))).number == 1


async def test_fifty_at_the_same_time_leave_no_hole_and_no_double(store: SqlStore) -> None:
    async def write(n: int) -> int:
        async with store.begin("vestfold") as work:
            number = (await work.cases.add(case(f"c{n}"))).number
            await asyncio.sleep(0)  # so that others come in between
            if n % 10 == 3:
                raise RuntimeError("on purpose")
        return number

    results = await asyncio.gather(*(write(n) for n in range(WRITERS)), return_exceptions=True)
    numbers = sorted(result for result in results if isinstance(result, int))
    assert numbers == list(range(1, 46))
    async with store.read("vestfold") as work:
        assert [each.number for each in await work.cases.open()] == numbers


async def test_the_same_case_at_the_same_time_is_one(store: SqlStore) -> None:
    async def write() -> Case | None:
        try:
            return await add(store, case())
        except ConflictError:
            return None  # decided again by whoever asked

    results = await asyncio.gather(*(write() for _ in range(10)))
    assert {each.number for each in results if each} == {1}
    assert (await add(store, case("b"))).number == 2


async def test_who_has_not_seen_the_last_version_changes_nothing(store: SqlStore) -> None:
    kept = await add(store, case())
    async with store.begin("vestfold") as work:
        await work.cases.change(kept.withdrawn())
        assert await work.cases.get("a") == kept.withdrawn()
    with pytest.raises(ConflictError):
        async with store.begin("vestfold") as work:
            await work.cases.change(kept.concluded("Godkjent", None))
    async with store.read("vestfold") as work:
        assert await work.cases.get("a") == kept.withdrawn()


async def test_an_agenda_is_in_its_order_and_what_waits_is_on_none(store: SqlStore) -> None:
    await add(store, case("a", position=2))
    await add(store, case("b", position=1))
    await add(store, case("c", position=2, year=2023))
    await add(store, case("d", meeting="n"))
    await add(store, case("e", meeting=None))
    await add(store, case("f", meeting=None, state=CaseState.WITHDRAWN))
    async with store.read("vestfold") as work:
        assert [each.id for each in await work.cases.of_meetings(["m"])] == ["b", "c", "a"]
        assert {each.id for each in await work.cases.of_meetings(["m", "n"])} == {"a", "b", "c", "d"}
        assert [each.id for each in await work.cases.waiting("SSU")] == ["e"]
        assert await work.cases.waiting("AU") == []


async def test_another_community_sees_nothing_of_it(store: SqlStore) -> None:
    kept = await add(store, case(origin="o", meeting=None, follow_up=date(2024, 6, 1)))
    async with store.begin("nabo") as work:
        assert await work.cases.get("a") is None
        assert await work.cases.open() == []
        assert await work.cases.waiting("SSU") == []
        assert await work.cases.followed_up() == []
        assert await work.cases.coming_from("o") == []
        assert await work.cases.of_meetings(["m"]) == []
        with pytest.raises(ConflictError):
            await work.cases.change(kept.withdrawn())
    assert (await add(store, case(), "nabo")).number == 1
