"""Opens a meeting plan: Word, Excel, CSV, calendar file or text, to rows of cells. Nothing large is read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from domain.plan.ics_reading import rows_of_calendar
from domain.plan.meeting import Doubt, Row
from domain.plan.text_table import UnreadableTextError, rows_of_csv, rows_of_text

LARGEST_FILE = 20_000_000
"""Bytes of an Office file: a letterhead may bear large pictures."""
LARGEST_TEXT = 2_000_000
LARGEST_UNPACKED = 8_000_000
"""Bytes of what is read of an Office file; reading takes some forty times as much memory."""
MOST_ENTRIES = 2000
_MEDIA = ("word/media/", "xl/media/")

ACCEPTED = "Word (.docx), Excel (.xlsx), CSV, a calendar file (.ics) or plain text"


class Fault(StrEnum):
    """What is wrong with a file, for those who are told in their own language."""

    NOT_THERE = "not_there"
    TOO_LARGE = "too_large"
    OLD_OFFICE = "old_office"
    PDF = "pdf"
    NO_TEXT = "no_text"
    NOT_OFFICE = "not_office"
    DAMAGED = "damaged"


class PlanFileError(Exception):
    """One line: the file, what is wrong with it, what is accepted."""

    def __init__(self, told: str, fault: Fault) -> None:
        super().__init__(told)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class FileRows:
    rows: Iterable[Row]
    doubts: Sequence[Doubt] = ()


def open_plan(file: Path, zone: ZoneInfo) -> FileRows:
    """The rows of a file, by what is in it and not by its name. Raises PlanFileError."""
    try:
        size = file.stat().st_size
        if not file.is_file():
            raise PlanFileError(f"{file}: no file; accepted: {ACCEPTED}", Fault.NOT_THERE)
        if size > LARGEST_FILE:
            raise PlanFileError(f"{file}: {size} bytes; at most {LARGEST_FILE} are read", Fault.TOO_LARGE)
        content = file.read_bytes()
    except FileNotFoundError:
        raise PlanFileError(f"{file}: no such file", Fault.NOT_THERE) from None
    except OSError as exc:
        raise PlanFileError(f"{file}: cannot be read ({exc.strerror})", Fault.NOT_THERE) from None
    return rows_in(content, file.name, zone)


def rows_in(content: bytes, name: str, zone: ZoneInfo) -> FileRows:
    """The same for what has been read already, such as a file that somebody sent."""
    if len(content) > LARGEST_FILE:
        raise PlanFileError(f"{name}: {len(content)} bytes; at most {LARGEST_FILE} are read", Fault.TOO_LARGE)
    if content.startswith(b"PK"):
        return _rows_of_office(content, name)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise PlanFileError(
            f"{name}: an old Office file, or one with a password; save it without as .docx or .xlsx", Fault.OLD_OFFICE
        )
    if content.startswith(b"%PDF"):
        raise PlanFileError(f"{name}: a PDF; accepted: {ACCEPTED}", Fault.PDF)
    if len(content) > LARGEST_TEXT:
        raise PlanFileError(f"{name}: {len(content)} bytes of text; at most {LARGEST_TEXT} are read", Fault.TOO_LARGE)
    text = _decoded(content, name)
    if text.lstrip("\ufeff \r\n").upper().startswith("BEGIN:VCALENDAR"):
        return FileRows(*rows_of_calendar(text, zone))
    if name.lower().endswith(".csv"):
        try:
            return FileRows(list(rows_of_csv(text)))
        except UnreadableTextError as exc:
            raise PlanFileError(f"{name}: {exc}", Fault.NO_TEXT) from None
    return FileRows(rows_of_text(text))


def _decoded(content: bytes, name: str) -> str:
    """UTF-8, else as Windows writes it."""
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\0" in text:
        raise PlanFileError(f"{name}: no text; accepted: {ACCEPTED}", Fault.NO_TEXT)
    return text


def _rows_of_office(content: bytes, name: str) -> FileRows:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            entries = packed.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise PlanFileError(f"{name}: damaged, or no Office file; accepted: {ACCEPTED}", Fault.DAMAGED) from None
    if len(entries) > MOST_ENTRIES or sum(map(_read_of, entries)) > LARGEST_UNPACKED:
        raise PlanFileError(
            f"{name}: larger than {LARGEST_UNPACKED} bytes when unpacked, which is the most that is read",
            Fault.TOO_LARGE,
        )
    names = {entry.filename for entry in entries}
    read: Callable[[bytes], FileRows] | None = None
    if "word/document.xml" in names:
        read = _word
    elif any(entry.startswith("xl/") for entry in names):
        read = _excel
    if read is None:
        raise PlanFileError(f"{name}: neither Word nor Excel; accepted: {ACCEPTED}", Fault.NOT_OFFICE)
    try:
        return read(content)
    except Exception as exc:
        # Whatever the libraries make of a damaged file is the file's fault.
        raise PlanFileError(f"{name}: damaged, cannot be read ({type(exc).__name__})", Fault.DAMAGED) from exc


def _read_of(entry: zipfile.ZipInfo) -> int:
    """Bytes that an entry may cost: nothing for a picture, which is not read, and is packed in itself."""
    is_picture = entry.filename.startswith(_MEDIA) and entry.file_size <= 3 * entry.compress_size
    return 0 if is_picture else entry.file_size


def _word(content: bytes) -> FileRows:
    from bot.plan.word import rows_of_word

    return FileRows(rows_of_word(content))


def _excel(content: bytes) -> FileRows:
    from bot.plan.excel import rows_of_excel

    return FileRows(*rows_of_excel(content))
