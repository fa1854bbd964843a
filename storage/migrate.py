"""Brings the schema to the newest version."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from storage.shared import is_shared, one_migration_at_a_time

_SCRIPTS = Path(__file__).parent / "migrations"


def configuration(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection) -> None:
    if not is_shared(connection) or connection.in_transaction():
        command.upgrade(configuration(connection), "head")
        return
    with connection.begin():  # processes that start together wait here for each other
        one_migration_at_a_time(connection)
        command.upgrade(configuration(connection), "head")


def is_current(connection: Connection) -> bool:
    newest = ScriptDirectory.from_config(configuration()).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == newest
