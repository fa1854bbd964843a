"""`samhandling template` and `package`: files for a secretariat and an administrator."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bot.commands import given
from bot.settings import SettingsError


def template(
    kind: Annotated[str, typer.Argument(help="The kind of document: minutes.")],
    out: Annotated[Path, typer.Option(help="The Word file to write.")],
    language: Annotated[str, typer.Option(help="nb, nn or en: the language of its headings.")] = "nb",
) -> None:
    """Writes the Word template of a kind of document, to be changed and put in the folder SAMHANDLING_TEMPLATES."""
    from bot.documents.context import KINDS
    from bot.documents.own import default_template
    from dialogs.speech import Speech

    if kind not in KINDS:
        raise given.WrongUseError(f"{kind[:40]!r} is no kind of document; accepted: {', '.join(KINDS)}")
    given.known_language(language)
    if out.exists():
        raise given.WrongUseError(f"--out: {out} exists already; give another name, or take it away first")
    try:
        out.write_bytes(default_template(kind, Speech(language, ZoneInfo("UTC"))))
    except OSError as exc:
        raise given.WrongUseError(f"--out: {out} cannot be written ({exc.strerror})") from None
    typer.echo(f"{out} is written.")


def package(
    what: Annotated[str, typer.Argument(help="teams or slack.")],
    out: Annotated[Path, typer.Option(help="The folder that it is written to.")],
    language: Annotated[str, typer.Option(help="nb, nn or en: the Slack app's; the Teams app has all three.")] = "nb",
    app_version: Annotated[
        str,
        typer.Option("--app-version", help="The Teams app's, as 1.2.3; raise it when you upload a changed package."),
    ] = "",
) -> None:
    """Writes what an administrator uploads: the Teams app, or the manifest of the Slack app."""
    from bot.packages import KINDS, CannotWriteError, PackageError, then, write

    if what not in KINDS:
        raise given.WrongUseError(f"{what[:40]!r} is no package; accepted: {', '.join(KINDS)}")
    given.known_language(language)
    if app_version and not re.fullmatch(r"(0|[1-9]\d{0,4})(\.(0|[1-9]\d{0,4})){2}", app_version):
        raise given.WrongUseError(
            f"--app-version: {app_version[:40]!r} is no version; accepted: three numbers, as 1.2.3"
        )
    settings = given.settings()
    try:
        for path in write(what, settings, out, language, app_version):
            typer.echo(f"{path} is written.")
    except (SettingsError, CannotWriteError) as exc:
        raise given.WrongUseError(str(exc)) from None
    except PackageError as exc:
        given.fail(str(exc), 1)
    typer.echo(then(what, settings))
