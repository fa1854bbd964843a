"""What is given on the command line: read, or refused with a line that says what is accepted."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Coroutine
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer

from bot import logs
from bot.settings import Settings, SettingsError, read_settings
from domain.community import LANGUAGES, Community
from domain.community_file import CommunityFileError, read_community

LARGEST_FILE = 1_000_000
T = TypeVar("T")

Files = Annotated[list[Path], typer.Option("--community", help="A community file; may be given several times.")]
OneCommunity = Annotated[Path, typer.Option("--community", help="The community file.")]
KeyOrFile = Annotated[str, typer.Option("--community", help="The community's key, or its file.")]


class WrongUseError(Exception):
    """A user's mistake: one line or several, exit status 2."""


def beside_the_server(doing: Coroutine[Any, Any, T]) -> T:
    from bot.served import DatabaseError, NoSuchCommunityError

    try:
        return asyncio.run(doing)
    except NoSuchCommunityError as exc:
        raise WrongUseError(str(exc)) from None
    except DatabaseError as exc:
        fail(str(exc), 1)


def key_or_community(given: str) -> Community | str:
    return given if re.fullmatch("[a-z0-9-]+", given) else communities([Path(given)])[0]


def settings() -> Settings:
    try:
        known = read_settings()
    except SettingsError as exc:
        raise WrongUseError(str(exc)) from None
    logs.configure(known.log_format)
    return known


def communities(files: list[Path]) -> list[Community]:
    """Reads every file and reports every mistake in all of them."""
    found: list[Community] = []
    mistakes: list[str] = []
    for file in files:
        try:
            found.append(read_community(text(file), source=str(file)))
        except CommunityFileError as exc:
            mistakes.append(str(exc))
    if mistakes:
        raise WrongUseError("\n".join(mistakes))
    keys = [community.key for community in found]
    if double := next((key for key in keys if keys.count(key) > 1), None):
        raise WrongUseError(f"--community: two files have the community key {double}; each needs its own")
    return found


def text(file: Path) -> str:
    try:
        with file.open(encoding="utf-8") as opened:
            # No more than is accepted, although a device or a pipe tells no size.
            text = "" if file.stat().st_size > LARGEST_FILE else opened.read(LARGEST_FILE + 1)
            if opened.read(1) or len(text) > LARGEST_FILE:
                raise WrongUseError(f"{file}: larger than {LARGEST_FILE} bytes, which is the most that is read")
        return text
    except FileNotFoundError:
        raise WrongUseError(f"{file}: no such file") from None
    except UnicodeDecodeError as exc:
        raise WrongUseError(f"{file}: not UTF-8 at byte {exc.start}; save the file as UTF-8") from None
    except OSError as exc:
        raise WrongUseError(f"{file}: cannot be read ({exc.strerror})") from None


def known_language(language: str) -> None:
    if language not in LANGUAGES:
        raise WrongUseError(f"--language: {language[:40]!r} is no language here; accepted: {', '.join(LANGUAGES)}")


def instant(text: str) -> datetime:
    try:
        at: datetime | None = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not 2000 <= at.year <= 2100:
        raise WrongUseError(f"--now: {text[:40]!r} is no instant with an offset, as 2023-11-23T09:00:00+01:00")
    return at


def fail(message: str, status: int) -> NoReturn:
    print(message, file=sys.stderr)
    raise SystemExit(status)
