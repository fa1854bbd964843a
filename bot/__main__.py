"""The command `samhandling`. Exit status: 0 done, 1 the answer is no, 2 wrong use."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Coroutine, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar
from zoneinfo import ZoneInfo

import typer

from bot import logs
from bot.settings import Settings, SettingsError, read_settings
from domain.community import LANGUAGES, Community
from domain.community_file import CommunityFileError, read_community

if TYPE_CHECKING:
    from storage.copying import Contents

LARGEST_FILE = 1_000_000
T = TypeVar("T")

cli = typer.Typer(
    help="Runs the operational meetings of a helsefellesskap in chat.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Files = Annotated[list[Path], typer.Option("--community", help="A community file; may be given several times.")]


class WrongUseError(Exception):
    """A user's mistake: one line or several, exit status 2."""


@cli.command()
def serve(
    community: Files,
    dev: Annotated[
        bool, typer.Option(help="On this machine only, without authentication, with a clock to move.")
    ] = False,
    now: Annotated[str, typer.Option(help="With --dev: where the clock stands, as 2023-11-23T09:00:00+01:00.")] = "",
) -> None:
    """The server: Teams, web, reminders."""
    from bot.server import CannotServeError, run  # the heavy imports only where they are needed

    settings = _settings()
    start = _instant(now) if now else None
    if start and not dev:
        raise WrongUseError("--now is for --dev only; without --dev the real clock is used")
    try:
        known = _communities(community)
        texts = {each.key: _text(file) for each, file in zip(known, community, strict=True)}
        asyncio.run(run(settings, known, dev=dev, now=start, files=texts))
    except CannotServeError as exc:
        _fail(str(exc), 1)
    except SettingsError as exc:
        raise WrongUseError(str(exc)) from None


@cli.command()
def replay(
    community: Annotated[Path, typer.Option("--community", help="The community file.")],
    data: Annotated[Path, typer.Option(help="The period as CSV: meeting_date,unit,indicator,value.")],
    out: Annotated[Path, typer.Option(help="The folder that the summaries and charts are written to.")],
) -> None:
    """Plays a whole period through the product and writes what people would have got."""
    from bot.period_file import PeriodFileError
    from bot.replay import play

    [known] = _communities([community])
    logs.configure("console")
    try:
        asyncio.run(play(known, _text(data), str(data), out))
    except PeriodFileError as exc:
        raise WrongUseError(str(exc)) from None


@cli.command()
def export(
    what: Annotated[str, typer.Argument(help="rounds, actions, plan or audit.")],
    out: Annotated[Path, typer.Option(help="The file to write; one that is there is replaced.")],
    form: Annotated[str, typer.Option("--format", help="csv, json or xlsx.")],
    community: Annotated[
        Path | None, typer.Option("--community", help="The community file; needed when the database has several.")
    ] = None,
    now: Annotated[str, typer.Option(help="As things stood then, as 2023-11-23T09:00:00+01:00; else now.")] = "",
) -> None:
    """Writes figures to a file: while the server runs or not."""
    from bot.export import WHAT, CannotExportError, WhichCommunityError, write
    from bot.sheets import SHEETS

    if what not in WHAT:
        raise WrongUseError(f"{what[:40]!r} cannot be exported; accepted: {', '.join(WHAT)}")
    if form not in SHEETS:
        raise WrongUseError(f"--format: {form[:40]!r} is no format here; accepted: {', '.join(SHEETS)}")
    at = _instant(now) if now else datetime.now(UTC)
    known = _communities([community])[0] if community else None
    try:
        count = asyncio.run(write(_settings(), known, what, form, out, at))
    except WhichCommunityError as exc:
        raise WrongUseError(str(exc)) from None
    except CannotExportError as exc:
        _fail(str(exc), 1)
    typer.echo(f"{out} is written: {what}, {count}.")


@cli.command()
def migrate() -> None:
    """Brings the database schema to the newest version."""
    from bot.doctor import migrate_database

    settings = _settings()
    if problem := asyncio.run(migrate_database(settings)):
        _fail(problem, 1)
    typer.echo("The database schema is at its newest version.")


@cli.command()
def copy(
    to: Annotated[str, typer.Option(help="The database copied to, as postgresql+psycopg://…; it is empty.")],
) -> None:
    """Moves an installation to another database, as from SQLite to PostgreSQL; the server is stopped meanwhile."""
    from bot.copy_command import move_to

    settings = _settings()
    try:
        target = settings.model_copy(update={"database_url": Settings.known_engine(to)})
    except ValueError as exc:
        raise WrongUseError(f"--to: {exc}") from None
    _copy_command(move_to(settings, target), "Copied")
    typer.echo("Set SAMHANDLING_DATABASE_URL to the new address before the server is started again.")


@cli.command()
def backup(
    out: Annotated[Path, typer.Option(help="The backup to write, one file that is not there yet.")],
) -> None:
    """A copy of the whole database in one file, while the server runs or not."""
    from bot.copy_command import back_up

    _copy_command(back_up(_settings(), out), f"{out} is written")


@cli.command()
def restore(backup: Annotated[Path, typer.Option("--from", help="The backup.")]) -> None:
    """Fills an empty database from a backup, of this version or an earlier one; the server is stopped meanwhile."""
    from bot.copy_command import restore as fill

    _copy_command(fill(_settings(), backup), "Restored")


def _copy_command(doing: Coroutine[Any, Any, Mapping[str, Contents]], done: str) -> None:
    from bot.copy_command import InUseError, NotCopiedError

    try:
        copied = asyncio.run(doing)
    except (NotCopiedError, InUseError) as exc:
        _fail(str(exc), 1)
    except OSError as exc:
        _fail(f"{exc.filename}: {exc.strerror}", 1)
    rows = sum(table.rows for table in copied.values())
    typer.echo(f"{done}: {rows} rows in {len(copied)} tables, the same when read back.")


@cli.command()
def doctor(
    community: Annotated[list[Path] | None, typer.Option("--community", help="Community files to check.")] = None,
) -> None:
    """Checks settings, database, clock, credentials and reachability; says what to do."""
    from bot.doctor import examine

    settings = _settings()
    good = asyncio.run(examine(settings, _communities(community or [])))
    raise typer.Exit(0 if good else 1)


@cli.command()
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
        raise WrongUseError(f"{kind[:40]!r} is no kind of document; accepted: {', '.join(KINDS)}")
    _known_language(language)
    if out.exists():
        raise WrongUseError(f"--out: {out} exists already; give another name, or take it away first")
    try:
        out.write_bytes(default_template(kind, Speech(language, ZoneInfo("UTC"))))
    except OSError as exc:
        raise WrongUseError(f"--out: {out} cannot be written ({exc.strerror})") from None
    typer.echo(f"{out} is written.")


@cli.command()
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
        raise WrongUseError(f"{what[:40]!r} is no package; accepted: {', '.join(KINDS)}")
    _known_language(language)
    if app_version and not re.fullmatch(r"(0|[1-9]\d{0,4})(\.(0|[1-9]\d{0,4})){2}", app_version):
        raise WrongUseError(f"--app-version: {app_version[:40]!r} is no version; accepted: three numbers, as 1.2.3")
    settings = _settings()
    try:
        for path in write(what, settings, out, language, app_version):
            typer.echo(f"{path} is written.")
    except (SettingsError, CannotWriteError) as exc:
        raise WrongUseError(str(exc)) from None
    except PackageError as exc:
        _fail(str(exc), 1)
    typer.echo(then(what, settings))


plan = typer.Typer(help="The meeting plan of all organs.", no_args_is_help=True)
cli.add_typer(plan, name="plan")

OneCommunity = Annotated[Path, typer.Option("--community", help="The community file.")]
Year = Annotated[int | None, typer.Option(min=2000, max=2100, help="The year of dates without one.")]
OfForum = Annotated[str | None, typer.Option("--forum", help="The organ, where the file names none.")]
AsJson = Annotated[bool, typer.Option("--json", help="Meetings, doubts and conflicts as JSON.")]


@plan.command("import")
def plan_import(
    file: Annotated[Path, typer.Argument(help="Word, Excel, CSV, calendar or text file; - for standard input.")],
    community: OneCommunity,
    year: Year = None,
    forum: OfForum = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
    json: AsJson = False,
    yes: Annotated[bool, typer.Option("--yes", help="On a terminal: do not ask before keeping it.")] = False,
) -> None:
    """Reads a year's plan: what was understood, every doubt, what collides, and what it changes."""
    from bot.plan.command import NotUnderstoodError, Source, UnknownForumError, import_plan
    from bot.plan.files import PlanFileError

    [known] = _communities([community])
    source = Source(file, year, forum)
    try:
        asyncio.run(import_plan(_settings(), known, source, dry_run=dry_run, as_json=json, yes=yes))
    except (PlanFileError, UnknownForumError) as exc:
        raise WrongUseError(str(exc)) from None
    except NotUnderstoodError as exc:
        _fail(str(exc), 1)


@plan.command("export")
def plan_export(
    community: OneCommunity,
    ics: Annotated[bool, typer.Option("--ics", help="As a calendar file (iCalendar).")] = False,
    out: Annotated[Path | None, typer.Option(help="The file that is written; without it, standard output.")] = None,
) -> None:
    """The plan that is kept, with its deadlines and the operational meetings."""
    from bot.plan.command import NoPlanError, export_calendar

    if not ics:
        raise WrongUseError("plan export: no format is given; accepted: --ics")
    [known] = _communities([community])
    try:
        written = asyncio.run(export_calendar(_settings(), known)).encode()
        if out is None:
            sys.stdout.buffer.write(written)
        else:
            out.write_bytes(written)
    except NoPlanError as exc:
        _fail(str(exc), 1)
    except OSError as exc:
        raise WrongUseError(f"{out}: cannot be written ({exc.strerror})") from None


@plan.command("check")
def plan_check(
    community: OneCommunity,
    file: Annotated[
        Path | None, typer.Argument(help="A plan that is not kept yet; without it, the one that is.")
    ] = None,
    year: Year = None,
    forum: OfForum = None,
    json: AsJson = False,
) -> None:
    """Says what collides; exit status 1 if anything does."""
    from bot.plan.command import Source, UnknownForumError, check_plan
    from bot.plan.files import PlanFileError

    [known] = _communities([community])
    source = Source(file, year, forum) if file else None
    try:
        good = asyncio.run(check_plan(_settings(), known, source, as_json=json))
    except (PlanFileError, UnknownForumError) as exc:
        raise WrongUseError(str(exc)) from None
    raise typer.Exit(0 if good else 1)


tokens = typer.Typer(help="Tokens with which other programs read one community's figures.", no_args_is_help=True)
cli.add_typer(tokens, name="token")

KeyOrFile = Annotated[str, typer.Option("--community", help="The community's key, or its file.")]


@tokens.command("create")
def token_create(
    community: KeyOrFile,
    name: Annotated[str, typer.Option(help="What it is for, as: Power BI.")] = "HTTP",
) -> None:
    """Makes a token and shows it, this once: alone on standard output."""
    from bot.token_command import create
    from services.api_tokens import TokenNameError

    try:
        made = _beside_the_server(create(_settings(), _key_or_community(community), name))
    except TokenNameError as exc:
        raise WrongUseError(f"--name: {exc}") from None
    typer.echo(made)
    typer.echo("Keep it now; it is not shown again. It is sent as: Authorization: Bearer …", err=True)


@tokens.command("list")
def token_list(community: KeyOrFile) -> None:
    """The community's tokens: when they were made, and when they were used last."""
    from bot.token_command import listed

    lines = _beside_the_server(listed(_settings(), _key_or_community(community)))
    typer.echo("\n".join(lines) or "There are no tokens.")


@tokens.command("revoke")
def token_revoke(
    token: Annotated[str, typer.Argument(help="Its ID or name, as listed, or the token itself.")],
    community: KeyOrFile,
) -> None:
    """Takes a token back; from now on nothing is read with it."""
    from bot.token_command import revoke

    gone = _beside_the_server(revoke(_settings(), _key_or_community(community), token))
    if gone is None:
        _fail("No such token; samhandling token list shows those that there are.", 1)
    typer.echo(f"{gone.id} ({gone.name}) is revoked.")


persons = typer.Typer(
    help="One person: what is stored is handed over or taken away, and ways in are closed.", no_args_is_help=True
)
cli.add_typer(persons, name="person")

OnePerson = Annotated[str, typer.Argument(help="The person's key in the community file, or e-mail address.")]


@persons.command("export")
def person_export(
    person: OnePerson,
    community: KeyOrFile,
    out: Annotated[Path, typer.Option(help="The JSON file to write; one that is there is replaced.")],
) -> None:
    """Everything that is stored about the person, as JSON; on record that it was handed over."""
    from bot.person_command import NoSuchPersonError, write_everything

    try:
        rows = _beside_the_server(write_everything(_settings(), _key_or_community(community), person, out))
    except NoSuchPersonError as exc:
        _fail(str(exc), 1)
    except OSError as exc:
        _fail(f"--out: {out} cannot be written ({exc.strerror})", 1)
    typer.echo(f"{out} is written: {rows} rows. It holds personal data; hand it over safely and take it away after.")


@persons.command("erase")
def person_erase(
    person: OnePerson,
    community: KeyOrFile,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
) -> None:
    """Takes name, address, platforms and texts of the person away; figures stay with their unit. Cannot be undone."""
    from bot.person_command import NoSuchPersonError, StillAMemberError, erase
    from bot.single import InUseError

    if not yes and not (sys.stdin.isatty() and typer.confirm(f"Take {person} out of what is stored for good?")):
        raise WrongUseError("person erase: cannot be undone; give --yes to do it without being asked")
    try:
        erased = _beside_the_server(erase(_settings(), _key_or_community(community), person))
    except (NoSuchPersonError, StillAMemberError, InUseError) as exc:
        _fail(str(exc), 1)
    typer.echo(f"Done: {erased.rows} rows; the person is {erased.key} from now on. Older backups still hold what was.")


@persons.command("revoke")
def person_revoke(person: OnePerson, community: KeyOrFile) -> None:
    """Ends the person's sessions on the page and the links in letters; with SQLite while the server is stopped."""
    from bot.person_command import NoSuchPersonError, revoke
    from bot.single import InUseError

    try:
        member = _beside_the_server(revoke(_settings(), _key_or_community(community), person))
    except (NoSuchPersonError, InUseError) as exc:
        _fail(str(exc), 1)
    typer.echo(f"{member.person.key}: sessions and links until now hold no longer.")


def _beside_the_server(doing: Coroutine[Any, Any, T]) -> T:
    from bot.served import DatabaseError, NoSuchCommunityError

    try:
        return asyncio.run(doing)
    except NoSuchCommunityError as exc:
        raise WrongUseError(str(exc)) from None
    except DatabaseError as exc:
        _fail(str(exc), 1)


def _key_or_community(given: str) -> Community | str:
    return given if re.fullmatch("[a-z0-9-]+", given) else _communities([Path(given)])[0]


def _settings() -> Settings:
    try:
        settings = read_settings()
    except SettingsError as exc:
        raise WrongUseError(str(exc)) from None
    logs.configure(settings.log_format)
    return settings


def _communities(files: list[Path]) -> list[Community]:
    """Reads every file and reports every mistake in all of them."""
    found: list[Community] = []
    mistakes: list[str] = []
    for file in files:
        try:
            found.append(read_community(_text(file), source=str(file)))
        except CommunityFileError as exc:
            mistakes.append(str(exc))
    if mistakes:
        raise WrongUseError("\n".join(mistakes))
    keys = [community.key for community in found]
    if double := next((key for key in keys if keys.count(key) > 1), None):
        raise WrongUseError(f"--community: two files have the community key {double}; each needs its own")
    return found


def _text(file: Path) -> str:
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


def _known_language(language: str) -> None:
    if language not in LANGUAGES:
        raise WrongUseError(f"--language: {language[:40]!r} is no language here; accepted: {', '.join(LANGUAGES)}")


def _instant(text: str) -> datetime:
    try:
        at: datetime | None = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not 2000 <= at.year <= 2100:
        raise WrongUseError(f"--now: {text[:40]!r} is no instant with an offset, as 2023-11-23T09:00:00+01:00")
    return at


def _fail(message: str, status: int) -> NoReturn:
    print(message, file=sys.stderr)
    raise SystemExit(status)


def main() -> None:
    try:
        cli()
    except WrongUseError as exc:
        _fail(str(exc), 2)
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
