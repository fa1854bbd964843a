"""`samhandling token`."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.commands import given

tokens = typer.Typer(help="Tokens with which other programs read one community's figures.", no_args_is_help=True)


@tokens.command("create")
def token_create(
    community: given.KeyOrFile,
    name: Annotated[str, typer.Option(help="What it is for, as: Power BI.")] = "HTTP",
) -> None:
    """Makes a token and shows it, this once: alone on standard output."""
    from bot.token_command import create
    from services.api_tokens import TokenNameError

    try:
        made = given.beside_the_server(create(given.settings(), given.key_or_community(community), name))
    except TokenNameError as exc:
        raise given.WrongUseError(f"--name: {exc}") from None
    typer.echo(made)
    typer.echo("Keep it now; it is not shown again. It is sent as: Authorization: Bearer …", err=True)


@tokens.command("list")
def token_list(community: given.KeyOrFile) -> None:
    """The community's tokens: when they were made, and when they were used last."""
    from bot.token_command import listed

    lines = given.beside_the_server(listed(given.settings(), given.key_or_community(community)))
    typer.echo("\n".join(lines) or "There are no tokens.")


@tokens.command("revoke")
def token_revoke(
    token: Annotated[str, typer.Argument(help="Its ID or name, as listed, or the token itself.")],
    community: given.KeyOrFile,
) -> None:
    """Takes a token back; from now on nothing is read with it."""
    from bot.token_command import revoke

    gone = given.beside_the_server(revoke(given.settings(), given.key_or_community(community), token))
    if gone is None:
        given.fail("No such token; samhandling token list shows those that there are.", 1)
    typer.echo(f"{gone.id} ({gone.name}) is revoked.")
