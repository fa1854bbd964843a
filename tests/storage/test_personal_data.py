"""What is stored about people: every column is in the register, and what it says comes true on both engines."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, insert, select
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

from storage.personal_data import HOLDINGS, Holding, Somebody
from storage.personal_data.holdings import OF_NOBODY, ROWS_GO, STAYS, TEXTS_GO
from storage.personal_data.scrub import without_texts
from storage.store import SqlStore
from storage.tables import CommunityFileRow, EvaluationAnswerRow, EvaluationRow, PersonRow, StatusReportRow
from tests.builders import local

NOW = local(2023, 11, 27, 9)
WHO = Somebody("kari", "Kari Nordmann", "kari@larvik.example")
SECRET = "hemmelig ord fra Kari Nordmann"
ANSWERS = {"overliggere": 3, "situasjon": "yellow", "kommentar": "hemmelig"}
PRIVACY = Path(__file__).parents[2] / "docs/privacy.md"
WITH_PEOPLE = [holding for holding in HOLDINGS if holding.personal and holding.row is not CommunityFileRow]


def names(holding: Holding) -> str:
    return holding.name


def cell(holding: Holding, column: Any, at: datetime, mark: str) -> Any:
    """A value that a row may have there, and that is what the register says of the column."""
    name, is_json = column.name, isinstance(column.type, JSON)
    if name == "community":
        return "vestfold"
    if name in holding.people:
        return [WHO.key] if is_json else {"recipient": f"person:{WHO.key}"}.get(name, WHO.key)
    if name in holding.names:
        return {"name": WHO.name, "email": WHO.email}.get(name, f"{name}-{mark}")
    if name in holding.texts:
        return SECRET
    if name in holding.mixed and is_json:
        return ANSWERS if holding.row is StatusReportRow else {"text": SECRET, "reports": [{"values": ANSWERS}]}
    if name in holding.mixed:
        return WHO.key
    return _plain(column.type, at, f"{name}-{mark}")


def _plain(kind: Any, at: datetime, text: str) -> Any:
    if isinstance(kind, UTCDateTime):
        return at
    by_type = {date: at.date(), time: at.time(), int: 1, bool: False, dict: []}
    return by_type.get(kind.python_type, text)


async def fill(store: SqlStore, at: datetime, mark: str = "a") -> None:
    """One row in each table, with the person and a text wherever the register says that there may be any."""
    async with store.begin("vestfold") as work:
        connection = await work._session.connection()
        for holding in HOLDINGS:
            row = {column.name: cell(holding, column, at, mark) for column in holding.table.columns}
            if "id" in row and row["id"] == 1:
                del row["id"]
            if holding.row is PersonRow:
                row |= {"key": WHO.key, "roles": ["respondent"], "active": False}
            if holding.row in (EvaluationRow, EvaluationAnswerRow):
                row["period"] = "period-1"
            if holding.name == "retention":
                continue
            await connection.execute(insert(holding.table).values(row))


async def everything(store: SqlStore) -> dict[str, list[dict[str, Any]]]:
    async with store.read("vestfold") as work:
        connection = await work._session.connection()
        return {
            holding.name: [
                dict(row)
                for row in (
                    await connection.execute(select(holding.table).where(holding.table.c.community == "vestfold"))
                ).mappings()
            ]
            for holding in HOLDINGS
            if not holding.of_all
        }


def text_of(rows: Any) -> str:
    return json.dumps(rows, default=str, ensure_ascii=False)


def test_every_column_of_the_schema_is_in_the_register() -> None:
    registered = {holding.name: sorted(holding.classified) for holding in HOLDINGS}
    tables = {name: table for name, table in SQLModel.metadata.tables.items() if name not in OF_NOBODY}
    schema = {name: sorted(table.columns.keys()) for name, table in tables.items()}
    assert registered == schema


def test_the_privacy_page_says_the_same_as_the_register() -> None:
    page = PRIVACY.read_text(encoding="utf-8")
    for holding in WITH_PEOPLE:
        columns = ", ".join(f"`{column}`" for column in holding.personal)
        assert f"| `{holding.name}` | {columns} | {holding.why} | {holding.after} |" in page


@pytest.mark.parametrize(
    "holding", [h for h in HOLDINGS if h.after != STAYS and h.row is not EvaluationAnswerRow], ids=names
)
def test_what_goes_has_an_age(holding: Holding) -> None:
    assert holding.age in holding.table.columns


async def test_texts_go_when_they_are_old_and_figures_stay(store: SqlStore) -> None:
    await fill(store, NOW)
    await store.sweep("vestfold", NOW)
    assert text_of(await everything(store)).count("hemmelig") > 10
    assert await store.sweep("vestfold", NOW + timedelta(seconds=1)) > 10
    found = await everything(store)
    for holding in (one for one in HOLDINGS if not one.of_all):
        left = text_of([{c: row[c] for c in (*holding.texts, *holding.mixed)} for row in found[holding.name]])
        if holding.after == TEXTS_GO:
            assert "hemmelig" not in left, holding.name
        if holding.after == ROWS_GO:
            assert not found[holding.name], holding.name
    assert found["status_report"][0]["values"] == {"overliggere": 3, "situasjon": "yellow"}
    assert found["round"][0]["sealed"]["reports"] == [{"values": {"overliggere": 3, "situasjon": "yellow"}}]
    assert found["evaluation_answer"][0]["texts"] == {}
    assert "hemmelig" in text_of(found["minutes_version"]), "minutes that were sent are a record"


async def test_what_is_swept_is_not_swept_again_and_the_new_stays(store: SqlStore) -> None:
    await store.sweep("vestfold", NOW)
    await fill(store, NOW)
    before = await everything(store)
    assert await store.sweep("vestfold", NOW - timedelta(days=3)) == 0
    after = await everything(store)
    assert {name: rows for name, rows in after.items() if name != "retention"} == {
        name: rows for name, rows in before.items() if name != "retention"
    }


async def test_everything_about_a_person_is_found_wherever_it_stands(store: SqlStore) -> None:
    await fill(store, NOW)
    found = await store.everything_about("vestfold", WHO)
    assert set(found) == {holding.name for holding in WITH_PEOPLE}
    json.dumps(found)
    assert await store.everything_about("nabo", WHO) == {}


async def test_whoever_is_erased_is_nowhere_any_more_and_the_figures_are(store: SqlStore) -> None:
    await fill(store, NOW)
    erased = await store.erase("vestfold", WHO, NOW)
    found = await everything(store)
    left = text_of({name: rows for name, rows in found.items() if name != "community_file"})
    for trace in ("kari", WHO.name, WHO.email):
        assert trace not in left.replace(erased.key, ""), trace
    assert found["status_report"][0]["values"] == {"overliggere": 3, "situasjon": "yellow"}
    assert found["status_report"][0]["answered_by"] == erased.key
    [person] = [row for row in found["person"] if row["key"] == erased.key]
    assert (person["name"], person["email"], person["active"]) == ("(slettet)", "", False)
    assert not found["identity"]
    assert "person.erased" in {row["kind"] for row in found["audit"]}


async def test_another_communitys_rows_stay_as_they_are(store: SqlStore) -> None:
    async with store.read("nabo") as work:
        before = await work.people.all()
    await fill(store, NOW)
    await store.erase("vestfold", WHO, NOW)
    await store.sweep("vestfold", NOW + timedelta(days=9))
    async with store.read("nabo") as work:
        assert await work.people.all() == before


async def test_a_role_that_is_one_word_is_no_name_and_a_key_within_another_is_another(store: SqlStore) -> None:
    role = Somebody("larvik", "Sekretariatet", "post@larvik.example")
    assert role.replaced("Sekretariatet i larvik-sjef", "x", "y") == "Sekretariatet i larvik-sjef"
    assert role.replaced("person:larvik#2", "x", "y") == "person:x#2"
    assert role.replaced("Skriv til Post@Larvik.example.", "x", "y") == "Skriv til y."


def test_json_without_texts_keeps_keys_dates_and_figures() -> None:
    kept = {"day": "2023-11-27", "at": "2023-11-27T09:00:00+01:00", "owner": "larvik", "n": 3, "ok": None}
    assert without_texts(kept | {"note": "ja", "other": "to ord", "texts": ["a"]}) == kept | {
        "note": "",
        "other": "",
        "texts": [],
    }
