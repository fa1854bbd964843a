"""A database that is gone for a while: what watches the product is told, and it goes on by itself afterwards."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from tests.e2e import outages
from tests.e2e.served import Served, frozen, on_postgres, shut
from tests.engines import server
from tests.harness import MUNICIPALITY
from tests.teams_double import TeamsDouble


@pytest.fixture
async def served(postgres: str, double: TeamsDouble, tmp_path: Path) -> AsyncIterator[Served]:
    async with on_postgres(postgres, tmp_path, double) as made:
        yield made
    assert double.complaints == []


async def test_while_its_database_is_gone_it_lives_and_is_not_ready_and_then_goes_on(served: Served) -> None:
    await served.boss.says("hjelp")
    assert (await served.get("/readyz"))[0] == 200
    with served.without(shut(served)):
        assert (await served.get("/healthz"))[0] == 200
        status, _, _ = await served.get("/readyz")
        assert status == 503
        told = await served.process.get("/readyz")
        assert (told["checks"]["database"], told["database"]) == (False, "unreachable")
    await served.ready()
    assert "database" not in await served.process.get("/readyz")
    assert len(await served.boss.says("hjelp")) == 1


async def test_its_figures_are_there_without_the_database_and_count_what_could_not_be_done(served: Served) -> None:
    assert await served.figure("storage_unavailable_total") == 0
    assert await served.figure("outbox_waiting") == 0
    with served.without(shut(served)):
        await served.unready()
        assert await served.figure("storage_unavailable_total") > 0
        assert await served.figure("storage_unavailable_seconds") > 0
        assert await served.figure("turns_total") == 0
        assert await served.figure("outbox_waiting") == -1  # is not known
    await served.ready()
    assert await served.figure("storage_unavailable_seconds") == 0
    assert await served.figure("outbox_waiting") == 0


async def test_it_is_said_once_that_it_is_gone_and_once_that_it_is_back(served: Served) -> None:
    await outages.it_is_said_once_that_it_is_gone_and_once_that_it_is_back(served, shut)
    [gone] = [line for line in served.logged() if line["event"] == "store_unavailable"]
    assert (gone["level"], gone["why"]) == ("error", "unreachable")


async def test_an_answer_on_teams_comes_back_as_it_was_typed(served: Served) -> None:
    await outages.an_answer_on_teams_comes_back_as_it_was_typed(served, shut)


async def test_an_identity_number_does_not_come_back(served: Served) -> None:
    await outages.an_identity_number_does_not_come_back(served, shut)


async def test_another_press_on_teams_can_be_made_again_from_its_answer(served: Served) -> None:
    await outages.another_press_on_teams_can_be_made_again_from_its_answer(served, shut)


async def test_the_older_way_to_press_is_answered_with_a_message(served: Served) -> None:
    await outages.the_older_way_to_press_is_answered_with_a_message(served, shut)


async def test_what_is_written_is_answered_in_the_language_that_the_person_chose(served: Served) -> None:
    for language, told in (
        ("nn", "Det du skreiv, vart ikkje lagra. Prøv igjen om litt."),
        ("en", "What you wrote was not stored. Please try again in a moment."),
    ):
        await served.larvik.says(f"språk {language}")
        with served.without(shut(served)):
            await served.larvik.says("status")
            await served.double.until(partial(_has_come, served, told))
        await served.ready()


def _has_come(served: Served, text: str) -> bool:
    return served.larvik.last.text == text


async def test_somebody_it_has_not_met_is_answered_in_the_communitys_language(served: Served) -> None:
    with served.without(shut(served)):
        await served.people["horten-sjef"].says("hjelp")
        await served.double.until(lambda: bool(served.people["horten-sjef"].messages))
    assert served.people["horten-sjef"].last.text == "Det du skrev, ble ikke lagret. Prøv igjen om litt."
    await served.ready()


async def test_a_press_in_a_channel_leaves_what_all_read_as_it_is(served: Served) -> None:
    channel = served.double.channel("Samhandling")
    await served.boss.says("koble", where=channel)
    data = {"action": "overview"}
    value = {"action": {"type": "Action.Execute", "verb": "overview", "data": data}}
    press = served.boss.activity("invoke", channel, name="adaptiveCard/action", value=value)
    with served.without(shut(served)):
        status, answer = await served.double.post(press)
    assert status == 200
    assert answer == {
        "statusCode": 200,
        "type": "application/vnd.microsoft.activity.message",
        "value": outages.NOT_STORED,
    }
    await served.ready()


async def test_a_form_on_the_page_comes_back_as_it_was_typed(served: Served) -> None:
    await outages.a_form_on_the_page_comes_back_as_it_was_typed(served, shut)


async def test_what_was_written_on_the_page_comes_back(served: Served) -> None:
    await outages.what_was_written_on_the_page_comes_back(served, shut)


async def test_a_server_that_hangs_is_found_out_and_nobody_waits_for_it(double: TeamsDouble, tmp_path: Path) -> None:
    with server() as host:
        async with on_postgres(host, tmp_path, double) as served:
            await outages.an_answer_on_teams_comes_back_as_it_was_typed(served, frozen)
            with served.without(frozen(served)):
                assert (await served.unready())["database"] == "unreachable"
            await served.ready()


async def test_it_serves_though_its_log_has_no_room(postgres: str, double: TeamsDouble) -> None:
    async with on_postgres(postgres, Path("/dev"), double, log="full") as served:
        await served.prompted()
        with served.without(shut(served)):
            await served.unready()
        await served.ready()
        await served.larvik.presses(served.larvik.last_card, "status.submit", **MUNICIPALITY)
        assert (await served.report())["revision"] == 1
        assert len(served.prompts()) == 1


async def test_other_programs_are_told_to_come_again(served: Served) -> None:
    await outages.other_programs_are_told_to_come_again(served, shut)


async def test_what_falls_due_meanwhile_is_done_once_afterwards(served: Served) -> None:
    await outages.what_falls_due_meanwhile_is_done_once_afterwards(served, shut)


async def test_what_was_sent_is_not_sent_again_because_that_could_not_be_written_down(served: Served) -> None:
    await outages.what_was_sent_is_not_sent_again_because_that_could_not_be_written_down(served, shut)
