"""Whoever watches the product is told whether it lives, whether it is ready and how it does, and nothing of content."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import jwt
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from storage.backlog import Backlog
from tests.harness import Running, Town, running
from tests.teams_double import TeamsDouble

CHECKS = {"database": True, "migrations": True, "wakeups": True}


@pytest.fixture
async def outside(database: Path) -> AsyncIterator[Running]:
    async with running(database, dev=False, api_token="hemmelig-nøkkel", secret_key="s" * 32) as made:
        yield made


async def figures(product: Running) -> dict[str, float]:
    status, told = await product.get("/metrics")
    assert status == 200
    samples = [sample for family in text_string_to_metric_families(told) for sample in family.samples]
    return {sample.name: sample.value for sample in samples if not sample.labels}


async def test_health_is_told_without_a_token_and_without_content(outside: Running) -> None:
    assert await outside.get("/healthz") == (200, {"status": "ok"})
    status, answer = await outside.get("/readyz")
    assert status == 200
    assert answer == {"status": "ok", "checks": CHECKS, "warnings": [], "oldest_undelivered_seconds": None}


async def test_a_database_that_is_gone_makes_it_not_ready_but_alive(product: Running) -> None:
    store = product.product.store

    async def gone(*_: object) -> bool:
        raise OSError("disk")

    kept, store.is_newest = store.is_newest, gone  # type: ignore[method-assign]
    try:
        status, answer = await product.get("/readyz")
        assert status == 503
        assert answer["status"] == "not ready"
        assert answer["checks"]["database"] is False
        assert "disk" not in str(answer)
        assert (await product.get("/healthz"))[0] == 200
    finally:
        store.is_newest = kept  # type: ignore[method-assign]


async def test_a_schema_of_another_version_makes_it_not_ready(product: Running, database: Path) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{database}")
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    await engine.dispose()
    status, answer = await product.get("/readyz")
    assert status == 503
    assert answer["checks"] == CHECKS | {"migrations": False}


async def test_signing_keys_that_cannot_be_had_are_a_warning_while_the_rest_goes_on(
    database: Path, double: TeamsDouble
) -> None:
    nowhere = f"{double.url}/nowhere"
    async with running(
        database,
        dev=False,
        teams_openid_metadata_url=nowhere,
        teams_token_url=nowhere,
        teams_app_id="app",
        teams_app_password="p",
        teams_tenant_id="t",
    ) as product:
        signed = jwt.encode({"iss": "https://api.botframework.com"}, "k" * 32, headers={"kid": "new"})
        activity = {"type": "message", "serviceUrl": "https://smba.trafficmanager.net/", "channelId": "msteams"}
        async with product.session.post(
            f"{product.url}/api/messages", json=activity, headers={"Authorization": f"Bearer {signed}"}
        ) as response:
            assert response.status in {400, 401}
        status, answer = await product.get("/readyz")
        assert (status, answer["status"], answer["warnings"]) == (200, "degraded", ["teams_keys"])


async def test_a_message_that_has_waited_long_is_a_warning(product: Running) -> None:
    store, since = product.product.store, product.product.clock.now() - timedelta(minutes=20)

    async def late(*_: object) -> Backlog:
        return Backlog(1, since, 0, 0, None)

    kept, store.backlog = store.backlog, late  # type: ignore[method-assign,assignment]
    try:
        status, answer = await product.get("/readyz")
        assert (status, answer["status"], answer["warnings"]) == (200, "degraded", ["delivery"])
        assert answer["oldest_undelivered_seconds"] == 1200
        assert (await figures(product))["samhandling_outbox_oldest_seconds"] == 1200
    finally:
        store.backlog = kept  # type: ignore[method-assign]


async def test_figures_of_the_process_are_for_prometheus(prompted: Town) -> None:
    await prompted["larvik-sjef"].says("hjelp")
    await prompted.product.clock_to("2023-11-27T16:00:00+01:00")
    found = await figures(prompted.product)
    assert found["samhandling_turns_total"] == 1
    assert found["samhandling_messages_sent_total"] == 11
    assert found["samhandling_outbox_waiting"] == 0
    assert found["samhandling_outbox_parked"] == 0
    assert found["samhandling_due_work_lateness_seconds_count"] > 0
    assert found["process_resident_memory_bytes"] > 1e6


async def test_every_figure_says_what_it_is(product: Running) -> None:
    _, told = await product.get("/metrics")
    families = list(text_string_to_metric_families(told))
    assert {family.type for family in families} <= {"counter", "gauge", "histogram"}
    assert all(family.documentation for family in families)
    assert len({family.name for family in families}) == len(families)


async def test_how_late_the_loop_is_is_measured(product: Running) -> None:
    meters = product.product.meters
    meters.done_late(-1)
    assert (await figures(product))["samhandling_due_work_lateness_seconds_sum"] == 0
    assert "samhandling_loop_lag_seconds_count" in await figures(product)
