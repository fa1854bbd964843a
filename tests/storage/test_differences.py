"""What every storage engine promises of differences and what was said of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.differences import Figures, Question, Reason, Stand
from services.ports import ConflictError
from storage.store import SqlStore
from tests.builders import local

NOW = local(2023, 11, 27, 9)
QUESTION = Question("round-1", NOW, Figures("larvik", "overliggere", 3, {"medisin": 3, "kirurgi": 1}))
STAND = Stand(
    "round-1", "larvik", "overliggere", "larvik", 1, 3, Reason.RESIDENCE, "Én bor i Horten", "larvik-sjef", NOW
)


async def test_a_difference_is_put_once(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        assert await work.differences.questions("round-1") == []
        assert await work.differences.ask(QUESTION)
        again = replace(QUESTION, figures=Figures("larvik", "overliggere", 9, {}))
        assert not await work.differences.ask(again)
        assert await work.differences.questions("round-1") == [QUESTION]
    async with store.read("vestfold") as work:
        assert await work.differences.questions("round-1") == [QUESTION]
        assert await work.differences.questions("round-2") == []


async def test_every_revision_of_what_was_said_is_kept(store: SqlStore) -> None:
    second = replace(STAND, revision=2, reason=None, because="Telt i går")
    async with store.begin("vestfold") as work:
        await work.differences.stand(STAND)
        assert await work.differences.stands("round-1") == [STAND]
    async with store.begin("vestfold") as work:
        await work.differences.stand(second)
    async with store.read("vestfold") as work:
        assert await work.differences.stands("round-1") == [STAND, second]


async def test_who_comes_second_with_a_revision_is_told(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.differences.stand(STAND)
        with pytest.raises(ConflictError):
            await work.differences.stand(replace(STAND, because="Noe annet"))


async def test_another_community_sees_nothing(store: SqlStore) -> None:
    async with store.begin("vestfold") as work:
        await work.differences.ask(QUESTION)
        await work.differences.stand(STAND)
    async with store.begin("nabo") as work:
        assert await work.differences.questions("round-1") == []
        assert await work.differences.stands("round-1") == []
        assert await work.differences.ask(QUESTION)
