"""What storage promises of evaluations: one answer a person, to be changed until it closes, then nobody's."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from domain.evaluation import Evaluation, EvaluationAnswer, FreeText, Question
from storage.store import SqlStore

NOW = datetime(2024, 1, 23, 16, tzinfo=UTC)
LATER = NOW + timedelta(days=14)
ASKED = ["larvik-sjef", "horten-sjef"]
GOOD = EvaluationAnswer({Question.USEFUL: 5}, {FreeText.WORKED: "Korte møter"})
BAD = EvaluationAnswer({Question.USEFUL: 1, Question.REPORTING: 2}, {})


async def begun(store: SqlStore, community: str = "vestfold", period: str = "p", opened: datetime = NOW) -> None:
    async with store.begin(community) as work:
        await work.evaluations.add(Evaluation(period, opened, LATER), ASKED)


async def put(store: SqlStore, answer: EvaluationAnswer, person: str = "larvik-sjef") -> bool:
    async with store.begin("vestfold") as work:
        return await work.evaluations.put("p", person, answer)


async def test_an_evaluation_is_open_until_it_closes_and_then_stays_closed(store: SqlStore) -> None:
    await begun(store)
    await begun(store, period="newer", opened=NOW + timedelta(hours=1))
    async with store.read("vestfold") as work:
        assert [e.period for e in await work.evaluations.open()] == ["newer", "p"]
        assert await work.evaluations.get("p") == Evaluation("p", NOW, LATER)
        assert await work.evaluations.get("another") is None
    for at in (LATER, LATER + timedelta(days=1)):
        async with store.begin("vestfold") as work:
            await work.evaluations.close("p", at)
    async with store.read("vestfold") as work:
        assert [e.period for e in await work.evaluations.open()] == ["newer"]
        assert await work.evaluations.get("p") == Evaluation("p", NOW, LATER, closed_at=LATER)
        newest = await work.evaluations.newest()
        assert newest is not None
        assert newest.period == "newer"


async def test_a_second_answer_stands_in_place_of_the_first(store: SqlStore) -> None:
    await begun(store)
    assert await put(store, GOOD)
    assert await put(store, BAD)
    async with store.read("vestfold") as work:
        assert await work.evaluations.own("p", "larvik-sjef") == BAD
        assert await work.evaluations.own("p", "horten-sjef") is None
        assert await work.evaluations.answers("p") == [BAD]
        assert await work.evaluations.invited("p") == {"larvik-sjef": True, "horten-sjef": False}


async def test_two_presses_at_the_same_time_are_one_answer(store: SqlStore) -> None:
    await begun(store)
    assert await asyncio.gather(*(put(store, answer) for answer in (GOOD, BAD) * 5)) == [True] * 10
    async with store.read("vestfold") as work:
        assert len(await work.evaluations.answers("p")) == 1


async def test_one_who_was_not_asked_cannot_answer(store: SqlStore) -> None:
    await begun(store)
    assert not await put(store, GOOD, person="samhandlingssjef")
    async with store.read("vestfold") as work:
        assert await work.evaluations.answers("p") == []


async def test_closing_takes_no_more_and_leaves_nothing_that_leads_from_a_person_to_an_answer(store: SqlStore) -> None:
    await begun(store)
    await put(store, GOOD)
    async with store.begin("vestfold") as work:
        await work.evaluations.close("p", LATER)
    assert not await put(store, BAD)
    assert not await put(store, BAD, person="horten-sjef")
    async with store.read("vestfold") as work:
        assert await work.evaluations.own("p", "larvik-sjef") is None
        assert await work.evaluations.answers("p") == [GOOD]
        assert await work.evaluations.invited("p") == {"larvik-sjef": True, "horten-sjef": False}
    engine = create_async_engine(store.url)
    async with engine.connect() as connection:
        links = (await connection.execute(text("SELECT answer FROM evaluation_invited"))).scalars().all()
    await engine.dispose()
    assert links == [None, None]


async def test_another_community_sees_nothing(store: SqlStore) -> None:
    await begun(store)
    await put(store, GOOD)
    async with store.begin("nabo") as work:
        assert await work.evaluations.open() == []
        assert await work.evaluations.get("p") is None
        assert await work.evaluations.newest() is None
        assert await work.evaluations.invited("p") == {}
        assert await work.evaluations.own("p", "larvik-sjef") is None
        assert await work.evaluations.answers("p") == []
        assert not await work.evaluations.put("p", "larvik-sjef", BAD)
        await work.evaluations.close("p", LATER)
    async with store.read("vestfold") as work:
        assert (await work.evaluations.open())[0].is_open
        assert await work.evaluations.answers("p") == [GOOD]
