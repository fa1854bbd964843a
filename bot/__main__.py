"""The command `samhandling`. Exit status: 0 done, 1 the answer is no, 2 wrong use."""

from __future__ import annotations

import typer

from bot.commands import databases, given, persons, plan, playing, serving, tokens, writing
from bot.commands.given import WrongUseError, fail
from bot.database_words import cannot_be_used
from services.ports import UnavailableError

cli = typer.Typer(
    help="Runs the operational meetings of a helsefellesskap in chat.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
# In the order in which `--help` shows them.
for command in (
    serving.serve,
    playing.replay,
    databases.export,
    databases.migrate,
    databases.copy,
    databases.backup,
    databases.restore,
    serving.doctor,
    writing.template,
    writing.package,
):
    cli.command()(command)
cli.add_typer(plan.plan, name="plan")
cli.add_typer(tokens.tokens, name="token")
cli.add_typer(persons.persons, name="person")


def main() -> None:
    try:
        cli()
    except WrongUseError as exc:
        fail(str(exc), 2)
    except UnavailableError as exc:
        url = given.settings().database_url
        fail(f"SAMHANDLING_DATABASE_URL: {cannot_be_used(url, exc)}", 1)
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
