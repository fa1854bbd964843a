"""`samhandling person`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.commands import given

persons = typer.Typer(
    help="One person: what is stored is handed over or taken away, and ways in are closed.", no_args_is_help=True
)

OnePerson = Annotated[str, typer.Argument(help="The person's key in the community file, or e-mail address.")]


@persons.command("export")
def person_export(
    person: OnePerson,
    community: given.KeyOrFile,
    out: Annotated[Path, typer.Option(help="The JSON file to write; one that is there is replaced.")],
) -> None:
    """Everything that is stored about the person, as JSON; on record that it was handed over."""
    from bot.person_command import NoSuchPersonError, write_everything

    try:
        rows = given.beside_the_server(
            write_everything(given.settings(), given.key_or_community(community), person, out)
        )
    except NoSuchPersonError as exc:
        given.fail(str(exc), 1)
    except OSError as exc:
        given.fail(f"--out: {out} cannot be written ({exc.strerror})", 1)
    typer.echo(f"{out} is written: {rows} rows. It holds personal data; hand it over safely and take it away after.")


@persons.command("erase")
def person_erase(
    person: OnePerson,
    community: given.KeyOrFile,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
) -> None:
    """Takes name, address, platforms and texts of the person away; figures stay with their unit. Cannot be undone."""
    from bot.person_command import NoSuchPersonError, StillAMemberError, erase
    from bot.single import InUseError

    if not yes and not (sys.stdin.isatty() and typer.confirm(f"Take {person} out of what is stored for good?")):
        raise given.WrongUseError("person erase: cannot be undone; give --yes to do it without being asked")
    try:
        erased = given.beside_the_server(erase(given.settings(), given.key_or_community(community), person))
    except (NoSuchPersonError, StillAMemberError, InUseError) as exc:
        given.fail(str(exc), 1)
    typer.echo(f"Done: {erased.rows} rows; the person is {erased.key} from now on. Older backups still hold what was.")


@persons.command("revoke")
def person_revoke(person: OnePerson, community: given.KeyOrFile) -> None:
    """Ends the person's sessions on the page and the links in letters; with SQLite while the server is stopped."""
    from bot.person_command import NoSuchPersonError, revoke
    from bot.single import InUseError

    try:
        member = given.beside_the_server(revoke(given.settings(), given.key_or_community(community), person))
    except (NoSuchPersonError, InUseError) as exc:
        given.fail(str(exc), 1)
    typer.echo(f"{member.person.key}: sessions and links until now hold no longer.")
