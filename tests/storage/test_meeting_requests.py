"""What units have asked for, kept by every storage engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.extra_meetings import HowSoon, MeetingRequest, Outcome
from services.ports import ConflictError
from storage.store import SqlStore

NOW = datetime(2023, 11, 27, 8, tzinfo=UTC)
REQUEST = MeetingRequest("r1", "vestfold", "larvik", "larvik-sjef", NOW, "Fullt på korttid", HowSoon.TODAY)
DECLINED = replace(
    REQUEST, outcome=Outcome.DECLINED, decided_at=NOW + timedelta(hours=1), decided_by="boss", word="Vi tar det tirsdag"
)


async def add(store: SqlStore, request: MeetingRequest, community: str = "vestfold") -> None:
    async with store.begin(community) as work:
        await work.requests.add(request)


async def decide(store: SqlStore, request: MeetingRequest, community: str = "vestfold") -> None:
    async with store.begin(community) as work:
        await work.requests.decide(request)


async def test_a_request_is_kept_as_it_was_asked_and_decided(store: SqlStore) -> None:
    await add(store, REQUEST)
    async with store.read("vestfold") as work:
        assert await work.requests.get("r1") == REQUEST
    approved = replace(REQUEST, outcome=Outcome.APPROVED, decided_at=NOW, decided_by="boss", round="round-1")
    await decide(store, approved)
    async with store.read("vestfold") as work:
        assert await work.requests.get("r1") == approved
        assert await work.requests.get("r2") is None


async def test_a_unit_has_one_request_open_at_a_time(store: SqlStore) -> None:
    await add(store, REQUEST)
    with pytest.raises(ConflictError):
        await add(store, replace(REQUEST, id="r2"))
    await add(store, replace(REQUEST, id="r3", unit="horten", asked_at=NOW - timedelta(hours=1)))
    async with store.read("vestfold") as work:
        assert [request.id for request in await work.requests.open()] == ["r3", "r1"]
    await decide(store, DECLINED)
    await add(store, replace(REQUEST, id="r2"))
    async with store.read("vestfold") as work:
        assert [request.id for request in await work.requests.open()] == ["r3", "r2"]


async def test_the_first_decision_stands(store: SqlStore) -> None:
    await add(store, REQUEST)
    await decide(store, DECLINED)
    with pytest.raises(ConflictError):
        await decide(store, replace(DECLINED, outcome=Outcome.APPROVED, word=""))
    async with store.read("vestfold") as work:
        assert await work.requests.get("r1") == DECLINED


async def test_another_community_sees_nothing_of_it(store: SqlStore) -> None:
    await add(store, REQUEST)
    async with store.begin("nabo") as work:
        assert await work.requests.get("r1") is None
        assert await work.requests.open() == []
        await work.requests.add(replace(REQUEST, community="nabo"))
    with pytest.raises(ConflictError):
        await decide(store, replace(DECLINED, id="r2"), "nabo")
    await decide(store, DECLINED)
    async with store.read("nabo") as work:
        assert [request.id for request in await work.requests.open()] == ["r1"]
