"""What other programs read: rounds as the contract has them, to those who may, of their own community alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema.validators import Draft202012Validator

from domain.community import Community
from domain.community_file import read_community
from tests.harness import (
    FIRST_PERIOD,
    MUNICIPALITY,
    TOWNS,
    Json,
    Running,
    Snapshot,
    Town,
    clinic,
    everybody,
    running,
    taken_up,
    vestfold,
)
from tests.teams_double import TeamsDouble, TeamsPerson

ROUNDS = "/api/v1/communities/vestfold/rounds"
MONDAY_9 = "2023-11-27T09:00:00+01:00"
TUESDAY = "2023-11-28"
KEYS = {
    "id", "community", "state", "opens_at", "due_at", "meeting_at", "summary_posted_at", "reports", "totals",
    "discrepancies", "discrepancies_pending", "level_suggested", "overliggere_cost_nok_per_day", "actions", "sealed",
    "level", "overliggere_cost_nok_per_day_by_unit",
}  # fmt: skip


async def test_before_the_first_period_there_are_no_rounds(product: Running) -> None:
    assert await product.get(ROUNDS) == (200, {"rounds": []})


async def test_planned_rounds_come_by_time_of_meeting_with_every_unit_missing(town: Town) -> None:
    await town.start()
    rounds = await town.product.rounds()
    assert [r["meeting_at"] for r in rounds] == [
        f"{day}T16:00:00+01:00"
        for day in (
            "2023-11-28", "2023-12-05", "2023-12-12", "2023-12-19",
            "2024-01-02", "2024-01-09", "2024-01-16", "2024-01-23",
        )
    ]  # fmt: skip
    first = rounds[0]
    assert set(first) == KEYS
    assert first["community"] == "vestfold"
    assert first["state"] == "planned"
    assert first["opens_at"] == "2023-11-27T09:00:00+01:00"
    assert first["due_at"] == "2023-11-28T12:00:00+01:00"
    assert first["summary_posted_at"] is None
    assert first["sealed"] is None
    assert [report["unit"] for report in first["reports"]] == [unit.key for unit in vestfold().units_asked]
    assert {report["state"] for report in first["reports"]} == {"missing"}
    assert first["totals"] == {}
    assert first["discrepancies"] == []
    assert first["discrepancies_pending"] == list(TOWNS)
    assert first["overliggere_cost_nok_per_day"] is None
    assert first["actions"] == []


async def test_times_keep_the_wall_clock_across_the_change_to_summer_time(town: Town) -> None:
    await town.product.clock_to("2024-03-18T09:00:00+01:00")
    await town.start(first_meeting="2024-04-02", until="2024-04-02", every_days="7")
    [round_] = await town.product.rounds()
    assert round_["meeting_at"] == "2024-04-02T16:00:00+02:00"
    assert round_["due_at"] == "2024-04-02T12:00:00+02:00"


async def test_a_round_goes_from_planned_to_held(prompted: Town) -> None:
    seen = []
    for moment in ("27T09:00", "28T11:59", "28T12:00", "28T15:59", "28T16:00", "28T17:30"):
        await prompted.product.clock_to(f"2023-11-{moment}:00+01:00")
        seen.append((await prompted.product.round_of(TUESDAY))["state"])
    assert seen == ["collecting", "collecting", "closed", "closed", "held", "held"]


async def test_one_round_is_the_same_as_in_the_list(prompted: Town) -> None:
    await prompted.answers("larvik-sjef", **MUNICIPALITY)
    for round_ in await prompted.product.rounds():
        assert await prompted.product.get(f"{ROUNDS}/{round_['id']}") == (200, round_)


async def test_a_report_says_who_when_and_how_often(prompted: Town) -> None:
    await prompted.product.clock_to("2023-11-28T10:05:00+01:00")
    await prompted["larvik-sjef"].says("status")
    await prompted.answers("larvik-sjef", **MUNICIPALITY)
    assert await prompted.product.report_of(TUESDAY, "larvik") == {
        "unit": "larvik",
        "state": "answered",
        "values": {"situasjon": "yellow", "overliggere": 3, "korttid_ledig": 2, "bemanning": "green"},
        "answered_by": "larvik-sjef",
        "answered_at": "2023-11-28T10:05:00+01:00",
        "revision": 1,
    }


async def test_late_is_what_was_first_answered_after_the_deadline(prompted: Town) -> None:
    await prompted.answers("larvik-sjef", **MUNICIPALITY)
    await prompted.product.clock_to("2023-11-28T12:00:00+01:00")
    await prompted["horten-sjef"].says("status")
    await prompted.answers("horten-sjef", **MUNICIPALITY)
    await prompted.product.clock_to("2023-11-28T12:00:01+01:00")
    await prompted["faerder-sjef"].says("status")
    await prompted.answers("faerder-sjef", **MUNICIPALITY)
    await prompted["larvik-sjef"].presses(prompted["larvik-sjef"].titled("Mottatt")[0], "status.open")
    await prompted["larvik-sjef"].presses(
        prompted["larvik-sjef"].titled("Status fra")[0], "status.submit", overliggere="4"
    )
    states = {r["unit"]: (r["state"], r["revision"]) for r in (await prompted.product.round_of(TUESDAY))["reports"]}
    assert states["horten"] == ("answered", 1)
    assert states["faerder"] == ("late", 1)
    assert states["larvik"] == ("answered", 2)


async def test_totals_count_what_was_answered_and_cost_follows_the_years_rate(prompted: Town) -> None:
    await prompted.answers("larvik-sjef", **MUNICIPALITY)
    await prompted.answers("horten-sjef", **MUNICIPALITY | {"overliggere": "0"}, ohd_ledig="2")
    round_ = await prompted.product.round_of(TUESDAY)
    assert round_["totals"] == {"overliggere": 3, "korttid_ledig": 4, "ohd_ledig": 2}
    assert round_["overliggere_cost_nok_per_day"] == 3 * 5508


async def test_a_difference_is_reported_when_both_sides_have_answered_in_full(prompted: Town) -> None:
    await prompted.answers("larvik-sjef", **MUNICIPALITY)
    await prompted.answers("horten-sjef", **MUNICIPALITY)
    for key in ("medisin", "kirurgi", "kpa"):
        await prompted.answers(f"{key}-sjef", **clinic(larvik=1, horten=2))
    round_ = await prompted.product.round_of(TUESDAY)
    assert round_["discrepancies"] == []
    assert round_["discrepancies_pending"] == list(TOWNS)
    await prompted.answers("kfmr-sjef", **clinic(larvik=0, horten=0))
    round_ = await prompted.product.round_of(TUESDAY)
    assert round_["discrepancies"] == [
        {"unit": "horten", "indicator": "overliggere", "municipality": 3, "hospital": 6, "difference": 3}
    ]
    assert round_["discrepancies_pending"] == ["holmestrand", "tonsberg", "faerder", "sandefjord"]


async def test_the_sealed_picture_has_the_figures_of_the_meetings_beginning(prompted: Town) -> None:
    await prompted.answers("larvik-sjef", **MUNICIPALITY)
    await prompted.product.clock_to("2023-11-28T16:20:00+01:00")
    await prompted["horten-sjef"].says("status")
    await prompted.answers("horten-sjef", **MUNICIPALITY)
    round_ = await prompted.product.round_of(TUESDAY)
    assert round_["totals"]["overliggere"] == 6
    sealed = round_["sealed"]
    assert sealed["as_of"] == "2023-11-28T16:00:00+01:00"
    assert sealed["totals"] == {"overliggere": 3, "korttid_ledig": 2}
    states = {report["unit"]: report["state"] for report in sealed["reports"]}
    assert states["larvik"] == "answered"
    assert states["horten"] == "missing"


async def test_cancelled_rounds_stay_and_say_so(prompted: Town) -> None:
    await prompted.answers("larvik-sjef", **MUNICIPALITY)
    await prompted.boss.says("avslutt")
    await prompted.boss.presses(prompted.boss.last_card, "period.end")
    rounds = await prompted.product.rounds()
    assert [r["state"] for r in rounds] == ["cancelled"] * 8
    assert rounds[0]["totals"]["overliggere"] == 3


async def test_a_suggested_level_is_a_level_or_nothing(prompted: Town) -> None:
    await prompted.answers("larvik-sjef", **MUNICIPALITY)
    assert (await prompted.product.round_of(TUESDAY))["level_suggested"] in ("green", "yellow", "red", None)


# Refusals


NOT_THERE = [
    "/api/v1/communities/ukjent/rounds",
    "/api/v1/communities/ukjent/rounds/1",
    "/api/v1/communities/vestfold/rounds/finnes-ikke",
    "/api/v1/communities/VESTFOLD/rounds",
    "/api/v1/communities/%2e%2e/rounds",
    "/api/v1/communities/vestfold/rounds/%00",
    "/api/v1/communities/vestfold/rounds/%ED%A0%80",
    "/api/v1/finnes-ikke",
    "/api/v2/communities/vestfold/rounds",
]


async def test_what_is_not_there_is_404_with_a_sentence(product: Running) -> None:
    for path in NOT_THERE:
        status, answer = await product.get(path)
        assert status == 404, path
        assert answer["error"].endswith("."), path


async def test_it_is_read_only(product: Running) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        async with product.session.request(method, f"{product.url}{ROUNDS}") as response:
            assert response.status == 405
            assert "GET" in response.headers["Allow"]
            assert (await response.json())["error"]


# Outside --dev


@pytest.fixture
async def outside(database: Path) -> AsyncIterator[Running]:
    """The product in earnest, with Teams off."""
    async with running(database, dev=False, api_token="hemmelig-nøkkel", secret_key="s" * 32) as product:
        yield product


PROTECTED = (
    ROUNDS,
    "/api/v1/communities/vestfold/plan",
    f"{ROUNDS}/x",
    "/api/v1/communities/ukjent/rounds",
    "/api/v1/openapi.json",
    "/metrics",
)


NOT_THE_TOKEN = (
    None, "", "Bearer", "Bearer ", "Bearer feil", "Basic hemmelig-nøkkel", "hemmelig-nøkkel",
    "Bearer hemmelig-nøkke", "Bearer hemmelig-nøkkel2", "Bearer \udcff",
)  # fmt: skip


@pytest.mark.parametrize("path", PROTECTED)
async def test_without_the_token_nothing_is_told(outside: Running, path: str) -> None:
    for given in NOT_THE_TOKEN:
        status, answer = await outside.get(path, {} if given is None else {"Authorization": given})
        assert status == 401, given
        assert answer["error"]


async def test_with_the_token_it_is_read(outside: Running) -> None:
    for scheme in ("Bearer", "bearer"):
        headers = {"Authorization": f"{scheme} hemmelig-nøkkel"}
        assert await outside.get(ROUNDS, headers) == (200, {"rounds": []})
        assert (await outside.get("/api/v1/openapi.json", headers))[0] == 200
        assert (await outside.get("/api/v1/communities/ukjent/rounds", headers))[0] == 404


async def test_without_a_token_set_nobody_reads(database: Path) -> None:
    async with running(database, dev=False, secret_key="s" * 32) as product:
        for given in ("Bearer ", "Bearer x", ""):
            assert (await product.get(ROUNDS, {"Authorization": given}))[0] == 401


async def test_teams_is_off_without_its_settings(outside: Running) -> None:
    assert (await outside.post("/api/messages", {"type": "message"}))[0] == 404


# OpenAPI


async def described(product: Running) -> Json:
    status, document = await product.get("/api/v1/openapi.json")
    assert status == 200
    found: Json = document
    return found


def valid(document: Json, path: str, status: str, answer: Any) -> None:
    response = document["paths"][path]["get"]["responses"][status]
    if "$ref" in response:
        response = document["components"]["responses"][response["$ref"].rpartition("/")[2]]
    schema = response["content"]["application/json"]["schema"]
    whole = {"components": document["components"], "allOf": [schema]}
    Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(answer)


async def test_real_answers_in_every_state_are_as_described(prompted: Town) -> None:
    document = await described(prompted.product)
    Draft202012Validator.check_schema(document["components"]["schemas"]["Round"])
    many, one = (f"/api/v1/communities/{{community}}/{part}" for part in ("rounds", "rounds/{round}"))
    await prompted.answers("larvik-sjef", **MUNICIPALITY, sykefravaer="7,5", behov="Folk")
    for key in ("medisin", "kirurgi", "kpa", "kfmr"):
        await prompted.answers(f"{key}-sjef", **clinic(larvik=1))
    for moment in ("27T09:00", "28T12:00", "28T16:00"):
        await prompted.product.clock_to(f"2023-11-{moment}:00+01:00")
        _, answer = await prompted.product.get(ROUNDS)
        valid(document, many, "200", answer)
        for round_ in answer["rounds"]:
            valid(document, one, "200", round_)
    _, missing = await prompted.product.get(f"{ROUNDS}/x")
    valid(document, one, "404", missing)


async def test_the_description_holds_everything_that_the_contract_names(prompted: Town) -> None:
    schema = (await described(prompted.product))["components"]["schemas"]["Round"]
    assert set(schema["required"]) == KEYS
    round_ = (await prompted.product.rounds())[0]
    assert set(round_) == KEYS


async def test_an_answer_that_lacks_something_is_not_as_described(prompted: Town) -> None:
    document = await described(prompted.product)
    round_ = (await prompted.product.rounds())[0]
    del round_["totals"]
    with pytest.raises(Exception, match="totals"):
        valid(document, "/api/v1/communities/{community}/rounds/{round}", "200", round_)


# Two communities in one installation


@cache
def neighbour() -> Community:
    """Another community with other people, in another tenant; its keys of units are partly the same."""
    text = (Path(__file__).parents[2] / "examples/vestfold/community.yaml").read_text(encoding="utf-8")
    text = text.replace("key: vestfold,", "key: nabo,").replace("key: vestfold\n", "key: nabo\n")
    text = text.replace("Helsefellesskapet i Vestfold", "Helsefellesskapet Naboen")
    text = text.replace(".example", ".nabo.example")
    return read_community(text, source="nabo.yaml")


@dataclass
class Both:
    product: Running
    double: TeamsDouble
    ours: dict[str, TeamsPerson]
    theirs: dict[str, TeamsPerson]


@pytest.fixture
async def both(double: TeamsDouble, database: Path, snapshots: dict[str, Snapshot]) -> AsyncIterator[Both]:
    """Both run a period, and Larvik has answered in each: 3 in Vestfold, 77 with the neighbour."""
    ours = everybody(double)
    our_channel = double.channel("Vestfold")
    theirs = {
        p.key: double.person(f"nabo-{p.key}", email=p.email, name=f"{p.name} (nabo)", tenant="tenant-nabo")
        for p in neighbour().people
    }
    their_channel = double.channel("Naboen", tenant="tenant-nabo")
    their_channel.conversation.members = [person.key for person in theirs.values()]

    async def build(town: Town) -> None:
        for people, channel in ((ours, our_channel), (theirs, their_channel)):
            boss = people["samhandlingssjef"]
            await boss.says("koble", where=channel)
            await boss.says("krise")
            await boss.presses(boss.last_card, "period.start", **FIRST_PERIOD)
        await town.product.clock_to(MONDAY_9)
        for people, figure in ((ours, "3"), (theirs, "77")):
            larvik = people["larvik-sjef"]
            await larvik.presses(larvik.last_card, "status.submit", **MUNICIPALITY | {"overliggere": figure})

    communities = [vestfold(), neighbour()]
    await taken_up(snapshots, "both", build, database, double, ours, communities)
    async with running(database, communities, now=MONDAY_9, teams=double) as product:
        yield Both(product, double, ours, theirs)


async def test_each_community_reads_its_own_rounds(both: Both) -> None:
    ours, theirs = await both.product.rounds("vestfold"), await both.product.rounds("nabo")
    assert ours[0]["totals"]["overliggere"] == 3
    assert theirs[0]["totals"]["overliggere"] == 77
    assert not {r["id"] for r in ours} & {r["id"] for r in theirs}
    for round_ in theirs:
        assert (await both.product.get(f"{ROUNDS}/{round_['id']}"))[0] == 404


async def test_each_overview_and_summary_has_the_own_figures(both: Both) -> None:
    await both.product.clock_to("2023-11-28T15:30:00+01:00")
    for people, own, other in ((both.ours, "3", "77"), (both.theirs, "77", "3")):
        [shown] = await people["leder-pko"].says("oversikt")
        assert f"Overliggere (våre pasienter): {own}" in shown.text
        assert f"Overliggere (våre pasienter): {other}" not in shown.text
    for name, own in (("Vestfold", "3"), ("Naboen", "77")):
        channel = both.double.channel(name)
        [summary] = channel.titled("Samhandlingsmøte")
        assert f"Overliggere (våre pasienter): {own}\n" in summary.text


async def test_a_form_of_one_community_answers_nothing_in_the_other(both: Both) -> None:
    theirs = (await both.product.rounds("nabo"))[0]["id"]
    horten = both.ours["horten-sjef"]
    data = MUNICIPALITY | {"action": "status.submit", "round": theirs}
    value = {"action": {"type": "Action.Execute", "verb": "status.submit", "data": data}}
    status, _ = await horten.sends(horten.activity("invoke", name="adaptiveCard/action", value=value))
    assert status == 200
    for community in ("vestfold", "nabo"):
        round_ = (await both.product.rounds(community))[0]
        assert {r["unit"] for r in round_["reports"] if r["state"] != "missing"} == {"larvik"}
    for action in ("summary.now", "summary.sealed", "reminder.send"):
        value = {"action": {"verb": action, "data": {"action": action, "round": theirs}}}
        for key in ("samhandlingssjef", "horten-sjef"):
            person = both.ours[key]
            _, answer = await person.sends(person.activity("invoke", name="adaptiveCard/action", value=value))
            assert "77" not in str(answer)
            assert "nabo" not in str(answer)


async def test_ending_one_leaves_the_other(both: Both) -> None:
    boss = both.ours["samhandlingssjef"]
    await boss.says("avslutt")
    await boss.presses(boss.last_card, "period.end")
    assert {r["state"] for r in await both.product.rounds("vestfold")} == {"cancelled"}
    assert (await both.product.rounds("nabo"))[0]["state"] == "collecting"
    assert both.theirs["larvik-sjef"].titled("avsluttet") == []


async def test_somebody_of_one_is_unknown_in_the_others_channel(both: Both) -> None:
    theirs = both.double.channel("Naboen", tenant="tenant-nabo")
    theirs.conversation.members = [p.key for p in both.theirs.values()] + ["samhandlingssjef"]
    [answer] = await both.ours["samhandlingssjef"].says("oversikt", where=theirs)
    assert "kjenner deg ikke" in answer.text
    await both.ours["samhandlingssjef"].says("koble", where=theirs)
    await both.product.clock_to("2023-11-28T15:30:00+01:00")
    assert len(theirs.titled("Samhandlingsmøte")) == 1
