"""One change as a line: in words where it is known, and readable where it is not."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dialogs.log import _line
from dialogs.speech import Speech
from services.messages import Json
from services.ports import AuditEntry
from storage.store import SqlStore
from tests.builders import OSLO, vestfold

NOW = datetime(2023, 11, 28, 9, 12, tzinfo=UTC)


async def line(
    folder: Path, kind: str, subject: str = "x:1", *, language: str = "nb", details: dict[str, Json] | None = None
) -> str:
    store = SqlStore(f"sqlite+aiosqlite:///{folder}/log.db", [vestfold()])
    await store.open()
    async with store.read("vestfold") as work:
        entry = AuditEntry(1, NOW, None, kind, subject, details or {})
        quote = await _line(work, Speech(language, OSLO), entry)
    await store.close()
    assert quote.who.endswith("Automatic" if language == "en" else "kl. 10.12 · Automatisk")
    return quote.text


@pytest.mark.parametrize(
    ("kind", "details", "said"),
    [
        ("level.set", {"before": {"level": "yellow"}, "after": {"level": "red"}}, "Beredskap: gul → rød"),
        ("something.new", {"before": {"size": 1}, "after": {"size": 2.5}}, "typen something.new. size: 1 → 2,5"),
        ("something.new", {"after": {"a": True, "b": False, "c": None}}, "a: ja; b: nei"),
        ("something.new", {"before": "old", "after": "new"}, "old; new"),
        ("action.moved", {"before": {"due": "2023-12-01"}, "after": {"due": "2023-12-08"}}, "01.12.2023 → 08.12.2023"),
        ("report.answered", {"after": {"klare_pasienter.larvik": 3}}, "venter på kommunen, Larvik kommune: 3"),
        ("meeting.called", {"meeting_at": "2023-11-28T15:00:00+00:00"}, "Møte: tirsdag 28. november kl. 16.00"),
        ("period.started", {"after": {"reasons": ["overliggere", "ferie"]}}, "Årsak: overliggere, ferieavvikling"),
        ("person.changed", {"before": {"unit": "larvik"}, "after": {}}, "Enhet: Larvik kommune → –"),
        ("meeting.noted", {"kind": "decision", "text": "Ja"}, "Type: vedtak; Tekst: Ja"),
        ("meeting.attendance", {"after": {"present": ["larvik-sjef"]}}, "Til stede: Kommunalsjef Larvik"),
        ("meeting.attendance", {"after": {"present": ["sluttet"]}}, "Til stede: sluttet"),
        (
            "meeting.moved",
            {"before": {"forum": "SSU", "start": "13:00"}, "after": {"forum": "SSU", "start": "16:00"}},
            "Et møte i møteplanen er flyttet. Klokkeslett: kl. 13.00 → kl. 16.00",
        ),
        (
            "meeting.added",
            {"before": None, "after": {"end": "15:30", "place": "Stavern"}},
            "Slutt: kl. 15.30; Sted: Stavern",
        ),
        ("x.y", {"text": "a" * 500}, "Tekst: " + "a" * 160 + "…"),
    ],
)
async def test_a_change_reads_as_a_line(tmp_path: Path, kind: str, details: dict[str, Json], said: str) -> None:
    assert said in await line(tmp_path, kind, details=details)


async def test_what_was_done_to_whom_is_named(tmp_path: Path) -> None:
    assert await line(tmp_path, "report.answered", "report:abc:larvik") == "Svarte på status (Larvik kommune)."
    assert "(Horten kommune)" in await line(tmp_path, "difference.asked", "difference:abc:horten:overliggere")
    withdrawn: dict[str, Json] = {"template": "summary.posted", "about": {"round": "r"}}
    assert "(Summary)" in await line(tmp_path, "message.withdrawn", "message:7", language="en", details=withdrawn)


async def test_a_subject_of_another_shape_breaks_nothing(tmp_path: Path) -> None:
    for subject in ("", ":", "report", "report:", "difference", "difference:x", "person:gone", "action:gone"):
        assert "Svarte på status" in await line(tmp_path, "report.answered", subject)
