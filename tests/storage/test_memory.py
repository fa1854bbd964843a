"""What is remembered is never older than the store: not after a change here, in another process, or while one reads."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.absences import Absence
from domain.actions import Action
from domain.community import PreparednessLevel
from domain.differences import Figures, Question
from domain.evaluation import Evaluation
from domain.minutes import Minutes
from domain.periods import LevelChange
from domain.plan.changes import PlannedMeeting
from domain.plan.meeting import Meeting
from services.messages import Address
from services.ports import Amendment, Identity, Work
from storage.store import SqlStore
from tests.builders import period, report, round_
from tests.storage.conftest import communities

NOW = datetime(2023, 11, 27, 8, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
WHO = "larvik-sjef"


@dataclass(frozen=True, slots=True)
class Remembered:
    """Something that a transaction looks up, and what changes it."""

    look: Callable[[Work], Awaitable[Any]]
    change: Callable[[Work], Awaitable[Any]]


async def _minutes_sent(work: Work) -> None:
    await work.rounds.add(round_())
    await work.minutes.begin("round-1")
    await work.minutes.change(Minutes("round-1"), Minutes("round-1").sent(NOW))


async def _level(work: Work) -> None:
    await work.periods.add(period())
    changed = LevelChange("period-1", 1, PreparednessLevel.YELLOW, PreparednessLevel.RED, "", "samhandlingssjef", NOW)
    await work.periods.set_level(changed)


async def _known(work: Work) -> None:
    who = Identity("teams", "t", "u")
    await work.people.know(who, WHO, Address("teams", "t", "c", "http://s", user="u"), NOW)


async def _running(work: Work) -> None:
    await work.periods.add(period())
    await work.rounds.add(round_())


ABSENCE = Absence("a", WHO, "larvik-vara", date(2023, 11, 27), date(2023, 12, 1), WHO, NOW)
ACTION = Action("a", "vestfold", "Fem plasser", "larvik", date(2023, 12, 1), WHO, NOW)
PLANNED = PlannedMeeting("a", Meeting("SSU", date(2024, 2, 29), date(2024, 2, 29)))
QUESTION = Question("round-1", NOW, Figures("larvik", "overliggere", 3, {"medisin": 4}))
WITHDRAWN = Amendment("summary.posted", {"round": "round-1"}, "", True, "samhandlingssjef", NOW)

REMEMBERED = {
    "people": Remembered(lambda work: work.people.all(), lambda work: work.people.set_language(WHO, "nn")),
    "a unit's people": Remembered(
        lambda work: work.people.of_unit("larvik"), lambda work: work.people.set_language(WHO, "nn")
    ),
    "a person": Remembered(lambda work: work.people.get(WHO), lambda work: work.people.set_language(WHO, "nn")),
    "who is no longer with us": Remembered(
        lambda work: work.people.get(WHO), lambda work: work.people.deactivate_absent(frozenset())
    ),
    "where somebody wrote last": Remembered(lambda work: work.people.last_used(WHO), _known),
    "a period": Remembered(lambda work: work.periods.get("period-1"), lambda work: work.periods.add(period())),
    "the level": Remembered(lambda work: work.periods.get("period-1"), _level),
    "periods": Remembered(lambda work: work.periods.not_ended(), lambda work: work.periods.add(period())),
    "a round": Remembered(lambda work: work.rounds.get("round-1"), lambda work: work.rounds.add(round_())),
    "rounds": Remembered(lambda work: work.rounds.running(NOW), _running),
    "an answer": Remembered(
        lambda work: work.reports.newest("round-1", "larvik"), lambda work: work.reports.add(report("larvik", {}))
    ),
    "an open form": Remembered(lambda work: work.dialogs.get(WHO), lambda work: work.dialogs.put(WHO, {"a": 1}, NOW)),
    "absences": Remembered(lambda work: work.absences.not_ended(), lambda work: work.absences.add(ABSENCE)),
    "actions": Remembered(lambda work: work.actions.open(), lambda work: work.actions.add(ACTION)),
    "differences": Remembered(
        lambda work: work.differences.questions("round-1"), lambda work: work.differences.ask(QUESTION)
    ),
    "evaluations": Remembered(
        lambda work: work.evaluations.open(), lambda work: work.evaluations.add(Evaluation("p", NOW, LATER), [WHO])
    ),
    "amendments": Remembered(
        lambda work: work.amendments.get(WITHDRAWN.template, WITHDRAWN.params),
        lambda work: work.amendments.put(WITHDRAWN),
    ),
    "the meeting plan": Remembered(lambda work: work.plan.all(), lambda work: work.plan.put(PLANNED)),
    "minutes": Remembered(lambda work: work.minutes.get("round-1"), lambda work: work.minutes.begin("round-1")),
    "the newest minutes": Remembered(lambda work: work.minutes.newest(1), _minutes_sent),
}


@pytest.fixture(params=sorted(REMEMBERED))
def kind(request: pytest.FixtureRequest) -> Remembered:
    return REMEMBERED[request.param]


@pytest.fixture
async def beside(store: SqlStore) -> AsyncIterator[SqlStore]:
    """The same database as another process has it."""
    opened = SqlStore(store.url, communities())
    yield opened
    await opened.close()


async def seen(store: SqlStore, kind: Remembered, community: str = "vestfold") -> Any:
    async with store.read(community) as work:
        return await kind.look(work)


async def changed(store: SqlStore, kind: Remembered) -> None:
    async with store.begin("vestfold") as work:
        await kind.change(work)


async def test_a_change_is_seen_by_the_next_transaction_and_by_its_own(store: SqlStore, kind: Remembered) -> None:
    before, neighbours = await seen(store, kind), await seen(store, kind, "nabo")
    async with store.begin("vestfold") as work:
        assert await kind.look(work) == before
        await kind.change(work)
        after = await kind.look(work)
    assert after != before
    assert await seen(store, kind) == after
    assert await seen(store, kind, "nabo") == neighbours


async def test_a_change_that_fails_is_not_remembered(store: SqlStore, kind: Remembered) -> None:
    async def half() -> None:
        async with store.begin("vestfold") as work:
            await kind.change(work)
            await kind.look(work)
            raise RuntimeError

    before = await seen(store, kind)
    with pytest.raises(RuntimeError):
        await half()
    assert await seen(store, kind) == before


async def test_what_another_process_changes_is_seen_by_the_next_transaction(
    store: SqlStore, beside: SqlStore, kind: Remembered
) -> None:
    before = await seen(store, kind)
    await changed(beside, kind)
    after = await seen(store, kind)
    assert after != before
    assert after == await seen(beside, kind)


async def test_what_another_process_changes_is_seen_by_the_next_who_writes(
    store: SqlStore, beside: SqlStore, kind: Remembered
) -> None:
    before = await seen(store, kind)
    await changed(beside, kind)
    async with store.begin("vestfold") as work:
        assert await kind.look(work) != before


async def test_who_began_to_read_before_a_change_leaves_nothing_old_behind(
    store: SqlStore, beside: SqlStore, kind: Remembered
) -> None:
    before = await seen(beside, kind)
    async with store.read("vestfold") as work:
        await work.links.all()  # from here on SQLite shows what stands now
        await changed(store, kind)
        await kind.look(work)
    after = await seen(store, kind)
    assert after != before
    assert after == await seen(beside, kind)


async def test_a_slow_commit_is_no_change_from_elsewhere(
    store: SqlStore, beside: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.sqlite_inline.SLOW", -1.0)
    kind = REMEMBERED["a person"]
    first = await seen(store, kind)
    for language in ("nn", "en", "nb"):
        async with store.begin("vestfold") as work:
            await work.people.set_language(WHO, language)
        assert await seen(store, kind) == replace(first, language=language)
    async with beside.begin("vestfold") as work:
        await work.people.set_language(WHO, "en")
    assert await seen(store, kind) == replace(first, language="en")


async def test_where_nobody_can_say_whether_others_have_written_nothing_is_remembered(store: SqlStore) -> None:
    if store.is_shared:
        return
    kind = REMEMBERED["a person"]
    first = await seen(store, kind)
    async with store.begin("vestfold") as work:
        await work.people.set_language(WHO, "nn")
    await store._engines.write.dispose()
    assert await seen(store, kind) == replace(first, language="nn")
