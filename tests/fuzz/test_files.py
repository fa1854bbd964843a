"""Whatever file somebody gives: read, or refused in a sentence; never a crash, and never out of measure."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.plan.files import LARGEST_TEXT, LARGEST_UNPACKED, PlanFileError, rows_in
from domain.community_file import CommunityFileError, read_community
from domain.plan.reading import read_plan
from tests.builders import OSLO, vestfold
from tests.command_line import EXAMPLE, samhandling
from tests.fuzz.amount import cases
from tests.fuzz.values import TEXTS

EXAMPLES = Path(__file__).parents[2] / "examples/vestfold"
FILES = ("moteplan-2024.docx", "moteplan-2024.xlsx", "moteplan-2024.txt")

IN_PLANS = [
    *("BEGIN:VEVENT", "DTSTART:99999999T999999Z", "RRULE:FREQ=DAILY", ";;;;", '"', "\t|\t", "uke 9", "SSU; AU; SSU"),
    *("31. februar 2024", "1.1.1", "29.02.2023", "kl 25–26", "13.00-12.00", "jan feb mars apr", "2024/2025"),
]
PIECES = TEXTS | st.text(max_size=30) | st.sampled_from(IN_PLANS)


def understood(content: bytes, name: str) -> None:
    """Its meetings and doubts, or one line that says what is wrong with it."""
    try:
        found = rows_in(content, name, OSLO)
        plan = read_plan(vestfold(), found.rows)
    except PlanFileError as exc:
        assert len(str(exc).splitlines()) == 1  # noqa: PT017
    else:
        assert len(plan.meetings) <= 2000
        assert all(2000 <= meeting.date.year <= 2100 for meeting in plan.meetings)


@cases("plans")
@given(data=st.data())
def test_no_plan_file_crashes(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([*FILES, "plan.csv", "plan.ics", "plan.txt"]))
    pieces = data.draw(st.lists(PIECES, min_size=1, max_size=4))
    if name not in FILES:
        lines = data.draw(st.lists(st.lists(PIECES, max_size=5).map(";".join), max_size=8))
        head = "BEGIN:VCALENDAR\r\n" if name.endswith("ics") else ""
        understood((head + "\r\n".join(lines)).encode("utf-8", "surrogatepass"), name)
    elif name.endswith("txt"):
        understood(_mangled(data, _entries(name)[""], pieces), name)
    else:
        files = dict(_entries(name))
        for piece in pieces:
            entry = data.draw(st.sampled_from(sorted(files)))
            files[entry] = _mangled(data, files[entry], [piece])
        understood(packed(files), name)


@cache
def _entries(name: str) -> Mapping[str, bytes]:
    """What is in an Office file by its name in it; of a text, itself."""
    content = (EXAMPLES / name).read_bytes()
    if not content.startswith(b"PK"):
        return {"": content}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {entry: archive.read(entry) for entry in archive.namelist()}


def _mangled(data: st.DataObject, content: bytes, pieces: list[str]) -> bytes:
    """With the pieces in the place of others: of a word, of a tag, of anything."""
    for piece in pieces:
        at = data.draw(st.integers(0, len(content)))
        taken = data.draw(st.sampled_from([0, 1, 5, 50, 500]))
        content = content[:at] + piece.encode("utf-8", "surrogatepass") + content[at + taken :]
    return content


def packed(files: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


COMMUNITY = EXAMPLE.read_text(encoding="utf-8")
LINES = COMMUNITY.splitlines()
YAML = ["*a", "&a [*a]", "{", "[[[[", "!!python/object:os.system", "<<: *x", "? [a]", "|", "2024-02-30", "0o17"]


@cases("communities")
@given(data=st.data())
def test_no_community_file_crashes(data: st.DataObject) -> None:
    lines = list(LINES)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        key, colon, _ = lines[at].partition(":")
        value = data.draw(
            PIECES | st.sampled_from(["*a", "&a [*a]", "{", "[[[[", "!!python/object:os.system", "<<: *x"])
        )
        lines[at] = data.draw(st.sampled_from([f"{key}{colon} {value}", f"  {lines[at]}", str(value), ""]))
    text = "\n".join(lines)
    try:
        community = read_community(text)
    except CommunityFileError as exc:
        assert len(str(exc).split("\n")) == len(exc.mistakes)  # noqa: PT017
    else:
        assert community.units


# Out of measure

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def word(body: bytes) -> bytes:
    head = f'<?xml version="1.0"?><w:document xmlns:w="{WORD}"><w:body>'.encode()
    return packed({**_entries(FILES[0]), "word/document.xml": head + body + b"</w:body></w:document>"})


def laughing() -> bytes:
    """A billion of them, from ten lines."""
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    text = f'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY l0 "ha">{lines}]><w:document xmlns:w="{WORD}">'
    text += "<w:body><w:p><w:r><w:t>&l9;</w:t></w:r></w:p></w:body></w:document>"
    return packed({**_entries(FILES[0]), "word/document.xml": text.encode()})


BOMBS: Mapping[str, bytes] = {
    "many paragraphs": word(b"<w:p/>" * (LARGEST_UNPACKED // 6)),
    "one that calls itself a picture": packed({**_entries(FILES[0]), "word/media/a.png": b"\0" * LARGEST_UNPACKED}),
    "entities in entities": laughing(),
    "many entries": packed({**_entries(FILES[1]), **{f"xl/{n}": b"" for n in range(2001)}}),
    "a long text": b"SSU 29.02.24\n" * (LARGEST_TEXT // 12),
}


@pytest.mark.parametrize("bomb", sorted(BOMBS))
def test_what_would_grow_out_of_measure_is_refused(bomb: str) -> None:
    with pytest.raises(PlanFileError) as refused:
        rows_in(BOMBS[bomb], "plan", OSLO)
    assert re.search("which is the most that is read|at most|damaged", str(refused.value))


def test_a_letterhead_with_a_large_picture_is_read() -> None:
    noise = bytes(range(256)) * (LARGEST_UNPACKED // 256)
    with zipfile.ZipFile(made := io.BytesIO(), "w", zipfile.ZIP_STORED) as archive:
        for name, content in {**_entries(FILES[0]), "word/media/a.png": noise}.items():
            archive.writestr(name, content)
    assert len(read_plan(vestfold(), rows_in(made.getvalue(), "plan", OSLO).rows).meetings) == 13


@pytest.mark.parametrize(
    "command",
    [
        ["serve", "--community", "{large}"],
        ["plan", "import", "{large}", "--community", str(EXAMPLE), "--dry-run"],
        ["replay", "--community", str(EXAMPLE), "--data", "{large}", "--out", "out"],
    ],
    ids=["community", "plan", "period"],
)
def test_a_hundred_megabytes_are_refused_before_they_are_read(tmp_path: Path, command: list[str]) -> None:
    large = tmp_path / "large"
    with large.open("wb") as sparse:
        sparse.truncate(50_000_000_000)  # who reads it will not come back in time
    done = samhandling(tmp_path, *(word.format(large=large) for word in command))
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "most" in done.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a device that never ends")
def test_a_device_that_never_ends_is_refused(tmp_path: Path) -> None:
    done = samhandling(tmp_path, "serve", "--community", "/dev/zero")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
