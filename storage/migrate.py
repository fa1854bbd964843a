"""Brings the schema to the newest version. Alembic is needed only where there is something to bring."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, String, column, inspect, select, table

from storage.shared import is_shared, one_migration_at_a_time

if TYPE_CHECKING:
    from alembic.config import Config

_SCRIPTS = Path(__file__).parent / "migrations"
_VERSION = column("version_num", String)
_VERSIONS = table("alembic_version", _VERSION)


def configuration(connection: Connection | None = None) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection) -> None:
    began = connection.in_transaction()
    current = is_current(connection)
    if not began:
        connection.rollback()  # the look alone began one
    if current:
        return
    if began or not is_shared(connection):
        _to_newest(connection)
        return
    with connection.begin():  # processes that start together wait here for each other
        one_migration_at_a_time(connection)
        _to_newest(connection)


def _to_newest(connection: Connection) -> None:
    from alembic import command

    command.upgrade(configuration(connection), "head")


def is_current(connection: Connection) -> bool:
    if not inspect(connection).has_table(_VERSIONS.name):
        return False
    return connection.scalars(select(_VERSION).select_from(_VERSIONS)).all() == [newest()]


def newest() -> str:
    """The newest version: each migration's file begins with its own."""
    return max(file.name.partition("_")[0] for file in (_SCRIPTS / "versions").glob("[0-9]*.py"))
